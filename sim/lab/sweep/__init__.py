"""Designed experiments: thousands of runs that finish, resume where they were, scale out, and give the same store.

An :class:`~sim.lab.sweep.experiment.Experiment` is read from a TOML file. Its designs give *points*, points with the
same organization and market share a *world*, and a world with a replicate is a *job*: burn in once, run the twin, run
every policy. Jobs go in chunks to worker processes (:mod:`sim.lab.sweep.executors`), their results come back as finished
pieces of Parquet, and :mod:`sim.lab.sweep.store` puts them where no accident can lose them.
"""

from sim.lab.sweep.experiment import Experiment
from sim.lab.sweep.in_memory import run_experiment
from sim.lab.sweep.loading import load_experiment
from sim.lab.sweep.reading import Store, read_store
from sim.lab.sweep.sweeping import SweepReport, sweep

__all__ = ["Experiment", "Store", "SweepReport", "load_experiment", "read_store", "run_experiment", "sweep"]
