"""Verdicts of the full run of the evidence that a checkout keeps, so that they are known without another run."""

from __future__ import annotations

import json
from pathlib import Path

from sim.model.scenario import shipped

FILE = Path("results", "reference", "evidence.json")
"""File in which a checkout keeps the run."""

NOT_YET_RUN = "not yet run"
"""Text for a fact that is newer than the kept run."""


def kept_verdicts() -> dict[str, str] | None:
    """Verdicts of the kept run by id of the fact; ``None`` without a checkout."""
    path = shipped.top() / FILE
    if not path.is_file():
        return None
    return {record["id"]: record["verdict"] for record in json.loads(path.read_text(encoding="utf-8"))["facts"]}
