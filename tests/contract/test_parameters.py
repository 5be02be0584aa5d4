"""Every parameter is documented, has a sensible range, and is read by the model."""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator
from pathlib import Path

import pytest

import sim
from sim.model import registry
from sim.model.kernel.parameters import KINDS, Parameter, Tier
from sim.model.policies.resources import RESOURCES

pytestmark = pytest.mark.recipe("mechanism")

PARAMETERS = registry.current().parameters
NAMES = sorted(PARAMETERS)
SOURCE = Path(sim.__file__).parent

SPEAK_ABOUT_PARAMETERS = {"scenario", "evidence", "commands", "report"}
"""Packages that check, set or show parameters; naming one there is not using it."""


@pytest.mark.parametrize("name", NAMES)
def test_a_parameter_is_documented(name: str) -> None:
    parameter = PARAMETERS[name]
    section, _, key = name.partition(".")
    assert section.isidentifier() and key.isidentifier() and name == name.lower()
    assert parameter.meaning.endswith(".") and parameter.meaning[0].isupper() and len(parameter.meaning.split()) >= 4
    assert parameter.unit.strip() == parameter.unit != ""
    assert len(parameter.source) >= 8
    assert parameter.tier in Tier


@pytest.mark.parametrize("name", NAMES)
def test_the_legal_range_holds_the_default_and_the_plausible_values(name: str) -> None:
    parameter = PARAMETERS[name]
    if parameter.type == "choice":
        assert len(set(parameter.choices)) == len(parameter.choices) >= 2
        assert parameter.default in parameter.choices
        return
    if parameter.type == "switch":
        return
    assert parameter.low is not None and parameter.high is not None
    assert math.isfinite(parameter.low) and math.isfinite(parameter.high)
    assert parameter.low < parameter.high
    assert parameter.low <= float(parameter.default) <= parameter.high
    if parameter.plausible is not None:
        low, high = parameter.plausible
        assert parameter.low <= low < high <= parameter.high
        assert low <= float(parameter.default) <= high, "the default itself must be plausible"


WITHOUT_A_RANGE = {
    "cost.delegated_power": "power has no price of its own",
    "cost.protected_budget": "protecting a budget has no price of its own",
    "customers.contract_share": "whether customers have contracts is what the organization is, not a guess",
    "customers.initial": "a size, which is counted",
    "customers.represented": "a grain of the simulation: together with the size, the number of customers, which is counted",
    "employees.number": "a size, which is counted",
    "executives.number": "a size, which is counted",
    "interest.first_election": "a date",
    "interest.political": "private or public is what the organization is, not a guess",
    "lifetime.retention_annual": "0 is no retention but says that none is given",
}
"""Numbers about which nobody is uncertain, and why. Levers are decided and definitions agreed: they need no range either."""


@pytest.mark.parametrize("name", NAMES)
def test_what_somebody_could_be_uncertain_about_has_a_plausible_range(name: str) -> None:
    parameter = PARAMETERS[name]
    if parameter.kind in ("definition", "lever") or parameter.type in ("choice", "switch"):
        return
    if name in WITHOUT_A_RANGE:
        assert parameter.plausible is None and parameter.kind == "own"
    else:
        assert parameter.plausible is not None, (
            f"{name}: give a plausible range, about half more and half less if no more is known"
        )


def test_what_has_no_range_is_there() -> None:
    assert set(WITHOUT_A_RANGE) <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_share_has_the_range_of_a_share(name: str) -> None:
    parameter = PARAMETERS[name]
    if parameter.unit in ("share", "index"):
        assert parameter.low is not None and parameter.high is not None
        assert parameter.low >= 0.0 and parameter.high <= 1.0


def test_what_nobody_measured_is_called_a_conjecture() -> None:
    for parameter in PARAMETERS.values():
        if parameter.source.startswith("Conjecture"):
            assert parameter.tier is Tier.CONJECTURE, parameter.name
        if parameter.tier is Tier.REPLICATION:
            assert any(character.isdigit() for character in parameter.source), f"{parameter.name}: cite the publication"


