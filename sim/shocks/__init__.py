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
                "weeks": Parameter(
                    "weeks", 52, "weeks", "How long the cut lasts.", "Set by the scenario", Tier.CONJECTURE, 1, 5200
                ),
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
    )
}
