"""Axes with few plain ticks, and fans. The library's general axes would take most of the time for a picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.colors import to_rgba
from matplotlib.lines import Line2D
from matplotlib.markers import MarkerStyle

from sim.analysis.missing import FloatArray
from sim.pages.report.colors import INK, TWIN_COLOR
from sim.pages.report.series import Fan

MINUS = "−"
"""A minus sign as wide as a plus sign."""

_TICK_LEFT, _TICK_DOWN = MarkerStyle(0), MarkerStyle(3)  # what matplotlib.lines calls TICKLEFT and TICKDOWN
_MARK, _GAP = 2.5, 4.5  # points: length of a tick, and from the axis to its label


def bare(ax: Axes) -> None:
    """Leave ticks and labels to :func:`rule`."""
    ax.xaxis.set_visible(False)
    ax.yaxis.set_visible(False)


def rule(ax: Axes, weeks: Sequence[float], levels: Sequence[float], names: str = "") -> None:
    """Draw ticks, and lines across at the levels; the limits must have been set.

    Args:
        ax: Axes that are :func:`bare`.
        weeks: Ticks along the lower edge.
        levels: Ticks along the left edge.
        names: Which of them to name: ``x``, ``y``, ``xy`` or none.
    """
    (left, right), (low, high) = ax.get_xlim(), ax.get_ylim()
    weeks, levels = _inside(weeks, left, right), _inside(levels, low, high)
    across = [[(left, level), (right, level)] for level in levels]
    ax.add_collection(LineCollection(across, colors=TWIN_COLOR, alpha=0.25, linewidths=0.5, zorder=0.4), autolim=False)
    below, beside = ax.get_xaxis_transform(), ax.get_yaxis_transform()
    look: dict[str, Any] = {"linestyle": "none", "color": INK, "markersize": _MARK, "markeredgewidth": 0.6}
    look["clip_on"] = False
    ax.add_artist(Line2D(weeks, np.zeros(len(weeks)), marker=_TICK_DOWN, transform=below, **look))
    ax.add_artist(Line2D(np.zeros(len(levels)), levels, marker=_TICK_LEFT, transform=beside, **look))
    for week in weeks if "x" in names else ():
        _name(ax, tick(week), (week, 0.0), below, (0.0, -_GAP), ha="center", va="top")
    for level in levels if "y" in names else ():
        _name(ax, tick(level), (0.0, level), beside, (-_GAP, 0.0), ha="right", va="center_baseline")


def _inside(values: Sequence[float], low: float, high: float) -> list[float]:
    air = 1e-9 * (high - low)
    return [float(value) for value in values if low - air <= value <= high + air]


def _name(
    ax: Axes, text: str, at: tuple[float, float], where: object, offset: tuple[float, float], **alignment: str
) -> None:
    ax.annotate(text, at, offset, xycoords=where, textcoords="offset points", fontsize=8, **alignment)  # type: ignore[arg-type]


def tick(value: float) -> str:
    """A number on an axis, with a real minus sign and no needless zeros."""
    return f"{value:,.10g}".replace("-", MINUS)


def draw_bands(ax: Axes, curve: Fan, color: str, strength: float = 1.0) -> None:
    """Bands over the weeks: all replicates, the middle four fifths and the middle half."""
    corners: list[FloatArray] = []
    shades: list[tuple[float, float, float, float]] = []
    for low, high, alpha in (
        (curve.least, curve.most, 0.10),
        (curve.lowest, curve.highest, 0.18),
        (curve.low, curve.high, 0.30),
    ):
        for first, last in stretches(np.isfinite(low) & np.isfinite(high)):
            weeks = np.arange(first, last, dtype=np.float64)
            there, back = np.stack([weeks, low[first:last]], axis=1), np.stack([weeks, high[first:last]], axis=1)
            corners.append(np.concatenate([there, back[::-1]]))
            shades.append(to_rgba(color, alpha * strength))
    ax.add_collection(PolyCollection(corners, facecolors=shades, edgecolors="none", linewidths=0), autolim=False)


def stretches(known: np.ndarray) -> list[tuple[int, int]]:
    """First and one past the last place of every unbroken stretch of true."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], known, [False]]).astype(np.int8)))
    return [(int(first), int(last)) for first, last in edges.reshape(-1, 2)]
