"""An experiment from Python is the one of the file, as a table."""

from __future__ import annotations

from typing import Any

import pytest
from support import TINY

from sim import run_experiment
from sim.lab.sweep import load_experiment
from sim.model.scenario import ScenarioError

TABLE: dict[str, Any] = {
    "scenario": "online-store",
    "weeks": 3,
    "replicates": 2,
    "policies": ["symbolic"],
    "set": TINY,
    "uncertainties": [{"parameter": "employees.turnover", "values": [0.01, 0.05]}],
    "designs": [{"kind": "grid"}],
    "keep": ["cost"],
}


def test_a_table_of_runs_comes_back() -> None:
    runs = run_experiment(TABLE, workers=1)
    assert len(runs) == 4 and set(runs["status"]) == {"done"}
    assert sorted(runs["employees.turnover"].unique()) == [0.01, 0.05]
    assert runs["cost"].notna().all() and "weeks" in TABLE, "the table that was given is left alone"


def test_faults_of_a_table_are_told_as_those_of_a_file() -> None:
    with pytest.raises(ScenarioError, match=r"experiment: keep\[0\] must be a measure of single runs"):
        load_experiment({**TABLE, "keep": ["costs"]})
    with pytest.raises(ScenarioError, match="is empty"):
        run_experiment({})
