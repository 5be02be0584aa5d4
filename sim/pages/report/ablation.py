"""The part of the page on why policies differ: what each mechanism contributes, and what the headlines depend on."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from importlib import resources
from itertools import cycle
from typing import TYPE_CHECKING, Any

import numpy as np
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from sim.lab.ablation import AS_IS, HEADLINES, MEASURES, Ablation
from sim.lab.comparison import Comparison
from sim.lab.display import Cell, format_cell, unit_of
from sim.lab.switching import CORE, EVERYTHING
from sim.model.policies.policy import NONE
from sim.model.registry import current
from sim.pages.report.colors import INK, colors

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NAME = "why"
TITLE = "What the lifts hang on"
LABEL = "Change of each policy's lift when a mechanism is switched off, with 95 % paired intervals"

HEADINGS = {
    "lift_at_end": "service lift at end (L0)",
    "lift_later": "service lift two years later (L104)",
    "practicing_lift_later": "practicing lift two years later (L104)",
    "attitudinal_loyalty_change": "stated loyalty change, last year",
    "net_present_value": "net present value",
}

_LINE, _TOP, _BOTTOM, _LEFT, _RIGHT, _GAP, _HEAD = 0.19, 0.36, 0.5, 1.45, 0.16, 0.2, 0.3
_MARKERS = "osD^vP*XphH<"
_NEGLIGIBLE = 1e-12


def section(comparison: Comparison, picture: str) -> Markup:
    """The part of the page, with its picture; empty if no ablation was asked for."""
    ablation = comparison.ablation
    if ablation is None:
        return Markup("")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    text = (resources.files("sim.pages.report") / "ablation.html.jinja").read_text(encoding="utf-8")
    return Markup(environment.from_string(text).render(svg=picture, **_describe(comparison, ablation)))


def _describe(comparison: Comparison, ablation: Ablation) -> dict[str, Any]:
    """The content of the part, without its form."""
    policies = _policies(comparison)
    effective = find_effective_mechanisms(ablation, policies)
    return {
        "policies": policies,
        "palette": colors(comparison.policies),
        "changes": [_changes(comparison, ablation, measure, policies, effective) for measure in MEASURES],
        "headlines": [_headlines(comparison, ablation, measure, policies) for measure in HEADLINES],
        "silent": [name for name in ablation.mechanisms if name not in effective],
        "about": {name: current().mechanisms[name].about for name in ablation.mechanisms},
        "switched": [name for name in (CORE, EVERYTHING) if not _values(ablation, name)],
        "core": ", ".join(name for name, mechanism in current().mechanisms.items() if mechanism.core),
        "everything": ", ".join(f"{name} = {value}" for name, value in _values(ablation, EVERYTHING).items()),
        "title": TITLE,
    }


def _policies(comparison: Comparison) -> tuple[str, ...]:
    return tuple(policy for policy in comparison.policies if policy != NONE.name)


def _values(ablation: Ablation, variant: str) -> dict[str, Any]:
    return next((dict(each.values) for each in ablation.variants if each.name == variant), {})


def find_effective_mechanisms(ablation: Ablation, policies: Sequence[str]) -> tuple[str, ...]:
    """Mechanisms whose absence changes any of the measures shown, the largest changes first."""

    def largest(name: str) -> float:
        found = [ablation.change(name, policy, measure).mean for policy in policies for measure in MEASURES]
        return max((abs(value) for value in found if np.isfinite(value)), default=0.0)

    sizes = {name: largest(name) for name in ablation.mechanisms}
    return tuple(sorted((name for name in sizes if sizes[name] > _NEGLIGIBLE), key=lambda name: -sizes[name]))


def _cell(comparison: Comparison, policy: str, measure: str, entry: dict[str, float | None]) -> Cell:
    return format_cell(measure, entry, comparison.sponsorship[policy], *_words(comparison))


def _words(comparison: Comparison) -> tuple[str, str]:
    return comparison.summary["objective"], comparison.plan.scenario.currency


def _changes(
    comparison: Comparison, ablation: Ablation, measure: str, policies: Sequence[str], effective: Sequence[str]
) -> dict[str, Any]:
    """Rows of one measure: the lift as it is, its change without each mechanism, and the sum of the changes."""

    def row(name: str) -> dict[str, Any]:
        return {
            "name": name,
            "cells": [
                _cell(comparison, policy, measure, ablation.change(name, policy, measure).to_entry())
                for policy in policies
            ],
        }

    def total(policy: str) -> Cell:
        value = ablation.summed(policy, measure)
        known = value if np.isfinite(value) else None
        return _cell(comparison, policy, measure, {"mean": known, "low": known, "high": known})

    as_it_is = [
        _cell(comparison, policy, measure, ablation.level(AS_IS, policy, measure).to_entry()) for policy in policies
    ]
    return {
        "heading": HEADINGS[measure],
        "unit": unit_of(measure, *_words(comparison)),
        "as_it_is": as_it_is,
        "rows": [row(name) for name in effective],
        "sums": [total(policy) for policy in policies],
    }


def _headlines(comparison: Comparison, ablation: Ablation, measure: str, policies: Sequence[str]) -> dict[str, Any]:
    """Rows of one headline: the core alone, as it is, everything on."""
    return {
        "heading": HEADINGS[measure],
        "unit": unit_of(measure, *_words(comparison)),
        "rows": [
            {
                "name": variant,
                "cells": [
                    _cell(comparison, policy, measure, ablation.level(variant, policy, measure).to_entry())
                    for policy in policies
                ],
            }
            for variant in (CORE, AS_IS, EVERYTHING)
        ],
    }


def draw_why(comparison: Comparison) -> Figure:  # noqa: PLR0915
    """A panel a measure, a line a mechanism, a dot a policy: the change without the mechanism, with its interval."""
    from matplotlib.lines import Line2D
    from matplotlib.ticker import MaxNLocator  # imported here because it is slow and only drawing needs it

    from sim.pages.report.figure_style import CaptionedFigure, apply_style, current_sheet

    ablation = comparison.ablation
    assert ablation is not None
    policies, palette = _policies(comparison), colors(comparison.policies)
    effective = find_effective_mechanisms(ablation, policies)
    text = (
        "Each line: one mechanism switched off in policies and twins alike, on the same organizations with the same draws. "
        "Dot: change of the policy's lift in points; bar: 95 % paired interval. Effects of single mechanisms do not add up."
    )
    sheet = current_sheet()
    note = textwrap.wrap(text, 150) if sheet.titled else []
    line = 0.16 * max(len(policies), 2) + 0.1 if sheet.titled else 0.09 * max(len(policies), 2) + 0.08
    columns = len(MEASURES) if sheet.titled else min(len(MEASURES), sheet.panels)
    stacks = -(-len(MEASURES) // columns)
    if len(effective) > (most := max(int(min(sheet.tallest, 1e6) / stacks / line) - 2, 3)):
        text += f" The {most} strongest of {len(effective)} mechanisms."
        effective = effective[:most]
    names = _places_of_names(policies, sheet.width)
    top = _TOP + _LINE * len(note) if sheet.titled else 0.0
    above = top + _LINE * (1 + max(row for _, row in names)) + 0.35
    tall = line * max(len(effective), 1)
    height = above + stacks * (tall + _BOTTOM) + (stacks - 1) * _HEAD
    panel = (sheet.width - _LEFT - _RIGHT - _GAP * (columns - 1)) / columns
    with apply_style():
        figure = CaptionedFigure(figsize=(sheet.width, height))
        figure.title, figure.note = TITLE, text
        if sheet.titled:
            at = 0.1 / sheet.width
            figure.text(at, 1.0 - 0.1 / height, TITLE, va="top", fontsize=12.5, fontweight="bold")
            figure.text(at, 1.0 - _TOP / height, "\n".join(note), va="top", fontsize=8.5, linespacing=1.35)
        for (left, row), policy, marker in zip(names, policies, cycle(_MARKERS)):
            low = 1.0 - (top + _LINE * (row + 0.5) + 0.08) / height
            figure.add_artist(Line2D([left / sheet.width], [low], marker=marker, color=palette[policy], markersize=4.5))
            look: dict[str, Any] = {"fontsize": 9, "fontweight": "bold", "color": palette[policy]}
            figure.text((left + 0.08) / sheet.width, low, policy, va="center_baseline", **look)
        for number, measure in enumerate(MEASURES):
            stack, column = divmod(number, columns)
            left = _LEFT + column * (panel + _GAP)
            low = height - above - (stack + 1) * tall - stack * (_BOTTOM + _HEAD)
            ax = figure.add_axes((left / sheet.width, low / height, panel / sheet.width, tall / height))
            ax.set_title(HEADINGS[measure], fontsize=8.5 if sheet.titled else 7.0, loc="left")
            ax.axvline(0.0, color=INK, linewidth=0.7)
            ax.grid(axis="x")
            ax.set_axisbelow(True)
            ax.set_ylim(max(len(effective), 1) - 0.5, -0.5)
            ax.set_yticks(range(len(effective)), effective if column == 0 else [""] * len(effective))
            ax.tick_params(length=2.5, pad=2)
            ax.set_xlabel("points")
            ax.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
            for row in range(1, len(effective)):
                ax.axhline(row - 0.5, color=INK, linewidth=0.3, alpha=0.25)
            for row, name in enumerate(effective):
                for position, policy in enumerate(policies):
                    change = ablation.change(name, policy, measure)
                    place = row + 0.8 * ((position + 0.5) / len(policies) - 0.5)
                    if not change.known:
                        continue
                    if change.limited:
                        ax.plot(
                            [100 * change.low, 100 * change.high], [place] * 2, color=palette[policy], linewidth=1.2
                        )
                    marker = _MARKERS[position % len(_MARKERS)]
                    ax.plot(
                        [100 * change.mean], [place], marker, color=palette[policy], markersize=3.4, markeredgewidth=0
                    )
    return figure


def _places_of_names(policies: Sequence[str], width: float) -> list[tuple[float, int]]:
    """Where the names of policies stand, in inches from the left and in rows from the top."""
    left, row, places = 0.16, 0, []
    for policy in policies:
        needed = 0.38 + 0.078 * len(policy)
        if left + needed > width and left > 0.16:
            left, row = 0.16, row + 1
        places.append((left, row))
        left += needed
    return places or [(0.16, 0)]
