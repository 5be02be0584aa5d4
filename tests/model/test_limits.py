"""Limits with a known answer: where theory or a published model says what must come out, it comes out."""

from __future__ import annotations

import dataclasses
from functools import cache

import numpy as np
import pytest
from scipy.special import betaln, gammaln
from support import Floats, amounts, burned_in, run, tiny

from sim.evidence.replications.datasets import cdnow
from sim.model.engine import run_week
from sim.model.kernel.array_types import IntArray
from sim.model.organization import Organization
from sim.model.scenario import Department, Scenario

# --- customers with a contract: the shifted-beta-geometric table --------------------------------------------------------

BASE_ONLY: dict[str, object] = {
    "employees.number": 2,
    "customers.history": 0.0,
    "customers.acquisition": 0.0,
    "lifetime.satisfaction_link": 0.0,
    "relationship.stay_trust": 0.0,
    "relationship.stay_depth": 0.0,
    "run.burn_in": 0,
    "service.contacts": 0.0,
}
"""A cohort of new customers whom satisfaction does not move and whom nobody joins."""


def survival(weeks: Floats, alpha: float, beta: float) -> Floats:
    """Share left of a cohort: B(alpha, beta + t) / B(alpha, beta), t in years (Fader & Hardie 2007)."""
    left: Floats = np.exp(betaln(alpha, beta + weeks / 52.0) - betaln(alpha, beta))
    return left


@pytest.mark.slow
def test_without_the_satisfaction_link_contracts_end_as_in_the_published_table() -> None:
    number = 10_000
    scenario = tiny(
        {
            **BASE_ONLY,
            "customers.initial": number,
            "customers.market": number,
            "customers.contract_share": 1.0,
            "lifetime.churn_alpha": 0.668,
            "lifetime.churn_beta": 3.806,
        }
    )
    left = run(scenario, None, 624, seed=2).weekly["active_customers"].to_numpy() / number
    weeks = np.arange(52, 625, 52)
    expected = survival(weeks.astype(np.float64), 0.668, 3.806)
    error = np.sqrt(expected * (1.0 - expected) / number)
    assert np.all(np.abs(left[weeks - 1] - expected) < 3.0 * error)
    yearly = left[weeks - 1] / np.concatenate([[1.0], left[weeks[:-1] - 1]])
    assert yearly[0] == pytest.approx(0.851, abs=0.012) and yearly[-1] == pytest.approx(0.957, abs=0.012)
    assert np.polyfit(np.arange(12), yearly, 1)[0] > 0.0, "retention rises through sorting alone"


def test_the_first_year_of_contracts_ends_as_in_the_published_table() -> None:
    number = 20_000
    scenario = tiny(
        {
            **BASE_ONLY,
            "customers.initial": number,
            "customers.market": number,
            "customers.contract_share": 1.0,
            "lifetime.churn_alpha": 0.704,
            "lifetime.churn_beta": 1.182,
        }
    )
    left = run(scenario, None, 52, seed=2).weekly["active_customers"].to_numpy() / number
    weeks = np.array([13, 26, 39, 52])
    expected = survival(weeks.astype(np.float64), 0.704, 1.182)
    assert np.all(np.abs(left[weeks - 1] - expected) < 3.0 * np.sqrt(expected * (1.0 - expected) / number))


# --- customers without contract: BG/NBD ---------------------------------------------------------------------------------

COPIES = 8
BUYERS = 2357
SHAPE, SCALE, A, B = 0.243, 4.414, 0.793, 2.426


@cache
def purchases() -> IntArray:
    """Purchases so far of each customer of eight CDNOW cohorts, shape (79 weeks, customers)."""
    number = COPIES * BUYERS
    scenario = Scenario.load("online-store").override(
        {
            **BASE_ONLY,
            "customers.initial": number,
            "customers.market": number,
            "lifetime.purchase_shape": SHAPE,
            "lifetime.purchase_scale": SCALE,
            "lifetime.dropout_a": A,
            "lifetime.dropout_b": B,
        }
    )
    assert scenario.parameters["customers.contract_share"] == 0.0
    organization = burned_in(scenario, None, seed=1)
    counts = np.zeros((79, number), dtype=np.int64)
    for week in range(78):
        run_week(organization)
        counts[week + 1] = counts[week] + organization.customers.purchases
    return counts


def histogram(counts: IntArray) -> Floats:
    """Customers with 0, 1, ... 6, 7 and more purchases, per cohort of 2,357."""
    return np.bincount(np.minimum(counts, 7), minlength=8) / COPIES


