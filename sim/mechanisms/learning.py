"""What the organization believes that customers need, and what its people know: mutual learning.

March (1991), "Exploration and exploitation in organizational learning". Reality is what customers truly need, one
sign a dimension; the *code* is the official picture of it; people hold pictures of their own. People are socialized
to the code, and the code learns from those whose picture works better. Whom socialization makes alike too soon has
nothing left to teach. The steps follow the original program as documented by Rodan (2005) and Christensen (2015), not
the text of the paper, whose literal reading does not reproduce the figures: beliefs move one step at a time,
superiority is judged by performance, and the code adopts what superior people *do*.

All arrays may carry leading replicate axes: reality and code have shape ``(..., dimensions)``, beliefs and actions
``(..., people, dimensions)``. Values are -1, 0 (no opinion) and 1 in a small signed integer type.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.kernel.arrays import BoolArray, FloatArray

SignArray = NDArray[np.signedinteger[Any]]
"""Values -1, 0 and 1."""
UniformArray = NDArray[np.floating[Any]]
"""Uniform draws in [0, 1), of either precision."""


def act(beliefs: SignArray, guesses: SignArray) -> SignArray:
    """What people do: as they believe, or as they guess (a fair -1 or 1 each) where they have no opinion."""
    return np.where(beliefs == 0, guesses, beliefs)


def socialize(beliefs: SignArray, code: SignArray, uniform: UniformArray, rate: float) -> SignArray:
    """Beliefs after a round of socialization: each moves one step toward the code with probability ``rate``.

    Dimensions on which the code is silent (0) teach nothing. Source: March (1991), p1; gradual as in the program.

    Args:
        beliefs: ``(..., people, dimensions)``.
        code: ``(..., dimensions)``, as it was before it learns in this period.
        uniform: A draw per belief.
        rate: p1.
    """
    official = code[..., np.newaxis, :]
    moved = (uniform < rate) & (official != 0)
    moved_beliefs: SignArray = beliefs + np.sign(official - beliefs) * moved
    return moved_beliefs


def performance(actions: SignArray, reality: SignArray) -> NDArray[np.int64]:
    """How well people's actions meet reality: matches minus misses, per person."""
    matches: NDArray[np.int64] = np.einsum("...nm,...m->...n", actions, reality, dtype=np.int64)
    return matches


def learn_code(
    code: SignArray,
    actions: SignArray,
    reality: SignArray,
    uniform: UniformArray,
    rate: float,
    *,
    present: BoolArray | None = None,
    voice: FloatArray | None = None,
) -> SignArray:
    """Code after it has learned from those who do better than it: ``P(adopt) = 1 - (1 - p2)**k``.

    k is the margin of the majority among superior people (performance above the code's) on the dimension. Source: March
    (1991), p2; superiority by action and adoption probability as in the program.

    Args:
        code: ``(..., dimensions)``.
        actions: ``(..., people, dimensions)``, what people did before they were socialized.
        reality: ``(..., dimensions)``.
        uniform: A draw per dimension.
        rate: p2.
        present: People who are there, ``(..., people)``; everybody if missing.
        voice: Weight with which each is heard, ``(..., people)``; 1 each if missing (March). Power may differ from
            knowledge.
    """
    own = np.asarray(np.sum(code * reality, axis=-1, dtype=np.int64))
    superior = performance(actions, reality) > own[..., np.newaxis]
    if present is not None:
        superior &= present
    weight: NDArray[Any] = superior.astype(np.int64) if voice is None else superior * voice
    margin: NDArray[Any] = np.einsum("...nm,...n->...m", actions, weight)
    adopted = uniform < 1.0 - (1.0 - rate) ** np.abs(margin)
    return np.where(adopted & (margin != 0), np.sign(margin).astype(code.dtype), code)


def turn_over(beliefs: SignArray, newcomers: SignArray, uniform: UniformArray, rate: float) -> SignArray:
    """Beliefs after people have left with probability ``rate`` each and newcomers with fresh beliefs took their seats.

    Source: March (1991), p3.

    Args:
        beliefs, newcomers: ``(..., people, dimensions)``; a newcomer's beliefs wait at every seat.
        uniform: A draw per person, ``(..., people)``.
        rate: p3.
    """
    return np.where((uniform < rate)[..., np.newaxis], newcomers, beliefs)


def shift_reality(reality: SignArray, uniform: UniformArray, rate: float) -> SignArray:
    """What customers need after a period of turbulence: each dimension flips with probability ``rate``.

    Source: March (1991), p4.
    """
    return np.where(uniform < rate, -reality, reality)


def net_knowledge(code: SignArray, reality: SignArray) -> FloatArray:
    """Right minus wrong as a share of all dimensions: ``mean(code * reality)``, 1 all right, 0 chance."""
    return np.asarray(np.mean(code * reality, axis=-1), dtype=np.float64)
