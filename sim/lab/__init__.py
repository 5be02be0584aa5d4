"""Running many organizations: replicates in processes, each policy paired with its twin, results written whole.

The public names are imported when they are first used, because the comparison imports pandas and statistics, which takes
half a second, and most modules of this package need neither.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.lab.comparison import Comparison
    from sim.lab.comparison_run import compare

__all__ = ["Comparison", "compare"]

_HOMES = {"Comparison": "sim.lab.comparison", "compare": "sim.lab.comparison_run"}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used."""
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
