"""The four pictures of a comparison: how practice spreads, what is left, what customers do, what it is worth."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.analysis.lift import LATER, QUARTER
from sim.analysis.wording import format_exact_percent, money_scale
from sim.lab.comparison import Comparison
from sim.pages.report.axes import MINUS
from sim.pages.report.colors import INK
from sim.pages.report.panels import Grid, Row
from sim.pages.report.series import fan


def draw_propagation(comparison: Comparison) -> Figure:
    """Share of employees who practice, and reach, in each week."""
    grid = Grid(comparison)
    rows = [
        Row(
            "practicing,\n% of employees", grid.curves.level("practicing"), 100.0, reference=True, limits=(-1.0, 101.0)
        ),
        Row("reach,\n% of positions", grid.curves.level("reach"), 100.0, limits=(-101.0, 101.0)),
    ]
    note = "Practicing: who chose for the customer that week. Reach: positions moved toward it less those moved away."
    return grid.draw("How far practice spreads", rows, note)


def draw_decay(comparison: Comparison) -> Figure:
    """Lift of each policy over its twin, during sponsorship and afterwards."""
    grid = Grid(comparison)
    rows = []
    for label, outcome, prefix in (
        ("lift in service\n(enacted), points", "enacted", ""),
        ("lift in practicing,\npoints", "practicing", "practicing_"),
    ):
        values = grid.curves.smooth_lift(outcome)
        rows.append(Row(label, values, 100.0, mark=_mark_lifts(grid, values, prefix)))
    note = f"Policy minus twin, mean of {QUARTER} weeks. Bars: mean lift at the end of sponsorship and two years later."
    return grid.draw("What is left when sponsorship ends", rows, note)


def draw_loyalty(comparison: Comparison) -> Figure:
    """What customers do, what they say, and how satisfied they are."""
    grid = Grid(comparison)
    rows = [
        Row("change of retention,\npoints a year", grid.curves.retention_change(), 100.0, of_mean=True),
        Row("attitudinal\nloyalty, 0 to 100", grid.curves.level("attitudinal_loyalty"), 100.0, reference=True),
        Row("satisfaction,\n0 to 100", grid.curves.level("satisfaction"), 100.0, reference=True),
    ]
    note = (
        "Change of retention: what customers do over the last year less the twin's, mean with its 95 % interval. Attitudinal "
        "loyalty: what they say."
    )
    return grid.draw("What customers do, and what they say", rows, note)


def draw_money(comparison: Comparison) -> Figure:
    """Discounted profit gained against the twin so far."""
    grid = Grid(comparison)
    gained = grid.curves.gained()
    scale, unit = money_scale(gained, comparison.plan.scenario.currency)
    rows = [Row(f"gained so far,\n{unit}", gained, scale)]
    rate = float(comparison.plan.scenario.parameters["money.discount"])
    note = f"Profit less the twin's, costs of the policy taken off, discounted at {format_exact_percent(rate)} a year."
    horizon = int(comparison.plan.scenario.parameters["money.horizon"])
    if horizon < grid.curves.weeks:
        note += f" Numbers elsewhere count the first {horizon} weeks (money.horizon)."
    return grid.draw("When it pays", rows, note)


def _mark_lifts(grid: Grid, values: np.ndarray, prefix: str) -> Callable[[Axes, str], None]:
    """Bars at the two lifts from which durability is measured, each with its value."""

    def mark(ax: Axes, policy: str) -> None:
        sponsorship = grid.comparison.sponsorship[policy]
        if sponsorship.usual_end is None or sponsorship.start is None:
            return
        end = sponsorship.usual_end
        spans = {
            f"{prefix}lift_at_end": (max(end - QUARTER, sponsorship.start), end),
            f"{prefix}lift_later": (end + LATER[0], end + LATER[1]),
        }
        curve = fan(grid.curves.of(values, policy) * 100.0)
        early, crowded = False, not grid.sheet.titled  # narrow panels
        for name, (first, last) in spans.items():
            center = grid.comparison.summary["policies"][policy][name]["mean"]
            if center is None:
                continue
            ax.plot([first, last], [100.0 * center] * 2, color=INK, linewidth=2.2, solid_capstyle="butt")
            nearby = curve.highest[max(first - 12, 0) : last + 12]
            above = max([0.0, 100.0 * center, *nearby[np.isfinite(nearby)]])
            early = last < 0.2 * grid.curves.weeks or (crowded and early)  # no room to the left
            ax.annotate(
                grid.comparison.cells[policy][name].value.replace("-", MINUS),
                (last, above),
                xytext=(3 if early else -3, 3),
                textcoords="offset points",
                ha="left" if early else "right",
                va="bottom",
                fontsize=8,
                fontweight="bold",
            )

    return mark
