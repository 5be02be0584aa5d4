"""One test for every kind of fault in departments, policies, events and futures, with the message in full."""

from __future__ import annotations

import pytest

from sim.model.scenario import Scenario, ScenarioError

from .small import KNOWN, faults, faults_of, table

NAME = "a name (letters, digits, hyphens, underscores, spaces inside; at most 60)"
RESOURCES = "`centricity list resources` shows all of them."

DEPARTMENTS = {
    "missing": (
        "weeks = 3",
        'departments are missing. Write for example [[departments]] with name = "everyone", share = 1.0, facing = 0.5, '
        "power = 1.0.",
    ),
    "one table": (
        "[departments]\nname = 'a'",
        "departments must be a list of tables, got a table. Write [[departments]] above each of them.",
    ),
    "empty": (
        "departments = []",
        "departments must be a list of tables, got an empty list. Write [[departments]] above each of them.",
    ),
    "no table": (
        "departments = [3]",
        "departments[0] must be a table, got 3. Known: name, share, facing, power, turnover.",
    ),
    "no power": (
        "[[departments]]\nname = 'a'\nshare = 1\nfacing = 1",
        "departments[0].power is missing. Add power = ... (weight in decisions, 0 to 1).",
    ),
    "misspelt": (
        "[[departments]]\nname = 'a'\nshare = 1\nfacing = 1\npower = 1\nfacin = 1",
        "departments[0].facin is not a property of a department. Did you mean facing? "
        "(share of its work that faces customers, 0 to 1)",
    ),
    "unknown": (
        "[[departments]]\nname = 'a'\nshare = 1\nfacing = 1\npower = 1\nxyz = 1",
        "departments[0].xyz is not a property of a department. Known: name, share, facing, power, turnover.",
    ),
    "facing": (
        "[[departments]]\nname = 'a'\nshare = 1\nfacing = 1.5\npower = 1",
        "departments[0].facing must be 0 to 1 (share of its work that faces customers), got 1.5. "
        "Write 0.015 for 1.5 % (1 is all of it).",
    ),
    "turnover": (
        "[[departments]]\nname = 'a'\nshare = 1\nfacing = 1\npower = 1\nturnover = 0.7",
        "departments[0].turnover must be 0 to 0.5 (share of its employees who leave in a month), got 0.7. "
        "Without it the department has employees.turnover.",
    ),
    "share of nothing": (
        "[[departments]]\nname = 'a'\nshare = 0\nfacing = 1\npower = 1",
        "departments[0].share must be more than 0, at most 1 (share of the employees), got 0. "
        "Leave a department without employees out.",
    ),
    "name": (
        "[[departments]]\nname = ''\nshare = 1\nfacing = 1\npower = 1",
        f'departments[0].name must be {NAME}, got "". Choose a name such as back-office.',
    ),
    "same name": (
        "[[departments]]\nname = 'a'\nshare = 0.5\nfacing = 1\npower = 1\n"
        "[[departments]]\nname = 'a'\nshare = 0.5\nfacing = 1\npower = 1",
        'departments must have different names, got "a" more than once. Rename one of them.',
    ),
    "sum of shares": (
        "[[departments]]\nname = 'a'\nshare = 0.5\nfacing = 1\npower = 1\n"
        "[[departments]]\nname = 'b'\nshare = 0.4\nfacing = 1\npower = 1",
        "departments.share must sum to 1, got 0.9. Change the shares so that they add up to 1.",
    ),
    "no power anywhere": (
        "[[departments]]\nname = 'a'\nshare = 1\nfacing = 1\npower = 0",
        "departments.power must be above 0 somewhere, got 0 everywhere. Give power to one of them.",
    ),
}


@pytest.mark.parametrize(("text", "message"), DEPARTMENTS.values(), ids=DEPARTMENTS.keys())
def test_faults_of_departments(text: str, message: str) -> None:
    assert faults(table(text)) == [f"bank.toml: {message}"]


def test_shares_that_sum_to_one_but_for_rounding_are_fine() -> None:
    third = "[[departments]]\nname = '{}'\nshare = 0.3333333\nfacing = 1\npower = 1\n"
    assert faults(table("".join(third.format(name) for name in "abc"))) == []


