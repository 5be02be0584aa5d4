"""All texts of the lessons, from one file. To translate, copy ``words.toml`` and name the copy with ``--words``."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache, partial
from importlib import resources
from pathlib import Path
from typing import Any

from sim.model.scenario.finding import Source
from sim.model.scenario.loading import read_toml
from sim.model.scenario.messages import Faults, ScenarioError, show
from sim.model.scenario.refusals import raise_any, read, refusal, sort_out
from sim.model.scenario.rules import text

_TEXT = text("a text", longest=20_000)

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
    faults = Faults(str(file))
    if not file.exists():
        rule = f"must be a file of texts, got {file}, which does not exist."
        raise ScenarioError([f"--words {rule} Copy words.toml and translate it."])
    words: Words | None = read(partial(_formed_like, english()), read_toml(Source(file, str(file))), "", faults)
    faults.raise_any()
    assert words is not None  # its faults would have been raised
    return words


def _formed_like(pattern: Any, words: Any) -> Any:
    """The texts, if they have the form of a pattern.

    Raises:
        ValidationError: With every text that is missing or of another kind.
    """
    if isinstance(pattern, dict):
        if not isinstance(words, dict):
            raise refusal(f"must be a table, got {show(words)}.", "Keep the form of the English file.")
        pairs: Iterable[tuple[Any, Any]] = pattern.items()
    elif isinstance(pattern, list):
        if not isinstance(words, list) or len(words) != len(pattern):
            raise refusal(f"must be a list of {len(pattern)}, as in the English file.", "Translate each.")
        pairs = enumerate(pattern)
    elif type(pattern) is not type(words):
        raise refusal(f"must be a text, got {show(words)}.", "Put it in quotes.")
    else:
        return _TEXT.adapter.validate_python(words) if isinstance(words, str) else words
    if isinstance(words, dict):
        pairs = [*pairs, *((key, None) for key in words if key not in pattern)]

    def read_one(key: Any, part: Any) -> Any:
        if isinstance(words, dict) and key not in words:
            raise refusal("is missing.", "Translate it from the English file.")
        if isinstance(words, dict) and key not in pattern:
            raise refusal("is no text of the lessons.", "Remove it.")
        return _formed_like(part, words[key])

    read_parts, wrong = sort_out(pairs, read_one)
    raise_any(wrong)
    return read_parts if isinstance(words, dict) else list(read_parts.values())
