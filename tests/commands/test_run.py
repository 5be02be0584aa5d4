"""``centricity run``: one run in a file, and the history of agents."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from lab.small import TEXT, WEEKS, small
from typer.testing import CliRunner, Result

from sim.commands import run as command
from sim.commands.cli import app
from sim.lab import compare, replicate
from sim.model.organization import Organization
from sim.model.outcomes.weekly import OUTCOME_NAMES
from sim.model.simulation import Run
from sim.model.tracing import TRACED


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, with a scenario file."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "small.toml").write_text(TEXT, encoding="utf-8")
    return tmp_path


def run(*arguments: str) -> Result:
    """The command with these arguments."""
    return CliRunner().invoke(app, ["run", *arguments])


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@pytest.mark.parametrize("name", ["weeks.csv", "weeks.parquet"])
def test_one_row_a_week_and_every_outcome(folder: Path, name: str) -> None:
    result = run("small.toml", "--policy", "drill", "--seed", "7", "--out", name)
    assert result.exit_code == 0, result.output
    assert result.stdout.strip() == f"{name}: {WEEKS} weeks of small under drill, seed 7"
    weekly = pd.read_csv(folder / name) if name.endswith("csv") else pd.read_parquet(folder / name)
    assert list(weekly.columns) == ["week", *OUTCOME_NAMES]
    assert list(weekly["week"]) == list(range(WEEKS))
    assert weekly["reach"].isna().all()
    assert weekly["active_customers"].dtype == "int64"


def test_both_formats_hold_the_same_to_the_byte(folder: Path) -> None:
    for name in ("weeks.csv", "weeks.parquet"):
        assert run("small.toml", "--policy", "talk", "--out", name).exit_code == 0
    first, second = pd.read_csv(folder / "weeks.csv"), pd.read_parquet(folder / "weeks.parquet")
    pd.testing.assert_frame_equal(first, second, check_exact=True)
    assert (folder / "weeks.csv").read_bytes() == second.to_csv(index=False, lineterminator="\n").encode()


def test_a_seed_of_a_comparison_repeats_its_run(folder: Path) -> None:
    comparison = compare(small(), ["talk"], replicates=2, workers=1, overrides={"employees.turnover": 0.1})
    row = comparison.runs.query("policy == 'talk' and replicate == 1").iloc[0]
    arguments = ["--policy", "talk", "--seed", str(row["seed"]), "--set", "employees.turnover=0.1"]
    assert run("small.toml", *arguments, "--out", "again.parquet").exit_code == 0
    again = pd.read_parquet(folder / "again.parquet").drop(columns="reach")
    original = comparison.weekly.query("policy == 'talk' and replicate == 1")
    expected = original.drop(columns=["policy", "replicate", "reach"]).reset_index(drop=True)
    pd.testing.assert_frame_equal(again, expected, check_exact=True)


def test_an_existing_file_is_replaced(folder: Path) -> None:
    (folder / "weeks.csv").write_text("old")
    assert run("small.toml", "--weeks", "2", "--out", "weeks.csv").exit_code == 0
    assert len((folder / "weeks.csv").read_text().splitlines()) == 3
    assert files(folder) == {"small.toml", "weeks.csv"}


def test_bad_input_is_reported_all_at_once_and_nothing_is_written(folder: Path) -> None:
    result = run(
        "small.toml", "--policy", "dril", "--seed", "-3", "--out", "weeks.txt", "--history", "missing/history.csv"
    )
    assert result.exit_code == 2
    reported = result.stderr.splitlines()
    assert len(reported) == 5
    for part in (
        "--seed must be",
        "Did you mean drill?",
        "must end in .csv or .parquet, got .txt",
        "--trace customer:17",
    ):
        assert part in result.stderr
    assert files(folder) == {"small.toml"}


def test_it_needs_something_to_write_or_tell() -> None:
    result = run("small.toml")
    assert result.exit_code == 2
    assert result.stderr == "--out must name a file for the weekly rows, got none. Write for example --out run.csv.\n"


def test_histories_are_printed_with_causes() -> None:
    arguments = [
        word for agent in ("employee:3", "department:back office", "customer:99999") for word in ("--trace", agent)
    ]
    result = run("small.toml", "--weeks", "3", "--policy", "drill", *arguments)
    assert result.exit_code == 1, result.output
    assert result.stderr.splitlines()[-2:] == [
        "--trace customer:99999: no one of that number was there in these weeks of seed 1.",
        "Numbers count in order of arrival, from 0; lower ones came first.",
    ]
    lines = result.stdout.splitlines()
    assert lines[0].startswith("employee 3: ")
    assert any(line.startswith("department 1: ") for line in lines)
    assert lines[-1] == "customer 99999: was not there in these weeks"
    assert any("practiced" in line and "coaching" in line for line in lines)


def test_histories_are_written(folder: Path) -> None:
    arguments = ["--trace", "employee:3", "--trace", "executive:0", "--history", "history.csv"]
    result = run("small.toml", "--weeks", "4", *arguments)
    assert result.exit_code == 0, result.output
    table = pd.read_csv(folder / "history.csv")
    assert list(table.columns) == ["agent", "week", "what", "value", "cause"]
    assert set(table["agent"]) == {"employee:3", "executive:0"}


@pytest.mark.parametrize(
    ("agent", "message"),
    [
        ("custmer:1", "Did you mean customer:1?"),
        ("17", "must be KIND:ID"),
        ("employee:", "must be KIND:ID"),
        ("employee:-1", "must have a whole number"),
        ("employee:99999999999999999999", "must have a whole number"),
        ("department:back ofice", "Did you mean department:back office?"),
        ("department:2", "Known: front, back office."),
    ],
)
def test_agents_that_cannot_be_are_refused(agent: str, message: str) -> None:
    result = run("small.toml", "--trace", agent)
    assert result.exit_code == 2
    assert result.stderr.startswith("--trace ")
    assert message in result.stderr


def test_the_kinds_are_those_that_the_model_traces() -> None:
    assert sorted(command.KINDS) == sorted(TRACED)


def test_a_run_without_numbers_is_no_success(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = replicate.simulate

    def poisoned(organization: Organization, weeks: int) -> Run:
        result = made(organization, weeks)
        result.values[-1, OUTCOME_NAMES.index("profit")] = float("nan")
        return result

    monkeypatch.setattr(replicate, "simulate", poisoned)
    result = run("small.toml", "--weeks", "5", "--out", "run.csv")
    assert result.exit_code == 1
    assert result.stderr.startswith("profit is not a number in week 4: nan. Nothing was written.")
    assert files(folder) == {"small.toml"}


def test_an_interrupt_leaves_no_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("sim.lab.replicate.simulate", interrupt)
    result = run("small.toml", "--out", "weeks.csv")
    assert result.exit_code == command.INTERRUPTED
    assert "no part of a file was written" in result.stderr
    assert files(folder) == {"small.toml"}


def test_a_run_does_not_wait_for_what_it_does_not_use(folder: Path) -> None:
    code = (
        "import sys\n"
        "sys.argv = ['centricity', 'run', 'small.toml', '--weeks', '1', '--out', 'weeks.csv']\n"
        "from sim.commands.cli import main\n"
        "try:\n    main()\nexcept SystemExit as end:\n    assert not end.code, end.code\n"
        "slow = {'pandas', 'pyarrow', 'matplotlib', 'jinja2', 'scipy.stats', 'scipy.optimize'} & set(sys.modules)\n"
        "assert not slow, slow\n"
    )
    path = str(Path(command.__file__).parents[2])
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env={"PYTHONPATH": path, "PATH": ""}, check=False
    )
    assert done.returncode == 0, done.stderr
