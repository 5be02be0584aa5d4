"""From a name or a path to the file that is meant."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sim.model.scenario import shipped
from sim.model.scenario.messages import Faults, ScenarioError, closest, listed, quoted
from sim.model.scenario.shipped import ShippedKind


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
