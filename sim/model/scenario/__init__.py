"""Scenarios: TOML files on one side, a checked, complete and unchangeable :class:`Scenario` on the other.

Everything is validated once, here at the border, and all faults of a file are told together. On its way a file passes
``finding`` (which file is meant), ``loading`` (its table) and ``schema``, the model of the whole file, whose parts are in
``values``, ``departments``, ``policies`` and ``events``. They are written in ``rules`` (single values) and ``tables``;
what pydantic refuses by them, ``refusals`` puts into the words of ``messages``. What it takes is a ``scenario``.
"""

from __future__ import annotations

from sim.model.scenario.departments import Department
from sim.model.scenario.events import Event
from sim.model.scenario.messages import ScenarioError
from sim.model.scenario.policies import load_policy, shipped_policies
from sim.model.scenario.scenario import Scenario
from sim.model.scenario.values import parse_assignment

__all__ = ["Department", "Event", "Scenario", "ScenarioError", "load_policy", "parse_assignment", "shipped_policies"]
