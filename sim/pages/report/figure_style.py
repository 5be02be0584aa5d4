"""Style of pictures: plain axes, and type that is readable when printed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from sim.pages.report.colors import INK, PAPER, TWIN_COLOR

PIXELS_PER_INCH = 150

_QUICK = {"compress_level": 2}
"""Compression level of PNG files: a third of the time for a tenth more bytes."""

_LONG = re.compile(r"(?<=\.\d\d)\d+")
"""More decimals than a hundredth of a point, which is a tenth of what can be seen."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a picture is drawn on.

    Attributes:
        width: Its width, in inches.
        panels: Largest number of panels side by side.
        panel: Height of a panel of weeks, in inches.
        family: Family of its letters.
        size: Size of its letters, in points.
        titled: Whether title and notes are part of the picture; else they are its caption, and the picture does without colors
            where lines and markers can say the same.
        tallest: Height above which panels are made lower, in inches.
    """

    width: float
    panels: int
    panel: float
    family: str = "DejaVu Sans"
    size: float = 9.0
    titled: bool = True
    tallest: float = float("inf")


SCREEN = Sheet(10.5, 4, 1.55)
"""What the pictures of a report are drawn on."""

_SHEET: ContextVar[Sheet] = ContextVar("sheet", default=SCREEN)


def current_sheet() -> Sheet:
    """The sheet that pictures are drawn on now."""
    return _SHEET.get()


@contextmanager
def on_sheet(sheet: Sheet) -> Iterator[None]:
    """Draw pictures on another sheet."""
    token = _SHEET.set(sheet)
    try:
        yield
    finally:
        _SHEET.reset(token)


class CaptionedFigure(Figure):
    """A figure that knows its title and how to read it, whether or not they are drawn in it."""

    title: str = ""
    note: str = ""


@contextmanager
def apply_style() -> Iterator[None]:
    """Settings for all pictures, which replace the user's own."""
    sheet = current_sheet()
    settings = {
        "font.family": sheet.family,
        "font.size": sheet.size,
        "axes.edgecolor": INK,
        "axes.labelcolor": INK,
        "axes.labelsize": sheet.size,
        "axes.linewidth": 0.6,
        "axes.spines.right": False,
        "axes.spines.top": False,
        "axes.facecolor": "none",
        "axes.unicode_minus": True,
        "figure.facecolor": "none",  # transparent for the page; save_png adds a background
        "grid.color": TWIN_COLOR,
        "grid.alpha": 0.25,
        "grid.linewidth": 0.5,
        "text.color": INK,
        "text.parse_math": False,  # a currency may be $
        "xtick.color": INK,
        "ytick.color": INK,
        "xtick.labelsize": min(sheet.size, 8.0),
        "ytick.labelsize": min(sheet.size, 8.0),
        "xtick.major.width": 0.6,
        "ytick.major.width": 0.6,
        "svg.fonttype": "path",
        "pdf.fonttype": 42,
        "svg.hashsalt": "centricity",
        "path.simplify": True,
    }
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        parameters: Any = matplotlib.rcParams  # their names are types in some versions of its annotations
        parameters.update(settings)
        yield


def to_png(figure: Figure, dots_per_inch: int = PIXELS_PER_INCH) -> bytes:
    """A picture for documents and slides."""
    FigureCanvasAgg(figure)  # does not depend on the user's screen
    buffer = BytesIO()
    with apply_style():  # settings of the user's own would reach even here
        figure.savefig(
            buffer, format="png", dpi=dots_per_inch, facecolor=PAPER, metadata={"Software": None}, pil_kwargs=_QUICK
        )
    return buffer.getvalue()


def to_pdf(figure: Figure) -> bytes:
    """A sheet to be printed or sent; its text can be searched and copied."""
    buffer = BytesIO()
    with apply_style():
        figure.savefig(
            buffer, format="pdf", facecolor=PAPER, metadata={"CreationDate": None, "Creator": None, "Producer": None}
        )
    return buffer.getvalue()


def to_plain_svg(figure: Figure) -> bytes:
    """A picture as a file of its own, for programs that edit or typeset drawings."""
    buffer = BytesIO()
    with apply_style():
        figure.savefig(buffer, format="svg", facecolor=PAPER, metadata={"Date": None, "Creator": None})
    return buffer.getvalue()


def save_png(figure: Figure, path: Path) -> None:
    """Write a picture for documents and slides."""
    path.write_bytes(to_png(figure))


def to_svg(figure: Figure, name: str, label: str) -> str:
    """A picture as part of a page; its lines and text take the text color of the page.

    Args:
        figure: The figure that is also saved as a file.
        name: Short word that its identifiers begin with; different for each picture of a page.
        label: Description for readers who cannot see it.
    """
    buffer = StringIO()
    with apply_style():
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    text = buffer.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = text.replace(INK.lower(), "currentColor")
    text = re.sub(r' d="[^"]*"', lambda path: _LONG.sub("", path[0]), text)
    text = re.sub(r'id="', f'id="{name}-', text)
    text = re.sub(r'href="#', f'href="#{name}-', text)
    text = text.replace("url(#", f"url(#{name}-")
    text = re.sub(r' xmlns(:\w+)?="[^"]*"', "", text)
    text = text.replace("xlink:href", "href")
    size = re.search(r'width="[\d.]+pt" height="[\d.]+pt"', text)
    if size is not None:
        text = text.replace(size[0], "", 1)
    return text.replace("<svg", f'<svg role="img" aria-label="{_escape(label)}"', 1)


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;").replace(">", "&gt;")
