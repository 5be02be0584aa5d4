"""Scoring: measure each fact until it is decided whether it holds or fails, or until the budget is spent.

A full run takes up to :data:`LOOKS` *looks* at a fact. Each has twice the runs of the one before, so the last has 64 times the
usual number. It stops at the first look that decides: *inconclusive* then means that the value lies near the edge of its
band. Looking again and again gives chance as many opportunities, so the interval of each look has the confidence
1 - .05 / 7 instead of .95 (Bonferroni): the probability that any of them misses the true value is at most .05, wherever it
stops. With ``quick`` there is one look, with a plain 95 % interval. A measure that needs no runs is taken once.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from enum import StrEnum
from fnmatch import fnmatchcase
from math import isnan
from time import perf_counter

from sim.analysis.intervals import LEVEL
from sim.evidence.design import Designs
from sim.evidence.fact import Fact, FactError, load_facts
from sim.evidence.measurement import Measurement, RunBudget, at_level
from sim.evidence.region import clear_caches, override_parameters, reason_without_region
from sim.evidence.registry import Measure, load_measures
from sim.lab.evidence_settings import parameters_in
from sim.lab.failure import Failure
from sim.lab.task import prepare_worker
from sim.lab.worker_pool import WorkerPool, run_tasks

LOOKS = 7
"""Most looks at a fact: 1, 2, 4 ... 64 times the usual runs."""

LEVEL_OF_A_LOOK = 1.0 - (1.0 - LEVEL) / LOOKS
"""Confidence of the interval at each of them, so that all together have 95 %."""

PATIENCE = 300.0
"""Seconds after which no further look at a fact begins. A slower machine may leave inconclusive what a faster one decides;
such a row says so, and all others are the same on every machine."""

NOT_MEASURED = "not measured at points yet"

Progress = Callable[[int, int, str], None]
"""``progress(done, total, id)``: called before each fact, and once at the end with an empty id."""


class Verdict(StrEnum):
    """Verdict on a fact."""

    HOLDS = "holds"
    FAILS = "fails"
    INCONCLUSIVE = "inconclusive"


@dataclass(frozen=True, slots=True)
class Row:
    """A fact with its measured value and verdict.

    Attributes:
        fact: The fact.
        measurement: The measured value; missing if the measure broke down.
        verdict: Whether the interval lies inside the band, outside, or across its edge.
        seconds: Time that scoring took.
        error: What went wrong; empty if nothing did.
        looks: How often it was measured, each time with twice the runs.
        out_of_time: Whether another look would have taken longer than the time limit.
        region: Share of the points of the plausible ranges at which it holds; missing if it was not measured there.
        stale: What has changed since it was measured at the points: ``model``, ``measures``, ``ranges``.
        no_region: Why there is no region; empty if there is one.
    """

    fact: Fact
    measurement: Measurement | None
    verdict: Verdict
    seconds: float
    error: str = ""
    looks: int = 1
    out_of_time: bool = False
    region: Measurement | None = None
    stale: tuple[str, ...] = ()
    no_region: str = ""


def judge_measurement(low: float, high: float, measurement: Measurement) -> Verdict:
    """Verdict on a measurement against a band: inside holds, outside fails, anything else is inconclusive.

    A missing value decides nothing. Ends of the band count as inside, up to the last digits of a float.
    """
    if isnan(measurement.value) or isnan(measurement.low) or isnan(measurement.high):
        return Verdict.INCONCLUSIVE
    slack = 1e-12 * max(1.0, abs(measurement.value))
    if low - slack <= measurement.low and measurement.high <= high + slack:
        return Verdict.HOLDS
    if measurement.high < low - slack or measurement.low > high + slack:
        return Verdict.FAILS
    return Verdict.INCONCLUSIVE


def select_facts(facts: Sequence[Fact], only: Iterable[str] | None) -> list[Fact]:
    """Facts selected by id, by group (before the slash), by a prefix up to a hyphen, or by a pattern with ``*``.

    Raises:
        FactError: With a message for every name that matches no fact.
    """
    wanted = list(only or ())
    if not wanted:
        return list(facts)
    faults: list[str] = []
    chosen: set[str] = set()
    for name in wanted:
        fitting = {fact.id for fact in facts if _matches(fact.id, name)}
        if not fitting:
            groups = sorted({fact.id.split("/")[0] for fact in facts})
            near = get_close_matches(name, [*groups, *(fact.id for fact in facts)], n=1, cutoff=0.5)
            remedy = f"Did you mean {near[0]}?" if near else f"Legal are, for example, {', '.join(groups)}."
            faults.append(f"--only: {name} is not the id of a fact. {remedy}")
        chosen |= fitting
    if faults:
        raise FactError(faults)
    return [fact for fact in facts if fact.id in chosen]


def _matches(fact_id: str, name: str) -> bool:
    names = (fact_id, fact_id.split("/", maxsplit=1)[0])
    return name in names or fact_id.startswith(f"{name}-") or any(fnmatchcase(one, name) for one in names)


def score(
    only: Iterable[str] | None = None,
    quick: bool = False,
    progress: Progress | None = None,
    *,
    facts: Sequence[Fact] | None = None,
    workers: int = 1,
    designs: Designs | None = None,
    patience: float = PATIENCE,
) -> list[Row]:
    """Score facts: all of the package, or those asked for. Results are the same bits for any number of workers.

    Args:
        only: Ids, groups, prefixes or patterns; everything, if missing.
        quick: Fewer runs, and one look: more facts stay inconclusive. Facts marked as slow are left out, unless asked for.
        progress: Called before each fact; with several workers, after each piece of work.
        facts: Facts to score instead of those of the package.
        workers: Number of processes.
        designs: Points at which facts were measured, for their regions; without them no row has a region.
        patience: Seconds after which no further look at a fact begins.

    Raises:
        FactError: When a name in ``only`` matches nothing, or a fact asks for a measure or argument that does not exist.
        WorkerError: If no worker process can be started.
    """
    chosen = choose_facts(only, quick, facts)
    if workers > 1:
        rows = _score_in_parallel(chosen, quick, patience, workers, progress)
    else:
        rows = _score_serially(chosen, quick, patience, progress)
    return [with_region(row, designs) for row in rows]


def choose_facts(
    only: Iterable[str] | None = None, quick: bool = False, facts: Sequence[Fact] | None = None
) -> list[Fact]:
    """Facts that are asked for, each with a measure that can be called; see :func:`score`."""
    measures = load_measures()
    only = list(only or ())
    chosen = select_facts(load_facts() if facts is None else facts, only)
    if quick and not only:
        chosen = [fact for fact in chosen if fact.quick]
    faults = [fault for fact in chosen for fault in _call_faults(fact, measures)]
    if faults:
        raise FactError(faults)
    return chosen


def with_region(row: Row, designs: Designs | None) -> Row:
    """The row with the region of its fact, or with the reason why there is none."""
    reason = reason_without_region(row.fact, load_measures()[row.fact.measure])
    if reason:
        return replace(row, no_region=reason)
    found = None if designs is None else designs.region(row.fact)
    if found is None:
        return replace(row, no_region=NOT_MEASURED)
    return replace(row, region=found.share, stale=found.stale)


def _score_serially(chosen: Sequence[Fact], quick: bool, patience: float, progress: Progress | None) -> list[Row]:
    """Score everything in this process, in order."""
    measures = load_measures()
    rows: list[Row] = []
    for fact in chosen:
        if progress:
            progress(len(rows), len(chosen), fact.id)
        rows.append(score_fact(fact, measures[fact.measure], quick, patience))
    if progress:
        progress(len(chosen), len(chosen), "")
    return rows


@dataclass(frozen=True, slots=True)
class _Group:
    """Facts that share runs and are scored by one worker."""

    facts: tuple[Fact, ...]
    quick: bool
    patience: float


def _score_in_parallel(
    chosen: Sequence[Fact], quick: bool, patience: float, workers: int, progress: Progress | None
) -> list[Row]:
    """Score groups of facts in several processes."""
    groups: dict[str, list[Fact]] = {}
    for fact in chosen:
        groups.setdefault(fact.id.split("/", maxsplit=1)[0], []).append(fact)
    tasks = [_Group(tuple(group), quick, patience) for group in groups.values()]
    total = len(tasks)
    finished = (
        None if progress is None else lambda done: progress(done, total, "" if done == total else "pieces of work")
    )
    found: dict[str, Row] = {}
    with WorkerPool(min(workers, len(tasks)), prepare_worker) as pool:
        results = run_tasks(_score_group, tasks, workers, finished, pool)
    for task, result in zip(tasks, results, strict=True):
        rows = [_failed_row(fact, result) for fact in task.facts] if isinstance(result, Failure) else result
        found.update({row.fact.id: row for row in rows})
    return [found[fact.id] for fact in chosen]


def _score_group(group: _Group) -> list[Row]:
    """Score a group in a worker."""
    measures = load_measures()
    rows = [score_fact(fact, measures[fact.measure], group.quick, group.patience) for fact in group.facts]
    if any(row.looks > 1 for row in rows):
        clear_caches()  # many runs, which no other group needs
    return rows


def _failed_row(fact: Fact, failure: Failure) -> Row:
    """The result for a fact whose worker died."""
    return Row(fact, None, Verdict.INCONCLUSIVE, 0.0, failure.error)


def score_fact(fact: Fact, measure: Measure, quick: bool = False, patience: float = PATIENCE) -> Row:
    """Score one fact. If its measure breaks down, the result is inconclusive and holds the error."""
    start = perf_counter()
    found, verdict, look, out_of_time = None, Verdict.INCONCLUSIVE, 0, False
    try:
        with override_parameters(parameters_in(fact.setting)), at_level(LEVEL if quick else LEVEL_OF_A_LOOK):
            while verdict is Verdict.INCONCLUSIVE and look < (1 if quick else LOOKS) and not out_of_time:
                began = perf_counter()
                run_budget = RunBudget.for_fact(fact.id, quick, times=2**look)
                found = measure(run_budget, **fact.arguments)
                verdict = judge_measurement(fact.low, fact.high, found)
                look += 1
                if isnan(found.value) or not run_budget.asked:
                    break  # more runs would not tell more
                now = perf_counter()
                out_of_time = verdict is Verdict.INCONCLUSIVE and now - start + 2.0 * (now - began) > patience
    except Exception as error:  # a broken measure is reported and must not stop the others
        message = f"{type(error).__name__}: {error}"
        return Row(fact, None, Verdict.INCONCLUSIVE, perf_counter() - start, message)
    out_of_time = out_of_time and look < (1 if quick else LOOKS)
    return Row(fact, found, verdict, perf_counter() - start, looks=look, out_of_time=out_of_time)


def _call_faults(fact: Fact, measures: dict[str, Measure]) -> list[str]:
    """Messages on a measure that does not exist or does not take the arguments of the fact."""
    function = measures.get(fact.measure)
    if function is None:
        near = get_close_matches(fact.measure, measures, n=1)
        remedy = f"Did you mean {near[0]}?" if near else "Register it in sim/evidence/measures."
        return [f"{fact.id}: measure {fact.measure} does not exist. {remedy}"]
    try:
        inspect.signature(function).bind(RunBudget(), **fact.arguments)
    except TypeError as error:
        return [f"{fact.id}: measure {fact.measure} cannot be called so: {error}. Correct the arguments."]
    return []
