"""What to watch: a planted rule is found and its worth measured; a rule that only looked good is not sold."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from lab.small import make_policy
from sim.analysis.missing import FloatArray
from sim.lab.advice.watching import Watch, find_rule, list_rules
from sim.model.outcomes.weekly import OUTCOME_NAMES
from sim.model.policies.policy import Policy

PROGRAM = make_policy("watched", 0, 30, coaching=1.0)
PRACTICING = OUTCOME_NAMES.index("practicing")
CYNICISM = OUTCOME_NAMES.index("cynicism")


def curves() -> FloatArray:
    """Practicing rises, cynicism falls, and all else stays where it is."""
    values = np.full((3, 40, len(OUTCOME_NAMES)), 0.5)
    values[:, :, PRACTICING] = np.linspace(0.2, 0.8, 40)
    values[:, :, CYNICISM] = np.linspace(0.6, 0.4, 40)
    return values


def scores_with(worth: float, noise: float, seed: int = 0) -> object:
    """Scores [program, cell, (gain, requirement, cost)] in which a rule on practicing is worth something and saves 10."""

    def evaluate(programs: Sequence[Policy], numbers: Sequence[int], fresh: bool) -> FloatArray:
        scores = np.zeros((len(programs), len(numbers), 3))
        for row, program in enumerate(programs):
            rule = program.phases[0].stop_when
            for column, number in enumerate(numbers):
                chance = np.random.default_rng([row, number, fresh, seed]).normal(0.0, noise)
                good = worth if rule is not None and rule.outcome == "practicing" else 0.0
                scores[row, column] = (good + chance, 1.0 if rule is None else 0.5, 100.0 if rule is None else 90.0)
        return scores

    return evaluate


def found(worth: float, noise: float, seed: int = 0) -> Watch:
    evaluate = scores_with(worth, noise, seed)
    watch = find_rule(PROGRAM, curves(), evaluate, (8, 24), lambda scores: scores[:, 2], 1)  # type: ignore[arg-type]
    assert watch is not None
    return watch


def test_rules_are_on_what_moves_and_on_the_side_it_moves_to() -> None:
    rules = list_rules(PROGRAM, curves())
    assert {(rule.outcome, rule.above is not None) for rule in rules} == {("practicing", True), ("cynicism", False)}
    assert len(rules) == 4
    limits = [rule.above for rule in rules if rule.above is not None]
    assert 0.2 < limits[0] < limits[1] < 0.8


def test_a_planted_rule_is_found_and_measured_on_fresh_cells() -> None:
    inside = []
    for seed in range(20):
        watch = found(3.0, 1.0, seed)
        assert watch.condition.outcome == "practicing"
        assert watch.program.phases[0].stop_when == watch.condition
        assert watch.sure
        inside.append(watch.saved.low <= 3.0 <= watch.saved.high)
    assert sum(inside) >= 17
    assert watch.spent.mean == -10.0
    assert watch.stopped.mean == 1.0
    assert (watch.requirements, watch.cells, watch.tried) == ((0.5,), 24, 4)


def test_a_rule_that_only_looked_good_saves_nothing() -> None:
    watches = [found(0.0, 5.0, seed) for seed in range(20)]
    assert sum(watch.sure for watch in watches) <= 2  # one in forty by chance, however many rules were tried
    assert watches[0].to_entry()["sure"] is watches[0].sure


@pytest.mark.parametrize(
    "flat", [np.full((2, 40, len(OUTCOME_NAMES)), 0.5), np.full((1, 40, len(OUTCOME_NAMES)), np.nan)]
)
def test_where_nothing_moves_there_is_no_rule(flat: FloatArray) -> None:
    assert find_rule(PROGRAM, flat, scores_with(0.0, 1.0), (2, 2), lambda scores: scores[:, 2], 0) is None  # type: ignore[arg-type]
