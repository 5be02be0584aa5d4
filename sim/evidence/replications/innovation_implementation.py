"""Repenning (2002): commitment to an innovation that must show results before the pressure ends. Rebuilt, not exact.

"A simulation-based approach to understanding the dynamics of innovation implementation", Organization Science 13(2).

Published: three constructs. *Reversion*: results come too late, and the loops that should spread commitment undo it.
*Regeneration*: results are seen, and commitment grows without managers. *Motivation threshold*: the commitment that
lies between the two. Seemingly rational rules so give early results without a sustained benefit.

What we get, with results half of which are seen after nine months: commitment falls for the first nine months of any
program; 119 weeks of full pressure are needed before it carries itself; half a year less ends with 81 % of the results,
and leaves 2 % five years later. Half-lives of 1 and 22 months need 52 and 231 weeks. Pressure for effort no greater than
the results that people expect never does it.

What differs and why: the paper's equations could not be read, only its abstract and what others write of it, so that the
structure (effort, results, word of mouth, pressure) follows the description and equations and numbers are **ours**;
only directions can be compared. Schneiderman (1988) found half-lives of 1 to 22 months in companies, by complexity; all
other numbers are conjectures. Regeneration is by *results* here. In the model of this package it is by *values* and by a
norm, and neither asks whether anything came of it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.model.kernel.array_types import FloatArray

_MONTH = 52.0 / 12.0
_HALF_LIFE_MONTHS = 9.0
_LONGEST = 1040  # weeks of pressure that are tried
_SETTLING = 1040  # weeks after the pressure, in which commitment goes to one of its two ends


@dataclass(frozen=True, slots=True)
class ImplementationPath:
    """What becomes of an innovation, week by week; element 0 is the start.

    Attributes:
        commitment: Share of the people who use the innovation of their own accord.
        results: Results that are seen, 1 at full effort kept up for long.
    """

    commitment: FloatArray
    results: FloatArray


def repenning2002(
    pressure_weeks: int,
    weeks: int = 520,
    *,
    pressure: float = 1.0,
    commitment: float = 0.1,
    results: float = 0.0,
    expected: float = 0.5,
    contagion: float = 0.1,
    half_life_months: float = _HALF_LIFE_MONTHS,
    steps_a_week: int = 4,
) -> ImplementationPath:
    """Commitment and results under managers' pressure for a number of weeks, and after it.

    ``E = max(C, P)``: people do what they are committed to, or what they are pressed to. ``dA/dt = (E - A) / tau``: results
    follow effort. ``dC/dt = k (A - A*) C (1 - C)``: the committed and the others talk, and what they say of the innovation is
    what they have seen of it against what they expected. Without pressure, and with results that have come up to effort,
    C = A* is the motivation threshold: below it commitment reverts, above it regenerates. Euler steps.

    Args:
        pressure_weeks: Weeks of pressure, from the start.
        weeks: Length of the simulation.
        pressure: P, effort that managers ask for while they press.
        commitment, results: C and A at the start.
        expected: A*, results at which word of mouth turns from bad to good.
        contagion: k, per week.
        half_life_months: Months after which half of the results of an effort are seen; tau = half-life / ln 2.
        steps_a_week: Euler steps in a week.
    """
    if not 0.0 < commitment < 1.0:
        raise ValueError(f"commitment must lie between 0 and 1 (both excluded), got {commitment}")
    delay, step = half_life_months * _MONTH / math.log(2.0), 1.0 / steps_a_week
    committed, seen = np.empty(weeks + 1), np.empty(weeks + 1)
    committed[0], seen[0] = commitment, results
    held, shown = commitment, results
    for week in range(weeks):
        asked = pressure if week < pressure_weeks else 0.0
        for _ in range(steps_a_week):
            effort = max(held, asked)
            spread = contagion * (shown - expected) * held * (1.0 - held)
            held, shown = held + step * spread, shown + step * (effort - shown) / delay
        committed[week + 1], seen[week + 1] = held, shown
    return ImplementationPath(committed, seen)


def weeks_before_it_holds(**arguments: Any) -> float:
    """Fewest weeks of pressure after which commitment carries itself; ``inf`` if no length does. By halving.

    Arguments as in :func:`repenning2002`. More weeks never do worse, since effort and what follows from it only grow.
    """

    def holds(length: int) -> bool:
        path = repenning2002(length, length + _SETTLING, **arguments)
        return bool(path.commitment[-1] > 0.5)

    if holds(0):
        return 0.0
    if not holds(_LONGEST):
        return math.inf
    low, high = 0, _LONGEST
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return float(high)
