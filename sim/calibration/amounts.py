"""Amounts as people write them: with a currency, with marks between digits, or not at all.

``1.250`` is 1.25 to some and 1250 to others. Such a column is open to both readings: an option decides, or what else is in
the file (:func:`decide_decimal`).
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from sim.calibration.dates import is_missing
from sim.calibration.options import Decimal
from sim.calibration.text_table import TextTable
from sim.model.kernel.array_types import BoolArray, FloatArray
from sim.model.scenario.messages import Faults, number_in_words, quoted

MARKS: dict[Decimal, str] = {"point": ".", "comma": ","}
OTHER: dict[Decimal, Decimal] = {"point": "comma", "comma": "point"}

_CURRENCY = r"^[A-Z]{3}\s|\s[A-Z]{3}$|[$€£¥\s'\u00a0\u202f]"
_SAMPLE, _MANY = 200, 2000

LARGEST = 1e12
"""Largest amount that is believed, whatever it counts."""


def _pattern(decimal: Decimal) -> str:
    mark, thousands = re.escape(MARKS[decimal]), re.escape(MARKS[OTHER[decimal]])
    return rf"[-+]?(?:[1-9]\d{{0,2}}(?:{thousands}\d{{3}})+|\d+)?(?:{mark}\d*)?(?:[eE][-+]?\d+)?"


_PATTERNS: dict[Decimal, str] = {decimal: _pattern(decimal) for decimal in MARKS}


def read_amounts(texts: pd.Series[str], decimal: Decimal | None = None) -> tuple[FloatArray, BoolArray]:
    """Amounts, missing where nothing was written, and which entries are no amounts.

    ``1,234.50``, ``1.234,50``, ``$12`` and ``12,5 EUR`` are understood, if all of a column keep to one way of writing.

    Args:
        texts: Entries of a column.
        decimal: The mark before the decimals; ``None`` for the one that fits more entries, a point if both do.
    """
    codes, distinct = pd.factorize(texts)
    words = pd.Series(distinct, dtype=str)
    missing = is_missing(words)
    if decimal is None:
        numbers = _finite(words)
        if not np.isnan(numbers[~missing]).any():  # nearly all files, of which some are large
            numbers[missing] = np.nan
            return numbers[codes], np.zeros(len(codes), dtype=np.bool_)
    found = _readings(words, missing)
    if decimal is None:
        odd = {mark: int((np.isnan(numbers) & ~missing)[codes].sum()) for mark, numbers in found.items()}
        decimal = "comma" if odd["comma"] < odd["point"] else "point"
    numbers = found[decimal]
    return numbers[codes], (np.isnan(numbers) & ~missing)[codes]


def has_marks(texts: pd.Series[str]) -> bool:
    """Whether there is a point or a comma before a digit somewhere."""
    return bool(texts.str.contains(r"[.,]\d", regex=True).any())


def find_open_text(texts: pd.Series[str]) -> str | None:
    """An entry such as ``1.250`` that can be read in two ways, if nothing in its column tells which; else ``None``."""
    words = pd.Series(texts.unique(), dtype=str)
    few = words.iloc[:_MANY]
    if not has_marks(words) or (len(words) > _MANY and has_marks(few) and find_open_text(few) is None):
        return None
    missing = is_missing(words)
    found = _readings(words, missing)
    odd = {mark: int((np.isnan(numbers) & ~missing).sum()) for mark, numbers in found.items()}
    differ = ~np.isnan(found["point"]) & ~np.isnan(found["comma"]) & (found["point"] != found["comma"])
    if odd["point"] != odd["comma"] or not differ.any():
        return None
    return str(words[differ].iloc[0]).strip()


def decide_decimal(
    table: TextTable, column: int, requested: Decimal | None, date_style: str, faults: Faults, warnings: Faults
) -> Decimal | None:
    """The mark before the decimals in a column; ``None`` if its entries tell, or after noting that nothing does.

    Args:
        table: The file.
        column: Column with amounts.
        requested: What the user says.
        date_style: How dates are written in the file (``strptime``); empty if not known.
        faults: Takes a column that is open to both readings.
        warnings: Takes how such a column was read, and why.
    """
    if requested is not None:
        return requested
    example = find_open_text(table.column(column))
    if example is None:
        return None
    values = {mark: number_in_words(float(read_amounts(pd.Series([example]), mark)[0][0])) for mark in MARKS}
    reasons = _evidence(table, column, "point" if "." in example else "comma", date_style)
    say = {mark: f"--decimal {mark} for {values[mark]}" for mark in MARKS}
    if len(reasons) != 1:
        faults.add(
            table.name(column),
            f"must leave no doubt about amounts such as {quoted(example)}, which can be {values['point']} or "
            f"{values['comma']}. Say {say['point']}, or {say['comma']}.",
        )
        return None
    ((decimal, reason),) = reasons.items()
    warnings.add(
        table.name(column),
        f"has amounts such as {quoted(example)}, taken for {values[decimal]} since {reason}. "
        f"Say {say[OTHER[decimal]]} if that is wrong.",
    )
    return decimal


def _evidence(table: TextTable, column: int, mark: Decimal, date_style: str) -> dict[Decimal, str]:
    """What the rest of a file says about the mark before decimals, each with a reason; contradictions give both.

    Args:
        table: The file.
        column: The column that is open to two readings.
        mark: The mark between its digits.
        date_style: How dates are written.
    """
    found: dict[Decimal, str] = {}
    for other in range(table.width):
        texts = table.column(other).iloc[:_SAMPLE]
        for decimal in MARKS:
            if other != column and _sure(texts, decimal):
                found.setdefault(decimal, f"decimals follow a {decimal} in {table.name(other)}")
    if table.column(column).str.contains(r"(?<![\d.,])\d{4,}(?![\d.,])", regex=True).any():
        found.setdefault(mark, "other amounts of 1000 and more have no mark")
    if table.separator == ";" and date_style.startswith("%d.%m."):
        found.setdefault("comma", "semicolons separate the columns, and dates are written day.month.year")
    if table.separator == "," and mark == "comma":
        found.setdefault("point", "commas separate the columns")
    if date_style.startswith("%m/%d/"):
        found.setdefault("point", "dates are written month/day/year")
    return found


def _sure(texts: pd.Series[str], decimal: Decimal) -> bool:
    """Whether these are amounts with this mark before decimals, beyond doubt."""
    marked = texts[texts.str.contains(r"\d[.,]\d", regex=True)]
    if marked.empty or find_open_text(texts) is not None:
        return False
    odd = {mark: bool(read_amounts(texts, mark)[1].any()) for mark in MARKS}
    return odd[OTHER[decimal]] and not odd[decimal]


def _readings(words: pd.Series[str], missing: BoolArray) -> dict[Decimal, FloatArray]:
    """Numbers by the mark before decimals, NaN for what is none. A currency counts for nothing where it must."""
    found = {mark: _to_numbers(words, mark) for mark in MARKS}
    if all(np.isnan(numbers[~missing]).any() for numbers in found.values()):
        plain = words.str.replace(_CURRENCY, "", regex=True)
        found = {mark: _to_numbers(plain, mark) for mark in MARKS}
    for numbers in found.values():
        numbers[missing] = np.nan
    return found


def _to_numbers(words: pd.Series[str], decimal: Decimal) -> FloatArray:
    """Finite numbers; NaN for everything else."""
    words = words.str.strip()
    fits = words.str.fullmatch(_PATTERNS[decimal]).to_numpy(dtype=np.bool_)
    plain = words.str.replace(MARKS[OTHER[decimal]], "", regex=False)
    plain = plain.str.replace(MARKS[decimal], ".", regex=False)
    return np.where(fits, _finite(plain), np.nan)


def _finite(words: pd.Series[str]) -> FloatArray:
    """Finite numbers written with a decimal point; NaN for everything else."""
    numbers = pd.to_numeric(words.str.strip(), errors="coerce").to_numpy(dtype=np.float64, copy=True)
    numbers[~np.isfinite(numbers)] = np.nan
    return numbers
