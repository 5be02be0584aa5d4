"""Tables and figures as LaTeX: rules of booktabs, intervals in brackets, captions apart from what they are about."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sim.lab.display import DASH
from sim.safe_text import for_latex

MOST_ROWS = 45
"""Rows of a table that still fit on a page; a longer one is broken over pages by longtable."""

_NO_WIDTH = 1e-6
"""Width of an interval, as a part of its limits, that is nothing but rounding."""

_FIGURES = 3
"""Figures of a number whose interval does not say how exact it is."""


@dataclass(frozen=True, slots=True)
class Block:
    """Rows of a table under a heading of their own; a table is one or more of them."""

    heading: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def write_table(name: str, caption: str, blocks: Sequence[Block]) -> str:
    """A table with caption and label, to be included by LaTeX.

    Args:
        name: Its label is ``tab:NAME``.
        caption: Plain text.
        blocks: All with the same number of columns.
    """
    columns = len(blocks[0].heading)
    long = sum(len(block.rows) + 2 for block in blocks) > MOST_ROWS
    shape = f"@{{}}l{'r' * (columns - 1)}@{{}}"
    said = f"\\caption{{{for_latex(caption)}}}\\label{{tab:{label(name)}}}"
    lines = ["\\begin{footnotesize}", f"\\begin{{longtable}}{{{shape}}}", f"{said}\\\\"] if long else [
        "\\begin{table}[tbp]", "\\centering\\footnotesize", said, f"\\begin{{tabular}}{{{shape}}}"
    ]  # fmt: skip
    lines.append("\\toprule")
    for number, block in enumerate(blocks):
        lines += ["\\addlinespace\\midrule"] * (number > 0)
        lines += [_row(block.heading), "\\midrule"]
        lines += ["\\endhead"] * (long and number == 0 and len(blocks) == 1)
        lines += [_row(row) for row in block.rows]
    lines.append("\\bottomrule")
    lines += ["\\end{longtable}", "\\end{footnotesize}"] if long else ["\\end{tabular}", "\\end{table}"]
    return "\n".join(lines) + "\n"


def write_figure(name: str, caption: str) -> str:
    """A figure with caption and label, to be included by LaTeX; the picture has its size already."""
    return "\n".join([
        "\\begin{figure}[tbp]", "\\centering", f"\\includegraphics{{{name}}}", f"\\caption{{{for_latex(caption)}}}",
        f"\\label{{fig:{label(name)}}}", "\\end{figure}", "",
    ])  # fmt: skip


def label(name: str) -> str:
    """A name as it may stand in a label."""
    return re.sub(r"[^A-Za-z0-9.-]+", "-", name)


def _row(cells: Sequence[str]) -> str:
    return " & ".join(for_latex(cell) for cell in cells) + " \\\\"


def with_intervals(table: pd.DataFrame) -> tuple[Block, dict[str, str]]:
    """A tidy table with ``26.1 [24.3, 27.9]`` in place of three columns, and what is the same in all rows.

    Limits are columns that end in ``_low`` and ``_high``, or are called ``low`` and ``high`` and belong to the last number
    before them.
    """
    names = [str(name) for name in table.columns]
    limits, taken = _limits(table, names)
    same = {
        name: _number(table[name].iloc[0]) for name in names
        if name not in taken and name not in limits and len(table) > 1 and table[name].nunique(dropna=False) == 1
    }  # fmt: skip
    shown = [name for name in names if name not in taken and name not in same]
    columns = [
        [_interval(*values) for values in table[[name, *limits[name]]].itertuples(index=False, name=None)]
        if name in limits
        else [_number(value) for value in table[name]]
        for name in shown
    ]
    heading = tuple(name.replace("_", " ") for name in shown)
    return Block(heading, tuple(zip(*columns, strict=True))), {
        name.replace("_", " "): text for name, text in same.items()
    }


def _limits(table: pd.DataFrame, names: Sequence[str]) -> tuple[dict[str, tuple[str, str]], set[str]]:
    """Pairs of limits by the column that they belong to, and all of their names."""
    found: dict[str, tuple[str, str]] = {}
    for name in names:
        low, high = (f"{name}_{end}" if name not in ("low", "high") else "" for end in ("low", "high"))
        if low in names and high in names:
            found[name] = (low, high)
    if "low" in names and "high" in names:
        before = [name for name in names[: names.index("low")] if table[name].dtype.kind == "f" and name not in found]
        if before:
            found[before[-1]] = ("low", "high")
    return found, {name for pair in found.values() for name in pair}


def _interval(value: Any, low: Any, high: Any) -> str:
    """``26.1 [24.3, 27.9]``, with as many decimals as the width of the interval deserves."""
    if not np.isfinite(value):
        return DASH
    if not (np.isfinite(low) and np.isfinite(high)):
        return _number(value)
    width = high - low
    if width <= _NO_WIDTH * max(abs(low), abs(high)):
        return _number(value)
    places = max(0, 1 - int(np.floor(np.log10(width))))
    return minus(f"{value:,.{places}f} [{low:,.{places}f}, {high:,.{places}f}]")


def _number(value: Any) -> str:
    """A cell without interval."""
    if isinstance(value, float | np.floating):
        return minus(f"{float(f'{value:.{_FIGURES}g}'):,.12g}") if np.isfinite(value) else DASH
    return DASH if value is None or value is pd.NA else str(value) if not isinstance(value, str) or value else DASH


def minus(text: str) -> str:
    """Numbers with a real minus sign, and none before a zero."""
    return re.sub(r"-(?=[\d.])", "\N{MINUS SIGN}", re.sub(r"-(0(?:\.0+)?)(?![\d.])", r"\1", text))
