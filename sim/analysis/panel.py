"""The tables of a comparison as arrays [policy, replicate, week], with the twin of every run.

Everything in :mod:`sim.analysis` starts here. Runs count only in pairs: where a run or its twin failed, the pair is left
out of every measure and counted as failed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from sim.analysis.missing import BoolArray, FloatArray

TWIN = "none"
"""The policy without resources: same scenario, seed, events and ablations as the run it is compared with."""

_RUN_COLUMNS = ("policy", "replicate", "status", "sponsorship_start", "sponsorship_end", "permanent")
_PLANNED = "planned_end"
_WEEK_COLUMNS = ("policy", "replicate", "week")


@dataclass(frozen=True)
class Panel:
    """Runs laid out as arrays [policy, replicate, week].

    Attributes:
        policies: Names along the first axis; the twin is always among them.
        replicates: Numbers along the second axis.
        weeks: Length of the longest run, in weeks.
        done: [policy, replicate] whether the run and its twin both finished; other pairs are missing.
        start: [policy, replicate] week in which sponsorship starts, NaN if it never does.
        end: [policy, replicate] first week without sponsorship; NaN if there is no end within the run (a permanent
            policy, a policy that outlasts the run, the twin).
        stopped: [policy, replicate] whether sponsorship ended before the week that the policy had planned.
    """

    policies: tuple[str, ...]
    replicates: tuple[int, ...]
    weeks: int
    done: BoolArray
    start: FloatArray
    end: FloatArray
    stopped: BoolArray
    _weekly: pd.DataFrame = field(repr=False)
    _rows: tuple[np.ndarray, ...] = field(repr=False)
    _levels: dict[str, FloatArray] = field(repr=False, default_factory=dict)

    @classmethod
    def from_tables(cls, weekly: pd.DataFrame, runs: pd.DataFrame, policies: Sequence[str] | None = None) -> Panel:
        """Lay out the tables.

        Args:
            weekly: One row a policy, replicate and week; columns ``policy, replicate, week`` and the outcomes.
            runs: One row a policy and replicate; columns ``policy, replicate, status, sponsorship_start,
                sponsorship_end, permanent``, and ``planned_end`` if it is known.
            policies: Which policies, in which order. If not given, all that were run, in the order of ``runs``. The twin is
                added when it is not among them.
        """
        _require_columns("runs", runs, _RUN_COLUMNS)
        _require_columns("weekly", weekly, _WEEK_COLUMNS)
        names = _names_with_twin(runs, policies)
        replicates = np.unique(runs["replicate"].to_numpy(dtype=np.int64))
        weeks = int(weekly["week"].max()) + 1 if len(weekly) else 0
        rows = _find_rows(weekly, names, replicates)
        shape = (len(names), replicates.size)
        has_rows = np.zeros(shape, dtype=np.bool_)
        has_rows[rows[1], rows[2]] = True
        finished = _spread(runs, names, replicates, runs["status"].astype(str).to_numpy() == "done") == 1.0
        finished &= has_rows
        permanent = _spread(runs, names, replicates, runs["permanent"].to_numpy(dtype=np.bool_, na_value=False)) == 1.0
        start = _spread(runs, names, replicates, _numbers(runs["sponsorship_start"]))
        end = _spread(runs, names, replicates, _numbers(runs["sponsorship_end"]))
        plan = _numbers(runs[_PLANNED]) if _PLANNED in runs.columns else np.full(len(runs), np.nan)
        return cls(
            policies=names,
            replicates=tuple(int(number) for number in replicates),
            weeks=weeks,
            done=finished & finished[names.index(TWIN)],
            start=start,
            end=np.where(permanent | (end > weeks), np.nan, end),
            stopped=end < _spread(runs, names, replicates, plan),
            _weekly=weekly,
            _rows=rows,
        )

    @property
    def twin(self) -> int:
        """Position of the twin along the first axis."""
        return self.policies.index(TWIN)

    @property
    def shape(self) -> tuple[int, int, int]:
        """Number of policies, replicates and weeks."""
        return len(self.policies), len(self.replicates), self.weeks

    @property
    def dropped(self) -> dict[str, int]:
        """Number of pairs of each policy that are left out because the run or its twin failed."""
        lost = (~self.done).sum(axis=1)
        return {policy: int(number) for policy, number in zip(self.policies, lost, strict=True)}

    def level(self, outcome: str) -> FloatArray:
        """Weekly values of an outcome, [policy, replicate, week]; NaN where missing. Read-only.

        An outcome that the table does not have is missing everywhere.
        """
        if outcome not in self._levels:
            values = np.full(self.shape, np.nan)
            if outcome in self._weekly.columns:
                chosen, policy, replicate, week = self._rows
                values[policy, replicate, week] = _numbers(self._weekly[outcome])[chosen]
                values[~self.done] = np.nan
                values[~np.isfinite(values)] = np.nan
            values.setflags(write=False)
            self._levels[outcome] = values
        return self._levels[outcome]

    def lift(self, outcome: str) -> FloatArray:
        """Lift [policy, replicate, week]: policy minus twin in each week; missing where either is. Zero for the twin."""
        level = self.level(outcome)
        lift: FloatArray = level - level[self.twin]
        return lift


def _require_columns(table: str, frame: pd.DataFrame, columns: Sequence[str]) -> None:
    """Refuse a table without the columns that the pairing needs."""
    lacking = [column for column in columns if column not in frame.columns]
    if lacking:
        raise ValueError(f"{table}: columns {', '.join(lacking)} are missing; it needs {', '.join(columns)}")


def _names_with_twin(runs: pd.DataFrame, policies: Sequence[str] | None) -> tuple[str, ...]:
    """Policies along the first axis: as given or as run, with the twin."""
    ran = [str(name) for name in pd.unique(runs["policy"].astype(str))]
    if TWIN not in ran:
        raise ValueError(f"runs: policy {TWIN} is missing, got {', '.join(ran)}; run it too, it is everyone's twin")
    names = ran if policies is None else list(dict.fromkeys(policies))
    unknown = [name for name in names if name not in ran]
    if unknown:
        raise ValueError(f"policies: {', '.join(unknown)} was not run; there are {', '.join(ran)}")
    return tuple(names if TWIN in names else [TWIN, *names])


def _numbers(column: pd.Series) -> FloatArray:
    """A column as floats, whatever pandas calls a missing value in it."""
    return column.to_numpy(dtype=np.float64, na_value=np.nan)


def _positions(frame: pd.DataFrame, names: tuple[str, ...], replicates: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Row and column of each line of a table in the arrays, -1 for a policy or replicate that is not selected."""
    policy = pd.Index(names).get_indexer(pd.Index(frame["policy"].astype(str)))
    replicate = pd.Index(replicates).get_indexer(pd.Index(frame["replicate"].to_numpy(dtype=np.int64)))
    return np.asarray(policy), np.asarray(replicate)


