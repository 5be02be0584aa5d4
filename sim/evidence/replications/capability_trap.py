"""Lyneis & Sterman (2016), after Repenning & Sterman (2001, 2002): working harder or working smarter.

"How to save a leaky ship: capability traps and the failure of win-win investments", Academy of Management Discoveries
2(1).

Published: hours moved from improvement to work raise output at once and lower it later (better before worse); hours
moved to improvement do the reverse (worse before better).

What we get, from the equations of the authors' public Vensim model and its step of 1/64 year: four more hours of work
raise output to 112.5 % at once (112.1 after one step), it is back at the start after .45 years and at 59.5 % after
five; four hours less lower it to 87.5 %, it crosses after .59 years and reaches 125 %.

What differs and why: labor stays at its initial level, as in the published runs (their hiring responses are zero).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.model.kernel.array_types import FloatArray

_STANDARD_WEEK = 40.0  # hours per person and week
_LABOR = 100.0
_ERLANG_ORDER = 3


@dataclass(frozen=True, slots=True)
class CapabilityPath:
    """Output and capability of an organization over time.

    Attributes:
        years: Time since the hours were moved.
        output: Units per week; 100 is the equilibrium before.
        capability: Capability, 1 before.
    """

    years: FloatArray
    output: FloatArray
    capability: FloatArray

    def crossing(self, level: float = 100.0) -> float:
        """Years until output passes ``level`` for the first time after the change (missing if never)."""
        above = self.output[1:] > level
        turned = np.flatnonzero(above != above[0])
        if not turned.size:
            return float("nan")
        after = int(turned[0]) + 1
        low, high = self.output[after - 1], self.output[after]
        step = float(self.years[after] - self.years[after - 1])
        return float(self.years[after - 1]) + step * float((level - low) / (high - low))

    def output_at(self, years: float) -> float:
        """Output after a number of years, linear between the steps."""
        return float(np.interp(years, self.years, self.output))


def lyneis_sterman2016(
    extra_hours: float,
    years: float = 5.0,
    *,
    work_share: float = 0.8,
    longest_week: float = 70.0,
    loss_rate: float = 0.5,
    largest_capability: float = 10.0,
    work_response: float = 0.0,
    improvement_response: float = 0.0,
    required_output: float = 100.0,
    step: float = 1.0 / 64.0,
) -> CapabilityPath:
    """Simulate hours per person and week moved from improvement to work at time 0 (negative: to improvement).

    ``output = labor hours productivity K``; ``dK/dt = labor improvement pi (Kmax - K) / Kmax - loss``, the loss an
    Erlang-3 delay of the gain with mean ``1 / loss_rate`` years; ``dW/dt = W s shortfall (longest - W) / longest``, the
    same for improvement. pi is set so that the start is an equilibrium. Euler steps, as in the original.

    Args:
        extra_hours: Hours moved to work.
        years: Length of the simulation.
        work_share: Share of the standard week spent working, the rest improving.
        longest_week: Longest work week.
        loss_rate: Capability lost per year.
        largest_capability: Kmax, where the start is 1; above 1.
        work_response, improvement_response: How working and improving answer a shortfall, per year (0 in the test).
        required_output: Units per week asked for, 100 at the start.
        step: Time step in years.
    """
    if largest_capability <= 1.0:
        raise ValueError(f"largest_capability must be above 1, the level at the start, got {largest_capability}")
    if not 0.0 < work_share < 1.0:
        raise ValueError(f"work_share must lie between 0 and 1 (both excluded), got {work_share}")
    productivity = 100.0 / (_LABOR * _STANDARD_WEEK * work_share)
    improving_start = _STANDARD_WEEK * (1.0 - work_share)
    gain_per_hour = loss_rate * largest_capability / ((largest_capability - 1.0) * _LABOR * improving_start)
    working, wanted_improving = _STANDARD_WEEK * work_share + extra_hours, improving_start - extra_hours
    stage_rate = _ERLANG_ORDER * loss_rate
    stages = np.full(_ERLANG_ORDER, 1.0 / _ERLANG_ORDER)  # capability by age class; their sum is K
    count = round(years / step)
    output, capability = np.empty(count + 1), np.empty(count + 1)
    for index in range(count + 1):
        level = float(stages.sum())
        output[index], capability[index] = _LABOR * working * productivity * level, level
        shortfall = (required_output - output[index]) / required_output
        improving = max(0.0, min(longest_week - working, wanted_improving))
        gain = _LABOR * improving * gain_per_hour * (largest_capability - level) / largest_capability
        passing = stages * stage_rate
        stages = stages + step * (np.concatenate(([gain], passing[:-1])) - passing)
        working += step * working * work_response * shortfall * (longest_week - working) / longest_week
        response = improving * improvement_response * shortfall * (longest_week - improving) / longest_week
        wanted_improving += step * response
    return CapabilityPath(np.arange(count + 1, dtype=np.float64) * step, output, capability)
