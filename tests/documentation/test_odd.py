"""The ODD document: as Grimm et al. order it, without gaps, and the same in the repository as from the code."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
import typer
from sim.agents.customers import CustomerColumns
from sim.week.people import see_colleagues
from typer.testing import CliRunner

from sim import registry
from sim.commands import odd
from sim.documentation import render_odd
from sim.documentation.code import streams, used_by
from sim.documentation.docstrings import attributes
from sim.documentation.odd import ENTITIES, describe
from sim.evidence.fact import load_facts
from sim.organization import Organization
from sim.week import WEEK

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
    for entity in describe()["entities"]:
        for column in entity["columns"]:
            place = f"{entity['name']}.{column['name']}"
            assert column["meaning"].endswith(".") and len(column["meaning"].split()) >= 2, place
            assert column["unit"] and column["range"], place
    for variable in describe()["organization"]:
        assert len(variable["meaning"].split()) >= 3, f"Organization.{variable['name']} needs a line under Attributes"
    for kind, columns in ENTITIES.items():
        assert len(columns.described()) == len(columns.__dataclass_fields__), f"{kind}: a column without column(...)"


def test_the_week_is_told_as_it_is_run() -> None:
    told = re.findall(r"^\d+\. \*\*(\w+)\*\*: (.+)$", text(), flags=re.MULTILINE)
    assert [name for name, _ in told] == [step.name for step in WEEK]
    for step, (_, sentence) in zip(WEEK, told, strict=True):
        assert sentence.startswith(" ".join(step.sentence.split()))


def test_everything_that_has_a_name_is_there() -> None:
    known = registry.current()
    for name in (*known.parameters, *known.resources, *known.shocks, *known.outcomes):
        assert f"| `{name}` |" in text(), name
    for name in known.mechanisms:
        assert f"\n### {name}\n" in text(), name
    for fact in load_facts():
        assert f"| `{fact.id.split('/')[0]}` |" in text(), fact.id


def test_phases_know_their_submodels_and_draws_their_streams() -> None:
    assert {"norm.remember", "norm.witnessed"} <= set(used_by(see_colleagues))
    found = streams()
    assert found["encounter"] == ("uniform", ["sim.week.people"])
    assert found["stakes"][0] == "normal"


def test_attributes_are_read_from_docstrings() -> None:
    found = attributes(Organization)
    assert found["customers_lost"] == "Number of customers who have ever gone."
    assert attributes(CustomerColumns) == {}


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
