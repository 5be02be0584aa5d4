"""Parameters that follow from others: completed where a scenario is read or changed, and refused where they contradict.

``lifetime.churn_beta`` follows from ``lifetime.retention_annual`` where that is given. A scenario holds both, so that manifests
show both, and a scenario that was written is read again.

``money.horizon`` follows the length of the run, and goes on following it, unless it was set to another number of weeks. It is
never longer than the run: money of weeks that were not simulated cannot be counted.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from functools import cache

from sim.model.kernel.parameters import ParameterValue
from sim.model.mechanisms import lifetime
from sim.model.policies.policy import FrozenMapping
from sim.model.scenario.messages import show

RETENTION, SOLVED = "lifetime.retention_annual", "lifetime.churn_beta"
"""The parameter that is given, and the one that is solved from it."""

SOLVED_FROM = (RETENTION, "lifetime.retention_of", "lifetime.churn_alpha", "customers.history")
"""Parameters on which the solution depends."""

HORIZON = "money.horizon"
"""Weeks over which money is counted."""

_CLOSE = 1e-9


def complete(parameters: Mapping[str, ParameterValue]) -> FrozenMapping[ParameterValue]:
    """All parameters, those that follow from others included."""
    if not parameters.get(RETENTION):
        return FrozenMapping(parameters)
    return FrozenMapping({**parameters, SOLVED: _solution(parameters)})


def follow_run(parameters: Mapping[str, ParameterValue], before: int | None, weeks: int) -> dict[str, ParameterValue]:
    """The horizon where it follows the run; empty where it was set to another number of weeks, or does not exist.

    Args:
        parameters: All parameters as they were.
        before: Weeks of the run that they were for; ``None`` where nobody has set a horizon.
        weeks: Weeks of the run.
    """
    return {HORIZON: weeks} if HORIZON in parameters and before in (None, parameters[HORIZON]) else {}


def beyond_run(parameters: Mapping[str, ParameterValue], weeks: int) -> Iterator[tuple[str, str, str]]:
    """A horizon that is longer than the run, in the form of :func:`contradictions`."""
    horizon = parameters.get(HORIZON, 0)
    if isinstance(horizon, int) and horizon > weeks:
        rule = f"must be at most the length of the run, {weeks} weeks, got {horizon}."
        yield HORIZON, rule, f"Leave it out, and it is {weeks}, or make the run longer (--weeks {horizon})."


def contradictions(
    given: Mapping[str, ParameterValue], beside: Mapping[str, ParameterValue]
) -> Iterator[tuple[str, str, str]]:
    """What is given against what follows: the name of the parameter, the rule with the values found, and the remedy.

    Args:
        given: Values that somebody gives now.
        beside: Values of the other parameters. Without all that the solution needs nothing is found.
    """
    everything = {**beside, **given}
    names = (*SOLVED_FROM, SOLVED)
    if not everything.get(RETENTION) or not all(name in everything for name in names) or not set(given) & set(names):
        return
    solution = _solution(everything)
    if math.isnan(solution):
        alpha = float(everything["lifetime.churn_alpha"])
        least, most = lifetime.reachable_retention(alpha, lifetime.years_of_book(everything))
        rule = (
            f"must be {least:.3f} to {most:.3f} at lifetime.churn_alpha = {alpha:g}, got {show(everything[RETENTION])}."
        )
        yield RETENTION, rule, "Change one of them."
    elif SOLVED in given and not math.isclose(float(given[SOLVED]), solution, rel_tol=_CLOSE):
        found = f"{show(given[SOLVED])} and {show(everything[RETENTION])}"
        rule = f"must not be given beside {RETENTION}, from which it follows ({solution:.4g}), got {found}."
        yield SOLVED, rule, f"Leave it out, or set {RETENTION} to 0."


def _solution(parameters: Mapping[str, ParameterValue]) -> float:
    """The solved parameter."""
    return _solve(tuple(parameters[name] for name in SOLVED_FROM))


@cache
def _solve(values: tuple[ParameterValue, ...]) -> float:
    """The solution for values of :data:`SOLVED_FROM`, remembered since a sweep asks for few different ones many times."""
    return lifetime.churn_beta_of(dict(zip(SOLVED_FROM, values, strict=True)))
