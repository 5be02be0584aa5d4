"""What the page of a fit is made from: plain numbers and words, whatever made them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sim.model.kernel.array_types import FloatArray


@dataclass(frozen=True)
class FittedParameter:
    """A parameter before and after.

    Attributes:
        name, meaning, unit: As ``centricity list parameters`` has them.
        low, high: Ends of its plausible range.
        draws, weights: Of its posterior.
        mean, least, most: Posterior mean and 95 % interval.
        contraction: By what share its standard deviation is smaller than before.
        identified: Whether the data say anything about it.
        ranks: Of the true values of known histories in their posteriors, sorted.
        inside_band: Whether their curve stays within the band.
        coverage: Shares of known histories in which the central intervals hold the true value.
        log_score: Gain in log density over the prior, and its standard error.
        if_smaller, if_larger: Posterior medians if the small, or the large, end had been more plausible before.
    """

    name: str
    meaning: str
    unit: str
    low: float
    high: float
    draws: FloatArray
    weights: FloatArray
    mean: float
    least: float
    most: float
    contraction: float
    identified: bool
    ranks: FloatArray
    inside_band: bool
    coverage: Mapping[str, float]
    log_score: tuple[float, float]
    if_smaller: float
    if_larger: float


@dataclass(frozen=True)
class FitContent:
    """Everything that the page shows.

    Attributes:
        scenario, policy, history: What was fitted, what was done, and the file with the history.
        draws, seed, command: How.
        parameters: Those that were fitted.
        integrated: How many more were drawn and not fitted.
        columns, rows: Of the history.
        bounded: Whether each column is between 0 and 1.
        observed: (rows, columns); NaN where missing.
        shares: Quantiles of the fans.
        prior_fans, posterior_fans: (quantiles, rows, columns).
        conflicts: Sentences about what the model cannot reach.
        surprise: P-value of all cells together.
        correlations: (parameters, parameters).
        band: Half-width of the band of rank curves, in pointwise standard deviations.
        holdout: What came of the hold-out, in a sentence; empty if nothing was held out.
        holdout_usual: What is usual in histories of the model, in a sentence.
        holdout_better: Whether the model foretold better than "as in the row before".
        holdout_scores: Column, score of the model, score of the other.
        holdout_fan: (3, rows held out, columns): median and 80 % interval of what was foretold.
        next_steps: What to collect next, in sentences.
        warnings: What was assumed.
    """

    scenario: str
    policy: str
    history: str
    draws: int
    seed: int
    command: str
    parameters: Sequence[FittedParameter]
    integrated: int
    columns: Sequence[str]
    rows: Sequence[str]
    bounded: Sequence[bool]
    observed: FloatArray
    shares: Sequence[float]
    prior_fans: FloatArray
    posterior_fans: FloatArray
    conflicts: Sequence[str]
    surprise: float
    correlations: FloatArray
    band: float
    holdout: str = ""
    holdout_usual: str = ""
    holdout_better: bool = True
    holdout_scores: Sequence[tuple[str, float, float]] = ()
    holdout_fan: FloatArray | None = None
    next_steps: Sequence[str] = ()
    warnings: Sequence[str] = field(default=())

    @property
    def learned(self) -> list[FittedParameter]:
        """Parameters that the data say something about, the most first."""
        return sorted((each for each in self.parameters if each.identified), key=lambda each: -each.contraction)

    @property
    def silent(self) -> list[FittedParameter]:
        """Parameters that the data say nothing about."""
        return [each for each in self.parameters if not each.identified]

    @property
    def tied(self) -> list[tuple[str, str, float]]:
        """Pairs whose draws are so correlated that one cannot be told from the other."""
        names = [each.name for each in self.parameters]
        return [
            (names[first], names[second], float(self.correlations[first, second]))
            for first in range(len(names))
            for second in range(first + 1, len(names))
            if abs(self.correlations[first, second]) >= 0.8
        ]
