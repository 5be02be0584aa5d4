"""Internalization: a norm carried by what people see their colleagues choose.

Each employee remembers the last ``memory`` observed choices of colleagues and each week answers them by noisy best
response. Memory is kept in integers (:data:`SEEN` for a free choice of 1, less for one that was prompted, 0 for
a 0), so that the limit without noise is exact majority on counts, ties included.

Coaching, a leader's example and monitoring prompt people to practice. What is prompted counts less, in the memory of
those who see it and for a person's own value (discounting), no matter who prompts it. No source tells the three apart, so
their weights are equal unless a user sets them otherwise.

Sources: Centola, Becker, Brackbill & Baronchelli (2018), Science 360:1116, for memory and majority; logit response:
McFadden (1974), Blume (1993); discounting of what somebody else prompted: Kelley (1973).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from sim.model.agents.initial_state import InitialState
from sim.model.kernel import elementary_arrays
from sim.model.kernel.amounts import any_amount
from sim.model.kernel.array_types import FloatArray, IntArray, SmallIntArray
from sim.model.kernel.columns import SMALL, WHOLE, employee_column
from sim.model.kernel.elementary_functions import exp
from sim.model.kernel.parameters import ParameterValue, choice_code, declare
from sim.model.kernel.records import Block, Employees, Parameters, PolicyAmounts, Scratch, Streams, Week
from sim.model.kernel.scalar_draws import block, uniform
from sim.model.kernel.sums import clip, mean_where
from sim.model.mechanisms.definitions import shared_understanding
from sim.model.mechanisms.direction import follow_probability
from sim.model.mechanisms.network import draw_colleague
from sim.model.mechanisms.staffing import candidate_value, newcomer_value
from sim.model.mechanisms.training import coaching_probability, coaching_received, prompt_probability

SEEN = 100
"""Integer weight of one freely made choice of 1 in memory; exact, so that majorities are compared without rounding."""


_CENTOLA = "Centola et al. 2018 (memory 12 tips at .25); range science of conventions: M 3-100"

PARAMETERS = declare("""
norm.rule = best-response rule; one of best-response, majority, averaging; unknown; tier 5
    How employees answer what they remember: noisy best response, exact majority, or averaging of values.
    Source: Best response: Centola et al. 2018; averaging: DeGroot 1974, Harrison & Carroll 1991
norm.memory = 12 observations; 1 to 100, plausible 5 to 30; unknown; tier 5
    How many observed choices of colleagues an employee remembers.
    Source: Centola et al. 2018: 12 in a laboratory game, 3 to 100 in its simulations; no measurement at work
norm.encounters = 4.0 per month; 0 to 60, plausible 1 to 8; unknown; tier 5
    How often an employee sees a colleague in a situation where the customer's interest is at stake.
    Source: Science of the frontier in 6.10: 4 a month; no field measurement known
norm.sharpness = 7.0 logit per share; 0 to 100, plausible 6 to 12; unknown; tier 5
    How decisively people follow the majority they remember (eta); 0 is a coin flip.
    Source: Logit response; below 6 practice grows without any policy by more than two points in five years, above 12 it is
    close to a strict majority
norm.value_weight = 1.0; 0 to 10, plausible 0.6 to 1.4; unknown; tier 5
    Weight of a person's own value against the majority they remember (beta).
    Source: Conjecture: of the same order as the norm itself
norm.monitored_weight = 0.5 share; 0 to 1, plausible 0 to 1; unknown; tier 5
    How much practice that monitoring prompts counts, in colleagues' memory and for one's own value, against free choice.
    Source: Kelley 1973 (discounting); no study gives its size, so that the range is all there is, and this its middle
norm.coached_weight = 0.5 share; 0 to 1, plausible 0 to 1; unknown; tier 5
    How much practice that coaching prompts counts, in colleagues' memory and for one's own value, against free choice.
    Source: Kelley 1973 (discounting); no source tells it apart from what monitoring prompts
norm.example_weight = 0.5 share; 0 to 1, plausible 0 to 1; unknown; tier 5
    How much practice that a leader's example prompts counts, in colleagues' memory and for one's own value, against free
    choice.
    Source: Kelley 1973 (discounting); no source tells it apart from what monitoring prompts
norm.averaging_rate = 0.1 per encounter; 0 to 1, plausible 0.02 to 0.3; unknown; tier 5
    Under the averaging rule: how far one's value moves toward the colleague's in one encounter.
    Source: Deffuant and DeGroot models use .1 to .5
