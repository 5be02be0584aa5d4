"""Measurements as tables: printed, and kept as Markdown and JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

HEADINGS = {
    "goals": "What the model is held to",
    "speed": "Side by side: the core week under the value-driven policy, one core",
    "roofline": "The core week against the least time that its work could take",
    "start": "From the command to its end, in a fresh process",
    "memory": "Peak of resident memory, in a fresh process",
    "growth": "How the model's time grows",
    "batch": "A comparison of the default policies: runs per second",
    "sweeps": "What the lab costs beside the model",
}

_EXPLAINED = {
    "goals": "A goal that is not met is reported, not hidden.",
    "speed": (
        "`reference` is the same week as plain Mesa agents, and gives the model's numbers. Both took turns; times are "
        "medians, ratios medians over rounds of the ratio within a round."
    ),
    "roofline": (
        "What a week does (draws, exponentials and logarithms, reads at a computed index, bytes that steps read and write), "
        "counted, times what one of each costs here in a loop of nothing else; the roof is their sum, or the larger of memory "
        "and arithmetic if one hides the other, which no week is expected to beat. All other arithmetic, branches and loops "
        "count as free. Times are the best of all rounds."
    ),
    "start": (
        "Imports, initialization, 104 weeks of burn-in and the files included; `first time ever` compiles what is compiled, "
        "and keeps it."
    ),
    "memory": "`everything on` switches on every mechanism that the bank leaves off, the rest runs its defaults.",
    "growth": (
        "Cost per agent, week or replicate against the first of its kind (below 1: cheaper); for mechanisms, time against "
        "the first."
    ),
    "batch": "Burn-in, tables and measures included.",
    "sweeps": "Processor time, with runs that rest instead of working; starting the workers is left out.",
}


def write(result: Mapping[str, Any], folder: Path) -> list[Path]:
    """Keep a result as ``benchmark.json`` and ``benchmark.md``; gives the files."""
    folder.mkdir(parents=True, exist_ok=True)
    files = [folder / "benchmark.json", folder / "benchmark.md"]
    for file, text in zip(files, (json.dumps(result, indent=2) + "\n", render(result)), strict=True):
        aside = file.with_suffix(file.suffix + ".part")
        aside.write_text(text, encoding="utf-8")
        aside.replace(file)
    return files


def render(result: Mapping[str, Any]) -> str:
    """The result as Markdown."""
    machine = result["machine"]
    versions = ", ".join(f"{name} {version}" for name, version in machine["versions"].items() if version)
    memory = "memory unknown" if machine["memory_gib"] is None else f"{machine['memory_gib']} GiB of memory"
    parts = [
        "# Benchmark\n",
        f"`{result['command']}`, {result['started']}, on {machine['processor']}, {machine['cores']} cores, {memory}, "
        f"{machine['system']}; {versions}.\n",
    ]
    for name, rows in result["sections"].items():
        if rows:
            parts += [f"## {HEADINGS[name]}\n", f"{_EXPLAINED[name]}\n", table(rows)]
    return "\n".join(parts)


def table(rows: list[dict[str, Any]]) -> str:
    """Rows as a Markdown table."""
    names = list(rows[0])
    lines = [[name.replace("_", " ") for name in names], [_rule(rows, name) for name in names]]
    lines += [[show(row[name]) for name in names] for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def _rule(rows: list[dict[str, Any]], name: str) -> str:
    """Numbers stand to the right."""
    number = all(isinstance(row[name], int | float) and not isinstance(row[name], bool) for row in rows)
    return "---:" if number else "---"


def show(value: object) -> str:
    """A value with as many digits as say something."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1000.0 else f"{value:.3g}"
    return str(value)
