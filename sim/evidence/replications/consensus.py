"""DeGroot (1974), "Reaching a consensus", Journal of the American Statistical Association 69(345).

Published: people who repeatedly average the beliefs of those they trust reach a consensus ``pi x(0)``, where pi is
the left eigenvector of the matrix of trust with eigenvalue 1, if that matrix is irreducible and aperiodic.

What we get: the limit by eigenvector and by repeated averaging, equal to 1e-9.

What differs and why: nothing. It is here as the rival of a norm: averaging has no threshold and cannot restore
itself.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from sim.model.kernel.array_types import FloatArray

_CONVERGED = 1e-13


def degroot1974(trust: ArrayLike, opinions: ArrayLike, rounds: int | None = None) -> FloatArray:
    """Opinions after ``rounds`` of averaging, or in the limit: ``x(t+1) = T x(t)``.

    Args:
        trust: Square matrix; row i is how person i weighs all opinions (not negative, each row sums to 1).
        opinions: x(0), one a person.
        rounds: Number of rounds; if missing, until nothing changes. A periodic matrix keeps swapping opinions: it has no
            limit and is refused.
    """
    matrix, belief = _trust_matrix(trust), np.asarray(opinions, dtype=np.float64)
    if rounds is not None:
        for _ in range(rounds):
            belief = matrix @ belief
        return belief
    power = matrix
    for _ in range(64):  # by squaring: two to the 64th is beyond any mixing time that a float can resolve
        following = power @ power
        following /= following.sum(axis=1, keepdims=True)
        if np.abs(following - power).max() < _CONVERGED:
            if np.abs(matrix @ following - following).max() > 1e-9:
                break
            return np.asarray(following @ belief, dtype=np.float64)
        power = following
    raise ValueError("trust has no limit: opinions go round in a circle; give people some trust in themselves")


def influence(trust: ArrayLike) -> FloatArray:
    """How much each person's first opinion counts in the consensus: the left eigenvector pi, summing to 1."""
    matrix = _trust_matrix(trust)
    values, vectors = np.linalg.eig(matrix.T)
    weights = np.real(vectors[:, int(np.argmin(np.abs(values - 1.0)))])
    return np.asarray(weights / weights.sum(), dtype=np.float64)


def _trust_matrix(trust: ArrayLike) -> FloatArray:
    matrix = np.asarray(trust, dtype=np.float64)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError(f"trust must be a square matrix, got shape {matrix.shape}")
    sums = matrix.sum(axis=1)
    if matrix.min() < 0 or np.abs(sums - 1.0).max() > 1e-9:
        raise ValueError(f"trust must not be negative and every row must sum to 1, got rows that sum to {sums}")
    return matrix
