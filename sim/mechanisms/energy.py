"""Energy: falls under load, recovers with rest and relief; the source of fatigue and of leaving.

Depletion .06 and recovery .3 per week: Homer 1985. Fatigue within the shift: Dai et al. 2015 (hand hygiene).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sim.kernel.arrays import FloatArray
from sim.kernel.parameters import Parameter, ParameterValue, Tier

PARAMETERS = (
    Parameter(
        "energy.depletion",
        0.06,
        "per week",
        "Energy used up in a week whose work equals capacity.",
        "Homer 1985",
        Tier.REPLICATION,
        0.0,
        1.0,
        (0.03, 0.12),
    ),
    Parameter(
        "energy.recovery",
        0.3,
        "per week",
        "Share of lost energy that a week's rest restores.",
        "Homer 1985",
        Tier.REPLICATION,
        0.001,
        1.0,
        (0.15, 0.45),
    ),
    Parameter(
        "energy.load_exponent",
        2.0,
        "exponent",
        "How steeply depletion rises with work pressure.",
        "Conjecture: convex, as in Homer's table functions",
        Tier.CONJECTURE,
        0.0,
        6.0,
        (1.0, 3.0),
    ),
    Parameter(
        "energy.relief_effect",
        1.0,
        "1",
        "How much full relief speeds recovery (1: twice as fast).",
        "Conjecture; longer breaks restore compliance (Dai et al. 2015)",
        Tier.CONJECTURE,
        0.0,
        10.0,
        (0.5, 2.0),
    ),
    Parameter(
        "workload.baseline",
        0.9,
        "ratio",
        "Work against capacity in an ordinary week, fully staffed.",
        "Conjecture: organizations run a little below capacity",
        Tier.CONJECTURE,
        0.0,
        3.0,
        (0.8, 1.05),
    ),
    Parameter(
        "workload.noise",
        0.08,
        "sd of log",
        "Week-to-week variation of a department's work.",
        "Oliva & Sterman 2001 used noise of 5 to 20 %",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.03, 0.2),
    ),
    Parameter(
        "workload.hours",
        38.0,
        "hours per week",
        "Working week, against which training and coaching hours count.",
        "OECD average usual weekly hours, about 37-40",
        Tier.OBSERVATION,
        10.0,
        80.0,
        (35.0, 42.0),
    ),
    Parameter(
        "workload.procedure_burden",
        0.05,
        "share",
        "Extra work that full procedures and their records cause.",
        "Conjecture",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.0, 0.15),
    ),
    Parameter(
        "workload.relief_effect",
        0.15,
        "share",
        "Part of the work that full relief takes off people.",
        "Conjecture",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.05, 0.3),
    ),
)

NEUTRAL: Mapping[str, ParameterValue] = {"energy.depletion": 0.0}
"""Nobody ever tires."""

ACTIVE: Mapping[str, ParameterValue] = {}
"""The defaults have it on."""


def spend_energy(
    energy: FloatArray,
    work_pressure: FloatArray,
    relief: FloatArray,
    *,
    depletion: float,
    recovery: float | FloatArray,
    load_exponent: float,
    relief_effect: float,
) -> FloatArray:
    """One week: E moves toward r / (r + d) at rate r + d, so that it stays in [0, 1] whatever the load.

    d = depletion x pressure ** exponent, r = recovery (1 + relief_effect relief); the exact solution of
    dE/dt = r (1 - E) - d E over one week.
    """
    drain = depletion * np.power(work_pressure, load_exponent)
    rest = recovery * (1.0 + relief_effect * relief)
    target = rest / (rest + drain)
    return target + (energy - target) * np.exp(-(rest + drain))
