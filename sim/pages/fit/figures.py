"""Pictures of a fit: parameters before and after, fans over the data, rank curves."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.analysis.wording import less_unknown
from sim.model.kernel.array_types import FloatArray
from sim.pages.fit.content import FitContent, FittedParameter
from sim.pages.report.colors import INK, OKABE_ITO, TWIN_COLOR
from sim.pages.report.figure_style import apply_style

BLUE, ORANGE = OKABE_ITO[0], OKABE_ITO[1]
_ACROSS = 4


def _grid(number: int, height: float) -> tuple[Figure, list[Axes]]:
    """A figure with so many small panels, four in a row."""
    down = -(-number // _ACROSS)
    across = min(number, _ACROSS)
    figure = Figure(figsize=(10.0, height * down), layout="constrained")
    axes = figure.subplots(down, across, squeeze=False).ravel().tolist()
    for left_over in axes[number:]:
        left_over.set_visible(False)
    return figure, axes[:number]


def draw_parameters(content: FitContent) -> Figure:
    """Density of each parameter over its plausible range, before and after."""
    with apply_style():
        ordered = [*content.learned, *content.silent]
        figure, axes = _grid(len(ordered), 1.9)
        for ax, parameter in zip(axes, ordered, strict=True):
            _draw_density(ax, parameter)
        return figure


def _draw_density(ax: Axes, parameter: FittedParameter) -> None:
    places, density = smooth_density(parameter)
    even = 1.0 / (parameter.high - parameter.low)
    color = BLUE if parameter.identified else TWIN_COLOR
    ax.fill_between(places, density, color=color, alpha=0.35, linewidth=0)
    ax.plot(places, density, color=color, linewidth=1.2)
    ax.plot(
        [parameter.low, parameter.low, parameter.high, parameter.high],
        [0, even, even, 0],
        color=INK,
        lw=0.9,
        ls=(0, (3, 2)),
    )
    ax.set_title(parameter.name, fontsize=8.5, fontweight="bold", loc="left", pad=12)
    verdict = less_unknown(parameter.contraction) if parameter.identified else "your data cannot tell"
    ax.text(0.0, 1.02, verdict, transform=ax.transAxes, fontsize=8, va="bottom")
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)
    ax.set_ylim(0.0, max(float(density.max()), 1.6 * even) * 1.05)
    ax.set_xlim(parameter.low, parameter.high)
    ax.locator_params(axis="x", nbins=4)


def smooth_density(parameter: FittedParameter) -> tuple[FloatArray, FloatArray]:
    """Places in the plausible range, and the density of the draws there: a normal kernel, mirrored at both ends."""
    size = parameter.high - parameter.low
    unit = (np.asarray(parameter.draws, dtype=np.float64) - parameter.low) / size
    weights = parameter.weights / parameter.weights.sum()
    effective = 1.0 / float((weights**2).sum())
    middle = float(weights @ unit)
    width = max(1.06 * float(np.sqrt(weights @ (unit - middle) ** 2)) * effective**-0.2, 0.01)
    places = np.linspace(0.0, 1.0, 121)
    density = np.zeros_like(places)
    for image in (unit, -unit, 2.0 - unit):
        density += np.exp(-0.5 * ((places[:, None] - image) / width) ** 2) @ weights
    return parameter.low + places * size, density / (width * np.sqrt(2.0 * np.pi)) / size


def draw_fans(content: FitContent) -> Figure:
    """The history over what the model makes of it, before and after the fit."""
    with apply_style():
        figure, axes = _grid(len(content.columns), 2.5)
        places = np.arange(len(content.rows), dtype=np.float64)
        shares = list(content.shares)
        pairs = [(shares.index(low), shares.index(high)) for low, high in ((0.025, 0.975), (0.25, 0.75))]
        for column, (ax, name) in enumerate(zip(axes, content.columns, strict=True)):
            before, after = content.prior_fans[:, :, column], content.posterior_fans[:, :, column]
            outer, inner = pairs
            ax.fill_between(places, before[outer[0]], before[outer[1]], color=TWIN_COLOR, alpha=0.28, linewidth=0)
            ax.fill_between(places, after[outer[0]], after[outer[1]], color=BLUE, alpha=0.25, linewidth=0)
            ax.fill_between(places, after[inner[0]], after[inner[1]], color=BLUE, alpha=0.4, linewidth=0)
            if content.holdout_fan is not None:
                later = places[-content.holdout_fan.shape[1] :]
                middle, low, high = content.holdout_fan[:, :, column]
                ax.vlines(later, low, high, color=ORANGE, linewidth=1.6)
                ax.plot(later, middle, linestyle="none", marker="_", color=ORANGE, markersize=8)
            ax.plot(places, content.observed[:, column], color=INK, marker="o", markersize=3.5, linewidth=0.8)
            ax.set_title(name.replace("_", " "), fontsize=9, fontweight="bold", loc="left")
            shown = np.unique(np.linspace(0, len(places) - 1, min(len(places), 3)).astype(int))
            ax.set_xticks(shown, [content.rows[at] for at in shown])
            ax.locator_params(axis="y", nbins=5)
            ax.grid(axis="y")
        return figure


def draw_ranks(content: FitContent) -> Figure:
    """Rank curves less even ranks, with the band in which they lie if intervals hold what they say."""
    with apply_style():
        figure, axes = _grid(len(content.parameters), 1.7)
        for number, (ax, parameter) in enumerate(zip(axes, content.parameters, strict=True)):
            places = np.linspace(0.0, 1.0, 201)
            histories = len(parameter.ranks)
            reached = np.searchsorted(np.sort(parameter.ranks), places, side="right") / histories - places
            band = content.band * np.sqrt(places * (1.0 - places) / histories)
            color = BLUE if parameter.inside_band else ORANGE
            ax.fill_between(places, -band, band, color=TWIN_COLOR, alpha=0.3, linewidth=0)
            ax.plot(places, reached, color=color, linewidth=1.4)
            ax.axhline(0.0, color=INK, linewidth=0.5)
            ax.set_title(parameter.name, fontsize=8.5, fontweight="bold", loc="left")
            limit = max(1.3 * float(band.max()), 1.1 * float(np.abs(reached).max()))
            ax.set_ylim(-limit, limit)
            ax.set_xlim(0.0, 1.0)
            ax.set_xticks([0.0, 0.5, 1.0], ["0", "0.5", "1"])
            ax.locator_params(axis="y", nbins=3)
            if number % _ACROSS:
                ax.set_yticklabels([])
        return figure