norm.value_drift = 0.01 per week; 0 to 0.2, plausible 0.004 to 0.02; unknown; tier 5
    How fast values move toward one's own free choices (self-perception).
    Source: Bem 1972 for the direction; the rate is a conjecture
norm.value_anchor = 0.003 per week; 0 to 0.2, plausible 0.001 to 0.01; unknown; tier 5
    How fast values return to a person's own set point, which they brought with them.
    Source: Direction: work values keep much of their rank order over a decade (Jin & Rounds 2012); the rate is a
    conjecture
norm.misperception = 0.05 share; 0 to 0.5, plausible 0 to 0.15; unknown; tier 5
    Chance that what a colleague chose is taken for its opposite by the one who sees it.
    Source: Conjecture: a single situation shows little of what someone had in mind
norm.omission_weight = 0.25 share; 0 to 1, plausible 0.1 to 1; unknown; tier 5
    How much not practicing says to a person about their own values, against practicing.
    Source: Feature-positive effect in self-perception: Fazio, Sherman & Herr 1982; size is a conjecture
""")

NEUTRAL: Mapping[str, ParameterValue] = {"norm.encounters": 0.0}
"""No one sees what colleagues choose: people act on their values and on what they remember from before."""

ACTIVE: Mapping[str, ParameterValue] = {}
"""The defaults have it on."""


COLUMNS = (
    employee_column(
        "set_point",
        "Value that a person brought with them, and to which theirs returns.",
        newcomer=newcomer_value,
        initial="draw_set_points",
    ),
    employee_column(
        "value",
        "How much the customer's interest matters to this person (internalization).",
        newcomer="newcomer_value_at_rest",
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
        "prompted_by",
        "What prompted this week's practice: 0 nothing, 1 coaching, 2 a leader's example, 3 monitoring.",
        "kind",
        bounds=(0, 3),
        dtype=SMALL,
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

FREE, COACHED, BY_EXAMPLE, MONITORED = range(4)
"""What prompted a week's practice."""

MAJORITY = choice_code(PARAMETERS, "norm.rule", "majority")
AVERAGING = choice_code(PARAMETERS, "norm.rule", "averaging")

STREAMS = ("encounter", "misperception", "choice", "executives followed", "remembered elsewhere", "founding choice")

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


def practice_probability(
    share: float, value: float, susceptibility: float, sharpness: float, value_weight: float
) -> float:
    """Probability of choosing the customer's interest by noisy best response.

    P(c = 1) = 1 / (1 + exp(-eta s)), s = m (share - 1/2) + beta (value - 1/2).

    Args:
        share: Share of ones in memory, 0 to 1.
        value: What the person values, 0 to 1.
        susceptibility: m, how far colleagues move this person.
        sharpness: eta, logit per unit of s.
        value_weight: beta.
    """
    support = susceptibility * (share - 0.5) + value_weight * (value - 0.5)
    return 1.0 / (1.0 + exp(-clip(sharpness * support, -700.0, 700.0)))


def drift_values(value: float, choice: int, weight: float, rate: float, omission_weight: float) -> float:
    """Move values toward one's own choices: v <- v + rate w (c - v) (Bem 1972).

    w = ``weight``: 1 where the choice was free, and less where it was prompted, since people then ascribe it to the prompt;
    times ``omission_weight`` for a choice of 0: what one did not do says less of oneself (Fazio et al. 1982).
    """
    counts = weight if choice == 1 else weight * omission_weight
    return value + rate * counts * (choice - value)


def return_to_set_point(value: float, set_point: float, rate: float) -> float:
    """Values return to where a person settles, v <- v + rate (a - v): their own set point and what they have learned."""
    return value + rate * (set_point - value)


def value_at_rest(set_point: float, practice: float, drift: float, omission_weight: float, anchor: float) -> float:
    """Value at which a person settles where a share ``practice`` of their weeks is practiced.

    (drift x practice + anchor x a) / (drift x (practice + omission_weight x (1 - practice)) + anchor): where the pull of
    own choices and that of the set point a balance. Without either pull it is the set point itself.
    """
    pull = drift * (practice + omission_weight * (1.0 - practice)) + anchor
    balance = (drift * practice + anchor * set_point) / (pull if pull > 0.0 else 1.0)
    return balance if pull > 0.0 else set_point


