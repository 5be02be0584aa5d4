"""The full run of the evidence that a checkout keeps, so that the verdict on a fact is known without running it again."""

from __future__ import annotations

import json
from pathlib import Path

from sim.model.scenario import shipped

FILE = Path("results", "reference", "evidence.json")
"""Where a checkout keeps it."""

NOT_YET_RUN = "not yet run"
"""What is said of a fact that is newer than the run that is kept."""


def kept_verdicts() -> dict[str, str] | None:
    """Verdicts of the run that is kept, by id of the fact; ``None`` without a checkout."""
    path = shipped.top() / FILE
    if not path.is_file():
        return None
    return {record["id"]: record["verdict"] for record in json.loads(path.read_text(encoding="utf-8"))["facts"]}
