"""The week is one readable list."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable
from pathlib import Path

import pytest

import sim
from sim.model import registry
from sim.model.events import apply_events
from sim.model.kernel.records import ARGUMENTS
from sim.model.week import INITIALIZATION, WEEK

pytestmark = pytest.mark.recipe("mechanism")

NAMES = [step.__name__ for step in WEEK]
SOURCE = Path(sim.__file__).parent / "model"


def sentences(step: Callable[..., None]) -> str:
    """What a step says about itself."""
    return inspect.getdoc(step) or ""


@pytest.mark.parametrize("step", WEEK, ids=NAMES)
def test_a_step_has_a_name_and_a_sentence(step: Callable[..., None]) -> None:
    assert step.__name__.isidentifier() and not step.__name__.startswith("_")
    sentence = sentences(step).partition("\n\n")[0]
    assert sentence[0].isupper() and sentence.endswith(".") and len(sentence.split()) >= 5
    assert "\n" not in sentence, "one sentence, for a reader who knows no code"


@pytest.mark.parametrize("step", WEEK, ids=NAMES)
def test_a_step_says_what_it_reads_and_belongs_to_one_mechanism(step: Callable[..., None]) -> None:
    asked = list(inspect.signature(step).parameters)
    if step is apply_events:
        assert asked == ["organization"]
        return
    assert set(asked) <= set(ARGUMENTS) - {"outcomes"}
    package, _, _ = step.__module__.rpartition(".")
    assert package == registry.MECHANISMS
    code = ast.parse(inspect.getsource(step))
    read = {node.id for node in ast.walk(code) if isinstance(node, ast.Name)}
    assert set(asked) <= read, "what it does not read it does not ask for"


def test_steps_are_told_apart() -> None:
    assert len(set(NAMES)) == len(NAMES)
    assert len({sentences(step) for step in WEEK}) == len(WEEK)


def test_the_order_is_that_of_cause_and_effect() -> None:
    def before(earlier: str, later: str) -> bool:
        return NAMES.index(earlier) < NAMES.index(later)

    assert before("apply_events", "fund")  # a cut strikes before amounts are set
    assert before("succeed", "fund")
    assert before("fund", "speak")
    assert before("let_go", "hire")  # a seat that falls vacant is filled later
    assert before("see_colleagues", "choose")  # what is remembered is answered
    assert before("choose", "attend") and before("attend", "prepare_delivery")
    assert before("need_service", "share_out_work")  # contacts are work
    assert before("draw_the_line", "decide_conflicts") and before("draw_the_line", "keep_to_the_line")
    assert before("prepare_delivery", "serve") and before("serve", "feel_satisfied")
    assert before("fail", "respond_to_failures") and before("respond_to_failures", "take_in")
    assert before("feel_satisfied", "relate") and before("relate", "stay_or_go")
    assert before("stay_or_go", "come")
    assert before("survey", "present_the_score") and before("present_the_score", "report_the_truth")
    assert before("report_the_truth", "tell_the_top") and before("tell_the_top", "look_in_the_mirror")
    assert NAMES[-1] == "take_stock" and before("keep_accounts", "take_stock")


def test_every_step_of_a_mechanism_is_in_the_week() -> None:
    """A public function that only asks for records, and for one that changes, is a step; one left out would do nothing."""
    alone = {"bring_the_first_customers"}
    steps: set[object] = {*WEEK, *INITIALIZATION}
    left_out = []
    for path in sorted((SOURCE / "mechanisms").glob("*.py")):
        module = __import__(f"sim.model.mechanisms.{path.stem}", fromlist=["x"])
        for name, function in vars(module).items():
            if inspect.isfunction(function) and function.__module__ == module.__name__ and name not in alone:
                asked = set(inspect.signature(function).parameters)
                returns = inspect.signature(function).return_annotation
                if asked and asked <= set(ARGUMENTS) and returns == "None" and function not in steps:
                    left_out.append((path.stem, name))
    called = {
        node.func.id
        for path in (SOURCE / "mechanisms").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert [(module, name) for module, name in left_out if name not in called] == []
