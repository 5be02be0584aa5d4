"""How much must be touched to add something: one of each kind is added to a copy of the checkout, which then runs with it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CHANGELOG = ("CHANGELOG.md", "First version.\n", "First version.\n\n- Something new.\n")

Edits = list[tuple[str, str, str]]
"""Files with a text in them and what takes its place; a new file has no text."""

MECHANISM = '''"""Weather: on rainy days people stay at their desks. An invention of this test."""

from __future__ import annotations

from collections.abc import Mapping

from sim.model.kernel.parameters import ParameterValue, declare
from sim.model.kernel.records import Employees, Parameters

PARAMETERS = declare("""
weather.rain = 0.0 share; 0 to 1, plausible 0 to 0.5; own; tier 5
    How much it rains.
    Source: Conjecture
""")

NEUTRAL: Mapping[str, ParameterValue] = {"weather.rain": 0.0}
"""The sun shines."""

ACTIVE: Mapping[str, ParameterValue] = {"weather.rain": 0.5}
"""Off unless a scenario has weather."""
'''

RULE = '''

def dampen(energy: float, rain: float) -> float:
    """Energy on a rainy day: E (1 - rain / 10)."""
    return energy * (1.0 - 0.1 * rain)


def rain_falls(employees: Employees, parameters: Parameters) -> None:
    """It rains, and people are less lively."""
    for seat in range(employees.energy.size):
        employees.energy[seat] = dampen(employees.energy[seat], parameters.weather_rain)
'''

STATE = """
COLUMNS = (employee_column("mood", "How the weather is felt.", newcomer=1.0),)
"""

WITH_STATE = '''

def rain_falls(employees: Employees, parameters: Parameters) -> None:
    """It rains, and moods follow."""
    for seat in range(employees.mood.size):
        employees.mood[seat] = 0.9 * employees.mood[seat] + 0.1 * (1.0 - parameters.weather_rain)
'''

WEEK: Edits = [
    ("sim/model/week.py", "    training,\n", "    training,\n    weather,\n"),
    ("sim/model/week.py", "    energy.tire,\n", "    energy.tire,\n    weather.rain_falls,\n"),
]
TEST = ("tests/mechanisms/test_weather.py", "", "from sim.model.mechanisms.weather import dampen\n")

ADDED: dict[str, tuple[int, Edits, str]] = {
    "mechanism without state": (
        5,
        [("sim/model/mechanisms/weather.py", "", MECHANISM + RULE), *WEEK, TEST, CHANGELOG],
        "energy",
    ),
    "mechanism with state": (
        6,
        [
            (
                "sim/model/mechanisms/weather.py",
                "",
                MECHANISM.replace(
                    "from sim.model.kernel.parameters",
                    "from sim.model.kernel.columns import employee_column\nfrom sim.model.kernel.parameters",
                )
                + STATE
                + WITH_STATE,
            ),
            *WEEK,
            TEST,
            CHANGELOG,
        ],
        "mood",
    ),
    "resource": (
        3,
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
        3,
        [
            (
                "sim/model/outcomes/weekly.py",
                "\nOUTCOME_NAMES",
                '\n@outcome("index")\ndef exposure(employees: Employees, scratch: Scratch, week: Week) -> float:\n'
                '    """Mean exposure to messages."""\n'
                "    return mean_of_some(week.everybody, employees.employed, employees.exposure, scratch.lanes)\n\n\n"
                "OUTCOME_NAMES",
            ),
            CHANGELOG,
        ],
        "exposure",
    ),
    "event": (
        3,
        [
            (
                "sim/model/events.py",
                '        Shock(\n            "next_fad",',
                '        Shock(\n            "windfall",\n            "Word gets round.",\n'
                '            {"size": _share("size", 0.5, "Rise of reputation.")},\n'
                '            _bring_word,\n        ),\n        Shock(\n            "next_fad",',
            ),
            (
                "sim/model/events.py",
                "def _bring_a_fad(",
                "def _bring_word(organization: Organization, event: Any) -> None:\n"
                '    organization.reputation += event.fields["size"]\n\n\ndef _bring_a_fad(',
            ),
            CHANGELOG,
        ],
        "windfall",
    ),
    "fact": (
        2,
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
"""What is added, the most files that it may touch, the edits, and a name that is there afterwards."""

LOOK = """
import json, sys
from sim.evidence.fact import load_facts
from sim.model.registry import current
from sim.model.scenario import Event, Scenario
from sim.model.simulation import adopt, settle, simulate
import dataclasses
small = {"employees.number": 12, "customers.initial": 15, "customers.market": 20, "run.burn_in": 2}
registry = current()
if "weather.rain" in registry.parameters:
    small["weather.rain"] = 0.5
scenario = Scenario.load("retail-bank").override(small)
if "windfall" in registry.shocks:
    scenario = dataclasses.replace(scenario, events=(Event("windfall", 1, {"size": 0.5}),))
organization = adopt(settle(scenario, 1), scenario.policy("value-driven"))
run = simulate(organization, 3)
names = [*registry.parameters, *registry.resources, *registry.outcomes, *registry.shocks]
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
    most, edits, name = ADDED[kind]
    assert len({file for file, _, _ in edits}) <= most
    copy = copied(tmp_path)
    for file, old, new in edits:
        path = copy / file
        path.parent.mkdir(parents=True, exist_ok=True)
        text = path.read_text() if old else ""
        assert old in text
        path.write_text(text.replace(old, new, 1) if old else new)
    found = lived(copy)
    assert name in found["names"]  # type: ignore[operator]
    if kind == "mechanism without state":
        assert found["energy"] < lived(copied(tmp_path / "before"))["energy"]  # type: ignore[operator]
    if kind == "event":
        assert found["reputation"] > 0.4  # type: ignore[operator]
