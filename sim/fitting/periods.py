"""Rows of a history as weeks of a run: which quarter, month or year each is, and where the policy begins."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.calibration.columns import words_of
from sim.calibration.dates import looks_like_dates, read_dates
from sim.calibration.options import Period
from sim.calibration.retention_table import NAMES_OF_PERIODS, PERIODS_A_YEAR
from sim.calibration.text_table import TextTable
from sim.model.kernel.array_types import IntArray
from sim.model.scenario.messages import Faults, quoted
from sim.model.scenario.suggestions import closest

WEEKS_A_YEAR = 52
FARTHEST = 1040
"""Most weeks before or after the beginning of the policy."""

_DATE_NAMES = frozenset({"date", "datum", "fecha", "data", "day", "tag", "jour", "stichtag", "survey", "umfrage"})
_TIME_NAMES = frozenset({"period", "periode", "time", "zeit", "zeitraum", "wave", "welle", "when"})
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_OTHER_MONTHS = {"mrz": 2, "maerz": 2, "märz": 2, "mai": 4, "okt": 9, "dez": 11}
_YEAR = r"(?P<year>(?:19|20|21)\d\d)"
_SPLIT = r"[\s/._-]*"
_PATTERNS: tuple[tuple[Period, str], ...] = (
    ("quarter", rf"{_YEAR}{_SPLIT}q(?:uarter|uartal|tr)?{_SPLIT}(?P<part>[1-4])"),
    ("quarter", rf"q(?:uarter|uartal|tr)?{_SPLIT}(?P<part>[1-4]){_SPLIT}{_YEAR}"),
    ("quarter", rf"(?P<part>[1-4]){_SPLIT}q(?:uarter|uartal|tr)?{_SPLIT}{_YEAR}"),
    ("half-year", rf"{_YEAR}{_SPLIT}h(?:alf|albjahr)?{_SPLIT}(?P<part>[12])"),
    ("half-year", rf"h(?:alf|albjahr)?{_SPLIT}(?P<part>[12]){_SPLIT}{_YEAR}"),
    ("half-year", rf"(?P<part>[12]){_SPLIT}h(?:alf|albjahr)?{_SPLIT}{_YEAR}"),
    ("week", rf"{_YEAR}{_SPLIT}(?:w|kw|week|woche){_SPLIT}(?P<part>\d\d?)"),
    ("week", rf"(?:w|kw|week|woche){_SPLIT}(?P<part>\d\d?){_SPLIT}{_YEAR}"),
    ("month", rf"{_YEAR}{_SPLIT}(?P<part>0?[1-9]|1[0-2])"),
    ("month", rf"(?P<part>0?[1-9]|1[0-2]){_SPLIT}{_YEAR}"),
    ("month", rf"{_YEAR}{_SPLIT}(?P<month>[a-zä]{{3,9}})\.?"),
    ("month", rf"(?P<month>[a-zä]{{3,9}})\.?{_SPLIT}{_YEAR}"),
    ("year", _YEAR),
)
_NUMBERED = r"[a-zä]*\.?\s*(?P<number>-?\d{1,4})\.?"


@dataclass(frozen=True)
class Rows:
    """Rows of a history in time.

    Attributes:
        column: Column that says when, counted from 0.
        labels: What the file calls each row.
        windows: First week of each row, and the week after its last; the policy begins in week 0.
        period: Length of a row; ``None`` where rows are dates.
    """

    column: int
    labels: tuple[str, ...]
    windows: tuple[tuple[int, int], ...]
    period: Period | None

    @property
    def before(self) -> int:
        """Weeks before the policy begins that some row looks at."""
        return max(-min(begin for begin, _ in self.windows), 0)

    @property
    def after(self) -> int:
        """Weeks from the beginning of the policy to the end of the last row."""
        return max(*(end for _, end in self.windows), 1)

    def more(self, number: int) -> tuple[tuple[int, int], ...]:
        """Windows of so many rows after the last one, each as long as the last."""
        begin, end = self.windows[-1]
        length = end - begin
        return tuple((end + length * each, end + length * (each + 1)) for each in range(number))


def find_time(table: TextTable) -> int:
    """The column that says when: by its name, else the first one."""
    names = frozenset[str]().union(*NAMES_OF_PERIODS.values()) | _DATE_NAMES | _TIME_NAMES
    return next((column for column in range(table.width) if words_of(table, column) & names), 0)


def read_rows(
    table: TextTable,
    period: Period | None,
    start: str | None,
    date_format: str | None,
    faults: Faults,
    warnings: Faults,
) -> Rows | None:
    """When each row was; ``None`` after noting what is wrong.

    Args:
        table: The file.
        period: Length of a row; by the name of the column or what is in it, if not given.
        start: Label of the row in which the policy begins; the first one if not given.
        date_format: How dates are written (``strptime``).
        faults: Takes what is wrong.
        warnings: Takes what is assumed.
    """
    column = find_time(table)
    labels = tuple(str(text).strip() for text in table.column(column))
    if date_format is not None or (period is None and _are_dates(labels)):
        return _read_dates(table, column, labels, start, date_format, faults, warnings)
    numbers, found = _numbers(table, column, labels, period, faults)
    if numbers is None or found is None:
        return None
    if not _ascending(table, column, numbers, labels, faults):
        return None
    first = _start(labels, start, faults)
    if first is None:
        return None
    per_year = PERIODS_A_YEAR[found]
    edges = [[round(WEEKS_A_YEAR * (number + end - numbers[first]) / per_year) for end in (0, 1)] for number in numbers]
    windows = tuple((begin, max(end, begin + 1)) for begin, end in edges)
    return _near(Rows(column, labels, windows, found), table, faults)


def _are_dates(labels: Sequence[str]) -> bool:
    return looks_like_dates(labels) and not all(re.fullmatch(r"\d{1,4}", label) for label in labels)


def _numbers(
    table: TextTable, column: int, labels: Sequence[str], period: Period | None, faults: Faults
) -> tuple[list[int] | None, Period | None]:
    """Number of each row's period, counted from anywhere, and the length of a period."""
    named = period or _named(table, column)
    for kind, pattern in _PATTERNS:
        if kind == "year" and named not in (None, "year"):
            continue
        parts = [_part(re.fullmatch(pattern, label.casefold()), kind) for label in labels]
        if all(part is not None for part in parts):
            return [part for part in parts if part is not None], kind
    matches = [re.fullmatch(_NUMBERED, label.casefold()) for label in labels]
    wrong = [row for row, match in enumerate(matches) if match is None]
    if wrong:
        faults.add(
            f"line {table.cells.index[wrong[0]]}, {table.name(column)}",
            f"must say which period it is, such as 2021-Q3, 2021-07, 2021, 2021-07-31 or 3, got {quoted(labels[wrong[0]])}. "
            "Write all of them in one of these ways.",
        )
        return None, None
    if named is None:
        faults.add(
            table.name(column),
            "must say how long a period is, got numbers. Call the column quarter, month or year, or say --period quarter.",
        )
        return None, None
    return [int(match["number"]) for match in matches if match is not None], named


