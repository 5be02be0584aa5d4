"""The survey: some customers are asked, the satisfied answer more readily, and the mean is the reported score.

Nonresponse favors the satisfied: satisfaction shifts the odds of answering. Everything else that lifts the score (own
criteria, an office that polishes it, work on the score itself) has its own mechanism.
"""

from __future__ import annotations

import math

from sim.model.kernel.columns import this_week
from sim.model.kernel.elementary_functions import exp
from sim.model.kernel.parameters import declare
from sim.model.kernel.records import Customers, Employees, Parameters, Scratch, Streams, Week
from sim.model.kernel.scalar_draws import block, uniform
from sim.model.kernel.sums import clip, count_of, positions_of
from sim.model.mechanisms.gaming import inflate_answers, mean_gaming

PARAMETERS = declare("""
survey.sample = 200 customers; 1 to 1e+06; lever; tier 5
    Customers asked each week for the score that the organization shows itself.
    Source: Conjecture
survey.response_bias = 1.0 log odds per sd; 0 to 5, plausible 0 to 2; unknown; tier 5
    How much readier to answer satisfied customers are.
    Source: Nonresponse in satisfaction surveys favors the satisfied; size is a conjecture
survey.response_rate = 0.2 share; 0.01 to 1, plausible 0.05 to 0.4; own; tier 4
    Share of those asked who answer at reference satisfaction.
    Source: Usual response rates of customer surveys 5-30 %
""")


NUMBERS = (
    this_week("reported", "Score that the organization shows itself; missing when nobody answered.", start=math.nan),
    this_week("score_at_top", "What of the reported score arrives at the top.", start=math.nan),
)

STREAMS = ("survey",)


def response_probability(deviation: float, rate: float, bias: float) -> float:
    """Probability that a customer who is asked answers: odds of ``rate`` shifted by bias x satisfaction deviation (in sd)."""
    if bias == 0.0 or rate >= 1.0:
        return rate
    odds = rate / (1.0 - rate) * exp(clip(bias * deviation, -50.0, 50.0))
    return odds / (1.0 + odds)


def survey_customers(
    employees: Employees, customers: Customers, scratch: Scratch, parameters: Parameters, streams: Streams, week: Week
) -> None:
    """Some customers are asked, the satisfied answer more readily, and the mean of the answers is the reported score."""
    count = count_of(customers.active)
    if count == 0:
        return
    asked = min(parameters.survey_sample / count, 1.0)
    gamed = mean_gaming(employees)
    bias, rate = parameters.survey_response_bias + gamed * parameters.gaming_selection, parameters.survey_response_rate
    reference, per_sd = parameters.satisfaction_reference, 1.0 / parameters.satisfaction_sd
    start = block(streams.survey, week.number, 0)
    for position in range(customers.active.size):  # only those who are asked answer
        scratch.position_flag[position] = customers.active[position] & (uniform(start, position) < asked)
    total, answers = 0.0, 0
    for index in range(positions_of(scratch.position_flag, scratch.position_list)):
        position = scratch.position_list[index]
        said = customers.satisfaction[position]
        chance = asked * response_probability((said - reference) * per_sd, rate, bias)
        answered = uniform(start, position) < chance
        said = inflate_answers(said, gamed, parameters.gaming_inflation) if gamed > 0.0 else said
        total += said if answered else 0.0
        answers += answered
    if answers > 0:
        week.reported = total / answers
    week.score_at_top = week.reported
