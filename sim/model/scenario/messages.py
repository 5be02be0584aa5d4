"""Messages about faults of a file: place, rule, value and remedy, for all faults at once.

``scenarios/bank.toml: policies.symbolic.speechs is not a resource. Did you mean speeches? (speeches per week, ...)``
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from sim.model.extensions import ExtensionError
from sim.model.scenario.suggestions import among, closest
from sim.safe_text import JOINERS, escape, for_message

LONGEST = 60
"""Longest piece of a user's text that is quoted back, in characters."""

LONGEST_PLACE = 300
"""Longest name of a file, or of what stands in its place, at the beginning of a message."""

MOST_SUGGESTIONS = 100
"""Number of faults after which no more suggestions are looked up, so that a file full of faults is reported quickly."""

MOST_LISTED = 14
"""Longest list of legal words that a message spells out."""


class ScenarioError(ValueError):
    """Bad input, with every fault that was found.

    Attributes:
        faults: One message per fault, each naming file, place, rule, value and remedy.
    """

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = [for_message(fault) for fault in faults]
        super().__init__(self.faults)

    def __str__(self) -> str:
        return "\n".join(self.faults)


class Faults:
    """Collects the faults of one file, so that the user sees all of them together.

    Args:
        file: First part of every message: a file, or ``--set NAME=VALUE``; empty for values given in Python. Characters
            that cannot be seen are escaped.
    """

    def __init__(self, file: str = "") -> None:
        self.file = quoted(file, LONGEST_PLACE) if escape(file) != file else _cut(file, LONGEST_PLACE)
        self.messages: list[str] = []

    def add(self, place: str, text: str) -> None:
        """Note one fault; ``text`` states rule, value and remedy."""
        self.messages.append(f"{self.file}: {place} {text}" if self.file else f"{place} {text}")

    def take(self, others: Iterable[str]) -> None:
        """Note messages that were made elsewhere."""
        self.messages.extend(others)

    def refuse(self, place: str, rule: str, remedy: str, meant: Callable[[], str] | None = None) -> None:
        """Note one fault. A suggestion takes the place of the remedy, if there is time to look for one.

        Args:
            place: Dotted place.
            rule: What must hold, and what was found, as a sentence.
            remedy: What to do when nothing legal comes close; ``{place}`` in it stands for the place.
            meant: Looks up a suggestion, as a sentence; see :func:`among`.
        """
        suggestion = meant() if meant is not None and self.patient else ""
        self.add(place, f"{rule} {suggestion or remedy.replace('{place}', place)}".rstrip())

    def unknown(self, place: str, word: str, noun: str, hints: Mapping[str, str], otherwise: str) -> None:
        """Note a name that does not exist, with a suggestion.

        Args:
            place: Dotted place of the name.
            word: The name as written.
            noun: What it is not: ``a resource``.
            hints: Every legal name, with what to say about it in brackets (may be empty).
            otherwise: Remedy when no legal name comes close.
        """
        self.refuse(place, f"is not {noun}.", otherwise, among(word, hints))

    @property
    def patient(self) -> bool:
        """Whether there are still so few faults that suggestions are looked up."""
        return len(self.messages) < MOST_SUGGESTIONS

    def suggestion(self, word: str, names: Iterable[str]) -> str | None:
        """The name that was probably meant, if there is time to look for it."""
        return closest(word, names) if self.patient else None

    def raise_any(self) -> None:
        """Raise all faults together, if there are any."""
        if self.messages:
            raise ScenarioError(self.messages)


def listed(names: Iterable[str], otherwise: str) -> str:
    """Names separated by commas, or a sentence that says where to find them when they are too many."""
    known = list(names)
    if not known:
        return otherwise
    return f"Known: {', '.join(known)}." if len(known) <= MOST_LISTED else otherwise


def inside(place: str, key: object) -> str:
    """Dotted place of a key inside a table."""
    shown = str(key)
    if not re.fullmatch(r"[\w&. -]{1,60}", shown):
        shown = quoted(shown)
    return f"{place}.{shown}" if place else shown


def quoted(text: str, longest: int = LONGEST) -> str:
    """Text in quotes, on one line, cut where it is too long; what cannot be seen is escaped."""
    return escape(json.dumps(_cut(text, longest), ensure_ascii=False), JOINERS)


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 3]}..."


def number_in_words(value: float) -> str:
    """A number as a person writes it: no exponent for a large number, no decimal point for a whole one."""
    if isinstance(value, int) or (value == int(value) and abs(value) < 1e15):
        return str(int(value))
    return repr(float(value))


def show(value: object) -> str:
    """A value as the person wrote it, short enough for a message."""
    match value:
        case bool():
            shown = "true" if value else "false"
        case str():
            shown = quoted(value)
        case int() | float():
            shown = _digits(value)
        case Mapping():
            shown = "a table" if value else "an empty table"
        case Sequence():
            shown = f"a list of {len(value)}" if value else "an empty list"
        case None:
            shown = "nothing"
        case _:
            shown = f"the {type(value).__name__} {quoted(str(value))}"
    return shown


def _digits(value: float) -> str:
    try:
        digits = repr(value)
    except ValueError:  # Python refuses to write out integers of more than 4300 digits
        return "a number of thousands of digits"
    return digits if len(digits) <= LONGEST else f"{digits[: LONGEST - 3]}..."


@contextmanager
def faults_of_extensions() -> Iterator[None]:
    """Raise the faults of an extension as faults of a scenario.

    Raises:
        ScenarioError: With every fault.
    """
    try:
        yield
    except ExtensionError as error:
        raise ScenarioError(error.faults) from error
    except ScenarioError:
        raise
    except (Exception, SystemExit) as error:  # whatever somebody's program declares or does
        said = " ".join(f"{type(error).__name__}: {error}".split())
        rule = f"must declare what can be part of the model, got: {said}."
        raise ScenarioError([f"an extension {rule} docs/extensions.md builds one piece by piece."]) from error
