"""Reads the history of an organization: a row a period, with surveys and figures of the business in columns.

Everything that makes no sense is told at once: what cannot be read, what contradicts itself, what is of another unit, and what
is too little to learn from.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from sim.calibration.amounts import LARGEST, decide_decimal, read_amounts
from sim.calibration.columns import find_column, words_of
from sim.calibration.options import Decimal, Period
from sim.calibration.text_table import TextTable, read_table
from sim.fitting.observation_model import EMPLOYEES, MEASURES, Measure
from sim.fitting.periods import Rows, find_time, read_rows
from sim.fitting.table import COUNT, MEAN, MONEY, NET_PROMOTER, SHARE, Observed
from sim.model.kernel.array_types import BoolArray, FloatArray
from sim.model.scenario.messages import Faults, number_in_words, quoted
from sim.model.scenario.suggestions import closest

LEAST_ROWS = 3
"""Fewest periods from which anything is learned."""

MOST_ROWS = 400
USUAL_RESPONDENTS = 100
"""Respondents of a survey of which nobody says how many answered."""

_RESPONDENTS = frozenset(
    {"respondents", "respondent", "responses", "answers", "answered", "n", "participants",
     "befragte", "teilnehmer", "teilnehmende", "antworten", "rucklauf", "stichprobe", "repondants", "encuestados"}
)  # fmt: skip
_LARGEST_SURVEY = 1e8
_SCALE = re.compile(r"(?P<low>-?\d+(?:\.\d+)?)\s*(?:-|\.\.|to|bis)\s*(?P<high>\d+(?:\.\d+)?)")
_NAMED_SCALES = {"share": (0.0, 1.0), "percent": (0.0, 100.0), "points": (0.0, 100.0)}
_SCALES_OF_SCORES = "1-5, 1-7, 1-10, 0-10, percent or share"
_RATE_A_YEAR = frozenset({"annual", "annualized", "annualised", "yearly", "jahrlich", "annuel", "jahresrate"})


@dataclass(frozen=True, kw_only=True)
class HistoryOptions:
    """What a user says about a history.

    Attributes:
        columns: ``NAME=FILE_COLUMN``: which column of the file is which measure.
        scales: ``NAME=LOW-HIGH``, or ``percent`` or ``share`` in place of the ends.
        respondents: ``N``, or ``NAME=N`` for one measure.
        changes: Measures of which the file holds changes since the first row, and not levels.
        period: Length of a row.
        start: Label of the row in which the policy begins.
        decimal: The mark before decimals.
        date_format: How dates are written (``strptime``).
    """

    columns: Sequence[str] = ()
    scales: Sequence[str] = ()
    respondents: Sequence[str] = ()
    changes: Sequence[str] = ()
    period: Period | None = None
    start: str | None = None
    decimal: Decimal | None = None
    date_format: str | None = None


@dataclass(frozen=True)
class History:
    """A history that can be fitted.

    Attributes:
        label: What messages call the file.
        digest: SHA-256 of the file.
        rows: When each row was.
        observed: The values in the model's units.
        sources: What each column of ``observed`` is called in the file, and how it was read, in words.
        warnings: What is assumed.
    """

    label: str
    digest: str
    rows: Rows
    observed: Observed
    sources: tuple[str, ...]
    warnings: tuple[str, ...]


@dataclass
class _Reading:
    """A file while it is read: the faults and warnings of all of its columns come together here."""

    table: TextTable
    options: HistoryOptions
    faults: Faults
    warnings: Faults
    scales: dict[str, tuple[float, float]] = field(default_factory=dict)
    respondents: dict[str, float] = field(default_factory=dict)

    def place(self, row: int, column: int) -> str:
        return f"line {self.table.cells.index[row]}, {self.table.name(column)}"


def read_history(path: Path, options: HistoryOptions) -> History:
    """A history in a file of text.

    Raises:
        ScenarioError: With every fault of the file and of what is said about it.
    """
    table = read_table(path)
    reading = _Reading(table, options, Faults(table.label), Faults(table.label))
    faults = reading.faults
    said = Faults()
    chosen = _choose_columns(reading, said)
    reading.scales = _read_scales(options.scales, said)
    reading.respondents = _read_respondents(options.respondents, said)
    changes = _read_names(options.changes, "--changes", said)
    if table.header is None:
        faults.add(
            "line 1",
            "must name the columns, got data. Add a line such as quarter,practice,satisfaction above the others.",
        )
    elif not len(table.cells):
        faults.add("the file", "must have a row for each period, got names alone. Export it again.")
    faults.take(said.messages)
    faults.raise_any()
    rows = read_rows(table, options.period, options.start, options.date_format, faults, reading.warnings)
    if len(table.cells) > MOST_ROWS:
        faults.add(
            "the file", f"must have at most {MOST_ROWS} rows, got {len(table.cells)}. Average them by month or quarter."
        )
    for name in (*reading.scales, *(each for each in reading.respondents if each), *changes):
        if name not in chosen:
            flag = "--scale" if name in reading.scales else "--changes" if name in changes else "--respondents"
            faults.add(flag, f"must name a measure of the file, got {name}. It has {', '.join(chosen) or 'none'}.")
    columns: dict[str, tuple[FloatArray, FloatArray, str]] = {}
    for name, column in chosen.items():
        columns[name] = _read_measure(reading, MEASURES[name], column, name in changes, rows)
    faults.raise_any()
    assert rows is not None  # else there would have been faults
    observed, sources = _assemble(reading, columns, rows, changes)
    faults.raise_any()
    return History(table.label, table.digest, rows, observed, sources, tuple(reading.warnings.messages))


def without_last(history: History, number: int) -> Observed:
    """The observed values as they were before the last rows that have any; these are missing."""
    values = history.observed.values.copy()
    values[len(values) - number :] = np.nan
    observed = history.observed
    return Observed(
        observed.columns, observed.rows, values, observed.respondents, observed.kinds, observed.deviations, observed.changes
    )  # fmt: skip


def _choose_columns(reading: _Reading, said: Faults) -> dict[str, int]:
    """Column of each measure that the file has, in the order of the file."""
    table = reading.table
    found = _named_columns(reading, said)
    named = set(found)
    time = find_time(table)
    unused = []
    for column in range(table.width):
        words = words_of(table, column)
        if column == time or column in found.values() or words & _RESPONDENTS:
            continue
        measure = _by_words(words)
        if measure is None:
            unused.append(table.name(column))
        elif measure not in found:
            found[measure] = column
        elif measure not in named:
            said.add(
                table.name(column),
                f"must be a measure of its own, got {measure} like {table.name(found[measure])}. Choose with --column "
                f"{measure}={found[measure] + 1} or {measure}={column + 1}.",
            )
    if unused and found:
        reading.warnings.add(
            ", ".join(unused[:5]), f"is not used: say --column NAME=FILE_COLUMN if it is one of {', '.join(MEASURES)}."
        )
    if table.header is not None and not found and not said.messages:
        said.add(
            f"{table.label}: the file",
            f"must have a column that is one of {', '.join(MEASURES)}, got {', '.join(table.header[:10])}. Say which with "
            "--column NAME=FILE_COLUMN.",
        )
    return dict(sorted(found.items(), key=lambda item: item[1]))


def _by_words(words: set[str]) -> str | None:
    """The measure that a name with these words stands for."""
    return next((each.name for each in MEASURES.values() if any(group <= words for group in each.words)), None)


def _named_columns(reading: _Reading, said: Faults) -> dict[str, int]:
    """Columns that the user names."""
    found: dict[str, int] = {}
    for text in reading.options.columns:
        name, mark, column = text.partition("=")
        name = name.strip()
        if not mark or not column.strip():
            said.add(
                "--column", f"must be NAME=FILE_COLUMN, got {quoted(text)}. Write for example --column practice=2."
            )
        elif name not in MEASURES:
            hints = {each.name: each.meaning for each in MEASURES.values()}
            said.unknown(f"--column {name}", name, "a measure", hints, f"Measures: {', '.join(MEASURES)}.")
        elif name in found:
            said.add("--column", f"must name each measure once, got {name} again. Leave one of them out.")
        elif (place := find_column(reading.table, column.strip(), "--column", said)) is not None:
            if place in found.values():
                said.add(
                    "--column", f"must give each column to one measure, got {quoted(column)} again. Leave one out."
                )
            found[name] = place
    return found


def _read_names(names: Sequence[str], flag: str, said: Faults) -> list[str]:
    """Names of measures as typed; those that are none leave a fault."""
    good = []
    for name in dict.fromkeys(names):
        if name in MEASURES:
            good.append(name)
        else:
            match = closest(name, MEASURES)
            remedy = f"Did you mean {match}?" if match else f"Measures: {', '.join(MEASURES)}."
            said.add(flag, f"must name a measure, got {quoted(name)}. {remedy}")
    return good


def _read_scales(texts: Sequence[str], said: Faults) -> dict[str, tuple[float, float]]:
    """Lowest and highest answer by measure."""
    found: dict[str, tuple[float, float]] = {}
    for text in texts:
        name, _, scale = text.partition("=")
        match = _SCALE.fullmatch(scale.strip())
        ends = (float(match["low"]), float(match["high"])) if match else _NAMED_SCALES.get(scale.strip())
        if ends is None or not ends[0] < ends[1]:
            said.add(
                "--scale", f"must be NAME=LOW-HIGH, got {quoted(text)}. Write for example --scale satisfaction=1-5."
            )
        elif _read_names([name.strip()], "--scale", said):
            found[name.strip()] = ends
    return found


def _read_respondents(texts: Sequence[str], said: Faults) -> dict[str, float]:
    """Respondents by measure; those of all other surveys under an empty name."""
    found: dict[str, float] = {}
    for text in texts:
        name, mark, number = text.rpartition("=")
        value = float(number) if re.fullmatch(r"\s*\d{1,9}\s*", number) else 0.0
        if not 1 <= value <= _LARGEST_SURVEY:
            said.add(
                "--respondents",
                f"must be how many answered, 1 to {_LARGEST_SURVEY:.0f}, or NAME=N, got {quoted(text)}. Write for example "
                "--respondents 240.",
            )
        elif not mark or _read_names([name.strip()], "--respondents", said):
            found[name.strip()] = value
    return found


def _rows(faulty: BoolArray) -> list[int]:
    """Numbers of the rows for which something holds."""
    return [int(row) for row in np.flatnonzero(faulty)]


def _read_measure(
    reading: _Reading, measure: Measure, column: int, changes: bool, rows: Rows | None
) -> tuple[FloatArray, FloatArray, str]:
    """Values in the model's unit, respondents, and how the column was read."""
    table, faults = reading.table, reading.faults
    before = len(faults.messages)
    texts = table.column(column).str.strip()
    percent = bool(texts.str.contains("%", regex=False).any())
    plain = texts.str.replace(r"\s*%$", "", regex=True)
    decimal = decide_decimal(_with(table, column, plain), column, reading.options.decimal, "", faults, reading.warnings)
    numbers, bad = read_amounts(plain, decimal)
    for row in _rows(bad):
        faults.add(
            reading.place(row, column), f"must be a number or nothing, got {quoted(str(texts.iloc[row]))}. Correct it."
        )
    for row in _rows(np.abs(np.nan_to_num(numbers)) > LARGEST):
        faults.add(reading.place(row, column), f"must be at most {LARGEST:.0e}, got {texts.iloc[row]}. Correct it.")
    missing = np.full(len(texts), np.nan)
    if len(faults.messages) > before:
        return missing, missing, ""
    values, scale = _to_unit(reading, measure, column, numbers, percent, changes)
    if rows is not None and measure.per_period and _RATE_A_YEAR & words_of(table, column):
        values = _per_period(measure, values, rows)
        scale += ", of a year each"
    if changes and len(faults.messages) == before:
        known = np.flatnonzero(np.isfinite(values))
        if known.size and values[known[0]] != 0.0:
            faults.add(
                reading.place(int(known[0]), column),
                f"must begin with 0, the row that all changes are measured from, got {texts.iloc[known[0]]}. Subtract it from "
                "the column, or add the row before it with 0.",
            )
        if measure.proportional:
            faults.add("--changes", f"must name a measure with levels, got {measure.name}, of which only the course counts. "
                       "Leave it out, and give the numbers.")  # fmt: skip
    people = _people(reading, measure, column, len(texts))
    return values, people, f"{measure.name}: {table.name(column)}, {scale}"


