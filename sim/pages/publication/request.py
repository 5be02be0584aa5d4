"""What is asked for: formats of pictures, width of a column, letters, and tables in LaTeX."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sim.model.scenario.messages import Faults, quoted

if TYPE_CHECKING:
    from sim.pages.report.figure_style import Sheet

FORMATS = ("pdf", "svg", "png")
"""Formats of pictures. Letters of PDF are TrueType, those of SVG are outlines; PNG has 600 dots an inch."""

LATEX, WORKBOOK = "latex", "xlsx"

COLUMNS = {"double": (190.0, 4, 1.2), "single": (90.0, 2, 1.0)}
"""Widths of journals (those of Elsevier, which most others are within): millimeters, panels side by side, height of one."""

FONTS = {"sans": "DejaVu Sans", "serif": "STIXGeneral"}
"""Families of letters that come with Matplotlib, so that every machine draws the same. The second resembles Times."""

LETTERS = 7.5
"""Size of letters in points, as printed."""

DOTS_PER_INCH = 600

TALLEST = 8.0
"""Height of a picture of weeks, in inches, that leaves room for its caption on a page."""

_INCH = 25.4


@dataclass(frozen=True, slots=True)
class Publication:
    """What is asked for.

    Attributes:
        formats: Formats of pictures; empty for none.
        tables: Whether tables are written in LaTeX.
        column: Width of the pictures: ``single`` or ``double``.
        font: Family of their letters: ``sans`` or ``serif``.
    """

    formats: tuple[str, ...] = ()
    tables: bool = False
    column: str = "double"
    font: str = "sans"

    def __bool__(self) -> bool:
        """Whether there is anything to write."""
        return bool(self.formats) or self.tables

    @property
    def sheet(self) -> Sheet:
        """What its pictures are drawn on."""
        from sim.pages.report.figure_style import SCREEN

        width, panels, panel = COLUMNS[self.column]
        return replace(
            SCREEN,
            width=width / _INCH,
            panels=panels,
            panel=panel,
            family=FONTS[self.font],
            size=LETTERS,
            titled=False,
            tallest=TALLEST,
        )


def read_publication(
    formats: str | None, tables: str | None, column: str | None, font: str | None, workbook: bool, faults: Faults
) -> tuple[Publication, bool]:
    """What the options ask for, and whether they ask for a workbook.

    Args:
        formats, tables: Lists with commas.
        column, font: One word each.
        workbook: Whether tables can be had as a workbook.
        faults: Takes what is wrong.
    """
    kinds = (*((WORKBOOK,) if workbook else ()), LATEX)
    pictures = _read_list("--format", formats, FORMATS, faults)
    asked = _read_list("--tables", tables, kinds, faults)
    for option, value, legal in (("--column", column, tuple(COLUMNS)), ("--font", font, tuple(FONTS))):
        if value is not None and value not in legal:
            faults.add(option, f"must be {' or '.join(legal)}, got {quoted(value)}. Leave it out for {legal[0]}.")
        elif value is not None and not pictures:
            faults.add(option, f"is for pictures, got {value} without --format. Add for example --format pdf.")
    found = Publication(pictures, LATEX in asked, column or "double", font or "sans")
    return found, WORKBOOK in asked


def _read_list(option: str, text: str | None, legal: Sequence[str], faults: Faults) -> tuple[str, ...]:
    """Words of a list with commas, each once."""
    if text is None:
        return ()
    words = [word.strip() for word in text.split(",")]
    for word in words:
        if word not in legal:
            what = f"one or more of {', '.join(legal)}, with commas between" if len(legal) > 1 else legal[0]
            faults.add(option, f"must be {what}, got {quoted(word)}. Write for example {option} {','.join(legal[:2])}.")
    return tuple(dict.fromkeys(word for word in words if word in legal))
