"""Measures of the organization: lifts over the twin, whether they last, and what they depend on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Literal

import numpy as np
from scipy.stats import spearmanr

from sim.analysis.intervals import correlation_limits, paired_bootstrap
from sim.evidence.basin import practice_at_the_end
from sim.evidence.measurement import Measurement, RunBudget, level, normal_quantile
from sim.evidence.measures.experiments import (
    LATER,
    SMALL,
    WINDOW,
    Pair,
    pairs,
    pairs_on,
    policy_of,
    scenario_with,
    seeds,
)
from sim.evidence.region import overrides_key
from sim.evidence.registry import measure
from sim.model.engine import run_week
from sim.model.kernel.array_types import FloatArray
from sim.model.mechanisms.norm import SEEN
from sim.model.simulation import Run, burn_in, simulate, with_policy

PolicyLike = str | dict[str, Any]
Moment = Literal["start", "end"]

_HELD_SHARE, _HELD_LIFT = 0.5, 0.25


def _replicates(run_budget: RunBudget, replicates: int) -> int:
    return run_budget.runs(replicates, max(4, replicates // 3))


def _mean_lift(pair: Pair, outcome: str, first: int, last: int) -> float:
    return float(np.nanmean(pair.lift(outcome)[max(first, 0) : last]))


@measure("model.lift")
def lift(
    run_budget: RunBudget,
    policy: PolicyLike,
    outcome: str,
    first: int = -WINDOW,
    last: int = 0,
    after: Moment = "end",
    overrides: Mapping[str, Any] | None = None,
    weeks: int = 215,
    twin: PolicyLike = "none",
    replicates: int = 12,
) -> Measurement:
    """Mean lift over weeks ``first`` to ``last`` (exclusive) counted from the end (or start) of sponsorship."""
    found = pairs(policy, overrides, weeks, _replicates(run_budget, replicates), twin)
    origin = [pair.end if after == "end" else 0 for pair in found]
    return Measurement.of_runs(
        [_mean_lift(p, outcome, o + first, o + last) for p, o in zip(found, origin, strict=True)]
    )


@measure("model.share_left")
def share_left(
    run_budget: RunBudget,
    policy: PolicyLike,
    outcome: str,
    weeks_after_peak: int,
    weeks: int = 104,
    replicates: int = 12,
) -> Measurement:
    """Lift a given time after its peak, as a share of the peak: ratio of means over runs, with a bootstrap interval.

    Smoothed over 4 weeks; the peak is that of the runs' mean curve.
    """
    found = pairs(policy, None, weeks, _replicates(run_budget, replicates))
    curves = np.array([np.convolve(pair.lift(outcome), np.ones(4) / 4.0, "valid") for pair in found])
    peak = int(curves.mean(axis=0).argmax())
    top, later = curves[:, peak], curves[:, min(peak + weeks_after_peak, curves.shape[1] - 1)]
    interval = paired_bootstrap(np.array([top, later]), lambda means: means[1] / means[0], level())
    return Measurement(interval.mean, interval.low, interval.high, len(found))


def held(pair: Pair) -> bool:
    """Whether the norm held two years on: half of the sponsored lift in practicing is left, and a quarter of staff."""
    sponsored = _mean_lift(pair, "practicing", pair.end - WINDOW, pair.end)
    later = _mean_lift(pair, "practicing", pair.end + LATER[0], pair.end + LATER[1])
    return later >= _HELD_LIFT and later >= _HELD_SHARE * sponsored


@measure("model.held")
def share_held(
    run_budget: RunBudget,
    policy: PolicyLike,
    overrides: Mapping[str, Any] | None = None,
    weeks: int = 215,
    replicates: int = 16,
    shipped: bool = False,
) -> Measurement:
    """Share of runs in which the norm held two years after sponsorship ended.

    With ``shipped`` executives leave by chance, and the scenario's events happen.
    """
    found = pairs(policy, overrides, weeks, _replicates(run_budget, replicates), shipped=shipped)
    return Measurement.of_share(sum(held(pair) for pair in found), len(found))


@measure("model.policy_difference")
def policy_difference(
    run_budget: RunBudget,
    policy: PolicyLike,
    other_policy: PolicyLike,
    outcome: str,
    first: int,
    last: int,
    overrides: Mapping[str, Any] | None = None,
    weeks: int = 215,
    replicates: int = 12,
) -> Measurement:
    """Mean lift of an outcome under one policy minus that under another, on the same seeds, weeks counted from the end."""
    count = _replicates(run_budget, replicates)
    one, other = (
        np.array([_mean_lift(p, outcome, p.end + first, p.end + last) for p in pairs(each, overrides, weeks, count)])
        for each in (policy, other_policy)
    )
    return Measurement.of_runs(one - other)


@measure("model.drift")
def drift(
    run_budget: RunBudget, outcome: str, weeks: int = 260, relative: bool = False, replicates: int = 12
) -> Measurement:
    """Mean outcome of the last year less that of the first, without any policy; as a share of the first if ``relative``."""
    changes = []
    for pair in pairs("none", None, weeks, _replicates(run_budget, replicates)):
        weekly = pair.run.weekly[outcome].to_numpy()
        first, last = float(np.nanmean(weekly[:52])), float(np.nanmean(weekly[-52:]))
        changes.append((last - first) / first if relative else last - first)
    return Measurement.of_runs(changes)


@measure("model.basin")
def basin_end(run_budget: RunBudget, practice: float, value: float, replicates: int = 12) -> Measurement:
    """Share of people who practice after eight years without a policy, from a starting point in practice and value."""
    count = run_budget.runs(replicates, 4)
    return Measurement.of_runs([practice_at_the_end(practice, value, seed) for seed in seeds("basin", count)])


@measure("model.weeks_needed")
def weeks_needed(
    run_budget: RunBudget, policy: Mapping[str, float], lengths: Sequence[int], replicates: int = 16
) -> Measurement:
    """Fewest of some lengths, in weeks, that a policy must last for the norm to hold two years on: mean over runs.

    Found on each seed by halving. Where no length is enough, the double of the longest counts.
    """
    chosen = seeds("weeks needed", _replicates(run_budget, replicates))
    return Measurement.of_runs([_shortest(policy, lengths, seed) for seed in chosen])


def _shortest(policy: Mapping[str, float], lengths: Sequence[int], seed: int) -> float:
    """Length at which it holds on this seed, where the one before does not."""
    low, high = -1, len(lengths)
    while high - low > 1:
        middle = (low + high) // 2
        until = lengths[middle]
        (pair,) = pairs_on([seed], {**policy, "until": until}, None, until + LATER[1])
        low, high = (low, middle) if held(pair) else (middle, high)
    return float(lengths[high] if high < len(lengths) else 2 * lengths[-1])


@measure("model.lift_difference")
def lift_difference(
    run_budget: RunBudget,
    policy: PolicyLike,
    outcome: str,
    first: int,
    last: int,
    overrides: Mapping[str, Any],
    other_overrides: Mapping[str, Any] | None = None,
    weeks: int = 215,
    replicates: int = 12,
) -> Measurement:
    """Mean lift under ``overrides`` minus mean lift under ``other_overrides``; independent seeds."""
    count = _replicates(run_budget, replicates)
    one, other = (
        [_mean_lift(p, outcome, p.end + first, p.end + last) for p in pairs(policy, given, weeks, count)]
        for given in (overrides, other_overrides)
    )
    return Measurement.of_difference(one, other)


@measure("model.kept_difference")
def kept_difference(
    run_budget: RunBudget,
    policy: PolicyLike,
    outcome: str,
    first: int,
    last: int,
    overrides: Mapping[str, Any],
    other_overrides: Mapping[str, Any],
    weeks: int = 150,
    replicates: int = 8,
) -> Measurement:
    """Share of the sponsored lift that is left later, under ``overrides`` minus under ``other_overrides``."""
    count = _replicates(run_budget, replicates)
    shares = [
        [
            _mean_lift(p, outcome, p.end + first, p.end + last) / _mean_lift(p, outcome, p.end - WINDOW, p.end)
            for p in pairs(policy, given, weeks, count)
        ]
        for given in (overrides, other_overrides)
    ]
    return Measurement.of_difference(shares[0], shares[1])


@measure("model.revealed_rank")
def revealed_rank(run_budget: RunBudget, organizations: int = 300, weeks: int = 26) -> Measurement:
    """Spearman correlation of true customer weight and share of conflicts decided for the customer, common stakes."""
    count = run_budget.runs(organizations, 60)
    rng = np.random.default_rng(run_budget.seed)
    true = rng.beta(2.0, 3.0, count)
    seed = int(rng.integers(2**31))
    fixed = {
        **SMALL, "employees.number": 12, "customers.initial": 150, "customers.market": 200, "run.burn_in": 4,
        "executives.weight_spread": 0.0,
    }  # fmt: skip
    shares = []
    for weight in true:
        scenario = scenario_with({**fixed, "executives.customer_weight": float(weight)})
        weekly = simulate(burn_in(scenario, seed), weeks).weekly
        shares.append(np.nansum(weekly["revealed"] * weekly["conflicts"]) / weekly["conflicts"].sum())
    rank = float(spearmanr(true, shares).statistic)
    return Measurement(rank, *correlation_limits(rank, count, normal_quantile()), count)


@measure("model.stated_rank")
def stated_rank(run_budget: RunBudget, organizations: int = 120, weeks: int = 26) -> Measurement:
    """Spearman correlation of *stated* weight and share decided for the customer: there should be none."""
    count = run_budget.runs(organizations, 60)
    rng = np.random.default_rng(run_budget.seed)
    stated, true = rng.uniform(0.1, 0.95, count), rng.beta(2.0, 3.0, count)
    fixed = {**SMALL, "employees.number": 12, "customers.initial": 100, "customers.market": 130, "run.burn_in": 4}
    shares = []
    for says, weighs, seed in zip(stated, true, seeds(f"stated {run_budget.seed}", count), strict=True):
        given = {"executives.customer_weight": float(weighs), "executives.stated": float(says)}
        weekly = simulate(burn_in(scenario_with({**fixed, **given}), seed), weeks).weekly
        shares.append(np.nansum(weekly["revealed"] * weekly["conflicts"]) / weekly["conflicts"].sum())
    rank = float(spearmanr(stated, shares).statistic)
    return Measurement(rank, *correlation_limits(rank, count, normal_quantile()), count)


@measure("model.failure_by_tenure")
def failure_by_tenure(run_budget: RunBudget, replicates: int = 10) -> Measurement:
    """How much more a failure lowers a new customer's satisfaction than a long-standing one's (year 1 against 6 and later)."""
    count = _replicates(run_budget, replicates)
    return Measurement.of_runs([_tenure_contrast(seed) for seed in seeds("failure by tenure", count)])


def _tenure_contrast(seed: int) -> float:
    """Mean fall of satisfaction by a failure without recovery: under one year of tenure minus over five years, one run."""
    fixed = {**SMALL, "employees.number": 60, "customers.initial": 1500, "customers.market": 2000, "run.burn_in": 13}
    organization = burn_in(scenario_with(fixed), seed)
    new: list[FloatArray] = []
    old: list[FloatArray] = []
    for _ in range(78):
        before = organization.customers.satisfaction.copy()
        tenure = organization.customers.tenure.copy()
        run_week(organization)
        now = organization.customers
        broken = now.contact & now.failed & ~now.recovered & ~now.lost & ~now.acquired
        fall = before - now.satisfaction
        new.append(fall[broken & (tenure < 52)])
        old.append(fall[broken & (tenure > 260)])
    return float(np.concatenate(new).mean() - np.concatenate(old).mean())


@measure("model.attention_gain")
def attention_gain(
    run_budget: RunBudget, over: float, outcome: str = "enacted", weeks: int = 78, replicates: int = 6
) -> Measurement:
    """Best outcome over part-time customer attention, minus the outcome when the share ``over`` of attention must go there."""
    pulls = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6)
    gains = []
    for seed in seeds("attention", _replicates(run_budget, replicates)):
        best = max(_under_pull(pull, outcome, weeks, seed) for pull in pulls)
        gains.append(best - _under_pull(over, outcome, weeks, seed))
    return Measurement.of_runs(gains)


def _under_pull(pull: float, outcome: str, weeks: int, seed: int) -> float:
    return float(np.nanmean(_run_with_attention(overrides_key(), pull, weeks, seed).weekly[outcome]))


@lru_cache(maxsize=500)
def _run_with_attention(key: Any, pull: float, weeks: int, seed: int) -> Run:
    """A run in which all employees are told to give customers this share of all other attention."""
    scenario = scenario_with({**SMALL, "attention.customer_pull": pull, "run.burn_in": 26})
    return simulate(burn_in(scenario, seed), weeks)


@measure("model.dismissal_ratio")
def dismissal_ratio(run_budget: RunBudget, weeks: int = 104, replicates: int = 8) -> Measurement:
    """Log of the ratio of two hazards of dismissal: with all attention on customers, and in an ordinary week."""
    ratios = []
    for seed in seeds("dismissal", _replicates(run_budget, replicates)):
        rates = []
        for pull in (1.0, 0.0):
            fixed = {**SMALL, "employees.number": 400, "attention.customer_pull": pull, "run.burn_in": 13}
            weekly = simulate(burn_in(scenario_with(fixed), seed), weeks).weekly
            rates.append((weekly["dismissed"].sum() + 0.5) / weekly["employees"].sum())
        ratios.append(np.log(rates[0] / rates[1]))
    return Measurement.of_runs(ratios)


@measure("model.continuity")
def continuity(run_budget: RunBudget, policy: str, outcome: str = "enacted", weeks: int = 110) -> Measurement:
    """Largest change of any week's outcome when every amount changes by one part in a thousand million."""
    largest = 0.0
    for seed in seeds("continuity", run_budget.runs(2, 1)):
        for scale in (0.0, 0.25, 0.5, 1.0 - 1e-9):
            scenario = scenario_with(SMALL)
            curves = []
            for factor in (scale, scale + 1e-9):
                loaded_policy = policy_of(scenario, policy).scaled(factor)
                curves.append(
                    simulate(with_policy(burn_in(scenario, seed), loaded_policy), weeks).weekly[outcome].to_numpy()
                )
            largest = max(largest, float(np.nanmax(np.abs(curves[1] - curves[0]))))
    return Measurement.exact(largest)


