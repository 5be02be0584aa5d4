"""The figure beside a calibrated scenario: data against model, and above all the part that the model has not seen."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator, MultipleLocator

from sim.calibration.contract_fit import ContractFit
from sim.calibration.fit_report import deviation
from sim.calibration.purchases import LARGEST_CLASS, HoldOut, PurchaseFit
from sim.calibration.spending import SpendFit, expected_density
from sim.evidence.replications import shifted_beta_geometric
from sim.model.kernel.array_types import FloatArray
from sim.pages.report.colors import INK, OKABE_ITO, TWIN_COLOR
from sim.pages.report.figure_style import apply_style

DATA, MODEL = INK, OKABE_ITO[1]

_WIDTH = 10.5
_HEAD = 0.78  # inches above the panels
_ROW = 3.3  # inches of one row of panels
_BAR = 0.38
_SHADE = 0.13
_BINS = 36
_WEEK_TICKS = (
    (40, 4),
    (104, 13),
    (208, 26),
    (624, 52),
    (2080, 260),
    (np.inf, 1040),
)  # longest log, weeks between ticks


def draw(fit: PurchaseFit | ContractFit, title: str, note: str) -> Figure:
    """Picture of a fit.

    Args:
        fit: What was found.
        title: What it says.
        note: How to read it.
    """
    with apply_style():
        return _draw_purchases(fit, title, note) if isinstance(fit, PurchaseFit) else _draw_contract(fit, title, note)


def _draw_purchases(fit: PurchaseFit, title: str, note: str) -> Figure:
    """Repeat purchases: per customer, over time, in the hold-out by earlier purchases, and their value."""
    modeled = fit.spending is not None and fit.spending.p is not None
    panels = 2 + (fit.hold_out is not None) + modeled
    figure, axes = _panels(panels, title, note)
    _draw_histogram(axes[0], fit)
    _draw_course(axes[1], fit)
    if fit.hold_out is not None:
        _draw_means(axes[2], fit.hold_out)
    if fit.spending is not None and modeled:
        _draw_spending(axes[-1], fit.spending)
    return figure


def _panels(number: int, title: str, note: str) -> tuple[Figure, list[Axes]]:
    """Empty panels, two in a row, the last of an odd number as wide as two, under a title."""
    rows = (number + 1) // 2
    notes = textwrap.wrap(note.replace(" -", " \u2212"), 155)
    head = _HEAD + 0.17 * (len(notes) - 1)
    height = head + rows * _ROW
    figure = Figure(figsize=(_WIDTH, height))
    figure.text(0.1 / _WIDTH, 1.0 - 0.1 / height, title, va="top", fontsize=12.5, fontweight="bold")
    figure.text(0.1 / _WIDTH, 1.0 - 0.36 / height, "\n".join(notes), va="top", fontsize=8.5, linespacing=1.35)
    grid = figure.add_gridspec(
        rows, 2, left=0.72 / _WIDTH, right=1.0 - 0.15 / _WIDTH, top=1.0 - (head + 0.22) / height, bottom=0.5 / height,
        hspace=0.42, wspace=0.17,
    )  # fmt: skip
    places = [grid[index // 2, index % 2] for index in range(number)]
    if number % 2:
        places[-1] = grid[rows - 1, :]
    axes = [figure.add_subplot(place) for place in places]
    for ax in axes:
        ax.grid(axis="y")
        ax.set_axisbelow(True)
        ax.tick_params(length=2.5, pad=2)
        ax.yaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]))
        ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))
    return figure, axes


def _head(ax: Axes, text: str) -> None:
    ax.set_title(text, loc="left", fontsize=9.5, fontweight="bold", pad=8)


def _legend(ax: Axes, place: Literal["upper left", "upper right", "lower right"] = "upper right") -> None:
    ax.legend(loc=place, frameon=False, fontsize=8, handlelength=1.6, borderaxespad=0.2)


def _pair_of_bars(ax: Axes, actual: Sequence[float] | FloatArray, expected: FloatArray) -> None:
    """Data and model side by side, by class of repeat purchases, with the values above the bars."""
    x = np.arange(LARGEST_CLASS + 1)
    ax.bar(x - _BAR / 2 - 0.01, actual, _BAR, color=DATA, label="data", linewidth=0)
    ax.bar(x + _BAR / 2 + 0.01, expected, _BAR, color=MODEL, label="model", linewidth=0)
    ax.set_xticks(x, [*(str(number) for number in x[:-1]), f"{LARGEST_CLASS} or more"])
    ax.tick_params(axis="x", length=0)


def _draw_histogram(ax: Axes, fit: PurchaseFit) -> None:
    """Customers by repeat purchases in the weeks fitted, with the numbers above the bars: data, then model."""
    _pair_of_bars(ax, fit.histogram.astype(np.float64), fit.expected_histogram)
    _head(ax, f"Customers by repeat purchases in the {fit.calibration_weeks:.3g} weeks fitted")
    ax.set_xlabel("repeat purchases")
    ax.set_ylabel("customers")
    _legend(ax)
    top = max(float(fit.histogram.max()), float(fit.expected_histogram.max()))
    ax.set_ylim(0.0, 1.2 * top)
    for x, (actual, expected) in enumerate(zip(fit.histogram, fit.expected_histogram, strict=True)):
        higher = max(float(actual), float(expected)) + 0.015 * top
        ax.text(x, higher + 0.062 * top, f"{actual:,}", ha="center", va="bottom", fontsize=6.8, color=DATA)
        ax.text(x, higher, f"{expected:,.0f}", ha="center", va="bottom", fontsize=6.8, color=MODEL)


def _draw_course(ax: Axes, fit: PurchaseFit) -> None:
    """Repeat purchases so far, week by week; below the curves there is always room for words."""
    weeks = np.append(0.0, fit.weeks)
    ax.plot(weeks, np.append(0, fit.cumulative), color=DATA, linewidth=1.7, label="data", zorder=4)
    ax.plot(weeks, np.append(0.0, fit.expected), color=MODEL, linewidth=1.7, label="model", zorder=3)
    _head(ax, "Repeat purchases so far")
    ax.set_xlabel("week of the log")
    ax.set_ylabel("repeat purchases")
    ax.set_xlim(0.0, weeks[-1])
    ax.set_ylim(0.0, 1.06 * max(float(fit.cumulative[-1]), float(np.nanmax(fit.expected)), 1.0))
    step = next(step for longest, step in _WEEK_TICKS if weeks[-1] <= longest)
    ax.xaxis.set_major_locator(MultipleLocator(step))
    _legend(ax, "upper left")
    if fit.hold_out is None:
        return
    start = fit.calibration_weeks
    ax.axvspan(start, weeks[-1], color=TWIN_COLOR, alpha=_SHADE, linewidth=0)
    across, gap = ax.get_xaxis_transform(), 0.018 * weeks[-1]
    ax.text(start - gap, 0.04, "fitted", transform=across, ha="right", va="bottom", fontsize=8.5)
    error = "" if fit.hold_out.error is None else f"\n({deviation(fit.hold_out.error)})"
    words = f"not seen: predicted {fit.hold_out.predicted:,.0f}{error}, actual {fit.hold_out.actual:,}"
    ax.text(start + gap, 0.04, words, transform=across, ha="left", va="bottom", fontsize=8.5, linespacing=1.4)


def _draw_means(ax: Axes, hold_out: HoldOut) -> None:
    _pair_of_bars(ax, hold_out.actual_means, hold_out.predicted_means)
    _head(ax, f"Purchases of each customer in the {hold_out.weeks} weeks not seen")
    ax.set_xlabel("repeat purchases in the weeks fitted")
    ax.set_ylabel("purchases a customer")
    _legend(ax, "upper left")


def _draw_spending(ax: Axes, spending: SpendFit) -> None:
    """Mean value of repeat purchases over customers: a few big spenders are left out of the figure, not of the fit."""
    end = float(np.quantile(spending.values, 0.985)) * 1.05
    edges = np.linspace(0.0, end, _BINS + 1)
    counts, _ = np.histogram(spending.values, bins=edges)
    width = edges[1] - edges[0]
    density = counts / (spending.values.size * width)
    ax.bar(edges[:-1], density, width, align="edge", color=DATA, alpha=0.55, linewidth=0, label="data")
    grid = np.linspace(end / 2000.0, end, 500)
    ax.plot(grid, expected_density(spending, grid), color=MODEL, linewidth=1.8, label="model")
    ax.axvline(spending.mean, color=MODEL, linewidth=0.9, linestyle=(0, (3, 2)))
    ax.text(
        spending.mean + 0.012 * end, 0.97, f"mean {spending.mean:,.4g}", color=MODEL, fontsize=8, va="top",
        transform=ax.get_xaxis_transform(),
    )  # fmt: skip
    _head(ax, "Mean value of a customer's repeat purchases")
    ax.set_xlabel("money, as in the file")
    ax.set_ylabel("density over customers")
    ax.set_xlim(0.0, end)
    ax.set_ylim(0.0, 1.1 * float(density.max()))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))
    _legend(ax)


def _draw_contract(fit: ContractFit, title: str, note: str) -> Figure:
    """Survival, and the yearly rate of retention, which rises although no customer changes."""
    figure, axes = _panels(2, title, note)
    years, fitted = np.arange(fit.table.years + 1), fit.fitted_years
    fine = np.linspace(0.0, fit.table.years, 200)
    alpha, beta = fit.estimate.alpha, fit.estimate.beta
    curves = (
        (fine, 100.0 * shifted_beta_geometric.survival(alpha, beta, fine), 100.0 * fit.table.shares, years),
        (
            years[1:],
            100.0 * shifted_beta_geometric.retention(alpha, beta, years[1:]),
            100.0 * _rates(fit.table.shares),
            years[1:],
        ),
    )
    heads = ("Share of the cohort left", "Share of those left who stay another year")
    for ax, head, (x, model, data, at) in zip(axes, heads, curves, strict=True):
        ax.plot(x, model, color=MODEL, linewidth=1.6, label="model")
        seen = at <= fitted
        ax.plot(at[seen], data[seen], "o", color=DATA, markersize=4.5, label="data, fitted", linestyle="none")
        if not seen.all():
            ax.axvspan(fitted + 0.5, fit.table.years + 0.3, color=TWIN_COLOR, alpha=_SHADE, linewidth=0)
            ax.plot(
                at[~seen], data[~seen], "o", color=DATA, markerfacecolor="white", markersize=4.5, linestyle="none",
                label="data, not seen",
            )  # fmt: skip
        _head(ax, head)
        ax.set_xlabel("year")
        ax.set_ylabel("percent")
        ax.set_xlim(-0.15 if at[0] == 0 else 0.7, fit.table.years + 0.3)
        ax.xaxis.set_major_locator(MultipleLocator(1) if fit.table.years <= 15 else MaxNLocator(12, integer=True))
    axes[0].set_ylim(0.0, 103.0)
    if fit.worst_held_out is not None:
        words = f"not seen: off by\nat most {fit.worst_held_out:.2f} points"
        axes[0].text(
            fitted + 0.7,
            0.04,
            words,
            transform=axes[0].get_xaxis_transform(),
            va="bottom",
            fontsize=8.5,
            linespacing=1.4,
        )
    _legend(axes[0])
    _legend(axes[1], "lower right")
    return figure


def _rates(shares: FloatArray) -> FloatArray:
    """Rate of retention of every year; missing once no one is left."""
    before = np.where(shares[:-1] > 0, shares[:-1], np.nan)
    return shares[1:] / before
