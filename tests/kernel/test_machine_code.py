"""Machine code that is kept: whatever lies in its folders, a loop runs, with the same result; nothing of others is read."""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
import numpy as np
import pytest
from numba.core import caching

from sim.model.kernel import machine_code
from sim.model.kernel.compiling import compile_for_types, compiled, has_cache_folder, load_machine_code

TYPES = (numba.typeof(np.zeros(2)),)  # type: ignore[no-untyped-call]


def loop(values: np.ndarray) -> float:
    """A loop that is compiled in a second."""
    total = 0.0
    for each in values:
        total += 2.0 * each
    return total


def place(folder: Path) -> type:
    """A place for machine code in a folder."""

    class There(machine_code._Place, caching.InTreeCacheLocator):
        def __init__(self, py_func: Any, py_file: str) -> None:
            super().__init__(py_func, py_file)  # type: ignore[no-untyped-call]
            self._cache_path = str(folder)

    return There


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder in which machine code is kept; it does not exist yet."""
    monkeypatch.setattr(machine_code, "PLACES", (place(tmp_path / "code"),))
    return tmp_path / "code"


def start() -> tuple[bool, float]:
    """Start as a new process does: whether the code was there, and what the loop gives."""
    function = compiled(loop)
    code = load_machine_code(function, TYPES)
    there = code is not None
    if code is None:
        code = compile_for_types(function, TYPES)
    return there, float(code(np.arange(4.0)))


def files(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


def test_code_is_compiled_once(folder: Path) -> None:
    assert start() == (False, 12.0)
    assert start() == (True, 12.0)
    assert [path.suffix for path in files(folder)] == [".nbc", ".nbi"]
    assert all(not path.stat().st_mode & 0o022 for path in files(folder))


def spoiled(content: bytes) -> list[bytes]:
    """A file cut at random places, emptied, with flipped bits, and of something else."""
    rng = np.random.default_rng(1)
    cut = [content[: int(where)] for where in rng.integers(1, len(content), 8)]
    flipped = []
    for where in rng.integers(0, len(content), 12):
        changed = bytearray(content)
        changed[where] ^= 1 << int(where % 8)
        flipped.append(bytes(changed))
    return [b"", *cut, *flipped, b"\0" * len(content), b"not this", pickle.dumps(3), pickle.dumps((3, 4))]


@pytest.mark.parametrize("suffix", [".nbi", ".nbc"])
def test_a_damaged_file_is_as_good_as_none(folder: Path, suffix: str) -> None:
    start()
    (file,) = folder.glob(f"*{suffix}")
    content = file.read_bytes()
    healed = 0
    for each in spoiled(content):
        file.write_bytes(each)
        function = compiled(loop)
        code = load_machine_code(function, TYPES)
        assert code is None or code(np.arange(4.0)) == 12.0  # a bit may have no meaning
        healed += code is None
    assert healed > 10
    file.write_bytes(spoiled(content)[1])
    assert start() == (False, 12.0)
    assert start() == (True, 12.0)


def test_a_missing_file_is_written_again(folder: Path) -> None:
    for suffix in (".nbc", ".nbi"):
        start()
        next(folder.glob(f"*{suffix}")).unlink()
        assert start() == (False, 12.0)
        assert start() == (True, 12.0)


def refusing(number: int) -> Callable[..., None]:
    """What happens in a folder where nothing can be written."""

    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    return refuse


def test_a_folder_that_cannot_be_written_is_passed_over_and_still_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    start()
    first, second = place(folder), place(tmp_path / "second")
    monkeypatch.setattr(machine_code, "PLACES", (first, second))
    monkeypatch.setattr(first, "ensure_cache_path", refusing(13))
    assert start() == (True, 12.0)  # as root has left it in an image
    for path in files(folder):
        path.unlink()
    assert start() == (False, 12.0)
    assert not files(folder) and len(files(tmp_path / "second")) == 2
    assert start() == (True, 12.0)


def test_where_nothing_can_be_written_the_loop_runs_and_it_is_said(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(machine_code.PLACES[0], "ensure_cache_path", refusing(30))
    assert not has_cache_folder(compiled(loop))
    assert start() == (False, 12.0)
    assert "Read-only file system" in caplog.text and "Set NUMBA_CACHE_DIR" in caplog.text


@pytest.mark.parametrize("which", ["_save_index", "_save_data"])
def test_a_full_disk_loses_no_run_and_leaves_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, which: str
) -> None:
    monkeypatch.setattr(caching.IndexDataCacheFile, which, refusing(28))
    assert start() == (False, 12.0)
    assert "No space left on device" in caplog.text
    assert not files(folder)


@pytest.mark.skipif(os.name != "posix", reason="owners and modes")
@pytest.mark.parametrize("mode", [0o664, 0o646])
def test_code_that_others_could_have_written_is_not_read(folder: Path, mode: int) -> None:
    start()
    for path in files(folder):
        path.chmod(mode)
        assert start() == (False, 12.0)
        assert start() == (True, 12.0)


@pytest.mark.skipif(os.name != "posix", reason="owners and modes")
def test_code_of_somebody_else_is_not_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    start()
    monkeypatch.setattr(machine_code, "_is_private", lambda entry: False)
    assert load_machine_code(compiled(loop), TYPES) is None
    monkeypatch.undo()
    monkeypatch.setattr(machine_code, "PLACES", (place(folder),))
    link = files(folder)[0]
    target = link.rename(folder / "elsewhere")
    link.symlink_to(target)
    assert load_machine_code(compiled(loop), TYPES) is None


@pytest.mark.skipif(os.name != "posix", reason="owners and modes")
def test_owners_that_are_trusted() -> None:
    entry = list(os.stat(__file__))

    def seen(owner: int, mode: int) -> os.stat_result:
        return os.stat_result([0o100000 | mode, *entry[1:4], owner, *entry[5:]])

    source = os.stat(machine_code.__file__).st_uid
    assert all(machine_code._is_private(seen(owner, 0o644)) for owner in (0, os.geteuid(), source))
    stranger = max(0, os.geteuid(), source) + 1
    assert not machine_code._is_private(seen(stranger, 0o644))
    assert not machine_code._is_private(seen(0, 0o622))


def test_the_folder_that_the_user_names_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caching.config, "CACHE_DIR", str(tmp_path / "mine"))
    assert str(machine_code.MachineCode(loop).cache_path).startswith(str(tmp_path / "mine"))
    assert start() == (False, 12.0)
    assert len(list((tmp_path / "mine").rglob("*.nbc"))) == 1


@pytest.mark.skipif(os.name != "posix", reason="owners and modes")
def test_a_temporary_folder_of_somebody_else_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine_code.tempfile, "gettempdir", lambda: str(tmp_path))
    monkeypatch.setattr(machine_code, "PLACES", (machine_code._Temporary,))
    assert start() == (False, 12.0)
    assert start() == (True, 12.0)
    (parent,) = tmp_path.iterdir()
    assert parent.stat().st_mode & 0o077 == 0
    parent.chmod(0o777)
    assert not has_cache_folder(compiled(loop))
