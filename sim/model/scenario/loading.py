"""From a name or a path to a table: finding the file, reading it, and saying clearly why it cannot be read."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.model.policies.bundle import Bundle
from sim.model.registry import Registry, current
from sim.model.scenario import shipped
from sim.model.scenario.messages import Faults, ScenarioError, closest, listed, quoted
from sim.model.scenario.policies import PolicyReader
from sim.model.scenario.shipped import ShippedKind

LARGEST = 1_000_000
"""Largest file that is read, in bytes: ten thousand times the size of a usual scenario."""

MOST_DOTS = 1000
"""Most dots in a line: Python's TOML parser takes minutes over keys with tens of thousands of parts."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file to read: ``path`` is where it lies, ``label`` what messages call it."""

    path: Path
    label: str

    @property
    def name(self) -> str:
        """What the file is called, without its ending."""
        return self.path.stem


def find(name_or_path: str | Path, *kinds: ShippedKind) -> Source:
    """File that a user means by the name of something that ships, or by a path.

    Args:
        name_or_path: A bare word is first looked up among what ships, then taken as a path.
        kinds: Where to look for what ships; the first that has it wins. Scenarios, if none is given.

    Raises:
        ScenarioError: If there is neither.
    """
    shown = str(name_or_path)
    kinds = kinds or ("scenarios",)
    ships = {name: path for kind in reversed(kinds) for name, path in shipped.files(kind).items()}
    if isinstance(name_or_path, str) and name_or_path in ships:
        return Source(ships[name_or_path], shipped.label(ships[name_or_path]))
    path = Path(name_or_path)
    if shown and "\0" not in shown and os.path.lexists(path):
        return Source(path, shown)
    faults = Faults(shown or quoted(shown))
    faults.add(
        "there", f"is no such file, and no such name among the {' or '.join(kinds)} that ship. {_nearest(path, ships)}"
    )
    raise ScenarioError(faults.messages)


def _nearest(path: Path, ships: Mapping[str, Path]) -> str:
    """What was probably meant by a path that does not exist: a file in the same folder, or something that ships."""
    sibling = closest(path.stem, _neighbors(path)) if path.suffix == ".toml" else None
    if sibling is not None:
        return f"Did you mean {path.with_stem(sibling)}?"
    name = closest(path.stem, ships)
    if name is not None:
        return f"Did you mean {name}, which ships?"
    return listed(ships, "`centricity list` shows what ships.") if ships else "Give the path of a file."


def _neighbors(path: Path) -> list[str]:
    """Names, without their ending, of TOML files in the folder that a missing one was looked for in."""
    try:
        return [entry.stem for entry in path.parent.glob("*.toml")]
    except (OSError, ValueError):  # a path that no system would take
        return []


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


def load_policy(name_or_path: str | Path, known: Registry | None = None) -> Bundle:
    """Bundle in a policy file that ships, or in one of the user's.

    Raises:
        ScenarioError: With every fault of the file.
    """
    source = find(name_or_path, "policies")
    faults = Faults(source.label)
    bundle = _read_policy(source, PolicyReader(known or current()), faults)
    faults.raise_any()
    assert bundle is not None  # its faults would have been raised
    return bundle


def _read_policy(source: Source, reader: PolicyReader, faults: Faults) -> Bundle | None:
    raw = read_toml(source)
    if not raw:
        faults.add("the file", "is empty. Write the amounts of resources; `centricity list resources` names them.")
        return None
    return reader.read(source.name, raw, "", faults)


def shipped_policies(known: Registry) -> Mapping[str, Bundle]:
    """Every bundle that ships, by name.

    Raises:
        ScenarioError: With every fault of all of their files.
    """
    reader = PolicyReader(known)
    bundles: dict[str, Bundle] = {}
    every = Faults()
    for name, path in shipped.files("policies").items():
        faults = Faults(shipped.label(path))
        try:
            bundle = _read_policy(Source(path, faults.file), reader, faults)
        except ScenarioError as error:
            faults.take(error.faults)
        else:
            if bundle is not None:
                bundles[name] = bundle
        every.take(faults.messages)
    every.raise_any()
    return bundles
