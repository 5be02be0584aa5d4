"""Translates errors of pydantic into messages of this package.

pydantic decides what is legal. A type of :mod:`sim.model.scenario.rules`, or a table of
:mod:`sim.model.scenario.tables`, states its rule in words and turns each error of pydantic's into a :func:`refusal`. Errors
keep their path into the file (``("policies", "mine", "phases", 0, "speeches")``). :func:`read` reports all of them, each
with its place.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails, InitErrorDetails, PydanticCustomError

from sim.model.scenario.messages import Faults, inside, show

Value = TypeVar("Value")

Way = tuple[int | str, ...]
"""Path from the top of a table to a refused value: keys, and numbers of elements."""

Refusals = list[tuple[Way, PydanticCustomError]]


def refusal(rule: str, remedy: str = "", meant: Callable[[], str] | None = None) -> PydanticCustomError:
    """The reason why a part of a file is refused, as an error that a validator raises.

    Args:
        rule: What must hold, and what was found: ``must be 0 to 5 (speeches per week), got 7.``
        remedy: What to do about it, if there is no suggestion; ``{place}`` stands for the dotted place.
        meant: Looks up a suggestion, as a sentence; empty if there is none.
    """
    return PydanticCustomError("refused", "{rule}", {"rule": rule, "remedy": remedy, "meant": meant})


def at(
    place: str, rule: str, remedy: str = "", meant: Callable[[], str] | None = None
) -> tuple[Way, PydanticCustomError]:
    """A refusal of what stands under a key, or of the whole table if the place is empty; see :func:`refusal`."""
    return ((place,) if place else ()), refusal(rule, remedy, meant)


def repeated(names: Iterable[str], remedy: str) -> Refusals:
    """Refusals of names that stand more than once."""
    counts = Counter(names).items()
    rule = "must have different names, got {} more than once."
    return [at("", rule.format(show(name)), remedy) for name, times in counts if times > 1]


def joined(wrong: Refusals) -> ValidationError:
    """One error for several refusals, for a validator to raise. pydantic adds them to all others of the file."""
    lines = [InitErrorDetails(type=because, loc=way, input=None) for way, because in wrong]
    return ValidationError.from_exception_data("file", lines)


def raise_any(wrong: Refusals) -> None:
    """Raise refusals together, if there are any."""
    if wrong:
        raise joined(wrong)


def refusals_of(
    error: ValidationError | PydanticCustomError, explain: Callable[[ErrorDetails], PydanticCustomError] | None = None
) -> Refusals:
    """Refusals in an error. Pydantic's own are put into words; those of this package stay as they are."""
    if isinstance(error, PydanticCustomError):
        return [((), error)]
    return [
        (each["loc"], explain(each) if explain and each["type"] != "refused" else refusal(**each["ctx"]))
        for each in error.errors(include_url=False)
    ]


def attempt(check: Callable[[], Value]) -> tuple[Value | None, Refusals]:
    """What a check gives, or None with the reasons why the value is refused."""
    try:
        return check(), []
    except (ValidationError, PydanticCustomError) as error:
        return None, refusals_of(error)


def sort_out(
    entries: Iterable[tuple[Any, Any]], read_one: Callable[[Any, Any], Value]
) -> tuple[dict[Any, Value], Refusals]:
    """The legal entries, and the refusals of the others.

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
    """Results of several checks of the same value. The refusals of all checks are raised together."""
    results = [attempt(check) for check in checks]
    raise_any([each for _, wrong in results for each in wrong])
    return [result for result, _ in results]


def read(
    check: Callable[[object], Value], raw: object, place: str, faults: Faults, whole: str = "the file"
) -> Value | None:
    """The value that a part of a file stands for, or None after noting all its faults.

    Args:
        check: Makes the value, or raises an error of pydantic's: a model, or the adapter of a rule.
        raw: The part as TOML, JSON or Python gives it.
        place: Dotted place of the value; empty for a whole file.
        faults: Takes the messages.
        whole: What messages call the whole file.
    """
    try:
        return check(raw)
    except ValidationError as error:
        for each in error.errors(include_url=False):
            faults.refuse(_place(place, each["loc"]) or whole, **each["ctx"])
        return None


def check_argument(name: str, value: object, rule: Any) -> Any:
    """The value of an argument of a call, as the rule gives it: a number of NumPy becomes one of Python.

    Args:
        name: What messages call it.
        value: What was given.
        rule: A :class:`~sim.model.scenario.rules.Rule`.

    Raises:
        ScenarioError: If the rule does not allow it.
    """
    faults = Faults()
    found = read(rule.adapter.validate_python, value, "", faults, name)
    faults.raise_any()
    return found


def _place(place: str, way: tuple[int | str, ...]) -> str:
    """The dotted place for a path."""
    for step in way:
        place = f"{place}[{step}]" if isinstance(step, int) else inside(place, step)
    return place
