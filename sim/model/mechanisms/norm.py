"""Internalization: a norm carried by what people see their colleagues choose.

Each employee remembers the last ``memory`` observed choices of colleagues and each week answers them by noisy best
response. Memory is kept in integers (:data:`SEEN` for a free choice of 1, less for one made under surveillance, 0 for
a 0), so that the limit without noise is exact majority on counts, ties included.

Sources: Centola, Becker, Brackbill & Baronchelli (2018), Science 360:1116, for memory and majority; logit response:
McFadden (1974), Blume (1993); discounting of what is done under surveillance: Kelley (1973).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from scipy.special import betaincinv

from sim.model.agents.initial_state import InitialState
from sim.model.kernel.amounts import any_amount
from sim.model.kernel.array_types import FloatArray, IntArray, SmallIntArray
from sim.model.kernel.columns import FLAG, SMALL, WHOLE, employee_column
from sim.model.kernel.elementary_functions import exp
from sim.model.kernel.parameters import ParameterValue, choice_code, declare
from sim.model.kernel.records import Block, Employees, Parameters, PolicyAmounts, Scratch, Streams, Week
from sim.model.kernel.scalar_draws import block, uniform
from sim.model.kernel.sums import clip, mean_where
from sim.model.mechanisms.definitions import shared_understanding
from sim.model.mechanisms.network import draw_colleague
from sim.model.mechanisms.staffing import newcomer_value
from sim.model.mechanisms.training import prompt_probability

SEEN = 100
"""Integer weight of one freely made choice of 1 in memory; exact, so that majorities are compared without rounding."""


_CENTOLA = "Centola et al. 2018 (memory 12 tips at .25); range science of conventions: M 3-100"

PARAMETERS = declare("""
norm.rule = best-response rule; one of best-response, majority, averaging; unknown; tier 5
    How employees answer what they remember: noisy best response, exact majority, or averaging of values.
    Source: Best response: Centola et al. 2018; averaging: DeGroot 1974, Harrison & Carroll 1991
norm.memory = 12 observations; 1 to 100, plausible 5 to 30; unknown; tier 1
    How many observed choices of colleagues an employee remembers.
    Source: Centola et al. 2018 (memory 12 tips at .25); range science of conventions: M 3-100
norm.encounters = 4.0 per month; 0 to 60, plausible 1 to 8; unknown; tier 5
    How often an employee sees a colleague in a situation where the customer's interest is at stake.
    Source: Science of the frontier in 6.10: 4 a month; no field measurement known
norm.sharpness = 7.0 logit per share; 0 to 100, plausible 6 to 12; unknown; tier 5
    How decisively people follow the majority they remember (eta); 0 is a coin flip.
    Source: Logit response; 6 to 12 lets values and coaching carry a norm over its threshold
norm.value_weight = 1.0; 0 to 10, plausible 0.6 to 1.4; unknown; tier 5
    Weight of a person's own value against the majority they remember (beta).
    Source: Conjecture: of the same order as the norm itself
norm.surveillance_weight = 0.3 share; 0 to 1, plausible 0.1 to 0.6; unknown; tier 5
    How much practice under surveillance counts in a colleague's memory against practice by free choice.
    Source: Kelley 1973 (discounting); size is a conjecture. At 1, monitoring alone can tip a norm
norm.averaging_rate = 0.1 per encounter; 0 to 1, plausible 0.02 to 0.3; unknown; tier 5
    Under the averaging rule: how far one's value moves toward the colleague's in one encounter.
    Source: Deffuant and DeGroot models use .1 to .5
norm.value_drift = 0.01 per week; 0 to 0.2, plausible 0.004 to 0.02; unknown; tier 5
    How fast values move toward one's own free choices (self-perception).
    Source: Bem 1972 for the direction; the rate is a conjecture
norm.omission_weight = 0.25 share; 0 to 1, plausible 0.1 to 0.5; unknown; tier 5
    How much not practicing says to a person about their own values, against practicing.
    Source: Feature-positive effect in self-perception: Fazio, Sherman & Herr 1982; size is a conjecture
