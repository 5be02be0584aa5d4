"""Overriding parameters, from Python and from the command line."""

from __future__ import annotations

import pytest

from sim.model.kernel.parameters import ParameterValue
from sim.model.policies.policy import NONE, Phase, Policy
from sim.model.scenario import Scenario, ScenarioError, parse_assignment

from .small import DEPARTMENTS, FULL, KNOWN, scenario

ASSIGNMENTS: dict[str, tuple[str, ParameterValue]] = {
    "employees.turnover=0.05": ("employees.turnover", 0.05),
    " employees.turnover = .05 ": ("employees.turnover", 0.05),
    "employees.number=40": ("employees.number", 40),
    "employees.number=4e1": ("employees.number", 40.0),
    "employees.number=-4": ("employees.number", -4),
    "norm.keep=true": ("norm.keep", True),
    "norm.keep=false": ("norm.keep", False),
    "norm.rule=majority": ("norm.rule", "majority"),
    "norm.rule=a=b": ("norm.rule", "a=b"),
    "norm.rule=True": ("norm.rule", "True"),
}


@pytest.mark.parametrize(("assignment", "expected"), ASSIGNMENTS.items(), ids=ASSIGNMENTS.keys())
def test_an_assignment_is_a_name_and_a_value(assignment: str, expected: tuple[str, ParameterValue]) -> None:
    name, value = parse_assignment(assignment)
    assert (name, value) == expected
    assert type(value) is type(expected[1])


