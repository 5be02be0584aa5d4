"""Departments: what their people share, their workload, and what their managers have made their own."""

from __future__ import annotations

from dataclasses import dataclass

from sim.kernel.arrays import FloatArray, IntArray
from sim.kernel.columns import Columns, column, share


@dataclass
class DepartmentColumns(Columns):
    """One row a department."""

    identity: IntArray = column("Number of the department, in the order of the scenario.", "number", 0)
    seats: IntArray = column("Seats at full staff.", "seats", 0)
    facing: FloatArray = share("Share of seats that deal with customers.")
    power: FloatArray = share("Share of power in the organization.")
    load: FloatArray = column("Work against working time at the organization's own standard, last week.", "ratio", 0.0)
    work_pressure: FloatArray = column("Work against capacity this week.", "ratio", 0.0)
    adopted: FloatArray = share("How far its managers have made the procedures their own.")
    importance: FloatArray = share("How important its people feel in the organization (1/2: as important as others).")
