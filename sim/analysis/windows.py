"""Measures that are taken relative to the end of sponsorship: which weeks they look at, what happens there, who has none.

Policies that end in different weeks are measured in different weeks. An event between them is then part of their
difference. Runs in which sponsorship does not end have no value, and those that are left are no random sample of all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from sim.analysis.happenings import Happening
from sim.analysis.lift import LATER, QUARTER
from sim.analysis.missing import FloatArray
from sim.analysis.sweeps import Sweep

WINDOWS: Mapping[str, tuple[int, int]] = {
    "reach": (-1, 0),
    "lift_at_end": (-QUARTER, 0),
    "practicing_lift_at_end": (-QUARTER, 0),
    "lift_later": LATER,
    "practicing_lift_later": LATER,
}
"""Measure -> its first week and the one after its last, counted from the first week without sponsorship."""

_CASE = ["design", "row", "future", "replicate"]


def describe_windows(sweep: Sweep, outcomes: Sequence[str]) -> list[str]:
    """Warnings about measures whose weeks depend on when sponsorship ends; none for tables that do not say when it does."""
    if not {"sponsorship_end", "permanent"} <= set(sweep.runs.columns):
        return []
    by_window: dict[tuple[int, int], list[str]] = {}  # measures of the same weeks share their sentences about events
    for outcome in outcomes:
        if outcome in WINDOWS:
            by_window.setdefault(WINDOWS[outcome], []).append(outcome)
    found = []
    for (first, last), names in by_window.items():
        found += [_selected(sweep, name, policy, part) for name in names for policy, part in _without_end(sweep, name)]
        runs = sweep.runs[(sweep.runs["status"] == "done") & sweep.runs[names].notna().any(axis=1)]
        runs = runs.assign(first=runs["sponsorship_end"] + first, last=runs["sponsorship_end"] + last)
        for event in sweep.happenings:
            found += _between_policies(event, runs, _weeks_of(sweep, event, runs), names)
            found += _between_rows(event, runs, names)
    return found


def _without_end(sweep: Sweep, outcome: str) -> list[tuple[str, pd.DataFrame]]:
    """Finished runs of each policy that has a value of a measure in some runs and none, for want of an end, in others."""
    done = sweep.runs[sweep.runs["status"] == "done"]
    found = []
    for policy, part in done.groupby("policy", sort=False):
        endless = part[outcome].isna() & (part["permanent"] | part["sponsorship_end"].isna())
        if endless.any() and part[outcome].notna().any():
            found.append((str(policy), part.assign(endless=endless)))
    return found


def _selected(sweep: Sweep, outcome: str, policy: str, part: pd.DataFrame) -> str:
    """That the runs with a value are those whose sponsorship ended."""
    ends = part.loc[part[outcome].notna(), "sponsorship_end"]
    weeks = f", {sweep.weeks} weeks long," if sweep.weeks else ""
    return (
        f"{outcome} has no value in {int(part['endless'].sum()):,} of {len(part):,} finished runs of {policy}, because its "
        f"sponsorship had not ended when the run{weeks} did. What is left is a selected sample: the runs whose sponsorship "
        f"ended {_in_weeks(ends, ends)}. Make runs longer, or let sponsorship end earlier."
    )


def _weeks_of(sweep: Sweep, event: Happening, runs: pd.DataFrame) -> FloatArray:
    """[run] week of an event; NaN where it does not happen."""
    if not event.factor and not event.switch:
        return np.full(len(runs), float(event.week))
    columns = [name for name in (event.factor, event.switch) if name]
    rows = sweep.factor_values.set_index(["design", "row"])[columns]
    values = rows.reindex(pd.MultiIndex.from_frame(runs[["design", "row"]]))
    week = np.full(len(runs), float(event.week))
    if event.factor:
        week = values[event.factor].to_numpy(dtype=np.float64, na_value=np.nan)
    return np.where(values[event.switch].astype(bool), week, np.nan) if event.switch else week


def _between_policies(event: Happening, runs: pd.DataFrame, weeks: FloatArray, names: Sequence[str]) -> list[str]:
    """That an event is in the past of one policy's window and not of another's, in the same case."""
    table = runs.assign(met=np.where(np.isfinite(weeks), weeks < runs["last"], np.nan)).dropna(subset=["met", "last"])
    by_case = table.groupby(_CASE)["met"]
    apart = table[(by_case.transform("min") != by_case.transform("max")).to_numpy(dtype=np.bool_)]
    if apart.empty:
        return []
    parts = [(str(policy), part) for policy, part in apart.groupby("policy", sort=False)]
    seen = ", ".join(f"{_in_weeks(part['first'], part['last'] - 1)} of {policy}" for policy, part in parts)
    before = [policy for policy, part in parts if (part["met"] == 1.0).any()]
    after = [policy for policy, part in parts if (part["met"] == 0.0).any()]
    cases, every = (len(each.drop_duplicates(_CASE)) for each in (apart, table))
    return [
        f"Policies meet different events: {' and '.join(names)} {'look' if len(names) > 1 else 'looks'} at what was {seen}. "
        f"{event.describe()} comes before the end of that window for {' and '.join(before)}, and after it for "
        f"{' and '.join(after)}, in {cases:,} of {every:,} cases: so their difference contains what the event did."
    ]


def _between_rows(event: Happening, runs: pd.DataFrame, names: Sequence[str]) -> list[str]:
    """That an event in a fixed week is in the past of a policy's window in some rows and not in others."""
    if event.factor:
        return []
    found = []
    for policy, part in runs.dropna(subset=["last"]).groupby("policy", sort=False):
        met = part["last"] > event.week
        if met.any() and not met.all():
            found.append(
                f"Rows meet different events: {' and '.join(names)} of {policy} {'look' if len(names) > 1 else 'looks'} at what "
                f"was {_in_weeks(part['first'], part['last'] - 1)}, and {event.describe()} comes before the end of that window "
                f"in {100.0 * met.mean():.0f} % of the runs: so what the length of sponsorship does contains what the event did."
            )
    return found


def _in_weeks(first: pd.Series, last: pd.Series) -> str:
    low, high = int(first.min()), int(last.max())
    return f"in week {low}" if low == high else f"in weeks {low} to {high}"
