"""The symmetric model contains the first version as a special case: with everything new at rest, the same whole numbers.

Since the first version, practice that coaching or an example prompts counts as what monitoring prompts does, what people
learn fades, people differ, successors act, and more. Each of these has a setting at which it changes nothing
(:mod:`version_one`), so that what a result owes to it can be told by switching it off. This test holds the settings to that:
the core of the model at all of them gives whole numbers that the first version gave, which are written down here.

The sums over quarters say where a difference begins; the checksum says that every single week is equal.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping

import numpy as np
import pytest
from version_one import VERSION_ONE

from sim.lab.evidence_settings import CORE, parameters_in
from sim.model import registry
from sim.model.scenario import Scenario
from sim.model.simulation import burn_in, simulate, with_policy

SIZE = {"employees.number": 40, "customers.initial": 100, "customers.market": 150}
SEED, WEEKS, QUARTER = 7, 130, 13

FIRST: Mapping[str, Mapping[str, tuple[list[int], int]]] = {
    "value-driven": {
        "acquired": ([3, 2, 5, 3, 2, 1, 2, 1, 3, 6], 3402169927),
        "lost": ([1, 0, 3, 0, 1, 3, 3, 0, 3, 3], 158934358),
        "contacts": ([382, 414, 409, 399, 406, 406, 415, 396, 383, 419], 3857786142),
        "failures": ([0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 98168892),
        "hired": ([0, 2, 2, 1, 0, 3, 1, 3, 1, 2], 2651703002),
        "left": ([1, 2, 2, 0, 2, 2, 1, 2, 0, 3], 2387280228),
        "employees": ([517, 513, 496, 518, 496, 498, 509, 495, 505, 508], 1524342575),
        "practicing": ([217, 332, 445, 503, 495, 492, 496, 484, 497, 504], 3009906282),
    },
    "procedural": {
        "acquired": ([3, 2, 5, 3, 2, 1, 2, 1, 3, 6], 3402169927),
        "lost": ([1, 0, 3, 0, 1, 3, 3, 0, 3, 3], 158934358),
        "contacts": ([382, 414, 409, 399, 406, 406, 415, 396, 383, 419], 3857786142),
        "failures": ([0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 98168892),
        "hired": ([0, 2, 2, 1, 0, 3, 1, 3, 1, 2], 2651703002),
        "left": ([1, 2, 2, 0, 2, 2, 1, 2, 0, 3], 2387280228),
        "employees": ([517, 513, 496, 518, 496, 498, 509, 495, 505, 508], 1524342575),
        "practicing": ([175, 176, 207, 196, 152, 177, 172, 167, 70, 72], 1754120780),
    },
}
"""For each outcome the sums over ten quarters, and a checksum of all weeks, as the first version gave them."""


def counted(policy: str) -> dict[str, tuple[list[int], int]]:
    """Sums over quarters and checksums of what is counted in whole numbers."""
    values = {**SIZE, **parameters_in(CORE), **VERSION_ONE, "customers.history": 10.0}
    bank = Scenario.load("retail-bank").override(values)
    run = simulate(with_policy(burn_in(bank, SEED), bank.policy(policy)), WEEKS)
    names = [name for name in FIRST[policy] if name != "practicing"]
    weekly = {name: run.weekly[name].astype(np.int64).tolist() for name in names}
    weekly["practicing"] = (run.choices == 1).sum(axis=1).tolist()
    return {
        name: (
            [sum(each[start : start + QUARTER]) for start in range(0, WEEKS, QUARTER)],
            zlib.crc32(repr(each).encode()),
        )
        for name, each in weekly.items()
    }


@pytest.mark.parametrize("policy", FIRST)
def test_with_everything_new_at_rest_the_first_version_is_there(policy: str) -> None:
    assert counted(policy) == FIRST[policy]


def test_what_is_at_rest_is_legal_and_no_default() -> None:
    known = registry.current().parameters
    assert set(VERSION_ONE) <= set(known)
    Scenario.load("retail-bank").override(dict(VERSION_ONE))
    alike = [name for name, value in VERSION_ONE.items() if value == known[name].default]
    assert alike == [], "what is neutral by default need not be set"
