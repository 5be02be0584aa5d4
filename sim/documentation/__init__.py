"""Documents that are generated from the code, so that they say what it does."""

from sim.documentation.odd import render_odd

__all__ = ["render_odd"]