POLICIES = {
    "misspelt resource": (
        "[policies.symbolic]\nspeechs = 1",
        "policies.symbolic.speechs is not a resource. Did you mean speeches? (speeches per week, 0 to 5, default 0)",
    ),
    "unknown resource": (
        "[policies.symbolic]\nxyz = 1",
        f"policies.symbolic.xyz is not a resource. {RESOURCES}",
    ),
    "a name that only the program has": (
        "[policies.symbolic]\namounts = 1",
        "policies.symbolic.amounts is not a resource. Did you mean about? (text: what the policy is)",
    ),
    "misspelt key": (
        "[policies.symbolic]\nspeeches = 1\nuntill = 3",
        "policies.symbolic.untill is not a resource. Did you mean until? (weeks, 1 to 5200)",
    ),
    "too much": (
        "[policies.symbolic]\nspeeches = 7",
        "policies.symbolic.speeches must be 0 to 5 (speeches per week), got 7. Write 0.1346 if 7 is for a year.",
    ),
    "negative": (
        "[policies.symbolic]\nspeeches = -1",
        "policies.symbolic.speeches must be 0 to 5 (speeches per week), got -1. Give an amount in this range; 0 is none of it.",
    ),
    "switch": (
        "[policies.symbolic]\nspeeches = true",
        "policies.symbolic.speeches must be a number, 0 to 5 (speeches per week), got true. "
        "Give an amount in this range; 0 is none of it.",
    ),
    "not a number": (
        "[policies.symbolic]\nspeeches = nan",
        "policies.symbolic.speeches must be a number, 0 to 5 (speeches per week), got nan. "
        "Give an amount in this range; 0 is none of it.",
    ),
    "none": (
        "[policies.none]\nspeeches = 1",
        "policies.none cannot be defined: none always means no resources. Choose another name.",
    ),
    "name": (
        '[policies."a/b"]\nspeeches = 1',
        f'policies."a/b" must be {NAME}, got "a/b". Choose a name such as back-office.',
    ),
    "no resource": (
        "[policies.empty]\nabout = 'Nothing.'",
        f"policies.empty names no resource, so it would do nothing. Add one. {RESOURCES}",
    ),
    "no table": (
        "[policies]\nsymbolic = 3",
        "policies.symbolic must be a table, got 3. Write [policies.symbolic] and its resources below it.",
    ),
    "ends before it begins": (
        "[policies.late]\nspeeches = 1\nfrom = 20\nuntil = 20",
        "policies.late.until must be later than from (20), got 20. "
        "Give a later week; without it the phase lasts to the end of the run.",
    ),
    "begins before the run": (
        "[policies.early]\nspeeches = 1\nfrom = -1",
        "policies.early.from must be 0 to 5200 (weeks), got -1. Without it the phase begins at once.",
    ),
    "ends at a fraction": (
        "[policies.early]\nspeeches = 1\nuntil = 1.5",
        "policies.early.until must be a whole number, 1 to 5200 (weeks), got 1.5. "
        "Write 1, or 2, or 1500 if the point separates thousands.",
    ),
    "unknown department": (
        "[policies.partial]\nspeeches = 1\ndepartments = ['branches', 'brunches']",
        'policies.partial.departments[1] must be a department of the scenario, got "brunches". Did you mean branches?',
    ),
    "no department like it": (
        "[policies.partial]\nspeeches = 1\ndepartments = ['x']",
        'policies.partial.departments[0] must be a department of the scenario, got "x". Known: branches, back office.',
    ),
    "no department": (
        "[policies.partial]\nspeeches = 1\ndepartments = []",
        "policies.partial.departments must be a list of departments, got an empty list. "
        "Leave it out for all departments.",
    ),
    "same department twice": (
        "[policies.partial]\nspeeches = 1\ndepartments = ['branches', 'branches']",
        'policies.partial.departments must name each only once, got "branches" more than once. Remove the repetition.',
    ),
    "phases, no list": (
        "[policies.two.phases]\nspeeches = 1",
        "policies.two.phases must be a list of tables, got a table. Write [[policies.two.phases]] above each of them.",
    ),
    "phases, no table": (
        "[policies.two]\nphases = [3]",
        f"policies.two.phases[0] must be a table, got 3. {RESOURCES}",
    ),
    "resources beside phases": (
        "[policies.two]\nspeeches = 1\n[[policies.two.phases]]\nspeeches = 1",
        "policies.two.speeches is not a setting of a policy with phases. Move it into one of the phases.",
    ),
    "misspelt beside phases": (
        "[policies.two]\nabuot = 'x'\n[[policies.two.phases]]\nspeeches = 1",
        "policies.two.abuot is not a setting of a policy with phases. Did you mean about? (text: what the policy is)",
    ),
    "misspelt in a phase": (
        "[[policies.two.phases]]\nspeeches = 1\n[[policies.two.phases]]\nspeechs = 1",
        "policies.two.phases[1].speechs is not a resource. Did you mean speeches? (speeches per week, 0 to "
        "5, default 0)",
    ),
    "phase without resources": (
        "[[policies.two.phases]]\nfrom = 1",
        f"policies.two.phases[0] names no resource, so it would do nothing. Add one. {RESOURCES}",
    ),
    "condition, unknown outcome": (
        "[policies.until]\nspeeches = 1\n[policies.until.stop_when]\noutcome = 'practicin'\nabove = 0.4",
        'policies.until.stop_when.outcome must be a weekly outcome, got "practicin". Did you mean practicing? '
        "(Share of employees whose choice was for the customer.)",
    ),
    "condition, nothing like it": (
        "[policies.until]\nspeeches = 1\n[policies.until.stop_when]\noutcome = 'x'\nabove = 0.4",
        'policies.until.stop_when.outcome must be a weekly outcome, got "x". '
        "`centricity list outcomes` shows all of them.",
    ),
    "condition, no outcome": (
        "[policies.until]\nspeeches = 1\n[policies.until.stop_when]\nabove = 0.4",
        "policies.until.stop_when.outcome is missing. Add outcome = ... (a weekly outcome).",
    ),
    "condition, no line": (
        "[policies.until]\nspeeches = 1\n[policies.until.stop_when]\noutcome = 'practicing'",
        "policies.until.stop_when must have either above or below, got neither. Write for example above = 0.45.",
    ),
    "condition, two lines": (
        "[policies.until]\nspeeches = 1\n[policies.until.stop_when]\noutcome = 'practicing'\nabove = 0.1\nbelow = 0.2",
        "policies.until.stop_when must have either above or below, got both. Write for example above = 0.45.",
    ),
    "condition, endless line": (
        "[policies.until]\nspeeches = 1\n[policies.until.stop_when]\noutcome = 'practicing'\nabove = inf",
        "policies.until.stop_when.above must be a number, in the unit of the outcome, got inf. "
        "Write for example above = 0.45.",
    ),
    "condition, unknown key": (
        "[policies.until]\nspeeches = 1\n[policies.until.stop_when]\noutcome = 'practicing'\nxyz = 0.4\nbelow = 1",
        "policies.until.stop_when.xyz is not a part of a condition. Known: outcome, above, below.",
    ),
    "condition, no table": (
        "[policies.until]\nspeeches = 1\nstop_when = 3",
        "policies.until.stop_when must be a table, got 3. Known: outcome, above, below.",
    ),
    "condition, the outcome is a list": (
        "[policies.until]\nspeeches = 1\n[policies.until.stop_when]\noutcome = []\nabove = 0.4",
        "policies.until.stop_when.outcome must be a weekly outcome, got an empty list. "
        "`centricity list outcomes` shows all of them.",
    ),
}


