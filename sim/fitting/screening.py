"""Which unknown parameters a history of this kind could say anything about: screened on the reference table itself.

All unknown parameters are drawn at once. A forest (extremely randomized trees; Geurts, Ernst & Wehenkel 2006) explains what
surveys could see of the simulated histories by the drawn parameters; a parameter counts that explains more than any of some
planted numbers on which nothing depends. All others are integrated over: they stay drawn, and add to what is not known.
"""

from __future__ import annotations

import numpy as np

from sim.fitting.table import Observed, observe
from sim.lab.extras import require
from sim.model.kernel.array_types import FloatArray, IntArray

MOST, LEAST = 10, 3
"""Most parameters that are fitted, and how many are even if none counts, so that this can be told."""

MOST_NAMED = 12
"""Most that are fitted where the user names them; of more, those that matter are chosen."""

_PLANTED, _TREES, _LEAF = 20, 100, 8
_OWN_CHANCE = 0.2  # of the spread over draws: noise of a column that is no survey


def screen(unit: FloatArray, expected: FloatArray, observed: Observed, seed: int, most: int = MOST) -> IntArray:
    """Positions of the parameters to be fitted, the one that explains most first.

    Args:
        unit: (draws, parameters) in [0, 1].
        expected: (draws, rows, columns) what a survey of everybody would have seen.
        observed: What the history has.
        seed: Seed of the fit.
        most: How many are chosen at most.
    """
    importance, chance = importances(unit, expected, observed, seed)
    order = np.argsort(-importance, kind="stable")
    counted = int((importance > chance).sum())
    chosen: IntArray = order[: min(max(counted, LEAST), most)]
    return chosen


def importances(unit: FloatArray, expected: FloatArray, observed: Observed, seed: int) -> tuple[FloatArray, float]:
    """How much each parameter explains, and the most that a planted one does."""
    forests = require("sklearn.ensemble", "centricity fit", "lab")
    rng = np.random.default_rng([seed, 20_060_304])
    planted = rng.random((len(unit), _PLANTED))
    targets = _informative(expected, observed, rng)
    if not targets.shape[1]:
        return np.zeros(unit.shape[1]), 0.0
    forest = forests.ExtraTreesRegressor(
        n_estimators=_TREES, min_samples_leaf=_LEAF, max_features=1 / 3, random_state=int(rng.integers(2**31)), n_jobs=1
    )
    forest.fit(np.hstack([unit, planted]), targets)
    importance: FloatArray = forest.feature_importances_
    return importance[: unit.shape[1]], float(importance[unit.shape[1] :].max())


def _informative(expected: FloatArray, observed: Observed, rng: np.random.Generator) -> FloatArray:
    """Principal components of the histories in units of sampling error, each as large as it is informative.

    A component whose variance over draws is ``s`` times that of its error carries at most ``log(1 + s) / 2`` of information.
    """
    still = Observed(
        observed.columns, observed.rows, observed.values, np.full_like(observed.respondents, np.nan), observed.kinds,
        observed.deviations, observed.changes,
    )  # fmt: skip
    clean = observe(expected, still, rng).reshape(len(expected), -1)
    noisy = observe(expected, observed, rng).reshape(len(expected), -1)
    has = np.isfinite(clean).mean(axis=0) > 0.5
    clean, noisy = clean[:, has], noisy[:, has]
    middle = np.nanmedian(clean, axis=0) if clean.shape[1] else np.zeros(0)
    error = np.nanstd(noisy - clean, axis=0)
    clean = np.where(np.isfinite(clean), clean, middle) - middle
    spread = clean.std(axis=0)
    error = np.where(error > 0.0, error, _OWN_CHANCE * spread)
    scaled = clean[:, spread > 0.0] / error[spread > 0.0]
    scaled = np.clip(scaled, *np.quantile(scaled, [0.005, 0.995], axis=0)) if scaled.shape[1] else scaled
    scaled = scaled - scaled.mean(axis=0)
    if not scaled.shape[1]:
        return np.zeros((len(expected), 0))
    left, size, _ = np.linalg.svd(scaled, full_matrices=False)
    signal = size**2 / len(scaled)
    worth = signal > 0.01 * max(signal.max(), 1.0)
    informative: FloatArray = left[:, worth] * np.sqrt(len(scaled) * np.log1p(signal[worth]))
    return informative
