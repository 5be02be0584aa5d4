"""Over what part of the plausible ranges do facts hold? The whole design of the evidence, made anew."""

from __future__ import annotations

from typing import Any

from sim.evidence.design import POINTS, Designs
from sim.evidence.fact import load_facts
from sim.evidence.region import parameters_drawn
from sim.lab.evidence_settings import evidence_settings, parameters_in
from sim.lab.worker_pool import available_workers


def conditions() -> str:
    """The facts as they ship, and in each setting what it sets and what is drawn over which ranges."""
    settings = [(name, dict(parameters_in(name)), parameters_drawn(name)) for name in evidence_settings()]
    return "\n".join([str(POINTS), *map(repr, load_facts()), *map(repr, settings)])


def study_regions() -> dict[str, Any]:
    """Share of the points at which each fact holds, with its 95 % interval; the points are kept beside the evidence.

    The same as ``centricity evidence --points 400 --regions``, which leaves nothing to do here.
    """
    facts, designs = load_facts(), Designs()
    designs.extend(facts, POINTS, available_workers(), whole=True)
    regions = {fact.id: designs.region(fact) for fact in facts}
    found = {
        name: {part: round(getattr(region.share, part), 4) for part in ("value", "low", "high", "runs")}
        for name, region in regions.items()
        if region is not None
    }
    return {"points": POINTS, "share_held": found}