def _with(table: TextTable, column: int, texts: pd.Series[str]) -> TextTable:
    """The table with other texts in a column."""
    cells = table.cells.copy()
    cells.isetitem(column, texts.to_numpy())
    return TextTable(table.label, table.digest, table.header, cells, table.separator)


def _to_unit(
    reading: _Reading, measure: Measure, column: int, numbers: FloatArray, percent: bool, changes: bool
) -> tuple[FloatArray, str]:
    """Values in the unit of the model, and the scale in words; what is outside of it leaves a fault."""
    known = np.flatnonzero(np.isfinite(numbers))
    if measure.kind in (COUNT, MONEY):
        low, high, words = (-np.inf if changes else 0.0), np.inf, "as they are"
        if measure.name in reading.scales:
            reading.faults.add("--scale", f"must name a share or a score, got {measure.name}. Leave it out.")
        if percent:
            reading.faults.add(reading.table.name(column), "must be amounts, got per cent. Give the amounts.")
        _check_range(reading, measure, column, numbers, low, high)
        return numbers, words
    size = float(np.abs(numbers[known]).max()) if known.size else 0.0
    least = float(np.abs(numbers[known][numbers[known] != 0.0]).min()) if (numbers[known] != 0.0).any() else 0.0
    ends = reading.scales.get(measure.name)
    if measure.kind == NET_PROMOTER:
        if ends is None:
            ends = (-1.0, 1.0) if 0.0 < size <= 1.0 else (-100.0, 100.0)
        unit = 100.0 / ends[1]
        _check_range(
            reading, measure, column, numbers, -ends[1] * (2 if changes else 1), ends[1] * (2 if changes else 1)
        )
        return numbers * unit, f"from {ends[0]:g} to {ends[1]:g}"
    if ends is None:
        ends = _guess_scale(reading, measure, column, percent, size, least, changes)
    low, high = ends
    width = high - low
    _check_range(reading, measure, column, numbers, -width if changes else low, width if changes else high)
    values = numbers / width if changes else (numbers - low) / width
    return values, f"from {low:g} to {high:g}{', changes' if changes else ''}"


