"""What the tables of a comparison say, and how surely.

Everything here works on tables alone: weekly rows, one row a run, and the arrays of choices. Nothing here knows how
a run came about, so runs of another program can be analyzed with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.analysis.lift import lift_curves
    from sim.analysis.metrics import METRICS, Metric
    from sim.analysis.spread import reach_curve
    from sim.analysis.statements import answer, statements
    from sim.analysis.summary import run_values, summarize

__all__ = ["METRICS", "Metric", "answer", "lift_curves", "reach_curve", "run_values", "statements", "summarize"]

_HOMES = {
    "METRICS": "metrics",
    "Metric": "metrics",
    "answer": "statements",
    "lift_curves": "lift",
    "reach_curve": "spread",
    "run_values": "summary",
    "statements": "statements",
    "summarize": "summary",
}


def __getattr__(name: str) -> Any:
    """Import the public names on first use: a worker needs reach alone, and no tables for it."""
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(f"sim.analysis.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
