"""A sweep in a process of its own, to be killed by tests: ``python -m tests.sweep.driver EXPERIMENT OUT RUNNER ENGINE``."""

from __future__ import annotations

import sys

from sim.lab.sweep import sweep
from sim.lab.sweep.engines import Engine, Inline, Local


def main() -> None:
    """Run it."""
    experiment, out, runner, where = sys.argv[1:5]
    engine: Engine | None = Inline() if where == "inline" else Local(int(where)) if where.isdecimal() else None
    cluster = None if engine is not None else where
    outcome = sweep(experiment, out, workers=2, cluster=cluster, runner=runner, engine=engine)
    print(outcome.done, outcome.failed, outcome.new)


if __name__ == "__main__":
    main()
