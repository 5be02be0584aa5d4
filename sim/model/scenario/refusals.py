"""From an error of pydantic to our messages: the one translator.

pydantic decides what is legal. A type of :mod:`sim.model.scenario.rules`, or a table of
:mod:`sim.model.scenario.tables`, knows in words what it asks for, and puts each error of pydantic's that it meets into a
:func:`refusal`. Errors keep their way into the file (``("policies", "mine", "phases", 0, "speeches")``), and
:func:`read` tells all of them, each with its place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails, InitErrorDetails, PydanticCustomError

from sim.model.scenario.messages import Faults, inside

Value = TypeVar("Value")

Way = tuple[int | str, ...]
"""From the top of a table to what is refused in it: keys, and numbers of elements."""

Refusals = list[tuple[Way, PydanticCustomError]]


def refusal(rule: str, remedy: str = "", meant: Callable[[], str] | None = None) -> PydanticCustomError:
    """Why a part of a file is refused; a validator raises it.

    Args:
        rule: What must hold, and what was found: ``must be 0 to 5 (speeches per week), got 7.``
        remedy: What to do about it, if nothing else was probably meant; ``{place}`` stands for the dotted place.
        meant: Looks up what else was probably meant, as a sentence, empty if that cannot be said.
    """
    return PydanticCustomError("refused", "{rule}", {"rule": rule, "remedy": remedy, "meant": meant})


def joined(wrong: Refusals) -> ValidationError:
    """The error that a validator raises for several refusals; pydantic adds them to all others of the file."""
    lines = [InitErrorDetails(type=because, loc=way, input=None) for way, because in wrong]
    return ValidationError.from_exception_data("file", lines)


def raise_any(wrong: Refusals) -> None:
    """Raise refusals together, if there are any."""
    if wrong:
        raise joined(wrong)


def refusals_of(
    error: ValidationError | PydanticCustomError, explain: Callable[[ErrorDetails], PydanticCustomError] | None = None
) -> Refusals:
    """Refusals of an error: what pydantic found is explained, what was refused in our words stays as it is."""
    if isinstance(error, PydanticCustomError):
        return [((), error)]
    return [
        (each["loc"], explain(each) if explain and each["type"] != "refused" else refusal(**each["ctx"]))
        for each in error.errors(include_url=False)
    ]


def sort_out(
    entries: Iterable[tuple[Any, Any]], read_one: Callable[[Any, Any], Value]
) -> tuple[dict[Any, Value], Refusals]:
    """The legal ones of some entries, and the refusals of the others.

    Args:
        entries: Pairs of a key, or a number, and a value.
        read_one: Reads the value of a key, or raises what is wrong with it.
    """
    legal: dict[Any, Value] = {}
    wrong: Refusals = []
    for key, value in entries:
        try:
            legal[key] = read_one(key, value)
        except (ValidationError, PydanticCustomError) as error:
            wrong += [((key, *way), because) for way, because in refusals_of(error)]
    return legal, wrong


def all_of(*checks: Callable[[], Any]) -> list[Any]:
    """Results of several checks of the same value; what is wrong by any of them is raised together."""
    results, wrong = sort_out(enumerate(checks), lambda _, check: check())
    raise_any([(way[1:], because) for way, because in wrong])
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
        for each in error.errors(include_url=False):
            faults.refuse(_place(place, each["loc"]) or whole, **each["ctx"])
        return None


def _place(place: str, way: tuple[int | str, ...]) -> str:
    """Dotted place at the end of a way."""
    for step in way:
        place = f"{place}[{step}]" if isinstance(step, int) else inside(place, step)
    return place
