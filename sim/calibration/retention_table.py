"""A table of retention: how much of a cohort under contract is left after each period."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.calibration.amounts import LARGEST, decide_decimal, find_open_text, has_marks, read_amounts
from sim.calibration.columns import find_column, words_of
from sim.calibration.options import Decimal, Period, Unit, Values
from sim.calibration.text_table import TextTable
from sim.model.kernel.array_types import FloatArray
from sim.model.scenario.messages import Faults, number_in_words, quoted

PERIODS_A_YEAR: dict[Period, int] = {"year": 1, "half-year": 2, "quarter": 4, "month": 12, "week": 52}

COHORT = 1000
"""Customers that a table in percent or shares is taken to describe, as in the paper; it scales the likelihood only."""

NAMES_OF_PERIODS: dict[Period, frozenset[str]] = {
    "half-year": frozenset({"half", "halbjahr", "semestre", "semester"}),
    "year": frozenset({"year", "years", "jahr", "jahre", "annee", "annees", "ano", "anos", "anno", "jaar"}),
    "quarter": frozenset({"quarter", "quarters", "quartal", "quartale", "trimestre", "trimestres"}),
    "month": frozenset({"month", "months", "monat", "monate", "mois", "mes", "meses", "mese", "maand"}),
    "week": frozenset({"week", "weeks", "woche", "wochen", "semaine", "semaines", "semana", "semanas", "settimana"}),
}
_LOST = re.compile(
    r"churn|attrition|lapse|lost|leav|cancel|kundig|abwander|verlust|resil|depart|baja|abandon|abbandon|opzeg"
)
_NO_SURVIVORS = re.compile(
    r"practi|satisf|zufrieden|survey|umfrage|score|nps|loyal|adopt|trust|mood|turnover|revenue|umsatz"
)
_WHOLE = {"percent": 100.0, "share": 1.0}
_LEAST_YEARS = 2
_OR_RATES = (
    ", or say --values retention if these are the shares of a cohort kept in each period; what a whole book keeps in a year is "
    "lifetime.retention_annual of a scenario"
)


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
    values: Values | None = None,
    decimal: Decimal | None = None,
) -> RetentionTable:
    """Retention in a table of text.

    Args:
        table: The file; its first column counts periods.
        column: Column with the survivors, by name or number from 1; may be left out if there is only one.
        period: Length of a period; by the name of the first column, else a year.
        unit: What the survivors are counted in; by the first of them if not given.
        cohort: Customers at the start, where the table does not say.
        warnings: Takes what is assumed.
        values: What the column holds; survivors unless said otherwise, or unlikely by its name.
        decimal: The mark before decimals; ``None`` to find out.

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
    if values is None:
        _refuse_other_values(table, chosen, faults)
        faults.raise_any()
    numbers = _numbers(table, chosen, decimal, faults, warnings)
    faults.raise_any()
    found_period = period or _guess_period(table)
    if values in ("churn", "retention"):
        found_unit, survivors = _survivors_of_rates(table, chosen, numbers, labels, unit, cohort, values, faults)
        left = survivors
    else:
        left = numbers
        _check_survivors(table, chosen, left, faults)
        faults.raise_any()
        found_unit = unit or _guess_unit(labels, left)
        survivors = _with_start(labels, left, found_unit, cohort, table, faults, warnings)
    faults.raise_any()
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
    labels, bad = read_amounts(texts.str.replace(r"^[^\W\d_]+\s*", "", regex=True))
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


def _refuse_other_values(table: TextTable, column: int, faults: Faults) -> None:
    """Note a column that by its name does not hold those who are left."""
    name = " ".join(sorted(words_of(table, column)))
    keep = "--values survivors if these are customers who are left."
    if _LOST.search(name):
        faults.add(
            table.name(column),
            "must hold the customers who are left, got by its name those who leave. Say --values churn if it is the share "
            f"of those present that leaves in each period, or {keep}",
        )
    elif _NO_SURVIVORS.search(name):
        faults.add(
            table.name(column),
            "must hold the customers who are left, got by its name something else, such as a survey, which this command "
            f"cannot fit. Choose another column with --column, or say {keep}",
        )


def _survivors_of_rates(
    table: TextTable, column: int, numbers: FloatArray, labels: FloatArray, unit: Unit | None, cohort: int | None,
    values: Values, faults: Faults,
) -> tuple[Unit, FloatArray]:  # fmt: skip
    """Survivors, the whole cohort first, from what leaves or stays in each period."""
    signs = bool(table.column(column).str.contains("%", regex=False).any())
    found: Unit = unit or ("percent" if signs or numbers.max() > 1.0 else "share")
    nothing = 0.0 if values == "churn" else _WHOLE.get(found)
    if labels[0] == 0.0 and numbers[0] == nothing:
        numbers = numbers[1:]  # period 0 is the start
    if found == "count" and values == "retention":
        faults.add("--unit", "must be percent or share for --values retention, got count. Say which.")
        return found, numbers
    if found == "count" and cohort is None:
        faults.add("--cohort", "must be given where those who leave are counted, got none. Add --cohort N.")
        return found, numbers
    if found == "count":
        assert cohort is not None  # refused above
        left = cohort - np.concatenate([[0.0], np.cumsum(numbers)])
    else:
        rates = numbers / _WHOLE[found]
        stays = 1.0 - rates if values == "churn" else rates
        left = (cohort or COHORT) * np.concatenate([[1.0], np.cumprod(stays)])
    if (left < 0).any() or (np.diff(left) > 0).any():
        whole = "the cohort" if found == "count" else f"{_WHOLE[found]:g}"
        faults.add(
            table.name(column), f"must be 0 to {whole} in each period, got more or less. Check --unit and --values."
        )
    return found, left


