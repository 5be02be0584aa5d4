"""The command as a whole: help, version, exit codes, faults of the program itself."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sim.commands import cli
from sim.commands.cli import COMMANDS, app
from sim.commands.errors import INTERRUPTED, ended_like_interrupted

TOP = Path(cli.__file__).parents[2]


def test_the_help_lists_every_command() -> None:
    result = CliRunner().invoke(app, ["--help"])
    assert result.exit_code == 0
    assert {"compare", "run", "list", "check"} <= set(COMMANDS)
    for name in COMMANDS:
        assert f" {name} " in result.output
    assert "centricity compare" in result.output


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_an_example(name: str) -> None:
    result = CliRunner().invoke(app, [name, "--help"])
    assert result.exit_code == 0
    assert f"Example: centricity {name}" in result.output
    assert "--debug" in result.output


def test_the_version() -> None:
    result = CliRunner().invoke(app, ["--version"])
    assert result.exit_code == 0
    assert result.output.startswith("centricity ")


def test_a_misspelt_command_is_corrected() -> None:
    result = CliRunner().invoke(app, ["compear"])
    assert result.exit_code == 2
    assert "compare" in result.output


def test_wrong_use_gives_code_2() -> None:
    assert CliRunner().invoke(app, ["compare", "--replicates", "many"]).exit_code == 2
    assert CliRunner().invoke(app, ["compare", "--no-such-option"]).exit_code == 2


def test_the_module_runs_as_a_program() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "sim", "check", "no-such-file.toml"],
        capture_output=True,
        text=True,
        cwd=TOP,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("no-such-file.toml: ")
    assert done.stdout == ""


def test_a_fault_of_the_program_is_one_line_unless_debug_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise KeyError("a\nb")

    monkeypatch.setattr(cli, "app", fail)
    monkeypatch.setattr(sys, "argv", ["centricity", "list"])
    with pytest.raises(SystemExit) as caught:
        cli.main()
    assert caught.value.code == 1
    reported = capsys.readouterr().err
    assert reported.startswith("centricity failed by a fault of its own (KeyError: 'a\\nb').")
    assert reported.count("\n") == 1
    monkeypatch.setattr(sys, "argv", ["centricity", "list", "--debug"])
    with pytest.raises(KeyError):
        cli.main()


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        (["compare", "--replicates", "2.5"], ("--replicates", "2.5")),
        (["compare", "--budget", "much"], ("--budget", "much")),
        (["list", "polices"], ("polices", "policies", "scenarios")),
    ],
)
def test_values_that_cannot_be_are_reported_with_the_value(words: list[str], parts: tuple[str, ...]) -> None:
    reported = CliRunner().invoke(app, words)
    assert reported.exit_code == 2
    assert all(part in reported.output for part in parts), reported.output
    assert "Value error" not in reported.output
    assert "Input should" not in reported.output


@pytest.mark.parametrize(("asked", "used"), [({}, "1"), ({"OPENBLAS_NUM_THREADS": "3"}, "3")])
def test_commands_use_one_thread_for_linear_algebra_unless_the_user_says_otherwise(
    asked: dict[str, str], used: str
) -> None:
    code = (
        "import os, sys\n"
        "from sim.__main__ import main\n"
        "import sim.lab.worker_pool\n"
        "assert 'numpy' not in sys.modules, 'too late'\n"
        "sys.argv = ['centricity', '--version']\n"
        "try:\n    main()\nexcept SystemExit:\n    print(os.environ['OPENBLAS_NUM_THREADS'])\n"
    )
    others = {name: value for name, value in os.environ.items() if not name.endswith("_NUM_THREADS")}
    environment = {**others, "PYTHONPATH": str(Path(cli.__file__).parents[2]), **asked}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == used


@pytest.mark.skipif(os.name != "posix", reason="signals")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_every_signal_to_end_gives_code_130(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Also while a command has not yet anything to say about it."""
    number = getattr(signal, name)
    monkeypatch.setattr("sim.commands.check.kind_of", lambda *_: signal.raise_signal(number))
    usual = signal.default_int_handler if name == "SIGINT" else signal.SIG_DFL
    before = signal.signal(number, usual)  # where tests run in the background it may be ignored
    try:
        result = CliRunner().invoke(app, ["check", "online-store"])
        assert signal.getsignal(number) == usual
    finally:
        signal.signal(number, before)
    assert result.exit_code == INTERRUPTED
    assert result.stderr == "Interrupted. The same command starts again.\n"


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_a_signal_that_is_ignored_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with ended_like_interrupted():
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


@pytest.mark.skipif(os.name != "posix", reason="signals")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_an_error_that_a_library_makes_of_an_interruption_is_an_interruption(name: str) -> None:
    def half_imported(number: int) -> None:
        try:
            signal.raise_signal(number)
        except KeyboardInterrupt:
            raise ImportError("half imported") from None

    number = getattr(signal, name)
    before = signal.signal(number, signal.default_int_handler if name == "SIGINT" else signal.SIG_DFL)
    try:
        with pytest.raises(KeyboardInterrupt), ended_like_interrupted():
            half_imported(number)
        with pytest.raises(ImportError, match="not there"), ended_like_interrupted():
            raise ImportError("not there")
    finally:
        signal.signal(number, before)
