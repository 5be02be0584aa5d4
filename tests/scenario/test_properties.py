"""What holds for every table, every override and every scenario, tried on many."""

from __future__ import annotations

import json
import pickle
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.model.kernel.parameters import ParameterValue
from sim.model.scenario import Scenario, ScenarioError, parse_assignment

from .small import FULL, KNOWN, faults, minimal, scenario, table

SCALARS = st.one_of(
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=5),
    st.dates(min_value=date(1, 1, 1)),
    st.sampled_from(["none", "branches", "manager_exit", "market_shift", "practicing", "majority", 0, 1, 52, 0.5]),
)
WORDS = st.one_of(
    st.text(max_size=5),
    st.sampled_from(
        [
            "name",
            "about",
            "weeks",
            "default_policies",
            "objective",
            "departments",
            "policies",
            "events",
            "futures",
            "employees",
            "norm",
            "customers",
            "number",
            "turnover",
            "rule",
            "keep",
            "employees.turnover",
            "size",
            "share",
            "facing",
            "power",
            "from",
            "until",
            "stop_when",
            "phases",
            "speeches",
            "kind",
            "week",
            "outcome",
            "above",
            "below",
            "none",
        ]
    ),
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=4), max_leaves=12
)
TABLES = st.dictionaries(WORDS, VALUES, max_size=6)

LEGAL: dict[str, st.SearchStrategy[ParameterValue]] = {
    "customers.market": st.integers(2000, 20_000_000),
    "employees.number": st.integers(1, 200_000),
    "employees.turnover": st.floats(0.0, 0.5),
    "norm.keep": st.booleans(),
    "norm.rule": st.sampled_from(["best-response", "majority"]),
    "norm.sharpness": st.floats(0.0, 100.0),
}
OVERRIDES = st.fixed_dictionaries({}, optional=LEGAL)


@settings(max_examples=200, deadline=None)
@given(TABLES, st.booleans())
def test_any_table_is_a_scenario_or_has_faults_but_never_a_traceback(raw: dict[str, Any], complete: bool) -> None:
    found = faults({**minimal(), **raw} if complete else raw)
    assert all(fault.startswith("bank.toml: ") and "\n" not in fault for fault in found)


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.one_of(WORDS, st.sampled_from(sorted(KNOWN.parameters))), VALUES, max_size=4))
def test_any_override_works_or_has_faults(values: dict[str, Any]) -> None:
    try:
        made = scenario().override(values, KNOWN)
    except ScenarioError:
        return
    assert Scenario.from_dict(made.to_dict(), KNOWN) == made


@given(st.text(max_size=20))
def test_any_assignment_is_read_or_refused(text: str) -> None:
    try:
        name, value = parse_assignment(text)
    except ScenarioError:
        return
    assert name
    assert isinstance(value, bool | int | float | str)


@settings(max_examples=50, deadline=None)
@given(OVERRIDES)
def test_an_override_can_be_taken_back(values: dict[str, ParameterValue]) -> None:
    before = scenario(FULL)
    after = before.override(values, KNOWN)
    assert {name: after.parameters[name] for name in values} == values
    again = after.override({name: before.parameters[name] for name in values}, KNOWN)
    assert dict(again.plausible) == {name: ends for name, ends in before.plausible.items() if name not in values}
    assert replace(again, plausible=before.plausible) == before


@settings(max_examples=50, deadline=None)
@given(OVERRIDES)
def test_a_scenario_survives_dictionaries_json_and_pickle(values: dict[str, ParameterValue]) -> None:
    made = scenario(FULL).override(values, KNOWN)
    for copy in (
        Scenario.from_dict(made.to_dict(), KNOWN),
        Scenario.from_dict(json.loads(json.dumps(made.to_dict(), allow_nan=False)), KNOWN),
        pickle.loads(pickle.dumps(made)),
    ):
        assert copy == made
        assert copy.hash == made.hash
        assert hash(copy) == hash(made)


@settings(max_examples=50, deadline=None)
@given(OVERRIDES, OVERRIDES)
def test_fingerprints_are_equal_if_and_only_if_the_scenarios_are(
    one: dict[str, ParameterValue], other: dict[str, ParameterValue]
) -> None:
    first, second = scenario().override(one, KNOWN), scenario().override(other, KNOWN)
    assert (first == second) is (first.hash == second.hash)
    assert (first.to_dict() == second.to_dict()) is (first.hash == second.hash)


