"""The data dictionary: what every column of a store means."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from sim.analysis.metrics import METRICS
from sim.lab.sweep.experiment import BY_ROW, Experiment, Factor
from sim.lab.sweep.tables import circumstances_schema, runs_schema, weekly_schema
from sim.model.registry import current

_MEANINGS = {
    "point": "Row of a design in one future under one policy; key of points.parquet.",
    "world": "Points of one world share burn-in and twin: they differ by policy and levers alone.",
    "design": "Name of the block of the experiment.",
    "row": "Row in that block, in the order in which the method of analysis expects it.",
    "label": "What the row stands for; empty where nothing needs to be said.",
    "future": "Named future of the scenario; empty for the scenario as described.",
    "policy": "Name of the policy.",
    "replicate": "Number of the replicate; the same number has the same random numbers at all points, so that intervals over "
    "rows leave out the chance that all rows share.",
    "seed": "Seed of the run: `centricity run --seed` with it repeats the run.",
    "status": "done or failed.",
    "error": "Why there is no result; empty if the run is done.",
    "sponsorship_start": "First week with any resource; missing if there is none.",
    "sponsorship_end": "First week without any resource after that; missing if sponsorship never began or never ended.",
    "permanent": "Whether resources were still spent in the last week.",
    "cost": METRICS["cost"].meaning,
    "week": "Week, counted from 0 after the burn-in.",
    "seconds": "Time that the run took; burn-in and measuring left out.",
    "machine": "Name of the machine.",
    "traceback": "Where the error came from.",
}

_BY_ROW = (
    "Number of the replicate; the same number has the same random numbers at the points of one row that was drawn, of one base "
    "block or trajectory, and of all rows that were chosen."
)

_UNITS = {"cost": "currency", "sponsorship_start": "weeks", "sponsorship_end": "weeks", "week": "weeks", "seconds": "s"}


def describe_columns(experiment: Experiment, points: pa.Table, positions: pa.Table | None) -> dict[str, Any]:
    """Type, unit and meaning of every column of every table, for JSON.

    Args:
        experiment: What is run.
        points: Its table of points.
        positions: Its table of positions in the unit cube; ``None`` where no design has any.
    """
    tables: dict[str, Any] = {
        "points": {
            "meaning": "One row per point: a row of a design in one future under one policy.",
            "columns": {
                field.name: _point_column(field, experiment.factors.get(field.name)) for field in points.schema
            },
        },
        "runs": {
            "meaning": "One row per run, failed ones too, by replicate and point. What is missing is null.",
            "columns": {field.name: _run_column(field, experiment) for field in runs_schema(experiment.outcomes)},
        },
    }
    if positions is not None:
        tables["designs"] = {
            "meaning": "One row per row of a sampled design: its position in the unit cube, before it is scaled to ranges.",
            "columns": {field.name: _unit_cube_column(field) for field in positions.schema},
        }
    if experiment.weekly:
        tables["weekly"] = {
            "meaning": f"Weekly outcomes in the last week of every stretch of {experiment.every} weeks; none of failed runs.",
            "columns": {field.name: _weekly_column(field) for field in weekly_schema(experiment.weekly)},
        }
    tables["circumstances"] = {
        "meaning": "Circumstances of each run; not the same from one day to the next.",
        "columns": {field.name: _plain_column(field) for field in circumstances_schema()},
    }
    if experiment.seeds == BY_ROW:
        for table in tables.values():
            if "replicate" in table["columns"]:
                table["columns"]["replicate"]["meaning"] = _BY_ROW
    return {"currency": experiment.scenario.currency, "tables": tables}


def _plain_column(field: pa.Field) -> dict[str, Any]:
    return {"type": str(field.type), "unit": _UNITS.get(field.name, ""), "meaning": _MEANINGS[field.name]}


def _point_column(field: pa.Field, factor: Factor | None) -> dict[str, Any]:
    if factor is None:
        return _plain_column(field)
    column = {"type": str(field.type), "unit": factor.unit, "meaning": factor.meaning, "role": factor.role}
    if factor.role == "uncertainty":
        parameter = current().parameters[factor.target]
        column |= {"source": parameter.source, "tier": str(int(parameter.tier))}
    if factor.role == "lever":
        column["policies"] = ", ".join(factor.policies)
    return dict(column)


def _unit_cube_column(field: pa.Field) -> dict[str, Any]:
    if field.name in _MEANINGS:
        return _plain_column(field)
    meaning = f"Position of {field.name} in its range, 0 up to 1; missing where the design does not vary it."
    return {"type": str(field.type), "unit": "share of the range", "meaning": meaning}


def _run_column(field: pa.Field, experiment: Experiment) -> dict[str, Any]:
    for window in experiment.windows:
        if window.name == field.name:
            outcome = current().outcomes[window.outcome]
            meaning = f"Mean over weeks {window.start} to {window.end - 1}, missing weeks left out: {outcome.meaning}"
            return {"type": str(field.type), "unit": outcome.unit, "meaning": meaning}
    if field.name in METRICS:
        metric = METRICS[field.name]
        return {"type": str(field.type), "unit": metric.unit, "meaning": metric.meaning, "better": metric.better}
    return _plain_column(field)


def _weekly_column(field: pa.Field) -> dict[str, Any]:
    if field.name in current().outcomes:
        outcome = current().outcomes[field.name]
        return {"type": str(field.type), "unit": outcome.unit, "meaning": outcome.meaning}
    return _plain_column(field)
