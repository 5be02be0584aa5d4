"""What to find out first: the expected value of perfect information, in all and for each parameter, from draws that are there.

With a parameter known one could choose the policy that is best at its value, in place of the one that is best on average.
What that is worth on average over the draws is the expected value of partial perfect information (EVPPI); of knowing all
parameters, that of perfect information (EVPI). Both are zero where one policy is best whatever the value.

For a parameter, the gains of policies over the best one are regressed on it (given-data regression: Strong, Oakley &
Brennan 2014, Medical Decision Making 34:311), here on polynomials with a Bayesian prior: it has a point mass where the
parameter does not matter, so that the estimate is zero unless the draws say otherwise, and posterior draws of the curves
give the interval. Where the values of parameters were drawn independently, which values came up is chance too, so each of
these draws weighs them anew (Bayesian bootstrap: Rubin 1981, Annals of Statistics 9:130); a Latin hypercube has values from
everywhere. For all parameters together, the spread of gains between draws is estimated free of the chance within
them (analysis of variance), and draws are pulled together until they have no more spread than that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.analysis.intervals import LEVEL, MISSING, Interval, resampling_weights
from sim.analysis.missing import FloatArray
from sim.analysis.wording import format_interval, format_money

LEAST_DRAWS = 20
"""With fewer draws nothing is estimated."""

_DEGREES = 4
_MATTERING = 5.0
"""Parameters that are expected to matter, among however many are drawn."""

_SIZES = np.logspace(-2.0, 1.5, 10)
"""Prior variances of the slope, in residual variances."""

_SAMPLES = 600
_BOOTSTRAPS = 400
_SEED = 20_140_411


@dataclass(frozen=True)
class ValueOfInformation:
    """What knowing is worth to the choice among policies, in the unit of the values.

    Attributes:
        policy: The policy that is best on average over the draws: what is chosen without knowing more.
        perfect: Of knowing all parameters.
        parameters: Of knowing each, by name, the largest first.
    """

    policy: str
    perfect: Interval
    parameters: Mapping[str, Interval]

    def to_entry(self, measure: str, most: int) -> dict[str, Any]:
        """The entry of ``summary.json``, with the parameters that are worth most."""
        return {
            "measure": measure,
            "chosen": self.policy,
            "all": self.perfect.to_entry(),
            "parameters": [
                {"parameter": name, **found.to_entry()} for name, found in list(self.parameters.items())[:most]
            ],
        }


def value_of_information(
    values: Mapping[str, FloatArray], parameters: Mapping[str, FloatArray], stratified: bool = False
) -> ValueOfInformation | None:
    """Value of knowing parameters before one of the policies is chosen.

    Args:
        values: Policy -> [draw, replicate] of what is to be as large as possible; the same replicates for all policies.
            Draws with a missing value (NaN) are left out.
        parameters: Parameter -> its value in each draw.
        stratified: Whether each parameter's values are spread evenly by design, as in a Latin hypercube, and not drawn
            independently of each other.

    Returns:
        ``None`` with fewer than two policies or fewer than :data:`LEAST_DRAWS` draws.
    """
    names = list(values)
    cube = np.stack([values[name] for name in names], axis=-1) if names else np.empty((0, 0, 0))
    known = np.isfinite(cube).all(axis=(1, 2)) if cube.size else np.zeros(0, dtype=np.bool_)
    cube = cube[known]
    if len(names) < 2 or len(cube) < LEAST_DRAWS:
        return None
    best = int(cube.mean(axis=(0, 1)).argmax())
    gains = np.delete(cube, best, axis=2) - cube[:, :, best : best + 1]  # [draw, replicate, other policy]
    scale = float(np.abs(gains).max())
    if scale == 0.0:
        nothing = Interval(0.0, 0.0, 0.0)
        return ValueOfInformation(names[best], nothing, dict.fromkeys(parameters, nothing))
    mattering = min(0.5, _MATTERING / max(len(parameters), 1))
    found = {
        name: _scaled(_of_one(gains.mean(axis=1) / scale, column[known], mattering, number, stratified), scale)
        for number, (name, column) in enumerate(parameters.items())
    }
    ordered = sorted(found.items(), key=lambda item: (-item[1].mean, -item[1].high))
    return ValueOfInformation(names[best], _scaled(_of_all(gains / scale), scale), dict(ordered))


def _scaled(interval: Interval, scale: float) -> Interval:
    return Interval(interval.mean * scale, interval.low * scale, interval.high * scale)


def _worth(gains: FloatArray, weights: FloatArray | None = None) -> FloatArray:
    """Mean of the best less the best of the means, over draws [..., draw, policy]; the policy chosen now gains 0.

    Args:
        gains: Of the other policies.
        weights: [..., draw] of draws, with a sum of 1; all the same if not given.
    """
    shares = np.full(gains.shape[:-1], 1.0 / gains.shape[-2]) if weights is None else weights
    informed = (shares * np.maximum(gains.max(axis=-1), 0.0)).sum(axis=-1)
    means = np.einsum("...d,...dp->...p", shares, gains)
    worth: FloatArray = informed - np.maximum(means.max(axis=-1), 0.0)
    return worth


def _of_one(gains: FloatArray, parameter: FloatArray, mattering: float, number: int, stratified: bool) -> Interval:
    """Value of knowing one parameter: the median of its posterior, with limits.

    Gains are matrix-normal around polynomials of the parameter, of which all but the mean have a prior variance in
    proportion to that of the residuals; the prior of that proportion is a grid, with a point mass at zero.

    Args:
        gains: [draw, policy].
        parameter: Its value in each draw.
        mattering: Prior probability that it matters at all.
        number: Of the parameter, for the random numbers.
        stratified: Whether its values are spread evenly by design.
    """
    draws, policies = gains.shape
    span = float(np.ptp(parameter))
    if span == 0.0:
        return Interval(0.0, 0.0, 0.0)
    place = 2.0 * (parameter - parameter.min()) / span - 1.0
    curves = np.polynomial.legendre.legvander(place, _DEGREES)[:, 1:] * np.sqrt(2.0 * np.arange(1, _DEGREES + 1) + 1.0)
    curves = curves - curves.mean(axis=0)
    center = gains.mean(axis=0)
    rest = gains - center
    total = rest.T @ rest + 1e-6 * np.diag((rest**2).sum(axis=0) + 1e-12)
    freedom = draws - 1 + policies
    inner, cross = curves.T @ curves, curves.T @ rest
    smooth = np.arange(1, _DEGREES + 1, dtype=np.float64) ** 2  # curves of higher degree are smaller
    evidence, fits = [np.log1p(-mattering) - freedom / 2.0 * np.linalg.slogdet(total)[1]], []
    for size in _SIZES:
        precision = inner + np.diag(smooth / size)
        mean = np.linalg.solve(precision, cross)
        left = total - cross.T @ mean
        volume = np.linalg.slogdet(precision)[1] + np.log(size / smooth).sum()
        evidence.append(
            np.log(mattering / len(_SIZES)) - policies / 2.0 * volume - freedom / 2.0 * np.linalg.slogdet(left)[1]
        )
        fits.append((precision, mean, left))
    weights = np.exp(np.array(evidence) - max(evidence))
    generator = np.random.default_rng([_SEED, number])
    chosen = generator.choice(len(weights), size=_SAMPLES, p=weights / weights.sum())
    worth = np.zeros(_SAMPLES)
    for which in np.unique(chosen[chosen > 0]):
        precision, mean, left = fits[which - 1]
        samples = np.flatnonzero(chosen == which)
        noise = _residual_roots(left, freedom, len(samples), generator)  # [sample, policy, policy]
        spread = np.linalg.inv(np.linalg.cholesky(precision)).T
        slopes = mean + spread @ generator.standard_normal((len(samples), _DEGREES, policies)) @ noise
        level = center + (generator.standard_normal((len(samples), 1, policies)) @ noise) / np.sqrt(draws)
        weights = None if stratified else generator.dirichlet(np.ones(draws), len(samples))
        worth[samples] = _worth(level + curves @ slopes, weights)
    tail = (1.0 - LEVEL) / 2.0
    low, middle, high = np.quantile(worth, [tail, 0.5, 1.0 - tail])
    return Interval(float(middle), float(low), float(high))


def _residual_roots(left: FloatArray, freedom: int, number: int, generator: np.random.Generator) -> FloatArray:
    """Roots of covariances of the residuals, drawn from their inverse Wishart distribution (Bartlett's decomposition)."""
    size = len(left)
    root = np.linalg.cholesky(np.linalg.inv(left))
    factors = np.zeros((number, size, size))
    rows, columns = np.tril_indices(size, -1)
    factors[:, rows, columns] = generator.standard_normal((number, len(rows)))
    degrees = freedom - np.arange(size)
    factors[:, np.arange(size), np.arange(size)] = np.sqrt(generator.chisquare(degrees, (number, size)))
    roots: FloatArray = np.linalg.inv(root @ factors).astype(np.float64)
    return roots


def _of_all(gains: FloatArray) -> Interval:
    """Value of knowing all parameters, with limits from resampling whole draws.

    Args:
        gains: [draw, replicate, policy].
    """
    if gains.shape[1] < 2:
        return MISSING  # chance cannot be told from parameters
    estimate = float(_worth(_without_chance(gains)))
    resampled = []
    for weights in resampling_weights(len(gains), _BOOTSTRAPS):
        rows = np.repeat(np.arange(len(gains)), weights.astype(np.int64))
        resampled.append(float(_worth(_without_chance(gains[rows]))))
    tail = (1.0 - LEVEL) / 2.0
    low, high = np.quantile(resampled, [tail, 1.0 - tail])
    return Interval(estimate, min(float(low), estimate), max(float(high), estimate))


def _without_chance(gains: FloatArray) -> FloatArray:
    """Gains of draws [draw, policy], pulled toward their mean until their covariance is that between draws alone."""
    means = gains.mean(axis=1)
    center = means.mean(axis=0)
    rest = means - center
    inside = gains - means[:, np.newaxis]
    draws, replicates, policies = gains.shape
    chance = np.einsum("drp,drq->pq", inside, inside) / (draws * (replicates - 1)) / replicates
    observed = rest.T @ rest / (draws - 1)
    values, vectors = np.linalg.eigh(observed + 1e-15 * np.eye(policies))
    white = vectors @ np.diag(np.maximum(values, 1e-15) ** -0.5)  # observed spread becomes 1 in all directions
    shares, axes = np.linalg.eigh(np.eye(policies) - white.T @ chance @ white)
    pull = axes @ np.diag(np.sqrt(np.clip(shares, 0.0, 1.0))) @ axes.T
    pulled: FloatArray = center + rest @ white @ pull @ np.linalg.pinv(white)
    return pulled


def describe_value_of_information(entry: Mapping[str, Any], currency: str, most: int = 3) -> list[str]:
    """What knowing is worth, in sentences; the entry is that of ``summary.json``."""

    def words(value: float | None) -> str:
        return format_money(value, currency)

    def line(what: str, found: Mapping[str, Any]) -> str:
        return f"Knowing {what} is worth {words(found['mean'])}{format_interval(found, words)} to this choice."

    lines = []
    if entry["all"]["mean"] is not None:
        lines.append(line("all of these parameters", entry["all"]))
    surely = [each for each in entry["parameters"] if each["low"] > 0.0]
    lines += [line(each["parameter"], each) for each in surely[:most]]
    if not surely:
        lines.append(
            "No single parameter is surely worth knowing first: none changes the choice by more than chance explains."
        )
    return lines
