"""Points, worlds and jobs: what they share, and what each of them runs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sim.lab.sweep.levers import apply_levers, reason_against_lever
from sim.lab.sweep.points import Points
from sim.lab.task import replicate_seed
from sim.model.policies.policy import Condition, Phase, Policy
from sim.model.scenario import ScenarioError
from tests.sweep.examples import PLAIN, load

LEVERS = PLAIN.replace('["none", "talk"]', '["none", "talk", "teach"]').replace(
    "[[designs]]",
    """
[[levers]]
change = "until"
policies = ["teach"]
values = [10, 20]
[[shocks]]
kind = "market_shift"
week = { low = 5, high = 25 }
size = 0.3
happens = { values = [true, false] }
[[designs]]""",
)


def test_points_are_rows_times_futures_times_policies_in_this_order(tmp_path: Path) -> None:
    text = PLAIN.replace("time_limit = 20", 'futures = ["restless"]')
    points = Points(load(tmp_path, text))
    table = points.table.to_pandas()
    assert list(table["point"]) == list(range(12))
    assert list(table["row"]) == [0] * 4 + [1] * 4 + [2] * 4
    assert list(table["future"][:4]) == ["", "", "restless", "restless"]
    assert list(table["policy"][:4]) == ["none", "talk", "none", "talk"]
    assert list(table["norm.sharpness"].unique()) == [1.0, 3.0, 5.0]
    assert list(table["world"]) == list(np.repeat(range(6), 2))


def test_points_that_differ_by_levers_alone_share_a_world(tmp_path: Path) -> None:
    points = Points(load(tmp_path, LEVERS.replace("levels = 3", 'over = ["until"]')))
    assert points.number == 6
    assert points.worlds == 1
    job = points.job(0, 2)
    assert job.seed == replicate_seed(1, 2)
    assert [variant.point for variant in job.variants] == list(range(6))
    ends = [max((phase.end or 0 for phase in variant.policy.phases), default=0) for variant in job.variants]
    assert ends == [0, 13, 10, 0, 13, 20]
    assert job.variants[1].policy is job.variants[4].policy  # talk is not pulled
    assert len(points.job(0, 0, np.array([True, False, False, False, False, True])).variants) == 2


DRAWN = LEVERS.replace(
    'kind = "grid"\nlevels = 3',
    'kind = "latin-hypercube"\nnumber = 4\n[[designs]]\nkind = "sobol"\nnumber = 2\n[[designs]]\nkind = "morris"\n'
    'trajectories = 2\n[[designs]]\nkind = "grid"\nlevels = 2\nover = ["until"]',
)


def test_rows_may_have_seeds_of_their_own_but_not_apart_from_those_they_are_compared_with(tmp_path: Path) -> None:
    experiment = load(tmp_path, DRAWN.replace("replicates = 3", 'replicates = 3\nseeds = "by-row"'))
    points = Points(experiment)
    table = points.table.to_pandas().assign(
        seed=[points.job(int(world), 1).seed for world in points.world_of],
        other=[points.job(int(world), 2).seed for world in points.world_of],
    )
    assert not set(table["seed"]) & set(table["other"])
    blocks = {"latin-hypercube": 1, "sobol": 6, "morris": 5}  # four factors
    for design, step in blocks.items():
        part = table[table["design"] == design]
        by_block = part.groupby(part["row"] // step)["seed"]
        assert (by_block.nunique() == 1).all() and by_block.first().is_unique
    assert table.groupby("design")["seed"].nunique().to_dict() == {
        "grid": 1,
        "latin-hypercube": 4,
        "morris": 2,
        "sobol": 2,
    }
    assert set(table.loc[table["design"] == "grid", "seed"]) == {replicate_seed(experiment.seed, 1)}
    assert experiment.definition["seeds"] == "by-row"


def test_seeds_are_shared_unless_the_file_says_otherwise(tmp_path: Path) -> None:
    plain = load(tmp_path, DRAWN)
    points = Points(plain)
    assert {points.job(world, 2).seed for world in range(points.worlds)} == {replicate_seed(1, 2)}
    assert "seeds" not in plain.definition  # so that stores that were begun without the key go on
    assert plain.hash == load(tmp_path, DRAWN.replace("replicates = 3", 'replicates = 3\nseeds = "shared"')).hash


def test_shocks_happen_where_the_point_says_so(tmp_path: Path) -> None:
    text = LEVERS.replace("levels = 3", 'over = ["market_shift.week", "market_shift.happens"]\nlevels = 2')
    points = Points(load(tmp_path, text))
    events = [points.job(world, 0).events for world in range(points.worlds)]
    kinds = [[(event.kind, event.week) for event in each or ()] for each in events]
    assert kinds == [
        [("market_shift", 5), ("manager_exit", 15)],
        [("manager_exit", 15)],
        [("manager_exit", 15), ("market_shift", 25)],
        [("manager_exit", 15)],
    ]
    assert points.worlds == 4
    assert events[0] is not None
    assert events[0][0].fields["size"] == 0.3
    alone = Points(load(tmp_path, f"scenario_events = false\n{text}")).job(0, 0).events
    assert [event.kind for event in alone or ()] == ["market_shift"]


def test_a_job_has_the_scenario_of_its_point(tmp_path: Path) -> None:
    text = PLAIN.replace("time_limit = 20", 'futures = ["restless"]\n[set]\n"norm.memory" = 7\n').replace(
        "replicates = 3", "weeks = 20\nreplicates = 3"
    )
    experiment = load(tmp_path, text)
    points = Points(experiment)
    job = points.job(3, 0)
    scenario = job.scenario(experiment.scenario)
    assert scenario.parameters["employees.turnover"] == 0.1
    assert scenario.parameters["norm.memory"] == 7
    assert scenario.parameters["norm.sharpness"] == 3.0
    assert (scenario.weeks, [event.week for event in scenario.events]) == (20, [15])


def test_values_that_do_not_go_together_are_refused_with_their_row(tmp_path: Path) -> None:
    text = PLAIN.replace('"norm.sharpness"\nlow = 1.0\nhigh = 5.0', '"customers.market"\nvalues = [45, 20]')
    with pytest.raises(ScenarioError, match=r"row 1 of the design grid: customers.initial must be at most"):
        Points(load(tmp_path, text))


def test_a_horizon_beyond_the_run_is_refused_with_its_row(tmp_path: Path) -> None:
    text = PLAIN.replace('"norm.sharpness"\nlow = 1.0\nhigh = 5.0', '"money.horizon"\nvalues = [10, 5000]')
    with pytest.raises(
        ScenarioError, match=r"row 1 of the design grid: money.horizon must be at most the length of the run"
    ):
        Points(load(tmp_path, text))


def test_unit_positions_are_kept_for_what_was_drawn(tmp_path: Path) -> None:
    text = PLAIN + '[[designs]]\nkind = "morris"\ntrajectories = 3\n'
    points = Points(load(tmp_path, text))
    unit = points.unit
    assert unit is not None
    frame = unit.to_pandas()
    assert list(frame.columns) == ["design", "row", "norm.sharpness"]
    assert len(frame) == 6
    table = points.table.to_pandas().query("design == 'morris' and policy == 'none'")
    assert np.allclose(table["norm.sharpness"], 1.0 + 4.0 * frame["norm.sharpness"])
    assert Points(load(tmp_path)).unit is None


POLICY = Policy(
    "b",
    (
        Phase(0, 10, None, {"speeches": 1.0}),
        Phase(5, 30, None, {"training": 2.0}, Condition("practicing", above=0.5)),
        Phase(20, None, None, {"training": 1.0, "protected_budget": 0.5}),
    ),
)


@pytest.mark.parametrize(
    ("change", "value", "phases"),
    [
        ("amounts", 2.0, [(0, 10, 2.0), (5, 30, 4.0), (20, None, 2.0)]),
        ("amounts", 50.0, [(0, 10, 5.0), (5, 30, 10.0), (20, None, 10.0)]),  # at the legal maximum
        ("training", 3.0, [(0, 10, 1.0), (5, 30, 3.0), (20, None, 3.0)]),
        ("until", 25, [(0, 10, 1.0), (5, 25, 2.0), (20, 25, 1.0)]),
        ("until", 40, [(0, 10, 1.0), (5, 30, 2.0), (20, 40, 1.0)]),
        ("until", 7, [(0, 7, 1.0), (5, 7, 2.0)]),
        ("until", None, [(0, 10, 1.0), (5, 30, 2.0), (20, None, 1.0)]),
    ],
)
def test_levers_change_bundles(change: str, value: float | None, phases: list[tuple[int, int | None, float]]) -> None:
    pulled = apply_levers(POLICY, [(change, value)])
    amounts = [
        (phase.start, phase.end, next(amount for name, amount in phase.amounts.items() if name != "protected_budget"))
        for phase in pulled.phases
    ]
    assert amounts == phases


def test_the_line_of_a_condition_is_a_lever() -> None:
    pulled = apply_levers(POLICY, [("stop_when", 0.8)])
    assert [phase.stop_when and phase.stop_when.above for phase in pulled.phases] == [None, 0.8, None]
    below = Policy("b", (Phase(0, None, None, {"relief": 1.0}, Condition("energy", below=0.5)),))
    moved = apply_levers(below, [("stop_when", 0.3)]).phases[0].stop_when
    assert moved == Condition("energy", below=0.3)


def test_a_line_has_the_unit_of_its_outcome(tmp_path: Path) -> None:
    text = LEVERS.replace('change = "until"', 'change = "stop_when"').replace(
        "values = [10, 20]", "values = [0.3, 0.5]"
    )
    line = load(tmp_path, text).factors["stop_when"]
    assert (line.unit, line.meaning) == (
        "share",
        "Threshold of practicing at which phases with a condition end for good.",
    )


def test_levers_are_pulled_in_one_order_whatever_the_file_says() -> None:
    one = apply_levers(POLICY, [("amounts", 2.0), ("training", 3.0)])
    assert one == apply_levers(POLICY, [("training", 3.0), ("amounts", 2.0)])
    assert one.phases[1].amounts["training"] == 6.0


def test_a_lever_that_would_do_nothing_says_why() -> None:
    assert reason_against_lever(POLICY, "amounts", 0.5) == ""
    assert "no relief" in reason_against_lever(POLICY, "relief", 0.5)
    assert reason_against_lever(POLICY, "until", 0) == "must end later than it begins, in week 0, got 0"
    assert "no phase" in reason_against_lever(Policy("b"), "until", 3)
    assert "nothing" in reason_against_lever(Policy("b"), "amounts", 3)