def test_every_resource_has_a_price_that_can_be_set() -> None:
    for name, resource in RESOURCES.items():
        price = PARAMETERS[f"cost.{name}"]
        assert price.default == resource.cost
        assert resource.per in price.unit


def test_no_parameter_makes_a_policy_last() -> None:
    """What lasts, lasts in people: a resource has an amount and a price, nothing else that a user could set."""
    for name in NAMES:
        section, _, key = name.partition(".")
        if section in RESOURCES or section == "cost":
            assert not any(word in key for word in ("decay", "fading", "persist", "half_life", "forget")), name


@pytest.mark.parametrize("name", NAMES)
def test_it_is_said_who_could_say_what_the_value_is(name: str) -> None:
    parameter = PARAMETERS[name]
    assert parameter.kind in KINDS
    assert parameter.type in ("number", "integer", "choice", "switch")


def test_parameters_of_all_kinds_are_there() -> None:
    assert {parameter.kind for parameter in PARAMETERS.values()} == set(KINDS)


SETTINGS = ("NEUTRAL", "ACTIVE")


def _is_declaration(node: ast.AST) -> bool:
    """Whether a parameter is declared, or a choice of it is given its number: neither is reading it."""
    names = ("Parameter", "declare", "choice_code")
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names


def _is_setting(node: ast.AST) -> bool:
    """Whether values are listed at which a mechanism is switched off or on: naming a parameter there is not reading it."""
    target = node.target if isinstance(node, ast.AnnAssign) else None
    return isinstance(target, ast.Name) and target.id in SETTINGS


def _named(node: ast.AST) -> Iterator[str]:
    """Every parameter that a piece of code may read: its dotted name in a text, or its field of the record."""
    if _is_declaration(node) or _is_setting(node):
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value.removesuffix(" + 1")  # a number of rows or columns
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "parameters":
        yield node.attr
    for child in ast.iter_child_nodes(node):
        yield from _named(child)


@pytest.fixture(scope="module")
def named() -> set[str]:
    found: set[str] = set()
    for path in SOURCE.rglob("*.py"):
        if not SPEAK_ABOUT_PARAMETERS & set(path.relative_to(SOURCE).parts):
            found.update(_named(ast.parse(path.read_text(encoding="utf-8"))))
    return found


@pytest.mark.parametrize("name", [name for name in NAMES if not name.startswith("cost.")])
def test_a_parameter_is_read_somewhere(name: str, named: set[str]) -> None:
    assert {name, PARAMETERS[name].record_name} & named, f"{name} is declared and validated but no code reads it"


def test_prices_are_read_by_the_name_of_their_resource() -> None:
    text = (SOURCE / "model" / "engine.py").read_text(encoding="utf-8")
    assert 'f"cost.{name}"' in text


def test_fields_of_the_record_are_told_apart() -> None:
    names = [parameter.record_name for parameter in PARAMETERS.values()]
    assert len(set(names)) == len(names), "a dot and an underscore are the same in the record"


def test_a_declaration_alone_does_not_count_as_reading() -> None:
    assert set(_named(ast.parse('NEUTRAL: Mapping[str, float] = {"norm.memory": 1}'))) == set()
    code = 'PARAMETERS = (Parameter("norm.memory", 12, source="norm.rule"),)\nsize = p["norm.encounters"]'
    assert set(_named(ast.parse(code))) == {"norm.encounters"}
    code = 'MAJORITY = choice_code(PARAMETERS, "norm.rule", "majority")\nrule = parameters.norm_sharpness'
    assert set(_named(ast.parse(code))) == {"norm_sharpness"}
    assert isinstance(Parameter("a.b", 1.0, "1", "M.", "Source", Tier.SURVEY, 0.0, 2.0), Parameter)
