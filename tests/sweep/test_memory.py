"""The lab keeps nothing of a run that is over: memory does not grow with their number."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.sweep.examples import PLAIN

TOP = Path(__file__).parents[2]

pytestmark = pytest.mark.slow

MANY = PLAIN.replace("levels = 3", "levels = 50") + '\n[weekly]\noutcomes = ["practicing"]\nevery = 10\n'
"""A hundred runs a replicate, three rows of weeks a run."""

MEMORY = """
import sys
from pathlib import Path
from tests.sweep.examples import load, run
from tests.sweep.test_memory import MANY, largest
folder = Path(sys.argv[1])
for replicates in (50, 100, 300):
    run(load(folder, MANY.replace("replicates = 3", f"replicates = {replicates}")), folder / str(replicates))
    print(largest())
"""


def largest() -> float:
    """Most memory that this process ever had, in MB."""
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


@pytest.mark.skipif(sys.platform == "win32", reason="needs the size of a process")
def test_memory_does_not_grow_with_the_number_of_runs(tmp_path: Path) -> None:
    command = [sys.executable, "-c", MEMORY, str(tmp_path)]
    done = subprocess.run(command, cwd=TOP, capture_output=True, text=True, check=True)
    _, middle, last = (float(size) for size in done.stdout.split())
    assert last - middle < 25  # MB, for 20,000 runs more
