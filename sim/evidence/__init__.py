"""Evidence: facts as data, measures that test them on runs, and verdicts: holds, fails or inconclusive.

A *fact* (``facts/*.toml``) says what must be found, with target, tolerance, source and tier. A *measure* (a function
in :mod:`sim.evidence.measures`) works out the value, with a 95 % interval where chance is involved. :func:`score`
compares the two.
"""

from __future__ import annotations

from sim.evidence.fact import Fact, FactError, load_facts
from sim.evidence.measurement import Measurement, RunBudget
from sim.evidence.registry import MEASURES, measure
from sim.evidence.scoring import Row, Verdict, score

__all__ = [
    "MEASURES",
    "Fact",
    "FactError",
    "Measurement",
    "Row",
    "RunBudget",
    "Verdict",
    "load_facts",
    "measure",
    "score",
]
