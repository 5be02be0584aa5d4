"""A session as a scenario file: what was set and what was pressed, so that ``centricity run`` can repeat it."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

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


def scenario_text(session: Session) -> str:
    """The scenario as TOML, with everything that was set and every event that was pressed."""
    scenario = session.scenario.with_policies(*(each for each in session.setup.loaded_policies if each.phases))
    pressed = len(session.pressed)
    head = [
        f"# A session of `centricity live`: {pressed} event{'' if pressed == 1 else 's'} pressed, "
        f"{session.week} weeks lived through.",
        "# The same weeks again:",
        *(f"#   {command}" for command in commands(session, file_name(session))),
        "",
    ]
    planned = replace(
        scenario, default_policies=tuple(dict.fromkeys(each.name for each in session.setup.loaded_policies))
    )
    return "\n".join(head) + write_toml(planned.to_dict())


def write_toml(table: Mapping[str, Any]) -> str:
    """A table as TOML: single values first, then tables, then lists of tables."""
    return "\n".join(_lines(table, ())).lstrip("\n") + "\n"


def _lines(table: Mapping[str, Any], place: tuple[str, ...]) -> list[str]:
    tables = {key: value for key, value in table.items() if isinstance(value, Mapping)}
    lists = {key: value for key, value in table.items() if _is_list_of_tables(value)}
    lines = [f"{_key(key)} = {_value(value)}" for key, value in table.items() if key not in tables and key not in lists]
    for key, value in tables.items():
        inner = (*place, key)
        lines += ["", f"[{'.'.join(map(_key, inner))}]", *_lines(value, inner)]
    for key, values in lists.items():
        inner = (*place, key)
        for value in values:
            lines += ["", f"[[{'.'.join(map(_key, inner))}]]", *_flat(value)]
    return lines


def _flat(table: Mapping[str, Any]) -> list[str]:
    """An element of a list of tables; tables in it are written on one line."""
    return [f"{_key(key)} = {_value(value)}" for key, value in table.items()]


def _is_list_of_tables(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(element, Mapping) for element in value)


def _key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else _text(key)


def _value(value: Any) -> str:
    """A value; numbers with all of their digits."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Mapping):
        return f"{{ {', '.join(_flat(value))} }}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    return repr(value)


def _text(text: str) -> str:
    """Text in quotes: JSON's escapes are TOML's, but for one character."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")
