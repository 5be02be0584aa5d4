"""Targets and parameter points: what is varied, what is asked for, and that the base is the comparison itself."""

from __future__ import annotations

import numpy as np
import pytest

from lab.small import make_policy, small
from sim.lab import Comparison, compare, parameter_uncertainty
from sim.lab.comparison_plan import ComparisonRequest, plan_comparison
from sim.lab.failure import Failure
from sim.lab.parameter_points import TORNADO, UNKNOWN, find_unknown_parameters, list_parameter_points
from sim.lab.parameter_uncertainty_summary import find_conditions
from sim.lab.targets import read_targets
from sim.model.kernel.parameters import Parameter
from sim.model.registry import current
from sim.model.scenario import Scenario, ScenarioError
from sim.model.scenario.messages import Faults
from sim.pages.report.html import render_report


def unknowns(*vary: str) -> list[Parameter]:
    faults = Faults()
    found = find_unknown_parameters(small(), vary, faults)
    faults.raise_any()
    return found


def test_what_a_scenario_sets_is_not_varied_unless_named() -> None:
    reported = small().override({"norm.sharpness": 3.5})
    names = [each.name for each in find_unknown_parameters(reported, (), Faults())]
    assert "norm.sharpness" not in names and "norm.memory" in names
    assert [each.name for each in find_unknown_parameters(reported, ("norm.sharpness",), Faults())] == [
        "norm.sharpness"
    ]
    assert {each.section for each in unknowns("norm")} == {"norm"}


def test_what_somebody_could_say_is_not_varied_unless_named() -> None:
    """An organization knows its turnover, decides on its moments, and defines its week."""
    reported = ("employees.turnover", "moments.hours", "calendar.slots")
    assert [current().parameters[name].kind for name in reported] == ["own", "lever", "definition"]
    assert {each.kind for each in unknowns()} == {"unknown"}
    assert {each.name for each in unknowns()}.isdisjoint(reported)
    assert {each.name for each in unknowns(*reported)} == set(reported)
    assert {each.kind for each in unknowns("employees", "calendar")} >= {"own", "unknown", "definition"}


def test_a_scenario_says_which_ranges_hold_for_it() -> None:
    """What it names is drawn over that range, of any kind, whatever its value; unless the user sets it after all."""
    table = {**small().to_dict(), "plausible": {"employees.turnover": [0.01, 0.03], "norm.sharpness": [7.0, 8.0]}}
    bank = Scenario.from_dict(table)
    found = {each.name: each for each in find_unknown_parameters(bank, (), Faults())}
    assert found["employees.turnover"].plausible == (0.01, 0.03) and found["norm.sharpness"].plausible == (7.0, 8.0)
    assert found["norm.memory"] == current().parameters["norm.memory"]
    (named,) = find_unknown_parameters(bank, ("employees.turnover",), Faults())
    ends = [point.values["employees.turnover"] for point in list_parameter_points(bank, [named], 0, True, 1)]
    assert ends == [0.01, 0.03]
    known = find_unknown_parameters(bank.override({"employees.turnover": 0.08}), (), Faults())
    assert "employees.turnover" not in {each.name for each in known}
    plan = plan_comparison(ComparisonRequest(bank, None, None, 2, 1, 1, unknown=2, vary=["employees.turnover"]))
    assert all(0.01 <= float(point.values["employees.turnover"]) <= 0.03 for point in plan.parameter_points)


def test_draws_fill_the_plausible_ranges_evenly_and_a_tornado_goes_to_their_ends() -> None:
    varied = unknowns("norm.sharpness", "norm.memory")
    points = list_parameter_points(small(), varied, 20, True, seed=3)
    draws = [point for point in points if point.design == UNKNOWN]
    for parameter in varied:
        assert parameter.plausible is not None
        low, high = parameter.plausible
        values = np.array([float(point.values[parameter.name]) for point in draws])
        parts = np.floor((values - low) / (high - low) * 20)
        if parameter.type == "number":
            assert sorted(parts) == list(range(20))
        assert values.min() >= low and values.max() <= high
    alone = [point for point in points if point.design == TORNADO]
    assert [point.row for point in alone] == [1, 2, 3, 4]
    ends = {value for point in alone for value in point.values.values()}
    assert ends == {end for parameter in varied for end in parameter.plausible or ()}
    assert list_parameter_points(small(), varied, 20, True, seed=3) == points
    assert list_parameter_points(small(), varied, 20, True, seed=4) != points
    assert list_parameter_points(small(), varied, 0, False, seed=3) == ()


def test_targets_are_read_and_faults_say_what_to_do() -> None:
    faults = Faults()
    found = read_targets(["retention_annual>=85%", "cost <= 1e3", "retention_annual>=0.85"], faults)
    assert not faults.messages
    assert [str(target) for target in found] == ["retention_annual>=0.85", "cost<=1000"]
    read_targets(["retention=0.9", "retention_anual>=0.9", "half_life_weeks>=3"], faults)
    assert len(faults.messages) == 3
    assert "must be MEASURE>=NUMBER" in faults.messages[0]
    assert "Did you mean retention_annual?" in faults.messages[1]


