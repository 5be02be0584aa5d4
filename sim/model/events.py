"""Events: what happens to an organization in a given week, in which departments, and how much of it.

What a kind of event does is a plain function, which is compiled with the week. The names of its arguments say what it gets:
fields of the event, ``event`` (its place among the events of the scenario), and what steps may ask for
(:mod:`sim.model.kernel.records`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sim.model.kernel.array_types import FloatArray
from sim.model.kernel.columns import FLAG, WHOLE, Column, Columns
from sim.model.kernel.parameters import Parameter, Tier, declare
from sim.model.kernel.records import Departments, Environment, Events, OrganizationNumbers, Week


@dataclass(frozen=True, slots=True)
class EventKind:
    """A kind of event that scenario files may schedule.

    Attributes:
        name: Key ``kind`` in scenario files.
        meaning: What happens.
        fields: Further keys of the event, each with range, default and meaning.
        apply: What it does in the week in which it happens: a function that asks for what it needs by name.
        departments: Whether the event may be limited to some departments.
    """

    name: str
    meaning: str
    fields: Mapping[str, Parameter]
    apply: Callable[..., None]
    departments: bool = False


def declare_fields(text: str) -> dict[str, Parameter]:
    """Fields of a kind of event from a text (:func:`sim.model.kernel.parameters.declare`), each named ``KIND.FIELD``."""
    named = {field.name.partition(".")[2]: field for field in declare(text)}
    return {name: replace(field, name=name) for name, field in named.items()}


def _share(name: str, default: float, meaning: str) -> Parameter:
    return Parameter(name, default, "share", meaning, "Set by the scenario", Tier.CONJECTURE, 0.0, 1.0, kind="own")


def _weeks(default: int, meaning: str) -> Parameter:
    return Parameter("weeks", default, "weeks", meaning, "Set by the scenario", Tier.CONJECTURE, 1, 5200, kind="own")


def _ratio(name: str, default: float, meaning: str) -> Parameter:
    return Parameter(name, default, "ratio", meaning, "Set by the scenario", Tier.CONJECTURE, 0.0, 10.0, kind="own")


def _replace_executives(share: float, customer_weight: float, week: Week) -> None:
    week.forced_succession = share
    week.forced_weight = customer_weight


def _remove_managers(event: int, share: float, events: Events, departments: Departments, week: Week) -> None:
    for department in range(departments.managers_leaving.size):
        departments.managers_leaving[department] = share if events.reached[event, department] else 0.0
    week.managers_forced = True


def put_in_force(effects: FloatArray, event: int, size: float, until: float) -> None:
    """Put the effect of an event into force that lasts until a week.

    Args:
        effects: Effects of a kind, a column of the environment (:func:`sim.model.kernel.columns.effect_column`).
        event: Place of the event among those of the scenario.
        size: Its size.
        until: Week in which it is over.
    """
    effects[event, 0] = size
    effects[event, 1] = until


def _cut_budget(event: int, share: float, weeks: float, environment: Environment, week: Week) -> None:
    put_in_force(environment.budget_cuts, event, share, week.number + weeks)


def _let_service_break_down(event: int, share: float, weeks: float, environment: Environment, week: Week) -> None:
    put_in_force(environment.crises, event, share, week.number + weeks)


def _call_election(event: int, share: float, weeks: float, environment: Environment, week: Week) -> None:
    put_in_force(environment.campaigns, event, share, week.number + weeks)


def _squeeze_margin(event: int, share: float, weeks: float, environment: Environment, week: Week) -> None:
    put_in_force(environment.squeezes, event, share, week.number + weeks)


def _shift_the_market(size: float, organization: OrganizationNumbers, week: Week) -> None:
    organization.market = min(1.0, organization.market + size)
    week.upheaval += size


def _merge_organizations(share: float, week: Week) -> None:
    week.forced_merger = share


def _start_fad(share: float, week: Week) -> None:
    week.fad = share


EVENT_KINDS: dict[str, EventKind] = {
    event_kind.name: event_kind
    for event_kind in (
        EventKind(
            "executive_succession",
            "Executives leave and successors with weights of their own take over; the sponsor's successor may end the "
            "program.",
            {
                "share": _share("share", 1.0, "Share of executives who leave, the sponsor first."),
                "customer_weight": _ratio(
                    "customer_weight",
                    1.0,
                    "Successors' mean weight on customers, against the usual (0: hostile; 2: friendly).",
                ),
            },
            _replace_executives,
        ),
        EventKind(
            "manager_exit",
            "Managers leave their seats; what they had adopted leaves with them.",
            {"share": _share("share", 1.0, "Share of the managers concerned who leave.")},
            _remove_managers,
            departments=True,
        ),
        EventKind(
            "budget_cut",
            "Policies lose part of their amounts for a time, but for what is protected.",
            {
                "share": _share("share", 0.5, "Part of every unprotected amount that is cut."),
                "weeks": _weeks(52, "How long the cut lasts."),
            },
            _cut_budget,
        ),
        EventKind(
            "service_crisis",
            "Service breaks down for a time: contacts go wrong that would have gone well.",
            {
                "share": _share("share", 0.5, "Share of contacts that go wrong by themselves."),
                "weeks": _weeks(4, "How long the crisis lasts."),
            },
            _let_service_break_down,
        ),
        EventKind(
            "market_shift",
            "Rivals get better, or needs move away: the market serves more of what customers need than before.",
            {"size": _share("size", 0.1, "Rise of what customers find served elsewhere.")},
            _shift_the_market,
        ),
        EventKind(
            "election",
            "An early election is called: politicians pay attention to voters until the vote. Matters where the line "
            "follows convenience, as far as politicians' interest counts.",
            {
                "share": _share("share", 1.0, "Attention that politicians pay on the eve of the vote."),
                "weeks": _weeks(13, "Weeks from the call to the vote."),
            },
            _call_election,
        ),
        EventKind(
            "margin_squeeze",
            "Prices fall, or the treasury takes its part: revenue before service falls for a time.",
            {
                "share": _share("share", 0.2, "Part of revenue that is lost."),
                "weeks": _weeks(52, "How long the squeeze lasts."),
            },
            _squeeze_margin,
        ),
        EventKind(
            "merger",
            "Another organization is merged in: its people, with values, memories and terms of the world outside, take "
            "part of the seats.",
            {"share": _share("share", 0.4, "Chance of each seat to be taken over.")},
            _merge_organizations,
        ),
        EventKind(
            "next_fad",
            "The next fad arrives: attention moves to it, executives are pleased, and the current topic may be given "
            "up.",
            {"share": _share("share", 1.0, "Appeal of the newcomer.")},
            _start_fad,
        ),
    )
}


EVENTS = (
    Column("events", "week", "Week in which it happens.", "week", (0.0, None), WHOLE),
    Column("events", "kind", "Place of its kind among the kinds of events.", "index", (0.0, None), WHOLE),
    Column(
        "events", "fields", "Its fields, in the order in which its kind has them.", "unit of the field", (None, None)
    ),
    Column("events", "reached", "Whether it happens to a department, by department.", "yes or no", dtype=FLAG),
)
"""What is known of each event of a scenario."""


def in_order(events: Iterable[Any]) -> list[Any]:
    """Events in the order in which they happen: by week, and those of a week as they stand in the file."""
    return sorted(events, key=lambda event: event.week)


def event_columns(scenario: Any) -> Columns:
    """The events of a scenario as columns (:data:`EVENTS`), in the order in which they happen."""
    kinds, events = scenario.registry.event_kinds, in_order(scenario.events)
    fields = np.zeros((len(events), max((len(kind.fields) for kind in kinds.values()), default=0)))
    for event, row in zip(events, fields, strict=True):
        for place, (name, field) in enumerate(kinds[event.kind].fields.items()):
            row[place] = field.encode(event.fields[name])
    found: dict[str, Any] = {
        "week": [event.week for event in events],
        "kind": [list(kinds).index(event.kind) for event in events],
        "fields": fields,
        "reached": np.array(
            [
                [event.departments is None or each.name in event.departments for each in scenario.departments]
                for event in events
            ]
        ).reshape(len(events), len(scenario.departments)),
    }
    return Columns(EVENTS, {each.name: np.array(found[each.name], dtype=each.dtype) for each in EVENTS})


def apply_events(events: Events, week: Week) -> None:
    """Events that the scenario schedules for this week happen."""
    raise NotImplementedError("sim.model.engine puts a function made from the kinds of events in place of this one")
