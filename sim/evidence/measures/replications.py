"""Measures of the replications: results of published models rebuilt with this model's mechanisms."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, Literal

import numpy as np

from sim.evidence.measurement import Measurement, RunBudget
from sim.evidence.registry import measure
from sim.evidence.replications import (
    beta_geometric_nbd,
    bounded_confidence,
    collective_behavior,
    datasets,
    diffusion,
    innovation_implementation,
    mutual_learning,
    persistence,
    shifted_beta_geometric,
    social_convention,
)
from sim.evidence.replications.adaptive_emulation import strang_macy2001
from sim.evidence.replications.burnout import BurnoutPath, homer1985
from sim.evidence.replications.capability_trap import lyneis_sterman2016
from sim.evidence.replications.consensus import degroot1974, influence
from sim.evidence.replications.cultural_transmission import harrison_carroll1991
from sim.evidence.replications.quality_erosion import oliva_sterman2001
from sim.model.kernel.array_types import FloatArray

_PULSE_WEEKS = 26
_ORDERS, _HOURS = 100.0, 108.0  # at 1.08 hours per order: pressure 1


@measure("march1991.knowledge")
def march_knowledge(run_budget: RunBudget, replicates: int = 3000, **arguments: Any) -> Measurement:
    """Net knowledge of the code at the end."""
    runs = run_budget.runs(replicates, 600)
    return Measurement.of_runs(mutual_learning.knowledge_by_run(**arguments, replicates=runs, rng=run_budget.seed))


@measure("march1991.turnover_effect")
def march_turnover_effect(run_budget: RunBudget, turnover: float, **arguments: Any) -> Measurement:
    """Net knowledge with turnover minus without, all else equal."""
    runs = run_budget.runs(2000, 500)
    rng = np.random.default_rng(run_budget.seed)
    with_it = mutual_learning.knowledge_by_run(**arguments, turnover=turnover, replicates=runs, rng=rng)
    without = mutual_learning.knowledge_by_run(**arguments, replicates=runs, rng=rng)
    return Measurement.of_difference(with_it, without)


@cache
def _retention_fit(cohort: str, years: int) -> shifted_beta_geometric.Fit:
    return shifted_beta_geometric.fit(datasets.retention()[cohort][: years + 1] * 10.0)


@measure("sbg.fit")
def sbg_fit(
    run_budget: RunBudget,
    cohort: str,
    quantity: Literal["alpha", "beta", "log_likelihood", "mean_churn"],
    years: int = 7,
) -> Measurement:
    """One number of the estimate on the first years of a cohort of 1,000."""
    return Measurement.exact(getattr(_retention_fit(cohort, years), quantity))


@measure("sbg.projection_error")
def sbg_projection_error(run_budget: RunBudget, cohort: str, years: int = 7, at: int | None = None) -> Measurement:
    """Largest error of the projected survival over all years, or the error in one year, in percentage points."""
    estimate, actual = _retention_fit(cohort, years), datasets.retention()[cohort]
    error = np.abs(100.0 * shifted_beta_geometric.survival(estimate.alpha, estimate.beta, np.arange(13)) - actual)
    return Measurement.exact(error.max() if at is None else error[at])


@measure("sbg.retention_rate")
def sbg_retention_rate(run_budget: RunBudget, cohort: str, year: int) -> Measurement:
    """Retention rate of the cohort in a year, by the estimate on seven years."""
    estimate = _retention_fit(cohort, 7)
    return Measurement.exact(float(shifted_beta_geometric.retention(estimate.alpha, estimate.beta, year)))


@measure("sbg.agents_error")
def sbg_agents_error(run_budget: RunBudget, cohort: str, replicates: int = 3) -> Measurement:
    """Largest difference between simulated customers and the formula over twelve years, in percentage points."""
    estimate = _retention_fit(cohort, 7)
    formula = shifted_beta_geometric.survival(estimate.alpha, estimate.beta, np.arange(13))
    rng = np.random.default_rng(run_budget.seed)
    runs = [
        shifted_beta_geometric.simulate(estimate.alpha, estimate.beta, 12, run_budget.runs(400_000, 100_000), rng=rng)
        for _ in range(replicates)
    ]
    return Measurement.exact(100.0 * float(np.abs(np.mean(runs, axis=0) - formula).max()))


@cache
def _cdnow_fit() -> beta_geometric_nbd.Fit:
    history = datasets.cdnow()
    return beta_geometric_nbd.fit(history.frequency, history.recency, history.age)


@measure("cdnow.fit")
def cdnow_fit(run_budget: RunBudget, quantity: Literal["shape", "scale", "a", "b", "log_likelihood"]) -> Measurement:
    """One number of the BG/NBD estimate on 39 weeks."""
    return Measurement.exact(getattr(_cdnow_fit(), quantity))


@measure("cdnow.data")
def cdnow_data(
    run_budget: RunBudget, quantity: Literal["customers", "repeaters", "repeat_purchases", "later"]
) -> Measurement:
    """A count in the data."""
    history = datasets.cdnow()
    counts: dict[str, int] = {
        "customers": history.age.size,
        "repeaters": int(np.count_nonzero(history.frequency)),
        "repeat_purchases": int(history.frequency.sum()),
        "later": int(history.later.sum()),
    }
    return Measurement.exact(counts[quantity])


@cache
def _cdnow_histograms(runs: int) -> FloatArray:
    """Repeat purchases in total and by class (0 to 7 and more) of simulated cohorts, a row each."""
    rng, age = np.random.default_rng(1997), datasets.cdnow().age
    cohorts = [beta_geometric_nbd.simulate(*_cdnow_fit()[:4], age, rng=rng) for _ in range(runs)]
    return np.array([[cohort.sum(), *beta_geometric_nbd.histogram(cohort)] for cohort in cohorts], dtype=np.float64)


@measure("cdnow.simulated_purchases")
def cdnow_simulated_purchases(run_budget: RunBudget) -> Measurement:
    """Repeat purchases of a simulated cohort in the calibration period."""
    return Measurement.of_runs(_cdnow_histograms(run_budget.runs(150, 30))[:, 0])


@measure("cdnow.simulated_class")
def cdnow_simulated_class(run_budget: RunBudget, purchases: int) -> Measurement:
    """Simulated customers with a given number of repeat purchases (7: and more)."""
    return Measurement.of_runs(_cdnow_histograms(run_budget.runs(150, 30))[:, 1 + purchases])


@measure("cdnow.predicted")
def cdnow_predicted(run_budget: RunBudget, relative: bool = False, purchases: int | None = None) -> Measurement:
    """Purchases predicted for the 39 weeks after: total, error relative to the data, or mean of a class."""
    history = datasets.cdnow()
    each = beta_geometric_nbd.conditional_expectation(
        _cdnow_fit(), 39.0, history.frequency, history.recency, history.age
    )
    if purchases is not None:
        return Measurement.exact(each[np.minimum(history.frequency, 7) == purchases].mean())
    return Measurement.exact(each.sum() / history.later.sum() - 1.0 if relative else each.sum())


@measure("centola2018.takeover")
def centola_takeover(
    run_budget: RunBudget, replicates: int = 40, quick_replicates: int = 10, **arguments: Any
) -> Measurement:
    """Share of groups taken over."""
    runs = run_budget.runs(replicates, quick_replicates)
    share = social_convention.new_convention_by_run(**arguments, replicates=runs, rng=run_budget.seed)
    return Measurement.of_share(int(np.count_nonzero(share > 0.5)), runs)


@measure("centola2018.tipping_point")
def centola_tipping_point(
    run_budget: RunBudget, memory: int, ties: Any = "random", population: int = 1000
) -> Measurement:
    """Committed share at which a group tips."""
    runs = run_budget.runs(8, 2)
    points = social_convention.tipping_points(population, memory, 1000, ties, runs, rng=run_budget.seed)
    return Measurement.of_runs(points)


@measure("oliva_sterman2001.standard")
def oliva_standard(
    run_budget: RunBudget, load: Literal["pulse", "step"], week: int, size: float = 0.1, symmetric: bool = False
) -> Measurement:
    """Standard in a week, relative to the start; the pulse lasts weeks 1 to 26, the step begins in week 1."""
    weeks = np.arange(week + 1)
    loaded = (weeks >= 1) & (weeks <= (_PULSE_WEEKS if load == "pulse" else week))
    path = oliva_sterman2001(_ORDERS * np.where(loaded, 1.0 + size, 1.0), _HOURS, **_recovery(symmetric))
    return Measurement.exact(path[week] / path[0])


@measure("oliva_sterman2001.noise")
def oliva_noise(run_budget: RunBudget, deviation: float, week: int = 104, symmetric: bool = False) -> Measurement:
    """Standard after weeks of demand that is right on average and varies, relative to the start."""
    rng = np.random.default_rng(run_budget.seed)
    demand = _ORDERS * np.maximum(rng.normal(1.0, deviation, (run_budget.runs(1000, 300), week)), 0.0)
    path = oliva_sterman2001(demand, _HOURS, **_recovery(symmetric))
    return Measurement.of_runs(path[:, -1] / path[:, 0])


def _recovery(symmetric: bool) -> dict[str, float]:
    return {"tau_up": 18.83} if symmetric else {}


@measure("lyneis_sterman2016.output")
def lyneis_output(run_budget: RunBudget, extra_hours: float, years: float) -> Measurement:
    """Output a number of years after hours were moved (100 before)."""
    return Measurement.exact(lyneis_sterman2016(extra_hours).output_at(years))


@measure("lyneis_sterman2016.crossing")
def lyneis_crossing(run_budget: RunBudget, extra_hours: float) -> Measurement:
    """Years until output is back at 100."""
    return Measurement.exact(lyneis_sterman2016(extra_hours).crossing())


_WORKER: dict[str, Callable[[BurnoutPath], float]] = {
    "period": BurnoutPath.period,
    "accomplishments": BurnoutPath.mean_accomplishments,
    "lowest_energy": lambda path: float(path.energy[path.weeks > 50].min()),
    "highest_energy": lambda path: float(path.energy[path.weeks > 50].max()),
    "shortest_week": lambda path: float(path.hours[path.weeks > 50].min()),
    "longest_week": lambda path: float(path.hours[path.weeks > 50].max()),
}


@measure("homer1985.worker")
def homer_worker(run_budget: RunBudget, quantity: str, bias: float = 0.1) -> Measurement:
    """A number of the worker's life: period of her cycles, accomplishments per week, range of energy and hours."""
    return Measurement.exact(_WORKER[quantity](homer1985(bias)))


