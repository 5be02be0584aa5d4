"""Measures of the customers' side: contrasts of settings under common random numbers, optima inside a range, encounters."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Literal
from zlib import crc32

import numpy as np

from sim.evidence.measurement import Measurement, RunBudget, level, normal_quantile
from sim.evidence.measures.experiments import SMALL, _frozen, _thawed, policy_of, scenario_with, seeds
from sim.evidence.region import overrides_key
from sim.evidence.registry import measure
from sim.model.engine import run_week
from sim.model.kernel.array_types import BoolArray, FloatArray, SmallIntArray
from sim.model.kernel.elementwise import elementwise
from sim.model.mechanisms import lifetime, needs
from sim.model.organization import Organization
from sim.model.policies.resources import RESOURCES
from sim.model.scenario import Scenario
from sim.model.simulation import burn_in, with_policy
from sim.model.tracing import parameters_of

PolicyLike = str | dict[str, Any]
Setting = Mapping[str, Any]
Deed = Literal["made right", "apologized", "left"]

LIGHT: Mapping[str, Any] = {
    **SMALL,
    "employees.number": 60,
    "run.burn_in": 26,
    **{f"cost.{name}": 0.15 * entry.cost for name, entry in RESOURCES.items() if entry.per == "organization"},
}
"""A bank of 15 instead of 100 thousand customers; prices for the whole organization are reduced in proportion."""


def _count(run_budget: RunBudget, replicates: int) -> int:
    return run_budget.runs(replicates, max(4, replicates // 3))


def _belief_matches(org: Organization) -> FloatArray:
    return _matches(org.employees.beliefs, org.environment.needs)


def _matches(beliefs: SmallIntArray, wanted: SmallIntArray) -> FloatArray:
    """How well beliefs (one set per row) meet needs."""
    agreed = np.sum(beliefs * wanted, axis=-1, dtype=np.float64)
    matches: FloatArray = elementwise(needs.match_with_needs)(agreed, wanted.size)
    return matches


def _mean(values: FloatArray) -> float:
    return float(values.mean()) if values.size else float("nan")


STATES: Mapping[str, Callable[[Organization], float]] = {
    "blocked": lambda org: _mean(org.customers.blocked[org.customers.active].astype(np.float64)),
    "irritation": lambda org: _mean(org.customers.irritation[org.customers.active]),
    "promoted": lambda org: float(org.this_week.promoted),
    "picture_facing": lambda org: _mean(_belief_matches(org)[org.employees.employed & org.employees.facing]),
    "picture_inner": lambda org: _mean(_belief_matches(org)[org.employees.employed & ~org.employees.facing]),
    "official_error": lambda org: 1.0 - float(_matches(org.environment.organizational_code, org.environment.needs)),
    "weakest_partner": lambda org: float(org.environment.partners.min()),
    "money_owed": lambda org: float(org.customers.arrears[org.customers.active].sum()),
}
"""States read from the organization itself, because no weekly outcome holds them."""


@lru_cache(maxsize=4000)
def _curves(key: Any, policy: Any, overrides: Any, events: Any, weeks: int, seed: int, watched: tuple[str, ...]) -> Any:
    """Outcomes and states of one run, week by week."""
    burned_in = _cached_burn_in(key, overrides, events, seed)
    org = with_policy(burned_in, policy_of(burned_in.scenario, _thawed(policy)))
    rows = []
    for _ in range(weeks):
        run_week(org)
        rows.append([STATES[name](org) if name in STATES else org.outcomes[name] for name in watched])
    return dict(zip(watched, np.array(rows, dtype=np.float64).T, strict=True))


@lru_cache(maxsize=200)
def _cached_burn_in(key: Any, overrides: Any, events: Any, seed: int) -> Organization:
    """The bank after its burn-in, which is the same for all policies; it is not to be changed."""
    scenario = scenario_with({**LIGHT, **_thawed(overrides)})
    return burn_in(_with_events(scenario, _thawed(events)), seed)


def _with_events(scenario: Scenario, events: Sequence[Mapping[str, Any]]) -> Scenario:
    if not events:
        return scenario
    table = scenario.to_dict() | {"events": [dict(event) for event in events]}
    return Scenario.from_dict(table, place="evidence")


def _average(
    policy: PolicyLike, given: Setting, events: Any, weeks: int, seed: int, outcome: str, first: int, last: int
) -> float:
    """Mean of an outcome or state over the weeks ``first`` to ``last`` (exclusive) of one run."""
    curve = _curves(overrides_key(), _frozen(policy), _frozen(given), _frozen(events), weeks, seed, (outcome,))[outcome]
    return float(np.nanmean(curve[first:last]))


@measure("customers.contrast")
def contrast(
    run_budget: RunBudget,
    outcome: str,
    policy: PolicyLike = "none",
    other_policy: PolicyLike | None = None,
    overrides: Setting | None = None,
    other_overrides: Setting | None = None,
    events: Sequence[Setting] = (),
    other_events: Sequence[Setting] | None = None,
    first: int = 26,
    last: int = 52,
    other_first: int | None = None,
    other_last: int | None = None,
    replicates: int = 10,
) -> Measurement:
    """Mean outcome in one setting minus that in another, with the same seeds; what the other does not set is the same."""
    one = (policy, overrides or {}, list(events), first, last)
    other = (
        policy if other_policy is None else other_policy,
        one[1] if other_overrides is None else other_overrides,
        one[2] if other_events is None else list(other_events),
        first if other_first is None else other_first,
        last if other_last is None else other_last,
    )
    differences = []
    for seed in seeds("customers", _count(run_budget, replicates)):
        pair = [
            _average(plan, given, struck, max(last, other[4]), seed, outcome, begin, end)
            for plan, given, struck, begin, end in (one, other)
        ]
        differences.append(pair[0] - pair[1])
    return Measurement.of_runs(differences)


@measure("customers.interaction")
def interaction(
    run_budget: RunBudget,
    outcome: str,
    policy: PolicyLike,
    one: str,
    other: str,
    overrides: Setting | None = None,
    first: int = 0,
    last: int = 8,
    replicates: int = 8,
) -> Measurement:
    """Outcome with both parameters at 1, minus the better outcome with only one at 1; negative if both together are worse."""
    given = dict(overrides or {})
    gains = []
    for seed in seeds("customers", _count(run_budget, replicates)):
        both, first_alone, other_alone = (
            _average(policy, {**given, one: x, other: y}, [], last, seed, outcome, first, last)
            for x, y in ((1.0, 1.0), (1.0, 0.0), (0.0, 1.0))
        )
        gains.append((both - min(first_alone, other_alone)) / abs(min(first_alone, other_alone)))
    return Measurement.of_runs(gains)


@measure("customers.interior")
def interior(
    run_budget: RunBudget,
    outcome: str,
    name: str,
    grid: Sequence[float],
    end: Literal["low", "high"],
    policy: Setting | None = None,
    overrides: Setting | None = None,
    first: int = 26,
    last: int = 78,
    replicates: int = 8,
) -> Measurement:
    """Best mean outcome inside the grid minus the outcome at one end, paired by seed. Positive for both ends: an optimum inside.

    The best point is that of the mean over runs. Choosing it biases it upward, less so with more runs.

    Args:
        name: A resource (its amount is varied) or a parameter (dotted; its value is).
        grid: Values from one end to the other.
    """
    found = seeds("customers", _count(run_budget, replicates))
    table = np.array(
        [
            [
                _average(*_varied(name, value, policy or {}, overrides or {}), [], last, seed, outcome, first, last)
                for value in grid
            ]
            for seed in found
        ]
    )
    best = 1 + int(table[:, 1:-1].mean(axis=0).argmax())
    return Measurement.of_runs(table[:, best] - table[:, 0 if end == "low" else -1])


def _varied(name: str, value: float, policy: Setting, overrides: Setting) -> tuple[dict[str, Any], dict[str, Any]]:
    if "." in name:
        return dict(policy), {**overrides, name: value}
    return {**policy, name: value}, dict(overrides)


@measure("customers.after_failure")
def after_failure(
    run_budget: RunBudget,
    deed: Deed,
    other: Deed | Literal["no failure"],
    feeling: Literal["trust", "satisfaction"] = "trust",
    heard: tuple[float, float] = (0.0, 0.5),
    policy: PolicyLike = "none",
    overrides: Setting | None = None,
    weeks: int = 78,
    replicates: int = 10,
) -> Measurement:
    """Change of a feeling by a failure followed by one response, minus the change by a failure followed by another response.

    For trust, the value after the failure as a share of the value without it; for satisfaction, the change itself.

    Args:
        deed, other: The responses; ``left`` means no response.
        feeling: Column of customers.
        heard: Apologies that the customer of ``deed`` has heard and not forgotten: from, up to (exclusive).
    """
    given = {**LIGHT, "employees.number": 30, "service.contacts": 0.6, "service.failure": 0.5, **(overrides or {})}
    found = [
        _felt(scenario_with(given), policy, seed, weeks, feeling, deed, other, tuple(heard))
        for seed in seeds("customers", _count(run_budget, replicates))
    ]
    return Measurement.of_runs([value for value in found if np.isfinite(value)])


def _felt(
    scenario: Scenario, policy: PolicyLike, seed: int, weeks: int, feeling: str, deed: str, other: str, heard: Any
) -> float:
    org = with_policy(burn_in(scenario, seed), policy_of(scenario, policy))
    one: list[FloatArray] = []
    rest: list[FloatArray] = []
    for _ in range(weeks):
        before, apologies = getattr(org.customers, feeling).copy(), org.customers.apologies.copy()
        run_week(org)
        now = org.customers
        after = getattr(now, feeling)
        grown = before + org.number("trust.gain") * now.served * (1.0 - before)
        change = after / np.maximum(grown, 1e-9) if feeling == "trust" else after - before
        there = now.contact & ~now.lost & ~now.acquired & ~now.conflict & (before > 0.05) & (now.met >= 0)
        done = _done(org, there)
        one.append(change[done[deed] & (apologies >= heard[0]) & (apologies < heard[1])])
        rest.append(change[done[other]])
    return _mean(np.concatenate(one)) - _mean(np.concatenate(rest))


def _done(org: Organization, there: BoolArray) -> dict[str, BoolArray]:
    """Which contacts went wrong, and what was done about it."""
    now = org.customers
    return {
        "made right": there & now.recovered,
        "apologized": there & now.apologized,
        "left": there & now.failed & ~now.recovered & ~now.apologized,
        "no failure": there & ~now.failed,
    }


@measure("customers.staying_after_failure")
def staying_after_failure(
    run_budget: RunBudget,
    deed: Deed,
    other: Deed | Literal["no failure"],
    policy: PolicyLike = "none",
    overrides: Setting | None = None,
    weeks: int = 26,
    later: int = 26,
    replicates: int = 10,
) -> Measurement:
    """Change of the log-odds of staying by a contact that failed and found one response, minus that with another response.

    It is taken some weeks after the contact, against the week before it, of those who are still customers.

    Args:
        deed, other: The responses; ``left`` means no response.
        weeks: Weeks whose contacts count.
        later: Weeks from the contact to the comparison.
    """
    given = {**LIGHT, "employees.number": 30, "service.contacts": 0.6, "service.failure": 0.5, **(overrides or {})}
    found = []
    for seed in seeds("customers", _count(run_budget, replicates)):
        scenario = scenario_with(given)
        org = with_policy(burn_in(scenario, seed), policy_of(scenario, policy))
        before, waiting = _staying(org), []
        change: dict[str, list[FloatArray]] = {deed: [], other: []}
        for week in range(weeks + later):
            run_week(org)
            after, now = _staying(org), org.customers
            if week < weeks:
                done = _done(org, now.contact & ~now.lost & ~now.acquired & ~now.conflict & (now.met >= 0))
                waiting.append((before, now.identity.copy(), done))
            if week >= later:
                first, who, done = waiting[week - later]
                for name, changes in change.items():
                    still = done[name] & (now.identity == who)
                    changes.append(after[still] - first[still])
            before = after
        found.append(_mean(np.concatenate(change[deed])) - _mean(np.concatenate(change[other])))
    return Measurement.of_runs([value for value in found if np.isfinite(value)])


def _staying(org: Organization) -> FloatArray:
    """How far each customer's log-odds of leaving are lowered."""
    parameters = parameters_of(org)
    positions = range(len(org.customers))
    return np.array([lifetime.staying_shift(org.customers, position, parameters) for position in positions])


