"""A cluster in the place of worker processes, for work that is tasks and not chunks of a sweep."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from sim.lab.sweep.dask_executor import DaskExecutor
from sim.lab.worker_pool import WorkerPool
from sim.lab.worker_process import WorkerProcess


class _RemoteProcess(WorkerProcess):
    """Looks like a process of this machine; tasks are done by whichever worker of the cluster is free."""

    def __init__(self, executor: DaskExecutor) -> None:
        super().__init__()
        self._executor = executor
        self._left = threading.Event()

    def run(self, work: Callable[..., Any], task: object, announces: bool = False, limit: float = float("inf")) -> Any:
        """Have a task done on the cluster; see :meth:`WorkerProcess.run`. Steps are not announced."""
        del announces, limit
        return self._executor.call(work, task, self._left)

    def start(self) -> None:
        """The workers of a cluster are there already."""

    def stop(self) -> None:
        """Wait for the cluster no longer."""
        self._left.set()


class ClusterPool(WorkerPool):
    """Workers of a cluster, for :func:`~sim.lab.worker_pool.run_tasks`.

    Args:
        executor: The cluster, entered.
    """

    def __init__(self, executor: DaskExecutor) -> None:
        super().__init__(max(executor.workers, 2))  # one alone would be this process itself
        self._processes = [_RemoteProcess(executor) for _ in range(self.workers)]
