"""From planned to spent: why a run costs something else than its policy was planned to, line by line.

The plan is at full staff, for every scheduled week. Of that, weeks fall away in which the program has been stopped, amounts
are cut by events, and seats are vacant; executives turn work into talk, drop what has lost their attention, or succeed a
sponsor and keep less. The first three are worked out from the scenario, the weekly table and the table of runs; the last is
what remains to the cost in the ledger.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

import numpy as np
import pandas as pd

from sim.lab.budget import weekly_plan
from sim.model.kernel.array_types import FloatArray
from sim.model.policies.policy import Policy
from sim.model.scenario import Scenario

NOT_SEEN = "reach"
"""The outcome that a run does not know of itself, so that no condition on it ever holds."""


@dataclass(frozen=True, slots=True)
class Spending:
    """From planned to spent, in the scenario's currency over the whole run, not discounted: means over the runs.

    Attributes:
        planned: Amounts as written, at full staff.
        stopped: Weeks after the program ended, by a condition or a successor.
        cut: What events of the scenario cut.
        vacant: What is paid by head, for seats that are vacant.
        dropped: What executives turned into talk or dropped, less what the talk costs: the rest. Below zero where talk is dearer.
        spent: What is left: planned less the four others.
    """

    planned: float
    stopped: float
    cut: float
    vacant: float
    dropped: float
    spent: float

    def to_dict(self) -> dict[str, float]:
        """The lines by name."""
        return {each.name: float(getattr(self, each.name)) for each in fields(self)}


_ROUNDING = 1e-9  # part of the plan that only the order of sums explains

LINES: Mapping[str, str] = {
    "planned": "planned",
    "stopped": "less: after the program was stopped",
    "cut": "less: cut by events",
    "vacant": "less: vacant seats",
    "dropped": "less: turned into talk or dropped by executives, net of what the talk costs",
    "spent": "= spent",
}
"""What people call the lines, in their order."""


def reconcile(policy: Policy, scenario: Scenario, weekly: pd.DataFrame, runs: pd.DataFrame) -> Spending | None:
    """From planned to spent, on average over the runs that are done; ``None`` without any.

    Args:
        policy: The policy as it ran.
        scenario: As it ran.
        weekly: Weekly rows of a comparison.
        runs: Its table of runs.
    """
    done = runs[(runs["policy"] == policy.name) & (runs["status"] == "done")]
    rows = weekly[weekly["policy"] == policy.name]
    planned = _both(policy, scenario)
    seats = float(scenario.parameters["employees.number"])
    conditional = any(phase.stop_when is not None for phase in policy.phases)
    head, once = weekly_plan(policy, scenario, cuts=True)
    found = []
    for replicate, table in rows[rows["replicate"].isin(done["replicate"])].groupby("replicate", sort=True):
        asked, by_head, for_all = planned, head, once
        if conditional:
            ended = _as_it_ended(policy, table)
            asked = _both(ended, scenario)
            by_head, for_all = weekly_plan(ended, scenario, cuts=True)
        end = done.loc[done["replicate"] == replicate, "sponsorship_end"].iloc[0]
        week = table["week"].to_numpy()
        there = np.ones(len(week)) if pd.isna(end) else (week < int(end)).astype(np.float64)
        whole, uncut, cut = planned[week].sum(), (asked[week] * there).sum(), (by_head + for_all)[week] * there
        vacant = (by_head[week] * there * (1.0 - table["employees"].to_numpy() / seats)).sum()
        spent = table["policy_cost"].to_numpy().sum()
        dropped = cut.sum() - vacant - spent
        dropped = 0.0 if abs(dropped) < _ROUNDING * whole else dropped
        found.append([whole, whole - uncut, uncut - cut.sum(), vacant, dropped, spent])
    return Spending(*np.mean(found, axis=0).tolist()) if found else None


def _both(policy: Policy, scenario: Scenario) -> FloatArray:
    head, once = weekly_plan(policy, scenario)
    return head + once


def _as_it_ended(policy: Policy, table: pd.DataFrame) -> Policy:
    """The policy with its phases as conditions ended them in one run."""
    phases = []
    weeks = table["week"].to_numpy()
    for written in policy.phases:
        phase = written
        condition = phase.stop_when
        if condition is not None and condition.outcome != NOT_SEEN:
            values = table[condition.outcome].to_numpy()
            crossed = values > condition.above if condition.above is not None else values < (condition.below or 0.0)
            crossed &= (weeks >= phase.start) & (weeks < (np.inf if phase.end is None else phase.end))
            if crossed.any():
                phase = replace(phase, end=int(weeks[crossed.argmax()]) + 1)
        phases.append(phase)
    return replace(policy, phases=tuple(phases))
