"""Worlds in which facts are scored and lessons are set: the scenario as it is, the core alone, one mechanism at a time."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from sim.lab.switching import neutral_values
from sim.model.kernel.parameters import ParameterValue
from sim.model.registry import current

DEFAULT, CORE, ISOLATED = "default", "core", "isolated"


@cache
def worlds() -> Mapping[str, str]:
    """What each world is, by its name."""
    return {name: str(world["about"]) for name, world in _tables().items()}


@cache
def values_in(world: str) -> Mapping[str, ParameterValue]:
    """Parameters that the world sets."""
    if world == CORE:
        bare = (mechanism for mechanism in current().mechanisms.values() if not mechanism.core)
        return MappingProxyType(neutral_values(bare))
    return MappingProxyType(dict(_tables()[world].get("values", {})))


@cache
def _tables() -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads((files("sim.lab") / "worlds.toml").read_text(encoding="utf-8"))
