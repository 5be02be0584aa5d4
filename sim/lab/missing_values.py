"""Why a measure has no value: *not defined* and *not known* are answers too, and have their reasons."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from sim.analysis.durability import NEGLIGIBLE
from sim.analysis.lift import LATER, QUARTER
from sim.analysis.metrics import METRICS
from sim.analysis.wording import Entry
from sim.model.policies.policy import NONE

_SMALL = "the lift when sponsorship ends is not surely above zero: there is nothing to keep a part of"

_OTHERWISE = {
    "residual": _SMALL,
    "practicing_residual": _SMALL,
    "reach": f"sponsorship ends before {QUARTER} weeks have passed",
    "weeks_to_half_reach": "reach never rises above a tenth",
    "break_even_loyalty": "stated loyalty does not surely rise, so no value of it could pay",
    "break_even_week": "in no run does the money come back for good",
    "probability_best": "the objective has no value to compare",
    "max_regret": "the objective has no value to compare",
    "revealed": "there was no conflict to decide",
}

_NO_WEEK = "no week of the run has a value for it"

ALL_FAILED = "every run of it, or its twin, failed"
NOTHING_SPONSORED = "nothing is sponsored, so nothing ends"


@dataclass(frozen=True, slots=True)
class SponsorshipSummary:
    """How the sponsorship of a policy went, over all of its runs that count.

    Attributes:
        policy: Its name.
        done: Number of runs that finished.
        begun: Number of them in which resources were spent.
        ended: Number of them in which sponsorship ended within the run.
        first_end: Earliest week of that end; ``None`` if there is none.
        usual_end: Most common week of that end, the latest of several; ``None`` if there is none. Ends differ where
            a condition or a sponsor's successor ends a program.
        usual: Number of runs in which it ended in that week.
        start: First week in which resources were spent; ``None`` if there is none.
        weeks: Length of a run.
    """

    policy: str
    done: int
    begun: int
    ended: int
    first_end: int | None
    usual_end: int | None
    usual: int
    start: int | None
    weeks: int


def summarize_sponsorship(policy: str, runs: pd.DataFrame, weeks: int) -> SponsorshipSummary:
    """How the sponsorship of a policy went, from the table of runs."""
    rows = runs[(runs["policy"] == policy) & (runs["status"] == "done")]
    starts, ends = rows["sponsorship_start"].dropna(), rows["sponsorship_end"].dropna()
    usual_end = int(ends.mode().max()) if len(ends) else None
    return SponsorshipSummary(
        policy=policy,
        done=len(rows),
        begun=len(starts),
        ended=len(ends),
        first_end=int(ends.min()) if len(ends) else None,
        usual_end=usual_end,
        usual=int((ends == usual_end).sum()),
        start=int(starts.min()) if len(starts) else None,
        weeks=weeks,
    )


def reason_for_missing_value(measure: str, sponsorship: SponsorshipSummary, entry: Entry) -> str:
    """Reason for a missing value, in words that follow a colon."""
    twin = sponsorship.policy == NONE.name
    end = sponsorship.first_end or 0
    metric = METRICS[measure]
    needs_end, half_life = metric.when != "run", metric.shape == "median"
    cases = {
        ALL_FAILED: sponsorship.done == 0,
        NOTHING_SPONSORED: needs_end and not sponsorship.ended and (twin or not sponsorship.begun),
        "its resources are still in force when the run ends": needs_end and not sponsorship.ended,
        f"a run of {sponsorship.weeks} weeks is too short: two years after sponsorship is weeks {end + LATER[0]} to "
        f"{end + LATER[1] - 1}": metric.when == "later" and end + LATER[1] > sponsorship.weeks,
        f"no run has a lift above {NEGLIGIBLE:g} to halve": half_life and entry.get("undefined") == 1.0,
        "in at least half of the runs it does not halve": half_life,
        "nothing is spent that could come back": twin and measure in ("break_even_week", "break_even_share"),
    }
    return next((reason for reason, holds in cases.items() if holds), _OTHERWISE.get(measure, _NO_WEEK))


def reason_for_missing_interval(sponsorship: SponsorshipSummary) -> str:
    """Reason for an interval that is missing although there is a value."""
    return "one run has no interval" if sponsorship.done == 1 else "too few runs have a value for an interval"
