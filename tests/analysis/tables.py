"""Tables in the form of a comparison's, made by hand. Their lifts are known, so the measures can be checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

Lift = Callable[[np.ndarray, int], np.ndarray]
"""Weeks and a replicate -> weekly lift of enacted."""

WEEKS = 260
START, END = 0, 104


def nothing(weeks: np.ndarray, replicate: int) -> np.ndarray:
    """The lift of a policy that does nothing."""
    del replicate
    return np.zeros(weeks.size)


def plateau(height: float, left: float = 0.0, end: int = END) -> Lift:
    """``height`` while sponsored, a part ``left`` of it ever after; replicates differ by a few per cent."""

    def lift(weeks: np.ndarray, replicate: int) -> np.ndarray:
        size = height * (1.0 + 0.05 * (replicate % 3 - 1))
        return np.where(weeks < end, size, left * size)

    return lift


def make_tables(
    lifts: Mapping[str, Lift],
    replicates: int = 6,
    weeks: int = WEEKS,
    sponsorship: Mapping[str, tuple[int | None, int | None, bool]] | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Weekly and runs tables of the twin and of policies with known lifts.

    Args:
        lifts: Policy to its lift; ``none`` is added.
        replicates: Number of replicates.
        weeks: Length of the runs.
        sponsorship: Policy to start, end, permanent; weeks 0 to 104 if not given.
    """
    time = np.arange(weeks)
    frames, rows = [], []
    for policy, lift in {"none": nothing, **lifts}.items():
        default = (None, None, False) if policy == "none" else (START, END, False)
        start, end, permanent = (sponsorship or {}).get(policy, default)
        for replicate in range(replicates):
            frames.append(_weekly_rows(policy, replicate, time, lift(time, replicate)))
            rows.append(
                {
                    "policy": policy,
                    "replicate": replicate,
                    "seed": 100 + replicate,
                    "status": "done",
                    "error": None,
                    "sponsorship_start": start,
                    "sponsorship_end": end,
                    "permanent": permanent,
                    "cost": 0.0,
                }
            )
    runs = pd.DataFrame(rows).astype({"sponsorship_start": "Int64", "sponsorship_end": "Int64"})
    return pd.concat(frames, ignore_index=True), runs


def _weekly_rows(policy: str, replicate: int, time: np.ndarray, lift: np.ndarray) -> pd.DataFrame:
    """One run: a noisy twin (the same noise for every policy of a replicate) plus the policy's lift."""
    noise = np.random.default_rng(replicate).normal(0.0, 0.02, time.size)
    moved = lift != 0.0
    columns: dict[str, Any] = {
        "policy": policy,
        "replicate": replicate,
        "week": time,
        "espoused": np.full(time.size, 0.8),
        "enacted": 0.5 + noise + lift,
        "enacted_per_customer": 0.4 + noise + lift,
        "reported": 0.7 + noise,
        "practicing": 0.3 + noise + lift,
        "internalization": 0.3 + noise / 2.0 + lift / 2.0,
        "reach": np.where(time < 12, np.nan, lift),
        "satisfaction": 0.6 + noise + lift / 3.0,
        "trust": 0.6 + noise,
        "attitudinal_loyalty": 0.6 + noise,
        "cynicism": 0.2 + noise,
        "executive_self_assessment": np.full(time.size, 0.9),
        "retention": 0.997 + lift / 200.0,
        "conflicts": np.where(time % 4 == 0, 2, 0),
        "revealed": np.where(time % 4 == 0, 0.5, np.nan),
        "revenue": np.full(time.size, 1000.0),
        "service_cost": np.full(time.size, 400.0),
        "policy_cost": np.where(moved & (time < END), 50.0, 0.0),
        "active_customers": np.full(time.size, 100),
        "customer_value": 300.0 + 100.0 * lift,
    }
    columns["wages"], columns["replacement_cost"] = np.full(time.size, 300.0), np.zeros(time.size)
    columns["profit"] = columns["revenue"] - columns["service_cost"] - columns["policy_cost"] + 500.0 * lift
    return pd.DataFrame(columns)
