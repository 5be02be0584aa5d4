"""Codes hold decisions and nothing else; what was changed is refused; a debrief is runs that anybody can repeat."""

from __future__ import annotations

import random
import re
import time
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from sim.commands import cli
from sim.lab.replicate import run_single
from sim.model.scenario import Scenario
from sim.model.simulation import burn_in, simulate, with_policy
from sim.pages.game.codes import ALPHABET, CodeError, decode, encode, read_codes
from sim.pages.game.debrief import SCENARIO_FILE, Team, read_teams, run_teams, write_policies
from sim.pages.game.game import DECISIONS, IN_OFFICE, QUARTERS, WEEKS, Decisions, Game, amounts_of, game_of
from sim.pages.game.page import render_debrief

TEAMS = 40


@cache
def game() -> Game:
    """The game as it ships."""
    return game_of(Scenario.load("retail-bank"), 1)


def random_decisions(rng: random.Random) -> Decisions:
    """A team that decides at random, and sometimes as before."""
    found = [rng.randrange(len(game().options))]
    while len(found) < QUARTERS:
        found.append(found[-1] if rng.random() < 0.5 else rng.randrange(len(game().options)))
    return tuple(found)


def random_codes() -> list[str]:
    """Codes of teams that decide at random."""
    rng = random.Random(40)
    return [encode(game(), random_decisions(rng)) for _ in range(TEAMS)]


def test_a_code_gives_its_decisions_back() -> None:
    rng = random.Random(1)
    most = (len(game().options) - 1,) * QUARTERS
    for decisions in ((0,) * QUARTERS, most, *(random_decisions(rng) for _ in range(200))):
        code = encode(game(), decisions)
        assert re.fullmatch(rf"([{ALPHABET}]{{5}}-){{5}}[{ALPHABET}]{{5}}", code)
        assert decode(game(), code) == decisions
        assert decode(game(), code.lower().replace("-", " ").replace("0", "o").replace("1", "l")) == decisions


def test_a_code_that_was_changed_is_refused() -> None:
    rng = random.Random(2)
    for code in random_codes():
        for _ in range(20):
            at = rng.choice([place for place, letter in enumerate(code) if letter != "-"])
            other = rng.choice([letter for letter in ALPHABET if letter != code[at]])
            with pytest.raises(CodeError, match="checksum"):
                decode(game(), code[:at] + other + code[at + 1 :])
    with pytest.raises(CodeError, match="30 letters"):
        decode(game(), code[:-1])
    with pytest.raises(CodeError, match="no code has: U"):
        decode(game(), "U" + code[1:])


def test_a_code_of_another_game_is_refused() -> None:
    with pytest.raises(CodeError, match="another game"):
        decode(game_of(Scenario.load("retail-bank"), 2), random_codes()[0])


def test_lines_of_codes_are_read_with_their_names() -> None:
    code = random_codes()[0]
    text = f"# class 4\n\nThe Owls: {code}\nThe Owls,{code}\n{code}\nA: B\t{code}\n"
    assert read_codes(text) == [
        (3, "The Owls", code),
        (4, "The Owls'", code),
        (5, "Team 3", code),
        (6, "A: B", code),
    ]


def test_options_are_what_the_budget_allows() -> None:
    chosen = game()
    assert chosen.options[0] == (0,) * len(DECISIONS)
    assert all(chosen.cost(levels) <= chosen.budget for levels in chosen.options)
    best = tuple(len(decision.levels) - 1 for decision in DECISIONS)
    assert best not in chosen.options  # else there would be nothing to decide


def test_decisions_are_resources_by_quarter() -> None:
    decisions = (5, *(0,) * (QUARTERS - 2), 7)
    policy = game().policy("x", decisions)
    assert [(phase.start, phase.end) for phase in policy.phases] == [(0, WEEKS), (IN_OFFICE - WEEKS, IN_OFFICE)]
    assert dict(policy.phases[1].amounts) == amounts_of(game().options[7])


@pytest.mark.slow
def test_forty_teams_are_runs_of_their_policies(tmp_path: Path) -> None:
    started = time.process_time()
    codes = random_codes()
    edited = codes[0][:3] + ("7" if codes[0][3] != "7" else "8") + codes[0][4:]
    text = "\n".join(f"Team {place}: {code}" for place, code in enumerate([*codes, edited]))
    teams, refused = read_teams(game(), text)
    runs = run_teams(game(), teams)
    page = render_debrief(game(), teams, runs, refused)
    assert time.process_time() - started < 10.0
    assert len(page) < 1_500_000
    assert len(teams) == TEAMS and len(refused) == 1 and "line 41: the code of Team 40 does not fit" in refused[0]

    teams, runs = [*teams, Team("Nothing", "", (0,) * QUARTERS)], [*runs, runs[0]]
    commands = write_policies(game(), teams, tmp_path)
    scenario = Scenario.load(tmp_path / SCENARIO_FILE)
    start = burn_in(scenario, game().seed)
    for command, run in zip(commands, runs[1:], strict=True):
        policy = re.search(r"--policy (\S+)", command)
        assert policy is not None
        word = policy[1] if policy[1] == "none" else str(tmp_path / policy[1])
        again = simulate(with_policy(start, scenario.policy(word)), scenario.weeks)
        assert again.values.tobytes() == run.values.tobytes()
    assert run_single(scenario, scenario.policy(word), game().seed).values.tobytes() == runs[-1].values.tobytes()
    assert len({run.values.tobytes() for run in runs}) == TEAMS + 1
    assert np.isfinite([run.values[:, run.outcomes.index("enacted")].mean() for run in runs]).all()


def run_command(*words: str) -> int:
    """Exit code of the command."""
    return cli.app(["game", *words], standalone_mode=False) or 0


@pytest.mark.slow
def test_the_command_writes_both_pages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    run_command()
    assert 650_000 < Path("game.html").stat().st_size < 750_000  # docs/game.md says .7 MB
    Path("codes.txt").write_text(f"Owls: {random_codes()[0]}\n", encoding="utf-8")
    run_command("--codes", "codes.txt")
    assert sorted(file.name for file in Path("debrief").iterdir()) == ["01-owls.toml", "manifest.json", SCENARIO_FILE]
    run_command("--codes", "codes.txt")  # takes the place of the first
    Path("debrief/mine.txt").touch()
    assert run_command("--codes", "codes.txt") == 2  # a file of somebody else's stays
    assert Path("debrief/mine.txt").exists()
    assert "centricity run organization.toml --policy 01-owls.toml --seed 1" in capsys.readouterr().out
