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

from sim.model.scenario import Scenario
from sim.model.simulation import Run, burn_in, simulate, with_policy

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
        "acquired": [0, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0],
        "lost": [0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0],
        "contacts": [32, 38, 34, 37, 38, 45, 32, 36, 29, 39, 45, 36, 43, 38, 36, 37, 37, 34, 46, 38],
        "failures": [0, 2, 1, 1, 1, 3, 5, 1, 3, 1, 3, 1, 3, 2, 1, 0, 2, 2, 1, 2],
        "hired": [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0],
        "left": [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1],
        "employees": [40, 40, 40, 40, 40, 40, 40, 40, 40, 40, 39, 39, 39, 39, 39, 39, 40, 40, 40, 39],
        "practicing": [12, 9, 9, 9, 14, 9, 12, 16, 15, 11, 9, 13, 9, 11, 11, 10, 14, 12, 10, 10],
    },
    "retail-bank/procedural": {
        "acquired": [0, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0],
        "lost": [0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0],
        "contacts": [32, 39, 35, 37, 39, 47, 33, 36, 30, 39, 44, 34, 43, 36, 34, 34, 36, 33, 46, 39],
        "failures": [0, 3, 1, 1, 1, 4, 5, 1, 4, 1, 3, 0, 3, 2, 1, 0, 2, 1, 1, 3],
        "hired": [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0],
        "left": [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1],
        "employees": [40, 40, 40, 40, 40, 40, 40, 40, 40, 40, 39, 39, 39, 39, 39, 39, 40, 40, 40, 39],
        "practicing": [6, 11, 8, 9, 7, 8, 9, 9, 12, 13, 8, 13, 10, 13, 12, 8, 9, 8, 6, 9],
    },
    "online-store/symbolic": {
        "acquired": [0, 1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0],
        "lost": [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        "contacts": [2, 3, 3, 3, 1, 1, 4, 3, 2, 2, 2, 2, 0, 1, 3, 3, 1, 1, 1, 2],
        "failures": [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0],
        "hired": [2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0],
        "left": [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1],
        "employees": [40, 40, 40, 40, 40, 40, 40, 40, 40, 40, 39, 39, 38, 38, 38, 38, 39, 39, 39, 38],
        "practicing": [3, 4, 2, 2, 3, 3, 3, 5, 1, 0, 1, 1, 3, 2, 2, 1, 3, 2, 2, 3],
    },
}
MEASURES: dict[str, dict[str, float]] = {
    "retail-bank/value-driven": {
        "espoused": 0.666182468272665,
        "enacted": 0.485836429659568,
        "internalization": 0.3593815346412027,
        "salience": 0.11435113718290726,
        "compliance": 0.0,
        "standard": 0.9062900127563103,
        "cynicism": 0.024924583790886256,
        "energy": 0.84671722418747,
        "definition_agreement": 0.44741335063477994,
        "satisfaction": 0.694516123740503,
        "trust": 0.48243573896703074,
        "attitudinal_loyalty": 0.5993700134185673,
        "executive_self_assessment": 0.8632610843811769,
        "revenue": 46172.05434048976,
        "profit": 5374.152406513924,
        "customer_value": 17543.080445457657,
    },
    "retail-bank/procedural": {
        "espoused": 0.6984553636153122,
        "enacted": 0.49998743272155605,
        "internalization": 0.3093055129679936,
        "salience": 0.1569820012645154,
        "compliance": 0.22158648391663735,
        "standard": 0.8965066497680203,
        "cynicism": 0.026145029905611666,
        "energy": 0.8504697334452563,
        "definition_agreement": 0.44741335063477994,
        "satisfaction": 0.6948336752411705,
        "trust": 0.480391567723943,
        "attitudinal_loyalty": 0.5991303534538982,
        "executive_self_assessment": 0.8689686862031559,
        "revenue": 46160.28899885436,
        "profit": 6308.4284220626105,
        "customer_value": 16151.30830462946,
    },
    "online-store/symbolic": {
        "espoused": 0.8964572972166538,
        "enacted": 0.3788612180477926,
        "internalization": 0.2842473085143272,
        "salience": 0.3481229457379334,
        "compliance": 0.0,
        "standard": 0.9412755928394374,
        "cynicism": 0.1844025425822025,
        "energy": 0.8879986110254933,
        "definition_agreement": 0.47673718888439415,
        "satisfaction": 0.6955142451788305,
        "trust": 0.4995658918595155,
        "attitudinal_loyalty": 0.5057351509684133,
        "executive_self_assessment": 0.9322315435140919,
        "revenue": 631.7378997835817,
        "profit": -1215.7524098661638,
        "customer_value": 164.94185789847504,
    },
}
# END PINNED

PINNED = ("retail-bank/value-driven", "retail-bank/procedural", "online-store/symbolic")


@cache
def golden(which: str) -> Run:
    """The run of a scenario and a policy."""
    name, _, policy = which.partition("/")
    scenario = Scenario.load(name).override(SIZE)
    return simulate(with_policy(burn_in(scenario, SEED), scenario.policy(policy)), WEEKS)


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
