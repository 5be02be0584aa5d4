"""Checks that can fail: does the model reach the history at all, do intervals hold what they say, does it foretell the last rows?

*Prior and posterior predictive checks* (Box 1980, Journal of the Royal Statistical Society A 143:383) are in
:mod:`sim.fitting.conflicts`, the hold-out in :mod:`sim.fitting.foretelling`. Here they come together with what is asked of the
posterior itself.

*Calibration* (Talts et al. 2018, arXiv:1804.06788). Ranks of the true values of known histories in their posteriors are even
if intervals hold what they say: rank curves within a band that holds at all places at once (Säilynoja, Bürkner & Vehtari
2022, Statistics and Computing 32:32), and coverage of the central 50, 80 and 95 %. Each half of the known histories is judged
after recalibration by the other half. The same histories give the log score: how much more density the posterior has at the
true value than the prior.

*Identified* is a parameter whose posterior differs from its prior by more than chance: by more than the posteriors of planted
parameters, whose values were dealt to the draws at random, in 99 of 100.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from sim.analysis.missing import or_none
from sim.fitting.conflicts import Conflict, Fans, Reach, find_conflicts, posterior_fans
from sim.fitting.foretelling import Holdout, foretell_last
from sim.fitting.posterior import (
    Basis,
    KnownFits,
    Posterior,
    adjust,
    leave_out,
    nearness,
    rank_curve,
    recalibrate,
)
from sim.fitting.summaries import in_one_thread
from sim.fitting.table import Observed, ReferenceTable
from sim.model.kernel.array_types import BoolArray, FloatArray

LEVELS = (0.5, 0.8, 0.95)
"""Central intervals whose coverage is checked."""

NOTICEABLE = 0.05
"""A parameter whose spread shrinks by less than this, and which hardly moves either, is one that the data cannot tell."""

MOVED = 0.1
"""What counts as moved: the largest difference between the distribution functions of posterior and prior."""

_PLANTED = 200
_SCORED = 200
_BANDS = 4_000


@dataclass(frozen=True)
class Calibration:
    """Whether intervals hold what they say, on histories of the table whose parameters are known.

    Attributes:
        ranks: (histories, parameters) of the true values in their posteriors, after recalibration by other histories.
        coverage: Level -> parameter -> share of histories in which the central interval holds the true value.
        band: Half-width of the band in which rank curves lie at once in 95 % of fits that hold what they say, in units of the
            pointwise standard deviation.
        outside: Parameters whose rank curve leaves the band.
        log_score: Parameter -> mean gain in log density over the prior, and its standard error.
        contraction: Parameter -> median contraction over these histories.
    """

    ranks: FloatArray
    coverage: Mapping[str, Mapping[str, float]]
    band: float
    outside: tuple[str, ...]
    log_score: Mapping[str, tuple[float, float]]
    contraction: Mapping[str, float]


@dataclass(frozen=True)
class Checks:
    """What came of the checks.

    Attributes:
        conflicts: What the model cannot reach.
        calibration: Whether intervals hold what they say.
        holdout: How well the last rows were foretold; ``None`` if none were held out.
        identified: Whether the data say anything about each parameter.
        contraction: By what share each parameter's standard deviation is smaller than before.
        correlations: (parameters, parameters) of the posterior.
        prior_sensitivity: Parameter -> its posterior median, and the medians if small or large values had been twice as
            plausible before.
        fans: What the model makes of the history's cells before and after the fit.
        surprise: How surprising the history is, all cells together, among histories of the model: a p-value.
    """

    conflicts: list[Conflict]
    calibration: Calibration
    holdout: Holdout | None
    identified: Mapping[str, bool]
    contraction: Mapping[str, float]
    correlations: FloatArray
    prior_sensitivity: Mapping[str, tuple[float, float, float]]
    fans: Fans
    surprise: float

    @property
    def coverage(self) -> Mapping[str, Mapping[str, float]]:
        """Level -> parameter -> share of known histories in which the central interval holds the true value."""
        return self.calibration.coverage

    def as_json(self) -> dict[str, Any]:
        """All of it as JSON."""
        calibration = self.calibration
        names = list(self.contraction)
        return {
            "coverage": {level: dict(shares) for level, shares in calibration.coverage.items()},
            "known_histories": len(calibration.ranks),
            "rank_curves_outside_band": list(calibration.outside),
            "log_score_gain": {
                name: {"mean": or_none(mean), "standard_error": or_none(error)}
                for name, (mean, error) in calibration.log_score.items()
            },
            "usual_contraction": {name: or_none(each) for name, each in calibration.contraction.items()},
            "correlations": {
                name: {other: or_none(value) for other, value in zip(names, row, strict=True)}
                for name, row in zip(names, self.correlations, strict=True)
            },
            "prior_sensitivity": {
                name: dict(zip(("median", "if_smaller", "if_larger"), map(or_none, medians), strict=True))
                for name, medians in self.prior_sensitivity.items()
            },
            "surprise": or_none(self.surprise),
            "holdout": None if self.holdout is None else self.holdout.as_json(),
        }


@in_one_thread
def check_fit(table: ReferenceTable, observed: Observed, posterior: Posterior, seed: int, hold_out: int) -> Checks:
    """Check a fit.

    Args:
        table: The reference table.
        observed: The history.
        posterior: What was fitted.
        seed: Of learning without the rows that are held out.
        hold_out: Last rows by which the fit is judged; none if 0.
    """
    names = table.priors.names
    basis = posterior.basis
    contraction = contractions(posterior.unit, posterior.weights)
    learned = identified(table, posterior, observed.values, contraction)
    conflicts, surprise = find_conflicts(observed, Reach.of(basis))
    return Checks(
        conflicts,
        calibrate(table, basis),
        foretell_last(table, observed, basis.simulated, seed, hold_out),
        dict(zip(names, map(bool, learned), strict=True)),
        dict(zip(names, map(float, contraction), strict=True)),
        correlations(posterior.unit, posterior.weights),
        prior_sensitivity(table, posterior),
        posterior_fans(observed, posterior),
        surprise,
    )


def contractions(unit: FloatArray, weights: FloatArray) -> FloatArray:
    """By what share the standard deviation of each parameter is smaller than that of its prior."""
    middle = weights @ unit
    spread = np.sqrt(np.maximum(weights @ unit**2 - middle**2, 0.0))
    return np.asarray(1.0 - spread * np.sqrt(12.0))


def correlations(unit: FloatArray, weights: FloatArray) -> FloatArray:
    """Weighted correlations of draws; 0 where a parameter does not vary."""
    away = unit - weights @ unit
    covariance = (away * weights[:, None]).T @ away
    spread = np.sqrt(np.maximum(np.diag(covariance), 1e-300))
    found: FloatArray = covariance / np.outer(spread, spread)
    return found


def distance_from_prior(unit: FloatArray, weights: FloatArray) -> FloatArray:
    """Largest difference between the distribution functions of each parameter's draws and of its prior (Kolmogorov)."""
    order = np.argsort(unit, axis=0, kind="stable")
    places = np.take_along_axis(unit, order, axis=0)
    above = np.cumsum(weights[order], axis=0)
    below = above - weights[order]
    return np.asarray(np.maximum(np.abs(above - places), np.abs(below - places)).max(axis=0))


