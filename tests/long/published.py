"""What do published organizations say about the norm, and what of the model is left where they are believed?

The parameters of the norm are calibrated to four published cases together (:data:`CALIBRATED_ON`): at each of :data:`DRAWS`
points of their plausible ranges the cases are mirrored on organizations that differ in everything else that nobody knows. The
points and what came out are a reference table, from which the posterior and its checks are made as those of ``centricity fit``.
What no draw reaches is told and left out of the posterior. The other cases, and the facts behind the model's headlines, are then
measured twice on the same organizations: with the norm drawn from its plausible ranges, and from the posterior.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import isnan
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd

from long.study import TOP
from sim.analysis.intervals import share_limits
from sim.analysis.missing import or_none
from sim.evidence.cases import CaseResult, is_case, summarize_cases
from sim.evidence.design import HEADLINES
from sim.evidence.fact import Fact, load_facts
from sim.evidence.headlines import POLICIES
from sim.evidence.measurement import Measurement, RunBudget
from sim.evidence.measures import cases
from sim.evidence.region import (
    bank,
    can_have_region,
    draw_from,
    draw_parameters,
    holds,
    measure_with,
    override_parameters,
)
from sim.evidence.registry import load_measures
from sim.evidence.scoring import Row, judge_measurement
from sim.fitting.checks import check_fit
from sim.fitting.draws import sobol_points
from sim.fitting.fitting import run_fit, weighted_quantiles
from sim.fitting.posterior import fit_posterior
from sim.fitting.reference_table import priors_of, value_of
from sim.fitting.request import FitRequest, plan_request
from sim.fitting.table import MONEY, Observed, ReferenceTable
from sim.lab.comparison_run import compare
from sim.lab.evidence_settings import parameters_in
from sim.lab.failure import Failure
from sim.lab.plausible import unknown_parameters, value_at
from sim.lab.posterior_draws import POSTERIOR, WEIGHT, PosteriorDraws
from sim.lab.task import prepare_worker
from sim.lab.worker_pool import WorkerPool, available_workers, run_tasks
from sim.model.kernel.array_types import BoolArray, FloatArray
from sim.model.kernel.parameters import Parameter, ParameterValue
from sim.model.registry import current

CALIBRATED_ON = "jones-2013", "bloom-8y", "ament-2015", "keystone"
"""Cases that the norm is calibrated to."""

DRAWS, SEED = 1_024, 20_261_202
ORGANIZATIONS: Mapping[str, int] = {"jones-2013": 8, "bloom-8y": 4, "ament-2015": 8, "keystone": 2}
"""Organizations on which each case is mirrored at each point: fewer than were studied, so that chance is overstated."""

BLOCK = "norm"
"""Section of the parameters that are calibrated."""

KEPT_DRAWS, POINTS, COMPARED = 100, 100, 100
"""Draws of the posterior that are kept, points at which headlines are measured, and draws of the table of the README."""

TABLE_MEASURES = (
    "practicing_lift_at_end", "practicing_lift_later", "lift_at_end", "lift_later", "net_present_value",
)  # fmt: skip

PUBLISHED = "experiments/published/"
HISTORIES: Mapping[str, FitRequest] = {
    "keystone": FitRequest(
        PUBLISHED + "organization.toml", PUBLISHED + "keystone.csv", PUBLISHED + "keystone.toml",
        period="quarter", start="2", draws=512,
    ),
    "bloom-8y": FitRequest(
        PUBLISHED + "organization.toml", PUBLISHED + "bloom-8y.csv", PUBLISHED + "bloom-8y.toml",
        changes=("practice",), start="2008-H2", draws=512,
    ),
    "lester-2010": FitRequest(
        PUBLISHED + "organization.toml", PUBLISHED + "lester-2010.csv", PUBLISHED + "lester-2010.toml",
        changes=("reported",), draws=512,
    ),
    "home-depot": FitRequest(
        PUBLISHED + "home-depot-organization.toml", PUBLISHED + "home-depot.csv",
        scales=("satisfaction=0-100",), respondents=("250",), draws=512,
    ),
}  # fmt: skip
"""Histories that ship, each with what ``centricity fit`` is asked; the others have fewer than three points in time."""

_ENDS = (0.025, 0.5, 0.975)
_POOL = 2_000  # organizations that there are; points share them
_LEAST = 0.001  # rate that counts as none
_TWO_SIDED = 3.92  # width of a 95 % interval in standard errors


@dataclass(frozen=True)
class Target:
    """A published number that the norm is calibrated to.

    Attributes:
        name: Id of the fact that holds it.
        value: The number.
        low, high: What is taken for its 95 % interval.
        factor: Whether it is compared by factors, as rates and their ratios are, and not by differences.
    """

    name: str
    value: float
    low: float
    high: float
    factor: bool = False

    def compared(self, values: Any) -> Any:
        """Values as they are compared: their logarithms, of at least a thousandth, or themselves."""
        return np.log(np.maximum(values, _LEAST)) if self.factor else np.asarray(values)

    @property
    def error(self) -> float:
        """Standard error, as it is compared."""
        return float(self.compared(self.high) - self.compared(self.low)) / _TWO_SIDED

    def shown(self, values: FloatArray) -> BoolArray:
        """Which values lie within the interval."""
        return np.asarray((self.low <= values) & (values <= self.high))


def settings() -> str:
    """Everything that this study sets, and the files and facts that it reads."""
    facts = [fact for fact in load_facts() if fact.id.split("/")[0] in (*cases.CASES, "schneider-1998", *HEADLINES)]
    ranges = [(each.name, each.plausible) for each in calibrated_parameters()]
    files = [path.read_text(encoding="utf-8") for path in sorted((TOP / PUBLISHED).glob("*.[ct]*"))]
    requests = [each.command for each in HISTORIES.values()]
    numbers = (CALIBRATED_ON, DRAWS, SEED, dict(ORGANIZATIONS), BLOCK, KEPT_DRAWS, POINTS, COMPARED, TABLE_MEASURES)
    return "\n".join(map(str, [*numbers, facts, ranges, files, requests]))


def targets() -> tuple[Target, ...]:
    """The published numbers, as the facts have them: the target, or the middle of a band that has none.

    Bands are taken for 95 % intervals. What is left after years is a share of what was adopted in the facts, and undefined where
    nothing was; here it is the level. Rates and ratios are compared by factors.
    """
    facts = {fact.id: fact for fact in load_facts()}
    adopted, kept = facts["bloom-8y/adopted"], facts["bloom-8y/kept"]
    assert adopted.target is not None
    assert kept.target is not None
    left = adopted.target * kept.target
    half = float(np.hypot(kept.target * (adopted.high - adopted.low), adopted.target * (kept.high - kept.low))) / 2.0
    return (
        _target(facts["jones-2013/adopted"], factor=True),
        _target(adopted),
        Target(kept.id, left, left - half, left + half),
        _target(facts["ament-2015/kept"]),
        _target(facts["ament-2015/lost"]),
        _target(facts["keystone/eighteen-months"], factor=True),
        _target(facts["keystone/three-years"], factor=True),
    )


def _target(fact: Fact, factor: bool = False) -> Target:
    middle = float(np.sqrt(fact.low * fact.high)) if factor else (fact.low + fact.high) / 2.0
    return Target(fact.id, middle if fact.target is None else fact.target, fact.low, fact.high, factor)


def calibrated_parameters() -> tuple[Parameter, ...]:
    """The parameters of the norm that have a plausible range."""
    return tuple(each for each in unknown_parameters(bank(), current()) if each.section == BLOCK)


@dataclass(frozen=True)
class CaseDraw:
    """A task: the four cases at one point.

    Attributes:
        number: Number of the point.
        values: Parameters of the norm there.
    """

    number: int
    values: Mapping[str, ParameterValue]


def list_draws() -> tuple[FloatArray, list[CaseDraw]]:
    """The points, (draws, parameters) in [0, 1], and as tasks."""
    parameters = calibrated_parameters()
    unit = sobol_points(SEED, DRAWS, len(parameters))
    return unit, [
        CaseDraw(row, {each.name: value_at(each, float(share)) for each, share in zip(parameters, shares, strict=True)})
        for row, shares in enumerate(unit)
    ]


def see_cases(draw: CaseDraw) -> list[float]:
    """What the four cases show at a point, a number for each target; NaN where nothing was there to be kept."""
    read: Mapping[str, tuple[cases.Value, ...]] = {
        "jones-2013": (cases.JONES.values["adopted"],),
        "bloom-8y": (cases.adopted_in_year_one, cases.adopted_in_year_nine),
        "ament-2015": (cases.AMENT.values["kept"], cases.AMENT.values["lost"]),
        "keystone": (cases.KEYSTONE.values["eighteen-months"], cases.KEYSTONE.values["three-years"]),
    }
    found: list[float] = []
    with override_parameters(draw.values):
        for name, values in read.items():
            shown = []
            for place in range(ORGANIZATIONS[name]):
                number = (draw.number * ORGANIZATIONS[name] + place) % _POOL
                arms = cases.run_arms(cases.CASES[name], number, _POOL)
                shown.append([value(arms) for value in values])
            found += _means(shown)
    return found


def _means(rows: Sequence[Sequence[float]]) -> list[float]:
    """Means over organizations, those without a value left out."""
    return [
        float(np.mean(known)) if (known := [each for each in column if not isnan(each)]) else float("nan")
        for column in zip(*rows, strict=True)
    ]


@dataclass(frozen=True)
class Calibration:
    """What published cases say about the norm.

    Attributes:
        reach: For each target: what the points show, and how many of them lie in its interval.
        most_shown: How many of the targets the point that shows most of them does.
        parameters: For each parameter of the norm: before and after.
        conflicts: Targets that no point reaches; they are left out of the posterior.
        surprise: How surprising the numbers are together, among those that the model makes itself: a p-value.
        together: Whether that is so little that they are in conflict.
        draws: Draws of the posterior, of equal weight.
    """

    reach: dict[str, dict[str, Any]]
    most_shown: int
    parameters: dict[str, dict[str, Any]]
    conflicts: list[str]
    surprise: float
    together: bool
    draws: list[dict[str, ParameterValue]]


def calibrate(unit: FloatArray, seen: FloatArray, without: str = "") -> Calibration:
    """The posterior of the norm, from a reference table of the four cases.

    Args:
        unit: (draws, parameters) points in [0, 1].
        seen: (draws, targets) what the cases show there.
        without: A case to leave out.
    """
    wanted, parameters = targets(), calibrated_parameters()
    shown = np.stack([each.shown(column) for each, column in zip(wanted, seen.T, strict=True)], axis=1)
    reached = [bool(shown[:, at].any()) for at in range(len(wanted))]
    used = [is_reached and each.name.split("/")[0] != without for each, is_reached in zip(wanted, reached, strict=True)]
    observed = Observed(
        tuple(each.name for each in wanted),
        ("published",),
        np.array(
            [[float(each.compared(each.value)) if use else np.nan for each, use in zip(wanted, used, strict=True)]]
        ),
        np.full((1, len(wanted)), np.nan),
        (MONEY,) * len(wanted),  # no error but the one that is added here
        np.full(len(wanted), np.nan),
        (False,) * len(wanted),
    )
    rng = np.random.default_rng([SEED, 1])
    counted = np.array(
        [each.name.startswith("ament-2015") for each in wanted]
    )  # shares of few organizations err enough
    error = np.where(counted, 0.0, [each.error for each in wanted])
    compared = np.stack([each.compared(column) for each, column in zip(wanted, seen.T, strict=True)], axis=1)
    expected = (compared + error * rng.standard_normal(seen.shape))[:, None, :]
    table = ReferenceTable(priors_of(parameters), unit, observed.columns, expected)
    posterior = fit_posterior(table, expected, observed, SEED)
    checks = check_fit(table, observed, posterior, SEED, 0)
    weights = posterior.weights / posterior.weights.sum()
    names = [each.name for each in parameters]
    rows = tuple(
        {each.name: value_of(each, float(share)) for each, share in zip(parameters, row, strict=True)}
        for row in posterior.unit
    )
    described = {}
    for each in parameters:
        values = np.array([row[each.name] for row in rows], dtype=np.float64)
        low, median, high = weighted_quantiles(values, weights, _ENDS)
        described[each.name] = {
            "plausible": list(each.plausible or ()),
            "low": low,
            "median": median,
            "high": high,
            "contraction": checks.contraction[each.name],
            "identified": checks.identified[each.name],
            "held_in_80": checks.coverage["0.8"][each.name],
        }
    assert set(described) == set(names)
    return Calibration(
        {each.name: _reach(each, column) for each, column in zip(wanted, seen.T, strict=True)},
        int(shown.sum(axis=1).max()),
        described,
        [each.name for each, is_reached in zip(wanted, reached, strict=True) if not is_reached],
        checks.surprise,
        any(not each.column for each in checks.conflicts),
        [dict(row) for row in PosteriorDraws(rows, tuple(weights.tolist())).resample(KEPT_DRAWS, SEED)],
    )


def _reach(target: Target, values: FloatArray) -> dict[str, Any]:
    """What the points show of a target: nearest, 95 % of them, and how many lie in its interval."""
    known = values[np.isfinite(values)]
    nearest = known[np.argmin(np.abs(target.compared(known) - target.compared(target.value)))]
    return {
        "published": target.value,
        "low": target.low,
        "high": target.high,
        "points": [float(each) for each in np.quantile(known, _ENDS)],
        "nearest": float(nearest),
        "inside": int(target.shown(known).sum()),
    }


@dataclass(frozen=True)
class Scoring:
    """A task: the facts of one case, on organizations whose norm is drawn from these draws, or from the ranges without any."""

    facts: tuple[Fact, ...]
    draws: tuple[Mapping[str, ParameterValue], ...]


def score_case(task: Scoring) -> list[Measurement]:
    """What is measured of each fact, with as many runs as a first look at it has."""
    measures = load_measures()
    with draw_from(task.draws):
        return [measures[fact.measure](RunBudget.for_fact(fact.id, False), **fact.arguments) for fact in task.facts]


@dataclass(frozen=True)
class HeadlinePoint:
    """A task: the facts behind the headlines, at one point of the ranges with this norm, or as it is there without."""

    number: int
    facts: tuple[Fact, ...]
    norm: Mapping[str, ParameterValue]


def see_headlines(task: HeadlinePoint) -> list[bool | None]:
    """Whether each fact holds there."""
    values = {**draw_parameters("default", task.number), **parameters_in("default"), **task.norm}
    found = measure_with(values, task.facts)
    return [holds(fact, found[fact.id]) for fact in task.facts]


def headline_facts() -> tuple[Fact, ...]:
    """Facts that answer the main claim of the texts, in the bank as it ships."""
    measures = load_measures()
    return tuple(
        fact
        for fact in load_facts()
        if fact.id.split("/")[0] in HEADLINES
        and fact.setting == "default"
        and can_have_region(fact, measures[fact.measure])
    )


def study_published() -> dict[str, Any]:
    """The posterior of the norm over four published cases, how the other cases fare with it, and which headlines are left."""
    with WorkerPool(available_workers(), prepare_worker) as pool:
        unit, points = list_draws()
        seen = np.array(_whole(run_tasks(see_cases, points, pool.workers, pool=pool)))
        found = calibrate(unit, seen)
        return {
            "points": DRAWS,
            "targets": found.reach,
            "conflicts": found.conflicts,
            "most_shown": found.most_shown,
            "surprise": found.surprise,
            "conflict_together": found.together,
            "surprise_without": {name: calibrate(unit, seen, name).surprise for name in CALIBRATED_ON},
            "parameters": found.parameters,
            "cases": score_cases(found.draws, pool),
            "headlines": score_headlines(found.draws, pool),
            "table": compare_policies(found.draws, pool.workers),
            "histories": {name: fit_history(request, pool) for name, request in HISTORIES.items()},
            "draws": found.draws,
        }


def score_cases(draws: Sequence[Mapping[str, ParameterValue]], pool: WorkerPool) -> dict[str, Any]:
    """Rows of all cases, before and after; and the cases that the norm was not calibrated to, fails first."""
    groups: dict[str, list[Fact]] = {}
    for fact in load_facts():
        if fact.measure.startswith("cases.") and "part" in fact.arguments:
            groups.setdefault(fact.id.split("/")[0], []).append(fact)
    tasks = [Scoring(tuple(facts), known) for known in ((), tuple(draws)) for facts in groups.values()]
    measured = [each for one in _whole(run_tasks(score_case, tasks, pool.workers, pool=pool)) for each in one]
    facts = [fact for group in groups.values() for fact in group]
    rows = [
        Row(fact, each, judge_measurement(fact.low, fact.high, each), 0.0)
        for fact, each in zip([*facts, *facts], measured, strict=True)
    ]
    assert all(map(is_case, rows))
    before, after = rows[: len(facts)], rows[len(facts) :]
    held_out = [row for row in after if row.fact.id.split("/")[0] not in CALIBRATED_ON]
    return {
        "rows": {
            row.fact.id: {"band": row.fact.band, "before": _row(was), "after": _row(row)}
            for was, row in zip(before, after, strict=True)
        },
        "held_out": [_case(each) for each in summarize_cases(held_out)],
        "held_out_before": [
            _case(each)
            for each in summarize_cases([row for row in before if row.fact.id.split("/")[0] not in CALIBRATED_ON])
        ],
    }


def _case(result: CaseResult) -> dict[str, Any]:
    return {"case": result.name, "verdict": str(result.verdict), "rows": [row.fact.id for row in result.rows]}


def _row(row: Row) -> dict[str, Any]:
    assert row.measurement is not None  # nothing broke down
    found = row.measurement
    values = {name: or_none(getattr(found, name)) for name in ("value", "low", "high")}
    return {**values, "organizations": found.runs, "verdict": str(row.verdict)}


def score_headlines(draws: Sequence[Mapping[str, ParameterValue]], pool: WorkerPool) -> list[dict[str, Any]]:
    """Share of points of all other ranges at which each headline holds, with the norm from its ranges and from the posterior."""
    facts = headline_facts()
    tasks = [
        HeadlinePoint(number, facts, norm)
        for known in (False, True)
        for number in range(POINTS)
        for norm in [draws[number % len(draws)] if known else {}]
    ]
    held = _whole(run_tasks(see_headlines, tasks, pool.workers, pool=pool))
    found = []
    for at, fact in enumerate(facts):
        before, after = ([row[at] for row in part if row[at] is not None] for part in (held[:POINTS], held[POINTS:]))
        found.append(
            {"id": fact.id, "claim": fact.claim, "band": fact.band, "before": _share(before), "after": _share(after)}
        )
    return found


def _share(held: Sequence[bool | None]) -> dict[str, float]:
    share = sum(map(bool, held)) / len(held)
    low, high = share_limits(share, len(held), _TWO_SIDED / 2.0)
    return {"share": share, "low": float(low), "high": float(high), "points": len(held)}


def compare_policies(draws: Sequence[Mapping[str, ParameterValue]], workers: int) -> dict[str, Any]:
    """What each policy leaves in the retail bank, over the ranges of all that nobody knows, with and without the posterior."""
    found: dict[str, Any] = {}
    for name in ("before", "after"):
        rows = [
            {**draw_parameters("default", number), **(draws[number % len(draws)] if name == "after" else {})}
            for number in range(COMPARED)
        ]
        with TemporaryDirectory() as folder:
            pd.DataFrame(rows).assign(**{WEIGHT: 1.0 / COMPARED}).to_parquet(Path(folder) / POSTERIOR)
            result = compare(
                "retail-bank",
                list(POLICIES),
                replicates=20,
                seed=1,
                workers=workers,
                unknown=COMPARED,
                posterior=folder,
            )
        assert result.parameter_uncertainty is not None
        found[name] = {
            policy: {
                measure: _spread(result.parameter_uncertainty.values("unknown", measure)[policy])
                for measure in TABLE_MEASURES
            }
            for policy in POLICIES
            if policy != "none"
        }
    return found


def _spread(values: FloatArray) -> dict[str, float]:
    """Median and the interval that holds four fifths, over draws; and the share above zero."""
    means = np.nanmean(values, axis=1)
    means = means[np.isfinite(means)]
    low, median, high = (float(each) for each in np.quantile(means, (0.1, 0.5, 0.9)))
    return {"median": median, "low": low, "high": high, "above_zero": float((means > 0.0).mean())}


def fit_history(request: FitRequest, pool: WorkerPool) -> dict[str, Any]:
    """What ``centricity fit`` says of a history."""
    setup = plan_request(
        replace(request, **{name: TOP / getattr(request, name) for name in _FILES if getattr(request, name)})
    )
    result = run_fit(setup, pool)
    checks = result.summary["checks"]
    return {
        "command": f"{request.command} --out my-fit",
        "rows": len(setup.history.observed.rows),
        "conflicts": [each["what"] for each in result.summary["conflicts"]],
        "identified": [name for name, each in result.summary["parameters"].items() if each["identified"]],
        "holdout": checks["holdout"],
    }


_FILES = "scenario", "history", "policy"


def _whole(results: Sequence[Any]) -> list[Any]:
    """Results of tasks; a failure is one of the study."""
    for each in results:
        assert not isinstance(each, Failure), each.traceback
    return list(results)
