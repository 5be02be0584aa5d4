"""What people mean by "customer centricity": two definitions approach each other unless they are too far apart.

Bounded confidence (Deffuant, Neau, Amblard & Weisbuch 2000, "Mixing beliefs among interacting agents"): each person
has a definition in [0, 1]; two who meet and differ by less than the confidence move toward each other; others do not
listen. Wide confidence ends in one definition, narrow confidence in camps: an umbrella term. A policy means little to
someone who means something else by it, so its effect falls with the variance of definitions.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from sim.model.agents.initial_state import InitialState
from sim.model.kernel.amounts import mean_over_seats
from sim.model.kernel.array_types import FloatArray
from sim.model.kernel.columns import employee_column
from sim.model.kernel.parameters import ParameterValue, declare
from sim.model.kernel.records import Departments, Employees, Parameters, PolicyAmounts, Scratch, Streams, Week
from sim.model.kernel.scalar_draws import block, uniform
from sim.model.kernel.sums import rank

_SOURCE = "Deffuant et al. 2000"

PARAMETERS = declare("""
definitions.confidence = 0.25 share of the range; 0 to 1, plausible 0.1 to 0.5; unknown; tier 5
    Largest difference of definitions at which two colleagues still listen to each other.
    Source: Deffuant et al. 2000: one camp from about .30 up, two from .25 down; how far people listen is this model's
    guess
definitions.convergence = 0.5 share of the gap; 0 to 0.5, plausible 0.1 to 0.5; unknown; tier 1
    How far each of two who listen to each other moves; at 0.5 they agree at once.
    Source: Deffuant et al. 2000 (mu); it sets the speed, not the number of camps
definitions.meetings = 0.25 per week; 0 to 1, plausible 0.05 to 1; unknown; tier 5
    Share of employees who in a week talk with a colleague about what centricity is to mean.
    Source: This model's guess: about once a month
definitions.spread = 1.0 share of the range; 0 to 1, plausible 0.3 to 1; unknown; tier 5
    Range over which people's definitions are spread evenly when they come (0: all mean the same).
    Source: Conjecture: the term is used for anything, so that newcomers bring every meaning of it
definitions.discord = 0.5 share; 0 to 1, plausible 0 to 1; unknown; tier 5
    Part of coaching, example and procedures lost on someone whose definition stands a full range off the mean.
    Source: Conjecture for the seed's claim that all have to agree on the target first. Middle of its range
definitions.talk_meetings = 0.5 per week; 0 to 1, plausible 0.2 to 0.8; unknown; tier 5
    Further share of employees whom full talks about the target have meet someone in a week.
    Source: This model's guess: everyone about every second week, against once a month
definitions.talk_listening = 0.15 share of the range; 0 to 1, plausible 0.05 to 0.4; unknown; tier 5
    How much wider a difference people listen across in full talks that are well led.
    Source: This model's guess: enough for one camp instead of two (Deffuant et al. 2000: .25 to .30)
""")

NEUTRAL: Mapping[str, ParameterValue] = {"training.ambiguity": 0.0, "definitions.discord": 0.0}
"""What people mean by it costs nothing."""

ACTIVE: Mapping[str, ParameterValue] = {}
"""On by default. The term is an umbrella everywhere: a common effort is lost on those who mean something else, in
training and beyond it."""


COLUMNS = (
    employee_column(
        "definition",
        "What this person understands by centricity, on a line from one meaning to another.",
        newcomer="newcomer_definition",
        initial="initial_definitions",
    ),
)

STREAMS = ("definitions", "newcomer definition")


def definition_from_draw(draw: float, spread: float) -> float:
    """Definition of a newcomer, uniform over the middle of the range: 1/2 + spread (u - 1/2)."""
    return draw if spread == 1.0 else 0.5 + spread * (draw - 0.5)


def shared_understanding(definition: float, mean: float, loss: float) -> float:
    """Part of a common effort that a person takes as it was meant: 1 - loss |x - mean x|; 1 if no one is there."""
    return 1.0 if loss == 0.0 or math.isnan(mean) else 1.0 - loss * abs(definition - mean)


def definition_step(gap: float, confidence: float, convergence: float) -> float:
    """Step of the first toward the second of a pair, whose mean is kept: mu gap where |gap| < epsilon, else 0.

    Source: Deffuant et al. (2000). Both move, in opposite directions.

    Args:
        gap: Definition of the second less that of the first.
        confidence: epsilon; at 0 nobody listens.
        convergence: mu, 0 to 0.5.
    """
    step = convergence * gap
    return step if abs(gap) < confidence else 0.0


def initial_definitions(initial: InitialState) -> FloatArray:
    """Definitions of the outset."""
    draws, spread = (
        initial.uniform("founding definition", initial.rows("employees")),
        initial.number("definitions.spread"),
    )
    return np.array([definition_from_draw(draw, spread) for draw in draws.tolist()])


def newcomer_definition(seat: int, parameters: Parameters, streams: Streams, week: Week) -> float:
    """What a newcomer understands by centricity."""
    draw = uniform(block(streams.newcomer_definition, week.number, 0), seat)
    return definition_from_draw(draw, parameters.definitions_spread)


def discuss_definitions(
    employees: Employees,
    departments: Departments,
    scratch: Scratch,
    policy: PolicyAmounts,
    parameters: Parameters,
    streams: Streams,
    week: Week,
) -> None:
    """Colleagues talk about what centricity means. Those whose definitions are close enough approach each other."""
    talks = mean_over_seats(policy.alignment, departments.seats)
    meetings, confidence = parameters.definitions_meetings, parameters.definitions_confidence
    if talks > 0.0:
        meetings = min(meetings + talks * parameters.definitions_talk_meetings, 1.0)
        confidence += talks * parameters.definitions_talk_listening
    start = block(streams.definitions, week.number, 0)
    count = 0
    for seat in range(employees.value.size):
        draw = uniform(start, seat)
        if draw < meetings:
            scratch.seat_value[count], scratch.seat_list[count] = draw, seat
            count += 1
    rank(scratch.seat_value, scratch.seat_starts, scratch.seat_order, count, meetings)
    for pair in range(count // 2):  # those who meet are paired in the order of their draws
        first = scratch.seat_list[scratch.seat_order[2 * pair]]
        second = scratch.seat_list[scratch.seat_order[2 * pair + 1]]
        if employees.employed[first] and employees.employed[second]:
            gap = employees.definition[second] - employees.definition[first]
            step = definition_step(gap, confidence, parameters.definitions_convergence)
            employees.definition[first] += step
            employees.definition[second] -= step
