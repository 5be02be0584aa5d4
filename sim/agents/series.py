"""A series of moments: what is agreed on in executives' calendars, and how engaged leaders still are."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Appointment:
    """A moment that has found its place.

    Attributes:
        week, slot: Half day agreed on.
        requested: Week in which it was asked for.
    """

    week: int
    slot: int
    requested: int


@dataclass
class Series:
    """State of the organization's moments.

    Attributes:
        engagement: How engaged leaders are, 0 to 1.
        credit: Moments paid for and not yet asked for.
        agreed: Appointments to come.
        ended: Whether leaders have lost patience.
        waits: Weeks from asking to meeting, one entry a moment held.
        payoffs: Payoff of each moment held.
    """

    engagement: float
    credit: float = 0.0
    agreed: list[Appointment] = field(default_factory=list)
    ended: bool = False
    waits: list[int] = field(default_factory=list)
    payoffs: list[float] = field(default_factory=list)
