"""Pictures of parameter uncertainty: fans that separate it from chance, and a tornado."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from matplotlib.figure import Figure

from sim.analysis.missing import mean_where_known
from sim.analysis.wording import money_scale
from sim.lab.comparison import Comparison
from sim.lab.parameter_points import TORNADO
from sim.model.policies.policy import NONE
from sim.pages.report.figure_style import CaptionedFigure
from sim.pages.report.panels import Grid, Row

_GAIN = "net_present_value"


def draw_uncertainty(comparison: Comparison) -> Figure:
    """Fans of chance at the scenario's own parameters in color; behind them fans of other plausible parameters in gray."""
    assert comparison.parameter_uncertainty is not None
    grid, curves = Grid(comparison), comparison.parameter_uncertainty.curves
    behind = {
        what: {policy: mean_where_known(values, axis=1) for policy, values in by_policy.items()}
        for what, by_policy in curves.items()
    }
    every = np.concatenate([values.ravel() for values in [grid.curves.gained(), *behind["gained"].values()]])
    scale, unit = money_scale(every, comparison.plan.scenario.currency)
    rows = [
        Row("lift in service\n(enacted), points", grid.curves.smooth_lift("enacted"), 100.0, behind=behind["enacted"]),
        Row(f"gained so far,\n{unit}", grid.curves.gained(), scale, behind=behind["gained"]),
    ]
    draws = comparison.summary["parameter_uncertainty"]["draws"]
    source = "what your history left open" if comparison.plan.from_history else "their plausible ranges"
    note = (
        f"Color: chance of the simulation alone, at the scenario's own parameters. Gray: parameter uncertainty, {draws} draws of "
        f"{len(comparison.parameter_uncertainty.sweep.factors)} parameters from {source}, each the mean of "
        f"{comparison.parameter_uncertainty.replicates} runs; the gray line is the median of the draws."
    )
    return grid.draw("Chance and parameter uncertainty", rows, note)


def draw_tornado(comparison: Comparison) -> Figure:
    """Effect of each parameter by itself on the net present value of each policy."""
    from sim.analysis.sweep_text import (
        Findings,  # imported here because it loads SciPy's statistics, which other reports do not need
    )
    from sim.analysis.tornado import swings_by_policy
    from sim.pages.report.sweep_figures import pictures

    assert comparison.parameter_uncertainty is not None
    sweep = comparison.parameter_uncertainty.sweep
    designs = tuple(
        replace(each, policies=tuple(name for name in each.policies if name != NONE.name))
        for each in sweep.designs
        if each.name == TORNADO
    )
    alone = replace(sweep, designs=designs, runs=sweep.runs[sweep.runs["policy"] != NONE.name])
    swings = [(key, found) for key, found in swings_by_policy(alone, _GAIN) if not found.reason]
    findings = Findings(_GAIN, [], [], [], [], [], swings, [])
    figure = next(picture for picture in pictures(alone, findings) if picture.name.startswith("tornado")).draw()
    title = "What each parameter does by itself to the net present value"  # instead of the sweep's
    if figure.texts:
        figure.texts[0].set_text(title)
    if isinstance(figure, CaptionedFigure):
        figure.title = title
    return figure
