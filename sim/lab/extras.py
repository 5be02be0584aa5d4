"""Packages that only some commands need: they are installed by an extra."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from sim.model.scenario import ScenarioError


def require(module: str, what: str, extra: str) -> Any:
    """A module of a package that an extra installs.

    Args:
        module: Its dotted name.
        what: What needs it, for the message.
        extra: Name of the extra: ``lab`` or ``people``.

    Raises:
        ScenarioError: If it is not installed.
    """
    try:
        return import_module(module)
    except ImportError as error:
        package = module.partition(".")[0]
        remedy = f'Install it with: pip install "centricity[{extra}]"'
        raise ScenarioError([f"{what} needs the package {package}, which is not installed. {remedy}"]) from error
