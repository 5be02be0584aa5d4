"""Having the compiled week ready: found where it is kept, and compiled by one process alone where it is not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from sim.model import engine
from sim.model.kernel import compiling, machine_code
from sim.model.registry import current

WeekFunction = Callable[..., None]


def loops(*_: object) -> None:
    """Stands for machine code."""


def made(monkeypatch: pytest.MonkeyPatch, kept: list[WeekFunction | None]) -> list[str]:
    """Events in their order, if each look at the disk finds the next of these states."""
    reported: list[str] = []

    def load(*_: object) -> WeekFunction | None:
        reported.append("look")
        return kept.pop(0)

    def compile_(*_: object) -> WeekFunction:
        reported.append("compile")
        return loops

    @contextmanager
    def turn() -> Iterator[None]:
        reported.append("my turn")
        yield
        reported.append("your turn")

    monkeypatch.setattr(engine, "_week_functions", {})
    monkeypatch.setattr(compiling, "load_machine_code", load)
    monkeypatch.setattr(compiling, "compile_for_types", compile_)
    engine.ensure_compiled(turn())
    assert engine.week_function_of(current()).run is loops
    return reported


def test_what_is_kept_is_taken_without_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    assert made(monkeypatch, [loops]) == ["look"]


def test_who_comes_second_finds_what_the_first_has_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    assert made(monkeypatch, [None, loops]) == ["look", "my turn", "look", "your turn"]


def test_who_comes_first_compiles(monkeypatch: pytest.MonkeyPatch) -> None:
    assert made(monkeypatch, [None, None]) == ["look", "my turn", "look", "compile", "your turn"]


def test_where_nothing_can_be_kept_nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine_code, "PLACES", ())
    assert made(monkeypatch, [None, None]) == ["look", "look", "compile"]


def test_the_week_is_kept_and_loaded_as_it_is() -> None:
    engine.ensure_compiled()  # compiles it if that has not been done
    monkeypatch = pytest.MonkeyPatch()
    with monkeypatch.context() as patch:
        patch.setattr(engine, "_week_functions", {})
        patch.setattr(compiling, "compile_for_types", pytest.fail)
        engine.ensure_compiled()
