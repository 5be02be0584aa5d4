"""Which policies did best on average by the objective, paired replicate by replicate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from sim.analysis.intervals import MISSING, Interval, mean_interval
from sim.analysis.metrics import METRICS


@dataclass(frozen=True, slots=True)
class TopTwo:
    """The two policies that did best on average by the objective.

    Attributes:
        first, second: Names of the policies; empty where there is none.
        gap: How much better the first is, paired by replicate; missing with one policy.
    """

    first: str
    second: str = ""
    gap: Interval = MISSING

    @property
    def close(self) -> bool:
        """Whether the gap cannot be distinguished from chance."""
        return not (self.gap.limited and self.gap.low > 0.0)

    def to_entry(self) -> dict[str, Any]:
        """The entry ``lead`` of ``summary.json``."""
        return {"first": self.first, "second": self.second, "gap": self.gap.to_entry()}

    @classmethod
    def from_entry(cls, entry: Mapping[str, Any]) -> TopTwo:
        """From that entry."""
        ends = (entry["gap"][end] for end in ("mean", "low", "high"))
        gap = Interval(*(float("nan") if value is None else float(value) for value in ends))
        return cls(entry["first"], entry["second"], gap)


def find_top_two(values: pd.DataFrame, objective: str) -> TopTwo:
    """The two best policies by the objective.

    Args:
        values: One row a policy and replicate, a column a measure.
        objective: What policies are judged by.
    """
    table = values.pivot(index="replicate", columns="policy", values=objective)
    table = table.loc[:, table.notna().any()].dropna()
    if table.empty:
        return TopTwo("")
    sign = -1.0 if METRICS[objective].better == "lower" else 1.0
    means = (sign * table.mean()).sort_values(ascending=False, kind="stable")
    if len(means) == 1:
        return TopTwo(str(means.index[0]))
    first, second = str(means.index[0]), str(means.index[1])
    return TopTwo(first, second, mean_interval(sign * (table[first] - table[second]).to_numpy()))


def order_by_result(policies: Mapping[str, Mapping[str, Any]], objective: str) -> list[str]:
    """Names of policies, the best mean of the objective first; those without one last.

    Args:
        policies: Policy -> measure -> entry, as ``summary.json`` has them.
        objective: What policies are judged by.
    """
    sign = 1.0 if METRICS[objective].better == "lower" else -1.0
    means = {policy: measures[objective]["mean"] for policy, measures in policies.items()}
    return sorted(means, key=lambda policy: (means[policy] is None, sign * (means[policy] or 0.0)))
