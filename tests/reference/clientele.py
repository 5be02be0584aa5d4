"""All customers and prospects together: what is counted over them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from reference.numbers import mean

if TYPE_CHECKING:
    from reference.model import ReferenceModel


class Clientele:
    """Customers before and after their contacts: promoted to, dunned, talking, leaving, coming, asked."""

    def __init__(self, model: ReferenceModel) -> None:
        self.model = model
        self.open_week()

    def open_week(self) -> None:
        """No one has come, gone or paid."""
        self.acquired = self.lost = 0
        self.revenue = self.promoted = self.collected = 0.0

    def promote(self) -> None:
        """Promotional contacts reach customers who have not blocked them and, where consent is asked, have agreed."""
        model = self.model
        amount, asked = model.overall("promotion"), model.overall("consent")
        for each in model.market:
            if amount or each.irritation:
                received = amount * (1.0 if each.agreed else 1.0 - asked)
                each.be_promoted_to(received, model.drawn("blocks", each.position))

    def collect_arrears(self) -> None:
        """Some customers fall behind with payment, and are dunned."""
        model = self.model
        if model.numbers.dues_arrears > 0.0:
            for each in model.market:
                position = each.position
                each.pay_arrears(model.drawn("pays dues", position), model.drawn("falls behind", position))

    def churn_customers(self) -> None:
        """Customers talk, and stay or go; reputation follows what is said."""
        model, p = self.model, self.model.numbers
        self.praise = self.complaint = self.purchases_expected = self.purchases_kept = 0.0
        self.under_contract = self.contracts_lost = self.buyers = 0
        self._purchases: list[tuple[list[float], list[float]]] = []
        for each in model.market:
            if each.active:
                each.end_week(model.drawn("customer leaves", each.position))
        count = self.under_contract + self.buyers
        said = 0.0
        if count:
            share = p.word_of_mouth_positive_share
            said = 2.0 * (share * self.praise - (1.0 - share) * self.complaint) / count
        model.reputation += (said - model.reputation) * p.reputed

    def draws_of_purchase(self, round_: int) -> tuple[list[float], list[float]]:
        """Draws of every position for one more purchase this week: who stops buying, and the time to the next purchase."""
        model = self.model
        if round_ == len(self._purchases):
            size = len(model.market)
            waits = model.streams.exponential("next purchase", model.week, size, round_).tolist()
            self._purchases.append((model.uniform("stops buying", size, round_), waits))
        return self._purchases[round_]

    def come(self) -> None:
        """Prospects become customers, more of them where the organization is well spoken of, or promises them an offer."""
        model, p = self.model, self.model.numbers
        readiness = p.customers_acquisition
        if p.price_premium != 0.0:
            readiness = min(readiness * math.exp(-p.price_sensitivity * p.price_premium), 1.0)
        if p.word_of_mouth_strength != 0.0:
            readiness *= math.exp(min(max(p.word_of_mouth_strength * model.reputation, -50.0), 50.0))
        service = model.service
        for each in model.market:
            chance = readiness
            if service.promised:
                chance *= 1.0 + p.focus_reach * service.covered(each.position)
            each.consider(model.drawn("acquisition", each.position), min(chance, 1.0))

    def newcomer_draws(self, position: int) -> tuple[list[float], list[float]]:
        """Traits and first feelings of a new customer."""
        model = self.model
        feeling: list[float] = model.streams.normal("newcomer feeling", model.week, 3, position).tolist()
        return model.uniform("newcomer kind", 6, position), feeling

    def survey(self) -> float:
        """Mean satisfaction of those who are asked and answer; missing when nobody does.

        Where those who deal with customers game, the pleased are asked, and answers are talked up.
        """
        model, p = self.model, self.model.numbers
        gamed = mean([person.gaming for person in model.facing if person.employed], 0.0)
        bias = p.survey_response_bias + gamed * p.gaming_selection
        asked = min(p.survey_sample / max(len(model.customers), 1), 1.0)
        answers = [
            each.satisfaction
            for each in model.customers
            if each.answers(model.drawn("survey", each.position), asked, bias)
        ]
        return mean([said + p.gaming_inflation * gamed * (1.0 - said) for said in answers])
