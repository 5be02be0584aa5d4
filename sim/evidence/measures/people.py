"""Measures of people and time: scores, justice, fatigue, definitions, calendars, moments, upkeep."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
from scipy.stats import qmc

from sim.analysis.intervals import correlation_limits, paired_bootstrap
from sim.evidence.measurement import Measurement, RunBudget, level, normal_quantile
from sim.evidence.measures.experiments import SMALL, Pair, pairs_on, policy_of, scenario_with, seeds
from sim.evidence.region import bank, parameter_overrides
from sim.evidence.registry import measure
from sim.lab.plausible import ranged_parameters, value_at
from sim.model.engine import run_week
from sim.model.kernel.array_types import FloatArray
from sim.model.kernel.elementwise import elementwise
from sim.model.kernel.random import Streams
from sim.model.mechanisms import attention, calendar, delivery, moments, staffing
from sim.model.organization import Organization
from sim.model.registry import current
from sim.model.simulation import burn_in, simulate, with_policy

PolicyLike = str | dict[str, Any]

TEAM: Mapping[str, Any] = {
    "employees.number": 100,
    "customers.initial": 200,
    "customers.market": 260,
    "run.burn_in": 39,
}
"""A bank a fifth of its size: effects on people need few customers."""


def _count(run_budget: RunBudget, replicates: int) -> int:
    return run_budget.runs(replicates, max(4, replicates // 3))


def _pairs(
    run_budget: RunBudget, policy: PolicyLike, overrides: Mapping[str, Any] | None, weeks: int, replicates: int
) -> list[Pair]:
    """Pairs on seeds that do not depend on the policy or the overrides."""
    chosen = seeds("people and time", _count(run_budget, replicates))
    return pairs_on(chosen, policy, {**TEAM, **(overrides or {})}, weeks)


def _lifts(found: list[Pair], outcome: str, first: int, last: int) -> FloatArray:
    return np.array([np.nanmean(pair.lift(outcome)[first:last]) for pair in found])


@measure("people.lift")
def lift(
    run_budget: RunBudget,
    policy: PolicyLike,
    outcome: str,
    first: int,
    last: int,
    less: str | None = None,
    overrides: Mapping[str, Any] | None = None,
    replicates: int = 8,
) -> Measurement:
    """Mean lift over weeks ``first`` to ``last`` (exclusive) under the policy, minus that of the outcome ``less``."""
    found = _pairs(run_budget, policy, overrides, last, replicates)
    values = _lifts(found, outcome, first, last)
    return Measurement.of_runs(values if less is None else values - _lifts(found, less, first, last))


@measure("people.contrast")
def contrast(
    run_budget: RunBudget,
    policy: PolicyLike,
    outcome: str,
    first: int,
    last: int,
    other: PolicyLike | None = None,
    overrides: Mapping[str, Any] | None = None,
    other_overrides: Mapping[str, Any] | None = None,
    replicates: int = 8,
) -> Measurement:
    """Lift of one policy (under ``overrides``) minus lift of another (under ``other_overrides``), on the same seeds."""
    one = _pairs(run_budget, policy, overrides, last, replicates)
    two = _pairs(run_budget, policy if other is None else other, other_overrides, last, replicates)
    return Measurement.of_runs(_lifts(one, outcome, first, last) - _lifts(two, outcome, first, last))


@measure("people.level_contrast")
def level_contrast(
    run_budget: RunBudget,
    outcome: str,
    overrides: Mapping[str, Any],
    other_overrides: Mapping[str, Any] | None = None,
    first: int = 0,
    last: int = 39,
    replicates: int = 8,
) -> Measurement:
    """Mean outcome without any policy under ``overrides`` minus that under ``other_overrides``, on the same seeds."""
    means = [
        [
            float(np.nanmean(p.run.weekly[outcome][first:last]))
            for p in _pairs(run_budget, "none", given, last, replicates)
        ]
        for given in (overrides, other_overrides)
    ]
    return Measurement.of_runs(np.array(means[0]) - np.array(means[1]))


@measure("people.share_due")
def share_due(
    run_budget: RunBudget,
    policy: PolicyLike,
    outcome: str,
    first: int,
    last: int,
    without: Mapping[str, Any],
    replicates: int = 8,
) -> Measurement:
    """Share of a lift that is gone when something is switched off: 1 - mean lift without it / mean lift with it."""
    both = np.array(
        [_lifts(_pairs(run_budget, policy, given, last, replicates), outcome, first, last) for given in (None, without)]
    )
    interval = paired_bootstrap(both, lambda means: 1.0 - means[1] / means[0], level())
    return Measurement(interval.mean, interval.low, interval.high, both.shape[1])


@measure("people.survey_gap")
def survey_gap(
    run_budget: RunBudget, policy: PolicyLike, first: int = 13, last: int = 52, replicates: int = 8
) -> Measurement:
    """Score that the organization shows itself minus what a survey of all its customers would find, under the policy."""
    found = _pairs(run_budget, policy, None, last, replicates)
    gaps = [(pair.run.weekly["reported"] - pair.run.weekly["satisfaction"])[first:last] for pair in found]
    return Measurement.of_runs([float(np.nanmean(gap)) for gap in gaps])


UNITS_DIFFER_IN = (
    "workload.baseline",
    "employees.turnover",
    "hiring.value_mean",
    "hiring.outside_practice",
    "expectation.market",
)
"""Parameters in which the units of one firm differ: load, people, and local competition."""


@measure("people.unit_correlation")
def unit_correlation(
    run_budget: RunBudget,
    outcome: str = "satisfaction",
    overrides: Mapping[str, Any] | None = None,
    units: int = 200,
    weeks: int = 26,
) -> Measurement:
    """Correlation over units of employees' satisfaction and a customers' outcome, with Fisher's interval.

    Each unit is an organization of 25 with :data:`UNITS_DIFFER_IN` drawn from their whole plausible ranges, as they
    hold for the bank (Latin hypercube). The parameters were fixed before results were seen.
    """
    ranged = ranged_parameters(bank(), current())
    parameters = [ranged[name] for name in UNITS_DIFFER_IN]
    count = run_budget.runs(units, 60)
    points = qmc.LatinHypercube(d=len(parameters), rng=np.random.default_rng(run_budget.seed)).random(count)
    fixed = {**SMALL, "employees.number": 25, "customers.initial": 60, "customers.market": 80, "run.burn_in": 20}
    fixed |= overrides or {}
    means = []
    for point, seed in zip(points, seeds(f"units {run_budget.seed}", count), strict=True):
        given = dict(fixed)
        for parameter, share in zip(parameters, point, strict=True):
            given[parameter.name] = value_at(parameter, float(share))
        weekly = simulate(burn_in(scenario_with(given), seed), weeks).weekly
        means.append([float(np.nanmean(weekly[name])) for name in ("employee_satisfaction", outcome)])
    found = float(np.corrcoef(np.array(means).T)[0, 1])
    return Measurement(found, *correlation_limits(found, count, normal_quantile()), count)


def _value(name: str) -> float:
    """Value of a parameter at the present point: the default, unless facts are scored over the plausible ranges."""
    return float(parameter_overrides.get().get(name, current().parameters[name].default))


_FARTHEST = 520
"""Largest number of weeks ahead that is searched."""


def _mean_wait(streams: Streams, attendees: int, tries: int) -> float:
    """Mean weeks until a number of executives share a free half day, over ``tries`` weeks of asking."""
    waits = []
    for week in range(tries):
        ahead = 1
        while ahead < _FARTHEST and not _is_free(streams, attendees, week, ahead):
            ahead += 1
        waits.append(ahead)
    return float(np.mean(waits))


def _is_free(streams: Streams, attendees: int, week: int, ahead: int) -> bool:
    """Whether a number of executives, asked in ``week``, share a free half day a number of weeks ahead."""
    booked = calendar.share_booked(
        ahead, _value("calendar.busy"), _value("calendar.standing"), _value("calendar.lead_weeks")
    )
    draws = streams.uniform("appointments", week + ahead, (attendees, int(_value("calendar.slots"))))
    return bool((draws >= booked).all(axis=0).any())


@measure("people.wait")
def wait(run_budget: RunBudget, attendees: int, against: int | None = None, replicates: int = 24) -> Measurement:
    """Weeks until a joint free half day; with ``against``, as a multiple of the wait of that number of attendees."""
    values = []
    for seed in seeds(f"waits {run_budget.seed}", _count(run_budget, replicates)):
        weeks = _mean_wait(Streams(seed), attendees, 26)
        values.append(weeks if against is None else weeks / _mean_wait(Streams(seed), against, 26))
    return Measurement.of_runs(values)


@measure("people.executive_time")
def executive_time(run_budget: RunBudget, weeks: int = 26, replicates: int = 240) -> Measurement:
    """Share of executives' half days that customers get."""
    shares = []
    for seed in seeds("executive time", _count(run_budget, replicates)):
        organization = burn_in(scenario_with({**SMALL, **TEAM, "run.burn_in": 1, "employees.number": 20}), seed)
        mean = []
        for _ in range(weeks):
            run_week(organization)
            mean.append(float(organization.executives.customer_time.mean()))
        shares.append(float(np.mean(mean)))
    return Measurement.of_runs(shares)


