"""Code that is kept: whatever lies in its folders, what was kept is read or nothing; nothing of others is read."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from sim.model.compiled import code_cache

CODE = bytes(range(256)) * 40


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder in which code is kept; it does not exist yet."""
    monkeypatch.setattr(code_cache, "folders", lambda: iter([tmp_path / "code"]))
    return tmp_path / "code"


def files(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


def test_what_was_kept_is_read(folder: Path) -> None:
    assert code_cache.load("week", "1") is None
    assert code_cache.keep("week", "1", CODE) == files(folder)[0]
    assert code_cache.load("week", "1") == CODE
    assert code_cache.find("week", "1") == files(folder)[0]
    assert code_cache.load("week", "2") is None and code_cache.load("wee", "1") is None
    assert all(not path.stat().st_mode & 0o022 for path in files(folder))


def test_of_each_family_there_is_one(folder: Path) -> None:
    for family, key in (("week", "1"), ("week_more", "1"), ("week", "2")):
        code_cache.keep(family, key, CODE)
    assert code_cache.load("week", "1") is None
    assert code_cache.load("week", "2") == code_cache.load("week_more", "1") == CODE
    assert len(files(folder)) == 2


def spoiled(content: bytes) -> list[bytes]:
    """A file cut at random places, emptied, with flipped bits, and of something else."""
    rng = np.random.default_rng(1)
    cut = [content[: int(where)] for where in rng.integers(1, len(content), 20)]
    flipped = []
    for where in rng.integers(0, len(content), 20):
        changed = bytearray(content)
        changed[where] ^= 1 << int(where % 8)
        flipped.append(bytes(changed))
    return [b"", *cut, *flipped, b"\0" * len(content), b"not this", content + b"\0"]


def test_a_damaged_file_is_as_good_as_none(folder: Path) -> None:
    file = code_cache.keep("week", "1", CODE)
    assert file is not None
    for content in spoiled(CODE):
        file.write_bytes(content)
        assert code_cache.load("week", "1") is None
    assert code_cache.keep("week", "1", CODE) == file
    assert code_cache.load("week", "1") == CODE


def refusing(number: int) -> Callable[..., None]:
    """What happens in a folder where nothing can be written."""

    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    return refuse


def test_a_folder_that_cannot_be_written_is_passed_over_and_still_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    code_cache.keep("week", "1", CODE)
    second, make = tmp_path / "second", code_cache._make
    monkeypatch.setattr(code_cache, "folders", lambda: iter([folder, second]))
    monkeypatch.setattr(code_cache, "_make", lambda each: refusing(13)() if each == folder else make(each))
    assert code_cache.load("week", "1") == CODE  # as root has left it in an image
    assert code_cache.writable_folder() == second
    kept = code_cache.keep("week", "2", CODE)
    assert kept is not None and kept.parent == second
    assert code_cache.load("week", "2") == CODE


def test_where_nothing_can_be_written_it_is_said(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(code_cache, "_make", refusing(30))
    assert code_cache.writable_folder() is None
    assert code_cache.keep("week", "1", CODE, quiet=True) is None and not caplog.text
    assert code_cache.keep("week", "1", CODE) is None
    assert "Read-only file system" in caplog.text and "Set NUMBA_CACHE_DIR" in caplog.text


def test_a_full_disk_leaves_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(code_cache.os, "replace", refusing(28))
    assert code_cache.keep("week", "1", CODE) is None
    assert "No space left on device" in caplog.text
    assert not files(folder)


@pytest.mark.skipif(os.name != "posix", reason="owners and modes")
@pytest.mark.parametrize("mode", [0o664, 0o646])
def test_code_that_others_could_have_written_is_not_read(folder: Path, mode: int) -> None:
    file = code_cache.keep("week", "1", CODE)
    assert file is not None
    file.chmod(mode)
    assert code_cache.load("week", "1") is None
    code_cache.keep("week", "1", CODE)
    assert code_cache.load("week", "1") == CODE


@pytest.mark.skipif(os.name != "posix", reason="owners and modes")
def test_code_of_somebody_else_is_not_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = code_cache.keep("week", "1", CODE)
    assert file is not None
    with monkeypatch.context() as patch:
        patch.setattr(code_cache, "_is_private", lambda entry: False)
        assert code_cache.load("week", "1") is None
    target = file.rename(folder / "elsewhere")
    file.symlink_to(target)
    assert code_cache.load("week", "1") is None


@pytest.mark.skipif(os.name != "posix", reason="owners and modes")
def test_owners_that_are_trusted() -> None:
    entry = list(os.stat(__file__))

    def seen(owner: int, mode: int) -> os.stat_result:
        return os.stat_result([0o100000 | mode, *entry[1:4], owner, *entry[5:]])

    source = os.stat(code_cache.__file__).st_uid
    assert all(code_cache._is_private(seen(owner, 0o644)) for owner in (0, os.geteuid(), source))
    stranger = max(0, os.geteuid(), source) + 1
    assert not code_cache._is_private(seen(stranger, 0o644))
    assert not code_cache._is_private(seen(0, 0o622))


def test_the_folder_that_the_user_names_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "mine"))
    kept = code_cache.keep("test-of-the-cache", "1", CODE)
    assert kept is not None and kept.parent == tmp_path / "mine"


def test_a_home_that_cannot_be_found_is_no_obstacle(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    assert len(list(code_cache.folders())) >= 2


def test_the_current_folder_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Python takes it where there is no folder for temporary files."""
    monkeypatch.setattr(code_cache.tempfile, "gettempdir", lambda: str(tmp_path))
    assert code_cache._temporary_folder() in code_cache.folders()
    monkeypatch.chdir(tmp_path)
    assert code_cache._temporary_folder() not in code_cache.folders()


@pytest.mark.skipif(os.name != "posix", reason="owners and modes")
def test_a_temporary_folder_of_somebody_else_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(code_cache.tempfile, "gettempdir", lambda: str(tmp_path))
    monkeypatch.setattr(code_cache, "folders", lambda: iter([code_cache._temporary_folder()]))
    assert code_cache.keep("week", "1", CODE) is not None
    assert code_cache.load("week", "1") == CODE
    (parent,) = tmp_path.iterdir()
    assert parent.stat().st_mode & 0o077 == 0
    parent.chmod(0o777)
    assert code_cache.writable_folder() is None
    assert code_cache.keep("week", "2", CODE) is None
