"""A sweep in a process of its own, to be killed by tests: ``python -m tests.sweep.driver EXPERIMENT OUT RUNNER ENGINE``."""

from __future__ import annotations

import sys

from sim.lab.sweep import sweep
from sim.lab.sweep.executors import Executor, InlineExecutor, ProcessExecutor


def main() -> None:
    """Run it."""
    experiment, out, runner, where = sys.argv[1:5]
    executor: Executor | None = None
    if where == "inline":
        executor = InlineExecutor()
    elif where.isdecimal():
        executor = ProcessExecutor(int(where))
    cluster = None if executor is not None else where
    outcome = sweep(experiment, out, workers=2, cluster=cluster, runner=runner, executor=executor)
    print(outcome.done, outcome.failed, outcome.new)


if __name__ == "__main__":
    main()
