"""A table of retention: how much of a cohort under contract is left after each period."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from sim.calibration.amounts import read_amounts
from sim.calibration.columns import find_column
from sim.calibration.options import Period, Unit
from sim.calibration.text_table import TextTable
from sim.model.kernel.array_types import FloatArray
from sim.model.scenario.messages import Faults, number_in_words, quoted

PERIODS_A_YEAR: dict[Period, int] = {"year": 1, "half-year": 2, "quarter": 4, "month": 12, "week": 52}

COHORT = 1000
"""Customers that a table in percent or shares is taken to describe, as in the paper; it scales the likelihood only."""

_WHOLE = {"percent": 100.0, "share": 1.0}
_LEAST_YEARS = 2


@dataclass(frozen=True)
class RetentionTable:
    """What is left of a cohort.

    Attributes:
        column: What messages call the column.
        survivors: Customers left at the end of year 0 (all), 1, 2, ...
        unit: How the file counts them.
        period: Length of its periods; only those that end a year are used.
    """

    column: str
    survivors: FloatArray
    unit: Unit
    period: Period

    @property
    def years(self) -> int:
        """Number of years after the start."""
        return self.survivors.size - 1

    @property
    def shares(self) -> FloatArray:
        """Share of the cohort left at the end of each year, year 0 first."""
        return np.asarray(self.survivors / self.survivors[0], dtype=np.float64)


def read_retention(
    table: TextTable,
    column: str | None,
    period: Period | None,
    unit: Unit | None,
    cohort: int | None,
    warnings: Faults,
) -> RetentionTable:
    """Retention in a table of text.

    Args:
        table: The file; its first column counts periods.
        column: Column with the survivors, by name or number from 1; may be left out if there is only one.
        period: Length of a period; by the name of the first column, else a year.
        unit: What the survivors are counted in; by the first of them if not given.
        cohort: Customers at the start, where the table does not say.
        warnings: Takes what is assumed.

    Raises:
        ScenarioError: With every fault of the table.
    """
    faults = Faults(table.label)
    if not len(table.cells):
        faults.add("the file", "must hold a table of retention, got no lines. Export it again.")
    faults.raise_any()
    labels = _labels(table, faults)
    chosen = _choose_column(table, column, faults)
    faults.raise_any()
    left = _survivors(table, chosen, faults, warnings)
    faults.raise_any()
    found_unit = unit or _guess_unit(labels, left)
    found_period = period or _guess_period(table)
    survivors = _with_start(labels, left, found_unit, cohort, table, warnings)
    if survivors.size > 1 and survivors[1] > survivors[0]:
        faults.add(
            f"line {table.cells.index[0]}, {table.name(chosen)}",
            f"must not have more survivors than the cohort had at the start, got {number_in_words(float(left[0]))}. Check "
            "--cohort and --unit.",
        )
    faults.raise_any()
    survivors = survivors[:: PERIODS_A_YEAR[found_period]]
    if survivors.size - 1 < _LEAST_YEARS:
        faults.add(
            "the file",
            f"must cover at least {_LEAST_YEARS} years, got {survivors.size - 1} (one line a {found_period}). Add later "
            "periods, or say how long they are with --period.",
        )
    elif survivors[-1] == survivors[0]:
        faults.add(table.name(chosen), "must fall, got no loss. Without anyone leaving there is nothing to fit.")
    faults.raise_any()
    return RetentionTable(table.name(chosen), survivors, found_unit, found_period)


def _labels(table: TextTable, faults: Faults) -> FloatArray:
    """Numbers of the periods, which must follow one another."""
    texts = table.column(0).str.strip()
    labels, bad = read_amounts(texts.str.replace(r"(?i)^[a-z]+\s*", "", regex=True))
    wrong = bad | np.isnan(labels)
    wrong[1:] |= np.diff(labels) != 1.0
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        rule = "must be the number of a period, one more than in the line before"
        faults.add(
            f"line {table.cells.index[row]}, {table.name(0)}",
            f"{rule}, got {quoted(str(texts.iloc[row]))}. Sort the lines, and write every period once: 0, 1, 2, ...",
        )
    return labels


def _choose_column(table: TextTable, column: str | None, faults: Faults) -> int:
    """Column with the survivors."""
    if column is not None:
        chosen = find_column(table, column, "--column", faults)
        if chosen == 0:
            faults.add("--column", f"must be a column with survivors, got the periods themselves, {table.name(0)}.")
        return chosen or 1
    if table.width > 2:
        others = ", ".join(table.name(index) for index in range(1, table.width))
        faults.add("--column", f"must choose one of several columns, got {others}. Write for example --column 2.")
    return 1


def _survivors(table: TextTable, column: int, faults: Faults, warnings: Faults) -> FloatArray:
    """Survivors after each period, in the unit of the file."""
    texts = table.column(column).str.strip()
    left, bad = read_amounts(texts.str.replace(r"\s*%$", "", regex=True))
    known = np.flatnonzero(~np.isnan(left) | bad)
    end = int(known[-1]) + 1 if known.size else left.size
    if end < left.size:
        warnings.add(
            f"line {table.cells.index[end]}, {table.name(column)}",
            f"must be the survivors, got nothing from here to the last line. The cohort is taken to be known up to {end - 1} "
            f"{'period' if end == 2 else 'periods'} after its start.",
        )
    left, bad = left[:end], bad[:end]
    for row in np.flatnonzero(bad | np.isnan(left) | (left < 0)).tolist():
        faults.add(
            f"line {table.cells.index[row]}, {table.name(column)}",
            f"must be the survivors, 0 or more, got {quoted(str(texts.iloc[row]))}. Fill in what was left.",
        )
    if not faults.messages:
        _refuse_growth(table, column, left, faults)
    if not faults.messages and left[0] == 0:
        faults.add(
            f"line {table.cells.index[0]}, {table.name(column)}",
            "must start with customers, got 0. Write the whole cohort in the first line: 100 percent, or its number.",
        )
    return left


def _guess_unit(labels: FloatArray, left: FloatArray) -> Unit:
    """Percent or share if the table starts with all of the cohort, or with a part of it after period 1."""
    if left[0] == 100.0 or (labels[0] == 1.0 and 1.0 < left[0] < 100.0):
        return "percent"
    return "share" if left[0] <= 1.0 else "count"


def _guess_period(table: TextTable) -> Period:
    """Length of a period by the name of the first column, else a year."""
    words = re.findall(r"[a-z]+", table.header[0].casefold()) if table.header else []
    if "half" in words:
        return "half-year"
    found = (period for period in PERIODS_A_YEAR for word in words if word.removesuffix("s") == period)
    return next(found, "year")


def _with_start(
    labels: FloatArray, left: FloatArray, unit: Unit, cohort: int | None, table: TextTable, warnings: Faults
) -> FloatArray:
    """Survivors in customers, beginning with the whole cohort, which the table may leave out."""
    whole = _WHOLE.get(unit)
    if whole is not None:
        starts = left if left[0] == whole or labels[0] != 1.0 else np.concatenate([[whole], left])
        return np.asarray(starts / starts[0] * (cohort or COHORT), dtype=np.float64)
    if labels[0] == 1.0 and cohort is not None:
        return np.concatenate([[float(cohort)], left])
    if labels[0] == 1.0:
        warnings.add(
            f"line {table.cells.index[0]}",
            "must be the start of the cohort, got period 1. It is taken for the start: "
            "give the customers at the start with --cohort if it is the end of the first period.",
        )
    return left


def _refuse_growth(table: TextTable, column: int, left: FloatArray, faults: Faults) -> None:
    """Note every line with more survivors than the one before."""
    for row in (np.flatnonzero(np.diff(left) > 0) + 1).tolist():
        now, before = (number_in_words(float(left[index])) for index in (row, row - 1))
        faults.add(
            f"line {table.cells.index[row]}, {table.name(column)}",
            f"must not have more survivors than the period before, got {now} after {before}. No one joins a cohort: "
            "correct the line.",
        )
