"""The analysis of a sweep for a paper: its pictures without titles, its tables with intervals in brackets, its methods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sim.analysis.wording import join_words
from sim.pages.publication.folder import Drawing, Table, write_publication
from sim.pages.publication.latex import Block, with_intervals
from sim.pages.publication.methods import Methods
from sim.pages.publication.request import Publication

if TYPE_CHECKING:
    import pandas as pd

    from sim.pages.report.sweep_figures import Picture

_TITLES = {
    "policies": "Policies compared over all rows and futures", "policies-by-future": "Policies in every future",
    "boxes": "Regions of the factors", "sobol": "Sobol' indices", "sobol-pairs": "Sobol' indices of pairs",
    "morris": "Elementary effects", "pawn": "PAWN indices", "ranks": "Standardized rank regression coefficients",
    "tornado": "Effects of one factor at a time", "grids": "Means over the grid", "replicates": "Precision by replicates",
}  # fmt: skip
"""Tables of a paper; what shows how an analysis went stays in Parquet and CSV."""

_ROOM, _GAP = 125, 3
"""Letters that a line of a table has room for, and what a gap between columns takes of it."""


def write_sweep(
    folder: Path, request: Publication, name: str, pictures: Sequence[Picture], tables: Mapping[str, pd.DataFrame],
    methods: Methods,
) -> None:  # fmt: skip
    """Write the folder for a paper into that of the analysis."""
    drawings = (Drawing(picture.name, picture.draw) for picture in pictures)
    shown = (_table(key, tables[key]) for key in _TITLES if key in tables)
    write_publication(folder, request, name or "Sweep", drawings, shown, methods)


def _table(name: str, table: pd.DataFrame) -> Table:
    """A tidy table: what is the same in all of its rows is said in the caption."""
    block, same = with_intervals(table)
    caption = f"{_TITLES[name]}."
    if same:
        caption += f" {join_words([f'{what} {value}' for what, value in same.items()])}."
    if any("[" in cell for row in block.rows for cell in row):
        caption += " 95 % intervals in brackets."
    widths = [max(map(len, column)) + _GAP for column in zip(block.heading, *block.rows, strict=True)]
    most = next((number for number in range(len(widths), 1, -1) if sum(widths[:number]) <= _ROOM), 1)
    if most < len(widths):
        caption += f" Left out, and in the table of the same name: {join_words(list(block.heading[most:]))}."
        block = Block(block.heading[:most], tuple(row[:most] for row in block.rows))
    return Table(name, caption, (block,))
