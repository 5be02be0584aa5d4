"""Departments, and the executives above them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import mesa

if TYPE_CHECKING:
    from reference.employee import Employee
    from reference.model import ReferenceModel


class Department(mesa.Agent):
    """What a department's people share: resources this week, load, power, and procedures adopted by managers."""

    seats: int
    facing: float
    power: float
    turnover: float
    people_per_seat: float
    load: float
    adopted: float
    importance: float
    work_pressure: float
    capability: float

    def __init__(self, model: ReferenceModel, index: int) -> None:
        super().__init__(model)
        self.index = index
        self.managing_seats = 0
        self.heads = self.witnesses = self.managers_gone = 0
        self.newcomers = 0
        self.people_added = 0.0
        self.capacity = 0.0  # people at work, newcomers counted by the share of work that they do
        self.delivered = 0.0
        self.espousal_gap = 0.0
        self.forced_exit = 0.0
        self.through = 1.0  # share of a program that gets through to its people

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
        self.bonus = amounts["score_bonus"]
        self.disclosure, self.consent = amounts["disclosure"], amounts["consent"]

    def open_week(self) -> None:
        """No one has been counted yet."""
        self.heads = self.witnesses = self.managers_gone = 0
        self.newcomers = 0
        self.delivered = self.forced_exit = self.capacity = self.people_added = 0.0

    def lose_managers(self) -> None:
        """The share of adopted procedures that departed managers had carried is lost."""
        if self.managers_gone:
            self.adopted *= 1.0 - self.managers_gone / max(self.managing_seats, 1)

    def follow_volume(self) -> None:
        """Seats stand for more people, or fewer, where staff follows contacts: 1 + follows x facing x (volume - 1)."""
        people = max(1.0 + self.model.numbers.staffing_follows_volume * self.facing * (self.model.volume - 1.0), 0.0)
        if self.model.numbers.staffing_follows_volume:
            self.people_added = self.heads * max(people - self.people_per_seat, 0.0)
            self.people_per_seat = people
        self.capacity *= self.people_per_seat

    def look_around(self, espoused: float) -> None:
        """How far what is espoused exceeds what its people saw being done, beyond what they tolerate."""
        p = self.model.numbers
        self.espousal_gap = max(espoused - self.delivered / max(self.witnesses, 1) - p.cynicism_tolerance, 0.0)

    def allocate_credit(self, program: float, mean_facing: float) -> None:
        """Departments that deal with customers get the credit. Less gets through to those that feel unimportant.

        Credit is program (1 - shared) (facing - mean facing); importance moves toward the ordinary + credit / 2, within 0
        and 1; what gets through is 1 - threat x how far importance lies below the ordinary, as a share of it.
        """
        p = self.model.numbers
        credit = program * (1.0 - p.credit_shared) * (self.facing - mean_facing)
        ordinary = p.credit_ordinary
        goal = min(max(ordinary + 0.5 * credit, 0.0), 1.0)
        self.importance += (goal - self.importance) * p.credited
        self.through = 1.0 - p.credit_threat * min(max((ordinary - self.importance) / ordinary, 0.0), 1.0)

    def adopt(self) -> None:
        """Managers adopt the procedures in force; rates of habit follow from that and from last week's load."""
        p = self.model.numbers
        self.adopted += max(self.procedures - self.adopted, 0.0) * p.adopted
        overload = max(self.load - 1.0, 0.0)
        loss = (1.0 + (p.habit_orphaned_decay - 1.0) * (1.0 - self.adopted)) / p.habit_decay_weeks
        self.habit_lost = -math.expm1(-loss * (1.0 + p.habit_load_decay * overload))
        self.followed_under_load = max(0.0, 1.0 - p.compliance_shortcut * overload)
        self.watched = self.procedures * self.monitoring
        self.unwatched = self.procedures * (1.0 - self.monitoring) * p.compliance_unwatched * self.adopted
        self.prompted_when_watched = p.monitoring_practice * self.watched

    def improve(self, people: list[Employee]) -> None:
        """Capability grows with what people have taken up and wears out, less where they practice what they value."""
        p = self.model.numbers
        if p.capability_effect == 0.0:
            return
        heads = max(len(people), 1)
        build = sum(max(float(person.choice), person.conduct) for person in people) / heads / p.capability_build_weeks
        kept = sum(person.choice * person.value for person in people) / heads
        rate = build + (1.0 - kept) / p.capability_erosion_weeks
        if rate > 0.0:
            self.capability += (build / rate - self.capability) * -math.expm1(-rate)

    def bear_load(self, demand: float, normal: float, office: float) -> None:
        """Work against working time: contacts and other work, plus the burden of programs, over the capacity at work.

        A share of the capacity follows power instead of work: 1 - budget + budget x power / share of seats.

        Args:
            demand: Contacts against those of an ordinary week.
            normal: Standard normal draw.
            office: Share of a full office for customer centricity, which calls all employees to meetings.
        """
        p = self.model.numbers
        variation = math.exp(p.workload_noise * normal - 0.5 * p.workload_noise * p.workload_noise)
        work = self.facing * demand + (1.0 - self.facing)
        work *= 1.0 - p.direction_hours * self.model.direction
        hours = self.training + p.coaching_hours * self.coaching + p.delegation_meetings * office
        burden = hours / p.workload_hours + p.workload_procedure_burden * self.procedures
        eased = 1.0 - p.workload_relief_effect * self.relief
        staffing = max(self.capacity, 0.5) / max(self.seats, 1)
        if p.power_budget > 0.0 and self.seats:
            capacity = 1.0 - p.power_budget + p.power_budget * self.power * self.model.seats / self.seats
            staffing *= max(capacity, p.power_least_capacity)
        load = p.workload_baseline * variation * work * (1.0 + burden) * eased / staffing
        self.load = min(max(load, p.workload_least), p.workload_most)
        self.rest = p.energy_recovery * (1.0 + p.energy_relief_effect * self.relief)

    def knows(self) -> float:
        """Share of customers' needs that it knows: what all know, and skill x facing share of the rest."""
        p = self.model.numbers
        return float(p.power_known_to_all + (1.0 - p.power_known_to_all) * p.power_skill * self.facing)


