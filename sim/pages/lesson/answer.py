"""The answer of the runs to the question of a lesson. Predictions are compared with it."""

from __future__ import annotations

import numpy as np

from sim.model.kernel.array_types import FloatArray
from sim.model.policies.policy import Policy
from sim.pages.lesson.lesson import Lesson
from sim.pages.lesson.precomputed import MISSING, Runs

CHOICES = ("nothing", "fades", "below", "holds")
"""What can happen to a lift: there is none; it fades; it turns into a loss; it holds."""

_NOTICEABLE = 0.01
_QUARTER = 13
_KEPT = 0.5


def mean_curves(lesson: Lesson, runs: Runs) -> FloatArray:
    """Mean over replicates of every curve, shape (sets of assumptions, policies, curves, weeks); NaN where no run has a value."""
    steps = runs.steps.astype(np.float64)
    there = runs.steps != MISSING
    total = np.where(there, steps, 0.0).sum(axis=3)
    count = there.sum(axis=3)
    size = np.array([curve.step for curve in lesson.curves])[:, None]
    result: FloatArray = np.where(count > 0, total / np.maximum(count, 1), np.nan) * size
    return result


def end_of_policy(lesson: Lesson, policy: Policy) -> int:
    """First week in which a policy no longer spends; the end of the run if it never stops."""
    return min(max((phase.end or lesson.weeks for phase in policy.phases), default=lesson.weeks), lesson.weeks)


def find_answer(lesson: Lesson, runs: Runs) -> str:
    """Which of :data:`CHOICES` is true of policy B against no policy, in the lesson's first curve with initial assumptions.

    A lift is noticeable if it is a point or more over the last 13 weeks of the policy. It holds if half of it is there in
    the run's last 13 weeks. It is below if in any 13 weeks after the end it is a loss of a point or more.
    """
    number = lesson.policy_number(lesson.second)
    end = end_of_policy(lesson, lesson.policies[number])
    curves = mean_curves(lesson, runs)[lesson.assumption_set_number(), :, 0]
    lift = curves[number] - curves[0]
    at_end = float(np.nanmean(lift[end - _QUARTER : end]))
    later = float(np.nanmean(lift[-_QUARTER:]))
    if abs(at_end) < _NOTICEABLE:
        return "nothing"
    after = [float(np.nanmean(lift[week - _QUARTER : week])) for week in range(end + _QUARTER, lesson.weeks + 1)]
    if min(after, default=later) <= -_NOTICEABLE:
        return "below"
    return "holds" if later >= _KEPT * at_end else "fades"
