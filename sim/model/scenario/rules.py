"""Rules for single values and for lists of them. Each rule can state itself in words.

pydantic decides whether a value is legal; the words are this package's. A rule is metadata of a type,
``Annotated[float, SHARE]``, or is used by itself, ``SHARE.adapter.validate_python(0.3)``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property, partial
from typing import Annotated, Any

import numpy as np
from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    GetCoreSchemaHandler,
    Strict,
    StringConstraints,
    TypeAdapter,
    ValidationError,
)
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from sim.model.kernel.parameters import Parameter, ParameterType, ParameterValue
from sim.model.policies.resources import Resource
from sim.model.scenario.messages import listed, number_in_words, show
from sim.model.scenario.periods import of_period
from sim.model.scenario.refusals import joined, raise_any, refusal, refusals_of
from sim.model.scenario.suggestions import Wanted, among, suggest_list, suggest_number, suggest_switch, suggest_text
from sim.safe_text import JOINERS, unseen

LONGEST_RUN = 5200
"""Largest number of weeks in a run: a hundred years."""

_OUT_OF_RANGE = {"greater_than", "greater_than_equal", "less_than", "less_than_equal"}


@dataclass(frozen=True)
class Rule:
    """What a value must be.

    Attributes:
        annotation: Type that pydantic checks.
        kind: Kind of value: ``a number``, ``text``; not repeated where only the range is broken.
        legal: Legal values with their unit: ``0 to 0.5 (per month)``; empty if the kind says everything.
        hint: Text in brackets after a suggestion: unit, range and default.
        remedy: What to do about an illegal value.
        meant: Finds out which slip explains an illegal value, and says what to write, as a sentence; empty if none does.
        words: Legal words, each with a hint of its own, where the value is one of several words.
    """

    annotation: Any
    kind: str
    legal: str = ""
    hint: str = ""
    remedy: str = ""
    meant: Callable[[object], str] = lambda value: ""
    words: Mapping[str, str] = field(default_factory=dict)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Pydantic's schema of the annotation, with this package's words for its errors."""
        return core_schema.no_info_wrap_validator_function(self._validate, handler.generate_schema(self.annotation))

    def _validate(self, value: object, check: Callable[[object], Any]) -> Any:
        try:
            return check(value)
        except ValidationError as error:
            raise joined(refusals_of(error, lambda each: self._refusal(value, each["type"]))) from None

    @cached_property
    def adapter(self) -> TypeAdapter[Any]:
        """Checker for values by themselves. It is made when first needed, since most rules are never used."""
        return TypeAdapter(Annotated[Any, self])

    def _refusal(self, value: object, error: str) -> PydanticCustomError:
        """Rule, value and remedy in words."""
        rule = ", ".join(part for part in ("" if error in _OUT_OF_RANGE else self.kind, self.legal) if part)
        misspelt = among(value if isinstance(value, str) else "", self.words)
        return refusal(
            f"must be {rule}, got {show(value)}.", self.remedy, lambda: self.meant(_plain(value)) or misspelt()
        )


@dataclass(frozen=True)
class Chosen:
    """A rule that depends on what has been read so far (:class:`~sim.model.scenario.tables.Context`)."""

    choose: Callable[[Any], Rule]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """A validator that applies the rule chosen at that moment."""
        return core_schema.with_info_plain_validator_function(
            lambda value, info: self.choose(info.context).adapter.validate_python(value)
        )


def _plain(value: object) -> object:
    """Numbers of NumPy as Python's, since samplers and optimizers pass those; minus zero as zero."""
    if isinstance(value, np.generic):
        value = value.item()
    return 0.0 if isinstance(value, float) and value == 0.0 else value


def _whole(value: object) -> object:
    """A whole number written with a decimal point is a whole number."""
    value = _plain(value)
    return int(value) if isinstance(value, float) and value.is_integer() else value


def number(ge: float | None = None, le: float | None = None, gt: float | None = None) -> Any:
    """Type of a finite number, at least ``ge`` or above ``gt``, and at most ``le``. True and false are not numbers."""
    return Annotated[float, Strict(), Field(allow_inf_nan=False, ge=ge, le=le, gt=gt), BeforeValidator(_plain)]


def whole_number(low: int, high: int) -> Any:
    """Type of an integer from ``low`` to ``high``, both included."""
    return Annotated[int, Strict(), Field(ge=low, le=high), BeforeValidator(_whole)]


def range_in_words(low: float, high: float, unit: str = "1") -> str:
    """A range, with the unit if there is one: ``0 to 0.5 (per month)``."""
    span = f"{number_in_words(low)} to {number_in_words(high)}"
    return span if unit == "1" else f"{span} ({unit})"


