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
        assert asked == ["events", "week"], "and what the kinds of events ask for"
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

    assert before("apply_events", "fund_policy")  # a cut strikes before amounts are set
    assert before("replace_executives", "fund_policy")
    assert before("fund_policy", "update_espoused_values")
    assert before("end_employment", "hire_employees")  # a seat that falls vacant is filled later
    assert before("observe_colleagues", "choose_practice")  # what is remembered is answered
    assert before("choose_practice", "allocate_attention") and before("allocate_attention", "update_delivery")
    assert before("draw_contacts", "update_workload")  # contacts are work
    assert before("set_decision_weight", "decide_conflicts") and before(
        "set_decision_weight", "adjust_ordinary_service"
    )
    assert before("update_delivery", "serve_customers") and before("serve_customers", "update_customer_satisfaction")
    assert before("draw_failures", "respond_to_failures") and before("respond_to_failures", "perceive_service")
    assert before("update_customer_satisfaction", "update_trust_and_loyalty") and before(
        "update_trust_and_loyalty", "churn_customers"
    )
    assert before("churn_customers", "acquire_customers")
    assert before("survey_customers", "polish_reported_score") and before(
        "polish_reported_score", "correct_reported_score"
    )
    assert before("correct_reported_score", "report_score_upward") and before(
        "report_score_upward", "update_self_assessment"
    )
    assert NAMES[-1] == "update_profit_reference" and before("keep_accounts", "update_profit_reference")


def test_every_step_of_a_mechanism_is_in_the_week() -> None:
    """A public function that only asks for records, and for one that changes, is a step; one left out would do nothing."""
    alone = {"initialize_customers"}
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