def chance_of(number: int, weeks: float) -> float:
    """P(X(t) = x) of BG/NBD (Fader, Hardie & Lee 2005, equation 8)."""
    bought = weeks / (SCALE + weeks)
    none = (SCALE / (SCALE + weeks)) ** SHAPE

    def poisson_gamma(count: IntArray) -> Floats:
        terms: Floats = np.exp(gammaln(SHAPE + count) - gammaln(SHAPE) - gammaln(count + 1.0)) * bought**count * none
        return terms

    active = np.exp(betaln(A, B + number) - betaln(A, B)) * poisson_gamma(np.array([number]))[0]
    if number == 0:
        return float(active)
    gone = np.exp(betaln(A + 1.0, B + number - 1.0) - betaln(A, B))
    return float(active + gone * (1.0 - poisson_gamma(np.arange(number)).sum()))


@pytest.mark.parametrize("weeks", [26, 78])
def test_without_contract_purchases_are_those_of_the_published_model(weeks: int) -> None:
    counts = histogram(purchases()[weeks])
    expected = np.array([chance_of(number, weeks) for number in range(7)])
    expected = np.append(expected, 1.0 - expected.sum()) * BUYERS
    error = np.sqrt(expected * (1.0 - expected / BUYERS) / COPIES)
    assert np.all(np.abs(counts - expected) < 3.5 * error), (counts, expected)


def test_an_online_store_repeats_the_cdnow_histogram() -> None:
    """Customers observed for as long as those of CDNOW, who first bought in the first twelve weeks of 1997."""
    history = cdnow()
    observed = np.round(np.tile(history.age, COPIES)).astype(np.int64)
    counts = purchases()[observed, np.arange(observed.size)]
    simulated = np.array(
        [1405, 462, 192, 102, 60, 39, 26, 72]
    )  # by the published algorithm, see sim.evidence.replications
    assert np.all(np.abs(histogram(counts) - simulated) < 3.5 * np.sqrt(simulated * (1.0 / COPIES + 1.0 / 30.0)))
    actual = np.bincount(np.minimum(history.frequency, 7), minlength=8)
    assert actual.tolist() == [1411, 439, 214, 100, 62, 38, 29, 64]
    assert np.all(np.abs(histogram(counts) - actual) < 3.5 * np.sqrt(actual * (1.0 + 1.0 / COPIES)))
    assert counts.sum() / COPIES == pytest.approx(2457, rel=0.06)


# --- the norm -----------------------------------------------------------------------------------------------------------

MIXED: dict[str, object] = {
    "employees.number": 100,
    "customers.initial": 1,
    "customers.market": 1,
    "network.mixing": 1.0,
    "network.manager_share": 0.0,
    "norm.rule": "majority",
    "norm.memory": 12,
    "norm.misperception": 0.0,
    "norm.encounters": 4.0,
    "hiring.outside_practice": 0.0,
    "hiring.delay_weeks": 1.0,
    "employees.dismissal": 0.0,
    "employees.satisfaction_link": 0.0,
    "run.burn_in": 2,
}
"""The well-mixed limit: everybody sees everybody without error, exact majority of memory, newcomers remember only zeros."""


def converted(turnover: float, share: float, seed: int) -> Organization:
    """An organization of a hundred in which ``share`` practice and remember nothing else, the others the opposite."""
    scenario = tiny({**MIXED, "employees.turnover": turnover})
    scenario = dataclasses.replace(scenario, departments=(Department("all", 1.0, 0.5, 1.0),))
    organization = burned_in(scenario, None, seed)
    employees = organization.employees
    rank = np.argsort(np.random.default_rng(seed).random(100))
    practicing = np.zeros(100, dtype=np.bool_)
    practicing[rank[: round(share * 100)]] = True
    practicing &= employees.employed
    employees.choice = practicing.astype(np.int64)
    employees.memory[:] = np.where(practicing, 100, 0)[:, None]
    employees.memory_total = employees.memory.sum(axis=1, dtype=np.int64)
    return organization


def holding(turnover: float, share: float, weeks: int, runs: int) -> float:
    """Mean share practicing after ``weeks``; single runs either hold or fall."""
    ends = []
    for seed in range(runs):
        organization = converted(turnover, share, seed)
        for _ in range(weeks):
            run_week(organization)
        ends.append(organization.outcomes["practicing"])
    assert all(end < 0.1 or end > 0.5 for end in ends), "a norm holds or it does not"
    return float(np.mean(ends))


def test_below_its_threshold_a_norm_falls_and_above_it_carries_itself() -> None:
    """Two years at 3 % a month: none of 45 % converted holds, 70 % does, newcomers included."""
    assert holding(0.03, 0.45, 104, 5) < 0.02
    assert holding(0.03, 0.70, 104, 5) > 0.9


