"""Results of one run. In a file of its own: the modules that run the model import slowly, and readers of results need none."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.model.kernel.array_types import FloatArray
from sim.model.outcomes.weekly import OUTCOME_NAMES

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Run:
    """The results of one run.

    Attributes:
        first: Number of the first week in it.
        values: Outcomes by week, shape (weeks, outcomes).
        choices: Choice of each seat in each week, shape (weeks, seats); -1 for a vacant seat.
        sponsorship_start: First week with any resource, or ``None``.
        sponsorship_end: First week in which no resource was in force any more, or ``None`` (never began, or still running).
        permanent: Whether resources were still in force in the last week.
        outcomes: Names of the outcomes, including those of extensions.
    """

    first: int
    values: FloatArray
    choices: NDArray[np.int8]
    sponsorship_start: int | None
    sponsorship_end: int | None
    permanent: bool
    outcomes: tuple[str, ...] = OUTCOME_NAMES

    @cached_property
    def weekly(self) -> pd.DataFrame:
        """One row a week after the burn-in: ``week`` and every outcome."""
        import pandas as pd  # takes a third of a second, which workers do not need

        weekly = pd.DataFrame(self.values, columns=list(self.outcomes))
        weekly.insert(0, "week", np.arange(self.first, self.first + len(self.values)))
        return weekly
