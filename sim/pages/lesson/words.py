"""Texts of a page: those of every lesson from ``words.toml``, and the lesson's own. A translation holds both in one file."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache, partial
from importlib import resources
from pathlib import Path
from typing import Any

from sim.lab.toml_text import write_toml
from sim.model.registry import current
from sim.model.scenario.finding import Source
from sim.model.scenario.loading import read_toml
from sim.model.scenario.messages import Faults, show
from sim.model.scenario.refusals import raise_any, read, refusal, sort_out
from sim.model.scenario.rules import text
from sim.pages.lesson.lesson import Lesson
from sim.pages.lesson.loading import BRACES

_TEXT = text("a text", longest=20_000)

Words = Mapping[str, Any]
"""Tables of texts, as in the file."""


@cache
def _of_every_lesson() -> Words:
    return tomllib.loads((resources.files("sim.pages.lesson") / "words.toml").read_text(encoding="utf-8"))


def english(lesson: Lesson) -> dict[str, Any]:
    """All texts of a lesson's page, as its file and the package have them."""
    common = _of_every_lesson()
    kinds = {event.kind for number in range(len(lesson.worlds)) for event in lesson.scenario(number).events}
    events = {name: words for name, words in common["events"].items() if name in kinds | {"start", "end"}}
    return {
        "language": common["language"],
        "page": common["page"],
        "events": {**{kind: kind.replace("_", " ") for kind in sorted(kinds)}, **events},
        "curves": {curve.outcome: _words_of(curve.outcome, lesson) for curve in lesson.curves},
        "lesson": lesson.texts,
    }


def _words_of(outcome: str, lesson: Lesson) -> Mapping[str, str]:
    """Words of a curve: the file's own, the package's, or else the outcome's name and meaning."""
    name = outcome.replace("_", " ").capitalize()
    plain = {"title": name, "short": name, "about": current().outcomes[outcome].meaning}
    found: Mapping[str, str] = lesson.words_of_curves.get(outcome) or _of_every_lesson()["curves"].get(outcome, plain)
    return found


def to_translate(lesson: Lesson) -> str:
    """The file to translate: TOML with every text of the page."""
    head = (
        f'# Texts of the lesson {lesson.name}. Translate what stands in quotes, language too (such as "de"), then run\n'
        f"# `centricity lesson {lesson.name} --words THIS-FILE`. Words in {{braces}} are filled in by the page: keep them.\n"
        "# Where \\n\\n stands, a paragraph begins.\n"
        "# License of these materials: Creative Commons Attribution 4.0 (CC BY 4.0).\n\n"
    )
    return head + write_toml(english(lesson))


def translated(file: Path, lesson: Lesson) -> Words:
    """Texts of a translation. It must have every text of the lesson's page, lists of the same length, and the same braces.

    Raises:
        ScenarioError: With every text that is missing or of another kind.
    """
    faults = Faults(str(file))
    words: Words | None = read(partial(_formed_like, english(lesson)), read_toml(Source(file, str(file))), "", faults)
    faults.raise_any()
    assert words is not None  # its faults would have been raised
    return words


def _formed_like(pattern: Any, words: Any) -> Any:
    """The texts, if they have the form of a pattern.

    Raises:
        ValidationError: With every text that is missing or of another kind.
    """
    if isinstance(pattern, Mapping):
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
        return _like_text(pattern, words) if isinstance(words, str) else words
    if isinstance(words, dict):
        pairs = [*pairs, *((key, None) for key in words if key not in pattern)]

    def read_one(key: Any, part: Any) -> Any:
        if isinstance(words, dict) and key not in words:
            raise refusal("is missing.", "Translate it from the English file.")
        if isinstance(words, dict) and key not in pattern:
            raise refusal("is no text of the lesson.", "Remove it.")
        return _formed_like(part, words[key])

    read_parts, wrong = sort_out(pairs, read_one)
    raise_any(wrong)
    return read_parts if isinstance(words, dict) else list(read_parts.values())


def _like_text(pattern: str, words: str) -> str:
    """A text, with the words in braces of the English one and no others."""
    wanted, found = set(BRACES.findall(pattern)), set(BRACES.findall(words))
    if wanted != found:
        missing, unknown = (
            ", ".join(f"{{{each}}}" for each in sorted(part)) for part in (wanted - found, found - wanted)
        )
        said = " and ".join(part for part in (missing and f"lacks {missing}", unknown and f"has {unknown}") if part)
        raise refusal(
            f"must hold the words in braces that the English text holds; it {said}.",
            "Copy them as they are; the page fills them in.",
        )
    checked: str = _TEXT.adapter.validate_python(words)
    return checked