@measure("harrison_carroll1991.culture")
def harrison_culture(
    run_budget: RunBudget, turnover: float, growth: float = 0.0, months: int = 900, sponsor_leaves: int | None = None
) -> Measurement:
    """Mean culture at the end."""
    return Measurement.exact(harrison_carroll1991(turnover, growth, months, sponsor_leaves).mean[-1])


@measure("harrison_carroll1991.drift")
def harrison_drift(run_budget: RunBudget, turnover: float, growth: float = 0.0) -> Measurement:
    """Change of mean culture over the last five of fifty years: 0 at an equilibrium."""
    mean = harrison_carroll1991(turnover, growth, 600).mean
    return Measurement.exact(mean[-1] - mean[-61])


@measure("harrison_carroll1991.growth_effect")
def harrison_growth_effect(run_budget: RunBudget, turnover: float = 0.035) -> Measurement:
    """Culture of an organization in decline (1 % a month) minus one that grows (4 %)."""
    decline, growth = (harrison_carroll1991(turnover, rate).mean[-1] for rate in (-0.01, 0.04))
    return Measurement.exact(decline - growth)


@measure("strang_macy2001.leader")
def strang_leader(run_budget: RunBudget, quantity: Literal["users", "changes"], **arguments: Any) -> Measurement:
    """Users of the leading practice, or changes of it per 100 rounds."""
    path = strang_macy2001(**arguments, replicates=run_budget.runs(100, 20), rng=run_budget.seed)
    return Measurement.of_runs(path.mean_users() if quantity == "users" else path.changes_per_100())


