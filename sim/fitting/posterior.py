"""The posterior: what is still plausible once a history has been seen, by regression-adjusted approximate Bayesian computation.

Draws of the reference table are weighted by how close the summaries of their histories are to those of the observed one
(Epanechnikov's kernel), and are then moved along a local linear regression to where they would be at the observed summaries
(Beaumont, Zhang & Balding 2002, Genetics 162:2025), with residuals scaled by a second regression, of their logarithm (Blum &
François 2010, Statistics and Computing 20:63). All that happens on the logit of the position in the prior range, so that no
draw leaves it. Slopes are shrunk by the share of them that may be chance (James & Stein 1961), so that a parameter of which the
history says nothing keeps its prior.

What comes out is then made to hold what it says (Rodrigues, Prangle & Sisson 2018, Computational Statistics & Data Analysis
126:53): the same is done for histories of the table whose parameters are known, and the ranks that the true values have in
their posteriors say where intervals are too narrow or too wide. Each parameter's draws are moved by that, in their order, so
that what parameters have to do with one another stays.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit

from sim.fitting.summaries import Summaries, in_one_thread, learn_summaries
from sim.fitting.table import Observed, ReferenceTable
from sim.model.kernel.array_types import BoolArray, FloatArray, IntArray

NEAREST = 0.5
"""Share of the draws that get a weight: those whose histories are nearest to the observed one."""

KNOWN_HISTORIES = 1_000
"""Histories of the table that are fitted to learn how far intervals hold what they say."""

EVIDENCE = 3.0
"""A parameter is read from histories if that predicts it better than not reading them, by so many standard errors."""

_EDGE = 1e-4
"""Positions are kept this far from the ends of the prior range before their logit is taken."""

_EVEN = 50.0
"""Weight, in known histories, of the expectation that intervals hold what they say."""


@dataclass(frozen=True)
class KnownFits:
    """Fits of histories whose parameters are known.

    Attributes:
        rows: (histories,) the draws of the table that they are.
        ranks: (histories, parameters) the share of its posterior that lies below the true value.
        places: (histories, parameters) their summaries.
    """

    rows: IntArray
    ranks: FloatArray
    places: FloatArray


@dataclass(frozen=True)
class Basis:
    """What a posterior was made from.

    Attributes:
        simulated: (draws, rows, columns) histories of the table with sampling error.
        summaries: Of these.
        readable: (parameters,) whether histories like this one say anything about each.
        known: Fits of histories of the table.
    """

    simulated: FloatArray
    summaries: Summaries
    readable: BoolArray
    known: KnownFits


@dataclass(frozen=True)
class Posterior:
    """Draws of the parameters, given the history.

    Attributes:
        unit: (kept, parameters) positions in the prior ranges, 0 to 1.
        weights: (kept,) of the draws; they sum to 1.
        predicted_rows: (kept,) the draws of the table that they were moved from.
        basis: What it was made from.
    """

    unit: FloatArray
    weights: FloatArray
    predicted_rows: IntArray
    basis: Basis


@in_one_thread
def fit_posterior(
    table: ReferenceTable, simulated: FloatArray, observed: Observed, seed: int, networks: bool = True
) -> Posterior:
    """The posterior of the parameters, given a history.

    Args:
        table: The reference table.
        simulated: (draws, rows, columns) its histories with the sampling error of the observed one.
        observed: The history.
        seed: Of learning.
        networks: Whether summaries may use networks, too.

    Raises:
        ScenarioError: If scikit-learn is not installed.
    """
    summaries = learn_summaries(table, simulated, observed, seed, networks=networks)
    readable = summaries.evidence > EVIDENCE
    known = fit_known(table.unit, summaries, readable, KNOWN_HISTORIES)
    return posterior_of(table, Basis(simulated, summaries, readable, known), observed.values)


def posterior_of(table: ReferenceTable, basis: Basis, history: FloatArray) -> Posterior:
    """Posterior of any history (rows, columns) with the cells of the observed one."""
    draws, weights, rows = adjust(table.unit, basis.summaries.distance(history), basis.readable)
    place = basis.summaries.of(history).mean(axis=0)
    return Posterior(recalibrate(draws, weights, basis.known, place, basis.readable), weights, rows, basis)


def fit_known(unit: FloatArray, summaries: Summaries, readable: BoolArray, most: int) -> KnownFits:
    """Fit histories of the table as if they were observed, each with all other draws of the table."""
    rows = spread_rows(len(unit), most)
    ranks = np.empty((len(rows), unit.shape[1]))
    for place, row in enumerate(rows):
        draws, weights, _ = adjust(*leave_out(unit, summaries, int(row)), readable)
        ranks[place] = rank_of(unit[row], draws, weights)
    return KnownFits(rows, ranks, summaries.simulated[rows])


def spread_rows(draws: int, most: int) -> IntArray:
    """At most so many rows of a table, picked at random: every fourth of Sobol' points would lie in one part of a range."""
    return np.sort(np.random.default_rng([draws, 20_180_501]).permutation(draws)[:most])


def leave_out(values: FloatArray, summaries: Summaries, row: int) -> tuple[FloatArray, FloatArray]:
    """Values of the other draws of a table, and how far their summaries are from those of a row's history."""
    others = np.arange(len(values)) != row
    return values[others], summaries.distance_between(row)[others]