_WELL_MIXED = {
    "employees.number": 100,
    "employees.dismissal": 0.0,
    "employees.satisfaction_link": 0.0,
    "customers.initial": 10,
    "customers.market": 20,
    "hiring.delay_weeks": 1.0,
    "hiring.outside_practice": 0.0,
    "network.mixing": 1.0,
    "network.manager_share": 0.0,
    "norm.misperception": 0.0,
    "norm.rule": "majority",
    "run.burn_in": 0,
}
"""Centola's limit: exact majority of memory, anyone may meet anyone, newcomers remember only the old practice."""


@measure("model.well_mixed")
def well_mixed(
    run_budget: RunBudget,
    converted: float,
    turnover: float,
    encounters: float = 4.0,
    weeks: int = 104,
    replicates: int = 24,
) -> Measurement:
    """Share practicing ``weeks`` after the sponsor left, in the whole model, if a share of 100 people had been converted.

    The converted remember only practice, the others none. There are no prompts any more.
    """
    shares = []
    for seed in seeds(f"well mixed {converted} {turnover}", _replicates(run_budget, replicates)):
        given = {**_WELL_MIXED, "employees.turnover": turnover, "norm.encounters": encounters}
        organization = burn_in(scenario_with(given), seed)
        employees = organization.employees
        rng = np.random.default_rng(seed)
        employees.choice = rng.permutation((np.arange(100) < round(100 * converted)).astype(np.int64))
        employees.memory[:] = SEEN * employees.choice[:, None]
        employees.memory_total = employees.memory.sum(axis=1, dtype=np.int64)
        shares.append(simulate(organization, weeks).weekly["practicing"].iloc[-4:].mean())
    return Measurement.of_runs(shares)