@measure("bass1969.peak")
def bass_peak(run_budget: RunBudget, innovation: float, imitation: float) -> Measurement:
    """Year of most adoptions."""
    return Measurement.exact(diffusion.peak_year(innovation, imitation))


@measure("bass1969.agents_error")
def bass_agents_error(run_budget: RunBudget, innovation: float, imitation: float, years: int = 20) -> Measurement:
    """Largest difference between agents and the formula over the years, mean over runs."""
    rng = np.random.default_rng(run_budget.seed)
    formula = diffusion.bass1969(innovation, imitation, np.arange(years + 1))
    runs = [diffusion.adopt_by_agents(innovation, imitation, years, rng=rng) for _ in range(run_budget.runs(20, 5))]
    return Measurement.of_runs([np.abs(run - formula).max() for run in runs])


@measure("deffuant2000.camps")
def deffuant_camps(run_budget: RunBudget, confidence: float) -> Measurement:
    """Major camps at the end."""
    final = bounded_confidence.opinions_at_the_end(confidence, replicates=run_budget.runs(60, 20), rng=run_budget.seed)
    return Measurement.of_runs(bounded_confidence.camps_by_run(final))


@measure("degroot1974.limit_error")
def degroot_limit_error(run_budget: RunBudget, people: int = 20) -> Measurement:
    """Largest difference between opinions after a large number of rounds and the influence-weighted mean, random trust."""
    rng = np.random.default_rng(run_budget.seed)
    trust = rng.dirichlet(np.ones(people), people)
    opinions = rng.random(people)
    expected = float(influence(trust) @ opinions)
    ends = (degroot1974(trust, opinions), degroot1974(trust, opinions, rounds=2000))
    return Measurement.exact(max(float(np.abs(end - expected).max()) for end in ends))


