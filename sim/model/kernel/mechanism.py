"""What a mechanism is: a rule of the model with a name, so that it can be switched off and put back.

Each module in :mod:`sim.model.mechanisms` is one. What it declares is gathered in :mod:`sim.model.registry`.
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
        module: Where its equations stand.
        about: Its first sentence.
        parameters: Dotted names of the parameters that it declares.
        neutral: Values at which it is switched off: nothing else then depends on it. Empty where it cannot be, because
            without it there would be no model.
        active: Values at which it is on, where its defaults leave it off.
        core: Whether it belongs to the core: what is left when everything that can be switched off beside it is.
    """

    name: str
    module: str
    about: str
    parameters: tuple[Parameter, ...] = ()
    neutral: Mapping[str, ParameterValue] = field(default_factory=dict)
    active: Mapping[str, ParameterValue] = field(default_factory=dict)
    core: bool = False
