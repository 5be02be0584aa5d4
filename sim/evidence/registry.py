"""The registry of measures. It is open: a module placed in :mod:`sim.evidence.measures` adds its own."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from importlib import import_module
from typing import Any

from sim.evidence.measurement import Measurement

Measure = Callable[..., Measurement]
"""``measure(run_budget, **arguments)``: the budget first, then the arguments of the fact by name."""

MEASURES: dict[str, Measure] = {}
"""All measures by name; filled by :func:`measure`, complete after :func:`load_measures`."""


def measure(name: str) -> Callable[[Measure], Measure]:
    """Register a function as the measure ``name``.

    Raises:
        ValueError: When another function has the name already.
    """

    def register(function: Measure) -> Measure:
        known: Any = MEASURES.get(name)
        if known is not None and (known.__module__, known.__qualname__) != (function.__module__, function.__qualname__):
            raise ValueError(f"measure {name} is registered twice, by {known.__module__} and {function.__module__}")
        MEASURES[name] = function
        return function

    return register


def load_measures() -> dict[str, Measure]:
    """Import every module of measures and return the registry."""
    package = import_module("sim.evidence.measures")
    for module in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
        import_module(module.name)
    return MEASURES
