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
        "lost": [0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0],
        "contacts": [22, 32, 30, 28, 32, 36, 24, 30, 21, 26, 33, 26, 33, 26, 27, 26, 28, 26, 33, 25],
        "failures": [0, 2, 1, 1, 1, 3, 3, 1, 2, 1, 2, 1, 3, 2, 1, 0, 1, 0, 1, 2],
        "hired": [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0],
        "left": [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1],
        "employees": [40, 40, 40, 40, 40, 40, 40, 40, 40, 40, 39, 39, 39, 39, 39, 39, 40, 40, 40, 39],
        "practicing": [13, 13, 9, 14, 14, 13, 13, 15, 12, 14, 12, 14, 15, 16, 11, 17, 19, 19, 17, 20],
    },
    "retail-bank/procedural": {
        "acquired": [0, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0],
        "lost": [0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0],
        "contacts": [22, 32, 30, 28, 32, 36, 24, 30, 21, 26, 33, 26, 33, 26, 27, 26, 28, 26, 33, 25],
        "failures": [0, 2, 1, 1, 1, 3, 3, 1, 3, 1, 2, 0, 3, 2, 1, 0, 2, 0, 1, 2],
        "hired": [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0],
        "left": [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1],
        "employees": [40, 40, 40, 40, 40, 40, 40, 40, 40, 40, 39, 39, 39, 39, 39, 39, 40, 40, 40, 39],
        "practicing": [8, 13, 9, 12, 8, 12, 9, 11, 11, 15, 12, 15, 12, 13, 13, 9, 10, 9, 7, 10],
    },
    "online-store/symbolic": {
        "acquired": [0, 1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0],
        "lost": [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        "contacts": [2, 3, 1, 2, 0, 1, 4, 1, 1, 2, 1, 2, 0, 1, 2, 2, 1, 1, 1, 2],
        "failures": [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        "hired": [2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0],
        "left": [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1],
        "employees": [40, 40, 40, 40, 40, 40, 40, 40, 40, 40, 39, 39, 38, 38, 38, 38, 39, 39, 39, 38],
        "practicing": [5, 6, 1, 6, 3, 3, 3, 4, 1, 0, 2, 3, 5, 5, 3, 1, 2, 1, 1, 1],
    },
}
MEASURES: dict[str, dict[str, float]] = {
    "retail-bank/value-driven": {
        "espoused": 0.6656153434310269,
        "enacted": 0.5078757523833366,
        "internalization": 0.3830559293211014,
        "salience": 0.11355729419058005,
        "compliance": 0.0,
        "standard": 0.9186545786730314,
        "cynicism": 0.02477362823568484,
        "energy": 0.8673523468398274,
        "definition_agreement": 0.44741335063477994,
        "satisfaction": 0.6913528562065887,
        "trust": 0.4932771600849022,
        "attitudinal_loyalty": 0.5790598096930827,
        "executive_self_assessment": 0.8560811957891676,
        "revenue": 48620.05006928722,
        "profit": 38037.58960875249,
        "customer_value": 14222.715712894214,
    },
    "retail-bank/procedural": {
        "espoused": 0.6977380660152799,
        "enacted": 0.5048476379144357,
        "internalization": 0.3249122762781349,
        "salience": 0.1561356589874586,
        "compliance": 0.21579177361546123,
        "standard": 0.910508590320873,
        "cynicism": 0.025921668747575094,
        "energy": 0.8683825118575689,
        "definition_agreement": 0.44741335063477994,
        "satisfaction": 0.6919213005388398,
        "trust": 0.4928335437328483,
        "attitudinal_loyalty": 0.5791311255106438,
        "executive_self_assessment": 0.8625345552027353,
        "revenue": 48620.05006928722,
        "profit": 38954.69166608889,
        "customer_value": 14197.277612764994,
    },
    "online-store/symbolic": {
        "espoused": 0.8964572972166538,
        "enacted": 0.3535993730144247,
        "internalization": 0.3140508892010006,
        "salience": 0.34785344615823954,
        "compliance": 0.0,
        "standard": 0.9312420874272588,
        "cynicism": 0.1877605018407851,
        "energy": 0.9027492802774268,
        "definition_agreement": 0.4621871614153889,
        "satisfaction": 0.6962302251728761,
        "trust": 0.49802668189871885,
        "attitudinal_loyalty": 0.5506273104609659,
        "executive_self_assessment": 0.9383873251708943,
        "revenue": 601.1289372601943,
        "profit": -1209.6265967732884,
        "customer_value": 124.53320420089827,
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
