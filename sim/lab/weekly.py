"""Weekly rows of runs: what the columns of a table of them are, and how those of a single run are written."""

from __future__ import annotations

import csv
from math import isnan
from pathlib import Path

import numpy as np

from sim.lab.writing import write_parquet
from sim.model.kernel.array_types import FloatArray, IntArray
from sim.model.registry import current
from sim.model.results import Run

Weekly = dict[str, FloatArray | IntArray]
"""Columns by name."""


def outcome_columns(values: FloatArray) -> Weekly:
    """Outcomes by name, counts as whole numbers where all are known: half a customer does not exist.

    Args:
        values: Outcomes by week, shape (weeks, :data:`~sim.model.outcomes.weekly.OUTCOME_NAMES`).
    """
    columns: Weekly = dict(zip(current().outcomes, values.T, strict=True))
    counts = [
        name
        for name, column in columns.items()
        if current().outcomes[name].unit == "count" and np.isfinite(column).all()
    ]
    return {**columns, **{name: columns[name].astype(np.int64) for name in counts}}


def week_numbers(run: Run) -> IntArray:
    """Numbers of the weeks of a run."""
    return np.arange(run.first, run.first + len(run.values))


def weekly_columns(run: Run) -> Weekly:
    """``week`` and every outcome of a run."""
    return {"week": week_numbers(run), **outcome_columns(run.values)}


def write_weekly_rows(run: Run, path: Path) -> None:
    """Write the rows of a single run as ``.csv`` or ``.parquet``, by the ending of the path."""
    columns = weekly_columns(run)
    if path.suffix.lower() == ".csv":
        # The same bytes as from pandas, whose import would take longer than five years of the run.
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(columns)
            for row in zip(*(column.tolist() for column in columns.values()), strict=True):
                writer.writerow("" if isnan(value) else value for value in row)
        return
    import pandas as pd

    write_parquet(pd.DataFrame(columns), path)
