"""How tests score facts: with few runs first, and with all runs where few are inconclusive."""

from __future__ import annotations

from sim.evidence.scoring import Row, Verdict, score


def scored(group: str, quick: bool = False) -> list[Row]:
    """Every case of a group of facts."""
    rows = [row for row in score(only=[group], quick=quick) if row.fact.id.split("/")[0] == group]
    assert rows
    return rows


def burned_in(group: str) -> list[Row]:
    """Every case of a group; what does not hold with few runs is scored again in full, and that score counts."""
    rows = scored(group, quick=True)
    again = [row.fact.id for row in rows if row.verdict is not Verdict.HOLDS]
    full = {row.fact.id: row for row in score(only=again)} if again else {}
    return [full.get(row.fact.id, row) for row in rows]


def assert_holds(rows: list[Row]) -> None:
    """All of them hold, and none broke down."""
    for row in rows:
        assert row.error == ""
        assert row.verdict is Verdict.HOLDS, (row.fact.id, row.fact.band, row.measurement)
