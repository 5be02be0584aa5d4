"""A parameter's declaration cannot contradict itself."""

from __future__ import annotations

import dataclasses
import pickle
import re
from typing import Any

import pytest

from sim.model import registry
from sim.model.kernel.parameters import KINDS, Parameter, ParameterValue, Tier, choice_code, declare


def parameter_of(default: ParameterValue, **more: Any) -> Parameter:
    return Parameter("norm.sharpness", default, "1", "Meaning.", "Source", Tier.CONJECTURE, **more)


@pytest.mark.parametrize(
    ("default", "more", "type_", "legal"),
    [
        (0.5, {"low": 0.0, "high": 2.0}, "number", "0 to 2"),
        (5, {"low": 1, "high": 200_000}, "integer", "1 to 200000"),
        (True, {}, "switch", "true or false"),
        ("one", {"choices": ("one", "two")}, "choice", "one, two"),
    ],
)
def test_the_default_decides_the_type(default: ParameterValue, more: dict[str, Any], type_: str, legal: str) -> None:
    parameter = parameter_of(default, **more)
    assert parameter.type == type_
    assert parameter.legal == legal


def test_the_section_is_the_first_part_of_the_name() -> None:
    assert parameter_of(1.0, low=0.0, high=1.0).section == "norm"


@pytest.mark.parametrize(
    ("default", "more", "message"),
    [
        (0.5, {}, "a number needs low and high"),
        (0.5, {"low": 0.0}, "a number needs low and high"),
        (5, {"high": 9}, "a number needs low and high"),
        (3.0, {"low": 0.0, "high": 2.0}, r"default 3.0 lies outside 0.0 to 2.0"),
        (-1, {"low": 0, "high": 2}, "default -1 lies outside 0 to 2"),
        (float("nan"), {"low": 0.0, "high": 2.0}, "default nan lies outside"),
        (1.0, {"low": 0.0, "high": 2.0, "plausible": (0.5, 3.0)}, "plausible .* lies outside"),
        (1.0, {"low": 0.0, "high": 2.0, "plausible": (-0.5, 1.0)}, "plausible .* lies outside"),
        (1.0, {"low": 0.0, "high": 2.0, "plausible": (1.5, 0.5)}, "plausible .* lies outside"),
        ("three", {"choices": ("one", "two")}, "default 'three' is not one of"),
        ("one", {}, "default 'one' is not one of"),
    ],
)
def test_contradictions_are_refused_by_name(default: ParameterValue, more: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=f"norm.sharpness: {message}"):
        parameter_of(default, **more)


def test_the_ends_of_the_range_are_legal() -> None:
    assert parameter_of(0.0, low=0.0, high=1.0, plausible=(0.0, 1.0)).default == 0.0
    assert parameter_of(1.0, low=0.0, high=1.0).default == 1.0


def test_a_parameter_is_frozen_and_travels() -> None:
    parameter = parameter_of(0.5, low=0.0, high=1.0)
    with pytest.raises(dataclasses.FrozenInstanceError):
        parameter.default = 1.0  # type: ignore[misc]
    assert pickle.loads(pickle.dumps(parameter)) == parameter


def test_the_best_evidence_is_tier_one() -> None:
    assert [tier.value for tier in sorted(Tier)] == [1, 2, 3, 4, 5]
    assert min(Tier) is Tier.REPLICATION and max(Tier) is Tier.CONJECTURE


TEXT = """
norm.memory = 12 observations; 1 to 100, plausible 5 to 30; unknown; tier 1
    How many observed choices
    of colleagues an employee remembers.
    Source: Centola et al. 2018 (memory 12 tips at .25)
norm.floor = 0.1; 1e-3 to 1e+09; definition; tier 5

    Least that counts.
    Source: Definition
criteria.setter = staff; one of executive, staff; lever; tier 5
    Who sets the criteria.
    Source: Conjecture
run.loud = true; true or false; own; tier 4
    Whether it is loud.
    Source: Somebody's ear
run.depth = -3 levels; -9 to 0; own; tier 2
    How deep it goes.
    Source: Somebody's eye; not the other's
"""


