"""The week is one readable list."""

from __future__ import annotations

import pytest
from support import amounts, same_state, settled, tiny

from sim.kernel.schedule import Step
from sim.organization import Organization
from sim.week import WEEK, live_through

NAMES = [step.name for step in WEEK]


@pytest.mark.parametrize("step", WEEK, ids=NAMES)
def test_a_step_has_a_name_and_a_sentence(step: Step[Organization]) -> None:
    assert step.name.isidentifier()
    assert step.name == step.run.__name__
    sentence = step.sentence
    assert sentence[0].isupper() and sentence.endswith(".") and len(sentence.split()) >= 5
    assert "\n" not in sentence, "one sentence, for a reader who knows no code"


def test_steps_are_told_apart() -> None:
    assert len(set(NAMES)) == len(NAMES)
    assert len({step.sentence for step in WEEK}) == len(WEEK)


def test_the_order_is_that_of_cause_and_effect() -> None:
    def before(earlier: str, later: str) -> bool:
        return NAMES.index(earlier) < NAMES.index(later)

    assert before("strike", "fund")  # a cut strikes before amounts are set
    assert before("succeed", "fund")
    assert before("fund", "speak")
    assert before("see_colleagues", "choose")  # what is remembered is answered
    assert before("choose", "attend") and before("attend", "prepare_delivery")
    assert before("prepare_delivery", "serve") and before("serve", "experience")
    assert before("experience", "stay_or_go") and before("stay_or_go", "come")
    assert NAMES[-1] == "record"


def test_living_through_a_week_is_running_the_list() -> None:
    policy = amounts(training=1.0, speeches=1.0, procedures=0.5, monitoring=0.5)
    one, other = settled(tiny(), policy), settled(tiny(), policy)
    live_through(one)
    other.start_week()
    for step in WEEK:
        step.run(other)
    assert other.week == 0 and one.week == 1
    assert same_state(one, other) == []
    assert repr(one.outcomes) == repr(other.outcomes)
