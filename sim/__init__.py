"""Centricity: what happens to an organization, and to its customers' loyalty, when it says "we are customer-centric"."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.lab import compare
    from sim.lab.sweep import read_store, run_experiment, sweep
    from sim.model.mesa_model import CentricityModel
    from sim.model.scenario import Scenario

__version__ = "0.1.0"
"""The one place of the version: the package, the citation and the site take it from here."""

__all__ = ["CentricityModel", "Scenario", "__version__", "compare", "read_store", "run_experiment", "sweep"]

_HOMES = {
    "CentricityModel": "sim.model.mesa_model",
    "Scenario": "sim.model.scenario",
    "compare": "sim.lab",
    "read_store": "sim.lab.sweep",
    "run_experiment": "sim.lab.sweep",
    "sweep": "sim.lab.sweep",
}


def __getattr__(name: str) -> Any:
    """Import the public names on first use, so that a short command does not pay for all of Mesa and pandas."""
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    """The public names, for completion and ``help``, which have not been imported yet."""
    return sorted(__all__)
