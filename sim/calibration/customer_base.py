"""From a fit to the numbers of a scenario, with as many customers coming as leaving."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from sim.calibration.contract_fit import ContractFit
from sim.calibration.legal_ranges import significant
from sim.calibration.purchases import PurchaseFit
from sim.evidence.replications import shifted_beta_geometric
from sim.model.kernel.array_types import FloatArray
from sim.model.kernel.parameters import ParameterValue
from sim.model.mechanisms import lifetime

_PURCHASE_SHAPES = ("lifetime.purchase_shape", "lifetime.purchase_scale", "lifetime.dropout_a", "lifetime.dropout_b")
_KINDS_OF_CUSTOMER = 4000


def lifetime_numbers(fit: PurchaseFit | ContractFit) -> dict[str, float]:
    """The parameters of ``[lifetime]`` that a fit gives, by dotted name."""
    if isinstance(fit, PurchaseFit):
        shapes = zip(_PURCHASE_SHAPES, fit.estimate[:4], strict=True)
        return {name: significant(value) for name, value in shapes}
    alpha, beta = fit.estimate.alpha, fit.estimate.beta
    return {"lifetime.churn_alpha": significant(alpha), "lifetime.churn_beta": significant(beta)}


def staying(numbers: Mapping[str, ParameterValue], weeks: FloatArray) -> FloatArray:
    """Share of customers who are still there a number of weeks after they came, from the numbers of a scenario."""
    if "lifetime.churn_alpha" in numbers:
        years = weeks / lifetime.WEEKS_A_YEAR
        alpha, beta = float(numbers["lifetime.churn_alpha"]), float(numbers["lifetime.churn_beta"])
        return shifted_beta_geometric.survival(alpha, beta, years)
    shape, scale, a, b = (float(numbers[name]) for name in _PURCHASE_SHAPES)
    draws = (np.arange(_KINDS_OF_CUSTOMER) + 0.5) / _KINDS_OF_CUSTOMER
    kinds = [lifetime.dropout_probability(draw, a, b) for draw in draws.tolist()]
    gone = np.multiply.outer(weeks, kinds)  # the rate is averaged out: E exp(-rate dropout t) over Gamma(shape, scale)
    return np.asarray(((scale / (scale + gone)) ** shape).mean(axis=-1), dtype=np.float64)


def acquisition(
    numbers: Mapping[str, ParameterValue], initial: int, market: int, years: float, run_weeks: int
) -> float:
    """Weekly probability that a member of the market becomes a customer, so that the number of customers is kept.

    A run ends with as many customers as it began. The installed base came at a steady rate over ``years``, so that
    ``A(w) = integral of S from w to w + years`` tells how many of it are left after w weeks. Newcomers at a rate n come
    to ``n`` times the integral of S from 0 to w. Balancing the first week instead would make the base grow, since the
    loyal remain and fewer and fewer leave.

    Args:
        numbers: Parameters of ``[lifetime]`` by dotted name.
        initial: Customers at the outset.
        market: Customers and those who could become customers.
        years: ``customers.history``.
        run_weeks: Length of a run, burn-in included.
    """
    history = max(round(years * lifetime.WEEKS_A_YEAR), 1)
    left = staying(numbers, np.arange(history + run_weeks + 1.0))
    so_far = np.append(0.0, np.cumsum((left[1:] + left[:-1]) / 2.0))
    remaining = (so_far[-1] - so_far[run_weeks]) / so_far[history]
    leaving = (1.0 - remaining) / so_far[run_weeks]
    return float(min(leaving * initial / max(market - initial, 1), 1.0))
