"""Cells: where programs meet. Each is one organization, in one future, with one draw of what nobody knows.

All programs meet in the same cells (common random numbers), so that what separates them is the program. Cells of the search and
fresh ones have other seeds and other draws.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from sim.lab.latin_hypercube import latin_hypercube
from sim.lab.plausible import value_at
from sim.lab.switching import with_values
from sim.lab.task import FunctionPath, replicate_seed
from sim.model.policies.policy import Policy
from sim.model.scenario import Scenario

if TYPE_CHECKING:
    from sim.model.kernel.array_types import FloatArray
    from sim.model.kernel.parameters import Parameter, ParameterValue

_FRESH = 1_000_000
"""Number of the first fresh replicate: no search has as many."""

_BLOCK = 8
"""Draws that are laid out together as one Latin hypercube."""


@dataclass(frozen=True)
class Draws:
    """What nobody knows, drawn for each cell: from plausible ranges, or from a table with weights.

    Attributes:
        unknowns: Parameters that are drawn from their plausible ranges.
        table: Rows of dotted name -> value to draw from in place of ranges, such as a posterior.
        weights: One for each row of the table.
    """

    unknowns: tuple[Parameter, ...] = ()
    table: tuple[Mapping[str, ParameterValue], ...] = ()
    weights: tuple[float, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Names of what is drawn."""
        return tuple(self.table[0]) if self.table else tuple(each.name for each in self.unknowns)

    def values(self, seed: int, number: int) -> dict[str, ParameterValue]:
        """Values of a cell; cells with numbers in one block cover every range evenly."""
        block, row = divmod(number, _BLOCK)
        generator = np.random.default_rng([seed, 20_150_829, block])
        if self.table:
            positions = (generator.permutation(_BLOCK) + generator.random()) / _BLOCK  # systematic resampling
            limits = np.cumsum(self.weights) / np.sum(self.weights)
            return dict(self.table[min(int(np.searchsorted(limits, positions[row])), len(self.table) - 1)])
        if not self.unknowns:
            return {}
        shares = latin_hypercube(generator, _BLOCK, len(self.unknowns))[row]
        return {each.name: value_at(each, float(share)) for each, share in zip(self.unknowns, shares, strict=True)}


@dataclass(frozen=True)
class Cells:
    """All cells of an advice.

    Attributes:
        scenario: The organization as it is described.
        seed: Seed of the whole advice.
        draws: What nobody knows.
        futures: Named futures that cells take turns in, beside the scenario as described; empty for that alone.
    """

    scenario: Scenario
    seed: int
    draws: Draws = field(default_factory=Draws)
    futures: tuple[str, ...] = ()
    _scenarios: dict[int, Scenario] = field(default_factory=dict, repr=False, compare=False)

    def tasks(self, programs: Sequence[Policy], numbers: Sequence[int], fresh: bool) -> list[CellTask]:
        """One task a cell: all of these programs in it."""
        named = tuple(replace(each, name=f"p{position}") for position, each in enumerate(programs))
        return [self._task(named, _FRESH + number if fresh else number) for number in numbers]

    def _task(self, programs: tuple[Policy, ...], number: int) -> CellTask:
        if number not in self._scenarios:
            turn = number % (1 + len(self.futures))
            scenario = self.scenario if turn == 0 else self.scenario.in_future(self.futures[turn - 1])
            self._scenarios[number] = with_values(scenario, self.draws.values(self.seed, number))
        return CellTask(self._scenarios[number], replicate_seed(self.seed, number), programs)


@dataclass(frozen=True, slots=True)
class CellTask:
    """What a worker does: some programs in one cell.

    Attributes:
        scenario: The organization, with its future and its draw.
        seed: Seed of all runs.
        programs: What to run beside the twin.
    """

    scenario: Scenario
    seed: int
    programs: tuple[Policy, ...]

    @property
    def decides(self) -> object:
        """Everything that decides the result, as JSON."""
        return [self.scenario.hash, self.seed, [each.to_dict() for each in self.programs]]


measure_cell: FunctionPath[CellTask, FloatArray] = FunctionPath("sim.lab.advice.measuring", "measure_cell")
"""Measures programs in a cell: :func:`sim.lab.advice.measuring.measure_cell`. Workers import it, the main process need not."""

observe_cell: FunctionPath[CellTask, FloatArray] = FunctionPath("sim.lab.advice.measuring", "observe_cell")
"""Weekly outcomes of a program in a cell: :func:`sim.lab.advice.measuring.observe_cell`."""
