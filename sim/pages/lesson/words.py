"""All texts of the lessons, from one file. To translate, copy ``words.toml`` and name the copy with ``--words``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from sim.model.scenario.messages import Faults

Words = Mapping[str, Any]
"""Tables of texts, as in the file."""


@cache
def english() -> Words:
    """The English texts of the package."""
    return tomllib.loads((resources.files("sim.pages.lesson") / "words.toml").read_text(encoding="utf-8"))


def translated(file: Path) -> Words:
    """Texts of a translation. It must have every text of the English file, and lists of the same length.

    Raises:
        ScenarioError: With every text that is missing or of another kind.
    """
    faults = Faults()
    try:
        words = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        faults.add(
            "--words", f"must be a file of texts, got {file}, which does not exist. Copy words.toml and translate it."
        )
        words = {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        faults.add(str(file), f"is not TOML in UTF-8: {error}. Mend the file.")
        words = {}
    else:
        for place, problem in differences(english(), words):
            faults.add(f"{file}: {place}", problem)
    faults.raise_any()
    return words


def differences(pattern: Any, words: Any, place: str = "") -> list[tuple[str, str]]:
    """Where texts differ in form from a pattern: place and what is wrong there."""
    if isinstance(pattern, dict):
        if not isinstance(words, dict):
            return [(place, f"must be a table, got {words!r}. Keep the form of the English file.")]
        found = []
        for name, part in pattern.items():
            inner = f"{place}.{name}" if place else name
            if name not in words:
                found.append((inner, "is missing. Translate it from the English file."))
            else:
                found += differences(part, words[name], inner)
        return found
    if isinstance(pattern, list):
        if not isinstance(words, list) or len(words) != len(pattern):
            return [(place, f"must be a list of {len(pattern)}, as in the English file. Translate each.")]
        return [
            each
            for index, pair in enumerate(zip(pattern, words, strict=True))
            for each in differences(*pair, f"{place}[{index}]")
        ]
    if type(pattern) is not type(words):
        return [(place, f"must be a text, got {words!r}. Put it in quotes.")]
    return []
