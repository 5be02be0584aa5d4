"""Lessons for the classroom: real runs computed ahead, and one page that shows them without a server or a network.

A lesson is a file (:mod:`sim.pages.lesson.loading`) with a grid of settings of a small organization. Every point of the
grid is run under the same random numbers (:mod:`sim.pages.lesson.precomputed`), recorded
(:mod:`sim.pages.lesson.recording`), and written into one page (:mod:`sim.pages.lesson.page`).
"""

from __future__ import annotations

from sim.pages.lesson.loading import load_lesson, shipped_lessons
from sim.pages.lesson.page import write_page

__all__ = ["load_lesson", "shipped_lessons", "write_page"]
