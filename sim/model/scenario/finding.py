"""Finds the file that a name or a path means."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sim.model.scenario import shipped
from sim.model.scenario.messages import Faults, ScenarioError, listed, quoted, show
from sim.model.scenario.shipped import ShippedKind
from sim.model.scenario.suggestions import closest


@dataclass(frozen=True, slots=True)
class Source:
    """A file to read: ``path`` is its path, ``label`` its name in messages."""

    path: Path
    label: str

    @property
    def name(self) -> str:
        """Name of the file, without its ending."""
        return self.path.stem


def check_path(name: str, value: object) -> Path:
    """The path that an argument of a call means.

    Raises:
        ScenarioError: If it is none.
    """
    if not isinstance(value, str | os.PathLike):
        raise ScenarioError([f"{name} must be a path, got {show(value)}. Give a text or a Path."])
    return Path(os.fsdecode(value))


def find(name_or_path: str | Path, *kinds: ShippedKind) -> Source:
    """The file that a user means by a path, or by the name of a shipped file.

    Args:
        name_or_path: A bare word is first looked up among the shipped files, then taken as a path.
        kinds: Kinds of shipped files to look through; the first match wins. Scenarios, if none is given.

    Raises:
        ScenarioError: If there is no such file.
    """
    kinds = kinds or ("scenarios",)
    if not isinstance(name_or_path, str | os.PathLike):
        noun = " or ".join(kind.removesuffix("s") if kind != "policies" else "policy" for kind in kinds)
        rule = f"must be a name or a path, got {show(name_or_path)}. {listed(shipped.files(kinds[0]), '')}"
        raise ScenarioError([f"{noun} {rule}".rstrip()])
    shown = os.fsdecode(name_or_path)
    ships = {name: path for kind in reversed(kinds) for name, path in shipped.files(kind).items()}
    if isinstance(name_or_path, str) and name_or_path in ships:
        return Source(ships[name_or_path], shipped.label(ships[name_or_path]))
    path = Path(shown)
    if shown and "\0" not in shown and os.path.lexists(path):
        return Source(path, shown)
    faults = Faults(shown or quoted(shown))
    faults.add(
        "there", f"is no such file, and no such name among the {' or '.join(kinds)} that ship. {_nearest(path, ships)}"
    )
    raise ScenarioError(faults.messages)


def _nearest(path: Path, ships: Mapping[str, Path]) -> str:
    """Suggestion for a path that does not exist: a file in the same folder, or a shipped one."""
    sibling = closest(path.stem, _neighbors(path)) if path.suffix == ".toml" else None
    if sibling is not None:
        return f"Did you mean {path.with_stem(sibling)}?"
    name = closest(path.stem, ships)
    if name is not None:
        return f"Did you mean {name}, which ships?"
    return listed(ships, "`centricity list` shows what ships.") if ships else "Give the path of a file."


def _neighbors(path: Path) -> list[str]:
    """Names (without ending) of the TOML files in the folder of a missing one."""
    try:
        return [entry.stem for entry in path.parent.glob("*.toml")]
    except (OSError, ValueError):  # a path that no system accepts
        return []
