"""BG/NBD on a log: the published numbers, known numbers recovered, and judgment by the hold-out."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.calibration.fit_report import deviation, origin
from sim.calibration.purchases import expected_histogram, fit_purchases
from sim.calibration.spending import expected_density, fit_spending
from sim.evidence.replications import beta_geometric_nbd, datasets
from sim.model.scenario.messages import Faults

from .logs import SHAPES, SPENDING, cdnow, cdnow_path, log_of, simulated, written


def test_cdnow_gives_the_published_numbers() -> None:
    fit = cdnow()
    assert [round(value, 3) for value in fit.estimate[:4]] == list(SHAPES)
    assert round(fit.estimate.log_likelihood, 1) == -9582.4
    assert (fit.customers, fit.fitted, fit.repeaters, fit.repeat_purchases) == (2357, 2357, 946, 2457)
    assert fit.calibration_weeks == 39.0 and fit.log.weeks == 78.0
    assert fit.histogram.tolist() == [1411, 439, 214, 100, 62, 38, 29, 64]
    np.testing.assert_allclose(fit.expected_histogram, [1405, 462, 192, 102, 60, 39, 26, 72], atol=5)
    assert fit.expected_histogram.sum() == pytest.approx(2357)


def test_cdnow_is_predicted_twelve_percent_too_low() -> None:
    hold_out = cdnow().hold_out
    assert hold_out is not None
    assert (hold_out.weeks, hold_out.actual, round(hold_out.predicted)) == (39, 1882, 1653)
    assert hold_out.error == pytest.approx(-0.12, abs=0.005)
    published = [0.23, 0.52, 1.04, 1.52, 2.16, 2.65, 3.50, 6.16], [0.24, 0.70, 1.39, 1.56, 2.53, 2.95, 3.86, 6.36]
    np.testing.assert_allclose(hold_out.predicted_means, published[0], atol=0.011)
    np.testing.assert_allclose(hold_out.actual_means, published[1], atol=0.006)
    assert "the fit is 12 % too low" in origin(cdnow(), "cdnow.txt", "0")["trust"]


def test_cdnow_spending_gives_the_published_numbers() -> None:
    spending = cdnow().spending
    assert spending is not None and spending.p is not None and spending.q is not None and spending.gamma is not None
    assert (round(spending.p, 2), round(spending.q, 2), round(spending.gamma, 2)) == (6.25, 3.74, 15.44)
    assert spending.customers == 946
    assert spending.mean == pytest.approx(35.17, abs=0.01)
    grid = np.linspace(0.01, 3000.0, 300_000)
    assert expected_density(spending, grid).sum() * (grid[1] - grid[0]) == pytest.approx(1.0, abs=1e-3)


def test_cumulative_purchases_agree_with_the_rest() -> None:
    fit = cdnow()
    assert fit.hold_out is not None
    assert fit.weeks.tolist() == list(range(1, 79))
    assert fit.cumulative[38] == 2457 and fit.cumulative[77] == 2457 + fit.hold_out.actual
    assert np.all(np.diff(fit.expected) > 0)
    expected = fit.expected_histogram @ [*range(7), 7]
    assert expected < fit.expected[38] < 1.05 * fit.repeat_purchases


def test_the_summary_is_that_of_the_replication() -> None:
    log, reference = log_of(cdnow_path()), datasets.cdnow()
    history = datasets.summarize_purchases(log.customer, log.day, log.first_day + 39 * 7 - 1)
    order, other = (np.lexsort((h.later, h.age, h.recency, h.frequency)) for h in (history, reference))
    for name in ("frequency", "recency", "age", "later"):
        np.testing.assert_array_equal(getattr(history, name)[order], getattr(reference, name)[other])


def test_expected_histogram_agrees_with_simulated_customers() -> None:
    age = np.repeat([20.0, 45.0], 20_000)
    estimate = beta_geometric_nbd.Fit(1.2, 6.0, 1.5, 4.0, 0.0)
    counts = beta_geometric_nbd.histogram(beta_geometric_nbd.simulate(*estimate[:4], age, rng=4))
    np.testing.assert_allclose(expected_histogram(estimate, age, 7), counts, rtol=0.06, atol=60)


def test_a_full_size_log_is_recovered(tmp_path: Path) -> None:
    path = written(tmp_path / "full.csv", simulated(23_570, seed=11))
    warnings = Faults()
    log = log_of(path, warnings)
    fit = fit_purchases(log, None, warnings, "full")
    assert log.rows > 60_000 and warnings.messages == []
    r, alpha, a, b = SHAPES
    estimate = fit.estimate
    # Purchases of a day count as one, which hides some of the busiest customers' and lowers the rate by about 3 %.
    assert estimate.shape / estimate.scale == pytest.approx(0.97 * r / alpha, rel=0.05)
    assert estimate.a / (estimate.a + estimate.b) == pytest.approx(a / (a + b), rel=0.06)
    assert estimate.shape == pytest.approx(r, rel=0.08)
    assert fit.hold_out is not None and fit.hold_out.error == pytest.approx(0.0, abs=0.06)
    np.testing.assert_allclose(fit.histogram, fit.expected_histogram, rtol=0.1, atol=40)
    assert fit.spending is not None and fit.spending.p is not None
    assert fit.spending.mean == pytest.approx(SPENDING[0] * SPENDING[2] / (SPENDING[1] - 1.0), rel=0.03)


@pytest.mark.slow
def test_a_million_lines_are_read(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    frame = pd.DataFrame({"id": rng.integers(0, 300_000, 1_000_000), "day": 0, "paid": rng.random(1_000_000).round(2)})
    frame["day"] = np.datetime_as_string(np.datetime64("2020-01-01") + rng.integers(0, 700, len(frame)))
    path = written(tmp_path / "million.csv", frame)
    log = log_of(path)
    assert log.rows == 1_000_000 == log.customer.size + log.merged


def test_of_many_customers_an_even_sample_is_fitted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.calibration.purchases.MOST_FITTED", 1200)
    fit = fit_purchases(log_of(cdnow_path()), None, Faults(), "cdnow")
    assert (fit.fitted, fit.customers) == (1200, 2357)
    whole = cdnow().estimate
    assert fit.estimate.shape / fit.estimate.scale == pytest.approx(whole.shape / whole.scale, rel=0.1)
    assert "an even sample of 1,200 of them" in origin(fit, "cdnow.txt", "0")["fit"]


def test_spending_is_recovered_in_any_currency() -> None:
    rng = np.random.default_rng(3)
    x = rng.integers(1, 6, 8000)
    own = rng.gamma(4.0, 1.0 / 20.0, x.size)
    mean = rng.gamma(5.0 * x, 1.0 / own) / x
    for unit in (1.0, 0.001, 1e6):
        fit = fit_spending(x, mean * unit, float(mean.mean()) * unit)
        assert fit.p == pytest.approx(5.0, rel=0.08) and fit.q == pytest.approx(4.0, rel=0.08)
        assert fit.mean == pytest.approx(unit * 5.0 * 20.0 / 3.0, rel=0.03)


def test_spending_that_cannot_be_fitted_is_averaged() -> None:
    few = fit_spending(np.ones(5, dtype=np.int64), np.arange(1.0, 6.0), 3.5)
    equal = fit_spending(np.ones(50, dtype=np.int64), np.full(50, 9.99), 9.99)
    assert (few.p, few.mean, few.spread) == (None, 3.5, None)
    assert (equal.p, equal.mean, equal.correlation) == (None, 9.99, None)


def clockwork(days: int = 364, customers: int = 40) -> pd.DataFrame:
    """Customers who all buy every seventh day."""
    start = date(2020, 1, 1)
    rows = [(f"c{i}", start + timedelta(day + i % 7), 10.0) for i in range(customers) for day in range(0, days, 7)]
    return pd.DataFrame(rows, columns=["customer", "date", "amount"])


def test_unidentified_estimates_are_reported_and_kept_in_range(tmp_path: Path) -> None:
    warnings = Faults()
    fit = fit_purchases(log_of(written(tmp_path / "log.csv", clockwork())), None, warnings, "log")
    assert fit.estimate.shape / fit.estimate.scale == pytest.approx(0.98, abs=0.03)
    assert fit.estimate.a / fit.estimate.b < 1e-4
    assert np.isnan(fit.estimate.log_likelihood)
    assert sum("must be in the legal ranges" in message for message in warnings.messages) == 2
    assert fit.hold_out is not None and abs(fit.hold_out.error or 0.0) < 0.05


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (-0.1214, "12 % too low"),
        (0.054, "5.4 % too high"),
        (0.0, "right to a tenth of a percent"),
        (-2.0, "200 % too low"),
    ],
)
def test_deviations_in_words(share: float, words: str) -> None:
    assert deviation(share) == words
