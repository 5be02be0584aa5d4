"""A run of a store comes out again, week by week, from what the store holds."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from sim.commands.cli import app
from sim.commands.errors import BAD_INPUT
from sim.lab.sweep import read_store
from sim.lab.sweep.single_run import find_run
from sim.model.scenario import ScenarioError
from tests.sweep.examples import load, run_model

VARIED = """
name = "varied"
scenario = "tiny.toml"
replicates = 2
policies = ["none", "talk"]
keep = ["cost"]
futures = ["restless"]
[weekly]
outcomes = ["practicing", "policy_cost"]
[[uncertainties]]
parameter = "norm.sharpness"
low = 1.0
high = 5.0
[[levers]]
policies = ["talk"]
change = "speeches"
low = 0.5
high = 4.0
[[shocks]]
name = "exit"
kind = "manager_exit"
week = { low = 3, high = 12 }
[[designs]]
name = "sample"
kind = "latin-hypercube"
number = 3
"""
"""A parameter, a lever, an event and a future all vary; rows have two futures and two policies."""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("varied")
    run_model(load(folder, VARIED), folder / "out")
    (folder / "tiny.toml").unlink()  # the store holds all that is needed
    return folder / "out"


@pytest.mark.parametrize(("policy", "future"), [("talk", ""), ("none", "restless"), ("talk", "restless")])
def test_a_run_comes_out_bit_for_bit(policy: str, future: str, store: Path, tmp_path: Path) -> None:
    word = f"{store}:sample:2:1{f':{future}' if future else ''}"
    done = CliRunner().invoke(
        app, ["run", "--point", word, "--policy", policy, "--out", str(tmp_path / "again.parquet")]
    )
    assert done.exit_code == 0, done.output
    assert "another source" not in done.output
    again, kept = pd.read_parquet(tmp_path / "again.parquet"), read_store(store)
    chosen = kept.points.query("row == 2 and future == @future and policy == @policy")
    weekly = kept.weekly[kept.weekly["point"].isin(chosen["point"]) & (kept.weekly["replicate"] == 1)]
    assert len(weekly) == len(again) == 30
    for outcome in ("practicing", "policy_cost"):
        assert weekly[outcome].to_numpy().tobytes() == again[outcome].to_numpy().tobytes()


@pytest.mark.parametrize(("word", "policy", "message"), [
    ("sample:2:1", "talk", "must be STORE:DESIGN:ROW:REPLICATE"),
    ("missing:sample:2:1", "talk", "must be a folder that `centricity sweep` has written"),
    ("{store}:other:2:1", "talk", r"must name a design of the store \(sample\), got \"?other"),
    ("{store}:sample:3:1", "talk", r"must name a row of the design sample \(0, 1, 2\)"),
    ("{store}:sample:2:2", "talk", r"must name a replicate that was run at this point \(0, 1\)"),
    ("{store}:sample:2:1", None, r"must name --policy, and a policy of this row \(none, talk\), got none"),
    ("{store}:sample:2:1:calm", "talk", r"the future of this row.*\(the one as described, restless\)"),
])  # fmt: skip
def test_a_run_that_is_not_there_is_refused_with_those_that_are(
    word: str, policy: str | None, message: str, store: Path
) -> None:
    with pytest.raises(ScenarioError, match=message):
        find_run(word.format(store=store), policy)


def test_what_the_sweep_has_cannot_be_given_beside_it(store: Path) -> None:
    done = CliRunner().invoke(
        app, ["run", "retail-bank", "--point", f"{store}:sample:0:0", "--seed", "1", "--out", "x.csv"]
    )
    assert done.exit_code == BAD_INPUT
    assert "--point must not be given beside a scenario" in done.output and "beside --seed" in done.output


def test_a_store_of_another_program_is_told(store: Path, tmp_path: Path) -> None:
    manifest = json.loads((store / "manifest.json").read_text(encoding="utf-8"))
    assert find_run(f"{store}:sample:0:0", "none").same_source
    other = tmp_path / "other"
    other.mkdir()
    for file in store.iterdir():
        (other / file.name).write_bytes(file.read_bytes())
    (other / "manifest.json").write_text(json.dumps({**manifest, "code": "0" * 64}), encoding="utf-8")
    assert not find_run(f"{other}:sample:0:0", "none").same_source
