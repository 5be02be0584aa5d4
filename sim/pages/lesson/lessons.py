"""The lessons, in the order in which a class takes them: one mechanism at a time.

This file holds numbers only; all texts are in ``words.toml``. The grids are small on purpose: nothing between their points
is shown, and a lesson must be computed within minutes.
"""

from __future__ import annotations

from sim.model.policies.policy import NONE, Phase, Policy
from sim.model.scenario import Event
from sim.pages.lesson.lesson import START, Combination, Control, Curve, Lesson, Scene


def _phase(weeks: float, **amounts: float) -> Policy:
    """Constant amounts from the start of policies, for some weeks."""
    return Policy("program", (Phase(START, START + int(weeks), None, amounts),))


def _speech(combination: Combination) -> Policy:
    speeches, weeks = combination
    return _phase(weeks, speeches=speeches)


SPEECH = Lesson(
    name="speech",
    weeks=130,
    replicates=4,
    policy_controls=(Control("speeches", (0.0, 0.5, 1.0, 2.0, 5.0)), Control("speech_weeks", (13.0, 26.0, 52.0))),
    assumptions=(Control("forgetting", (2.0, 4.0, 8.0, 13.0), 1, "salience.forgetting_weeks"),),
    curves=(
        Curve("enacted"),
        Curve("salience"),
        Curve("cynicism"),
        Curve("executive_self_assessment"),
        Curve("espoused"),
    ),
    policy=_speech,
    first=(0, 1),
    second=(2, 1),
    scenes=(
        Scene("attention", "salience", (0, 1), (2, 1)),
        Scene("cynicism", "cynicism", (0, 1), (2, 1)),
        Scene("mirror", "executive_self_assessment", (0, 1), (2, 1)),
        Scene("more", "enacted", (2, 2), (4, 2)),
    ),
    expected="fades",
)


def _checklist(combination: Combination) -> Policy:
    procedures, monitoring = combination
    if procedures == 0.0:  # without checklists there is nothing to monitor
        return NONE
    return _phase(65, procedures=procedures, monitoring=monitoring)


def _managers_leave(combination: Combination) -> tuple[Event, ...]:
    return (Event("manager_exit", 91, {"share": 1.0}),) if combination[1] else ()


CHECKLISTS = Lesson(
    name="checklists",
    weeks=156,
    replicates=3,
    policy_controls=(Control("procedures", (0.0, 0.4, 0.8)), Control("monitoring", (0.0, 0.3, 0.6, 0.9))),
    assumptions=(
        Control("workload", (0.8, 0.9, 1.0, 1.1), 1, "workload.baseline"),
        Control("managers_leave", (0.0, 1.0)),
    ),
    curves=(Curve("enacted"), Curve("compliance"), Curve("practicing"), Curve("standard"), Curve("energy")),
    policy=_checklist,
    events=_managers_leave,
    first=(0, 0),
    second=(1, 3),
    scenes=(
        Scene("watched", "compliance", (1, 0), (1, 3)),
        Scene("crowding", "enacted", (0, 0), (1, 3)),
        Scene("load", "compliance", (0, 0), (2, 2), (3, 0)),
        Scene("standards", "standard", (0, 0), (2, 2), (3, 0)),
    ),
    expected="below",
)


def _values(combination: Combination) -> Policy:
    strength, weeks = combination
    return _phase(
        weeks,
        training=1.0 * strength,
        coaching=0.5 * strength,
        hiring_filter=0.5 * strength,
        sponsor_attention=0.1 * strength,
    )


def _executives_leave(_: Combination) -> tuple[Event, ...]:
    return (Event("executive_succession", 143, {"share": 1.0, "customer_weight": 1.0}),)


CRITICAL_MASS = Lesson(
    name="critical-mass",
    weeks=222,
    replicates=4,
    policy_controls=(Control("strength", (0.0, 0.25, 0.5, 0.75, 1.0)), Control("value_weeks", (26.0, 52.0, 104.0))),
    assumptions=(Control("turnover", (0.01, 0.02, 0.05, 0.1), 1, "employees.turnover"),),
    curves=(
        Curve("practicing"),
        Curve("enacted"),
        Curve("internalization"),
        Curve("satisfaction"),
        Curve("policy_cost", 1.0, False),
    ),
    policy=_values,
    events=_executives_leave,
    first=(3, 1),
    second=(3, 2),
    scenes=(
        Scene("threshold", "practicing", (3, 1), (3, 2)),
        Scene("values", "internalization", (3, 1), (3, 2)),
        Scene("turnover", "practicing", (3, 1), (3, 2), (3,)),
        Scene("cost", "policy_cost", (2, 2), (3, 2)),
    ),
    expected="holds",
    organization={"customers.initial": 600, "customers.market": 750},
)

_BOUGHT: tuple[dict[str, float], ...] = (
    {},
    {"speeches": 1.0, "posters": 1.0},
    {"procedures": 0.8, "monitoring": 0.6},
    {"training": 1.0, "coaching": 0.5, "hiring_filter": 0.5, "sponsor_attention": 0.1},
)


def _bought(combination: Combination) -> Policy:
    what, protected = combination
    amounts = _BOUGHT[int(what)]
    return _phase(91, **amounts, protected_budget=protected) if amounts else NONE


def _budget_is_cut(_: Combination) -> tuple[Event, ...]:
    return (Event("budget_cut", 65, {"share": 0.8, "weeks": 26.0}),)


LINE = Lesson(
    name="line",
    weeks=130,
    replicates=3,
    policy_controls=(Control("bought", (0.0, 1.0, 2.0, 3.0)), Control("protected", (0.0, 1.0))),
    assumptions=(
        Control("true_weight", (0.1, 0.25, 0.4, 0.6), 1, "executives.customer_weight"),
        Control("stated", (0.3, 0.6, 0.9), 1, "executives.stated"),
    ),
    curves=(Curve("revealed"), Curve("espoused"), Curve("enacted"), Curve("trust"), Curve("cynicism")),
    policy=_bought,
    events=_budget_is_cut,
    first=(0, 0),
    second=(3, 0),
    scenes=(
        Scene("said", "espoused", (0, 0), (1, 0)),
        Scene("bought", "revealed", (0, 0), (3, 0)),
        Scene("weights", "revealed", (0, 0), (3, 0), (3, 1)),
        Scene("cut", "enacted", (2, 0), (2, 1)),
    ),
    expected="nothing",
    organization={"conflict.rate": 0.15},
    smooth=True,
)

LESSONS: dict[str, Lesson] = {lesson.name: lesson for lesson in (SPEECH, CHECKLISTS, CRITICAL_MASS, LINE)}
"""Every lesson by name, in order."""