@pytest.mark.parametrize("assignment", ["employees.turnover", "employees.turnover=", "=3", "=", ""])
def test_half_an_assignment_is_refused(assignment: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        parse_assignment(assignment)
    assert caught.value.faults == [
        f"--set {assignment}: the assignment must be NAME=VALUE. Write for example --set employees.turnover=0.05."
    ]


def test_an_override_is_a_new_scenario() -> None:
    before = scenario(FULL)
    after = before.override({"employees.turnover": 0.2, "norm.rule": "best-response", "norm.keep": False}, KNOWN)
    assert before.parameters["employees.turnover"] == 0.05
    assert after.parameters["employees.turnover"] == 0.2
    assert after.parameters["norm.rule"] == "best-response"
    assert after.parameters["norm.keep"] is False
    assert after.parameters["norm.sharpness"] == 6.0
    assert after != before and after.hash != before.hash
    assert before.override({}, KNOWN) == before


def test_a_plausible_range_may_be_written_in_three_ways_and_need_not_hold_the_value() -> None:
    made = scenario("[plausible]\n'employees.turnover' = [0.1, 0.3]\nnorm.sharpness = [1, 2]" + DEPARTMENTS)
    assert dict(made.plausible) == {"employees.turnover": (0.1, 0.3), "norm.sharpness": (1.0, 2.0)}
    assert made.parameters["employees.turnover"] == 0.02
    nested = scenario(
        "[plausible.employees]\nturnover = [0.1, 0.3]\n[plausible.norm]\nsharpness = [1, 2]" + DEPARTMENTS
    )
    assert nested == made and nested.hash == made.hash != scenario().hash
    assert made.to_dict()["plausible"]["employees.turnover"] == [0.1, 0.3]
    assert Scenario.from_dict(made.to_dict(), KNOWN) == made


def test_a_plausible_range_stays_unless_its_parameter_is_set() -> None:
    made = scenario(
        "[plausible]\n'employees.turnover' = [0.1, 0.3]\n[futures.calm]\n'employees.turnover' = 0.01" + DEPARTMENTS
    )
    assert made.override({"norm.sharpness": 3.0, "weeks": 10}, KNOWN).plausible == made.plausible
    assert not made.override({"employees.turnover": 0.2}, KNOWN).plausible, "who sets it knows it"
    assert not made.assign(["employees.turnover=0.2"], KNOWN).plausible
    assert not made.in_future("calm").plausible


def test_all_faults_of_an_override_come_at_once() -> None:
    with pytest.raises(ScenarioError) as caught:
        scenario().override(
            {"employees.turnover": 3, "employes.number": 3, "customers.market": 100, "weeks": 0, "objective": "x"},
            KNOWN,
        )
    assert caught.value.faults == [
        "weeks must be 1 to 5200 (weeks), got 0. Give a whole number of weeks.",
        'objective must be a measure to maximize, got "x". `centricity list measures` shows them.',
        "employees.turnover must be 0 to 0.5 (per month), got 3. "
        "Write 0.03 for 3 % (1 is all of it), or 0.25 if 3 is for a year.",
        "employes.number is not a parameter. Did you mean employees.number? (seats, 1 to 200000, default 500)",
        "customers.initial must be at most customers.market, got 2000 and 100. "
        "Lower customers.initial or raise customers.market.",
    ]


def test_a_keyword_of_python_suggests_the_dotted_name() -> None:
    with pytest.raises(
        ScenarioError, match=r"^employees__turnover is not a parameter\. Did you mean employees\.turnover\?"
    ):
        scenario().override({"employees__turnover": 0.1}, KNOWN)


def test_assignments_from_the_command_line() -> None:
    made = scenario().assign(
        ["employees.turnover=0.05", "norm.rule=majority", "employees.number=40.0", "weeks=52"], KNOWN
    )
    assert made.parameters["employees.turnover"] == 0.05
    assert made.parameters["norm.rule"] == "majority"
    assert made.parameters["employees.number"] == 40
    assert made.weeks == 52
    assert scenario().assign([], KNOWN) == scenario()


def test_all_faults_of_the_command_line_come_at_once() -> None:
    with pytest.raises(ScenarioError) as caught:
        scenario().assign(
            [
                "employees.turnover=3",
                "turnover=3",
                "norm.sharpness",
                "employees.number=many",
                "norm.keep=true",
                "norm.keep=false",
                "customers.initial=3000",
            ],
            KNOWN,
        )
    assert caught.value.faults == [
        "--set employees.turnover=3: employees.turnover must be 0 to 0.5 (per month), got 3. "
        "Write 0.03 for 3 % (1 is all of it), or 0.25 if 3 is for a year.",
        "--set turnover=3: turnover is not a parameter. "
        "Did you mean employees.turnover? (per month, 0 to 0.5, default 0.02)",
        "--set norm.sharpness: the assignment must be NAME=VALUE. Write for example --set employees.turnover=0.05.",
        '--set employees.number=many: employees.number must be a whole number, 1 to 200000 (seats), got "many". '
        "Give another one; the default is 500.",
        "--set norm.keep=false: norm.keep must be set only once, got norm.keep=true before. Remove one of them.",
        "--set: customers.initial must be at most customers.market, got 3000 and 2500. "
        "Lower customers.initial or raise customers.market.",
    ]


def test_parameters_that_belong_together_may_be_set_together() -> None:
    made = scenario().assign(["customers.initial=3000", "customers.market=4000"], KNOWN)
    assert made.parameters["customers.initial"] == 3000


def test_in_a_shorter_run_later_events_do_not_happen() -> None:
    assert [event.week for event in scenario(FULL).events] == [30, 60]
    short = scenario(FULL).override({"weeks": 50}, KNOWN)
    assert [event.week for event in short.events] == [30]
    assert Scenario.from_dict(short.to_dict(), KNOWN) == short


def test_a_future_changes_what_it_names() -> None:
    bank = scenario(FULL)
    tight = bank.in_future("tight")
    changed = {name for name, value in tight.parameters.items() if value != bank.parameters[name]}
    assert changed == {"employees.turnover", "customers.market"}
    with pytest.raises(ScenarioError) as caught:
        bank.in_future("tigth")
    assert caught.value.faults == ["tigth is not a future of the scenario bank. Did you mean tight?"]


def test_a_policy_is_found_by_name() -> None:
    bank = scenario(FULL)
    assert bank.policy("mine", KNOWN).name == "mine"
    assert bank.policy("none", KNOWN) == NONE
    with pytest.raises(ScenarioError) as caught:
        bank.policy("mime", KNOWN)
    assert caught.value.faults == ['policy must be one of the scenario bank, got "mime". Did you mean mine?']
    with pytest.raises(ScenarioError) as caught:
        bank.policy("xyz", KNOWN)
    assert caught.value.faults == ['policy must be one of the scenario bank, got "xyz". Known: later, mine, none.']


def test_a_bundle_made_in_python_can_be_added() -> None:
    policy = Policy("new", (Phase(amounts={"speeches": 1.0}),))
    assert scenario().with_policies(policy).policy("new", KNOWN) == policy
    with pytest.raises(ScenarioError, match=r"^policies\.none cannot be defined"):
        scenario().with_policies(Policy("none", (Phase(amounts={"speeches": 1.0}),)))
