"""Stores from somebody else, or damaged where nobody looks: nothing outside is touched, and nothing wrong is believed."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner, Result

from sim.commands.cli import app
from sim.lab.lock import Lock
from sim.lab.store_files import file_digest
from sim.lab.sweep import Experiment, Store, chunk_queue, read_store
from sim.lab.sweep.reading import read_circumstances
from sim.lab.sweep.tables import to_bytes
from sim.model.scenario import ScenarioError
from tests.sweep.examples import PLAIN, data_of, load, run, write
from tests.sweep.test_damage import WEEKLY, half_done

MINE = "A thesis that took years."


@pytest.fixture(autouse=True)
def _one_job_a_chunk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every job is a part of its own, whatever the speed of the machine."""
    monkeypatch.setattr(chunk_queue, "MOST_JOBS", 1)


@pytest.fixture(name="outside")
def _outside(tmp_path: Path) -> Path:
    """A folder of somebody's own, with files that look like a store's."""
    folder = tmp_path / "outside"
    folder.mkdir()
    for name in ("thesis.txt", "sales.parquet", "runs-00000001-0123456789abcdef.parquet"):
        (folder / name).write_text(MINE)
    return folder


def is_as_it_was(outside: Path) -> bool:
    return len(list(outside.iterdir())) == 3 and all(path.read_text() == MINE for path in outside.iterdir())


@pytest.mark.parametrize("kind", ["symbolic", "hard", "folder", "text"])
def test_a_lock_that_is_no_lock_is_refused_and_what_it_points_to_stays(
    tmp_path: Path, outside: Path, kind: str
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    lock, thesis = out / ".lock", outside / "thesis.txt"
    if kind == "symbolic":
        lock.symlink_to(thesis)
    elif kind == "hard":
        os.link(thesis, lock)
    elif kind == "folder":
        lock.mkdir()
    else:
        lock.write_text(MINE)
    with pytest.raises(ScenarioError, match=r"--out must .*\.lock"):
        run(load(tmp_path), out)
    assert is_as_it_was(outside)
    assert [path.name for path in out.iterdir()] == [".lock"]
    if kind != "text":  # what appears between the check and the lock is refused too
        with pytest.raises(ScenarioError, match=r"\.lock must be the lock of a process"), Lock(out):
            pass
        assert is_as_it_was(outside)


@pytest.mark.parametrize("finished", [True, False])
@pytest.mark.parametrize(
    "name",
    [
        ".lock", "parts", "manifest.json", ".manifest-copy.json", "points.parquet", "dictionary.json", "runs.parquet",
        "weekly.parquet", "circumstances.parquet",
    ],
)  # fmt: skip
def test_links_in_a_store_are_refused_by_name_before_anything_is_written(
    tmp_path: Path, outside: Path, name: str, finished: bool
) -> None:
    experiment = load(tmp_path, PLAIN + WEEKLY)
    out = tmp_path / "half" if finished else half_done(tmp_path, experiment)
    if finished:
        run(experiment, out)
    path = out / name
    if path.is_dir():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)
    path.symlink_to(outside if name == "parts" else outside / "thesis.txt")
    before = {each: each.lstat().st_mtime_ns for each in out.rglob("*")}
    with pytest.raises(ScenarioError, match=rf"--out must hold {name} itself, got .*, a link to .*Remove the link"):
        run(experiment, out)
    assert is_as_it_was(outside)
    assert {each: each.lstat().st_mtime_ns for each in out.rglob("*")} == before


def test_a_link_among_parts_is_refused_by_name(tmp_path: Path, outside: Path) -> None:
    experiment = load(tmp_path)
    out = half_done(tmp_path, experiment)
    (out / "parts" / "runs-00000077-0123456789abcdef.parquet").symlink_to(outside / "thesis.txt")
    with pytest.raises(ScenarioError, match=r"nothing but parts.*parts/runs-00000077"):
        run(experiment, out)
    assert is_as_it_was(outside)


