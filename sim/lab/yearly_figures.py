"""An organization in the figures of a year, as its people know them: what a scenario says, before anything is run.

``centricity check``, the first lines of ``centricity compare`` and the top of its report all take them from here, so that who
has typed a month for a year, or a thousand for a million, sees it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sim.analysis.net_promoter import net_promoter_score
from sim.analysis.wording import format_money, format_number, format_percent, join_words
from sim.model.mechanisms.lifetime import WEEKS_A_YEAR, book_retention
from sim.model.mechanisms.staffing import weekly_from_monthly
from sim.model.policies.policy import NONE
from sim.model.scenario import Scenario

YEAR = float(WEEKS_A_YEAR)


@dataclass(frozen=True, slots=True)
class YearlyFigures:
    """What a scenario says of an organization, at the outset and by the year. Money is in the scenario's currency.

    Attributes:
        customers: Real customers.
        simulated: How many of them are simulated; ``represented``: for how many each stands.
        market_share: Customers as a share of all who are in the market.
        contract_share: Share of customers under contract.
        kept: Share of customers under contract who are kept a year, as far as their propensity goes; ``None`` if there are none.
        margin: What a customer brings a year before the cost of service: with a contract, or by purchases of those who still buy.
        contacts: New needs a year that bring a customer into contact; ``contact_cost``: what each costs, from one in which
            nothing beyond routine is served to one in which all is.
        people: Employees at full staff; ``leaving``: share of them who leave of their own accord in a year.
        wages: Wages of all of them; 0 where wages are not in the ledger.
        satisfaction, net_promoter_score, employee_satisfaction: Survey scores at the outset.
        planned: Policy -> planned cost over the run.
        weeks: Length of the run.
        currency: The currency.
    """

    customers: float
    simulated: int
    represented: float
    market_share: float
    contract_share: float
    kept: float | None
    margin: float
    contacts: float
    contact_cost: tuple[float, float]
    people: int
    leaving: float
    wages: float
    satisfaction: float
    net_promoter_score: float
    employee_satisfaction: float
    planned: Mapping[str, float]
    weeks: int
    currency: str

    @property
    def margin_of_all(self) -> float:
        """What all customers bring a year."""
        return self.customers * self.margin

    def sentences(self) -> list[str]:
        """The figures for people: customers, what they bring, people, surveys, planned costs."""
        return [
            part
            for part in (self._customers(), self._money(), self._people(), self._surveys(), self._planned())
            if part
        ]

    def _customers(self) -> str:
        stands = "every one simulated"
        if self.represented != 1.0:
            stands = f"{self.simulated:,} simulated, each for {format_number(self.represented)}"
        text = f"{self.customers:,.0f} customers ({stands}), {format_percent(self.market_share)} of the market"
        if self.kept is None:
            return f"{text}; none is under contract, so that how many are kept follows from what they buy."
        whom = "" if self.contract_share == 1.0 else f" of the {format_percent(self.contract_share)} under contract"
        return f"{text}; {format_percent(self.kept, 1)}{whom} are kept a year."

    def _money(self) -> str:
        low, high = self.contact_cost
        cost = self._amount(low) if low == high else f"{self._amount(low)} to {format_number(high)}"
        needs = "need" if self.contacts == 1.0 else "needs"
        return (
            f"A customer brings {self._amount(self.margin)} a year before the cost of service "
            f"({self._amount(self.margin_of_all)} in all) and comes with {format_number(self.contacts)} {needs} a year, each a "
            f"contact at {cost}."
        )

    def _people(self) -> str:
        wages = f"wages are {self._amount(self.wages)} a year" if self.wages else "wages are not in the ledger"
        return f"{self.people:,} people, of whom {format_percent(self.leaving)} leave a year; {wages}."

    def _surveys(self) -> str:
        return (
            f"Surveys at the outset: customers' satisfaction {100.0 * self.satisfaction:.0f} of 100 (which goes with a net "
            f"promoter score of about {self.net_promoter_score:.0f}), employees' {100.0 * self.employee_satisfaction:.0f} of 100."
        )

    def _planned(self) -> str:
        costs = [f"{name} {self._amount(cost)}" for name, cost in self.planned.items()]
        return f"Planned cost over {self.weeks} weeks: {join_words(costs)}." if costs else ""

    def _amount(self, value: float) -> str:
        return format_money(value, self.currency)

    def to_dict(self) -> dict[str, Any]:
        """The figures as JSON holds them."""
        values = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {**values, "contact_cost": list(self.contact_cost), "planned": dict(self.planned)}


def yearly_figures(scenario: Scenario, planned: Mapping[str, float] | None = None) -> YearlyFigures:
    """What a scenario says, in the figures of a year.

    Args:
        scenario: The organization.
        planned: Planned cost by policy; that of the scenario's default policies if not given.
    """
    parameters = scenario.parameters

    def number(name: str) -> float:
        return float(parameters[name])

    contracts, initial, represented = (
        number(f"customers.{name}") for name in ("contract_share", "initial", "represented")
    )
    shapes = number("lifetime.churn_alpha"), number("lifetime.churn_beta"), number("customers.history")
    purchases = YEAR * number("lifetime.purchase_shape") / number("lifetime.purchase_scale")
    bought, under_contract = purchases * number("money.purchase"), YEAR * number("money.margin")
    seldom = number("money.contact_cost")
    everywhere = number("employees.turnover")
    shares = sum(department.share for department in scenario.departments)
    leaving = sum(
        department.share
        / shares
        * YEAR
        * weekly_from_monthly(everywhere if department.turnover is None or not everywhere else department.turnover)
        for department in scenario.departments
    )
    if planned is None:
        from sim.lab.budget import planned_cost

        policies = [scenario.policies[name] for name in scenario.default_policies if name != NONE.name]
        planned = {policy.name: planned_cost(policy, scenario) for policy in policies}
    return YearlyFigures(
        customers=initial * represented,
        simulated=int(initial),
        represented=represented,
        market_share=initial / number("customers.market"),
        contract_share=contracts,
        kept=book_retention(*shapes) if contracts > 0.0 else None,
        margin=contracts * under_contract + (1.0 - contracts) * bought,
        contacts=contracts * YEAR * number("service.contacts") + (1.0 - contracts) * purchases,
        contact_cost=(seldom, seldom + number("money.served_cost")),
        people=int(number("employees.number")),
        leaving=leaving,
        wages=YEAR * number("money.wage") * number("employees.number"),
        satisfaction=number("satisfaction.reference"),
        net_promoter_score=float(net_promoter_score(number("satisfaction.reference"))),
        employee_satisfaction=number("employees.satisfaction_initial"),
        planned=planned,
        weeks=scenario.weeks,
        currency=scenario.currency,
    )
