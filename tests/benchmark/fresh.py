"""What is measured in fresh processes: time to a first result, and memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from benchmark.plan import Extent
from benchmark.subjects import MODEL, REFERENCE

_TESTS = str(Path(__file__).parents[1])
_CACHE = "NUMBA_CACHE_DIR"


def start(extent: Extent) -> list[dict[str, Any]]:
    """From the command to its end, imports included: the very first time, and with compiled code cached."""
    rows = []
    with TemporaryDirectory() as folder:
        cache = {_CACHE: str(Path(folder) / "cache")}
        run = ["run", "retail-bank", *extent.run_options, "--out", "run.csv"]
        compare = ["compare", "retail-bank", *extent.compare_options, "--out", "compared"]
        first = [_command(run, folder, cache)]
        rows.append(_row("centricity run, first time ever", first))
        rows.append(_row("centricity run", [_command(run, folder, cache) for _ in range(extent.rounds)]))
        rows.append(_row("centricity compare", [_command(compare, folder, cache) for _ in range(extent.long_rounds)]))
        rows.append(_row("python -c 'import sim'", [_python(folder) for _ in range(extent.rounds)]))
    return rows


def _row(what: str, taken: Sequence[float]) -> dict[str, Any]:
    return {"what": what, "seconds": median(taken), "slowest": max(taken), "times": len(taken)}


def _command(words: Sequence[str], folder: str, cache: Mapping[str, str]) -> float:
    """Seconds that a command of the model takes in a new process."""
    return _clocked([sys.executable, "-m", "sim", *words], folder, {**_environment(), **cache})


def _python(folder: str) -> float:
    return _clocked([sys.executable, "-c", "import sim"], folder, _environment())


def _clocked(command: Sequence[str], folder: str, environment: Mapping[str, str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, cwd=folder, env=dict(environment), check=True, capture_output=True)
    return time.perf_counter() - started


def memory(extent: Extent) -> list[dict[str, Any]]:
    """Peak of resident memory, each job in a process of its own."""
    rows = []
    for size in extent.sizes:
        for program in (MODEL, REFERENCE):
            weeks = min(size.weeks, extent.weeks_for_memory)
            rows.append(_measure(program, size.times, weeks, size.agents))
    size = extent.largest
    rows.append(_measure("everything on", size.times, size.weeks, size.agents))
    return rows


def _measure(job: str, times: float, weeks: int, agents: int) -> dict[str, Any]:
    """Run one job of :mod:`benchmark.child` and say what it took."""
    command = [sys.executable, "-m", "benchmark.child", job, str(times), str(weeks)]
    done = subprocess.run(command, env=_environment(), check=True, capture_output=True, text=True)
    told: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return {"what": job, "agents": agents, "weeks": weeks, **told}


def _environment() -> dict[str, str]:
    """This process's surroundings, with the places that it imports from."""
    places = [_TESTS, *(place for place in sys.path if place)]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(dict.fromkeys(places))}
