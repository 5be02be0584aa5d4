"""The search for the best program, on planted problems whose best is known; and the budget as a ceiling."""

from __future__ import annotations

import numpy as np
import pytest

from lab.advice.planted import BUDGET, Planted, space
from sim.lab.advice.search import Effort, search
from sim.lab.advice.selection import Standard, select
from sim.lab.advice.space import limits_met
from sim.lab.budget import planned_cost
from sim.model.policies.policy import NONE

pytest.importorskip("pymoo", reason="the optimizer comes with the extra lab")

SEARCHES, MOST_LOST, RIGHT = 50, 0.05, 45


def part_kept(seed: int, effort: Effort) -> float:
    """What the advised program is worth, as part of the best there is."""
    problem = Planted(seed, space())
    found = search(problem.space, [], problem.evaluate, Standard(), effort, seed)
    assert found.runs == problem.runs
    assert found.runs <= effort.runs
    return problem.value(found.best) / problem.most


@pytest.mark.slow
def test_a_best_program_that_leads_by_one_standard_error_is_found_in_nine_of_ten_searches() -> None:
    kept = np.array([part_kept(seed, Effort()) for seed in range(SEARCHES)])
    assert (kept >= 1.0 - MOST_LOST).sum() >= RIGHT


def test_a_short_search_finds_a_program_that_is_nearly_the_best() -> None:
    assert np.mean([part_kept(seed, Effort.of(1600)) for seed in range(2)]) >= 0.9


def test_every_point_is_a_program_that_the_budget_pays_for() -> None:
    programs = space()
    generator = np.random.default_rng(3)
    points = [*programs.starts(), *generator.random((60, programs.size))]
    costs = np.array([planned_cost(programs.program(point), programs.scenario) for point in points])
    assert costs.max() <= BUDGET
    assert costs.max() > 0.9 * BUDGET  # and some spend nearly all of it
    assert programs.program(np.zeros(programs.size)) == NONE


def test_limits_that_a_program_runs_into_are_named() -> None:
    programs = space(("posters",))
    point = programs.starts()[1]
    program = programs.program(point)
    assert limits_met(program, planned_cost(program, programs.scenario), programs) == [
        "posters: at its maximum of 1 share of sites",
        "start: in the first week",
        "duration: to the end of the run",
    ]


def noisy(means: list[float], deviation: float, met: list[float] | None = None):  # type: ignore[no-untyped-def]
    """Candidates with these means, noise that all share and noise of their own."""

    def run(chosen, numbers):  # type: ignore[no-untyped-def]
        scores = np.empty((len(chosen), len(numbers), 1 if met is None else 2))
        for column, number in enumerate(numbers):
            generator = np.random.default_rng([5, number])
            shared, own, passed = generator.normal(0.0, 50.0), generator.normal(0.0, deviation, 9), generator.random()
            for row, each in enumerate(chosen):
                scores[row, column, 0] = means[each] + shared + own[each]
                if met is not None:
                    scores[row, column, 1] = passed < met[each]
        return scores

    return run


def test_what_all_candidates_share_does_not_count_as_noise() -> None:
    found = select(3, noisy([100.0, 90.0, 60.0], 2.0), Standard(), most=400)
    assert found.best == 0
    assert found.near == (0,)
    assert found.scores.shape[1] == 16  # nobody needs a second look
    assert found.gaps[1].low < 10.0 < found.gaps[1].high


def test_equals_cannot_be_told_apart_and_use_no_more_runs_than_are_left() -> None:
    found = select(3, noisy([100.0, 100.0, 20.0], 30.0), Standard(), most=400)
    assert set(found.near) == {0, 1}
    assert np.isfinite(found.scores[:, :, 0]).sum() <= 400


def test_a_program_that_misses_a_requirement_does_not_come_first() -> None:
    found = select(2, noisy([100.0, 80.0], 1.0, met=[0.5, 1.0]), Standard((0.95,)), most=200)
    assert found.best == 1
