"""For how long there had been an organization before the run begins."""

from __future__ import annotations

from sim.kernel.parameters import Parameter, Tier

PARAMETERS = (
    Parameter(
        "run.burn_in",
        104,
        "weeks",
        "Weeks that run before the policy begins, so that the baseline has settled.",
        "Definition; drift over its last year is checked",
        Tier.CONJECTURE,
        0,
        2600,
    ),
    Parameter(
        "customers.history",
        10.0,
        "years",
        "For how long customers had been coming before the outset (0: all are new).",
        "Conjecture",
        Tier.CONJECTURE,
        0.0,
        60.0,
        (3.0, 20.0),
    ),
    Parameter(
        "employees.history",
        10.0,
        "years",
        "For how long employees had been coming before the outset (0: all are new).",
        "Conjecture",
        Tier.CONJECTURE,
        0.0,
        60.0,
        (3.0, 20.0),
    ),
)