def misperceived(shown: int, mistaken: bool) -> int:
    """What is remembered of an encounter: what was shown, or its opposite if the observer is mistaken."""
    return SEEN - shown if mistaken else shown


def average_values(value: float, observed_value: float, seen: bool, rate: float) -> float:
    """Rival rule: values move toward the values of the colleague met (DeGroot 1974, Harrison & Carroll 1991).

    v <- v + rate (v_colleague - v) where an encounter took place. Linear: it has no threshold, and dilutes at the rate
    of turnover when newcomers differ.
    """
    moved = value + rate * (observed_value - value)
    return moved if seen else value


def observed_choice(choice: int, weight: float) -> int:
    """What a colleague who sees this person will remember, in integer units of :data:`SEEN`: weight x choice.

    Discounting takes away from practice that was prompted (Kelley 1973). That someone does not practice shows as nothing,
    prompted or not: there is no act to be explained away.
    """
    return round(SEEN * weight) * choice


def weight_of_choice(prompted_by: int, monitored: float, coached: float, by_example: float) -> float:
    """How much a week's practice counts as one's own: 1 where it was free, else the weight of what prompted it."""
    if prompted_by == FREE:
        return 1.0
    if prompted_by == MONITORED:
        return monitored
    return coached if prompted_by == COACHED else by_example


def initial_memories(initial: InitialState) -> SmallIntArray:
    """Memory at the outset, which holds old practice as it was seen."""
    draws = initial.uniform("remembered elsewhere", (initial.rows("employees"), initial.whole("norm.memory")))
    seen = share_seen(initial.number("hiring.outside_practice"), initial.number("norm.misperception"))
    return np.where(draws < seen, SEEN, 0).astype(np.int16)


def share_seen(practice: float, misperception: float) -> float:
    """Share of encounters taken for practice where a share ``practice`` is: p (1 - e) + (1 - p) e."""
    if misperception == 0.0:
        return practice
    return practice * (1.0 - misperception) + (1.0 - practice) * misperception


def initial_values(initial: InitialState) -> FloatArray:
    """Values at the outset, at rest under old practice.

    Without a set point that values return to, they wear down toward old practice over the weeks instead.
    """
    set_point, practice = initial.employees.set_point, initial.number("hiring.outside_practice")
    drift, omission = initial.number("norm.value_drift"), initial.number("norm.omission_weight")
    anchor = initial.number("norm.value_anchor")
    if anchor > 0.0:
        return np.array([value_at_rest(one, practice, drift, omission, anchor) for one in set_point.tolist()])
    wearing = drift * omission  # few practiced
    return np.asarray(practice + (set_point - practice) * elementary_arrays.exp(-wearing * initial.employees.tenure))


def newcomer_value_at_rest(seat: int, employees: Employees, parameters: Parameters) -> float:
    """A newcomer's value: at rest under old practice elsewhere, like the staff's at the outset."""
    if parameters.norm_value_anchor == 0.0:
        return employees.set_point[seat]
    return value_at_rest(
        employees.set_point[seat],
        parameters.hiring_outside_practice,
        parameters.norm_value_drift,
        parameters.norm_omission_weight,
        parameters.norm_value_anchor,
    )


