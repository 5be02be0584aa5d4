"""Files whole or not at all, and folders that hold nothing else."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from lab.small import compared
from sim.lab import comparison as comparison_module
from sim.lab.manifest import cpu_features, versions
from sim.lab.writing import DiskFullError, check_file, check_folder, replaced_file, replaced_folder
from sim.model.scenario.messages import Faults


def folder_faults(folder: Path) -> list[str]:
    faults = Faults()
    check_folder(folder, faults)
    return faults.messages


def file_faults(file: Path) -> list[str]:
    faults = Faults()
    check_file(file, (".csv", ".parquet"), faults)
    return faults.messages


def test_everything_is_written_and_the_manifest_knows_it(tmp_path: Path) -> None:
    comparison = compared()
    folder = comparison.save(tmp_path / "new" / "results")
    names = {path.name for path in folder.iterdir()}
    assert names == {
        "summary.json", "weekly.parquet", "runs.csv", "replicates.csv", "dictionary.csv", "manifest.json",
    }  # fmt: skip
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["files"].keys() == names - {"manifest.json"}
    assert manifest["files"]["summary.json"]["bytes"] == (folder / "summary.json").stat().st_size
    assert json.loads((folder / "summary.json").read_text()) == comparison.summary
    pd.testing.assert_frame_equal(pd.read_parquet(folder / "weekly.parquet"), comparison.weekly, check_dtype=False)
    assert list(pd.read_csv(folder / "runs.csv")["seed"]) == list(comparison.runs["seed"])
    assert list((tmp_path / "new").iterdir()) == [folder]
    if os.name == "posix":
        umask = os.umask(0)
        os.umask(umask)
        assert folder.stat().st_mode & 0o777 == 0o777 & ~umask


def test_the_manifest_says_how_to_get_it_again() -> None:
    manifest = compared().manifest
    assert manifest["kind"] == "comparison"
    assert manifest["scenario"]["name"] == "small"
    assert manifest["bundles"]["ending"]["phases"] == [{"from": 0, "until": 20, "coaching": 1.0, "speeches": 3.0}]
    assert manifest["command"] is None  # set up in Python from a Scenario and a Policy
    assert manifest["seed"] == 5
    assert manifest["versions"]["numpy"] and versions()["python"]
    features = cpu_features()
    assert features is None or features == sorted(features)
    json.dumps(manifest, allow_nan=False)


def test_an_earlier_comparison_is_replaced_whole(tmp_path: Path) -> None:
    folder = compared().save(tmp_path / "results", also=[lambda _, new: (new / "extra.txt").touch()])
    assert (folder / "extra.txt").exists()
    assert folder_faults(folder) == []
    compared().save(folder)
    assert not (folder / "extra.txt").exists()
    assert list(tmp_path.iterdir()) == [folder]


def test_other_peoples_files_are_safe(tmp_path: Path) -> None:
    folder = compared().save(tmp_path / "results")
    (folder / "notes.txt").touch()
    (fault,) = folder_faults(folder)
    assert fault.startswith("--out must be a new folder")
    assert "notes.txt" in fault
    full = tmp_path / "full"
    full.mkdir()
    for name in ("manifest.json", "a", "b", "c", "d"):
        (full / name).write_text("{}")
    (fault,) = folder_faults(full)
    assert "a, b, c, ..." in fault


def test_folders_that_will_do(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for name in ("empty", "new", "new/and/deeper"):
        assert folder_faults(tmp_path / name) == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty"]


def test_folders_that_will_not_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").touch()
    assert "got the file" in folder_faults(Path("file"))[0]
    (tmp_path / "file").unlink()
    assert "current folder" in folder_faults(Path())[0]

    def refuse(*_: object, **__: object) -> str:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr("tempfile.mkdtemp", refuse)
    (fault,) = folder_faults(tmp_path / "new")
    assert fault.endswith(f"got {tmp_path}: Permission denied. Name another place.")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("run.txt", "must end in .csv or .parquet, got .txt"),
        ("run", "got no ending"),
        ("missing/run.csv", "Make the folder"),
        ("folder.csv", "must be a file, got the folder"),
    ],
)
def test_files_that_will_not_do(tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / "folder.csv").mkdir()
    (fault,) = file_faults(tmp_path / name)
    assert fault.startswith("--out ")
    assert message in fault


@pytest.mark.skipif(os.name != "posix", reason="links and pipes")
def test_links_are_followed_to_the_same_format_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.docx").write_text("years of work")
    for name, leads_to in (("a.csv", "thesis.docx"), ("b.csv", "kept.CSV"), ("c.csv", "c.csv")):
        (tmp_path / name).symlink_to(leads_to)
    os.mkfifo(tmp_path / "pipe.csv")
    assert "must not replace a file of another format" in file_faults(tmp_path / "a.csv")[0]
    assert file_faults(tmp_path / "b.csv") == []
    assert "a link that leads to itself" in file_faults(tmp_path / "c.csv")[0]
    assert "a device, a pipe or a socket" in file_faults(tmp_path / "pipe.csv")[0]
    with replaced_file(tmp_path / "b.csv") as new:
        new.write_text("rows")
    assert (tmp_path / "b.csv").is_symlink() and (tmp_path / "kept.CSV").read_text() == "rows"


def test_files_that_will_do(tmp_path: Path) -> None:
    assert file_faults(tmp_path / "run.csv") == []
    assert file_faults(tmp_path / "run.PARQUET") == []
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_leaves_nothing_new_and_everything_old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = compared().save(tmp_path / "results")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}

    def fill(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(comparison_module, "write_parquet", fill)
    with pytest.raises(DiskFullError, match=r"results: the disk is full, so nothing was written\. Make room"):
        compared().save(folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert list(tmp_path.iterdir()) == [folder]


@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError(errno.EIO, "Input/output error")])
def test_an_interrupt_or_error_leaves_no_half_files(tmp_path: Path, error: BaseException) -> None:
    def interrupt(_: object, folder: Path) -> None:
        (folder / "half").touch()
        raise error

    with pytest.raises((KeyboardInterrupt, OSError)) as caught:
        compared().save(tmp_path / "results", also=[interrupt])
    assert caught.value is error
    assert list(tmp_path.iterdir()) == []


def test_an_interrupt_leaves_no_half_file(tmp_path: Path) -> None:
    def write() -> None:
        with replaced_file(tmp_path / "run.csv") as new:
            new.write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_comes_back_when_its_successor_cannot_take_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "results"
    folder.mkdir()
    (folder / "old").touch()
    rename = os.rename

    def refuse(source: Path, target: Path) -> None:
        if str(source).endswith(".partial"):
            raise OSError(errno.EBUSY, "busy")
        rename(source, target)

    monkeypatch.setattr(os, "rename", refuse)
    with pytest.raises(OSError, match="busy"), replaced_folder(folder) as new:
        (new / "new").touch()
    assert [path.name for path in folder.iterdir()] == ["old"]
    assert list(tmp_path.iterdir()) == [folder]


def test_an_interrupt_between_the_two_renames_leaves_the_folder_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "results"
    folder.mkdir()
    (folder / "old").touch()
    rename = os.rename
    for number in (1, 2):  # after the first rename, and after the second
        calls = 0

        def interrupted(source: Path, target: Path, number: int = number) -> None:
            nonlocal calls
            calls += 1
            rename(source, target)
            if calls == number:
                raise KeyboardInterrupt

        monkeypatch.setattr(os, "rename", interrupted)
        with pytest.raises(KeyboardInterrupt), replaced_folder(folder) as new:
            (new / "new").touch()
        monkeypatch.undo()
        assert [path.name for path in folder.iterdir()] == ["old"]
        assert list(tmp_path.iterdir()) == [folder]


def test_files_of_ones_own_below_an_earlier_comparison_are_safe(tmp_path: Path) -> None:
    def draw(_: object, new: Path) -> None:
        (new / "figures").mkdir()
        (new / "figures" / "one.png").touch()

    folder = compared().save(tmp_path / "results", also=[draw])
    assert folder_faults(folder) == []
    (folder / "figures" / "deeper").mkdir()
    assert folder_faults(folder) == []
    (folder / "figures" / "mine.png").touch()
    (folder / "figures" / "deeper" / "mine.txt").touch()
    (fault,) = folder_faults(folder)
    assert "got" in fault and "with figures/deeper/mine.txt, figures/mine.png." in fault
    (folder / "figures" / "mine.png").unlink()
    (folder / "figures" / "deeper" / "mine.txt").unlink()
    outside = tmp_path / "outside"
    outside.mkdir()
    (folder / "figures" / "one.png").unlink()
    (folder / "figures" / "one.png").symlink_to(outside)
    assert "with figures/one.png." in folder_faults(folder)[0]


def test_places_that_cannot_be_replaced_are_refused_before_any_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "disk").mkdir()
    monkeypatch.setattr(os.path, "ismount", lambda path: Path(path).name == "disk")
    assert "where a disk is mounted. Name a new folder in it." in folder_faults(tmp_path / "disk")[0]
    monkeypatch.undo()
    for name in ("x" * 240, "x" * 255, "x" * 300, "é" * 120, f"{'x' * 300}/new", "/".join(["x" * 200] * 25)):
        assert "too long. Choose a shorter name or path." in folder_faults(tmp_path / name)[0]
    assert "too long" in file_faults(tmp_path / f"{'x' * 240}.csv")[0]
    longest = tmp_path / ("x" * 235)
    assert folder_faults(longest) == []
    with replaced_folder(longest) as new:
        (new / "new").touch()
    with replaced_folder(longest) as new:  # the name of what is replaced is not longer
        (new / "newer").touch()
    assert [path.name for path in longest.iterdir()] == ["newer"]


CODE = """
import os, sys, time
from pathlib import Path
from sim.lab import writing
place, how = Path(sys.argv[1]), sys.argv[2]
rename = os.rename
def die(source, target):
    rename(source, target)
    os._exit(9)
