"""Executives' calendars, and moments, which need a place in them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reference.model import ReferenceModel

_STEPS = 6
_SKILLS = 4


class Moments:
    """The series of moments: asked for, agreed on, held; leaders lose patience where nothing comes of it."""

    def __init__(self, model: ReferenceModel) -> None:
        self.model = model
        self.engagement = 0.0
        self.credit = 0.0
        self.ended = False
        self.agreed: list[tuple[int, int]] = []  # week and half day

    def allocate_executive_time(self) -> None:
        """Customers get their part of executives' half days: requests count by the true weight of the party that asks."""
        model, p = self.model, self.model.numbers
        shape = (len(model.executives), p.calendar_slots)
        draws = model.streams.uniform("who is met", model.week, shape).tolist()
        busy, requests = max(p.calendar_busy, p.calendar_standing), p.calendar_customer_requests
        for executive, slots in zip(model.executives, draws, strict=True):
            weight = executive.weight_customers
            heard, others = requests * weight, (1.0 - requests) * (1.0 - weight)
            share = heard / (heard + others) if heard else 0.0
            executive.customer_time = sum(draw < busy * share for draw in slots) / len(slots)

    def take_place(self) -> None:
        """Moments are asked for as they are paid for, and held when their half day has come."""
        requested = self.model.overall("moments")
        if requested == 0.0 or self.ended:
            self.credit, self.agreed = 0.0, []
            return
        self.credit += requested
        while self.credit >= 1.0 - 1e-12:
            self.credit -= 1.0
            self._ask()
        week = self.model.week
        due = [each for each in self.agreed if each[0] <= week]
        self.agreed = [each for each in self.agreed if each[0] > week]
        for number in range(len(due)):
            if not self.ended:
                self._hold(number)

    def _ask(self) -> None:
        """Find the first half day from next week on that all attendees have free; if there is none, give it up."""
        model, p = self.model, self.model.numbers
        attendees = min(p.moments_attendees, len(model.executives))
        shape = (len(model.executives), p.calendar_slots)
        least = p.calendar_standing
        for ahead in range(1, p.calendar_farthest_weeks + 1):
            week = model.week + ahead
            booked = max(least + (p.calendar_busy - least) * math.exp(-ahead / p.calendar_lead_weeks), least)
            draws = model.streams.uniform("appointments", week, shape)[:attendees].tolist()
            for slot in range(p.calendar_slots):
                if (week, slot) not in self.agreed and all(row[slot] >= booked for row in draws):
                    self.agreed.append((week, slot))
                    return

    def _hold(self, number: int) -> None:
        """Six steps, one after the other, as far as time lasts; their product is the payoff.

        People learn I <- I + (1 - I) learning x payoff; those of the team have customers on their minds.
        """
        model, p = self.model, self.model.numbers
        pace = self._skill() * (1.0 - p.moments_engagement * (1.0 - self.engagement))
        left = p.moments_hours * pace
        completed = []
        for normal in model.streams.normal("steps of a moment", model.week, _STEPS, number).tolist():
            spread = p.moments_uncertainty
            needed = p.moments_step_hours * math.exp(spread * normal - 0.5 * spread * spread)
            completed.append(min(left / needed, 1.0))
            left = max(left - needed, 0.0)
        paid = math.prod(completed)
        for person in model.staff:
            person.insight += (1.0 - person.insight) * p.moments_learning * paid if person.employed else 0.0
        self._share_empathy(number, completed[0] * completed[1])
        self.engagement += p.moments_engagement_weight * (paid - self.engagement)
        lost = p.moments_impatience * (1.0 - self.engagement)
        self.ended = model.uniform("leaders lose patience", 1, number)[0] < lost

    def _skill(self) -> float:
        """Skill of the team against an evenly mixed one: [(1/K) sum (K a_k)^rho]^(1/rho), rho = (sigma - 1)/sigma."""
        p = self.model.numbers
        rho = (p.moments_substitution - 1.0) / p.moments_substitution
        even = p.moments_breadth
        shares = [even + _SKILLS * (1.0 - even), *[even] * (_SKILLS - 1)]  # times their number
        if even == 0.0:
            return 0.0
        return float((sum(share**rho for share in shares) / _SKILLS) ** (1.0 / rho))

    def _share_empathy(self, number: int, felt: float) -> None:
        """A team of those who are there, drawn by rank, has customers on its mind as far as the first steps got."""
        model = self.model
        keys = model.uniform("team of a moment", model.seats, number)
        present = sorted((keys[person.seat], person.seat) for person in model.staff if person.employed)
        for _, seat in present[: model.numbers.moments_team]:
            person = model.staff[seat]
            person.salience += (1.0 - person.salience) * felt
            person.empathy += (1.0 - person.empathy) * felt
