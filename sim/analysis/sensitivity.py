"""Which factors matter: Sobol' indices and Morris' elementary effects with intervals, also if values are missing.

Replicates share their random numbers across rows, so two rows are compared over the replicates that both have.
Values without a partner are left out and counted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from importlib import import_module
from typing import Any

import numpy as np
import pandas as pd

from sim.analysis.intervals import BOOTSTRAP_SAMPLES, BOOTSTRAP_SEED, percentile_limits, resampling_weights
from sim.analysis.missing import BoolArray, FloatArray, mean_where_known
from sim.analysis.sweeps import ResultKey, Sweep

LEAST_BLOCKS = 8
"""With fewer base blocks or trajectories than this nothing is estimated."""

_MOST_DRAWS = 2_000_000
"""Largest number of values that one bootstrap draws: the more is resampled, the fewer samples are taken."""


class MissingExtraError(ImportError):
    """Raised if a package of the extra ``lab`` is not installed."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"Sobol' indices need {name}, which is not installed. Install the extra lab: pip install 'centricity[lab]'."
        )


def require_salib() -> Callable[..., Any]:
    """SALib's estimator of Sobol' indices.

    Raises:
        MissingExtraError: If SALib is not installed.
    """
    try:
        analyze: Callable[..., Any] = import_module("SALib.analyze.sobol").analyze
    except ImportError as error:
        raise MissingExtraError("SALib") from error
    return analyze


@dataclass(frozen=True)
class Sobol:
    """Sobol' indices of one outcome.

    Attributes:
        table: One row a factor: ``factor, first, first_low, first_high, total, total_low, total_high``; empty when
            there are none, and ``reason`` says why.
        pairs: One row a pair of factors: ``factor, other, second, second_low, second_high``.
        blocks, dropped: Base blocks that are used, and those left out because one of their rows has no value.
        empty: Base blocks that have no value at all: not run yet, or all failed.
        partial: Blocks in which some replicates were left out because not all rows have them.
        noise: Share of the variance among rows that is chance, because there are too few replicates to average it away.
        reason: Why there are no indices; empty where there are.
    """

    table: pd.DataFrame
    pairs: pd.DataFrame
    blocks: int
    dropped: int
    empty: int
    partial: int
    noise: float = float("nan")
    reason: str = ""


@dataclass(frozen=True)
class Morris:
    """Elementary effects of one outcome, per whole range of a factor.

    Attributes:
        table: One row a factor: ``factor, mu_star, mu, sigma``, each with ``_low`` and ``_high``, ``effects`` (their
            number) and ``floor`` (the mu* of a factor without effect, by chance alone; NaN if not known).
        trajectories: Trajectories with any effect.
        dropped: Effects left out because one of their rows has no value.
        partial: Effects of which some replicates were left out.
        reason: Why there are no effects; empty where there are.
    """

    table: pd.DataFrame
    trajectories: int
    dropped: int
    partial: int
    reason: str = ""