def _spread(runs: pd.DataFrame, names: tuple[str, ...], replicates: np.ndarray, values: np.ndarray) -> FloatArray:
    """One value a run, laid out as [policy, replicate]; NaN where there was no such run."""
    policy, replicate = _positions(runs, names, replicates)
    selected = policy >= 0
    _refuse_repeats("runs", np.stack([policy[selected], replicate[selected]]), (len(names), replicates.size))
    laid_out = np.full((len(names), replicates.size), np.nan)
    laid_out[policy[selected], replicate[selected]] = values[selected]
    return laid_out


def _find_rows(weekly: pd.DataFrame, names: tuple[str, ...], replicates: np.ndarray) -> tuple[np.ndarray, ...]:
    """Which lines of the weekly table are selected, and their position in the arrays."""
    policy, replicate = _positions(weekly, names, replicates)
    week = weekly["week"].to_numpy(dtype=np.int64)
    if week.size and week.min() < 0:
        raise ValueError(f"weekly: week must be 0 or more, got {week.min()}; leave out the burn-in")
    chosen = np.flatnonzero((policy >= 0) & (replicate >= 0))
    positions = np.stack([policy[chosen], replicate[chosen], week[chosen]])
    weeks = int(week.max()) + 1 if week.size else 0
    _refuse_repeats("weekly", positions, (len(names), replicates.size, weeks))
    return chosen, positions[0], positions[1], positions[2]


def _refuse_repeats(table: str, positions: np.ndarray, shape: tuple[int, ...]) -> None:
    """Refuse two lines for one cell: the second would silently replace the first."""
    if positions.shape[1] == 0:
        return
    flat = np.ravel_multi_index(tuple(positions), shape)
    repeated = int((np.bincount(flat) > 1).sum())
    if repeated:
        raise ValueError(f"{table}: {repeated} cells have more than one row; keep one row each (futures apart)")
