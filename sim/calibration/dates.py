"""How dates are written: found out from the dates themselves, or asked for if they leave it open."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.calibration.text_table import TextTable
from sim.model.kernel.array_types import IntArray
from sim.model.scenario.messages import Faults, quoted

FORMATS = (
    "%Y%m%d", "%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d",
    "%d.%m.%Y", "%m/%d/%Y", "%d/%m/%Y", "%d-%m-%Y", "%m-%d-%Y",
    "%d.%m.%y", "%m/%d/%y", "%d/%m/%y",
    "%d %b %Y", "%d-%b-%Y", "%b %d %Y", "%b %d, %Y", "%d %B %Y", "%B %d %Y", "%B %d, %Y",
)  # fmt: skip
"""Ways of writing dates that are tried, in the notation of ``strptime``."""

MISSING = frozenset({"", "na", "n/a", "nan", "nat", "null", "none", "-", "?"})
"""Texts, in small letters, that stand for a missing value."""

_TIME_OF_DAY = r"[T ]\s*\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\s*(?:[AaPp][Mm])?\s*(?:Z|UTC|[+-]\d{2}:?\d{2})?$"
_EXAMPLES = "20240131, 2024-01-31 or 31.01.2024"
_LEAST_SHARE = 0.5  # of the dates that a way of writing must fit before the others are called faulty
_UNREADABLE = np.iinfo(np.int64).min


def is_missing(texts: pd.Series[str]) -> npt.NDArray[np.bool_]:
    """Whether a text stands for a missing value."""
    return texts.str.strip().str.lower().isin(MISSING).to_numpy(dtype=np.bool_)


def looks_like_dates(texts: Iterable[str]) -> bool:
    """Whether nearly all of the texts are dates in one of the usual ways of writing."""
    distinct = pd.Series(list(dict.fromkeys(texts)), dtype=str)
    distinct = distinct[~is_missing(distinct)]
    if distinct.empty:
        return False
    days = _bare_dates(distinct)
    return max(float((_parse(days, style) != _UNREADABLE).mean()) for style in FORMATS) >= 0.8


def read_dates(table: TextTable, column: int, style: str | None, faults: Faults) -> tuple[IntArray, str]:
    """Day of every line, counted from 1970-01-01, and how the dates are written; the hour is left out.

    Args:
        table: The file.
        column: Column with the dates.
        style: How they are written (``strptime``); ``None`` to find out.
        faults: Takes what is wrong with the column.
    """
    lines = table.column(column)
    codes, distinct = pd.factorize(lines)
    texts = pd.Series(distinct, dtype=str)
    missing = is_missing(texts)
    dates = _bare_dates(texts) if style is None else texts.str.strip()
    chosen = style or _find_style(dates[~missing], table.name(column), faults)
    if chosen is None or not _is_legal(chosen, faults):
        return np.empty(0, dtype=np.int64), ""
    days = _parse(dates, chosen)
    bad = (days == _UNREADABLE)[codes]
    gone = missing[codes]
    if gone.any():
        _note(faults, table, column, np.flatnonzero(gone), "a date", "nothing in", "")
    if (bad & ~gone).any():
        rows = np.flatnonzero(bad & ~gone)
        _note(faults, table, column, rows, f"a date written {chosen}", f"{quoted(str(lines.iloc[rows[0]]))} in", chosen)
    return days[codes], chosen


def _is_legal(style: str, faults: Faults) -> bool:
    """Whether this is a way of writing dates; a fault is noted if not."""
    try:
        _parse(pd.Series(["1"], dtype=str), style)
    except ValueError:
        faults.add("--date-format", f"must be made of %Y, %m, %d and what stands between them, got {quoted(style)}.")
        return False
    return True


def _note(faults: Faults, table: TextTable, column: int, rows: IntArray, rule: str, got: str, style: str) -> None:
    """Note lines without a readable date: how many, and which is the first."""
    number = f"{rows.size} line" + ("s" if rows.size > 1 else "")
    first = f"line {table.cells.index[rows[0]]}, {table.name(column)}"
    if rows.size == len(table.cells):
        remedy = "Choose another column with --date, or say how dates are written, such as --date-format %d.%m.%Y."
    elif style:
        remedy = "Correct or remove these lines, or say how all dates are written with --date-format."
    else:
        remedy = "Fill the dates in, or remove these lines."
    faults.add(first, f"must be {rule}, got {got} {number}, this the first. {remedy}")


def _find_style(dates: pd.Series[str], place: str, faults: Faults) -> str | None:
    """The way of writing that fits most dates; ``None`` after noting that none does, or several differ."""
    if dates.empty:
        faults.add(place, "must hold dates, got only missing ones. Choose the column with the dates with --date.")
        return None
    read = {style: _parse(dates, style) for style in FORMATS}
    fits = {style: float((days != _UNREADABLE).mean()) for style, days in read.items()}
    best = max(fits, key=lambda style: fits[style])
    if fits[best] < _LEAST_SHARE:
        faults.add(
            place,
            f"must hold dates such as {_EXAMPLES}, got {quoted(str(dates.iloc[0]))}. Choose the column with the dates "
            "with --date, or say how they are written, such as --date-format %d.%m.%Y.",
        )
        return None
    rivals = [style for style in FORMATS if fits[style] == fits[best] and not np.array_equal(read[style], read[best])]
    if rivals:
        faults.add(
            place,
            f"must say which number is the day, got dates such as {quoted(str(dates.iloc[0]))} that can be read as "
            f"{best} and as {rivals[0]}. Choose with --date-format {best} or --date-format {rivals[0]}.",
        )
        return None
    return best


def _bare_dates(texts: pd.Series[str]) -> pd.Series[str]:
    """The texts without white space around them and without the time of day."""
    texts = texts.str.strip()
    return texts.str.replace(_TIME_OF_DAY, "", regex=True) if texts.str.contains(":", regex=False).any() else texts


def _parse(texts: pd.Series[str], style: str) -> IntArray:
    """Days since 1970-01-01; :data:`_UNREADABLE` for what is not written this way."""
    with np.errstate(all="ignore"):
        moments: Any = pd.to_datetime(texts, format=style, errors="coerce", exact=True)
    days = moments.to_numpy().astype("datetime64[D]")
    numbers = days.astype(np.int64)
    short = texts.str.strip().str.len().to_numpy() != 8 if style == "%Y%m%d" else False
    return np.where(np.isnat(days) | short, _UNREADABLE, numbers)