if how == "between":
    os.rename = die
with (writing.replaced_file if place.suffix else writing.replaced_folder)(place) as new:
    (new if place.suffix else new / "half").write_text("half")
    print("there", flush=True)
    if how == "die":
        os._exit(9)
    if how == "live":
        time.sleep(60)
"""


def leave_behind(place: Path, how: str) -> subprocess.Popen[str]:
    """Another process that begins to write to a place, and dies or goes on living."""
    process = subprocess.Popen([sys.executable, "-c", CODE, str(place), how], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "there\n"
    if how != "live":
        process.wait()
        process.stdout.close()
    return process


@pytest.mark.skipif(os.name != "posix", reason="nothing is swept up where nothing can be held")
@pytest.mark.parametrize("name", ["results", "run.csv"])
def test_what_a_killed_run_left_is_swept_up_by_the_next_and_nothing_else(tmp_path: Path, name: str) -> None:
    place = tmp_path / name
    kept = [f".{name}-mine.partial", f".{name}-12345678.txt", f".{name}-1234567.partial", ".other-12345678.partial"]
    for each in kept:
        (tmp_path / each).mkdir()
    link = tmp_path / f".{name}-abcdefgh.partial{place.suffix}"
    link.symlink_to(tmp_path / kept[0])
    living = leave_behind(place, "live")
    (in_use,) = {path.name for path in tmp_path.iterdir()} - {*kept, link.name}
    try:
        leave_behind(place, "die")
        assert len(list(tmp_path.iterdir())) == len(kept) + 3
        with (replaced_file if place.suffix else replaced_folder)(place) as new:
            (new if place.suffix else new / "whole").write_text("whole")
        assert {path.name for path in tmp_path.iterdir()} == {*kept, link.name, name, in_use}
    finally:
        living.kill()
        living.wait()
        assert living.stdout is not None
        living.stdout.close()
    with (replaced_file if place.suffix else replaced_folder)(place) as new:
        (new if place.suffix else new / "whole").write_text("whole")
    assert {path.name for path in tmp_path.iterdir()} == {*kept, link.name, name}


@pytest.mark.skipif(os.name != "posix", reason="nothing is swept up where nothing can be held")
def test_earlier_results_come_back_when_a_run_was_killed_between_the_two_renames(tmp_path: Path) -> None:
    place = tmp_path / "results"
    place.mkdir()
    (place / "old").touch()
    leave_behind(place, "between")
    assert not place.exists()
    with pytest.raises(KeyboardInterrupt), replaced_folder(place):
        raise KeyboardInterrupt
    assert [path.name for path in place.iterdir()] == ["old"]
    assert list(tmp_path.iterdir()) == [place]
