"""What all tests of sweeps share."""

from __future__ import annotations

import os

import pytest


@pytest.fixture(autouse=True)
def _no_waiting_for_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are whole without it as long as the power does not fail, and tests are a good deal faster."""
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)
