"""Estimates within the legal ranges of the scenario's parameters, so that what is judged is what is written."""

from __future__ import annotations

from sim.model.kernel.parameters import Parameter
from sim.model.registry import current
from sim.model.scenario.messages import Faults

_DIGITS = 6


def legal_pair(first: str, second: str, values: tuple[float, float], warnings: Faults) -> tuple[float, float]:
    """Two shapes of one distribution, within their ranges and in the same proportion if that is possible.

    The proportion of a pair is a mean (rate, dropout, churn), its size tells how alike customers are. Estimates go to
    infinity when customers hardly differ, or none drops out.

    Args:
        first, second: Names of the parameters.
        values: Estimates, above 0.
        warnings: Takes a warning if they had to be moved.
    """
    ends = [_range(current().parameters[name]) for name in (first, second)]
    if all(low <= value <= high for (low, high), value in zip(ends, values, strict=True)):
        return values
    lowest = max(low / value for (low, _), value in zip(ends, values, strict=True))
    highest = min(high / value for (_, high), value in zip(ends, values, strict=True))
    factor = min(max(1.0, lowest), highest)
    moved = [min(max(value * factor, low), high) for (low, high), value in zip(ends, values, strict=True)]
    warnings.add(
        "the estimate",
        f"must be in the legal ranges, got {first} {values[0]:.4g} and {second} {values[1]:.4g}; the scenario has "
        f"{moved[0]:.4g} and {moved[1]:.4g}. The data determine the mean but not how much customers differ: use more data, "
        "or do not rely on the spread.",
    )
    return moved[0], moved[1]


def within(name: str, value: float) -> float:
    """A number of the scenario, moved into its legal range."""
    low, high = _range(current().parameters[name])
    return significant(min(max(value, low), high))


def significant(value: float) -> float:
    """A number with as many digits as are worth writing down."""
    return float(f"{value:.{_DIGITS}g}")


def _range(parameter: Parameter) -> tuple[float, float]:
    assert parameter.low is not None  # these are numbers
    assert parameter.high is not None
    return parameter.low, parameter.high
