"""Over what part of the plausible ranges does each conjecture hold, from many more points than the evidence takes?"""

from __future__ import annotations

from typing import Any

from sim.evidence.fact import load_facts
from sim.evidence.scoring import score
from sim.lab.worker_pool import available_workers
from sim.model.registry import current

POINTS = 40


def conditions() -> str:
    """The facts as they ship, and every parameter with its range."""
    return "\n".join([str(POINTS), *map(repr, load_facts()), *map(repr, current().parameters.values())])


def study_regions() -> dict[str, Any]:
    """Share of the points at which each conjecture holds, with its 95 % interval."""
    rows = score(workers=available_workers(), points=POINTS)
    found = {
        row.fact.id: {name: round(getattr(row.region, name), 4) for name in ("value", "low", "high")}
        for row in rows
        if row.region is not None
    }
    return {"points": POINTS, "share_held": found}