""")

NEUTRAL: Mapping[str, ParameterValue] = {"norm.encounters": 0.0}
"""No one sees what colleagues choose: people act on their values and on what they remember from before."""

ACTIVE: Mapping[str, ParameterValue] = {}
"""The defaults have it on."""


COLUMNS = (
    employee_column(
        "value",
        "How much the customer's interest matters to this person (internalization).",
        newcomer=newcomer_value,
        initial="initial_values",
    ),
    employee_column(
        "choice",
        "This week's choice: 1 for the customer's interest.",
        "0 or 1",
        bounds=(0, 1),
        dtype=WHOLE,
    ),
    employee_column(
        "surveilled", "Whether this week's practice happened only under surveillance.", "yes or no", dtype=FLAG
    ),
    employee_column(
        "memory",
        "Remembered choices of colleagues, shape (seats, memory).",
        "hundredths",
        bounds=(0, SEEN),
        dtype=SMALL,
        newcomer=None,
        initial="initial_memories",
        width="norm.memory",
    ),
    employee_column(
        "memory_total",
        "Sum of what is remembered.",
        "hundredths",
        bounds=(0, None),
        dtype=WHOLE,
        newcomer="newcomer_memory",
        initial=lambda initial: initial.employees.memory.sum(axis=1, dtype=np.int64),
    ),
    employee_column(
        "memory_cursor", "Position of the oldest entry of memory.", "number", bounds=(0, None), dtype=WHOLE
    ),
)

MAJORITY = choice_code(PARAMETERS, "norm.rule", "majority")
AVERAGING = choice_code(PARAMETERS, "norm.rule", "averaging")

STREAMS = ("encounter", "choice", "remembered elsewhere", "founding choice")

_ENCOUNTERS_A_WEEK = 12.0 / 52.0  # from encounters a month


def remember(memory: SmallIntArray, total: IntArray, cursor: IntArray, person: int, shown: int) -> None:
    """Replace a person's oldest memory with what they were shown.

    Args:
        memory: Ring buffers, shape (people, memory size), entries 0 to :data:`SEEN`. Changed in place.
        total: Sum of each row of ``memory``. Changed in place.
        cursor: Index of the oldest entry of each row. Changed in place.
        person: Row of the person.
        shown: 0 to :data:`SEEN`.
    """
    oldest = cursor[person]
    total[person] += shown - memory[person, oldest]
    memory[person, oldest] = shown
    cursor[person] = oldest + 1 if oldest + 1 < memory.shape[1] else 0


def majority_choice(total: int, whole: int, tie: int) -> int:
    """Choose what the majority of memory chose (Centola et al. 2018): 1 if 2 total > whole, 0 if less.

    Args:
        total: Sum of what is remembered.
        whole: Its value if all remembered choices were 1 (:data:`SEEN` x memory size).
        tie: The choice at a tie: the previous choice, unless another rule for ties is tested.
    """
    doubled = 2 * total
    return tie if doubled == whole else int(doubled > whole)


def practice_probability(share: float, value: float, sharpness: float, value_weight: float) -> float:
    """Probability of choosing the customer's interest by noisy best response.

    P(c = 1) = 1 / (1 + exp(-eta s)), s = share - 1/2 + beta (value - 1/2).

    Args:
        share: Share of ones in memory, 0 to 1.
        value: What the person values, 0 to 1.
        sharpness: eta, logit per unit of s.
        value_weight: beta.
    """
    support = share - 0.5 + value_weight * (value - 0.5)
    return 1.0 / (1.0 + exp(-clip(sharpness * support, -700.0, 700.0)))


def drift_values(value: float, choice: int, weight: float, rate: float, omission_weight: float) -> float:
    """Move values toward one's own choices: v <- v + rate w (c - v) (Bem 1972).

    w = ``weight`` for a choice of 1: 1 where it was free, and less under surveillance, since people then ascribe it to
    being watched. w = ``omission_weight`` for a choice of 0: what one did not do says less of oneself (Fazio et al. 1982).
    """
    counts = weight if choice == 1 else omission_weight
    return value + rate * counts * (choice - value)


def average_values(value: float, observed_value: float, seen: bool, rate: float) -> float:
    """Rival rule: values move toward the values of the colleague met (DeGroot 1974, Harrison & Carroll 1991).

    v <- v + rate (v_colleague - v) where an encounter took place. Linear: it has no threshold, and dilutes at the rate
    of turnover when newcomers differ.
    """
    moved = value + rate * (observed_value - value)
    return moved if seen else value


def observed_choice(choice: int, surveilled: bool, surveillance_weight: float) -> int:
    """What a colleague who sees this person will remember, in integer units of :data:`SEEN`."""
    discounted = round(SEEN * surveillance_weight)
    return (discounted if surveilled else SEEN) * choice


def initial_memories(initial: InitialState) -> SmallIntArray:
    """Memory at the outset, which holds old practice."""
    draws = initial.uniform("remembered elsewhere", (initial.rows("employees"), initial.whole("norm.memory")))
    return np.where(draws < initial.number("hiring.outside_practice"), SEEN, 0).astype(np.int16)


def initial_values(initial: InitialState) -> FloatArray:
    """Values at the outset: those of new hires, worn down toward old practice over the weeks."""
    seats = initial.rows("employees")
    drawn = initial.uniform("candidates", (seats, initial.whole("hiring.candidates")))[:, 0]
    mean, concentration = initial.number("hiring.value_mean"), initial.number("hiring.value_concentration")
    value = np.asarray(betaincinv(mean * concentration, (1.0 - mean) * concentration, drawn), dtype=np.float64)
    practice = initial.number("hiring.outside_practice")
    wearing = initial.number("norm.value_drift") * initial.number("norm.omission_weight")  # few practiced
    return np.asarray(practice + (value - practice) * np.exp(-wearing * initial.employees.tenure))


def newcomer_memory(seat: int, employees: Employees, parameters: Parameters, streams: Streams, week: Week) -> int:
    """Fill a newcomer's memory with what they saw where they worked before, and return its sum."""
    start = block(streams.remembered_elsewhere, week.number, 0)
    size = employees.memory.shape[1]
    total = 0
    for entry in range(size):
        seen = SEEN if uniform(start, seat * size + entry) < parameters.hiring_outside_practice else 0
        employees.memory[seat, entry] = seen
        total += seen
    return total


