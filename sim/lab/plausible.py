"""Which parameters are unknown in a scenario, and over which range: the one place where anything drawn comes from.

Regions of the evidence, ``compare --unknown`` and ``--tornado``, and ``*`` in an experiment file all ask here.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import numpy as np

from sim.model.kernel.parameters import Parameter
from sim.model.registry import Registry
from sim.model.scenario import Scenario


def ranged_parameters(scenario: Scenario | None, known: Registry) -> dict[str, Parameter]:
    """Every parameter that has a plausible range of more than a point, with the range that holds in the scenario.

    The table ``[plausible]`` of a scenario goes before the range that the parameter declares.

    Args:
        scenario: The scenario; ``None`` where only the declared ranges are known.
        known: The registry of parameters.
    """
    own = {} if scenario is None else scenario.plausible
    every = (replace(each, plausible=own.get(name, each.plausible)) for name, each in known.parameters.items())
    return {each.name: each for each in every if each.plausible and each.plausible[0] < each.plausible[1]}


def unknown_parameters(scenario: Scenario, known: Registry, fixed: Collection[str] = ()) -> list[Parameter]:
    """Parameters that are drawn: those that nobody can look up, with the range from which they are drawn.

    They are of kind ``unknown``, and the scenario leaves them at their default: what it sets otherwise counts as known. What
    an organization knows (``own``), decides (``lever``) or defines (``definition``) has a plausible range over organizations,
    so drawing it would describe other organizations, not the uncertainty about this one. Whatever the table ``[plausible]``
    of the scenario names is drawn too, of any kind: its author says that it is not known.

    Args:
        scenario: As it will run.
        known: The registry of parameters.
        fixed: Names that stay as they are, because somebody set them on purpose.
    """
    return [
        each
        for name, each in ranged_parameters(scenario, known).items()
        if name not in fixed
        and (name in scenario.plausible or (each.kind == "unknown" and scenario.parameters.get(name) == each.default))
    ]


def value_at(parameter: Parameter, share: float) -> float | int:
    """Value at a share of the plausible range; whole numbers get equal parts of it."""
    assert parameter.plausible is not None
    low, high = parameter.plausible
    if parameter.type == "integer":
        return int(min(low + np.floor(share * (high - low + 1.0)), high))
    return low + share * (high - low)
