"""Are levels the same whether one customer is simulated for one or for ninety?"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from sim.analysis.missing import FloatArray
from sim.lab.comparison_run import compare
from sim.model.registry import current
from sim.model.scenario import Scenario

INSURER = Path(__file__).parents[1] / "lab" / "insurer.toml"

REPLICATES = {90: 256, 1: 64}
"""Replicates by grain; the coarse runs are short, so there are more of them."""

WEEKS = 52

SHARES, MONEY = 0.005, 0.02
"""How far levels at two grains may lie apart: shares and indices, and the rest as a part of the level."""

COUNTS_OF_CUSTOMERS = {
    "active_customers", "active_clients", "acquired", "lost", "contacts", "failures", "recovered", "conflicts",
}  # fmt: skip
"""Outcomes that count simulated customers."""


def settings() -> str:
    """Everything that this study sets."""
    return repr((REPLICATES, WEEKS, SHARES, MONEY, sorted(COUNTS_OF_CUSTOMERS), INSURER.read_text(encoding="utf-8")))


def standard_error(values: FloatArray) -> float:
    """Of the mean."""
    return float(values.std(ddof=1)) / math.sqrt(values.size)


def study_grain() -> dict[str, Any]:
    """Difference of each outcome's yearly mean between the grains, with its 95 % interval, against the margin.

    Two intervals may show that the grains agree. That of pairs with the same seed is the shorter one for outcomes of people at
    work, whose chance the two share; that of means is the shorter one for outcomes of customers, as there are more of the short
    runs. The shorter is kept.
    """
    insurer = Scenario.load(INSURER)
    coarse, fine = (
        compare(insurer, ["none"], replicates=replicates, weeks=WEEKS, grain=size)
        .weekly.groupby("replicate")
        .mean(numeric_only=True)
        for size, replicates in REPLICATES.items()
    )
    found: dict[str, dict[str, float | bool]] = {}
    for name, outcome in current().outcomes.items():
        scale = 90.0 if outcome.unit == "count" and name in COUNTS_OF_CUSTOMERS else 1.0
        many, few = scale * coarse[name].to_numpy(float), fine[name].to_numpy(float)
        level = 1.0 if outcome.unit in ("share", "index", "ratio") else abs(float(few.mean())) or 1.0
        pairs = few - many[: few.size]  # the first replicates of both have the same seeds
        differences = (
            (standard_error(pairs), float(pairs.mean())),
            (math.hypot(standard_error(many), standard_error(few)), float(few.mean() - many.mean())),
        )
        half, difference = min((2.0 * error / level, mean / level) for error, mean in differences)
        margin = SHARES if level == 1.0 else MONEY
        found[name] = {
            "difference": round(difference, 6),
            "half_width": round(half, 6),
            "margin": margin,
            "agree": abs(difference) + half < margin,
            "differ": abs(difference) - half > margin,
        }
    return {"outcomes": found}