def test_files_of_ones_own_are_never_deleted(tmp_path: Path) -> None:
    experiment = load(tmp_path)
    out = half_done(tmp_path, experiment)
    mine = out / "parts" / "mine.parquet"
    mine.write_text(MINE)
    with pytest.raises(
        ScenarioError, match=r"nothing but parts of the sweep in parts, got .* with parts/mine\.parquet"
    ):
        run(experiment, out)
    mine.rename(out / "mine.parquet")
    kept = [out / "mine.parquet", out / ".thesis.partial.txt", out / ".folder.partial" / "thesis.txt"]
    (out / ".folder.partial").mkdir()
    (out / ".buckets-abcd1234.partial").mkdir()
    kept.append(out / ".buckets-abcd1234.partial" / "thesis.txt")
    for path in kept:
        path.write_text(MINE)
    (out / ".buckets-abcd1234.partial" / "000000.arrow").write_text("a bucket")
    (out / ".runs.parquet-12345678.partial.parquet").write_text("half a file")

    def watch(_: object) -> None:
        if (out / "parts").exists():
            mine.write_text(MINE)  # while the sweep runs

    run(experiment, out, progress=watch)
    assert all(path.read_text() == MINE for path in [*kept, mine])
    assert not (out / ".runs.parquet-12345678.partial.parquet").exists()
    assert not (out / ".buckets-abcd1234.partial" / "000000.arrow").exists()
    assert [path.name for path in (out / "parts").iterdir()] == ["mine.parquet"]
    assert len(read_store(out).runs) == 18


FILES: dict[str, Callable[[Store], Any]] = {
    "points.parquet": lambda store: store.points,
    "designs.parquet": lambda store: store.designs,
    "dictionary.json": lambda store: store.dictionary,
    "runs.parquet": lambda store: store.runs,
    "weekly.parquet": lambda store: store.weekly,
    "circumstances.parquet": lambda store: store.circumstances,
}

SAMPLED = PLAIN.replace('kind = "grid"\nlevels = 3', 'kind = "latin-hypercube"\nnumber = 3')


