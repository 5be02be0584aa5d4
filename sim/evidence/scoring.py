"""Scoring: measure each fact and say whether it holds, fails, or cannot be decided with so many runs."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from fnmatch import fnmatchcase
from math import isnan
from time import perf_counter

from sim.evidence.fact import Fact, FactError, load_facts
from sim.evidence.measurement import Effort, Measurement
from sim.evidence.registry import Measure, gather

Progress = Callable[[int, int, str], None]
"""``progress(done, total, id)``: called before each fact, and once at the end with an empty id."""


class Verdict(StrEnum):
    """What the runs say about a fact."""

    HOLDS = "holds"
    FAILS = "fails"
    INCONCLUSIVE = "inconclusive"


@dataclass(frozen=True, slots=True)
class Row:
    """A fact, scored.

    Attributes:
        fact: What was to be found.
        measurement: What was found; missing if the measure broke down.
        verdict: Whether the interval lies inside the band, outside, or across its edge.
        seconds: Time that it took.
        error: What went wrong, if something did.
    """

    fact: Fact
    measurement: Measurement | None
    verdict: Verdict
    seconds: float
    error: str = ""


def judge(low: float, high: float, measurement: Measurement) -> Verdict:
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


def choose(facts: Sequence[Fact], only: Iterable[str] | None) -> list[Fact]:
    """Facts whose id, group (before the slash) or a prefix up to a hyphen is asked for; patterns with ``*`` work too.

    Raises:
        FactError: With a message for every name that fits no fact.
    """
    wanted = list(only or ())
    if not wanted:
        return list(facts)
    faults: list[str] = []
    chosen: set[str] = set()
    for name in wanted:
        fitting = {fact.id for fact in facts if _fits(fact.id, name)}
        if not fitting:
            groups = sorted({fact.id.split("/")[0] for fact in facts})
            near = get_close_matches(name, [*groups, *(fact.id for fact in facts)], n=1, cutoff=0.5)
            remedy = f"Did you mean {near[0]}?" if near else f"Legal are, for example, {', '.join(groups)}."
            faults.append(f"--only: {name} is not the id of a fact. {remedy}")
        chosen |= fitting
    if faults:
        raise FactError(faults)
    return [fact for fact in facts if fact.id in chosen]


def _fits(fact_id: str, name: str) -> bool:
    names = (fact_id, fact_id.split("/", maxsplit=1)[0])
    return name in names or fact_id.startswith(f"{name}-") or any(fnmatchcase(one, name) for one in names)


def score(
    only: Iterable[str] | None = None,
    quick: bool = False,
    progress: Progress | None = None,
    *,
    facts: Sequence[Fact] | None = None,
) -> list[Row]:
    """Score facts: all that ship, or those asked for.

    Args:
        only: Ids, groups, prefixes or patterns; everything, if missing.
        quick: Fewer runs: more facts stay inconclusive.
        progress: Told before each fact.
        facts: Other facts than those that ship.

    Raises:
        FactError: When a name in ``only`` fits nothing, or a fact asks for a measure or argument that does not exist.
    """
    measures = gather()
    chosen = choose(load_facts() if facts is None else facts, only)
    faults = [fault for fact in chosen for fault in _call_faults(fact, measures)]
    if faults:
        raise FactError(faults)
    rows = []
    for number, fact in enumerate(chosen):
        if progress:
            progress(number, len(chosen), fact.id)
        rows.append(score_fact(fact, measures[fact.measure], quick))
    if progress:
        progress(len(chosen), len(chosen), "")
    return rows


def score_fact(fact: Fact, measure: Measure, quick: bool = False) -> Row:
    """Score one fact. A measure that breaks down leaves a row with its error: undecided, not dropped."""
    start = perf_counter()
    try:
        found = measure(Effort.on(fact.id, quick), **fact.arguments)
    except Exception as error:  # a broken measure is itself a finding, and must not hide the others
        message = f"{type(error).__name__}: {error}"
        return Row(fact, None, Verdict.INCONCLUSIVE, perf_counter() - start, message)
    return Row(fact, found, judge(fact.low, fact.high, found), perf_counter() - start)


def _call_faults(fact: Fact, measures: dict[str, Measure]) -> list[str]:
    """Whether the measure exists and takes the arguments."""
    function = measures.get(fact.measure)
    if function is None:
        near = get_close_matches(fact.measure, measures, n=1)
        remedy = f"Did you mean {near[0]}?" if near else "Register it in sim/evidence/measures."
        return [f"{fact.id}: measure {fact.measure} does not exist. {remedy}"]
    try:
        inspect.signature(function).bind(Effort(), **fact.arguments)
    except TypeError as error:
        return [f"{fact.id}: measure {fact.measure} cannot be called so: {error}. Correct the arguments."]
    return []
