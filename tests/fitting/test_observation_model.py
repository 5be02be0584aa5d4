"""What a history would have seen of a run, and what a survey of some people adds to it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sim.analysis.net_promoter import net_promoter_score
from sim.fitting.observation_model import MEASURES, OUTCOMES, in_proportion, see_rows
from sim.fitting.table import Observed, Priors, observe

NAMES = tuple(MEASURES)


def weekly(weeks: int = 26) -> np.ndarray:
    """A run in which every outcome is easy to add up."""
    values = np.zeros((weeks, len(OUTCOMES)))
    for column, name in enumerate(OUTCOMES):
        values[:, column] = {"left": 1.0, "dismissed": 0.5, "employees": 100.0, "retention": 0.99, "failures": 4.0,
                             "service_cost": 10.0, "satisfaction": 0.7}.get(name, 0.25)  # fmt: skip
    return values


def test_rows_by_hand() -> None:
    seen = see_rows(weekly(), OUTCOMES, 0, [(0, 13), (13, 26), (26, 39)], 50.0)
    row = dict(zip(NAMES, seen[0], strict=True))
    assert row["practice"] == 0.25
    assert row["satisfaction"] == pytest.approx(0.7)
    assert row["net_promoter"] == pytest.approx(float(net_promoter_score(0.7)))
    assert row["turnover"] == pytest.approx(13 * 1.5 / 100)
    assert row["retention"] == pytest.approx(0.99**13)
    assert row["churn"] == pytest.approx(1 - 0.99**13)
    assert row["complaints"] == pytest.approx(50 * 13 * 4)
    assert row["cost"] == pytest.approx(130.0)
    assert np.isnan(seen[2]).all()


def test_weeks_before_the_policy_come_first() -> None:
    values = weekly()
    values[:13, OUTCOMES.index("practicing")] = 0.1
    seen = see_rows(values, OUTCOMES, -13, [(-13, 0), (0, 13)], 1.0)
    assert seen[:, NAMES.index("practice")].tolist() == pytest.approx([0.1, 0.25])


def test_counts_of_which_only_the_course_is_known() -> None:
    expected = np.array([[10.0, 20.0, 5.0], [0.0, 1.0, 1.0]])
    scaled = in_proportion(expected, np.array([np.nan, 100.0, 50.0]))
    assert scaled[0].tolist() == [50.0, 100.0, 25.0]
    assert np.isnan(in_proportion(expected, np.array([7.0, 1.0, 1.0]))[1]).all()


def observed(kind: str, people: float = 100.0, changes: bool = False) -> Observed:
    """Three rows of a column; the second is missing."""
    return Observed(
        ("column",), ("1", "2", "3"), np.array([[0.0], [np.nan], [1.0]]), np.full((3, 1), people), (kind,), np.array([0.2]),
        (changes,),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "level", "error"),
    [("share", 0.3, (0.3 * 0.7 / 100) ** 0.5), ("mean of index", 0.6, 0.02), ("count", 40.0, 0.0), ("money", 9.0, 0.0)],
)
def test_the_error_of_a_survey(kind: str, level: float, error: float) -> None:
    people = np.nan if error == 0.0 else 100.0
    seen = observe(np.full((20_000, 3, 1), level), observed(kind, people), np.random.default_rng(1))
    assert np.isnan(seen[:, 1]).all()
    assert seen[:, 0].mean() == pytest.approx(level, abs=4 * error / 20_000**0.5 + 1e-12)
    assert seen[:, 0].std() == pytest.approx(error, rel=0.03)


def test_the_error_of_a_net_promoter_score() -> None:
    score = float(net_promoter_score(0.7))
    seen = observe(np.full((20_000, 3, 1), score), observed("net promoter"), np.random.default_rng(1))
    answers = np.random.default_rng(2).normal(0.7, 0.2, (5_000, 100))
    scores = 100 * ((answers > 0.85).mean(axis=1) - (answers < 0.65).mean(axis=1))
    assert seen[:, 0].std() == pytest.approx(scores.std(), rel=0.04)


def test_changes_are_from_the_first_row_that_has_a_value() -> None:
    expected = np.array([[[0.2], [0.3], [0.6]]])
    still = observed("share", np.nan, changes=True)
    assert observe(expected, still, np.random.default_rng(1))[0, :, 0] == pytest.approx([0.0, np.nan, 0.4], nan_ok=True)


def test_noise_does_not_depend_on_what_is_missing() -> None:
    expected = np.full((5, 3, 1), 0.4)
    whole = replace(observed("share"), values=np.zeros((3, 1)))
    full, part = (observe(expected, each, np.random.default_rng(7)) for each in (whole, observed("share")))
    assert np.array_equal(full[:, [0, 2]], part[:, [0, 2]])


def test_priors_there_and_back() -> None:
    priors = Priors(("a", "b"), np.array([0.0, 2.0]), np.array([10.0, 3.0]))
    unit = np.array([[0.25, 0.5], [1.0, 0.0]])
    assert priors.values(unit).tolist() == [[2.5, 2.5], [10.0, 2.0]]
    assert np.allclose(priors.unit(priors.values(unit)), unit)
