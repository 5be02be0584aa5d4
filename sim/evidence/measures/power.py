"""Measures of power and governance: the line, reporting, arbitration, owners and politicians, fads.

A *case* is the small bank with ``overrides`` of parameters, ``power`` of departments by name, ``events`` and a ``policy``;
cases are compared under common random numbers.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Literal

import numpy as np
from scipy.stats import qmc, spearmanr

from sim.analysis.intervals import paired_bootstrap
from sim.evidence.measurement import Measurement, RunBudget, level
from sim.evidence.measures.experiments import SMALL, policy_of, scenario_with, seeds
from sim.evidence.measures.people import UNITS_DIFFER_IN
from sim.evidence.region import bank, overrides_key, parameter_overrides
from sim.evidence.registry import measure
from sim.lab.plausible import unknown_parameters, value_at
from sim.model.engine import begin_week, run_step, run_week
from sim.model.events import EVENT_KINDS
from sim.model.kernel.array_types import FloatArray
from sim.model.mechanisms import interest, line
from sim.model.organization import Organization
from sim.model.registry import current
from sim.model.scenario import Event, Scenario
from sim.model.simulation import Run, burn_in, simulate, with_policy

Case = Mapping[str, Any]

_BASE: Case = {**SMALL, "employees.number": 60, "run.burn_in": 26}
_WINDOW = 13
_RESAMPLES = 400


def _replicates(run_budget: RunBudget, replicates: int) -> int:
    return run_budget.runs(replicates, max(4, replicates // 2))


def _burned_in(case: Case, seed: int) -> Organization:
    """The small bank of a case, just before its policy begins."""
    found = {key: value for key, value in case.items() if key != "policy"}
    burned_in = _cached_burn_in(overrides_key(), json.dumps(found, sort_keys=True), seed)
    return with_policy(burned_in, policy_of(burned_in.scenario, case.get("policy", "none")))


@lru_cache(maxsize=200)
def _cached_burn_in(key: Any, case: str, seed: int) -> Organization:
    """The bank of a case after its burn-in, which is the same for all policies; it is not to be changed."""
    return burn_in(_scenario(json.loads(case)), seed)


def _scenario(case: Case) -> Scenario:
    scenario = scenario_with({**_BASE, **case.get("overrides", {})})
    power = case.get("power", {})
    departments = tuple(
        dataclasses.replace(each, power=power.get(each.name, each.power)) for each in scenario.departments
    )
    events = tuple(
        Event(
            each["kind"],
            each["week"],
            {name: each.get(name, field.default) for name, field in EVENT_KINDS[each["kind"]].fields.items()},
        )
        for each in case.get("events", ())
    )
    return dataclasses.replace(scenario, departments=departments, events=events)


def _run_case(case: Case | None, weeks: int, seed: int) -> Run:
    """One run of a case; facts that look at the same runs share them."""
    return _run_case_cached(overrides_key(), json.dumps(dict(case or {}), sort_keys=True), weeks, seed)


@lru_cache(maxsize=2000)
def _run_case_cached(key: Any, case: str, weeks: int, seed: int) -> Run:
    return simulate(_burned_in(json.loads(case), seed), weeks)


def _mean(case: Case | None, outcome: str, first: int, last: int, seed: int) -> float:
    return float(np.nanmean(_run_case(case, last, seed).weekly[outcome].to_numpy()[first:last]))


@measure("power.difference")
def difference(
    run_budget: RunBudget,
    case: Case,
    outcome: str,
    first: int,
    last: int,
    other: Case | None = None,
    replicates: int = 8,
) -> Measurement:
    """Mean outcome over weeks ``first`` to ``last`` (exclusive) in one case minus that in another, on the same seeds."""
    return Measurement.of_runs(
        [
            _mean(case, outcome, first, last, seed) - _mean(other, outcome, first, last, seed)
            for seed in seeds("power", _replicates(run_budget, replicates))
        ]
    )


@measure("power.region")
def region(
    run_budget: RunBudget,
    case: Case,
    outcome: str,
    first: int,
    last: int,
    at_least: float = -np.inf,
    at_most: float = np.inf,
    other: Case | None = None,
    draws: int = 96,
) -> Measurement:
    """Share of the plausible parameter space in which a difference of two cases, one run each, lies within limits.

    All unknown parameters that the cases do not set are drawn together (Latin hypercube).
    """
    fixed = {*_BASE, *case.get("overrides", {}), *(other or {}).get("overrides", {})}
    ranged = unknown_parameters(bank(), current(), {*fixed, *parameter_overrides.get()})
    sampler = qmc.LatinHypercube(d=len(ranged), rng=np.random.default_rng(run_budget.seed))
    points = sampler.random(run_budget.runs(draws, 24))
    hits = 0
    for point, seed in zip(points, seeds(f"region {run_budget.seed}", len(points)), strict=True):
        drawn: dict[str, Any] = {}
        for parameter, share in zip(ranged, point.tolist(), strict=True):
            drawn[parameter.name] = value_at(parameter, share)
        means = []
        for each in (case, other or {}):
            given = {**each, "overrides": {**drawn, **each.get("overrides", {})}}
            weekly = simulate(_burned_in(given, seed), last).weekly
            means.append(float(np.nanmean(weekly[outcome].to_numpy()[first:])))
        hits += at_least <= means[0] - means[1] <= at_most
    return Measurement.of_share(hits, len(points))


@measure("power.effect_ratio")
def effect_ratio(
    run_budget: RunBudget,
    case: Case,
    against: Case,
    outcome: str,
    first: int,
    last: int,
    other: Case | None = None,
    replicates: int = 8,
) -> Measurement:
    """Effect of one change as a share of the effect of another, both against the same other case."""
    rows = []
    for seed in seeds("power", _replicates(run_budget, replicates)):
        at = _mean(other, outcome, first, last, seed)
        rows.append([_mean(each, outcome, first, last, seed) - at for each in (case, against)])
    interval = paired_bootstrap(np.array(rows).T, lambda means: means[0] / means[1], level())
    return Measurement(interval.mean, interval.low, interval.high, len(rows))


@measure("power.gap_closed")
def gap_closed(
    run_budget: RunBudget, policy: Case, overrides: Case, first: int = 4, last: int = 40, replicates: int = 8
) -> Measurement:
    """Share of the gap between the reported and the true score that a policy closes."""
    shares = []
    for seed in seeds("power", _replicates(run_budget, replicates)):
        gaps = []
        for case in ({"overrides": overrides, "policy": policy}, {"overrides": overrides}):
            weekly = _run_case(case, last, seed).weekly.iloc[first:]
            gaps.append(float((weekly["reported"] - weekly["satisfaction"]).mean()))
        shares.append(1.0 - gaps[0] / gaps[1])
    return Measurement.of_runs(shares)


@measure("power.follows")
def follows(
    run_budget: RunBudget,
    of: Literal["slack", "attention"],
    overrides: Case,
    events: list[Case],
    outcome: str = "enacted",
    weeks: int = 416,
    replicates: int = 8,
) -> Measurement:
    """Correlation, over one run, of an outcome with owners' slack or politicians' attention; means of 13 weeks.

    The other of the two is held fixed (partial correlation), since their timing may coincide by chance.
    """
    case = json.dumps({"overrides": dict(overrides), "events": events}, sort_keys=True)
    found = []
    for seed in seeds("follows", _replicates(run_budget, replicates)):
        table = _record_weeks(overrides_key(), case, outcome, weeks, seed)
        smooth = [np.convolve(row, np.ones(_WINDOW) / _WINDOW, "valid") for row in table]
        found.append(_partial(smooth[0], *(smooth[1:] if of == "slack" else smooth[:0:-1])))
    return Measurement.of_runs(found)


def _partial(outcome: FloatArray, cause: FloatArray, other: FloatArray) -> float:
    """Partial correlation of outcome and cause, given the other cause."""
    r = np.corrcoef(np.array([outcome, cause, other]))
    return float((r[0, 1] - r[0, 2] * r[1, 2]) / np.sqrt((1.0 - r[0, 2] ** 2) * (1.0 - r[1, 2] ** 2)))


@lru_cache(maxsize=200)
def _record_weeks(key: Any, case: str, outcome: str, weeks: int, seed: int) -> FloatArray:
    """Outcome, slack and political attention week by week, shape (3, weeks)."""
    organization = _burned_in(json.loads(case), seed)
    rows = np.empty((3, weeks))
    for index in range(weeks):
        attention = _political_attention(organization)
        slack = line.slack(organization.recent_profit, organization.normal_profit)
        run_week(organization)
        rows[:, index] = organization.outcomes[outcome], slack, attention
    # A week without contacts or conflicts gets the value of the last week that has one.
    values = rows[0]
    for index in np.flatnonzero(np.isnan(values)).tolist():
        values[index] = values[index - 1] if index else 0.0
    return rows


def _political_attention(organization: Organization) -> float:
    """Attention that politicians pay to voters before the regular elections, less its mean over a cycle."""
    first, cycle = (int(organization.number(f"interest.{name}")) for name in ("first_election", "cycle_weeks"))
    campaign = organization.number("interest.campaign_weeks")
    left = (first - organization.week) % cycle
    return interest.attention_before_vote(left, campaign) - interest.mean_attention(cycle, campaign)


@measure("power.voice_rank")
def voice_rank(run_budget: RunBudget, by: Literal["power", "knowledge"], organizations: int = 100) -> Measurement:
    """Spearman correlation, over departments, of a department's influence on the line with its power or its knowledge.

    Influence is found by trial: all employees of one department value customers more by .2, and the line is drawn
    again. Powers are drawn at random; knowledge is the share of seats that deal with customers.
    """
    rng = np.random.default_rng(run_budget.seed)
    ranks = []
    for seed in seeds("voice", run_budget.runs(organizations, 24)):
        organization = _burned_in({"overrides": {"power.voice": 0.5, "run.burn_in": 2}}, seed)
        departments = organization.departments
        departments.power = rng.dirichlet(np.ones(len(departments)))
        influence = [_line(organization, label) - _line(organization) for label in range(len(departments))]
        held = departments.power if by == "power" else departments.facing
        ranks.append(float(spearmanr(influence, held).statistic))
    return Measurement.of_runs(ranks)


STEPS_TO_DECISION_WEIGHT = (
    "update_oversight",
    "set_criteria",
    "weigh_departments_voices",
    "apply_office_influence",
    "update_political_attention",
    "set_decision_weight",
)
"""Steps of the week in which the line is drawn."""


def _line(organization: Organization, raised: int = -1) -> float:
    """Line that would be drawn if the department ``raised`` valued customers more."""
    tried = organization.copy()
    begin_week(tried)
    tried.employees.value = tried.employees.value + 0.2 * (tried.employees.department == raised)
    for step in STEPS_TO_DECISION_WEIGHT:
        run_step(tried, step)
    return float(tried.decision_weight)


@measure("power.superior")
def superior(
    run_budget: RunBudget,
    who: Literal["executives", "customers"],
    overrides: Case,
    threshold: float = 0.8,
    weeks: int = 78,
) -> Measurement:
    """Share of executives, or of customers, who think the organization superior after a year and a half."""
    shares = []
    for seed in seeds("superior", run_budget.runs(30, 10)):
        organization = _burned_in({"overrides": {**overrides, "executives.number": 10}}, seed)
        for _ in range(weeks):
            run_week(organization)
        customers = organization.customers
        judged = (
            organization.executives.self_assessment if who == "executives" else customers.satisfaction[customers.active]
        )
        shares.append(float((judged > threshold).mean()))
    return Measurement.of_runs(shares)


@measure("power.sacrifice_passed")
def sacrifice_passed(run_budget: RunBudget, cost: float, organizations: int = 150, weeks: int = 13) -> Measurement:
    """Share of organizations that decide most conflicts for customers when that costs ``cost`` of the customers' gain.

    True weights of executives are drawn evenly from their plausible ranges.
    """
    rng = np.random.default_rng(run_budget.seed)
    passed = 0
    count = run_budget.runs(organizations, 40)
    for seed in seeds("sacrifice", count):
        scenario = scenario_with(
            {
                **SMALL,
                "employees.number": 12,
                "customers.initial": 60,
                "customers.market": 70,
                "run.burn_in": 2,
                "conflict.gain": 60.0,
                "conflict.cost": 60.0 * cost,
                "conflict.spread": 0.1,
                "conflict.rate": 0.5,
                "executives.customer_weight": float(rng.uniform(0.05, 0.4)),
                "executives.self_weight": float(rng.uniform(0.05, 0.4)),
            }
        )
        weekly = simulate(burn_in(scenario, seed), weeks).weekly
        decided = float(np.nansum(weekly["revealed"] * weekly["conflicts"]) / weekly["conflicts"].sum())
        passed += decided > 0.5
    return Measurement.of_share(passed, count)


@measure("power.given_up")
def given_up(
    run_budget: RunBudget, rate: float, policy: Case, outcome: str, weeks: int = 104, replicates: int = 24
) -> Measurement:
    """Share of an outcome that a number of fads a year takes, in the last half year of a lasting program."""
    small = {"employees.number": 30, "customers.initial": 60, "customers.market": 80}
    rows = [
        [
            _mean({"overrides": {**small, "fads.rate": fads}, "policy": policy}, outcome, weeks - 26, weeks, seed)
            for fads in (rate, 0.0)
        ]
        for seed in seeds("fads", _replicates(run_budget, replicates))
    ]
    interval = paired_bootstrap(np.array(rows).T, lambda means: 1.0 - means[0] / means[1], level())
    return Measurement(interval.mean, interval.low, interval.high, len(rows))


@measure("power.survivors")
def survivors(run_budget: RunBudget, policy: Case, weeks: int = 104, organizations: int = 100) -> Measurement:
    """How much better champions look among survivors than they are, in standard deviations of profit.

    In each of a number of circumstances (:data:`UNITS_DIFFER_IN`, drawn from their plausible ranges) a champion runs
    ``policy`` for good and another does not. Survivors earn more than the median of all. The measure is champions minus others
    among survivors, less the same among all. It is 0 for a policy that does nothing. Interval by bootstrap over
    circumstances.
    """
    parameters = [current().parameters[name] for name in UNITS_DIFFER_IN]
    count = run_budget.runs(organizations, 40)
    points = qmc.LatinHypercube(d=len(parameters), rng=np.random.default_rng(run_budget.seed)).random(count)
    earned = np.empty((count, 2))
    for row, point, seed in zip(earned, points, seeds("survivors", count), strict=True):
        given = {}
        for parameter, share in zip(parameters, point.tolist(), strict=True):
            low, high = parameter.plausible or (0.0, 0.0)
            given[parameter.name] = low + share * (high - low)
        for column, plan in enumerate((policy, "none")):
            weekly = simulate(_burned_in({"overrides": given, "policy": plan}, seed), weeks).weekly
            row[column] = weekly["profit"].mean()
    rng = np.random.default_rng(run_budget.seed)
    again = [overstatement(earned[rng.integers(count, size=count)]) for _ in range(_RESAMPLES)]
    low, high = np.nanquantile(again, [0.5 - level() / 2.0, 0.5 + level() / 2.0])
    return Measurement(overstatement(earned), float(low), float(high), count)


def overstatement(earned: FloatArray) -> float:
    """Champions minus others among those above the median, less the same among all, in standard deviations of all.

    Missing where no champion, or none of the others, is among them.
    """
    champions, others = earned.T
    bar = np.median(earned)
    if champions.max() <= bar or others.max() <= bar:
        return float("nan")
    seen = champions[champions > bar].mean() - others[others > bar].mean()
    return float((seen - (champions.mean() - others.mean())) / earned.std())


@measure("power.successions")
def successions(run_budget: RunBudget, case: Case, other: Case, weeks: int = 260, replicates: int = 16) -> Measurement:
    """Executives replaced per year and post in one case minus that in another, on the same seeds."""
    differences = []
    for seed in seeds("successions", _replicates(run_budget, replicates)):
        rates = []
        for each in (case, other):
            organization = _burned_in(each, seed).copy()
            before = organization.executives_ever_appointed
            for _ in range(weeks):
                run_week(organization)
            posts = len(organization.executives.tenure)
            rates.append((organization.executives_ever_appointed - before) / posts * 52.0 / weeks)
        differences.append(rates[0] - rates[1])
    return Measurement.of_runs(differences)