@measure("customers.at_equal_profit")
def at_equal_profit(
    run_budget: RunBudget, outcome: str = "customer_value", weeks: int = 78, organizations: int = 60
) -> Measurement:
    """How much more an organization gives for which customers are ends and not means, at equal profit.

    Regression of the outcome on motive (0 or 1) and profit over organizations that differ in costs and markets; the
    coefficient of motive as a share of the mean outcome.
    """
    count = run_budget.runs(organizations, 24)
    rng = np.random.default_rng(run_budget.seed)
    rows = []
    for index, seed in enumerate(seeds("equal profit", count)):
        given = {
            "motive.means": float(index % 2),
            "money.served_cost": float(rng.uniform(1.0, 6.0)),
            "money.contact_cost": float(rng.uniform(2.0, 6.0)),
            "service.contacts": 0.25,
        }
        run = [_average("none", given, [], weeks, seed, name, 26, weeks) for name in (outcome, "profit")]
        rows.append([run[0], 1.0, 1.0 - given["motive.means"], run[1]])
    table = np.array(rows)
    explained, design = table[:, 0] / table[:, 0].mean(), table[:, 1:] / np.abs(table[:, 1:]).max(axis=0)
    found, *_ = np.linalg.lstsq(design, explained, rcond=None)
    error = explained - design @ found
    variance = float(error @ error) / (count - design.shape[1]) * np.linalg.inv(design.T @ design)[1, 1]
    half = normal_quantile() * float(np.sqrt(variance))
    return Measurement(float(found[1]), float(found[1]) - half, float(found[1]) + half, count)


