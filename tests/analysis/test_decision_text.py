"""The first page follows the numbers, and claims less where they support less."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.analysis.decision_text import TopTwo, break_even_conditions, find_top_two, write_decision
from sim.analysis.intervals import Interval
from sim.analysis.metrics import METRICS
from sim.analysis.targets import Target, measure_target_shares
from sim.analysis.variance_components import decompose_variance


def entry(mean: float | None, low: float | None = None, high: float | None = None) -> dict[str, float | None]:
    return {"mean": mean, "low": mean if low is None else low, "high": mean if high is None else high}


def policy(**measures: dict[str, float | None]) -> dict[str, dict[str, float | None]]:
    return {name: entry(None) for name in METRICS} | measures


def summary(**more: Any) -> dict[str, Any]:
    values = policy(
        cost=entry(1000.0), net_present_value=entry(-500.0, -600.0, -400.0), discounted_cost=entry(900.0),
        revenue_change=entry(1000.0), service_cost_change=entry(600.0), break_even_share=entry(0.2),
        break_even_week=entry(50.0), break_even_loyalty=entry(2.0, 1.5, 2.5), lift_later=entry(0.3, 0.28, 0.32),
        customer_value=entry(9.0), probability_best=entry(0.1, 0.02, 0.3),
    )  # fmt: skip
    none = policy(customer_value=entry(8.0), probability_best=entry(0.9, 0.7, 0.98))
    return {
        "objective": "organization_value",
        "replicates": 30,
        "policies": {"none": none, "values": values},
        "in_futures": {},
        "targets": [],
        **more,
    }


def table(rows: dict[str, list[float]]) -> pd.DataFrame:
    parts = [
        pd.DataFrame({"policy": name, "replicate": range(len(values)), "organization_value": values, "cost": values})
        for name, values in rows.items()
    ]
    return pd.concat(parts, ignore_index=True)


def test_the_race_is_paired_and_knows_which_way_is_better() -> None:
    values = table({"a": [1.0, 2.0, 3.0, 10.0], "b": [0.5, 1.5, 2.4, 9.5]})
    leading = find_top_two(values, "organization_value")
    assert (leading.first, leading.second, leading.close) == ("a", "b", False)
    assert leading.gap.mean == pytest.approx(0.525)
    assert find_top_two(values, "cost").first == "b"
    assert find_top_two(table({"a": [1.0, 5.0], "b": [2.0, 1.0]}), "organization_value").close
    assert find_top_two(table({"a": [1.0]}), "organization_value") == TopTwo("a")
    assert find_top_two(table({"a": [np.nan], "b": [np.nan]}), "organization_value").first == ""


def test_the_first_page_answers_four_questions() -> None:
    boxes = write_decision(summary(), "EUR", TopTwo("none", "values", Interval(500.0, 400.0, 600.0)))
    assert list(boxes) == ["The answer", "How sure", "What it costs", "What would change it"]
    sentences = {title: " ".join(lines) for title, lines in boxes.items()}
    assert "none comes first by organization value, EUR 500 ahead of values (EUR 400 to 600)" in sentences["The answer"]
    assert "values 30.0 points (28.0 to 32.0 points)" in sentences["The answer"]
    assert "is more than chance, with 30 replicates" in sentences["How sure"]
    assert "chance alone" in sentences["How sure"] and "tier 5" in sentences["How sure"]
    assert "values: EUR 1 thousand; net, the organization loses EUR 500" in sentences["What it costs"]
    assert "paid back within the run in 20 % of the runs, on average in week 50" in sentences["What it costs"]
    assert "worth EUR 2 (EUR 1.5 to 2.5) for values" in sentences["What would change it"]
    assert "Judged by value for customers, values comes first, not none" in sentences["What would change it"]


def test_a_gap_within_chance_is_not_called_a_lead() -> None:
    boxes = write_decision(summary(), "EUR", TopTwo("none", "values", Interval(5.0, -4.0, 14.0)))
    assert "cannot be distinguished from chance" in " ".join(boxes["How sure"])
    assert "One replicate" in " ".join(
        write_decision(summary(), "EUR", TopTwo("none", "values", Interval(5.0, np.nan, np.nan)))["How sure"]
    )


def test_nothing_known_is_said_to_be_not_known() -> None:
    nothing = summary(policies={"none": policy(), "values": policy()})
    sentences = write_decision(nothing, "EUR", TopTwo(""))
    assert sentences["The answer"] == ["No policy can be preferred: organization value has no value."]
    assert sentences["What it costs"] == ["values: not known."]
    assert break_even_conditions(nothing, "EUR") == []
    alone = summary(policies={"none": policy()})
    assert write_decision(alone, "EUR", TopTwo("none"))["What it costs"] == ["Nothing: no policy spends anything."]


def test_futures_and_parameter_uncertainty_are_described_where_they_were_run() -> None:
    spread = {"net_present_value": {"epistemic_share": 0.6}}
    uncertainty = {
        "draws": 40,
        "varied": ["norm.sharpness"],
        "policies": {"none": {"best": entry(0.4), **spread}, "values": {"best": entry(0.6, 0.45, 0.74), **spread}},
        "tornado": {
            "values": [
                {"parameter": "norm.sharpness", "value": 6.0, "effect": -20.0, "low": -30.0, "high": 1.0},
                {"parameter": "norm.sharpness", "value": 12.0, "effect": 300.0, "low": 1.0, "high": 9.0},
            ]
        },
    }
    futures = {
        "as described": {"none": {"objective": entry(2.0)}, "values": {"objective": entry(1.0)}},
        "busy": {"none": {"objective": entry(1.0)}, "values": {"objective": entry(3.0)}},
    }
    boxes = write_decision(
        summary(parameter_uncertainty=uncertainty, in_futures=futures),
        "EUR",
        TopTwo("none", "values", Interval(1.0, 0.5, 1.5)),
    )
    sure, change = " ".join(boxes["How sure"]), " ".join(boxes["What would change it"])
    assert "With 1 parameter drawn" in sure and "values is best most often, in 60 % of the draws (45 to 74 %)" in sure
    assert "60 % is parameter uncertainty" in sure
    assert "values in the future busy would come first" in change
    assert "norm.sharpness at 12 alone changes values's net present value by EUR 300" in change


def test_the_share_of_parameter_uncertainty_is_that_of_the_objective_and_of_what_it_matters_most_for() -> None:
    def sentence_for(**spread: float | None) -> str:
        values = {
            "best": entry(0.6),
            "regret": 0.1,
            **{name: {"epistemic_share": each} for name, each in spread.items()},
        }
        uncertainty = {"draws": 40, "varied": ["norm.sharpness"], "policies": {"values": values}, "tornado": {}}
        boxes = write_decision(summary(parameter_uncertainty=uncertainty), "EUR", TopTwo("values"))
        return " ".join(boxes["How sure"])

    text = sentence_for(net_present_value=0.0, enacted_change=0.94, organization_value=0.3)
    assert "spread of values's organization value over these draws 30 % is parameter uncertainty" in text
    assert "It matters most for enacted change: 94 %." in text and "net present value" not in text
    assert "matters most" not in sentence_for(enacted_change=0.35, organization_value=0.3)
    text = sentence_for(net_present_value=0.0, enacted_change=0.94)
    assert "values's enacted change over these draws 94 %" in text
    assert "Nothing of the kind is known of the objective, organization value." in text
    assert "parameter uncertainty; the rest" not in sentence_for(organization_value=None)


def test_what_it_takes_to_break_even_adds_up() -> None:
    (line,) = break_even_conditions(summary(), "EUR")
    assert "additional revenue would have to be 50 % higher" in line
    assert "additional cost of service 83 % lower" in line  # 500 of 600
    assert "the policy itself 56 % cheaper" in line  # 500 of 900
    assert "worth EUR 2 (EUR 1.5 to 2.5) per customer and year" in line


def test_ways_out_that_nobody_could_take_are_left_out() -> None:
    poor = summary()
    poor["policies"]["values"] |= {
        "revenue_change": entry(1.0),
        "service_cost_change": entry(100.0),
        "discounted_cost": entry(9.0),
    }
    (line,) = break_even_conditions(poor, "EUR")
    assert line.startswith("For values to break even, a point of stated loyalty worth EUR 2")


def test_variance_is_decomposed_into_chance_and_parameter_uncertainty() -> None:
    draw = np.random.default_rng(3)
    centers = draw.normal(0.0, 3.0, (4000, 1))
    components = decompose_variance(centers + draw.normal(0.0, 1.0, (4000, 2)))
    assert components.aleatory == pytest.approx(1.0, rel=0.05)
    assert components.epistemic == pytest.approx(3.0, rel=0.05)
    assert components.epistemic_share == pytest.approx(0.9, abs=0.02)
    only_chance = decompose_variance(draw.normal(0.0, 1.0, (4000, 2)))
    assert only_chance.epistemic_share < 0.05
    assert np.isnan(decompose_variance(np.array([[1.0, np.nan], [2.0, 3.0]])).epistemic_share)


def test_the_chance_of_a_target_counts_runs_that_have_a_value() -> None:
    values = pd.DataFrame(
        {
            "policy": ["a"] * 4 + ["b"] * 2,
            "retention_annual": [0.8, 0.9, 0.95, np.nan, 0.9, 0.9],
            "cost": [1.0, 5.0, 1.0, 1.0, 9.0, 9.0],
        }
    )
    targets = [Target("retention_annual", True, 0.9), Target("cost", False, 4.0)]
    sentences = measure_target_shares(values, targets, ["a", "b"])
    assert [each["target"] for each in sentences] == ["retention_annual>=0.9", "cost<=4", "all"]
    assert sentences[0]["policies"]["a"]["mean"] == pytest.approx(2 / 3) and sentences[0]["policies"]["a"]["runs"] == 3
    assert sentences[1]["policies"]["b"]["mean"] == 0.0
    assert sentences[2]["policies"]["a"]["mean"] == pytest.approx(1 / 3)
    assert sentences[0]["policies"]["b"]["low"] < 1.0
    assert measure_target_shares(values, targets[:1], ["c"])[0]["policies"]["c"] == {
        "mean": None,
        "low": None,
        "high": None,
        "runs": 0,
    }
