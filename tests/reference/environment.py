"""The environment of the organization: the market and its needs, the organizational code of them, partners, crises."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reference.model import ReferenceModel


class Environment:
    """The market, what it needs, and who else serves it."""

    def __init__(self, model: ReferenceModel) -> None:
        self.model = model
        self.market = 0.0  # share of needs that customers find served elsewhere
        self.needs: list[int] = []
        self.organizational_code: list[int] = []
        self.partners: list[float] = []
        self.partners_alone: list[float] = []
        self.crises: list[tuple[float, int]] = []
        self.shift = 0.0  # of the market, this week

    def move_market(self, size: float) -> None:
        """Rivals get better, or needs move away."""
        self.market = min(self.market + size, 1.0)
        self.shift += size

    def failure_chance(self, chance: float) -> float:
        """Chance of failure: in a crisis a share of contacts fails by itself, p <- 1 - (1 - p)(1 - share)."""
        for share, end in self.crises:
            if self.model.week < end:
                chance = 1.0 - (1.0 - chance) * (1.0 - share)
        return chance

    def update_partner_quality(self) -> None:
        """Partners follow own + (1 - own) x improvement x standards."""
        p = self.model.numbers
        if p.partners_dependence == 0.0:
            return
        standards = self.model.overall("partner_standards")
        for index, alone in enumerate(self.partners_alone):
            goal = alone + (1.0 - alone) * p.partners_improvement * standards
            self.partners[index] += (goal - self.partners[index]) * p.raised

    def update_beliefs(self, met: dict[int, int]) -> None:
        """Needs drift. People learn them in contacts and are taught the organizational code, which learns from them.

        Args:
            met: Number of customers whom each seat met this week.
        """
        model, p = self.model, self.model.numbers
        if p.needs_weight == 0.0:
            return
        count = len(self.needs)
        turns, learns, hears = model.streams.uniform("needs", model.week, (3, count)).tolist()
        draws: Any = model.streams.uniform("picture", model.week, (4, model.seats, count)).tolist()
        turned = 1.0 - (1.0 - p.needs_drift) * (1.0 - min(p.needs_upheaval * self.shift, 1.0))
        self.needs = [-need if draw < turned else need for need, draw in zip(self.needs, turns, strict=True)]
        actions: list[list[int]] = []
        facing = sum(person.facing for person in model.present)
        beside = max(p.customers_represented - 1.0, 0.0) * sum(met.values()) / facing if facing else 0.0
        for person in model.staff:
            seat = person.seat
            person.experience_needs(self.needs, met.get(seat, 0), beside, draws[0][seat], draws[1][seat])
            if person.employed:
                actions.append(person.act(draws[3][seat]))
            person.be_socialized(self.organizational_code, draws[2][seat])
        self.organizational_code = self._learned(actions, learns)
        heard = model.overall("feedback") * p.needs_sensing
        pairs = zip(self.organizational_code, self.needs, hears, strict=True)
        self.organizational_code = [need if draw < heard else code for code, need, draw in pairs]

    def _learned(self, actions: list[list[int]], draws: list[float]) -> list[int]:
        """Organizational code after it has learned from those who do better than it (March 1991).

        On each dimension it adopts what the majority of them do, with probability 1 - (1 - learning)^margin.
        """
        known = self._performance(self.organizational_code)
        superior = [action for action in actions if self._performance(action) > known]
        learned = list(self.organizational_code)
        for dimension, draw in enumerate(draws):
            balance = sum(action[dimension] for action in superior)
            if balance and draw < 1.0 - (1.0 - self.model.numbers.needs_learning) ** abs(balance):
                learned[dimension] = 1 if balance > 0 else -1
        return learned

    def _performance(self, beliefs: list[int]) -> int:
        """Matches minus misses."""
        return sum(one * need for one, need in zip(beliefs, self.needs, strict=True))
