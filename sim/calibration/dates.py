"""How dates are written: found out from the dates themselves, or asked for if they leave it open."""

from __future__ import annotations

import re
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

EXCEL, EPOCH = "excel", "epoch"
COUNTED = {EXCEL: "as days since 1900, as Excel has them", EPOCH: "in seconds or milliseconds since 1970"}
"""Dates that are numbers, in words. They are taken for dates only if the user says so."""

MISSING = frozenset({"", "na", "n/a", "nan", "nat", "null", "none", "-", "?"})
"""Texts, in small letters, that stand for a missing value."""

_TIME_OF_DAY = r"[T ]\s*\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\s*(?:[AaPp][Mm])?\s*(?:Z|UTC|[+-]\d{2}:?\d{2})?$"
_EXAMPLES = "20240131, 2024-01-31 or 31.01.2024"
_EXCEL_1970 = 25_569  # number of 1970-01-01 in Excel
_USUAL_EXCEL = (20_000.0, 80_000.0)  # 1954 to 2119
_USUAL_EPOCH = (3e8, 5e9)  # 1979 to 2128, in seconds
_LEAST_SHARE = 0.5  # of the dates that a way of writing must fit before the others are called faulty
_MOST_OUTSIDE = 0.2  # share of the dates that fit both ways above which a doubt is told
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


def read_dates(
    table: TextTable, column: int, style: str | None, faults: Faults, warnings: Faults
) -> tuple[IntArray, str]:
    """Day of every line, counted from 1970-01-01, and how the dates are written; the hour is left out.

    Args:
        table: The file.
        column: Column with the dates.
        style: How they are written (``strptime``, or a word of :data:`COUNTED`); ``None`` to find out.
        faults: Takes what is wrong with the column.
        warnings: Takes a doubt about days and months.
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
        rule = f"a date written {COUNTED.get(chosen, chosen)}"
        _note(faults, table, column, rows, rule, f"{quoted(str(lines.iloc[rows[0]]))} in", chosen)
    elif chosen in _SWAPPED:
        _warn_about_swaps(texts[~missing], days[~missing], chosen, table.name(column), warnings)
    return days[codes], chosen


def _is_legal(style: str, faults: Faults) -> bool:
    """Whether this is a way of writing dates; a fault is noted if not."""
    try:
        _parse(pd.Series(["1"], dtype=str), style)
    except ValueError:
        rule = f"must be made of %Y, %m, %d and what stands between them, or {EXCEL} or {EPOCH}, got {quoted(style)}."
        faults.add("--date-format", f"{rule} Write for example --date-format %d.%m.%Y.")
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
        counted = _counted(dates)
        remedy = (
            f"They look like dates counted {COUNTED[counted]}: say --date-format {counted} if they are."
            if counted
            else "Choose the column with the dates with --date, or say how they are written, such as --date-format %d.%m.%Y."
        )
        faults.add(place, f"must hold dates such as {_EXAMPLES}, got {quoted(str(dates.iloc[0]))}. {remedy}")
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
    if style in COUNTED:
        return _days_of_numbers(_to_numbers(texts), style)
    with np.errstate(all="ignore"):
        moments: Any = pd.to_datetime(texts, format=style, errors="coerce", exact=True)
    days = moments.to_numpy().astype("datetime64[D]")
    numbers = days.astype(np.int64)
    short = texts.str.strip().str.len().to_numpy() != 8 if style == "%Y%m%d" else False
    return np.where(np.isnat(days) | short, _UNREADABLE, numbers)


def _to_numbers(texts: pd.Series[str]) -> npt.NDArray[np.float64]:
    numbers = pd.to_numeric(texts.str.strip().str.replace(",", ".", regex=False), errors="coerce")
    return numbers.to_numpy(dtype=np.float64)


def _counted(dates: pd.Series[str]) -> str | None:
    """The word of :data:`COUNTED` for numbers that are probably dates."""
    numbers = _to_numbers(dates)
    in_seconds = numbers / _units_a_second(numbers)
    for word, values, (low, high) in ((EXCEL, numbers, _USUAL_EXCEL), (EPOCH, in_seconds, _USUAL_EPOCH)):
        if np.mean((values >= low) & (values <= high)) > _LEAST_SHARE:
            return word
    return None


def _units_a_second(numbers: npt.NDArray[np.float64]) -> float:
    """What an epoch counts, by its size: seconds, or thousandths, millionths, billionths of them."""
    known = np.abs(numbers[np.isfinite(numbers)])
    size = float(np.median(known)) if known.size else 0.0
    return next((unit for unit in (1.0, 1e3, 1e6) if size < 1e11 * unit), 1e9)


def _days_of_numbers(numbers: npt.NDArray[np.float64], style: str) -> IntArray:
    """Days since 1970-01-01 of dates that are numbers; the hour is left out."""
    day = numbers - _EXCEL_1970 if style == EXCEL else numbers / _units_a_second(numbers) / 86_400
    legal = np.isfinite(day) & (day > -_EXCEL_1970) & (day < 2_932_897)  # the years 1900 to 9999
    return np.where(legal, np.floor(np.where(legal, day, 0.0)), _UNREADABLE).astype(np.int64)


_SWAPPED = {
    style: re.sub("%[dm]", lambda part: "%m" if part[0] == "%d" else "%d", style)
    for style in FORMATS
    if re.fullmatch(r"%[dm].%[dm].%[yY]", style)
}
"""Ways of writing dates in which day and month can be taken for each other, each with the one in which they are."""


def _warn_about_swaps(dates: pd.Series[str], days: IntArray, style: str, place: str, warnings: Faults) -> None:
    """Warn if many dates would fit better with day and month exchanged, as spreadsheets exchange them where they can."""
    swapped = _parse(_bare_dates(dates), _SWAPPED[style])
    both = (swapped != _UNREADABLE) & (swapped != days)
    sure = days[swapped == _UNREADABLE]
    if not both.any() or not sure.size:
        return
    outside = [np.mean((read[both] < sure.min()) | (read[both] > sure.max())) for read in (days, swapped)]
    if outside[0] > _MOST_OUTSIDE and outside[0] > 2 * outside[1]:
        example = quoted(str(dates.iloc[int(np.flatnonzero(both)[0])]).strip())
        warnings.add(
            place,
            f"has dates such as {example} that fit both ways, and {100 * outside[0]:.0f} % of these lie outside of the "
            f"period of the others. They are read as {style}: spreadsheets exchange day and month where they can. "
            "Export the dates again as 2024-01-31.",
        )
