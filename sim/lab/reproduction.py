"""Whether a comparison that was kept comes out again: which file, column and row differ, and by how much."""

from __future__ import annotations

import hashlib
import json
import math
import shlex
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath
from typing import Any

import numpy as np
import pandas as pd

from sim.lab.fingerprint import own_source
from sim.lab.manifest import versions
from sim.lab.writing import KIND, MANIFEST, write_text
from sim.model.scenario.finding import check_path
from sim.model.scenario.messages import Faults

LARGEST = 100_000_000
"""Largest manifest that is read, in bytes."""

_PAGES = (".html", ".pdf", ".xlsx")  # they tell when and how long
_PUBLICATION = "publication/"


@dataclass(frozen=True, slots=True)
class Difference:
    """A file that came out otherwise.

    Attributes:
        file: Its path in the folder of the comparison.
        place: Where it differs first: a key, or a column and a row; empty where that cannot be said.
        relative: Largest relative difference of its numbers; infinite where something else differs, NaN if it cannot be said.
        words: What differs, for people.
    """

    file: str
    place: str
    relative: float
    words: str


@dataclass(frozen=True)
class KeptComparison:
    """The manifest of a comparison.

    Attributes:
        path: Where it is.
        words: Words of its command after ``centricity``, without ``--out``.
        content: What it holds.
    """

    path: Path
    words: tuple[str, ...]
    content: Mapping[str, Any]

    @property
    def files(self) -> dict[str, str]:
        """SHA-256 of every file that can come out alike, by its path.

        Pages and workbooks tell when they were made, and cannot. What is for a paper follows from the other files, in a form that
        the command does not keep.
        """
        kept: Mapping[str, Any] = self.content["files"]
        return {
            name: str(entry["sha256"])
            for name, entry in kept.items()
            if not name.endswith(_PAGES) and not name.startswith(_PUBLICATION)
        }

    @property
    def inputs(self) -> dict[str, str]:
        """The user's own files that the command names: the text of each by its word in the command."""
        return dict(self.content.get("inputs", {}))

    def words_in(self, folder: Path) -> list[str]:
        """The command with the user's own files in a folder, into which they are written as the manifest holds them.

        A file has a folder of its own, since two may have the same name, and keeps its name, which results may show.
        """
        places = {}
        for number, (word, text) in enumerate(self.inputs.items()):
            place = folder / str(number) / last_part(word)
            place.parent.mkdir(parents=True)
            write_text(place, text)
            places[word] = str(place)
        words = list(self.words)
        options = next((at for at, word in enumerate(words) if word.startswith("-")), len(words))
        return [
            places.get(word, word) if at < options or words[at - 1] == "--policy" else word
            for at, word in enumerate(words)
        ]

    def damaged_files(self) -> list[str]:
        """Files of the comparison that are gone, or not as it wrote them; all of them, pages too."""
        folder = self.path.parent

        def is_whole(name: str, sha256: str) -> bool:
            place = folder / name
            inside = place.is_file() and place.resolve().is_relative_to(folder.resolve())
            return inside and hashlib.sha256(place.read_bytes()).hexdigest() == sha256

        return [name for name, entry in self.content["files"].items() if not is_whole(name, entry["sha256"])]

    def changed_source(self) -> str:
        """Fingerprints of the source then and here where they differ; empty where they agree, or none was kept."""
        then, now = self.content.get("code"), own_source()
        return f"{str(then)[:12]} (here {now[:12]})" if then not in (None, now) else ""

    def changed_scenario(self, folder: Path) -> str:
        """The name of the scenario if it, or a policy that ships, is not as it was; empty if all is as it was."""
        if "scenario_hash" not in self.content:
            return ""
        now = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        return "" if now["scenario_hash"] == self.content["scenario_hash"] else str(now["scenario"]["name"])

    def changed_versions(self) -> list[str]:
        """Packages that have another version here, each with both."""
        then, now = self.content["versions"], versions()
        return [f"{name} {then[name]} (here {now.get(name)})" for name in then if then[name] != now.get(name)]


