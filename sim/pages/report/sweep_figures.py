"""The pictures of a sweep: factors that matter, policies compared, regions, and whether replicates are enough."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import groupby
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from sim.analysis.convergence import Convergence
from sim.analysis.discovery import Discovery, Limit
from sim.analysis.missing import FloatArray
from sim.analysis.regret import Benchmark, PolicyComparison, Question
from sim.analysis.sweep_text import Findings
from sim.analysis.sweeps import ResultKey, Sweep
from sim.pages.report.colors import INK, OKABE_ITO, TWIN_COLOR
from sim.pages.report.figure_style import apply_style
from sim.pages.report.sweep_maps import curve_axes, draw_curves, draw_map, draw_shares
from sim.pages.report.sweep_sheets import (
    draw_sheet,
    is_first,
    panel_heading,
    policy_color,
    scale_and_unit,
    set_ticks,
    short_number,
)

_MOST_ROWS, _MOST_PANELS, _ROW = 20, 12, 0.25
_YES, _NO, *_ = OKABE_ITO
_REGRETS = LinearSegmentedColormap.from_list("regrets", ["#FFFFFF", "#F6C28B", "#E58A3C"])

_NOTES = {
    "sobol": "Sobol' indices, shares of the variance. Lower bar: the factor by itself; upper, light bar: with all its "
    "interactions. Lines: 95 % intervals over base blocks.",
    "morris": "Elementary effects over the whole range of a factor. Dot: mu*, their mean size, with its 95 % interval. Diamond: "
    "sigma, how much they differ from place to place. Gray tick: the mu* that chance alone would give.",
    "pawn": "PAWN indices, distances between the distribution of all runs and that with a factor in one slice of its range. "
    "Bar: median over slices; diamond: the largest; gray tick: below it lie 95 % of indices of factors that do not matter.",
    "ranks": "Standardized rank regression coefficients: which way, and how strongly, the outcome follows each factor. Lines: "
    "95 % intervals over rows.",
    "tornado": "Change against the base when one factor alone is at its lowest value (light) or at its highest (dark); black "
    "dots: values between, colored: words. Lines: 95 % intervals over replicates.",
    "region": "Left: the way of the search from all rows (at the right) to the smallest box. Ring: the box that was chosen; "
    "cross: its coverage and density on rows held out. Right: every row, a blue disk where it is so, an orange triangle where "
    "not; frame: the box, pale: out of it by another factor; margin: by how much it is so.",
    "replicates": "Half of the 95 % interval of a row's mean, as replicates are added; a row that has stopped keeps its width. "
    "Line: median of the rows; band: the middle four fifths; dashed: what would be narrow enough.",
}  # fmt: skip


class Picture(NamedTuple):
    """A picture: name of its file without the ending, its title, and the function that draws it."""

    name: str
    title: str
    draw: Callable[[], Figure]


def pictures(sweep: Sweep, findings: Findings) -> Iterator[Picture]:
    """Every picture that the findings about one outcome allow, in the order of the report."""

    def picture(kind: str, design: str, title: str, draw: Callable[..., Figure], *given: Any) -> Picture:
        among = [design] if len(sweep.designs) > 1 else []
        name = re.sub(r"[^\w.-]+", "-", "-".join(dict.fromkeys((kind, *among, findings.outcome))))[:100]
        heading = title if findings.outcome in title else f"{title}: {findings.outcome}"
        full = " ".join([heading, *(f"[{part}]" for part in among)])
        return Picture(name, full, partial(draw, sweep, full, *given))

    for key, compared, benchmark in findings.comparisons:
        if len(compared.policies) > 1:
            yield picture("policies", key.design, "Policies compared", _draw_policies, key, compared, benchmark)
            if compared.futures["future"].nunique() > 1:
                yield picture("futures", key.design, "Policies in every future", _draw_futures, key, compared)
    for number, (key, question, discovery) in enumerate(findings.discoveries, start=1):
        if discovery.boxes:
            yield picture(f"region-{number}", key.design, f"Where {key.policy}", _draw_region, question, discovery)
    yield from _grids(sweep, findings, picture)
    rows: tuple[tuple[str, str, Sequence[tuple[ResultKey, Any]], Callable[..., None], str], ...] = (
        ("sobol", "Which factors matter", findings.sobol, _sobol, "total"),
        ("morris", "Which factors matter", findings.morris, _morris, "mu_star"),
        ("pawn", "Which factors move the distribution", findings.pawn, _pawn, "index"),
        ("ranks", "Which way it goes", findings.regressions, _rank, "coefficient"),
        ("tornado", "One factor at a time", findings.swings, _swing, "effect"),
    )
    for kind, title, results, draw, size in rows:
        drawable = [each for each in results if len(each[1].table)]
        for name, part in groupby(drawable, lambda each: each[0].design):
            yield picture(kind, name, title, _draw_rows, kind, list(part), draw, size)
    curves = [each for each in findings.convergence if not each[1].reason and each[1].table["high"].any()]
    for name, part in groupby(curves, lambda each: each[0].design):
        yield picture("replicates", name, "How many replicates", _draw_convergence, list(part))


def _grids(sweep: Sweep, findings: Findings, picture: Callable[..., Picture]) -> Iterator[Picture]:
    """Maps and curves."""
    for design, part in groupby(findings.planes, lambda each: each[0]):
        planes = [(key.policy, plane) for _, key, plane in part if np.isfinite(plane.means).any()]
        if planes and sweep.factors[planes[0][1].over[0]].numeric:
            yield picture("map", design.name, "Map", draw_map, design, findings.outcome, planes)
            if planes[0][1].shares is not None:
                yield picture(
                    "share", design.name, "How many runs are good enough", draw_shares, design, findings.target, planes
                )
    for design in sweep.designs:
        if (over := curve_axes(sweep, design)) and np.isfinite(sweep.values(design, findings.outcome)).any():
            yield picture("curves", design.name, "Curves", draw_curves, design, findings.outcome, over)


def _line(ax: Axes, low: float, high: float, position: float, color: str = INK) -> None:
    """An interval, if there is one."""
    ax.plot([low, high], [position, position], color=color, linewidth=1.1, solid_capstyle="butt", zorder=4)


def _dot(ax: Axes, value: float, position: float, color: str) -> None:
    ax.plot([value], [position], "o", color=color, markersize=5.5, markeredgewidth=0, zorder=5)


def _draw_rows(
    sweep: Sweep, title: str, kind: str, results: list[tuple[ResultKey, Any]], draw: Callable[..., None], size: str
) -> Figure:
    """One row a factor and one panel a policy; factors have the same order everywhere, by their largest value."""
    shown = results[:_MOST_PANELS]
    together = pd.concat([result.table for _, result in shown])
    largest = together[size].abs().groupby(together["factor"]).max().sort_values(ascending=False, kind="stable")
    idle = int((largest == 0.0).sum()) if kind == "tornado" else 0
    largest = largest.head(len(largest) - idle)
    names = [str(name) for name in largest.index[:_MOST_ROWS]]
    heads, note = [panel_heading(sweep, key, getattr(result, "noise", 0.0)) for key, result in shown], _NOTES[kind]
    if len(names) < len(largest) or len(shown) < len(results):
        note += f" The {len(names)} strongest of {len(largest)} factors, {len(shown)} of {len(results)} panels."
    if idle:
        note += f" {idle} {'factor' if idle == 1 else 'factors'} without any effect left out."
    plain = kind in ("sobol", "pawn", "ranks")
    scale, unit = (1.0, "") if plain else scale_and_unit(sweep, shown[0][0].outcome, together[size].to_numpy())
    with apply_style():
        figure, axes = draw_sheet(title, note, heads, _ROW, rows=names)
        for ax, (key, result) in zip(axes, shown, strict=True):
            ax.axvline(0.0, color=INK, linewidth=0.7)
            for row in result.table[result.table["factor"].isin(names)].to_dict("records"):
                draw(ax, names.index(str(row["factor"])), row, policy_color(sweep, key.policy))
        low, high = min(ax.get_xlim()[0] for ax in axes), max(ax.get_xlim()[1] for ax in axes)
        # wide intervals hide all else
        low, high = (max(low, -0.3), min(high, 1.3)) if kind == "sobol" else (low, high)
        for ax in axes:
            ax.set_xlim(low if low < -0.06 * high else -0.02 * high, high)
            set_ticks(ax, scale)
            ax.set_xlabel(
                {"sobol": "share of the variance", "pawn": "distance", "ranks": "standard deviations"}.get(kind, unit)
            )
    return figure


def _sobol(ax: Axes, position: int, row: Any, color: str) -> None:
    ax.barh(position - 0.17, row["total"], 0.32, color=color, alpha=0.35, linewidth=0)
    ax.barh(position + 0.17, row["first"], 0.32, color=color, linewidth=0)
    _line(ax, row["total_low"], row["total_high"], position - 0.17)
    _line(ax, row["first_low"], row["first_high"], position + 0.17)


def _morris(ax: Axes, position: int, row: Any, color: str) -> None:
    _line(ax, row["mu_star_low"], row["mu_star_high"], position, color)
    _dot(ax, row["mu_star"], position, color)
    ax.plot([row["sigma"]], [position], "D", color=INK, markersize=4.5, markerfacecolor="none", zorder=6)
    ax.plot([row["floor"]], [position], "|", color=TWIN_COLOR, markersize=10, markeredgewidth=1.8, zorder=3)


def _pawn(ax: Axes, position: int, row: Any, color: str) -> None:
    ax.barh(position, row["index"], 0.55, color=color, alpha=0.6, linewidth=0)
    ax.plot([row["largest"]], [position], "D", color=INK, markersize=4.5, markerfacecolor="none", zorder=6)
    ax.plot([row["chance"]], [position], "|", color=TWIN_COLOR, markersize=10, markeredgewidth=1.8, zorder=5)


def _rank(ax: Axes, position: int, row: Any, color: str) -> None:
    ax.barh(position, row["coefficient"], 0.55, color=color, alpha=0.6, linewidth=0)
    _line(ax, row["low"], row["high"], position)


def _swing(ax: Axes, position: int, row: Any, color: str) -> None:
    if row["end"] in ("between", "word"):
        _dot(ax, row["effect"], position, color if row["end"] == "word" else INK)
        return
    shift, alpha = (0.17, 0.35) if row["end"] == "low" else (-0.17, 0.85)
    ax.barh(position + shift, row["effect"], 0.32, color=color, alpha=alpha, linewidth=0)
    _line(ax, row["low"], row["high"], position + shift)


def _draw_policies(
    sweep: Sweep, title: str, key: ResultKey, compared: PolicyComparison, benchmark: Benchmark
) -> Figure:
    """The expected value of every policy, its worst case, its regret, and how often it is good enough."""
    names = [str(name) for name in compared.policies["policy"]]
    scale, unit = scale_and_unit(sweep, key.outcome, compared.states)
    judged = bool(compared.policies["satisficing"].notna().any())
    note = "Every row and future by the mean of its replicates. Dot: their mean; thick line: the middle four fifths; thin: all."
    if judged:
        units = "rows" if compared.sampled else "replicates"
        note += f" {benchmark.title.capitalize()}: {benchmark.words}; 95 % intervals over {units}."
    heads = [(key.outcome, INK), ("regret", INK), *([(benchmark.title, INK)] if judged else [])]
    with apply_style():
        figure, axes = draw_sheet(title, note, heads, 0.32, 0.3, names)
        for ax, values in zip(axes, (compared.states, compared.regrets), strict=False):
            ax.use_sticky_edges = False
            for position, name in enumerate(names):
                known = values[position][np.isfinite(values[position])]
                least, low, high, most = np.quantile(known, [0.0, 0.1, 0.9, 1.0])
                _line(ax, least, most, position, policy_color(sweep, name))
                ax.barh(position, high - low, 0.3, left=low, color=policy_color(sweep, name), alpha=0.4, linewidth=0)
                _dot(ax, float(known.mean()), position, policy_color(sweep, name))
            set_ticks(ax, scale)
            ax.set_xlabel(unit)
        for position, row in enumerate(compared.policies.to_dict("records") if judged else ()):
            _line(
                axes[2], row["satisficing_low"], row["satisficing_high"], position, policy_color(sweep, names[position])
            )
            _dot(axes[2], row["satisficing"], position, policy_color(sweep, names[position]))
            axes[2].set_xlim(-0.04, 1.04)
            set_ticks(axes[2], 100.0)
            axes[2].set_xlabel("% of cases")
    return figure


def _draw_futures(sweep: Sweep, title: str, key: ResultKey, compared: PolicyComparison) -> Figure:
    """The table of policies and futures: means, colored by regret."""
    table = compared.futures.replace({"future": {"": "as described"}}).set_index(["policy", "future"])
    names, futures = (list(dict.fromkeys(table.index.get_level_values(level))) for level in (0, 1))
    means, costs = (table[of].unstack()[futures].loc[names].to_numpy(dtype=np.float64) for of in ("mean", "regret"))
    scale, unit = scale_and_unit(sweep, key.outcome, means)
    note = f"Mean outcome{f', {unit}' if unit else ''}; in brackets the mean regret: the darker, the more."
    with apply_style():
        figure, (ax,) = draw_sheet(title, note, [("", INK)], 0.42, rows=names)
        ax.imshow(np.nan_to_num(costs), cmap=_REGRETS, aspect="auto", vmin=0.0)
        for row, column in np.argwhere(np.isfinite(means)):
            text = f"{short_number(scale * means[row, column], 3)}  ({short_number(scale * costs[row, column], 2)})"
            ax.text(column, row, text, ha="center", va="center", color=INK)
        ax.set_xticks(range(len(futures)), [textwrap.fill(name, 18) for name in futures])
        ax.tick_params(length=0)
        ax.grid(visible=False)
        ax.spines[:].set_visible(False)
    return figure


def _draw_region(sweep: Sweep, title: str, question: Question, discovery: Discovery) -> Figure:
    """The first box: how it was found, and every row in its two strictest factors, or in one and the margin."""
    box, peeling = discovery.boxes[0], discovery.peeling
    interest = question.interest != (discovery.interesting != int(question.interest.sum()))
    positions = {limit.factor: _along(question.factor_values[limit.factor]) for limit in box.limits}
    sides = {limit.factor: _stretches(limit, positions[limit.factor][1]) for limit in box.limits}
    meets = np.full(len(interest), True)
    for limit in box.limits[2:]:
        meets &= np.any(
            [
                (positions[limit.factor][0] >= low) & (positions[limit.factor][0] <= high)
                for low, high in sides[limit.factor]
            ],
            axis=0,
        )
    with apply_style():
        figure, (left, right) = draw_sheet(title, _NOTES["region"], [("search", INK), ("rows", INK)], 3.0, 1.2)
        left.plot(peeling["coverage"], peeling["density"], "o-", color=TWIN_COLOR, linewidth=0.8, markersize=3)
        left.plot([box.coverage], [box.density], "o", markersize=12, markerfacecolor="none", markeredgecolor=INK)
        left.plot([box.held_out_coverage], [box.held_out_density], "x", color=_NO, markersize=7, markeredgewidth=2)
        left.set(xlim=(-0.04, 1.06), ylim=(-0.04, 1.06), xlabel="coverage", ylabel="density")
        spread = 0.7 * ((np.arange(len(interest)) * 0.6180339887) % 1.0 - 0.5)  # rows with the same word side by side
        shown = [limit.factor for limit in box.limits[:2]]
        points = [positions[name][0] + (spread if positions[name][1] else 0.0) for name in shown] + [question.margin]
        for among, size, alpha in (~meets, 5, 0.2), (meets, 12, 0.7):
            for which, shade, marker in ((among & interest, _YES, "o"), (among & ~interest, _NO, "v")):
                right.scatter(
                    points[0][which], points[1][which], s=size, c=shade, marker=marker, alpha=alpha, linewidths=0
                )
        right.set_ylabel("margin")
        for which, axis, name in zip("xy", (right.xaxis, right.yaxis), shown, strict=False):
            words = positions[name][1]
            set_ticks(right, which=which)
            if words:
                axis.set_ticks(range(len(words)), words)
            unit = sweep.factors[name].unit if name in sweep.factors else ""
            axis.set_label_text(name + (f" ({unit})" if unit not in ("", "1") else ""))
        _frame(right, [sides[name] for name in shown])
    return figure


def _along(column: pd.Series) -> tuple[FloatArray, list[str]]:
    """Positions of rows along an axis, and the words at them; no words for numbers."""
    if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column) and not column.isna().any():
        return column.to_numpy(dtype=np.float64), []
    codes, words = pd.factorize(column.astype("string").fillna("as written"), sort=True)
    return codes.astype(np.float64), [str(word) for word in words]


def _stretches(limit: Limit, words: list[str]) -> list[tuple[float, float]]:
    """The parts of an axis that a limit leaves."""
    if limit.words is None:
        return [(limit.low, limit.high)]
    return [(words.index(word) - 0.45, words.index(word) + 0.45) for word in limit.words]


def _frame(ax: Axes, sides: Sequence[list[tuple[float, float]]]) -> None:
    """The box as a frame; an open side lies at the edge of the picture."""
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    ax.set(xlim=(left, right), ylim=(bottom, top))
    for low, high in sides[0]:
        for under, over in sides[1] if len(sides) > 1 else [(-np.inf, np.inf)]:
            corner = max(low, left), max(under, bottom)
            wide, tall = min(high, right) - corner[0], min(over, top) - corner[1]
            ax.add_patch(Rectangle(corner, wide, tall, facecolor="none", edgecolor=INK, linewidth=1.6, zorder=6))


def _draw_convergence(sweep: Sweep, title: str, results: list[tuple[ResultKey, Convergence]]) -> Figure:
    """Half width of the interval against the number of replicates, a panel a policy or pair."""
    shown = results[:_MOST_PANELS]
    widths = np.concatenate([result.table["high"].to_numpy()[min(2, len(result.table) - 1) :] for _, result in shown])
    scale, unit = scale_and_unit(sweep, shown[0][0].outcome, widths)
    most = max(float(np.nanmax(widths)), *(float(np.nan_to_num(result.target)) for _, result in shown))
    with apply_style():
        figure, axes = draw_sheet(title, _NOTES["replicates"], [panel_heading(sweep, key) for key, _ in shown], 1.6)
        for number, (ax, (key, result)) in enumerate(zip(axes, shown, strict=True)):
            table, color = result.table, policy_color(sweep, key.policy)
            ax.fill_between(table["replicates"], table["low"], table["high"], color=color, alpha=0.2, linewidth=0)
            marker = "o-" if len(table) < 3 else "-"
            ax.plot(table["replicates"], table["half_width"], marker, color=color, markersize=3)
            ax.axhline(result.target, color=INK, linewidth=0.9, linestyle=(0, (3, 2)))
            if result.bistable:
                text = f"two groups in {result.bistable} of {result.testable} rows"
                ax.text(0.97, 0.95, text, transform=ax.transAxes, ha="right", va="top", fontsize=7.5)
            ax.set(ylim=(0.0, 1.08 * most or 1.0), xlabel="replicates")
            ax.grid(axis="y")
            if len(table) == 1:  # else the ticks would be fractions of a replicate
                ax.set_xlim(table["replicates"].iloc[0] - 1, table["replicates"].iloc[0] + 1)
            set_ticks(ax, whole=True)
            set_ticks(ax, scale, "y")
            ax.tick_params(labelleft=is_first(axes, number))
            ax.set_ylabel(f"half width{f', {unit}' if unit else ''}" if is_first(axes, number) else "")
    return figure
