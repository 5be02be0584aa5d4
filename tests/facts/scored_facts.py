"""How tests score facts."""

from __future__ import annotations

from sim.evidence.scoring import Row, score


def scored(group: str, quick: bool = False) -> list[Row]:
    """Every case of a group of facts."""
    rows = [row for row in score(only=[group], quick=quick) if row.fact.id.split("/")[0] == group]
    assert rows
    return rows
