"""Pictures of grids: an outcome over two numbers as a map, over one number and some words as curves."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

import numpy as np
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from sim.analysis.grids import HALF, Plane
from sim.analysis.intervals import mean_limits
from sim.analysis.missing import FloatArray
from sim.analysis.sweeps import Design, Factor, Sweep
from sim.pages.report.colors import INK, OKABE_ITO
from sim.pages.report.figure_style import apply_style, current_sheet
from sim.pages.report.sweep_sheets import draw_sheet, is_first, policy_color, scale_and_unit, set_ticks, short_number

_LEVELS = LinearSegmentedColormap.from_list("levels", ["#E58A3C", "#F7F7F7", "#5B9BD0"])
_GRAYS = LinearSegmentedColormap.from_list("grays", ["#FFFFFF", "#8FB6DA"])
"""Levels that stay in order when color is taken from them; the first are brighter to the eye on a screen."""

_MOST_CELLS = 12
_MARKERS = ("o", "s", "^", "D", "v", "P")

MOST_CURVES = 6
"""Largest number of words of a factor that get a curve each."""


def draw_map(sweep: Sweep, title: str, design: Design, outcome: str, planes: Sequence[tuple[str, Plane]]) -> Figure:
    """The mean outcome over two factors, a panel a policy."""
    low, high = _range([plane.means for _, plane in planes])
    scale, unit = scale_and_unit(sweep, outcome, np.array([low, high]))
    note = f"Mean over replicates{_rest(design, planes[0][1].over)}{f', in {unit}' if unit else ''}. "
    note += "Line: the middle of the range over all panels."
    return _draw(sweep, title, note, [(name, plane, plane.means) for name, plane in planes], (low, high), scale)


def draw_shares(sweep: Sweep, title: str, design: Design, words: str, planes: Sequence[tuple[str, Plane]]) -> Figure:
    """Share of single runs that are good enough over two factors, one panel a policy."""
    others = _rest(design, planes[0][1].over).removeprefix(" and ")
    over = f" (over {others})" if others else ""
    note = f"Share of single runs{over} that are good enough ({words}), in %. Line: half of them."
    shown = [(name, plane, plane.shares) for name, plane in planes if plane.shares is not None]
    return _draw(sweep, title, note, shown, (0.0, 2.0 * HALF), 100.0)


def _range(grids: Sequence[FloatArray]) -> tuple[float, float]:
    together = np.concatenate([grid.ravel() for grid in grids])
    return float(np.nanmin(together)), float(np.nanmax(together))


def _rest(design: Design, over: Sequence[str]) -> str:
    """The other factors that a cell is a mean over."""
    rest = [*(name for name in design.over if name not in over), *["futures"] * (len(design.futures) > 1)]
    return f" and {', '.join(rest)}" if rest else ""


def _draw(
    sweep: Sweep,
    title: str,
    note: str,
    panels: Sequence[tuple[str, Plane, FloatArray]],
    span: tuple[float, float],
    scale: float,
) -> Figure:
    """Cells in color with their numbers, and the line in the middle of the span."""
    low, high = span
    heads = [(name or title, policy_color(sweep, name)) for name, _, _ in panels]
    first, second = (sweep.factors[name] for name in panels[0][1].over)
    with apply_style():
        figure, axes = draw_sheet(title, note, heads, 2.3)
        for number, (ax, (_, plane, grid)) in enumerate(zip(axes, panels, strict=True)):
            ax.imshow(
                grid,
                cmap=_LEVELS if current_sheet().titled else _GRAYS,
                origin="lower",
                aspect="auto",
                vmin=low,
                vmax=high,
            )
            if min(grid.shape) > 1 and np.nanmin(grid, initial=high) < (low + high) / 2 < np.nanmax(grid, initial=low):
                ax.contour(grid, levels=[(low + high) / 2], colors=INK, linewidths=1.2)
            if max(grid.shape) <= _MOST_CELLS:
                for y, x in np.argwhere(np.isfinite(grid)):
                    text = short_number(scale * float(grid[y, x]), 2)
                    ax.text(x, y, text, ha="center", va="center", fontsize=6.5, color=INK)
            for axis, values in ((ax.xaxis, plane.across), (ax.yaxis, plane.up)):
                every = -(-len(values) // 6)
                axis.set_ticks(range(0, len(values), every), [short_number(value, 3) for value in values[::every]])
            ax.set(xlabel=_axis(first), ylabel=_axis(second) if is_first(axes, number) else "")
            ax.tick_params(labelleft=is_first(axes, number))
    return figure


def _axis(factor: Factor) -> str:
    """Name of a factor with its unit."""
    unit = f" ({factor.unit})" if factor.unit not in ("", "1") else ""
    return textwrap.fill(factor.name + unit, 32, break_on_hyphens=False)


def curve_axes(sweep: Sweep, design: Design) -> tuple[str, str] | None:
    """The number across and the words that get a curve each; ``None`` if a grid does not have one of each."""
    numbers = [name for name in design.over if sweep.factors[name].numeric]
    words = [name for name in design.over if not sweep.factors[name].numeric]
    if design.kind != "grid" or len(numbers) != 1 or not words or len(sweep.factors[words[0]].values) > MOST_CURVES:
        return None
    return numbers[0], words[0]


def draw_curves(sweep: Sweep, title: str, design: Design, outcome: str, over: tuple[str, str]) -> Figure:
    """The outcome along a number, with one curve a word and one panel a policy."""
    across, words = sweep.factors[over[0]], sweep.factors[over[1]]
    factor_values, cube = sweep.factor_values_of(design), sweep.values(design, outcome)
    place = factor_values[across.name].to_numpy(dtype=np.float64, na_value=np.nan)
    said = factor_values[words.name].astype("string").to_numpy()
    levels = np.unique(place[np.isfinite(place)])
    kinds = [str(value) for value in words.values if str(value) in said]
    found = np.full((len(cube), len(kinds), len(levels), 3), np.nan)
    for policy, kind, level in np.ndindex(*found.shape[:3]):
        part = cube[policy][:, (said == kinds[kind]) & (place == levels[level])].reshape(-1, cube.shape[-1])
        found[policy, kind, level] = mean_limits(part.ravel() if len(part) == 1 else np.nanmean(part, axis=0))
    scale, unit = scale_and_unit(sweep, outcome, found[..., 0])
    note = f"Mean over replicates{_rest(design, over)} by {words.name}; lines: 95 % intervals over replicates."
    with apply_style():
        heads = [(policy or outcome, policy_color(sweep, policy)) for policy in design.policies]
        figure, axes = draw_sheet(title, note, heads, 2.3)
        for number, (ax, curves) in enumerate(zip(axes, found, strict=True)):
            for kind, curve in enumerate(curves):
                color, marker = OKABE_ITO[kind % len(OKABE_ITO)], _MARKERS[kind % len(_MARKERS)]
                ax.vlines(levels, curve[:, 1], curve[:, 2], color=color, linewidth=1.1)
                ax.plot(levels, curve[:, 0], f"{marker}-", color=color, markersize=4, label=kinds[kind])
            ax.grid(axis="y")
            set_ticks(ax)
            set_ticks(ax, scale, "y")
            ax.set(xlabel=_axis(across), ylabel=unit if is_first(axes, number) else "")
            if number == 0:
                ax.legend(frameon=False, fontsize=8, title=words.name, title_fontsize=8)
    return figure
