"""``centricity compare``: the table, the folder, the exit codes."""

from __future__ import annotations

import errno
import json
import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
from lab.small import TEXT, WEEKS, compared
from typer.testing import CliRunner, Result

from sim.analysis.metrics import METRICS
from sim.commands import compare as command
from sim.commands.cli import app
from sim.lab import comparison, kept_results, replicate, worker_process
from sim.lab.lock import Lock
from sim.lab.worker_process import WorkerError
from sim.model.organization import Organization
from sim.model.outcomes.weekly import OUTCOME_NAMES
from sim.model.scenario import Scenario
from sim.model.simulation import Run, burn_in, simulate

QUICK = ("small.toml", "--replicates", "2", "--workers", "1")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, with a scenario file."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "small.toml").write_text(TEXT, encoding="utf-8")
    return tmp_path


@pytest.fixture
def no_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out what takes longest."""
    monkeypatch.setattr("sim.pages.report.pictures.PICTURES", ())


def run(*arguments: str) -> Result:
    """The command with these arguments."""
    return CliRunner().invoke(app, ["compare", *arguments])


def files(folder: Path) -> set[str]:
    """Everything in a folder, by path."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_it_prints_a_table_and_the_answer_and_writes_everything(folder: Path) -> None:
    result = run(*QUICK, "--out", "results")
    assert result.exit_code == 0, result.output
    assert max(len(line) for line in result.stdout.splitlines()) <= 100
    for word in ("reach at", "lift at end", "net present", "probability", "none", "talk", "drill", "conjecture"):
        assert word in result.stdout
    assert "results/report.html" in result.stdout.replace("\\", "/")
    assert result.stderr.startswith(f"small: 3 policies, 2 replicates, {WEEKS} weeks, 1 worker")
    assert f"Planned cost over {WEEKS} weeks: talk EUR 39 thousand and drill EUR 57.6 thousand." in result.stderr
    assert files(folder / "results") == {
        "summary.json",
        "weekly.parquet",
        "runs.csv",
        "replicates.csv",
        "dictionary.csv",
        "report.html",
        "manifest.json",
        *(f"figures/{name}.png" for name in ("propagation", "decay", "loyalty", "money")),
        "figures/first-page.png",
        "figures/first-page.pdf",
    }
    text = (folder / "results" / "summary.json").read_text(encoding="utf-8")
    summary = json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    assert list(summary["policies"]) == ["none", "talk", "drill"]
    assert all(list(measures) == list(METRICS) for measures in summary["policies"].values())
    weekly = pd.read_parquet(folder / "results" / "weekly.parquet")
    assert list(weekly.columns) == ["policy", "replicate", "week", *OUTCOME_NAMES]
    assert len(weekly) == 3 * 2 * WEEKS


def test_the_command_in_the_manifest_gives_the_same_results(folder: Path) -> None:
    options = ["--policy", "talk", "--weeks", "20", "--seed", "3", "--set", "employees.turnover=0.1", "--equal-budget"]
    assert run(*QUICK, *options, "--out", "first").exit_code == 0
    manifest = json.loads((folder / "first" / "manifest.json").read_text(encoding="utf-8"))
    program, verb, *arguments = manifest["command"].split()
    assert (program, verb) == ("centricity", "compare")
    assert run(*arguments, "--workers", "1", "--out", "second").exit_code == 0
    for name in ("summary.json", "weekly.parquet", "runs.csv", "figures/decay.png"):
        assert (folder / "first" / name).read_bytes() == (folder / "second" / name).read_bytes(), name