def samples_for(number: int) -> int:
    """How many bootstrap samples of ``number`` things are drawn."""
    return int(np.clip(_MOST_DRAWS // max(number, 1), 200, BOOTSTRAP_SAMPLES))


def constant(values: FloatArray) -> bool:
    """Whether all known values are equal but for rounding, so that there is no variance to divide."""
    known = values[np.isfinite(values)]
    if known.size == 0:
        return False
    return bool(np.ptp(known) <= 1e-12 * max(float(np.abs(known).max()), 1e-300))


def same_everywhere(values: FloatArray) -> str:
    """The reason that a constant outcome has no indices."""
    value = float(values[np.isfinite(values)][0])
    return f"the outcome is {value:.6g} in every row: nothing varies, so there is nothing to attribute"


def sobol_indices(values: FloatArray, names: Sequence[str], second_order: bool = False) -> Sobol:
    """First-order and total Sobol' indices (Saltelli et al. 2010, as SALib estimates them) with bootstrap intervals.

    The first-order index of a factor is the share of the outcome's variance that would disappear if the factor were
    known. The total index is the share that would remain if all other factors were known (Sobol' 2001). A base block
    counts only if it is complete; it is averaged over the replicates that all of its rows have. The intervals resample
    blocks.

    Args:
        values: [row, replicate] in the order of SALib's samples; NaN is missing.
        names: Factors, in the order of the columns that were sampled.
        second_order: Whether the rows for pairs of factors are among them.
    """
    number = len(names)
    step = 2 * number + 2 if second_order else number + 2
    blocks = values[: len(values) // step * step].reshape(-1, step, values.shape[1])
    complete = np.asarray(np.isfinite(blocks).all(axis=1))
    kept = np.asarray(complete.any(axis=1))
    begun = np.asarray(np.isfinite(blocks).any(axis=1))
    partly = (begun & ~complete).any(axis=1)
    counts: dict[str, Any] = {
        "blocks": int(kept.sum()),
        "dropped": int((~kept & begun.any(axis=1)).sum()),
        "empty": int((~begun.any(axis=1)).sum()),
        "partial": int((kept & partly).sum()),
    }
    none = partial(Sobol, pd.DataFrame(), pd.DataFrame(), **counts)
    if counts["blocks"] < LEAST_BLOCKS:
        return none(reason=f"{counts['blocks']} whole base blocks are too few, at least {LEAST_BLOCKS} are needed")
    blocks, complete = blocks[kept], complete[kept]
    if constant(blocks[:, [0, -1]]):
        return none(reason=same_everywhere(blocks))
    if counts["partial"]:  # all blocks must use the same replicates, because some replicates are high in all rows
        blocks = blocks - mean_where_known(blocks.reshape(-1, blocks.shape[2]), axis=0)
    outputs = mean_where_known(blocks, among=np.broadcast_to(complete[:, np.newaxis, :], blocks.shape))
    base = outputs[:, [0, -1]]
    if float(np.ptp(base)) <= 1e-12 * float(np.nanmax(np.abs(values))):
        return none(reason="the outcome differs between replicates, and not at all between rows")
    table, pairs = _estimate(outputs, names, second_order)
    return Sobol(table, pairs, **counts, noise=_noise(blocks, complete) / float(np.var(base)))


def _estimate(outputs: FloatArray, names: Sequence[str], second_order: bool) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Indices of whole blocks [block, row], single and in pairs."""
    analyze = require_salib()
    number, blocks = len(names), len(outputs)
    samples = min(1000, samples_for(blocks))
    first_order = np.delete(outputs, range(number + 1, 2 * number + 1), axis=1) if second_order else outputs
    problem = {"num_vars": number, "names": list(names), "bounds": [[0.0, 1.0]] * number}
    options = {"seed": BOOTSTRAP_SEED, "conf_level": 0.95}
    found = analyze(
        problem, first_order.ravel(), calc_second_order=False, num_resamples=samples, keep_resamples=True, **options
    )
    columns: dict[str, list[Any]] = {"factor": list(names)}
    for name, key in (("first", "S1"), ("total", "ST")):
        limits = [percentile_limits(found[f"{key}_conf_all"][:, column], blocks) for column in range(number)]
        columns[name] = [float(value) for value in found[key]]
        columns[f"{name}_low"] = [min(low, value) for (low, _), value in zip(limits, columns[name], strict=True)]
        columns[f"{name}_high"] = [max(high, value) for (_, high), value in zip(limits, columns[name], strict=True)]
    if not second_order:
        return pd.DataFrame(columns), pd.DataFrame()
    both = analyze(problem, outputs.ravel(), calc_second_order=True, num_resamples=min(samples, 200), **options)
    pairs = []
    for one in range(number):
        for other in range(one + 1, number):
            value, width = float(both["S2"][one, other]), float(both["S2_conf"][one, other])
            pairs.append((names[one], names[other], value, value - width, value + width))
    return pd.DataFrame(columns), pd.DataFrame(
        pairs, columns=["factor", "other", "second", "second_low", "second_high"]
    )


def _noise(blocks: FloatArray, complete: BoolArray) -> float:
    """Variance of a row's mean that is chance: what remains within blocks after the means of rows and of replicates.

    Shared random numbers move all rows of a replicate together. That part moves no row against another and is removed.
    """
    found = []
    for rows, whole in zip(blocks, complete, strict=True):
        part = rows[:, whole]
        if part.shape[1] > 1:
            left = part - part.mean(axis=1, keepdims=True) - part.mean(axis=0) + part.mean()
            freedom = (part.shape[0] - 1) * (part.shape[1] - 1)
            found.append(float((left**2).sum()) / freedom / part.shape[1])
    return float(np.mean(found)) if found else float("nan")


def morris_effects(positions: FloatArray, values: FloatArray, names: Sequence[str]) -> Morris:
    """Elementary effects (Morris 1991) and their mean size mu* (Campolongo et al. 2007) with bootstrap intervals.

    An effect is the change of the outcome over one step, scaled to the whole range of the factor. It is a mean over the
    replicates that both ends have. mu* says how much a factor matters, mu in which direction, and sigma how much the
    effect depends on the other factors or on the factor's own level. Estimates equal SALib's where nothing is missing.
    Here an effect is lost only if one of its own two rows is, and sigma has an interval too. The intervals resample
    trajectories.

    Args:
        positions: [row, factor] in the unit cube, trajectory by trajectory.
        values: [row, replicate]; NaN is missing.
        names: Factors, in the order of the columns.
    """
    number = len(names)
    step = number + 1
    whole = len(positions) // step * step
    moves = np.diff(positions[:whole].reshape(-1, step, number), axis=1)
    outcomes = values[:whole].reshape(-1, step, values.shape[1])
    which = np.abs(moves).argmax(axis=2)
    size = np.take_along_axis(moves, which[:, :, np.newaxis], axis=2)[:, :, 0]
    made = np.abs(size) > 1e-9
    slopes = np.diff(outcomes, axis=1) / np.where(made, size, np.nan)[:, :, np.newaxis]
    effects, errors = np.full((2, len(moves), number), np.nan)
    step_of = (np.nonzero(made)[0], which[made])
    effects[step_of] = mean_where_known(slopes)[made]
    errors[step_of] = _standard_error(slopes)[made]
    known = np.isfinite(outcomes)
    counts: dict[str, Any] = {
        "trajectories": int(np.isfinite(effects).any(axis=1).sum()),
        "dropped": int((made & ~np.isfinite(mean_where_known(slopes))).sum()),
        "partial": int((made & np.isfinite(slopes).any(axis=2) & (known[:, 1:] != known[:, :-1]).any(axis=2)).sum()),
    }
    if counts["trajectories"] < 2:
        reason = f"effects of {counts['trajectories']} trajectories are too few, at least 2 are needed"
        return Morris(pd.DataFrame(), **counts, reason=reason)
    if constant(values):
        return Morris(pd.DataFrame(), **counts, reason=same_everywhere(values))
    if not np.nan_to_num(effects).any():
        return Morris(pd.DataFrame(), **counts, reason="no step of any factor changes the outcome at all")
    return Morris(_effect_table(effects, errors, names), **counts)


def _standard_error(slopes: FloatArray) -> FloatArray:
    """Standard error of a mean over replicates; NaN where fewer than two are known."""
    number = np.isfinite(slopes).sum(axis=-1)
    squares = mean_where_known((slopes - mean_where_known(slopes)[..., np.newaxis]) ** 2)
    variance: FloatArray = np.divide(squares, number - 1, out=np.full(squares.shape, np.nan), where=number > 1)
    return np.sqrt(variance)


def _effect_table(effects: FloatArray, errors: FloatArray, names: Sequence[str]) -> pd.DataFrame:
    """Statistics of [trajectory, factor] effects."""
    known = np.isfinite(effects)
    filled = np.where(known, effects, 0.0)
    weights = resampling_weights(len(effects), samples_for(len(effects)))
    number = np.einsum("bt,tf->bf", weights, known.astype(np.float64))

    def resampled(values: FloatArray) -> FloatArray:
        total = np.einsum("bt,tf->bf", weights, values)
        mean: FloatArray = np.divide(total, number, out=np.full(total.shape, np.nan), where=number > 0)
        return mean

    count = known.sum(axis=0)
    widen = np.divide(count, count - 1, out=np.full(len(names), np.nan), where=count > 1)
    mean = mean_where_known(effects, axis=0)
    squares = mean_where_known((effects - mean) ** 2, axis=0)
    centered = np.where(known, effects - mean, 0.0)
    spread = np.maximum(resampled(centered**2) - resampled(centered) ** 2, 0.0)
    statistics = {
        "mu_star": (mean_where_known(np.abs(effects), axis=0), resampled(np.abs(filled))),
        "mu": (mean, resampled(filled)),
        "sigma": (np.sqrt(squares * widen), np.sqrt(spread * widen)),
    }
    columns: dict[str, Any] = {"factor": list(names)}
    for name, (estimate, draws) in statistics.items():
        limits = [percentile_limits(draws[:, column], int(count[column])) for column in range(len(names))]
        columns[name] = estimate
        columns[f"{name}_low"] = [low for low, _ in limits]
        columns[f"{name}_high"] = [high for _, high in limits]
    columns["effects"] = count
    # mean of |N(0, s)| is s times the root of 2/pi
    columns["floor"] = np.sqrt(mean_where_known(errors**2, axis=0) * 2.0 / np.pi)
    return pd.DataFrame(columns)


def sobol_by_policy(sweep: Sweep, outcome: str) -> list[tuple[ResultKey, Sobol]]:
    """Sobol' indices of every Sobol' design, policy and future; levers appear only for the policies that they change."""
    found = []
    for design, key, values in sweep.results_by_policy(outcome, "sobol"):
        result = sobol_indices(values, design.over, design.second_order)
        found.append((key, replace(result, table=_keep_factors_concerning(result.table, sweep, key.policy))))
    return found


def morris_by_policy(sweep: Sweep, outcome: str) -> list[tuple[ResultKey, Morris]]:
    """Elementary effects of every Morris design, policy and future; levers appear only for the policies that they change."""
    found = []
    for design, key, values in sweep.results_by_policy(outcome, "morris"):
        result = morris_effects(sweep.positions[design.name], values, design.over)
        found.append((key, replace(result, table=_keep_factors_concerning(result.table, sweep, key.policy))))
    return found


def _keep_factors_concerning(table: pd.DataFrame, sweep: Sweep, policy: str) -> pd.DataFrame:
    """Rows of factors that can change a policy at all."""
    if table.empty:
        return table
    return table[[sweep.factors[name].concerns(policy) for name in table["factor"]]].reset_index(drop=True)