@pytest.mark.parametrize(("text", "message"), POLICIES.values(), ids=POLICIES.keys())
def test_faults_of_policies(text: str, message: str) -> None:
    assert faults_of(text) == [f"bank.toml: {message}"]


def test_policies_that_are_no_tables() -> None:
    assert faults_of("policies = 3\n") == [
        "bank.toml: policies must be tables, got 3. Write [policies.NAME] above the resources of each."
    ]


def test_a_faulty_policy_is_not_reported_as_unknown_too() -> None:
    found = faults_of('default_policies = ["mine"]\n[policies.mine]\nspeeches = 9')
    assert len(found) == 1
    assert found[0].startswith("bank.toml: policies.mine.speeches ")


def test_faulty_departments_do_not_make_the_policies_faulty() -> None:
    found = faults(
        table(
            "[policies.mine]\nspeeches = 1\ndepartments = ['a']\n[[departments]]\nname = 'a'\nshare = 2\nfacing "
            "= 1\npower = 1"
        )
    )
    assert len(found) == 1
    assert found[0].startswith("bank.toml: departments[0].share ")


def test_a_misspelt_department_is_told_beside_faults_of_the_departments() -> None:
    text = "[policies.mine]\nspeeches = 1\ndepartments = ['b']\n[[departments]]\nname = 'a'\nshare = 2\nfacing = 1\npower = 1"
    assert [fault.split()[1] for fault in faults(table(text))] == [
        "departments[0].share",
        "policies.mine.departments[0]",
    ]