def newcomer_memory(seat: int, employees: Employees, parameters: Parameters, streams: Streams, week: Week) -> int:
    """Fill a newcomer's memory with what they saw where they worked before, and return its sum."""
    start = block(streams.remembered_elsewhere, week.number, 0)
    size = employees.memory.shape[1]
    practice = share_seen(parameters.hiring_outside_practice, parameters.norm_misperception)
    total = 0
    for entry in range(size):
        seen = SEEN if uniform(start, seat * size + entry) < practice else 0
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
    monitored, coached = parameters.norm_monitored_weight, parameters.norm_coached_weight
    by_example, misperception = parameters.norm_example_weight, parameters.norm_misperception
    for round_ in range(rounds):
        mistakes = block(streams.misperception, week.number, round_)
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
            weight = weight_of_choice(employees.prompted_by[seen], monitored, coached, by_example)
            shown = observed_choice(employees.choice[seen], weight)
            if misperception > 0.0:
                shown = misperceived(shown, uniform(mistakes, seat) < misperception)
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
    employees.prompted_by[:] = FREE
    if any_amount(policy.coaching) or any_amount(policy.sponsor_attention):
        apply_prompts(employees, choices, start, scratch, policy, parameters)
    if parameters.direction_example > 0.0 and week.direction != 0.0:
        follow_executives(employees, choices, streams, parameters, week)
    if any_amount(policy.monitoring):
        apply_monitoring(employees, choices, start, policy, parameters)
    drift, omission = parameters.norm_value_drift, parameters.norm_omission_weight
    anchor = parameters.norm_value_anchor
    monitored, coached = parameters.norm_monitored_weight, parameters.norm_coached_weight
    by_example = parameters.norm_example_weight
    for seat in range(employees.value.size):
        choice = choices[seat] * employees.employed[seat]
        weight = weight_of_choice(employees.prompted_by[seat], monitored, coached, by_example)
        value = employees.value[seat]
        drifted = drift_values(value, choice, weight, drift, omission)
        if anchor > 0.0:
            goal = min(employees.set_point[seat] + employees.learned[seat], 1.0)
            drifted = return_to_set_point(drifted, goal, anchor)
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
        remembered = employees.memory_total[seat] / whole
        chance = practice_probability(
            remembered, employees.value[seat], employees.susceptibility[seat], sharpness, by_value
        )
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
    coaching, example, span = parameters.coaching_effect, parameters.example_effect, parameters.coaching_span
    for seat in range(employees.value.size):
        department = employees.department[seat]
        received = coaching_received(policy.coaching[department], employees.team[seat], span)
        by_coaching = coaching_probability(received, employees.receptiveness[seat], coaching)
        chance = prompt_probability(
            by_coaching,
            policy.sponsor_attention[department] * employees.choice[employees.manager[seat]],  # what they did last week
            employees.receptiveness[seat],
            example,
        )
        understanding = shared_understanding(employees.definition[seat], mean, misalignment_loss)
        draw = uniform(start, 3 * seat + 1)
        if choices[seat] == 0 and employees.employed[seat] and draw < chance * understanding:
            employees.prompted_by[seat] = COACHED if draw < by_coaching * understanding else BY_EXAMPLE
            choices[seat] = 1


def follow_executives(employees: Employees, choices: Any, streams: Streams, parameters: Parameters, week: Week) -> None:
    """Executives who weigh customers otherwise than before have some people follow their example, for or against."""
    start, direction, effect = (
        block(streams.executives_followed, week.number, 0),
        week.direction,
        parameters.direction_example,
    )
    wanted = 1 if direction > 0.0 else 0
    for seat in range(employees.value.size):
        chance = follow_probability(direction, employees.receptiveness[seat], effect)
        if choices[seat] != wanted and employees.employed[seat] and uniform(start, seat) < chance:
            choices[seat] = wanted
            employees.prompted_by[seat] = BY_EXAMPLE


def apply_monitoring(
    employees: Employees, choices: Any, start: Block, policy: PolicyAmounts, parameters: Parameters
) -> None:
    """Monitoring makes some employees practice who otherwise would not."""
    looking = parameters.monitoring_practice
    for seat in range(employees.value.size):
        department = employees.department[seat]
        seen = looking * policy.monitoring[department] * policy.procedures[department]
        watched = (choices[seat] == 0) & employees.employed[seat] & (uniform(start, 3 * seat + 2) < seen)
        if watched:
            employees.prompted_by[seat] = MONITORED
            choices[seat] = 1


def draw_set_points(employees: Employees, parameters: Parameters, streams: Streams, week: Week) -> None:
    """Set points of the people of the outset: drawn as those of new hires."""
    start, candidates = block(streams.candidates, week.number, 0), int(parameters.hiring_candidates)
    mean, concentration = parameters.hiring_value_mean, parameters.hiring_value_concentration
    for seat in range(employees.set_point.size):
        employees.set_point[seat] = candidate_value(uniform(start, seat * candidates), mean, concentration)


def initialize_choices(employees: Employees, parameters: Parameters, streams: Streams, week: Week) -> None:
    """People at the outset choose by what they remember and value. Under the majority rule no one practices."""
    start, whole = block(streams.founding_choice, week.number, 0), SEEN * employees.memory.shape[1]
    sharpness, by_value = parameters.norm_sharpness, parameters.norm_value_weight
    for seat in range(employees.value.size):
        remembered = employees.memory_total[seat] / whole
        chance = practice_probability(
            remembered, employees.value[seat], employees.susceptibility[seat], sharpness, by_value
        )
        chance = employees.value[seat] if parameters.norm_rule == AVERAGING else chance
        employees.choice[seat] = (uniform(start, seat) < chance) & (parameters.norm_rule != MAJORITY)