def identified(table: ReferenceTable, posterior: Posterior, history: FloatArray, contraction: FloatArray) -> BoolArray:
    """Whether each parameter's posterior differs from its prior by more than those of planted parameters, and noticeably."""
    basis = posterior.basis
    moved = distance_from_prior(posterior.unit, posterior.weights)
    noticeable = (contraction >= NOTICEABLE) | (moved >= MOVED)
    if not basis.readable.any():
        return np.zeros(len(moved), dtype=np.bool_)
    rng = np.random.default_rng([len(table.unit), 20_020_412])
    planted = np.stack([rng.permutation(len(table.unit)) for _ in range(_PLANTED)], axis=1)
    values = (planted + 0.5) / len(table.unit)
    distance = basis.summaries.distance(history)[:, basis.readable]
    draws, weights = move_planted(values, distance)
    chance = float(np.quantile(distance_from_prior(draws, weights), 0.99))
    return np.asarray(basis.readable & noticeable & (moved > chance))


def move_planted(values: FloatArray, distance: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Planted parameters moved as the fitted ones are, by the summaries of these."""
    width = max(values.shape[1], distance.shape[1])
    padded = np.pad(distance, ((0, 0), (0, width - distance.shape[1])))
    everything = np.pad(values, ((0, 0), (0, width - values.shape[1])), constant_values=0.5)
    draws, weights, _ = adjust(everything, padded, np.ones(width, dtype=np.bool_))
    return draws[:, : values.shape[1]], weights


def prior_sensitivity(table: ReferenceTable, posterior: Posterior) -> dict[str, tuple[float, float, float]]:
    """Posterior medians as they are, and if the small or the large end of a prior range had been more plausible.

    Draws are weighted again by a prior density that falls to 0, or rises from 0, along the range of that parameter.
    """
    found = {}
    priors = table.priors
    for place, name in enumerate(priors.names):
        unit = posterior.unit[:, place]
        medians = []
        for tilt in (np.ones_like(unit), 1.0 - unit, unit):
            weights = posterior.weights * np.maximum(tilt, 1e-12)
            middle = float(np.quantile(unit, 0.5, weights=weights, method="inverted_cdf"))
            medians.append(float(priors.low[place] + middle * (priors.high[place] - priors.low[place])))
        found[name] = (medians[0], medians[1], medians[2])
    return found


def calibrate(table: ReferenceTable, basis: Basis) -> Calibration:
    """Check ranks, coverage and log score on the known histories."""
    names = table.priors.names
    known = basis.known
    odd = np.arange(len(known.rows)) % 2 == 1
    halves = {bool(half): _part(known, odd == half) for half in (False, True)}
    ranks = np.empty_like(known.ranks)
    for place in range(len(ranks)):
        others = halves[not odd[place]]
        near = nearness(others, known.places[place], basis.readable)
        for column in range(ranks.shape[1]):
            if basis.readable[column]:
                even, reached = rank_curve(others.ranks[:, column], near)
                ranks[place, column] = np.interp(known.ranks[place, column], even, reached)
            else:
                ranks[place, column] = known.ranks[place, column]
    gains, shrunk = [], []
    for place in range(min(_SCORED, len(ranks))):
        row = int(known.rows[place])
        draws, weights, _ = adjust(*leave_out(table.unit, basis.summaries, row), basis.readable)
        draws = recalibrate(draws, weights, halves[not odd[place]], known.places[place], basis.readable)
        gains.append(log_density(table.unit[row], draws, weights))
        shrunk.append(contractions(draws, weights))
    gain = np.array(gains)
    error = gain.std(axis=0) / np.sqrt(len(gain))
    inside = np.abs(ranks - 0.5)
    band, outside = judge_ranks(ranks)
    return Calibration(
        ranks,
        {
            f"{level:g}": dict(zip(names, map(float, (inside <= level / 2).mean(axis=0)), strict=True))
            for level in LEVELS
        },
        band,
        tuple(name for name, is_out in zip(names, outside, strict=True) if is_out),
        {name: (float(gain[:, at].mean()), float(error[at])) for at, name in enumerate(names)},
        dict(zip(names, map(float, np.median(shrunk, axis=0)), strict=True)),
    )


def _part(known: KnownFits, chosen: BoolArray) -> KnownFits:
    return replace(known, rows=known.rows[chosen], ranks=known.ranks[chosen], places=known.places[chosen])


def log_density(truth: FloatArray, draws: FloatArray, weights: FloatArray) -> FloatArray:
    """Log density of weighted draws in [0, 1] at the true values: a normal kernel, mirrored at both ends."""
    effective = 1.0 / (weights**2).sum()
    middle = weights @ draws
    spread = np.sqrt(np.maximum(weights @ (draws - middle) ** 2, 1e-12))
    width = np.maximum(0.9 * spread * effective**-0.2, 1e-4)
    density = np.zeros_like(truth)
    for image in (draws, -draws, 2.0 - draws):
        density += weights @ np.exp(-0.5 * ((truth - image) / width) ** 2)
    return np.asarray(np.log(np.maximum(density / (width * np.sqrt(2.0 * np.pi)), 1e-6)))


def judge_ranks(ranks: FloatArray) -> tuple[float, BoolArray]:
    """Half-width of the simultaneous band of rank curves, for all parameters together, and which of these leave it."""
    histories, parameters = ranks.shape
    band = band_width(histories, parameters)
    return band, np.array([largest_deviation(np.sort(ranks[:, column])) > band for column in range(parameters)])


def largest_deviation(ordered: FloatArray) -> float:
    """Largest difference of a rank curve from even ranks, in units of its standard deviation at that place."""
    places = np.linspace(0.01, 0.99, 99)
    reached = np.searchsorted(ordered, places, side="right") / len(ordered)
    return float(np.max(np.abs(reached - places) / np.sqrt(places * (1.0 - places) / len(ordered))))


@lru_cache(maxsize=16)
def band_width(histories: int, parameters: int, level: float = 0.95) -> float:
    """Half-width that all of so many rank curves keep within, with this probability, if all intervals hold what they say.

    Worked out by simulation (Säilynoja, Bürkner & Vehtari 2022, section 2.3).
    """
    rng = np.random.default_rng([histories, 20_220_201])
    largest = [largest_deviation(np.sort(rng.random(histories))) for _ in range(_BANDS)]
    return float(np.quantile(largest, level ** (1.0 / parameters)))
