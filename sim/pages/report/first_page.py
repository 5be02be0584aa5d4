"""The first page as one printed sheet: headline, answer, table, picture and words, drawn without a browser."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from markupsafe import Markup
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from sim.analysis.missing import mean_where_known
from sim.analysis.wording import money_scale
from sim.lab.comparison import Comparison
from sim.lab.display import Cell
from sim.model.policies.policy import NONE
from sim.pages.report.axes import bare, rule
from sim.pages.report.colors import INK, TWIN_COLOR
from sim.pages.report.figure_style import PIXELS_PER_INCH, apply_style
from sim.pages.report.html import describe_report
from sim.pages.report.panels import week_ticks
from sim.pages.report.series import Curves

SHEET = (8.27, 11.69)
"""Width and height of the sheet (A4). This and all lengths below are in inches, sizes of type in points."""

MOST_POLICIES = 12
"""Policies on the sheet: as many as there are colors. The report has all of them."""

_MARGIN, _GUTTER = 0.55, 0.28
_LEAST_PICTURE, _MOST_PICTURE = 1.7, 3.1
_SLACK = 1.03  # hinting makes some lines wider than their letters
_SIZES = (8.5, 8.0, 7.5, 7.0, 6.5, 6.0, 5.5, 5.0, 4.5)
_FONT = "DejaVu Sans"
_HEAD, _LESS = 0.85, 0.78  # of the size of plain text: headings, and intervals


@dataclass(frozen=True)
class _Sheet:
    """A sheet to write on, with one size of type for plain text.

    Attributes:
        figure: Takes the text.
        size: Size of plain text.
    """

    figure: Figure
    size: float

    def line(self, scale: float = 1.0) -> float:
        """Height of a line."""
        return 1.32 * self.size * scale / 72.0

    def width(self, text: str, scale: float = 1.0, weight: str = "normal") -> float:
        """Width of a text on one line."""
        return sum(_advance(character, weight) for character in text) * self.size * scale / 72.0 * _SLACK

    def write(
        self, text: str, left: float, top: float, scale: float = 1.0, weight: str = "normal", **look: Any
    ) -> None:
        """One line of text, its upper left corner so far from the sheet's."""
        if text:
            place = left / SHEET[0], 1.0 - top / SHEET[1]
            self.figure.text(*place, text, fontsize=self.size * scale, fontweight=weight, **{"va": "top", **look})

    def paragraph(
        self,
        text: str,
        left: float,
        top: float,
        width: float,
        scale: float = 1.0,
        weight: str = "normal",
        bullet: str = "",
    ) -> float:
        """Lines of text no wider than ``width``; gives where the next may begin."""
        inset = self.width(f"{bullet} ", scale) if bullet else 0.0
        if bullet:
            self.write(bullet, left, top, scale)
        for words in _wrap(text, width - inset, lambda part: self.width(part, scale, weight)):
            self.write(words, left + inset, top, scale, weight)
            top += self.line(scale)
        return top


@cache
def _advance(character: str, weight: str) -> float:
    """Width of a character, as a part of the size of its type."""
    font = get_font(findfont(FontProperties(family=_FONT, weight=weight)))
    font.set_size(100.0, 72.0)
    return float(font.load_char(ord(character)).linearHoriAdvance) / 65536.0 / 100.0


