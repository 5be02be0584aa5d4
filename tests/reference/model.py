"""The reference model: a Mesa model whose step goes through its agents, week by week."""

from __future__ import annotations

import math
from functools import partial
from operator import attrgetter

import mesa
import numpy as np
import pandas as pd

from reference.agents import read_state
from reference.applicants import Applicants
from reference.coverage import refuse_more
from reference.customer import Customer
from reference.employee import Employee
from reference.governance import Board
from reference.moments import Moments
from reference.numbers import Numbers
from reference.offices import Department, Executive
from reference.outcomes import weekly_outcomes
from reference.service import Service
from reference.surroundings import Surroundings
from sim.kernel.random import Streams
from sim.organization import Organization
from sim.outcomes.weekly import OUTCOME_NAMES
from sim.policies.plan import Plan
from sim.policies.resources import RESOURCE_NAMES
from sim.scenario import Event


class ReferenceModel(mesa.Model):
    """One organization, its customers and its policy, as agents.

    Args:
        organization: Where to begin: founded, or settled, with the policy that it has adopted. It is left as it is.

    Raises:
        NotCoveredError: If scenario or policy ask for what the reference leaves out.
    """

    week: int
    reputation: float
    talk: float
    program: float
    begun: bool
    customers_seen: int
    employees_seen: int
    executives_seen: int
    budget_cuts: list[tuple[float, int]]
    contacts_expected: float
    board: Board
    around: Surroundings
    moments: Moments
    departments: list[Department]
    staff: list[Employee]
    market: list[Customer]
    executives: list[Executive]

    def __init__(self, organization: Organization) -> None:
        super().__init__(rng=0)  # nothing draws from it: all numbers come from the keyed streams
        scenario, bundle = organization.scenario, organization.plan.bundle
        refuse_more(scenario, bundle)
        self.numbers = Numbers(organization.parameters)
        self.streams = Streams(organization.streams.seed)
        self._names = [department.name for department in scenario.departments]
        self.plan = Plan(bundle, self._names)
        self.events = scenario.events
        read_state(self, organization)
        self.service = Service(self)
        self.facing = [each for each in self.staff if each.facing]
        self.seats = len(self.staff)
        self.outcomes: dict[str, float] = {}
        # Mesa 3.3 keeps every model that ever had agents for the numbers of the next ones; here no more will come.
        getattr(mesa.Agent, "_ids", {}).pop(self, None)
        self.datacollector = mesa.DataCollector({name: partial(_outcome, name) for name in OUTCOME_NAMES})

    def step(self) -> None:
        """One week: who decides, who works, who is served, and what goes on record."""
        self.open_week()
        self.strike()
        self.succeed()
        self.fund()
        self.come_and_go()
        self.hear_and_learn()
        self.comply()
        self.meet_and_choose()
        self.agree_on_terms()
        self.around.hold_partners_to_standards()
        self.promote()
        contacts = self.call_for_service()
        self.work(len(contacts))
        self.board.draw_the_line()
        self.serve(contacts)
        self.collect_dues()
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

    def drawn(self, stream: str, position: int, round_: int = 0) -> float:
        """This week's uniform draw of a stream at a position of the market."""
        block = self._blocks.get((stream, round_))
        if block is None:
            block = self._blocks[stream, round_] = self.uniform(stream, len(self.market), round_)
        return block[position]

    def open_week(self) -> None:
        """Nothing has happened yet."""
        self._blocks: dict[tuple[str, int], list[float]] = {}
        self.left = self.dismissed = self.hired = 0
        self.acquired = self.lost = 0
        self.revenue = self.promoted = self.collected = 0.0
        self.pushed = self.merged = 0.0  # share of executives, and of seats, that events change
        self.around.shift = self.board.fad = 0.0
        for department in self.departments:
            department.open_week()

    def strike(self) -> None:
        """Events that the scenario schedules for this week."""
        for event in self.events:
            if event.week == self.week:
                sizes = {name: float(value) for name, value in event.fields.items()}
                size = sizes.get("share", 0.0)
                self._strike(event, sizes, size, self.week + int(sizes.get("weeks", 0.0)))

    def _strike(self, event: Event, sizes: dict[str, float], size: float, end: int) -> None:
        """One event of a size, in force until a week."""
        if event.kind == "executive_succession":
            self.pushed = size
        elif event.kind == "manager_exit":
            for department, name in zip(self.departments, self._names, strict=True):
                hit = event.departments is None or name in event.departments
                department.forced_exit = size if hit else 0.0
        elif event.kind == "budget_cut":
            self.budget_cuts.append((size, end))
        elif event.kind == "market_shift":
            self.around.move_market(sizes["size"])
        elif event.kind == "service_crisis":
            self.around.crises.append((size, end))
        elif event.kind == "merger":
            self.merged = size
        elif event.kind == "election":
            self.board.campaigns.append((end, size))
        elif event.kind == "margin_squeeze":
            self.board.squeezes.append((size, end))
        elif event.kind == "next_fad":
            self.board.fad = size

    def succeed(self) -> None:
        """Executives leave and are succeeded at once; a sponsor's successor goes on with the program or ends it."""
        count = len(self.executives)
        pushed = math.ceil(self.pushed * count)
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
        """The policy's amounts are set; what is not protected falls with the program and with cuts, some ends as talk."""
        shape = (len(self.departments), len(RESOURCE_NAMES))
        wanted = (np.zeros(shape) if self.week < 0 else self.plan.amounts(self.week)).tolist()
        self.amounts = [dict(zip(RESOURCE_NAMES, row, strict=True)) for row in wanted]
        for amounts in self.amounts:
            open_ = 1.0 - amounts["protected_budget"]
            kept = 1.0 - (1.0 - self.program) * open_
            for share, end in self.budget_cuts:
                kept *= 1.0 - share * open_ if self.week < end else 1.0
            for name, amount in amounts.items():
                self.begun = self.begun or amount != 0.0
                amounts[name] = amount * kept
        self.board.emulate(self.amounts)
        self.board.choose_place(self.amounts)
        self.board.give_credit(self.amounts)
        for amounts, department in zip(self.amounts, self.departments, strict=True):
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
        exits, mergers = self.uniform("manager exit", self.seats), self.uniform("merger", self.seats)
        for person, leave_draw, hire_draw in zip(self.staff, leave, hire, strict=True):
            forced = person.manages and exits[person.seat] < person.department.forced_exit
            person.stay_or_go(leave_draw, hire_draw, forced, mergers[person.seat] < self.merged)
        self.present = [person for person in self.staff if person.employed]
        for department in self.departments:
            department.lose_managers()

    def hear_and_learn(self) -> None:
        """Messages, training, and moments that executives find time for."""
        p = self.numbers
        self.messages = self.overall("speeches") + self.overall("posters")
        talk = self.talk * p.talk_kept
        self.talk = talk - (1.0 - talk) * math.expm1(-2.0 * self.messages / p.espoused_memory_weeks)
        espoused = self.espoused()
        for department in self.departments:
            department.look_around(espoused)
        common = _mean([person.definition for person in self.present])
        for person in self.staff:
            person.hear()
            person.learn(common)
        self.moments.keep_calendars()
        self.moments.take_place()

    def comply(self) -> None:
        """What is measured, and what is prescribed."""
        for department in self.departments:
            department.adopt()
        for person in self.staff:
            person.work_on_the_score()
            person.comply()

    def espoused(self) -> float:
        """What leadership says: the stated weight on customers, raised by recent talk."""
        stated = sum(each.stated for each in self.executives) / len(self.executives)
        return stated + (1.0 - stated) * self.talk

    def mean_value(self, otherwise: float) -> float:
        """Mean value of those who are there."""
        return _mean([person.value for person in self.present], otherwise)

    def mean_weight(self, whose: str) -> float:
        """Mean true weight of executives."""
        return _mean(list(map(attrgetter(whose), self.executives)))

    def meet_and_choose(self) -> None:
        """Colleagues see each other's choices of last week; then everybody chooses."""
        averaging = self.numbers.norm_rule == "averaging"
        for round_ in range(self.numbers.rounds):
            draws = self.triples("encounter", round_)
            met = [person.meet(*draw) for person, *draw in zip(self.staff, *draws, strict=True)]
            if averaging:  # rival rule: v <- v + rate (v of the colleague met - v), all at once
                values = [other.value if other else math.nan for other in met]
                for person, other, value in zip(self.staff, met, values, strict=True):
                    if other:
                        person.value += self.numbers.norm_averaging_rate * (value - person.value)
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

    def promote(self) -> None:
        """Promotional contacts reach those who have not shut them out; as far as consent is asked, who agreed."""
        amount, asked = self.overall("promotion"), self.overall("consent")
        for each in self.market:
            if amount or each.irritation:
                received = amount * (1.0 if each.agreed else 1.0 - asked)
                each.be_promoted_to(received, self.drawn("blocks", each.position))

    def call_for_service(self) -> list[Customer]:
        """Customers who come forward this week."""
        end = self.week + 1.0
        return [each for each in self.market if each.needs_service(self.drawn("contact", each.position), end)]

    def work(self, contacts: int) -> None:
        """Departments bear the load of contacts and programs; people work under it."""
        demand = contacts / self.contacts_expected if self.contacts_expected > 0.0 else 1.0
        normals = self.streams.normal("workload", self.week, len(self.departments)).tolist()
        office = self.overall("delegation")
        for department, normal in zip(self.departments, normals, strict=True):
            department.bear_load(demand, normal, office)
        for person in self.staff:
            person.bear_pressure()
        for department in self.departments:
            pressures = [person.pressure for person in self.present if person.department is department]
            department.work_pressure = _mean(pressures, department.work_pressure)
        if self.present and self.numbers.justice_matters:
            pressure = _mean([person.pressure for person in self.present])
            for person in self.staff:
                person.feel_justice(pressure)
        for person in self.staff:
            person.work()

    def serve(self, contacts: list[Customer]) -> None:
        """Customers are served; who served them pictures their needs better; customers feel what they got."""
        self.service.open_week()
        served = [self.service.serve(each) for each in contacts]
        self.around.picture_needs(self.service.met)
        if self.numbers.recovery_words > 0.0:
            for each in self.market:
                each.apologies *= self.numbers.apologies_kept
        for each, contact in zip(contacts, served, strict=True):
            each.experience(contact)

    def collect_dues(self) -> None:
        """Some customers fall behind with payment, and are dunned."""
        if self.numbers.dues_arrears > 0.0:
            for each in self.market:
                each.settle_dues(self.drawn("pays dues", each.position), self.drawn("falls behind", each.position))

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
            readiness *= math.exp(lift)
        promised = self.service.promised
        for each, draw in zip(self.market, self.uniform("acquisition", len(self.market)), strict=True):
            chance = readiness
            if promised:
                chance *= 1.0 + p.focus_reach * self.service.covered(each.position)
            each.consider(draw, min(chance, 1.0))

    def newcomer_draws(self, position: int) -> tuple[list[float], list[float]]:
        """What a new customer is like, and feels."""
        return self.uniform("newcomer kind", 6, position), self.streams.normal(
            "newcomer feeling", self.week, 3, position
        ).tolist()

    def look_back(self, contacts: int) -> None:
        """The survey, executives' view of themselves, the accounts, and the record."""
        self.customers = [each for each in self.market if each.active]
        felt = _mean([each.satisfaction for each in self.customers])
        self.reported, told = self.board.present_score(self.survey(), felt)
        for executive in self.executives:
            executive.look_in_the_mirror(told, self.messages, felt)
        self.outcomes = weekly_outcomes(self, contacts)
        self.board.take_stock(self.outcomes["profit"])
        if self.week >= 0:
            self.plan.observe(self.week, self.outcomes)

    def survey(self) -> float:
        """Mean satisfaction of those who are asked and answer; missing when nobody does.

        Where those who deal with customers game, the pleased are asked, and answers are talked up.
        """
        p = self.numbers
        gamed = _mean([person.gaming for person in self.facing if person.employed], 0.0)
        bias = p.survey_response_bias + gamed * p.gaming_selection
        asked = min(p.survey_sample / max(len(self.customers), 1), 1.0)
        draws = self.uniform("survey", len(self.market))
        answers = [each.satisfaction for each in self.customers if each.answers(draws[each.position], asked, bias)]
        return _mean([said + p.gaming_inflation * gamed * (1.0 - said) for said in answers])


def _mean(values: list[float], otherwise: float = math.nan) -> float:
    """Mean; something else where there is nothing."""
    return sum(values) / len(values) if values else otherwise


def _outcome(name: str, model: ReferenceModel) -> float:
    """What the data collector notes down."""
    return model.outcomes[name]
