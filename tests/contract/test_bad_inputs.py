"""No bad input ends in a traceback, is taken in silence, or leaves a file behind."""

from __future__ import annotations

import inspect
import random
import re
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from bad_inputs import (
    BASES,
    EXPERIMENT,
    EXTENSION,
    FILES,
    FLAG,
    OPTIONS,
    OWN,
    POLICY,
    RETENTION,
    Case,
    option_case,
    words_of_lessons,
    write,
    written,
)
from typer.testing import CliRunner

from contract.test_python_calls import COMPARED, MODELS
from sim import CentricityModel, compare
from sim.commands.cli import COMMANDS, app
from sim.model.extensions import consent
from sim.model.scenario.shipped import KINDS

SEED = 20_240_501

STARTS = (
    "sim.lab.comparison_run.run_comparison", "sim.lab.replicate.run_single", "sim.model.tracing.trace",
    "sim.lab.sweep.sweeping._Session.run", "sim.pages.live.server.LiveServer", "sim.pages.lesson.precomputed.precompute",
    "sim.commands.evidence.score", "sim.commands.evidence.Designs.extend", "sim.calibration.calibrate.fit_purchases",
    "sim.calibration.calibrate.fit_contract", "sim.analysis.sweep_text.analyze_outcome", "sim.documentation.render_odd",
    "sim.commands.list.print_overview", "sim.pages.game.page.render_game", "sim.pages.game.debrief.run_teams",
    "sim.commands.reproduce.run_again", "sim.lab.archive.write_archive",
)  # fmt: skip
"""Where work begins that no bad input may reach."""


class BegunError(Exception):
    """Work has begun."""


@pytest.fixture(scope="module", autouse=True)
def _no_work() -> Iterator[None]:
    """Let all work say that it has begun, and do nothing."""
    with pytest.MonkeyPatch.context() as patch:
        for place in STARTS:

            def begin(*_: Any, place: str = place, **__: Any) -> None:
                raise BegunError(place)

            patch.setattr(place, begin)
        yield


def tree() -> dict[str, Any]:
    """Every command with its options and arguments, as the program has them."""
    group: Any = typer.main.get_command(app)
    return {name: group.commands[name] for name in COMMANDS}


def typed(option: Any) -> str:
    """How an option is typed; empty for an argument."""
    return str(option.opts[0]) if option.param_type_name == "option" else ""


def test_every_command_option_and_kind_of_file_has_a_generator() -> None:
    commands = tree()
    assert OPTIONS.keys() == BASES.keys() == commands.keys(), "add the command to tests/bad_inputs.py"
    for name, command in commands.items():
        assert OPTIONS[name].keys() == {each.name for each in command.params}, (
            f"add the options of {name} to tests/bad_inputs.py"
        )
        for each in command.params:
            assert (OPTIONS[name][each.name] is FLAG) == bool(getattr(each, "is_flag", False)), (name, each.name)
    assert set(KINDS) <= FILES.keys(), "add the kind of file to tests/bad_inputs.py"


def test_every_argument_of_a_call_has_wrong_values() -> None:
    for call, cases, free in (
        (compare, COMPARED, {"progress"}),
        (CentricityModel.__init__, MODELS, {"self", "parameters"}),
    ):
        tried = {name for given, _ in cases for name in given}
        assert inspect.signature(call).parameters.keys() - free <= tried, (
            "add it to tests/contract/test_python_calls.py"
        )


def test_good_inputs_are_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good = [Case((name, *words), OWN) for name, words in BASES.items()]
    good += [
        Case(("list", "--extension", "e.py"), {"e.py": EXTENSION.encode()}),
        Case(
            ("check", "policies/p.toml", "x.toml"), {"policies/p.toml": written(POLICY), "x.toml": written(EXPERIMENT)}
        ),
        Case(("lesson", "--words", "w.toml"), {"w.toml": written(words_of_lessons())}),
        Case(("calibrate", "t.csv", "--kind", "retention", "--out", "o.toml"), {"t.csv": RETENTION.encode()}),
    ]
    for number, case in enumerate(good):
        said = faults_of(case, tmp_path / str(number), monkeypatch)
        assert any(fault.startswith(("taken in silence", "exit code 0")) for fault in said), (case.words, said)


def cases(number: int, seed: int) -> Iterator[Case]:
    """Cases in turn: files of all kinds, and options of all commands."""
    rng = random.Random(seed)
    makers: list[Callable[[random.Random], Case]] = list(FILES.values()) * 12
    for name, command in tree().items():
        for each in command.params:
            words = OPTIONS[name][each.name]
            makers.append(
                lambda rng, name=name, each=each, words=words: option_case(name, each.name, words, typed(each), rng)  # type: ignore[misc]
            )
    while number > 0:
        rng.shuffle(makers)
        for make in makers[:number]:
            yield make(rng)
        number -= len(makers)


def contents(folder: Path) -> dict[str, bytes | None]:
    """All files of a folder, and folders."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
    }


def faults_of(case: Case, folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is wrong with how the program takes a bad input."""
    folder.mkdir()
    monkeypatch.chdir(folder)
    for name, value in (("given", ()), ("trust", False), ("reading", False)):
        monkeypatch.setattr(consent, name, value)
    write(case, folder)
    before = contents(folder)
    result = CliRunner().invoke(app, case.words)
    found = []
    if isinstance(result.exception, BegunError):
        found.append(f"taken in silence, {result.exception} began")
    elif result.exception is not None and not isinstance(result.exception, SystemExit):
        found.append(f"fails: {type(result.exception).__name__}: {result.exception}"[:300])
    elif result.exit_code != 2:
        found.append(f"exit code {result.exit_code}: {result.output[:600]}")
    elif not result.stderr.strip():
        found.append("no message")
    said = result.output
    if re.search(r"Traceback|fault of its own", said):
        found.append("a traceback")
    if any(len(line) > 2_100 for line in said.splitlines()):
        found.append("a message that is too long")
    if hidden := {each for each in set(said) - {"\n"} if unicodedata.category(each) in ("Cc", "Cf", "Zl", "Zp", "Cs")}:
        found.append(f"controls: {hidden!r}")
    if contents(folder) != before:
        found.append(f"files: {contents(folder).keys() ^ before.keys()}")
    return found


def check(number: int, seed: int, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Try cases, and tell all that went wrong."""
    wrong = []
    for count, case in enumerate(list(cases(number, seed))):
        wrong += [
            f"{case.about} [{' '.join(case.words)[:120]}]: {fault}"
            for fault in faults_of(case, folder / f"{count}", monkeypatch)
        ]
    assert not wrong, "\n".join([f"{len(wrong)} faults", *wrong])


def test_bad_inputs_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    check(200, SEED, tmp_path, monkeypatch)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [3, 4])
def test_many_bad_inputs_are_refused(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    check(1_000, seed, tmp_path, monkeypatch)
