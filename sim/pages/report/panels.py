"""Small multiples: one column a policy, one row a measure, the same axes along every row."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from sim.analysis.missing import FloatArray
from sim.lab.comparison import Comparison
from sim.lab.missing_values import SponsorshipSummary
from sim.model.policies.policy import NONE
from sim.pages.report.axes import bare, draw_bands, rule
from sim.pages.report.colors import INK, TWIN_COLOR, colors
from sim.pages.report.figure_style import SCREEN, CaptionedFigure, apply_style, current_sheet
from sim.pages.report.series import Curves, Fan, fan, fan_of_mean, within

_NARROW_GAP = 0.16
_LEFT, _RIGHT, _TOP, _BOTTOM, _LABEL = 0.80, 0.14, 0.36, 0.10, 0.24
_LINE = 0.19
_HEADER, _GAP, _AXIS = 0.56, 0.16, 0.44
"""Lengths in inches."""

_LOWEST = 0.6
"""Height of a panel, in inches, below which nothing can be read."""

_USUAL = (SCREEN.width - _LEFT - _RIGHT - _NARROW_GAP * (SCREEN.panels - 1)) / SCREEN.panels
"""Width of a panel that the ticks are set for."""

_LETTER = 0.0083
"""Width of a bold letter, in inches a point of its size."""

_LEVELS = MaxNLocator(5, steps=[1, 2, 2.5, 5, 10])

_STEPS = (4, 13, 26, 52, 104, 208, 260, 520, 1040)
_LONGEST = {4: 30, 13: 75, 26: 150} | {step: 6 * step + 1 for step in _STEPS[3:]}
"""Weeks between ticks, and the length of a run from which there would be so many that their numbers run into each other."""


@dataclass(frozen=True)
class Row:
    """One measure, drawn for every policy.

    Attributes:
        label: Text on the vertical axis, with the unit.
        values: [policy, replicate, week], in the order of the comparison's panel.
        scale: Factor for the axis (100 for per cent).
        reference: Whether the twin's own fan is drawn behind; if not, there is a line at zero.
        behind: Policy -> [run, week] values, before scaling, that are drawn behind as a separate fan.
        limits: Widest sensible ends of the axis, after scaling.
        mark: Draws more into a panel, given its axes and the policy.
        of_mean: Whether to draw the mean with its 95 % interval in place of a fan, so that what single runs do hides no effect.
    """

    label: str
    values: FloatArray
    scale: float = 1.0
    reference: bool = False
    behind: Mapping[str, FloatArray] | None = None
    limits: tuple[float, float] = (-np.inf, np.inf)
    mark: Callable[[Axes, str], None] | None = None
    of_mean: bool = False


class Grid:
    """A picture of small multiples.

    Args:
        comparison: What was found.
    """

    def __init__(self, comparison: Comparison) -> None:
        self.comparison = comparison
        self.curves = Curves(comparison)
        self.palette = colors(comparison.policies)
        self.sheet = current_sheet()

    @property
    def columns(self) -> tuple[str, ...]:
        """Policies with a column: all but the twin, unless it is the only one; the best first."""
        return tuple(policy for policy in self.comparison.ranked if policy != NONE.name) or (NONE.name,)

    def draw(self, title: str, rows: Sequence[Row], note: str) -> CaptionedFigure:
        """Draw the rows for every policy, with as many columns side by side as the sheet has room for.

        Args:
            title: Title of the picture.
            rows: The measures to draw.
            note: How to read it.
        """
        sheet = self.sheet
        blocks = [self.columns[start : start + sheet.panels] for start in range(0, len(self.columns), sheet.panels)]
        note = f"{note} {self._legend(rows)}"
        notes, foot = (textwrap.wrap(text, 156) if sheet.titled else [] for text in (note, self._events()))
        tallest = (sheet.tallest / len(blocks) - _HEADER - _AXIS) / len(rows) - _GAP
        self.sheet = sheet = replace(sheet, panel=max(min(sheet.panel, tallest), _LOWEST))
        block_height = _HEADER + len(rows) * (sheet.panel + _GAP) + _AXIS
        above = _TOP + _LINE * len(notes) + 0.08 if sheet.titled else 0.0
        height = above + len(blocks) * block_height + _LINE * len(foot) + _BOTTOM
        with apply_style():
            figure = CaptionedFigure(figsize=(sheet.width, height))
            figure.title, figure.note = title, " ".join(filter(None, (note, self._sponsorships(), self._events())))
            if sheet.titled:
                left = 0.1 / sheet.width
                figure.text(left, 1.0 - 0.1 / height, title, va="top", fontsize=12.5, fontweight="bold")
                figure.text(left, 1.0 - _TOP / height, "\n".join(notes), va="top", fontsize=8.5, linespacing=1.35)
            if foot:
                figure.text(0.1 / sheet.width, _BOTTOM / height, "\n".join(foot), va="bottom", fontsize=8.5)
            axes = [
                self._draw_policies(figure, block, len(rows), above + index * block_height, height)
                for index, block in enumerate(blocks)
            ]
            for index, row in enumerate(rows):
                self._draw_row(
                    row,
                    {policy: column[index] for policy, column in chain(*(block.items() for block in axes))},
                    last=index == len(rows) - 1,
                )
        return figure

    def _draw_policies(
        self, figure: Figure, policies: Sequence[str], rows: int, above: float, height: float
    ) -> dict[str, list[Axes]]:
        """Empty axes for some policies side by side, from top to bottom, under their names."""
        sheet, number = self.sheet, min(len(self.columns), self.sheet.panels)
        width = (sheet.width - _LEFT - _RIGHT - _NARROW_GAP * (number - 1)) / number
        made: dict[str, list[Axes]] = {}
        for column, policy in enumerate(policies):
            left = _LEFT + column * (width + _NARROW_GAP)
            made[policy] = []
            for row in range(rows):
                bottom = height - above - _HEADER - (row + 1) * sheet.panel - row * _GAP
                ax = figure.add_axes((left / sheet.width, bottom / height, width / sheet.width, sheet.panel / height))
                self._format_axes(ax, policy, last=row == rows - 1)
                made[policy].append(ax)
            self._draw_heading(made[policy][0], policy, width)
        return made

    def _format_axes(self, ax: Axes, policy: str, last: bool) -> None:
        """The axis of time, with the weeks in which events happen."""
        weeks = self.curves.weeks
        ax.set_xlim(0, max(weeks - 1, 1))
        bare(ax)
        if last:
            ax.annotate(
                "week",
                (0.5, 0.0),
                (0, -18),
                "axes fraction",
                "offset points",
                ha="center",
                va="top",
                fontsize=self.sheet.size,
            )
        sponsorship = self.comparison.sponsorship[policy]
        if sponsorship.usual_end is not None:
            ax.axvline(sponsorship.usual_end, color=self.palette[policy], linewidth=0.9, linestyle=(0, (3, 2)))
        for event in self.comparison.plan.scenario.events:
            ax.axvline(event.week, color=INK, linewidth=0.8, linestyle=(0, (1, 2)), alpha=0.55)
            ax.plot(
                [event.week], [0.0], marker="^", markersize=4.5, color=INK, clip_on=False,
                transform=ax.get_xaxis_transform(), markeredgewidth=0, linestyle="none", zorder=5,
            )  # fmt: skip

    def _draw_heading(self, ax: Axes, policy: str, width: float) -> None:
        """Name of the policy, and a bar over the weeks in which it is sponsored."""
        sponsorship = self.comparison.sponsorship[policy]
        color = self.palette[policy]
        if self.sheet.titled:
            ax.text(
                0.0, 1.235, policy, transform=ax.transAxes, fontsize=10, fontweight="bold", color=color, va="bottom"
            )
            ax.text(0.0, 1.085, _when(sponsorship), transform=ax.transAxes, fontsize=7.5, va="bottom")
        else:
            name = textwrap.fill(policy, max(int(width / (_LETTER * self.sheet.size)), 6))
            look: dict[str, Any] = {
                "fontsize": self.sheet.size,
                "fontweight": "bold",
                "color": color,
                "va": "bottom",
                "linespacing": 1.0,
            }
            ax.text(0.0, 1.085, name, transform=ax.transAxes, **look)
        if sponsorship.start is not None:
            end = self.curves.weeks if sponsorship.usual_end is None else sponsorship.usual_end
            ax.plot(
                [sponsorship.start, min(end, self.curves.weeks - 1)], [1.045, 1.045], color=color, linewidth=3.0, alpha=0.55,
                transform=ax.get_xaxis_transform(), clip_on=False, solid_capstyle="butt",
            )  # fmt: skip

    def _draw_row(self, row: Row, panels: dict[str, Axes], last: bool) -> None:
        """Draw a measure into the panels of all policies, with one vertical axis for all of them."""
        curve = fan_of_mean if row.of_mean else fan
        fans = {policy: curve(self.curves.of(row.values, policy) * row.scale) for policy in panels}
        twin = fan(self.curves.of(row.values, NONE.name) * row.scale) if row.reference else None
        behind = {policy: fan(values * row.scale) for policy, values in (row.behind or {}).items() if policy in panels}
        low, high = _limits([*fans.values(), *behind.values(), *([twin] if twin else [])], row)
        weeks, levels = week_ticks(self.curves.weeks, self._room), list(_LEVELS.tick_values(low, high))
        for position, (policy, ax) in enumerate(panels.items()):
            if twin is not None and policy != NONE.name:
                self._draw_fan(ax, twin, TWIN_COLOR, strength=0.6)
            elif twin is None:
                ax.axhline(0.0, color=INK, linewidth=0.7)
            if policy in behind:
                self._draw_fan(ax, behind[policy], TWIN_COLOR, strength=1.4)
            self._draw_fan(ax, fans[policy], self.palette[policy])
            if row.mark is not None:
                row.mark(ax, policy)
            ax.set_ylim(low, high)
            first = position % self.sheet.panels == 0
            rule(ax, weeks, levels, ("x" if last else "") + ("y" if first else ""))
            if first:
                _label(ax, row.label)
            if not np.isfinite(fans[policy].middle).any():
                ax.text(0.5, 0.5, "no value", transform=ax.transAxes, ha="center", va="center", alpha=0.7)

    def _draw_fan(self, ax: Axes, curve: Fan, color: str, strength: float = 1.0) -> None:
        """All, the middle four fifths, the middle half, and the median of the replicates."""
        if self.curves.replicates > 1:
            draw_bands(ax, curve, color, strength)
        weeks = np.arange(self.curves.weeks)
        own = strength == 1.0
        style = "-" if own or self.sheet.titled else (0, (4, 1.5))
        ax.plot(weeks, curve.middle, color=color, linewidth=1.5 if own else 1.1, linestyle=style)

    @property
    def _room(self) -> float:
        """Width of a panel against that of four side by side on a screen; no more than that, since ticks look best so."""
        number = min(len(self.columns), self.sheet.panels)
        width = (self.sheet.width - _LEFT - _RIGHT - _NARROW_GAP * (number - 1)) / number
        return min(width / _USUAL, 1.0)

    def _legend(self, rows: Sequence[Row]) -> str:
        """Explanation of lines and bands."""
        number = self.curves.replicates
        text = f"Line: median of {number} runs; bands hold half, 80 % and all of them."
        if number == 1:
            text = "Line: the only run."
        if any(row.of_mean for row in rows) and number > 1:
            text = f"Other rows: {text[0].lower()}{text[1:]}"
        if any(row.reference for row in rows) and self.columns != (NONE.name,):
            line = "" if self.sheet.titled else ", broken line"
            text += f" Gray{line}: the same organizations without any policy."
        if any(sponsorship.usual_end is not None for sponsorship in self.comparison.sponsorship.values()):
            text += " Dashed: sponsorship ends."
        return text

    def _sponsorships(self) -> str:
        """When each policy was sponsored, in words."""
        when = [
            f"{policy} {_when(self.comparison.sponsorship[policy])}" for policy in self.columns if policy != NONE.name
        ]
        return f"Bars above: {'; '.join(when)}." if when else ""

    def _events(self) -> str:
        """The events, in words; empty if there are none."""
        events = [
            f"week {event.week}: {event.kind.replace('_', ' ')}"
            + (f" ({', '.join(event.departments)})" if event.departments else "")
            for event in self.comparison.plan.scenario.events
        ]
        return f"▲ {'; '.join(events)}" if events else ""


def week_ticks(weeks: int, room: float = 1.0) -> range:
    """Weeks with a tick: at most six or so, and where the run is long enough every so many full years.

    Args:
        weeks: Length of the run.
        room: Width of the panel, as a share of that of four panels side by side on a screen.
    """
    step = next((step for step in _STEPS if weeks < room * _LONGEST[step]), _STEPS[-1])
    return range(0, weeks, step)


def _when(sponsorship: SponsorshipSummary) -> str:
    """When a policy was sponsored, in a few words."""
    if sponsorship.done == 0:
        return "every run failed"
    if sponsorship.start is None:
        return "nothing sponsored"
    if sponsorship.usual_end is None:
        return f"sponsored from week {sponsorship.start} on"
    text = f"sponsored, weeks {sponsorship.start}–{sponsorship.usual_end - 1}"
    return (
        text if sponsorship.usual == sponsorship.begun else f"{text} ({sponsorship.usual} of {sponsorship.begun} runs)"
    )


def _label(ax: Axes, text: str) -> None:
    """Name of a row, at the left edge of the picture."""
    box = ax.get_position()
    ax.figure.text(
        _LABEL / current_sheet().width,
        (box.y0 + box.y1) / 2,
        text,
        rotation=90,
        ha="center",
        va="center",
        linespacing=1.25,
    )


def _limits(fans: Sequence[Fan], row: Row) -> tuple[float, float]:
    """Ends of the vertical axis: a little wider than the values, with zero included where it is the reference."""
    found = within(fans) or (0.0, 1.0)
    low, high = found if row.reference else (min(found[0], 0.0), max(found[1], 0.0))
    air = 0.06 * (high - low) or 0.05 * max(abs(high), row.scale)
    above = air if row.mark is None else 3.0 * air  # room for words
    return max(low - air, row.limits[0]), min(high + above, row.limits[1])
