"""Learned summaries: what a history says about each parameter, in one number a parameter.

Approximate Bayesian computation compares histories, and compares badly where they have many numbers. So each history is first
condensed into a prediction of each parameter, which loses nothing for the posterior mean (Fearnhead & Prangle 2012, Journal of
the Royal Statistical Society B 74:419). Predictions are learned on the reference table from histories with sampling error,
by a ridge regression with squares and products, and small networks of what it leaves (scikit-learn), which count as far as they
predict draws that they have not seen. (Measured on a bank of 300 people, eight parameters, eight quarters, 4,096 draws: mean
share of variance explained .289 by a linear regression, .309 with products, .316 with networks; boosted trees take longest.)
They are cross-fitted: draws are dealt into folds, and what condenses the histories of a fold has seen no draw of that fold.
Summaries of simulated and of observed histories are then exchangeable, which is what all calibration stands on. A history of
the table that is treated as observed is compared with the draws of another fold by a learner that has seen neither fold, so that
it is fitted with as many draws as the observed one. (With the draws of its own fold alone, its posterior is noisier than that of
the observed history, and what is learned from it makes intervals too wide.)
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, wraps
from itertools import combinations
from typing import Any, ParamSpec, TypeVar

import numpy as np
from scipy.special import logit

from sim.fitting.table import Observed, ReferenceTable, observe
from sim.lab.extras import require
from sim.model.kernel.array_types import BoolArray, FloatArray, IntArray

FOLDS = 4
"""Each learner sees three quarters of the draws."""

REALIZATIONS = 4
"""Histories with sampling errors of their own that learners see of each draw."""

LEAST_FOR_NETWORK = 600
"""With fewer draws there are only ridge regressions."""

_HIDDEN = (64,)
_PENALTY = 3.0
_ITERATIONS = 15
_BATCH = 512
_RIDGE = 1e-2

_COMPONENTS = 12
"""Principal components of histories whose squares and products count."""

_STRAIGHT = 0.15
"""Predictions closer than this to an end of a range are stretched along a line, others by their logit."""

_WHAT = "Learning what a history says"


Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


def in_one_thread(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """A function whose linear algebra has one thread: the same bits on any number of cores, and faster for small matrices."""

    @wraps(function)
    def limited(*args: Arguments.args, **named: Arguments.kwargs) -> Result:
        threads = require("threadpoolctl", _WHAT, "lab")
        with threads.threadpool_limits(1):
            return function(*args, **named)

    return limited


@dataclass(frozen=True)
class Features:
    """Which cells of a history hold something, and how they are standardized.

    Cells that the history lacks are left out for every draw. Where the model has no value in a draw, the mean of the others
    stands in.
    """

    used: BoolArray
    center: FloatArray
    scale: FloatArray

    @classmethod
    def of(cls, simulated: FloatArray, observed: Observed) -> Features:
        """Features of the cells that a history has, as far as simulated histories (draws, rows, columns) differ in them."""
        flat = simulated.reshape(len(simulated), -1)
        known = np.isfinite(flat)
        number = np.maximum(known.sum(axis=0), 1)
        center = np.where(known, flat, 0.0).sum(axis=0) / number
        spread = np.sqrt(np.where(known, (flat - center) ** 2, 0.0).sum(axis=0) / number)
        used = np.isfinite(observed.values).ravel() & (known.mean(axis=0) >= 0.5)
        used &= spread > 1e-9 * np.maximum(np.abs(center), 1.0)
        return cls(used, center[used], spread[used])

    def __call__(self, histories: FloatArray) -> FloatArray:
        """Standardized cells (histories, features) of histories (histories, rows, columns)."""
        flat = histories.reshape(len(histories), -1)[:, self.used]
        standard: FloatArray = np.where(np.isfinite(flat), (flat - self.center) / self.scale, 0.0)
        return np.clip(standard, -8.0, 8.0)


@dataclass(frozen=True)
class Summaries:
    """Histories in one number a target.

    Attributes:
        features: What the histories were read with.
        simulated: (draws, targets) of the table's own histories, each by the learner of its fold.
        apart: (folds, draws, targets) the same by the learner that has seen neither this fold nor that of the draw.
        folds: (draws,) the fold of each draw.
        learners: One a fold.
        share: (targets,) how much of what networks add is added.
        targets: (draws, targets) what was to be predicted.
        predicted: (draws, targets) predictions of them.
        stretched: Whether summaries are predictions stretched toward the ends of ranges (:func:`stretch`).
    """

    features: Features
    simulated: FloatArray
    apart: FloatArray
    folds: IntArray
    learners: tuple[Learner, ...]
    share: FloatArray
    targets: FloatArray
    predicted: FloatArray
    stretched: bool

    def of(self, history: FloatArray) -> FloatArray:
        """Summaries (folds, targets) of a history (rows, columns), one by each learner."""
        standard = self.features(history[None])
        found = np.stack([(each.regression(standard) + self.share * each.rest(standard))[0] for each in self.learners])
        return stretch(found) if self.stretched else found

    def distance(self, history: FloatArray) -> FloatArray:
        """Summaries of every draw less those of a history, (draws, targets): by the learner of the draw's fold."""
        away: FloatArray = self.simulated - self.of(history)[self.folds]
        return away

    def distance_between(self, row: int) -> FloatArray:
        """Summaries of every draw less those of a draw's history, (draws, targets): by learners that have seen neither."""
        away: FloatArray = self.apart[self.folds[row]] - self.apart[self.folds, row]
        return away

    @cached_property
    def explained(self) -> FloatArray:
        """Share of the variance of each target that is predicted in draws that the learner has not seen."""
        error = ((self.targets - self.predicted) ** 2).mean(axis=0)
        share: FloatArray = 1.0 - error / np.maximum(self.targets.var(axis=0), 1e-300)
        return share

    @cached_property
    def evidence(self) -> FloatArray:
        """How many standard errors the squared error of each prediction is below that of no prediction."""
        gain = (self.targets - self.targets.mean(axis=0)) ** 2 - (self.targets - self.predicted) ** 2
        spread = gain.std(axis=0) / np.sqrt(len(gain))
        return np.asarray(gain.mean(axis=0) / np.maximum(spread, 1e-300))


