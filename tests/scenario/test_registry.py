"""The registry: everything is found, nothing twice, and the whole of it works as a scenario."""

from __future__ import annotations

import pickle

import pytest

from sim.model import registry
from sim.model.kernel.parameters import ParameterValue
from sim.model.registry import Registry
from sim.model.scenario import Scenario, ScenarioError
from sim.model.scenario.crossing import CROSS_RULES, CrossRule, at_most, broken
from sim.model.scenario.messages import Faults
from sim.model.scenario.rules import parameter_rule, resource_rule
from sim.model.scenario.schema import ScenarioFile
from sim.model.scenario.values import SCENARIO_KEYS, STRUCTURE, sections

from .small import minimal, parameter


def test_parameters_are_gathered_in_alphabetical_order() -> None:
    one, other = parameter("norm.rule", 1.0, 0, 2), parameter("employees.number", 5, 1, 9)
    assert list(registry.gather([("a", [one]), ("b", [other])])) == ["employees.number", "norm.rule"]


def test_two_declarations_of_one_name_are_refused() -> None:
    one, other = parameter("norm.rule", 1.0, 0, 2), parameter("norm.rule", 1.0, 0, 2)
    with pytest.raises(ValueError, match=r"^b: parameter norm\.rule is declared in a already\. Rename one of them\.$"):
        registry.gather([("a", [one]), ("b", [other])])


def test_the_same_declaration_may_be_handed_on() -> None:
    one = parameter("norm.rule", 1.0, 0, 2)
    assert registry.gather([("a", [one]), ("b", [one])]) == {"norm.rule": one}


@pytest.mark.parametrize("name", ["rule", ".rule", "norm.", ""])
def test_a_parameter_needs_a_section(name: str) -> None:
    with pytest.raises(ValueError, match=r"must be named section\.name"):
        registry.gather([("a", [parameter(name, 1.0, 0, 2)])])


def test_no_section_may_be_called_like_another_part_of_a_file() -> None:
    one = parameter("events.rate", 1.0, 0, 2)
    with pytest.raises(ValueError, match=r"^section events of the parameters is a part of scenario files already"):
        sections(Registry(parameters={one.name: one}))


def test_every_key_of_a_scenario_file_is_known_by_name() -> None:
    assert sorted(ScenarioFile.legal_keys()) == sorted([*SCENARIO_KEYS, *STRUCTURE])


def test_the_registry_of_the_model_is_gathered_once_and_sorted() -> None:
    known = registry.current()
    assert known is registry.current()
    assert registry.PARAMETERS is known.parameters
    assert list(known.parameters) == sorted(known.parameters)
    assert known.parameters and known.resources and known.event_kinds and known.outcomes


def test_an_attribute_that_is_not_there_is_not_there() -> None:
    with pytest.raises(AttributeError, match="no attribute 'PARAMETRES'"):
        _ = registry.PARAMETRES


def test_every_name_in_the_registry_is_its_key() -> None:
    known = registry.current()
    for entries in (known.parameters, known.resources, known.outcomes):
        assert all(entry.name == name for name, entry in entries.items())


def test_every_default_is_legal_and_every_rule_has_words() -> None:
    known = registry.current()
    for name, entry in known.parameters.items():
        rule = parameter_rule(entry)
        assert rule.adapter.validate_python(entry.default) == entry.default, name
        assert rule.hint and rule.remedy
    for name, resource in known.resources.items():
        assert resource_rule(resource).adapter.validate_python(0) == 0, name


def test_the_defaults_of_the_model_are_a_scenario() -> None:
    made = Scenario.from_dict(minimal())
    assert dict(made.parameters) == {name: entry.default for name, entry in registry.PARAMETERS.items()}
    assert Scenario.from_dict(made.to_dict()) == made


def test_rules_between_parameters_are_about_parameters_that_exist() -> None:
    names = {name for rule in CROSS_RULES for name in rule.parameters}
    assert names <= set(registry.PARAMETERS)


def test_a_rule_between_parameters_is_checked_where_it_applies() -> None:
    rules = [
        at_most("a.low", "a.high"),
        CrossRule(
            ("a.x", "a.y", "a.z"), lambda *given: sum(given) <= 1, "sum to at most 1 with a.y and a.z", "Lower one."
        ),
    ]
    faults = Faults()
    values: dict[str, ParameterValue] = {"a.low": 2, "a.high": 1, "a.x": 0.5, "a.y": 0.5, "a.z": 0.1}
    for name, rule, remedy in broken(values, rules=rules):
        faults.refuse(name, rule, remedy)
    assert faults.messages == [
        "a.low must be at most a.high, got 2 and 1. Lower a.low or raise a.high.",
        "a.x must sum to at most 1 with a.y and a.z, got 0.5 and 0.5 and 0.1. Lower one.",
    ]
    assert not list(broken({"a.low": 1, "a.high": 1, "a.x": 0.5}, rules=rules))
    assert not list(broken({"a.low": 2, "a.high": 1}, among=["a.x"], rules=rules))


def test_faults_are_a_value_error_that_survives_pickling() -> None:
    error = ScenarioError(["one", "two"])
    copy = pickle.loads(pickle.dumps(error))
    assert isinstance(error, ValueError)
    assert (str(copy), copy.faults) == ("one\ntwo", ["one", "two"])
