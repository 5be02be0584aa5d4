"""A policy worked out for one organization: amounts by department and resource, week by week."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from sim.model.kernel.array_types import FloatArray
from sim.model.policies.policy import Policy
from sim.model.policies.resources import RESOURCES, Resource


class Schedule:
    """Amounts that a policy asks for, shape (departments, resources). A phase that a condition has ended stays ended.

    Args:
        policy: The policy.
        departments: Names of the organization's departments, in order.
        resources: Resources of the model, in the order of the amounts.
    """

    def __init__(
        self, policy: Policy, departments: Sequence[str], resources: Mapping[str, Resource] = RESOURCES
    ) -> None:
        self.policy = policy
        self._limits = np.array([resource.high for resource in resources.values()])
        self._amounts = []
        for phase in policy.phases:
            row = np.array([float(phase.amounts.get(name, 0.0)) for name in resources])
            reached = np.array([phase.reaches(name) for name in departments], dtype=np.float64)
            self._amounts.append(reached[:, None] * row)
        self._ended = [False] * len(policy.phases)
        self._none = np.zeros((len(departments), len(resources)))
        self._running: tuple[bool, ...] = ()
        self._total = self._none

    @property
    def permanent(self) -> bool:
        """Whether some phase with resources has no scheduled end and no condition that could end it."""
        return any(
            phase.end is None and phase.stop_when is None and amounts.any()
            for phase, amounts in zip(self.policy.phases, self._amounts, strict=True)
        )

    @property
    def conditional(self) -> bool:
        """Whether a condition can still end a phase."""
        phases = zip(self.policy.phases, self._ended, strict=True)
        return any(phase.stop_when is not None and not ended for phase, ended in phases)

    def amounts(self, week: int) -> FloatArray:
        """Amounts that the policy asks for in ``week``: running phases add up, each resource up to its legal maximum."""
        which = tuple(
            not ended and phase.covers(week) for phase, ended in zip(self.policy.phases, self._ended, strict=True)
        )
        if which != self._running:
            self._running, self._total = which, self._add_up(which)
        return self._total

    def _add_up(self, which: tuple[bool, ...]) -> FloatArray:
        """Sum of the amounts of the phases that run."""
        running = [amounts for amounts, runs in zip(self._amounts, which, strict=True) if runs]
        if not running:
            return self._none
        # Sorted before they are added, so that the order of phases in a file changes no bit of the sum.
        total: FloatArray = np.minimum(np.sort(np.stack(running), axis=0).sum(axis=0), self._limits)
        return total

    def observe(self, week: int, outcomes: dict[str, float]) -> None:
        """End for good the running phases whose condition holds in this week's outcomes."""
        for index, phase in enumerate(self.policy.phases):
            condition = phase.stop_when
            if condition is not None and phase.covers(week) and condition.holds(outcomes[condition.outcome]):
                self._ended[index] = True
