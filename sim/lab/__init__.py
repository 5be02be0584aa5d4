"""Running many organizations: replicates in processes, each policy paired with its twin, results written whole."""

from sim.lab.comparing import compare
from sim.lab.comparison import Comparison

__all__ = ["Comparison", "compare"]
