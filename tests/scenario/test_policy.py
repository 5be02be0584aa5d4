"""Policies: phases over time, nothing else."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from sim.model.policies.policy import NONE, Condition, FrozenMapping, Phase

from .small import make_policy


def test_a_phase_reaches_its_departments() -> None:
    assert Phase().reaches("anyone")
    assert Phase(departments=("branches",)).reaches("branches")
    assert not Phase(departments=("branches",)).reaches("back office")


@pytest.mark.parametrize(("start", "end"), [(-1, None), (5, 5), (5, 4)])
def test_a_phase_that_cannot_be_is_refused(start: int, end: int | None) -> None:
    with pytest.raises(ValueError, match="a phase must"):
        Phase(start, end)


@pytest.mark.parametrize("lines", [{}, {"above": 0.1, "below": 0.2}])
def test_a_condition_has_one_line(lines: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="either above or below"):
        Condition("practicing", **lines)


def test_the_empty_bundle_is_empty() -> None:
    assert (NONE.name, NONE.phases, NONE.resources, NONE.departments) == ("none", (), (), frozenset())


def test_a_bundle_knows_what_it_spends_and_where() -> None:
    made = make_policy("speeches = 1\ntraining = 0\nposters = 0.5\ndepartments = ['branches']")
    assert made.resources == ("posters", "speeches")
    assert made.departments == {"branches"}


def test_a_scaled_bundle_differs_in_its_amounts_only() -> None:
    made = make_policy("speeches = 1\nposters = 0.5\nfrom = 3\nuntil = 9\ndepartments = ['branches']")
    half = made.scaled(0.5)
    assert half.phases[0].amounts == {"speeches": 0.5, "posters": 0.25}
    assert half.scaled(2.0) == made


def test_bundles_are_hashed_and_pickled_by_content() -> None:
    made = make_policy("speeches = 1\nposters = 0.5")
    same = make_policy("posters = 0.5\nspeeches = 1.0")
    assert made == same and hash(made) == hash(same)
    assert list(made.phases[0].amounts) == list(same.phases[0].amounts)
    assert pickle.loads(pickle.dumps(made)) == made
    assert made != make_policy("speeches = 2\nposters = 0.5")


def test_a_frozen_mapping_is_a_mapping_that_cannot_change() -> None:
    source = {"b": 2, "a": 1}
    frozen: Any = FrozenMapping(source)
    source["a"] = 5
    assert dict(frozen) == {"a": 1, "b": 2} and list(frozen) == ["a", "b"] and len(frozen) == 2
    assert frozen == {"a": 1, "b": 2} == frozen
    assert repr(frozen) == "FrozenMapping({'a': 1, 'b': 2})"
    assert len(FrozenMapping()) == 0
    with pytest.raises(TypeError):
        frozen["a"] = 3
    with pytest.raises(KeyError):
        frozen["c"]
