"""The folder for a paper: pictures, tables, captions, methods and references, with a document that includes them all."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sim.lab.writing import write_text
from sim.pages.publication.latex import Block, write_figure, write_table
from sim.pages.publication.methods import Methods
from sim.pages.publication.request import DOTS_PER_INCH, Publication
from sim.safe_text import for_latex, for_markdown

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FOLDER = "publication"
"""Name of the folder, in that of the results."""

_INCLUDED = ("pdf", "png")
"""Formats that LaTeX includes, the best first."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture to be drawn: name of its file without the ending, and the function that draws it."""

    name: str
    draw: Callable[[], Figure]


@dataclass(frozen=True, slots=True)
class Table:
    """A table to be written: name of its file without the ending, caption, rows."""

    name: str
    caption: str
    blocks: tuple[Block, ...]


def write_publication(
    folder: Path,
    request: Publication,
    title: str,
    drawings: Iterable[Drawing],
    tables: Iterable[Table],
    methods: Methods,
) -> None:
    """Write the folder.

    Args:
        folder: Folder of the results, not yet in its place.
        request: What is asked for.
        title: Of the document.
        drawings: All pictures.
        tables: All tables.
        methods: What was done, in words.
    """
    new = folder / FOLDER
    new.mkdir()
    captions, included = [], []
    for drawing in drawings if request.formats else ():
        caption = _draw(new, request, drawing)
        captions.append((drawing.name, caption))
        if any(each in request.formats for each in _INCLUDED):
            write_text(new / f"{drawing.name}.tex", write_figure(drawing.name, caption))
            included.append(drawing.name)
    for table in tables if request.tables else ():
        write_text(new / f"{table.name}.tex", write_table(table.name, table.caption, table.blocks))
        captions.append((table.name, table.caption))
        included.append(table.name)
    lines = ["# Captions", "", *(f"**{for_markdown(name)}.** {for_markdown(text)}\n" for name, text in captions)]
    write_text(new / "captions.md", "\n".join(lines))
    methods.write(new)
    write_text(new / "document.tex", _document(title, included))


def _draw(folder: Path, request: Publication, drawing: Drawing) -> str:
    """Write a picture in all formats; return its caption."""
    from sim.pages.report.figure_style import CaptionedFigure, on_sheet, to_pdf, to_plain_svg, to_png

    with on_sheet(request.sheet):
        figure = drawing.draw()
        for ending in request.formats:
            path = folder / f"{drawing.name}.{ending}"
            if ending == "png":
                path.write_bytes(to_png(figure, DOTS_PER_INCH))
            else:
                path.write_bytes(to_pdf(figure) if ending == "pdf" else to_plain_svg(figure))
    if not isinstance(figure, CaptionedFigure):
        return ""
    return f"{figure.title.removesuffix('.')}. {figure.note}"


def _document(title: str, included: Sequence[str]) -> str:
    """A document with everything, to be compiled in the folder; its preamble is what the snippets need."""
    return textwrap.dedent(r"""
        % Everything in this folder on paper: pdflatex document, bibtex document, pdflatex document, pdflatex document.
        % The snippets need the packages graphicx, booktabs, longtable and textcomp.
        \documentclass[a4paper]{article}
        \usepackage[T1]{fontenc}
        \usepackage[utf8]{inputenc}
        \usepackage{textcomp}
        \usepackage[textwidth=190mm,textheight=257mm]{geometry}
        \usepackage{graphicx,booktabs,longtable}
        \usepackage[numbers]{natbib}
        \title{TITLE}
        \author{}
        \begin{document}
        \maketitle
        \section*{Methods}
        \input{methods}
        INCLUDED
        \bibliographystyle{plainnat}
        \bibliography{references}
        \end{document}
    """).lstrip().replace("TITLE", for_latex(title)).replace(
        "INCLUDED", "\n".join(f"\\input{{{name}}}" for name in included)
    )  # fmt: skip