def _named(table: TextTable, column: int) -> Period | None:
    words = words_of(table, column)
    return next((period for period, names in NAMES_OF_PERIODS.items() if words & names), None)


def _part(match: re.Match[str] | None, kind: Period) -> int | None:
    """Number of a period by year and part of the year; ``None`` if it is none."""
    if match is None:
        return None
    found = match.groupdict()
    if found.get("month"):
        word = found["month"]
        part = _OTHER_MONTHS.get(word[:5], _OTHER_MONTHS.get(word[:3]))
        if part is None and word[:3] not in _MONTHS:
            return None
        part = _MONTHS.index(word[:3]) if part is None else part
    else:
        part = int(found.get("part") or 1) - 1
    return int(found["year"]) * PERIODS_A_YEAR[kind] + part


def _ascending(
    table: TextTable, column: int, numbers: Sequence[int] | IntArray, labels: Sequence[str], faults: Faults
) -> bool:
    """Whether each row is later than the one before; all that are not leave a fault."""
    good = True
    for row in range(1, len(labels)):
        if numbers[row] <= numbers[row - 1]:
            again = numbers[row] in numbers[:row]
            rule = "must be a period of its own" if again else "must be later than the row before"
            remedy = "Keep one of the two." if again else "Sort the lines by time."
            faults.add(
                f"line {table.cells.index[row]}, {table.name(column)}",
                f"{rule}, got {quoted(labels[row])}{' again' if again else f' after {quoted(labels[row - 1])}'}. {remedy}",
            )
            good = False
    return good


def _start(labels: Sequence[str], start: str | None, faults: Faults) -> int | None:
    """Row in which the policy begins; ``None`` after noting that there is none of that label."""
    if start is None:
        return 0
    alike = [row for row, label in enumerate(labels) if label.casefold() == start.strip().casefold()]
    if alike:
        return alike[0]
    match = closest(start, labels)
    remedy = (
        f"Did you mean {match}?" if match else f"Rows: {', '.join(labels[:12])}{', ...' if len(labels) > 12 else ''}."
    )
    faults.add("--start", f"must be the row in which the policy begins, got {quoted(start)}. {remedy}")
    return None


def _read_dates(
    table: TextTable, column: int, labels: tuple[str, ...], start: str | None, style: str | None, faults: Faults,
    warnings: Faults,
) -> Rows | None:  # fmt: skip
    """Rows that are dates: each looks back to the row before it, at most a quarter."""
    before = len(faults.messages)
    days, _ = read_dates(table, column, style, faults, warnings)
    if len(faults.messages) > before or not _ascending(table, column, days, labels, faults):
        return None
    quarter = WEEKS_A_YEAR // 4
    begins: int
    if start is None:
        begins = int(days[0]) - 7 * quarter
    else:
        row = _start(labels, start, faults)
        if row is None:
            return None
        begins = int(days[row])
    ends = [round((int(day) - begins) / 7) for day in days]
    gaps = [quarter, *np.diff(ends).tolist()]
    windows = tuple((end - min(max(gap, 1), quarter), end) for gap, end in zip(gaps, ends, strict=True))
    return _near(Rows(column, labels, windows, None), table, faults)


def _near(rows: Rows, table: TextTable, faults: Faults) -> Rows | None:
    """The rows, unless they reach too far."""
    if rows.before > FARTHEST or rows.after > FARTHEST:
        faults.add(
            table.name(rows.column),
            f"must lie within {FARTHEST} weeks of the beginning of the policy, got {max(rows.before, rows.after)}. Leave out "
            "what is farther away, or say with --start in which row the policy begins.",
        )
        return None
    return rows