def _hint(unit: str, legal: str, default: ParameterValue) -> str:
    return ", ".join(part for part in ("" if unit == "1" else unit, legal, f"default {_default(default)}") if part)


def _default(value: ParameterValue) -> str:
    """A default as a person writes it."""
    if isinstance(value, str):
        return value
    return show(value) if isinstance(value, bool) else number_in_words(value)


def default_in_words(parameter: Parameter) -> str:
    """The default as a sentence, for messages about a value that nothing explains."""
    return f"Give another one; the default is {_default(parameter.default)}."


def present_in_words(value: ParameterValue) -> str:
    """The same with the value that a scenario has without what is refused."""
    return f"Give another one; the scenario has {_default(value)}."


def parameter_rule(parameter: Parameter) -> Rule:
    """Rule for the value of a parameter."""
    return _parameter_rule(parameter, parameter.type)


@cache
def _parameter_rule(parameter: Parameter, kind: ParameterType) -> Rule:
    """Cached by kind as well, since parameters with the defaults 1 and 1.0 are equal."""
    default = parameter.default
    remedy = default_in_words(parameter)
    if kind in ("number", "integer"):
        low, high = parameter.low, parameter.high
        assert low is not None  # the declaration checked it
        assert high is not None
        return Rule(
            annotation=of_period(number(ge=low, le=high), parameter.unit)
            if kind == "number"
            else whole_number(int(low), int(high)),
            kind="a number" if kind == "number" else "a whole number",
            legal=range_in_words(low, high, parameter.unit),
            hint=_hint(parameter.unit, range_in_words(low, high), default),
            remedy=remedy,
            meant=partial(suggest_number, wanted=Wanted(parameter.unit, low, high, kind == "integer")),
        )
    if kind == "switch":
        hint = _hint("", "true or false", default)
        switch = Annotated[bool, Strict(), BeforeValidator(_plain)]
        return Rule(switch, "true or false", hint=hint, remedy=remedy, meant=suggest_switch)
    choices = dict.fromkeys(parameter.choices, "")
    return one_of(choices, f"one of {', '.join(choices)}", remedy, _hint("", " or ".join(choices), default))


@cache
def resource_rule(resource: Resource) -> Rule:
    """Rule for an amount of a resource in a policy. A resource that a policy does not name is zero."""
    return Rule(
        annotation=of_period(number(ge=resource.low, le=resource.high), resource.unit),
        kind="a number",
        legal=range_in_words(resource.low, resource.high, resource.unit),
        hint=_hint(resource.unit, range_in_words(resource.low, resource.high), 0),
        remedy="Give an amount in this range; 0 is none of it.",
        meant=partial(suggest_number, wanted=Wanted(resource.unit, resource.low, resource.high)),
    )


def one_of(words: Mapping[str, str], kind: str, remedy: str = "", hint: str = "") -> Rule:
    """Rule for one word out of several, each with a hint (may be empty) for the suggestion."""
    return Rule(
        annotation=Annotated[str, Strict(), AfterValidator(partial(_among, frozenset(words))), BeforeValidator(_plain)],
        kind=kind,
        hint=hint,
        remedy=remedy or listed(words, "`centricity list` shows what there is."),
        words=words,
    )


def _among(words: frozenset[str], value: str) -> str:
    if value not in words:
        raise ValueError("not one of the words")  # never shown: the rule has its own
    return value


def list_of(item: Rule, kind: str, remedy: str, hint: str = "") -> Rule:
    """Rule for a list that is not empty and repeats nothing."""
    elements = tuple[Annotated[Any, item], ...]
    checked = Annotated[elements, AfterValidator(_different), BeforeValidator(_full)]
    return Rule(checked, kind, hint=hint, remedy=remedy, meant=suggest_list)


def _full(value: object) -> tuple[Any, ...]:
    """A list that is not empty, as a tuple."""
    if not isinstance(value, list | tuple) or not value:
        raise ValueError("no list, or an empty one")  # never shown: the rule has its own words
    return tuple(value)


def _different(elements: tuple[Any, ...]) -> tuple[Any, ...]:
    """The elements, if none is named twice."""
    repeated = [element for element, times in Counter(elements).items() if times > 1]
    rule = "must name each only once, got {} more than once."
    raise_any([((), refusal(rule.format(show(each)), "Remove the repetition.")) for each in repeated])
    return elements


def tables_of(model: Any = Any, make: Callable[[Any], Any] = lambda table: table, hint: str = "") -> Rule:
    """Rule for a list of tables; ``make`` makes the object that each stands for."""
    elements = tuple[Annotated[model, AfterValidator(make)], ...]
    remedy = "Write [[{place}]] above each of them."
    return Rule(Annotated[elements, BeforeValidator(_full)], "a list of tables", hint=hint, remedy=remedy)


