"""``centricity check``: good files are named, faults go to the standard error, and the exit code tells which."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from sim.commands import check
from sim.commands.errors import reporting_faults
from sim.model.scenario import shipped
from sim.model.scenario.finding import find
from sim.model.scenario.loading import read_toml

DEPARTMENTS = '[[departments]]\nname = "everyone"\nshare = 1\nfacing = 0.5\npower = 1\n'


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a scenario, a policy and an experiment, which are also all that ships."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(shipped, "PACKAGE", tmp_path / "sim")
    for name, text in {
        "scenarios/bank.toml": "weeks = 52\n" + DEPARTMENTS + '[[events]]\nkind = "market_shift"\nweek = 3\n',
        "scenarios/policies/talk.toml": "speeches = 1\nposters = 0.5\nuntil = 26\n",
        "experiments/turnover.toml": 'scenario = "bank"\n',
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def run(*arguments: str) -> Result:
    """The command with these arguments."""
    app = typer.Typer()
    app.callback()(lambda: None)
    check.register(app)
    return CliRunner().invoke(app, ["check", *arguments])


def files_named(result: Result) -> list[str]:
    """The lines that name files; those that say what is in them are indented."""
    return [line for line in result.stdout.splitlines() if not line.startswith(" ")]


def test_files_that_are_fine_are_named() -> None:
    result = run("scenarios/bank.toml", "scenarios/policies/talk.toml")
    assert result.exit_code == 0
    assert result.stderr == ""
    assert files_named(result) == [
        "scenarios/bank.toml: ok (scenario bank: 52 weeks, 1 department, 1 event, policies none, talk)",
        "scenarios/policies/talk.toml: ok (policy talk: 1 phase, posters, speeches)",
    ]


def test_names_of_what_ships_will_do() -> None:
    result = run("bank", "talk")
    assert result.exit_code == 0
    assert [line.split()[0] for line in files_named(result)] == [
        "scenarios/bank.toml:",
        "scenarios/policies/talk.toml:",
    ]


def test_every_fault_of_every_file_is_reported_and_fine_files_still_are(folder: Path) -> None:
    (folder / "one.toml").write_text("weeks = 0\n[employees]\nturnovr = 1\n" + DEPARTMENTS, encoding="utf-8")
    (folder / "two.toml").write_text("speechs = 1\nposters = 0.5\n", encoding="utf-8")
    result = run("one.toml", "bank", "two.toml", "missing.toml")
    assert result.exit_code == 2
    assert files_named(result) == [
        "scenarios/bank.toml: ok (scenario bank: 52 weeks, 1 department, 1 event, policies none, talk)"
    ]
    assert result.stderr.splitlines() == [
        "one.toml: weeks must be 1 to 5200 (weeks), got 0. Give a whole number of weeks.",
        "one.toml: employees.turnovr is not a parameter. "
        "Did you mean employees.turnover? (per month, 0 to 0.5, default 0.02)",
        "two.toml: speechs is not a resource. Did you mean speeches? (speeches per week, 0 to 5, default 0)",
        "missing.toml: there is no such file, and no such name among the scenarios or policies or "
        "experiments or lessons that ship. Known: turnover, talk, bank.",
    ]


def test_a_directory_is_reported() -> None:
    result = run("scenarios")
    assert result.exit_code == 2
    assert result.stderr == "scenarios: this must be a file, got a directory. Name a file in it. Known: bank.toml.\n"


def test_an_organization_is_told_in_the_figures_of_a_year() -> None:
    lines = run("bank").stdout.splitlines()
    assert lines[1] == "  2,000 customers (every one simulated), 80 % of the market; 91.5 % are kept a year."
    assert "brings EUR 416 a year" in lines[2]
    assert lines[3].startswith("  500 people, of whom 24 % leave a year")
    assert "satisfaction 70 of 100" in lines[4]


def test_what_is_hardly_meant_is_a_warning_and_no_fault(folder: Path) -> None:
    text = "[customers]\ninitial = 2.000\nmarket = 2500\n[money]\ncontact_cost = 900\n" + DEPARTMENTS
    (folder / "odd.toml").write_text(text, encoding="utf-8")
    result = run("odd.toml")
    assert result.exit_code == 0
    assert result.stdout.startswith("odd.toml: ok")
    warnings = result.stderr.splitlines()
    assert warnings[0] == (
        "Warning: odd.toml: customers.initial = 2.000 is read as 2. If the point separates thousands, write 2000; else write 2."
    )
    assert all(line.startswith("Warning: ") for line in warnings)


def test_no_file_is_no_task() -> None:
    assert run().exit_code == 2


def test_debug_shows_the_traceback_besides() -> None:
    result = run("gone.toml", "--debug")
    assert result.exit_code == 2
    assert "Traceback" in result.stderr
    assert "gone.toml: there is no such file" in result.stderr
    assert "Traceback" not in run("gone.toml").stderr


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [
        ("a.toml", "speeches = 1", "policies"),
        ("a.toml", "speechs = 1", "policies"),
        ("a.toml", "weeks = 52", "scenarios"),
        ("a.toml", "weeks = 52\n[employees]\nnumber = 3", "scenarios"),
        ("a.toml", "coaching = 0.5\nuntil = 8", "policies"),  # a resource, and the name of a section
        ("a.toml", "[coaching]\nhours = 2.0", "scenarios"),
        ("a.toml", "[[phases]]\nspeeches = 1", "policies"),
        ("policies/a.toml", "about = 'Talk.'", "policies"),
        ("a.toml", DEPARTMENTS, "scenarios"),
        ("policies/a.toml", DEPARTMENTS, "scenarios"),
        ("a.toml", "", "scenarios"),
        ("a.toml", "training = 1.0", "policies"),  # [training] is a table of parameters, too
        ("a.toml", "[training]\neffect = 0.02", "scenarios"),
        ("a.toml", "[policies.mine]\nspeeches = 1", "scenarios"),
        ("a.toml", "scenario = 'bank'\n[factors]", "experiments"),
        ("experiments/a.toml", "", "experiments"),
    ],
)
def test_the_kind_of_a_file_is_seen_from_what_is_in_it(folder: Path, name: str, text: str, kind: str) -> None:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    source = find(name)
    assert check.kind_of(source, read_toml(source)) == kind


def test_help_has_an_example() -> None:
    result = run("--help")
    assert result.exit_code == 0
    assert "Example: centricity check" in result.stdout


def test_what_the_system_refuses_is_bad_input_too(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit) as caught, reporting_faults():
        raise PermissionError(13, "Permission denied", "out/weekly.csv")
    assert caught.value.exit_code == 2
    assert capsys.readouterr().err == (
        "out/weekly.csv: the file cannot be read or written: Permission denied. "
        "Check the path, its permissions and the disk.\n"
    )


def test_a_reader_who_has_seen_enough_is_no_fault() -> None:
    with pytest.raises(BrokenPipeError), reporting_faults():
        raise BrokenPipeError(32, "Broken pipe")


def test_errors_of_the_program_itself_are_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError), reporting_faults():
        raise ZeroDivisionError


def test_a_baseline_is_run_where_that_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "baseline_of", lambda scenario: (f"Measured: {scenario.name}.", ["It drifts."]))
    assert "Measured" not in run("bank").stdout
    result = run("bank", "talk", "--baseline")
    assert result.exit_code == 0
    assert result.stdout.count("  Measured: bank.") == 1
    assert result.stderr == "Warning: It drifts.\n"
