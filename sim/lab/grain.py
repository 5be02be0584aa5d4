"""Grain: for how many real customers each simulated one stands. The real organization is the same at every grain.

A coarse grain saves time and adds chance: what happens to one simulated customer happens to all for whom it stands, so that the
spread between runs that comes from customers is larger by the square root of their number. Each scenario file says its grain
(``customers.initial``, ``customers.market`` and ``customers.represented``); no clock chooses it.
"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated

from pydantic import BeforeValidator

from sim.model.kernel.parameters import ParameterValue
from sim.model.policies.policy import FrozenMapping
from sim.model.scenario import Scenario, ScenarioError
from sim.model.scenario.messages import Faults
from sim.model.scenario.rules import Rule, whole_number

FINE = "fine"
"""Every customer is simulated."""

INITIAL, MARKET, REPRESENTED = "customers.initial", "customers.market", "customers.represented"
COUNTED = (INITIAL, MARKET)
"""Parameters that count simulated people, so that they follow the grain."""

BYTES_A_PERSON = 1_000
"""Memory of a worker for each simulated person of the market: columns of customers, twice, and room to work in."""

PERSON_WEEKS_A_SECOND = 1.5e7
"""Weeks of simulated people of the market that one processor core does in a second, about."""

MANY = 50_000
"""Simulated people of the market from which on memory and time are told."""


def _from_words(value: object) -> object:
    """``fine`` as 1, and a number as typed on a command line."""
    if isinstance(value, str):
        text = value.strip()
        return (
            1
            if text.casefold() == FINE
            else int(text)
            if text.isascii() and text.isdigit() and len(text) < 10
            else value
        )
    return value


GRAIN = Rule(
    Annotated[whole_number(1, 1_000_000), BeforeValidator(_from_words)],
    "",
    f"{FINE} or a number of customers, 1 to 1000000",
    remedy=f"Write {FINE} to simulate every customer, or for how many each is to stand.",
)
"""Rule for a grain."""


def with_grain(scenario: Scenario, grain: float | None, faults: Faults) -> Scenario:
    """The same real organization with another number of simulated customers.

    The number of real customers stays exactly the same; the market follows as nearly as whole people allow. Futures and
    plausible ranges that count simulated people follow too.

    Args:
        scenario: The organization.
        grain: For how many each simulated customer is to stand; ``None`` leaves it as it is.
        faults: Takes what is wrong: more people than the model or the memory of this machine can hold.
    """
    if grain is None:
        return scenario
    initial, market, represented = (float(scenario.parameters[name]) for name in (INITIAL, MARKET, REPRESENTED))
    wanted = max(1, round(initial * represented / grain)) if initial else 0
    stands = initial * represented / wanted if wanted else grain
    factor = represented / stands
    values: dict[str, ParameterValue] = {
        INITIAL: wanted,
        MARKET: max(1, wanted, round(market * factor)),
        REPRESENTED: stands,
    }
    try:
        ready = scenario.override(values)
    except ScenarioError as error:
        remedy = f"Write --grain {max(2, math.ceil(grain * 2))} or more."
        faults.take(f"--grain {grain:g}: {fault} {remedy}" for fault in error.faults)
        return scenario
    free, needed = free_memory(), BYTES_A_PERSON * int(values[MARKET])
    if free is not None and needed > free:
        least = math.ceil(grain * needed / free * 1.2)
        faults.add(
            f"--grain {grain:g}",
            f"must leave no more people than memory holds, got {values[MARKET]:,} in the market: about {needed / 1e9:.1f} GB "
            f"a worker, and {free / 1e9:.1f} GB are free. Write --grain {least} or more.",
        )
        return scenario
    futures = {name: _scaled(each, factor, stands) for name, each in scenario.futures.items()}
    ranges = {
        name: (low * factor, high * factor) if name in COUNTED else (low, high)
        for name, (low, high) in scenario.plausible.items()
    }
    return replace(ready, futures=FrozenMapping(futures), plausible=FrozenMapping(ranges))


def _scaled(future: Mapping[str, ParameterValue], factor: float, stands: float) -> FrozenMapping[ParameterValue]:
    """A future whose counts of simulated people follow the grain."""
    values = {name: round(float(value) * factor) if name in COUNTED else value for name, value in future.items()}
    if REPRESENTED in values:
        values[REPRESENTED] = float(values[REPRESENTED]) / factor
    return FrozenMapping(values)


def free_memory() -> int | None:
    """Bytes of memory that are free for this program, ``None`` where the system does not say."""
    try:
        with open("/proc/meminfo", encoding="ascii") as lines:
            found = dict(line.split(":", 1) for line in lines)
        return int(found["MemAvailable"].split()[0]) * 1024
    except (OSError, KeyError, ValueError):
        pass
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return None


def describe_effort(scenario: Scenario, workers: int, replicates: int, runs: int) -> list[str]:
    """What many simulated people take, as a warning; empty where they are few.

    Args:
        scenario: As it will run.
        workers: Number of processes.
        replicates, runs: Numbers of burn-ins and of runs, in all.
    """
    market = int(scenario.parameters[MARKET])
    if market < MANY:
        return []
    weeks = replicates * int(scenario.parameters["run.burn_in"]) + runs * scenario.weeks
    minutes = market * weeks / PERSON_WEEKS_A_SECOND / workers / 60.0
    from sim.analysis.wording import format_number  # no worker needs it

    where = "the worker" if workers == 1 else f"each of {workers} workers"
    return [
        f"{market:,} people of the market are simulated: about {BYTES_A_PERSON * market / 1e6:,.0f} MB in {where}, and "
        f"{format_number(max(minutes, 0.1))} minutes. --grain N simulates one for N."
    ]


def spread_without_grain(spread: float, represented: float) -> tuple[float, float]:
    """Between which ends the spread between runs would lie if every customer were simulated.

    The low end holds if all of the spread comes from customers, whose chance grows with the square root of those for whom each
    stands; the high end if none does.

    Args:
        spread: Standard deviation between runs.
        represented: For how many each simulated customer stands.
    """
    return spread / math.sqrt(max(represented, 1.0)), spread
