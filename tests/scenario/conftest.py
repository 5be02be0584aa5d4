"""Tests of scenarios see an empty installation: nothing ships unless a test puts it there."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.model.scenario import shipped


@pytest.fixture(autouse=True)
def checkout(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Top of an empty checkout, whose ``scenarios`` and ``experiments`` are what ships."""
    top = tmp_path_factory.mktemp("checkout")
    monkeypatch.setattr(shipped, "PACKAGE", top / "sim")
    return top
