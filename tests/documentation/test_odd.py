"""The ODD document: as Grimm et al. order it, without gaps, and the same in the repository as from the code."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from sim.commands import odd
from sim.documentation import render_odd
from sim.documentation.code import is_rule, streams, used_by
from sim.documentation.docstrings import first_sentence, rest
from sim.documentation.odd import ENTITIES, describe_model, sentence_of
from sim.evidence.fact import load_facts
from sim.model import registry
from sim.model.mechanisms import norm, staffing
from sim.model.week import WEEK

KEPT = Path(__file__).parents[2] / "results" / "reference" / "odd.md"

SECTIONS = (
    "Purpose and patterns",
    "Entities, state variables and scales",
    "Process overview and scheduling",
    "Design concepts",
    "Initialization",
    "Input data",
    "Submodels",
)
"""The seven elements of the protocol, in its order."""

CONCEPTS = (
    "Basic principles",
    "Emergence",
    "Adaptation",
    "Objectives",
    "Learning",
    "Prediction",
    "Sensing",
    "Interaction",
    "Stochasticity",
    "Collectives",
    "Observation",
)


@cache
def text() -> str:
    return render_odd()


@pytest.mark.skipif(not KEPT.parents[1].is_dir(), reason="needs the checkout")
def test_the_document_in_the_repository_is_what_the_code_says() -> None:
    kept = KEPT.read_text(encoding="utf-8")
    assert kept == text(), f"stale: run `centricity odd --out {KEPT.relative_to(KEPT.parents[2])}`"


def test_the_elements_come_in_the_order_of_the_protocol() -> None:
    headings = re.findall(r"^## \d+\. (.*)$", text(), flags=re.MULTILINE)
    assert tuple(headings[:7]) == SECTIONS
    concepts = text().partition("## 4.")[2].partition("## 5.")[0]
    assert tuple(re.findall(r"^\*\*([\w ]+)\.\*\*", concepts, flags=re.MULTILINE)) == CONCEPTS


def test_there_are_no_gaps() -> None:
    assert not re.search(r"\|[ \t]*\|", text()), "a cell of a table is empty"
    assert "None" not in re.sub(r"`[^`]*`|```text.*?```", "", text(), flags=re.DOTALL)
    assert "```text\n\n```" not in text(), "a function has no docstring"
    assert not re.search(r"\n{4}", text())


def test_every_state_variable_has_meaning_and_unit() -> None:
    for entity in describe_model()["entities"]:
        for column in entity["columns"]:
            place = f"{entity['name']}.{column['name']}"
            assert column["meaning"].endswith(".") and len(column["meaning"].split()) >= 2, place
            assert column["unit"] and column["range"], place
    for variable in describe_model()["organization"]:
        assert len(variable["meaning"].split()) >= 3 and variable["unit"], f"{variable['name']} needs a meaning"


def test_every_state_variable_is_there_and_nothing_that_a_week_writes_anew() -> None:
    known = registry.current()
    for entity in describe_model()["entities"]:
        columns = known.table(entity["name"].lower())
        assert [column["name"] for column in entity["columns"]] == [each.name for each in columns if each.lasting]
    around = {f"environment.{each.name}" for each in known.table("environment") if each.lasting}
    lasting = {each.name for each in known.numbers if not each.weekly}
    assert {each["name"] for each in describe_model()["organization"]} == {"week"} | around | lasting
    started = {start["name"] for start in describe_model()["starts"]}
    named = {f"{name.lower()}.{each.name}" for name in ENTITIES for each in known.table(name.lower()) if each.lasting}
    assert started == named | around | lasting


def test_the_week_is_told_as_it_is_run() -> None:
    written = re.findall(r"^\d+\. \*\*(\w+)\*\* \(([\w-]+)\): (.+)$", text(), flags=re.MULTILINE)
    assert [name for name, _, _ in written] == [step.__name__ for step in WEEK]
    for step, (_, place, sentence) in zip(WEEK, written, strict=True):
        assert sentence.startswith(sentence_of(step)) and sentence_of(step)
        assert step.__module__.endswith(place.replace("-", "_"))


def test_every_step_and_rule_stands_under_its_mechanism() -> None:
    found = {model["name"]: model for model in describe_model()["submodels"]}
    assert set(registry.current().mechanisms) <= set(found)
    steps = [each["name"] for model in found.values() for each in model["steps"]]
    assert sorted(steps) == sorted(step.__name__ for step in WEEK if step.__module__ != "sim.model.events")
    energy = found["energy"]
    assert [[each["name"] for each in energy[kind]] for kind in ("steps", "rules", "helpers")] == [
        ["update_energy"],
        ["energy_after_week", "dissonance_drain"],
        ["initial_energy"],
    ]
    assert found["learning"]["elsewhere"] == ["update_beliefs"]


def test_everything_that_has_a_name_is_there() -> None:
    known = registry.current()
    for name in (*known.parameters, *known.resources, *known.event_kinds, *known.outcomes):
        assert f"| `{name}` |" in text(), name
    for name in known.mechanisms:
        assert f"\n### {name}\n" in text(), name
    for fact in load_facts():
        assert f"| `{fact.id.split('/')[0]}` |" in text(), fact.id


def test_phases_know_their_submodels_and_draws_their_streams() -> None:
    assert {"norm.remember", "norm.observed_choice"} <= set(used_by(norm.observe_colleagues))
    assert {"staffing.candidate_value", "definitions.definition_from_draw"} <= set(used_by(staffing.hire_employees)), (
        "what newcomers are made by"
    )
    assert is_rule(norm.observed_choice) and not is_rule(norm.observe_colleagues)
    found = streams()
    assert set(registry.current().streams) <= set(found)
    assert found["encounter"] == ("uniform", ["sim.model.mechanisms.norm"])
    assert found["stakes"][0] == found["newcomer feeling"][0] == "normal"
    assert found["newcomer kind"][0] == "exponential, uniform"
    assert found["founding tie"] == ("uniform", ["sim.model.mechanisms.network"])
    assert found["picture"][0] == "uniform", "words that are gone through one by one are draws as well"


def test_parameters_tell_who_could_say_what_they_are() -> None:
    kinds = {row["name"]: row["kind"] for row in describe_model()["parameters"]}
    assert kinds == {name: parameter.kind for name, parameter in registry.current().parameters.items()}
    assert sum(describe_model()["of_kind"].values()) == len(kinds)
    assert set(describe_model()["kinds"]) == set(kinds.values())


def test_docstrings_are_read_a_line_a_paragraph() -> None:
    said = "One\ntwo.\n\nThree\nfour.\n\nFive."
    assert (first_sentence(said), rest(said)) == ("One two.", "Three four.\n\nFive.")
    assert (first_sentence(None), rest(None)) == ("", "")


def run(*arguments: str) -> tuple[int, str]:
    app = typer.Typer()
    app.callback()(lambda: None)
    odd.register(app)
    result = CliRunner().invoke(app, ["odd", *arguments])
    return result.exit_code, result.output


def test_the_command_prints_or_writes_the_document(tmp_path: Path) -> None:
    assert run() == (0, text())
    target = tmp_path / "odd.md"
    assert run("--out", str(target))[0] == 0
    assert target.read_text(encoding="utf-8") == text()


@pytest.mark.parametrize("place", ["", "missing/odd.md"])
def test_a_place_that_cannot_be_written_is_refused(tmp_path: Path, place: str) -> None:
    code, said = run("--out", str(tmp_path / place))
    assert code == 2 and "--out" in said
