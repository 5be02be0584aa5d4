"""The week that comes with the package: up to date, whole, importing nothing."""

from __future__ import annotations

import json
import lzma
from pathlib import Path

import pytest
import wasmtime

from sim.model import engine
from sim.model.compiled import kept_week as module
from sim.model.compiled.kept_week import DESCRIPTION, INTERMEDIATE, PORTABLE, describe, digest, kept_week, sources
from sim.model.registry import current


def test_it_is_up_to_date() -> None:
    described = json.loads(DESCRIPTION.read_text(encoding="utf-8"))
    assert described["sources"] == sources(), "the model has changed: run python -m sim.model.make_compiled"
    assert kept_week() is not None
    assert described["tables"] == json.loads(json.dumps(engine.tables_of_the_week(current())))


def test_it_imports_nothing() -> None:
    portable = wasmtime.Module(wasmtime.Engine(), PORTABLE.read_bytes())
    assert [each.name for each in portable.imports] == []
    assert {each.name for each in portable.exports} == {"memory", "week", "__heap_base"}


def test_it_is_small() -> None:
    assert PORTABLE.stat().st_size < 250_000
    assert INTERMEDIATE.stat().st_size < 400_000


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Files of a week that is not there, but would be up to date."""
    contents = {"PORTABLE": b"portable", "INTERMEDIATE": lzma.compress(b"intermediate")}
    for name, content in contents.items():
        monkeypatch.setattr(module, name, tmp_path / name)
        (tmp_path / name).write_bytes(content)
    monkeypatch.setattr(module, "DESCRIPTION", tmp_path / "DESCRIPTION")
    (tmp_path / "DESCRIPTION").write_text(describe(*contents.values(), {}), encoding="utf-8")
    return tmp_path


def test_what_is_whole_is_read(folder: Path) -> None:
    found = kept_week.__wrapped__()
    assert found == (b"portable", digest(b"portable"), b"intermediate")


@pytest.mark.parametrize("name", ["PORTABLE", "INTERMEDIATE", "DESCRIPTION"])
def test_what_is_damaged_or_absent_is_not_used(folder: Path, name: str) -> None:
    for content in (b"", b"x", b"{}", b"[]", b"\xff", (folder / name).read_bytes()[:-3]):
        (folder / name).write_bytes(content)
        assert kept_week.__wrapped__() is None
    (folder / name).unlink()
    assert kept_week.__wrapped__() is None


def test_it_is_not_used_once_the_source_has_changed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "sources", lambda: "another")
    assert kept_week.__wrapped__() is None
