"""The measures of a comparison: what each is called, its unit, what it means, and which way is better.

One registry feeds ``summary.json``, the tables of the report and the choice of an objective.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from sim.analysis.choice import Better


@dataclass(frozen=True, slots=True)
class Metric:
    """One measure of a policy.

    Attributes:
        name: Key in ``summary.json``.
        unit: Unit in words. ``share`` is 0 to 1, or -1 to 1 for a change of a share; ``currency`` is the scenario's.
        meaning: One sentence for a reader who was not there.
        better: Which way is better; ``None`` where opinions differ about that.
        shape: Form of its entry: ``mean`` with ``low, high``, or ``median`` with ``low, high, censored, undefined``.
        per_run: Whether every run has a value of its own. Only then can the measure be an objective.
    """

    name: str
    unit: str
    meaning: str
    better: Better | None
    shape: Literal["mean", "median"] = "mean"
    per_run: bool = True

    @property
    def bounds(self) -> tuple[float, float] | None:
        """The lowest and highest possible value, which its interval does not cross; ``None`` where there are none."""
        if self.unit != "share":
            return None
        return (0.0, 1.0) if self.name in _SHARES_OF_A_WHOLE else (-1.0, 1.0)


_SHARES_OF_A_WHOLE = frozenset({"retention_annual", "revealed", "break_even_share", "probability_best"})
"""Shares from 0 to 1; all other shares are differences."""

_OF_THE_MEAN = (
    "of the replicates' mean course; below the value at the end where their sponsorships end in different weeks."
)
"""The peak of the mean and not the mean of peaks, which chance alone would raise."""

_REACH = (
    Metric(
        "reach", "share", "Positions moved toward the customer, less those moved away, when sponsorship ends.", "higher"
    ),
    Metric("reach_peak", "share", f"Highest point of reach {_OF_THE_MEAN}", "higher", per_run=False),
    Metric(
        "weeks_to_half_reach",
        "weeks",
        "Weeks from the start of sponsorship to half of the run's peak reach, where that is above a tenth. Never below "
        "12: reach looks back over 13 weeks.",
        "lower",
    ),
)

_LIFTS = (
    Metric(
        "lift_peak", "share", f"Highest point of the 13-week lift of enacted {_OF_THE_MEAN}", "higher", per_run=False
    ),
    Metric("lift_at_end", "share", "L0: lift of enacted over the last 13 sponsored weeks.", "higher"),
    Metric("lift_later", "share", "L104: lift of enacted over weeks 98 to 110 after sponsorship.", "higher"),
    Metric("residual", "ratio", "Part of L0 left at L104, means over replicates.", "higher", per_run=False),
    Metric(
        "practicing_lift_peak",
        "share",
        f"Highest point of the 13-week lift of practicing {_OF_THE_MEAN}",
        "higher",
        per_run=False,
    ),
    Metric("practicing_lift_at_end", "share", "Lift of practicing over the last 13 sponsored weeks.", "higher"),
    Metric("practicing_lift_later", "share", "Lift of practicing over weeks 98 to 110 after sponsorship.", "higher"),
    Metric(
        "practicing_residual",
        "ratio",
        "Part of the lift of practicing left two years after sponsorship, means over replicates.",
        "higher",
        per_run=False,
    ),
)


def _half_life(name: str, meaning: str) -> Metric:
    """A measure whose entry is a median with the shares censored and undefined."""
    return Metric(name, "weeks", meaning, "higher", shape="median", per_run=False)


_HALF_LIVES = (
    _half_life(
        "half_life_weeks", "Weeks from the end of sponsorship until the lift of enacted stays under half of L0."
    ),
    _half_life("half_life_from_peak", "Weeks from its peak until the lift of enacted stays under half of it."),
    _half_life(
        "practicing_half_life_weeks",
        "Weeks from the end of sponsorship until the lift of practicing stays under half of what it was.",
    ),
    _half_life(
        "practicing_half_life_from_peak", "Weeks from its peak until the lift of practicing stays under half of it."
    ),
)

_CHANGES = (
    Metric("enacted_change", "share", "Enacted centricity in the last year against the twin.", "higher"),
    Metric(
        "enacted_per_customer_change",
        "share",
        "Enacted per active customer in the last year against the twin.",
        "higher",
    ),
    Metric("reported_change", "share", "The score the organization shows itself, last year against the twin.", None),
    Metric("practicing_change", "share", "Employees who practice in the last year against the twin.", "higher"),
    Metric("internalization_change", "share", "Mean value held by employees, last year against the twin.", "higher"),
    Metric("espoused_enacted_gap", "share", "What leadership says less what is done, mean of the last year.", "lower"),
    Metric(
        "attitudinal_loyalty_change", "share", "What customers say about staying, last year against twin.", "higher"
    ),
    Metric("retention_annual", "share", "Customers (or expected purchases) kept in a year.", "higher"),
    Metric("retention_change", "share", "Annual retention less the twin's.", "higher"),
    Metric("satisfaction_change", "share", "Customers' satisfaction in the last year against the twin.", "higher"),
    Metric("trust_change", "share", "Customers' trust in the last year against the twin.", "higher"),
    Metric("cynicism_change", "share", "Employees' cynicism in the last year against the twin.", "lower"),
    Metric("self_assessment_change", "share", "Executives' view of themselves, last year against the twin.", None),
    Metric("revealed", "share", "Conflicts of the whole run that were decided for the customer.", "higher"),
)

_MONEY = (
    Metric("customer_lifetime_value", "currency", "Discounted margin expected from one customer.", "higher"),
    Metric("net_present_value", "currency", "Discounted profit less the twin's.", "higher"),
    Metric(
        "break_even_week",
        "weeks",
        "Week from which discounted profit stays above the twin's, in runs that get there.",
        "lower",
    ),
    Metric("break_even_share", "share", "Runs whose discounted profit ends up above the twin's for good.", "higher"),
    Metric(
        "loyalty_gained",
        "point-years",
        "Stated loyalty against the twin: points, times customers, times years, discounted as money is.",
        "higher",
    ),
    Metric(
        "break_even_loyalty",
        "currency",
        "Break-even value of loyalty: what a point of stated loyalty would have to be worth, per customer and year and on "
        "top of what the books show, for the net present value to be zero. Below zero the policy pays without it. Means "
        "over replicates; missing where loyalty does not surely rise.",
        "lower",
        per_run=False,
    ),
    Metric("customer_value", "currency", "Discounted value that customers receive.", "higher"),
    Metric("organization_value", "currency", "Discounted profit of the organization.", "higher"),
    Metric("cost", "currency", "What the policy's resources cost over the run, not discounted.", "lower"),
    Metric("revenue_change", "currency", "Discounted revenue less the twin's.", "higher"),
    Metric(
        "service_cost_change",
        "currency",
        "Discounted cost of serving customers (concessions and recoveries included) less the twin's.",
        "lower",
    ),
    Metric(
        "staff_cost_change",
        "currency",
        "Discounted wages and cost of replacing people less the twin's.",
        "lower",
    ),
    Metric(
        "discounted_cost",
        "currency",
        "What the policy's resources cost, discounted. Revenue change less the changes in cost of service and of staff less "
        "this is the net present value.",
        "lower",
    ),
)

_CHOICE = (
    Metric("probability_best", "share", "Cases in which the policy has the best objective.", "higher", per_run=False),
    Metric("max_regret", "the objective's", "Mean regret in the worst of the futures.", "lower", per_run=False),
)

METRICS: Mapping[str, Metric] = MappingProxyType(
    {metric.name: metric for metric in (*_REACH, *_LIFTS, *_HALF_LIVES, *_CHANGES, *_MONEY, *_CHOICE)}
)
"""Every measure by name, in the order in which ``summary.json`` and the report show them."""


def find_objective(name: str) -> tuple[Metric, Better]:
    """The measure that policies are chosen by, and which way is better.

    Raises:
        ValueError: If there is no such measure, or it cannot decide between two runs.
    """
    legal = [metric.name for metric in METRICS.values() if metric.per_run and metric.better is not None]
    metric = METRICS.get(name)
    if metric is None or not metric.per_run or metric.better is None:
        raise ValueError(f"objective must be one of {', '.join(legal)}, got {name}")
    return metric, metric.better