@pytest.mark.slow
def test_the_threshold_and_the_ceiling_of_turnover() -> None:
    assert holding(0.03, 0.70, 520, 4) > 0.9, "ten years"
    assert holding(0.10, 0.45, 104, 4) < 0.02
    assert 0.0 < holding(0.10, 1.00, 104, 12) < 0.95, "at 10 % a month full conversion holds in part of the runs"
    assert holding(0.20, 1.00, 260, 4) < 0.05, "at 20 % a month not even full conversion holds"


def test_majority_alone_never_starts() -> None:
    organization = converted(0.03, 0.0, 1)
    for _ in range(60):
        run_week(organization)
        assert organization.outcomes["practicing"] == 0.0


@pytest.mark.parametrize("turnover", [0.01, 0.03, 0.06])
def test_values_by_averaging_dilute_at_the_rate_of_turnover(turnover: float) -> None:
    """Without a threshold what was learned leaves with those who learned it: excess over the hiring mean x (1 - m)^t."""
    values = {
        **MIXED,
        "employees.number": 400,
        "employees.turnover": turnover,
        "norm.rule": "averaging",
        "norm.value_drift": 0.0,
        "norm.value_anchor": 0.0,
        "hiring.delay_weeks": 4.0,
        "run.burn_in": 30,
    }
    scenario = tiny(values)
    outside = float(scenario.parameters["hiring.value_mean"])
    courses = []
    for seed in range(2):
        organization = burned_in(scenario, None, seed)
        organization.employees.value[:] = 0.9
        course = []
        for _ in range(104):
            run_week(organization)
            course.append((organization.outcomes["internalization"] - outside) / (0.9 - outside))
        courses.append(course)
    excess = np.mean(courses, axis=0)
    assert excess[51] == pytest.approx((1.0 - turnover) ** 12, abs=0.06)
    assert excess[103] == pytest.approx((1.0 - turnover) ** 24, abs=0.06)


# --- load ---------------------------------------------------------------------------------------------------------------


def kept_of_compliance(baseline: float, noise: float) -> tuple[float, float]:
    """Shares of compliance that are left half a year and a year after procedures and monitoring ended."""
    kept = []
    for seed in range(3):
        scenario = tiny(
            {"employees.number": 60, "run.burn_in": 13, "workload.baseline": baseline, "workload.noise": noise}
        )
        course = (
            run(scenario, amounts(0, 52, procedures=0.8, monitoring=0.6), 104, seed).weekly["compliance"].to_numpy()
        )
        kept.append((course[77] / course[51], course[103] / course[51]))
    half, full = np.mean(kept, axis=0)
    return float(half), float(full)


def test_without_load_procedures_revert_more_slowly() -> None:
    idle, busy = kept_of_compliance(0.3, 0.0), kept_of_compliance(1.2, 0.1)
    assert idle[0] > 1.1 * busy[0]
    assert idle[1] > 1.1 * busy[1]
    assert idle[1] < idle[0] < 1.0, "they do revert"


# --- size ---------------------------------------------------------------------------------------------------------------


def per_head(people: int, runs: int) -> tuple[Floats, Floats]:
    """Means of the second half of a year under the value-driven policy, and their standard errors."""
    bank = Scenario.load("retail-bank")
    scenario = bank.override(
        {
            "employees.number": people,
            "customers.initial": 4 * people,
            "customers.market": 5 * people,
            "survey.sample": people,
            "run.burn_in": 13,
        }
    )
    rows = []
    for seed in range(runs):
        weekly = run(scenario, bank.policies["value-driven"], 52, 1000 * people + seed).weekly.iloc[26:]
        heads = weekly[["profit", "contacts", "left", "hired", "failures", "lost"]].mean() / people
        means = weekly[
            ["practicing", "internalization", "enacted", "satisfaction", "trust", "energy", "cynicism", "work_pressure"]
        ].mean()
        rows.append(np.concatenate([heads.to_numpy(), means.to_numpy()]))
    table = np.array(rows)
    return table.mean(axis=0), table.std(axis=0, ddof=1) / np.sqrt(runs)


@pytest.mark.slow
def test_twice_the_people_and_customers_are_the_same_per_head() -> None:
    (one, one_error), (two, two_error) = per_head(120, 10), per_head(240, 10)
    difference = np.abs(one - two)
    assert np.all(difference < 4.0 * np.hypot(one_error, two_error) + 1e-9), difference / np.hypot(one_error, two_error)


def test_costs_per_head_double_with_the_heads() -> None:
    staying = {"employees.turnover": 0.0, "employees.dismissal": 0.0}
    policy = amounts(training=1.0, coaching=0.5)
    single, double = (
        run(tiny({**staying, "employees.number": number}), policy, 5).weekly["policy_cost"] for number in (30, 60)
    )
    np.testing.assert_allclose(double, 2.0 * single, rtol=1e-12)
