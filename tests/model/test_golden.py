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
        "contacts": [33, 39, 35, 37, 38, 45, 32, 36, 30, 39, 44, 34, 43, 37, 35, 37, 37, 34, 46, 36],
        "failures": [1, 3, 1, 1, 1, 3, 5, 1, 3, 1, 3, 1, 3, 2, 1, 0, 2, 3, 1, 2],
        "hired": [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0],
        "left": [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1],
        "employees": [40, 40, 40, 40, 40, 40, 40, 40, 40, 40, 39, 39, 39, 39, 39, 39, 40, 40, 40, 39],
        "practicing": [12, 9, 9, 9, 14, 9, 12, 16, 15, 11, 9, 13, 9, 11, 11, 10, 14, 12, 10, 10],
    },
    "retail-bank/procedural": {
        "acquired": [0, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0],
        "lost": [0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0],
        "contacts": [33, 40, 35, 37, 39, 47, 32, 36, 31, 39, 44, 34, 43, 36, 34, 34, 37, 33, 46, 38],
        "failures": [1, 3, 1, 1, 1, 4, 5, 1, 4, 1, 3, 0, 3, 2, 1, 0, 2, 1, 1, 3],
        "hired": [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0],
        "left": [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1],
        "employees": [40, 40, 40, 40, 40, 40, 40, 40, 40, 40, 39, 39, 39, 39, 39, 39, 40, 40, 40, 39],
        "practicing": [6, 11, 8, 9, 7, 8, 9, 9, 12, 13, 8, 13, 10, 13, 12, 8, 9, 8, 6, 9],
    },
    "online-store/symbolic": {
        "acquired": [0, 1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0],
        "lost": [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        "contacts": [2, 3, 3, 3, 1, 0, 3, 3, 1, 1, 1, 1, 0, 1, 3, 3, 1, 1, 1, 1],
        "failures": [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0],
        "hired": [2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0],
        "left": [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1],
        "employees": [40, 40, 40, 40, 40, 40, 40, 40, 40, 40, 39, 39, 38, 38, 38, 38, 39, 39, 39, 38],
        "practicing": [3, 4, 2, 2, 3, 3, 3, 5, 1, 0, 1, 1, 3, 2, 2, 1, 3, 2, 2, 3],
    },
}
MEASURES: dict[str, dict[str, float]] = {
    "retail-bank/value-driven": {
        "espoused": 0.6661896922052521,
        "enacted": 0.48541789045413664,
        "internalization": 0.3593807744963402,
        "salience": 0.1143602449805958,
        "compliance": 0.0,
        "standard": 0.9078445715240058,
        "cynicism": 0.024891198529321992,
        "energy": 0.8446095333744983,
        "definition_agreement": 0.44741335063477994,
        "satisfaction": 0.6945592543934501,
        "trust": 0.47873367422661933,
        "attitudinal_loyalty": 0.5987381458645704,
        "executive_self_assessment": 0.8633052934394815,
        "revenue": 46142.99626620034,
        "profit": 5370.666727570632,
        "customer_value": 17560.839291998203,
    },
    "retail-bank/procedural": {
        "espoused": 0.6984789861111811,
        "enacted": 0.49976800443409575,
        "internalization": 0.3093062210022909,
        "salience": 0.15701668893316553,
        "compliance": 0.22281027950346668,
        "standard": 0.8983929591798703,
        "cynicism": 0.026046941150007042,
        "energy": 0.8482463550038565,
        "definition_agreement": 0.44741335063477994,
        "satisfaction": 0.6950023145357356,
        "trust": 0.4780708487322749,
        "attitudinal_loyalty": 0.5987801781961374,
        "executive_self_assessment": 0.8691601518994153,
        "revenue": 46136.976251342145,
        "profit": 6254.21291524307,
        "customer_value": 16194.745031103925,
    },
    "online-store/symbolic": {
        "espoused": 0.8964572972166538,
        "enacted": 0.3646029531629316,
        "internalization": 0.2842563760934194,
        "salience": 0.34840250058430455,
        "compliance": 0.0,
        "standard": 0.9801917670623999,
        "cynicism": 0.1815661874246398,
        "energy": 0.8858650125723667,
        "definition_agreement": 0.47673718888439415,
        "satisfaction": 0.7000742045440669,
        "trust": 0.502476016931211,
        "attitudinal_loyalty": 0.5070994337546932,
        "executive_self_assessment": 0.9332717428946757,
        "revenue": 504.8348586776942,
        "profit": -1316.172172862015,
        "customer_value": 132.04218923825886,
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
