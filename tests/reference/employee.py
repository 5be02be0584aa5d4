"""Employees: one agent a seat; whoever is hired into a vacant one begins anew in it."""

from __future__ import annotations

from math import exp, expm1
from typing import TYPE_CHECKING

import mesa
from scipy.special import betaincinv

from reference.numbers import HUNDRED

if TYPE_CHECKING:
    from reference.model import ReferenceModel
    from reference.offices import Department

STATE = (
    "identity", "employed", "facing", "choice", "surveilled", "memory", "memory_total", "memory_cursor", "value",
    "salience", "exposure", "compliance", "habit", "crowding", "standard", "energy", "cynicism", "satisfaction",
    "attention_customers", "attention_colleagues", "attention_bosses", "attention_deadlines", "delivery", "definition",
    "tenure",
)  # fmt: skip
"""Attributes that the model keeps in columns of the same names."""


class Employee(mesa.Agent):
    """Comes and goes, hears, complies, remembers colleagues, chooses, works."""

    __slots__ = (
        *STATE, "numbers", "seat", "department", "manager", "colleagues", "manages", "role_share", "internal_need",
        "attention_needed", "shown", "exemplified", "fulfilled", "receptive", "discretion", "conduct", "pressure",
    )  # fmt: skip

    def __init__(self, model: ReferenceModel, seat: int, department: Department, facing: bool) -> None:
        super().__init__(model)
        p = self.numbers = model.numbers
        self.seat, self.department, self.facing = seat, department, facing
        self.manager: Employee = self
        self.colleagues: list[Employee] = []
        self.manages = False
        self.role_share = p.attention_facing_customers if facing else p.attention_inner_customers
        self.internal_need = p.attention_internal_need * (1.0 - self.role_share)
        self.attention_needed = min(self.role_share + p.attention_practice_shift + p.attention_reserve, 1.0)
        self.shown = self.exemplified = 0  # what colleagues and reports see of last week's choice

    def stay_or_go(self, leave_draw: float, hire_draw: float) -> None:
        """Leave of one's own accord or be dismissed; or fill the seat if it was vacant before this week."""
        department = self.department
        self.tenure += 1.0
        if not self.employed:
            if hire_draw < self.numbers.hired:
                self.join(*self.model.applicants.hire(self))
        else:
            chance = self.leaving_chance()
            if leave_draw < chance:
                self.model.left += 1
                self.quit()
            elif leave_draw < chance + (1.0 - chance) * self.dismissal_chance():
                self.model.dismissed += 1
                self.quit()
        if self.employed:
            department.heads += 1
            department.delivered += self.delivery
        seen = self.choice
        self.exemplified = seen
        self.shown = seen and (self.numbers.watched_practice if self.surveilled else HUNDRED)

    def leaving_chance(self) -> float:
        """Weekly chance of leaving of one's own accord: proportional hazards in satisfaction."""
        p = self.numbers
        link = p.employees_satisfaction_link
        if link == 0.0:
            return p.leaves
        return -expm1(p.log_stays * exp(link * (p.employees_satisfaction_initial - self.satisfaction)))

    def dismissal_chance(self) -> float:
        """Weekly chance of dismissal, by the share of internal demands that were left unmet last week."""
        p = self.numbers
        return -expm1(p.log_kept_on * exp(p.employees_dismissal_steepness * (1.0 - self.fulfilled)))

    def fulfil(self) -> None:
        """Share of the attention that the inside needs which it is given."""
        given, needed = 1.0 - self.attention_customers, self.internal_need
        self.fulfilled = 1.0 if given >= needed else given / max(needed, 1e-12)

    def quit(self) -> None:
        """The seat is vacant from now on."""
        self.employed = False
        self.identity = -1
        self.choice = 0
        if self.manages:
            self.department.managers_gone += 1

    def join(self, identity: int, quantile: float, memory: list[int], definition: float) -> None:
        """Somebody new: fresh energy, the outside's memory, a value as the hiring filter let in."""
        p = self.numbers
        self.identity, self.employed = identity, True
        ones = p.hiring_value_mean * p.hiring_value_concentration
        self.value = float(betaincinv(ones, p.hiring_value_concentration - ones, quantile))
        self.memory, self.memory_total, self.memory_cursor = memory, sum(memory), 0
        self.definition = definition
        self.salience = self.exposure = self.compliance = self.habit = self.crowding = self.tenure = 0.0
        self.attention_customers = self.attention_colleagues = 0.0
        self.attention_bosses = self.attention_deadlines = 0.0
        self.fulfil()
        self.choice, self.surveilled = 0, False
        self.standard = p.hiring_standard
        self.energy = 1.0
        self.cynicism = p.cynicism_initial
        self.satisfaction = p.employees_satisfaction_initial

    def hear(self) -> None:
        """Messages raise salience, the first more than the tenth; those that are plainly untrue make cynical."""
        p, department = self.numbers, self.department
        salience = self.salience * p.salience_kept
        cynicism = self.cynicism * p.cynicism_kept
        exposure = self.exposure
        self.exposure = exposure * p.exposure_kept + department.speeches
        if department.messages:
            receptive = 1.0 - p.cynicism_blunting * self.cynicism
            dose = p.salience_gain * department.speeches * receptive / (1.0 + p.salience_habituation * exposure)
            salience -= (1.0 - salience) * expm1(-dose)
            seen_through = p.cynicism_gain * department.messages * department.espousal_gap
            cynicism -= (1.0 - cynicism) * expm1(-seen_through)
        self.salience, self.cynicism = salience, cynicism
        self.receptive = 1.0 - p.cynicism_blunting * cynicism

    def learn(self, common_definition: float) -> None:
        """Training moves values, less where people mean something else; with coaching it restores standards."""
        p, department = self.numbers, self.department
        apart = abs(self.definition - common_definition)
        understood = self.receptive * (1.0 - p.training_ambiguity * apart)
        self.value -= (1.0 - self.value) * expm1(-p.training_effect * department.training * understood)
        hours = department.training + p.coaching_hours * department.coaching
        self.standard -= max(1.0 - self.standard, 0.0) * expm1(-p.training_standard_effect * hours)

    def comply(self) -> None:
        """Follow procedures because they are one's own, because somebody looks, or by habit."""
        p, department = self.numbers, self.department
        if not (department.procedures or department.monitoring or self.compliance or self.habit or self.crowding):
            self.discretion, self.conduct = 1.0, 0.0
            return
        self.crowding += (department.monitoring - self.crowding) * p.crowded
        self.discretion = 1.0 - p.crowding_strength * self.crowding * (1.0 - department.monitoring)
        own, watched = department.unwatched * self.discretion, department.watched
        demand = own + watched
        self.compliance += (demand - self.compliance) * p.complied
        practised = 0.0
        if demand > 0.0:
            practised = self.compliance * (own + p.norm_surveillance_weight * watched) / demand
        closed = p.habit_formed if practised > self.habit else department.habit_lost
        self.habit += (practised - self.habit) * closed
        self.conduct = max(self.compliance, self.habit * self.discretion) * department.followed_under_load

    def meet(self, kind: float, partner: float, occasion: float) -> None:
        """See the manager, anyone at all or one of one's ties, and remember what they chose last week."""
        p = self.numbers
        if not (occasion < p.encounter and self.employed):
            return
        if kind < p.network_mixing:
            staff = self.model.staff
            other = staff[(self.seat + 1 + int(partner * max(len(staff) - 1, 1))) % len(staff)]
        elif kind < p.manager_met and self.manager is not self:
            other = self.manager
        else:
            other = self.colleagues[int(partner * len(self.colleagues))]
        if other.employed and other is not self:
            memory, cursor, shown = self.memory, self.memory_cursor, other.shown
            self.memory_total += shown - memory[cursor]
            memory[cursor] = shown
            self.memory_cursor = (cursor + 1) % len(memory)

    def choose(self, draw: float, prompt_draw: float, watch_draw: float) -> None:
        """Choose by the norm, or be prompted by coaching, example or monitoring; values follow what one does."""
        if not self.employed:
            self.choice, self.surveilled = 0, False
            return
        p, department = self.numbers, self.department
        choice = self.wanted(draw)
        if not choice and (department.coaching or department.example):
            unmoved = 1.0 - department.coaching * p.coaching_effect * self.receptive
            example = department.example * self.manager.exemplified
            unmoved *= 1.0 - example * p.example_effect * self.receptive
            choice = int(prompt_draw < 1.0 - unmoved)
        surveilled = not choice and watch_draw < department.prompted_when_watched
        if surveilled:
            choice = 1
        weight = p.norm_omission_weight
        if choice:
            weight = p.norm_surveillance_weight if surveilled else 1.0
        self.value += p.norm_value_drift * weight * (choice - self.value)
        self.choice, self.surveilled = choice, surveilled

    def wanted(self, draw: float) -> int:
        """One's own choice: noisy best response to what colleagues do and oneself values, or the majority's."""
        p = self.numbers
        remembered = self.memory_total / (HUNDRED * len(self.memory))
        if p.norm_rule == "majority":
            return self.choice if remembered == 0.5 else int(remembered > 0.5)
        support = p.norm_sharpness * (remembered - 0.5 + p.norm_value_weight * (self.value - 0.5))
        return int(draw < 1.0 / (1.0 + exp(-support if support > -700.0 else 700.0)))

    def work(self) -> None:
        """Pressure wears down standard and energy; attention is divided; what comes out is what customers would get."""
        p, department = self.numbers, self.department
        standard = self.standard
        pressure = min(max(department.load * standard, 0.05), 5.0)
        quality = max(pressure**p.standard_sensitivity * standard, 0.1)
        if self.employed:
            self.standard += (quality - standard) * (p.standard_up if quality > standard else p.standard_down)
        drain = p.energy_depletion * pressure**p.energy_load_exponent
        rate = department.rest + drain
        balance = department.rest / rate
        self.energy = balance + (self.energy - balance) * exp(-rate)
        content = 0.6 * self.energy + 0.25 * (1.0 - self.cynicism) + 0.15 * department.relief
        self.satisfaction += (content - self.satisfaction) * p.satisfied
        self.pressure = pressure
        self.attend(pressure)
        self.deliver(quality)

    def attend(self, pressure: float) -> None:
        """Divide the week over customers, colleagues, bosses and deadlines, which take more when work presses."""
        p = self.numbers
        wish = self.role_share + p.attention_practice_shift * self.choice + p.attention_salience_shift * self.salience
        wish = wish if wish < 1.0 else 1.0
        wish += p.attention_customer_pull * (1.0 - wish)
        pulled = min(p.attention_deadline_pull * (pressure - 1.0), 1.0) if pressure > 1.0 else 0.0
        kept = 1.0 - pulled
        self.attention_customers = wish * kept
        internal = (1.0 - wish) * kept
        self.attention_colleagues, self.attention_bosses = 0.45 * internal, 0.2 * internal
        self.attention_deadlines = 0.35 * internal + pulled
        self.fulfil()

    def deliver(self, quality: float) -> None:
        """Choice x attention x energy x standard, and what routine, salience and compliance add."""
        p = self.numbers
        given, needed = self.attention_customers, self.attention_needed
        attention = 1.0 if given >= needed > 0.0 else given / max(needed, 1e-12)
        execution = quality if quality < 1.0 else 1.0
        effort = attention * self.energy * self.discretion
        by_course = p.delivery_routine * execution * attention * self.discretion
        missed = 1.0 - p.delivery_practice * effort * execution if self.choice else 1.0
        missed *= (1.0 - p.delivery_salience * self.salience * effort) * (1.0 - p.delivery_compliance * self.conduct)
        self.delivery = by_course + (1.0 - by_course) * (1.0 - missed)
