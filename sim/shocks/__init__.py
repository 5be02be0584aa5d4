"""What happens to an organization whether it wants it or not: events with a week, a place and a size."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sim.kernel.parameters import Parameter, Tier


@dataclass(frozen=True, slots=True)
class Shock:
    """A kind of event that scenario files may schedule.

    Attributes:
        name: Key ``kind`` in scenario files.
        meaning: What happens.
        fields: Further keys of the event, each with range, default and meaning.
        departments: Whether the event may be limited to some departments.
    """

    name: str
    meaning: str
    fields: Mapping[str, Parameter]
    departments: bool = False


def _share(name: str, default: float, meaning: str) -> Parameter:
    return Parameter(name, default, "share", meaning, "Set by the scenario", Tier.CONJECTURE, 0.0, 1.0)


def _weeks(default: int, meaning: str) -> Parameter:
    return Parameter("weeks", default, "weeks", meaning, "Set by the scenario", Tier.CONJECTURE, 1, 5200)


SHOCKS: dict[str, Shock] = {
    shock.name: shock
    for shock in (
        Shock(
            "executive_succession",
            "Executives leave and successors with weights of their own take over; the sponsor's successor may end the "
            "program.",
            {"share": _share("share", 1.0, "Share of executives who leave, the sponsor first.")},
        ),
        Shock(
            "manager_exit",
            "Managers leave their seats; what they had adopted leaves with them.",
            {"share": _share("share", 1.0, "Share of the managers concerned who leave.")},
            departments=True,
        ),
        Shock(
            "budget_cut",
            "Policies lose part of their amounts for a time, but for what is protected.",
            {
                "share": _share("share", 0.5, "Part of every unprotected amount that is cut."),
                "weeks": _weeks(52, "How long the cut lasts."),
            },
        ),
        Shock(
            "service_crisis",
            "Service breaks down for a time: contacts go wrong that would have gone well.",
            {
                "share": _share("share", 0.5, "Share of contacts that go wrong by themselves."),
                "weeks": Parameter(
                    "weeks", 4, "weeks", "How long the crisis lasts.", "Set by the scenario", Tier.CONJECTURE, 1, 5200
                ),
            },
        ),
        Shock(
            "market_shift",
            "Rivals get better, or needs move away: the market serves more of what customers need than before.",
            {"size": _share("size", 0.1, "Rise of what customers find served elsewhere.")},
        ),
        Shock(
            "election",
            "An early election is called: politicians pay attention to voters until the vote. Matters where the line "
            "follows convenience, as far as politicians' interest counts.",
            {
                "share": _share("share", 1.0, "Attention that politicians pay on the eve of the vote."),
                "weeks": _weeks(13, "Weeks from the call to the vote."),
            },
        ),
        Shock(
            "margin_squeeze",
            "Prices fall, or the treasury takes its part: revenue before service falls for a time.",
            {
                "share": _share("share", 0.2, "Part of revenue that is lost."),
                "weeks": _weeks(52, "How long the squeeze lasts."),
            },
        ),
        Shock(
            "merger",
            "Another organization is merged in: its people, with values, memories and terms of the world outside, take "
            "part of the seats.",
            {"share": _share("share", 0.4, "Chance of each seat to be taken over.")},
        ),
        Shock(
            "next_fad",
            "The next fad arrives: attention moves to it, executives are pleased, and the current topic may be given "
            "up.",
            {"share": _share("share", 1.0, "Appeal of the newcomer.")},
        ),
    )
}
