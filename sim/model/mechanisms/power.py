"""Departments' power: how much each has to say on the line, and how much capacity each gets.

Power explains budgets beyond workload, rank and size (Pfeffer & Salancik 1974), so a share of capacity follows power
instead of work. Voice follows power, too. It does not follow knowledge of customers' needs, which rises with the share of a
department's seats that deal with customers.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sim.model.agents.initial_state import InitialState
from sim.model.kernel.array_types import FloatArray
from sim.model.kernel.columns import department_column
from sim.model.kernel.parameters import ParameterValue, declare
from sim.model.kernel.records import Departments, Employees, Parameters, Scratch, Week
from sim.model.kernel.sums import sum_by_department

PARAMETERS = declare("""
power.voice = 0.3 share; 0 to 1, plausible 0 to 0.6; unknown; tier 5
    Share of the line that departments draw, each by its power, instead of executives alone.
    Source: Conjecture; the seed's claim that power decides, not expertise
power.budget = 0.2 share; 0 to 1, plausible 0 to 0.4; unknown; tier 5
    Share of capacity that follows departments' power instead of their work.
    Source: Direction: Pfeffer & Salancik 1974; size is a conjecture
power.skill = 0.5 share; 0 to 1, plausible 0.2 to 0.9; unknown; tier 5
    How much of what customers need people understand by dealing with them (empathy).
    Source: Conjecture
power.known_to_all = 0.3 share; 0 to 1, plausible 0.1 to 0.5; unknown; tier 5
    Share of customers' needs that anybody knows without ever dealing with one.
    Source: Conjecture
power.value_share = 0.5 share; 0 to 1, plausible 0.2 to 0.8; unknown; tier 5
    Weight of its people's values, against what it knows of customers, in what a department stands for.
    Source: Conjecture: as much as what it knows
power.least_capacity = 0.1 share; 0.01 to 1; definition; tier 5
    Capacity that a department without power keeps, against what its work deserves.
    Source: Definition: some work is done anyway
""")

NEUTRAL: Mapping[str, ParameterValue] = {"power.voice": 0.0, "power.budget": 0.0}
"""Executives draw the line alone, and capacity follows work."""

ACTIVE: Mapping[str, ParameterValue] = {}
"""On by default. In every organization departments have some voice, and some capacity, by their power."""


COLUMNS = (department_column("power", "Share of power in the organization.", initial="shares_of_power"),)


def knowledge(facing: float, skill: float, known_to_all: float) -> float:
    """Share of customers' needs that a department knows: what all know, and skill x facing share of the rest."""
    return known_to_all + (1.0 - known_to_all) * skill * facing


def weight_of_department(known: float, value: float, value_share: float) -> float:
    """Line that a department stands for: what it knows of customers' needs, and the mean value of its people."""
    return (1.0 - value_share) * known + value_share * value


def capacity_share(power: float, share: float, budget: float, least: float) -> float:
    """Capacity of a department relative to its share of the work: 1 - budget + budget x power / share of seats.

    Its mean over seats is 1: what one department gains, others lose. It is at least ``least``: some work is done anyway.
    """
    return max(1.0 - budget + budget * power / max(share, 1e-12), least)


def shares_of_power(initial: InitialState) -> FloatArray:
    """Power of each department as a share of all power; equal shares if none has any."""
    power = np.array([each.power for each in initial.scenario.departments])
    return power / power.sum() if power.sum() > 0 else np.full(power.size, 1.0 / power.size)


def weigh_departments_voices(
    employees: Employees, departments: Departments, scratch: Scratch, parameters: Parameters, week: Week
) -> None:
    """Departments have a say in the line, each by its power."""
    voice, total = parameters.power_voice, scratch.department_value
    if voice == 0.0:
        return
    sum_by_department(employees.employed, employees.department, employees.value, total)
    spoken = 0.0
    for department in range(departments.seats.size):
        known = knowledge(departments.facing[department], parameters.power_skill, parameters.power_known_to_all)
        value = total[department] / max(departments.headcount[department], 1.0)
        spoken += departments.power[department] * weight_of_department(known, value, parameters.power_value_share)
    week.proposed_weight = week.proposed_weight + voice * (spoken - week.proposed_weight)
