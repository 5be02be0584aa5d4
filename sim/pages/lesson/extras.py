"""Packages that only the lessons need."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from sim.model.scenario import ScenarioError


def require(module: str, what: str) -> Any:
    """A module of the extra ``people``.

    Args:
        module: Dotted name of the module.
        what: What needs it, for the message.

    Raises:
        ScenarioError: If it is not installed.
    """
    try:
        return import_module(module)
    except ImportError as error:
        raise ScenarioError(
            [
                f"{what} needs the package {module.partition('.')[0]}, which is not installed. Install it with: "
                'pip install "centricity[people]"'
            ]
        ) from error
