"""Tables as TOML, with all digits of every number."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any


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
