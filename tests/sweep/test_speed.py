"""What the lab itself costs: time a run, memory, and what a second processor brings.

Nothing here is measured by the clock alone, since machines that test have other things to do: runs rest instead of work,
so that all of the processor's time is the lab's, and times are compared with times of the same minute.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sim.lab.sweep import execution
from sim.lab.sweep.engines import Local
from sim.lab.sweep.execution import Chunk, Recipe, carry_out
from sim.lab.sweep.points import Points
from tests.sweep.examples import PLAIN, RUNNERS, load, run

TOP = Path(__file__).parents[2]

pytestmark = pytest.mark.slow

MANY = PLAIN.replace("levels = 3", "levels = 50") + '\n[weekly]\noutcomes = ["practicing"]\nevery = 10\n'
"""A hundred runs a replicate, three rows of weeks a run."""

MEMORY = """
import sys
from pathlib import Path
from tests.sweep.examples import load, run
from tests.sweep.test_speed import MANY, largest
folder = Path(sys.argv[1])
for replicates in (50, 100, 300):
    run(load(folder, MANY.replace("replicates = 3", f"replicates = {replicates}")), folder / str(replicates))
    print(largest())
"""


def largest() -> float:
    """Most memory that this process ever had, in MB."""
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


@pytest.mark.skipif(not hasattr(os, "times"), reason="nobody counts the time of processes here")
def test_the_lab_takes_less_than_a_tenth_of_runs_of_50_ms(tmp_path: Path) -> None:
    """Everything but the model, in the driver and in its two workers: processor time, start of the workers left out."""
    spent = []
    for replicates in (1, 5):
        experiment = load(tmp_path, MANY.replace("replicates = 3", f"replicates = {replicates}"))
        before = os.times()
        assert run(experiment, tmp_path / f"out-{replicates}", f"{RUNNERS}:resting", Local(2)).failed == 0
        spent.append(sum(os.times()[:4]) - sum(before[:4]))
    assert (spent[1] - spent[0]) / 400 < 0.005  # seconds a run; measured: 0.0021


def test_the_driver_alone_takes_a_hundredth(tmp_path: Path) -> None:
    """Chunks, parts, merging and compaction of 5,000 runs: what would hold up many workers."""
    experiment = load(tmp_path, MANY.replace("replicates = 3", "replicates = 50"))
    started = time.process_time()
    assert run(experiment, tmp_path / "out").done == 5000
    assert (time.process_time() - started) / 5000 < 0.001  # seconds; measured: 0.0001


def test_measuring_takes_less_than_a_tenth_of_the_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a worker does beside living through the weeks, at about 50 ms a run."""
    spent = 0.0
    for name in ("settle", "simulate", "adopt"):
        original = getattr(execution, name)

        def timed(*arguments: object, original: object = original) -> object:
            nonlocal spent
            assert callable(original)
            began = time.process_time()
            result = original(*arguments)
            spent += time.process_time() - began
            return result

        monkeypatch.setattr(execution, name, timed)
    text = PLAIN.replace('"tiny.toml"', '"retail-bank"').replace("replicates = 3", "weeks = 200\nreplicates = 1")
    text = text.replace("levels = 3", "levels = 7").replace('"talk"', '"symbolic"')
    experiment = load(tmp_path, text.replace('keep = ["reach", "cost", "organization_value"]\n', ""))
    points = Points(experiment)
    chunk = Chunk(Recipe.of(experiment), tuple(points.job(world, 0) for world in range(points.worlds)))
    carry_out(chunk, lambda position: None)
    spent, started = 0.0, time.process_time()
    carry_out(chunk, lambda position: None)
    assert time.process_time() - started - spent < 0.1 * spent  # measured: 0.03


@pytest.mark.skipif(sys.platform == "win32", reason="needs the size of a process")
def test_memory_does_not_grow_with_the_number_of_runs(tmp_path: Path) -> None:
    command = [sys.executable, "-c", MEMORY, str(tmp_path)]
    done = subprocess.run(command, cwd=TOP, capture_output=True, text=True, check=True)
    _, middle, last = (float(size) for size in done.stdout.split())
    assert last - middle < 25  # MB, for 20,000 runs more


def test_two_workers_do_nearly_twice_as_much(tmp_path: Path) -> None:
    """Runs a second, once the processes are there: nobody waits for the driver, whatever else the machine does."""
    rates = []
    for workers in (1, 2):
        experiment = load(tmp_path, PLAIN.replace("replicates = 3", f"replicates = {12 * workers}"))
        marks: list[tuple[float, int]] = []
        run(
            experiment,
            tmp_path / f"out-{workers}",
            f"{RUNNERS}:resting",
            Local(workers),
            lambda state: marks.append((time.perf_counter(), state.over)),  # noqa: B023
        )
        (began, before), (ended, after) = marks[workers], marks[-1]
        rates.append((after - before) / (ended - began))
    assert rates[1] / rates[0] > 1.6  # measured: 1.9
