"""Evidence: facts as data, measures that find out, verdicts that know when they do not know.

A *fact* (``facts/*.toml``) says what must be found, with target, tolerance, source and tier. A *measure* (a function
in :mod:`sim.evidence.measures`) finds it, with a 95 % interval where chance is involved. :func:`score` brings both
together.
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