EVENTS = {
    "no list": (
        "[events]\nkind = 'market_shift'",
        "events must be a list of tables, got a table. Write [[events]] above each of them.",
    ),
    "no table": (
        "events = [3]\n",
        "events[0] must be a table, got 3. Write [[events]] with kind and week below it.",
    ),
    "unknown kind": (
        "[[events]]\nkind = 'market_shaft'\nweek = 3\nsize = 99",
        'events[0].kind must be a kind of event, got "market_shaft". Did you mean market_shift? (Rivals get better.)',
    ),
    "nothing like it": (
        "[[events]]\nkind = 'xyz'\nweek = 3",
        'events[0].kind must be a kind of event, got "xyz". `centricity list events` shows all of them.',
    ),
    "no kind": (
        "[[events]]\nweek = 3",
        "events[0].kind is missing. Add kind = ... (a kind of event).",
    ),
    "no week": (
        "[[events]]\nkind = 'market_shift'",
        "events[0].week is missing. Add week = ... (weeks, 0 to 259).",
    ),
    "after the run": (
        "weeks = 52\n[[events]]\nkind = 'market_shift'\nweek = 52",
        "events[0].week must be 0 to 51 (the run has 52 weeks), got 52. Choose an earlier week or raise weeks.",
    ),
    "before the run": (
        "[[events]]\nkind = 'market_shift'\nweek = -1",
        "events[0].week must be 0 to 259 (the run has 260 weeks), got -1. Choose an earlier week or raise weeks.",
    ),
    "week in words": (
        "[[events]]\nkind = 'market_shift'\nweek = 'three'",
        'events[0].week must be a whole number, 0 to 259 (the run has 260 weeks), got "three". '
        "Choose an earlier week or raise weeks.",
    ),
    "field out of range": (
        "[[events]]\nkind = 'market_shift'\nweek = 3\nsize = 2",
        "events[0].size must be 0 to 1, got 2. Write 0.02 for 2 % (1 is all of it).",
    ),
    "misspelt field": (
        "[[events]]\nkind = 'market_shift'\nweek = 3\nsizes = 1",
        "events[0].sizes is not a field of the event market_shift. Did you mean size? (0 to 1, default 0.1)",
    ),
    "field of another kind": (
        "[[events]]\nkind = 'market_shift'\nweek = 3\ndepartments = ['branches']",
        "events[0].departments is not a field of the event market_shift. Known: kind, week, size.",
    ),
    "unknown department": (
        "[[events]]\nkind = 'manager_exit'\nweek = 3\ndepartments = ['brunches']",
        'events[0].departments[0] must be a department of the scenario, got "brunches". Did you mean branches?',
    ),
}


@pytest.mark.parametrize(("text", "message"), EVENTS.values(), ids=EVENTS.keys())
def test_faults_of_events(text: str, message: str) -> None:
    assert faults_of(text) == [f"bank.toml: {message}"]


