"""Employees: one agent per seat. A person hired into a vacant seat begins anew in it."""

from __future__ import annotations

from math import exp, expm1, log1p
from typing import TYPE_CHECKING

import mesa
from scipy.special import betaincinv

from reference.numbers import BY_EXAMPLE, COACHED, FREE, HUNDRED, MONITORED

if TYPE_CHECKING:
    from reference.model import ReferenceModel
    from reference.offices import Department

STATE = (
    "identity", "employed", "facing", "choice", "prompted_by", "memory", "memory_total", "memory_cursor", "value",
    "set_point", "learned", "susceptibility", "empathy", "standing",
    "salience", "exposure", "compliance", "habit", "crowding", "standard", "energy", "cynicism", "satisfaction",
    "attention_customers", "attention_colleagues", "attention_bosses", "attention_deadlines", "delivery", "definition",
    "justice", "gaming", "insight", "tenure", "beliefs", "met_satisfaction",
)  # fmt: skip
"""Attributes that the model keeps in columns of the same names."""


class Employee(mesa.Agent):
    """Comes and goes, hears, complies, remembers colleagues, chooses, works."""

    __slots__ = (
        *STATE, "numbers", "seat", "department", "manager", "colleagues", "is_manager", "role_share", "internal_need",
        "attention_needed", "team", "shown", "exemplified", "fulfilled", "receptiveness", "understanding", "discretion",
        "conduct", "pressure", "quality",
    )  # fmt: skip

    def __init__(self, model: ReferenceModel, seat: int, department: Department, facing: bool) -> None:
        super().__init__(model)
        p = self.numbers = model.numbers
        self.seat, self.department, self.facing = seat, department, facing
        self.manager: Employee = self
        self.colleagues: list[Employee] = []
        self.is_manager = False
        self.team = 0  # people who report to this seat
        self.role_share = p.attention_facing_customers if facing else p.attention_inner_customers
        self.internal_need = p.attention_internal_need * (1.0 - self.role_share)
        self.attention_needed = min(self.role_share + p.attention_practice_shift + p.attention_reserve, 1.0)
        self.shown = self.exemplified = 0  # what colleagues and reports see of last week's choice

    def churn_customers(self, leave_draw: float, hire_draw: float, forced: bool, merged: bool) -> None:
        """Leave of one's own accord or be dismissed; or fill the seat if it was vacant before this week.

        Args:
            leave_draw, hire_draw: Uniform draws of the seat.
            forced: Whether an event has this person leave.
            merged: Whether a person of another organization takes the seat over at once.
        """
        department = self.department
        self.tenure += 1.0
        if not self.employed:
            if hire_draw < self.numbers.hired:
                self.join(*self.model.applicants.hire(self))
        else:
            chance = self.leaving_chance()
            if leave_draw < chance or forced or merged:
                self.model.left += 1
                self.quit()
                if merged:
                    self.join(*self.model.applicants.hire(self))
            elif leave_draw < chance + (1.0 - chance) * self.dismissal_chance():
                self.model.dismissed += 1
                self.quit()
        if self.employed:
            department.heads += 1
            department.newcomers += self.tenure == 0.0
            weeks = self.numbers.hiring_onboarding_weeks  # in which a newcomer's share of the work grows to a full one
            department.capacity += min(self.tenure / weeks, 1.0) if weeks else 1.0
            if self.tenure > 0.0:  # newcomers of this week have not yet done anything
                department.witnesses += 1
                department.delivered += self.delivery
        seen = self.choice
        self.exemplified = seen
        self.shown = seen and self.numbers.shown_practice[self.prompted_by]

    def leaving_chance(self) -> float:
        """Weekly chance of leaving of one's own accord: proportional hazards in satisfaction."""
        p = self.numbers
        link = p.employees_satisfaction_link
        log_stays = log1p(-self.department.turnover) * 12.0 / 52.0
        if link == 0.0:
            return -expm1(log_stays)
        return -expm1(log_stays * exp(link * (p.employees_satisfaction_initial - self.satisfaction)))

    def dismissal_chance(self) -> float:
        """Weekly chance of dismissal, by the share of internal demands that were left unmet last week."""
        p = self.numbers
        met = self.fulfillment(self.attention_customers) * (1.0 - p.standing_protection * (1.0 - self.standing))
        unmet = 1.0 - met
        return -expm1(p.log_kept_on * exp(p.employees_dismissal_steepness * unmet))

    def fulfillment(self, customers: float) -> float:
        """Share of the needed internal attention that is given, at this attention to customers."""
        given, needed = 1.0 - customers, self.internal_need
        return 1.0 if given >= needed else given / max(needed, 1e-12)

    def quit(self) -> None:
        """The seat is vacant from now on."""
        self.employed = False
        self.identity = -1
        self.choice = 0
        if self.is_manager:
            self.department.managers_gone += 1

    def join(self, identity: int, quantile: float, susceptibility: float, memory: list[int], definition: float) -> None:
        """A newcomer: fresh energy, memory from elsewhere, a value by the hiring filter."""
        p = self.numbers
        self.identity, self.employed = identity, True
        ones = p.hiring_value_mean * p.hiring_value_concentration
        self.set_point = float(betaincinv(ones, p.hiring_value_concentration - ones, quantile))
        self.value = p.value_at_rest(self.set_point)
        self.susceptibility = susceptibility
        self.learned = self.empathy = 0.0
        self.standing = 1.0
        self.memory, self.memory_total, self.memory_cursor = memory, sum(memory), 0
        self.definition = definition
        self.salience = self.exposure = self.compliance = self.habit = self.crowding = self.tenure = 0.0
        self.attention_customers = self.attention_colleagues = 0.0
        self.attention_bosses = self.attention_deadlines = 0.0
        self.gaming = self.insight = 0.0
        self.justice = p.justice_initial
        self.beliefs = [0] * p.needs_dimensions
        self.choice, self.prompted_by = 0, FREE
        self.standard = p.hiring_standard
        self.energy = 1.0
        self.cynicism = p.cynicism_initial
        self.satisfaction = p.employees_satisfaction_initial
        self.met_satisfaction = 0.0

    def hear(self) -> None:
        """Messages raise salience, the first more than the tenth. Plainly untrue ones raise cynicism."""
        p, department = self.numbers, self.department
        salience = self.salience * p.salience_kept
        cynicism = self.cynicism * p.cynicism_kept
        exposure = self.exposure
        self.exposure = exposure * p.exposure_kept + department.speeches
        if department.messages:
            receptiveness = 1.0 - p.cynicism_blunting * self.cynicism
            dose = p.salience_gain * department.speeches * receptiveness / (1.0 + p.salience_habituation * exposure)
            salience -= (1.0 - salience) * expm1(-dose)
            seen_through = p.cynicism_gain * department.messages * department.espousal_gap
            cynicism -= (1.0 - cynicism) * expm1(-seen_through)
        self.salience, self.cynicism = salience, cynicism
        self.receptiveness = (1.0 - p.cynicism_blunting * cynicism) * self.susceptibility
        self.be_taught(p.salience_value_effect * salience)
        self.receptiveness *= department.through

    def be_taught(self, dose: float) -> None:
        """Values move toward 1 as far as it gets through: v <- v + (1 - v)(1 - exp(-dose r)); the gain counts as learned."""
        gain = -(1.0 - self.value) * expm1(-dose * self.receptiveness)
        self.value += gain
        self.learned += gain

    def learn(self, common_definition: float) -> None:
        """Training moves values, less where people mean something else. With coaching it restores standards."""
        p, department = self.numbers, self.department
        apart = abs(self.definition - common_definition)
        self.understanding = 1.0 - p.definitions_discord * apart  # of coaching, example and procedures
        if not (department.training or department.coaching):
            return
        self.be_taught(p.training_effect * department.training * (1.0 - p.training_ambiguity * apart))
        hours = department.training + p.coaching_hours * department.coaching
        self.standard -= max(1.0 - self.standard, 0.0) * expm1(-p.training_standard_effect * hours)

    def update_gaming(self) -> None:
        """Gaming follows the bonus on the score, less in those who value customers."""
        if not self.employed:
            self.gaming = 0.0
            return
        tempted = self.numbers.gaming_temptation * self.department.bonus * (1.0 - self.value)
        self.gaming += (tempted - self.gaming) * self.numbers.gamed

    def comply(self) -> None:
        """Follow procedures of one's own accord, under monitoring, or by habit."""
        p, department = self.numbers, self.department
        if not (department.procedures or department.monitoring or self.compliance or self.habit or self.crowding):
            self.discretion, self.conduct = 1.0, 0.0
            return
        self.crowding += (department.monitoring - self.crowding) * p.crowded
        self.discretion = 1.0 - p.crowding_strength * self.crowding * (1.0 - department.monitoring)
        own = department.unwatched * self.understanding * self.discretion
        watched = department.watched * self.understanding
        demand = own + watched
        self.compliance += (demand - self.compliance) * p.complied
        practiced = 0.0
        if demand > 0.0:
            practiced = self.compliance * (own + p.norm_monitored_weight * watched) / demand
        closed = p.habit_formed if practiced > self.habit else department.habit_lost
        self.habit += (practiced - self.habit) * closed
        self.conduct = max(self.compliance, self.habit * self.discretion) * department.followed_under_load

    def meet(self, kind: float, partner: float, occasion: float, mistake: float) -> Employee | None:
        """See the manager, anyone at all or a tie, and remember their choice of last week. Returns the person seen."""
        p = self.numbers
        if not (occasion < p.encounter and self.employed):
            return None
        other: Employee
        if kind < p.network_mixing:
            staff = self.model.staff
            other = staff[(self.seat + 1 + int(partner * max(len(staff) - 1, 1))) % len(staff)]
        elif kind < p.manager_met and self.manager is not self:
            other = self.manager
        else:
            other = self.colleagues[int(partner * len(self.colleagues))]
        if not other.employed or other is self:
            return None
        memory, cursor, shown = self.memory, self.memory_cursor, other.shown
        if mistake < p.norm_misperception:
            shown = HUNDRED - shown
        self.memory_total += shown - memory[cursor]
        memory[cursor] = shown
        self.memory_cursor = (cursor + 1) % len(memory)
        return other

    def choose(self, draw: float, prompt_draw: float, watch_draw: float, example_draw: float) -> None:
        """Choose by the norm, or be prompted by coaching, example or monitoring; values follow what one does."""
        if not self.employed:
            self.choice, self.prompted_by = 0, FREE
            return
        p, department = self.numbers, self.department
        choice, prompted_by = self.own_choice(draw), FREE
        if not choice and (department.coaching or department.example):
            coached = department.coaching * min(p.coaching_span / self.manager.team, 1.0)
            coached = min(coached * p.coaching_effect * self.receptiveness, 1.0)
            example = department.example * self.manager.exemplified
            unmoved = (1.0 - coached) * (1.0 - min(example * p.example_effect * self.receptiveness, 1.0))
            if prompt_draw < (1.0 - unmoved) * self.understanding:
                choice, prompted_by = 1, COACHED if prompt_draw < coached * self.understanding else BY_EXAMPLE
        direction = self.model.direction
        wanted = int(direction > 0.0)
        follows = example_draw < p.direction_example * abs(direction) * self.receptiveness
        if direction and follows and choice != wanted:
            choice, prompted_by = wanted, BY_EXAMPLE
        if not choice and watch_draw < department.prompted_when_watched:
            choice, prompted_by = 1, MONITORED
        weight = p.weight_of_practice[prompted_by] * (1.0 if choice else p.norm_omission_weight)
        self.value += p.norm_value_drift * weight * (choice - self.value)
        self.value += p.norm_value_anchor * (min(self.set_point + self.learned, 1.0) - self.value)
        self.choice, self.prompted_by = choice, prompted_by
        self.forget()

    def forget(self) -> None:
        """What was learned and is not practiced fades, and takes its part of the value along."""
        if self.numbers.learning_unused_weeks == 0.0:
            return
        self.learned = min(self.learned, self.value)
        if not self.choice:
            lost = self.learned * self.numbers.unlearned
            self.learned -= lost
            self.value -= lost

    def own_choice(self, draw: float) -> int:
        """One's own choice: noisy best response to what colleagues do and oneself values, or a rival rule of the norm."""
        p = self.numbers
        if p.norm_rule == "averaging":
            return int(draw < self.value)
        remembered = self.memory_total / (HUNDRED * len(self.memory))
        if p.norm_rule == "majority":
            return self.choice if remembered == 0.5 else int(remembered > 0.5)
        support = self.susceptibility * (remembered - 0.5) + p.norm_value_weight * (self.value - 0.5)
        support *= p.norm_sharpness
        return int(draw < 1.0 / (1.0 + exp(-support if support > -700.0 else 700.0)))

    def bear_pressure(self) -> None:
        """Work that one's standard asks for, against the hours there are; under pressure the standard gives way."""
        p = self.numbers
        standard = self.standard
        self.pressure = min(max(self.department.load * standard, p.workload_least), p.workload_most)
        self.quality = max(self.pressure**p.standard_sensitivity * standard, p.standard_floor)
        if self.employed:
            closed = p.standard_up if self.quality > standard else p.standard_down
            self.standard += (self.quality - standard) * closed

    def feel_justice(self, mean_pressure: float) -> None:
        """Felt justice follows treatment T = q + (1 - q) relief, q = served by colleagues x min(1, mean / own load).

        Served is the mean, over colleagues who were there last week, of how far they gave colleagues what their roles ask.
        """
        if not self.employed:
            return
        given = [other.kindness() for other in self.colleagues if other.employed and other.tenure > 0.0]
        served = sum(given) / len(given) if given else 1.0
        treated = served * min(1.0, mean_pressure / self.pressure)
        treated += (1.0 - treated) * self.department.relief
        self.justice += (treated - self.justice) * self.numbers.felt

    def kindness(self) -> float:
        """How far this person had last week the attention for colleagues that the role asks for."""
        asked = self.numbers.to_colleagues * (1.0 - self.role_share)
        return 1.0 if self.attention_colleagues >= asked else self.attention_colleagues / max(asked, 1e-12)

    def work(self) -> None:
        """Energy is spent and restored, satisfaction follows, attention is divided, and delivery follows."""
        p, department = self.numbers, self.department
        drain = p.energy_depletion * self.pressure**p.energy_load_exponent
        drain += p.energy_dissonance * abs(self.choice - self.value)
        rest = department.rest * (1.0 + p.justice_energy_effect * (self.justice - p.justice_initial))
        rate = rest + drain
        balance = rest / rate
        self.energy = balance + (self.energy - balance) * exp(-rate)
        content = p.employees_satisfaction_energy * self.energy + p.employees_satisfaction_relief * department.relief
        content += p.employees_satisfaction_cynicism * (1.0 - self.cynicism)
        content = min(max(content + p.employees_satisfaction_customers * self.met_satisfaction, 0.0), 1.0)
        content += p.justice_satisfaction_effect * (self.justice - content)
        self.satisfaction += (content - self.satisfaction) * p.satisfied
        self.attend()
        self.deliver()

    def attend(self) -> None:
        """Divide the week over customers, colleagues, bosses and deadlines, which take more when work presses.

        A person who broods over injustice has less for all of them.
        """
        p = self.numbers
        wish = min(self.role_share * (1.0 + p.direction_bonus * self.model.direction), 1.0)
        wish += p.attention_practice_shift * self.choice + p.attention_salience_shift * self.salience
        wish = wish if wish < 1.0 else 1.0
        wish += p.attention_customer_pull * (1.0 - wish)
        pressure = self.pressure
        pulled = min(p.attention_deadline_pull * (pressure - 1.0), 1.0) if pressure > 1.0 else 0.0
        brooding = p.justice_attention_effect * max(0.0, 1.0 - self.justice / p.justice_initial)
        clear = 1.0 - brooding
        kept = (1.0 - pulled) * clear
        self.attention_customers = wish * kept
        internal = (1.0 - wish) * kept
        self.attention_colleagues, self.attention_bosses = p.to_colleagues * internal, p.to_bosses * internal
        self.attention_deadlines = p.to_deadlines * internal + pulled * clear
        self.fulfilled = self.fulfillment(wish * (1.0 - pulled)) * clear

    def deliver(self) -> None:
        """Choice x attention x energy x standard, and what routine, salience, compliance, insight and a bonus add."""
        p = self.numbers
        given, needed = self.attention_customers, self.attention_needed
        attention = 1.0 if given >= needed > 0.0 else given / max(needed, 1e-12)
        execution = self.quality if self.quality < 1.0 else 1.0
        effort = attention * self.energy * self.discretion
        by_course = p.delivery_routine * execution * attention * self.discretion
        missed = 1.0 - p.delivery_practice * effort * execution if self.choice else 1.0
        missed *= (1.0 - p.delivery_salience * self.salience * effort) * (1.0 - p.delivery_compliance * self.conduct)
        delivery = by_course + (1.0 - by_course) * (1.0 - missed)
        delivery += (1.0 - delivery) * p.moments_effect * self.insight
        delivery += (1.0 - delivery) * p.empathy_effect * self.empathy
        if p.standing_matters and self.employed:
            self.standing += (self.kindness() - self.standing) * p.regarded
        delivery *= 1.0 - p.standing_help * (1.0 - self.standing)
        delivery += (1.0 - delivery) * p.capability_effect * self.department.capability
        delivery += (1.0 - delivery) * p.gaming_effort * self.department.bonus * (1.0 - self.gaming)
        self.delivery = delivery * (1.0 - p.gaming_distraction * self.gaming)

    def feel_with_customers(self, met: bool) -> None:
        """Empathy fades in days; a week with customers keeps part of what would fade."""
        p = self.numbers
        left = self.empathy * p.empathy_kept
        self.empathy = left + p.empathy_kept_by_use * (self.empathy - left) * met

    def match(self, needs: list[int]) -> float:
        """Share of dimensions on which one's beliefs meet needs; half where there is no belief."""
        meets = sum(belief * need for belief, need in zip(self.beliefs, needs, strict=True))
        return 0.5 * (1.0 + meets / len(needs))

    def experience_needs(
        self, needs: list[int], simulated: int, beside: float, meets: list[float], fades: list[float]
    ) -> None:
        """Each real contact may move a belief one step toward what is needed; without any, beliefs are lost.

        Args:
            needs: What customers need.
            simulated: Simulated customers whom this person met.
            beside: Expected real contacts beside those of the customers met, for someone who faces customers.
            meets, fades: Draws of someone who met a simulated customer, and of someone who did not.
        """
        p, beliefs = self.numbers, self.beliefs
        others = beside if self.facing else 0.0
        contacts = simulated * min(p.customers_represented, 1.0) + others
        chance = 1.0 - (1.0 - p.needs_empathy) ** contacts
        alone = max(1.0 - p.customers_represented, 0.0) ** simulated * exp(-others)
        lost = (1.0 - p.belief_kept) * alone
        for dimension, draw in enumerate(meets if simulated else fades):
            if draw < chance:
                beliefs[dimension] = _step(beliefs[dimension], needs[dimension])
            elif draw >= 1.0 - lost:
                beliefs[dimension] = 0

    def act(self, guesses: list[float]) -> list[int]:
        """Act on needs as one believes, or guess."""
        return [belief or (-1 if draw < 0.5 else 1) for belief, draw in zip(self.beliefs, guesses, strict=True)]

    def be_socialized(self, official: list[int], draws: list[float]) -> None:
        """Beliefs move one step toward the organizational code, where it has one."""
        if not self.employed:
            self.beliefs = [0] * len(official)
            return
        for dimension, (code, draw) in enumerate(zip(official, draws, strict=True)):
            if code and draw < self.numbers.needs_socialization:
                self.beliefs[dimension] = _step(self.beliefs[dimension], code)


def _step(belief: int, goal: int) -> int:
    """One step of a belief (-1, 0, 1) toward a goal of -1 or 1."""
    return min(max(belief + goal, -1), 1)
