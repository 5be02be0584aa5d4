"""Measures of organizations that imitate one another: which practices they drop and which they take over."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Literal

import numpy as np

from sim.evidence.measurement import Measurement, RunBudget
from sim.evidence.measures.experiments import SMALL, policy_of, scenario_with, seeds
from sim.evidence.region import overrides_key
from sim.evidence.registry import measure
from sim.model.engine import run_week
from sim.model.kernel.array_types import FloatArray
from sim.model.mechanisms import fads
from sim.model.organization import Organization
from sim.model.policies.policy import Phase, Policy
from sim.model.policies.schedule import Schedule
from sim.model.simulation import burn_in

Judge = Literal["executive_self_assessment", "enacted", "chance"]

ON_OFFER = ("symbolic", "procedural", "value-driven")
"""Practices that organizations know: the three positions on the continuum."""

ROUND = 26  # weeks between two decisions: half a year

_SMALL = {**SMALL, "employees.number": 40, "customers.initial": 80, "customers.market": 110, "run.burn_in": 26}


@measure("emulation.share")
def share(
    run_budget: RunBudget,
    of: Literal["leading", "symbolic", "procedural", "value-driven"],
    judged_by: Judge,
    against: Judge,
    organizations: int = 8,
    rounds: int = 8,
    replicates: int = 6,
) -> Measurement:
    """Share of organizations that run a practice in the second half, under one way of judging minus another.

    Every organization begins with a random practice. After each round it may drop it out of disappointment and take over
    that of the most successful (Strang & Macy 2001, :mod:`sim.model.mechanisms.fads`); ``chance`` tries another at random.
    """
    differences = []
    for seed in seeds("emulation", run_budget.runs(replicates, 4)):
        pair = [
            _simulate_practices(overrides_key(), judge, organizations, rounds, seed) for judge in (judged_by, against)
        ]
        differences.append(_share(pair[0], of) - _share(pair[1], of))
    return Measurement.of_runs(differences)


def _share(practices: FloatArray, of: str) -> float:
    """Share of organizations with a practice, or with the leading one, mean over the second half of the rounds."""
    late = practices[len(practices) // 2 :]
    counts = np.array([(late == index).mean(axis=1) for index in range(len(ON_OFFER))])
    return float((counts.max(axis=0) if of == "leading" else counts[ON_OFFER.index(of)]).mean())


@lru_cache(maxsize=200)
def _simulate_practices(key: Any, judge: Judge, organizations: int, rounds: int, seed: int) -> FloatArray:
    """Index of the practice of each organization, round by round, shape (rounds, organizations)."""
    rng = np.random.default_rng([seed, 1991])
    scenario = scenario_with(_SMALL)
    field = [burn_in(scenario, seed + number) for number in range(organizations)]
    choice = rng.integers(len(ON_OFFER), size=organizations)
    held = np.zeros(organizations, dtype=np.int64)
    practices = np.empty((rounds, organizations))
    won: list[tuple[int, int]] = []
    for org, index in zip(field, choice, strict=True):
        _start_practice(org, ON_OFFER[index])
    for number in range(rounds):
        practices[number] = choice
        seen = np.array([_run_round(org, judge) for org in field])
        held += 1
        best = int(seen.argmax())
        won.append((best, int(choice[best])))
        draws = rng.random((organizations, 3))
        stories = len({who for who, what in won[-10:] if what == won[-1][1]})
        for row, org in enumerate(field):
            drop, believe = _drop_and_belief_probability(org, float(seen[row]), int(held[row]), stories, judge)
            if draws[row, 0] >= drop:
                continue
            copied = draws[row, 1] < believe
            choice[row] = won[-1][1] if copied else int(draws[row, 2] * len(ON_OFFER))
            held[row] = 0
            _start_practice(org, ON_OFFER[choice[row]])
    return practices


def _drop_and_belief_probability(
    org: Organization, outcome: float, rounds: int, stories: int, judge: Judge
) -> tuple[float, float]:
    """Probabilities that an organization drops its practice, and that it then believes the success story of the day."""
    inertia, skepticism = org.number("fads.inertia"), org.number("fads.skepticism")
    calibration = org.number("fads.calibration")
    # Dropping needs no story: with infinitely many, only the owner's disappointment counts.
    drop = fads.abandonment_probability(outcome, rounds * ROUND, 1.0, inertia, 0.0, 1.0, calibration)
    if judge == "chance":
        return drop, 0.0
    believe = fads.abandonment_probability(0.0, 1e9, 1.0, 0.0, skepticism, float(stories), calibration)
    return drop, believe


def _run_round(org: Organization, judge: Judge) -> float:
    """Success of the organization over half a year, from 0 to 1. If judged by chance, its executives judge it."""
    name = "executive_self_assessment" if judge == "chance" else judge
    seen: list[float] = []
    for _ in range(ROUND):
        run_week(org)
        seen.append(org.outcomes[name])
    return float(np.nanmean(seen))


def _start_practice(org: Organization, practice: str) -> None:
    """The organization runs a practice from now on, for as long as it keeps it."""
    amounts: Sequence[Phase] = policy_of(org.scenario, practice).phases
    most = {name: max(phase.amounts.get(name, 0.0) for phase in amounts) for phase in amounts for name in phase.amounts}
    policy = Policy(practice, (Phase(org.week, None, None, most),))
    org.schedule = Schedule(policy, org.scenario)
    org.program = 1.0