FUTURES = {
    "no table": (
        "futures = 3\n",
        "futures must be tables, got 3. Write [futures.NAME] above the parameters of each.",
    ),
    "a future that is no table": (
        "[futures]\ntight = 3",
        'futures.tight must be a table of parameters, got 3. Write "employees.turnover" = 0.04.',
    ),
    "a future without parameters": (
        "[futures.tight]\n",
        'futures.tight must be a table of parameters, got an empty table. Write "employees.turnover" = 0.04.',
    ),
    "misspelt": (
        '[futures.tight]\n"employees.turnovr" = 0.1',
        "futures.tight.employees.turnovr is not a parameter. "
        "Did you mean employees.turnover? (per month, 0 to 0.5, default 0.02)",
    ),
    "out of range": (
        '[futures.tight]\n"employees.turnover" = 1',
        "futures.tight.employees.turnover must be 0 to 0.5 (per month), got 1. Write 0.08333 if 1 is for a year.",
    ),
    "out of range, in a section": (
        "[futures.tight.employees]\nturnover = 1",
        "futures.tight.employees.turnover must be 0 to 0.5 (per month), got 1. Write 0.08333 if 1 is for a year.",
    ),
    "against the scenario": (
        '[futures.tight]\n"customers.market" = 100',
        "futures.tight.customers.initial must be at most customers.market, got 2000 and 100. "
        "Lower customers.initial or raise customers.market.",
    ),
    "name": (
        '[futures."a.b"]\n"employees.turnover" = 0.1',
        f'futures.a.b must be {NAME}, got "a.b". Choose a name such as back-office.',
    ),
}


@pytest.mark.parametrize(("text", "message"), FUTURES.values(), ids=FUTURES.keys())
def test_faults_of_futures(text: str, message: str) -> None:
    assert faults_of(text) == [f"bank.toml: {message}"]


PLAUSIBLE = {
    "no table": (
        "plausible = 3\n",
        "plausible must be a table of ranges, got 3. Write [plausible] and below it, for example, "
        '"employees.turnover" = [0.01, 0.03].',
    ),
    "misspelt": (
        '[plausible]\n"employees.turnovr" = [0.01, 0.03]',
        "plausible.employees.turnovr is not a parameter. "
        "Did you mean employees.turnover? (per month, 0 to 0.5, default 0.02)",
    ),
    "nothing like it": (
        "[plausible]\nxyz = [1, 2]",
        "plausible.xyz is not a parameter. `centricity list parameters` shows all of them.",
    ),
    "one number": (
        '[plausible]\n"employees.turnover" = 0.02',
        "plausible.employees.turnover must be [LOW, HIGH], got 0.02. Write for example [0, 0.5].",
    ),
    "three numbers": (
        "[plausible.employees]\nturnover = [0.01, 0.02, 0.03]",
        "plausible.employees.turnover must be [LOW, HIGH], got a list of 3. Write for example [0, 0.5].",
    ),
    "out of range": (
        "[plausible.employees]\nturnover = [0.01, 1]",
        "plausible.employees.turnover must be 0 to 0.5 (per month), got 1. Write 0.08333 if 1 is for a year.",
    ),
    "in words": (
        "[plausible.employees]\nturnover = [0.01, 'much']",
        'plausible.employees.turnover must be a number, 0 to 0.5 (per month), got "much". '
        "Give another one; the default is 0.02.",
    ),
    "upside down": (
        '[plausible]\n"employees.turnover" = [0.03, 0.01]',
        "plausible.employees.turnover must have a low below its high, got 0.03 and 0.01. Write [0.01, 0.03].",
    ),
    "a point": (
        '[plausible]\n"employees.turnover" = [0.02, 0.02]',
        "plausible.employees.turnover must have a low below its high, got 0.02 and 0.02. "
        "Widen it, or leave it out and set the parameter itself.",
    ),
    "a word": (
        "[plausible]\n'norm.rule' = ['majority', 'best-response']",
        "plausible.norm.rule is no number, so it has no range. Leave it out, or make a table [futures.NAME] of it.",
    ),
    "against the scenario": (
        '[plausible]\n"customers.initial" = [1000, 3000]',
        "plausible.customers.initial at one of its ends customers.initial breaks a rule: it must be at most "
        "customers.market, got 3000 and 2500. Lower customers.initial or raise customers.market.",
    ),
}


@pytest.mark.parametrize(("text", "message"), PLAUSIBLE.values(), ids=PLAUSIBLE.keys())
def test_faults_of_plausible_ranges(text: str, message: str) -> None:
    assert faults_of(text) == [f"bank.toml: {message}"]


def test_an_empty_table_is_no_scenario() -> None:
    with pytest.raises(ScenarioError) as caught:
        Scenario.from_dict({}, KNOWN)
    assert caught.value.faults == [
        "the file is empty. Start from a copy of one that ships; `centricity list scenarios` names them."
    ]
