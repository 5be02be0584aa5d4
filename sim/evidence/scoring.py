"""Scoring: measure each fact and decide whether it holds, fails, or is inconclusive with this number of runs."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from enum import StrEnum
from fnmatch import fnmatchcase
from math import isnan
from time import perf_counter

from sim.evidence.fact import Fact, FactError, load_facts
from sim.evidence.measurement import Measurement, RunBudget
from sim.evidence.region import RegionPoint, list_points, override_parameters, score_at_point, share_held
from sim.evidence.registry import Measure, load_measures
from sim.lab.evidence_settings import parameters_in
from sim.lab.parallel import run_tasks
from sim.lab.task import prepare_worker
from sim.lab.worker_pool import Failure, WorkerPool

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
        region: Share of the plausible ranges over which it holds; missing if not asked for, or if it makes no sense.
    """

    fact: Fact
    measurement: Measurement | None
    verdict: Verdict
    seconds: float
    error: str = ""
    region: Measurement | None = None


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
    points: int = 0,
) -> list[Row]:
    """Score facts: all of the package, or those asked for. Results are the same bits for any number of workers.

    Args:
        only: Ids, groups, prefixes or patterns; everything, if missing.
        quick: Fewer runs: more facts stay inconclusive. Facts marked as slow are left out, unless asked for.
        progress: Called before each fact; with several workers, after each piece of work.
        facts: Facts to score instead of those of the package.
        workers: Number of processes.
        points: Points of the plausible ranges at which each conjecture is scored again; 0 leaves that out.

    Raises:
        FactError: When a name in ``only`` matches nothing, or a fact asks for a measure or argument that does not exist.
        WorkerPoolError: If no worker process can be started.
    """
    measures = load_measures()
    chosen = select_facts(load_facts() if facts is None else facts, only)
    if quick and not only:
        chosen = [fact for fact in chosen if fact.quick]
    faults = [fault for fact in chosen for fault in _call_faults(fact, measures)]
    if faults:
        raise FactError(faults)
    region_points = list_points(chosen, measures, points)
    if workers > 1:
        rows, point_results = _score_in_parallel(chosen, region_points, quick, workers, progress)
    else:
        rows, point_results = _score_serially(chosen, region_points, quick, progress)
    return [replace(row, region=share_held(row.fact, point_results)) for row in rows]


def _score_serially(
    chosen: Sequence[Fact], region_points: Sequence[RegionPoint], quick: bool, progress: Progress | None
) -> tuple[list[Row], list[Mapping[str, bool]]]:
    """Score everything in this process, in order."""
    measures, total = load_measures(), len(chosen) + len(region_points)
    rows: list[Row] = []
    point_results: list[Mapping[str, bool]] = []
    for fact in chosen:
        if progress:
            progress(len(rows), total, fact.id)
        rows.append(score_fact(fact, measures[fact.measure], quick))
    for point in region_points:
        if progress:
            progress(len(chosen) + len(point_results), total, f"region, point {point.number + 1} of {point.of}")
        point_results.append(score_at_point(point))
    if progress:
        progress(total, total, "")
    return rows, point_results


@dataclass(frozen=True, slots=True)
class _Group:
    """Facts that share runs and are scored by one worker."""

    facts: tuple[Fact, ...]
    quick: bool


def _score_in_parallel(
    chosen: Sequence[Fact], region_points: Sequence[RegionPoint], quick: bool, workers: int, progress: Progress | None
) -> tuple[list[Row], list[Mapping[str, bool]]]:
    """Score in several processes: points first, because they take longest, then groups of facts."""
    groups: dict[str, list[Fact]] = {}
    for fact in chosen:
        groups.setdefault(fact.id.split("/", maxsplit=1)[0], []).append(fact)
    tasks: list[_Group | RegionPoint] = [*region_points, *(_Group(tuple(group), quick) for group in groups.values())]
    total = len(tasks)
    finished = (
        None if progress is None else lambda done: progress(done, total, "" if done == total else "pieces of work")
    )
    found: dict[str, Row] = {}
    point_results: list[Mapping[str, bool]] = []
    with WorkerPool(min(workers, len(tasks)), prepare_worker) as pool:
        results = run_tasks(_run_task, tasks, workers, finished, pool)
    for task, result in zip(tasks, results, strict=True):
        if isinstance(task, _Group):
            rows = [_failed_row(fact, result) for fact in task.facts] if isinstance(result, Failure) else result
            found.update({row.fact.id: row for row in rows if isinstance(row, Row)})
        elif isinstance(result, dict):
            point_results.append(result)
    return [found[fact.id] for fact in chosen], point_results


def _run_task(task: _Group | RegionPoint) -> list[Row] | dict[str, bool]:
    """Carry out one piece of work in a worker."""
    if isinstance(task, RegionPoint):
        return score_at_point(task)
    measures = load_measures()
    return [score_fact(fact, measures[fact.measure], task.quick) for fact in task.facts]


def _failed_row(fact: Fact, failure: Failure) -> Row:
    """The result for a fact whose worker died."""
    return Row(fact, None, Verdict.INCONCLUSIVE, 0.0, failure.error)


def score_fact(fact: Fact, measure: Measure, quick: bool = False) -> Row:
    """Score one fact. If its measure breaks down, the result is inconclusive and holds the error."""
    start = perf_counter()
    try:
        with override_parameters(parameters_in(fact.setting)):
            found = measure(RunBudget.for_fact(fact.id, quick), **fact.arguments)
    except Exception as error:  # a broken measure is reported and must not stop the others
        message = f"{type(error).__name__}: {error}"
        return Row(fact, None, Verdict.INCONCLUSIVE, perf_counter() - start, message)
    return Row(fact, found, judge_measurement(fact.low, fact.high, found), perf_counter() - start)


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