class Executive(mesa.Agent):
    """Weighs interests, and judges the organization by what reaches it."""

    identity: int
    stated: float
    weight_customers: float
    weight_owners: float
    weight_self: float
    self_assessment: float
    customer_time: float
    tenure: float

    def take_office(self, customer_draw: float, self_draw: float, usual: float) -> None:
        """A successor brings their own weights, spread around the usual weight on customers."""
        p = self.model.numbers
        spread = p.executives_weight_spread
        customers = usual * math.exp(spread * customer_draw - 0.5 * spread * spread)
        own = p.executives_self_weight * math.exp(spread * self_draw - 0.5 * spread * spread)
        total = max(customers + own, 1.0)
        self.weight_customers, self.weight_self = customers / total, own / total
        self.weight_owners = max(1.0 - self.weight_customers - self.weight_self, 0.0)
        self.self_assessment = p.satisfaction_reference
        self.tenure = 0.0
        self.identity = self.model.executives_ever_appointed
        self.model.executives_ever_appointed += 1

    def be_pleased(self, appeal: float) -> None:
        """A new fad lifts what the executive thinks of the organization."""
        self.self_assessment += self.model.numbers.fads_novelty * appeal * (1.0 - self.self_assessment)

    def leans_to_talk(self, staying: float) -> float:
        """Logit choice between what talk and work promise.

        Work: staying x gap x (customers + owners) - cost x owners; talk: own x gap - reckoning x (1 - power), the gap
        being what the organization lacks in the executive's own eyes.
        """
        p = self.model.numbers
        gap = 1.0 - self.self_assessment
        work = staying * gap * (self.weight_customers + self.weight_owners) - p.place_cost * self.weight_owners
        talk = self.weight_self * gap - p.place_reckoning * (1.0 - p.place_power)
        return float(1.0 / (1.0 + math.exp(min(max(-p.place_sharpness * (talk - work), -700.0), 700.0))))

    def update_self_assessment(self, score_at_top: float, messages: float, felt: float) -> None:
        """Follow the score that arrives, with some flattery, applaud one's own messages, and see for oneself.

        Args:
            score_at_top: Score as it arrives; missing if there is none.
            messages: Speeches and posters this week.
            felt: Customers' mean satisfaction; missing without customers.
        """
        p = self.model.numbers
        view = self.self_assessment
        if not math.isnan(score_at_top):
            view += (min(1.0, score_at_top + p.executives_flattery) - view) * p.assessed
        view -= (1.0 - view) * math.expm1(-p.executives_applause * messages)
        if not math.isnan(felt):
            view += p.calendar_listening * self.customer_time * (felt - view)
        self.self_assessment = view