def test_targets_and_what_nobody_knows_are_printed_and_written(folder: Path) -> None:
    asked = ["--target", "retention_annual>=50%", "--unknown", "2", "--tornado", "--vary", "norm.sharpness"]
    result = run(*QUICK, "--policy", "none", "--policy", "talk", "--weeks", "20", *asked, "--out", "first")
    assert result.exit_code == 0, result.output
    assert "Chance of retention_annual>=0.5: none " in result.stdout
    assert "and 4 parameter points" in result.stderr
    manifest = json.loads((folder / "first" / "manifest.json").read_text(encoding="utf-8"))
    program, verb, *arguments = shlex.split(manifest["command"])
    assert (program, verb) == ("centricity", "compare")
    assert run(*arguments, "--workers", "1", "--out", "second").exit_code == 0
    names = (
        "summary.json",
        "parameter-points.csv",
        "runs-at-parameter-points.csv",
        "figures/uncertainty.png",
        "figures/tornado.png",
    )
    for name in names:
        assert (folder / "first" / name).read_bytes() == (folder / "second" / name).read_bytes(), name
    summary = json.loads((folder / "first" / "summary.json").read_text(encoding="utf-8"))
    assert summary["parameter_uncertainty"]["varied"] == ["norm.sharpness"]
    runs = pd.read_csv(folder / "first" / "runs-at-parameter-points.csv")
    draws = runs[(runs["design"] == "unknown") & (runs["policy"] == "talk")]
    assert set(draws["organization"]) == {0, 1} and len(draws) == 2 * 2


@pytest.mark.usefixtures("no_pictures")
def test_without_out_each_scenario_has_its_folder_and_is_replaced(folder: Path) -> None:
    assert run(*QUICK, "--weeks", "3").exit_code == 0
    again = run(*QUICK, "--weeks", "2")
    assert again.exit_code == 0
    assert "in place of an earlier comparison" in again.stdout
    summary = json.loads((folder / "centricity-results" / "small" / "summary.json").read_text(encoding="utf-8"))
    assert summary["weeks"] == 2


@pytest.mark.usefixtures("no_pictures")
def test_years_are_a_length_and_a_horizon_that_is_set_is_said(folder: Path) -> None:
    result = run(*QUICK, "--policy", "talk", "--years", "1", "--set", "money.horizon=26", "--out", "results")
    assert result.exit_code == 0, result.output
    said = " ".join(result.stdout.split())
    assert "counted over the first 26 weeks of a run of 1 year (money.horizon = 26)" in said
    summary = json.loads((folder / "results" / "summary.json").read_text(encoding="utf-8"))
    assert (summary["weeks"], summary["horizon"]) == (52, 26)
    command = json.loads((folder / "results" / "manifest.json").read_text(encoding="utf-8"))["command"]
    assert "--years 1" in command and "--weeks" not in command
    refused = run(*QUICK, "--years", "1", "--weeks", "3", "--set", "money.horizon=53")
    assert refused.exit_code == 2
    assert "--years must not be given beside --weeks" in refused.stderr
    assert "money.horizon must be at most the length of the run" in refused.stderr


def test_bad_input_is_reported_all_at_once_and_nothing_is_written(folder: Path) -> None:
    (folder / "busy").mkdir()
    (folder / "busy" / "thesis.txt").touch()
    before = files(folder)
    result = run(*QUICK[:1], "--replicates", "0", "--policy", "tlak", "--seed", "-1", "--out", "busy")
    assert result.exit_code == 2
    assert result.stdout == ""
    reported = result.stderr.splitlines()
    assert len(reported) == 4
    assert reported[0].startswith("--replicates must be a whole number, 1 to 100000, got 0.")
    assert "Did you mean talk?" in result.stderr
    assert "thesis.txt" in reported[-1]
    assert files(folder) == before


def test_faults_of_assignments_and_files_are_messages(folder: Path) -> None:
    result = run(*QUICK, "--set", "employees.turnovr=1", "--set", "norm.rule", "--weeks", "0")
    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 3
    assert "Did you mean employees.turnover?" in result.stderr
    assert "--weeks must be 1 to 5200" in result.stderr
    (folder / "broken.toml").write_text("weeks = ", encoding="utf-8")
    result = run("broken.toml")
    assert result.exit_code == 2
    assert result.stderr.startswith("broken.toml: line 1")
    assert "Traceback" not in result.output
    assert "Traceback" in run("broken.toml", "--debug").output


