"""Golden runs: numbers that may not change by accident.

The policy: whole numbers (who came, left, chose, called) are equal on every supported version of Python, NumPy, SciPy and
Mesa and on every machine; other numbers agree to 1e-9 relative. A difference that a new version or another machine brings
is investigated, not accepted. A difference that a change of the model brings is a decision: it is made on purpose, written
in CHANGELOG.md with its reason, and only then are these numbers pinned anew, by running this file::

    PYTHONPATH=. python tests/model/test_golden.py

which writes the new ones below. A change that is meant to leave results alone (faster, tidier code) leaves these alone.
"""

from __future__ import annotations

import math
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from sim.scenario import Scenario
from sim.simulation import Run, adopt, settle, simulate

SEED, WEEKS = 7, 20
SIZE = {"employees.number": 40, "customers.initial": 100, "customers.market": 150}
COUNTED = ("acquired", "lost", "contacts", "failures", "hired", "left", "employees")
MEASURED = (
    "espoused",
    "enacted",
    "internalization",
    "salience",
    "compliance",
    "standard",
    "cynicism",
    "energy",
    "definition_agreement",
    "satisfaction",
    "trust",
    "attitudinal_loyalty",
    "executive_self_assessment",
    "revenue",
    "profit",
    "customer_value",
)