_BUYABLE = (
    "training",
    "coaching",
    "procedures",
    "monitoring",
    "relief",
    "recovery_authority",
    "promotion",
    "disclosure",
)
"""Resources of win-win policies; amounts are drawn between zero and half of the legal maximum."""


def _fortunes(policy: PolicyLike, given: Setting, seed: int, weeks: int) -> FloatArray:
    """Mean weekly customer value and profit of one run."""
    names = ("customer_value", "profit")
    curves = _curves(overrides_key(), _frozen(policy), _frozen(given), _frozen([]), weeks, seed, names)
    return np.array([curves[name].mean() for name in names])


@measure("customers.win_win")
def share_of_win_win(
    run_budget: RunBudget, gains: Literal["both", "one"] = "both", policies: int = 40, until: int = 52, weeks: int = 104
) -> Measurement:
    """Share of policies drawn at random under which ``both`` gain over the twin, or ``one`` gains and the other loses."""
    count = run_budget.runs(policies, 24)
    rng = np.random.default_rng(crc32(b"win-win"))  # both questions use the same sample
    wins = np.empty((count, 2), dtype=np.bool_)
    for index, seed in enumerate(seeds("win-win", count)):
        chosen = rng.choice(len(_BUYABLE), 2, replace=False)
        amounts = {_BUYABLE[k]: float(RESOURCES[_BUYABLE[k]].high * 0.5 * rng.random()) for k in chosen}
        amounts["until"] = until
        wins[index] = _fortunes(amounts, {}, seed, weeks) > _fortunes("none", {}, seed, weeks)
    hits = wins.all(axis=1) if gains == "both" else wins[:, 0] != wins[:, 1]
    return Measurement.of_share(int(hits.sum()), count)


@measure("customers.better_for_both")
def better_for_both(
    run_budget: RunBudget,
    policies: Sequence[str],
    weeks: int = 130,
    replicates: int = 24,
    overrides: Setting | None = None,
) -> Measurement:
    """Number of policies that give both customers and the organization more than none: means over runs, 95 % by bootstrap."""
    found = list(seeds("front", _count(run_budget, replicates)))
    runs = [[_fortunes(policy, overrides or {}, seed, weeks) for policy in ("none", *policies)] for seed in found]
    values = np.array(runs)  # (runs, policies, customers and organization)
    gains = values[:, 1:] - values[:, :1]
    rng = np.random.default_rng(run_budget.seed)
    samples = [gains, *(gains[rng.integers(len(found), size=len(found))] for _ in range(400))]
    numbers = [float((sample.mean(axis=0) > 0.0).all(axis=-1).sum()) for sample in samples]
    low, high = np.quantile(numbers[1:], [0.5 - level() / 2.0, 0.5 + level() / 2.0])
    return Measurement(numbers[0], float(low), float(high), len(found))
