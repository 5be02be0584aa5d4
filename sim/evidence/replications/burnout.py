"""Homer (1985): cycles of overwork and exhaustion.

"Worker burnout: a dynamic model with implications for prevention and control", System Dynamics Review 1.

Published: a worker who keeps raising what is expected of herself (the bias) goes through cycles of overwork and
exhaustion.

What we get, from the equations and table functions in a public copy of the Vensim model
(JamesPHoughton/Replications), with its step of 1/16 week: at a bias of .1 a week, cycles of 27.7 weeks, energy
between .25 and .98 and hours between 41 and 80; mean accomplishments 39.6, 68.1, 55.0, 45.0, 38.9 a week at a bias of
0, .02, .05, .1, .2: an inverted U. Some stretch helps, more destroys.

What differs and why: the paper is known to us through that copy only. A mean over time depends on when one looks; it
is taken over weeks 150 to 300 here, after the first cycles.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.model.kernel.array_types import FloatArray

_ADEQUACY = np.arange(0.0, 1.7, 0.2)
_HOURS = np.arange(0.0, 121.0, 20.0)
_ENERGY = np.arange(0.0, 1.01, 0.2)

_HOURS_BY_ADEQUACY = np.array([2.3, 1.9, 1.6, 1.35, 1.15, 1.0, 0.9, 0.8, 0.75])
_HOURS_BY_ENERGY = np.array([0.0, 0.4, 0.7, 0.9, 1.0, 1.0])
_EXPECTATION_BY_ADEQUACY = np.array([-0.7, -0.5, -0.35, -0.2, -0.1, 0.0, 0.1, 0.25, 0.4])
_DEPLETION_BY_ADEQUACY = np.array([5.0, 4.0, 3.1, 2.3, 1.6, 1.0, 0.6, 0.4, 0.3])
_DEPLETION_BY_HOURS = np.array([0.3, 0.6, 1.0, 1.5, 2.0, 2.5, 3.0])
_RECOVERY_BY_HOURS = np.array([1.3, 1.2, 1.0, 0.7, 0.5, 0.35, 0.25])
_LOW_ENERGY, _DEPLETION_WHEN_LOW = np.array([0.0, 0.05, 0.1, 0.15, 0.2]), np.array([0.0, 0.4, 0.7, 0.9, 1.0])
_HIGH_ENERGY, _RECOVERY_WHEN_HIGH = np.array([0.8, 0.85, 0.9, 0.95, 1.0]), np.array([1.0, 0.9, 0.7, 0.4, 0.0])


@dataclass(frozen=True, slots=True)
class BurnoutPath:
    """A worker's life.

    Attributes:
        weeks: Time.
        energy: 0 to 1.
        hours: Hours worked per week.
        accomplishments: Per week; at most one an hour.
        expected: Accomplishments per week that the worker expects of herself.
    """

    weeks: FloatArray
    energy: FloatArray
    hours: FloatArray
    accomplishments: FloatArray
    expected: FloatArray

    def period(self, after: float = 50.0) -> float:
        """Weeks from one peak of energy to the next, mean after week ``after`` (missing if it does not cycle)."""
        late = self.weeks >= after
        energy, weeks = self.energy[late], self.weeks[late]
        middle = 0.5 * (energy.max() + energy.min())
        if energy.max() - energy.min() < 0.05:
            return float("nan")
        rising = np.flatnonzero((energy[:-1] < middle) & (energy[1:] >= middle))
        return float(np.diff(weeks[rising]).mean()) if rising.size > 1 else float("nan")

    def mean_accomplishments(self, after: float = 150.0) -> float:
        """Accomplishments per week, mean over the time after week ``after``."""
        return float(self.accomplishments[self.weeks > after].mean())


def homer1985(
    bias: float = 0.1,
    weeks: float = 300.0,
    *,
    normal_depletion: float = 0.06,
    normal_recovery: float = 0.3,
    longest_week: float = 80.0,
    step: float = 1.0 / 16.0,
) -> BurnoutPath:
    """Energy, hours and expectations of a worker who raises her expectations by ``bias`` a week when they are met.

    Args:
        bias: Growth of expectations per week when they are just met.
        weeks: Length of the simulation.
        normal_depletion, normal_recovery: Energy lost and won per week under normal conditions.
        longest_week: Most hours per week.
        step: Time step in weeks (Euler, as in the original).
    """
    count = round(weeks / step)
    energy, hours, expected, perceived = 1.0, 40.0, 40.0, 40.0
    path = np.empty((4, count + 1))
    for index in range(count + 1):
        accomplished = energy * hours
        path[:, index] = energy, hours, accomplished, expected
        adequacy = perceived / expected
        depletion = (
            normal_depletion
            * np.interp(adequacy, _ADEQUACY, _DEPLETION_BY_ADEQUACY)
            * np.interp(energy, _LOW_ENERGY, _DEPLETION_WHEN_LOW)
            * np.interp(hours, _HOURS, _DEPLETION_BY_HOURS)
        )
        recovery = (
            normal_recovery
            * np.interp(energy, _HIGH_ENERGY, _RECOVERY_WHEN_HIGH)
            * np.interp(hours, _HOURS, _RECOVERY_BY_HOURS)
        )
        effect = np.interp(energy, _ENERGY, _HOURS_BY_ENERGY) * np.interp(adequacy, _ADEQUACY, _HOURS_BY_ADEQUACY)
        growth = np.interp(adequacy, _ADEQUACY, _EXPECTATION_BY_ADEQUACY) + bias
        energy += step * float(recovery - depletion)
        perceived += step * (accomplished - perceived)
        expected += step * expected * float(growth)
        hours += step * (min(longest_week, hours * float(effect)) - hours)
    return BurnoutPath(np.arange(count + 1, dtype=np.float64) * step, *path)
