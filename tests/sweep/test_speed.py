"""What the lab itself costs: time a run, memory, and what a second processor brings."""

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
"""A hundred runs a replicate."""

MEMORY = """
import resource, sys
from pathlib import Path
from tests.sweep.examples import load, run
from tests.sweep.test_speed import MANY
folder = Path(sys.argv[1])
run(load(folder, MANY.replace("replicates = 3", f"replicates = {sys.argv[2]}")), folder / sys.argv[2])
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def test_the_lab_takes_less_than_a_tenth_of_runs_of_50_ms(tmp_path: Path) -> None:
    """Everything but the model: designs, chunks, parts, merging, compaction; processor time of this process."""
    experiment = load(tmp_path, MANY.replace("replicates = 3", "replicates = 50"))
    started = time.process_time()
    assert run(experiment, tmp_path / "out").done == 5000
    assert (time.process_time() - started) / 5000 < 0.002  # seconds; measured: 0.0002


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
    text = PLAIN.replace("replicates = 3", "weeks = 40\nreplicates = 1").replace("levels = 3", "levels = 15")
    experiment = load(tmp_path, text.replace('keep = ["reach", "cost", "organization_value"]\n', ""))
    points = Points(experiment)
    chunk = Chunk(Recipe.of(experiment), tuple(points.job(world, 0) for world in range(points.worlds)))
    carry_out(chunk, lambda position: None)
    spent, started = 0.0, time.process_time()
    carry_out(chunk, lambda position: None)
    assert time.process_time() - started - spent < 0.1 * spent  # measured: 0.03


@pytest.mark.skipif(sys.platform == "win32", reason="needs the size of a process")
def test_memory_does_not_grow_with_the_number_of_runs(tmp_path: Path) -> None:
    sizes = []
    for replicates in (1000, 2000):
        command = [sys.executable, "-c", MEMORY, str(tmp_path), str(replicates)]
        done = subprocess.run(command, cwd=TOP, capture_output=True, text=True, check=True)
        sizes.append(int(done.stdout) / (1.0 if sys.platform == "darwin" else 1 / 1024) / 2**20)
    assert sizes[1] - sizes[0] < 40  # MB, for 100,000 runs more


@pytest.mark.skipif(not hasattr(os, "getloadavg"), reason="nobody knows whether others work here")
def test_two_processors_do_nearly_twice_as_much(tmp_path: Path) -> None:
    if (os.cpu_count() or 1) < 2 or os.getloadavg()[0] > 0.5:
        pytest.skip("needs two processors with nothing else to do")
    experiment = load(tmp_path, PLAIN.replace("replicates = 3", "replicates = 60"))
    seconds = []
    for workers in (1, 2):
        with Local(workers) as engine:
            run(load(tmp_path), tmp_path / f"warm-{workers}", f"{RUNNERS}:busy", engine)
        started = time.perf_counter()
        run(experiment, tmp_path / f"out-{workers}", f"{RUNNERS}:busy", Local(workers))
        seconds.append(time.perf_counter() - started)
    start_up = 2.0
    assert (seconds[0] - start_up) / (seconds[1] - start_up) > 1.7
