"""Cost of the lab itself: processor time per run, and the gain from a second worker.

Runs sleep instead of working, so that all of the processor's time is the lab's. Rates are compared with rates of the
same minute.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmark.plan import Extent
from sim.lab import replicate
from sim.lab.sweep.execution import Chunk, Recipe, run_chunk
from sim.lab.sweep.executors import ProcessExecutor
from sim.lab.sweep.points import Points
from tests.sweep.examples import PLAIN, RUNNERS, load, run

RESTING = f"{RUNNERS}:resting"
MANY = PLAIN.replace("levels = 3", "levels = 50") + '\n[weekly]\noutcomes = ["practicing"]\nevery = 10\n'
"""A hundred runs a replicate, three rows of weeks a run."""

ALL, DRIVER, MEASURING, SECOND = "the lab, two workers", "the driver alone", "measuring", "a second worker"


def sweeps(extent: Extent) -> Iterator[dict[str, Any]]:
    """One row for each part of the lab."""
    for what, unit, measured in (
        (ALL, "ms a run", 1000.0 * lab_seconds(extent.replicates_of_sweeps)),
        (DRIVER, "ms a run", 1000.0 * driver_seconds(extent.replicates_of_sweeps)),
        (MEASURING, "share of the model's time", measuring_share(extent.weeks_of_sweeps)),
        (SECOND, "times as many runs a second", gain_of_a_second_worker()),
    ):
        yield {"what": what, "unit": unit, "measured": measured}


def lab_seconds(replicates: int) -> float:
    """Processor time a run of driver and two workers; starting the workers is left out.

    The first of three sweeps is not counted: it alone pays for what a process and its workers do once on a machine.
    """
    spent = []
    with tempfile.TemporaryDirectory() as folder:
        for position, count in enumerate((1, 1, replicates)):
            experiment = load(Path(folder), MANY.replace("replicates = 3", f"replicates = {count}"))
            before = os.times()
            run(experiment, Path(folder) / f"out-{position}", RESTING, ProcessExecutor(2))
            spent.append(sum(os.times()[:4]) - sum(before[:4]))
    return (spent[2] - spent[1]) / (100 * (replicates - 1))


def driver_seconds(replicates: int) -> float:
    """Processor time per run of chunks, parts, merging and compaction, which would limit many workers."""
    with tempfile.TemporaryDirectory() as folder:
        experiment = load(Path(folder), MANY.replace("replicates = 3", f"replicates = {10 * replicates}"))
        started = time.process_time()
        run(experiment, Path(folder) / "out")
        return (time.process_time() - started) / (1000 * replicates)


def measuring_share(weeks: int) -> float:
    """Time of a worker beside the weeks themselves, as a share of the weeks' time."""
    spent = 0.0
    originals = {name: getattr(replicate, name) for name in ("burn_in", "simulate", "with_policy")}

    def timed(original: Any) -> Any:
        def call(*arguments: Any) -> Any:
            nonlocal spent
            began = time.process_time()
            result = original(*arguments)
            spent += time.process_time() - began
            return result

        return call

    text = PLAIN.replace('"tiny.toml"', '"retail-bank"').replace("replicates = 3", f"weeks = {weeks}\nreplicates = 1")
    text = text.replace("levels = 3", "levels = 7").replace('"talk"', '"symbolic"')
    with tempfile.TemporaryDirectory() as folder:
        experiment = load(Path(folder), text.replace('keep = ["reach", "cost", "organization_value"]\n', ""))
        points = Points(experiment)
        chunk = Chunk(Recipe.of(experiment), tuple(points.job(world, 0) for world in range(points.worlds)))
        try:
            for name, original in originals.items():
                setattr(replicate, name, timed(original))
            run_chunk(chunk, lambda position: None)  # imports and machine code
            spent, started = 0.0, time.process_time()
            run_chunk(chunk, lambda position: None)
            return (time.process_time() - started - spent) / spent
        finally:
            for name, original in originals.items():
                setattr(replicate, name, original)


def gain_of_a_second_worker() -> float:
    """Runs a second with two workers against one, once the processes are there."""
    rates = []
    with tempfile.TemporaryDirectory() as folder:
        for workers in (1, 2):
            experiment = load(Path(folder), PLAIN.replace("replicates = 3", f"replicates = {12 * workers}"))
            marks: list[tuple[float, int]] = []

            def mark(state: Any, marks: list[tuple[float, int]] = marks) -> None:
                marks.append((time.perf_counter(), state.over))

            run(experiment, Path(folder) / f"out-{workers}", RESTING, ProcessExecutor(workers), mark)
            (began, before), (ended, after) = marks[workers], marks[-1]
            rates.append((after - before) / (ended - began))
    return rates[1] / rates[0]
