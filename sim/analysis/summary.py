"""The summary of a comparison: every measure of every policy with its 95 % interval over replicates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sim.analysis.change import CHANGES, cost, last_year, retention_annual, revealed
from sim.analysis.choice import Better, max_regret, probability_best
from sim.analysis.durability import half_life, residual
from sim.analysis.horizons import summarize_money_over_time
from sim.analysis.intervals import MISSING, Interval, mean_interval, mean_limits, paired_bootstrap, share_of_runs
from sim.analysis.lift import lift_at_end, lift_later, peak_of_mean_curve, trailing_mean
from sim.analysis.metrics import METRICS, Metric, find_objective
from sim.analysis.missing import FloatArray, or_none
from sim.analysis.money import break_even_week, customer_lifetime_value, discounted, loyalty_gained
from sim.analysis.net_promoter import net_promoter_score
from sim.analysis.panel import Panel
from sim.analysis.ranking import find_top_two
from sim.analysis.reach import reach_at_end, weeks_to_half_reach

__all__ = ["METRICS", "Entry", "Metric", "measure_runs", "run_values", "summarize"]

AS_DESCRIBED = "as described"
"""Name of the scenario itself among its futures."""

FEWEST = 5
"""Number of runs in which something happened below which its week has no limits, where it did not happen in others."""

Entry = dict[str, float | None]
"""``mean, low, high`` or ``median, low, high, censored, undefined``; ``None`` stands for missing or undefined."""

_GAIN = "net_present_value"

_LASTING = (("", "enacted"), ("practicing_", "practicing"))


@dataclass(frozen=True, slots=True)
class _LiftCourse:
    """The lift of one outcome in all runs, and what durability is measured from."""

    curves: FloatArray
    at_end: FloatArray
    later: FloatArray


def summarize(
    weekly: pd.DataFrame,
    runs: pd.DataFrame,
    objective: str,
    rate: float,
    horizon: int,
    futures: Mapping[str, tuple[pd.DataFrame, pd.DataFrame]] | None = None,
    policies: Sequence[str] | None = None,
    represented: float = 1.0,
) -> dict[str, Any]:
    """Measure a finished comparison.

    Args:
        weekly: One row a policy, replicate and week; columns ``policy, replicate, week`` and the outcomes, ``reach``
            included. An outcome that is not there makes its measures missing.
        runs: One row a policy and replicate; columns ``policy, replicate, status, sponsorship_start,
            sponsorship_end, permanent``. The twin (policy ``none``) must be among them.
        objective: Measure that policies are chosen by (``METRICS[...].per_run``).
        rate: Discount rate per year.
        horizon: Weeks that money is counted for.
        futures: Tables ``(weekly, runs)`` of the same policies in other named futures. The main tables are the
            scenario as given, which is always one of the futures. All other measures come from the main tables alone.
        policies: Which policies to report and to choose among, in which order. If not given, all that were run.
        represented: Customers that each simulated one stands for. Money is for all of them; counts are of simulated ones.

    Returns:
        ``{"policies": {POLICY: {METRIC: entry}}, "failed": {POLICY: number}, "in_futures": {FUTURE: {POLICY:
        {"objective": entry, "regret": entry, "net_present_value": entry}}}, "lead": {"first", "second", "gap": entry},
        "stopped": {POLICY: entry}, "horizon": weeks, "money_over_time": ...}``. Every measure of :data:`METRICS` is there for
        every policy. Entries are ``{"mean", "low", "high"}``, for half-lives ``{"median", "low", "high", "censored",
        "undefined"}``; what is missing or undefined is ``None``, so that it is valid JSON. ``failed`` counts the pairs left
        out because the run or its twin failed.
        ``in_futures`` holds the objective in each of the futures, the scenario itself among them, what each policy falls short
        of the best one there, and what it gains against the twin; it is empty without futures. ``lead`` holds the two best
        policies by the mean of the objective and how far they are apart, paired by replicate. ``stopped`` is the share of runs
        in which a program ended before the week that it had planned; such runs say nothing about whether it pays, and are not
        in ``break_even_share`` and ``break_even_week``. ``horizon`` is the number of weeks for which money is counted, and
        ``money_over_time`` what :func:`sim.analysis.horizons.summarize_money_over_time` gives.
    """
    metric, better = find_objective(objective)
    panel = Panel.from_tables(weekly, runs, policies)
    reported = list(panel.policies) if policies is None else list(dict.fromkeys(policies))
    values, courses = _measure(panel, rate, horizon, represented)
    went_on = {**values, "break_even_week": np.where(panel.stopped, np.nan, values["break_even_week"])}
    entries = _mean_entries(panel, went_on)
    reach = _reach(panel)
    for position, policy in enumerate(panel.policies):
        turned = values["break_even_share"][position][~panel.stopped[position]]
        entries[policy]["break_even_share"] = share_of_runs(turned).to_entry()
        entries[policy]["reach_peak"] = peak_of_mean_curve(reach[position]).height.to_entry()
        entries[policy].update(_durability_entries(panel, courses, position))
        entries[policy]["break_even_loyalty"] = _break_even_loyalty(values, position).to_entry()
    by_future = [_select(panel, values[metric.name], reported)]
    objective_in = {AS_DESCRIBED: {policy: entries[policy][metric.name] for policy in reported}}
    gained_in = {AS_DESCRIBED: {policy: entries[policy][_GAIN] for policy in reported}}
    for name, tables in (futures or {}).items():
        other = Panel.from_tables(*tables, policies=reported)
        found = measure_runs(other, rate, horizon, represented)
        measured = {name: found[name] for name in (metric.name, _GAIN)}
        by_future.append(_select(other, measured[metric.name], reported))
        means = _mean_entries(other, measured)
        objective_in[name] = {policy: means[policy][metric.name] for policy in reported}
        gained_in[name] = {policy: means[policy][_GAIN] for policy in reported}
    stacked = _stack_futures(by_future)
    chances, regrets = probability_best(stacked, better), max_regret(stacked, better)
    for policy, chance, regret in zip(reported, chances, regrets, strict=True):
        entries[policy]["probability_best"] = chance.to_entry()
        entries[policy]["max_regret"] = regret.to_entry()
    return {
        "policies": {policy: {name: entries[policy][name] for name in METRICS} for policy in reported},
        "failed": {policy: panel.dropped[policy] for policy in reported},
        "in_futures": _in_futures(objective_in, gained_in, stacked, better) if futures else {},
        "lead": find_top_two(_table(panel, {metric.name: values[metric.name]}, reported), metric.name).to_entry(),
        "stopped": {policy: _stopped(panel, policy).to_entry() for policy in reported},
        "horizon": min(horizon, panel.weeks),
        "money_over_time": summarize_money_over_time(panel, rate, reported),
    }


def _stopped(panel: Panel, policy: str) -> Interval:
    """Share of the runs of a policy that were stopped early; missing for the twin, which has nothing to stop."""
    row = panel.policies.index(policy)
    if row == panel.twin:
        return MISSING
    return share_of_runs(panel.stopped[row][panel.done[row]].astype(np.float64))


def run_values(
    weekly: pd.DataFrame,
    runs: pd.DataFrame,
    rate: float,
    horizon: int,
    policies: Sequence[str] | None = None,
    represented: float = 1.0,
) -> pd.DataFrame:
    """The measures that each run has by itself, one row a policy and replicate; NaN is missing."""
    panel = Panel.from_tables(weekly, runs, policies)
    selected = panel.policies if policies is None else tuple(dict.fromkeys(policies))
    return _table(panel, measure_runs(panel, rate, horizon, represented), selected)


def _table(panel: Panel, values: Mapping[str, FloatArray], policies: Sequence[str]) -> pd.DataFrame:
    """Measures of single runs, one row a policy and replicate."""
    rows = [panel.policies.index(policy) for policy in policies]
    columns: dict[str, Any] = {
        "policy": np.repeat(np.array(policies, dtype=object), len(panel.replicates)),
        "replicate": np.tile(np.array(panel.replicates, dtype=np.int64), len(policies)),
    }
    columns.update({name: values[name][rows].ravel() for name in METRICS if name in values})
    return pd.DataFrame(columns)


def measure_runs(panel: Panel, rate: float, horizon: int, represented: float = 1.0) -> dict[str, FloatArray]:
    """Every measure with ``per_run``, as arrays [policy, replicate]."""
    return _measure(panel, rate, horizon, represented)[0]


def _measure(
    panel: Panel, rate: float, horizon: int, represented: float
) -> tuple[dict[str, FloatArray], dict[str, _LiftCourse]]:
    """Measures of single runs, and the lift curves that the measures of whole policies are made from."""
    courses = {outcome: _lift_course(panel, outcome) for _, outcome in _LASTING}
    values = {name: last_year(panel.lift(outcome)) for name, outcome in CHANGES.items()}
    for prefix, outcome in _LASTING:
        values[f"{prefix}lift_at_end"] = courses[outcome].at_end
        values[f"{prefix}lift_later"] = courses[outcome].later
    reach = _reach(panel)
    values["reach"] = reach_at_end(reach, panel.end)
    values["weeks_to_half_reach"] = weeks_to_half_reach(reach, panel.start)
    values["espoused_enacted_gap"] = last_year(panel.level("espoused") - panel.level("enacted"))
    values["retention_annual"] = retention_annual(panel.level("retention"))
    values["retention_change"] = values["retention_annual"] - values["retention_annual"][panel.twin]
    values["net_promoter_score"] = net_promoter_score(last_year(panel.level("satisfaction")))
    values["net_promoter_change"] = values["net_promoter_score"] - values["net_promoter_score"][panel.twin]
    values["revealed"] = revealed(panel.level("revealed"), panel.level("conflicts"))
    values["cost"] = cost(panel.level("policy_cost"))
    values |= _measure_money(panel, rate, horizon, represented)
    for matrix in values.values():
        matrix[~panel.done] = np.nan
    return values, courses


def _measure_money(panel: Panel, rate: float, horizon: int, represented: float) -> dict[str, FloatArray]:
    """Measures in money, and the weeks until it is paid back."""
    profit_lift = panel.lift("profit")
    turn = break_even_week(profit_lift, rate, horizon)
    profit_known = np.isfinite(profit_lift[..., :horizon]).all(axis=-1)
    turned = np.where(profit_known, np.isfinite(turn).astype(np.float64), np.nan)
    turned[panel.twin] = np.nan  # the twin spends nothing that could come back
    return {
        "net_present_value": discounted(profit_lift, rate, horizon),
        "organization_value": discounted(panel.level("profit"), rate, horizon),
        "customer_value": discounted(panel.level("customer_value"), rate, horizon),
        "revenue_change": discounted(panel.lift("revenue"), rate, horizon),
        "service_cost_change": discounted(panel.lift("service_cost"), rate, horizon),
        "staff_cost_change": discounted(panel.lift("wages") + panel.lift("replacement_cost"), rate, horizon),
        "discounted_cost": discounted(panel.level("policy_cost"), rate, horizon),
        "loyalty_gained": loyalty_gained(
            panel.lift("attitudinal_loyalty"), panel.level("active_customers") * represented, rate, horizon
        ),
        "break_even_week": turn,
        "break_even_share": turned,
        "customer_lifetime_value": customer_lifetime_value(
            panel.level("revenue"),
            panel.level("service_cost"),
            panel.level("active_customers") * represented,
            panel.level("retention"),
            rate,
            horizon,
        ),
    }


def _break_even_loyalty(values: Mapping[str, FloatArray], position: int) -> Interval:
    """What a point of loyalty would have to be worth; missing where loyalty does not surely rise."""
    present, points = values["net_present_value"][position], values["loyalty_gained"][position]
    if not mean_interval(points).low > 0.0:
        return MISSING
    return paired_bootstrap(np.stack([present, points]), lambda means: -means[0] / means[1])


def _lift_course(panel: Panel, outcome: str) -> _LiftCourse:
    """Lift curves of an outcome, and the lift at the end of sponsorship and two years later."""
    lift = panel.lift(outcome)
    return _LiftCourse(
        curves=trailing_mean(lift),
        at_end=lift_at_end(lift, panel.start, panel.end),
        later=lift_later(lift, panel.end),
    )


def _reach(panel: Panel) -> FloatArray:
    """Weekly reach. The twin's reach is 0 wherever its pairs have a value, even if the table leaves it out."""
    reach = panel.level("reach").copy()
    measured = np.isfinite(reach).any(axis=0)
    reach[panel.twin] = np.where(measured & panel.done[panel.twin][:, np.newaxis], 0.0, np.nan)
    return reach


