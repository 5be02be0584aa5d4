"""Labels do nothing: a policy is the amounts of its resources over time, whatever it is called and however written."""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import amounts, burned_in, differing, event, make_policy, run, same_bits, tiny

from sim.model.policies.policy import Condition, Phase, Policy
from sim.model.policies.resources import RESOURCE_NAMES, RESOURCES
from sim.model.policies.schedule import Schedule
from sim.model.scenario import Scenario
from sim.model.simulation import Run, burn_in, simulate, with_policy

SHIPPED = Scenario.load("retail-bank")
SMALL = SHIPPED.override({"employees.number": 20, "customers.initial": 30, "customers.market": 40, "run.burn_in": 4})


def same(one: Run, other: Run) -> bool:
    assert differing(one.weekly, other.weekly) == []
    assert same_bits(one.choices, other.choices)
    return (one.sponsorship_start, one.sponsorship_end, one.permanent) == (
        other.sponsorship_start,
        other.sponsorship_end,
        other.permanent,
    )


@pytest.mark.parametrize("name", ["symbolic", "procedural", "value-driven", "symbolic-then-value-driven"])
@pytest.mark.parametrize("label", ["none", "value-driven", "symbolic", "x"])
def test_a_bundle_under_another_name_is_the_same_policy(name: str, label: str) -> None:
    policy = SMALL.policies[name]
    renamed = dataclasses.replace(policy, name=label, about="Other words.", notice="", suggestion="Other words.")
    start = burn_in(SMALL, 3)
    assert same(simulate(with_policy(start, policy), 40), simulate(with_policy(start, renamed), 40))


def test_a_renamed_scenario_is_the_same_organization() -> None:
    renamed = dataclasses.replace(SMALL, name="x", about="y", notice="", currency="USD", objective="reach")
    policy = SMALL.policies["value-driven"]
    assert same(run(SMALL, policy, 20), run(renamed, policy, 20))


def test_names_of_departments_say_nothing() -> None:
    other = dataclasses.replace(
        SMALL,
        departments=tuple(dataclasses.replace(each, name=f"d{i}") for i, each in enumerate(SMALL.departments)),
    )
    policy = SMALL.policies["procedural"]
    assert same(run(SMALL, policy, 20), run(other, policy, 20))


PHASES = (
    Phase(0, 20, None, {"speeches": 1.0, "training": 0.3}),
    Phase(5, None, ("front",), {"procedures": 0.4, "monitoring": 0.7}),
    Phase(10, 15, None, {"coaching": 0.2}, Condition("practicing", above=0.9)),
)


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_the_order_in_which_phases_are_written_does_not_matter(order: tuple[int, ...]) -> None:
    one = run(tiny(), make_policy(*PHASES), 25)
    assert same(one, run(tiny(), make_policy(*(PHASES[index] for index in order)), 25))


@pytest.mark.parametrize("order", list(itertools.permutations([0.1, 0.2, 0.3])))
def test_amounts_of_overlapping_phases_add_up_the_same_in_any_order(order: tuple[float, ...]) -> None:
    """.1 + .2 + .3 and .3 + .2 + .1 differ in the last bit when they are added one after the other."""
    written = make_policy(*(Phase(0, None, None, {"training": amount}) for amount in (0.1, 0.2, 0.3)))
    permuted = make_policy(*(Phase(0, None, None, {"training": amount}) for amount in order))
    one, other = (Schedule(policy, tiny()).amounts(0) for policy in (written, permuted))
    assert same_bits(one, other)


def test_phases_may_be_split_and_merged() -> None:
    merged = amounts(0, 20, training=1.0, coaching=0.5)
    split = make_policy(
        Phase(0, 8, None, {"training": 1.0}),
        Phase(8, 20, ("back", "front"), {"training": 1.0}),
        Phase(0, 20, ("front",), {"coaching": 0.5}),
        Phase(0, 20, ("back",), {"coaching": 0.5}),
    )
    assert same(run(tiny(), merged, 25), run(tiny(), split, 25))


def test_the_order_of_resources_in_a_file_does_not_matter() -> None:
    there = {"training": 1.0, "speeches": 2.0, "coaching": 0.5}
    back = dict(reversed(there.items()))
    assert list(Phase(0, None, None, there).amounts) == list(Phase(0, None, None, back).amounts)
    assert same(run(tiny(), amounts(**there), 10), run(tiny(), amounts(**back), 10))


NOTHING = st.lists(
    st.builds(
        lambda start, length, names, where: Phase(start, start + length, where, dict.fromkeys(names, 0.0)),
        st.integers(0, 30),
        st.integers(1, 30),
        st.lists(st.sampled_from(RESOURCE_NAMES), unique=True),
        st.sampled_from([None, ("front",), ("front", "back")]),
    ),
    max_size=4,
)


@settings(max_examples=15)
@given(NOTHING)
def test_a_bundle_of_zeros_is_its_own_twin(phases: list[Phase]) -> None:
    scenario = tiny({"executives.successor_keeps": 0.0}, (event("executive_succession", 7), event("budget_cut", 3)))
    assert same(run(scenario, make_policy(*phases), 20), run(scenario, Policy("none"), 20))


def test_all_zeros_leave_every_column_to_the_last_bit() -> None:
    from support import same_state

    twin, policy = (burned_in(tiny(), each) for each in (None, amounts(**dict.fromkeys(RESOURCE_NAMES, 0.0))))
    simulate(twin, 30)
    simulate(policy, 30)
    assert same_state(twin, policy) == []
    assert (twin.talk, twin.reputation, twin.program) == (policy.talk, policy.reputation, policy.program)


def test_a_policy_that_has_not_begun_is_no_policy() -> None:
    late = amounts(20, None, **{name: resource.high for name, resource in RESOURCES.items()})
    assert same(run(tiny(), late, 20), run(tiny(), None, 20))
    assert differing(run(tiny(), late, 22).weekly, run(tiny(), None, 22).weekly)


def test_results_are_continuous_in_the_resources() -> None:
    """There is no type to switch: a little more of a resource does a little more, and never jumps."""

    def largest_step(doses: int) -> float:
        amounts_of = np.linspace(0.0, 1.0, doses + 1)
        levels = [run(tiny(), amounts(speeches=dose), 6).weekly["salience"].to_numpy()[-1] for dose in amounts_of]
        assert np.all(np.diff(levels) > 0.0)
        return float(np.diff(levels).max())

    assert largest_step(40) < 0.5 * largest_step(10)
