"""Scenarios: TOML files on one side, a checked, complete and unchangeable :class:`Scenario` on the other.

Everything is validated once, here at the border, and all faults of a file are told together.
"""

from __future__ import annotations

from sim.model.scenario.departments import Department
from sim.model.scenario.events import Event
from sim.model.scenario.messages import ScenarioError
from sim.model.scenario.policies import load_policy, shipped_policies
from sim.model.scenario.scenario import Scenario
from sim.model.scenario.values import parse_assignment

__all__ = ["Department", "Event", "Scenario", "ScenarioError", "load_policy", "parse_assignment", "shipped_policies"]