def _mean_entries(panel: Panel, values: Mapping[str, FloatArray]) -> dict[str, dict[str, Entry]]:
    """Entries of the measures of single runs: mean over replicates with its t interval, all at once.

    Limits stay within what is possible, which Student's t does not know. A number of weeks exists only in runs in which
    something happened; fewer of those than :data:`FEWEST` give no limits.
    """
    names = list(values)
    stacked = np.stack([values[name] for name in names])
    mean, low, high = mean_limits(stacked)
    known, done = np.isfinite(stacked).sum(axis=-1), panel.done.sum(axis=-1)
    for row, name in enumerate(names):
        least, most = METRICS[name].bounds
        if METRICS[name].unit == "weeks":
            most = panel.weeks
            few = (known[row] < FEWEST) & (known[row] < done)
            low[row, few] = high[row, few] = np.nan
        low[row], high[row] = np.maximum(low[row], least), np.minimum(high[row], most)
    return {
        policy: {
            name: {
                "mean": or_none(mean[row, column]),
                "low": or_none(low[row, column]),
                "high": or_none(high[row, column]),
            }
            for row, name in enumerate(names)
        }
        for column, policy in enumerate(panel.policies)
    }


def _durability_entries(panel: Panel, courses: Mapping[str, _LiftCourse], position: int) -> dict[str, Entry]:
    """Entries of the measures that only all replicates together have: peaks of lifts, residuals, half-lives."""
    done = panel.done[position]
    entries: dict[str, Entry] = {}
    for prefix, outcome in _LASTING:
        course = courses[outcome]
        curves, at_end = course.curves[position], course.at_end[position]
        peak = peak_of_mean_curve(curves)
        top = curves[:, peak.week] if peak.week >= 0 else np.full(done.shape, np.nan)
        peak_week = np.full(done.shape, peak.week, dtype=np.float64)
        entries[f"{prefix}lift_peak"] = peak.height.to_entry()
        entries[f"{prefix}residual"] = residual(at_end, course.later[position]).to_entry()
        entries[f"{prefix}half_life_weeks"] = half_life(curves, panel.end[position], at_end, done).to_entry()
        entries[f"{prefix}half_life_from_peak"] = half_life(curves, peak_week, top, done).to_entry()
    return entries