@pytest.mark.usefixtures("no_pictures")
def test_failed_runs_are_reported_and_give_code_1(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(organization: Organization, weeks: int) -> Run:
        if organization.schedule.policy.name == "talk":
            raise ArithmeticError("no")
        return simulate(organization, weeks)

    monkeypatch.setattr(replicate, "simulate", fail)
    result = run(*QUICK, "--out", "results")
    assert result.exit_code == 1
    assert "2 of 6 runs failed" in result.stderr
    assert "talk, replicate 0, seed " in result.stderr
    assert "ArithmeticError: no" in result.stderr
    runs = pd.read_csv(folder / "results" / "runs.csv")
    assert (runs["status"] == "failed").sum() == 2


@pytest.mark.usefixtures("no_pictures")
def test_a_full_disk_gives_code_1_and_no_half_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fill(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(comparison, "write_csv", fill)
    result = run(*QUICK, "--weeks", "2", "--out", "results")
    assert result.exit_code == 1
    assert "the disk is full, so nothing was written" in result.stderr
    assert "probability" in result.stdout  # the work is not lost for the reader
    assert files(folder) == {"small.toml"}


def test_an_interrupt_says_how_to_go_on(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []

    def interrupt(scenario: Scenario, seed: int) -> Organization:
        seen.append(seed)
        if len(seen) == 2:
            raise KeyboardInterrupt
        return burn_in(scenario, seed)

    monkeypatch.setattr(replicate, "burn_in", interrupt)
    result = run(*QUICK, "--weeks", "2", "--out", "results")
    assert result.exit_code == command.INTERRUPTED
    assert (
        "Interrupted after 1 of 2 replicates: no results were written. The same command starts again" in result.stderr
    )
    assert files(folder) == {"small.toml"}


def test_results_that_are_finished_outlast_an_interrupt(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same command does the rest alone, writes the same, and leaves nothing else behind."""
    words = (*QUICK, "--weeks", "2", "--futures", "--unknown", "2", "--target", "reach>=0.1")
    seen: list[int] = []
    interrupted_at = 0

    def count(scenario: Scenario, seed: int) -> Organization:
        seen.append(seed)
        if len(seen) == interrupted_at:
            raise KeyboardInterrupt
        return burn_in(scenario, seed)

    monkeypatch.setattr(replicate, "burn_in", count)
    monkeypatch.setattr(kept_results, "SAVED_EVERY", 0.0)
    assert run(*words, "--out", "whole").exit_code == 0
    total, interrupted_at = len(seen), len(seen) + 6
    result = run(*words, "--out", "results")
    assert result.exit_code == command.INTERRUPTED
    assert "goes on after the 5 that are kept in" in result.stderr
    assert not (folder / "results").exists()
    seen.clear()
    assert run(*words, "--out", "results").exit_code == 0
    assert len(seen) == total - 5
    assert not list(folder.glob(".results*"))
    whole, resumed = (files(folder / name) for name in ("whole", "results"))
    assert whole == resumed
    for name in sorted(whole - {"manifest.json"}):
        assert (folder / "whole" / name).read_bytes() == (folder / "results" / name).read_bytes(), name


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_a_comparison_that_is_killed_goes_on_where_it_was(folder: Path) -> None:
    words = ["compare", "small.toml", "--replicates", "400", "--workers", "2", "--out", "results"]
    code = (
        "import sim.lab.kept_results as kept\nkept.SAVED_EVERY = 0.2\n"
        f"import sys\nsys.argv = ['centricity', *{words}]\nfrom sim.commands.cli import main\nmain()\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(command.__file__).parents[2]), "TMPDIR": str(folder)}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": environment}
    process = subprocess.Popen([sys.executable, "-c", code], **quiet)  # type: ignore[call-overload]
    deadline = time.monotonic() + 100
    while len(list(folder.glob(".results.unfinished/results-*.npz"))) < 2:
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.kill()
    process.wait()
    assert subprocess.run([sys.executable, "-c", code], **quiet, check=False).returncode == 0  # type: ignore[call-overload]
    assert not list(folder.glob(".*")), "no litter"
    assert run(*words[1:-1], "whole").exit_code == 0
    for name in files(folder / "whole") - {"manifest.json"}:
        assert (folder / "whole" / name).read_bytes() == (folder / "results" / name).read_bytes(), name


def test_a_link_in_place_of_unfinished_results_is_refused(folder: Path) -> None:
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir()
    (folder / ".results.unfinished").symlink_to(elsewhere)
    result = run(*QUICK, "--weeks", "2", "--out", "results")
    assert result.exit_code == command.BAD_INPUT
    assert "got a link or a file" in result.stderr
    assert not any(elsewhere.iterdir())


def test_two_comparisons_do_not_write_into_the_same_folder(folder: Path) -> None:
    kept = folder / ".results.unfinished"
    kept.mkdir()
    with Lock(kept):
        result = run(*QUICK, "--weeks", "2", "--out", "results")
    assert result.exit_code == command.BAD_INPUT
    assert "works there" in result.stderr
    assert not (folder / "results").exists()


def test_where_no_process_can_be_started_the_message_names_the_option(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise WorkerError

    monkeypatch.setattr(worker_process.WorkerProcess, "start", refuse)
    result = run("small.toml", "--replicates", "2", "--workers", "2")
    assert result.exit_code == 1
    assert "--workers 1" in result.stderr


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_tables_fit_the_width(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], width: int) -> None:
    monkeypatch.setattr(command, "_WIDEST", width)
    command._print(compared())
    printed = capsys.readouterr().out
    assert max(len(line) for line in printed.splitlines()) <= width
    assert "…" not in printed
    for policy in ("none", "ending", "drill"):
        assert policy in printed


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_ctrl_c_in_a_real_process_leaves_nobody_and_nothing_but_what_is_kept(folder: Path) -> None:
    words = ["centricity", "compare", "small.toml", "--replicates", "10000", "--workers", "2", "--out", "results"]
    code = (
        "import signal, sys\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # the process that started the tests may ignore it
        f"sys.argv = {words}\n"
        "from sim.commands.cli import main\n"
        "main()\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(command.__file__).parents[2])},
        start_new_session=True,
    )
    assert process.stderr is not None
    first = process.stderr.readline()
    assert "10000 replicates" in first
    assert any("replicates: " in line for line in iter(process.stderr.readline, ""))
    os.killpg(process.pid, signal.SIGINT)
    _, reported = process.communicate(timeout=60)  # ends only when the workers have let go of the pipes too
    assert process.returncode == command.INTERRUPTED
    assert "Interrupted after" in reported
    assert "Traceback" not in reported
    assert all(name == "small.toml" or name.startswith(".results.unfinished/") for name in files(folder))


@pytest.mark.slow
def test_whoever_waits_for_workers_imports_neither_compiler_nor_plotting(folder: Path) -> None:
    code = (
        "import sys\n"
        "from sim.__main__ import main\n"
        "if __name__ == '__main__':\n"
        "    sys.argv = ['centricity', 'compare', 'small.toml', '--replicates', '2', '--workers', '2', '--out', 'out']\n"
        "    try:\n        main()\n    except SystemExit as end:\n        assert not end.code, end.code\n"
        "    slow = {'numba', 'matplotlib', 'scipy.stats', 'scipy.optimize'} & set(sys.modules)\n"
        "    assert not slow, slow\n"
    )
    (folder / "typed.py").write_text(code)
    environment = {**os.environ, "PYTHONPATH": str(Path(command.__file__).parents[2])}
    done = subprocess.run(
        [sys.executable, "typed.py"], capture_output=True, text=True, env=environment, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert (folder / "out" / "figures" / "decay.png").is_file()