CHANGES = [
    ('name = "bank"', 'name = "bank 2"'),
    ('about = "A bank."', ""),
    ('notice = "The reversion."', 'notice = "The reversal."'),
    ('try = "More turnover."', ""),
    ('currency = "CHF"', 'currency = "EUR"'),
    ("weeks = 100", "weeks = 101"),
    ('default_policies = ["none", "mine", "later"]', 'default_policies = ["none", "later", "mine"]'),
    ('objective = "customer_value"', 'objective = "revealed"'),
    ("turnover = 0.05", "turnover = 0.0500001"),
    ('rule = "majority"', 'rule = "best-response"'),
    ("speeches = 2", "speeches = 3"),
    ("posters = 0.5", ""),
    ('notice = "The end."', ""),
    ("until = 40", ""),
    ('departments = ["branches"]', 'departments = ["back office"]'),
    ('kind = "manager_exit"\nweek = 30\ndepartments = ["branches"]', 'kind = "manager_exit"\nweek = 30'),
    ("above = 0.45", "above = 0.46"),
    ("above = 0.45", "below = 0.45"),
    ("size = 0.3", ""),
    ("week = 30", "week = 31"),
    ('"employees.turnover" = 0.1', '"employees.turnover" = 0.2'),
    ("[futures.tight]", "[futures.loose]"),
    ('"norm.sharpness" = [4, 8]', '"norm.sharpness" = [4, 9]'),
    ("power = 0.8", "power = 0.9"),
]


@pytest.mark.parametrize(("line", "other"), CHANGES)
def test_everything_in_a_file_counts_for_its_fingerprint(line: str, other: str) -> None:
    assert line in FULL
    assert scenario(FULL.replace(line, other, 1)).hash != scenario(FULL).hash


def _reversed(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _reversed(value[key]) for key in reversed(value)}
    return value


def test_the_order_of_keys_does_not_count() -> None:
    made = Scenario.from_dict(_reversed(table(FULL)), KNOWN)
    assert made == scenario(FULL)
    assert made.hash == scenario(FULL).hash
    assert list(made.parameters) == list(scenario(FULL).parameters)


def test_how_a_number_is_written_does_not_count() -> None:
    other = FULL.replace("sharpness = 6", "sharpness = 6.0").replace("weeks = 100", "weeks = 1e2")
    assert scenario(other).hash == scenario(FULL).hash


def test_the_fingerprint_is_the_same_in_every_process_and_version() -> None:
    """A changed value means that saved results no longer match their scenarios: say so in the changelog."""
    made = scenario()
    assert len(made.hash) == 64 and int(made.hash, 16)
    assert made.hash == "d92da5bf5f90687def3721c7f039b9861b8f2f34ea3834d84c970e502d264de2"


def test_a_scenario_is_not_iterable() -> None:
    made: Any = scenario()
    assert not isinstance(made, Iterable)
    with pytest.raises(TypeError):
        iter(made)


def test_a_scenario_cannot_be_changed() -> None:
    made: Any = scenario(FULL)
    with pytest.raises(AttributeError):
        made.weeks = 3
    for mapping in (made.parameters, made.policies, made.futures, made.policies["mine"].phases[0].amounts):
        with pytest.raises(TypeError):
            mapping["x"] = 3


def test_a_full_file_is_read_in_full() -> None:
    bank = scenario(FULL)
    assert (bank.name, bank.about, bank.notice, bank.suggestion) == (
        "bank",
        "A bank.",
        "The reversion.",
        "More turnover.",
    )
    assert (bank.currency, bank.weeks, bank.objective) == ("CHF", 100, "customer_value")
    assert bank.default_policies == ("none", "mine", "later")
    assert [department.name for department in bank.departments] == ["branches", "back office"]
    mine = bank.policies["mine"].phases[0]
    assert (mine.start, mine.end, mine.departments, dict(mine.amounts)) == (
        5,
        40,
        ("branches",),
        {"posters": 0.5, "speeches": 2.0},
    )
    first, second = bank.policies["later"].phases
    assert (first.start, first.end, second.start, second.end) == (0, 20, 20, None)
    assert first.stop_when is None
    assert second.stop_when is not None and second.stop_when.above == 0.45
    exit_, shift = bank.events
    assert (exit_.kind, exit_.week, exit_.departments, dict(exit_.fields)) == (
        "manager_exit",
        30,
        ("branches",),
        {"share": 1.0},
    )
    assert (shift.kind, shift.week, shift.departments, dict(shift.fields)) == ("market_shift", 60, None, {"size": 0.3})
    assert dict(bank.futures["tight"]) == {"customers.market": 4000, "employees.turnover": 0.1}
