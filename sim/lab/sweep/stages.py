"""How many replicates a point gets: a fixed number, or until an interval is narrow enough.

Whether to go on is decided at fixed numbers of replicates, from the values of exactly those replicates. So the decision
does not depend on which worker was fast, and a sweep that was interrupted decides like one that was not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from sim.analysis.intervals import mean_limits
from sim.lab.sweep.experiment import Experiment, Until
from sim.model.kernel.array_types import FloatArray

Values = Callable[[str, int], FloatArray]
"""An outcome and a number of replicates -> its values, shape (points, replicates); NaN is missing."""


@dataclass(frozen=True, slots=True)
class Stage:
    """Replicates that are run before the next decision.

    Attributes:
        first, last: The first replicate, and the one after the last.
    """

    first: int
    last: int


def stage_edges(replicates: int | Until) -> list[int]:
    """Numbers of replicates at which a stage ends."""
    return [replicates] if isinstance(replicates, int) else [*replicates.check_at, replicates.most]


@dataclass
class Stages:
    """The stages of a sweep, one after the other.

    Attributes:
        experiment: What is run.
        active: Whether each point still needs replicates.
        stopped: Why points have stopped: ``narrow``, ``undefined`` (no value at all), ``max``, ``budget``.
    """

    experiment: Experiment
    active: NDArray[np.bool_]
    stopped: Counter[str] = field(default_factory=Counter)

    def list_stages(self) -> list[Stage]:
        """All stages there may be."""
        return [Stage(first, last) for first, last in pairwise([0, *stage_edges(self.experiment.replicates)])]

    def open(self, stage: Stage, runs: int, values: Values) -> bool:
        """Decide which points go on into a stage; return whether there are any.

        Args:
            stage: The stage to come.
            runs: Runs of all earlier stages.
            values: Where outcomes come from.
        """
        until = self.experiment.replicates
        if isinstance(until, Until) and stage.first > 0:
            self._stop_points(until, stage.first, values(until.metric, stage.first))
        number = int(self.active.sum())
        budget = self.experiment.budget
        if number and budget is not None and runs + number * (stage.last - stage.first) > budget:
            self._stop("budget", self.active.copy())
            return False
        return number > 0

    def close(self) -> dict[str, int] | None:
        """Why points have stopped, after the last stage; ``None`` if the number of replicates was fixed."""
        if isinstance(self.experiment.replicates, int):
            return None
        self._stop("max", self.active.copy())
        return {reason: self.stopped[reason] for reason in ("narrow", "undefined", "max", "budget")}

    def _stop_points(self, until: Until, replicates: int, values: FloatArray) -> None:
        """Stop points whose interval is narrow enough, and those that have no value at all."""
        assert values.shape[1] == replicates
        _, low, high = mean_limits(values)
        with np.errstate(invalid="ignore"):
            self._stop("narrow", self.active & ((high - low) / 2.0 <= until.half_width))
        self._stop("undefined", self.active & ~np.isfinite(values).any(axis=1))

    def _stop(self, reason: str, points: NDArray[np.bool_]) -> None:
        self.stopped[reason] += int(points.sum())
        self.active &= ~points
