"""Harrison & Carroll (1991): culture under turnover and growth. **Qualitative**.

"Keeping the faith: a model of cultural transmission in formal organizations", Administrative Science Quarterly 36(4).
The paper's tables of parameters were not available to us.

Published: an organization's culture reaches an equilibrium even with high turnover and rapid growth, and is stronger
in decline than in growth. Management and peers socialize newcomers, most intensely at first; what is not reinforced
decays.

What we get, with a specification of our own: an equilibrium at every turnover from 0 to 20 % a month (mean culture
.98 down to .65), .83, .81 and .74 in decline, stability and growth, and no persistence: once management stops
pulling, newcomers dilute the culture to what they brought with them, .82 to .70 in two years and to .51 in fifteen.

What differs and why: functional form and numbers are ours. The decline of susceptibility with tenure (.30) follows a
later public model of cultural carriers (orgculture-ABM); the other four were chosen so that the equilibria agree with
an earlier reconstruction, so they support no more than the direction of the effects. The process is linear, so
cohorts by tenure give exactly the expectation over people; there is nothing random in it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.model.kernel.array_types import FloatArray


@dataclass(frozen=True, slots=True)
class CulturePath:
    """Culture of an organization, month by month.

    Attributes:
        mean: Mean enculturation of the members (1: as management wishes), at the end of each month.
        spread: Standard deviation over members.
    """

    mean: FloatArray
    spread: FloatArray


def harrison_carroll1991(
    turnover: float,
    growth: float = 0.0,
    months: int = 600,
    sponsor_leaves: int | None = None,
    *,
    management: float = 0.15,
    peers: float = 0.15,
    fading: float = 0.30,
    upkeep: float = 0.012,
    decay: float = 0.0005,
    entry: float = 0.5,
) -> CulturePath:
    """Run an organization that starts with newcomers only.

    Each month, with tenure t: ``C += s_m(t) (1 - C) + s_p(t) (mean - C) - decay (C - entry)``, where
    ``s_p(t) = peers exp(-fading t)`` and ``s_m(t) = upkeep + (management - upkeep) exp(-fading t)``; then a share
    ``turnover`` leaves and ``turnover + growth`` comes in at ``entry``.

    Args:
        turnover: Share of the members who leave in a month.
        growth: Growth of the membership per month; not below ``-turnover``, as no one is dismissed.
        months: Length of the simulation.
        sponsor_leaves: Month from which management no longer socializes; never, if missing.
        management, peers: How strongly they socialize a newcomer in the first month.
        fading: How fast susceptibility declines with tenure, per month.
        upkeep: Management's pull on long-standing members.
        decay: Return to the entry value of what is not reinforced, per month.
        entry: Enculturation of newcomers.
    """
    if not 0.0 <= turnover < 1.0:
        raise ValueError(f"turnover must be a share from 0 to below 1 a month, got {turnover}")
    if growth < -turnover:
        raise ValueError(f"growth must be at least -turnover ({-turnover}), since no one is dismissed, got {growth}")
    tenure = np.arange(months + 1)
    susceptible = np.exp(-fading * tenure)
    from_peers, from_management = peers * susceptible, upkeep + (management - upkeep) * susceptible
    share, culture = np.zeros(months + 1), np.full(months + 1, entry)
    share[0] = 1.0
    mean, spread = np.empty(months), np.empty(months)
    for month in range(months):
        if month == sponsor_leaves:
            from_management = np.zeros(months + 1)
        pull = from_management * (1.0 - culture) + from_peers * (share @ culture - culture)
        culture = culture + pull - decay * (culture - entry)
        share, culture = np.roll(share * (1.0 - turnover), 1), np.roll(culture, 1)
        share[0], culture[0] = turnover + growth, entry
        share /= share.sum()
        mean[month] = share @ culture
        spread[month] = np.sqrt(share @ (culture - mean[month]) ** 2)
    return CulturePath(mean, spread)
