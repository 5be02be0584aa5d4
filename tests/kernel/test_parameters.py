"""A parameter's declaration cannot contradict itself."""

from __future__ import annotations

import dataclasses
import pickle
from typing import Any

import pytest

from sim.kernel.parameters import Parameter, ParameterValue, Tier


def declare(default: ParameterValue, **more: Any) -> Parameter:
    return Parameter("norm.sharpness", default, "1", "Meaning.", "Source", Tier.CONJECTURE, **more)


@pytest.mark.parametrize(
    ("default", "more", "kind", "legal"),
    [
        (0.5, {"low": 0.0, "high": 2.0}, "number", "0 to 2"),
        (5, {"low": 1, "high": 200_000}, "integer", "1 to 200000"),
        (True, {}, "switch", "true or false"),
        ("one", {"choices": ("one", "two")}, "choice", "one, two"),
    ],
)
def test_the_default_decides_the_kind(default: ParameterValue, more: dict[str, Any], kind: str, legal: str) -> None:
    parameter = declare(default, **more)
    assert parameter.kind == kind
    assert parameter.legal == legal


def test_the_section_is_the_first_part_of_the_name() -> None:
    assert declare(1.0, low=0.0, high=1.0).section == "norm"


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
        declare(default, **more)


def test_the_ends_of_the_range_are_legal() -> None:
    assert declare(0.0, low=0.0, high=1.0, plausible=(0.0, 1.0)).default == 0.0
    assert declare(1.0, low=0.0, high=1.0).default == 1.0


def test_a_parameter_is_frozen_and_travels() -> None:
    parameter = declare(0.5, low=0.0, high=1.0)
    with pytest.raises(dataclasses.FrozenInstanceError):
        parameter.default = 1.0  # type: ignore[misc]
    assert pickle.loads(pickle.dumps(parameter)) == parameter


def test_the_best_evidence_is_tier_one() -> None:
    assert [tier.value for tier in sorted(Tier)] == [1, 2, 3, 4, 5]
    assert min(Tier) is Tier.REPLICATION and max(Tier) is Tier.CONJECTURE
