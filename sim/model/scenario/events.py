"""What happens to the organization in the weeks of a scenario."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import ValidationInfo, field_validator

from sim.model.kernel.parameters import ParameterValue
from sim.model.policies.policy import FrozenMapping
from sim.model.scenario.messages import listed
from sim.model.scenario.refusals import raise_any, refusal
from sim.model.scenario.rules import Chosen, Rule, departments_rule, one_of, parameter_rule, week_rule
from sim.model.scenario.suggestions import among
from sim.model.scenario.tables import Context, Table, read_named


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens to the organization in a given week.

    Attributes:
        kind: Name in the registry of kinds of events.
        week: Week in which it happens, counted from 0 after the burn-in.
        fields: Every field of its kind, defaults filled in.
        departments: Names of the departments to which it happens; ``None`` for all.
    """

    kind: str
    week: int
    fields: Mapping[str, ParameterValue] = field(default_factory=FrozenMapping)
    departments: tuple[str, ...] | None = None

    def to_dict(self) -> dict[str, Any]:
        """Table as it stands in a file."""
        table = {"kind": self.kind, "week": self.week, **self.fields}
        return table if self.departments is None else {**table, "departments": list(self.departments)}


def kind_rule(context: Context) -> Rule:
    """Rule for the kind of an event."""
    kinds = {name: event_kind.meaning for name, event_kind in context.known.event_kinds.items()}
    return one_of(kinds, "a kind of event", "`centricity list events` shows all of them.", "a kind of event")


def week_of_event(context: Context) -> Rule:
    """Rule for the week of an event."""
    reason = f"the run has {context.weeks} weeks"
    return week_rule(0, context.weeks - 1, reason, "Choose an earlier week or raise weeks.")


class EventTable(Table):
    """A table ``[[events]]``. Its kind decides which fields it has beside kind and week."""

    OTHERWISE = "Write [[events]] with kind and week below it."
    REST = "fields"

    kind: Annotated[str, Chosen(kind_rule)]
    week: Annotated[int, Chosen(week_of_event)]
    fields: dict[str, Any]

    @field_validator("fields", mode="plain")
    @classmethod
    def _read_fields(cls, entries: dict[str, Any], info: ValidationInfo[Context]) -> dict[str, Any]:
        event_kind = info.context.known.event_kinds.get(info.data.get("kind", ""))
        if event_kind is None:  # the other fields of an event depend on its kind
            return {}
        rules = {name: parameter_rule(parameter) for name, parameter in event_kind.fields.items()}
        if event_kind.departments:
            rules["departments"] = departments_rule(info.context.departments)
        hints = {**cls.hints(info.context), **{name: rule.hint for name, rule in rules.items()}}
        rule = f"is not a field of the event {event_kind.name}."
        fields, wrong = read_named(entries, rules, lambda name: refusal(rule, listed(hints, ""), among(name, hints)))
        raise_any(wrong)
        return {**{name: parameter.default for name, parameter in event_kind.fields.items()}, **fields}

    @property
    def event(self) -> Event:
        """The event that this table describes."""
        fields = dict(self.fields)
        departments = fields.pop("departments", None)
        return Event(self.kind, self.week, FrozenMapping(fields), departments)
