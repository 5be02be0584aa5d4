"""The two curves that most mechanisms share: closing a gap over time, and an effect that saturates with its dose."""

from __future__ import annotations

from sim.model.kernel.elementary_functions import exp, expm1


def closed_in_a_week(time_constant: float) -> float:
    """Share of a gap that closes in one week at a time constant of tau weeks: 1 - exp(-1 / tau)."""
    return -expm1(-1.0 / time_constant)


def kept_after_a_week(time_constant: float) -> float:
    """Share that is left after one week of fading at a time constant of tau weeks: exp(-1 / tau)."""
    return exp(-1.0 / time_constant)


def saturating(dose: float) -> float:
    """Effect of a dose, never above 1: 1 - exp(-dose). Small doses act in proportion; a dose of 0 has no effect."""
    return -expm1(-dose)
