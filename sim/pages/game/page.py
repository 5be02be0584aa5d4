"""The page of the game, and the page of its debrief: one template, one program, in a single file that loads nothing.

The page of the game holds the organization and the compiled week, and runs the real model (:mod:`sim.pages.shared.week_in_page`);
with ``#teacher`` in its address it reads codes and shows the debrief. The page of the debrief holds runs that the engine made in
Python. Both draw with the same program.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from importlib import resources
from typing import Any

import numpy as np
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from sim.lab.manifest import installed_version
from sim.model.results import Run
from sim.pages.game import codes
from sim.pages.game.debrief import Team, curve
from sim.pages.game.game import (
    COMPARED,
    DECISIONS,
    IN_OFFICE,
    INCIDENTS,
    MEASURES,
    MIRRORED,
    QUARTERS,
    TRUE,
    WEEKS,
    Game,
    amounts_of,
)
from sim.pages.shared import palette, qr_code
from sim.pages.shared.week_in_page import describe_week, packed, program
from sim.safe_text import for_script

TITLE = "Four years in the chair"


def render_game(game: Game) -> str:
    """The page for teams, which is the teacher's as well.

    Raises:
        NoPortableWeekError: If there is no portable week of the model.
    """
    tables = ("executives.identity", "executives.weight_customers")
    week = describe_week(game.scenario, [game.seed], phases=QUARTERS, tables=tables)
    return _render({"game": describe_game(game), "week": week})


def render_debrief(game: Game, teams: Sequence[Team], runs: Sequence[Run], refused: Sequence[str]) -> str:
    """The page of the debrief.

    Args:
        game: The game.
        teams: The teams.
        runs: Run without any decision, and of each team (:func:`sim.pages.game.debrief.run_teams`).
        refused: Messages about codes that were refused.
    """
    curves = np.array([[curve(run, outcome) for outcome in COMPARED] for run in runs])
    results = {
        "teams": [{"name": team.name, "decisions": list(team.decisions)} for team in teams],
        "curves": packed(np.ascontiguousarray(curves, dtype="<f8").tobytes()),
        "refused": list(refused),
    }
    return _render({"game": describe_game(game), "results": results})


def describe_game(game: Game) -> dict[str, Any]:
    """The definition of the game as the page needs it."""
    length, check = codes.lengths_of(game)
    return {
        "quarters": QUARTERS,
        "weeks": WEEKS,
        "inOffice": IN_OFFICE,
        "allWeeks": game.scenario.weeks,
        "currency": game.scenario.currency,
        "budget": game.budget,
        "decisions": [
            {
                "name": decision.name,
                "question": decision.question,
                "levels": [
                    {"label": level.label, "cost": cost} for level, cost in zip(decision.levels, costs, strict=True)
                ],
            }
            for decision, costs in zip(DECISIONS, game.costs, strict=True)
        ],
        "options": ["".join(map(str, levels)) for levels in game.options],
        "amounts": [amounts_of(levels) for levels in game.options],
        "incidents": [{"week": each.week, "news": each.news, "short": each.short} for each in INCIDENTS],
        "code": {"key": game.key, "alphabet": codes.ALPHABET, "length": length, "check": check, "group": codes.GROUP},
        "compared": list(COMPARED),
        "measures": [asdict(measure) for measure in MEASURES],
        "true": TRUE,
        "mirrored": MIRRORED,
        "organization": game.scenario.name,
        "seed": game.seed,
    }


def _render(content: dict[str, Any]) -> str:
    folder = resources.files("sim.pages.game") / "page"
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string((folder / "page.html.jinja").read_text(encoding="utf-8"))
    scripts = sorted(entry.name for entry in (folder / "scripts").iterdir() if entry.name.endswith(".js"))
    own = [(folder / "scripts" / name).read_text(encoding="utf-8") for name in scripts]
    drawing = qr_code() if "week" in content else ""
    return (
        template.render(
            title=TITLE,
            version=installed_version("centricity") or "from a checkout",
            css=Markup(palette() + (folder / "page.css").read_text(encoding="utf-8")),
            data=Markup(for_script(content)),
            plays="week" in content,
            quarters=QUARTERS,
            scripts=Markup("\n".join((program(), drawing, *own))),
        )
        + "\n"
    )