def test_a_text_declares_parameters_in_order() -> None:
    memory, floor, setter, loud, depth = declare(TEXT)
    assert memory == Parameter(
        "norm.memory",
        12,
        "observations",
        "How many observed choices of colleagues an employee remembers.",
        "Centola et al. 2018 (memory 12 tips at .25)",
        Tier.REPLICATION,
        1.0,
        100.0,
        (5.0, 30.0),
    )
    assert floor == Parameter(
        "norm.floor", 0.1, "1", "Least that counts.", "Definition", Tier.CONJECTURE, 0.001, 1e9, kind="definition"
    )
    assert (setter.type, setter.default, setter.choices, setter.kind) == (
        "choice",
        "staff",
        ("executive", "staff"),
        "lever",
    )
    assert (loud.type, loud.default, loud.kind, loud.tier, loud.legal) == (
        "switch",
        True,
        "own",
        Tier.SURVEY,
        "true or false",
    )
    assert (depth.type, depth.default, depth.low, depth.unit, depth.source) == (
        "integer",
        -3,
        -9.0,
        "levels",
        "Somebody's eye; not the other's",
    )
    assert declare("") == ()


FORM = r"NAME = DEFAULT UNIT; LOW to HIGH, plausible LOW to HIGH; KIND; tier N"
WORDS = "\n    What it means.\n    Source: Somewhere"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("    What it means.", f"a parameter begins with a line {FORM}, got 'What it means.'"),
        ("norm.memory; 1 to 9; unknown; tier 1" + WORDS, f"a parameter is declared as {FORM}, with its meaning and"),
        ("memory = 3; 1 to 9; unknown; tier 1" + WORDS, "got 'memory = 3; 1 to 9; unknown; tier 1'"),
        ("norm.memory = 3; 1 to 9; tier 1" + WORDS, "a parameter is declared as"),
        ("norm.memory = 3; 1 to 9; unknown; 1" + WORDS, "a parameter is declared as"),
        ("norm.memory = 3; 1 to 9; unknown; tier 1\n    What it means.", "`Source: ...` below"),
        (
            "norm.memory = 3; 1 to 9; guess; tier 1" + WORDS,
            "norm.memory: kind must be one of unknown, own, lever, definition, got 'guess'",
        ),
        (
            "norm.memory = 3; 1 - 9; unknown; tier 1" + WORDS,
            "norm.memory: a range is written LOW to HIGH, plausible LOW to HIGH, got '1 - 9'",
        ),
        (
            "norm.memory = 3; 1 to 9, maybe 2 to 4; unknown; tier 1" + WORDS,
            "norm.memory: a range is written LOW to HIGH",
        ),
        ("norm.memory = 3; 1 to 9; unknown; tier 7" + WORDS, "7 is not a valid Tier"),
        ("norm.memory = 30; 1 to 9; unknown; tier 1" + WORDS, "norm.memory: default 30 lies outside 1.0 to 9.0"),
        (
            "norm.memory = 3; 1 to 9, plausible 0 to 4; unknown; tier 1" + WORDS,
            "norm.memory: plausible (0.0, 4.0) lies outside 1.0 to 9.0",
        ),
        (
            "norm.rule = third; one of first, second; unknown; tier 1" + WORDS,
            "norm.rule: default 'third' is not one of ('first', 'second')",
        ),
    ],
)
def test_what_is_declared_wrongly_is_refused_with_what_it_should_be(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        declare(text)


def test_a_choice_is_held_as_its_place_a_switch_as_0_or_1() -> None:
    parameters = declare(TEXT)
    memory, _, setter, loud, _ = parameters
    assert (memory.encode(7), loud.encode(True), loud.encode(False)) == (7.0, 1.0, 0.0)
    assert (setter.encode("executive"), setter.encode("staff")) == (0.0, 1.0)
    assert choice_code(parameters, "criteria.setter", "staff") == 1.0
    with pytest.raises(ValueError, match="not in"):
        setter.encode("customers")
    assert setter.record_name == "criteria_setter"


def test_every_kind_is_used_and_levers_are_what_somebody_decides() -> None:
    parameters = registry.current().parameters
    assert {parameter.kind for parameter in parameters.values()} == set(KINDS)
    assert parameters["criteria.setter"].kind == "lever"
    assert parameters["lifetime.churn_alpha"].kind == "own"
    assert parameters["norm.sharpness"].kind == "unknown"
    assert parameters["standard.floor"].kind == "definition"
