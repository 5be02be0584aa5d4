"""Measures whose weeks depend on the end of sponsorship: warnings about events and about runs without an end."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from analysis.test_sweeps import Tables, other_program
from sim.analysis.metrics import METRICS
from sim.analysis.sweep_text import SweepNarrator
from sim.analysis.sweeps import Sweep
from sim.analysis.windows import WINDOWS, describe_windows

POLICIES = ("bedside", "value-driven")


def sweep_with(ends: dict[str, int | None], **experiment: Any) -> Sweep:
    """A sweep of 300 weeks in which each policy ends in its own week; a scenario with a crisis in week 200."""
    tables = Tables({"grid": 2}, replicates=2, policies=POLICIES)
    policy = tables.points.set_index("point").loc[tables.runs["point"], "policy"].to_numpy()
    tables.runs["sponsorship_end"] = pd.array([ends[name] for name in policy], dtype="Int64")
    tables.runs["permanent"] = [ends[name] is None for name in policy]
    return with_events(tables, **experiment)


def with_events(tables: Tables, **experiment: Any) -> Sweep:
    manifest = tables.manifest
    return tables.sweep(
        {
            **manifest,
            "weeks": 300,
            "scenario": {"events": [{"kind": "service_crisis", "week": 200}]},
            "experiment": {**manifest["experiment"], "scenario_events": True, "shocks": [], **experiment},
        }
    )


def test_an_event_between_the_windows_of_policies_is_named_with_weeks() -> None:
    said = " ".join(describe_windows(sweep_with({"bedside": 78, "value-driven": 104}), ["lift_later"]))
    assert "lift_later looks at what was in weeks 176 to 188 of bedside, in weeks 202 to 214 of value-driven." in said
    assert (
        "service_crisis (week 200) comes before the end of that window for value-driven, and after it for bedside"
        in said
    )
    assert "in 8 of 8 cases" in said


@pytest.mark.parametrize("ends", [(78, 80), (104, 110), (104, None)])
def test_no_event_between_the_windows_is_no_warning(ends: tuple[int, int | None]) -> None:
    sweep = sweep_with(dict(zip(POLICIES, ends, strict=True)))
    assert "different events" not in " ".join(describe_windows(sweep, ["lift_later"]))


def test_events_that_the_experiment_left_out_or_lets_vary() -> None:
    ends: dict[str, int | None] = {"bedside": 78, "value-driven": 104}
    assert describe_windows(sweep_with(ends, scenario_events=False), ["lift_later"]) == []
    merger = {"name": "merger", "fixed": {"happens": True}, "varied": {"week": "norm.memory"}}
    assert (
        describe_windows(sweep_with(ends, scenario_events=False, shocks=[merger]), ["lift_later"]) == []
    )  # weeks 1 to 20
    never = {"name": "merger", "fixed": {"happens": False, "week": 200}, "varied": {}}
    assert describe_windows(sweep_with(ends, scenario_events=False, shocks=[never]), ["lift_later"]) == []
    early = {"bedside": 5, "value-driven": 40}
    said = " ".join(describe_windows(sweep_with(early, scenario_events=False, shocks=[merger]), ["lift_later"]))
    assert said == ""
    tables = Tables({"grid": 2}, replicates=2, policies=POLICIES)
    tables.points["norm.memory"] = 190 + tables.points["row"]
    policy = tables.points.set_index("point").loc[tables.runs["point"], "policy"].to_numpy()
    tables.runs = tables.runs.assign(sponsorship_end=[ends[name] for name in policy], permanent=False)
    said = " ".join(describe_windows(with_events(tables, scenario_events=False, shocks=[merger]), ["lift_later"]))
    assert "merger (the week is norm.memory) comes before the end of that window for value-driven" in said


def test_rows_of_one_policy_that_meet_different_events() -> None:
    tables = Tables({"grid": 2}, replicates=2, policies=("value-driven",))
    tables.runs = tables.runs.assign(sponsorship_end=[52, 104] * (len(tables.runs) // 2), permanent=False)
    (said,) = describe_windows(with_events(tables), ["lift_later"])
    assert said.startswith(
        "Rows meet different events: lift_later of value-driven looks at what was in weeks 150 to 214"
    )
    assert "in 50 % of the runs" in said


def test_runs_whose_sponsorship_does_not_end_leave_a_selected_sample() -> None:
    tables = Tables({"grid": 2}, replicates=2, policies=POLICIES)
    tables.runs["sponsorship_end"] = pd.array([104, 78, 104, None] * (len(tables.runs) // 4), dtype="Int64")
    tables.runs["permanent"] = tables.runs["sponsorship_end"].isna()
    tables.runs.loc[tables.runs["permanent"], "lift_later"] = None
    sweep = with_events(tables, scenario_events=False)
    (said,) = describe_windows(sweep, ["lift_later"])
    assert said.startswith(
        "lift_later has no value in 4 of 8 finished runs of value-driven, because its sponsorship had not ended"
    )
    assert "300 weeks long" in said and "selected sample: the runs whose sponsorship ended in week 78." in said
    assert said in SweepNarrator(sweep).describe_completeness(["lift_later"])


def test_tables_of_other_programs_know_no_sponsorship() -> None:
    assert describe_windows(Sweep.from_table(other_program(), ["speed"], ["waiting"], policy="rule"), ["waiting"]) == []


def test_windows_are_of_measures_that_exist() -> None:
    assert set(WINDOWS) <= set(METRICS)
    relative = {name for name in METRICS if METRICS[name].per_run and "sponsor" in METRICS[name].meaning}
    assert relative - set(WINDOWS) == {"weeks_to_half_reach"}  # which counts from the start
