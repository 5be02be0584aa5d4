"""Departments, and the executives above them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import mesa

if TYPE_CHECKING:
    from reference.model import ReferenceModel


class Department(mesa.Agent):
    """What its people share: resources this week, load, and procedures that its managers have made their own."""

    def __init__(
        self, model: ReferenceModel, index: int, seats: int, facing: float, load: float, adopted: float
    ) -> None:
        super().__init__(model)
        self.index, self.seats, self.facing = index, seats, facing
        self.load, self.adopted = load, adopted
        self.managing_seats = 0
        self.heads = self.managers_gone = 0
        self.delivered = 0.0
        self.espousal_gap = 0.0

    def take_resources(self, amounts: dict[str, float]) -> None:
        """Resources in force this week."""
        self.speeches = amounts["speeches"]
        self.messages = self.speeches + amounts["posters"]
        self.procedures, self.monitoring = amounts["procedures"], amounts["monitoring"]
        self.training, self.coaching = amounts["training"], amounts["coaching"]
        self.example = amounts["sponsor_attention"]
        self.hiring_filter = amounts["hiring_filter"]
        self.authority = amounts["recovery_authority"]
        self.relief = amounts["relief"]

    def open_week(self) -> None:
        """Nobody has been counted yet."""
        self.heads = self.managers_gone = 0
        self.delivered = 0.0

    def lose_managers(self) -> None:
        """With its managers goes the share of adopted procedures that they had carried."""
        if self.managers_gone:
            self.adopted *= 1.0 - self.managers_gone / max(self.managing_seats, 1)

    def look_around(self, espoused: float) -> None:
        """How far what is espoused exceeds what its people saw being done, beyond what they tolerate."""
        p = self.model.numbers
        self.espousal_gap = max(espoused - self.delivered / max(self.heads, 1) - p.cynicism_tolerance, 0.0)

    def adopt(self) -> None:
        """Managers make running procedures their own; what that and last week's load mean for habits and shortcuts."""
        p = self.model.numbers
        self.adopted += max(self.procedures - self.adopted, 0.0) * p.adopted
        overload = max(self.load - 1.0, 0.0)
        loss = (1.0 + (p.habit_orphaned_decay - 1.0) * (1.0 - self.adopted)) / p.habit_decay_weeks
        self.habit_lost = -math.expm1(-loss * (1.0 + p.habit_load_decay * overload))
        self.followed_under_load = max(0.0, 1.0 - p.compliance_shortcut * overload)
        self.watched = self.procedures * self.monitoring
        self.unwatched = self.procedures * (1.0 - self.monitoring) * p.compliance_unwatched * self.adopted
        self.prompted_when_watched = p.monitoring_practice * self.watched

    def bear_load(self, demand: float, normal: float) -> None:
        """Work against working time: contacts and the rest, burdened by programs, over the hands that are there."""
        p = self.model.numbers
        variation = math.exp(p.workload_noise * normal - 0.5 * p.workload_noise * p.workload_noise)
        work = self.facing * demand + (1.0 - self.facing)
        burden = (self.training + p.coaching_hours * self.coaching) / p.workload_hours
        burden += p.workload_procedure_burden * self.procedures
        eased = 1.0 - p.workload_relief_effect * self.relief
        staffing = max(self.heads, 0.5) / max(self.seats, 1)
        load = p.workload_baseline * variation * work * (1.0 + burden) * eased / staffing
        self.load = min(max(load, 0.05), 5.0)
        self.rest = p.energy_recovery * (1.0 + p.energy_relief_effect * self.relief)


class Executive(mesa.Agent):
    """Weighs interests, and judges the organization by what it is told."""

    def __init__(self, model: ReferenceModel, stated: float, weights: tuple[float, float, float]) -> None:
        super().__init__(model)
        self.stated = stated
        self.weight_customers, self.weight_owners, self.weight_self = weights
        self.self_assessment = 0.0
        self.tenure = 0.0

    def take_office(self, customer_draw: float, self_draw: float) -> None:
        """A successor comes with weights of their own."""
        p = self.model.numbers
        spread = p.executives_weight_spread
        customers = p.executives_customer_weight * math.exp(spread * customer_draw - 0.5 * spread * spread)
        own = p.executives_self_weight * math.exp(spread * self_draw - 0.5 * spread * spread)
        total = max(customers + own, 1.0)
        self.weight_customers, self.weight_self = customers / total, own / total
        self.weight_owners = max(1.0 - self.weight_customers - self.weight_self, 0.0)
        self.self_assessment = p.satisfaction_reference
        self.tenure = 0.0

    def look_in_the_mirror(self, reported: float, messages: float) -> None:
        """Follow the reported score with some flattery, and applaud one's own messages."""
        p = self.model.numbers
        view = self.self_assessment
        if not math.isnan(reported):
            view += (min(1.0, reported + p.executives_flattery) - view) * p.assessed
        self.self_assessment = view - (1.0 - view) * math.expm1(-p.executives_applause * messages)
