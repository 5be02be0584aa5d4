"""Luck apart from not knowing: how much of what may happen more replicates could never tell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.analysis.missing import FloatArray, mean_where_known


@dataclass(frozen=True, slots=True)
class Parts:
    """What the spread of an outcome is made of, as standard deviations; NaN where nobody can tell.

    Attributes:
        luck: Between runs that differ by their seed alone.
        not_knowing: Between settings of the parameters, luck taken off.
        share: Part of the whole variance that is not knowing.
        settings: Number of settings.
    """

    luck: float
    not_knowing: float
    share: float
    settings: int


def take_apart(values: FloatArray) -> Parts:
    """Components of variance by the analysis of variance of one factor (Searle et al. 1992).

    The mean of few replicates still holds some luck, so its share is taken off what differs between settings.

    Args:
        values: [setting, replicate]; NaN is missing, and a setting without two values does not count.
    """
    whole = values[np.isfinite(values).sum(axis=1) >= 2]
    if len(whole) < 2:
        return Parts(np.nan, np.nan, np.nan, len(whole))
    number = np.isfinite(whole).sum(axis=1)
    means = mean_where_known(whole, axis=1)
    squares = np.nansum((whole - means[:, np.newaxis]) ** 2, axis=1)
    within = float(squares.sum() / (number - 1).sum())
    between = max(float(means.var(ddof=1)) - within * float((1.0 / number).mean()), 0.0)
    total = within + between
    return Parts(within**0.5, between**0.5, between / total if total > 0.0 else np.nan, len(whole))
