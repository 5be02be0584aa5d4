"""Customers under contract: the shifted-beta-geometric model fitted to a table of retention, and how far it may be trusted.

Source: Fader & Hardie (2007), "How to project customer retention"; the fit is
:mod:`sim.evidence.replications.shifted_beta_geometric`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from sim.calibration.legal_ranges import legal_pair
from sim.calibration.retention_table import RetentionTable
from sim.evidence.replications import shifted_beta_geometric
from sim.model.kernel.array_types import FloatArray
from sim.model.scenario.messages import Faults

LONG = 8
"""Years from which on some are held out: three fifths are fitted, the others projected."""

ENOUGH = 7
"""Years fitted in the paper; projections from fewer are warned about."""

_FITTED_SHARE = 0.6
_LEAST_FITTED = 2
_BAD_FIT = 4.0  # percentage points; the published cohorts stay under 2


@dataclass(frozen=True)
class ContractFit:
    """The fit to a table of retention.

    Attributes:
        table: The data.
        estimate: alpha, beta and log-likelihood; NaN where alpha and beta had to be moved into their ranges.
        fitted_years: Years that the estimate has seen.
        projected: Share of the cohort left after each year of the table, as the model has it.
    """

    table: RetentionTable
    estimate: shifted_beta_geometric.Fit
    fitted_years: int
    projected: FloatArray

    @property
    def errors(self) -> FloatArray:
        """Model minus data in percentage points, a year, year 0 first."""
        return 100.0 * (self.projected - self.table.shares)

    @property
    def worst_fitted(self) -> float:
        """Largest absolute error over the fitted years, percentage points."""
        return float(np.abs(self.errors[: self.fitted_years + 1]).max())

    @property
    def worst_held_out(self) -> float | None:
        """Largest absolute error over the years held out, percentage points; ``None`` if there are none."""
        held_out = self.errors[self.fitted_years + 1 :]
        return float(np.abs(held_out).max()) if held_out.size else None


def fit_contract(table: RetentionTable, fitted_years: int | None, warnings: Faults) -> ContractFit:
    """Fit the model to the first years of the table and project the others.

    Args:
        table: The data.
        fitted_years: How many years to fit; three fifths of a table of at least :data:`LONG` years if not given, all of a
            shorter one.
        warnings: Takes what to beware of.

    Raises:
        ScenarioError: If this number of years cannot be fitted.
    """
    faults = Faults()
    years = fitted_years or (round(_FITTED_SHARE * table.years) if table.years >= LONG else table.years)
    if not _LEAST_FITTED <= years <= table.years:
        faults.add("--fit-years", f"must be {_LEAST_FITTED} to {table.years} (years in the table), got {years}.")
    elif table.survivors[years] == table.survivors[0]:
        faults.add("--fit-years", f"must take in a year in which someone leaves, got {years}. Fit more years.")
    faults.raise_any()
    with np.errstate(all="ignore"):
        estimate = shifted_beta_geometric.fit(table.survivors[: years + 1])
    pair = legal_pair("lifetime.churn_alpha", "lifetime.churn_beta", (estimate.alpha, estimate.beta), warnings)
    if pair != (estimate.alpha, estimate.beta):
        estimate = shifted_beta_geometric.Fit(*pair, math.nan)
    projected = shifted_beta_geometric.survival(estimate.alpha, estimate.beta, np.arange(table.years + 1))
    if years < ENOUGH:
        warnings.add(
            "the projection",
            f"rests on {years} years. Far projections deserve less trust than their likelihood suggests: a fit to four "
            "years of a published cohort missed year 12 by 8.7 percentage points. Add years when you have them.",
        )
    fit = ContractFit(table, estimate, years, projected)
    if fit.worst_fitted > _BAD_FIT:
        warnings.add(
            "the fit",
            f"is off by up to {fit.worst_fitted:.1f} percentage points in years that it has seen. In this model rates of "
            "retention never fall: check the table, or do not use the model for this cohort.",
        )
    return fit
