"""Every parameter and resource has suggestions that fit its unit and its range, for the commonest slips."""

from __future__ import annotations

import math

import pytest
from typer.testing import CliRunner

from sim.commands.cli import app
from sim.model.registry import current
from sim.model.scenario import Scenario, ScenarioError
from sim.model.scenario.messages import Faults
from sim.model.scenario.refusals import read
from sim.model.scenario.rules import parameter_rule, resource_rule
from sim.model.scenario.suggestions import (
    Wanted,
    closest,
    meant_in_section,
    read_number,
    suggest_list,
    suggest_number,
    suggest_text,
    suggest_toml,
)

PARAMETERS = current().parameters
NUMBERS = {name: each for name, each in PARAMETERS.items() if each.low is not None and each.high is not None}
SHARES = [name for name, each in NUMBERS.items() if each.unit == "share"]
WHOLE = [name for name, each in NUMBERS.items() if each.type == "integer"]
WEEKLY = [name for name, each in NUMBERS.items() if each.unit in ("per week", "hours per week", "speeches per week")]
MONTHLY = [name for name, each in NUMBERS.items() if each.unit == "per month"]
DURATIONS = [name for name, each in NUMBERS.items() if each.unit == "weeks"]


def said_of(name: str, value: object) -> str:
    """The message about a value of a parameter; empty if it is legal."""
    faults = Faults()
    read(parameter_rule(PARAMETERS[name]).adapter.validate_python, value, name, faults)
    return "\n".join(faults.messages)


def test_there_is_something_to_test() -> None:
    assert min(map(len, (SHARES, WHOLE, WEEKLY, MONTHLY, DURATIONS))) >= 3 and len(SHARES) > 100


def test_a_percentage_for_a_share() -> None:
    for name in SHARES:
        for percent in (88, 88.0, 1.6, 5):
            message = said_of(name, percent)
            assert "1 is all of it" in message and f"{percent / 100:g}" in message, message
        high = NUMBERS[name].high or 0.0
        assert ("Write 0.88" in said_of(name, 88)) == (high >= 0.88)
        if high > 0.07 and (NUMBERS[name].low or 0.0) <= 0.07:
            for text in ("7 %", "7%", "0,07", "0.07"):
                assert "Write 0.07, without quotes." in said_of(name, text)


def test_a_fraction_for_a_whole_number() -> None:
    for name in WHOLE:
        message = said_of(name, 12.5)
        assert "must be a whole number" in message
        parameter = NUMBERS[name]
        assert parameter.low is not None and parameter.high is not None
        for value, words in ((12, "12"), (13, "13"), (12500, "12500 if the point separates thousands")):
            assert (words in message.partition("got 12.5.")[2]) == (parameter.low <= value <= parameter.high)
        if parameter.high >= 1250:
            assert "Write 1250, without quotes." in said_of(name, "1.250") and "Write 1250, without" in said_of(
                name, "1,250"
            )


@pytest.mark.parametrize(("names", "periods"), [(WEEKLY, 52), (MONTHLY, 12)])
def test_a_number_of_a_year_for_a_rate(names: list[str], periods: int) -> None:
    for name in names:
        high = NUMBERS[name].high
        assert high is not None
        yearly = math.floor(high) + 1.0
        if yearly / periods < (NUMBERS[name].low or 0.0):
            continue
        assert f"if {yearly:g} is for a year" in said_of(name, yearly), name
        assert f"{yearly / periods:.4g}" in said_of(name, yearly)


def test_days_and_years_for_weeks() -> None:
    for name in DURATIONS:
        parameter = NUMBERS[name]
        assert parameter.low is not None and parameter.high is not None
        days = 7 * math.floor(parameter.high)
        assert f"Write {days // 7} if {days} are days." in said_of(name, days)
        if parameter.low >= 1.0 and parameter.type == "number" and parameter.high >= 26:
            assert "Write 26 if 0.5 are years." in said_of(name, 0.5)


