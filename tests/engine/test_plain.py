"""The same source as plain Python, portable code and machine code gives the same bits: everybody, every number, every outcome.

Compiled loops take liberties that plain Python does not (several people at once, branches worked out both ways, bounds not
checked), and have their own logarithms. None of that may show in any bit.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from model.test_mixtures import banks, mixtures
from support import burned_in, event, everything, tiny

import sim
from sim.model import engine, registry
from sim.model.compiled.kept_week import kept_week
from sim.model.policies.policy import Policy
from sim.model.scenario import Event, Scenario
from sim.model.scenario.shipped import files

from .compared import differences

KNOWN = registry.current()
COMPILED = [engine.Form.MACHINE] + ([engine.Form.PORTABLE] if kept_week() is not None else [])
WEEKS = 20
SMALL: Mapping[str, object] = {
    "employees.number": 14,
    "customers.initial": 30,
    "customers.market": 45,
    "run.burn_in": 2,
}
BOTH_KINDS: Mapping[str, object] = {"customers.contract_share": 0.5}
ON = {name: value for mechanism in KNOWN.mechanisms.values() for name, value in mechanism.active.items()}


def live_side_by_side(scenario: Scenario, policy: Policy, weeks: int = WEEKS, seed: int = 1) -> None:
    """Run the same organization in every form, and hold each against plain Python every week."""
    plain = burned_in(scenario, policy, seed)
    others = {form: plain.copy() for form in COMPILED}
    for _ in range(weeks):
        with engine.uncompiled():
            engine.run_week(plain)
        for form, other in others.items():
            with engine.in_form(form):
                engine.run_week(other)
            assert differences(plain, other) == [], f"week {plain.week - 1}, {form}"


@pytest.mark.parametrize("name", files("scenarios"))
def test_every_shipped_scenario(name: str) -> None:
    live_side_by_side(Scenario.load(name).override({**SMALL, **BOTH_KINDS}), everything(0.3, 2))


@pytest.mark.parametrize("name", files("policies"))
def test_every_shipped_policy(name: str) -> None:
    scenario = Scenario.load("retail-bank").override({**SMALL, **ON})
    live_side_by_side(scenario, scenario.policy(name), 8)


RULES = [
    {name: choice}
    for name in ("norm.rule", "line.rule", "criteria.setter", "arbitration.rule")
    for choice in KNOWN.parameters[name].choices
]
BESIDE = {
    "line": {"interest.political": 0.5},
    "criteria": {"criteria.leniency": 0.3},
    "arbitration": {"conflict.rate": 0.5, "service.contacts": 1.0},
}
"""Values that give a rule something to decide."""


@pytest.mark.parametrize("values", RULES, ids=str)
def test_every_rule(values: dict[str, object]) -> None:
    beside = BESIDE.get(next(iter(values)).partition(".")[0], {})
    live_side_by_side(tiny({**ON, **beside, **values}), everything(0.3))


def happenings() -> tuple[Event, ...]:
    """One event of each kind, two weeks apart."""
    return tuple(event(kind, 1 + 2 * number) for number, kind in enumerate(sorted(KNOWN.event_kinds)))


def test_every_kind_of_event() -> None:
    assert 1 + 2 * len(KNOWN.event_kinds) <= WEEKS
    live_side_by_side(tiny(ON, happenings()), everything(0.3))


SWITCHES = [
    (name, state, values)
    for name, mechanism in KNOWN.mechanisms.items()
    for state, values in (("neutral", mechanism.neutral), ("active", mechanism.active))
    if values
]


@pytest.mark.parametrize(("name", "state", "values"), SWITCHES, ids=[f"{name} {state}" for name, state, _ in SWITCHES])
def test_every_mechanism_off_and_on(name: str, state: str, values: dict[str, object]) -> None:
    """Off among others that are on, and on among others as they are by default."""
    company = {**ON, **values} if state == "neutral" else values
    live_side_by_side(tiny({**SMALL, **BOTH_KINDS, **company}), everything(0.3))


@settings(max_examples=10)
@given(st.data(), st.integers(0, 3))
def test_any_mixture(data: st.DataObject, seed: int) -> None:
    live_side_by_side(data.draw(banks(WEEKS)), data.draw(mixtures(WEEKS)), WEEKS, seed)


def test_the_smallest_organization() -> None:
    values = {"employees.number": 1, "customers.initial": 1, "customers.market": 1}
    live_side_by_side(tiny(values), everything())


def test_the_smallest_step_is_the_same_alone() -> None:
    """Each step by itself, after the same weeks: what differs is then known by the name of its step."""
    plain = burned_in(tiny({**ON, "conflict.rate": 0.5, "service.contacts": 1.0}, happenings()), everything(0.3))
    fast = plain.copy()
    for _ in range(4):
        for each in (plain, fast):
            engine.begin_week(each)
        for step in KNOWN.steps:
            with engine.uncompiled():
                engine.run_step(plain, step)
            engine.run_step(fast, step)
            assert differences(plain, fast) == [], f"{step.__name__} in week {plain.week}"
        for each in (plain, fast):
            each.week += 1


PROGRAM = """
import sys
import numpy as np
from engine.test_plain import ON, happenings
from support import everything, burned_in, tiny
from sim.model import engine
organization = burned_in(tiny(ON, happenings()), everything(0.3))
values, choices = engine.run_weeks(organization, 20)
assert (engine.form_now() is engine.Form.PLAIN) == (sys.argv[1] == "plain")
np.savez(sys.argv[2], values=values, choices=choices, energy=organization.employees.energy)
"""


@pytest.mark.slow
def test_without_numba_at_work_another_process_gives_the_same(tmp_path: Path) -> None:
    paths = [str(Path(__file__).parents[1]), str(Path(sim.__file__).parents[1])]

    def lived(how: str, disabled: str) -> Mapping[str, np.ndarray]:
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "NUMBA_DISABLE_JIT": disabled}
        written = tmp_path / f"{how}.npz"
        command = [sys.executable, "-c", PROGRAM, how, str(written)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return dict(np.load(written))

    plain, fast = lived("plain", "1"), lived("compiled", "0")
    for name, array in plain.items():
        np.testing.assert_array_equal(array, fast[name])
    assert np.isfinite(plain["values"]).mean() > 0.9


def test_plain_ends_where_its_context_ends() -> None:
    assert engine.form_now() is engine.Form.FASTEST

    def fail_plainly() -> None:
        with engine.uncompiled():
            assert engine.form_now() is engine.Form.PLAIN
            raise KeyError

    with pytest.raises(KeyError):
        fail_plainly()
    assert engine.form_now() is engine.Form.FASTEST
