"""Latin hypercubes: the one place where a design is drawn at random, with draws that results on file depend on."""

from __future__ import annotations

import numpy as np

from sim.model.kernel.array_types import FloatArray


def latin_hypercube(generator: np.random.Generator, rows: int, factors: int = 1) -> FloatArray:
    """Positions in [0, 1]: each factor is cut into as many parts as there are rows, and each part is used once.

    McKay et al. (1979). SciPy's ``qmc.LatinHypercube`` does the same with other draws. Stores and the kept regions of the
    evidence need these.

    Args:
        generator: Draws the order of the parts for all factors first, and then the position in each part.
        rows: Number of rows.
        factors: Number of columns.
    """
    parts = np.stack([generator.permutation(rows) for _ in range(factors)], axis=1)
    positions: FloatArray = (parts + generator.random((rows, factors))) / max(rows, 1)
    return positions
