"""Lessons for the classroom: real runs computed ahead, and one page that shows them without a server or a network.

A lesson is a grid of settings of a small organization. Every point of the grid is run under the same random numbers
(:mod:`sim.pages.lesson.precomputed`), recorded (:mod:`sim.pages.lesson.recording`), and written into one file
(:mod:`sim.pages.lesson.page`).
"""

from __future__ import annotations

from sim.pages.lesson.lessons import LESSONS
from sim.pages.lesson.page import write_page

__all__ = ["LESSONS", "write_page"]
