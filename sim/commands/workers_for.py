"""Who does the tasks of a command: processes of this machine, or a cluster."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sim.commands.errors import write_messages

if TYPE_CHECKING:
    from sim.lab.worker_pool import WorkerPool


@contextmanager
def workers_for(workers: int, cluster: str | None) -> Iterator[WorkerPool]:
    """Processes of this machine, or a cluster.

    Args:
        workers: Number of processes; also those of a cluster that is made for the occasion.
        cluster: Address of a scheduler, or local; processes of this machine if ``None``.

    Raises:
        ScenarioError: If the cluster cannot be reached, or its extra is not installed.
    """
    if cluster is None:
        from sim.lab.task import prepare_worker
        from sim.lab.worker_pool import WorkerPool

        with WorkerPool(workers, prepare_worker) as pool:
            yield pool
        return
    from sim.lab.sweep.cluster_pool import ClusterPool
    from sim.lab.sweep.dask_executor import DaskExecutor

    def notify(text: str) -> None:
        write_messages([text])

    with DaskExecutor(cluster, workers, notify) as executor, ClusterPool(executor) as pool:
        yield pool
