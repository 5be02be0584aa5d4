"""Reference tables whose posteriors are known, or of which it is known what they cannot tell."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.stats import qmc

from sim.analysis.missing import FloatArray
from sim.fitting.table import MEAN, Observed, Priors, ReferenceTable, observe

ROWS, COLUMNS = 6, ("first", "second")


def priors(parameters: int) -> Priors:
    return Priors(
        tuple(f"planted.{name}" for name in "abcdefgh"[:parameters]), np.zeros(parameters), np.full(parameters, 10.0)
    )


def points(draws: int, parameters: int, seed: int = 1) -> FloatArray:
    return np.asarray(qmc.Sobol(parameters, rng=seed).random_base2((draws - 1).bit_length())[:draws])


def table_of(unit: FloatArray, expected: FloatArray) -> ReferenceTable:
    names = (*COLUMNS, "third")[: expected.shape[2]]
    return ReferenceTable(priors(unit.shape[1]), unit, names, expected)


def history(values: FloatArray, deviation: float = 0.2, respondents: float = 100.0) -> Observed:
    """A history of means with a sampling error; its values are to be replaced."""
    rows, columns = values.shape
    return Observed(
        (*COLUMNS, "third")[:columns], tuple(f"2021-Q{row + 1}" for row in range(rows)), values,
        np.full(values.shape, respondents), (MEAN,) * columns, np.full(columns, deviation), (False,) * columns,
    )  # fmt: skip


def linear(unit: FloatArray, noise: float = 0.02, seed: int = 2, effects: Sequence[float] = (0.3, 0.15)) -> FloatArray:
    """Levels that the first parameter raises in one column, and a trend by the second in the other; chance on top."""
    rng = np.random.default_rng(seed)
    time = np.linspace(0.0, 1.0, ROWS)
    first = 0.35 + effects[0] * unit[:, :1] + 0.0 * time
    second = 0.4 + effects[1] * unit[:, 1:2] * time
    expected = np.stack([np.broadcast_to(first, second.shape), second], axis=2)
    return expected + noise * rng.standard_normal(expected.shape)


def seen(table: ReferenceTable, observed: Observed, seed: int = 3) -> FloatArray:
    return observe(table.expected, observed, np.random.default_rng(seed))
