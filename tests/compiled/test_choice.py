"""Which form of the week runs: what is kept, what comes with the package, or what is compiled now, by one process alone."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import pytest

from sim.model import engine
from sim.model.compiled import choice, code_cache, kept_week
from sim.model.registry import current

WEEK = kept_week.KeptWeek(b"", "", b"")


def source(extensions: str = "") -> choice.Source:
    """What a week is made from that is never made."""
    return choice.Source("_more" if extensions else "", extensions, (), pytest.fail)


def chosen(
    monkeypatch: pytest.MonkeyPatch, on_disk: list[str | None], portable: str | None = None, form: str = "fastest"
) -> tuple[Any, list[str]]:
    """What runs, and events in their order, if each look at the disk finds the next of these."""
    reported: list[str] = []

    def look(*_: object) -> str | None:
        reported.append("look")
        return on_disk.pop(0)

    def make(*_: object) -> str:
        reported.append("compile")
        return "made"

    @contextmanager
    def turn() -> Iterator[None]:
        reported.append("my turn")
        yield
        reported.append("your turn")

    monkeypatch.setattr(choice, "_load", look)
    monkeypatch.setattr(choice, "_make", make)
    monkeypatch.setattr(choice, "_load_portable", lambda _: portable)
    return choice.compiled_week(source(), form, turn()), reported


def test_machine_code_is_taken_where_it_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    assert chosen(monkeypatch, ["kept"], "portable") == ("kept", ["look"])


def test_portable_code_runs_until_it_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    run, reported = chosen(monkeypatch, [None], "portable")
    assert isinstance(run, choice._UntilMachineCode) and reported == ["look"]


def test_one_form_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    assert chosen(monkeypatch, [], "portable", "portable") == ("portable", [])
    assert chosen(monkeypatch, [None, None], "portable", "machine")[0] == "made"
    with pytest.raises(RuntimeError, match="no portable code"):
        chosen(monkeypatch, [], None, "portable")


def test_who_comes_second_finds_what_the_first_has_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    assert chosen(monkeypatch, [None, "kept"]) == ("kept", ["look", "my turn", "look", "your turn"])


def test_who_comes_first_compiles(monkeypatch: pytest.MonkeyPatch) -> None:
    assert chosen(monkeypatch, [None, None]) == ("made", ["look", "my turn", "look", "compile", "your turn"])


def test_a_changed_source_or_an_extension_has_no_portable_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choice, "kept_week", lambda: None)
    assert choice._load_portable(source()) is None
    monkeypatch.setattr(choice, "kept_week", lambda: WEEK)
    assert choice._load_portable(source("more.py")) is None


def test_without_wasmtime_there_is_no_portable_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choice, "kept_week", lambda: WEEK)
    monkeypatch.setattr(choice, "find_spec", lambda _: None)
    assert choice._load_portable(source()) is None


def waiting(monkeypatch: pytest.MonkeyPatch, on_disk: list[str | None]) -> tuple[choice._UntilMachineCode, list[str]]:
    """The week that waits for machine code, looks at each call, and what happens."""
    happened: list[str] = []

    def load(_: object) -> Any:
        found = on_disk.pop(0)
        return None if found is None else lambda *_: happened.append(found)

    monkeypatch.setattr(choice, "_load", load)
    monkeypatch.setattr(choice, "_LOOK_SECONDS", -1.0)
    monkeypatch.setattr(choice, "_start_making", lambda _: happened.append("start"))
    return choice._UntilMachineCode(source(), lambda *_: happened.append("portable")), happened


def test_it_is_taken_as_soon_as_it_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    run, happened = waiting(monkeypatch, [None, "machine"])
    for _ in range(3):
        run()
    assert happened == ["portable", "machine", "machine"]


def test_it_is_made_once_that_is_worth_it(monkeypatch: pytest.MonkeyPatch) -> None:
    run, happened = waiting(monkeypatch, [None, None, None])
    monkeypatch.setattr(choice, "WORTHWHILE_SECONDS", 0.02)
    run()
    time.sleep(0.05)
    run._seconds += 0.05
    run()
    run()
    assert happened == ["portable", "start", "portable", "portable"]


def test_what_does_not_fit_into_portable_memory_gets_machine_code(monkeypatch: pytest.MonkeyPatch) -> None:
    happened: list[str] = []

    def too_large(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(choice, "_load", lambda _: None)
    monkeypatch.setattr(choice, "_make", lambda _: lambda *_: happened.append("machine"))
    run = choice._UntilMachineCode(source(), too_large)
    run()
    run()
    assert happened == ["machine", "machine"]


def test_one_process_at_a_time_makes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[list[str]] = []
    monkeypatch.setattr(code_cache, "folders", lambda: iter([tmp_path]))
    monkeypatch.setattr(subprocess, "Popen", lambda command, **_: started.append(command))
    choice._start_making(source())
    choice._start_making(source())
    assert len(started) == 1
    (begun,) = tmp_path.iterdir()
    os.utime(begun, (0, 0))  # it was killed long ago
    choice._start_making(source())
    assert len(started) == 2


@pytest.mark.slow
def test_a_process_of_its_own_makes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    monkeypatch.setenv("NUMBA_CPU_NAME", "generic")  # for which there is no machine code yet
    asked = engine._source(current())
    assert choice._load(asked) is None
    choice._start_making(asked)
    end = time.monotonic() + 400.0
    while any(path.suffix == ".begun" for path in tmp_path.iterdir()):
        assert time.monotonic() < end
        time.sleep(0.2)
    choice._started[-1].wait()
    assert choice._load(asked) is not None
    assert [path.suffix for path in tmp_path.iterdir()] == [".code"]


def test_the_week_is_kept_and_loaded_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    with engine.in_form(engine.Form.MACHINE):
        engine.ensure_compiled()  # makes it if that has not been done
        monkeypatch.setattr(engine, "_week_functions", {})
        monkeypatch.setattr(choice, "_make", pytest.fail)
        engine.ensure_compiled(nullcontext())


def test_a_first_run_imports_no_compiler() -> None:
    """Neither Numba nor SciPy, which take half a second each."""
    program = (
        "import sys; from sim.model import engine; engine.ensure_compiled(); "
        "print([name for name in ('numba', 'scipy', 'mesa', 'pandas') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
