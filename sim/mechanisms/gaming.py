"""What gets measured gets done: a bonus on the measured score buys some service, and much work on the score itself.

Pay for the measured part of a job moves effort to it and away from the rest (Holmstrom & Milgrom 1991). The measured part
here is the score, which can be raised without serving anybody: by asking those who are pleased (sampling), by talking
answers up (inflation), and by promising less (expectation). English hospitals under a target reported 90 and 96 % where
patients' surveys found 69 and 77 % (Bevan & Hood 2006), a gap of about 20 points. Whoever values customers' interest is
less tempted, so how much of the bonus is gamed depends on who works there.
"""

from __future__ import annotations

from collections.abc import Mapping

from sim.kernel.arrays import BoolArray, FloatArray
from sim.kernel.dynamics import closed_in_a_week
from sim.kernel.parameters import Parameter, ParameterValue, Tier

PARAMETERS = (
    Parameter(
        "gaming.temptation",
        0.8,
        "share",
        "How far a full bonus on the score draws someone to whom customers mean nothing into working on the score.",
        "Conjecture; direction: Holmstrom & Milgrom 1991",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.3, 1.0),
    ),
    Parameter(
        "gaming.weeks",
        8.0,
        "weeks",
        "Time constant with which people find out how the score is worked on, and let it be when it no longer pays.",
        "Conjecture: within the two quarters for which such targets are set",
        Tier.CONJECTURE,
        1.0,
        520.0,
        (4.0, 26.0),
    ),
    Parameter(
        "gaming.inflation",
        0.75,
        "share",
        "Part of the way to full marks by which answers are talked up where everybody games.",
        "Bevan & Hood 2006: 90 % official against 69 % surveyed is .68 of the way to 100, 96 against 77 % is .83",
        Tier.OBSERVATION,
        0.0,
        1.0,
        (0.5, 0.9),
    ),
    Parameter(
        "gaming.selection",
        1.5,
        "log odds per sd",
        "How much more the pleased are asked, per standard deviation of satisfaction, where everybody games.",
        "Bevan & Hood 2006 for the practice; size is a conjecture",
        Tier.CONJECTURE,
        0.0,
        10.0,
        (0.5, 3.0),
    ),
    Parameter(
        "gaming.expectation",
        0.05,
        "per contact",
        "Part of what a customer expects that is talked away in a contact with someone who games fully.",
        "Conjecture; lower expectations raise satisfaction (Oliver 1980)",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.01, 0.15),
    ),
    Parameter(
        "gaming.distraction",
        0.1,
        "share",
        "Part of the service someone would give that full work on the score takes.",
        "Direction: Holmstrom & Milgrom 1991 (effort leaves the unmeasured task); size is a conjecture",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.0, 0.3),
    ),
    Parameter(
        "gaming.effort",
        0.15,
        "share",
        "Share of unserved needs that a full bonus has someone serve who does not game.",
        "Conjecture; the national index never rose by more than .7 % in a quarter (ACSI 2023)",
        Tier.CONJECTURE,
        0.0,
        1.0,
        (0.0, 0.3),
    ),
)

NEUTRAL: Mapping[str, ParameterValue] = {"gaming.temptation": 0.0, "gaming.effort": 0.0}
"""The bonus is paid and changes nothing."""

ACTIVE: Mapping[str, ParameterValue] = {}
"""The defaults are plausible; without a bonus on the score they do nothing."""


def learn_to_game(
    gaming: FloatArray, bonus: FloatArray, value: FloatArray, temptation: float, weeks: float
) -> FloatArray:
    """Gaming follows the bonus, less in those who value customers: G <- G + (temptation b (1 - v) - G)(1 - e^(-1/weeks))."""
    result: FloatArray = gaming + (temptation * bonus * (1.0 - value) - gaming) * closed_in_a_week(weeks)
    return result


def deliver_under_bonus(
    delivery: FloatArray, bonus: FloatArray, gaming: FloatArray, effort: float, distraction: float
) -> FloatArray:
    """Service under a bonus: D' = [D + (1 - D) effort b (1 - G)] (1 - distraction G); those who game serve less.

    Args:
        delivery: Share of a need that each person would serve without the bonus.
        bonus: Share of a full bonus at each seat.
        gaming: How far each person works on the score.
        effort, distraction: Of someone who does not game, and of someone who games fully.
    """
    chased = delivery + (1.0 - delivery) * effort * bonus * (1.0 - gaming)
    return chased * (1.0 - distraction * gaming)


def talk_up(answers: FloatArray, gaming: float, inflation: float) -> FloatArray:
    """Answers given with someone looking over the shoulder: s + inflation G (1 - s), G the mean gaming at the counter."""
    return answers + inflation * gaming * (1.0 - answers)


def talk_down(expectation: FloatArray, gaming: FloatArray, rate: float) -> FloatArray:
    """Expectation after a contact in which less was promised: E (1 - rate G)."""
    return expectation * (1.0 - rate * gaming)


def mean_gaming(gaming: FloatArray, facing: BoolArray) -> float:
    """Mean gaming of those who face customers now; 0 where nobody does."""
    return float(gaming[facing].mean()) if facing.any() else 0.0
