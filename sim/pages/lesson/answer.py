"""What the runs say to the question that a lesson asks: the choice that a prediction is compared with."""

from __future__ import annotations

import numpy as np

from sim.model.kernel.array_types import FloatArray
from sim.model.policies.policy import Policy
from sim.pages.lesson.lesson import Lesson
from sim.pages.lesson.precomputed import MISSING, Runs

CHOICES = ("nothing", "fades", "below", "holds")
"""What may become of a lift: there never is one; it fades; it turns into a loss; it holds."""

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
    """Week from which a bundle spends nothing any more; the end of the run if it never ends."""
    return min(max((phase.end or lesson.weeks for phase in policy.phases), default=lesson.weeks), lesson.weeks)


def find_answer(lesson: Lesson, runs: Runs) -> str:
    """Which of :data:`CHOICES` is true of the lesson's policy B against no policy, as found, in its first curve.

    Noticeable is a lift of a point or more over the last 13 weeks of the policy. It holds if half of it is there in the
    run's last 13 weeks; it is below if in any 13 weeks after the end it has become a loss of a point or more.
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
