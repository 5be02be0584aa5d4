"""Small experiments for tests: a tiny organization, and fake runners in place of the model."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from sim.lab.sweep import Experiment, SweepReport, load_experiment, sweep
from sim.lab.sweep.execution import MODEL
from sim.lab.sweep.executors import Executor, InlineExecutor
from sim.lab.sweep.progress import Watcher

SCENARIO = """
name = "tiny"
about = "A tiny organization."
weeks = 30
default_policies = ["none", "talk"]
[employees]
number = 12
[customers]
initial = 30
market = 45
contract_share = 0.5
[run]
burn_in = 4
[[departments]]
name = "front"
share = 0.6
facing = 0.8
power = 0.4
[[departments]]
name = "back"
share = 0.4
facing = 0.0
power = 0.6
[policies.talk]
until = 13
speeches = 2
[policies.teach]
until = 20
training = 1.0
coaching = 0.5
stop_when = {outcome = "practicing", above = 0.6}
[[events]]
kind = "manager_exit"
week = 15
[futures.restless]
"employees.turnover" = 0.1
"""

PLAIN = """
name = "plain"
about = "Two factors on a grid."
scenario = "tiny.toml"
replicates = 3
policies = ["none", "talk"]
keep = ["reach", "cost", "organization_value"]
time_limit = 20
[[uncertainties]]
parameter = "norm.sharpness"
low = 1.0
high = 5.0
[[designs]]
kind = "grid"
levels = 3
"""
"""Three worlds, two policies, three replicates: 18 runs."""

RUNNERS = "tests.sweep.runners"

DATA = ("points.parquet", "designs.parquet", "dictionary.json", "runs.parquet", "weekly.parquet")
"""Files that must be the same to the byte."""


def write(folder: Path, text: str = PLAIN, name: str = "plain.toml", scenario: str = SCENARIO) -> Path:
    """An experiment and its scenario as files; the path of the experiment."""
    (folder / "tiny.toml").write_text(scenario)
    path = folder / name
    path.write_text(text)
    return path


def load(folder: Path, text: str = PLAIN) -> Experiment:
    """An experiment out of its text."""
    return load_experiment(write(folder, text))


def run(
    experiment: Experiment,
    out: Path,
    runner: str = f"{RUNNERS}:smooth",
    executor: Executor | None = None,
    progress: Watcher | None = None,
) -> SweepReport:
    """Run an experiment in this process, with a fake runner unless told otherwise."""
    return sweep(experiment, out, executor=executor or InlineExecutor(), runner=runner, progress=progress)


def run_model(experiment: Experiment, out: Path, executor: Executor | None = None) -> SweepReport:
    """Run an experiment with the model."""
    return run(experiment, out, MODEL, executor)


def data_of(folder: Path, names: Iterable[str] = DATA) -> dict[str, str]:
    """SHA-256 of the data files of a store."""
    return {
        name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in names if (folder / name).exists()
    }


def leftovers(folder: Path) -> list[str]:
    """Files that a finished store should not hold."""
    known = {*DATA, "circumstances.parquet", "manifest.json", ".manifest-copy.json", ".lock"}
    return sorted(path.name for path in folder.iterdir() if path.name not in known)
