"""Makes the reference table: the history in every draw, by the workers of comparisons; and reads one that was kept."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from sim.fitting.draws import list_blocks, see_draws, sobol_points
from sim.fitting.history import USUAL_RESPONDENTS
from sim.fitting.observation_model import MEASURES, in_proportion
from sim.fitting.request import FitSetup
from sim.fitting.screening import MOST, MOST_NAMED, screen
from sim.fitting.table import Observed, Priors, ReferenceTable
from sim.lab.failure import Failure
from sim.lab.plausible import value_at
from sim.lab.store_files import write_bytes_atomically
from sim.lab.task import prepare_worker, replicate_seed
from sim.lab.worker_pool import Kept, WorkerPool, run_tasks
from sim.model.kernel.array_types import FloatArray, IntArray
from sim.model.kernel.parameters import Parameter

TABLE = "table.npz"
"""File with the reference table, beside what was fitted with it."""

_MEASURES = tuple(MEASURES)


@dataclass(frozen=True)
class RawTable:
    """The history in every draw, with everything that any history could have.

    Attributes:
        unit: (draws, parameters) of all drawn parameters, in [0, 1].
        seen: (draws, rows, measures); NaN in draws that failed.
        failures: What went wrong, as the manifest lists it.
        kept: Whether it was read from the folder of an earlier plan or fit.
    """

    unit: FloatArray
    seen: FloatArray
    failures: tuple[dict[str, Any], ...] = ()
    kept: bool = False


def make_table(
    setup: FitSetup,
    pool: WorkerPool,
    progress: Callable[[int, int], None] | None = None,
    kept: Kept | None = None,
    folder: Path | None = None,
) -> RawTable:
    """Run the history in every draw, or read the table of an earlier plan or fit of the same.

    Args:
        setup: What was checked.
        pool: Workers.
        progress: Called with the number of draws that are done, and their total.
        kept: Results that are there already, and where new ones are kept.
        folder: Where an earlier plan or fit may be.

    Raises:
        WorkerError: If workers cannot be started.
    """
    unit = sobol_points(setup.seed, setup.draws, len(setup.drawn))
    earlier = None if folder is None else read_table(folder / TABLE, setup)
    if earlier is not None:
        return RawTable(unit, earlier, kept=True)
    if pool.workers > 1:
        pool.wait_until_ready()
    else:
        prepare_worker(nullcontext())
    seeds = [replicate_seed(setup.seed, number) for number in range(setup.draws)]
    tasks = list_blocks(setup.running, setup.policy, setup.drawn, unit, seeds, setup.windows)
    ends = np.cumsum([len(task.unit) for task in tasks])

    def advanced(done: int) -> None:
        if progress is not None:
            progress(int(ends[done - 1]) if done else 0, setup.draws)

    advanced(0)
    results = run_tasks(see_draws, tasks, pool.workers, advanced, pool, kept)
    seen = np.full((setup.draws, len(setup.windows), len(_MEASURES)), np.nan)
    failures: list[dict[str, Any]] = []
    for first, task, result in zip((0, *ends[:-1]), tasks, results, strict=True):
        if isinstance(result, Failure):
            reasons: tuple[Failure | None, ...] = (result,) * len(task.unit)
        else:
            seen[first : first + len(task.unit)], reasons = result
        for row, (seed, failure) in enumerate(zip(task.seeds, reasons, strict=True)):
            if failure is not None:
                failures.append(
                    {"draw": int(first) + row, "seed": seed, "error": failure.error, "traceback": failure.traceback}
                )
    return RawTable(unit, seen, tuple(failures))


def write_table(raw: RawTable, setup: FitSetup, path: Path) -> None:
    """Keep a table for the fit that follows a plan."""
    buffer = BytesIO()
    key = np.frombuffer(setup.key.encode(), dtype=np.uint8)
    np.savez_compressed(buffer, seen=raw.seen, key=key)
    write_bytes_atomically(path, buffer.getvalue())


def read_table(path: Path, setup: FitSetup) -> FloatArray | None:
    """What an earlier plan or fit of the same has kept, if it has as many rows as are asked for; else ``None``."""
    with suppress(OSError, ValueError, KeyError, zipfile.BadZipFile):
        content = np.load(BytesIO(path.read_bytes()), allow_pickle=False)
        seen: FloatArray = content["seen"]
        rows = len(setup.windows)
        if (
            bytes(content["key"]).decode("ascii", "replace") == setup.key
            and seen.dtype == np.float64
            and seen.ndim == 3
            and (seen.shape[0], seen.shape[2]) == (setup.draws, len(_MEASURES))
            and seen.shape[1] >= rows
            and np.isfinite(seen).any(axis=(1, 2)).all()  # draws that failed are tried again
        ):
            return seen[:, :rows]
    return None


def expected_of(raw: RawTable, observed: Observed) -> FloatArray:
    """What a survey of everybody would have seen of a history's columns: (draws, rows, columns)."""
    expected = raw.seen[:, : len(observed.rows), [_MEASURES.index(name) for name in observed.columns]].copy()
    for column, name in enumerate(observed.columns):
        if MEASURES[name].proportional:
            expected[:, :, column] = in_proportion(expected[:, :, column], observed.values[:, column])
    return expected


