"""sBG and BG/NBD: published estimates, known parameters recovered, agents against formulas."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import beta as beta_function

from sim.evidence.replications import beta_geometric_nbd, datasets
from sim.evidence.replications import shifted_beta_geometric as sbg

HISTORY = datasets.cdnow()
ESTIMATE = beta_geometric_nbd.fit(HISTORY.frequency, HISTORY.recency, HISTORY.age)


@pytest.mark.parametrize(
    ("cohort", "alpha", "beta", "likelihood", "error"),
    [("regular", 0.704, 1.182, -1680.3, 0.61), ("high_end", 0.668, 3.806, -1611.2, 1.83)],
)
def test_published_retention(cohort: str, alpha: float, beta: float, likelihood: float, error: float) -> None:
    percent = datasets.retention()[cohort]
    found = sbg.fit(percent[:8] * 10)
    assert (round(found.alpha, 3), round(found.beta, 3)) == (alpha, beta)
    assert round(found.log_likelihood, 1) == likelihood
    projected = 100 * sbg.survival(found.alpha, found.beta, np.arange(13))
    assert np.abs(projected - percent).max() == pytest.approx(error, abs=0.005)


def test_four_years_are_too_few() -> None:
    percent = datasets.retention()["high_end"]
    found = sbg.fit(percent[:5] * 10)
    assert percent[12] - 100 * sbg.survival(found.alpha, found.beta, 12) == pytest.approx(8.7, abs=0.05)


def test_survival_is_the_mean_over_customers() -> None:
    for alpha, beta, years in ((0.704, 1.182, 5), (3.0, 9.0, 12)):
        churn = np.linspace(0.0, 1.0, 400_001)[1:-1]
        density = churn ** (alpha - 1) * (1 - churn) ** (beta - 1) / beta_function(alpha, beta)
        direct = np.trapezoid(density * (1 - churn) ** years, churn)
        assert sbg.survival(alpha, beta, years) == pytest.approx(direct, rel=2e-3)
    rates = sbg.retention(0.668, 3.806, np.arange(1, 13))
    np.testing.assert_allclose(np.cumprod(rates), sbg.survival(0.668, 3.806, np.arange(1, 13)))


def test_other_parameters_are_recovered() -> None:
    expected = 1e6 * sbg.survival(2.0, 7.0, np.arange(10))
    found = sbg.fit(expected)
    assert found.alpha == pytest.approx(2.0, rel=1e-3)
    assert found.beta == pytest.approx(7.0, rel=1e-3)
    assert found.mean_churn == pytest.approx(2 / 9, rel=1e-4)


def test_weekly_agents_follow_the_yearly_formula() -> None:
    simulated = sbg.simulate(0.668, 3.806, 12, customers=60_000, rng=1)
    np.testing.assert_allclose(simulated, sbg.survival(0.668, 3.806, np.arange(13)), atol=0.008)


def test_survivors_that_cannot_be() -> None:
    with pytest.raises(ValueError, match="never rise"):
        sbg.fit([1000, 800, 900])
    with pytest.raises(ValueError, match="at least two years"):
        sbg.fit([1000, 800])


def test_published_cdnow() -> None:
    assert HISTORY.age.size == 2357 and np.count_nonzero(HISTORY.frequency) == 946
    assert int(HISTORY.frequency.sum()) == 2457 and int(HISTORY.later.sum()) == 1882
    assert [round(v, 3) for v in ESTIMATE[:4]] == [0.243, 4.414, 0.793, 2.426]
    assert round(ESTIMATE.log_likelihood, 1) == -9582.4
    assert beta_geometric_nbd.histogram(HISTORY.frequency).tolist() == [1411, 439, 214, 100, 62, 38, 29, 64]


def test_hold_out_is_missed_by_an_eighth() -> None:
    each = beta_geometric_nbd.conditional_expectation(ESTIMATE, 39, HISTORY.frequency, HISTORY.recency, HISTORY.age)
    assert each.sum() == pytest.approx(1653, abs=1)
    classes = np.minimum(HISTORY.frequency, 7)
    means = [round(float(each[classes == x].mean()), 2) for x in range(8)]
    np.testing.assert_allclose(means, [0.23, 0.52, 1.04, 1.52, 2.16, 2.65, 3.50, 6.16], atol=0.011)


def test_simulated_cdnow() -> None:
    cohorts = [beta_geometric_nbd.simulate(*ESTIMATE[:4], HISTORY.age, rng=seed) for seed in range(25)]
    totals = np.array([cohort.sum() for cohort in cohorts])
    assert totals.mean() == pytest.approx(2498, abs=75) and 70 < totals.std() < 170
    mean = np.mean([beta_geometric_nbd.histogram(cohort) for cohort in cohorts], axis=0)
    np.testing.assert_allclose(mean, [1405, 462, 192, 102, 60, 39, 26, 72], rtol=0.02, atol=7)


def test_conditional_expectation_agrees_with_simulated_customers() -> None:
    shape, scale, a, b = 1.2, 6.0, 1.5, 4.0
    size, rng = 60_000, np.random.default_rng(2)
    age, later = np.full(size, 30.0), np.full(size, 60.0)
    seeds = int(rng.integers(1 << 30))
    first = beta_geometric_nbd.simulate(shape, scale, a, b, age, rng=seeds)
    whole = beta_geometric_nbd.simulate(shape, scale, a, b, later, rng=seeds)  # the same customers, twice as long
    assert np.all(whole >= first)
    fresh = beta_geometric_nbd.Fit(shape, scale, a, b, 0.0)
    nobody = beta_geometric_nbd.conditional_expectation(fresh, 30.0, [0], [0.0], [30.0])[0]
    assert (whole - first)[first == 0].mean() == pytest.approx(nobody, rel=0.05)


def test_other_bg_nbd_parameters_are_recovered() -> None:
    rng = np.random.default_rng(6)
    size = 6000
    rate, gone = rng.gamma(0.9, 1 / 5.0, size), rng.beta(1.2, 3.0, size)
    age = rng.uniform(30, 60, size)
    frequency, recency = np.zeros(size, dtype=int), np.zeros(size)
    for i in range(size):
        time = rng.exponential(1 / rate[i])
        while time < age[i]:
            frequency[i], recency[i] = frequency[i] + 1, time
            if rng.random() < gone[i]:
                break
            time += rng.exponential(1 / rate[i])
    found = beta_geometric_nbd.fit(frequency, recency, age)
    assert found.shape / found.scale == pytest.approx(0.18, rel=0.1)
    assert found.a / (found.a + found.b) == pytest.approx(1.2 / 4.2, rel=0.12)
    simulated = beta_geometric_nbd.simulate(0.9, 5.0, 1.2, 3.0, age, rng=1)
    assert simulated.mean() == pytest.approx(frequency.mean(), rel=0.08)


def test_histories_that_cannot_be() -> None:
    with pytest.raises(ValueError, match="recency"):
        beta_geometric_nbd.fit([1], [40.0], [39.0])
    with pytest.raises(ValueError, match="equally long"):
        beta_geometric_nbd.fit([1, 2], [40.0], [39.0])
    with pytest.raises(ValueError, match="without a repeat purchase"):
        beta_geometric_nbd.fit([0, 0], [0.0, 0.0], [39.0, 30.0])


def test_purchases_of_one_day_count_once() -> None:
    history = datasets.summarize_purchases(["b", "a", "a", "a", "a", "b"], [0, 3, 3, 10, 80, 75], calibration_end=70)
    assert history.frequency.tolist() == [1, 0] and history.later.tolist() == [1, 1]
    assert history.recency.tolist() == [1.0, 0.0]
    np.testing.assert_allclose(history.age, [67 / 7, 10.0])
