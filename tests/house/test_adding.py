"""The recipes of ``CONTRIBUTING.md`` are complete: by each, one thing is added to a copy of the checkout, which then runs."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from recipes import files, recipes

ROOT = Path(__file__).parents[2]
CHANGELOG = ("CHANGELOG.md", "First version.\n", "First version.\n\n- Something new.\n")

Edits = list[tuple[str, str, str]]
"""Files with a text in them and what takes its place; a new file has no text."""

TEMPLATE = ROOT / "docs" / "templates" / "mechanism.py"

WEEK: Edits = [
    ("sim/model/week.py", "    training,\n", "    training,\n    weather,\n"),
    ("sim/model/week.py", "    energy.update_energy,\n", "    energy.update_energy,\n    weather.rain_falls,\n"),
]
TEST = ("tests/mechanisms/test_weather.py", "", "from sim.model.mechanisms.weather import rained_on\n")

ADDED: dict[str, tuple[Edits, str]] = {
    "mechanism": (
        [("sim/model/mechanisms/weather.py", "", TEMPLATE.read_text(encoding="utf-8")), *WEEK, TEST, CHANGELOG],
        "mood",
    ),
    "resource": (
        [
            (
                "sim/model/policies/resources.py",
                '        Resource(\n            "posters",',
                '        Resource(\n            "umbrellas", "share", 0.0, 1.0, "Umbrellas.", "head", 1.0, ("energy",), _PRICE\n'
                '        ),\n        Resource(\n            "posters",',
            ),
            (
                "sim/model/mechanisms/energy.py",
                "            policy.relief[employees.department[seat]],\n",
                "            policy.relief[employees.department[seat]] + policy.umbrellas[employees.department[seat]],\n",
            ),
            CHANGELOG,
        ],
        "umbrellas",
    ),
    "outcome": (
        [
            (
                "sim/model/outcomes/weekly.py",
                "\nOUTCOME_NAMES",
                '\n@outcome("index")\ndef exposure(employees: Employees, scratch: Scratch, week: Week) -> float:\n'
                '    """Mean exposure to messages."""\n'
                "    return mean_of_count(week.headcount, employees.employed, employees.exposure, scratch.partial_sums)\n\n\n"
                "OUTCOME_NAMES",
            ),
            CHANGELOG,
        ],
        "exposure",
    ),
    "event": (
        [
            (
                "sim/model/events.py",
                '        EventKind(\n            "next_fad",',
                '        EventKind(\n            "windfall",\n            "Word gets round.",\n'
                '            {"size": _share("size", 0.5, "Rise of reputation.")},\n'
                '            _bring_word,\n        ),\n        EventKind(\n            "next_fad",',
            ),
            (
                "sim/model/events.py",
                "def _start_fad(",
                "def _bring_word(size: float, organization: OrganizationNumbers) -> None:\n"
                "    organization.reputation += size\n\n\ndef _start_fad(",
            ),
            CHANGELOG,
        ],
        "windfall",
    ),
    "fact": (
        [
            (
                "sim/evidence/facts/power.toml",
                '[[facts]]\nid = "oversight-works"',
                '[[facts]]\nid = "a-new-one"\nmeasure = "power.gap_closed"\nsource = "This test"\ntier = 5\n'
                'seed = "000: accountability and oversight, effective and efficient (row 6)"\nclaim = "A new fact"\n'
                'arguments = { policy = { participation = 1.0 } }\nat_most = 0.9\n\n[[facts]]\nid = "oversight-works"',
            ),
            CHANGELOG,
        ],
        "a-new-one",
    ),
}
"""What is added: the edits, and a name that is there afterwards."""

GENERAL = {"NAME": r"\w+", "GROUP": r"\w+"}
"""Words of the recipes that stand for names."""

LOOK = """
import json, sys
from sim.evidence.fact import load_facts
from sim.model.registry import current
from sim.model.scenario import Event, Scenario
from sim.model.simulation import burn_in, simulate, with_policy
import dataclasses
small = {"employees.number": 12, "customers.initial": 15, "customers.market": 20, "run.burn_in": 2}
registry = current()
if "weather.rain" in registry.parameters:
    small["weather.rain"] = 0.5
scenario = Scenario.load("retail-bank").override(small)
if "windfall" in registry.event_kinds:
    scenario = dataclasses.replace(scenario, events=(Event("windfall", 1, {"size": 0.5}),))
organization = with_policy(burn_in(scenario, 1), scenario.policy("value-driven"))
run = simulate(organization, 3)
names = [*registry.parameters, *registry.resources, *registry.outcomes, *registry.event_kinds]
names += [column.name for column in registry.columns] + [fact.id for fact in load_facts()]
print(json.dumps({"names": names, "reputation": organization.reputation, "energy": float(organization.employees.energy.mean()),
                  "weeks": run.values.shape}))
"""


def copied(folder: Path) -> Path:
    """A copy of what a contributor edits."""
    copy = folder / "checkout"
    for part in ("sim", "scenarios", "experiments"):
        shutil.copytree(ROOT / part, copy / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "CHANGELOG.md", copy)
    return copy


def lived(copy: Path) -> dict[str, object]:
    """What the copy has and how a short run of it ends, as plain Python."""
    done = subprocess.run(
        [sys.executable, "-c", LOOK],
        cwd=copy,
        env={**os.environ, "NUMBA_DISABLE_JIT": "1", "PYTHONPATH": str(copy)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, object] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("kind", ADDED)
def test_what_is_added_touches_few_files_and_lives(kind: str, tmp_path: Path) -> None:
    edits, name = ADDED[kind]
    copy = copied(tmp_path)
    for file, old, new in edits:
        path = copy / file
        path.parent.mkdir(parents=True, exist_ok=True)
        text = path.read_text() if old else ""
        assert old in text
        path.write_text(text.replace(old, new, 1) if old else new)
    found = lived(copy)
    assert name in found["names"]  # type: ignore[operator]
    if kind == "mechanism":
        assert found["energy"] < lived(copied(tmp_path / "before"))["energy"]  # type: ignore[operator]
    if kind == "event":
        assert found["reputation"] > 0.4  # type: ignore[operator]


@pytest.mark.parametrize("kind", ADDED)
def test_a_recipe_names_every_file_that_changes(kind: str) -> None:
    named = [re.escape(path) for path in files(kind)]
    for word, any_name in GENERAL.items():
        named = [path.replace(word, any_name) for path in named]
    for file in {file for file, _, _ in ADDED[kind][0]}:
        assert any(re.fullmatch(path, file) for path in named), f"{file} is missing in the recipe for a {kind}"


def test_there_is_a_recipe_for_each_kind_of_thing() -> None:
    kinds = {"mechanism", "resource", "policy", "outcome", "event", "fact", "scenario", "lesson"}
    assert set(recipes()) == kinds
    for kind in kinds:
        for path in files(kind):
            assert any(word in path for word in GENERAL) or (ROOT / path).is_file(), path


def test_a_failure_prints_the_recipe(tmp_path: Path) -> None:
    test = tmp_path / "test_something.py"
    test.write_text("import pytest\n\n\n@pytest.mark.recipe('fact')\ndef test_it() -> None:\n    assert False\n")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "no:cacheprovider",
        "-p",
        "conftest",
        "-c",
        "pyproject.toml",
        str(test),
    ]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "tests"), str(ROOT)])}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "how to add: fact" in done.stdout and recipes()["fact"][:200] in done.stdout