def test_all_faults_are_reported_at_once_and_nothing_is_varied_by_default() -> None:
    with pytest.raises(ScenarioError) as reported:
        plan_comparison(ComparisonRequest(small(), None, None, 2, 1, 1, targets=["x"], unknown=-1, vary=["no.such"]))
    text = "\n".join(reported.value.faults)
    assert "--target" in text and "--unknown" in text and "--vary" in text
    assert plan_comparison(ComparisonRequest(small(), None, None, 2, 1, 1)).parameter_points == ()
    ready = plan_comparison(
        ComparisonRequest(
            "retail-bank", None, None, 2, 1, 1, targets=["cost<=5"], unknown=3, tornado=True, vary=["norm.memory"]
        )
    )
    assert "--target 'cost<=5' --unknown 3 --tornado --vary norm.memory" in ready.command
    assert len(ready.parameter_points) == 5 and ready.tasks == 2 + 2 * 5


@pytest.fixture(scope="module")
def found() -> Comparison:
    policies = ["none", make_policy("train", training=2.0, coaching=1.0)]
    return compare(
        small(), policies, replicates=3, workers=1, unknown=4, tornado=True, vary=["norm.sharpness"],
        targets=["enacted_change>=0.01", "net_present_value>=0"],
    )  # fmt: skip


def test_points_are_run_on_the_same_organizations(found: Comparison) -> None:
    assert found.parameter_uncertainty is not None
    assert found.parameter_uncertainty.replicates == 2
    curves = found.parameter_uncertainty.curves["gained"]["train"]
    assert (
        curves.shape == (4, 2, 40) and np.isfinite(curves).all()
    )  # a tornado's runs do not take the place of a draw's
    base = found.parameter_uncertainty.values(TORNADO, "net_present_value")["train"][0]
    values = found.measures_of_runs()
    whole = values.loc[values["policy"] == "train", "net_present_value"].to_numpy()
    np.testing.assert_array_equal(base, whole)
    again = compare(
        small().override({"norm.sharpness": 12.0}),
        [make_policy("train", training=2.0, coaching=1.0)],
        replicates=3,
        workers=1,
    ).measures_of_runs()
    at_twelve = found.parameter_uncertainty.sweep.factor_values.query(
        "design == 'tornado' and label == 'norm.sharpness = 12'"
    )["row"].item()
    np.testing.assert_array_equal(
        found.parameter_uncertainty.values(TORNADO, "net_present_value")["train"][at_twelve],
        again["net_present_value"].to_numpy(),
    )


def test_the_summary_has_it(found: Comparison) -> None:
    reported = found.summary["parameter_uncertainty"]
    assert reported["draws"] == 4 and reported["varied"] == ["norm.sharpness"] and reported["replicates"] == 2
    assert set(reported["policies"]) == {"none", "train"}
    assert [row["parameter"] for row in reported["tornado"]["train"]] == ["norm.sharpness", "norm.sharpness"]
    assert [each["target"] for each in reported["targets"]] == ["enacted_change>=0.01", "net_present_value>=0"]
    assert found.summary["targets"][-1]["target"] == "all"
    assert all("too few rows to look for a region: 4" in line for line in find_conditions(found.parameter_uncertainty))  # type: ignore[arg-type]


def test_a_point_that_dies_is_a_gap_and_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    def die(work: object, tasks: list[object], *_: object) -> list[Failure]:
        return [Failure("its process died")] * len(tasks)

    monkeypatch.setattr(parameter_uncertainty, "run_tasks", die)
    found = compare(
        small(), ["none", "talk"], replicates=2, workers=1, unknown=2, tornado=True, vary=["norm.sharpness"]
    )
    assert found.summary["parameter_uncertainty"]["failures"] == 2 * 2 * 4
    assert found.summary["parameter_uncertainty"]["policies"]["talk"]["net_present_value"]["median"] is None
    assert found.summary["parameter_uncertainty"]["tornado"] == {}
    assert {failure["parameter_point"] for failure in found.failures} == {
        "unknown 0",
        "unknown 1",
        "tornado 1",
        "tornado 2",
    }


def test_every_plausible_end_is_legal() -> None:
    for parameter in unknowns():
        assert parameter.name in current().parameters
    for point in list_parameter_points(small(), unknowns(), 2, True, seed=1):
        small().override(dict(point.values))


def draws_of_prices(draws: int) -> Comparison:
    return compare(small(), ["none", "drill"], replicates=2, seed=5, workers=1, weeks=6, unknown=draws, vary=["cost"])


def test_the_value_of_finding_out_is_in_the_summary() -> None:
    """Too few draws say nothing; enough of them give money for all parameters and for each."""
    assert draws_of_prices(4).summary["parameter_uncertainty"]["value_of_information"] is None
    found = draws_of_prices(20).summary["parameter_uncertainty"]["value_of_information"]
    assert found["measure"] == "organization_value"
    assert found["all"]["low"] <= found["all"]["mean"] <= found["all"]["high"]
    assert all(0.0 <= each["low"] <= each["mean"] <= each["high"] for each in found["parameters"])


@pytest.mark.slow
def test_the_value_of_finding_out_is_on_the_page() -> None:
    page = render_report(draws_of_prices(20))
    assert "What to find out first" in page
    assert "Knowing all of these parameters is worth EUR" in page
