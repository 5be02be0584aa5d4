"""Where an organization ends that starts at a given share of practice and a given mean value, without any policy.

Norm and values carry each other: colleagues' choices move one's own, and one's own choices move one's values. So there is no
critical *share* of people who practice. Whether practice grows or falls back depends on both, and this shows on what.

``python -m sim.evidence.basin --out results/reference/basin`` writes the table and the picture.
"""

from __future__ import annotations

import argparse
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.evidence.measures.experiments import SMALL, scenario_with
from sim.evidence.region import overrides_key
from sim.model.kernel.random import Streams
from sim.model.mechanisms.norm import SEEN
from sim.model.organization import Organization
from sim.model.simulation import burn_in, simulate

WEEKS = 416
"""Eight years, in which most of the staff has been replaced."""

PRACTICE = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
VALUES = (0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8)

_LAST = 26  # weeks over which the end is measured


def organization_at(practice: float, value: float, seed: int) -> Organization:
    """The small bank of the evidence, with everyone's practice, memory and value moved to a starting point.

    Values keep their order: they are scaled toward 0 or toward 1 until their mean is ``value``. What was moved counts as the
    people's own, not as learned; set points stay.
    """
    organization = _burned_in(overrides_key(), seed).copy()
    employees, draws = organization.employees, Streams(seed)
    mean = organization.mean_over_staff(employees.value)
    if value <= mean:
        employees.value = employees.value * (value / mean)
    else:
        employees.value = 1.0 - (1.0 - employees.value) * ((1.0 - value) / (1.0 - mean))
    chosen = draws.uniform("choice", -1, employees.choice.size) < practice
    employees.choice = np.where(employees.employed, chosen, 0)
    employees.prompted_by = 0
    seen = draws.uniform("encounter", -1, employees.memory.shape) < practice
    employees.memory = np.where(seen, SEEN, 0)
    employees.memory_total = employees.memory.sum(axis=1, dtype=np.int64)
    return organization


@lru_cache(maxsize=64)
def _burned_in(key: Any, seed: int) -> Organization:
    """The small bank after its burn-in; ``key`` is only part of the cache's key."""
    return burn_in(scenario_with(SMALL), seed)


def practice_at_the_end(practice: float, value: float, seed: int, weeks: int = WEEKS) -> float:
    """Share of people who practice in the last half year of a run without any policy."""
    weekly = simulate(organization_at(practice, value, seed), weeks).weekly["practicing"]
    return float(weekly.to_numpy()[-_LAST:].mean())


def basin(replicates: int = 8, weeks: int = WEEKS) -> pd.DataFrame:
    """Practice at the end from every starting point: columns ``practice``, ``value``, ``end``, ``held``.

    ``held`` is the share of replicates that end above one half.
    """
    rows = []
    for practice in PRACTICE:
        for value in VALUES:
            ends = np.array([practice_at_the_end(practice, value, seed, weeks) for seed in range(1, replicates + 1)])
            rows.append({"practice": practice, "value": value, "end": ends.mean(), "held": (ends > 0.5).mean()})
    return pd.DataFrame(rows)


def draw(table: pd.DataFrame, path: Path) -> None:
    """Picture of the basin: where practice ends, by where it starts."""
    from matplotlib.figure import Figure

    grid = table.pivot(index="practice", columns="value", values="end")
    figure = Figure(figsize=(7.2, 4.6), layout="constrained")
    axes = figure.subplots()
    shown = axes.pcolormesh(
        grid.columns, grid.index, grid.to_numpy(), vmin=0.0, vmax=1.0, cmap="cividis", shading="nearest"
    )
    lines = axes.contour(grid.columns, grid.index, grid.to_numpy(), levels=[0.25, 0.5], colors="white", linewidths=1.2)
    axes.clabel(lines, fmt=lambda level: f"{level:.0%}", fontsize=9)
    axes.set_xlabel("mean value at the start")
    axes.set_ylabel("share practicing at the start")
    axes.yaxis.set_major_formatter("{x:.0%}")
    axes.set_title("Practice after eight years without a policy, by where it starts", loc="left", fontsize=11)
    bar = figure.colorbar(shown, ax=axes, label="share practicing after eight years")
    bar.ax.yaxis.set_major_formatter("{x:.0%}")
    figure.savefig(path, dpi=144)


def main() -> None:
    """Write ``basin.csv`` and ``basin.png``."""
    parser = argparse.ArgumentParser(description="Where practice ends, by where practice and values start.")
    parser.add_argument("--out", type=Path, default=Path("results/reference/basin"), help="path without ending")
    parser.add_argument("--replicates", type=int, default=8)
    options = parser.parse_args()
    table = basin(options.replicates)
    table.round(4).to_csv(options.out.with_suffix(".csv"), index=False)
    draw(table, options.out.with_suffix(".png"))


if __name__ == "__main__":
    main()
