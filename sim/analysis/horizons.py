"""Money over time: what a policy has gained after each year, when that pays it back, and what might come after the run.

A net present value is that of a horizon, and says nothing of a longer one. So it is given after every year of the run. What
comes after the run is never part of it: it is shown apart, under two rules by which the gain of the last year fades.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from sim.analysis.change import YEAR
from sim.analysis.intervals import mean_interval, mean_limits
from sim.analysis.missing import FloatArray, mean_where_known, or_none
from sim.analysis.money import discount_factors
from sim.analysis.panel import Panel

SHOWN = (5, 10, 15, 20)
"""Years after which the net present value is shown, as far as the run goes."""

_FASTEST = 0.38
_SLOWEST = 10 * YEAR
_FAR = 200 * YEAR


@dataclass(frozen=True, slots=True)
class Fading:
    """How the gain of the last year goes on after the run.

    Attributes:
        meaning: The rule in words.
        source: Where it comes from, with its tier.
        part: Part of the gain that is left after so many weeks.
    """

    meaning: str
    source: str
    part: Callable[[FloatArray], FloatArray]


FADING: Mapping[str, Fading] = MappingProxyType(
    {
        "fast": Fading(
            f"the gain of the last year shrinks by {100 * _FASTEST:.0f} % a year",
            "the rate at which the profitability of firms returns to its mean (Fama & French 2000, Journal of Business 73:161; "
            "tier 3); that the gain of a policy fades alike is an assumption",
            lambda weeks: (1.0 - _FASTEST) ** (weeks / YEAR),
        ),
        "slow": Fading(
            f"it shrinks by the same amount every year, to nothing after {_SLOWEST // YEAR} years",
            "assumption (tier 5)",
            lambda weeks: np.maximum(0.0, 1.0 - weeks / _SLOWEST),
        ),
    }
)
"""The two rules, by name. Neither is known to hold; the truth may lie outside both."""


def list_ends(weeks: int) -> list[int]:
    """Weeks after which gains are added up: every full year of a run, and its end."""
    return [*range(YEAR, weeks, YEAR), *([weeks] if weeks else [])]


def list_shown(weeks: int) -> list[int]:
    """Those of them that are shown: 5, 10, 15 and 20 years as far as the run goes, and its end."""
    return [*(YEAR * years for years in SHOWN if YEAR * years < weeks), *([weeks] if weeks else [])]


def summarize_money_over_time(panel: Panel, rate: float, policies: Sequence[str]) -> dict[str, Any]:
    """The entry ``money_over_time`` of ``summary.json``.

    Args:
        panel: The runs.
        rate: Discount rate per year.
        policies: Which to report.

    Returns:
        ``{"net_present_value": [{"weeks", "policies": {POLICY: entry}}], "payback": {POLICY: {"week", "sure_after",
        "last_year"}}, "after_the_run": {RULE: {POLICY: entry}}}``. ``week`` is the first from which the mean gain so far stays
        above zero up to the end of the run. ``sure_after`` is the number of weeks to the first end of a year from which the lower
        limit of the net present value stays above zero, at the ends of all later years. ``last_year`` is the discounted gain
        of the run's last year, or of the whole run if it is shorter. ``None`` stands for what is missing, or does not happen.
        What comes after the run is discounted to week 0 too, and is not part of any other number.
    """
    discounts = discount_factors(panel.weeks, rate)
    lift = panel.lift("profit")
    gained = np.cumsum(lift * discounts, axis=-1)  # a missing week makes all later sums missing
    ends = list_ends(panel.weeks)
    after = {end: mean_limits(gained[..., end - 1]) for end in ends}
    last = lift[..., -YEAR:]
    yearly = (last * discounts[-YEAR:]).sum(axis=-1)
    rows = {policy: panel.policies.index(policy) for policy in policies}
    beyond = {
        name: last.mean(axis=-1) * _worth_after(panel.weeks, rate, rule.part) for name, rule in FADING.items() if ends
    }
    return {
        "net_present_value": [
            {"weeks": end, "policies": {policy: _entry(after[end], row) for policy, row in rows.items()}}
            for end in ends
        ],
        "payback": {
            policy: {
                "week": _first_for_good(mean_where_known(gained[row], axis=0) > 0.0, range(panel.weeks)),
                "sure_after": _first_for_good(np.array([bool(after[end][1][row] > 0.0) for end in ends]), ends),
                "last_year": mean_interval(yearly[row]).to_entry(),
            }
            for policy, row in rows.items()
        },
        "after_the_run": {
            name: {policy: mean_interval(values[row]).to_entry() for policy, row in rows.items()}
            for name, values in beyond.items()
        },
    }


def _worth_after(weeks: int, rate: float, part: Callable[[FloatArray], FloatArray]) -> float:
    """Worth today of a gain of one unit a week that fades from the end of the run on."""
    later = np.arange(_FAR, dtype=np.float64)
    return float((part(later) * (1.0 + rate) ** (-(weeks + later) / YEAR)).sum())


def _entry(limits: tuple[FloatArray, FloatArray, FloatArray], row: int) -> dict[str, float | None]:
    mean, low, high = limits
    return {"mean": or_none(mean[row]), "low": or_none(low[row]), "high": or_none(high[row])}


def _first_for_good(holds: np.ndarray, places: Sequence[int]) -> int | None:
    """The first place from which something holds to the end; ``None`` if it does not."""
    if not len(holds) or not holds[-1]:
        return None
    fails = np.flatnonzero(~holds)
    return int(places[0 if not fails.size else int(fails[-1]) + 1])
