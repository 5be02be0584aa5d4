"""The patient rule induction method finds a planted region, nothing in noise, and says how sure that is."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from scipy.stats import binom

from sim.analysis.discovery import FOLDS, Discovery, discover_regions

Bools = npt.NDArray[np.bool_]


def rows(number: int, seed: int = 1) -> pd.DataFrame:
    """Uniform rows in six numbers, a whole number, a word and a switch."""
    generator = np.random.default_rng(seed)
    table = pd.DataFrame(generator.random((number, 6)), columns=[f"x{place}" for place in range(6)])
    table["count"] = generator.integers(1, 11, number)
    table["rule"] = generator.choice(["a", "b", "c"], number)
    table["on"] = generator.random(number) < 0.5
    return table


def flipped(interest: pd.Series, share: float, seed: int = 2) -> Bools:
    """The same with a share of the rows reversed at random."""
    turned = np.random.default_rng(seed).random(len(interest)) < share
    return np.asarray(interest.to_numpy() ^ turned)


@pytest.mark.parametrize("number", [200, 800])
def test_it_finds_a_planted_box(number: int) -> None:
    table = rows(number)
    found = discover_regions(table, flipped((table["x0"] < 0.4) & (table["x3"] > 0.3), 0.05))
    (box,) = found.boxes
    limits = {limit.factor: limit for limit in box.limits}
    assert set(limits) == {"x0", "x3"}
    assert limits["x0"].high == pytest.approx(0.4, abs=0.06) and limits["x0"].low == -np.inf
    assert limits["x3"].low == pytest.approx(0.3, abs=0.06) and limits["x3"].high == np.inf
    assert box.density > 0.85 and box.coverage > 0.7
    assert box.held_out_density > 0.8 and box.held_out_coverage > 0.6
    assert all(limit.p_value < 0.001 and limit.folds == FOLDS for limit in box.limits)


def test_without_noise_the_box_is_exact() -> None:
    table = rows(1000)
    (box,) = discover_regions(
        table, ((table["x1"] > 0.25) & (table["x1"] < 0.75) & (table["x2"] < 0.5)).to_numpy()
    ).boxes
    limits = {limit.factor: limit for limit in box.limits}
    assert limits["x1"].low == pytest.approx(0.25, abs=0.02) and limits["x1"].high == pytest.approx(0.75, abs=0.02)
    assert box.coverage > 0.95 and box.density > 0.95


def test_words_whole_numbers_and_switches() -> None:
    table = rows(800)
    so = flipped((table["rule"] != "b") & (table["count"] >= 4) & table["on"], 0.02)
    (box,) = discover_regions(table, so).boxes
    limits = {limit.factor: limit for limit in box.limits}
    assert limits["rule"].words == ("a", "c")
    assert limits["on"].words == ("True",)
    assert limits["count"].low == 3.5 and limits["count"].high == np.inf
    assert box.density > 0.9


def test_a_lever_that_leaves_the_bundle_as_it_is_counts_as_a_word() -> None:
    table = rows(300)[["x0", "x1"]]
    table["amount"] = pd.Series([None, 0.5, 1.0] * 100, dtype="Float64")
    (box,) = discover_regions(table, table["amount"].isna().to_numpy()).boxes
    (limit,) = box.limits
    assert (limit.factor, limit.words) == ("amount", ("as written",))


@pytest.mark.parametrize("seed", range(8))
def test_it_finds_nothing_in_noise(seed: int) -> None:
    found = discover_regions(rows(250, seed), np.random.default_rng(seed + 100).random(250) < 0.35)
    assert found.boxes == ()
    assert "not seen" in found.reason


def test_a_second_box_is_found_among_what_the_first_leaves() -> None:
    table = rows(900)
    first, second = (table["x0"] < 0.3) & (table["x1"] < 0.5), (table["x0"] > 0.7) & (table["rule"] == "a")
    found = discover_regions(table, flipped(first | second, 0.01))
    assert len(found.boxes) == 2
    assert {limit.factor for limit in found.boxes[0].limits} == {"x0", "x1"}
    assert {limit.factor for limit in found.boxes[1].limits} == {"x0", "rule"}
    assert sum(box.coverage for box in found.boxes) > 0.85


def test_the_numbers_of_a_box_can_be_counted() -> None:
    table = rows(400)
    so = flipped((table["x0"] < 0.4) & (table["x3"] > 0.3), 0.05)
    found = discover_regions(table, so)
    box = found.boxes[0]
    inside = np.ones(400, dtype=bool)
    for limit in box.limits:
        inside &= table[limit.factor].between(limit.low, limit.high).to_numpy()
    np.testing.assert_array_equal(inside, found.inside)
    assert (box.rows, box.interesting) == (int(inside.sum()), int(so[inside].sum()))
    assert box.density == so[inside].mean() and box.coverage == so[inside].sum() / so.sum()
    assert found.base_rate == so.mean()
    for limit in box.limits:
        others = np.ones(400, dtype=bool)
        for other in box.limits:
            if other.factor != limit.factor:
                others &= table[other.factor].between(other.low, other.high).to_numpy()
        assert limit.p_value == pytest.approx(binom.sf(box.interesting - 1, box.rows, so[others].mean()), rel=1e-6)


def test_peeling_goes_from_everything_to_a_small_pure_box() -> None:
    table = rows(400)
    peeling = discover_regions(table, flipped((table["x0"] < 0.4) & (table["x3"] > 0.3), 0.05)).peeling
    assert peeling["rows"].iloc[0] == 400 and peeling["coverage"].iloc[0] == 1.0
    assert (peeling["rows"].diff().dropna() < 0).all()
    assert (peeling["coverage"].diff().dropna() <= 0).all()
    assert peeling["chosen"].sum() == 1


@pytest.mark.parametrize(
    ("number", "cases", "words"),
    [
        (30, 15, "too few rows to look for a region: 30"),
        (100, 4, "smaller side to look for a region: 4,"),
        (100, 100, "smaller side to look for a region: 0,"),
    ],
)
def test_too_few_rows_or_cases_are_said(number: int, cases: int, words: str) -> None:
    found = discover_regions(rows(number), np.arange(number) < cases)
    assert found.boxes == () and words in found.reason
    assert found.table.empty


def test_nothing_that_varies_gives_nothing() -> None:
    assert discover_regions(pd.DataFrame({"x": [1.0] * 100}), np.arange(100) < 50).boxes == ()
    assert discover_regions(pd.DataFrame(index=range(100)), np.arange(100) < 50).boxes == ()
    assert np.isnan(Discovery((), 0, 0).base_rate)


def test_the_same_rows_give_the_same_boxes_whatever_the_columns_are_called_first() -> None:
    table = rows(300)
    so = flipped((table["x0"] < 0.4) & (table["x3"] > 0.3), 0.05)
    one, again = discover_regions(table, so), discover_regions(table, so)
    assert one.boxes == again.boxes and one.table.equals(again.table)
    other = discover_regions(table[table.columns[::-1]], so)
    assert [limit.factor for limit in other.boxes[0].limits] == [limit.factor for limit in one.boxes[0].limits]
    assert other.boxes[0].coverage == pytest.approx(one.boxes[0].coverage, abs=0.05)
    assert other.boxes[0].density == pytest.approx(one.boxes[0].density, abs=0.05)


def test_a_table_of_boxes_has_a_row_a_limit() -> None:
    table = rows(300)
    found = discover_regions(table, flipped((table["x0"] < 0.4) & (table["rule"] == "a"), 0.02))
    assert found.table["factor"].tolist() == [limit.factor for limit in found.boxes[0].limits]
    assert set(found.table["words"]) == {"a", ""}
    assert np.isfinite(found.table[["p_value", "coverage", "density", "held_out_density"]].to_numpy()).all()
    assert found.table["low"].isna().all()
