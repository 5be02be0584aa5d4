"""How pictures look: colors that color-blind readers can tell apart, quiet axes, type that stays readable when printed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from sim.policies.bundle import NONE

OKABE_ITO = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#8A7B00")
"""Colors of Okabe & Ito (2008); their yellow, hardly to be seen on white, is darkened."""

TWIN_COLOR = "#8C8C8C"
INK = "#1F2933"
PAPER = "#FFFFFF"
PIXELS_PER_INCH = 150

_ANY_INK = "#010203"
"""Stands for the text color of the page in pictures that are a part of it."""


@dataclass(frozen=True, slots=True)
class Look:
    """Colors that depend on where a picture goes.

    Attributes:
        ink: Text, axes and reference lines.
        paper: Background; ``none`` lets the page through.
    """

    ink: str = INK
    paper: str = PAPER


ON_PAPER = Look()
ON_PAGE = Look(ink=_ANY_INK, paper="none")


def colors(policies: Sequence[str]) -> dict[str, str]:
    """A color for every policy, gray for the twin; after seven they come round again."""
    others = [policy for policy in policies if policy != NONE.name]
    found = {policy: OKABE_ITO[index % len(OKABE_ITO)] for index, policy in enumerate(others)}
    return {NONE.name: TWIN_COLOR, **found}


@contextmanager
def style(look: Look) -> Iterator[None]:
    """Settings for all pictures, whatever the user's own are."""
    settings = {
        "font.family": "DejaVu Sans",
        "font.size": 9.0,
        "axes.edgecolor": look.ink,
        "axes.labelcolor": look.ink,
        "axes.labelsize": 9.0,
        "axes.linewidth": 0.6,
        "axes.spines.right": False,
        "axes.spines.top": False,
        "axes.facecolor": "none",
        "axes.unicode_minus": True,
        "figure.facecolor": look.paper,
        "savefig.facecolor": look.paper,
        "grid.color": TWIN_COLOR,
        "grid.alpha": 0.25,
        "grid.linewidth": 0.5,
        "text.color": look.ink,
        "text.parse_math": False,  # a currency may be $
        "xtick.color": look.ink,
        "ytick.color": look.ink,
        "xtick.labelsize": 8.0,
        "ytick.labelsize": 8.0,
        "xtick.major.width": 0.6,
        "ytick.major.width": 0.6,
        "svg.fonttype": "path",
        "svg.hashsalt": "centricity",
        "path.simplify": True,
    }
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        parameters: Any = matplotlib.rcParams  # their names are types in some versions of its annotations
        parameters.update(settings)
        yield


def save_png(figure: Figure, path: Path) -> None:
    """Write a picture for documents and slides."""
    FigureCanvasAgg(figure)  # whatever screen the user's settings ask for
    figure.savefig(path, format="png", dpi=PIXELS_PER_INCH, metadata={"Software": None})


def to_svg(figure: Figure, name: str, label: str) -> str:
    """A picture as a part of a page: its ink follows the text color of the page.

    Args:
        figure: Drawn with :data:`ON_PAGE`.
        name: Short word, different for each picture of a page, that its identifiers begin with.
        label: What somebody who cannot see it is told.
    """
    buffer = StringIO()
    with style(ON_PAGE):
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    text = buffer.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = text.replace(_ANY_INK, "currentColor")
    text = re.sub(r' d="[^"]*"', lambda path: re.sub(r"\d+\.\d{3,}", _shorter, path[0]), text)
    text = re.sub(r'id="', f'id="{name}-', text)
    text = re.sub(r'href="#', f'href="#{name}-', text)
    text = text.replace("url(#", f"url(#{name}-")
    text = re.sub(r' xmlns(:\w+)?="[^"]*"', "", text)
    text = text.replace("xlink:href", "href")
    size = re.search(r'width="[\d.]+pt" height="[\d.]+pt"', text)
    if size is not None:
        text = text.replace(size[0], "", 1)
    return text.replace("<svg", f'<svg role="img" aria-label="{_escape(label)}"', 1)


def _shorter(match: re.Match[str]) -> str:
    """A coordinate to a hundredth of a point, a tenth of what can be seen."""
    return f"{float(match[0]):.2f}"


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;").replace(">", "&gt;")
