"""The ODD of one study: its values, events and policies, and nothing that does not act in it."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from support import burned_in, differing

from sim.documentation import Study, render_odd, render_study_odd
from sim.documentation.code import public_functions
from sim.documentation.concepts import CONCEPTS, ORDER
from sim.documentation.equations import equation_of
from sim.documentation.study import COLUMN_STARTS, PARAMETER_STARTS, RULE_STARTS, STARTS, Causes
from sim.documentation.study_odd import acting_steps, describe_study
from sim.model.kernel.parameters import Parameter, ParameterValue
from sim.model.kernel.time_constants import saturating
from sim.model.mechanisms import norm, place, salience, training
from sim.model.policies.policy import Policy
from sim.model.registry import current, modules
from sim.model.scenario import Scenario
from sim.model.simulation import simulate
from sim.model.week import WEEK

HOSPITAL = Path(__file__).with_name("hospital.toml")

SMALL = {
    "employees.number": 40, "customers.initial": 120, "customers.market": 240, "customers.represented": 1.0, "run.burn_in": 8,
}  # fmt: skip


@cache
def hospital() -> Study:
    scenario = Scenario.load(HOSPITAL)
    return Study.of(
        scenario, [scenario.policy(name) for name in ("none", "procedural", "bedside", "checklist-bedside")]
    )


@cache
def text(summary: bool = False) -> str:
    small = Study.of(
        hospital().scenario.override(SMALL), hospital().policies
    )  # initial values of a small one are soon there
    return render_study_odd(small, summary)


def test_it_holds_the_values_events_and_policies_of_the_study() -> None:
    written = re.findall(r"^\| `([\w.]+)` \| \*\*(.+?)\*\* \|", text(), flags=re.MULTILINE)
    scenario = hospital().scenario.override(SMALL)
    own = {name for name, parameter in current().parameters.items() if scenario.parameters[name] != parameter.default}
    assert {name for name, _ in written} == own
    assert ("employees.turnover", "0.03") in written and ("motive.means", "0.1") in written
    for event in scenario.events:
        assert f"| {event.week} | `{event.kind}` |" in text()
    for policy in hospital().policies:
        assert f"**{policy.name}.**" in text()
        for phase in policy.phases:
            for name, amount in phase.amounts.items():
                assert f"`{name}` = {amount:g}" in text()
    assert "nursing, emergency" in text() and "strike-year" in text()
    assert "Patients have no contract." in text()


def test_of_resources_events_and_mechanisms_only_those_are_there_that_act() -> None:
    inside = text()
    known = current()
    used = {"procedures", "monitoring", "coaching", "training", "sponsor_attention"}
    assert set(hospital().spent) == used
    used |= {"speeches", "posters"}  # what executives turn work into
    assert set(hospital().resources) == used and "Speeches and posters are no part of a policy" in inside
    for name in set(known.resources) - used:
        assert f"cost.{name}`" not in inside and f"| `{name}` |" not in inside
    for kind in set(known.event_kinds) - {"executive_succession", "budget_cut", "service_crisis"}:
        assert f"`{kind}`" not in inside
    off = set(known.mechanisms) - set(hospital().mechanisms)
    assert {"moments", "promotion", "disclosure", "gaming", "delegation", "audit", "interest", "price"} <= off
    for name in off:
        assert not re.search(rf"^### {name}$", inside, flags=re.MULTILINE)
        for parameter in known.mechanisms[name].parameters:
            assert f"| `{parameter.name}` |" not in inside
        module = known.mechanisms[name].module
        for step in WEEK:
            if step.__module__ == module:
                assert f"`{step.__name__}`" not in inside
    assert "`irritation`" not in inside and "`insight`" not in inside and "`value`" in inside


def test_each_kind_of_contract_has_its_own_variables() -> None:
    assert "| `hazard` |" not in text() and "| `rate` |" in text()
    bank = Study.of(Scenario.load("retail-bank"))
    names = {f"{column.table}.{column.name}" for column in bank.columns}
    assert "customers.hazard" in names and "customers.rate" not in names


def other_value(parameter: Parameter, now: ParameterValue) -> ParameterValue:
    """A legal value that differs."""
    if parameter.type == "choice":
        return next(choice for choice in parameter.choices if choice != now)
    if parameter.type == "switch":
        return not now
    low, high = parameter.plausible or (parameter.low, parameter.high)
    value = high if high not in (now, None) else low
    assert value is not None
    return int(value) if parameter.type == "integer" else value


@pytest.mark.slow
@pytest.mark.parametrize("name", ["hospital", "retail-bank"])
def test_whatever_a_study_leaves_out_may_change_without_moving_one_bit(name: str) -> None:
    whole = hospital() if name == "hospital" else Study.of(Scenario.load(name))
    study = Study.of(whole.scenario.override(SMALL), whole.policies)
    values = study.scenario.parameters
    switches = {key for mechanism in current().mechanisms.values() for key in mechanism.neutral}
    left_out = set(current().parameters) - set(study.parameters) - switches
    assert len(left_out) > 50
    changed = study.scenario.override(
        {
            key: other_value(current().parameters[key], values[key])
            for key in sorted(left_out - {"lifetime.retention_annual"})  # churn follows from it, or is given, not both
        }
    )
    for policy in (Policy("none"), *study.policies):
        weeks = 210 if policy.name in ("none", "checklist-bedside", "value-driven") else 90
        before = simulate(burned_in(study.scenario, policy), weeks).weekly
        after = simulate(burned_in(changed, policy), weeks).weekly
        assert differing(before, after) == [], policy.name


def named(causes: Causes) -> set[str]:
    return {re.split("[=<>]", each)[0] for together in causes for each in together}


def test_what_sets_things_going_exists() -> None:
    known = current()
    legal = {"work", "anything", *known.resources, *known.parameters, *(f"event:{kind}" for kind in known.event_kinds)}
    files = {module.__name__.rpartition(".")[2].replace("_", "-") for module in modules()}
    for table in (STARTS, PARAMETER_STARTS, RULE_STARTS, COLUMN_STARTS):
        for causes in table.values():
            assert named(causes) <= legal
            for name, _, value in (each.partition("=") for together in causes for each in together if "=" in each):
                assert value in known.parameters[name].choices
    assert set(STARTS) <= files
    for name in PARAMETER_STARTS:
        assert name in known.parameters or any(each.startswith(name) for each in known.parameters if name.endswith("."))
    columns = {f"{column.table}.{column.name}" for column in known.columns}
    assert set(COLUMN_STARTS) <= columns
    rules = {
        f"{module.__name__.rpartition('.')[2]}.{each.__name__}"
        for module in modules()
        for each in public_functions(module)
    }
    assert set(RULE_STARTS) <= rules


def test_every_sentence_that_people_wrote_rests_on_code_that_is_there() -> None:
    found = {module.__name__.rpartition(".")[2]: module for module in modules() if ".mechanisms." in module.__name__}
    for sentences in CONCEPTS.values():
        for sentence in sentences:
            for name in sentence.rests_on:
                module, _, function = name.partition(".")
                assert callable(getattr(found[module], function, None)), f"{sentence.text}: {name} is gone"
            assert {name.replace("-", "_") for name in sentence.unless} <= set(found)


def test_executives_look_ahead_where_they_may_decouple() -> None:
    prediction = text().partition("**Prediction.**")[2].partition("\n")[0]
    assert "Executives look ahead" in prediction and "either" not in prediction
    assert "Executives look ahead" in render_odd().partition("**Prediction.**")[2].partition("\n")[0]
    off = Study.of(hospital().scenario.override({**SMALL, "place.decoupling": 0.0}), hospital().policies)
    content = describe_study(off)["concepts"]
    assert (
        "Executives do not look ahead either." in content["Prediction"]
        and "decoupled" not in content["Basic principles"]
    )
    # and they do in the code: the longer work takes to pay, the less they expect of it
    soon, late = (place.retention_probability(weeks, 200.0, 0.0, 0.0) for weeks in (10.0, 100.0))
    assert late < soon


def test_the_order_of_the_week_is_the_one_whose_reasons_are_given() -> None:
    places = {step.__name__: place for place, step in enumerate(WEEK)}
    whole = render_odd()
    for each in ORDER:
        assert places[each.first] < places[each.second], f"{each.first} no longer comes before {each.second}"
        assert f"`{each.first}` before `{each.second}`: {each.reason}." in whole
    assert len({(each.first, each.second) for each in ORDER}) == len(ORDER)


def test_diagrams_hold_the_steps_and_the_state_that_act() -> None:
    content = describe_study(Study.of(hospital().scenario.override(SMALL), hospital().policies))
    for step in acting_steps(hospital()):
        assert step.__name__.replace("_", " ") in content["flowchart"]
    assert "hold moments" not in content["flowchart"]
    for column in hospital().columns:
        assert re.search(rf"^        {column.name}$", content["diagram"], flags=re.MULTILINE)
    assert sum(len(group["steps"]) for group in content["groups"]) == len(acting_steps(hospital()))


def test_equations_are_what_the_code_says() -> None:
    assert equation_of(saturating) == r"\mathit{saturating} = 1 - \exp\left(-\mathit{dose}\right)"
    assert equation_of(salience.receptiveness) == (
        r"\mathit{receptiveness} = 1 - \mathit{blunting} \cdot \mathit{cynicism}"
    )
    assert equation_of(norm.return_to_set_point).endswith(
        r"\mathit{value} + \mathit{rate} \cdot \left(\mathit{set\_point} - \mathit{value}\right)"
    )
    assert r"\frac{1}{\mathit{horizon}}" in equation_of(place.retention_probability)
    assert r"\begin{cases}" in equation_of(norm.majority_choice)
    assert equation_of(norm.remember) == ""  # it changes arrays in place
    assert equation_of(training.value_after_training)
    for module in modules():
        for function in public_functions(module):
            equation = equation_of(function) if ".mechanisms." in module.__name__ else ""
            assert equation.count(r"\left") == equation.count(r"\right")
            assert equation.count("{") == equation.count("}")


def test_initial_values_are_numbers() -> None:
    part = text().partition("## 5.")[2].partition("## 6.")[0]
    rows = dict(
        re.findall(r"^\| `((?:customers|employees|departments|executives)\.\w+)` \| (.+?) \|", part, flags=re.MULTILINE)
    )
    assert len(rows) == len([column for column in hospital().columns if column.table != "environment"])
    assert rows["employees.cynicism"] == "0.05" and re.fullmatch(
        r"[\d.]+ \([\d.]+ to [\d.]+\)", rows["employees.value"]
    )


def test_the_summary_fits_on_four_pages_and_leads_to_its_sources() -> None:
    assert len(text(summary=True).split()) < 2400
    for part in ("budget cut in week 60", "`motive.means` = 0.1", "*bedside*", "- *norm*.", "## References"):
        assert part in text(summary=True)
    assert "moments" not in text(summary=True)


@pytest.mark.parametrize("summary", [False, True])
def test_what_is_cited_is_in_the_references(summary: bool) -> None:
    body, _, references = text(summary).partition("## References")
    for name in ("Kelman", "March", "Meyer"):
        assert name in body and f"- {name}," in references
    assert "\n\n\n" not in text(summary) and "@REFERENCES@" not in text(summary)
