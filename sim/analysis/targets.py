"""Targets: the share of runs in which a policy is good enough."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sim.analysis.intervals import share_interval
from sim.analysis.missing import FloatArray


@dataclass(frozen=True, slots=True)
class Target:
    """A bound on a measure: what is good enough.

    Attributes:
        metric: Key of :data:`~sim.analysis.metrics.METRICS`; a measure of single runs.
        at_least: Whether more is better; else the value is the most that is accepted.
        value: In the units of ``summary.json``.
    """

    metric: str
    at_least: bool
    value: float

    def __str__(self) -> str:
        return f"{self.metric}{'>=' if self.at_least else '<='}{self.value:g}"

    def met(self, values: FloatArray) -> FloatArray:
        """1 where a value meets the target, 0 where it does not, NaN where it is missing."""
        enough = values >= self.value if self.at_least else values <= self.value
        return np.where(np.isfinite(values), enough.astype(np.float64), np.nan)


def measure_target_shares(
    values: pd.DataFrame, targets: Sequence[Target], policies: Sequence[str]
) -> list[dict[str, Any]]:
    """Share of runs in which each target, and all of them together, are met.

    Args:
        values: One row a run: ``policy`` and the measures.
        targets: What would be good enough.
        policies: Policies to report, in order.

    Returns:
        ``{"target", "metric", "value", "at_least", "policies": {POLICY: {"mean", "low", "high", "runs"}}}`` for each; the
        last one, if there are several, is called ``all``. Intervals are Wilson's; runs without a value do not count.
    """
    met = {str(target): target.met(values[target.metric].to_numpy(dtype=np.float64)) for target in targets}
    records: list[dict[str, Any]] = [
        {"target": str(each), "metric": each.metric, "value": each.value, "at_least": each.at_least} for each in targets
    ]
    if len(targets) > 1:
        met["all"] = np.stack(list(met.values())).min(axis=0)  # a run counts only if no value is missing
        records.append({"target": "all", "metric": None, "value": None, "at_least": None})
    names = values["policy"].astype(str).to_numpy()
    return [
        {**each, "policies": {name: _chance(met[each["target"]][names == name]) for name in policies}}
        for each in records
    ]


def _chance(met: FloatArray) -> dict[str, float | int | None]:
    known = met[np.isfinite(met)]
    if not known.size:
        return {"mean": None, "low": None, "high": None, "runs": 0}
    return {**share_interval(float(known.mean()), known.size).to_entry(), "runs": int(known.size)}
