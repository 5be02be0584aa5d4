"""Arrears: customers who do not pay, and what dunning does to them.

Without dunning the money stays out. Dunning brings it in and drives people away; harsher dunning does more of both. Cash is
largest in between (seed text). Nothing quantitative was found on dunning and retention: all sizes are conjectures.
"""

from __future__ import annotations

from collections.abc import Mapping

from sim.model.kernel.columns import FLAG, customer_column, this_week
from sim.model.kernel.elementary_functions import exp
from sim.model.kernel.parameters import ParameterValue, declare
from sim.model.kernel.records import Customers, Parameters, Scratch, Streams, Week
from sim.model.kernel.scalar_draws import block, uniform
from sim.model.kernel.sums import sum_of

PARAMETERS = declare("""
dues.arrears = 0.0 per week; 0 to 1, plausible 0 to 0.02; own; tier 5
    Chance that a customer under contract falls behind with payment.
    Source: Conjecture; 0 where everybody pays in advance
dues.payment = 0.04 per week; 0 to 1, plausible 0.01 to 0.1; own; tier 5
    Chance that someone in arrears pays all of it without being dunned.
    Source: Conjecture
dues.dunning = 0.3 share; 0 to 1, plausible 0 to 1; lever; tier 5
    How hard the organization duns those in arrears, from never to by all means.
    Source: Set by the user
dues.collection = 0.5 per week; 0 to 5, plausible 0.1 to 1; unknown; tier 5
    How readily the hardest dunning makes people pay.
    Source: Conjecture
dues.harshness = 0.3 share; 0 to 1, plausible 0.05 to 0.5; unknown; tier 5
    Satisfaction and trust lost in a week by someone dunned by all means; half as hard costs a quarter of it.
    Source: Conjecture
""")

NEUTRAL: Mapping[str, ParameterValue] = {"dues.arrears": 0.0}
"""Everybody pays in time."""

ACTIVE: Mapping[str, ParameterValue] = {"dues.arrears": 0.01}
"""Off unless a scenario has arrears: one customer in a hundred falls behind in a week."""


COLUMNS = (
    customer_column("arrears", "Money owed.", "currency", bounds=(0.0, None)),
    customer_column(
        "behind",
        "Whether the customer is behind with payment this week.",
        "yes or no",
        dtype=FLAG,
        newcomer=None,
        lasting=False,
    ),
)

NUMBERS = (this_week("collected", "Arrears paid.", "currency"),)

STREAMS = ("pays dues", "falls behind")


def payment_probability(dunning: float, payment: float, collection: float) -> float:
    """Probability that a customer in arrears pays this week: 1 - (1 - payment) exp(-collection x dunning)."""
    return 1.0 - (1.0 - payment) * exp(-collection * dunning)


def arrears_after_week(arrears: float, behind: bool, margin: float) -> float:
    """Arrears after a week: those behind owe this week's margin on top."""
    more = arrears + margin
    return more if behind else arrears


def feeling_after_dunning(feeling: float, dunned: bool, dunning: float, harshness: float) -> float:
    """Satisfaction or trust after being dunned: x (1 - harshness x dunning^2)."""
    hurt = feeling * (1.0 - harshness * dunning * dunning)
    return hurt if dunned else feeling


def collect_arrears(
    customers: Customers, scratch: Scratch, parameters: Parameters, streams: Streams, week: Week
) -> None:
    """Some customers under contract fall behind with payment; dunning brings money in and costs satisfaction and trust."""
    probability = parameters.dues_arrears
    if probability == 0.0:
        return
    dunning, harshness = parameters.dues_dunning, parameters.dues_harshness
    chance = payment_probability(dunning, parameters.dues_payment, parameters.dues_collection)
    paying, falling = block(streams.pays_dues, week.number, 0), block(streams.falls_behind, week.number, 0)
    for position in range(customers.active.size):
        active = customers.active[position]
        owing = active & (customers.arrears[position] > 0.0)
        draw = uniform(paying if owing else falling, position)
        pays = owing & (draw < chance)
        scratch.position_value[position] = customers.arrears[position] if pays else 0.0
        falls = active & customers.contract[position] & (not owing) & (draw < probability)
        behind = (owing & (not pays)) | falls
        customers.behind[position] = behind
        customers.arrears[position] = arrears_after_week(
            0.0 if pays else customers.arrears[position], behind, customers.spending[position]
        )
        customers.satisfaction[position] = feeling_after_dunning(
            customers.satisfaction[position], owing, dunning, harshness
        )
        customers.recovery_satisfaction[position] = feeling_after_dunning(
            customers.recovery_satisfaction[position], owing, dunning, harshness
        )
        customers.trust[position] = feeling_after_dunning(customers.trust[position], owing, dunning, harshness)
    week.collected = sum_of(scratch.position_value, scratch.partial_sums)
