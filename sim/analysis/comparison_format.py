"""Numbers of a comparison's summary as text: an entry with its interval, a share, points, money."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sim.analysis.metrics import METRICS

Entry = Mapping[str, float | None]
"""``mean``, ``low`` and ``high`` of a measure; each is ``None`` where it is missing."""

_MONEY_UNITS = ((1e9, "billion"), (1e6, "million"), (1e3, "thousand"))


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
    """The interval in brackets, empty if there is none or its ends read the same. A unit of both ends is written once."""
    low, high = entry["low"], entry["high"]
    if low is None or high is None or words(low) == words(high):
        return ""
    first, last = words(low), words(high)
    number, _, unit = first.partition(" ")
    return f" ({number if unit and last.endswith(f' {unit}') else first} to {last})"


def format_measure_name(name: str) -> str:
    """A measure's name as words."""
    return name.replace("_", " ") if name in METRICS else name or "the objective"


def format_percent(value: float | None) -> str:
    """A share in per cent, without decimals."""
    return "?" if value is None else f"{100.0 * value + 0.0:.0f} %".replace("-0 %", "0 %")


def format_points(value: float | None) -> str:
    """A change of a share in percentage points."""
    return "?" if value is None else f"{100.0 * value + 0.0:.1f} points".replace("-0.0 ", "0.0 ")


def format_weeks(value: float | None) -> str:
    """A number of weeks."""
    return "?" if value is None else f"{value:.0f}"


def format_money(value: float | None, currency: str) -> str:
    """An amount of money with three figures and its magnitude as a word, such as ``1.23 million``."""
    if value is None:
        return "?"
    size, word = next(((step, name) for step, name in _MONEY_UNITS if abs(value) >= step), (1.0, ""))
    return " ".join(part for part in (currency, f"{value / size:.3g}", word) if part)
