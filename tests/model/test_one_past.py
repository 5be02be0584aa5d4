"""Many policies from one burn-in, and ties of one's own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from support import TINY

from sim import CentricityModel
from sim.model.scenario import ScenarioError
from sim.model.simulation import fill_ties

KEYWORDS: dict[str, Any] = {name.replace(".", "__"): value for name, value in TINY.items()}


def test_a_policy_from_a_past_that_is_shared_is_the_run_from_its_own() -> None:
    past = CentricityModel("online-store", rng=3, weeks=4, **KEYWORDS)
    assert len(past.agents) > 0, "views of the agents are there when it is copied"
    shared = past.with_policy("symbolic")
    own = CentricityModel("online-store", policy="symbolic", rng=3, weeks=4, **KEYWORDS)
    for model in (shared, own):
        model.run_for(4)
    assert shared.outcomes().equals(own.outcomes())
    assert shared.policy.name == "symbolic" and shared.seed_used == 3
    assert past.organization.week == 0 and past.policy.name == "none"
    with pytest.raises(RuntimeError, match="in week 4; call with_policy before the first week"):
        shared.with_policy("none")


def test_ties_of_ones_own_are_there_from_the_first_week_of_the_burn_in() -> None:
    number = 30
    small = {"employees__number": number, "customers__initial": 20, "customers__market": 30, "run__burn_in": 10}
    ring = np.array([(seat, (seat + 1) % number) for seat in range(number)])
    model = CentricityModel("retail-bank", rng=3, weeks=2, ties=ring, **small)
    colleagues = model.organization.employees.colleagues
    assert (colleagues == ring[:, 1][:, None]).all()
    drawn = CentricityModel("retail-bank", rng=3, weeks=2, **small)
    assert not np.array_equal(model.organization.employees.memory, drawn.organization.employees.memory)


def test_ties_take_turns_until_all_places_are_taken() -> None:
    ties = [(1, 0), (0, 1), (0, 2), (2, 0)]
    assert fill_ties(ties, 3, 4).tolist() == [[1, 2, 1, 2], [0, 0, 0, 0], [0, 0, 0, 0]]


@pytest.mark.parametrize(
    ("ties", "words"),
    [
        ([(0, 1), (1, 3)], r"ties\[1\] must be two different seats from 0 to 2"),
        ([(0, 0)], r"ties\[0\] must be two different seats"),
        ([(0, 1), (1, -1)], r"ties\[1\] must be"),
        ([(0, 1), (1, 0)], "1 of 3 have no tie, the first of them seat 2"),
        ([(0, 1), (0, 2), (0, 1), (1, 0), (2, 0)], r"seat 0 has 3 ties, which is more than network.degree \(2\)"),
        ([(0.5, 1.0)], "must be pairs of whole numbers"),
        ([0, 1], "must be pairs"),
    ],
)
def test_ties_that_cannot_be_are_refused(ties: Any, words: str) -> None:
    with pytest.raises(ScenarioError, match=words):
        fill_ties(ties, 3, 2)