def check_seen(value: str, allowed: str = "") -> str:
    """A text, if all of it can be seen.

    Args:
        value: The text.
        allowed: Characters that may be there all the same.
    """
    hidden = unseen(value, allowed)
    if hidden:
        codes = ", ".join(f"U+{ord(character):04X}" for character in hidden[:3])
        raise refusal(f"must not hold characters that cannot be seen ({codes}), got {show(value)}.", "Remove them.")
    return value


def text(hint: str, longest: int = 5000, lines: bool = True) -> Rule:
    """Rule for free text, of one line or of several."""
    plain = StringConstraints(strict=True, strip_whitespace=True, max_length=longest)
    annotation = Annotated[str, plain, AfterValidator(partial(check_seen, allowed=JOINERS + "\n\t" * lines))]
    return Rule(
        annotation,
        f"text of at most {longest} characters",
        hint=hint,
        remedy="Write it in quotes, and no longer than that.",
        meant=suggest_text,
    )


def _suggest_name(value: object) -> str:
    """What to write instead of a refused name: a file stands elsewhere."""
    if isinstance(value, str) and value.endswith(".toml"):
        return "Names stand here. Give the file as an option (--policy FILE), or write what is in it as a table of this file."
    return suggest_text(value)


NAME = Rule(
    annotation=Annotated[
        str, StringConstraints(strict=True, max_length=60, pattern=r"^\w(?:[\w &-]*\w)?$"), AfterValidator(check_seen)
    ],
    kind="a name (letters, digits, hyphens, underscores, spaces inside; at most 60)",
    hint="a name",
    remedy="Choose a name such as back-office.",
    meant=_suggest_name,
)
"""Rule for the names that users give to scenarios, policies, departments and futures."""


CURRENCY = text("text, default EUR", longest=12, lines=False)
"""Rule for the currency of all money."""


def legal_name(stem: str, otherwise: str) -> str:
    """A legal name, as near to the name of a file as possible."""
    name = re.sub(r"[^\w &-]+", "-", stem)[:60].strip(" &-")
    return name or otherwise


def week_rule(low: int, high: int, reason: str = "", remedy: str = "Give a whole number of weeks.") -> Rule:
    """Rule for a week, or a number of weeks; ``reason`` says why the range ends where it does."""
    legal = f"{low} to {high} ({reason or 'weeks'})"
    meant = partial(suggest_number, wanted=Wanted("week", low, high, whole=True))
    return Rule(whole_number(low, high), "a whole number", legal, f"weeks, {low} to {high}", remedy, meant)


def whole_rule(low: int, high: int, remedy: str = "Give another one.") -> Rule:
    """Rule for a whole number that is an option of a command or an argument of a call."""
    meant = partial(suggest_number, wanted=Wanted(low=low, high=high, whole=True))
    return Rule(whole_number(low, high), "", f"a whole number, {low} to {high}", remedy=remedy, meant=meant)


SEED = Rule(whole_number(0, 2**64 - 1), "", "a whole number from 0 to 2^64 - 1", remedy="Give another one.")
"""Rule for the seed of a model. Commands take those that other programs can hold as well, up to 2^63 - 1."""

MODEL_WEEKS = whole_rule(0, LONGEST_RUN, "Leave it out for those of the scenario.")
"""Rule for the weeks of a model; without any, it stands where its burn-in ends."""

DURATION = Rule(number(ge=0), "", "a number of weeks, 0 or more", remedy="Give a whole number.")
"""Rule for the number of weeks by which a model is to go on."""

SWITCH = Rule(Annotated[bool, Strict(), BeforeValidator(_plain)], "true or false", remedy="Write True or False.")
"""Rule for an option that is on or off."""


def _several(value: object) -> object:
    """A list of texts; one text alone is a list of one."""
    if isinstance(value, str):
        return (value,)
    return tuple(value) if isinstance(value, list | tuple | set | frozenset) else value


_WORD = Rule(Annotated[str, Strict()], "a text", remedy="Put it in quotes.")

TEXTS = Rule(
    Annotated[tuple[Annotated[Any, _WORD], ...], BeforeValidator(_several)],
    "a list of texts",
    remedy='Write for example ["norm"].',
)
"""Rule for an option that may be repeated."""


def departments_rule(names: Collection[str] | None) -> Rule:
    """Rule for a list of departments. Any name is legal while the departments are not known (``None``)."""
    item = NAME if names is None else one_of(dict.fromkeys(names, ""), "a department of the scenario")
    return list_of(item, "a list of departments", "Leave it out for all departments.", "list of names, missing = all")