def _wrap(text: str, width: float, measure: Callable[[str], float]) -> list[str]:
    """Text in lines no wider than ``width``, broken at blanks; a longer word has a line of its own."""
    lines: list[str] = []
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and measure(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def draw_first_page(comparison: Comparison) -> Figure:
    """The first page of the report on one sheet, in the largest type in which all of it has room."""
    content = describe_report(comparison, ())
    for size in _SIZES:
        with apply_style():
            figure = Figure(figsize=SHEET, dpi=PIXELS_PER_INCH)
            FigureCanvasAgg(figure)
            left = _write(_Sheet(figure, size), content, comparison)
        if left >= 0.0:
            break
    return figure


def _write(sheet: _Sheet, content: dict[str, Any], comparison: Comparison) -> float:
    """Fill a sheet; gives the height that is left over, below zero if there is too little."""
    full = SHEET[0] - 2.0 * _MARGIN
    shown = comparison.ranked[:MOST_POLICIES]
    top = _MARGIN
    top = sheet.paragraph(f"{content['scenario'].name}: policies compared", _MARGIN, top, full, 1.7, "bold") + 0.02
    top = sheet.paragraph(content["facts"], _MARGIN, top, full, 0.85)
    top = sheet.paragraph(" ".join(map(_plain, content["organization"])), _MARGIN, top, full, 0.85) + 0.08
    top = sheet.paragraph(_plain(content["headline"]), _MARGIN, top, full, 1.3, "bold") + 0.06
    if content["failures"]:
        text = f"{len(content['failures'])} of {content['runs']} runs failed and, with their pairs, are left out of every number."
        top = sheet.paragraph(text, _MARGIN, top, full, 1.0, "bold")
    for warning in content["warnings"]:
        top = sheet.paragraph(f"Warning. {_plain(warning)}", _MARGIN, top, full)
    top = _write_boxes(sheet, content["boxes"], top + 0.04)
    top = _write_table(sheet, content, shown, top + 0.06)
    if len(comparison.ranked) > MOST_POLICIES:
        text = f"The first {MOST_POLICIES} of {len(comparison.ranked)} policies; report.html has all of them."
        top = sheet.paragraph(text, _MARGIN, top + 0.03, full, 0.9)
    notes = [
        *map(_plain, content["legend"]),
        " ".join(map(_plain, (content["horizon"], content["closing"], content["scale"]))),
    ]
    below = sum(
        len(_wrap(note, full - sheet.width("• ", 0.82), lambda part: sheet.width(part, 0.82))) for note in notes
    ) * sheet.line(0.82)
    room = SHEET[1] - _MARGIN - below - top - 0.2
    height = min(room, _MOST_PICTURE)
    if height >= _LEAST_PICTURE:
        _draw_money(sheet, comparison, shown, content["palette"], top + 0.1, height - 0.1)
    top += height + 0.14
    for note in notes:
        top = sheet.paragraph(note, _MARGIN, top, full, 0.82, bullet="•")
    return room - _LEAST_PICTURE


def _plain(text: object) -> str:
    """Text of the page without its marks; no line breaks before a per cent sign."""
    return Markup(text).striptags().replace(" %", "\u00a0%")


def _write_boxes(sheet: _Sheet, boxes: dict[str, Sequence[object]], top: float) -> float:
    """The four boxes in two columns, the next always in the shorter one; gives where the next part may begin."""
    width = (SHEET[0] - 2.0 * _MARGIN - _GUTTER) / 2.0
    ends = [top, top]
    for title, lines in boxes.items():
        column = ends.index(min(ends))
        left = _MARGIN + column * (width + _GUTTER)
        below = sheet.paragraph(title, left, ends[column], width, 1.1, "bold")
        for line in lines:
            below = sheet.paragraph(_plain(line), left, below, width, bullet="•")
        ends[column] = below + 0.07
    return max(ends)


def _write_table(sheet: _Sheet, content: dict[str, Any], policies: Sequence[str], top: float) -> float:
    """The table of the first page, one line of values and one of intervals a policy."""
    full, scores, cells = SHEET[0] - 2.0 * _MARGIN, content["scores"], content["cells"]
    first = min(max(sheet.width(name, 1.0, "bold") for name in policies) + 0.26, 0.3 * full)
    needed = [
        max(sheet.width(text, scale) for text, scale in _texts(name, title, unit, policies, cells)) + 0.12
        for name, title, unit in scores
    ]
    small = min(1.0, (full - first) / sum(needed))  # type is smaller where columns would run into each other
    spare = max(0.0, full - first - sum(needed)) / len(scores)
    rights = _MARGIN + first + np.cumsum([width * small + spare for width in needed])
    heads = [
        _wrap(title, needed[column] * small + spare - 0.06, lambda part: sheet.width(part, _HEAD * small))
        for column, (_, title, _) in enumerate(scores)
    ]
    for right, words, (_, _, unit) in zip(rights, heads, scores, strict=True):
        for row, text in enumerate([*words, unit]):
            alpha = 0.75 if row == len(words) else 1.0
            sheet.write(text, right, top + row * sheet.line(_HEAD), _HEAD * small, ha="right", alpha=alpha)
    top += (max(map(len, heads)) + 1) * sheet.line(_HEAD) + 0.03
    for policy in policies:
        _rule(sheet, top)
        top += 0.035
        sheet.write("■", _MARGIN, top, 1.0, color=content["palette"][policy])
        name = _shorten(policy, first - 0.24, lambda part: sheet.width(part, 1.0, "bold"))
        sheet.write(name, _MARGIN + 0.16, top, 1.0, "bold")
        for right, (measure, _, _) in zip(rights, scores, strict=True):
            (value, scale), (interval, less) = _lines_of(cells[policy][measure])
            sheet.write(value, right, top, scale * small, ha="right")
            sheet.write(interval, right, top + sheet.line(), less * small, ha="right", alpha=0.75)
        top += sheet.line() + sheet.line(_LESS) + 0.01
    _rule(sheet, top)
    return top + 0.03


def _lines_of(cell: Cell) -> tuple[tuple[str, float], tuple[str, float]]:
    """Value and interval of a cell, each with its size of type."""
    return (cell.word, _HEAD) if cell.missing else (cell.value, 1.0), (cell.interval, _LESS)


def _texts(
    measure: str, title: str, unit: str, policies: Sequence[str], cells: dict[str, dict[str, Cell]]
) -> list[tuple[str, float]]:
    """Everything in a column that is not broken, with its size of type."""
    words = [(word, _HEAD) for word in (*title.split(), unit)]
    return words + [line for policy in policies for line in _lines_of(cells[policy][measure])]


def _rule(sheet: _Sheet, top: float) -> None:
    """A line across the sheet."""
    height = 1.0 - top / SHEET[1]
    ends = [_MARGIN / SHEET[0], 1.0 - _MARGIN / SHEET[0]]
    sheet.figure.add_artist(Line2D(ends, [height, height], color=TWIN_COLOR, linewidth=0.5))


def _shorten(text: str, width: float, measure: Callable[[str], float]) -> str:
    """A name that has room."""
    while measure(text) > width and len(text) > 2:
        text = text[:-2].rstrip("…") + "…"
    return text


def _draw_money(
    sheet: _Sheet, comparison: Comparison, policies: Sequence[str], palette: dict[str, str], top: float, height: float
) -> None:
    """What each policy has gained so far, as the mean over replicates, and its net present value with its interval."""
    paying = [policy for policy in policies if policy != NONE.name]
    curves = Curves(comparison)
    gained = curves.gained()
    means = {policy: mean_where_known(curves.of(gained, policy), axis=0) for policy in paying}
    entries = {policy: comparison.summary["policies"][policy]["net_present_value"] for policy in paying}
    ends = [each for entry in entries.values() for each in entry.values() if each is not None]
    scale, unit = money_scale(np.concatenate([*means.values(), ends, [0.0]]), comparison.plan.scenario.currency)
    low, high = _limits(np.concatenate([*(mean * scale for mean in means.values()), np.array(ends) * scale, [0.0]]))
    title = 1.5 * sheet.line()
    foot = 0.36
    bottom, tall = 1.0 - (top + height - foot) / SHEET[1], (height - title - foot) / SHEET[1]
    left, split = _MARGIN + 0.5, 0.62 * SHEET[0]
    over_time = sheet.figure.add_axes((left / SHEET[0], bottom, (split - left) / SHEET[0], tall))
    at_end = sheet.figure.add_axes(
        ((split + 0.25) / SHEET[0], bottom, (SHEET[0] - _MARGIN - split - 0.25) / SHEET[0], tall)
    )
    sheet.write(f"Gained so far against no policy, {unit}: mean over replicates", _MARGIN, top, 1.0, "bold")
    sheet.write("Net present value, 95 % interval", split + 0.25, top, 1.0, "bold")
    levels = list(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high))
    for ax in (over_time, at_end):
        ax.set_ylim(low, high)
        ax.axhline(0.0, color=INK, linewidth=0.7)
        bare(ax)
    over_time.set_xlim(0, max(curves.weeks - 1, 1))
    at_end.set_xlim(-0.6, max(len(paying), 1) - 0.4)
    for place, policy in enumerate(paying):
        over_time.plot(np.arange(curves.weeks), means[policy] * scale, color=palette[policy], linewidth=1.4)
        entry = entries[policy]
        if entry["mean"] is None:
            continue
        at_end.plot([place], [entry["mean"] * scale], marker="o", markersize=4, color=palette[policy])
        if entry["low"] is not None:
            span = [entry["low"] * scale, entry["high"] * scale]
            at_end.plot([place, place], span, color=palette[policy], linewidth=1.6)
    rule(over_time, week_ticks(curves.weeks), levels, "xy")
    rule(at_end, [], levels)
    over_time.annotate(
        "week", (0.5, 0.0), (0, -15), "axes fraction", "offset points", ha="center", va="top", fontsize=8
    )
    at_end.annotate(
        "in the order of the table, without none", (0.5, 0.0), (0, -5), "axes fraction", "offset points",
        ha="center", va="top", fontsize=7.5,
    )  # fmt: skip


def _limits(values: np.ndarray) -> tuple[float, float]:
    """Ends of an axis that holds all values."""
    known = values[np.isfinite(values)]
    low, high = float(known.min()), float(known.max())
    air = 0.06 * (high - low) or 1.0
    return low - air, high + air
