"""Failed runs: whether failures go with a factor, policy or future, and how that is reported."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.test_sweeps import Tables
from sim.analysis.failures import Failures, find_failure_patterns
from sim.analysis.sweeps import Sweep


def broken(where: str, share: float = 1.0, seed: int = 3, **more: object) -> Sweep:
    """A sweep of 100 rows whose runs fail, with this probability, where a condition on the points holds."""
    tables = Tables({"latin-hypercube": 100}, replicates=2, **more)  # type: ignore[arg-type]
    hit = tables.points.query(where, engine="python")["point"].to_numpy()
    runs = tables.runs
    fails = runs["point"].isin(hit) & (np.random.default_rng(seed).random(len(runs)) < share)
    runs.loc[fails, "status"] = "failed"
    return tables.sweep()


def only(sweep: Sweep) -> Failures:
    """The result for the only design."""
    (found,) = find_failure_patterns(sweep)
    return found


def test_where_nothing_fails_nothing_is_said() -> None:
    assert find_failure_patterns(Tables({"latin-hypercube": 30}).sweep()) == []


def test_failures_at_one_end_of_a_factor_are_found_with_their_share() -> None:
    found = only(broken("`employees.turnover` > 0.06"))
    first = found.patterns[0]
    assert first.name == "employees.turnover" and first.p < 1e-6
    assert "100 % of the rows in which employees.turnover is at least" in found.describe()
    assert found.describe().startswith("Runs did not fail at random")


def test_failures_with_a_word_and_with_a_policy_are_found() -> None:
    assert {pattern.name for pattern in only(broken("`norm.rule` == 'averaging'")).patterns} == {"norm.rule"}
    assert {pattern.name for pattern in only(broken("policy == 'procedural'", 0.3)).patterns} == {"policy"}


def test_random_failures_are_hardly_ever_called_otherwise() -> None:
    wrong = sum(bool(only(broken("row >= 0", 0.02, seed)).patterns) for seed in range(20))
    assert wrong <= 4  # 1 expected


@pytest.mark.parametrize(("where", "words"), [("row == 3", "too few, or too many"), ("row >= 0", "beyond chance")])
def test_failures_are_not_explained_without_evidence(where: str, words: str) -> None:
    found = only(broken(where, policies=("value-driven",)) if where == "row == 3" else broken(where, 0.05))
    assert words in found.describe()
