"""Packages that only some experiments need."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from sim.model.scenario import ScenarioError


def require(module: str, what: str) -> Any:
    """A module of the extra ``lab``.

    Args:
        module: Its dotted name.
        what: What needs it, for the message.

    Raises:
        ScenarioError: If it is not installed.
    """
    try:
        return import_module(module)
    except ImportError as error:
        package = module.partition(".")[0]
        raise ScenarioError(
            [
                f'{what} needs the package {package}, which is not installed. Install it with: pip install "centricity[lab]"'
            ]
        ) from error