def _numbers(table: TextTable, column: int, decimal: Decimal | None, faults: Faults, warnings: Faults) -> FloatArray:
    """Values after each period, in the unit of the file."""
    texts = table.column(column).str.strip()
    plain = texts.str.replace(r"\s*%$", "", regex=True)
    if decimal and not has_marks(plain):
        faults.add(
            "--decimal", f"is for amounts with a point or a comma, got none in {table.name(column)}. Leave it out."
        )
    if decimal is None and (decimal := _decimal_that_falls(plain)) is not None:
        warnings.add(
            table.name(column),
            f"has numbers such as {quoted(str(find_open_text(plain)))}, "
            f"read with a decimal {decimal} since survivors would grow otherwise.",
        )
    left, bad = read_amounts(plain, decide_decimal(table, column, decimal, "", faults, warnings))
    known = np.flatnonzero(~np.isnan(left) | bad)
    end = int(known[-1]) + 1 if known.size else left.size
    if end < left.size:
        warnings.add(
            f"line {table.cells.index[end]}, {table.name(column)}",
            f"must be the survivors, got nothing from here to the last line. The cohort is taken to be known up to {end - 1} "
            f"{'period' if end == 2 else 'periods'} after its start.",
        )
    left, bad = left[:end], bad[:end]
    for row in np.flatnonzero(bad | np.isnan(left) | (left < 0) | (left > LARGEST)).tolist():
        rule = f"must be the survivors, {f'at most {LARGEST:.0e}' if left[row] > LARGEST else '0 or more'}"
        faults.add(
            f"line {table.cells.index[row]}, {table.name(column)}",
            f"{rule}, got {quoted(str(texts.iloc[row]))}. Fill in what was left.",
        )
    if not left.size:
        faults.add(table.name(column), "must be the survivors, got nothing. Choose another column with --column.")
    return left


def _decimal_that_falls(texts: pd.Series[str]) -> Decimal | None:
    """The only mark before decimals with which an open column falls, as survivors must: ``1,000`` before ``631``."""
    if find_open_text(texts) is None:
        return None
    marks: tuple[Decimal, ...] = ("point", "comma")
    falling = [mark for mark in marks if not (np.diff(read_amounts(texts, mark)[0]) > 0).any()]
    return falling[0] if len(falling) == 1 else None


def _check_survivors(table: TextTable, column: int, left: FloatArray, faults: Faults) -> None:
    """Note survivors that grow, and a start without any."""
    _refuse_growth(table, column, left, faults)
    if not faults.messages and left[0] == 0:
        faults.add(
            f"line {table.cells.index[0]}, {table.name(column)}",
            "must start with customers, got 0. Write the whole cohort in the first line: 100 percent, or its number.",
        )


def _guess_unit(labels: FloatArray, left: FloatArray) -> Unit:
    """Percent or share if the table starts with all of the cohort, or with a part of it after period 1."""
    if left[0] == 100.0 or (labels[0] == 1.0 and 1.0 < left[0] < 100.0):
        return "percent"
    return "share" if left[0] <= 1.0 else "count"


def _guess_period(table: TextTable) -> Period:
    """Length of a period by the name of the first column, else a year."""
    words = words_of(table, 0)
    return next((period for period, names in NAMES_OF_PERIODS.items() if words & names), "year")


def _with_start(
    labels: FloatArray,
    left: FloatArray,
    unit: Unit,
    cohort: int | None,
    table: TextTable,
    faults: Faults,
    warnings: Faults,
) -> FloatArray:
    """Survivors in customers, beginning with the whole cohort, which the table may leave out."""
    whole = _WHOLE.get(unit)
    if whole is not None:
        starts = left if left[0] == whole or labels[0] != 1.0 else np.concatenate([[whole], left])
        return np.asarray(starts / starts[0] * (cohort or COHORT), dtype=np.float64)
    if labels[0] == 0.0 and cohort is not None:
        start = number_in_words(float(left[0]))
        faults.add("--cohort", f"is for tables without their start, got one that starts with {start}. Leave it out.")
    elif cohort is not None:
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
    rows = (np.flatnonzero(np.diff(left) > 0) + 1).tolist()
    for row in rows:
        now, before = (number_in_words(float(left[index])) for index in (row, row - 1))
        faults.add(
            f"line {table.cells.index[row]}, {table.name(column)}",
            f"must not have more survivors than the period before, got {now} after {before}. No one joins a cohort: "
            f"correct the line{_OR_RATES if row == rows[0] else ''}.",
        )