@measure("norm_persistence.share")
def norm_persistence_share(run_budget: RunBudget, replicates: int = 150, **arguments: Any) -> Measurement:
    """Share enacting the norm after its sponsor has left."""
    runs = run_budget.runs(replicates, 40)
    return Measurement.of_runs(persistence.enacting_by_run(**arguments, replicates=runs, rng=run_budget.seed))


@measure("repenning2002.weeks")
def repenning_weeks(run_budget: RunBudget, **arguments: float) -> Measurement:
    """Fewest weeks of managers' pressure after which commitment carries itself."""
    return Measurement.exact(innovation_implementation.weeks_before_it_holds(**arguments))


@measure("repenning2002.results")
def repenning_results(run_budget: RunBudget, missing: int, weeks_after: int, **arguments: Any) -> Measurement:
    """Results a number of weeks after the end of pressure that was ``missing`` weeks shorter than needed."""
    length = int(innovation_implementation.weeks_before_it_holds(**arguments)) - missing
    path = innovation_implementation.repenning2002(length, length + weeks_after, **arguments)
    return Measurement.exact(path.results[-1])


@measure("repenning2002.left_alone")
def repenning_left_alone(run_budget: RunBudget, commitment: float, weeks: int = 1040) -> Measurement:
    """Commitment in the end without any pressure, from results that have come up to the effort of those committed."""
    path = innovation_implementation.repenning2002(0, weeks, commitment=commitment, results=commitment)
    return Measurement.exact(path.commitment[-1])


@measure("granovetter1978.acting")
def granovetter_acting(run_budget: RunBudget, second: float) -> Measurement:
    """How many of 100 people act in the end who have thresholds 0, ``second``, 2, 3, ..., 99."""
    return Measurement.exact(collective_behavior.granovetter1978([0.0, second, *range(2, 100)]))


@measure("granovetter1978.normal")
def granovetter_normal(run_budget: RunBudget, deviation: float) -> Measurement:
    """How many in 100 act in the end where thresholds are normal around 25, with this standard deviation."""
    return Measurement.exact(100.0 * collective_behavior.share_acting(deviation / 100.0))


@measure("granovetter1978.critical_deviation")
def granovetter_critical_deviation(run_budget: RunBudget) -> Measurement:
    """Standard deviation of thresholds around 25 at which the number that acts jumps."""
    return Measurement.exact(100.0 * collective_behavior.critical_deviation())


@measure("granovetter1978.best_response")
def granovetter_best_response(run_budget: RunBudget, deviation: float, sharpness: float) -> Measurement:
    """The number in 100 by this model's noisy best response instead."""
    return Measurement.exact(100.0 * collective_behavior.share_practicing(deviation / 100.0, sharpness))
