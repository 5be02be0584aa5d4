"""A comparison for a paper: its pictures without titles, its tables with intervals in brackets, its methods."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from sim.analysis.metrics import METRICS
from sim.lab.comparison import Comparison
from sim.lab.display import KEY_MEASURES, Cell, unit_of
from sim.pages.publication.folder import Drawing, Table, write_publication
from sim.pages.publication.latex import Block, minus
from sim.pages.publication.methods import methods_of_comparison
from sim.pages.publication.request import Publication
from sim.pages.report.html import heading
from sim.pages.report.pictures import PICTURES

_SIDE_BY_SIDE = 3
"""Policies that a table has room for side by side; more stand below."""


def write_comparison(comparison: Comparison, folder: Path, request: Publication) -> None:
    """Write the folder for a paper into that of the results."""
    drawings = (
        Drawing(picture.name, lambda picture=picture: picture.draw(comparison))  # type: ignore[misc]
        for picture in PICTURES
        if picture.requested(comparison) and not picture.sheet
    )
    methods = methods_of_comparison(comparison.manifest)
    write_publication(folder, request, comparison.plan.scenario.name, drawings, tables_of(comparison), methods)


def tables_of(comparison: Comparison) -> Iterator[Table]:
    """The key measures, all measures, and regret over the futures where there are any."""
    said = (
        f"Means over {comparison.plan.replicates} replicates of {comparison.plan.scenario.name} with 95 % intervals in "
        "brackets. Changes and lifts are differences from the same organizations without a policy."
    )
    named = {each.name: each.heading for each in KEY_MEASURES}
    yield Table("measures", f"Policies compared. {said}", _blocks(comparison, named))
    yield Table("all-measures", f"All measures. {said}", _blocks(comparison, {name: _name(name) for name in METRICS}))
    if comparison.plan.futures:
        title, rows = comparison.futures_table()
        places = {policy: place for place, policy in enumerate(comparison.ranked)}
        blocks = [
            Block(
                ("future", *part, *[""] * (size - len(part))),
                tuple(
                    (future, *(bracketed(cells[places[policy]]) for policy in part), *[""] * (size - len(part)))
                    for future, cells in rows.items()
                ),
            )
            for part, size in _parts(comparison.ranked)
        ]
        yield Table("regret", f"{title}. 95 % intervals in brackets.", tuple(blocks))


def _blocks(comparison: Comparison, measures: dict[str, str]) -> tuple[Block, ...]:
    """Measures down, policies across, in as many blocks as their number asks for."""
    objective, currency = comparison.summary["objective"], comparison.plan.scenario.currency
    units = {name: unit_of(name, objective, currency) for name in measures}

    def row(name: str, policies: Sequence[str]) -> tuple[str, ...]:
        what = f"{measures[name]}, {units[name]}" if units[name] else measures[name]
        return (what, *(bracketed(comparison.cells[policy][name]) for policy in policies))

    return tuple(
        Block(
            ("measure", *part, *[""] * (size - len(part))),
            tuple((*row(name, part), *[""] * (size - len(part))) for name in measures),
        )
        for part, size in _parts(comparison.ranked)
    )


def _name(measure: str) -> str:
    """What a measure is called in a table that has no groups: without the signs of a sum, and no two alike."""
    plain = heading(measure).removeprefix("= ").removeprefix("less: ")
    return f"{plain}, of practicing" if measure.startswith("practicing") and "practicing" not in plain else plain


def _parts(policies: Sequence[str]) -> list[tuple[Sequence[str], int]]:
    """Policies for each block of a table, about as many in each, and the largest number."""
    number = -(-len(policies) // _SIDE_BY_SIDE)
    size = -(-len(policies) // number)
    return [(policies[start : start + size], size) for start in range(0, len(policies), size)]


def bracketed(cell: Cell) -> str:
    """``26.1 [24.3, 27.9]``."""
    if cell.missing or not cell.interval:
        return minus(cell.value)
    return minus(f"{cell.value} [{cell.interval.replace(' to ', ', ')}]")
