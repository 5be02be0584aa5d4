"""The measures of a comparison: what each is called, its unit and kind, what it means, and which way is better.

One registry feeds ``summary.json``, the tables and texts of reports, ``centricity list measures`` and the choice of an objective.
Whatever has to be known about a measure is a field of its declaration; nothing is read from its name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from types import MappingProxyType
from typing import Any, Literal

from sim.analysis.choice import Better

Kind = Literal["level", "share", "difference"]
"""``level``: a value of its own. ``share``: part of a whole, written in per cent. ``difference``: of two values, written in
points where these are shares."""


@dataclass(frozen=True, slots=True)
class Metric:
    """One measure of a policy.

    Attributes:
        name: Key in ``summary.json``.
        unit: Unit in words. ``share`` is 0 to 1, or -1 to 1 for a difference of shares; ``currency`` is the scenario's.
        meaning: One sentence for a reader who was not there.
        better: Which way is better; ``None`` where opinions differ about that.
        kind: What the number is.
        against_twin: Whether it is measured against the run without a policy, so that 0 means no effect.
        when: The time that it is about: the run, the end of sponsorship or two years after that. A policy whose sponsorship
            does not end has only measures of the first kind.
        decimals: Decimals in per cent.
        shape: Form of its entry: ``mean`` with ``low, high``, or ``median`` with ``low, high, censored, undefined``.
        per_run: Whether every run has a value of its own. Only then can the measure be an objective.
    """

    name: str
    unit: str
    meaning: str
    better: Better | None
    kind: Kind = "level"
    against_twin: bool = False
    when: Literal["run", "end", "later"] = "run"
    decimals: int = 0
    shape: Literal["mean", "median"] = "mean"
    per_run: bool = True

    @property
    def bounds(self) -> tuple[float, float]:
        """The lowest and highest possible value, which its interval does not cross; infinite where there is none.

        Weeks and costs are not below zero. No number of weeks is above the length of the run, which is not known here.
        """
        if self.unit == "weeks" or self.name in ("cost", "discounted_cost"):
            return (0.0, inf)
        if self.unit != "share":
            return (-inf, inf)
        return (0.0, 1.0) if self.kind == "share" and not self.against_twin else (-1.0, 1.0)

    @property
    def written_in(self) -> str:
        """``%`` or ``points`` where it is a share or the difference of shares; else its unit."""
        if self.unit not in ("share", "ratio"):
            return self.unit
        return "%" if self.kind == "share" else "points"


def _share(name: str, unit: str, meaning: str, better: Better | None = "higher", **more: Any) -> Metric:
    """A part of a whole."""
    return Metric(name, unit, meaning, better, kind="share", **more)


def _gain(name: str, unit: str, meaning: str, better: Better | None = "higher", **more: Any) -> Metric:
    """A difference from the twin."""
    return Metric(name, unit, meaning, better, kind="difference", against_twin=True, **more)


_OF_THE_MEAN = (
    "of the replicates' mean course; below the value at the end where their sponsorships end in different weeks."
)
"""The peak of the mean and not the mean of peaks, which chance alone would raise."""

_REACH = (
    _share(
        "reach",
        "share",
        "Positions moved toward the customer, less those moved away, when sponsorship ends.",
        against_twin=True,
        when="end",
    ),
    _share("reach_peak", "share", f"Highest point of reach {_OF_THE_MEAN}", against_twin=True, per_run=False),
    Metric(
        "weeks_to_half_reach",
        "weeks",
        "Weeks from the start of sponsorship to half of the run's peak reach, where that is above a tenth. Never below "
        "12: reach looks back over 13 weeks.",
        "lower",
    ),
)

_LIFTS = (
    _gain("lift_peak", "share", f"Highest point of the 13-week lift of enacted {_OF_THE_MEAN}", per_run=False),
    _gain("lift_at_end", "share", "L0: lift of enacted over the last 13 sponsored weeks.", when="end"),
    _gain("lift_later", "share", "L104: lift of enacted over weeks 98 to 110 after sponsorship.", when="later"),
    _share("residual", "ratio", "Part of L0 left at L104, means over replicates.", when="later", per_run=False),
    _gain(
        "practicing_lift_peak",
        "share",
        f"Highest point of the 13-week lift of practicing {_OF_THE_MEAN}",
        per_run=False,
    ),
    _gain("practicing_lift_at_end", "share", "Lift of practicing over the last 13 sponsored weeks.", when="end"),
    _gain("practicing_lift_later", "share", "Lift of practicing over weeks 98 to 110 after sponsorship.", when="later"),
    _share(
        "practicing_residual",
        "ratio",
        "Part of the lift of practicing left two years after sponsorship, means over replicates.",
        when="later",
        per_run=False,
    ),
)


def _half_life(name: str, meaning: str, **more: Any) -> Metric:
    """A measure whose entry is a median with the shares censored and undefined."""
    return Metric(name, "weeks", meaning, "higher", shape="median", per_run=False, **more)


_HALF_LIVES = (
    _half_life(
        "half_life_weeks",
        "Weeks from the end of sponsorship until the lift of enacted stays under half of L0.",
        when="end",
    ),
    _half_life("half_life_from_peak", "Weeks from its peak until the lift of enacted stays under half of it."),
    _half_life(
        "practicing_half_life_weeks",
        "Weeks from the end of sponsorship until the lift of practicing stays under half of what it was.",
        when="end",
    ),
    _half_life(
        "practicing_half_life_from_peak", "Weeks from its peak until the lift of practicing stays under half of it."
    ),
)

_CHANGES = (
    _gain("enacted_change", "share", "Enacted centricity in the last year against the twin."),
    _gain("enacted_per_customer_change", "share", "Enacted per active customer in the last year against the twin."),
    _gain("reported_change", "share", "The score the organization shows itself, last year against the twin.", None),
    _gain("practicing_change", "share", "Employees who practice in the last year against the twin."),
    _gain("internalization_change", "share", "Mean value held by employees, last year against the twin."),
    Metric(
        "espoused_enacted_gap",
        "share",
        "What leadership says less what is done, mean of the last year.",
        "lower",
        kind="difference",
    ),
    _gain("attitudinal_loyalty_change", "share", "What customers say about staying, last year against twin."),
    _share("retention_annual", "share", "Customers (or expected purchases) kept in a year.", decimals=1),
    _gain("retention_change", "share", "Annual retention less the twin's."),
    _gain("satisfaction_change", "share", "Customers' satisfaction in the last year against the twin."),
    Metric(
        "net_promoter_score",
        "NPS points",
        "Net promoter score that goes with the mean satisfaction of the last year, if people recommend as they are satisfied.",
        "higher",
    ),
    _gain("net_promoter_change", "NPS points", "Net promoter score of the last year against the twin."),
    _gain("trust_change", "share", "Customers' trust in the last year against the twin."),
    _gain("cynicism_change", "share", "Employees' cynicism in the last year against the twin.", "lower"),
    _gain("self_assessment_change", "share", "Executives' view of themselves, last year against the twin.", None),
    _share("revealed", "share", "Conflicts of the whole run that were decided for the customer."),
)

_MONEY = (
    Metric("customer_lifetime_value", "currency", "Discounted margin expected from one customer.", "higher"),
    _gain("net_present_value", "currency", "Discounted profit less the twin's."),
    Metric(
        "break_even_week",
        "weeks",
        "Week from which discounted profit stays above the twin's, in runs that get there and were not stopped early.",
        "lower",
    ),
    _share(
        "break_even_share",
        "share",
        "Runs whose discounted profit ends up above the twin's for good, of those whose program was not stopped early.",
    ),
    _gain(
        "loyalty_gained",
        "point-years",
        "Stated loyalty against the twin: points, times customers, times years, discounted as money is.",
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
    _gain("revenue_change", "currency", "Discounted revenue less the twin's."),
    _gain(
        "service_cost_change",
        "currency",
        "Discounted cost of serving customers (concessions and recoveries included) less the twin's.",
        "lower",
    ),
    _gain("staff_cost_change", "currency", "Discounted wages and cost of replacing people less the twin's.", "lower"),
    Metric(
        "discounted_cost",
        "currency",
        "What the policy's resources cost, discounted. Revenue change less the changes in cost of service and of staff less "
        "this is the net present value.",
        "lower",
    ),
)

_CHOICE = (
    _share("probability_best", "share", "Cases in which the policy has the best objective.", per_run=False),
    Metric(
        "max_regret",
        "the objective's",
        "Mean regret in the worst of the futures.",
        "lower",
        kind="difference",
        per_run=False,
    ),
)

METRICS: Mapping[str, Metric] = MappingProxyType(
    {metric.name: metric for metric in (*_REACH, *_LIFTS, *_HALF_LIVES, *_CHANGES, *_MONEY, *_CHOICE)}
)
"""Every measure by name, in the order in which ``summary.json`` and the report show them."""

MEASURES_OF_RUNS: Mapping[str, Metric] = MappingProxyType(
    {each.name: each for each in METRICS.values() if each.per_run}
)
"""Those that every single run has."""

WHERE_LISTED = "`centricity list measures` shows them."
"""Remedy of messages about a measure that does not exist, or not there."""


def is_against_twin(name: str) -> bool:
    """Whether an outcome is a measure against the run without a policy, so that 0 means no effect of the policy."""
    return name in METRICS and METRICS[name].against_twin


def format_measure_name(name: str) -> str:
    """A measure's name as words."""
    return name.replace("_", " ") if name in METRICS else name or "the objective"


def find_objective(name: str) -> tuple[Metric, Better]:
    """The measure that policies are chosen by, and which way is better.

    Raises:
        ValueError: If there is no such measure, or it cannot decide between two runs.
    """
    metric = MEASURES_OF_RUNS.get(name)
    if metric is None or metric.better is None:
        raise ValueError(
            f"objective must be a measure that single runs have and of which one way is better, got {name}. {WHERE_LISTED}"
        )
    return metric, metric.better
