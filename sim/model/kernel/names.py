"""Names under which functions are known."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

EXTENSION = "extension_"
"""First part of the names of modules of extensions."""


def name_of(function: Callable[..., Any]) -> str:
    """Name under which a function can be replaced: ``norm.choose_practice`` for one in ``sim.model.mechanisms.norm``."""
    return f"{function.__module__.rpartition('.')[2]}.{function.__name__}"
