"""Sheets of panels side by side, and their axes, for all pictures of sweeps."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.analysis.missing import FloatArray
from sim.analysis.sweep_format import unit_of_share
from sim.analysis.sweeps import ResultKey, Sweep
from sim.analysis.wording import format_percent, money_scale
from sim.pages.report.axes import MINUS
from sim.pages.report.colors import OKABE_ITO, colors
from sim.pages.report.figure_style import CaptionedFigure, current_sheet

_NARROWEST = 1.0
"""Width of a panel, in inches, below which fewer stand side by side."""

_TOP, _LINE, _HEAD, _AXIS = 0.36, 0.19, 0.34, 0.56


def draw_sheet(
    title: str, note: str, heads: Sequence[tuple[str, str]], height: float, gap: float = 0.2, rows: Sequence[str] = ()
) -> tuple[Figure, list[Axes]]:
    """A picture with panels (height and gap in inches) side by side; ``height`` is that of one of ``rows``."""
    sheet = current_sheet()
    left, height = (0.25 + 0.072 * max(map(len, rows)), height * len(rows) + 0.1) if rows else (0.8, height)
    room = sheet.width - left - 0.2
    columns = min(len(heads), sheet.panels, max(int((room + gap) / (_NARROWEST + gap)), 1))
    width = (room - gap * (columns - 1)) / columns
    names = [textwrap.wrap(name, max(int(width / 0.088), 10))[:4] for name, _ in heads]
    head = _HEAD + 0.16 * (max(len(name) for name in names) - 1)
    lines, titles = (
        (textwrap.wrap(note, 150), textwrap.wrap(title, 92, break_on_hyphens=False)) if sheet.titled else ([], [])
    )
    first = _TOP + 0.21 * (len(titles) - 1)
    above = first + _LINE * len(lines) + 0.04 if sheet.titled else 0.0
    total = above + -(-len(heads) // columns) * (head + height + _AXIS)
    figure = CaptionedFigure(figsize=(sheet.width, total))
    figure.title, figure.note = title, note
    if sheet.titled:
        at = 0.1 / sheet.width
        figure.text(at, 1 - 0.1 / total, "\n".join(titles), va="top", fontsize=12.5, fontweight="bold")
        figure.text(at, 1 - first / total, "\n".join(lines), va="top", fontsize=8.5, linespacing=1.35)
    made = []
    for number, (_, color) in enumerate(heads):
        row, column = divmod(number, columns)
        low = total - above - (row + 1) * (head + height) - row * _AXIS
        ax = figure.add_axes(
            ((left + column * (width + gap)) / sheet.width, low / total, width / sheet.width, height / total)
        )
        ax.set_title(
            "\n".join(names[number]), fontsize=sheet.size + 0.5, fontweight="bold", color=color, loc="left", pad=5
        )
        ax.tick_params(length=2.5, pad=2)
        ax.set_axisbelow(True)
        if rows:
            ax.set_yticks(range(len(rows)), rows if column == 0 else [""] * len(rows))
            ax.set_ylim(len(rows) - 0.4, -0.6)
            ax.tick_params(axis="y", length=0)
            ax.grid(axis="x")
        made.append(ax)
    return figure, made


def is_first(axes: Sequence[Axes], number: int) -> bool:
    """Whether a panel is the first of its row, where the labels of the row stand."""
    return bool(axes[number].get_position().x0 <= axes[0].get_position().x0 + 1e-6)


def short_number(value: float, figures: int = 4) -> str:
    """A number in few figures, with a real minus sign."""
    return f"{float(f'{value:.{figures}g}'):,.6g}".replace("-", MINUS)


def set_ticks(ax: Axes, scale: float = 1.0, which: str = "x", whole: bool = False) -> None:
    """Few, round ticks in units of the axis with a real minus sign."""
    axis = ax.xaxis if which == "x" else ax.yaxis
    low, high = sorted(ax.get_xlim() if which == "x" else ax.get_ylim())
    ticks = MaxNLocator(4, steps=[1, 2, 2.5, 5, 10], integer=whole).tick_values(low * scale, high * scale)
    axis.set_ticks([tick / scale for tick in ticks if low <= tick / scale <= high])
    axis.set_major_formatter(FuncFormatter(lambda value, _: short_number(round(value * scale, 10))))


def scale_and_unit(sweep: Sweep, outcome: str, values: FloatArray) -> tuple[float, str]:
    """Factor for values on an axis, and the unit to write there."""
    unit = sweep.unit(outcome)
    if unit == "share":
        return 100.0, unit_of_share(outcome)
    return money_scale(values, unit)


def policy_color(sweep: Sweep, policy: str) -> str:
    """Color of a policy; of the first one where two are compared."""
    palette = colors(list(dict.fromkeys(name for design in sweep.designs for name in design.policies)))
    return palette.get(policy, palette.get(policy.partition(" - ")[0], OKABE_ITO[0]))


def panel_heading(sweep: Sweep, key: ResultKey, noise: float = 0.0) -> tuple[str, str]:
    """Name and color of the panel of a policy in a future, and how much of what it shows is chance."""
    name = " in ".join(part for part in (key.policy.replace(" - ", f" {MINUS} "), key.future) if part)
    chance = f"({format_percent(min(noise, 1.0))} is chance)" if noise >= 0.05 else ""
    return f"{name} {chance}".strip(), policy_color(sweep, key.policy)