def _guess_scale(
    reading: _Reading, measure: Measure, column: int, percent: bool, size: float, least: float, changes: bool
) -> tuple[float, float]:
    """The scale of shares or scores by their size; where that leaves a doubt, a fault says what settles it."""
    if percent:
        return 0.0, 100.0
    if size <= 1.0:
        return 0.0, 1.0
    name = reading.table.name(column)
    say = f"--scale {measure.name}="
    if measure.kind == MEAN and size <= 10.0 and (least >= 1.0 or changes):
        reading.faults.add(
            name,
            f"must say its scale, got numbers up to {size:g}, which can be {_SCALES_OF_SCORES}. Say for example {say}1-5.",
        )
    elif not changes and least < 1.0 and size <= 2.0:
        reading.faults.add(
            name, f"must be shares of 0 to 1, got {size:g}. Correct it, or say {say}percent if these are per cent."
        )
    elif not changes and least < 1.0 and measure.kind == MEAN:
        reading.faults.add(
            name, f"must keep to one scale, got {least:g} and {size:g}. Correct the column, or say {say}percent."
        )
    elif size <= 100.0:
        reading.warnings.add(
            name, f"has numbers up to {size:g} and is read as per cent. Say {say}0-1 if that is wrong."
        )
    return 0.0, 100.0


