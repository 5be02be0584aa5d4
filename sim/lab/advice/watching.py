"""What to watch: a rule that ends the advised program early, chosen on cells of the search and tested on fresh ones.

A rule is a ``stop_when`` condition on something that an organization can see from week to week. Limits are values that the
program itself reaches in its middle and last thirds. The best of many rules looks good by chance too, so what it saves is
measured again in cells that neither the search nor the finalists have met.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Protocol

import numpy as np

from sim.analysis.intervals import Interval, mean_interval, share_of_runs
from sim.analysis.missing import FloatArray
from sim.model.outcomes.weekly import OUTCOME_NAMES
from sim.model.policies.policy import Condition, Policy

WATCHED = ("practicing", "cynicism", "energy", "employee_satisfaction", "satisfaction", "trust")
"""Outcomes that an organization can follow: by counting, and by asking staff and customers."""

_UNSEEN = 200_000
"""Number of the first fresh cell that no finalist has met."""

_FIGURES = 3


class Scores(Protocol):
    """Runs programs in cells: scores [program, replicate, column], of which the first is what is gained over nothing."""

    def __call__(self, programs: Sequence[Policy], numbers: Sequence[int], fresh: bool) -> FloatArray:
        """Scores of these programs in cells of these numbers."""
        ...


@dataclass(frozen=True)
class Watch:
    """The best rule that was found, and what it does in fresh cells.

    Attributes:
        program: The program with the rule.
        condition: The rule.
        tried: Number of rules that were tried.
        saved: What the objective gains by the rule, paired by cell.
        spent: Change of the program's cost by the rule, paired by cell.
        stopped: Share of cells in which the rule ends the program early.
        requirements: Share of cells in which each requirement is met with the rule.
        cells: Number of fresh cells.
    """

    program: Policy
    condition: Condition
    tried: int
    saved: Interval
    spent: Interval
    stopped: Interval
    requirements: tuple[float, ...]
    cells: int

    @property
    def sure(self) -> bool:
        """Whether the rule surely saves something."""
        return bool(self.saved.low > 0.0)

    def to_entry(self) -> dict[str, Any]:
        """The entry of ``advice.json``."""
        return {
            "stop_when": self.condition.to_dict(),
            "tried": self.tried,
            "saved": self.saved.to_entry(),
            "cost_change": self.spent.to_entry(),
            "stopped": self.stopped.to_entry(),
            "requirements": list(self.requirements),
            "cells": self.cells,
            "sure": self.sure,
        }


def list_rules(program: Policy, curves: FloatArray) -> list[Condition]:
    """Rules that may end a program early.

    Args:
        program: The program.
        curves: [run, week, outcome] what it does, as far as runs were done.
    """
    start = min(phase.start for phase in program.phases)
    end = max(curves.shape[1] if phase.end is None else min(phase.end, curves.shape[1]) for phase in program.phases)
    thirds = [start + round((end - start) * part / 3.0) for part in (1, 2, 3)]
    found: dict[Condition, None] = {}
    for name in WATCHED:
        values = curves[:, :, OUTCOME_NAMES.index(name)]
        begins = _middle(values[:, start : start + 1])
        for first, last in pairwise(thirds):
            level = _middle(values[:, first:last])
            if not np.isfinite(level) or not np.isfinite(begins) or level == begins:
                continue
            limit = float(f"{level:.{_FIGURES}g}")
            found[Condition(name, above=limit) if level > begins else Condition(name, below=limit)] = None
    return list(found)


def _middle(values: FloatArray) -> float:
    known = values[np.isfinite(values)]
    return float(np.median(known)) if known.size else float("nan")


def find_rule(
    program: Policy,
    curves: FloatArray,
    evaluate: Scores,
    cells: tuple[int, int],
    cost: Callable[[FloatArray], FloatArray],
    requirements: int,
) -> Watch | None:
    """The rule that gains most on cells of the search, and what it saves on fresh ones; ``None`` where there is none to try.

    Args:
        program: The advised program.
        curves: [run, week, outcome] what it does in some cells.
        evaluate: Runs programs in cells.
        cells: Number of cells to choose a rule in, and of fresh cells to test it in.
        cost: Gives what programs spent, from their scores.
        requirements: Number of requirements, which are the columns of scores after the first.
    """
    rules = [] if any(phase.stop_when for phase in program.phases) else list_rules(program, curves)
    if not rules:
        return None
    programs = [
        replace(program, phases=tuple(replace(phase, stop_when=rule) for phase in program.phases)) for rule in rules
    ]
    gains = evaluate(programs, range(cells[0]), False)[:, :, 0]
    known = np.isfinite(gains).any(axis=1)
    if not known.any():
        return None
    means = np.where(known, np.nansum(gains, axis=1) / np.maximum(np.isfinite(gains).sum(axis=1), 1), -np.inf)
    best = int(means.argmax())
    scores = evaluate([program, programs[best]], range(_UNSEEN, _UNSEEN + cells[1]), True)
    if not scores.shape[1]:
        return None
    without, ruled = scores
    less = cost(ruled) - cost(without)
    return Watch(
        program=programs[best],
        condition=rules[best],
        tried=len(rules),
        saved=mean_interval(ruled[:, 0] - without[:, 0]),
        spent=mean_interval(less),
        stopped=share_of_runs((less < 0.0).astype(np.float64)),
        requirements=tuple(float(share) for share in ruled[:, 1 : 1 + requirements].mean(axis=0)),
        cells=int(scores.shape[1]),
    )
