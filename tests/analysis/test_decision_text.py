"""The first page follows the numbers, and claims less where they support less."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.analysis.decision_text import break_even_conditions, write_decision
from sim.analysis.intervals import Interval
from sim.analysis.metrics import METRICS
from sim.analysis.ranking import TopTwo, find_top_two
from sim.analysis.targets import Target, measure_target_shares
from sim.analysis.variance_components import decompose_variance


def entry(mean: float | None, low: float | None = None, high: float | None = None) -> dict[str, float | None]:
    return {"mean": mean, "low": mean if low is None else low, "high": mean if high is None else high}


def policy(**measures: dict[str, float | None]) -> dict[str, dict[str, float | None]]:
    return {name: entry(None) for name in METRICS} | measures


def over_time(
    payback: dict[str, dict[str, Any]] | None = None, **gains: dict[int, dict[str, float | None]]
) -> dict[str, Any]:
    """Money over time: policy -> weeks -> net present value, the same weeks for each."""
    weeks = list(next(iter(gains.values())))
    unknown = {"week": None, "sure_after": None, "last_year": entry(-80.0, -90.0, -70.0)}
    return {
        "net_present_value": [
            {"weeks": end, "policies": {name: gain[end] for name, gain in gains.items()}} for end in weeks
        ],
        "payback": {name: unknown | (payback or {}).get(name, {}) for name in gains},
        "after_the_run": {},
    }


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
        "stopped": {},
        "horizon": 260,
        "money_over_time": over_time(values={260: entry(-500.0, -600.0, -400.0)}),
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
    assert (
        "Doing nothing comes first by organization value on average, EUR 500 ahead of values (EUR 400 to 600)"
        in (sentences["The answer"])
    )
    assert "values 30.0 points (28.0 to 32.0 points)" in sentences["The answer"]
    assert "is more than chance, with 30 replicates" in sentences["How sure"]
    assert "chance of the simulation alone" in sentences["How sure"] and "tier 5" in sentences["How sure"]
    assert (
        "values: EUR 900, discounted; net, the organization loses EUR 500 (EUR 400 to 600)"
        in sentences["What it costs"]
    )
    assert (
        "not paid back within 5 years, still losing EUR 80 (EUR 70 to 90) in the last year"
        in sentences["What it costs"]
    )
    assert sentences["What it costs"].endswith("paid back in 20 % of the runs.")
    assert "worth EUR 2 (EUR 1.5 to 2.5) for values" in sentences["What would change it"]
    assert "Judged by value for customers, values comes first, not doing nothing" in sentences["What would change it"]


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
    assert sentences["What it costs"] == ["Not known."]
    assert break_even_conditions(nothing, "EUR") == []
    alone = summary(policies={"none": policy()})
    assert write_decision(alone, "EUR", TopTwo("none"))["What it costs"] == ["Nothing: no policy spends anything."]


def test_futures_and_parameter_uncertainty_are_described_where_they_were_run() -> None:
    spread = {"net_present_value": share(0.6, 0.45, 0.7)}
    uncertainty = {
        "draws": 40,
        "varied": ["norm.sharpness"],
        "policies": {"none": {"best": entry(0.4), **spread}, "values": {"best": entry(0.6, 0.45, 0.74), **spread}},
        "tornado": {
            "values": [
                driver("norm.omission_weight", 0.5, -900.0, -2000.0, 200.0, sure=False),
                driver("norm.sharpness", 6.0, -20.0, -30.0, -10.0),
                driver("norm.sharpness", 12.0, 300.0, 200.0, 400.0),
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
    assert "60 % (45 to 70 %) is parameter uncertainty" in sure
    assert "values in the future busy would come first" in change
    assert "norm.sharpness at 12 alone changes values's net present value by EUR 300 (EUR 200 to 400)." in change
    assert "omission_weight" not in change, "the largest effect may be chance"
    uncertainty["tornado"]["values"].append(driver("coaching.effect", 0.9, 800.0, 600.0, 900.0))
    assert "by EUR 800 (EUR 600 to 900), which turns a loss into a gain." in changes_with(uncertainty)
    uncertainty["tornado"]["values"] = [driver("norm.omission_weight", 0.5, -900.0, -2000.0, 200.0, sure=False)]
    text = "no change of values's net present value by one of them alone could be distinguished from chance, in 4 replicates."
    assert text in changes_with(uncertainty)


def driver(name: str, value: float, effect: float, low: float, high: float, sure: bool = True) -> dict[str, Any]:
    """A row of a tornado."""
    ends = {"effect": effect, "low": low, "high": high}
    return {"parameter": name, "value": value, **ends, "replicates": 4, "sure": sure}


def share(value: float | None, low: float | None = None, high: float | None = None) -> dict[str, float | None]:
    """A share of parameter uncertainty, by default with a narrow interval."""
    if value is not None and low is None:
        low, high = max(0.0, value - 0.1), min(1.0, value + 0.1)
    return {"epistemic_share": value, "epistemic_share_low": low, "epistemic_share_high": high}


def changes_with(uncertainty: dict[str, Any]) -> str:
    boxes = write_decision(summary(parameter_uncertainty=uncertainty), "EUR", TopTwo("values"))
    return " ".join(boxes["What would change it"])


def test_the_share_of_parameter_uncertainty_is_that_of_the_objective_and_of_what_it_matters_most_for() -> None:
    def sentence_for(**spread: float | dict[str, float | None] | None) -> str:
        values = {
            "best": entry(0.6),
            "regret": 0.1,
            **{name: each if isinstance(each, dict) else share(each) for name, each in spread.items()},
        }
        uncertainty = {"draws": 40, "varied": ["norm.sharpness"], "policies": {"values": values}, "tornado": {}}
        boxes = write_decision(summary(parameter_uncertainty=uncertainty), "EUR", TopTwo("values"))
        return " ".join(boxes["How sure"])

    text = sentence_for(net_present_value=0.0, enacted_change=0.94, organization_value=0.3)
    assert "spread of values's organization value over these draws 30 % (20 to 40 %) is parameter uncertainty" in text
    assert "It matters most for enacted change: 94 % (84 to 100 %)." in text and "net present value" not in text
    assert "matters most" not in sentence_for(enacted_change=0.35, organization_value=0.3)
    text = sentence_for(net_present_value=0.0, enacted_change=0.94)
    assert "values's enacted change over these draws 94 %" in text
    assert "Nothing of the kind is known of the objective, organization value." in text
    assert "parameter uncertainty; the rest" not in sentence_for(organization_value=None)
    text = sentence_for(organization_value=share(0.0, 0.0, 0.7))
    assert "is parameter uncertainty cannot be told from so few draws (0 to 70 %)." in text and "; the rest" not in text


def test_more_policies_than_there_is_room_for_are_put_together() -> None:
    names = [f"policy{number}" for number in range(12)]
    gains = [entry(-500.0 - number, -900.0, -400.0) for number in range(6)]
    gains += [entry(number, -50.0, 50.0) for number in range(3)] + [
        entry(300.0 + number, 200.0, 400.0) for number in range(3)
    ]
    policies = {
        name: policy(discounted_cost=entry(900.0), net_present_value=gain)
        for name, gain in zip(names, gains, strict=True)
    }
    stopped = {name: entry(0.1) for name in names[:5]}
    many = summary(policies={"none": policy(), **policies}, stopped=stopped)
    lines = write_decision(many, "EUR", TopTwo("policy11"))["What it costs"]
    assert len(lines) == 5
    assert lines[0] == "Surely gain, net and discounted: policy11 EUR 302, policy10 EUR 301 and policy9 EUR 300."
    assert lines[1] == "No gain or loss could be distinguished from chance: policy8, policy7 and policy6."
    assert lines[2].startswith("Surely lose, net and discounted: policy0 EUR 500, policy1 EUR 501")
    assert "and 2 more. Such runs never count as paid back." in lines[4]


def test_a_program_that_was_stopped_is_not_a_success() -> None:
    lines = write_decision(summary(stopped={"values": entry(0.1)}), "EUR", TopTwo("none"))["What it costs"]
    assert "paid back in 20 % of the runs that were not stopped." in lines[0]
    assert lines[1] == "Stopped before the planned end: values in 10 % of the runs. Such runs never count as paid back."
    assert len(write_decision(summary(), "EUR", TopTwo("none"))["What it costs"]) == 1


def test_no_sentence_mixes_discounted_and_other_money() -> None:
    for lines in write_decision(summary(), "EUR", TopTwo("none", "values", Interval(5.0, 4.0, 14.0))).values():
        assert not any("EUR 1 thousand" in line for line in lines), "the cost that is not discounted"


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
    assert components.low < 0.9 < components.high and components.high - components.low < 0.05
    few = decompose_variance(draw.normal(0.0, 1.0, (40, 2)))
    assert 0.0 <= few.low <= few.epistemic_share <= few.high <= 1.0 and few.high > 0.15, "0 of 40 draws is not surely 0"
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


CHANCE = "could be distinguished from chance"
CAUTIOUS: list[tuple[str, dict[str, dict[str, float | None]], str]] = [
    (
        "The answer",
        {"lift_later": entry(0.02, 0.005, 0.035)},
        f"Two years after sponsorship no policy has left a point of service that {CHANCE}.",
    ),
    (
        "What it costs",
        {"net_present_value": entry(-50.0, -200.0, 100.0)},
        f"values: EUR 900, discounted; net, no gain or loss {CHANCE} (-EUR 200 to EUR 100)",
    ),
    ("What it costs", {"discounted_cost": entry(None)}, "Not known."),
]
"""Box, the measures that are planted, and the cautious sentence that they call for."""


@pytest.mark.parametrize(("box", "planted", "expected"), CAUTIOUS)
def test_what_is_planted_as_unsure_is_said_to_be(
    box: str, planted: dict[str, dict[str, float | None]], expected: str
) -> None:
    surely = " ".join(write_decision(summary(), "EUR", TopTwo("values"))[box])
    assert expected not in surely
    changed = summary()
    changed["policies"]["values"] |= planted
    assert expected in " ".join(write_decision(changed, "EUR", TopTwo("values"))[box])


def test_what_lasts_of_some_is_not_said_of_others() -> None:
    changed = summary()
    changed["policies"]["talk"] = policy(lift_later=entry(0.02, 0.0, 0.04))
    text = " ".join(
        write_decision(changed | {"money_over_time": over_time_of(changed)}, "EUR", TopTwo("values"))["The answer"]
    )
    assert "values 30.0 points (28.0 to 32.0 points); of talk less than a point is sure to be left." in text


def over_time_of(changed: dict[str, Any]) -> dict[str, Any]:
    return over_time(**{name: {260: entry(-500.0, -600.0, -400.0)} for name in changed["policies"] if name != "none"})


@pytest.mark.parametrize(
    ("last", "week", "sure_after", "expected"),
    [
        (
            entry(5.0, -10.0, 20.0),
            None,
            None,
            f"not paid back within 5 years, and in the last year no gain or loss {CHANCE}",
        ),
        (entry(15.0, 10.0, 20.0), None, None, "not paid back within 5 years, still gaining EUR 15 (EUR 10 to 20)"),
        (
            entry(15.0, 10.0, 20.0),
            208,
            None,
            "on average it has paid back after 4 years, which cannot be distinguished",
        ),
        (entry(15.0, 10.0, 20.0), 104, 156, "after 2 years; its interval is above zero from 3 years on"),
    ],
)
def test_payback_is_as_sure_as_it_is(
    last: dict[str, float | None], week: int | None, sure_after: int | None, expected: str
) -> None:
    payback = {"values": {"week": week, "sure_after": sure_after, "last_year": last}}
    money = over_time(payback, values={260: entry(-500.0, -600.0, -400.0)})
    costs = " ".join(write_decision(summary(money_over_time=money), "EUR", TopTwo("values"))["What it costs"])
    assert expected in costs


def test_what_was_run_alone_is_not_compared() -> None:
    answer = " ".join(write_decision(summary(), "EUR", TopTwo("values"))["The answer"])
    assert "values is all that was run, so there is nothing to compare it with." in answer


def test_futures_in_which_nothing_turns_are_counted() -> None:
    futures = {name: {"none": {"objective": entry(2.0)}, "values": {"objective": entry(1.0)}} for name in ("a", "b")}
    boxes = write_decision(summary(in_futures=futures), "EUR", TopTwo("none", "values", Interval(1.0, 0.5, 1.5)))
    assert "None of the 2 futures: doing nothing comes first in each on average." in boxes["What would change it"]