# BEGIN PINNED
COUNTS: dict[str, dict[str, list[int]]] = {
    "retail-bank/value-driven": {
        "acquired": [0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 1],
        "lost": [0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1],
        "contacts": [30, 23, 30, 27, 28, 38, 23, 28, 24, 30, 27, 29, 25, 28, 24, 26, 30, 31, 21, 31],
        "failures": [0, 5, 1, 1, 1, 5, 4, 1, 1, 4, 0, 1, 3, 1, 0, 0, 2, 5, 3, 2],
        "hired": [0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0],
        "left": [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 2, 0, 1, 0],
        "employees": [38, 38, 39, 39, 39, 39, 39, 39, 39, 39, 38, 38, 38, 38, 38, 38, 36, 37, 36, 36],
        "practicing": [13, 13, 9, 7, 11, 15, 18, 13, 14, 10, 14, 18, 15, 17, 15, 17, 15, 16, 12, 16],
    },
    "retail-bank/procedural": {
        "acquired": [0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 1],
        "lost": [0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0],
        "contacts": [30, 23, 30, 27, 28, 38, 23, 28, 24, 30, 27, 29, 25, 28, 24, 26, 30, 31, 21, 30],
        "failures": [1, 5, 1, 1, 0, 4, 5, 1, 1, 3, 0, 2, 3, 1, 0, 0, 2, 4, 2, 1],
        "hired": [0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0],
        "left": [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 2, 0, 1, 0],
        "employees": [38, 38, 39, 39, 39, 39, 39, 39, 39, 39, 38, 38, 38, 38, 38, 38, 36, 37, 36, 36],
        "practicing": [10, 7, 17, 11, 10, 12, 15, 12, 12, 12, 16, 17, 10, 13, 10, 10, 11, 8, 13, 10],
    },
    "online-store/symbolic": {
        "acquired": [0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 1, 1, 0, 0],
        "lost": [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        "contacts": [0, 1, 0, 3, 0, 0, 5, 1, 1, 1, 3, 3, 1, 0, 2, 1, 1, 1, 0, 1],
        "failures": [0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        "hired": [0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0],
        "left": [0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 2, 0, 1, 0],
        "employees": [37, 38, 39, 39, 39, 39, 39, 39, 38, 38, 37, 37, 37, 37, 37, 37, 35, 36, 35, 35],
        "practicing": [1, 3, 1, 2, 1, 2, 1, 1, 0, 4, 2, 0, 2, 4, 3, 0, 4, 3, 0, 1],
    },
}
MEASURES: dict[str, dict[str, float]] = {
    "retail-bank/value-driven": {
        "espoused": 0.5999999999999999,
        "enacted": 0.516653713377172,
        "internalization": 0.384140237032277,
        "salience": 0.0,
        "compliance": 0.0,
        "standard": 0.9208912273655994,
        "cynicism": 0.020045647578164565,
        "energy": 0.8436549210860056,
        "definition_agreement": 0.506865954035813,
        "satisfaction": 0.6871045861874696,
        "trust": 0.5113295400367855,
        "attitudinal_loyalty": 0.5876694678835734,
        "executive_self_assessment": 0.8005780721035329,
        "revenue": 53133.36556290674,
        "profit": 42487.7844905517,
        "customer_value": 12128.124205257183,
    },
    "retail-bank/procedural": {
        "espoused": 0.5999999999999999,
        "enacted": 0.5604966187265934,
        "internalization": 0.3084940654965444,
        "salience": 0.0,
        "compliance": 0.3615997239904573,
        "standard": 0.910858484054059,
        "cynicism": 0.020045647578164565,
        "energy": 0.8446341415227551,
        "definition_agreement": 0.506865954035813,
        "satisfaction": 0.6938273637039224,
        "trust": 0.5117452266017046,
        "attitudinal_loyalty": 0.5886308689579225,
        "executive_self_assessment": 0.8022038372762801,
        "revenue": 53070.04198934266,
        "profit": 43629.81370829121,
        "customer_value": 12873.113040042726,
    },
    "online-store/symbolic": {
        "espoused": 0.8964572972166538,
        "enacted": 0.4680010604520131,
        "internalization": 0.3286469662316692,
        "salience": 0.3456713625496576,
        "compliance": 0.0,
        "standard": 0.9231710929104203,
        "cynicism": 0.2022659515952161,
        "energy": 0.8893035971865482,
        "definition_agreement": 0.5381565465569855,
        "satisfaction": 0.7030564165453448,
        "trust": 0.49984088951328837,
        "attitudinal_loyalty": 0.5468296004595676,
        "executive_self_assessment": 0.9532889478454442,
        "revenue": 937.3083847800017,
        "profit": -897.949945611236,
        "customer_value": 317.33259366856475,
    },
}
# END PINNED

PINNED = ("retail-bank/value-driven", "retail-bank/procedural", "online-store/symbolic")


@cache
def golden(which: str) -> Run:
    """The run of a scenario and a policy."""
    name, _, policy = which.partition("/")
    scenario = Scenario.load(name).override(SIZE)
    return simulate(adopt(settle(scenario, SEED), scenario.policy(policy)), WEEKS)


def counts(run: Run) -> dict[str, list[int]]:
    """Whole numbers by week."""
    practicing = {"practicing": (run.choices == 1).sum(axis=1).tolist()}
    return {name: run.weekly[name].astype(np.int64).tolist() for name in COUNTED} | practicing


def measures(run: Run) -> dict[str, float]:
    """Means over the weeks of everything else."""
    return {name: float(run.weekly[name].mean()) for name in MEASURED}


@pytest.mark.parametrize("which", PINNED)
@pytest.mark.parametrize("name", [*COUNTED, "practicing"])
def test_whole_numbers_are_pinned(which: str, name: str) -> None:
    assert counts(golden(which))[name] == COUNTS[which][name]


@pytest.mark.parametrize("which", PINNED)
@pytest.mark.parametrize("name", MEASURED)
def test_other_numbers_are_pinned(which: str, name: str) -> None:
    assert math.isclose(measures(golden(which))[name], MEASURES[which][name], rel_tol=1e-9, abs_tol=1e-15)


def test_the_pinned_runs_are_worth_pinning() -> None:
    totals = {name: sum(sum(COUNTS[which][name]) for which in PINNED) for name in [*COUNTED, "practicing"]}
    assert min(totals.values()) > 0, totals


def _pinned_text() -> str:
    lines = ["COUNTS: dict[str, dict[str, list[int]]] = {"]
    for which in PINNED:
        lines.append(f'    "{which}": {{')
        lines.extend(f'        "{name}": {values},' for name, values in counts(golden(which)).items())
        lines.append("    },")
    lines += ["}", "MEASURES: dict[str, dict[str, float]] = {"]
    for which in PINNED:
        lines.append(f'    "{which}": {{')
        lines.extend(f'        "{name}": {value!r},' for name, value in measures(golden(which)).items())
        lines.append("    },")
    return "\n".join([*lines, "}"])


if __name__ == "__main__":
    here = Path(__file__)
    before, _, rest = here.read_text(encoding="utf-8").partition("# BEGIN PINNED\n")
    after = rest.partition("# END PINNED\n")[2]
    here.write_text(f"{before}# BEGIN PINNED\n{_pinned_text()}\n# END PINNED\n{after}", encoding="utf-8")