def observe_colleagues(
    employees: Employees, scratch: Scratch, parameters: Parameters, streams: Streams, week: Week
) -> None:
    """Employees see colleagues' choices of last week and remember them."""
    weekly = parameters.norm_encounters * _ENCOUNTERS_A_WEEK
    rounds = math.ceil(weekly)
    averaging, rate = parameters.norm_rule == AVERAGING, parameters.norm_averaging_rate
    weight = parameters.norm_surveillance_weight
    for round_ in range(rounds):
        draw_encounters(
            employees, scratch.seat_count, block(streams.encounter, week.number, round_), weekly / rounds, parameters
        )
        if averaging:
            for seat in range(employees.value.size):
                scratch.seat_value[seat] = employees.value[seat]
        for seat in range(employees.value.size):
            seen = scratch.seat_count[seat]
            if seen < 0 or not employees.employed[seen]:
                continue
            if averaging:
                employees.value[seat] = average_values(scratch.seat_value[seat], scratch.seat_value[seen], True, rate)
            shown = observed_choice(employees.choice[seen], employees.surveilled[seen], weight)
            remember(employees.memory, employees.memory_total, employees.memory_cursor, seat, shown)


def draw_encounters(employees: Employees, seen: Any, start: Block, chance: float, parameters: Parameters) -> None:
    """Draw whom each person sees in one round of encounters, into ``seen``; -1 for no one."""
    mixing = parameters.network_mixing
    vertical = mixing + (1.0 - mixing) * parameters.network_manager_share
    for seat in range(employees.value.size):
        other = draw_colleague(
            seat, uniform(start, 3 * seat), uniform(start, 3 * seat + 1), employees, mixing, vertical
        )
        meets = employees.employed[seat] & (uniform(start, 3 * seat + 2) < chance) & (other != seat)
        seen[seat] = other if meets else -1


