"""What describes the package to others agrees with the package; what only an owner can fill in is marked."""

from __future__ import annotations

import json
import pydoc
import re
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

import sim
from sim.commands.cli import COMMANDS, app

TOP = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(not (TOP / "CITATION.cff").is_file(), reason="needs the checkout")


def read(name: str) -> str:
    return (TOP / name).read_text(encoding="utf-8")


def test_the_version_stands_in_one_place() -> None:
    project = tomllib.loads(read("pyproject.toml"))
    assert project["project"]["dynamic"] == ["version"]
    assert project["tool"]["hatch"]["version"]["path"] == "sim/__init__.py"
    assert re.search(rf"^version: {re.escape(sim.__version__)}$", read("CITATION.cff"), flags=re.MULTILINE)
    assert json.loads(read("codemeta.json"))["version"] == sim.__version__
    assert CliRunner().invoke(app, ["--version"]).output == f"centricity {sim.__version__}\n"
    assert f"## {sim.__version__}" in read("CHANGELOG.md")


def test_only_an_owner_can_fill_in_what_is_left() -> None:
    """People, a DOI and the address of the repository are not invented; nothing else is left open."""
    assert re.findall(r"(?:# )?(\w[\w-]*): .*PLACEHOLDER", read("CITATION.cff")) == ["name", "doi", "repository-code"]
    open_keys = [key for key, value in json.loads(read("codemeta.json")).items() if "PLACEHOLDER" in json.dumps(value)]
    assert open_keys == ["author", "identifier", "codeRepository"]


def test_public_names_are_found_before_they_are_used() -> None:
    assert set(dir(sim)) == set(sim.__all__)
    shown = pydoc.plain(pydoc.render_doc(sim))
    assert all(name in shown for name in sim.__all__ if not name.startswith("_"))
    assert sim.__version__ in shown
    assert (TOP / "sim" / "py.typed").is_file()


def test_what_assistants_are_told_leads_somewhere() -> None:
    links = re.findall(r"\]\(([^)]+)\)", read("llms.txt"))
    assert len(links) > 5
    assert not [link for link in links if not (TOP / link).is_file()]


def test_the_recipe_of_the_container_names_what_there_is() -> None:
    recipe, extras = (
        read("container/Containerfile"),
        tomllib.loads(read("pyproject.toml"))["project"]["optional-dependencies"],
    )
    assert set(re.search(r"/source\[(\w+)\]", recipe)[1].split(",")) <= set(extras)  # type: ignore[index]
    assert set(re.findall(r"centricity (\w+)", recipe)) & set(COMMANDS) == {"compare", "compile"}


def test_claims_of_the_page_for_assistants_hold(tmp_path: Path) -> None:
    """A wrong name is refused with what was meant, and nothing is written; facts of tier 5 have verdicts, failures among them."""
    from sim.commands.list import ROWS, Catalog

    words = ["run", "retail-bank", "--set", "employees.turnovr=0.1", "--out", str(tmp_path / "o.csv")]
    refused = CliRunner().invoke(app, words)
    assert refused.exit_code == 2 and "Did you mean employees.turnover" in refused.output
    assert not list(tmp_path.iterdir())
    kept = [str(row["kept"]) for row in ROWS[Catalog.EVIDENCE]() if row["tier"] == 5]
    assert any("fails" in verdict for verdict in kept)
    kept_runs = json.loads(read("results/retail-bank/manifest.json"))
    assert {"versions", "scenario", "policies", "seed"} <= set(kept_runs)
