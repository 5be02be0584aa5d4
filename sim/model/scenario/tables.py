"""Tables of a file as models of pydantic, which say in our words what they do not take."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, ModelWrapValidatorHandler, ValidationError, ValidationInfo, model_validator
from pydantic_core import ErrorDetails

from sim.model.kernel.parameters import ParameterValue
from sim.model.policies.bundle import Bundle
from sim.model.registry import Registry
from sim.model.scenario.messages import among, listed, show
from sim.model.scenario.refusals import Refusal, Refusals, refused, translated
from sim.model.scenario.rules import LONGEST_RUN, Chosen, Rule


@dataclass
class Context:
    """What is known while a file is read: the registry, and what has been read of the file so far.

    Attributes:
        known: The registry of parameters, resources, kinds of events and outcomes.
        shipped: Bundles that every scenario has.
        weeks: Length of the run.
        parameters: Every parameter with its legal value.
        departments: Names of the departments; ``None`` where it is not known which there are: any name will do.
        own_policies: Policies of the file itself, faulty ones among them.
    """

    known: Registry
    shipped: Mapping[str, Bundle] = field(default_factory=dict)
    weeks: int = LONGEST_RUN
    parameters: Mapping[str, ParameterValue] = field(default_factory=dict)
    departments: Collection[str] | None = None
    own_policies: tuple[str, ...] = ()


class Table(BaseModel):
    """A table: its keys are fields, each with a rule.

    Names that the registry gives out (parameters, resources, fields of an event) are no fields of a class: one field,
    the last one, whose name is ``REST``, takes all keys that no other field has.

    Attributes:
        NOUN: What an unknown key is not: ``a resource``.
        OTHERWISE: Remedy for an unknown key that resembles no legal one; all legal keys, if it is empty.
        REST: Name of the field that takes the rest; in messages it is no part of a place.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    NOUN: ClassVar[str]
    OTHERWISE: ClassVar[str] = ""
    REST: ClassVar[str] = ""

    @classmethod
    def legal_keys(cls) -> tuple[str, ...]:
        """Keys as they stand in a file, in the order in which they are checked."""
        return tuple(field.alias or name for name, field in cls.model_fields.items() if name != cls.REST)

    @classmethod
    def hints(cls, context: Any) -> dict[str, str]:
        """Every legal key, with what to say in brackets after suggesting it."""
        found = {}
        for key, described in zip(cls.legal_keys(), cls.model_fields.values(), strict=False):
            rules = (each.choose(context) if isinstance(each, Chosen) else each for each in described.metadata)
            found[key] = next((rule.hint for rule in rules if isinstance(rule, Rule)), "")
        return found

    @classmethod
    def of_the_whole(cls, table: Mapping[str, Any]) -> Iterable[Refusal]:
        """What is wrong with a table as a whole, whatever is wrong with its parts."""
        return ()

    @classmethod
    def unknown(cls, key: str, context: Any) -> Refusal:
        """What is said about a key that is not legal."""
        hints = cls.hints(context)
        return Refusal(f"is not {cls.NOUN}.", cls.OTHERWISE or listed(hints, ""), among(key, hints))

    @classmethod
    def missing(cls, key: str, context: Any) -> Refusal:
        """What is said about a key without which the table makes no sense."""
        return Refusal("is missing.", f"Add {key} = ... ({cls.hints(context)[key]}).")

    @model_validator(mode="wrap")
    @classmethod
    def _in_words(cls, raw: Any, handler: ModelWrapValidatorHandler[Self], info: ValidationInfo) -> Self:
        """The table, or all that is wrong with it, in words."""
        whole: Refusals = []
        if isinstance(raw, Mapping):
            whole = [((), refusal) for refusal in cls.of_the_whole(raw)]
            raw = cls._gathered(raw)
        try:
            made = handler(raw)
        except ValidationError as error:
            found = translated(error, lambda each: cls._explain(each, raw, info.context))
            whole = [(way[1:] if way and way[0] == cls.REST else way, refusal) for way, refusal in found] + whole
        if whole:
            raise refused(whole)
        return made

    @classmethod
    def _gathered(cls, raw: Mapping[str, Any]) -> dict[str, Any]:
        """The table with all keys that are not a field's under ``REST``, if it has a field for them."""
        if not cls.REST:
            return {str(key): value for key, value in raw.items()}
        keys = cls.legal_keys()
        table = {key: value for key, value in raw.items() if key in keys}
        return {**table, cls.REST: {str(key): value for key, value in raw.items() if key not in keys}}

    @classmethod
    def _explain(cls, error: ErrorDetails, raw: object, context: Any) -> Refusal:
        """What pydantic found, in words; what a rule found has its words already."""
        if error["type"] == "missing":
            return cls.missing(str(error["loc"][0]), context)
        if error["type"] == "extra_forbidden":
            return cls.unknown(str(error["loc"][0]), context)
        return Refusal(f"must be a table, got {show(raw)}.", cls.OTHERWISE or listed(cls.hints(context), ""))


def by_rule(rule_of: Callable[[str], Rule | None], unknown: Callable[[str], Refusal]) -> Callable[[str, object], Any]:
    """What reads the value of a name that the registry gives out.

    Args:
        rule_of: Rule for the value of a name; ``None`` if there is no such name.
        unknown: What is said about a name that there is not.
    """

    def read_one(name: str, value: object) -> Any:
        rule = rule_of(name)
        if rule is None:
            raise refused([((), unknown(name))])
        return rule.adapter.validate_python(value)

    return read_one
