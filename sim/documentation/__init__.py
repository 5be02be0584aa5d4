"""Documents that are generated from the code, so that they say what it does."""

from sim.documentation.odd import render_odd
from sim.documentation.study import Study
from sim.documentation.study_odd import render_study_odd

__all__ = ["Study", "render_odd", "render_study_odd"]
