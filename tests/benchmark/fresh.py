"""What is measured in fresh processes: time to a first result, and memory."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import sim
from benchmark.plan import Extent
from benchmark.subjects import MODEL, REFERENCE, Size

_TESTS = str(Path(__file__).parents[1])


def start(extent: Extent) -> list[dict[str, Any]]:
    """From the command to its end, imports included: the very first time, and with compiled code kept.

    A copy of the package, of which nothing has been compiled yet, stands in for one that was just installed.
    """
    run = ["-m", "sim", "run", "retail-bank", *extent.run_options, "--out", "run.csv"]
    compare = ["-m", "sim", "compare", "retail-bank", *extent.compare_options, "--out", "compared"]
    jobs = {"centricity run": (run, extent.rounds), "centricity compare": (compare, extent.long_rounds)}
    rows = []
    with TemporaryDirectory() as name:
        folder = Path(name)
        if extent.from_nothing:
            _copy_package(folder)
        for what, (words, rounds) in jobs.items():
            if extent.from_nothing:
                rows.append(_row(f"{what}, first time ever", [_clocked(words, folder)]))
            rows.append(_row(what, [_clocked(words, folder) for _ in range(rounds)]))
        rows.append(_row("import sim", [_clocked(["-c", "import sim"], folder) for _ in range(extent.rounds)]))
    return rows


def _copy_package(folder: Path) -> None:
    """Put the model's sources into a folder, and what ships beside them in a checkout."""
    package = Path(sim.__file__).parent
    unwanted = shutil.ignore_patterns("__pycache__")
    shutil.copytree(package, folder / "sim", ignore=unwanted)
    for name in ("scenarios", "experiments"):
        if (package.parent / name).is_dir():
            shutil.copytree(package.parent / name, folder / name, ignore=unwanted)


def _row(what: str, taken: Sequence[float]) -> dict[str, Any]:
    return {"what": what, "seconds": median(taken), "slowest": max(taken), "times": len(taken)}


def _clocked(words: Sequence[str], folder: Path) -> float:
    """Seconds that Python takes in a new process, in a folder whose packages come first."""
    environment = _environment(str(folder))
    started = time.perf_counter()
    subprocess.run([sys.executable, *words], cwd=folder, env=environment, check=True, capture_output=True)
    return time.perf_counter() - started


def memory(extent: Extent) -> list[dict[str, Any]]:
    """Peak of resident memory, each job in a process of its own."""
    rows = []
    for size in extent.sizes:
        short = Size(size.times, min(size.weeks, extent.weeks_for_memory))
        rows += [_measure(program, short) for program in (MODEL, REFERENCE)]
    return [*rows, _measure("everything on", extent.largest)]


def _measure(job: str, size: Size) -> dict[str, Any]:
    """Run one job and say what it took."""
    return {"what": job, "agents": size.agents, "weeks": size.weeks, **run_child(job, size)}


def run_child(job: str, size: Size) -> dict[str, float]:
    """The report of :mod:`benchmark.child` about one job."""
    command = [sys.executable, "-m", "benchmark.child", job, str(size.times), str(size.weeks), str(size.seats)]
    done = subprocess.run(command, env=_environment(_TESTS), check=True, capture_output=True, text=True)
    measured: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return measured


def _environment(first: str) -> dict[str, str]:
    """This process's environment; packages are looked for in one folder first, then where this process finds them."""
    places = [first, *(place for place in sys.path if place)]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(dict.fromkeys(places))}