def test_a_default_is_never_advice() -> None:
    for name in sorted(PARAMETERS):
        parameter = PARAMETERS[name]
        senseless: tuple[object, ...] = (math.nan, "x y z", [], {}, None)
        for value in senseless:
            message = said_of(name, value)
            assert "eave it out" not in message and "the default is" in message, message
        if parameter.low is not None and parameter.high is not None:
            for number in (parameter.low - 1.0, parameter.high * 3 + 10.0):
                message = said_of(name, number)
                assert message.startswith(f"{name} must be ") and message.endswith("."), message


def test_every_number_that_is_suggested_is_legal() -> None:
    for name, parameter in NUMBERS.items():
        wanted = Wanted(parameter.unit, parameter.low or 0.0, parameter.high or 0.0, parameter.type == "integer")
        for value in (88, 1.6, 12.5, 365, 1e6, "88 %", "1.250", "12,5", "€ 3"):
            said = suggest_number(value, wanted)
            written = said.removeprefix("Write ").split(", or ") if said.startswith("Write") else []
            for way in written:
                number = float(way.split(" ")[0].strip(",."))
                assert not said_of(name, int(number) if wanted.whole else number), (name, value, said)


def test_amounts_of_resources() -> None:
    for name in sorted(current().resources):
        resource, faults = current().resources[name], Faults()
        for value in (88, "88 %", math.nan):
            read(resource_rule(resource).adapter.validate_python, value, name, faults)
        assert all("eave it out" not in message for message in faults.messages)
        if resource.high == 1.0:
            assert "Write 0.88 for 88 %" in faults.messages[0]


def test_what_a_scenario_has_is_said_in_place_of_the_default() -> None:
    shop = Scenario.load("online-store")
    values = {name: value for name, value in shop.parameters.items() if name in NUMBERS}
    own = {name: value for name, value in values.items() if value != PARAMETERS[name].default}
    assert own
    for name in own:
        with pytest.raises(ScenarioError, match="Give another one; the scenario has "):
            shop.override({name: math.nan})
        with pytest.raises(ScenarioError, match="Give another one; the scenario has "):
            shop.assign([f"{name}=x"])


def test_a_refused_assignment_brings_no_second_fault() -> None:
    shop = Scenario.load("online-store")
    with pytest.raises(ScenarioError) as caught:
        shop.assign(["customers.market=many", "customers.initial=100000"])
    assert len(caught.value.faults) == 1


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("satisfaction.weeks", ["satisfaction.anchor_weeks"]),
        ("satisfaction.week", ["satisfaction.anchor_weeks"]),
        ("lifetime.retention", ["lifetime.retention_annual", "lifetime.retention_of"]),
        ("customers.contacts", ["service.contacts"]),
        ("satisfaction.margin", ["money.margin"]),
        ("employees.turnovr", ["employees.turnover"]),
        ("employees__turnover", ["employees.turnover"]),
        ("turn_over", ["employees.turnover"]),
        ("employees.nothing_like_it", []),
    ],
)
def test_the_parameter_that_was_meant(name: str, meant: list[str]) -> None:
    assert meant_in_section(name, list(PARAMETERS)) == meant