def choose_practice(
    employees: Employees, scratch: Scratch, policy: PolicyAmounts, parameters: Parameters, streams: Streams, week: Week
) -> None:
    """Each employee chooses by the norm, or is prompted by coaching, example or monitoring. Values follow choices."""
    start, choices = block(streams.choice, week.number, 0), scratch.seat_count
    choose_freely(employees, choices, start, parameters)
    employees.surveilled[:] = False
    if any_amount(policy.coaching) or any_amount(policy.sponsor_attention):
        apply_prompts(employees, choices, start, scratch, policy, parameters)
    if any_amount(policy.monitoring):
        apply_monitoring(employees, choices, start, policy, parameters)
    drift, omission = parameters.norm_value_drift, parameters.norm_omission_weight
    surveillance = parameters.norm_surveillance_weight
    for seat in range(employees.value.size):
        choice = choices[seat] * employees.employed[seat]
        weight = surveillance if employees.surveilled[seat] else 1.0
        value = employees.value[seat]
        drifted = drift_values(value, choice, weight, drift, omission)
        employees.choice[seat] = choice
        employees.value[seat] = drifted if employees.employed[seat] else value


def choose_freely(employees: Employees, choices: Any, start: Block, parameters: Parameters) -> None:
    """Draw what each employee would choose if no one prompted or watched, into ``choices``."""
    whole = SEEN * employees.memory.shape[1]
    if parameters.norm_rule == MAJORITY:
        for seat in range(employees.value.size):
            choices[seat] = majority_choice(employees.memory_total[seat], whole, employees.choice[seat])
        return
    averaging, sharpness = parameters.norm_rule == AVERAGING, parameters.norm_sharpness
    by_value = parameters.norm_value_weight
    for seat in range(employees.value.size):
        chance = practice_probability(employees.memory_total[seat] / whole, employees.value[seat], sharpness, by_value)
        chance = employees.value[seat] if averaging else chance
        choices[seat] = uniform(start, 3 * seat) < chance


def apply_prompts(
    employees: Employees, choices: Any, start: Block, scratch: Scratch, policy: PolicyAmounts, parameters: Parameters
) -> None:
    """Coaching and a leader's example make some employees practice who otherwise would not."""
    misalignment_loss = parameters.definitions_discord
    mean = (
        mean_where(employees.employed, employees.definition, scratch.partial_sums) if misalignment_loss > 0.0 else 0.0
    )
    coaching, example = parameters.coaching_effect, parameters.example_effect
    for seat in range(employees.value.size):
        department = employees.department[seat]
        chance = prompt_probability(
            policy.coaching[department],
            policy.sponsor_attention[department] * employees.choice[employees.manager[seat]],  # what they did last week
            employees.receptiveness[seat],
            coaching,
            example,
        )
        chance = chance * shared_understanding(employees.definition[seat], mean, misalignment_loss)
        choices[seat] |= uniform(start, 3 * seat + 1) < chance


def apply_monitoring(
    employees: Employees, choices: Any, start: Block, policy: PolicyAmounts, parameters: Parameters
) -> None:
    """Monitoring makes some employees practice under surveillance who otherwise would not."""
    looking = parameters.monitoring_practice
    for seat in range(employees.value.size):
        department = employees.department[seat]
        seen = looking * policy.monitoring[department] * policy.procedures[department]
        watched = (choices[seat] == 0) & employees.employed[seat] & (uniform(start, 3 * seat + 2) < seen)
        employees.surveilled[seat] = watched
        choices[seat] |= watched


def initialize_choices(employees: Employees, parameters: Parameters, streams: Streams, week: Week) -> None:
    """People at the outset choose by what they remember and value. Under the majority rule no one practices."""
    start, whole = block(streams.founding_choice, week.number, 0), SEEN * employees.memory.shape[1]
    sharpness, by_value = parameters.norm_sharpness, parameters.norm_value_weight
    for seat in range(employees.value.size):
        chance = practice_probability(employees.memory_total[seat] / whole, employees.value[seat], sharpness, by_value)
        chance = employees.value[seat] if parameters.norm_rule == AVERAGING else chance
        employees.choice[seat] = (uniform(start, seat) < chance) & (parameters.norm_rule != MAJORITY)
