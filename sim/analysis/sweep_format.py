"""Values of a sweep as text: outcomes with their unit, intervals, values of factors."""

from __future__ import annotations

import numpy as np

from sim.analysis.metrics import METRICS
from sim.analysis.sweeps import Factor, Sweep
from sim.analysis.wording import format_money, format_number, join_interval, join_parts


def unit_of_share(outcome: str) -> str:
    """``points`` for a difference of shares, ``%`` for a share."""
    return METRICS[outcome].written_in if outcome in METRICS else "%"


def format_outcome(sweep: Sweep, outcome: str, value: float) -> str:
    """A value of an outcome with its unit: ``12.5 points``, ``EUR -1.2 million``."""
    unit = sweep.unit(outcome)
    if not np.isfinite(value):
        return "unknown"
    if unit == "share":
        return f"{format_number(100.0 * value)} {unit_of_share(outcome)}"
    if unit and unit == (sweep.currency or "currency"):
        return format_money(value, unit)
    return join_parts(format_number(value), unit)


def format_outcome_interval(sweep: Sweep, outcome: str, low: float, high: float) -> str:
    """An interval in brackets; empty where there is none, or where its ends read the same."""
    if not (np.isfinite(low) and np.isfinite(high)):
        return ""
    return join_interval(format_outcome(sweep, outcome, low), format_outcome(sweep, outcome, high))


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
