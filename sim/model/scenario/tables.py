"""Tables of a file as models of pydantic, which report their errors in the words of this package."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, ValidationError, ValidationInfo, model_validator
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails, PydanticCustomError

from sim.model.kernel.parameters import ParameterValue
from sim.model.policies.policy import Policy
from sim.model.registry import Registry
from sim.model.scenario.messages import listed, show
from sim.model.scenario.refusals import Refusals, joined, refusal, refusals_of, sort_out
from sim.model.scenario.rules import LONGEST_RUN, Chosen, Rule
from sim.model.scenario.suggestions import among


@dataclass
class Context:
    """What is known while a file is read: the registry, and what has been read of the file so far.

    Attributes:
        known: The registry of parameters, resources, kinds of events and outcomes.
        shipped: Policies that every scenario has.
        weeks: Length of the run.
        parameters: Every parameter with its legal value.
        present: Values that are there without what is read, for messages; those of ``parameters`` if empty.
        departments: Names of the departments; ``None`` while they are not known, when any name is legal.
        own_policies: Policies of the file itself, including faulty ones.
    """

    known: Registry
    shipped: Mapping[str, Policy] = field(default_factory=dict)
    weeks: int = LONGEST_RUN
    parameters: Mapping[str, ParameterValue] = field(default_factory=dict)
    present: Mapping[str, ParameterValue] = field(default_factory=dict)
    departments: Collection[str] | None = None
    own_policies: tuple[str, ...] = ()


class Table(BaseModel):
    """A table: its keys are fields, each with a rule.

    Names from the registry (parameters, resources, fields of an event) are not fields of a class. One field, named by
    ``REST``, takes all keys that belong to no other field.

    Attributes:
        NOUN: What an unknown key is not: ``a resource``.
        OTHERWISE: Remedy for an unknown key that resembles no legal one; if empty, the message lists all legal keys.
        REST: Name of the field that takes the other keys. In messages it is not part of a place, so where it is the last
            field, its validator can also check what several keys mean together.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    NOUN: ClassVar[str]
    OTHERWISE: ClassVar[str] = ""
    REST: ClassVar[str] = ""

    @classmethod
    def legal_keys(cls) -> dict[str, FieldInfo]:
        """Keys as they stand in a file, in the order in which they are checked, each with its field."""
        return {field.alias or name: field for name, field in cls.model_fields.items() if name != cls.REST}

    @classmethod
    def hints(cls, context: Any) -> dict[str, str]:
        """Every legal key, with the text in brackets after a suggestion."""
        found = {}
        for key, described in cls.legal_keys().items():
            rules = (each.choose(context) if isinstance(each, Chosen) else each for each in described.metadata)
            found[key] = next((rule.hint for rule in rules if isinstance(rule, Rule)), "")
        return found

    @classmethod
    def unknown(cls, key: str, context: Any) -> PydanticCustomError:
        """Message about a key that is not legal."""
        hints = cls.hints(context)
        return refusal(f"is not {cls.NOUN}.", cls.OTHERWISE or listed(hints, ""), among(key, hints))

    @classmethod
    def strangers(cls, keys: Iterable[str], context: Any) -> Refusals:
        """Refusals of keys that are not legal, for the field that takes the other keys."""
        return [((key,), cls.unknown(key, context)) for key in keys]

    @classmethod
    def missing(cls, key: str, context: Any) -> PydanticCustomError:
        """Message about a required key that is missing."""
        return refusal("is missing.", f"Add {key} = ... ({cls.hints(context)[key]}).")

    @model_validator(mode="wrap")
    @classmethod
    def _in_words(cls, raw: Any, check: Callable[[Any], Self], info: ValidationInfo) -> Self:
        """The table, or all its faults in words."""
        raw = cls._gathered(raw) if isinstance(raw, Mapping) else raw
        try:
            return check(raw)
        except ValidationError as error:
            wrong = refusals_of(error, lambda each: cls._explain(each, raw, info.context))
            rest = (cls.REST,)
            raise joined([(way[1:] if way[:1] == rest else way, because) for way, because in wrong]) from None

    @classmethod
    def _gathered(cls, raw: Mapping[str, Any]) -> dict[str, Any]:
        """The table with all keys that belong to no field moved under ``REST``, if the class has that field."""
        keys = cls.legal_keys() if cls.REST else raw
        table = {str(key): value for key, value in raw.items() if key in keys}
        rest = {str(key): value for key, value in raw.items() if key not in keys}
        return {**table, cls.REST: rest} if cls.REST else table

    @classmethod
    def _explain(cls, error: ErrorDetails, raw: object, context: Any) -> PydanticCustomError:
        """An error of pydantic in words. An error of a rule has its words already."""
        if error["type"] == "missing":
            return cls.missing(str(error["loc"][0]), context)
        if error["type"] == "extra_forbidden":
            return cls.unknown(str(error["loc"][0]), context)
        return refusal(f"must be a table, got {show(raw)}.", cls.OTHERWISE or listed(cls.hints(context), ""))


def read_named(
    entries: Mapping[str, Any], rules: Mapping[str, Rule], unknown: Callable[[str], PydanticCustomError]
) -> tuple[dict[str, Any], Refusals]:
    """Values of names from the registry, and the refusals of those that are not legal.

    Args:
        entries: Name -> value, as they stand in the file.
        rules: Name -> rule for its value.
        unknown: Makes the message about a name without a rule.
    """

    def read_one(name: str, value: object) -> Any:
        if name not in rules:
            raise unknown(name)
        return rules[name].adapter.validate_python(value)

    return sort_out(entries.items(), read_one)
