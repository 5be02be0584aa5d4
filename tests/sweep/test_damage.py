"""Accidents: files cut short at any byte, full disks, folders that cannot be written, changed files and versions."""

from __future__ import annotations

import errno
import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.lab.store_files import StoreError
from sim.lab.sweep import Experiment, chunk_queue, load_experiment, parts, read_store, reading, store
from sim.lab.sweep.compaction import compact
from sim.lab.sweep.progress import SweepState
from sim.model.scenario import ScenarioError
from tests.sweep.examples import PLAIN, data_of, leftovers, load, run, write

WEEKLY = '\n[weekly]\noutcomes = ["practicing"]\nevery = 5\n'


class Cut(BaseException):
    """What ends a sweep in the middle."""


@pytest.fixture(autouse=True)
def _one_job_a_chunk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every job of two runs is a part of its own, whatever the speed of the machine."""
    monkeypatch.setattr(chunk_queue, "MOST_JOBS", 1)


def half_done(folder: Path, experiment: Experiment, runs: int = 11) -> Path:
    """A store in which this number of runs is over."""

    def watch(state: SweepState) -> None:
        if state.over >= runs:
            raise Cut

    out = folder / "half"
    with pytest.raises(Cut):
        run(experiment, out, progress=watch)
    return out


def test_a_part_cut_at_any_byte_is_noticed_and_its_runs_are_done_again(tmp_path: Path) -> None:
    experiment = load(tmp_path, PLAIN + WEEKLY)
    run(experiment, tmp_path / "is_whole")
    half = half_done(tmp_path, experiment)
    rng = np.random.default_rng(1)
    for attempt in range(6):
        out = tmp_path / f"cut-{attempt}"
        shutil.copytree(half, out)
        files = sorted((out / "parts").iterdir())
        hit = [files[index] for index in rng.choice(len(files), size=1 + attempt % 3, replace=False)]
        for path in hit:
            os.truncate(path, int(rng.integers(0, path.stat().st_size)))
        outcome = run(experiment, out)
        lost = {path.name.split("-")[1] for path in hit}
        assert outcome.new == 18 - 12 + 2 * len(lost)
        assert outcome.damaged
        assert data_of(out) == data_of(tmp_path / "is_whole")
        assert leftovers(out) == []


@pytest.mark.parametrize("name", ["manifest.json", ".manifest-copy.json", "points.parquet", "dictionary.json"])
@pytest.mark.parametrize("share", [0.0, 0.5])
def test_other_files_cut_short_lose_no_run(tmp_path: Path, name: str, share: float) -> None:
    experiment = load(tmp_path, PLAIN + WEEKLY)
    run(experiment, tmp_path / "is_whole")
    for out, left in (half_done(tmp_path, experiment), 18 - 12), (tmp_path / "is_whole", 0):
        path = out / name
        os.truncate(path, int(path.stat().st_size * share))
        assert run(experiment, out).new == left
    assert data_of(tmp_path / "half") == data_of(tmp_path / "is_whole")


def test_bits_that_flip_are_noticed_too(tmp_path: Path) -> None:
    experiment = load(tmp_path)
    run(experiment, tmp_path / "is_whole")
    out = half_done(tmp_path, experiment)
    path = next((out / "parts").glob("runs-*.parquet"))
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    assert run(experiment, out).damaged == ("1 damaged files in parts",)
    assert data_of(out) == data_of(tmp_path / "is_whole")


def test_a_finished_file_that_was_damaged_is_made_again(tmp_path: Path) -> None:
    experiment = load(tmp_path, PLAIN + WEEKLY)
    out = tmp_path / "out"
    run(experiment, out)
    before = data_of(out)
    os.truncate(out / "weekly.parquet", 100)
    outcome = run(experiment, out)
    assert (outcome.new, outcome.damaged) == (18, ("weekly.parquet",))
    assert data_of(out) == before


def test_a_compaction_that_was_cut_short_is_done_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    experiment = load(tmp_path, PLAIN + WEEKLY)
    run(experiment, tmp_path / "is_whole")
    out = tmp_path / "out"
    original = compact
    for number in range(3):
        calls = 0

        def cut(*arguments: Any, number: int = number) -> int:
            nonlocal calls
            calls += 1
            if calls > number:
                raise Cut
            return original(*arguments)

        monkeypatch.setattr(store, "compact", cut)
        with pytest.raises(Cut):
            run(experiment, out)
        assert len(read_store(out).runs) == 18
    monkeypatch.undo()
    assert run(experiment, out).new == 0
    assert data_of(out) == data_of(tmp_path / "is_whole")
    assert leftovers(out) == []


def test_parts_that_could_not_be_taken_away_do_no_harm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    experiment = load(tmp_path)
    out = tmp_path / "out"
    monkeypatch.setattr(store.StoreWriter, "clean", lambda self: None)
    run(experiment, out)
    assert (out / "parts").exists()
    assert len(read_store(out).runs) == 18
    monkeypatch.undo()
    assert run(experiment, out).new == 0
    assert leftovers(out) == []


def test_small_parts_are_merged_and_a_merge_that_was_cut_short_counts_nothing_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    experiment = load(tmp_path, PLAIN + WEEKLY)
    run(experiment, tmp_path / "is_whole")
    monkeypatch.setattr(parts, "MERGED_AT", 2)
    out = half_done(tmp_path, experiment)
    assert len(list((out / "parts").glob("runs-*"))) < 4
    monkeypatch.setattr(parts, "remove_parts", lambda several: None)  # as if the power failed just before
    twice = tmp_path / "twice"
    (tmp_path / "half").rename(twice)
    half = half_done(tmp_path, experiment)
    for folder in (twice, half):
        assert len(read_store(folder).runs) == 12
        assert len(read_store(folder).weekly) == 12 * 6
        assert run(experiment, folder).new == 6
        assert data_of(folder) == data_of(tmp_path / "is_whole")


def test_a_full_disk_ends_the_sweep_in_words_and_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    experiment = load(tmp_path, PLAIN + WEEKLY)
    run(experiment, tmp_path / "is_whole")
    out = tmp_path / "out"
    original = os.fsync
    left = []
    for room in range(10, 100, 7):
        calls = 0

        def full(descriptor: int, room: int = room) -> None:
            nonlocal calls
            calls += 1
            if calls > room:
                raise OSError(errno.ENOSPC, "No space left on device")
            original(descriptor)

        monkeypatch.setattr(os, "fsync", full)
        try:
            run(experiment, out)
        except StoreError as error:
            assert "the disk is full. Make room, and run the same command again" in str(error)
            left.append(18 - len(read_store(out).runs))
            assert not list(out.glob(".*.partial*"))
        else:
            break
    assert left == sorted(left, reverse=True)
    assert len(left) > 2
    assert data_of(out) == data_of(tmp_path / "is_whole")


def test_a_disk_that_is_full_from_the_start_is_reported_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError, match="the disk is full"):
        run(load(tmp_path), tmp_path / "out")
    monkeypatch.undo()
    assert run(load(tmp_path), tmp_path / "out").done == 18


def test_a_folder_that_cannot_be_written_is_refused_before_any_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*arguments: Any, **more: Any) -> str:
        raise PermissionError(errno.EACCES, "Permission denied")

    experiment = load(tmp_path)
    monkeypatch.setattr(tempfile, "mkdtemp", refuse)
    with pytest.raises(ScenarioError, match="--out must be in a folder that can be written"):
        run(experiment, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_is_for_reading_alone_is_refused(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir(mode=0o555)
    with pytest.raises(ScenarioError, match=r"--out must be in a folder that can be written, got .*Permission denied"):
        run(load(tmp_path), out)
    assert not list(out.iterdir())


def test_a_file_and_a_folder_of_something_else_are_refused(tmp_path: Path) -> None:
    experiment = load(tmp_path)
    (tmp_path / "file").write_text("mine")
    with pytest.raises(ScenarioError, match="--out must be a folder, got the file"):
        run(experiment, tmp_path / "file")
    other = tmp_path / "other"
    other.mkdir()
    (other / "thesis.tex").write_text("mine")
    with pytest.raises(ScenarioError, match=r"one with this sweep in it, got .*thesis\.tex"):
        run(experiment, other)
    assert [path.name for path in other.iterdir()] == ["thesis.tex"]


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("replicates = 3", "replicates = 4", "replicates"),
        ("high = 5.0", "high = 4.0", "factors"),
        ('"talk"]', '"teach"]', "policies"),
        ('name = "plain"', 'name = "plain"\nseed = 2', "seed"),
    ],
)
def test_a_changed_experiment_is_refused_with_what_has_changed(tmp_path: Path, old: str, new: str, what: str) -> None:
    out = tmp_path / "out"
    run(load(tmp_path), out)
    before = data_of(out)
    with pytest.raises(ScenarioError, match=rf"begun with another one \(.*{what}.*or choose another --out"):
        run(load(tmp_path, PLAIN.replace(old, new)), out)
    assert data_of(out) == before


def test_words_for_people_may_change(tmp_path: Path) -> None:
    run(load(tmp_path), tmp_path / "out")
    said = PLAIN.replace("Two factors", "Both factors") + "\n[targets]\nreach = 0.1\n"
    assert run(load(tmp_path, said), tmp_path / "out").new == 0
    manifest = read_store(tmp_path / "out").manifest  # an analysis reads the current texts
    assert manifest["experiment"]["about"].startswith("Both") and manifest["experiment"]["targets"] == {"reach": 0.1}


def test_a_changed_scenario_is_another_experiment(tmp_path: Path) -> None:
    run(load(tmp_path), tmp_path / "out")
    path = write(tmp_path)
    (tmp_path / "tiny.toml").write_text((tmp_path / "tiny.toml").read_text().replace("number = 12", "number = 13"))
    with pytest.raises(ScenarioError, match=r"another one \(scenario\)"):
        run(load_experiment(path), tmp_path / "out")


@pytest.mark.parametrize(("key", "value"), [("versions", {"numpy": "1.0"}), ("code", "0")])
def test_another_version_is_refused_with_a_remedy(tmp_path: Path, key: str, value: Any) -> None:
    out = tmp_path / "out"
    experiment = load(tmp_path)
    run(experiment, out)
    manifest = json.loads((out / "manifest.json").read_text())
    manifest[key] = {**manifest[key], **value} if isinstance(value, dict) else value
    (out / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(ScenarioError, match="to go on, or choose another --out"):
        run(experiment, out)


def test_other_points_from_another_sampler_are_refused(tmp_path: Path) -> None:
    out = tmp_path / "out"
    experiment = load(tmp_path)
    run(experiment, out)
    for name in ("manifest.json", ".manifest-copy.json"):
        manifest = json.loads((out / name).read_text())
        manifest["files"]["points.parquet"]["sha256"] = "0"
        (out / name).write_text(json.dumps(manifest))
    with pytest.raises(ScenarioError, match=r"must hold the same points.*SALib"):
        run(experiment, out)


def test_a_store_can_be_read_while_parts_are_merged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    experiment = load(tmp_path)
    out = half_done(tmp_path, experiment)
    read = read_store(out)
    original = reading.is_whole
    taken: list[Path] = []

    def take_away(path: Path) -> bool:
        if not taken:
            taken.append(path)
            path.rename(path.with_suffix(".gone"))
            return original(path)
        return original(path)

    monkeypatch.setattr(reading, "is_whole", take_away)
    assert len(read.runs) == 10
    with pytest.raises(ScenarioError, match="a folder that `centricity sweep` has written"):
        read_store(tmp_path)
