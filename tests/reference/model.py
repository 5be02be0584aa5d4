"""The reference model: a Mesa model in which each step goes through the agents for one week."""

from __future__ import annotations

import math
from functools import partial
from operator import attrgetter

import mesa
import pandas as pd

from reference.agents import asked_for, read_setup, read_state
from reference.applicants import Applicants
from reference.clientele import Clientele
from reference.coverage import NotCoveredError, refuse_more
from reference.customer import Customer
from reference.employee import Employee
from reference.environment import Environment
from reference.events import Events
from reference.governance import Board
from reference.moments import Moments
from reference.numbers import Numbers, mean
from reference.offices import Department, Executive
from reference.outcomes import weekly_outcomes
from reference.schedule import Schedule
from reference.service import Service
from sim.model.kernel.random import Streams
from sim.model.organization import Organization
from sim.model.outcomes.weekly import OUTCOME_NAMES


class ReferenceModel(mesa.Model):
    """One organization, its customers and its policy, as agents.

    Args:
        organization: State to start from, after initialization or burn-in, with its policy. It is not changed.

    Raises:
        NotCoveredError: If scenario or policy ask for what the reference leaves out.
    """

    numbers: Numbers
    streams: Streams
    schedule: Schedule
    events: Events
    week: int
    reputation: float
    talk: float
    program: float
    begun: bool
    customers_ever_acquired: int
    employees_ever_hired: int
    executives_ever_appointed: int
    usual_customer_weight: float
    direction: float
    volume: float
    budget_cuts: list[tuple[float, int]]
    contacts_expected: float
    contacts_scale: float
    repeats_expected: float
    usual_trust_pace: float
    usual_trust_level: float
    usual_depth_pace: float
    usual_depth_level: float
    board: Board
    environment: Environment
    moments: Moments
    departments: list[Department]
    staff: list[Employee]
    market: list[Customer]
    executives: list[Executive]

    def __init__(self, organization: Organization) -> None:
        super().__init__(rng=0)  # nothing draws from it: all numbers come from the keyed streams
        refuse_more(*asked_for(organization))
        read_setup(self, organization)
        read_state(self, organization)
        self.clientele = Clientele(self)
        self.service = Service(self)
        self.facing = [each for each in self.staff if each.facing]
        self.seats = len(self.staff)
        self.outcomes: dict[str, float] = {}
        # Mesa 3.3 keeps every model that ever had agents, to number the next ones; here no more will come.
        getattr(mesa.Agent, "_ids", {}).pop(self, None)
        self.datacollector = mesa.DataCollector({name: partial(_outcome, name) for name in OUTCOME_NAMES})

    def step(self) -> None:
        """One week: decisions, work, service and the record."""
        self.open_week()
        self.events.strike()
        self.succeed()
        self.set_direction()
        self.fund()
        self.come_and_go()
        self.hear_and_learn()
        self.comply()
        self.meet_and_choose()
        self.discuss_definitions()
        self.environment.update_partner_quality()
        self.clientele.promote()
        contacts = self.call_for_service()
        self.work(len(contacts))
        self.board.set_decision_weight()
        self.serve(contacts)
        self.clientele.collect_arrears()
        self.service.notice_customers(contacts)
        self.clientele.churn_customers()
        self.clientele.come()
        self.look_back(len(contacts))
        self.week += 1
        self.datacollector.collect(self)

    def run(self, weeks: int) -> pd.DataFrame:
        """Run a number of weeks; one row of outcomes per week."""
        for _ in range(weeks):
            self.step()
        table: pd.DataFrame = self.datacollector.get_model_vars_dataframe()
        return table.iloc[-weeks:].reset_index(drop=True)

    def uniform(self, stream: str, size: int, round_: int = 0) -> list[float]:
        """This week's uniform draws of a stream, one per position."""
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
        self.environment.shift = self.board.fad = 0.0
        for department in self.departments:
            department.open_week()
        self.clientele.open_week()

    def succeed(self) -> None:
        """Executives leave and are succeeded at once. A sponsor's successor continues the program or ends it."""
        count = len(self.executives)
        pushed = math.ceil(self.events.pushed * count)
        draws = self.uniform("executive leaves", count)
        p = self.numbers
        poor = max(-self.board.slack(), 0.0)
        leaves = 1.0 - (1.0 - p.succeeded) * (1.0 - min(p.executives_dismissal * p.place_pressure * poor, 1.0))
        gone = [index for index, draw in enumerate(draws) if index < pushed or draw < leaves]
        for executive in self.executives:
            executive.tenure += 1.0
        if not gone:
            return
        weights = self.streams.normal("successor weights", self.week, (count, 2)).tolist()
        for index in gone:
            usual = p.executives_customer_weight
            if index < pushed:
                usual = min(usual * self.events.successors_weight, 1.0)
            customers, own = weights[index]
            self.executives[index].take_office(customers, own, usual)
        keeps = self.uniform("successor keeps", 1)[0] < self.numbers.executives_successor_keeps
        if gone[0] == 0 and self.begun and not keeps:
            self.program = 0.0

    def set_direction(self) -> None:
        """How much more executives weigh customers than the organization is used to: weight / usual - 1, within 1."""
        weight, usual = self.mean_weight("weight_customers"), self.usual_customer_weight
        self.direction = min(max(weight / usual - 1.0, -1.0), 1.0) if usual > 0.0 else 0.0

    def fund(self) -> None:
        """The policy's amounts are set. Cuts and the end of the program reduce what is not protected; some ends as talk."""
        self.amounts = self.schedule.amounts(self.week)
        for amounts in self.amounts:
            open_ = 1.0 - amounts["protected_budget"]
            kept = 1.0 - (1.0 - self.program) * open_
            for share, end in self.budget_cuts:
                kept *= 1.0 - share * open_ if self.week < end else 1.0
            for name, amount in amounts.items():
                self.begun = self.begun or amount != 0.0
                amounts[name] = amount * kept
        self.board.emulate(self.amounts)
        self.board.decouple_talk_from_work(self.amounts)
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
            forced = person.is_manager and exits[person.seat] < person.department.forced_exit
            person.churn_customers(leave_draw, hire_draw, forced, mergers[person.seat] < self.events.merged)
        self.present = [person for person in self.staff if person.employed]
        for department in self.departments:
            department.lose_managers()
            department.follow_volume()

    def hear_and_learn(self) -> None:
        """Messages, training, and moments that executives find time for."""
        p = self.numbers
        self.messages = self.overall("speeches") + self.overall("posters")
        talk = self.talk * p.talk_kept
        self.talk = talk - (1.0 - talk) * math.expm1(-p.espoused_per_message * self.messages / p.espoused_memory_weeks)
        espoused = self.espoused()
        for department in self.departments:
            department.look_around(espoused)
        common = mean([person.definition for person in self.present])
        for person in self.staff:
            person.hear()
            person.learn(common)
        self.moments.allocate_executive_time()
        self.moments.take_place()

    def comply(self) -> None:
        """What is measured, and what is prescribed."""
        for department in self.departments:
            department.adopt()
        for person in self.staff:
            person.update_gaming()
            person.comply()

    def espoused(self) -> float:
        """What leadership espouses: the stated weight on customers, raised by recent talk."""
        stated = sum(each.stated for each in self.executives) / len(self.executives)
        return stated + (1.0 - stated) * self.talk

    def mean_value(self, otherwise: float) -> float:
        """Mean value of those who are there."""
        return mean([person.value for person in self.present], otherwise)

    def mean_weight(self, whose: str) -> float:
        """Mean true weight of executives."""
        return mean(list(map(attrgetter(whose), self.executives)))

    def meet_and_choose(self) -> None:
        """Colleagues see each other's choices of last week. Then all choose."""
        averaging = self.numbers.norm_rule == "averaging"
        for round_ in range(self.numbers.rounds):
            draws = [*self.triples("encounter", round_), self.uniform("misperception", self.seats, round_)]
            met = [person.meet(*draw) for person, *draw in zip(self.staff, *draws, strict=True)]
            if averaging:  # rival rule: v <- v + rate (v of the colleague met - v), all at once
                values = [other.value if other else math.nan for other in met]
                for person, other, value in zip(self.staff, met, values, strict=True):
                    if other:
                        person.value += self.numbers.norm_averaging_rate * (value - person.value)
        examples = self.uniform("executives followed", self.seats)
        for person, draw, prompt, watch, example in zip(self.staff, *self.triples("choice"), examples, strict=True):
            person.choose(draw, prompt, watch, example)

    def discuss_definitions(self) -> None:
        """Pairs talk about what centricity means. Those whose definitions are close enough approach each other."""
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
        """Customers who need service this week."""
        end = self.week + 1.0
        return [each for each in self.market if each.needs_service(self.drawn("contact", each.position), end)]

    def burden_of(self, contacts: int) -> float:
        """Contacts as the real customers would make them: chance averages out among those for whom one stands."""
        stands_for = self.numbers.customers_represented
        if stands_for <= 1.0:
            return contacts
        fresh = sum(each.likely_to_need() for each in self.market if each.active)
        surplus = contacts - fresh - self.repeats_expected
        real = max(fresh + self.contacts_scale * self.repeats_expected + surplus / math.sqrt(stands_for), 0.0)
        self.contacts_scale = real / contacts if contacts else 1.0
        return real

    def work(self, contacts: int) -> None:
        """Departments bear the load of contacts and programs; people work under it."""
        real = self.burden_of(contacts)
        demand = real / self.contacts_expected if self.contacts_expected > 0.0 else 1.0
        self.volume += (demand - self.volume) * self.numbers.staff_adjusted  # staff follows from next week on
        normals = self.streams.normal("workload", self.week, len(self.departments)).tolist()
        office = self.overall("delegation")
        for department, normal in zip(self.departments, normals, strict=True):
            department.bear_load(demand, normal, office)
        for person in self.staff:
            person.bear_pressure()
        for department in self.departments:
            pressures = [person.pressure for person in self.present if person.department is department]
            department.work_pressure = mean(pressures, department.work_pressure)
            department.improve([person for person in self.present if person.department is department])
        if self.present and self.numbers.justice_matters:
            pressure = mean([person.pressure for person in self.present])
            for person in self.staff:
                person.feel_justice(pressure)
        for person in self.staff:
            person.work()

    def serve(self, contacts: list[Customer]) -> None:
        """Customers are served. Those who serve them learn their needs. Customers' feelings follow what they got."""
        self.service.open_week()
        served = [self.service.serve(each) for each in contacts]
        self.repeats_expected = self.service.expected_back
        self.environment.update_beliefs(self.service.met)
        for person in self.staff:
            person.feel_with_customers(person.seat in self.service.met)
        if self.numbers.recovery_words > 0.0:
            for each in self.market:
                each.apologies *= self.numbers.apologies_kept
        for each, contact in zip(contacts, served, strict=True):
            each.experience(contact)

    def look_back(self, contacts: int) -> None:
        """The survey, executives' view of themselves, the accounts, and the record."""
        self.customers = [each for each in self.market if each.active]
        felt = mean([each.satisfaction for each in self.customers])
        self.reported, score_at_top = self.board.present_score(self.clientele.survey(), felt)
        for executive in self.executives:
            executive.update_self_assessment(score_at_top, self.messages, felt)
        self.outcomes = weekly_outcomes(self, contacts)
        self.board.update_profit_reference(sum(self.outcomes[name] for name in ("profit", "wages", "replacement_cost")))
        if self.week >= 0:
            self.schedule.observe(self.week, self.outcomes)


def _outcome(name: str, model: ReferenceModel) -> float:
    """What the data collector records.

    Raises:
        NotCoveredError: If ``reference.outcomes`` has no such outcome yet.
    """
    if name not in model.outcomes:
        raise NotCoveredError(f"outcome {name} is not covered: write it in tests/reference/outcomes.py")
    return model.outcomes[name]
