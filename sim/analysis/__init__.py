"""What the tables of a comparison say, and how surely.

Everything here works on tables alone: weekly rows, one row a run, and the arrays of choices. Nothing here knows how
a run came about, so runs of another program can be analyzed with it.
"""

from sim.analysis.lift import lift_curves
from sim.analysis.metrics import METRICS, Metric
from sim.analysis.spread import reach_curve
from sim.analysis.statements import answer, statements
from sim.analysis.summary import run_values, summarize

__all__ = ["METRICS", "Metric", "answer", "lift_curves", "reach_curve", "run_values", "statements", "summarize"]
