"""Every team once more, from its decisions: the engine runs what a code says, so that nothing can be made up."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sim.lab.toml_text import write_toml
from sim.lab.writing import MANIFEST, write_json, write_text
from sim.model.policies.policy import NO_POLICY, NONE
from sim.model.results import Run
from sim.model.simulation import burn_in, simulate, with_policy
from sim.pages.game.codes import CodeError, decode, read_codes
from sim.pages.game.game import Decisions, Game

SCENARIO_FILE = "organization.toml"
"""Name of the file of the organization, beside those of the teams."""


KIND = "debrief"
"""What the manifest in the folder of a debrief says it is."""


@dataclass(frozen=True)
class Team:
    """A team with its decisions.

    Attributes:
        name: As the file of codes has it; different from all others.
        code: Its code, as written.
        decisions: What it decided.
    """

    name: str
    code: str
    decisions: Decisions


def read_teams(game: Game, text: str) -> tuple[list[Team], list[str]]:
    """Teams in a file of codes, and a message for each code that is refused."""
    teams, refused = [], []
    for line, name, code in read_codes(text):
        try:
            teams.append(Team(name, code, decode(game, code)))
        except CodeError as error:
            refused.append(f"line {line}: the code of {name} {error}. Ask the team for its code again.")
    return teams, refused


def run_teams(
    game: Game, teams: Sequence[Team], progress: Callable[[int, int], None] = lambda done, total: None
) -> list[Run]:
    """The organization without any decision, and then as each team led it, all with the same random numbers.

    Args:
        game: The game.
        teams: The teams.
        progress: Called with the number of organizations that have run, and their total.
    """
    start = burn_in(game.scenario, game.seed)
    policies = [NONE, *(game.policy(team.name, team.decisions) for team in teams)]
    runs = []
    for done, policy in enumerate(policies):
        progress(done, len(policies))
        runs.append(simulate(with_policy(start, policy), game.scenario.weeks))
    return runs


def write_policies(game: Game, teams: Sequence[Team], folder: Path) -> list[str]:
    """Write the organization, each team's decisions as a policy file, and a manifest that lists them.

    Returns:
        Commands that repeat the teams' runs to the bit, where the folder is the current one.
    """
    write_text(folder / SCENARIO_FILE, write_toml(game.scenario.to_dict()))
    commands = []
    for number, team in enumerate(teams, 1):
        word = re.sub(r"[^a-z0-9]+", "-", team.name.lower()).strip("-")
        stem = f"{number:02}-{word}".strip("-")
        policy = game.policy(team.name, team.decisions)
        file = f"{stem}.toml" if policy.phases else NO_POLICY  # nothing at all needs no file
        if policy.phases:
            write_text(folder / file, write_toml(policy.to_dict()))
        commands.append(f"centricity run {SCENARIO_FILE} --policy {file} --seed {game.seed} --out {stem}.csv")
    files = sorted(file.name for file in folder.iterdir())
    write_json(folder / MANIFEST, {"kind": KIND, "seed": game.seed, "commands": commands, "files": files})
    return commands


def curve(run: Run, outcome: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """A weekly outcome of a run."""
    values: np.ndarray[tuple[int], np.dtype[np.float64]] = run.values[:, run.outcomes.index(outcome)]
    return values
