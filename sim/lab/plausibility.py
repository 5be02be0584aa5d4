"""What is legal but hardly meant: contacts that cost more than they bring, a year typed as a week, a point between thousands.

These are warnings, not faults, since an organization may be as unusual as that. Each names the place, the value and the
remedy. A new rule is a new entry of :data:`RULES`; no scenario that ships breaks one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sim.analysis.wording import format_money, format_number, format_percent
from sim.lab.yearly_figures import YEAR, YearlyFigures, yearly_figures
from sim.model.kernel.parameters import Parameter
from sim.model.scenario import Scenario
from sim.model.scenario.finding import find
from sim.model.scenario.loading import read_texts_of_numbers
from sim.model.scenario.suggestions import Wanted, write

if TYPE_CHECKING:
    import pandas as pd

MOST_OF_THE_MARKET = 0.9
"""Share of the market from which on hardly anybody is left who could become a customer."""

WAGES_EARNED, CONTACTS_EARNED = 20.0, 200.0
"""How many times its wages an organization hardly earns, and a customer what its contacts cost."""

SMALL_BUDGET = 0.05
"""Part of the least planned cost below which a budget is hardly meant."""

DRIFT_OF_CUSTOMERS, DRIFT_OF_SCORES = 0.05, 0.01
"""Changes a year that a stable baseline does not have: of the number of customers as a share, and of survey scores (0 to 1)."""

SCORES = ("enacted", "satisfaction", "trust", "attitudinal_loyalty", "employee_satisfaction")
"""Outcomes that people ask for in surveys."""

_THOUSANDS = re.compile(r"[1-9]\d{0,2}\.\d\d0")


@dataclass(frozen=True, slots=True)
class PlausibilityRule:
    """Something that is hardly meant.

    Attributes:
        name: What it is.
        find: Finds it in an organization: places, and what to say of each (value and remedy).
    """

    name: str
    find: Callable[[Scenario, YearlyFigures], Iterator[tuple[str, str]]]


def _contacts_cost_more(scenario: Scenario, figures: YearlyFigures) -> Iterator[tuple[str, str]]:
    cost = figures.contacts * figures.contact_cost[0]
    if cost > figures.margin:
        money = [format_money(value, figures.currency) for value in (cost, figures.margin)]
        place = "money.margin" if figures.contract_share else "money.purchase"
        yield (
            "money.contact_cost",
            f"makes {format_number(figures.contacts)} contacts cost {money[0]} a year, "
            f"more than the {money[1]} that a customer brings. Lower it, or raise {place}.",
        )


def _most_are_customers(scenario: Scenario, figures: YearlyFigures) -> Iterator[tuple[str, str]]:
    if figures.market_share >= MOST_OF_THE_MARKET:
        numbers = f"{scenario.parameters['customers.initial']:,} of {scenario.parameters['customers.market']:,}"
        yield (
            "customers.market",
            f"has {format_percent(figures.market_share)} of the market as customers at the outset ({numbers}), so that hardly "
            "anybody can be won. Raise it if there are others.",
        )


def _fewer_customers_than_people(scenario: Scenario, figures: YearlyFigures) -> Iterator[tuple[str, str]]:
    if figures.customers < figures.people:
        yield (
            "customers.initial",
            f"describes {figures.customers:,.0f} customers (with customers.represented) for {figures.people:,} employees. "
            "If a point separated thousands, leave it out; customers.represented says for how many each stands.",
        )


def _rates_of_a_year(scenario: Scenario, figures: YearlyFigures) -> Iterator[tuple[str, str]]:
    values: list[tuple[str, float, Parameter]] = [
        (name, float(scenario.parameters[name]), parameter)
        for name, parameter in scenario.registry.parameters.items()
        if parameter.kind == "own" and parameter.plausible is not None and Wanted(parameter.unit).periods_a_year
    ]
    turnover = scenario.registry.parameters["employees.turnover"]
    values += [
        (f"departments.{each.name}.turnover", each.turnover, turnover)
        for each in scenario.departments
        if each.turnover is not None
    ]
    for name, value, parameter in values:
        assert parameter.plausible is not None
        periods, most = Wanted(parameter.unit).periods_a_year or 1, parameter.plausible[1]
        if name.startswith("cost.") or name == "money.margin" or value <= most:
            continue
        if "currency" in parameter.unit and value / periods > most:
            continue  # an organization with another currency, not another period
        yield (
            name,
            f"of {write(value)} ({parameter.unit}) comes to {format_number(value * periods)} a year. "
            f'If {write(value)} is for a year, write "{write(value)} per year".',
        )


def _margin_of_a_year(scenario: Scenario, figures: YearlyFigures) -> Iterator[tuple[str, str]]:
    """Margins differ by industry and currency, so they are held against wages, or else against what contacts cost."""
    cost, margin = figures.contacts * figures.contact_cost[0], float(scenario.parameters["money.margin"])
    much = (
        figures.margin_of_all > WAGES_EARNED * figures.wages
        if figures.wages
        else figures.margin > CONTACTS_EARNED * cost
    )
    if much and figures.contract_share and (figures.wages or cost):
        against = (
            f"{format_number(figures.margin_of_all / figures.wages)} times all wages"
            if figures.wages
            else f"{format_number(figures.margin / cost)} times what its contacts cost"
        )
        yield (
            "money.margin",
            f"of {write(margin)} a week comes to {format_money(margin * YEAR, figures.currency)} a year per customer, {against}. "
            f'If {write(margin)} is for a year, write "{write(margin)} per year".',
        )


RULES: tuple[PlausibilityRule, ...] = (
    PlausibilityRule("contacts cost more than customers bring", _contacts_cost_more),
    PlausibilityRule("most of the market are customers already", _most_are_customers),
    PlausibilityRule("fewer customers than employees", _fewer_customers_than_people),
    PlausibilityRule("a rate of a year where one of a week or month belongs", _rates_of_a_year),
    PlausibilityRule("a margin of a year where one of a week belongs", _margin_of_a_year),
)
"""Every rule about an organization as its scenario describes it."""


def implausible(scenario: Scenario) -> list[str]:
    """What is hardly meant in a scenario, a warning each."""
    figures = yearly_figures(scenario)
    return [f"{place} {what}" for rule in RULES for place, what in rule.find(scenario, figures)]


def implausible_numbers(scenario: object, assignments: Iterable[str] = ()) -> list[str]:
    """Numbers with a point that may have been meant to separate thousands, as they are written in a file and in assignments.

    Args:
        scenario: Name or path of a file; a scenario that is none has no texts of numbers.
        assignments: ``NAME=VALUE`` as typed.
    """
    texts: list[tuple[str, str]] = []
    if isinstance(scenario, str | Path):
        source = find(scenario)
        if source.path.is_file():  # what comes through a pipe can be read only once
            texts += [(f"{source.label}: {name}", text) for name, text in read_texts_of_numbers(source).items()]
    for assignment in assignments:
        name, _, text = (part.strip() for part in assignment.partition("="))
        texts.append((f"--set {name}", text))
    return [
        f"{name} = {text} is read as {write(float(text))}. If the point separates thousands, write {text.replace('.', '')}; else "
        f"write {write(float(text))}."
        for name, text in texts
        if _THOUSANDS.fullmatch(text)
    ]


def implausible_budget(budget: float, planned: Mapping[str, float], currency: str) -> list[str]:
    """A budget that is a small part of what any policy is planned to cost.

    Args:
        budget: As it was asked for.
        planned: Planned cost of each policy as its file has it.
        currency: Word before amounts.
    """
    costs = {name: cost for name, cost in planned.items() if cost > 0.0}
    least = min(costs, key=lambda name: costs[name], default="")
    if not least or budget >= SMALL_BUDGET * costs[least]:
        return []
    return [
        f"--budget of {format_money(budget, currency)} is less than a twentieth of what any policy is planned to cost ({least}: "
        f"{format_money(costs[least], currency)}). If a point separated thousands, write {write(1000.0 * budget)}."
    ]


def drifting(weekly: pd.DataFrame, policy: str = "none") -> list[str]:
    """What drifts in a baseline: warnings about outcomes that change by much a year although nothing is done.

    Args:
        weekly: Weekly outcomes, as a comparison has them.
        policy: The twin.
    """
    rows = weekly[weekly["policy"] == policy] if "policy" in weekly else weekly
    weeks = 0 if rows.empty else int(rows["week"].max()) + 1
    year = int(YEAR)
    if weeks < 2 * year:
        return []
    names = ["active_customers", *SCORES]
    first, last = (rows[chosen][names].mean() for chosen in (rows["week"] < year, rows["week"] >= weeks - year))
    years = (weeks - year) / YEAR
    found = []
    for name in names:
        before, after = float(first[name]), float(last[name])
        share = name == "active_customers"
        change = (after / before - 1.0 if before else 0.0) if share else after - before
        if abs(change) / years > (DRIFT_OF_CUSTOMERS if share else DRIFT_OF_SCORES):
            ends = (
                f"{before:,.0f} to {after:,.0f} simulated"
                if share
                else f"{100 * before:.1f} to {100 * after:.1f} of 100"
            )
            found.append(f"{_plain(name)} from {ends}")
    if not found:
        return []
    remedy = (
        "Differences between policies are then differences from a moving organization. Set customers.acquisition so that as many "
        "come as go, satisfaction.reference and expectation.market to what you observe, or a longer run.burn_in."
    )
    return [f"The baseline drifts: in {weeks / YEAR:.0f} years without a policy {'; '.join(found)}. {remedy}"]


def _plain(name: str) -> str:
    return {"active_customers": "customers", "enacted": "service"}.get(name, name.replace("_", " "))


def warnings_of(scenario: Scenario, given: object = None, assignments: Sequence[str] = ()) -> list[str]:
    """All warnings about a scenario: numbers as they are written, and what they come to.

    Args:
        scenario: As it will run.
        given: Name or path that it was read from, if any.
        assignments: ``NAME=VALUE`` as typed.
    """
    return [*implausible_numbers(given, assignments), *implausible(scenario)]
