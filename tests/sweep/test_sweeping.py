"""Whole sweeps: the same bytes from any executor, resumed from any point, failures as rows."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from sim.lab.lock import Lock, LockedError
from sim.lab.sweep import read_store
from sim.lab.sweep.executors import ProcessExecutor, describe_timeout
from sim.lab.sweep.progress import SweepState
from sim.lab.sweep.reading import count_failures
from tests.sweep.examples import PLAIN, RUNNERS, data_of, leftovers, load, run, run_model
from tests.sweep.runners import MARKS

WEEKLY = '\n[weekly]\noutcomes = ["practicing", "enacted"]\nevery = 13\n'


class Cut(BaseException):
    """What ends a sweep in the middle, as Ctrl-C would."""


def cut_after(runs: int) -> object:
    """A watcher that ends the sweep when this number of runs is over."""

    def watch(state: SweepState) -> None:
        if state.over >= runs:
            raise Cut

    return watch


def test_a_sweep_gives_a_row_a_run_and_nothing_else(tmp_path: Path) -> None:
    out = tmp_path / "out"
    outcome = run(load(tmp_path, PLAIN + WEEKLY), out)
    store = read_store(out)
    assert (outcome.done, outcome.failed, outcome.new) == (18, 0, 18)
    assert store.finished
    assert leftovers(out) == []
    assert len(store.points) == 6
    assert list(store.runs["replicate"]) == [0] * 6 + [1] * 6 + [2] * 6
    assert list(store.runs["point"]) == list(range(6)) * 3
    assert list(store.weekly["week"].unique()) == [12, 25]
    assert store.runs.groupby("replicate")["seed"].nunique().eq(1).all()  # common random numbers
    tidy = store.table()
    assert len(tidy) == 18
    assert {"norm.sharpness", "policy", "reach"} <= set(tidy.columns)


@pytest.mark.slow
def test_the_bytes_do_not_depend_on_where_and_in_which_order_it_ran(tmp_path: Path) -> None:
    experiment = load(tmp_path, PLAIN + WEEKLY)
    run(experiment, tmp_path / "inline")
    run(experiment, tmp_path / "one", executor=ProcessExecutor(1))
    run(experiment, tmp_path / "two", executor=ProcessExecutor(2))
    assert data_of(tmp_path / "inline") == data_of(tmp_path / "one") == data_of(tmp_path / "two")


@pytest.mark.slow
def test_the_model_gives_the_same_bytes_in_processes(tmp_path: Path) -> None:
    experiment = load(tmp_path, PLAIN.replace("replicates = 3", "replicates = 2") + WEEKLY)
    run_model(experiment, tmp_path / "inline")
    run_model(experiment, tmp_path / "two", executor=ProcessExecutor(2))
    assert data_of(tmp_path / "inline") == data_of(tmp_path / "two")


def test_a_sweep_that_was_cut_short_goes_on_and_repeats_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    experiment = load(tmp_path, PLAIN + WEEKLY)
    run(experiment, tmp_path / "whole")
    monkeypatch.setenv(MARKS, str(tmp_path))
    out = tmp_path / "out"
    for runs in (1, 5, 11, 18):
        with pytest.raises(Cut):
            run(experiment, out, progress=cut_after(runs))  # type: ignore[arg-type]
        assert not read_store(out).finished
        assert len(read_store(out).runs) >= runs
    assert run(experiment, out).new == 0
    assert run(experiment, out).new == 0
    assert data_of(out) == data_of(tmp_path / "whole")
    lived = (tmp_path / "jobs").read_text().splitlines()
    assert len(lived) == len(set(lived)) == 9


def test_a_finished_sweep_is_left_alone(tmp_path: Path) -> None:
    experiment = load(tmp_path)
    run(experiment, tmp_path / "out")
    before = (tmp_path / "out" / "runs.parquet").stat().st_mtime_ns
    outcome = run(experiment, tmp_path / "out")
    assert (outcome.done, outcome.new) == (18, 0)
    assert (tmp_path / "out" / "runs.parquet").stat().st_mtime_ns == before


@pytest.mark.slow
def test_runs_that_raise_hang_die_or_find_nothing_are_rows_and_the_rest_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = PLAIN.replace("low = 1.0\nhigh = 5.0", "values = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]")
    text = text.replace("time_limit = 20", "time_limit = 2").replace("replicates = 3", "replicates = 1")
    monkeypatch.setenv(MARKS, str(tmp_path))
    out = tmp_path / "out"
    outcome = run(load(tmp_path, text), out, f"{RUNNERS}:faulty", ProcessExecutor(2))
    assert (outcome.done, outcome.failed) == (4, 8)
    table = read_store(out).table().set_index("norm.sharpness")
    errors = table.groupby(level=0)["error"].first()
    assert errors[1.0] == errors[6.0] == ""
    assert errors[2.0] == "ZeroDivisionError: no such number"
    assert errors[3.0] == describe_timeout(2.0)
    assert "died twice" in errors[4.0]
    assert errors[5.0] == "returned no number for any outcome"
    assert table.loc[table["status"] == "failed", ["reach", "cost"]].isna().all(axis=None)
    assert {error for error, *_ in count_failures(out)} == set(errors) - {""}
    facts = pd.read_parquet(out / "circumstances.parquet")
    assert facts["traceback"].str.contains("ZeroDivisionError").sum() == 2


def test_failures_are_the_same_bytes_too(tmp_path: Path) -> None:
    text = PLAIN.replace("low = 1.0\nhigh = 5.0", "values = [1.0, 2.0, 5.0]")
    experiment = load(tmp_path, text)
    run(experiment, tmp_path / "inline", f"{RUNNERS}:faulty")
    run(experiment, tmp_path / "two", f"{RUNNERS}:faulty", ProcessExecutor(1))
    assert data_of(tmp_path / "inline") == data_of(tmp_path / "two")


def test_the_second_process_on_a_store_is_refused(tmp_path: Path) -> None:
    experiment = load(tmp_path)
    out = tmp_path / "out"
    out.mkdir()
    with Lock(out), pytest.raises(LockedError, match=r"another process works there \(process \d+"):
        run(experiment, out)
    assert run(experiment, out).done == 18


def test_the_manifest_tells_the_whole_story(tmp_path: Path) -> None:
    experiment = load(tmp_path)
    run(experiment, tmp_path / "out")
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert manifest["status"] == "finished"
    assert manifest["runs"] == {"done": 18, "failed": 0}
    assert manifest["sessions"][0]["ended"] == "finished"
    assert manifest["sessions"][0]["runs"] == 18
    assert set(manifest["files"]) == {*data_of(tmp_path / "out"), "circumstances.parquet"}
    for name, digest in data_of(tmp_path / "out").items():
        assert manifest["files"][name]["sha256"] == digest
    seeds = read_store(tmp_path / "out").runs.groupby("replicate")["seed"].first()
    assert list(seeds) == manifest["seeds"]
    assert manifest["versions"]["numpy"]
    assert manifest["experiment_hash"] == experiment.hash


def test_the_dictionary_says_what_every_column_is(tmp_path: Path) -> None:
    out = tmp_path / "out"
    designs = '[[designs]]\nname = "drawn"\nkind = "latin-hypercube"\nnumber = 2\n'
    run(load(tmp_path, PLAIN.replace("replicates = 3", "replicates = 1") + designs + WEEKLY), out)
    tables = json.loads((out / "dictionary.json").read_text())["tables"]
    assert set(tables) == {path.stem for path in out.glob("*.parquet")}
    for name, table in tables.items():
        schema = pq.read_schema(out / f"{name}.parquet")
        assert table["meaning"]
        assert list(table["columns"]) == schema.names
        for column, reported in table["columns"].items():
            assert reported["meaning"] and "unit" in reported
            assert reported["type"] == str(schema.field(column).type)


def test_a_store_with_seeds_by_row_says_so(tmp_path: Path) -> None:
    drawn = PLAIN.replace('kind = "grid"\nlevels = 3', 'kind = "latin-hypercube"\nnumber = 3')
    for seeds, number in (("shared", 3), ("by-row", 9)):
        out = tmp_path / seeds
        run(load(tmp_path, drawn.replace("replicates = 3", f'replicates = 3\nseeds = "{seeds}"')), out)
        store = read_store(out)
        assert store.runs["seed"].nunique() == number
        assert (store.table().groupby(["row", "replicate"])["seed"].nunique() == 1).all()  # policies of a row are pairs
        assert len(store.manifest["seeds"]) == (3 if seeds == "shared" else 0)
        said = store.dictionary["tables"]["runs"]["columns"]["replicate"]["meaning"]
        assert ("random numbers at all points" in said) == (seeds == "shared")
        assert ("of one row that was drawn" in said) == (seeds == "by-row")


def test_progress_counts_up_to_the_end(tmp_path: Path) -> None:
    states: list[SweepState] = []
    run(load(tmp_path), tmp_path / "out", progress=states.append)
    assert states[0].over == 0
    assert states[-1] == SweepState(18, 0, 18, states[-1].rate)
    assert states[-1].seconds_left == 0.0
    assert [state.over for state in states] == sorted(state.over for state in states)
