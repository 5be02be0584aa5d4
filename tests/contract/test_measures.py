"""Every measure of a comparison declares what it is, and whatever writes or uses it goes by the declaration."""

from __future__ import annotations

import ast
from math import inf
from pathlib import Path

import numpy as np
import pytest
from analysis.tables import make_tables, plateau

import sim
from sim.analysis.metrics import MEASURES_OF_RUNS, METRICS, find_objective, is_against_twin
from sim.analysis.summary import run_values
from sim.analysis.sweep_format import unit_of_share
from sim.commands.list import measure_rows
from sim.lab.display import format_cell, unit_of
from sim.lab.missing_values import SponsorshipSummary, reason_for_missing_value
from sim.model.scenario.schema import OBJECTIVES

UNITS = {"share", "ratio", "weeks", "currency", "point-years", "NPS points", "the objective's"}


def sponsorship(policy: str = "talk", ended: int = 0) -> SponsorshipSummary:
    end = 26 if ended else None
    return SponsorshipSummary(
        policy, done=5, begun=5, ended=ended, first_end=end, usual_end=end, usual=ended, start=0, weeks=60
    )


@pytest.mark.parametrize("name", METRICS)
def test_a_measure_is_declared_as_a_whole(name: str) -> None:
    metric = METRICS[name]
    assert metric.name == name and metric.unit in UNITS
    assert metric.meaning.endswith(".") and metric.meaning[0].isupper()
    if metric.kind == "share":
        assert metric.unit in ("share", "ratio"), "a part of a whole has no unit of its own"
    if metric.unit == "share":
        assert metric.kind != "level", "a share is part of a whole, or the difference of two"
    if metric.against_twin:
        assert metric.kind != "level", "what 0 means no effect of is no level"
    if metric.decimals:
        assert metric.written_in == "%"
    if metric.shape == "median":
        assert not metric.per_run and metric.unit == "weeks"


@pytest.mark.parametrize("name", METRICS)
def test_tables_of_comparisons_and_texts_of_sweeps_write_it_in_one_unit(name: str) -> None:
    metric = METRICS[name]
    unit = unit_of(name, "organization_value", "EUR")
    assert unit == {"currency": "EUR", "the objective's": "EUR"}.get(metric.written_in, metric.written_in)
    if metric.unit == "share":
        assert unit_of_share(name) == unit
    cell = format_cell(
        name, {"mean": 0.25, "median": 0.25, "low": 0.2, "high": 0.3}, sponsorship(), "organization_value", "EUR"
    )
    assert cell.value.startswith("+") == (
        metric.written_in in ("points", "NPS points", "currency") and metric.against_twin
    )


@pytest.mark.parametrize("name", METRICS)
def test_its_bounds_are_those_of_its_kind(name: str) -> None:
    metric = METRICS[name]
    if metric.unit != "share":
        least = 0.0 if metric.unit == "weeks" or name in ("cost", "discounted_cost") else -inf
        assert metric.bounds == (least, inf)
    elif metric.kind == "difference" or metric.against_twin:
        assert metric.bounds == (-1.0, 1.0)
    else:
        assert metric.bounds == (0.0, 1.0)


@pytest.mark.parametrize("name", METRICS)
def test_what_is_about_the_end_of_sponsorship_says_so_where_there_is_none(name: str) -> None:
    entry = {"mean": None, "median": None, "low": None, "high": None, "censored": 0.0, "undefined": 0.0}
    still = reason_for_missing_value(name, sponsorship(), entry)
    assert (still == "its resources are still in force when the run ends") == (METRICS[name].when != "run")
    short = reason_for_missing_value(name, sponsorship(ended=5), entry)
    assert ("is too short" in short) == (METRICS[name].when == "later")


def test_a_measure_against_the_twin_is_zero_for_the_twin() -> None:
    weekly, runs = make_tables({"a": plateau(0.2)}, replicates=3)
    twin = run_values(weekly, runs, 0.05, 260, ["none"])
    for name in MEASURES_OF_RUNS:
        values = twin[name].to_numpy(dtype=float)
        known = values[np.isfinite(values)]
        if is_against_twin(name):
            assert (known == 0.0).all(), name


def test_an_outcome_of_somebody_elses_table_is_not_taken_for_a_difference_by_its_name() -> None:
    assert is_against_twin("retention_change") and is_against_twin("loyalty_gained") and is_against_twin("reach")
    for name in ("airlift_capacity", "climate_change", "reachable", "organization_value", "espoused_enacted_gap"):
        assert not is_against_twin(name), name
        assert name in METRICS or unit_of_share(name) == "%"


def test_uses_are_what_the_places_accept() -> None:
    uses = {row["name"]: row["uses"] for row in measure_rows()}
    assert list(uses) == list(METRICS)
    for name, metric in METRICS.items():
        assert bool(uses[name]) == metric.per_run
        if "scenario: objective" in uses[name]:
            assert find_objective(name)[1] == "higher", "a scenario's objective is maximized"
    assert set(OBJECTIVES) <= set(MEASURES_OF_RUNS)


def test_no_module_asks_the_name_of_a_measure_what_it_is() -> None:
    """``"lift" in name`` and ``name.endswith("_change")`` are fields of :class:`sim.analysis.metrics.Metric`."""
    parts = {word for name in METRICS for word in name.split("_")} - {"of", "at", "from", "to", "per"}
    found = []
    for path in sorted((Path(sim.__file__).parent).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(
                    func=ast.Attribute(value=ast.Name(), attr="endswith" | "startswith"),
                    args=[ast.Constant(value=str(text))],
                ):
                    tested = text.strip("_")
                case ast.Compare(left=ast.Constant(value=str(text)), ops=[ast.In()], comparators=[ast.Name(id=of)]):
                    tested = text.strip("_") if of in ("name", "outcome", "measure", "metric") else ""
                case _:
                    continue
            if tested in parts and path.parent.name in ("analysis", "lab", "report"):
                found.append(f"{path.name}:{node.lineno} {text}")
    assert not found
