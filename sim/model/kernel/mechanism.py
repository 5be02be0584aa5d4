"""What a mechanism is: a named part of the model that can be switched off and on.

Each module in :mod:`sim.model.mechanisms` is one. :mod:`sim.model.registry` gathers what it declares.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sim.model.kernel.parameters import Parameter, ParameterValue


@dataclass(frozen=True, slots=True)
class Mechanism:
    """One mechanism of the model.

    Attributes:
        name: Name of its module, with hyphens.
        module: Module with its equations.
        about: Its first sentence.
        parameters: Dotted names of the parameters that it declares.
        neutral: Values at which it is switched off: nothing else then depends on it. Empty if it cannot be switched off,
            because without it there would be no model.
        active: Values at which it is on, where its defaults leave it off.
        core: Whether it belongs to the core: the mechanisms that remain when all others are switched off.
    """

    name: str
    module: str
    about: str
    parameters: tuple[Parameter, ...] = ()
    neutral: Mapping[str, ParameterValue] = field(default_factory=dict)
    active: Mapping[str, ParameterValue] = field(default_factory=dict)
    core: bool = False
