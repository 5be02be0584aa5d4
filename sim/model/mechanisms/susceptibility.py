"""Susceptibility: people differ in how far training, prompts and colleagues move them.

Each person has a factor with mean 1, drawn when they come and kept. It multiplies what training, coaching and examples do
to them, and the weight of colleagues' choices against their own value. Those whom hardly anything moves are its lower tail;
those of them who value something else never practice. Differences of this kind are the rule where adoption was measured
(thresholds: Granovetter 1978; frailty as a gamma factor: Vaupel, Manton & Stallard 1979); their size here is a conjecture.
"""

from __future__ import annotations

from collections.abc import Mapping

from sim.model.kernel.columns import employee_column
from sim.model.kernel.parameters import ParameterValue, declare
from sim.model.kernel.quantiles import gamma_quantile
from sim.model.kernel.records import Employees, Parameters, Streams, Week
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
        initial="draw_susceptibility",
    ),
)

_NOTHING = 1e-12

STREAMS = ("founding susceptibility", "newcomer susceptibility")


def susceptibility_from_draw(draw: float, spread: float) -> float:
    """A person's factor: the quantile of a gamma distribution with mean 1 and standard deviation ``spread``.

    Shape 1 / spread^2, scale spread^2; 1 for everyone at a spread of 0, or one too small to tell people apart.
    """
    variance = spread * spread
    if variance < _NOTHING:
        return 1.0
    return gamma_quantile(1.0 / variance, draw) * variance


def draw_susceptibility(employees: Employees, parameters: Parameters, streams: Streams, week: Week) -> None:
    """Factors of the people of the outset."""
    start, spread = block(streams.founding_susceptibility, week.number, 0), parameters.susceptibility_spread
    for seat in range(employees.susceptibility.size):
        employees.susceptibility[seat] = susceptibility_from_draw(uniform(start, seat), spread)


def newcomer_susceptibility(seat: int, parameters: Parameters, streams: Streams, week: Week) -> float:
    """A newcomer's factor."""
    draw = uniform(block(streams.newcomer_susceptibility, week.number, 0), seat)
    return susceptibility_from_draw(draw, parameters.susceptibility_spread)
