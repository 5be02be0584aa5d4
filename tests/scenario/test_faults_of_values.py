"""One test for every kind of wrong value, with the message in full: messages are part of the interface."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.model.scenario import Scenario

from .small import DEPARTMENTS, KNOWN, faults, faults_of, minimal, scenario, table

VALUES = {
    "out of range": (
        "[employees]\nturnover = 3.0",
        "employees.turnover must be 0 to 0.5 (per month), got 3.0. "
        "Write 0.03 for 3 % (1 is all of it), or 0.25 if 3 is for a year.",
    ),
    "negative": (
        "[employees]\nturnover = -0.1",
        "employees.turnover must be 0 to 0.5 (per month), got -0.1. Give another one; the default is 0.02.",
    ),
    "negative integer": (
        "[employees]\nnumber = -5",
        "employees.number must be 1 to 200000 (seats), got -5. Give another one; the default is 500.",
    ),
    "large range without exponent": (
        "[customers]\ninitial = 20_000_000",
        "customers.initial must be 0 to 10000000 (customers), got 20000000. Give another one; the default is 2000.",
    ),
    "without unit": (
        "[norm]\nsharpness = 101",
        "norm.sharpness must be 0 to 100, got 101. Give another one; the default is 8.",
    ),
    "not a number": (
        "[employees]\nturnover = nan",
        "employees.turnover must be a number, 0 to 0.5 (per month), got nan. Give another one; the default is 0.02.",
    ),
    "infinite": (
        "[employees]\nturnover = inf",
        "employees.turnover must be a number, 0 to 0.5 (per month), got inf. Give another one; the default is 0.02.",
    ),
    "infinite integer": (
        "[employees]\nnumber = -inf",
        "employees.number must be a whole number, 1 to 200000 (seats), got -inf. Give another one; the default is 500.",
    ),
    "true is not a number": (
        "[employees]\nturnover = true",
        "employees.turnover must be a number, 0 to 0.5 (per month), got true. Give another one; the default is 0.02.",
    ),
    "false is not an integer": (
        "[employees]\nnumber = false",
        "employees.number must be a whole number, 1 to 200000 (seats), got false. Give another one; the default is 500.",
    ),
    "fraction of a whole": (
        "[employees]\nnumber = 10.5",
        "employees.number must be a whole number, 1 to 200000 (seats), got 10.5. "
        "Write 10, or 11, or 10500 if the point separates thousands.",
    ),
    "text": (
        '[employees]\nturnover = "high"',
        'employees.turnover must be a number, 0 to 0.5 (per month), got "high". Give another one; the default is 0.02.',
    ),
    "number in quotes": (
        '[employees]\nturnover = "0.1"',
        'employees.turnover must be a number, 0 to 0.5 (per month), got "0.1". Write 0.1, without quotes.',
    ),
    "decimal comma": (
        '[employees]\nturnover = "0,1"',
        'employees.turnover must be a number, 0 to 0.5 (per month), got "0,1". Write 0.1, without quotes.',
    ),
    "percentage": (
        '[employees]\nturnover = "5 %"',
        'employees.turnover must be a number, 0 to 0.5 (per month), got "5 %". Write 0.05, without quotes.',
    ),
    "list": (
        "[employees]\nturnover = [0.1, 0.2]",
        "employees.turnover must be a number, 0 to 0.5 (per month), got a list of 2. Give another one; the default is 0.02.",
    ),
    "table": (
        "[employees.turnover]\na = 1",
        "employees.turnover must be a number, 0 to 0.5 (per month), got a table. Give another one; the default is 0.02.",
    ),
    "date": (
        "[employees]\nturnover = 2024-01-31",
        'employees.turnover must be a number, 0 to 0.5 (per month), got the date "2024-01-31". '
        "Give another one; the default is 0.02.",
    ),
    "switch": (
        "[norm]\nkeep = 1",
        "norm.keep must be true or false, got 1. Write true.",
    ),
    "choice, nearly": (
        '[norm]\nrule = "majorty"',
        'norm.rule must be one of best-response, majority, got "majorty". Did you mean majority?',
    ),
    "choice, another case": (
        '[norm]\nrule = "Best_Response"',
        'norm.rule must be one of best-response, majority, got "Best_Response". Did you mean best-response?',
    ),
    "choice, nothing like it": (
        '[norm]\nrule = "x"',
        'norm.rule must be one of best-response, majority, got "x". Give another one; the default is best-response.',
    ),
    "choice, a number": (
        "[norm]\nrule = 3",
        "norm.rule must be one of best-response, majority, got 3. Give another one; the default is best-response.",
    ),
    "weeks, none": (
        "weeks = 0\n",
        "weeks must be 1 to 5200 (weeks), got 0. Give a whole number of weeks.",
    ),
    "weeks, too many": (
        "weeks = 5201\n",
        "weeks must be 1 to 5200 (weeks), got 5201. Give a whole number of weeks.",
    ),
    "weeks, a fraction": (
        "weeks = 2.5\n",
        "weeks must be a whole number, 1 to 5200 (weeks), got 2.5. Write 2, or 3, or 2500 if the point separates thousands.",
    ),
    "about": (
        "about = 3\n",
        'about must be text of at most 5000 characters, got 3. Write "3", in quotes.',
    ),
    "currency": (
        'currency = "a very long currency"\n',
        'currency must be text of at most 12 characters, got "a very long currency". '
        "Write it in quotes, and no longer than that.",
    ),
    "name": (
        'name = "../bank"\n',
        "name must be a name (letters, digits, hyphens, underscores, spaces inside; at most 60), "
        'got "../bank". Choose a name such as back-office.',
    ),
    "objective": (
        'objective = "organisation_value"\n',
        'objective must be a measure to maximize, got "organisation_value". Did you mean organization_value?',
    ),
    "policies to compare, no list": (
        'default_policies = "none"\n',
        'default_policies must be a list of policy names, got "none". Write ["none"].',
    ),
    "policies to compare, none": (
        "default_policies = []\n",
        'default_policies must be a list of policy names, got an empty list. Write for example ["none", "symbolic"].',
    ),
    "policies to compare, twice": (
        'default_policies = ["none", "none"]\n',
        'default_policies must name each only once, got "none" more than once. Remove the repetition.',
    ),
    "policies to compare, unknown": (
        'default_policies = ["none", "nune"]\n',
        'default_policies[1] must be a policy of the scenario, got "nune". Did you mean none?',
    ),
    "policies to compare, a number": (
        "default_policies = [3]\n",
        "default_policies[0] must be a name (letters, digits, hyphens, underscores, spaces inside; at most 60), got 3. "
        'Write "3", in quotes.',
    ),
    "initial customers": (
        "[customers]\ninitial = 3000",
        "customers.initial must be at most customers.market, got 3000 and 2500. "
        "Lower customers.initial or raise customers.market.",
    ),
}


@pytest.mark.parametrize(("text", "message"), VALUES.values(), ids=VALUES.keys())
def test_a_wrong_value_is_told_with_place_rule_value_and_remedy(text: str, message: str) -> None:
    assert faults_of(text) == [f"bank.toml: {message}"]


NAMES = {
    "misspelt parameter": (
        "[employees]\nturnovr = 0.1",
        "employees.turnovr is not a parameter. Did you mean employees.turnover? (per month, 0 to 0.5, default 0.02)",
    ),
    "another case": (
        "[employees]\nTurnover = 0.1",
        "employees.Turnover is not a parameter. Did you mean employees.turnover? (per month, 0 to 0.5, default 0.02)",
    ),
    "misspelt switch": (
        "[norm]\nkepp = true",
        "norm.kepp is not a parameter. Did you mean norm.keep? (true or false, default true)",
    ),
    "misspelt choice": (
        '[norm]\nrul = "majority"',
        "norm.rul is not a parameter. Did you mean norm.rule? (best-response or majority, default best-response)",
    ),
    "another section": (
        "[employees]\nsharpness = 6",
        "employees.sharpness is not a parameter. Did you mean norm.sharpness? (0 to 100, default 8)",
    ),
    "nothing like it": (
        "[employees]\nxyz = 6",
        "employees.xyz is not a parameter. `centricity list parameters` shows all of them.",
    ),
    "nested": (
        "[employees.a.b]\nc = 6",
        "employees.a.b.c is not a parameter. `centricity list parameters` shows all of them.",
    ),
    "empty nested table": (
        "[employees.zzz]\n",
        "employees.zzz is not a parameter. `centricity list parameters` shows all of them.",
    ),
    "setting below a table": (
        "[employees]\nweeks = 6",
        "employees.weeks is not a parameter. Write weeks at the top of the file, before the first [table].",
    ),
    "misspelt table": (
        "[employes]\nturnover = 0.1",
        "employes is not a part of a scenario. Did you mean employees? (table of parameters)",
    ),
    "misspelt setting": (
        "wheeks = 3\n",
        "wheeks is not a part of a scenario. Did you mean weeks? (weeks, 1 to 5200)",
    ),
    "misspelt setting that is a list": (
        "default_policy = ['none']\n",
        "default_policy is not a part of a scenario. Did you mean default_policies? (list of names)",
    ),
    "misspelt list": (
        "[[event]]\nweek = 3",
        "event is not a part of a scenario. Did you mean events? (list of tables [[events]])",
    ),
    "parameter without its table": (
        "turnover = 0.1\n",
        "turnover is not a part of a scenario. Did you mean turnover in the table [employees]?",
    ),
    "unknown table": (
        "[zzz]\n",
        "zzz is not a part of a scenario. Known: name, about, notice, try, currency, weeks, "
        "default_policies, objective, "
        "departments, policies, events, futures, plausible, and the tables of `centricity list parameters`.",
    ),
    "odd characters": (
        '"a\\nb" = 1\n',
        '"a\\nb" is not a part of a scenario. Known: name, about, notice, try, currency, weeks, default_policies, '
        "objective, departments, policies, events, futures, plausible, and the tables of `centricity list parameters`.",
    ),
    "a name that only the program has": (
        "[parameters]\nturnover = 0.1",
        "parameters is not a part of a scenario. Did you mean departments? (list of tables [[departments]])",
    ),
    "another name that only the program has": (
        "suggestion = 'x'\n",
        "suggestion is not a part of a scenario. Known: name, about, notice, try, currency, weeks, default_policies, "
        "objective, departments, policies, events, futures, plausible, and the tables of `centricity list parameters`.",
    ),
    "section that is no table": (
        "employees = 5\n",
        "employees must be a table, got 5. Write [employees] and its parameters below it.",
    ),
}


@pytest.mark.parametrize(("text", "message"), NAMES.values(), ids=NAMES.keys())
def test_a_misspelt_name_gets_a_suggestion(text: str, message: str) -> None:
    assert faults_of(text) == [f"bank.toml: {message}"]


def test_all_faults_of_a_file_come_at_once_in_the_order_of_the_file() -> None:
    text = """
    weeks = 0
    default_policies = ["nune"]
    [norm]
    keep = 3
    [employees]
    turnover = 3
    turnovr = 3
    [policies.mine]
    speechs = 3
    [[events]]
    kind = "market_shift"
    week = -1
    [futures.hard]
    "norm.sharpness" = -1
    """
    places = [fault.split()[1] for fault in faults_of(text)]
    assert places == [
        "weeks",
        "norm.keep",
        "employees.turnover",
        "employees.turnovr",
        "policies.mine.speechs",
        "default_policies[0]",
        "events[0].week",
        "futures.hard.norm.sharpness",
    ]


def test_what_breaks_a_rule_together_is_told_beside_what_breaks_one_alone() -> None:
    text = """
    [employees]
    turnover = 3
    [futures.hard]
    "customers.market" = 100
    [policies.mine]
    speeches = 9
    from = 20
    until = 3
    [policies.mine.stop_when]
    outcome = "x"
    [[departments]]
    name = "a"
    share = 0.5
    facing = 2
    power = 0
    """
    places = [fault.split()[1] for fault in faults(table(text))]
    assert places == [
        "employees.turnover",
        "departments[0].facing",
        "departments.share",
        "departments.power",
        "policies.mine.until",
        "policies.mine.stop_when.outcome",
        "policies.mine.stop_when",
        "policies.mine.speeches",
        "futures.hard.customers.initial",
    ]


def test_a_file_full_of_faults_is_told_in_full_and_soon() -> None:
    found = faults(minimal(employees={f"turnover{index}": 1 for index in range(5000)}))
    assert len(found) == 5000
    assert "Did you mean employees.turnover?" in found[0]
    assert found[-1].endswith("`centricity list parameters` shows all of them.")


def test_long_values_and_keys_are_cut() -> None:
    (fault,) = faults(minimal(employees={"turnover": "x" * 10_000}))
    assert len(fault) < 250
    (fault,) = faults(minimal(employees={"x" * 10_000: 1}))
    assert len(fault) < 250


@pytest.mark.parametrize("value", [10**400, 10**5000, -(10**400)], ids=["large", "larger", "negative"])
def test_numbers_beyond_all_bounds_are_refused(value: int) -> None:
    for section, name in (("employees", "number"), ("employees", "turnover"), ("norm", "keep")):
        (fault,) = faults(minimal(**{section: {name: value}}))
        assert fault.startswith(f"bank.toml: {section}.{name} must be ") and len(fault) < 250


def test_whole_numbers_are_taken_for_numbers_and_whole_floats_for_integers() -> None:
    made = scenario("[employees]\nturnover = 0\nnumber = 40.0\n[norm]\nsharpness = 6\n" + DEPARTMENTS)
    for name, value in (("employees.turnover", 0.0), ("employees.number", 40), ("norm.sharpness", 6.0)):
        assert made.parameters[name] == value
        assert type(made.parameters[name]) is type(value)


def test_numbers_of_numpy_are_numbers() -> None:
    made = scenario().override(
        {
            "employees.turnover": np.float64(0.1),
            "employees.number": np.int64(7),
            "norm.keep": np.bool_(False),
            "norm.rule": np.str_("majority"),
        },
        KNOWN,
    )
    types = {name: type(value) for name, value in made.parameters.items()}
    assert types["employees.turnover"] is float
    assert types["employees.number"] is int
    assert types["norm.keep"] is bool
    assert types["norm.rule"] is str


def test_minus_zero_is_zero() -> None:
    made = scenario().override({"employees.turnover": -0.0}, KNOWN)
    turnover = made.parameters["employees.turnover"]
    assert isinstance(turnover, float)
    assert math.copysign(1.0, turnover) == 1.0
    assert made.hash == scenario().override({"employees.turnover": 0.0}, KNOWN).hash


def test_what_a_file_leaves_out_takes_the_default() -> None:
    made = Scenario.from_dict(minimal(), KNOWN)
    assert dict(made.parameters) == {name: parameter.default for name, parameter in KNOWN.parameters.items()}
    assert (made.name, made.weeks, made.currency, made.objective) == ("unnamed", 260, "EUR", "organization_value")
    assert (made.about, made.notice, made.suggestion) == ("", "", "")
    assert (made.events, dict(made.futures), made.default_policies) == ((), {}, ("none",))
