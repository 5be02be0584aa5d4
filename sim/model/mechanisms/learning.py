"""Mutual learning: what the organization believes that customers need, and what its people believe.

March (1991), "Exploration and exploitation in organizational learning". Reality is what customers truly need, one
sign a dimension; the *code* is the organization's own beliefs about it; people hold beliefs of their own. People are socialized
to the code, and the code learns from those whose beliefs work better. People whom socialization makes alike too soon
have nothing left to teach. The steps follow the original program as documented by Rodan (2005) and Christensen (2015), not
the text of the paper, whose literal reading does not reproduce the figures: beliefs move one step at a time,
superiority is judged by performance, and the code adopts what superior people *do*.

Beliefs are -1, 0 (no opinion) and 1.
"""

from __future__ import annotations

from sim.model.kernel.elementary_functions import power


def step_toward(belief: int, other: int) -> int:
    """One step from a belief toward another: up, down, or none where they are the same."""
    return int(other > belief) - int(other < belief)


def chosen_action(belief: int, draw: float) -> int:
    """What a person does: as they believe, or by a fair guess (-1 or 1) where they have no opinion."""
    guess = -1 if draw < 0.5 else 1
    return guess if belief == 0 else belief


def adoption_probability(margin: int, rate: float) -> float:
    """Probability that the code adopts what superior people do: ``1 - (1 - p2)**k`` (March 1991, adoption as in the program).

    Args:
        margin: k, margin of the majority among people who do better than the code, on one dimension.
        rate: p2.
    """
    return 1.0 - power(1.0 - rate, float(abs(margin)))
