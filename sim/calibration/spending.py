"""What customers spend: the gamma-gamma model of the mean value of a purchase.

Source: Fader, Hardie & Lee (2005), "RFM and CLV: using iso-value curves for customer base analysis"; Fader & Hardie (2013),
"The gamma-gamma model of monetary value". One purchase of a customer is Gamma(p, nu), her nu is Gamma(q, gamma), and
how much she spends is independent of how often she buys.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import minimize
from scipy.special import gammaln, polygamma

from sim.model.kernel.array_types import FloatArray, IntArray

LEAST_CUSTOMERS = 20
"""Repeat customers with known spending from which on the model is fitted."""

_BOUND = 12.0  # of the logarithms of the shapes


@dataclass(frozen=True)
class SpendFit:
    """The fit of the model of spending.

    Attributes:
        p, q, gamma: Estimates; ``None`` if there were too few repeat customers, or they do not differ.
        log_likelihood: At the estimate.
        customers: Repeat customers fitted.
        mean: Expected value of a purchase, averaged over customers, in the money of the file.
        spread: Standard deviation of the logarithm of customers' own means.
        observed_mean: Mean value of all purchases with known money.
        correlation: Between frequency and mean value over repeat customers, which the model takes for 0.
        purchases, values: Repeat purchases and mean value of each customer fitted.
    """

    p: float | None
    q: float | None
    gamma: float | None
    log_likelihood: float | None
    customers: int
    mean: float
    spread: float | None
    observed_mean: float
    correlation: float | None
    purchases: IntArray = field(repr=False, compare=False)
    values: FloatArray = field(repr=False, compare=False)


def fit_spending(purchases: IntArray, mean_value: FloatArray, observed_mean: float) -> SpendFit:
    """Estimate the model from repeat customers.

    Args:
        purchases: Repeat purchases with known money, at least 1 a customer.
        mean_value: Mean value of these, above 0.
        observed_mean: Mean value of all purchases, used where the model cannot be fitted.
    """
    x, mean = purchases.astype(np.float64), mean_value
    correlation = _correlation(x, mean)
    bare = SpendFit(None, None, None, None, x.size, observed_mean, None, observed_mean, correlation, purchases, mean)
    if x.size < LEAST_CUSTOMERS or np.ptp(mean) < 1e-9 * mean.mean():
        return bare
    unit = float(mean.mean())  # the shapes do not depend on the currency; the search would
    scaled = mean / unit

    def negative(logs: FloatArray) -> float:
        return -float(_log_densities(np.exp(logs), x, scaled).sum())

    found = minimize(negative, np.ones(3), method="L-BFGS-B", bounds=[(-_BOUND, _BOUND)] * 3)
    found = minimize(
        negative, found.x, method="Nelder-Mead", options={"xatol": 1e-7, "fatol": 1e-7, "maxiter": 2000, "maxfev": 2000}
    )
    p, q, gamma = (float(v) for v in np.exp(found.x))
    if not np.isfinite(found.fun) or np.abs(found.x).max() > _BOUND:
        return bare
    likelihood = float(-found.fun - x.size * np.log(unit))
    expected = p * gamma * unit / (q - 1.0) if q > 1.0 else observed_mean
    spread = float(np.sqrt(polygamma(1, q)))
    return SpendFit(
        p, q, gamma * unit, likelihood, x.size, expected, spread, observed_mean, correlation, purchases, mean_value
    )


def _log_densities(shapes: FloatArray, x: FloatArray, mean: FloatArray) -> FloatArray:
    """Equation 1a of Fader & Hardie (2013) for customers with x purchases of this mean value; broadcasts."""
    p, q, gamma = shapes
    px = p * x
    constant = gammaln(px + q) - gammaln(px) - gammaln(q) + q * np.log(gamma) + px * np.log(x)
    each = constant + (px - 1.0) * np.log(mean) - (px + q) * np.log(gamma + x * mean)
    return np.asarray(each, dtype=np.float64)


def expected_density(fit: SpendFit, values: FloatArray) -> FloatArray:
    """Density of customers' mean values at ``values`` as the model has it, for customers with as many purchases as these."""
    assert fit.p is not None
    assert fit.q is not None
    assert fit.gamma is not None
    numbers, times = np.unique(fit.purchases, return_counts=True)
    shapes = np.array([fit.p, fit.q, fit.gamma])
    x = numbers.astype(np.float64)[:, None]
    return np.asarray(times / times.sum() @ np.exp(_log_densities(shapes, x, values)), dtype=np.float64)


def _correlation(x: FloatArray, mean: FloatArray) -> float | None:
    """Correlation, ``None`` where one of the two does not vary."""
    if x.size < 3 or np.ptp(x) == 0 or np.ptp(mean) == 0:
        return None
    return float(np.corrcoef(x, mean)[0, 1])