def read_kept(path: str | Path) -> KeptComparison:
    """The manifest of a comparison.

    Args:
        path: The file, or the folder that it is in.

    Raises:
        ScenarioError: If it cannot be read, is of another kind, or its command runs files of a stranger.
    """
    faults = Faults("manifest")
    if not str(path).strip():
        faults.add("its name", "must not be empty. Name the folder of a comparison, or its manifest.json.")
    faults.raise_any()
    file = check_path("manifest", path)
    file = file / MANIFEST if file.is_dir() else file
    faults, words, extended = Faults(str(file)), [], False
    try:
        if file.stat().st_size > LARGEST or not file.is_file():
            raise ValueError
        content = json.loads(file.read_text(encoding="utf-8"))
        there = content["kind"] == KIND and all(isinstance(content[part], dict) for part in ("files", "versions"))
        if not there or not all(isinstance(entry["sha256"], str) for entry in content["files"].values()):
            raise ValueError
        if not isinstance(content["command"], str):  # a comparison of what exists in Python only
            raise ValueError
        words = shlex.split(content["command"])
        own = content.get("inputs", {})
        if not all(isinstance(text, str) and last_part(word).endswith(".toml") for word, text in own.items()):
            raise ValueError
        extended = any("extensions" in tomllib.loads(text) for text in own.values())
    except OSError as error:
        faults.add("the file", f"must be the manifest.json of a comparison, and cannot be read: {error.strerror}.")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        faults.add(
            "the file", "must be the manifest.json of a comparison, with its command. Name one that it has written."
        )
    faults.raise_any()
    if (
        extended
        or words[:2] != ["centricity", "compare"]
        or any(word.startswith(("--extension", "--trust")) for word in words)
    ):
        faults.add(
            "command", "must be that of `centricity compare` without extensions, which would be run. Run it yourself."
        )
    faults.raise_any()
    return KeptComparison(file, tuple(_without_out(words[1:])), content)


def _without_out(words: list[str]) -> Iterator[str]:
    skipped = False
    for word in words:
        if not skipped and word != "--out" and not word.startswith("--out="):
            yield word
        skipped = word == "--out"


def last_part(path: str) -> str:
    """Name of the file, whatever the system on which the path was typed."""
    return PureWindowsPath(path).name


def find_differences(kept: KeptComparison, folder: Path) -> list[Difference]:
    """Files that came out otherwise in a folder, each with its first and its largest difference."""
    found = []
    for name, expected in kept.files.items():
        new, old = folder / name, kept.path.parent / name
        if not new.is_file():
            found.append(Difference(name, "", math.inf, "is not written here"))
        elif hashlib.sha256(new.read_bytes()).hexdigest() != expected:
            known = old.is_file() and hashlib.sha256(old.read_bytes()).hexdigest() == expected
            found.append(
                _difference(name, old, new)
                if known
                else Difference(
                    name, "", math.nan, "differs; the kept file is not there, so that nobody can say by how much"
                )
            )
    return found


def _difference(name: str, old: Path, new: Path) -> Difference:
    if name.endswith(".json"):
        pairs = _paired(json.loads(old.read_text(encoding="utf-8")), json.loads(new.read_text(encoding="utf-8")), "")
    elif name.endswith((".csv", ".parquet")):
        read = pd.read_csv if name.endswith(".csv") else pd.read_parquet
        pairs = _paired_columns(read(old), read(new))
    else:
        return Difference(name, "", math.inf, "has other bytes")
    first, largest, count = None, 0.0, 0
    for place, one, other in pairs:
        apart = _apart(one, other)
        if apart > 0.0:
            first, largest, count = first or (place, one, other), max(largest, apart), count + 1
    if first is None:
        return Difference(name, "", 0.0, "has the same values in other bytes")
    place, one, other = first
    by = f"largest relative difference {largest:.2g}" if math.isfinite(largest) else "not only in numbers"
    return Difference(
        name,
        place,
        largest,
        f"{count} {'value differs' if count == 1 else 'values differ'}, {by}; the first at {place}: {one}, here {other}",
    )


def _paired(one: Any, other: Any, place: str) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(one, dict) and isinstance(other, dict):
        for key in {**one, **other}:
            yield from _paired(one.get(key, "nothing"), other.get(key, "nothing"), f"{place}.{key}".lstrip("."))
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for index, (a, b) in enumerate(zip(one, other, strict=True)):
            yield from _paired(a, b, f"{place}[{index}]")
    else:
        yield place, one, other


def _paired_columns(one: pd.DataFrame, other: pd.DataFrame) -> Iterator[tuple[str, Any, Any]]:
    if len(one) != len(other):
        yield "rows", len(one), len(other)
        return
    for column in dict.fromkeys([*one.columns, *other.columns]):
        if column not in one or column not in other:
            yield f"column {column}", "there" if column in one else "missing", "there" if column in other else "missing"
            continue
        a, b = one[column], other[column]
        for row in np.flatnonzero(~((a == b) | (a.isna() & b.isna())).to_numpy(dtype=bool)):
            yield f"column {column}, row {row}", a.iloc[row], b.iloc[row]


def _apart(one: Any, other: Any) -> float:
    """Relative difference of two numbers; infinite for what is no number and differs."""
    numbers = all(isinstance(each, int | float | np.number) and not isinstance(each, bool) for each in (one, other))
    if not numbers:
        return 0.0 if one == other else math.inf
    if one == other or (one != one and other != other):  # noqa: PLR0124  # missing in both
        return 0.0
    apart = abs(float(one) - float(other)) / max(abs(float(one)), abs(float(other)))
    return apart if math.isfinite(apart) else math.inf
