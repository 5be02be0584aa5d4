"""A designed experiment from Python, as one table."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from sim.lab.sweep.experiment import Experiment
from sim.lab.sweep.progress import Watcher
from sim.lab.sweep.reading import read_store
from sim.lab.sweep.sweeping import sweep


def run_experiment(
    experiment: str | Path | Mapping[str, Any] | Experiment,
    workers: int | None = None,
    progress: Watcher | None = None,
) -> pd.DataFrame:
    """Run a designed experiment and return its runs: one row a run, with what varied and what was measured.

    For what takes minutes. Longer ones are better kept in a folder, where they go on after an interruption:
    :func:`sim.lab.sweep.sweep` and :func:`sim.lab.sweep.read_store`.

    Args:
        experiment: Name of one that ships, a TOML file, or a table with the same keys.
        workers: Number of processes; as many as there are processors if not given.
        progress: Called with the state of the sweep, after every chunk.

    Returns:
        Columns: ``point``, ``world``, ``design``, ``row``, ``future``, ``policy``, a column for each factor; then ``replicate``,
        ``seed``, ``status`` (``done`` or ``failed``, with ``error``), and one for each measure, in the units of ``centricity
        list measures``.

    Raises:
        ScenarioError: With every fault of the experiment, before anything is run.

    Example:
        >>> table = run_experiment(
        ...     {
        ...         "scenario": "retail-bank", "weeks": 4, "replicates": 1, "policies": ["symbolic"],
        ...         "set": {"employees.number": 20, "customers.initial": 20, "customers.market": 30, "run.burn_in": 4},
        ...         "uncertainties": [{"parameter": "employees.turnover", "values": [0.01, 0.05]}],
        ...         "designs": [{"kind": "grid"}],
        ...         "keep": ["cost"],
        ...     }, workers=1)
        >>> table["employees.turnover"].tolist(), table["status"].tolist()
        ([0.01, 0.05], ['done', 'done'])
    """
    with tempfile.TemporaryDirectory(prefix="centricity-") as folder:
        sweep(experiment, folder, workers=workers, progress=progress)
        return read_store(folder).table()
