"""What is measured in this process: the programs side by side, growth, and runs per second."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from statistics import median
from typing import Any

from benchmark.plan import Extent
from benchmark.subjects import (
    MODEL,
    POLICY,
    PROGRAMS,
    SEED,
    SHORT_BURN_IN,
    Job,
    Size,
    bank,
    burned_in,
    prepare_model,
)
from benchmark.timing import in_turn, ratio
from sim import compare
from sim.lab.switching import CORE, EVERYTHING, list_variants, with_values
from sim.model.scenario import Scenario
from sim.model.simulation import burn_in, simulate, with_policy

Row = dict[str, Any]


def warm_up() -> None:
    """Compile, or load compiled code, so that its time is not measured."""
    prepare_model(Size(0.04, 2))()


def speed(extent: Extent) -> Iterator[Row]:
    """The programs side by side, in one run and in turn, under the value-driven policy."""
    for size in extent.sizes:
        prepare = {name: partial(program, size) for name, program in PROGRAMS.items()}
        taken = in_turn(prepare, extent.rounds)
        for name, times in taken.items():
            weekly = median(times) / size.weeks
            yield {
                "agents": size.agents,
                "weeks": size.weeks,
                "program": name,
                "weeks_per_second": 1.0 / weekly,
                "microseconds_per_week": weekly * 1e6,
                "nanoseconds_per_agent_and_week": weekly * 1e9 / size.agents,
                "model_is_times_faster": ratio(times, taken[MODEL]),
                "rounds": extent.rounds,
            }
        burned_in.cache_clear()


def growth(extent: Extent) -> Iterator[Row]:
    """How the model's time grows with agents, weeks, replicates and mechanisms."""
    yield from _with_agents(extent)
    yield from _with_weeks(extent)
    yield from _with_replicates(extent)
    yield from _with_mechanisms(extent)


def _grown(by: str, taken: dict[str, list[float]], units: dict[str, float]) -> Iterator[Row]:
    """A row for each; cost per unit is against the first."""
    first = next(iter(taken))
    for name, times in taken.items():
        per_unit = ratio(times, taken[first]) * units[first] / units[name]
        yield {"grows_with": by, "how_many": name, "seconds": median(times), "cost_per_unit_against_first": per_unit}


def _with_agents(extent: Extent) -> Iterator[Row]:
    sizes = [Size(size.times, extent.weeks_of_growth) for size in extent.sizes]
    taken = in_turn({f"{size.agents:,}": partial(prepare_model, size) for size in sizes}, extent.rounds)
    yield from _grown("agents", taken, {f"{size.agents:,}": float(size.agents) for size in sizes})
    burned_in.cache_clear()


def _with_weeks(extent: Extent) -> Iterator[Row]:
    smallest = extent.sizes[0].times
    sizes = [Size(smallest, weeks) for weeks in extent.weeks]
    taken = in_turn({str(size.weeks): partial(prepare_model, size) for size in sizes}, extent.rounds)
    yield from _grown("weeks", taken, {str(size.weeks): float(size.weeks) for size in sizes})
    burned_in.cache_clear()


def _with_replicates(extent: Extent) -> Iterator[Row]:
    scenario = _for_batches(extent)
    jobs: dict[str, Callable[[], Job]] = {
        str(number): partial(_batch, scenario, number, 1) for number in extent.replicates
    }
    taken = in_turn(jobs, extent.long_rounds)
    yield from _grown("replicates", taken, {str(number): float(number) for number in extent.replicates})


def _with_mechanisms(extent: Extent) -> Iterator[Row]:
    """The core alone, the default, everything on: time against the first, not per mechanism."""
    size = extent.sizes[0]
    plain = bank(size, SHORT_BURN_IN, as_shipped=True)
    worlds = {world.name: with_values(plain, world.values) for world in list_variants(plain) if not world.single}
    scenarios = {CORE: worlds[CORE], "default": plain, EVERYTHING: worlds[EVERYTHING]}
    taken = in_turn({name: partial(_run_of, scenario) for name, scenario in scenarios.items()}, extent.rounds)
    yield from _grown("mechanisms", taken, dict.fromkeys(scenarios, 1.0))


def _run_of(scenario: Scenario) -> Job:
    organization = with_policy(burn_in(scenario, SEED), scenario.policy(POLICY))
    return lambda: simulate(organization, scenario.weeks)


def _for_batches(extent: Extent) -> Scenario:
    size = Size(extent.sizes[0].times, extent.batch_weeks or Scenario.load("retail-bank").weeks)
    scenario = bank(size, as_shipped=True)
    return scenario if extent.batch_weeks is None else scenario.override({"run.burn_in": SHORT_BURN_IN})


def _batch(scenario: Scenario, replicates: int, workers: int) -> Job:
    """A comparison with the scenario's default policies."""
    return lambda: compare(scenario, replicates=replicates, workers=workers, seed=SEED)


def batch(extent: Extent) -> Iterator[Row]:
    """Runs per second of a comparison, burn-in, tables and measures included, on one worker and on two."""
    scenario = _for_batches(extent)
    jobs: dict[str, Callable[[], Job]] = {
        str(workers): partial(_batch, scenario, extent.batch, workers) for workers in (1, 2)
    }
    taken = in_turn(jobs, extent.long_rounds)
    runs = extent.batch * len(scenario.default_policies)
    for workers, times in taken.items():
        yield {
            "workers": int(workers),
            "runs": runs,
            "weeks": scenario.weeks,
            "seconds": median(times),
            "runs_per_second": runs / median(times),
            "times_one_worker": ratio(taken["1"], times),
        }
