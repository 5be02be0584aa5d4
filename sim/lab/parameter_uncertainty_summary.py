"""Runs at other parameter points, summarized: chance, parameter uncertainty, and what would have to be true."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from sim.analysis.intervals import share_interval
from sim.analysis.metrics import METRICS
from sim.analysis.missing import FloatArray, mean_where_known, or_none
from sim.analysis.regret import compare_policies_by_design
from sim.analysis.sweep_text import AnalysisOptions, SweepNarrator, analyze_outcome
from sim.analysis.sweeps import Sweep
from sim.analysis.targets import Target
from sim.analysis.tornado import surely_differs, swings_by_policy
from sim.analysis.value_of_information import value_of_information
from sim.analysis.variance_components import decompose_variance
from sim.lab.comparison_plan import ComparisonPlan
from sim.lab.parameter_points import TORNADO, UNKNOWN
from sim.lab.parameter_uncertainty import ParameterUncertainty
from sim.model.policies.policy import NONE

SPREAD = ("net_present_value", "enacted_change", "retention_change", "attitudinal_loyalty_change")
"""Measures whose variance is decomposed, besides the objective."""

MOST_SHOWN = 12
"""Number of parameters of a tornado that are listed."""


def summarize_uncertainty(uncertainty: ParameterUncertainty, plan: ComparisonPlan) -> dict[str, Any]:
    """The entry in ``summary.json``."""
    design = uncertainty.design(UNKNOWN)
    return {
        "replicates": uncertainty.replicates,
        "varied": list(uncertainty.sweep.factors),
        "from_history": plan.from_history,
        "draws": 0 if design is None else design.rows,
        "failures": len(uncertainty.failures),
        "policies": {policy: _policy(uncertainty, plan, policy) for policy in plan.policies} if design else {},
        "targets": _targets(uncertainty, plan) if design else [],
        "conditions": find_conditions(uncertainty) if design else [],
        "tornado": _tornado(uncertainty),
        "value_of_information": _value_of_information(uncertainty, plan) if design else None,
    }


def _policy(uncertainty: ParameterUncertainty, plan: ComparisonPlan, policy: str) -> dict[str, Any]:
    """How often it is best over draws, and its spread with chance and parameter uncertainty as separate components."""
    found: dict[str, Any] = {"best": {"mean": None, "low": None, "high": None}, "regret": None}
    for _, compared, _ in compare_policies_by_design(_only(uncertainty.sweep, UNKNOWN), plan.scenario.objective):
        rows = [] if compared.reason else compared.policies.to_dict("records")
        for row in (row for row in rows if row["policy"] == policy):
            found["best"] = {end: or_none(row[f"best{name}"]) for end, name in _ENDS}
            found["regret"] = or_none(row["regret"])
    for metric in dict.fromkeys((*SPREAD, plan.scenario.objective)):
        values = uncertainty.values(UNKNOWN, metric)[policy]
        means = mean_where_known(values, axis=1)
        known = means[np.isfinite(means)]
        low, middle, high = np.quantile(known, (0.05, 0.5, 0.95)) if known.size else (np.nan,) * 3
        components = decompose_variance(values)
        found[metric] = {
            "median": or_none(middle),
            "low": or_none(low),
            "high": or_none(high),
            "above_zero": or_none(float((known > 0.0).mean())) if known.size else None,
            "aleatory": or_none(components.aleatory),
            "epistemic": or_none(components.epistemic),
            "epistemic_share": or_none(components.epistemic_share),
            "epistemic_share_low": or_none(components.low),
            "epistemic_share_high": or_none(components.high),
        }
    return found


_ENDS = (("mean", ""), ("low", "_low"), ("high", "_high"))


def _only(sweep: Sweep, name: str) -> Sweep:
    """One design of a sweep by itself."""
    return replace(sweep, designs=tuple(design for design in sweep.designs if design.name == name))


def _targets(uncertainty: ParameterUncertainty, plan: ComparisonPlan) -> list[dict[str, Any]]:
    """Probability of each target over draws. A draw is the unit, since its replicates share the unknown values."""
    found = []
    for target in plan.targets:
        values = uncertainty.values(UNKNOWN, target.metric)
        found.append(
            {"target": str(target), "policies": {policy: _chance(target, values[policy]) for policy in plan.policies}}
        )
    return found


def _chance(target: Target, values: FloatArray) -> dict[str, float | int | None]:
    shares = mean_where_known(target.met(values), axis=1)
    known = shares[np.isfinite(shares)]
    if not known.size:
        return {"mean": None, "low": None, "high": None, "runs": 0}
    return {**share_interval(float(known.mean()), known.size).to_entry(), "runs": int(known.size)}


def find_conditions(uncertainty: ParameterUncertainty) -> list[str]:
    """What would have to be true of the parameters for a policy to beat another, or to pay; in words."""
    sweep = _only(uncertainty.sweep, UNKNOWN)
    found: list[str] = []
    for outcome, options in (
        (sweep.objective, AnalysisOptions()),
        ("net_present_value", AnalysisOptions(targets={"net_present_value": 0.0})),
    ):
        if sweep.better(outcome) is None:
            continue
        paid = outcome == "net_present_value"
        part = _without_twin(sweep) if paid else sweep
        if not part.designs[0].policies:
            continue
        findings = analyze_outcome(part, outcome, options)
        if paid:
            asked = [each for each in findings.discoveries if " beats " not in each[1].words]
            findings = replace(findings, discoveries=asked)
        found += SweepNarrator(part).describe_discoveries(findings)
    return list(dict.fromkeys(found))


def _without_twin(sweep: Sweep) -> Sweep:
    """The sweep without its twin, whose gain is zero by definition."""
    designs = tuple(
        replace(each, policies=tuple(policy for policy in each.policies if policy != NONE.name))
        for each in sweep.designs
    )
    return replace(sweep, designs=designs, runs=sweep.runs[sweep.runs["policy"] != NONE.name])


def _value_of_information(uncertainty: ParameterUncertainty, plan: ComparisonPlan) -> dict[str, Any] | None:
    """What knowing parameters is worth to the choice among the policies, in money; ``None`` with too few draws."""
    measure = plan.scenario.objective if METRICS[plan.scenario.objective].unit == "currency" else "net_present_value"
    sign = -1.0 if METRICS[measure].better == "lower" else 1.0
    values = {name: sign * each for name, each in uncertainty.values(UNKNOWN, measure).items()}
    table = uncertainty.sweep.factor_values
    rows = table[table["design"] == UNKNOWN].sort_values("row")
    parameters = {name: rows[name].to_numpy(dtype=np.float64) for name in uncertainty.sweep.factors}
    found = value_of_information(values, parameters, stratified=True)  # draws are a Latin hypercube
    return None if found is None else found.to_entry(measure, MOST_SHOWN)


def _tornado(uncertainty: ParameterUncertainty, metric: str = "net_present_value") -> dict[str, list[dict[str, Any]]]:
    """Effect of each parameter alone on a policy's net present value, the strongest first."""
    found = {}
    for key, swings in swings_by_policy(_only(uncertainty.sweep, TORNADO), metric):
        if key.policy == NONE.name or swings.reason:
            continue
        table = swings.table.assign(sure=surely_differs(swings.table))
        found[key.policy] = _strongest(table.to_dict("records"))
    return found


def _strongest(rows: Sequence[dict[Any, Any]]) -> list[dict[str, Any]]:
    size: dict[str, float] = {}
    for row in rows:
        size[row["factor"]] = max(size.get(row["factor"], 0.0), abs(row["effect"]))
    names = sorted(size, key=lambda name: -size[name])[:MOST_SHOWN]
    return [
        {
            "parameter": row["factor"],
            "value": float(row["value"]),
            "effect": or_none(row["effect"]),
            "low": or_none(row["low"]),
            "high": or_none(row["high"]),
            "replicates": int(row["replicates"]),
            "sure": bool(row["sure"]),
        }
        for name in names
        for row in rows
        if row["factor"] == name
    ]
