"""Scenarios: from a TOML file to a checked, complete and unchangeable :class:`Scenario`.

Everything is validated once, here, and all faults of a file are reported together. A file passes through these modules:

- ``finding``: which file is meant
- ``loading``: the table in it
- ``schema``: the model of the whole file, with its parts in ``values``, ``departments``, ``policies`` and ``events``
- ``rules`` and ``tables``: the rules for single values and for tables, of which that model is made
- ``refusals``: puts errors of pydantic into the words of ``messages``
- ``scenario``: the result
"""

from __future__ import annotations

from sim.model.scenario.departments import Department
from sim.model.scenario.events import Event
from sim.model.scenario.messages import ScenarioError
from sim.model.scenario.policies import load_policy, shipped_policies
from sim.model.scenario.refusals import check_argument
from sim.model.scenario.rules import DURATION, MODEL_WEEKS, SEED
from sim.model.scenario.scenario import Scenario
from sim.model.scenario.values import parse_assignment

__all__ = [
    "DURATION",
    "MODEL_WEEKS",
    "SEED",
    "Department",
    "Event",
    "Scenario",
    "ScenarioError",
    "check_argument",
    "load_policy",
    "parse_assignment",
    "shipped_policies",
]
