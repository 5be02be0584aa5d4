"""Goals: the few numbers that the model must reach."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from benchmark.subjects import REFERENCE
from benchmark.sweeps import ALL, DRIVER, MEASURING, SECOND

Row = Mapping[str, Any]


def judge(sections: Mapping[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """One row per goal that was measured: the result, the goal, and whether it is reached."""
    return [
        {"goal": goal, "measured": measured, "asked_for": f"{'at least' if more else 'under'} {asked:g}", "met": met}
        for goal, measured, asked, more in _goals(sections)
        for met in (measured >= asked if more else measured < asked,)
    ]


def _goals(sections: Mapping[str, list[dict[str, Any]]]) -> Iterator[tuple[str, float, float, bool]]:
    """Goal, what was measured, what was asked for, and whether more is better."""
    speed = sections.get("speed", [])
    by = {(row["agents"], row["program"]): row for row in speed}
    sizes = sorted({row["agents"] for row in speed})
    for agents, asked in zip(sizes[:1] + sizes[-1:], (150.0, 300.0), strict=False):
        faster = by[agents, REFERENCE]["model_is_times_faster"]
        yield f"times faster than the reference at {agents:,} agents", faster, asked, True
    for row in sections.get("roofline", []):
        share = row["share_of_the_roofline"]
        yield f"share of the roofline's speed at {row['agents']:,} agents", share, 0.5, True
    grown = [row for row in sections.get("growth", []) if row["grows_with"] == "agents"]
    if len(grown) > 1:
        cost = grown[-1]["cost_per_unit_against_first"]
        yield f"cost per agent at {grown[-1]['how_many']} against {grown[0]['how_many']} agents", cost, 1.0, False
    yield from _of_processes(sections)
    yield from _of_sweeps(sections.get("sweeps", []))


def _of_processes(sections: Mapping[str, list[dict[str, Any]]]) -> Iterator[tuple[str, float, float, bool]]:
    """Goals for what runs in a process of its own."""
    started = _first(sections.get("start", []), "centricity run")
    if started is not None:
        yield "seconds of `centricity run`, compiled code kept", started["seconds"], 2.0, False
    compared = _first(sections.get("start", []), "centricity compare")
    if compared is not None:
        yield "seconds of `centricity compare`", compared["seconds"], 10.0, False
    full = _first(sections.get("memory", []), "everything on")
    if full is not None:
        yield f"GiB of memory for {full['agents']:,} agents, everything on", full["peak_mib"] / 1024.0, 4.0, False


def _of_sweeps(rows: Iterable[Row]) -> Iterator[tuple[str, float, float, bool]]:
    """Goals for the lab: a tenth of runs of 50 ms, a hundredth for what works alone."""
    goals = {ALL: (5.0, False), DRIVER: (1.0, False), MEASURING: (0.1, False), SECOND: (1.6, True)}
    for row in rows:
        yield f"{row['unit']}: {row['what']}", row["measured"], *goals[row["what"]]


def _first(rows: Iterable[Row], what: str) -> Row | None:
    """The row about this, if it was measured."""
    return next((row for row in rows if row["what"] == what), None)
