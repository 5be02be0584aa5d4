"""Values of a sweep as text: outcomes with their unit, intervals, values of factors."""

from __future__ import annotations

import numpy as np

from sim.analysis.sweeps import Factor, Sweep

MONEY_UNITS = ((1e9, "billion"), (1e6, "million"), (1e3, "thousand"))
"""Words for large amounts of money."""


def is_measured_against_twin(outcome: str) -> bool:
    """Whether an outcome is a difference from the twin, so that 0 means no effect of the policy."""
    return (
        "lift" in outcome
        or outcome.startswith("reach")
        or outcome.endswith("_change")
        or outcome == "net_present_value"
    )


def format_outcome(sweep: Sweep, outcome: str, value: float) -> str:
    """A value of an outcome with its unit: ``12.5 points``, ``EUR -1.2 million``."""
    before, number, after = _parts(sweep, outcome, value)
    return " ".join(part for part in (before, number, after) if part)


def format_outcome_interval(sweep: Sweep, outcome: str, low: float, high: float) -> str:
    """An interval in brackets, with a unit of both ends written once; empty where there is no interval."""
    if not (np.isfinite(low) and np.isfinite(high)):
        return ""
    (before, first, unit), (_, last, after) = _parts(sweep, outcome, low), _parts(sweep, outcome, high)
    if unit == after:
        return f" ({' '.join(part for part in (before, first, 'to', last, after) if part)})"
    return f" ({format_outcome(sweep, outcome, low)} to {format_outcome(sweep, outcome, high)})"


def _parts(sweep: Sweep, outcome: str, value: float) -> tuple[str, str, str]:
    """The text before the number, the number, and the text after it."""
    unit = sweep.unit(outcome)
    if not np.isfinite(value):
        return "", "unknown", ""
    if unit == "share":
        return (
            "",
            format_number(100.0 * value),
            "points" if is_measured_against_twin(outcome) or "gap" in outcome else "%",
        )
    if unit and unit == (sweep.currency or "currency"):
        size, word = next(((step, word) for step, word in MONEY_UNITS if abs(value) >= step), (1.0, ""))
        return unit, format_number(value / size), word
    return "", format_number(value), unit


def format_factor_value(factor: Factor, value: float, unit: bool = True) -> str:
    """A value of a factor with its unit; shares and small rates are in per cent."""
    per = factor.unit.removeprefix("per ") if factor.unit.startswith("per ") else ""
    if factor.unit.startswith("share of ") and unit:
        return f"{format_number(100.0 * value)} % {factor.unit.removeprefix('share ')}"
    if factor.unit.startswith("share") or (per in ("month", "week", "year") and _largest(factor) <= 1.0):
        return f"{format_number(100.0 * value)} %{f' a {per}' if per and unit else ''}"
    shown = "" if factor.unit in ("1", "index", "ratio", "exponent", "") or not unit else f" {factor.unit}"
    return f"{format_number(value)}{shown}"


def _largest(factor: Factor) -> float:
    """Largest value that a factor can take; infinite if that is not known."""
    if factor.high is not None:
        return factor.high
    numbers = [float(value) for value in factor.values if isinstance(value, int | float)]
    return max(numbers, default=np.inf)


def format_kept_value(factor: Factor, value: str) -> str:
    """A value of a factor that was kept as text."""
    try:
        return format_factor_value(factor, float(value)) if factor.numeric else value
    except ValueError:
        return "its base" if value in ("None", "nan", "<NA>") else value


def format_number(value: float) -> str:
    """A number with three figures and without needless zeros; whole numbers stay whole."""
    text = f"{value:,.0f}" if abs(value) >= 1000.0 else f"{value:.3g}"
    return "0" if text == "-0" else text


def format_share(value: float) -> str:
    """A share in per cent."""
    return f"{100.0 * value:.0f} %" if np.isfinite(value) else "an unknown share"