@dataclass(frozen=True)
class Learner:
    """A ridge regression, and a network of what it leaves.

    Attributes:
        components: (features, components) directions, scaled, whose squares and products count.
        coefficients: Of features, products and a level: (regressors, targets).
        network: Predicts what the regression leaves; ``None`` if there is none.
    """

    components: FloatArray
    coefficients: FloatArray
    network: Any

    def regression(self, standard: FloatArray) -> FloatArray:
        """What the regression predicts: (histories, targets)."""
        return np.asarray(_regressors(standard, self.components) @ self.coefficients)

    def rest(self, standard: FloatArray) -> FloatArray:
        """What the network adds: (histories, targets)."""
        if self.network is None:
            return np.zeros((len(standard), self.coefficients.shape[1]))
        return np.asarray(self.network.predict(standard)).reshape(len(standard), -1)


def stretch(predicted: FloatArray) -> FloatArray:
    """Predictions of positions as they are in the middle of a range, and stretched toward its ends, as positions will be."""
    inner = np.clip(predicted, _STRAIGHT, 1.0 - _STRAIGHT)
    return np.asarray(logit(inner) / 4.0 + (predicted - inner) / (4.0 * _STRAIGHT * (1.0 - _STRAIGHT)))


def deal_folds(draws: int, folds: int = FOLDS) -> IntArray:
    """The fold of each draw: dealt out in rounds, at random within each, since every fourth of Sobol' points lies in one part."""
    rng = np.random.default_rng([draws, 20_120_403])
    rounds = -(-draws // folds)
    return np.concatenate([rng.permutation(folds) for _ in range(rounds)])[:draws]


@in_one_thread
def learn_summaries(
    table: ReferenceTable,
    simulated: FloatArray,
    observed: Observed,
    seed: int,
    targets: FloatArray | None = None,
    networks: bool = True,
) -> Summaries:
    """Learn to predict parameters from histories, and condense those of the table.

    Args:
        table: The reference table.
        simulated: (draws, rows, columns) its histories with sampling error: what is condensed. Learners see others.
        observed: Which cells there are, and how large their errors are.
        seed: Of the sampling errors and the networks.
        targets: (draws, targets) to be predicted in place of the parameters.
        networks: Whether to use networks, too.

    Raises:
        ScenarioError: If scikit-learn is not installed.
    """
    stretched = targets is None
    targets = table.unit if targets is None else targets
    features = Features.of(simulated, observed)
    folds = deal_folds(len(targets))
    rng = np.random.default_rng([seed, 20_120_501])
    seen = [features(observe(table.expected, observed, rng)) for _ in range(REALIZATIONS)]
    standard = features(simulated)
    found, added = np.empty_like(targets), np.zeros_like(targets)
    learners = []
    networks = networks and len(targets) >= LEAST_FOR_NETWORK and standard.shape[1] > 0
    for fold in range(FOLDS):
        rest = np.flatnonzero(folds != fold)
        learner = _learn([each[rest] for each in seen], targets[rest], seed + fold, networks)
        found[folds == fold] = learner.regression(standard[folds == fold])
        added[folds == fold] = learner.rest(standard[folds == fold])
        learners.append(learner)
    share = np.clip(((targets - found) * added).sum(axis=0) / np.maximum((added**2).sum(axis=0), 1e-300), 0.0, 1.0)
    found = found + share * added
    simulated = stretch(found) if stretched else found
    apart = np.repeat(simulated[None], FOLDS, axis=0)
    for number, (one, other) in enumerate(combinations(range(FOLDS), 2)):
        both = (folds == one) | (folds == other)
        rest = np.flatnonzero(~both)
        learner = _learn([each[rest] for each in seen], targets[rest], seed + FOLDS + number, networks)
        predicted = learner.regression(standard[both]) + share * learner.rest(standard[both])
        predicted = stretch(predicted) if stretched else predicted
        in_one = folds[both] == one
        apart[other, folds == one] = predicted[in_one]
        apart[one, folds == other] = predicted[~in_one]
    return Summaries(features, simulated, apart, folds, tuple(learners), share, targets, found, stretched)


def _learn(seen: list[FloatArray], targets: FloatArray, seed: int, networks: bool) -> Learner:
    """A learner of targets from several noisy histories of each draw."""
    inputs, outputs = np.concatenate(seen), np.concatenate([targets] * len(seen))
    components = principal_axes(seen[0], _COMPONENTS)
    regressors = _regressors(inputs, components)
    inner = regressors.T @ regressors
    penalty = _RIDGE * len(regressors) * np.eye(len(inner))
    penalty[-1, -1] = 0.0  # of the level
    coefficients = np.linalg.solve(inner + penalty, regressors.T @ outputs)
    left = outputs - regressors @ coefficients
    return Learner(components, coefficients, _network(inputs, left, seed) if networks else None)


def principal_axes(standard: FloatArray, most: int) -> FloatArray:
    """At most so many leading principal components of histories, each scaled to a standard deviation of 1: (features, axes)."""
    if not standard.shape[1]:
        return np.zeros((0, 0))
    values, vectors = np.linalg.eigh(standard.T @ standard / len(standard))
    chosen = np.flatnonzero(values > 1e-6 * values[-1])[::-1][:most]
    return np.asarray(vectors[:, chosen] / np.sqrt(values[chosen]))


def _regressors(standard: FloatArray, components: FloatArray) -> FloatArray:
    """Features, squares and products of their components, and a column of ones."""
    scores = standard @ components
    first, second = np.triu_indices(scores.shape[1])
    return np.concatenate([standard, scores[:, first] * scores[:, second], np.ones((len(standard), 1))], axis=1)


def _network(inputs: FloatArray, outputs: FloatArray, seed: int) -> Any:
    """A network that predicts what a regression leaves."""
    networks = require("sklearn.neural_network", _WHAT, "lab")
    made = networks.MLPRegressor(
        hidden_layer_sizes=_HIDDEN, alpha=_PENALTY, max_iter=_ITERATIONS, tol=0.0, n_iter_no_change=_ITERATIONS,
        learning_rate_init=4e-3, batch_size=min(_BATCH, len(inputs)), random_state=seed % 2**32,
    )  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it is stopped on purpose
        made.fit(inputs, outputs[:, 0] if outputs.shape[1] == 1 else outputs)
    return made
