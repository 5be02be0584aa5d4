"""What the page shows is the model: the same numbers as ``centricity run``, events included, to the last digit."""

from __future__ import annotations

import math
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from lab.small import TEXT
from typer.testing import CliRunner

from sim.commands.cli import app
from sim.lab.toml_text import write_toml
from sim.model.engine import run_week
from sim.model.organization import Organization
from sim.model.outcomes.weekly import OUTCOME_NAMES
from sim.model.scenario import Scenario, ScenarioError
from sim.pages.live.replay import commands, scenario_text
from sim.pages.live.requests import Offers, first_setup, read_event, read_setup
from sim.pages.live.session import Session, SessionSetup

from .served import TOP, command

WEEKS = 40


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, with a small scenario in it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(TOP))
    (tmp_path / "small.toml").write_text(TEXT, encoding="utf-8")
    return tmp_path


def session(*assignments: str, policies: tuple[str, ...] = ("talk", "drill"), seed: int = 7) -> Session:
    return Session(first_setup("small.toml", policies, None, seed, assignments))


def press(live: Session, kind: str, **more: Any) -> None:
    live.add_event(read_event({"kind": kind, **more}, live))


def run(folder: Path, line: str) -> pd.DataFrame:
    """The weekly rows that a command writes."""
    words = shlex.split(line)
    assert words[:2] == ["centricity", "run"]
    done = subprocess.run(command(*words[1:]), cwd=folder, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return pd.read_csv(folder / words[-1])


def assert_same(rows: list[list[float | None]], table: pd.DataFrame) -> None:
    """Every number of every week, to the last digit."""
    assert len(rows) == len(table)
    for row, (_, other) in zip(rows, table.iterrows(), strict=True):
        for name, value in zip(OUTCOME_NAMES, row, strict=True):
            text = float(other[name])
            assert (value is None and math.isnan(text)) or value == text, name


def test_weeks_are_those_of_the_run_with_the_same_seed(small: Path) -> None:
    live = session("employees.turnover=0.1")
    for weeks in (1, 5, 500):
        live.step(weeks)
    assert live.over
    for side, policy in zip(live.sides, ("talk", "drill"), strict=True):
        line = f"centricity run small.toml --policy {policy} --seed 7 --set employees.turnover=0.1 --out {policy}.csv"
        assert_same(side.rows, run(small, line))


@pytest.mark.slow
def test_what_was_pressed_can_be_run_again(small: Path) -> None:
    live = session("employees.turnover=0.08")
    live.step(5)
    press(live, "budget_cut", fields={"share": "0.3", "weeks": "7"})
    press(live, "budget_cut", fields={"share": "0.7", "weeks": "9"})
    live.step(15)
    press(live, "manager_exit", fields={"share": 0.5}, departments=["back office"])  # week 20 has one already
    live.step(4)
    press(live, "executive_succession")
    press(live, "market_shift", fields={"size": "0.2"})
    live.step(6)
    plain = session("employees.turnover=0.08")
    plain.step(30)
    assert [side.rows for side in plain.sides] != [side.rows for side in live.sides]
    (small / "again.toml").write_text(scenario_text(live), encoding="utf-8")
    lines = commands(live, "again.toml")
    assert len(lines) == 2
    for side, line in zip(live.sides, lines, strict=True):
        assert_same(side.rows, run(small, line))


def test_the_length_can_be_given_in_years(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lengths: list[int] = []

    def begin(setup: SessionSetup, *_: object) -> None:
        lengths.append(setup.scenario.weeks)
        raise KeyboardInterrupt

    monkeypatch.setattr("sim.commands.live._start_server", begin)
    assert CliRunner().invoke(app, ["live", "small.toml", "--years", "2"]).exit_code == 130
    assert lengths == [104]
    refused = CliRunner().invoke(app, ["live", "small.toml", "--years", "2", "--weeks", "9"])
    assert refused.exit_code == 2
    assert "--years must not be given beside --weeks, got 2 and 9." in refused.stderr


def test_reset_gives_the_same_run_with_or_without_what_was_pressed(small: Path) -> None:
    live = session()
    live.step(10)
    press(live, "market_shift", fields={"size": 0.3})
    live.step(20)
    shaken = [list(side.rows) for side in live.sides]
    live.reset(keep=True)
    assert live.week == 0
    live.step(30)
    assert [side.rows for side in live.sides] == shaken
    live.reset(keep=False)
    assert len(live.events()) == 1
    live.step(30)
    calm = [list(side.rows) for side in live.sides]
    assert calm != shaken
    assert calm[0][:10] == shaken[0][:10]
    fresh = session()
    fresh.step(30)
    assert [side.rows for side in fresh.sides] == calm


def test_both_sides_have_the_same_random_numbers(small: Path) -> None:
    live = session(policies=("talk", "talk"))
    live.step(20)
    assert live.sides[0].rows == live.sides[1].rows
    assert len(commands(live, "x.toml")) == 1


def test_a_page_learns_only_what_is_new_to_it(small: Path) -> None:
    live = session()
    live.step(3)
    text = live.since(live.generation, 1)
    assert text["first"] == 1
    assert [len(rows) for rows in text["rows"]] == [2, 2]
    assert "setup" not in text
    for generation, week in ((live.generation - 1, 1), (live.generation, 4), (live.generation, -1)):
        text = live.since(generation, week)
        assert text["first"] == 0
        assert text["setup"]["seed"] == "7"
    assert [event["pressed"] for event in text["events"]] == [False]


def test_every_seat_and_customer_that_is_drawn_has_a_state(small: Path) -> None:
    live = session()
    for weeks in (0, 4):
        live.step(weeks)
        text = live.since(-1, 0)
        layout = text["setup"]["layout"]
        for frame in text["frames"]:
            assert len(frame["seats"]) == sum(room["drawn"] for room in layout["departments"]) == 30
            assert len(frame["customers"]) == layout["customers"] == 100
            assert all(0.0 <= share <= 1.0 for share in frame["mirrors"] + frame["weights"])
    rooms = Session(first_setup("retail-bank", (), 10, 1, ["employees.number=5000", "run.burn_in=0"]))
    layout = rooms.since(-1, 0)["setup"]["layout"]
    assert sum(room["seats"] for room in layout["departments"]) == 5000
    assert len(rooms.since(-1, 0)["frames"][0]["seats"]) == sum(room["drawn"] for room in layout["departments"]) == 600


def faults_of(function: Any, *arguments: Any) -> list[str]:
    with pytest.raises(ScenarioError) as raised:
        function(*arguments)
    return raised.value.faults


def test_bad_wishes_get_the_messages_of_files(small: Path) -> None:
    live = session()
    offers = Offers(live.setup)
    wish = {
        "scenario": "small.toml",
        "policies": ["talk", "tlak"],
        "seed": "-1",
        "set": {"employees.turnover": "3", "employees.turnovr": "0.1", "norm.sharpness": ""},
        "path": "/etc/passwd",
    }
    faults = faults_of(read_setup, wish, offers)
    assert len(faults) == 6
    text = "\n".join(faults)
    assert '"path" is nothing that can be asked for' in text
    assert '--seed must be a whole number, 0 to 9223372036854775807, got "-1"' in text
    assert "must be NAME=VALUE" in text
    assert "employees.turnover must be 0 to " in text
    assert "Did you mean employees.turnover?" in text
    del wish["path"]
    wish |= {"seed": "1", "set": {}}
    assert "policies must be of the scenario small" in faults_of(read_setup, wish, offers)[0]
    for other in ("/etc/passwd", "./small.toml", None, ["small.toml"]):
        assert "scenario must be one of small.toml, " in faults_of(read_setup, {**wish, "scenario": other}, offers)[0]
    for policies in (["small.toml", "none"], "none", ["none"], [None, "none"]):
        assert "policies must be" in faults_of(read_setup, {**wish, "policies": policies}, offers)[0]
    assert "set must be a table" in faults_of(read_setup, {**wish, "policies": ["none"] * 2, "set": 3}, offers)[0]


def test_bad_events_get_the_messages_of_files(small: Path) -> None:
    live = session()
    assert "share must be 0 to 1" in faults_of(read_event, {"kind": "budget_cut", "fields": {"share": "2"}}, live)[0]
    assert "Did you mean budget_cut?" in faults_of(read_event, {"kind": "budget_cuts"}, live)[0]
    assert "kind" in faults_of(read_event, {}, live)[0]
    wrong = {"kind": "manager_exit", "departments": ["bcak office"]}
    assert "Did you mean back office?" in faults_of(read_event, wrong, live)[0]
    assert "departments" in faults_of(read_event, {"kind": "budget_cut", "departments": ["front"]}, live)[0]
    assert faults_of(read_event, {"kind": "budget_cut", "fields": 3}, live) == [
        "fields must be a table, got 3. Leave it out for the defaults."
    ]
    live.step(WEEKS)
    assert "must be before the end, got 40 of 40" in faults_of(read_event, {"kind": "budget_cut"}, live)[0]


def test_scenarios_come_back_from_their_text(small: Path) -> None:
    odd = TEXT.replace('"A small organization."', '"Quotes \\" and \\\\, a line\\nbelow, ü\\u200c and 😀."')
    (small / "odd.toml").write_text(odd, encoding="utf-8")
    for name in ("small.toml", "odd.toml", "retail-bank", "online-store"):
        scenario = Scenario.load(name)
        (small / "back.toml").write_text(write_toml(scenario.to_dict()), encoding="utf-8")
        assert Scenario.load("back.toml") == scenario


def test_a_week_without_numbers_is_reported(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    live = session()

    def poisoned(organization: Organization) -> None:
        run_week(organization)
        organization.outcomes = {**organization.outcomes, "profit": math.nan}

    monkeypatch.setattr("sim.pages.live.session.run_week", poisoned)
    with pytest.raises(ScenarioError, match="profit is not a number in week 0"):
        live.step(3)
    assert [len(side.rows) for side in live.sides] == [1, 1]
