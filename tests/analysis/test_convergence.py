"""How many replicates were enough, and where more of them do not help."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from scipy.special import stdtrit

from analysis.test_sweeps import Tables, at
from sim.analysis.convergence import convergence, convergence_by_policy, half_width, replicates_needed, two_groups
from sim.analysis.intervals import mean_interval

Floats = npt.NDArray[np.float64]
NAN = float("nan")


def points(number: int = 40, replicates: int = 12, seed: int = 1) -> Floats:
    return np.random.default_rng(seed).normal(size=(number, replicates))


def test_half_widths_are_those_of_students_interval() -> None:
    values = points(5)
    values[1, 3:] = NAN
    values[2, 1:] = NAN
    values[3] = NAN
    expected = [(interval.high - interval.low) / 2.0 for interval in (mean_interval(row) for row in values)]
    np.testing.assert_allclose(half_width(values), expected)


def test_the_curve_takes_the_first_replicates_of_every_point() -> None:
    values = points()
    values[0, :4] = NAN  # has eight: takes part up to eight, with those it has
    table = convergence(values).table.set_index("replicates")
    assert table.index.tolist() == list(range(2, 13))
    assert at(table, 8, "points") == 40 and at(table, 9, "points") == 39
    first = np.concatenate([values[:1, 4:8], values[1:, :4]])
    kept = np.concatenate([np.hstack([values[:1, 4:], np.full((1, 4), NAN)]), values[1:]])
    assert at(table, 12, "half_width") == pytest.approx(np.median(half_width(kept)))
    assert at(table, 4, "half_width") == pytest.approx(np.median(half_width(first)))
    assert (table["low"] <= table["half_width"]).all() and (table["half_width"] <= table["high"]).all()


def test_many_replicates_are_looked_at_here_and_there() -> None:
    table = convergence(points(4, 500)).table
    assert len(table) <= 40 and table["replicates"].iloc[-1] == 500


@pytest.mark.parametrize("deviation", [0.0, 0.05, 0.3, 1.0, 17.0])
def test_the_number_that_is_needed_is_the_smallest_that_is_enough(deviation: float) -> None:
    number = int(replicates_needed(np.array([deviation]), 0.25)[0])

    def enough(count: int) -> bool:
        return bool(stdtrit(count - 1, 0.975) * deviation / np.sqrt(count) <= 0.25)

    assert number >= 2 and enough(number)
    assert number == 2 or not enough(number - 1)


def test_a_target_is_judged_point_by_point() -> None:
    quiet, loud = 0.1 * points(36, 10), 5.0 * points(4, 10)
    result = convergence(np.concatenate([quiet, loud]), target=0.2)
    assert result.enough == 0.9
    assert 3 <= result.needed <= 20  # what the quiet nine tenths need
    assert result.points["needed"].iloc[-1] > 500
    assert np.isnan(convergence(quiet).enough) and np.isnan(convergence(quiet).needed)
    assert "reached in 90 % of the rows" in result.describe(lambda value: f"{value:.2g}")


@pytest.mark.parametrize("draw", ["normal", "random", "exponential"])
def test_ordinary_spread_is_hardly_ever_taken_for_two_groups(draw: str) -> None:
    values = getattr(np.random.default_rng(1), draw)(size=(1000, 10))
    assert two_groups(values)["two_groups"].mean() <= 0.015


def test_runs_that_hold_or_collapse_are_two_groups() -> None:
    generator = np.random.default_rng(1)
    holds = generator.random((50, 20)) < 0.6
    values = np.where(holds, 0.8, 0.05) + 0.02 * generator.normal(size=holds.shape)
    values[:, 0] = NAN
    split = two_groups(values)
    assert split["two_groups"].all()
    np.testing.assert_allclose(split["share_upper"], holds[:, 1:].mean(axis=1))
    np.testing.assert_allclose(split["upper_group"], 0.8, atol=0.03)
    np.testing.assert_allclose(split["lower_group"], 0.05, atol=0.03)
    result = convergence(values, target=0.05)
    assert (result.bistable, result.testable) == (50, 50)
    assert "fall into two groups, about 0.05 and 0.8" in result.describe(lambda value: f"{value:.1g}")


def test_a_few_outliers_are_no_group() -> None:
    values = np.zeros((1, 30))
    values[0, :2] = 1.0
    assert not two_groups(values)["two_groups"][0]
    assert not two_groups(np.array([[0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0]]))["two_groups"][0]  # too few to tell


def test_single_replicates_have_no_interval() -> None:
    result = convergence(points(3, 1), 0.1)
    assert "no row has two replicates" in result.reason and result.table.empty
    assert result.describe(str) == f"{result.reason}."


def test_a_constant_outcome_needs_no_more() -> None:
    result = convergence(np.full((3, 5), 2.0), target=0.1)
    assert result.enough == 1.0 and result.needed == 2.0 and result.bistable == 0


def test_policies_and_their_differences_in_a_sweep() -> None:
    sweep = Tables({"latin-hypercube": 40}, replicates=12).sweep()
    pairs = {"latin-hypercube": [("procedural", "symbolic")]}
    found = {key.policy: result for key, result in convergence_by_policy(sweep, "lift_later", pairs)}
    assert list(found) == ["symbolic", "procedural", "value-driven", "procedural - symbolic"]
    assert found["value-driven"].bistable > 3
    assert found["procedural"].bistable == 0
    spread = [result.target for result in found.values()]
    assert len(set(spread)) == 1 and 0.03 < spread[0] < 0.05  # a tenth of the range of the rows' means
    assert {result.target for _, result in convergence_by_policy(sweep, "lift_later", target=0.01)} == {0.01}


def test_an_adaptive_sweep_is_judged_by_its_own_target() -> None:
    tables = Tables({"latin-hypercube": 10}, replicates=4)
    until = {"until": {"metric": "lift_later", "half_width": 0.03, "check_at": [4], "max": 4}}
    sweep = tables.sweep(manifest={**tables.manifest, "replicates": until})
    assert sweep.planned is None
    assert {result.target for _, result in convergence_by_policy(sweep, "lift_later")} == {0.03}
