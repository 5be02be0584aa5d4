"""Documents that are written from the code, so that they cannot say anything else than it does."""

from sim.documentation.odd import render_odd

__all__ = ["render_odd"]
