"""From an error of pydantic to our messages: the one translator.

pydantic decides what is legal. A type of :mod:`sim.model.scenario.rules`, or a table of
:mod:`sim.model.scenario.tables`, knows in words what it asks for, and puts each error of pydantic's that it meets into a
:class:`Refusal`. Errors keep their way into the file (``("policies", "mine", "phases", 0, "speeches")``), and
:func:`read` tells all of them, each with its place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails, InitErrorDetails, PydanticCustomError

from sim.model.scenario.messages import Faults, inside

Way = tuple[int | str, ...]
"""From the top of a table to what is refused in it: keys, and numbers of elements."""

Value = TypeVar("Value")


@dataclass(frozen=True)
class Refusal:
    """Why a part of a file is refused.

    Attributes:
        rule: What must hold, and what was found: ``must be 0 to 5 (speeches per week), got 7.``
        remedy: What to do about it, if nothing else was probably meant; ``{place}`` stands for the dotted place.
        meant: Looks up what else was probably meant, as a sentence, empty if that cannot be said.
    """

    rule: str
    remedy: str = ""
    meant: Callable[[], str] | None = None


Refusals = list[tuple[Way, Refusal]]


def refused(found: Iterable[tuple[Way, Refusal]]) -> ValidationError:
    """The error that a validator raises for one or more refusals, which pydantic adds to all the others of the file."""
    return ValidationError.from_exception_data(
        "file",
        [
            InitErrorDetails(type=PydanticCustomError("refused", "refused", {"refusal": refusal}), loc=way, input=None)
            for way, refusal in found
        ],
    )


def refuse(rule: str, remedy: str = "", meant: Callable[[], str] | None = None) -> ValidationError:
    """The error that a validator raises for the very value that it was given."""
    return refused([((), Refusal(rule, remedy, meant))])


def translated(error: ValidationError, explain: Callable[[ErrorDetails], Refusal]) -> Refusals:
    """Refusals of an error: what pydantic found is explained, what a part of the value refused stays as it is."""
    return [
        (each["loc"], each.get("ctx", {}).get("refusal") or explain(each)) for each in error.errors(include_url=False)
    ]


def refusals_of(error: ValidationError) -> Refusals:
    """Refusals of an error of which every part has been explained."""
    return [(each["loc"], each["ctx"]["refusal"]) for each in error.errors(include_url=False)]


def sort_out(
    entries: Iterable[tuple[Any, Any]], read_one: Callable[[Any, Any], Value]
) -> tuple[dict[Any, Value], Refusals]:
    """The legal ones of some entries, and the refusals of the others on their ways.

    Args:
        entries: Pairs of a key, or a number, and a value.
        read_one: Reads the value of a key, or raises an error of pydantic's.
    """
    legal: dict[Any, Value] = {}
    wrong: Refusals = []
    for key, value in entries:
        try:
            legal[key] = read_one(key, value)
        except ValidationError as error:
            wrong += [((key, *way), refusal) for way, refusal in refusals_of(error)]
    return legal, wrong


def each_of(entries: Iterable[tuple[Any, Any]], read_one: Callable[[Any, Any], Value]) -> dict[Any, Value]:
    """All entries, read as :func:`sort_out` does.

    Raises:
        ValidationError: With the refusals of all that are not legal.
    """
    legal, wrong = sort_out(entries, read_one)
    if wrong:
        raise refused(wrong)
    return legal


def all_of(*checks: Callable[[], Any]) -> list[Any]:
    """Results of several checks of the same value.

    Raises:
        ValidationError: With the refusals of all of them.
    """
    results, wrong = sort_out(enumerate(checks), lambda _, check: check())
    if wrong:
        raise refused((way[1:], refusal) for way, refusal in wrong)
    return list(results.values())


def read(
    check: Callable[[object], Value], raw: object, place: str, faults: Faults, whole: str = "the file"
) -> Value | None:
    """A value of a file in its proper form, or None after noting all that is wrong with it.

    Args:
        check: Makes the value of what is written, or raises an error of pydantic's: a model, a rule's adapter.
        raw: As TOML, JSON or Python gives it.
        place: Dotted place of the value; empty for a whole file.
        faults: Takes the messages.
        whole: What a whole file is called.
    """
    try:
        return check(raw)
    except ValidationError as error:
        for way, refusal in refusals_of(error):
            faults.refuse(_place(place, way) or whole, refusal.rule, refusal.remedy, refusal.meant)
        return None


def _place(place: str, way: Way) -> str:
    """Dotted place at the end of a way."""
    for step in way:
        place = f"{place}[{step}]" if isinstance(step, int) else inside(place, step)
    return place