def _in_futures(
    objective: Mapping[str, Mapping[str, Entry]],
    gained: Mapping[str, Mapping[str, Entry]],
    stacked: FloatArray,
    better: Better,
) -> dict[str, dict[str, dict[str, Entry]]]:
    """The objective, the mean regret and the net present value of every policy in every future."""
    by_future = {}
    for index, (future, entries) in enumerate(objective.items()):
        regrets = max_regret(stacked[index : index + 1], better)
        by_future[future] = {
            policy: {"objective": entry, "regret": regret.to_entry(), _GAIN: gained[future][policy]}
            for (policy, entry), regret in zip(entries.items(), regrets, strict=True)
        }
    return by_future


def _select(panel: Panel, values: FloatArray, policies: Sequence[str]) -> pd.DataFrame:
    """The objective of the policies to choose among: a row a policy, a column a replicate."""
    rows = [panel.policies.index(policy) for policy in policies]
    return pd.DataFrame(values[rows], index=list(policies), columns=list(panel.replicates))


def _stack_futures(by_future: Sequence[pd.DataFrame]) -> FloatArray:
    """The objective as [future, policy, replicate], the same replicate of all futures in one place."""
    replicates = sorted({replicate for table in by_future for replicate in table.columns})
    return np.stack([table.reindex(columns=replicates).to_numpy(dtype=np.float64) for table in by_future])
