"""How an organization is governed, as far as it changes from week to week: one of these for each organization."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class GovernanceState:
    """What governance remembers.

    Attributes:
        line: Weight of customers at which the line was drawn last, 0 to 1; missing (NaN) before the first time.
        benchmark: Executives' true weight of customers when the rule of the line came into force; missing before.
        recent_profit: Profit lately, smoothed, currency per week; missing before the first week's accounts.
        normal_profit: Profit that those in power are used to, smoothed over years; missing before.
        squeezes: Squeezes of the margin in force: share of revenue taken, and the week in which it is over.
        campaigns: Early elections called: week of the vote, and attention that politicians pay.
        talk_left: Share of talk and example that later fads have left to the program.
        talk_weeks: Weeks for which the program has been talked about.
    """

    line: float = float("nan")
    benchmark: float = float("nan")
    recent_profit: float = float("nan")
    normal_profit: float = float("nan")
    squeezes: list[tuple[float, int]] = field(default_factory=list)
    campaigns: list[tuple[int, float]] = field(default_factory=list)
    talk_left: float = 1.0
    talk_weeks: int = 0
