"""Intervals and designs: SciPy's and ours agree, the evidence has the same ones, and nobody works out another."""

from __future__ import annotations

import re
from math import inf, isnan
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

import sim
from sim.analysis.intervals import (
    correlation_limits,
    difference_interval,
    half_width,
    mean_interval,
    mean_limits,
    normal_quantile,
    quantile_interval,
    share_interval,
    share_limits,
)
from sim.evidence.measurement import Measurement, at_level
from sim.lab.latin_hypercube import latin_hypercube

LEVELS = (0.9, 0.95, 1.0 - 0.05 / 7.0)

QUANTILES = re.compile(r"arctanh|bdtrik|ndtri|stdtrit|student_t|\.ppf\(|proportion_ci|ttest_ind|normal_quantile\(")
MAY = {
    "analysis/survival.py": "limits of a Kaplan-Meier curve, without the import of scipy.stats",
    "analysis/intervals.py": "the place",
    "analysis/convergence.py": "how many replicates an interval would need",
    "analysis/stepwise.py": "a test of a term, which has no interval",
    "model/kernel/quantiles.py": "what people and customers are drawn from, and no statistics",
    "evidence/measurement.py": "the level that is asked for at present",
    "evidence/replications/collective_behavior.py": "thresholds of a published model",
    "evidence/measures/organization.py": "the level of the measurement, for correlations of ranks",
    "evidence/measures/people.py": "the level of the measurement, for a correlation",
    "evidence/measures/customers.py": "a coefficient with its own variance; the file counts for the kept regions",
}


@pytest.mark.parametrize("level", LEVELS)
def test_our_formulas_give_what_scipy_gives(level: float) -> None:
    generator = np.random.default_rng(11)
    for _ in range(100):
        number = int(generator.integers(2, 50))
        values = generator.normal(size=number) * 10.0 ** generator.uniform(-5, 7)
        mean = mean_interval(values, level)
        expected = stats.ttest_1samp(values, 0.0).confidence_interval(level)
        np.testing.assert_allclose([mean.low, mean.high], expected, rtol=1e-9, atol=1e-12 * np.abs(values).max())
        hits = int(generator.integers(0, number + 1))
        wilson = stats.binomtest(hits, number).proportion_ci(level, method="wilson")
        np.testing.assert_allclose(
            share_limits(hits / number, number, normal_quantile(level)), wilson, rtol=1e-12, atol=1e-15
        )
    assert normal_quantile(level) == stats.norm.ppf(0.5 + level / 2.0)


def test_a_difference_is_welchs() -> None:
    generator = np.random.default_rng(12)
    for _ in range(100):
        first, second = generator.normal(1.0, 3.0, 9), generator.normal(0.0, 1.0, int(generator.integers(2, 30)))
        errors = [each.var(ddof=1) / each.size for each in (first, second)]
        freedom = sum(errors) ** 2 / sum(e**2 / (n.size - 1) for e, n in zip(errors, (first, second), strict=True))
        half = stats.t.ppf(0.975, freedom) * np.sqrt(sum(errors))
        found = difference_interval(first, second)
        assert found.mean == first.mean() - second.mean()
        np.testing.assert_allclose([found.low, found.high], [found.mean - half, found.mean + half], rtol=1e-10)
    same = difference_interval(np.full(3, 0.25), np.full(4, 0.75))
    assert same.low == same.mean == same.high
    nearly = difference_interval(np.array([0.1, 0.1, 0.1 + 1e-16]), np.array([0.3, 0.3, 0.3 + 6e-17]))
    assert nearly.low <= nearly.mean <= nearly.high
    assert not difference_interval(np.array([1.0]), np.array([1.0, 2.0])).limited


def test_the_half_width_is_half_of_the_interval() -> None:
    values = np.random.default_rng(13).normal(size=(5, 8))
    values[1, 2:], values[2, 1:], values[3] = np.nan, np.nan, np.nan
    _, low, high = mean_limits(values)
    np.testing.assert_allclose(half_width(values), (high - low) / 2.0)


@pytest.mark.parametrize("level", LEVELS)
def test_the_evidence_has_the_same_intervals(level: float) -> None:
    generator = np.random.default_rng(14)
    one, other = generator.normal(size=12), generator.normal(1.0, 2.0, 7)
    with at_level(level):
        mean, share = Measurement.of_runs(one), Measurement.of_share(3, 12)
        difference = Measurement.of_difference(one, other)
    expected = (mean_interval(one, level), share_interval(0.25, 12, level), difference_interval(one, other, level))
    for found, interval in zip((mean, share, difference), expected, strict=True):
        limits = (interval.mean, interval.low, interval.high)
        assert (found.value, found.low, found.high) == pytest.approx(limits, rel=1e-8)
    assert (mean.runs, share.runs, difference.runs) == (12, 12, 19)


def test_a_run_without_a_value_leaves_a_measurement_without_one() -> None:
    found = Measurement.of_runs([1.0, np.nan, 2.0])
    assert isnan(found.value) and isnan(found.low) and found.runs == 3
    assert Measurement.of_runs([np.inf]).value == inf
    alone = Measurement.of_share(1, 1)
    assert alone.value == alone.high == 1.0 and 0.2 < alone.low < 0.21, "Wilson's limits are there for one run too"


def test_no_other_module_works_out_an_interval() -> None:
    """If this fails: call :mod:`sim.analysis.intervals`, or say in ``MAY`` why not."""
    package = Path(sim.__file__).parent
    found = {
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        if QUANTILES.search(path.read_text(encoding="utf-8"))
    }
    assert found == set(MAY)


def test_a_latin_hypercube_uses_each_part_once_and_keeps_its_draws() -> None:
    """Designs in stores and the kept regions have these draws; another generator would change them all."""
    positions = latin_hypercube(np.random.default_rng(5), 40, 3)
    assert all(sorted(np.floor(column * 40).astype(int)) == list(range(40)) for column in positions.T)
    generator = np.random.default_rng(5)
    parts = np.stack([generator.permutation(40) for _ in range(3)], axis=1)
    np.testing.assert_array_equal(positions, (parts + generator.random((40, 3))) / 40)
    pinned = [0.193921423, 0.556301797, 0.325041571, 0.968388361]
    assert latin_hypercube(np.random.default_rng(7), 4)[:, 0].round(9).tolist() == pinned


def test_limits_of_a_correlation_are_scipys() -> None:
    rng = np.random.default_rng(3)
    x = rng.normal(size=40)
    found = stats.pearsonr(x, x + rng.normal(size=40))
    limits = found.confidence_interval(0.95)
    np.testing.assert_allclose(correlation_limits(float(found.statistic), 40, normal_quantile(0.95)), limits, rtol=1e-9)
    assert correlation_limits(1.0, 10, 2.0)[1] <= 1.0


def test_limits_of_a_quantile_are_order_statistics() -> None:
    sample = np.random.default_rng(4).normal(size=60)
    interval = quantile_interval(sample, 0.25)
    ordered = np.sort(sample)
    assert interval.low == ordered[int(stats.binom.ppf(0.025, 60, 0.25)) - 1]
    assert interval.high == ordered[int(stats.binom.ppf(0.975, 60, 0.25))]
    assert isnan(quantile_interval(sample[:3], 0.9).high)