def _check_range(
    reading: _Reading, measure: Measure, column: int, numbers: FloatArray, low: float, high: float
) -> None:
    """Note every value outside of the scale."""
    for row in _rows((numbers < low) | (numbers > high)):
        ends = "0 or more" if high == np.inf else f"{low:g} to {high:g}"
        remedy = f"Correct it, or give the scale with --scale {measure.name}=LOW-HIGH."
        reading.faults.add(
            reading.place(row, column),
            f"must be {ends}, got {number_in_words(float(numbers[row]))}. "
            + (remedy if np.isfinite(high) else f"Correct it, or say --changes {measure.name} if these are changes."),
        )


def _per_period(measure: Measure, values: FloatArray, rows: Rows) -> FloatArray:
    """What happens in a row of what would happen in a year at this rate."""
    years = np.array([(end - begin) / 52.0 for begin, end in rows.windows])
    if measure.kind != SHARE:
        amounts: FloatArray = values * years
        return amounts
    keeps = measure.name == "retention"
    part: FloatArray = np.power(values if keeps else 1.0 - values, years)
    found: FloatArray = part if keeps else 1.0 - part
    return found


def _people(reading: _Reading, measure: Measure, column: int, number: int) -> FloatArray:
    """Respondents of each row; NaN where it is no survey."""
    own = _column_of_respondents(reading, column)
    if own is not None:
        texts = reading.table.column(own).str.strip()
        counts, bad = read_amounts(texts)
        for row in _rows(
            bad | (counts < 1) | (counts > _LARGEST_SURVEY) | (counts != np.floor(counts)) & ~np.isnan(counts)
        ):
            reading.faults.add(
                reading.place(row, own),
                f"must be how many answered, a whole number of 1 or more, got {quoted(str(texts.iloc[row]))}. Correct it.",
            )
        given = reading.respondents.get(measure.name, reading.respondents.get("", float(USUAL_RESPONDENTS)))
        return np.where(np.isnan(counts), given, counts)
    said = reading.respondents.get(measure.name, reading.respondents.get("") if measure.asked else None)
    if said is None and measure.asked:
        reading.warnings.add(
            reading.table.name(column),
            f"does not say how many answered: {USUAL_RESPONDENTS} are assumed. Add a column {measure.name}_respondents, or say "
            f"--respondents {measure.name}=N.",
        )
        said = float(USUAL_RESPONDENTS)
    return np.full(number, np.nan if said is None else said)


