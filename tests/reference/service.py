"""Service contacts of one week: who meets whom, what arrives, which interests collide, what goes wrong and is made right."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reference.numbers import mean

if TYPE_CHECKING:
    from reference.customer import Customer
    from reference.employee import Employee
    from reference.model import ReferenceModel


@dataclass
class Contact:
    """One customer's contact with the organization."""

    met: Employee | None
    served: float = 0.0
    refused: bool = False
    failed: bool = False
    made_right: bool = False
    apologized: bool = False
    risk_disclosed: bool = False

    @property
    def broken(self) -> bool:
        """Whether it went wrong and was left so."""
        return self.failed and not self.made_right


class Service:
    """Serves customers one after the other, by the delivery of each employee this week."""

    def __init__(self, model: ReferenceModel) -> None:
        self.model = model
        self.promised = 0.0  # segments that are promised an offer of their own
        self.conflicts = self.conceded = self.failures = self.recovered = 0
        self.served = self.first_served = self.conceded_gain = self.conceded_cost = 0.0
        self.repeats = 0
        self.expected_back = 0.0

    def open_week(self) -> None:
        """What customers will get of those at the counter, those behind, and internal work."""
        model, p = self.model, self.model.numbers
        self.conflicts = self.conceded = self.failures = self.recovered = 0
        self.served = self.first_served = self.conceded_gain = self.conceded_cost = 0.0
        self.repeats = 0
        self.expected_back = 0.0
        self.met: dict[int, int] = {}  # customers by seat
        self.seat_met: dict[int, int] = {}  # by position of the customer
        self.promised = model.overall("segments")
        behind = [person.delivery for person in model.present if not person.facing]
        self.support_share = p.delivery_support if behind else 0.0
        self.delivered_behind = sum(behind) / len(behind) if behind else 0.0
        self.support = 0.0
        if model.present:
            fulfilled = sum(person.fulfilled for person in model.present) / len(model.present)
            self.support = fulfilled**p.attention_internal_weight
        self.stakes = model.streams.normal("stakes", model.week, (len(model.market), 2))
        failure = model.streams.uniform("failure", model.week, (len(model.market), 2)).T.tolist()
        self.goes_wrong, self.put_right = failure

    def notice_customers(self, contacts: list[Customer]) -> None:
        """People notice how satisfied the customers are whom they met."""
        p, felt = self.model.numbers, defaultdict[int, list[float]](list)
        if p.employees_satisfaction_customers == 0.0:
            return
        for each in contacts:
            if each.position in self.seat_met:
                felt[self.seat_met[each.position]].append(each.satisfaction - p.satisfaction_reference)
        for person in self.model.staff:
            person.met_satisfaction = mean(felt[person.seat], 0.0)

    def serve(self, customer: Customer) -> Contact:
        """One contact, from meeting an employee to its end."""
        model, p = self.model, self.model.numbers
        position = customer.position
        contact = Contact(self._assign(position))
        if contact.met is not None:
            self.seat_met[position] = contact.met.seat
            self.met[contact.met.seat] = self.met.get(contact.met.seat, 0) + 1
            arrives = self._arriving(customer, contact.met)
            contact.served = min(max(arrives * model.board.service_factor, 0.0), 1.0)
        if model.drawn("conflict", position) < p.conflict_rate:
            contact.refused = not self._concede(position)
            if contact.refused:
                contact.served = 0.0
        self._go_wrong(contact, position)
        if contact.broken:
            contact.served *= 1.0 - p.service_severity
        self.served += contact.served * customer.need
        if customer.repeat:
            self.repeats += 1
        else:
            self.first_served += contact.served
        unserved = 1.0 - contact.served
        self.expected_back += p.failure_demand_returns * unserved * (1.0 - customer.likely_to_need())
        if model.drawn("need comes back", position) < p.failure_demand_returns * unserved:
            customer.open_need = customer.need * unserved
        return contact

    def _assign(self, position: int) -> Employee | None:
        """A seat that deals with customers; if it is vacant another, up to the number of tries."""
        facing = self.model.facing
        for attempt in range(self.model.numbers.service_tries):
            person = facing[int(self.model.drawn("assignment", position, attempt) * len(facing))]
            if person.employed:
                return person
        return None

    def _arriving(self, customer: Customer, met: Employee) -> float:
        """What reaches the customer of what both sides of the counter would deliver.

        Structure saves by_customer x alignment x served (1 - served); a segment with an offer of its own gets
        (1 + fit) times as much, and every promise costs exp(-dilution promised^2); where customers are means, those who
        do not pay get less; the dependent share is no better than the weakest partner; and what is not needed counts less.
        """
        model, p = self.model, self.model.numbers
        served = ((1.0 - self.support_share) * met.delivery + self.support_share * self.delivered_behind) * self.support
        served += p.structure_by_customer * p.structure_alignment * served * (1.0 - served)
        if self.promised:
            served *= 1.0 + p.focus_fit * self.covered(customer.position)
            served = min(served * math.exp(-p.focus_dilution * self.promised * self.promised), 1.0)
        served *= 1.0 - p.motive_means * p.motive_cut * (1.0 - customer.pays())
        if p.partners_dependence:
            served -= p.partners_dependence * max(served - min(model.environment.partners), 0.0)
        if p.needs_weight:
            served *= 1.0 - p.needs_weight * (1.0 - met.match(model.environment.needs))
        return float(served)

    def covered(self, position: int) -> float:
        """How far the segment of a position of the market has an offer of its own, 0 to 1."""
        segment = position % self.model.numbers.focus_market_segments
        return float(min(max(self.promised - segment, 0.0), 1.0))

    def _concede(self, position: int) -> bool:
        """Whether a conflict is decided for the customer: by the line, and by arbitration."""
        model, p = self.model, self.model.numbers
        gain_draw, cost_draw = self.stakes[position].tolist()
        gain = p.conflict_gain * math.exp(p.conflict_spread * gain_draw)
        cost = p.conflict_cost * math.exp(p.conflict_spread * cost_draw)
        customers, others = model.board.weights
        conceded = bool(customers * gain > others * cost)
        draw = model.drawn("arbitration", position)
        appealed = p.arbitration_rule == "ombudsman" and not conceded and draw < p.arbitration_appeals
        foreseen = p.arbitration_rule == "contract" and draw < p.arbitration_covered
        if appealed or foreseen:  # both sides count alike
            conceded = gain > cost
        self.conflicts += 1
        if conceded:
            self.conceded += 1
            self.conceded_gain += gain
            self.conceded_cost += cost
        return conceded

    def _go_wrong(self, contact: Contact, position: int) -> None:
        """Something may go wrong. A failure that is noticed may be made right, or is apologized for."""
        model, p, met = self.model, self.model.numbers, contact.met
        if met is None:
            return
        chance = model.environment.failure_chance(p.service_failure * (1.0 - contact.served))
        if not self.goes_wrong[position] < chance:
            return
        contact.failed = True
        self.failures += 1
        left = (1.0 - p.recovery_base) * (1.0 - p.recovery_practice * met.choice) * (1.0 - met.department.authority)
        noticed = p.recovery_notice >= 1.0 or model.drawn("noticed", position) < p.recovery_notice
        if noticed and self.put_right[position] < 1.0 - left:
            contact.made_right = True
            self.recovered += 1
        elif noticed and p.recovery_words > 0.0:
            contact.apologized = model.drawn("apology", position) < p.recovery_apology
        if met.department.disclosure:
            contact.risk_disclosed = model.drawn("risk told", position) < met.department.disclosure
