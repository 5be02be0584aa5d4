"""What all tests of sweeps share."""

from __future__ import annotations

import os

import pytest


@pytest.fixture(autouse=True)
def _no_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out fsync: files are whole without it unless the power fails, and tests are much faster."""
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)
