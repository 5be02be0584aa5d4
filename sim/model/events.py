"""Events: what happens to an organization in a given week, in which departments, and how much of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sim.model.kernel.parameters import Parameter, Tier


@dataclass(frozen=True, slots=True)
class EventKind:
    """A kind of event that scenario files may schedule.

    Attributes:
        name: Key ``kind`` in scenario files.
        meaning: What happens.
        fields: Further keys of the event, each with range, default and meaning.
        apply: What it does to the organization, in the week in which it happens.
        departments: Whether the event may be limited to some departments.
    """

    name: str
    meaning: str
    fields: Mapping[str, Parameter]
    apply: Callable[[Any, Any], None]
    departments: bool = False


def _share(name: str, default: float, meaning: str) -> Parameter:
    return Parameter(name, default, "share", meaning, "Set by the scenario", Tier.CONJECTURE, 0.0, 1.0, kind="own")


def _weeks(default: int, meaning: str) -> Parameter:
    return Parameter("weeks", default, "weeks", meaning, "Set by the scenario", Tier.CONJECTURE, 1, 5200, kind="own")


def _ratio(name: str, default: float, meaning: str) -> Parameter:
    return Parameter(name, default, "ratio", meaning, "Set by the scenario", Tier.CONJECTURE, 0.0, 10.0, kind="own")


def _replace_executives(organization: Any, event: Any) -> None:
    organization.this_week.forced_succession = event.fields["share"]
    organization.this_week.forced_weight = event.fields["customer_weight"]


def _remove_managers(organization: Any, event: Any) -> None:
    names = [department.name for department in organization.scenario.departments]
    hit = [event.departments is None or name in event.departments for name in names]
    organization.departments.managers_leaving = [event.fields["share"] if each else 0.0 for each in hit]
    organization.this_week.managers_forced = True


@dataclass(frozen=True, slots=True)
class _LastingEffect:
    """An event whose effect is in force for some weeks. A class, since a closure could not be pickled."""

    effects: str

    def __call__(self, organization: Any, event: Any) -> None:
        if event.fields["share"] != 0.0:
            organization.put_in_force(self.effects, event.fields["share"], organization.week + event.fields["weeks"])


def _shift_the_market(organization: Any, event: Any) -> None:
    organization.market = min(1.0, organization.market + event.fields["size"])
    organization.this_week.upheaval += event.fields["size"]


def _merge_organizations(organization: Any, event: Any) -> None:
    organization.this_week.forced_merger = event.fields["share"]


def _start_fad(organization: Any, event: Any) -> None:
    organization.this_week.fad = event.fields["share"]


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
            _LastingEffect("budget_cuts"),
        ),
        EventKind(
            "service_crisis",
            "Service breaks down for a time: contacts go wrong that would have gone well.",
            {
                "share": _share("share", 0.5, "Share of contacts that go wrong by themselves."),
                "weeks": _weeks(4, "How long the crisis lasts."),
            },
            _LastingEffect("crises"),
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
            _LastingEffect("campaigns"),
        ),
        EventKind(
            "margin_squeeze",
            "Prices fall, or the treasury takes its part: revenue before service falls for a time.",
            {
                "share": _share("share", 0.2, "Part of revenue that is lost."),
                "weeks": _weeks(52, "How long the squeeze lasts."),
            },
            _LastingEffect("squeezes"),
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


def apply_events(organization: Any) -> None:
    """Events that the scenario schedules for this week happen."""
    for event in organization.scenario.events:
        if event.week == organization.week:
            organization.registry.event_kinds[event.kind].apply(organization, event)
