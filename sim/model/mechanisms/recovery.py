"""Recovery: what is done about a failure (notice it, apologize, make it right), and what that restores.

Acts restore more trust than words, and words wear out. Among 1.5 million late riders money beat words, and a repeated
apology could do worse than none (Halperin, Ho, List & Muir 2022). Making a failure right may lift satisfaction
above where it was before the failure; for repurchase and word of mouth no such lift was found (de Matos, Henrique & Rossi 2007).
So how far such satisfaction binds is a parameter, and a failure made right may still cost part of the trust that it would have
cost: a recovered customer can come out above or below one who was never failed. Evidence is mixed: Abeler et al. (2010) found
words cheaper than small sums of money for getting a bad rating withdrawn.
"""

from __future__ import annotations

from collections.abc import Mapping

from sim.model.kernel.columns import FLAG, customer_column
from sim.model.kernel.parameters import ParameterValue, declare
from sim.model.kernel.records import Contacts, Customers, Parameters, Streams, Week
from sim.model.kernel.scalar_draws import block, uniform
from sim.model.kernel.sums import clip
from sim.model.kernel.time_constants import kept_after_a_week

PARAMETERS = declare("""
recovery.notice = 0.8 share; 0 to 1, plausible 0.4 to 1; unknown; tier 5
    Share of failures that the organization notices; what nobody notices is neither apologized for nor made right.
    Source: Conjecture: most dissatisfied customers do not complain
recovery.apology = 0.6 share; 0 to 1, plausible 0.3 to 0.9; unknown; tier 5
    Share of noticed failures left as they are for which somebody says sorry.
    Source: Conjecture
recovery.words = 0.3 share; 0 to 1, plausible 0 to 0.5; unknown; tier 5
    Part of the lost trust that a first apology restores by itself.
    Source: Conjecture: money restores all of it in this model; Halperin et al. 2022 for words doing less than money
recovery.worn_out = 3.0 apologies; 2 to 20, plausible 2 to 5; unknown; tier 2
    Number of the apology that restores nothing any more; later ones do harm.
    Source: Halperin et al. 2022: repeated apologies no better, or worse, than none
recovery.memory_weeks = 52.0 weeks; 1 to 520, plausible 12 to 104; unknown; tier 5
    Time constant with which a customer forgets that somebody apologized.
    Source: Conjecture
recovery.delight = 0.05 index; 0 to 1, plausible 0 to 0.1; unknown; tier 5
    Satisfaction gained by a failure made right, beyond what faultless service gives.
    Source: de Matos et al. 2007: positive on satisfaction, none on repurchase; size is a conjecture
recovery.binding = 0.5 share; 0 to 1, plausible 0 to 1; unknown; tier 5
    How far satisfaction from a failure made right counts in staying and in what customers say (1: like any other).
    Source: Conjecture: de Matos et al. 2007 found no effect on repurchase and word of mouth that differs from 0
recovery.residual_loss = 0.3 share; 0 to 1, plausible 0 to 0.6; unknown; tier 5
    Share of the trust which a failure costs that it costs even where it is made right.
    Source: Conjecture: a recovery repairs most of the harm and undoes no failure
""")

NEUTRAL: Mapping[str, ParameterValue] = {
    "recovery.words": 0.0,
    "recovery.delight": 0.0,
    "recovery.notice": 1.0,
    "recovery.residual_loss": 0.0,
}
"""Every failure is noticed, words restore nothing, and what is made right counts as service without a fault."""

ACTIVE: Mapping[str, ParameterValue] = {}
"""On by default. Failures happen everywhere: some pass unnoticed, a first apology restores some trust, and a failure made
right pleases more than service without one."""


COLUMNS = (
    customer_column(
        "recovery_satisfaction",
        "Part of satisfaction that comes from failures made right; it pleases, and may bind less than other satisfaction.",
    ),
    customer_column("apologies", "Apologies heard and not yet forgotten.", "apologies", bounds=(0.0, None)),
    customer_column(
        "apologized",
        "Whether somebody apologizes for this week's failure.",
        "yes or no",
        dtype=FLAG,
        newcomer=None,
        lasting=False,
    ),
)