@pytest.mark.parametrize("name", FILES)
def test_damage_in_a_finished_store_is_noticed_when_it_is_only_read(tmp_path: Path, name: str) -> None:
    out = tmp_path / "out"
    experiment = load(tmp_path, SAMPLED + WEEKLY)
    run(experiment, out)
    path = out / name
    content = path.read_bytes()
    assert len(FILES[name](read_store(out)))
    rng = np.random.default_rng(1)
    damaged = [content[:-1], content[: len(content) // 2], b"", b"\0" * len(content), b"[]"]
    for _ in range(20):
        flipped = bytearray(content)
        flipped[rng.integers(len(content))] ^= 1 << int(rng.integers(8))
        damaged.append(bytes(flipped))
    said = rf"{name}: must be as the sweep wrote it, got a file that is gone or damaged .*`centricity sweep` again"
    for each in damaged:
        path.write_bytes(each)
        with pytest.raises(ScenarioError, match=said):
            FILES[name](read_store(out))
    path.unlink()
    with pytest.raises(ScenarioError, match=said):
        FILES[name](read_store(out))
    os.mkfifo(path)
    with pytest.raises(ScenarioError, match=said):
        FILES[name](read_store(out))
    path.unlink()
    run(experiment, out)  # the remedy works
    assert len(FILES[name](read_store(out)))
    assert name == "circumstances.parquet" or path.read_bytes() == content


@pytest.mark.parametrize("name", ["points.parquet", "dictionary.json"])
def test_files_of_the_start_that_are_written_anew_are_reported(tmp_path: Path, name: str) -> None:
    out = tmp_path / "out"
    run(load(tmp_path), out)
    os.truncate(out / name, 10)
    outcome = run(load(tmp_path), out)
    assert (outcome.new, outcome.damaged) == (0, (name,))
    assert run(load(tmp_path), out).damaged == ()


@pytest.mark.parametrize("how", ["gone", "cut", "flipped"])
def test_damaged_circumstances_are_reported_and_cost_no_run(tmp_path: Path, how: str) -> None:
    out = tmp_path / "out"
    experiment = load(tmp_path)
    run(experiment, out)
    before, path = data_of(out), out / "circumstances.parquet"
    if how == "gone":
        path.unlink()
    elif how == "cut":
        os.truncate(path, 50)
    else:
        path.write_bytes(path.read_bytes()[:-5] + b"12345")
    assert run(experiment, out).new == 0
    assert data_of(out) == before
    table = read_circumstances(out)
    assert len(table) == 18 and table["seconds"].isna().all()
    assert read_store(out).manifest["lost"] == [
        "circumstances.parquet was damaged: seconds, machines and tracebacks of earlier runs are lost; no result is"
    ]
    result = invoke("sweep", tmp_path / "plain.toml", out)
    assert result.exit_code == 0 and "circumstances.parquet was damaged" in result.stderr


def invoke(command: str, *arguments: object) -> Result:
    """A command with a source and a folder."""
    first, out = arguments
    return CliRunner().invoke(app, [command, str(first), "--out", str(out)])


OTHERS: tuple[Any, ...] = (None, True, 0, -1, 1e300, 10**30, "", "word", [], [None], [[]], {}, {"word": None})


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where the values of a manifest stand, those that hold others too."""
    if path:
        yield path
    inside = value.items() if isinstance(value, dict) else enumerate(value[:1]) if isinstance(value, list) else ()
    for key, inner in inside:
        yield from places(inner, (*path, key))


def changed(manifest: Any, path: tuple[Any, ...], value: Any) -> Any:
    """A manifest with another value in one place."""
    new = json.loads(json.dumps(manifest))
    place = new
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return new


IRRELEVANT = {"scenario", "machine", "seeds", "about", "notice", "try"}
"""Keys whose content nobody reads again: one of their values stands for all."""


@pytest.mark.parametrize("finished", [True, False])
@pytest.mark.parametrize("most", [12, pytest.param(300, marks=pytest.mark.slow)])
def test_every_value_of_a_manifest_may_be_anything_and_gives_a_message_at_most(
    tmp_path: Path, finished: bool, most: int
) -> None:
    """Nothing happens where nobody reads the value, a message comes elsewhere; never another error."""
    experiment = load(tmp_path)
    out = tmp_path / "half" if finished else half_done(tmp_path, experiment)
    if finished:
        run(experiment, out)
    whole = tmp_path / "as_it_was"
    out.rename(whole)
    manifest = json.loads((whole / "manifest.json").read_text())
    paths = sorted({path for path in places(manifest) if not IRRELEVANT & set(path[:-1])}, key=str)
    tried = [(path, value) for path in paths for value in OTHERS]
    tried = [tried[index] for index in np.random.default_rng(3).choice(len(tried), most, replace=False)]
    refused = 0
    for path, value in tried:
        shutil.copytree(whole, out)
        text = json.dumps(changed(manifest, path, value))
        for name in ("manifest.json", ".manifest-copy.json"):
            (out / name).write_text(text)
        for attempt in (lambda: _read_all(out), lambda: run(experiment, out)):
            try:
                attempt()
            except ScenarioError as error:
                refused += 1
                assert all(fault.startswith(("--out", str(out))) and fault.endswith(".") for fault in error.faults)
            except Exception as error:
                raise AssertionError(f"{path} = {value!r}: {type(error).__name__}: {error}") from error
        shutil.rmtree(out)
    assert refused > most // 6  # else nothing of what is read was tried


def _read_all(out: Path) -> None:
    """All that `analyze` does with a store before it computes."""
    from sim.commands import analyze

    sweep = analyze._read_store(out, ())
    for design in sweep.designs:
        if design.rows <= len(sweep.runs):
            sweep.values(design, sweep.outcomes[0]) if sweep.outcomes else None
            sweep.factor_values_of(design)


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("files", [], "files: "),
        ("experiment", [], "experiment: "),
        ("versions", [], "versions: "),
        ("sessions", None, "sessions: "),
    ],
)
@pytest.mark.parametrize("command", ["sweep", "analyze"])
def test_odd_manifests_end_with_a_message_and_exit_code_2(
    tmp_path: Path, command: str, key: str, value: Any, words: str
) -> None:
    source, out = write(tmp_path), tmp_path / "out"
    run(load(tmp_path), out)
    for name in ("manifest.json", ".manifest-copy.json"):
        manifest = json.loads((out / name).read_text())
        (out / name).write_text(json.dumps({**manifest, key: value}))
    result = invoke(command, source, out) if command == "sweep" else invoke(command, out, tmp_path / "new")
    assert result.exit_code == 2, result.output
    assert words in result.stderr and "Take the file from a copy" in result.stderr
    assert "Traceback" not in result.output and "fault of its own" not in result.output


def test_a_damaged_manifest_is_made_good_from_its_copy(tmp_path: Path) -> None:
    out = tmp_path / "out"
    run(load(tmp_path), out)
    before = (out / "manifest.json").read_text()
    for content in ("[" * 100_000, "{}", before[:-50], json.dumps({**json.loads(before), "sessions": None})):
        (out / "manifest.json").write_text(content)
        assert len(read_store(out).runs) == 18
        assert run(load(tmp_path), out).new == 0


def foreign_part(experiment: Experiment, out: Path, column: str, value: int) -> Path:
    """A whole and well-named part with a run that the sweep does not have."""
    source = next((out / "parts").glob("runs-*"))
    table = pq.read_table(source)
    index = table.column_names.index(column)
    table = table.set_column(index, column, pa.array([value] * table.num_rows, pa.int64()))
    content = to_bytes(table)
    path = out / "parts" / f"runs-00000900-{hashlib.sha256(content).hexdigest()[:16]}.parquet"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(("column", "value"), [("point", 1000), ("point", -1), ("replicate", 1000), ("replicate", -1)])
def test_a_part_of_an_unknown_run_is_refused_by_name(tmp_path: Path, column: str, value: int) -> None:
    experiment = load(tmp_path)
    out = half_done(tmp_path, experiment)
    path = foreign_part(experiment, out, column, value)
    with pytest.raises(ScenarioError, match=rf"{path.name}: every {column} must be from 0 to \d+, got {value} to"):
        run(experiment, out)
    if (column, value) != ("replicate", 1000):
        with pytest.raises(ScenarioError, match=rf"{path.name}: every {column} must be from 0"):
            _ = read_store(out).runs
    path.unlink()
    assert run(experiment, out).done == 18


def test_a_part_with_other_columns_is_refused_by_name(tmp_path: Path) -> None:
    experiment = load(tmp_path)
    out = half_done(tmp_path, experiment)
    content = to_bytes(pa.table({"mine": [1]}))
    path = out / "parts" / f"runs-00000900-{hashlib.sha256(content).hexdigest()[:16]}.parquet"
    path.write_bytes(content)
    with pytest.raises(ScenarioError, match=rf"{path.name}: must have the columns of this sweep's runs"):
        run(experiment, out)
    with pytest.raises(ScenarioError, match=rf"{path.name}: must be as the sweep wrote it"):
        _ = read_store(out).runs


def test_a_dictionary_that_is_none_is_refused_though_its_digest_fits(tmp_path: Path) -> None:
    out = tmp_path / "out"
    run(load(tmp_path), out)
    (out / "dictionary.json").write_text("[]")
    manifest = json.loads((out / "manifest.json").read_text())
    manifest["files"]["dictionary.json"]["sha256"] = file_digest(out / "dictionary.json")
    (out / "manifest.json").write_text(json.dumps(manifest))
    result = invoke("analyze", out, tmp_path / "new")
    assert result.exit_code == 2
    assert "dictionary.json: must be as the sweep wrote it" in result.stderr
