"""The reference model: a Mesa model whose step goes through its agents, week by week."""

from __future__ import annotations

import math
from functools import partial
from operator import attrgetter

import mesa
import numpy as np
import pandas as pd

from reference.agents import make_departments, make_executives, make_market, make_staff
from reference.applicants import Applicants
from reference.coverage import refuse_more
from reference.customer import Customer
from reference.numbers import Numbers
from reference.outcomes import weekly_outcomes
from sim.kernel.random import Streams
from sim.organization import Organization
from sim.outcomes.weekly import OUTCOME_NAMES
from sim.policies.plan import Plan
from sim.policies.resources import RESOURCE_NAMES

_TRIES = 3


class ReferenceModel(mesa.Model):
    """One organization, its customers and its policy, as agents.

    Args:
        organization: Where to begin: founded, or settled, with the policy that it has adopted. It is left as it is.

    Raises:
        NotCoveredError: If scenario or policy ask for what the reference leaves out.
    """

    def __init__(self, organization: Organization) -> None:
        super().__init__(rng=0)  # nothing draws from it: all numbers come from the keyed streams
        bundle = organization.plan.bundle
        refuse_more(organization.scenario, bundle)
        self.numbers = Numbers(organization.parameters)
        self.streams = Streams(organization.streams.seed)
        self.plan = Plan(bundle, [department.name for department in organization.scenario.departments])
        self.events = organization.scenario.events
        self.week = organization.week
        self.reputation, self.talk, self.program = organization.reputation, organization.talk, organization.program
        self.begun = organization.begun
        self.customers_seen, self.employees_seen = organization.customers_seen, organization.employees_seen
        self.contacts_expected = organization.contacts_expected
        self.departments = make_departments(self, organization)
        self.staff = make_staff(self, organization)
        self.facing = [each for each in self.staff if each.facing]
        self.market = make_market(self, organization)
        self.executives = make_executives(self, organization)
        self.seats = len(self.staff)
        self.outcomes: dict[str, float] = {}
        # Mesa 3.3 keeps every model that ever had agents for the numbers of the next ones; here no more will come.
        getattr(mesa.Agent, "_ids", {}).pop(self, None)
        self.datacollector = mesa.DataCollector({name: partial(_outcome, name) for name in OUTCOME_NAMES})

    def step(self) -> None:
        """One week: who decides, who works, who is served, and what goes on record."""
        self.open_week()
        self.succeed()
        self.fund()
        self.come_and_go()
        self.hear_and_learn()
        self.meet_and_choose()
        self.agree_on_terms()
        contacts = self.call_for_service()
        self.work(len(contacts))
        self.serve(contacts)
        self.stay_or_go()
        self.come()
        self.look_back(len(contacts))
        self.week += 1
        self.datacollector.collect(self)

    def run(self, weeks: int) -> pd.DataFrame:
        """Live through so many weeks; one row of outcomes a week."""
        for _ in range(weeks):
            self.step()
        table: pd.DataFrame = self.datacollector.get_model_vars_dataframe()
        return table.iloc[-weeks:].reset_index(drop=True)

    def uniform(self, stream: str, size: int, round_: int = 0) -> list[float]:
        """This week's uniform draws of a stream, one a position."""
        draws: list[float] = self.streams.uniform(stream, self.week, size, round_).tolist()
        return draws

    def triples(self, stream: str, round_: int = 0) -> list[list[float]]:
        """Three uniform draws for every seat, one list for each of the three."""
        draws: list[list[float]] = self.streams.uniform(stream, self.week, (self.seats, 3), round_).T.tolist()
        return draws

    def open_week(self) -> None:
        """Nothing has happened yet."""
        self.left = self.dismissed = self.hired = 0
        self.failures = self.recovered = self.conflicts = self.conceded = 0
        self.acquired = self.lost = 0
        self.conceded_gain = self.conceded_cost = self.served = self.revenue = 0.0
        for department in self.departments:
            department.open_week()

    def succeed(self) -> None:
        """Executives leave and are succeeded at once; a sponsor's successor goes on with the program or ends it."""
        count = len(self.executives)
        forced = [float(event.fields["share"]) for event in self.events if event.week == self.week]
        pushed = math.ceil(forced[-1] * count) if forced else 0
        draws = self.uniform("executive leaves", count)
        gone = [index for index, draw in enumerate(draws) if index < pushed or draw < self.numbers.succeeded]
        for executive in self.executives:
            executive.tenure += 1.0
        if not gone:
            return
        weights = self.streams.normal("successor weights", self.week, (count, 2)).tolist()
        for index in gone:
            self.executives[index].take_office(*weights[index])
        keeps = self.uniform("successor keeps", 1)[0] < self.numbers.executives_successor_keeps
        if gone[0] == 0 and self.begun and not keeps:
            self.program = 0.0

    def fund(self) -> None:
        """The policy's amounts are set; what is not protected falls with the program."""
        shape = (len(self.departments), len(RESOURCE_NAMES))
        wanted = (np.zeros(shape) if self.week < 0 else self.plan.amounts(self.week)).tolist()
        self.amounts = [dict(zip(RESOURCE_NAMES, row, strict=True)) for row in wanted]
        for amounts, department in zip(self.amounts, self.departments, strict=True):
            kept = 1.0 - (1.0 - self.program) * (1.0 - amounts["protected_budget"])
            for name, amount in amounts.items():
                self.begun = self.begun or amount != 0.0
                amounts[name] = amount * kept
            department.take_resources(amounts)

    def overall(self, resource: str) -> float:
        """Amount of a resource in force, mean over seats."""
        spent: float = sum(
            amounts[resource] * each.seats for amounts, each in zip(self.amounts, self.departments, strict=True)
        )
        return spent / self.seats

    def come_and_go(self) -> None:
        """People leave or are dismissed; vacant seats are filled."""
        self.applicants = Applicants(self)
        leave, hire = self.uniform("leave", self.seats), self.uniform("hire", self.seats)
        for person, leave_draw, hire_draw in zip(self.staff, leave, hire, strict=True):
            person.stay_or_go(leave_draw, hire_draw)
        for department in self.departments:
            department.lose_managers()

    def hear_and_learn(self) -> None:
        """Messages, training, procedures."""
        p = self.numbers
        self.messages = self.overall("speeches") + self.overall("posters")
        talk = self.talk * p.talk_kept
        self.talk = talk - (1.0 - talk) * math.expm1(-2.0 * self.messages / p.espoused_memory_weeks)
        espoused = self.espoused()
        taught = False
        for department in self.departments:
            department.look_around(espoused)
            department.adopt()
            taught = taught or department.training > 0.0 or department.coaching > 0.0
        common = self.common_definition() if taught else 0.0
        for person in self.staff:
            person.hear()
            if taught:
                person.learn(common)
            person.comply()

    def espoused(self) -> float:
        """What leadership says: the stated weight on customers, raised by recent talk."""
        stated = sum(each.stated for each in self.executives) / len(self.executives)
        return stated + (1.0 - stated) * self.talk

    def common_definition(self) -> float:
        """Mean of what people understand by centricity."""
        meanings = [person.definition for person in self.staff if person.employed]
        return sum(meanings) / len(meanings) if meanings else 0.0

    def meet_and_choose(self) -> None:
        """Colleagues see each other's choices of last week; then everybody chooses."""
        for round_ in range(self.numbers.rounds):
            draws = self.triples("encounter", round_)
            for person, kind, partner, occasion in zip(self.staff, *draws, strict=True):
                person.meet(kind, partner, occasion)
        for person, draw, prompt, watch in zip(self.staff, *self.triples("choice"), strict=True):
            person.choose(draw, prompt, watch)

    def agree_on_terms(self) -> None:
        """Pairs talk about what centricity is to mean; those who are not too far apart approach each other."""
        p = self.numbers
        talks = self.overall("alignment")
        meetings = min(p.definitions_meetings + talks * p.definitions_talk_meetings, 1.0)
        confidence = p.definitions_confidence + talks * p.definitions_talk_listening
        keys = self.uniform("definitions", self.seats)
        meeting = sorted((key, seat) for seat, key in enumerate(keys) if key < meetings)
        for (_, one), (_, other) in zip(meeting[0::2], meeting[1::2], strict=False):
            first, second = self.staff[one], self.staff[other]
            gap = second.definition - first.definition
            if first.employed and second.employed and abs(gap) < confidence:
                first.definition += p.definitions_convergence * gap
                second.definition -= p.definitions_convergence * gap

    def call_for_service(self) -> list[Customer]:
        """Customers who come forward this week."""
        end = self.week + 1.0
        draws = self.uniform("contact", len(self.market))
        return [each for each, draw in zip(self.market, draws, strict=True) if each.needs_service(draw, end)]

    def work(self, contacts: int) -> None:
        """Departments bear the load of contacts and programs; people work under it."""
        p = self.numbers
        demand = contacts / self.contacts_expected if self.contacts_expected > 0.0 else 1.0
        normals = self.streams.normal("workload", self.week, len(self.departments)).tolist()
        for department, normal in zip(self.departments, normals, strict=True):
            department.bear_load(demand, normal)
        for person in self.staff:
            person.work()
        self.present = [person for person in self.staff if person.employed]
        behind = [person.delivery for person in self.present if not person.facing]
        self.support_share = p.delivery_support if behind else 0.0
        self.delivered_behind = sum(behind) / len(behind) if behind else 0.0
        self.support = 0.0
        if self.present:
            fulfilled = sum(person.fulfilled for person in self.present) / len(self.present)
            self.support = fulfilled**p.attention_internal_weight

    def serve(self, contacts: list[Customer]) -> None:
        """Each customer in need meets an employee, unless all seats tried are vacant."""
        size = len(self.market)
        self.weight_customers = self._mean_weight("weight_customers")
        self.weight_others = self._mean_weight("weight_owners") + self._mean_weight("weight_self")
        self.stakes = self.streams.normal("stakes", self.week, (size, 2))
        conflict = self.uniform("conflict", size)
        failure, amends = self.streams.uniform("failure", self.week, (size, 2)).T.tolist()
        assignments: list[list[float]] = []
        for each in contacts:
            place, met = each.position, None
            for attempt in range(_TRIES):
                if attempt == len(assignments):
                    assignments.append(self.uniform("assignment", size, attempt))
                candidate = self.facing[int(assignments[attempt][place] * len(self.facing))]
                if candidate.employed:
                    met = candidate
                    break
            each.be_served(met, conflict[place], failure[place], amends[place])

    def _mean_weight(self, whose: str) -> float:
        weights = list(map(attrgetter(whose), self.executives))
        return float(sum(weights) / len(weights))

    def concede(self, position: int) -> bool:
        """Whether a conflict is decided for the customer, by true weights and what is at stake."""
        p = self.numbers
        gain_draw, cost_draw = self.stakes[position].tolist()
        gain = p.conflict_gain * math.exp(p.conflict_spread * gain_draw)
        cost = p.conflict_cost * math.exp(p.conflict_spread * cost_draw)
        self.conflicts += 1
        if not self.weight_customers * gain > self.weight_others * cost:
            return False
        self.conceded += 1
        self.conceded_gain += gain
        self.conceded_cost += cost
        return True

    def stay_or_go(self) -> None:
        """Customers talk, and stay or go; reputation follows what is said."""
        p = self.numbers
        self.praise = self.complaint = self.purchases_expected = self.purchases_kept = 0.0
        self.under_contract = self.contracts_lost = self.buyers = 0
        rounds: list[tuple[list[float], list[float]]] = []

        def draws_of_purchase(round_: int) -> tuple[list[float], list[float]]:
            if round_ == len(rounds):
                size = len(self.market)
                waits = self.streams.exponential("next purchase", self.week, size, round_).tolist()
                rounds.append((self.uniform("stops buying", size, round_), waits))
            return rounds[round_]

        self.draws_of_purchase = draws_of_purchase
        for each, draw in zip(self.market, self.uniform("customer leaves", len(self.market)), strict=True):
            if each.active:
                each.end_week(draw)
        count = self.under_contract + self.buyers
        said = 0.0
        if count:
            share = p.word_of_mouth_positive_share
            said = 2.0 * (share * self.praise - (1.0 - share) * self.complaint) / count
        self.reputation += (said - self.reputation) * p.reputed

    def come(self) -> None:
        """Prospects become customers, more of them where the organization is well spoken of."""
        p = self.numbers
        readiness = p.customers_acquisition
        if p.word_of_mouth_strength != 0.0:
            lift = min(max(p.word_of_mouth_strength * self.reputation, -50.0), 50.0)
            readiness = min(readiness * math.exp(lift), 1.0)
        for each, draw in zip(self.market, self.uniform("acquisition", len(self.market)), strict=True):
            if draw < readiness:
                each.consider(draw, readiness)

    def newcomer_draws(self, position: int) -> tuple[list[float], list[float]]:
        """What a new customer is like, and feels."""
        return self.uniform("newcomer kind", 6, position), self.streams.normal(
            "newcomer feeling", self.week, 3, position
        ).tolist()

    def look_back(self, contacts: int) -> None:
        """The survey, executives' view of themselves, the accounts, and the record."""
        self.customers = [each for each in self.market if each.active]
        self.reported = self.survey()
        for executive in self.executives:
            executive.look_in_the_mirror(self.reported, self.messages)
        self.outcomes = weekly_outcomes(self, contacts)
        if self.week >= 0:
            self.plan.observe(self.week, self.outcomes)

    def survey(self) -> float:
        """Mean satisfaction of those who are asked and answer; missing when nobody does."""
        if not self.customers:
            return math.nan
        asked = min(self.numbers.survey_sample / len(self.customers), 1.0)
        draws = self.uniform("survey", len(self.market))
        answers = [each.satisfaction for each in self.customers if each.answers(draws[each.position], asked)]
        return sum(answers) / len(answers) if answers else math.nan


def _outcome(name: str, model: ReferenceModel) -> float:
    """What the data collector notes down."""
    return model.outcomes[name]