MANY_MOMENTS = 400


def _payoffs(seed: int, hours: float, breadth: float, engagement: float = 1.0) -> tuple[FloatArray, FloatArray]:
    """Payoffs of many moments, and how far each of their steps got, shape (moments, steps)."""
    normal = Streams(seed).normal("steps of a moment", 0, (MANY_MOMENTS, moments.STEPS))
    hours_of = elementwise(moments.step_hours)
    needed = hours_of(normal, _value("moments.step_hours"), _value("moments.uncertainty"))
    skill = moments.team_skill(breadth, _value("moments.substitution"))
    speed = moments.team_pace(skill, engagement, _value("moments.engagement"))
    before = np.pad(np.cumsum(needed, axis=1), ((0, 0), (1, 0)))[:, :-1]
    steps = elementwise(moments.share_completed)(hours * speed - before, needed)
    return steps.prod(axis=1), steps


@measure("people.moment_ratio")
def moment_ratio(
    run_budget: RunBudget, hours: float = 40.0, breadth: float = 1.0, engagement: float = 1.0, replicates: int = 12
) -> Measurement:
    """Mean payoff of moments relative to that of a fully mixed team with engaged leaders and the default time."""
    ratios = []
    for seed in seeds("moments", _count(run_budget, replicates)):
        full = _payoffs(seed, _value("moments.hours"), 1.0)[0].mean()
        ratios.append(float(_payoffs(seed, hours, breadth, engagement)[0].mean() / full))
    return Measurement.of_runs(ratios)