def good_draws(raw: RawTable) -> IntArray:
    """Numbers of the draws that did not fail."""
    return np.flatnonzero(np.isfinite(raw.seen).any(axis=(1, 2)))


def choose_fitted(setup: FitSetup, raw: RawTable) -> tuple[int, ...]:
    """Positions, among the drawn parameters, of those that are fitted: the ones that matter, those that matter most first."""
    among = [position for position, each in enumerate(setup.drawn) if not setup.named or each.name in setup.named]
    if setup.named and len(among) <= MOST_NAMED:
        return tuple(among)
    rows = good_draws(raw)
    observed = setup.history.observed
    expected = expected_of(raw, observed)[rows]
    chosen = screen(raw.unit[rows][:, among], expected, observed, setup.seed, MOST_NAMED if setup.named else MOST)
    return tuple(among[position] for position in chosen)


def priors_of(parameters: tuple[Parameter, ...]) -> Priors:
    """Uniform ranges; a whole number takes half a step on both sides, so that rounding gives each the same part."""
    ends = [_ends(each) for each in parameters]
    return Priors(
        tuple(each.name for each in parameters),
        np.array([low for low, _ in ends]),
        np.array([high for _, high in ends]),
    )


def _ends(parameter: Parameter) -> tuple[float, float]:
    assert parameter.plausible is not None  # it is drawn
    low, high = parameter.plausible
    step = 0.5 if parameter.type == "integer" else 0.0
    return low - step, high + step


def reference_table(setup: FitSetup, raw: RawTable, fitted: tuple[int, ...]) -> ReferenceTable:
    """The table of a fit: fitted parameters, and the columns of the history; draws that failed are left out."""
    good = good_draws(raw)
    parameters = tuple(setup.drawn[position] for position in fitted)
    return ReferenceTable(
        priors_of(parameters),
        np.ascontiguousarray(raw.unit[good][:, list(fitted)]),
        setup.history.observed.columns,
        expected_of(raw, setup.history.observed)[good],
    )


def value_of(parameter: Parameter, share: float) -> float | int:
    """Value at a position in [0, 1] of the prior."""
    return value_at(parameter, min(max(share, 0.0), 1.0))


def wider_table(setup: FitSetup, raw: RawTable, fitted: tuple[int, ...]) -> tuple[ReferenceTable, Observed]:
    """The table of a plan: also columns that the history does not have, and a year after its last row.

    Returns:
        The table, and the history with these columns and rows, missing there; surveys that are not in the history are taken to
        be answered by as many people as its own.
    """
    observed = setup.history.observed
    more = tuple(name for name in _MEASURES if name not in observed.columns)
    columns = (*observed.columns, *more)
    rows = len(setup.windows)
    later = tuple(f"{number} later" for number in range(1, rows - len(observed.rows) + 1))
    asked = observed.respondents[np.isfinite(observed.respondents)]
    usual = float(np.median(asked)) if asked.size else float(USUAL_RESPONDENTS)
    values = np.full((rows, len(columns)), np.nan)
    values[: len(observed.rows), : len(observed.columns)] = observed.values
    people = np.tile([usual if MEASURES[name].asked else np.nan for name in columns], (rows, 1))
    people[:, : len(observed.columns)] = observed.respondents[-1]
    people[: len(observed.rows), : len(observed.columns)] = observed.respondents
    wide = Observed(
        columns,
        (*observed.rows, *later),
        values,
        people,
        tuple(MEASURES[name].kind for name in columns),
        np.array([MEASURES[name].deviation or np.nan for name in columns]),
        (*observed.changes, *(False for _ in more)),
    )
    good = good_draws(raw)
    parameters = tuple(setup.drawn[position] for position in fitted)
    unit = np.ascontiguousarray(raw.unit[good][:, list(fitted)])
    return ReferenceTable(priors_of(parameters), unit, columns, expected_of(raw, wide)[good]), wide
