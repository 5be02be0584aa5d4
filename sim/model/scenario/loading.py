"""Reads the table in a file, or says why it cannot be read."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sim.model.extensions import IRREGULAR, is_regular
from sim.model.scenario.finding import Source
from sim.model.scenario.messages import Faults, ScenarioError, listed
from sim.model.scenario.suggestions import suggest_toml

LARGEST = 1_000_000
"""Largest file that is read, in bytes: ten thousand times the size of a usual scenario."""

MOST_PARTS = 50
"""Largest number of parts of a dotted key: Python's TOML parser takes minutes for keys with tens of thousands of them."""

MOST_KEYS = 1000
"""Largest number of keys and tables at the top of a file, ten times that of any kind of file, since each is looked up."""

_PART = r"""(?>"(?>[^"\\\n]|\\.)*+"|'[^'\n]*+'|[\w-]++)"""
_LONG_KEY = re.compile(rf"{_PART}(?>[ \t]*+\.[ \t]*+{_PART}){{{MOST_PARTS}}}")


_LONGEST_LINE = 300  # of a line that is looked at for a suggestion


class _UnreadableError(Exception):
    """A fault of a file, as a place in it and a text, without the name of the file."""


def read_toml(source: Source) -> dict[str, Any]:
    """Table in a TOML file.

    Raises:
        ScenarioError: If it cannot be read, is too large, is not UTF-8 or is not TOML.
    """
    try:
        return _parse(_decoded(_read_bytes(source.path)))
    except _UnreadableError as error:
        faults = Faults(source.label)
        faults.add(*error.args)
        raise ScenarioError(faults.messages) from error


def read_text(source: Source) -> str:
    """Text of a file that :func:`read_toml` has read."""
    return _decoded(_read_bytes(source.path))


class _Written(str):
    """A number with a point, as it is written."""

    __slots__ = ()


def read_texts_of_numbers(source: Source) -> dict[str, str]:
    """Numbers with a point as a file has them, by dotted name: ``2.000`` is a number that says more as a text.

    Raises:
        ScenarioError: As :func:`read_toml`; only files that it has read should come here.
    """
    text = read_text(source)
    return dict(_texts(tomllib.loads(text, parse_float=_Written)))


def _texts(table: dict[str, Any], place: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, _Written):
            yield f"{place}{key}", str(value)
        elif isinstance(value, dict):
            yield from _texts(value, f"{place}{key}.")
        elif isinstance(value, list):
            yield from _texts({str(row): part for row, part in enumerate(value)}, f"{place}{key}.")


def _read_bytes(path: Path) -> bytes:
    """Content of a file; no more than the legal size is read."""
    try:
        if not path.is_dir() and not is_regular(path):
            raise _UnreadableError("this", IRREGULAR)
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            data = b"" if size > LARGEST else file.read(LARGEST + 1)
    except OSError as error:
        if isinstance(error, IsADirectoryError) or path.is_dir():  # Windows says of folders that permission is denied
            inside = sorted(entry.name for entry in path.glob("*.toml"))
            remedy = f"Name a file in it. {listed(inside, '')}" if inside else "Name a TOML file."
            raise _UnreadableError("this", f"must be a file, got a directory. {remedy}".strip()) from error
        if isinstance(error, PermissionError):
            text = "must be readable, got permission denied. Change its permissions."
            raise _UnreadableError("the file", text) from error
        reason = error.strerror or type(error).__name__
        raise _UnreadableError("the file", f"must be readable, got: {reason}. Check the path.") from error
    if size > LARGEST or len(data) > LARGEST:
        shown = f"{max(size, len(data)) / 1e6:.1f} MB"
        raise _UnreadableError("the file", f"must be at most 1 MB, got {shown}. Is it the right file?")
    return data


def _decoded(data: bytes) -> str:
    """Content as text, if the parser can safely read it."""
    try:
        text = data.decode("utf-8-sig")  # editors on Windows put a mark before the first character
    except UnicodeDecodeError as error:
        line, byte = data[: error.start].count(b"\n") + 1, data[error.start]
        what = f"must be UTF-8 text, got the byte 0x{byte:02x}. Save it as UTF-8."
        raise _UnreadableError(f"line {line}", what) from error
    if long := _LONG_KEY.search(text):
        line = text.count("\n", 0, long.start()) + 1
        what = f"must have keys of at most {MOST_PARTS} parts with dots between them, got a longer one. Split it."
        raise _UnreadableError(f"line {line}", what)
    return text


def _parse(text: str) -> dict[str, Any]:
    """Table in a text."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _UnreadableError(*_toml_fault(str(error), text)) from error
    except RecursionError as error:
        text = "must be TOML, got lists or tables nested too deeply. Flatten it."
        raise _UnreadableError("the file", text) from error
    except ValueError as error:  # Python refuses integers of more than 4300 digits
        raise _UnreadableError("the file", "must be TOML, got a number that is too long. Shorten it.") from error
    if len(table) > MOST_KEYS:
        what = f"must have at most {MOST_KEYS} keys and tables at its top, got {len(table)}. Is it the right file?"
        raise _UnreadableError("the file", what)
    return table


def _toml_fault(message: str, text: str) -> tuple[str, str]:
    """Place and fault in words, from the message of the TOML parser."""
    match = re.fullmatch(r"(?P<what>.*?) ?\(at (?:line (?P<line>\d+), column (?P<column>\d+)|.*)\)", message, re.DOTALL)
    what = (match["what"] if match else message).rstrip(".")
    if match and match["line"]:
        place = f"line {match['line']}, column {match['column']}"
    else:
        last = text.rstrip("\n")
        place = f"line {last.count(chr(10)) + 1}, column {len(last) - last.rfind(chr(10))}"
    what = what.replace("\n", " ")
    lines = text.split("\n")
    row = int(match["line"]) if match and match["line"] else len(text.rstrip("\n").split("\n"))
    meant = suggest_toml(lines[row - 1][:_LONGEST_LINE]) if row <= len(lines) else ""
    if "overwrite" in what or "declare" in what:
        meant = "It is there twice: remove one of them."
    remedy = meant or 'Write key = value, one a line, and text in "quotes".'
    return place, f"must be TOML, got: {what[:1].lower()}{what[1:]}. {remedy}"
