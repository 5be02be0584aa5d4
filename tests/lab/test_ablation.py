"""Mechanisms switched off: the same in policies and twins, named in everything that is written, and compared fairly."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from lab.small import make_policy, small
from sim.lab import Comparison, compare
from sim.lab.ablation import AS_IS, HEADLINES, MEASURES
from sim.lab.comparison_plan import ComparisonRequest, plan_comparison
from sim.lab.switching import CORE, EVERYTHING, find_mechanisms, list_variants
from sim.model.registry import current
from sim.model.scenario import Scenario, ScenarioError
from sim.model.scenario.messages import Faults

TRAIN = make_policy("train", end=26, training=10.0, coaching=1.0, speeches=2.0)


@cache
def explained() -> Comparison:
    """A small comparison with every mechanism switched off in turn; tests must not change it."""
    return compare(small(), ["none", TRAIN], replicates=3, seed=5, workers=1, weeks=140, ablate=True)


def test_what_is_switched_off_is_off_in_policy_and_twin_and_said() -> None:
    found = compare(small(), ["none", TRAIN], replicates=2, seed=5, workers=1, without=["conflict", "word-of-mouth"])
    assert found.weekly["conflicts"].sum() == 0
    assert found.plan.scenario.parameters["word_of_mouth.strength"] == 0.0
    assert found.summary["without"] == found.manifest["without"] == ["conflict", "word-of-mouth"]
    assert found.manifest["scenario"]["conflict"]["rate"] == 0.0
    by_hand = compare(
        small(), ["none", TRAIN], replicates=2, seed=5, workers=1,
        overrides={"conflict.rate": 0.0, "word_of_mouth.strength": 0.0},
    )  # fmt: skip
    assert found.weekly.equals(by_hand.weekly)


def test_futures_lose_the_mechanism_too() -> None:
    plan = plan_comparison(ComparisonRequest(small(), ["none"], None, 2, 1, 1, futures=True, without=["staffing"]))
    assert plan.futures["restless"].parameters["employees.turnover"] == 0.0


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("nrom", "--without nrom is not a mechanism. Did you mean norm?"),
        ("word_of_moth", "Did you mean word-of-mouth?"),
        ("ledger", "cannot be switched off"),
        ("quantum-gravity", "`centricity list mechanisms` shows them"),
    ],
)
def test_a_misspelt_mechanism_gets_a_suggestion(name: str, rule: str) -> None:
    with pytest.raises(ScenarioError, match="--without") as caught:
        plan_comparison(ComparisonRequest(small(), ["none"], None, 2, 1, 1, without=[name]))
    assert rule in str(caught.value)


def test_a_parameter_is_not_set_and_switched_off_at_once() -> None:
    with pytest.raises(ScenarioError, match=r"conflict sets conflict\.rate, which --set sets too"):
        plan_comparison(
            ComparisonRequest(small(), ["none"], None, 2, 1, 1, assignments=["conflict.rate=0.5"], without=["conflict"])
        )


def test_the_command_repeats_it() -> None:
    plan = plan_comparison(
        ComparisonRequest("retail-bank", ["none"], 40, 2, 1, 1, without=["norm", "norm"], ablate=True)
    )
    assert plan.command.endswith("--without norm --ablate")
    assert "--set norm.encounters=0.0" in plan.single_run


def test_every_mechanism_that_can_be_is_switched_off_in_turn() -> None:
    names = {variant.name for variant in list_variants(small()) if variant.single}
    known = current().mechanisms
    on = {name for name in known if any(small().parameters[key] != value for key, value in known[name].neutral.items())}
    assert names == on
    assert {variant.name for variant in list_variants(small()) if not variant.single} == {CORE, EVERYTHING}
    assert "norm" not in {variant.name for variant in list_variants(small(), ["norm"])}


def test_the_core_alone_has_everything_else_off() -> None:
    variant = next(variant for variant in list_variants(small()) if variant.name == CORE)
    values = {**small().parameters, **variant.values}
    for name, mechanism in current().mechanisms.items():
        off = all(values[key] == value for key, value in mechanism.neutral.items())
        if not mechanism.core and mechanism.neutral:
            assert off, name
    assert not any(key in variant.values for key in current().mechanisms["norm"].neutral)


def test_changes_are_paired_and_absolute() -> None:
    ablation = explained().ablation
    assert ablation is not None
    for measure in MEASURES:
        change = ablation.change("norm", "train", measure)
        here, there = (
            ablation.values.query("variant == @variant and policy == 'train'")
            .sort_values("replicate")[measure]
            .to_numpy()
            for variant in (AS_IS, "norm")
        )
        assert change.mean == pytest.approx(float(np.mean(there - here)))
        assert change.low <= change.mean <= change.high
    assert ablation.change("norm", "none", "attitudinal_loyalty_change").mean == 0.0, "the twin has no lift to lose"
    assert ablation.summed("train", "lift_later") == pytest.approx(
        sum(ablation.change(name, "train", "lift_later").mean for name in ablation.mechanisms)
    )


def test_without_training_there_is_no_lift_of_training() -> None:
    ablation = explained().ablation
    assert ablation is not None
    assert abs(ablation.level("training", "train", "practicing_lift_later").mean) <= 0.02
    assert ablation.level(AS_IS, "train", "practicing_lift_later").mean > 0.1


def test_the_summary_holds_changes_and_headlines() -> None:
    found = explained()
    entry = found.summary["ablation"]
    assert found.ablation is not None
    assert list(entry["changes"]) == list(found.ablation.mechanisms)
    assert set(entry["changes"]["norm"]) == {"train"}
    assert set(entry["headlines"]) == {CORE, AS_IS, EVERYTHING}
    assert set(entry["headlines"][CORE]["train"]) == set(HEADLINES)
    assert "do not add up" in entry["note"]


@pytest.mark.slow
def test_two_workers_give_the_same_bits() -> None:
    again = compare(small(), ["none", TRAIN], replicates=3, seed=5, workers=2, weeks=140, ablate=True)
    assert again.ablation is not None and explained().ablation is not None
    assert again.ablation.values.equals(explained().ablation.values)


def test_faults_of_several_mechanisms_come_together() -> None:
    faults = Faults()
    assert find_mechanisms(["nrom", "energy", "leger"], faults)[0].name == "energy"
    assert len(faults.messages) == 2


def test_everything_on_puts_back_what_a_scenario_leaves_off() -> None:
    """By its active values, or by its defaults where they have it on; what is on already stays as it is."""
    quiet = small().override({"fads.rate": 0.0, "fads.inertia": 1.0, "fads.displacement": 0.0, "fads.novelty": 0.0})
    full = next(variant.values for variant in list_variants(quiet) if variant.name == EVERYTHING)
    parameters = current().parameters
    assert full["fads.rate"] == parameters["fads.rate"].default > 0.0
    assert full["structure.by_customer"] == current().mechanisms["structure"].active["structure.by_customer"]
    assert "credit.threat" not in full, "it is on, so that nothing needs to be said"


def test_the_default_bank_has_everything_on_that_a_bank_has() -> None:
    """Neutral is what it has not: elections, a price above the market's, and an organization by customer."""
    off = [
        name
        for name, mechanism in current().mechanisms.items()
        if mechanism.neutral
        and all(Scenario.load("retail-bank").parameters[key] == value for key, value in mechanism.neutral.items())
    ]
    assert off == ["interest", "price", "structure"]
