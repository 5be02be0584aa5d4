"""Stepwise rank regression: it finds the few factors that matter among nearly as many as there are rows."""

from __future__ import annotations

import numpy as np
import pytest

from sim.analysis.stepwise import ENTRY, stepwise_rank_regression
from sim.analysis.tornado import rank_regression

NAMES = [f"factor {number}" for number in range(150)]


def drawn(rows: int = 400, factors: int = 150) -> np.ndarray:
    return np.random.default_rng(5).random((rows, factors))


def test_the_factors_that_matter_are_found_with_their_signs_and_sizes() -> None:
    factors = drawn()
    values = np.exp(3.0 * factors[:, 4] - 2.0 * factors[:, 77] + 0.5 * factors[:, 120])
    found = stepwise_rank_regression(factors, values + 0.01 * drawn()[:, 0], NAMES)
    table = found.table.set_index("factor")["coefficient"]
    assert table["factor 4"] == pytest.approx(3.0 / np.sqrt(13.25), abs=0.05)
    assert table["factor 77"] == pytest.approx(-2.0 / np.sqrt(13.25), abs=0.05)
    assert table["factor 120"] == pytest.approx(0.5 / np.sqrt(13.25), abs=0.05)
    assert found.explained > 0.9 and found.rows == 400
    alone = rank_regression(factors[:, [4, 77, 120]], values[:, np.newaxis], ["factor 4", "factor 77", "factor 120"])
    assert alone.table["coefficient"].to_numpy() == pytest.approx(
        table[["factor 4", "factor 77", "factor 120"]], abs=0.02
    )


def test_of_factors_without_effect_hardly_any_enter() -> None:
    entered = 0
    for seed in range(20):
        noise = np.random.default_rng(100 + seed).random(200)
        found = stepwise_rank_regression(drawn(200), noise, NAMES)
        entered += len(found.table)
        assert len(found.table) or "no factor can be told from chance in 200 rows" in found.reason
    assert entered < 20 * 2.5 * ENTRY * len(NAMES)


def test_missing_values_are_left_out_and_nothing_to_explain_is_said() -> None:
    factors = drawn(60, 3)
    values = factors[:, 1].copy()
    values[:20] = np.nan
    found = stepwise_rank_regression(factors, values, NAMES[:3])
    assert found.table["factor"].tolist() == ["factor 1"] and (found.rows, found.dropped) == (40, 20)
    assert "the outcome is 1 in every row" in stepwise_rank_regression(factors, np.ones(60), NAMES[:3]).reason
    assert stepwise_rank_regression(factors[:4], values[:4], NAMES[:3]).reason
    same = np.column_stack([factors[:, 0], factors[:, 0], np.full(60, 2.0)])
    assert len(stepwise_rank_regression(same, factors[:, 0] ** 3, NAMES[:3]).table) == 1, "a copy adds nothing"
