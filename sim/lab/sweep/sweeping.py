"""Running an experiment from the first chunk, or from where it stopped, to the finished store."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

from sim.lab.comparison_plan import WORKERS
from sim.lab.fingerprint import fingerprint
from sim.lab.lock import Lock
from sim.lab.sweep.chunk_queue import ChunkQueue
from sim.lab.sweep.dask_executor import DaskExecutor
from sim.lab.sweep.execution import MODEL, Recipe, Results
from sim.lab.sweep.executors import Executor, ProcessExecutor
from sim.lab.sweep.experiment import Experiment
from sim.lab.sweep.loading import load_experiment
from sim.lab.sweep.points import Job, Points
from sim.lab.sweep.progress import Meter, Watcher
from sim.lab.sweep.reading import count_missing
from sim.lab.sweep.retry import forget_failures
from sim.lab.sweep.stages import Stage, Stages
from sim.lab.sweep.store import StoreWriter, check_store
from sim.lab.sweep.tables import RUN_KEYS
from sim.lab.task import prepare_worker
from sim.lab.worker_pool import MOST_WORKERS, available_workers
from sim.model.scenario.finding import check_path
from sim.model.scenario.messages import Faults
from sim.model.scenario.refusals import read
from sim.model.scenario.rules import SWITCH, text

_ADDRESS = text("address", longest=300, lines=False)


class ProgramChangedError(RuntimeError):
    """The program was changed while a sweep was running."""

    def __init__(self) -> None:
        super().__init__(
            "the program, or a package that it needs, has changed while the sweep ran, so that its runs would not belong "
            "together. Put it back as it was and run the same command again, or choose another --out."
        )


@dataclass(frozen=True, slots=True)
class SweepReport:
    """Report on a sweep.

    Attributes:
        folder: The store.
        done, failed: Runs that finished and that did not.
        new: How many of them are of this session.
        missing: Outcome -> number of finished runs that have none; those without any are left out.
        stopped: Why points stopped, with adaptive replicates.
        damaged: Files that were found damaged; their runs were done again.
        seconds: How long this session took.
    """

    folder: Path
    done: int
    failed: int
    new: int
    missing: Mapping[str, int]
    stopped: Mapping[str, int] | None
    damaged: tuple[str, ...]
    seconds: float


def sweep(
    experiment: str | Path | Mapping[str, Any] | Experiment,
    out: str | Path,
    workers: int | None = None,
    cluster: str | None = None,
    progress: Watcher | None = None,
    notify: Callable[[str], None] = lambda text: None,
    command: str = "",
    runner: str = MODEL,
    executor: Executor | None = None,
    retry_failed: bool = False,
) -> SweepReport:
    """Run an experiment into a folder; the same call again goes on where it stopped.

    A finished store is left alone. It is the same to the byte for any number of workers, any order and any executor.

    Args:
        experiment: Name of one that ships, a TOML file, a table as such a file holds it, or an experiment.
        out: Folder of the store: new, empty, or with this very sweep in it.
        workers: Number of processes; as many as there are processors if not given.
        cluster: Address of a Dask scheduler, or ``local``; processes of this machine if not given.
        progress: Called with the state of the sweep, after every chunk.
        notify: Called with a message for the user.
        command: Command that repeats it, for the manifest.
        runner: ``module:function`` that runs a job, in place of the model.
        executor: Where to run, in place of what ``workers`` and ``cluster`` say.
        retry_failed: Repeat runs that have failed before.

    Raises:
        ScenarioError: With every fault of what was asked for; nothing was written.
        LockedError: If another process works in the folder; nothing was written.
        StoreError: If the disk is full or the folder cannot be written; what was finished is safe.
        KeyboardInterrupt: When interrupted; what was finished is safe.
    """
    faults = Faults()
    for name, value, rule in (
        ("workers", workers, WORKERS),
        ("cluster", cluster, _ADDRESS),
        ("retry_failed", retry_failed, SWITCH),
    ):
        if value is not None:
            read(rule.adapter.validate_python, value, f"--{name.replace('_', '-')}", faults)
    faults.raise_any()
    ready = experiment if isinstance(experiment, Experiment) else load_experiment(experiment)
    folder = check_path("out", out)
    points = Points(ready)
    _check(folder, ready)
    count = min(available_workers() if workers is None else int(workers), MOST_WORKERS)
    prepare = prepare_worker if runner == MODEL else None
    chosen = executor or (ProcessExecutor(count, prepare) if cluster is None else DaskExecutor(cluster, count, notify))
    folder.mkdir(parents=True, exist_ok=True)
    with Lock(folder):
        _check(folder, ready)  # another process may have been there in between
        store = StoreWriter(folder, ready, points)
        store.open()
        if retry_failed and (forgotten := forget_failures(store)):
            notify(f"{forgotten} runs are done again: those that failed, and those that go with them")
        return _Session(store, Recipe.of(ready, runner), chosen, progress, notify, command).run()


def _check(folder: Path, experiment: Experiment) -> None:
    faults = Faults()
    check_store(folder, experiment, faults)
    faults.raise_any()


class _Session:
    """One stretch of work on a store, from a start to an end or an interruption."""

    def __init__(
        self,
        store: StoreWriter,
        recipe: Recipe,
        executor: Executor,
        progress: Watcher | None,
        notify: Callable[[str], None],
        command: str,
    ) -> None:
        self._store = store
        self._recipe = recipe
        self._executor = executor
        self._progress = progress
        self._points = store.points
        self._clock = time.perf_counter()
        self._done = np.zeros((store.experiment.most_replicates, self._points.worlds), dtype=np.bool_)
        self._meter = self._resume()
        self._before = self._meter.done + self._meter.failed
        self._command = command
        for what in store.damaged:
            notify(f"{what}: damaged, so what was in it is done again")

    def run(self) -> SweepReport:
        """Do what is left to do, and compact."""
        store = self._store
        if store.finished:
            return self._summarize()
        self._begin_session()
        try:
            stopped = self._go_through_stages()
            self._record_end("finished")
            store.finish(stopped)
        except KeyboardInterrupt:
            self._record_end("interrupted")
            raise
        except Exception as error:
            self._record_end(" ".join(f"{type(error).__name__}: {error}".split()))
            raise
        return self._summarize()

    def _resume(self) -> Meter:
        """Note which jobs are done already."""
        done = failed = 0
        for table in self._store.run_keys():
            point, replicate = (table.column(key).to_numpy() for key in RUN_KEYS)
            world = self._points.world_of[point]
            new = ~self._done[replicate, world]  # a part and the one that it was merged into may both be there
            bad = pc.equal(table.column("status"), "failed").to_numpy()
            self._done[replicate, world] = True
            failed += int((new & bad).sum())
            done += int((new & ~bad).sum())
        return Meter(done, failed)

    def _go_through_stages(self) -> dict[str, int] | None:
        """Run stage after stage until no point needs more replicates."""
        stages = Stages(self._store.experiment, np.ones(self._points.number, dtype=np.bool_))
        runs = 0
        with self._executor:
            for stage in stages.list_stages():
                if not stages.open(stage, runs, self._store.values):
                    break
                runs += int(stages.active.sum()) * (stage.last - stage.first)
                self._run_stage(stage, stages.active, runs)
        over = self._meter.done + self._meter.failed
        if over != runs:
            raise RuntimeError(f"{over} runs are in the store where {runs} were planned")
        return stages.close()

    def _run_stage(self, stage: Stage, active: NDArray[np.bool_], total: int) -> None:
        """Run what is left of a stage.

        Args:
            stage: Its replicates.
            active: Whether each point takes part.
            total: Runs of this stage and all earlier ones.
        """
        needed = np.bincount(self._points.world_of[active], minlength=self._points.worlds) > 0
        left = int((~self._done[stage.first : stage.last, needed]).sum())
        self._show(total)
        if not left:
            return
        jobs = self._jobs(stage, active, needed)
        chunks = ChunkQueue(self._recipe, jobs, left, lambda: self._executor.workers)
        results = self._executor.run(chunks)
        with contextlib.closing(results):
            for result in results:
                self._store_results(result)
                self._show(total)

    def _jobs(self, stage: Stage, active: NDArray[np.bool_], needed: NDArray[np.bool_]) -> Iterator[Job]:
        """Jobs of a stage that are not done yet: one replicate of all worlds after the other."""
        for replicate in range(stage.first, stage.last):
            for world in np.flatnonzero(needed & ~self._done[replicate]).tolist():
                yield self._points.job(world, replicate, active)

    def _store_results(self, results: Results) -> None:
        """Store the results of a chunk."""
        if results.code != fingerprint():
            raise ProgramChangedError
        self._store.add(results)
        for world, replicate in results.keys:
            self._done[replicate, world] = True
        self._meter.add(results.done, results.failed)

    def _show(self, total: int) -> None:
        if self._progress is not None:
            self._progress(self._meter.state(total))

    def _begin_session(self) -> None:
        """Write into the manifest who works on it, since when, and how."""
        session: dict[str, Any] = {
            "started": datetime.now(UTC).isoformat(timespec="seconds"),
            "command": self._command or None,
            "engine": self._executor.name,
            "workers": self._executor.workers,
            "machine": socket.gethostname(),
            "runs": None,
            "seconds": None,
            "ended": None,
        }
        self._store.manifest["sessions"].append(session)
        self._store.save()

    def _record_end(self, ended: str) -> None:
        """Write into the manifest how the session ended, if it can be written."""
        session = self._store.manifest["sessions"][-1]
        session |= {
            "workers": self._executor.workers,
            "runs": self._meter.done + self._meter.failed - self._before,
            "seconds": round(time.perf_counter() - self._clock, 3),
            "ended": ended,
        }
        self._store.manifest["runs"] = {"done": self._meter.done, "failed": self._meter.failed}
        with contextlib.suppress(OSError):
            self._store.save()

    def _summarize(self) -> SweepReport:
        store = self._store
        return SweepReport(
            folder=store.folder,
            done=self._meter.done,
            failed=self._meter.failed,
            new=self._meter.done + self._meter.failed - self._before,
            missing=count_missing(store.folder, store.experiment.outcomes),
            stopped=store.manifest["stopped"],
            damaged=tuple(store.damaged),
            seconds=time.perf_counter() - self._clock,
        )
