"""What a policy asks for, week by week."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sim.model.policies.policy import Phase
from sim.model.policies.resources import RESOURCES


class Schedule:
    """The phases of a policy that no condition has ended, in the departments with these names."""

    def __init__(self, phases: Sequence[Phase], names: Sequence[str]) -> None:
        self._phases, self._names = list(phases), names

    def amounts(self, week: int) -> list[dict[str, float]]:
        """Amounts by department. Phases add up, from small to large, each resource up to its maximum."""
        return [self._amounts(name, week) for name in self._names]

    def _amounts(self, department: str, week: int) -> dict[str, float]:
        mine = [each for each in self._phases if each.departments is None or department in each.departments]
        amounts = {}
        for name, resource in RESOURCES.items():
            total = 0.0
            for amount in sorted(each.amounts.get(name, 0.0) for each in mine if _covers(each, week)):
                total += amount
            amounts[name] = min(total, resource.high)
        return amounts

    def observe(self, week: int, outcomes: Mapping[str, float]) -> None:
        """Phases that run end for good where their condition holds."""
        self._phases = [each for each in self._phases if not (_covers(each, week) and _stops(each, outcomes))]


def _covers(phase: Phase, week: int) -> bool:
    return phase.start <= week and (phase.end is None or week < phase.end)


def _stops(phase: Phase, outcomes: Mapping[str, float]) -> bool:
    condition = phase.stop_when
    if condition is None:
        return False
    value = outcomes[condition.outcome]
    return value > condition.above if condition.above is not None else value < (condition.below or 0.0)
