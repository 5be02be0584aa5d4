"""Numbers in words: money, shares, points, weeks, intervals, lists. Every text, table and picture writes them from here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from sim.analysis.missing import FloatArray

Entry = Mapping[str, float | None]
"""``mean``, ``low`` and ``high`` of a measure; each is ``None`` where it is missing."""

FROM_CHANCE = "could be distinguished from chance"
"""What is said of a difference whose interval includes zero."""

UNKNOWN = "?"
"""In place of a value that is missing."""


class Magnitude(NamedTuple):
    """A size in which amounts of money are counted, with its word in texts and its letters in tables."""

    size: float
    word: str
    letters: str


MAGNITUDES = (Magnitude(1e9, "billion", "bn"), Magnitude(1e6, "million", "M"), Magnitude(1e3, "thousand", "k"))

_ONE = Magnitude(1.0, "", "")


def magnitude(amount: float) -> Magnitude:
    """The size in which an amount of money, or the largest of several, is counted."""
    return next((each for each in MAGNITUDES if abs(amount) >= each.size), _ONE)


def join_parts(*parts: str) -> str:
    """Parts of a text with spaces between them; those that are empty are left out."""
    return " ".join(part for part in parts if part)


def format_money(value: float | None, currency: str) -> str:
    """An amount of money with three figures and its magnitude as a word, such as ``-EUR 1.23 million``."""
    if value is None:
        return UNKNOWN
    size, word, _ = magnitude(float(f"{value:.3g}"))  # 999,700 are 1 million with three figures
    figures = format_number(abs(value) / size)
    minus = "-" if value < 0.0 and figures != "0" else ""
    return f"{minus}{join_parts(currency, figures, word)}"


def format_amount(value: float | None, unit: str, currency: str) -> str:
    """A value of a measure with its unit, for sentences."""
    if unit == "currency":
        return format_money(value, currency)
    if unit in ("share", "ratio"):
        return format_points(value)
    return UNKNOWN if value is None else f"{value:.3g} {unit}"


def money_scale(values: FloatArray, currency: str) -> tuple[float, str]:
    """Factor for amounts of money on an axis, and the unit to write there; NaN is missing."""
    size, word, _ = magnitude(float(np.abs(values[np.isfinite(values)]).max(initial=0.0)))
    return 1.0 / size, join_parts(currency, word)


def format_number(value: float) -> str:
    """A number with three figures and without needless zeros; whole numbers stay whole."""
    text = f"{value:,.0f}" if abs(value) >= 999.5 else f"{value:.3g}"
    return "0" if text == "-0" else text


def percent_figures(value: float, decimals: int = 0) -> str:
    """The figures of a share in per cent, where the unit stands elsewhere."""
    return without_sign_of_zero(f"{100.0 * value:.{decimals}f}")


def format_percent(value: float | None, decimals: int = 0) -> str:
    """A share in per cent."""
    return UNKNOWN if value is None else f"{percent_figures(value, decimals)} %"


def format_share(value: float) -> str:
    """A share in per cent within a sentence; NaN is missing."""
    return format_percent(value) if np.isfinite(value) else "an unknown share"


def format_exact_percent(value: float) -> str:
    """A share that somebody chose, such as a rate, in per cent with the decimals that it was given."""
    return f"{100.0 * value:g} %"


def format_points(value: float | None) -> str:
    """A change of a share in percentage points."""
    return UNKNOWN if value is None else f"{percent_figures(value, 1)} points"


def format_weeks(value: float | None) -> str:
    """A number of weeks."""
    return UNKNOWN if value is None else f"{value:.0f}"


def without_sign_of_zero(text: str) -> str:
    """The figures of a number, without a sign if they are zero."""
    return text.lstrip("+-") if not text.strip("+-0.") else text


def may_be_zero(entry: Entry) -> bool:
    """Whether the value could be zero: the interval includes it, or there is no interval."""
    low, high = entry["low"], entry["high"]
    return low is None or high is None or low <= 0.0 <= high


def absolute_entry(entry: Entry) -> Entry:
    """The entry with its sign removed: a decrease as a positive size."""
    mean, low, high = entry["mean"], entry["low"], entry["high"]
    if mean is None or mean >= 0.0 or low is None or high is None:
        return entry
    return {"mean": -mean, "low": -high, "high": -low}


def format_interval(entry: Entry, words: Callable[[float | None], str]) -> str:
    """The interval in brackets; empty where there is none, or where its ends read the same."""
    low, high = entry["low"], entry["high"]
    return "" if low is None or high is None else join_interval(words(low), words(high))


def join_interval(low: str, high: str) -> str:
    """Two ends in brackets, empty if they read the same: `` (EUR 1.2 to 1.5 million)``. What both share is written once."""
    first, last = low.split(), high.split()
    differ = [position for position, pair in enumerate(zip(first, last, strict=False)) if pair[0] != pair[1]]
    if low == high:
        return ""
    signed = (
        first[0] == last[0] and first[0].startswith("-") and first[0].strip("-0123456789.,")
    )  # -EUR 5 to 2 misleads
    if len(first) == len(last) and len(differ) == 1 and not signed:
        first[differ[0]] += f" to {last[differ[0]]}"
        return f" ({' '.join(first)})"
    return f" ({low} to {high})"


def join_words(words: Sequence[str], last: str = "and") -> str:
    """A list in a sentence: ``a, b and c``."""
    return f"{', '.join(words[:-1])} {last} {words[-1]}" if len(words) > 1 else words[0]


def less_unknown(contraction: float) -> str:
    """By how much less something is unknown, by the share that its standard deviation has shrunk; it may only have moved."""
    return f"{format_percent(contraction)} less unknown" if contraction >= 0.005 else "moved, no narrower"
