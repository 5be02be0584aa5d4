"""What the page of a fit shows, from the fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sim.fitting.checks import Checks
from sim.fitting.fitting import Result
from sim.fitting.plan import Plan, plan_fit
from sim.fitting.posterior import Posterior
from sim.fitting.reference_table import wider_table
from sim.fitting.table import MEAN, SHARE, Observed, ReferenceTable
from sim.pages.fit.content import FitContent, FittedParameter
from sim.pages.fit.page import write_page


@dataclass(frozen=True)
class Origin:
    """What the page says of where a fit comes from.

    Attributes:
        scenario, policy, history: Names, and the file of the history.
        seed, command: How it was made.
        integrated: Parameters that were drawn and not fitted.
        meanings: Parameter -> meaning and unit.
        warnings: What was assumed.
    """

    scenario: str
    policy: str
    history: str
    seed: int
    command: str = ""
    integrated: int = 0
    meanings: Mapping[str, tuple[str, str]] | None = None
    warnings: Sequence[str] = ()


def content_of(
    table: ReferenceTable,
    observed: Observed,
    posterior: Posterior,
    checks: Checks,
    origin: Origin,
    plan: Plan | None = None,
) -> FitContent:
    """Everything that the page of a fit shows.

    Args:
        table, observed, posterior, checks: The fit.
        origin: Where it comes from.
        plan: What more data would add, if that was worked out.
    """
    holdout = checks.holdout
    return FitContent(
        origin.scenario,
        origin.policy,
        origin.history,
        len(table.unit),
        origin.seed,
        origin.command,
        [_parameter(place, table, posterior, checks, origin) for place in range(len(table.priors.names))],
        origin.integrated,
        observed.columns,
        observed.rows,
        [kind in (SHARE, MEAN) for kind in observed.kinds],
        observed.values,
        checks.fans.shares,
        checks.fans.prior,
        checks.fans.posterior,
        [each.what for each in checks.conflicts],
        checks.surprise,
        checks.correlations,
        checks.calibration.band,
        "" if holdout is None else holdout.sentence(),
        "" if holdout is None else holdout.usual_in_words(),
        holdout is None or holdout.better,
        [] if holdout is None else [(name, own, other) for name, (own, other) in holdout.scores.items()],
        None if holdout is None else np.stack([holdout.median, holdout.low, holdout.high]),
        [] if plan is None else plan.next_steps,
        origin.warnings,
    )


def _parameter(
    place: int, table: ReferenceTable, posterior: Posterior, checks: Checks, origin: Origin
) -> FittedParameter:
    name, low, high = table.priors.names[place], float(table.priors.low[place]), float(table.priors.high[place])
    draws = low + posterior.unit[:, place] * (high - low)
    least, most = np.quantile(draws, (0.025, 0.975), weights=posterior.weights, method="inverted_cdf")
    _, smaller, larger = checks.prior_sensitivity[name]
    meaning, unit = (origin.meanings or {}).get(name, ("", ""))
    calibration = checks.calibration
    return FittedParameter(
        name,
        meaning,
        unit,
        low,
        high,
        draws,
        posterior.weights,
        float(posterior.weights @ draws),
        float(least),
        float(most),
        checks.contraction[name],
        checks.identified[name],
        np.sort(calibration.ranks[:, place]),
        name not in calibration.outside,
        {level: shares[name] for level, shares in calibration.coverage.items()},
        calibration.log_score[name],
        smaller,
        larger,
    )


def write_fit_page(result: Result, folder: Path) -> None:
    """Write ``fit.html`` of a fit into a folder; of a plan there is no page.

    What one more column would add is worked out here, from the same table.
    """
    if result.posterior is None or result.checks is None:
        return
    setup = result.setup
    observed = setup.history.observed
    positions = tuple(setup.drawn.index(each) for each in result.fitted)
    plan = plan_fit(*wider_table(setup, result.raw, positions), setup.seed)
    origin = Origin(
        setup.scenario.name,
        setup.policy.name,
        setup.history.label,
        setup.seed,
        setup.command,
        len(setup.drawn) - len(result.fitted),
        {each.name: (each.meaning, each.unit) for each in result.fitted},
        setup.warnings,
    )
    write_page(content_of(result.table, observed, result.posterior, result.checks, origin, plan), folder)
