"""Tornados: the effect of one factor by itself, and rank regression."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from scipy.stats import rankdata

from analysis.test_sweeps import Tables, at
from sim.analysis.intervals import mean_interval
from sim.analysis.tornado import (
    find_base,
    one_at_a_time,
    rank_regression,
    regressions_by_policy,
    row_means,
    surely_differs,
    swings_by_policy,
)

Floats = npt.NDArray[np.float64]
NAN = float("nan")
BASE = {"turnover": 0.02, "memory": 12, "rule": "logit"}
SETTINGS = pd.DataFrame(
    [BASE, {**BASE, "turnover": 0.1}, {**BASE, "turnover": 0.0}, {**BASE, "memory": 20}, {**BASE, "rule": "majority"},
     {**BASE, "rule": "averaging"}, {"turnover": 0.1, "memory": 20, "rule": "logit"}]
)  # fmt: skip
EFFECTS = np.array([0.0, -3.0, 1.0, 0.5, 0.2, -4.0, 9.0])


def outcomes(replicates: int = 6, seed: int = 1) -> Floats:
    """Values with the effects above: replicates differ a lot, and in all rows alike."""
    generator = np.random.default_rng(seed)
    replicate_effect = 10.0 * generator.normal(size=replicates)
    return np.asarray(
        5.0 + EFFECTS[:, np.newaxis] + replicate_effect + 0.01 * generator.normal(size=(len(EFFECTS), replicates))
    )


def test_effects_are_paired_with_the_base() -> None:
    values = outcomes()
    swings = one_at_a_time(SETTINGS, 0, values)
    table = swings.table.set_index(["factor", "value"])
    assert len(table) == 5  # the row in which two factors differ is none
    assert at(table, ("turnover", "0.1"), "effect") == pytest.approx(-3.0, abs=0.05)
    assert at(table, ("turnover", "0.1"), "end") == "high"
    assert at(table, ("turnover", "0.0"), "end") == "low"
    assert at(table, ("memory", "20"), "end") == "high"
    assert set(at(table, "rule", "end")) == {"word"}
    reference = mean_interval(values[1] - values[0])
    np.testing.assert_array_equal(
        table.loc[("turnover", "0.1"), ["effect", "low", "high"]].to_numpy(dtype=float),
        [reference.mean, reference.low, reference.high],
    )
    assert (table["high"] - table["low"]).max() < 0.1  # ten times less than the replicates' own spread
    assert swings.level == pytest.approx(values[0].mean())
    assert swings.base == BASE


def test_a_row_is_compared_over_the_replicates_that_it_shares_with_the_base() -> None:
    values = outcomes()
    values[0, 0] = values[1, 1] = NAN
    values[3] = NAN
    swings = one_at_a_time(SETTINGS, 0, values)
    table = swings.table.set_index(["factor", "value"])
    assert at(table, ("turnover", "0.1"), "replicates") == 4
    assert at(table, ("turnover", "0.1"), "effect") == pytest.approx(-3.0, abs=0.05)
    assert ("memory", "20") not in table.index
    assert swings.missing == 1


def test_of_sixty_effects_that_are_chance_hardly_one_is_named_and_a_large_one_is() -> None:
    """Planted: 59 parameters that do nothing and one that does, four replicates each, a hundred times."""
    draw = np.random.default_rng(5)
    named, found = 0, 0
    for _ in range(100):
        effects = draw.normal(0.0, 100.0, (60, 4))
        effects[7] += 1000.0
        intervals = [mean_interval(row) for row in effects]
        table = pd.DataFrame(
            {
                "effect": [each.mean for each in intervals],
                "low": [each.low for each in intervals],
                "high": [each.high for each in intervals],
                "replicates": 4,
            }
        )
        sure = surely_differs(table)
        found += sure[7]
        named += sure.sum() - sure[7]
    assert found > 80 and named < 15, "by its own interval alone one in twenty would be named, three every time"


def test_an_effect_of_nothing_or_of_one_replicate_is_never_sure() -> None:
    rows = {"effect": [0.0, 5.0], "low": [0.0, NAN], "high": [0.0, NAN], "replicates": [4, 1]}
    assert not surely_differs(pd.DataFrame(rows)).any()


def test_what_has_no_tornado_says_why() -> None:
    values = outcomes()
    assert "same" not in one_at_a_time(SETTINGS, 0, values).reason
    assert "2 in every row" in one_at_a_time(SETTINGS, 0, np.full(values.shape, 2.0)).reason
    values[0] = NAN
    assert one_at_a_time(SETTINGS, 0, values).reason == "the base row has no value"
    assert "in one factor only" in one_at_a_time(SETTINGS.iloc[[0, 6]], 0, outcomes()[[0, 6]]).reason


@pytest.mark.parametrize(
    ("bases", "labels", "row"),
    [
        ({}, ["", "", "base", "", "", "", ""], 2),
        ({"turnover": 0.1, "memory": 20}, (), 6),
        ({"memory": 12, "rule": None}, (), 0),
    ],
)
def test_the_base_is_called_so_or_stands_at_the_bases(bases: dict[str, Any], labels: list[str], row: int) -> None:
    assert find_base(SETTINGS, bases, labels) == row


def test_without_any_base_the_middle_of_the_grid_is_it() -> None:
    grid = pd.DataFrame([(x, y) for x in (1.0, 2.0, 3.0) for y in (0.1, 0.2, 0.4, 0.8, 1.6)], columns=["x", "y"])
    assert find_base(grid, {"x": 7.0}) == 7
    table = one_at_a_time(grid, 7, (grid["x"] ** 2 + grid["y"]).to_numpy()[:, np.newaxis]).table
    assert table.groupby("factor")["end"].apply(list).to_dict() == {
        "x": ["low", "high"], "y": ["low", "between", "between", "high"],
    }  # fmt: skip
    assert table["low"].isna().all()  # one replicate has no interval


def test_a_lever_at_its_base_leaves_the_bundle_as_it_is() -> None:
    factor_values = pd.DataFrame({"amount": [None, 1.0, 3.0]})
    table = one_at_a_time(factor_values, 0, np.array([[1.0], [2.0], [5.0]])).table
    assert table[["value", "end", "effect"]].to_numpy().tolist() == [["1.0", "low", 1.0], ["3.0", "high", 4.0]]


def sample(number: int = 300) -> Floats:
    return np.random.default_rng(3).random((number, 4))


def test_coefficients_of_a_monotone_outcome() -> None:
    places = sample()
    values = np.exp(3.0 * places[:, 0] - 2.0 * places[:, 1])[:, np.newaxis]
    result = rank_regression(places, values, list("abcd"))
    table = result.table.set_index("factor")
    ranks = rankdata(np.column_stack([places, values]), axis=0)
    ranks = (ranks - ranks.mean(axis=0)) / ranks.std(axis=0)
    known, *_ = np.linalg.lstsq(ranks[:, :4], ranks[:, 4], rcond=None)
    np.testing.assert_allclose(table["coefficient"], known, rtol=1e-9)
    assert result.explained == pytest.approx(1.0 - np.var(ranks[:, 4] - ranks[:, :4] @ known))
    assert result.explained > 0.9
    assert at(table, "a", "low") > 0.7 and at(table, "b", "high") < -0.4
    for idle in ("c", "d"):
        assert at(table, idle, "low") < 0.0 < at(table, idle, "high")


def test_intervals_of_coefficients_hold_their_share() -> None:
    """Over 40 samples, 95 % intervals of idle factors leave zero out a few times, not often."""
    outside = total = 0
    for seed in range(40):
        generator = np.random.default_rng(seed)
        places = generator.random((80, 4))
        values = places[:, :1] + generator.normal(size=(80, 1))
        table = rank_regression(places, values, list("abcd")).table.set_index("factor").loc[["b", "c", "d"]]
        outside += int(((table["low"] > 0.0) | (table["high"] < 0.0)).sum())
        total += 3
    assert 0.01 <= outside / total <= 0.11


def test_rows_without_a_value_are_dropped_and_counted() -> None:
    places = sample()
    values = places[:, :1] + np.zeros((300, 3))
    values[:5] = NAN
    result = rank_regression(places, values, list("abcd"))
    assert (result.rows, result.dropped) == (295, 5)
    assert np.isfinite(result.table[["coefficient", "low", "high"]].to_numpy()).all()


def test_what_has_no_regression_says_why() -> None:
    places = sample(20)
    assert "1 in every row" in rank_regression(places, np.ones((20, 2)), list("abcd")).reason
    assert "too few" in rank_regression(places[:10], places[:10, :1], list("abcd")).reason
    constant = places.copy()
    constant[:, 2] = 1.0
    assert rank_regression(constant, places[:, :1], list("abcd")).table["factor"].tolist() == ["a", "b", "d"]


def test_missing_replicates_do_not_move_row_means() -> None:
    generator = np.random.default_rng(1)
    rows, replicate_effect = generator.normal(size=50), 10.0 * generator.normal(size=4)
    values = rows[:, np.newaxis] + replicate_effect
    np.testing.assert_array_equal(row_means(values), values.mean(axis=1))
    holed = values.copy()
    holed[generator.random(values.shape) < 0.3] = NAN
    holed[0], holed[1] = NAN, values[1]
    means = row_means(holed)
    there = np.isfinite(holed).any(axis=1)
    np.testing.assert_array_equal(np.isfinite(means), there)
    np.testing.assert_allclose((means - values.mean(axis=1))[there], means[1] - values[1].mean(), atol=1e-6)


def test_a_sweep_has_tornados_and_regressions_where_its_designs_allow() -> None:
    sweep = Tables({"one-at-a-time": 1, "grid": 3, "latin-hypercube": 60, "sobol": 16}, replicates=3).sweep()
    swings = {(key.design, key.policy): result for key, result in swings_by_policy(sweep, "lift_later")}
    assert {design for design, _ in swings} == {"one-at-a-time", "grid"}
    table = swings["one-at-a-time", "value-driven"].table.set_index(["factor", "end"])
    assert at(table, ("employees.turnover", "high"), "effect") < -0.3
    assert "duration" not in set(swings["one-at-a-time", "procedural"].table["factor"])
    found = {(key.design, key.policy): result for key, result in regressions_by_policy(sweep, "lift_later")}
    assert {design for design, _ in found} == {"latin-hypercube", "sobol"}
    result = found["latin-hypercube", "value-driven"]
    assert result.unranked == ("norm.rule",)
    assert at(result.table.set_index("factor"), "employees.turnover", "high") < -0.2
    assert found["sobol", "value-driven"].rows == 32  # the first and the last row of every block alone
    assert "norm.rule, whose values have no order" in result.describe()
