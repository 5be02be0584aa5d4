"""Lessons for the classroom: real runs computed ahead, and one page that shows them without a server or a network.

A lesson is a grid of settings of a small organization. Every point of the grid is run under the same random numbers
(:mod:`sim.lesson.precomputed`), recorded (:mod:`sim.lesson.recording`), and laid into one file (:mod:`sim.lesson.page`).
"""

from __future__ import annotations

from sim.lesson.lessons import LESSONS
from sim.lesson.page import write_page

__all__ = ["LESSONS", "write_page"]