def test_a_misspelt_parameter_is_found_in_its_own_section() -> None:
    for name in sorted(PARAMETERS):
        section, _, word = name.partition(".")
        if len(word) > 4:
            assert meant_in_section(f"{section}.{word[:-2]}{word[-1]}{word[-2]}x", list(PARAMETERS))[0].startswith(
                f"{section}."
            )
            assert closest(word.replace("_", "-").upper(), [word]) == word


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("turnover = 4,04", "Write turnover = 4.04."),
        ("initial = 1,400  # customers", "Write initial = 1.4 or 1400."),
        ("contact_cost = €4.04", "Write contact_cost = 4.04."),
        ("turnover = 50 %", "Write turnover = 0.5."),
        ("name = my bank", 'Write name = "my bank".'),
        ("name = “bank”", 'Use straight quotes: "text".'),
        ("keep = True", "Write keep = true."),
        ('default_policies = "none", "symbolic"', 'Write default_policies = ["none", "symbolic"].'),
        ("turnover: 0.02", "Write turnover = 0.02."),
        ("name = 3", ""),
        ("x = [1, 2", ""),
    ],
)
def test_lines_that_are_no_toml(line: str, meant: str) -> None:
    assert suggest_toml(line) == meant


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("1.250", [1.25, 1250]),
        ("1,250", [1.25, 1250]),
        ("1.234,5", [1234.5]),
        ("5 %", [0.05]),
        ("$ 3", [3]),
        ("x", []),
        (".", []),
    ],
)
def test_numbers_in_texts(text: str, numbers: list[float]) -> None:
    assert read_number(text)[0] == numbers


def test_lists_and_texts() -> None:
    assert (
        suggest_list("none, symbolic") == 'Write ["none", "symbolic"].' and suggest_list(3) == suggest_list('a"b') == ""
    )
    assert suggest_text(3.5) == 'Write "3.5", in quotes.' and suggest_text([]) == ""


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (
            ["compare", "--target", "retention_annual>=93"],
            ["retention_annual must be 0 to 1 (share), got 93. Write 0.93"],
        ),
        (["run", "retail-bank", "--policy", "none", "--set", "employees.turnover=3"], ["Write 0.03 for 3 %"]),
        (
            ["run", "retail-bank", "--policy", "none", "--set", "employees.turnover=0,03"],
            ["Write 0.03, without quotes."],
        ),
        (["compare", "--seed", "-1"], ["--seed must be a whole number, 0 to"]),
        (["compare", "--unknown", "40", "--vary", "run.burn_in"], ["run.burn_in has none. Give it one in [plausible]"]),
        (["compare", "--unknown", "40", "--vary", "norm.rule"], ["It is no number: leave it out."]),
        (
            ["compare", "--policy", "academy", "--out", "o"],
            ["one of your own is a file, such as --policy academy.toml"],
        ),
    ],
)
def test_commands_say_what_to_write_and_nothing_more(arguments: list[str], words: list[str]) -> None:
    result = CliRunner().invoke(app, arguments)
    lines = result.stderr.splitlines()
    assert result.exit_code == 2 and len(lines) == len(words), lines
    assert all(expected in line for line, expected in zip(lines, words, strict=True)), lines


@pytest.mark.parametrize(
    ("option", "words"),
    [
        (["--budget", "900,000"], "Write 900, or 900000 if the comma separates thousands."),
        (["--replicates", "1.5"], "Write 1, or 2"),
        (["--replicates", "many"], "a whole number, such as 30, got many."),
    ],
)
def test_options_that_are_no_numbers(option: list[str], words: str) -> None:
    result = CliRunner().invoke(app, ["compare", *option])
    said = " ".join(result.stderr.replace("\u2502", " ").split())
    assert result.exit_code == 2 and words in said, said


def test_files_say_how_to_write_what_was_meant() -> None:
    departments = [{"name": "front", "share": 60, "facing": 0.5, "power": 1.0}]
    policy = {"departments": "front", "coaching": 30, "until": 52.5}
    ranges = {"employees.turnover": [0.03, 0.01]}
    with pytest.raises(ScenarioError) as caught:
        Scenario.from_dict(
            {"departments": departments, "policies": {"mine": policy}, "plausible": ranges, "currency": 3}
        )
    for words in (
        "Write 0.6 for 60 % (1 is all of it).",
        'Write ["front"].',
        "Write 0.3 for 30 % (1 is all of it).",
        "Write 52, or 53",
        "Write [0.01, 0.03].",
        'Write "3", in quotes.',
    ):
        assert sum(words in fault for fault in caught.value.faults) == 1, (words, caught.value.faults)
    assert len(caught.value.faults) == 6