def rank_of(truth: FloatArray, draws: FloatArray, weights: FloatArray) -> FloatArray:
    """Share of weighted draws below the true values (parameters,)."""
    return np.asarray(weights @ (draws < truth))


def adjust(
    unit: FloatArray, distance: FloatArray, readable: BoolArray, nearest: float = NEAREST
) -> tuple[FloatArray, FloatArray, IntArray]:
    """Draws moved to where they would be at the observed summaries: positions, weights, rows.

    Args:
        unit: (draws, parameters) positions in the prior ranges.
        distance: (draws, parameters) summaries of each draw's history less those of the observed one.
        readable: (parameters,) whether histories say anything about each; the others count for nothing and stay.
        nearest: Share of the draws that get a weight.
    """
    if not readable.any():
        return unit, np.full(len(unit), 1.0 / len(unit)), np.arange(len(unit))
    weights = kernel_weights(distance[:, readable], nearest)
    rows = np.flatnonzero(weights)
    weights = weights[rows] / weights[rows].sum()
    near, moved = distance[np.ix_(rows, readable)], unit[rows]
    moved[:, readable] = expit(move(logit(np.clip(moved[:, readable], _EDGE, 1.0 - _EDGE)), near, weights))
    return moved, weights, rows


def move(values: FloatArray, near: FloatArray, weights: FloatArray) -> FloatArray:
    """Values (draws, any) moved to distance 0 by local linear regressions of their level and of their spread."""
    level, slope = regress(values, near, weights)
    rest = values - level - near @ slope
    _, wider = regress(np.log(rest**2 + 1e-3 * (weights @ rest**2) + 1e-300), near, weights)
    return np.asarray(level + rest * np.exp(-0.5 * np.clip(near @ wider, -3.0, 3.0)))


def kernel_weights(distance: FloatArray, nearest: float) -> FloatArray:
    """Epanechnikov's kernel of distances, as wide as the share of draws that is to have a weight."""
    squared = (distance**2).sum(axis=1)
    width = float(np.quantile(squared, nearest)) if nearest < 1.0 else 2.0 * float(squared.max())
    if width <= 0.0:
        return np.ones(len(squared))
    return np.asarray(np.maximum(1.0 - squared / width, 0.0))


def regress(values: FloatArray, near: FloatArray, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Weighted regression of values on distances: level at distance 0, and slopes shrunk by their share of chance."""
    number = near.shape[1]
    middle, level = weights @ near, weights @ values
    centered, rest = near - middle, values - level
    weighted = centered * weights[:, None]
    inner = weighted.T @ centered
    inner = inner + (1e-6 * np.trace(inner) / number + 1e-12) * np.eye(number)
    cross = weighted.T @ rest
    slope = np.linalg.solve(inner, cross)
    explained = np.maximum((cross * slope).sum(axis=0), 1e-300)
    left = np.maximum(weights @ rest**2 - explained, 0.0)
    chance = left * number / max(1.0 / float((weights**2).sum()) - number - 1.0, 1.0)
    slope = slope * np.clip(1.0 - chance / explained, 0.0, 1.0)
    return level - middle @ slope, slope


def recalibrate(
    draws: FloatArray, weights: FloatArray, known: KnownFits, place: FloatArray, readable: BoolArray
) -> FloatArray:
    """Draws moved, parameter by parameter and in their order, so that intervals hold what they say near a place.

    Args:
        draws, weights: A posterior as it came out of :func:`adjust`.
        known: Fits of known histories.
        place: (parameters,) summaries of the history.
        readable: Parameters that histories say something about; the others stay as they are.
    """
    near = nearness(known, place, readable)
    moved = draws.copy()
    for column in np.flatnonzero(readable):
        order = np.argsort(draws[:, column], kind="stable")
        share = np.cumsum(weights[order]) - 0.5 * weights[order]
        ranks, reached = rank_curve(known.ranks[:, column], near)
        wanted = np.interp(share, reached, ranks)  # the rank below which so many true values lie
        values = logit(np.clip(draws[order, column], _EDGE, 1.0 - _EDGE))
        low, high = np.interp([0.1, 0.9], share, values)  # beyond the last draw the tail goes on half as far again
        values = np.concatenate([[1.5 * values[0] - 0.5 * low], values, [1.5 * values[-1] - 0.5 * high]])
        moved[order, column] = expit(np.interp(wanted, np.concatenate([[0.0], share, [1.0]]), values))
    return moved


def nearness(known: KnownFits, place: FloatArray, readable: BoolArray) -> FloatArray:
    """Weights of known histories, those near a place first; they sum to their number."""
    weights = kernel_weights((known.places - place)[:, readable], NEAREST)
    return np.asarray(weights * len(weights) / weights.sum())


def rank_curve(ranks: FloatArray, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Ranks, and the share of true values at or below each, pulled toward even ranks by the weight of a few histories."""
    order = np.argsort(ranks, kind="stable")
    effective = float(weights.sum() ** 2 / (weights**2).sum())
    reached = (np.cumsum(weights[order]) - 0.5 * weights[order]) / weights.sum()
    ordered = ranks[order]
    pulled = (effective * reached + _EVEN * ordered) / (effective + _EVEN)
    return np.concatenate([[0.0], ordered, [1.0]]), np.concatenate([[0.0], pulled, [1.0]])
