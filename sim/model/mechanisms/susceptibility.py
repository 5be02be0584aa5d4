"""Susceptibility: people differ in how far training, prompts and colleagues move them.

Each person has a factor with mean 1, drawn when they come and kept. It multiplies what training, coaching and examples do
to them, and the weight of colleagues' choices against their own value. Those whom hardly anything moves are its lower tail;
those of them who value something else never practice. Differences of this kind are the rule where adoption was measured
(thresholds: Granovetter 1978; frailty as a gamma factor: Vaupel, Manton & Stallard 1979); their size here is a conjecture.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy.special import gammaincinv

from sim.model.agents.initial_state import InitialState
from sim.model.kernel.array_types import FloatArray
from sim.model.kernel.columns import employee_column
from sim.model.kernel.parameters import ParameterValue, declare
from sim.model.kernel.records import Parameters, Streams, Week
from sim.model.kernel.scalar_draws import block, uniform

PARAMETERS = declare("""
susceptibility.spread = 0.5 sd over mean; 0 to 2, plausible 0.2 to 1; unknown; tier 5
    How much people differ in how far training, prompts and colleagues move them (0: not at all).
    Source: Conjecture; that people differ: Granovetter 1978
""")

NEUTRAL: Mapping[str, ParameterValue] = {"susceptibility.spread": 0.0}
"""Training, prompts and colleagues move everyone alike."""

ACTIVE: Mapping[str, ParameterValue] = {}
"""On by default: people differ everywhere."""

COLUMNS = (
    employee_column(
        "susceptibility",
        "How far training, prompts and colleagues move this person; 1 on average.",
        "ratio",
        bounds=(0.0, None),
        newcomer="newcomer_susceptibility",
        initial="initial_susceptibility",
    ),
)

_NOTHING = 1e-12

STREAMS = ("newcomer susceptibility",)


def susceptibility_from_draw(draw: float, spread: float) -> float:
    """A person's factor: the quantile of a gamma distribution with mean 1 and standard deviation ``spread``.

    Shape 1 / spread^2, scale spread^2; 1 for everyone at a spread of 0, or one too small to tell people apart.
    """
    variance = spread * spread
    if variance < _NOTHING:
        return 1.0
    return float(gammaincinv(1.0 / variance, draw) * variance)


def initial_susceptibility(initial: InitialState) -> FloatArray:
    """Factors of the people of the outset."""
    draws = initial.uniform("founding susceptibility", initial.rows("employees"))
    spread = initial.number("susceptibility.spread")
    return np.array([susceptibility_from_draw(draw, spread) for draw in draws.tolist()])


def newcomer_susceptibility(seat: int, parameters: Parameters, streams: Streams, week: Week) -> float:
    """A newcomer's factor."""
    draw = uniform(block(streams.newcomer_susceptibility, week.number, 0), seat)
    return susceptibility_from_draw(draw, parameters.susceptibility_spread)
