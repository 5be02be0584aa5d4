"""Levers: changes of a policy that an organization can decide on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from sim.lab.budget import scale_amounts
from sim.model.kernel.parameters import ParameterType, ParameterValue
from sim.model.policies.policy import Phase, Policy
from sim.model.registry import current
from sim.model.scenario.rules import LONGEST_RUN

MOST_TIMES = 100.0
"""Largest factor that amounts may be multiplied by."""

GENERAL: Mapping[str, tuple[ParameterType, float, float, str, str]] = {
    "amounts": ("number", 0.0, MOST_TIMES, "times", "All amounts times this, each up to the legal maximum."),
    "until": ("integer", 1.0, float(LONGEST_RUN), "weeks", "Week in which sponsorship ends: the last phases end here."),
    "stop_when": (
        "number",
        -1e12,
        1e12,
        "the outcome's",
        "The threshold at which phases with a condition end for good.",
    ),
}
"""What a lever may change apart from the amount of one resource: kind, lowest, highest, unit, meaning."""


def _order() -> tuple[str, ...]:
    """Order in which levers are shown."""
    return (*current().resources, *GENERAL)


def describe_lever(target: str) -> tuple[ParameterType, float, float, str, str]:
    """Kind, lowest and highest legal value, unit and meaning of what a lever changes."""
    if target in GENERAL:
        return GENERAL[target]
    resource = current().resources[target]
    return "number", resource.low, resource.high, resource.unit, f"Amount wherever it is spent: {resource.meaning}"


def describe_threshold(loaded_policies: Iterable[Policy]) -> tuple[str, str]:
    """Unit and meaning of the threshold of the conditions in some policies."""
    names = {
        phase.stop_when.outcome for policy in loaded_policies for phase in policy.phases if phase.stop_when is not None
    }
    units = {current().outcomes[name].unit for name in names if name in current().outcomes}
    threshold = f"Threshold of {' and '.join(sorted(names))} at which phases with a condition end for good."
    return (units.pop() if len(units) == 1 else "1"), threshold


def apply_levers(policy: Policy, changes: Iterable[tuple[str, ParameterValue | None]]) -> Policy:
    """The policy with the values of some levers; resources first, then the factor, the end and the threshold.

    Args:
        policy: As it is written.
        changes: Pairs of what is changed and its value; ``None`` leaves it as it is.
    """
    for target, value in sorted(changes, key=lambda change: _order().index(change[0])):
        if value is not None:
            policy = _apply_lever(policy, target, float(value))
    return policy


def reason_against_lever(policy: Policy, target: str, lowest: float | None) -> str:
    """Why a lever would have no effect on a policy, or no sensible one; empty if it makes sense.

    Args:
        policy: The policy.
        target: What the lever changes.
        lowest: Lowest value that it takes; ``None`` if that is not known.
    """
    if target == "until":
        first = min((phase.start for phase in policy.phases), default=0)
        if lowest is not None and lowest <= first:
            return f"must end later than it begins, in week {first}, got {lowest:g}"
        return "" if policy.phases else "has no phase whose end could be moved"
    if target == "stop_when":
        return "" if any(phase.stop_when for phase in policy.phases) else "has no phase with a condition stop_when"
    spent = policy.resources
    if target == "amounts":
        return "" if spent else "spends nothing that could be multiplied"
    return "" if target in spent else f"spends no {target}"


def _apply_lever(policy: Policy, target: str, value: float) -> Policy:
    if target == "amounts":
        return scale_amounts(policy, value)
    if target == "until":
        return _end_in(policy, int(value))
    phases = tuple(_with_threshold(phase, value) if target == "stop_when" else _with_amount(phase, target, value)
                   for phase in policy.phases)  # fmt: skip
    return replace(policy, phases=phases)


def _end_in(policy: Policy, week: int) -> Policy:
    """The policy with its last phases ended in another week; phases that would begin later are left out."""
    ends = [phase.end for phase in policy.phases]
    last = None if None in ends else max((end for end in ends if end is not None), default=None)
    phases = []
    for phase in policy.phases:
        if phase.start >= week:
            continue
        lasts = phase.end is None or phase.end == last
        phases.append(replace(phase, end=week if lasts or phase.end is None else min(phase.end, week)))
    return replace(policy, phases=tuple(phases))


def _with_threshold(phase: Phase, threshold: float) -> Phase:
    condition = phase.stop_when
    if condition is None:
        return phase
    moved = replace(condition, above=threshold) if condition.above is not None else replace(condition, below=threshold)
    return replace(phase, stop_when=moved)


def _with_amount(phase: Phase, resource: str, amount: float) -> Phase:
    return replace(phase, amounts={**phase.amounts, resource: amount}) if resource in phase.amounts else phase
