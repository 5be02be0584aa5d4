"""From a file to the table in it, or to a clear word about why it cannot be read."""

from __future__ import annotations

import os
import re
import tomllib
from typing import Any

from sim.model.scenario.finding import Source
from sim.model.scenario.messages import Faults, ScenarioError, listed

LARGEST = 1_000_000
"""Largest file that is read, in bytes: ten thousand times the size of a usual scenario."""

MOST_DOTS = 1000
"""Most dots in a line: Python's TOML parser takes minutes over keys with tens of thousands of parts."""


def read_toml(source: Source) -> dict[str, Any]:
    """Table in a TOML file.

    Raises:
        ScenarioError: If it cannot be read, is too large, is not UTF-8 or is not TOML.
    """
    data = _read_bytes(source)
    try:
        text = data.decode("utf-8-sig")  # editors on Windows put a mark before the first character
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise _fault(
            source, f"line {line}", f"must be UTF-8 text, got the byte 0x{data[error.start]:02x}. Save it as UTF-8."
        ) from error
    for row, content in enumerate(text.splitlines(), 1):
        dots = content.count(".")
        if dots > MOST_DOTS:
            raise _fault(source, f"line {row}", f"must have at most {MOST_DOTS} dots, got {dots}. Split it.")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _fault(source, *_toml_fault(str(error), text)) from error
    except RecursionError as error:
        raise _fault(source, "the file", "must be TOML, got lists or tables nested too deeply. Flatten it.") from error
    except ValueError as error:  # Python refuses integers of more than 4300 digits
        raise _fault(source, "the file", "must be TOML, got a number that is too long. Shorten it.") from error


def _read_bytes(source: Source) -> bytes:
    """Content of a file, of which no more is read than may be in it."""
    try:
        with source.path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            data = b"" if size > LARGEST else file.read(LARGEST + 1)
    except IsADirectoryError as error:
        raise _directory(source) from error
    except PermissionError as error:
        if source.path.is_dir():  # what Windows says about folders
            raise _directory(source) from error
        raise _fault(source, "the file", "must be readable, got permission denied. Change its permissions.") from error
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise _fault(source, "the file", f"must be readable, got: {reason}. Check the path.") from error
    if size > LARGEST or len(data) > LARGEST:
        shown = f"{max(size, len(data)) / 1e6:.1f} MB"
        raise _fault(source, "the file", f"must be at most 1 MB, got {shown}. Is it the right file?")
    return data


def _directory(source: Source) -> ScenarioError:
    inside = sorted(entry.name for entry in source.path.glob("*.toml"))
    remedy = f"Name a file in it. {listed(inside, '')}" if inside else "Name a TOML file."
    return _fault(source, "this", f"must be a file, got a directory. {remedy}".strip())


def _fault(source: Source, place: str, text: str) -> ScenarioError:
    faults = Faults(source.label)
    faults.add(place, text)
    return ScenarioError(faults.messages)


def _toml_fault(message: str, text: str) -> tuple[str, str]:
    """Place, and the fault in words, out of the message of the TOML parser."""
    match = re.fullmatch(r"(?P<what>.*?) ?\(at (?:line (?P<line>\d+), column (?P<column>\d+)|.*)\)", message, re.DOTALL)
    what = (match["what"] if match else message).rstrip(".")
    if match and match["line"]:
        place = f"line {match['line']}, column {match['column']}"
    else:
        last = text.rstrip("\n")
        place = f"line {last.count(chr(10)) + 1}, column {len(last) - last.rfind(chr(10))}"
    what = what.replace("\n", " ")
    remedy = 'Write key = value, one a line, and text in "quotes".'
    return place, f"must be TOML, got: {what[:1].lower()}{what[1:]}. {remedy}"
