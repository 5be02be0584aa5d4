"""The search for the best program: an optimizer proposes, all programs meet the same replicates, the best fresh ones.

Nothing here knows the model: programs are scored by a function, so that the whole procedure can be tried on a function
whose best is known.

1. Every resource by itself, and the programs that are given, at a few replicates.
2. An evolutionary optimizer goes on from there (:mod:`sim.lab.advice.optimizer`).
3. The best of all meet a second set of replicates: the more looks, the more a program is flattered that was merely lucky.
4. Finalists, and doing nothing, meet on fresh replicates (:mod:`sim.lab.advice.selection`), which alone decide.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from sim.analysis.missing import FloatArray
from sim.lab.advice.optimizer import Optimizer
from sim.lab.advice.selection import Selection, Standard, select
from sim.lab.advice.space import ProgramSpace
from sim.model.policies.policy import NONE, Policy
from sim.model.scenario import ScenarioError

Evaluate = Callable[[Sequence[Policy], Sequence[int], bool], FloatArray]
"""Scores of programs at numbered replicates, fresh ones or those of the search: [program, replicate, column].

The first column is the value, more is better; then 1 or 0 for each requirement; others are passed on."""

GENERATION = 20
"""Programs that are proposed together."""


@dataclass(frozen=True)
class Effort:
    """How many runs go where.

    Attributes:
        runs: In all, about.
        replicates: At which every proposal is scored.
        seconds: How many of the best meet a second set of replicates, twice as large.
        finalists: How many meet on fresh replicates.
    """

    runs: int = 5000
    replicates: int = 8
    seconds: int = 24
    finalists: int = 8

    @classmethod
    def of(cls, runs: int) -> Effort:
        """A division that suits a number of runs."""
        if runs >= 2000:
            return cls(runs)
        return cls(runs, replicates=4, seconds=12, finalists=5) if runs >= 400 else cls(runs, 2, 4, 3)

    @property
    def proposals(self) -> int:
        """Programs that are proposed: what is left for them when a quarter and the second look are set aside."""
        left = 0.72 * self.runs - 2 * self.seconds * self.replicates
        return max(int(left / self.replicates), 2)


@dataclass(frozen=True)
class Searched:
    """What a search found.

    Attributes:
        programs: All that were tried, without repeats.
        scores: Of each in the search: [column], means over replicates.
        first: Position of the one that came first in the search.
        finalists: Positions of those that met on fresh replicates; doing nothing is among them.
        selection: How that went; its candidates are the finalists, in their order.
        runs: Runs of programs that were asked for, their twins not counted.
        first_values: Values of the first in the search, one a replicate.
    """

    programs: tuple[Policy, ...]
    scores: FloatArray
    first: int
    finalists: tuple[int, ...]
    selection: Selection
    runs: int
    first_values: FloatArray

    @property
    def best(self) -> Policy:
        """The program that is advised."""
        return self.programs[self.finalists[self.selection.best]]


class _Archive:
    """Programs that were tried in the search, each once, with their scores."""

    def __init__(self, evaluate: Evaluate, standard: Standard) -> None:
        self.programs: list[Policy] = []
        self.scores: list[FloatArray] = []
        self.runs = 0
        self._evaluate, self._standard = evaluate, standard
        self._known: dict[object, int] = {}

    def add(self, programs: Sequence[Policy], replicates: Sequence[int]) -> list[int]:
        """Score programs that were not tried yet at these replicates; positions of all."""
        new = list({each.phases: each for each in programs if each.phases not in self._known}.values())
        if new:
            found = self._evaluate(new, replicates, False)
            self.runs += len(new) * len(replicates)
            for program, scores in zip(new, found, strict=True):
                self._known[program.phases] = len(self.programs)
                self.programs.append(program)
                self.scores.append(scores)
        return [self._known[each.phases] for each in programs]

    def add_replicates(self, positions: Sequence[int], replicates: Sequence[int]) -> None:
        """Score some programs at more replicates."""
        found = self._evaluate([self.programs[each] for each in positions], replicates, False)
        self.runs += len(positions) * len(replicates)
        for position, scores in zip(positions, found, strict=True):
            self.scores[position] = np.concatenate([self.scores[position], scores])

    def order(self, positions: Sequence[int]) -> list[int]:
        """Positions from best to worst; programs that have no value in a replicate are left out."""
        known = [each for each in positions if np.isfinite(self.scores[each][:, 0]).all()]
        if not known:
            return []
        return [known[each] for each in self._standard.order(np.stack([self.scores[one] for one in known]))]

    def merit(self, positions: Sequence[int]) -> FloatArray:
        """One number for each, less is better: minus its value, and far more where it does not meet the requirements."""
        means = np.array([each[:, 0].mean() for each in self.scores])
        known = means[np.isfinite(means)]
        worst, span = float(known.min(initial=0.0)), float(np.ptp(known)) if known.size else 0.0
        found = []
        for each in positions:
            short = float(self._standard.violation(self.scores[each][np.newaxis])[0])
            value = means[each] if np.isfinite(means[each]) else worst - span
            found.append(-value if short == 0.0 else -worst + (1.0 + short) * (span + 1e-9))
        return np.array(found)


def search(
    space: ProgramSpace,
    given: Sequence[Policy],
    evaluate: Evaluate,
    standard: Standard,
    effort: Effort,
    seed: int,
    advanced: Callable[[int], None] = lambda runs: None,
) -> Searched:
    """Search for the best program.

    Raises:
        ScenarioError: If no program has a value in all runs, or pymoo is not installed.

    Args:
        space: The programs that the budget can buy.
        given: Programs to try as well, such as those that ship.
        evaluate: Scores programs.
        standard: What makes a program good.
        effort: How many runs go where.
        seed: Seed of the optimizer.
        advanced: Called with the number of runs that were done, now and then.
    """
    archive = _Archive(evaluate, standard)
    replicates = range(effort.replicates)
    archive.add([NONE, *given], replicates)
    advanced(archive.runs)
    starts = np.array(space.starts()[: max(effort.proposals, 2)])
    optimizer = Optimizer(starts, len(space.resources), GENERATION, seed)
    for _ in range(2 + 2 * effort.proposals // GENERATION):  # a small space has fewer programs than are wanted
        generation = optimizer.ask()
        found = archive.add([space.program(each) for each in generation.get("X")], replicates)
        optimizer.tell(generation, archive.merit(found))
        advanced(archive.runs)
        if len(archive.programs) >= effort.proposals:
            break
    second = range(effort.replicates, 3 * effort.replicates)
    if not archive.order(range(len(archive.programs))):
        raise ScenarioError(
            ["--objective has no value in some run of every program that was tried. Choose another one."]
        )
    seconds = _spread(archive.programs, archive.order(range(len(archive.programs))), effort.seconds)
    archive.add_replicates(seconds, second)
    advanced(archive.runs)
    best = archive.order(seconds)
    finalists = _spread(archive.programs, best, effort.finalists)
    nothing = 0  # position of doing nothing, which meets the finalists as far as it has a value
    if nothing not in finalists and np.isfinite(archive.scores[nothing][:, 0]).all():
        finalists.append(nothing)
    left = effort.runs - archive.runs
    shares_to_judge = 48 if standard.shares else 0  # a share of runs needs more of them than a mean
    first = max(16, min(shares_to_judge, left // len(finalists)))
    selection = select(
        len(finalists),
        lambda chosen, numbers: evaluate([archive.programs[finalists[each]] for each in chosen], numbers, True),
        standard,
        left,
        first,
    )
    runs = archive.runs + int(np.isfinite(selection.scores[:, :, 0]).sum())
    means = np.array([each.mean(axis=0) for each in archive.scores])
    first_values = archive.scores[best[0]][:, 0]
    return Searched(tuple(archive.programs), means, best[0], tuple(finalists), selection, runs, first_values)


def _spread(programs: Sequence[Policy], order: Sequence[int], number: int) -> list[int]:
    """The best programs of different kinds (resources and departments), then the best of those left, in their order.

    Without this the finalists would be one program with amounts that differ in the third figure.
    """
    firsts: dict[object, int] = {}
    for each in order:
        kind = tuple((tuple(phase.amounts), phase.departments) for phase in programs[each].phases)
        firsts.setdefault(kind, each)
    chosen = {*list(firsts.values())[:number]}
    for each in order:
        if len(chosen) >= number:
            break
        chosen.add(each)
    return [each for each in order if each in chosen]
