"""A session as a scenario file: what was set and what was pressed, so that ``centricity run`` can repeat it."""

from __future__ import annotations

import re
import shlex
from dataclasses import replace

from sim.lab.toml_text import write_toml
from sim.pages.live.session import Session


def file_name(session: Session) -> str:
    """Name of the file if none is given."""
    return f"{re.sub(r'[^A-Za-z0-9_-]+', '-', session.scenario.name).strip('-') or 'scenario'}-live.toml"


def commands(session: Session, file: str) -> list[str]:
    """Commands that repeat the weeks so far, one for each of the two policies."""
    length = [] if session.over or not session.week else ["--weeks", str(session.week)]
    found = []
    for policy in dict.fromkeys(session.setup.loaded_policies):
        out = re.sub(r"[^A-Za-z0-9_-]+", "-", policy.name)
        words = ["centricity", "run", file, "--policy", policy.name, "--seed", str(session.setup.seed), *length]
        found.append(shlex.join([*words, "--out", f"{out}.csv"]))
    return found


def scenario_text(session: Session, file: str = "") -> str:
    """The scenario as TOML, with everything that was set and every event that was pressed.

    Args:
        session: The session.
        file: Name of the file, for the commands in it; that of :func:`file_name` if empty.
    """
    scenario = session.scenario.with_policies(*(each for each in session.setup.loaded_policies if each.phases))
    pressed = len(session.pressed)
    head = [
        f"# A session of `centricity live`: {pressed} event{'' if pressed == 1 else 's'} pressed, "
        f"{session.week} weeks lived through.",
        "# The same weeks again:",
        *(f"#   {command}" for command in commands(session, file or file_name(session))),
        "",
    ]
    planned = replace(
        scenario, default_policies=tuple(dict.fromkeys(each.name for each in session.setup.loaded_policies))
    )
    return "\n".join(head) + write_toml(planned.to_dict())