def _column_of_respondents(reading: _Reading, column: int) -> int | None:
    """The column with the respondents of a survey: one named after it, else one that is named after none."""
    table = reading.table
    named = [each for each in range(table.width) if each != column and words_of(table, each) & _RESPONDENTS]
    own = words_of(table, column)
    for each in named:
        rest = words_of(table, each) - _RESPONDENTS
        if rest and rest <= own | {""}:
            return each
    known = _by_words(own)
    if known is not None:
        measure = MEASURES[known]
        for each in named:
            rest = words_of(table, each) - _RESPONDENTS
            if rest == set(measure.name.split("_")) or any(group <= rest for group in measure.words):
                return each
        alone = [each for each in named if not words_of(table, each) - _RESPONDENTS - {"of", "number", "anzahl", "der"}]
        if measure.asked and len(alone) == 1:
            return alone[0]
    return None


def _assemble(
    reading: _Reading, columns: Mapping[str, tuple[FloatArray, FloatArray, str]], rows: Rows, changes: Sequence[str]
) -> tuple[Observed, tuple[str, ...]]:
    """All columns that have a value together; a history that says too little leaves a fault."""
    faults, warnings = reading.faults, reading.warnings
    used = {}
    for name, (values, people, source) in columns.items():
        known = values[np.isfinite(values)]
        if not known.size:
            warnings.add(name, "has no value in any row, and is left out.")
            continue
        if known.size >= LEAST_ROWS and np.ptp(known) == 0.0:
            warnings.add(name, f"is {known[0]:g} in all rows: check that these were measured, and not copied.")
        used[name] = (values, people, source)
    if not used:
        faults.add("the file", "must have values, got none in any column of a measure. Fill them in.")
        faults.raise_any()
    values = np.stack([each[0] for each in used.values()], axis=1)
    filled = int(np.isfinite(values).any(axis=1).sum())
    if filled < LEAST_ROWS:
        faults.add(
            "the file",
            f"must have at least {LEAST_ROWS} periods with a value, got {filled}. Add earlier or later periods.",
        )
    elif all(np.ptp(column[np.isfinite(column)]) == 0.0 for column in values.T):
        faults.add(
            "the file",
            "must have a column that changes, got the same value in all rows of each. There is nothing to learn from it.",
        )
    _refuse_contradictions(reading, used)
    observed = Observed(
        columns=tuple(used),
        rows=rows.labels,
        values=values,
        respondents=np.stack([each[1] for each in used.values()], axis=1),
        kinds=tuple(MEASURES[name].kind for name in used),
        deviations=np.array([MEASURES[name].deviation or np.nan for name in used]),
        changes=tuple(name in changes for name in used),
    )
    return observed, tuple(each[2] for each in used.values())


def _refuse_contradictions(reading: _Reading, used: Mapping[str, tuple[FloatArray, FloatArray, str]]) -> None:
    """Note columns that cannot both be right."""
    if {"retention", "churn"} <= used.keys():
        total = used["retention"][0] + used["churn"][0]
        for row in _rows(np.abs(total - 1.0) > 0.01):
            if np.isfinite(total[row]):
                reading.faults.add(
                    f"line {reading.table.cells.index[row]}",
                    f"must have a retention and a churn that come to 100 %, got {100.0 * total[row]:.1f} %. Leave one of the two "
                    "columns out.",
                )


def check_people(history: History, employees: int, warnings: list[str]) -> None:
    """Warn where more people answered than there are employees in the scenario."""
    for column, name in enumerate(history.observed.columns):
        most = history.observed.respondents[:, column]
        if MEASURES[name].asked == EMPLOYEES and np.isfinite(most).any() and np.nanmax(most) > employees:
            warnings.append(
                f"{history.label}: {name} has up to {np.nanmax(most):.0f} respondents, more than the {employees} employees of "
                "the scenario. Check employees.number."
            )