STREAMS = ("noticed", "apology")


def apology_effect(heard: float, words: float, worn_out: float) -> float:
    """Part of the lost trust that the next apology restores; negative where it makes things worse.

    words x (1 - heard / (N - 1)), at least -words: full for the first, nothing for the N-th (Halperin et al. 2022).

    Args:
        heard: Apologies that the customer has heard before and not yet forgotten.
        words: Effect of a first apology.
        worn_out: N.
    """
    return words * max(1.0 - heard / (worn_out - 1.0), -1.0)


def remaining_loss(loss: float, restored: float) -> float:
    """Share of trust that is lost in the end: loss x (1 - restored), kept in [0, 1]."""
    return clip(loss * (1.0 - restored), 0.0, 1.0)


def recovery_gain(satisfaction: float, gain: float) -> float:
    """Satisfaction gained from a failure made right: ``gain``, as far as there is room below 1."""
    return min(satisfaction + gain, 1.0) - satisfaction


def binding_satisfaction(satisfaction: float, from_recovery: float, binding: float) -> float:
    """Satisfaction as far as it counts in staying and talking: S - (1 - binding) R, R the part from failures made right."""
    return satisfaction - (1.0 - binding) * from_recovery


def loss_left(loss: float, recovered: bool, residual: float) -> float:
    """Share of trust that a failure costs: all of ``loss`` where it was left as it is, residual x loss where made right."""
    less = residual * loss
    return less if recovered else loss


def respond_to_failures(
    customers: Customers, contacts: Contacts, parameters: Parameters, streams: Streams, week: Week
) -> None:
    """Failures are noticed, and made right or apologized for. Service with a failure left as it is is worth less."""
    notices, apologies = block(streams.noticed, week.number, 0), block(streams.apology, week.number, 0)
    wordy = parameters.recovery_words > 0.0
    customers.apologized[:] = False
    if wordy:
        kept = kept_after_a_week(parameters.recovery_memory_weeks)
        for position in range(customers.apologies.size):
            customers.apologies[position] *= kept
    for contact in range(week.contacts):
        position = contacts.customer[contact]
        if not customers.failed[position]:
            continue
        noticed = parameters.recovery_notice >= 1.0 or uniform(notices, position) < parameters.recovery_notice
        customers.recovered[position] &= noticed
        if not customers.recovered[position]:
            apologized = wordy and noticed and uniform(apologies, position) < parameters.recovery_apology
            customers.apologized[position] = apologized
            customers.served[position] *= 1.0 - parameters.service_severity


def apply_recovery_paradox(customers: Customers, contacts: Contacts, parameters: Parameters, week: Week) -> None:
    """A failure made right lifts satisfaction beyond the service itself. This part wears off like all satisfaction."""
    gain = parameters.recovery_delight
    if gain == 0.0:
        return
    for contact in range(week.contacts):
        position = contacts.customer[contact]
        customers.recovery_satisfaction[position] *= 1.0 - contacts.weight[contact]
        if customers.recovered[position]:
            added = recovery_gain(customers.satisfaction[position], gain)
            customers.satisfaction[position] += added
            customers.recovery_satisfaction[position] += added


def apologize_for_failures(customers: Customers, contacts: Contacts, parameters: Parameters, week: Week) -> None:
    """An apology restores part of the trust that a failure costs; a repeated one restores less."""
    if parameters.recovery_words == 0.0:
        return
    for contact in range(week.contacts):
        position = contacts.customer[contact]
        effect = 0.0
        if customers.apologized[position]:
            effect = apology_effect(
                customers.apologies[position], parameters.recovery_words, parameters.recovery_worn_out
            )
            customers.apologies[position] += 1.0
        contacts.trust_loss[contact] = remaining_loss(contacts.trust_loss[contact], effect)
