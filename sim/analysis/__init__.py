"""Statistics of finished runs: lift, durability, intervals, regret, sensitivity, and the sentences that report them.

Everything here works on tables alone: weekly rows, one row a run, and the arrays of choices. Nothing here depends on
how the runs were made, so the runs of another program can be analyzed too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.analysis.comparison_text import describe_comparison, describe_policies
    from sim.analysis.lift import lift_curves
    from sim.analysis.metrics import METRICS, Metric
    from sim.analysis.reach import reach_curve
    from sim.analysis.summary import run_values, summarize

__all__ = [
    "METRICS",
    "Metric",
    "describe_comparison",
    "describe_policies",
    "lift_curves",
    "reach_curve",
    "run_values",
    "summarize",
]

_HOMES = {
    "METRICS": "metrics",
    "Metric": "metrics",
    "describe_comparison": "comparison_text",
    "lift_curves": "lift",
    "reach_curve": "reach",
    "run_values": "summary",
    "describe_policies": "comparison_text",
    "summarize": "summary",
}


def __getattr__(name: str) -> Any:
    """Import a public name on first use: a worker needs only reach, and should not have to load pandas for it."""
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(f"sim.analysis.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
