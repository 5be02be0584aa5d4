"""``centricity list``: complete for programs, aligned for pipes, readable on a terminal."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import typer
from rich.console import Console
from typer.testing import CliRunner, Result

from sim.analysis.metrics import METRICS
from sim.commands import list as listing
from sim.commands.list import COLUMNS, ROWS, STACKED, Catalog, parameter_row
from sim.lab.targets import read_targets
from sim.model import registry
from sim.model.kernel.parameters import Parameter, Tier
from sim.model.scenario import shipped
from sim.model.scenario.messages import Faults


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a scenario, a policy and an experiment, which are all that ships."""
    monkeypatch.setattr(shipped, "PACKAGE", tmp_path / "sim")
    for name, text in {
        "scenarios/bank.toml": 'about = """\nA bank\nof [500] people.\n"""\nnotice = "Decay."\n',
        "scenarios/policies/talk.toml": 'about = "Talk."\nspeeches = 1\nposters = 0.5\nuntil = 26\n',
        "experiments/turnover.toml": 'about = "Who stays?"\n',
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def run(*arguments: str) -> Result:
    """The command with these arguments."""
    app = typer.Typer()
    app.callback()(lambda: None)
    listing.register(app)
    return CliRunner().invoke(app, ["list", *arguments])


def rows(*arguments: str) -> Any:
    """What the command prints for programs."""
    result = run(*arguments, "--json")
    assert result.exit_code == 0
    return json.loads(result.stdout)


def test_parameters_for_programs_are_complete() -> None:
    found = {row["name"]: row for row in rows("parameters")}
    assert list(found) == list(registry.PARAMETERS)
    for name, parameter in registry.PARAMETERS.items():
        row = found[name]
        assert (row["default"], row["unit"], row["meaning"]) == (parameter.default, parameter.unit, parameter.meaning)
        assert (row["low"], row["high"]) == (parameter.low, parameter.high)
        assert (row["type"], row["kind"]) == (parameter.type, parameter.kind)
        assert (row["source"], row["tier"]) == (parameter.source, int(parameter.tier))


def test_policies_say_what_they_are_and_spend() -> None:
    none, talk = rows("policies")
    assert (none["name"], none["resources"], none["phases"]) == ("none", [], [])
    assert (talk["name"], talk["about"], talk["resources"]) == ("talk", "Talk.", ["posters", "speeches"])
    assert talk["phases"] == [{"from": 0, "until": 26, "posters": 0.5, "speeches": 1.0}]


def test_scenarios_and_experiments_say_what_they_are_about() -> None:
    assert rows("scenarios") == [{"name": "bank", "about": "A bank\nof [500] people.", "notice": "Decay.", "try": ""}]
    assert [row["name"] for row in rows("experiments")] == ["turnover"]


def test_resources_events_and_outcomes_are_those_of_the_registry() -> None:
    known = registry.current()
    assert [row["name"] for row in rows("resources")] == list(known.resources)
    assert [row["name"] for row in rows("outcomes")] == list(known.outcomes)
    assert [row["name"] for row in rows("events")] == list(known.event_kinds)
    for row in rows("events"):
        assert [field["name"] for field in row["fields"]] == list(known.event_kinds[row["name"]].fields)


def test_the_overview_for_programs_names_everything() -> None:
    overview = rows()
    assert list(overview) == [catalog.value for catalog in Catalog]
    assert overview["policies"] == ["none", "talk"]
    assert overview["parameters"] == list(registry.PARAMETERS)


def test_the_overview_for_people_is_short() -> None:
    lines = run().stdout.splitlines()
    assert lines[0] == "scenarios    bank"
    assert lines[1] == "policies     none, talk"
    assert f"parameters   {len(registry.PARAMETERS)}" in lines
    assert len(lines) == len(Catalog) + 1


@pytest.mark.parametrize("catalog", Catalog)
def test_in_a_pipe_there_is_a_line_for_each_thing(catalog: Catalog) -> None:
    result = run(catalog.value)
    assert result.exit_code == 0
    heading, *lines = result.stdout.splitlines()
    assert heading.split()[0] == "name"
    assert [line.split()[0] for line in lines] == [row["name"] for row in ROWS[catalog]()]
    assert "\x1b" not in result.stdout
    assert "..." not in result.stdout.replace("…", "...")


def test_a_parameter_in_a_pipe_has_default_range_unit_kind_meaning_source_and_tier() -> None:
    heading, *lines = run("parameters").stdout.splitlines()
    assert heading.split() == ["name", "default", "range", "unit", "kind", "meaning", "source", "tier"]
    (line,) = [line for line in lines if line.startswith("employees.turnover ")]
    parameter = registry.PARAMETERS["employees.turnover"]
    for part in ("0.02", "0 to 0.5", "per month", "  own  ", parameter.meaning, parameter.source):
        assert part in line
    assert line.endswith(f"  {int(parameter.tier)}")


@pytest.mark.parametrize("width", [100, 120])
@pytest.mark.parametrize("catalog", Catalog)
def test_on_a_terminal_the_table_fits_and_nothing_is_cut(catalog: Catalog, width: int) -> None:
    console = Console(file=StringIO(), width=width, force_terminal=True, no_color=True)
    found = ROWS[catalog]()
    console.print(listing.format_table(found, catalog))
    assert isinstance(console.file, StringIO)
    text = console.file.getvalue()
    assert "…" not in text
    for row in found:
        assert row["name"] in text


def test_what_is_stacked_is_all_there_is() -> None:
    for catalog, stacks in STACKED.items():
        assert {name for names in stacks for name in names} == {heading for heading, _ in COLUMNS[catalog]}


def test_square_brackets_are_no_markup() -> None:
    console = Console(file=StringIO(), width=100)
    console.print(listing.format_table(ROWS[Catalog.SCENARIOS](), Catalog.SCENARIOS))
    assert isinstance(console.file, StringIO)
    assert "[500]" in console.file.getvalue()


def test_a_terminal_gets_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[Any] = []
    monkeypatch.setattr(listing, "is_terminal", lambda: True)
    monkeypatch.setattr(Console, "print", lambda console, *content: shown.extend(content))
    assert run("outcomes").exit_code == 0
    assert [type(content).__name__ for content in shown] == ["Table"]


def test_a_faulty_file_is_reported(folder: Path) -> None:
    (folder / "scenarios" / "policies" / "bad.toml").write_text("speechs = 1", encoding="utf-8")
    result = run("policies")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr == (
        "scenarios/policies/bad.toml: speechs is not a resource. "
        "Did you mean speeches? (speeches per week, 0 to 5, default 0)\n"
    )


def test_an_unknown_catalog_is_refused() -> None:
    assert run("paramters").exit_code == 2


def test_help_has_an_example() -> None:
    result = run("--help")
    assert result.exit_code == 0
    assert "Example: centricity list parameters" in result.stdout


def test_mechanisms_say_how_they_are_switched_off() -> None:
    found = {row["name"]: row for row in rows("mechanisms")}
    assert list(found) == list(registry.current().mechanisms)
    assert found["word-of-mouth"]["neutral"] == {"word_of_mouth.strength": 0.0}
    assert found["norm"]["core"] and not found["energy"]["core"]
    assert "word_of_mouth.strength=0" in run("mechanisms").stdout


def test_a_switch_in_a_pipe_is_true_or_false() -> None:
    switch = Parameter("any.switch", True, "1", "Whether.", "Nobody", Tier.CONJECTURE)
    assert listing.format_range(parameter_row(switch)) == "true or false"


def test_facts_say_which_text_they_serve() -> None:
    found = {row["name"]: row for row in rows("evidence")}
    assert found["sacrifice"]["seed"].startswith("000")
    assert found["sacrifice"]["tier"] == 5
    assert found["sacrifice"]["kept"] is None


def test_facts_say_what_came_of_them_in_the_run_that_is_kept(folder: Path) -> None:
    kept = folder / "results" / "reference" / "evidence.json"
    kept.parent.mkdir(parents=True)
    kept.write_text('{"facts": [{"id": "sacrifice", "verdict": "holds"}]}', encoding="utf-8")
    found = {row["name"]: row["kept"] for row in rows("evidence")}
    assert found.pop("sacrifice") == "holds"
    assert set(found.values()) == {"not yet run"}
    reported = {line.split()[0]: line for line in run("evidence").stdout.splitlines()}
    assert "  holds  " in reported["sacrifice"] and "  not yet run  " in reported["stated-values"]


def test_measures_say_what_they_are_and_where_they_can_be_given() -> None:
    found = {row["name"]: row for row in rows("measures")}
    assert list(found) == list(METRICS)
    assert found["retention_annual"] == {
        "name": "retention_annual",
        "unit": "share",
        "kind": "share",
        "against_twin": False,
        "better": "higher",
        "meaning": METRICS["retention_annual"].meaning,
        "uses": ["compare --target", "experiment: keep, and then until, targets, objective", "scenario: objective"],
    }
    assert (found["lift_later"]["kind"], found["lift_later"]["against_twin"]) == ("difference", True)
    assert found["reported_change"]["better"] is None
    assert found["residual"]["uses"] == []
    heading, *lines = run("measures").stdout.splitlines()
    assert heading.split("  ")[0] == "name" and heading.endswith("can be given to")
    (line,) = [line for line in lines if line.startswith("cost ")]
    assert "  currency  " in line and "  level  " in line and "  lower  " in line and METRICS["cost"].meaning in line
    (line,) = [line for line in lines if line.startswith("half_life_weeks ")]
    assert line.endswith("nothing: it is no number of a single run")


def test_messages_about_measures_name_the_command_that_lists_them() -> None:
    faults = Faults()
    read_targets(["xyzzy>=1"], faults)
    assert faults.messages == [
        "--target xyzzy is not a measure that single runs have. `centricity list measures` shows them."
    ]
