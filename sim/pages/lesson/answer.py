"""What the runs of a lesson show: the answer to its question, the numbers in its texts, and whether its claims hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sim.model.kernel.array_types import FloatArray
from sim.model.policies.policy import Policy
from sim.pages.lesson.lesson import Figure, Lesson, Point, Scene
from sim.pages.lesson.precomputed import MISSING, Runs, Steps

CHOICES = ("nothing", "fades", "below", "holds")
"""What can happen to a lift: there is none; it fades; it is, or turns into, a loss; it holds."""

NOTICEABLE = 0.01
"""Smallest lift that counts, as a mean over 13 weeks."""

_QUARTER = 13
_KEPT = 0.5

MeanCurve = Callable[[int, int, int], FloatArray]
"""Mean curve over replicates of a world, a policy and a curve, by their numbers."""


@dataclass(frozen=True)
class Answer:
    """What the runs say to the question of a lesson, in one world.

    Attributes:
        answer: Which of :data:`CHOICES` is true of the mean over organizations.
        singly: For each choice, in how many organizations it is true by itself.
        at_end: Lift of policy B over no policy in the last 13 weeks of the policy.
        later: The same in the last 13 weeks of the run.
    """

    answer: str
    singly: dict[str, int]
    at_end: float
    later: float


def values(steps: Steps, size: float) -> FloatArray:
    """Whole steps as values; NaN where missing."""
    return np.where(steps == MISSING, np.nan, steps.astype(np.float64) * size)


def mean_curve(runs: Runs, lesson: Lesson) -> MeanCurve:
    """Mean curves of the runs of a page; NaN where no run has a value."""

    def mean(world: int, policy: int, curve: int) -> FloatArray:
        return mean_there(values(runs.steps[world, policy, curve], lesson.curves[curve].step))

    return mean


def mean_there(table: FloatArray) -> FloatArray:
    """Mean over rows of what is there."""
    there = np.isfinite(table)
    count = there.sum(axis=0)
    result: FloatArray = np.where(count > 0, np.where(there, table, 0.0).sum(axis=0) / np.maximum(count, 1), np.nan)
    return result


def end_of_policy(lesson: Lesson, policy: Policy) -> int:
    """First week in which a policy no longer spends; the end of the run if it never stops."""
    return min(max((phase.end or lesson.weeks for phase in policy.phases), default=lesson.weeks), lesson.weeks)


def find_answer(lesson: Lesson, runs: Runs, shipped: bool = False) -> Answer:
    """What is true of policy B against no policy, in the lesson's first curve with initial assumptions.

    A lift is noticeable if it is :data:`NOTICEABLE` or more over the last 13 weeks of the policy. It holds if half of it is
    there in the run's last 13 weeks. It is below if it is a loss as large while the policy lasts, or in any 13 weeks after.
    """
    without, with_policy = values(runs.asked[int(shipped)], lesson.curves[0].step)
    end = end_of_policy(lesson, lesson.policies[lesson.policy_number(lesson.second)])
    mean = mean_there(with_policy) - mean_there(without)
    singly = Counter(judge(lift, end) for lift in with_policy - without)
    return Answer(
        judge(mean, end),
        {choice: singly[choice] for choice in CHOICES},
        float(np.nanmean(mean[end - _QUARTER : end])),
        float(np.nanmean(mean[-_QUARTER:])),
    )


def judge(lift: FloatArray, end: int) -> str:
    """Which of :data:`CHOICES` is true of a lift whose policy ends in week ``end``."""
    at_end, later = float(np.nanmean(lift[end - _QUARTER : end])), float(np.nanmean(lift[-_QUARTER:]))
    if at_end <= -NOTICEABLE:
        return "below"
    if at_end < NOTICEABLE:
        return "nothing"
    after = [float(np.nanmean(lift[week - _QUARTER : week])) for week in range(end + _QUARTER, lift.size + 1)]
    if min(after, default=later) <= -NOTICEABLE:
        return "below"
    return "holds" if later >= _KEPT * at_end else "fades"


def measure(lesson: Lesson, scene: Scene, figure: Figure, mean: MeanCurve) -> float:
    """A number in the text of a scene."""

    def at(point: Point) -> float:
        policy = lesson.policy_number(scene.first if point.line.startswith("a") else scene.second)
        world = lesson.world_number(() if point.line.endswith("initial") else scene.assumptions)
        if scene.ships and not point.line.endswith("initial"):
            world = lesson.world_number(shipped=True)
        curve = [one.outcome for one in lesson.curves].index(point.curve)
        return float(np.nanmean(mean(world, policy, curve)[point.week - _QUARTER : point.week]))

    return at(figure.point) - (0.0 if figure.minus is None else at(figure.minus))


def untrue(lesson: Lesson, mean: MeanCurve) -> list[str]:
    """Claims of the lesson's scenes that its runs do not show, a sentence each."""
    wrong = []
    for scene in lesson.scenes:
        for claim in scene.claims:
            found = measure(lesson, scene, Figure(claim.high, claim.low), mean)
            if found < claim.by:
                high, low = (f"{one.line} in the 13 weeks to {one.week}" for one in (claim.high, claim.low))
                wrong.append(
                    f"scenes.{scene.name}: {claim.high.curve} of {high} should exceed that of {low} by {claim.by:g}, "
                    f"and exceeds it by {found:.4f}."
                )
    return wrong
