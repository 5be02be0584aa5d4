"""PAWN indices: distances between distributions, what chance alone gives, and outcomes with two levels."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from SALib.analyze import pawn
from scipy.stats import ks_2samp

from analysis.test_sweeps import Tables, at
from sim.analysis.density import TWO_GROUPS, cut_into_slices, pawn_by_policy, pawn_indices
from sim.analysis.sweep_text import SweepNarrator, analyze_outcome, caveats

Floats = npt.NDArray[np.float64]
NAN = float("nan")


def sample(rows: int = 200, seed: int = 1) -> tuple[Floats, list[npt.NDArray[np.int64]]]:
    """Places of rows in a cube of three factors, and their slices."""
    places = np.random.default_rng(seed).random((rows, 3))
    return places, [cut_into_slices(pd.Series(column), numeric=True) for column in places.T]


def test_indices_are_those_of_salib() -> None:
    places, slices = sample()
    values = places[:, 0] ** 2 + 0.3 * places[:, 1]
    table = pawn_indices(slices, values[:, np.newaxis], list("abc")).table
    problem = {"num_vars": 3, "names": list("abc"), "bounds": [[0.0, 1.0]] * 3}
    reference = pawn.analyze(problem, places, values, S=10)
    np.testing.assert_allclose(table["index"], reference["median"], atol=0.02)
    np.testing.assert_allclose(table["largest"], reference["maximum"], atol=0.03)


def test_distances_are_those_of_kolmogorov_and_smirnov_also_where_values_are_equal() -> None:
    _, slices = sample()
    values = np.random.default_rng(2).integers(0, 4, 200).astype(np.float64)
    row = pawn_indices(slices[:1], values[:, np.newaxis], ["a"]).table.iloc[0]
    expected = [ks_2samp(values[slices[0] == number], values).statistic for number in range(10)]
    assert row["index"] == pytest.approx(np.median(expected)) and row["largest"] == pytest.approx(max(expected))


def test_a_row_weighs_the_same_however_many_runs_it_has() -> None:
    places, slices = sample()
    single = np.where(places[:, 0] > 0.5, 1.0, 0.0)[:, np.newaxis]
    several = np.repeat(single, 5, axis=1)
    several[places[:, 0] > 0.3, 2:] = NAN
    first, second = (pawn_indices(slices, values, list("abc")).table for values in (single, several))
    np.testing.assert_allclose(first["index"], second["index"])


def test_a_factor_that_does_not_matter_is_seldom_above_chance() -> None:
    above = 0
    for seed in range(60):
        places, slices = sample(200, seed)
        table = pawn_indices(slices, 1.0 * (places[:, :1] > places[:, 1:2]), list("abc")).table
        assert at(table, 0, "index") > at(table, 0, "chance")
        above += bool(at(table, 2, "index") > at(table, 2, "chance"))
    assert above <= 7  # 3 are expected


def test_an_outcome_with_two_levels_is_recognized_and_an_even_spread_is_not() -> None:
    places, slices = sample()
    tipped = np.where(places[:, :1] + places[:, 1:2] > 1.0, 0.6, 0.05) + 0.02 * places[:, 2:]
    found = pawn_indices(slices, tipped, list("abc"))
    assert found.split > TWO_GROUPS and found.groups == pytest.approx((0.06, 0.61), abs=0.01)
    said = found.describe(lambda value: f"{value:.2f}")
    assert "two groups, about 0.06 and 0.61" in said and "from 85 % on they count as two" in said
    assert "b 0." in said and "they say mostly how often a row tips" in said
    even = pawn_indices(slices, places[:, :1], list("abc"))
    assert even.split == pytest.approx(0.75, abs=0.04) and not even.groups
    assert "mislead" not in even.describe(str)


def test_too_few_rows_and_constant_outcomes_have_a_reason() -> None:
    places, slices = sample(30)
    assert "30 rows are too few, at least 40" in pawn_indices(slices, places[:, :1], list("abc")).reason
    _, slices = sample()
    assert "nothing varies" in pawn_indices(slices, np.ones((200, 2)), list("abc")).reason


def test_slices_of_words_of_few_values_and_of_levers_left_alone() -> None:
    assert cut_into_slices(pd.Series(["b", "a", "b"] * 20), numeric=False).tolist() == [1, 0, 1] * 20
    assert cut_into_slices(pd.Series([5, 7] * 30), numeric=True).tolist() == [0, 1] * 30
    column = pd.Series([*np.linspace(0.0, 1.0, 50), *[None] * 10], dtype="Float64")
    slices = cut_into_slices(column, numeric=True)
    assert set(slices[50:]) == {6} and set(slices[:50]) == set(range(6))


def test_pawn_of_a_sweep() -> None:
    sweep = Tables({"latin-hypercube": 120, "morris": 4, "sobol": 8}, replicates=3).sweep()
    found = {(key.design, key.policy): result for key, result in pawn_by_policy(sweep, "lift_later")}
    assert {design for design, _ in found} == {"latin-hypercube", "sobol"}
    assert "too few" in found["sobol", "value-driven"].reason
    table = found["latin-hypercube", "value-driven"].table
    above = table[table["index"] > table["chance"]]["factor"]
    assert {"employees.turnover", "duration", "norm.rule"} <= set(above) and table["factor"].tolist()[
        1
    ] == "norm.memory"
    assert "duration" not in set(found["latin-hypercube", "procedural"].table["factor"])
    findings = analyze_outcome(sweep, "lift_later")
    said = " ".join(SweepNarrator(sweep).describe_factors(findings))
    assert "[latin-hypercube + sobol] value-driven: distance between distributions (PAWN, 0 to 1): " in said
    assert any("PAWN indices compare distributions" in text for text in caveats(sweep, [findings]))
