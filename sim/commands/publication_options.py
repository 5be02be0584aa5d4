"""Options for what a paper needs: pictures, tables, width of a column, letters."""

from __future__ import annotations

from typing import Annotated

import typer

Formats = Annotated[
    str | None,
    typer.Option(
        "--format", metavar="LIST",
        help="Also draw pictures for a paper, into publication: pdf, svg, png, with commas; captions apart, safe in gray.",
    ),
]  # fmt: skip
Column = Annotated[
    str | None,
    typer.Option("--column", metavar="WORD", help="Width of those pictures: double (190 mm) or single (90 mm)."),
]
Font = Annotated[str | None, typer.Option("--font", metavar="WORD", help="Letters of those pictures: sans or serif.")]