@measure("people.compression")
def compression(run_budget: RunBudget, hours: float = 20.0, replicates: int = 12) -> Measurement:
    """Loss of the last two steps by less time, minus the loss of the first two."""
    differences = []
    for seed in seeds("moments", _count(run_budget, replicates)):
        lost = _payoffs(seed, _value("moments.hours"), 1.0)[1] - _payoffs(seed, hours, 1.0)[1]
        differences.append(float(lost[:, -2:].mean() - lost[:, :2].mean()))
    return Measurement.of_runs(differences)


@measure("people.concentration")
def concentration(run_budget: RunBudget, hours: float = 40.0, replicates: int = 12) -> Measurement:
    """Share of the payoff of all moments that comes from the best tenth, with the default team and leaders."""
    shares = []
    for seed in seeds("moments", _count(run_budget, replicates)):
        paid = np.sort(_payoffs(seed, hours, _value("moments.breadth"), _value("moments.first_engagement"))[0])
        shares.append(float(paid[-MANY_MOMENTS // 10 :].sum() / paid.sum()))
    return Measurement.of_runs(shares)


@measure("people.series_ended")
def series_ended(
    run_budget: RunBudget, overrides: Mapping[str, Any], other_overrides: Mapping[str, Any], weeks: int = 104
) -> Measurement:
    """Share of series of moments that leaders have ended, under ``overrides`` minus under ``other_overrides``."""
    fixed = {**SMALL, **TEAM, "run.burn_in": 1, "employees.number": 20, "customers.initial": 20, "customers.market": 30}
    ended = []
    for given in (overrides, other_overrides):
        outcomes = []
        for seed in seeds("series of moments", run_budget.runs(20, 10)):
            scenario = scenario_with({**fixed, **given})
            organization = with_policy(burn_in(scenario, seed), policy_of(scenario, "moments"))
            for _ in range(weeks):
                run_week(organization)
            outcomes.append(float(organization.moments_ended))
        ended.append(outcomes)
    return Measurement.of_runs(np.array(ended[0]) - np.array(ended[1]))


Channel = Literal["salience", "compliance", "norm"]


def _contribution(org: Organization, twin: Organization, channel: Channel) -> float:
    """What a channel adds to this week's mean delivery: delivery as it is, minus delivery with the channel as in the twin."""
    return _delivered(org, org, channel) - _delivered(org, twin, channel)


def _delivered(org: Organization, source: Organization, channel: Channel) -> float:
    """Mean delivery of those who face customers, one channel's state taken from ``source``."""
    staff = org.employees
    result = elementwise(delivery.deliver)(
        (source if channel == "norm" else org).employees.choice,
        elementwise(attention.attention_factor)(
            staff.attention_customers,
            staff.role_share,
            org.number("attention.practice_shift"),
            org.number("attention.reserve"),
        ),
        staff.energy,
        staff.quality,
        (source if channel == "salience" else org).employees.salience,
        (source if channel == "compliance" else org).employees.followed,
        staff.discretion,
        org.number("delivery.routine"),
        org.number("delivery.practice"),
        org.number("delivery.salience"),
        org.number("delivery.compliance"),
    )
    return float(result[staff.facing & staff.employed].mean())


@measure("people.upkeep")
def upkeep(
    run_budget: RunBudget,
    channel: Channel,
    policy: PolicyLike = "mixed",
    sponsored: int = 104,
    later: int = 52,
    replicates: int = 8,
) -> Measurement:
    """Share of a channel's contribution to the lift that is gone ``later`` weeks after sponsorship: the part that needs upkeep.

    Contributions are means over 13 weeks, at the end of ``sponsored`` weeks and ``later`` weeks after.
    """
    both = []
    for seed in seeds("upkeep", _count(run_budget, replicates)):
        scenario = scenario_with({**SMALL, **TEAM})
        burned_in = burn_in(scenario, seed)
        org, twin = with_policy(burned_in, policy_of(scenario, policy)), burned_in
        added = []
        for _ in range(sponsored + later):
            run_week(org)
            run_week(twin)
            added.append(_contribution(org, twin, channel))
        both.append([float(np.mean(added[sponsored - 13 : sponsored])), float(np.mean(added[-13:]))])
    interval = paired_bootstrap(np.array(both).T, lambda means: 1.0 - means[1] / means[0], level())
    return Measurement(interval.mean, interval.low, interval.high, len(both))


@measure("people.dismissal_by_role")
def dismissal_by_role(run_budget: RunBudget, attention_to_customers: float) -> Measurement:
    """Log ratio of the hazards of dismissal, back office over sales and service, when both give customers equally much."""
    hazards = []
    for role in ("attention.inner_customers", "attention.facing_customers"):
        met = attention.internal_fulfillment(attention_to_customers, _value(role), _value("attention.internal_need"))
        base = staffing.weekly_from_monthly(_value("employees.dismissal"))
        hazards.append(staffing.dismissal_probability(base, met, _value("employees.dismissal_steepness")))
    return Measurement.exact(np.log(hazards[0] / hazards[1]))


@measure("people.empathy_left")
def empathy_left(run_budget: RunBudget, weeks_after: int, weeks: int = 156, replicates: int = 8) -> Measurement:
    """Share of the empathy of a moment that is left some weeks later, where no other moment was held in between."""
    found = []
    for seed in seeds("empathy", _count(run_budget, replicates)):
        organization = burn_in(scenario_with(TEAM), seed)
        organization = with_policy(organization, policy_of(organization.scenario, {"moments": 0.05}))
        felt, held = [], []
        for _ in range(weeks):
            run_week(organization)
            felt.append(organization.mean_over_staff(organization.employees.empathy))
            held.append(int(organization.this_week.moments_held))
        alone = [
            week
            for week in range(weeks - weeks_after)
            if held[week] and not any(held[week + 1 : week + weeks_after + 1]) and felt[week] > 0.0
        ]
        if alone:
            found.append(sum(felt[week + weeks_after] for week in alone) / sum(felt[week] for week in alone))
    return Measurement.of_runs(found)
