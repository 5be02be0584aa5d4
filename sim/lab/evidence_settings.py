"""Parameter settings of facts and lessons: the scenario as it is, the core alone, one mechanism at a time."""

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
def evidence_settings() -> Mapping[str, str]:
    """What each setting is, by its name."""
    return {name: str(setting["about"]) for name, setting in _tables().items()}


@cache
def parameters_in(setting: str) -> Mapping[str, ParameterValue]:
    """Parameters that the setting sets."""
    if setting == CORE:
        bare = (mechanism for mechanism in current().mechanisms.values() if not mechanism.core)
        return MappingProxyType(neutral_values(bare))
    return MappingProxyType(dict(_tables()[setting].get("values", {})))


@cache
def _tables() -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads((files("sim.lab") / "evidence_settings.toml").read_text(encoding="utf-8"))
