"""Parameter uncertainty: the same comparison again with other plausible values of unknown parameters.

Replicates differ by chance, and no number of them tells what the parameters are. So the comparison is run again on a
few of the same organizations: at points drawn from the plausible ranges of all unknown parameters at once (*unknown*),
and with each parameter alone at the ends of its range (*tornado*). The tables have the form of a sweep, so that every
analysis of sweeps in :mod:`sim.analysis` applies to them too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sim.analysis.lift import QUARTER, trailing_mean
from sim.analysis.metrics import MEASURES_OF_RUNS
from sim.analysis.missing import FloatArray
from sim.analysis.money import cumulative_gain
from sim.analysis.panel import Panel
from sim.analysis.summary import run_values
from sim.analysis.sweeps import Design, Factor, Sweep
from sim.lab.comparison_plan import ComparisonPlan
from sim.lab.failure import Failure
from sim.lab.parameter_points import TORNADO, UNKNOWN, ParameterPoint, replicates_at_point
from sim.lab.plausible import ranged_parameters
from sim.lab.switching import with_values
from sim.lab.tables import build_tables, list_attempts
from sim.lab.task import Replicate, describe_failure, replicate_seed, run_replicate
from sim.lab.worker_pool import Kept, WorkerPool, run_tasks
from sim.model.kernel.parameters import Parameter
from sim.model.policies.policy import NONE

if TYPE_CHECKING:
    from sim.model.scenario import Scenario

CURVES = ("enacted", "gained")
"""Curves that are drawn as fans: the 13-week lift in service, and discounted profit gained so far."""

_OUTCOMES = tuple(MEASURES_OF_RUNS)


@dataclass(frozen=True)
class PointResult:
    """One replicate at one point: measures, one row per policy; curves [policy, week]; runs that failed."""

    values: pd.DataFrame
    curves: dict[str, FloatArray]
    failures: list[dict[str, Any]]


@dataclass(frozen=True)
class ParameterUncertainty:
    """Results of the comparison at other parameter points.

    Attributes:
        sweep: Designs ``unknown`` and ``tornado``, as far as they were asked for, with every measure of single runs.
        curves: For the draws of ``unknown``: name of the curve -> policy -> [draw, replicate, week].
        replicates: Replicates at every draw.
        failures: Runs that failed, as the manifest lists them.
    """

    sweep: Sweep
    curves: dict[str, dict[str, FloatArray]]
    replicates: int
    failures: tuple[dict[str, Any], ...] = ()

    def design(self, name: str) -> Design | None:
        """The design of a name; ``None`` where it was not asked for."""
        return next((design for design in self.sweep.designs if design.name == name), None)

    def values(self, name: str, metric: str) -> dict[str, FloatArray]:
        """Policy -> [row, replicate] of a measure."""
        design = self.design(name)
        if design is None:
            return {}
        cube = self.sweep.values(design, metric)[:, 0]
        return dict(zip(design.policies, cube, strict=True))


def list_tasks(plan: ComparisonPlan) -> list[tuple[ParameterPoint, int, Replicate]]:
    """List point, position among its replicates, and task.

    A tornado has the same few organizations everywhere, so that only the parameter differs. Draws take turns through all
    organizations of the comparison, so that together they cover its random numbers and not only those of the first two.
    """
    tasks = []
    for point in plan.parameter_points:
        scenario = with_values(plan.scenario, dict(point.values))
        small = replicates_at_point(point.design, plan.replicates)
        first = small * point.row if point.design == UNKNOWN else 0
        for position in range(small):
            number = (first + position) % plan.replicates
            seed = replicate_seed(plan.seed, number)
            tasks.append((point, position, Replicate(number, seed, scenario, plan.loaded_policies, point.name)))
    return tasks


def run_point(task: Replicate) -> PointResult:
    """Run a replicate at a point, and keep its measures and two of its curves."""
    made = run_replicate(task)
    weekly, runs = build_tables([(task, list_attempts(task, made))], task.future)
    parameters = task.scenario.parameters
    rate, horizon = float(parameters["money.discount"]), int(parameters["money.horizon"])
    values = run_values(weekly, runs, rate, horizon, task.policies, float(parameters["customers.represented"]))
    panel = Panel.from_tables(weekly, runs, task.policies)
    curves = {
        "enacted": _pad_weeks(trailing_mean(panel.lift("enacted")[:, 0], QUARTER), task.scenario.weeks),
        "gained": _pad_weeks(cumulative_gain(panel.lift("profit")[:, 0], rate, panel.weeks), task.scenario.weeks),
    }
    failures = [
        describe_failure(task, one.policy, one.failure, future=None, parameter_point=task.future)
        for one in made
        if one.failure is not None
    ]
    return PointResult(values, curves, failures)


def _pad_weeks(values: FloatArray, weeks: int) -> FloatArray:
    """Curves over all weeks; NaN in weeks that no run reached."""
    return np.pad(values, ((0, 0), (0, weeks - values.shape[-1])), constant_values=np.nan)


def run_points(
    plan: ComparisonPlan,
    weekly: pd.DataFrame,
    runs: pd.DataFrame,
    finished: Callable[[int], None] | None = None,
    pool: WorkerPool | None = None,
    kept: Kept | None = None,
) -> ParameterUncertainty:
    """Run the comparison again at every point.

    Args:
        plan: What was compared.
        weekly, runs: Tables of the scenario as it is: the base of the tornado.
        finished: Called with the number of replicates that are done, after each of them.
        pool: Workers that have been started already, if any.
        kept: Results that are there already, and where new ones are kept.
    """
    tasks = list_tasks(plan)
    results = run_tasks(run_point, [task for _, _, task in tasks], plan.workers, finished, pool, kept)
    failures: list[dict[str, Any]] = []
    parts, curves = [_base_rows(plan, weekly, runs)], {}
    for (point, position, task), result in zip(tasks, results, strict=True):
        if isinstance(result, Failure):
            failures += [
                describe_failure(task, policy, result, future=None, parameter_point=task.future)
                for policy in task.policies
            ]
            values = pd.DataFrame({"policy": task.policies})
        else:
            failures += result.failures
            values = result.values
            if point.design == UNKNOWN:
                curves[point.row, position] = result.curves
        where: dict[str, Any] = {
            "design": point.design,
            "row": point.row,
            "replicate": position,
            "organization": task.number,
        }
        parts.append(values.assign(**where))
    return ParameterUncertainty(
        _build_sweep(plan, parts),
        _stack_curves(plan, curves),
        replicates_at_point(UNKNOWN, plan.replicates),
        tuple(failures),
    )


def _base_rows(plan: ComparisonPlan, weekly: pd.DataFrame, runs: pd.DataFrame) -> pd.DataFrame:
    """The first row of the tornado: the scenario as it is, on the same few organizations."""
    scenario: Scenario = plan.scenario
    parameters = scenario.parameters
    names = list(dict.fromkeys([NONE.name, *(loaded_policy.name for loaded_policy in plan.loaded_policies)]))
    values = run_values(
        weekly, runs, float(parameters["money.discount"]), int(parameters["money.horizon"]), names,
        float(parameters["customers.represented"]),
    )  # fmt: skip
    asked = any(point.design == TORNADO for point in plan.parameter_points)
    values = values[values["replicate"] < (replicates_at_point(TORNADO, plan.replicates) if asked else 0)]
    return values.assign(design=TORNADO, row=0, organization=values["replicate"])


def _build_sweep(plan: ComparisonPlan, parts: Sequence[pd.DataFrame]) -> Sweep:
    """The runs as a sweep."""
    names = list(dict.fromkeys(name for point in plan.parameter_points for name in point.values))
    frame = pd.concat([part for part in parts if len(part)], ignore_index=True)
    for name in _OUTCOMES:
        frame[name] = frame[name].astype(np.float64)
    frame["future"] = ""
    frame["status"] = np.where(frame[list(_OUTCOMES)].notna().any(axis=1), "done", "failed")
    policies = plan.policies
    frame = frame[frame["policy"].isin(policies)]
    frame = frame.sort_values(["design", "row", "policy", "replicate"], kind="stable").reset_index(drop=True)
    base = {name: plan.scenario.parameters[name] for name in names}
    rows, designs = [], []
    for design, kind in ((UNKNOWN, "latin-hypercube"), (TORNADO, "one-at-a-time")):
        points = [point for point in plan.parameter_points if point.design == design]
        if not points:
            continue
        if design == TORNADO:
            rows.append({"design": design, "row": 0, "label": "base", **base})
        rows += [{"design": design, "row": each.row, "label": each.label, **base, **each.values} for each in points]
        number = points[-1].row + 1
        designs.append(Design(design, kind, number, tuple(names), policies, ("",)))
    ranged = ranged_parameters(plan.scenario, plan.scenario.registry)
    factors = {name: _factor(ranged[name], base[name]) for name in names}
    return Sweep(
        plan.scenario.name, frame, pd.DataFrame(rows), factors, tuple(designs), _OUTCOMES,
        objective=plan.scenario.objective, currency=plan.scenario.currency,
    )  # fmt: skip


def _factor(parameter: Parameter, base: object) -> Factor:
    """A parameter as a factor."""
    assert parameter.plausible is not None
    low, high = parameter.plausible
    return Factor(parameter.name, parameter.type, low=low, high=high, base=base, unit=parameter.unit)


def _stack_curves(
    plan: ComparisonPlan, curves: dict[tuple[int, int], dict[str, FloatArray]]
) -> dict[str, dict[str, FloatArray]]:
    """Curves of the draws: name of the curve -> policy -> [draw, replicate, week]."""
    draws = sum(point.design == UNKNOWN for point in plan.parameter_points)
    names = (NONE.name, *(loaded_policy.name for loaded_policy in plan.loaded_policies))
    shape = (draws, replicates_at_point(UNKNOWN, plan.replicates), plan.scenario.weeks)
    found = {what: {policy: np.full(shape, np.nan) for policy in names} for what in CURVES}
    for (row, replicate), curves_of_run in curves.items():
        for what, values in curves_of_run.items():
            for policy, curve in zip(names, values, strict=True):
                found[what][policy][row, replicate] = curve
    return found
