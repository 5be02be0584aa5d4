"""Every mechanism can be named, and where it declares a neutral setting, that setting really switches it off.

Switched off means: what is left of the mechanism's own parameters makes no difference to any outcome but those that only
display it. A tiny organization lives through 30 weeks with half of every resource and every kind of event.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import pandas as pd
import pytest
from support import burned_in, differing, event, everything, tiny

from sim.model import registry
from sim.model.kernel.mechanism import Mechanism
from sim.model.kernel.parameters import Parameter, ParameterValue
from sim.model.scenario import Event
from sim.model.simulation import simulate

pytestmark = pytest.mark.recipe("mechanism")

WEEKS = 30
MECHANISMS = registry.current().mechanisms
NAMES = sorted(MECHANISMS)
SWITCHED = [name for name in NAMES if MECHANISMS[name].neutral]

BASE: Mapping[str, object] = {
    "workload.baseline": 1.1,
    "employees.turnover": 0.08,
    "hiring.delay_weeks": 2.0,
    "hiring.outside_practice": 0.4,
    "conflict.rate": 0.4,
    "arbitration.appeals": 1.0,
    "service.failure": 0.4,
    "executives.successor_keeps": 0.6,
    "survey.response_rate": 0.5,
    "lifetime.purchase_shape": 2.0,
    "customers.acquisition": 0.1,
    "norm.encounters": 12.0,
    "definitions.meetings": 0.8,
    "employees.dismissal": 0.05,
    "attention.customer_pull": 0.2,
}
"""Values at which every mechanism has work to do, even in so small an organization."""

APART: Mapping[str, tuple[str, ...]] = {
    "attention": (
        "attention.facing_customers",  # roles ask, with or without a shortage
        "attention.inner_customers",
        "attention.to_",  # colleagues are given and ask for the same part: equal but for rounding; tried below
    ),
    "compliance": ("compliance.", "habit.", "manager."),  # shown as compliance; tried below
    "energy": ("workload.",),  # how much work there is
    "lifetime": (
        "lifetime.churn",
        "lifetime.retention",
        "lifetime.purchase",
        "lifetime.dropout",
    ),  # what customers are like by themselves
    "norm": (
        "norm.rule",
        "norm.sharpness",
        "norm.value",
        "norm.omission",
        "norm.monitored",
        "norm.coached",
        "norm.example",
        "norm.memory",
        "norm.misperception",
    ),  # people choose all the same
    "place": ("place.pressure",),  # poor results cost posts, whether or not talk is to make up for them
    "satisfaction": (
        "satisfaction.",
        "expectation.",
        "trust.initial",
        "relationship.client_depth",
        "relationship.founding",
        "loyalty.by_",
    ),  # the first feelings, and what they come to
    "service": ("service.contact", "service.tries"),  # how many contacts there are, and with whom
    "staffing": ("employees.number", "employees.span", "employees.satisfaction_initial", "hiring."),  # who is there
    "training": ("training.ambiguity", "coaching.hours"),  # hours are spent all the same
    "word-of-mouth": ("customers.",),  # how large the market is
}
"""Parameters declared in the same file that are no part of what the neutral setting switches off, and why."""

SHOWN: Mapping[str, frozenset[str]] = {
    "attention": frozenset({"attention_customer"}),
    "definitions": frozenset({"definition_agreement"}),
    "salience": frozenset({"salience"}),
    "staffing": frozenset({"employee_satisfaction"}),
}
"""Outcomes that display the mechanism's own state, which may go on when nothing depends on it any more."""


def events() -> tuple[Event, ...]:
    """One event of each kind, five weeks apart; the next fad first, since fads of their own seldom come up so soon."""
    kinds = sorted(registry.current().event_kinds, key=lambda kind: (kind != "next_fad", kind))
    return tuple(event(kind, 4 + 5 * number) for number, kind in enumerate(kinds))


@cache
def weekly(mechanism: str, name: str = "", value: ParameterValue = 0) -> pd.DataFrame:
    """Outcomes with a mechanism switched off, and perhaps another value of one parameter."""
    values = {**BASE, **MECHANISMS[mechanism].neutral, **({name: value} if name else {})}
    return simulate(burned_in(tiny(values, events()), everything(0.5, end=22)), WEEKS).weekly


def others(mechanism: Mechanism) -> list[Parameter]:
    """Parameters of the mechanism that should no longer matter."""
    apart = APART.get(mechanism.name, ())
    return [
        parameter
        for parameter in mechanism.parameters
        if parameter.name not in mechanism.neutral and not parameter.name.startswith(apart or ("\0",))
    ]


def values(parameter: Parameter) -> tuple[ParameterValue, ...]:
    """Two values or more that are not the default alone."""
    if parameter.type == "choice":
        return parameter.choices
    if parameter.type == "switch":
        return (False, True)
    low, high = parameter.plausible or (parameter.low, parameter.high)
    assert low is not None and high is not None
    return (int(low), int(high)) if parameter.type == "integer" else (float(low), float(high))


CASES = [
    (name, parameter.name, value)
    for name in SWITCHED
    for parameter in others(MECHANISMS[name])
    for value in values(parameter)
]


@pytest.mark.parametrize(("mechanism", "name", "value"), CASES)
def test_nothing_depends_on_a_mechanism_that_is_switched_off(mechanism: str, name: str, value: ParameterValue) -> None:
    changed = set(differing(weekly(mechanism, name, value), weekly(mechanism)))
    assert changed <= SHOWN.get(mechanism, frozenset())


def off(mechanism: str, **values: ParameterValue) -> pd.DataFrame:
    """Outcomes with a mechanism switched off and other values, ``__`` for the dot."""
    given = {name.replace("__", "."): value for name, value in values.items()}
    return simulate(
        burned_in(tiny({**BASE, **MECHANISMS[mechanism].neutral, **given}), everything(0.5, end=22)), WEEKS
    ).weekly


def test_without_compliance_procedures_reach_no_customer() -> None:
    """What is followed builds capability, too, which is a mechanism of its own: it is switched off beside it."""
    other = off("compliance", compliance__unwatched=1.0, habit__decay_weeks=4.0, capability__effect=0.0)
    assert differing(other, off("compliance", capability__effect=0.0)) == ["compliance"]


@pytest.mark.parametrize("side", ["attention__to_colleagues", "attention__to_bosses", "attention__to_deadlines"])
def test_without_attention_it_does_not_matter_how_internal_attention_is_divided(side: str) -> None:
    """Colleagues who notice what they get compare it with what they ask for, which is a mechanism of its own."""
    apart = {"standing__help": 0.0, "standing__protection": 0.0}
    assert differing(off("attention", **apart, **{side: 0.9}), off("attention", **apart)) == []


def test_without_the_norm_nobody_is_moved_by_colleagues() -> None:
    apart = off("norm", network__mixing=1.0, network__manager_share=0.9)
    assert differing(apart, off("norm")) == []


def test_without_feelings_customers_stay_as_they_came() -> None:
    changed = differing(
        off("satisfaction", expectation__market=0.1, satisfaction__loss_aversion=5.0), off("satisfaction")
    )
    assert changed == []


def test_without_coming_and_going_seats_keep_their_people() -> None:
    quiet = off("staffing")
    assert (quiet["left"] + quiet["dismissed"] + quiet["hired"]).sum() == 0


@pytest.mark.parametrize("name", SWITCHED)
def test_a_neutral_setting_is_legal_and_changes_something(name: str) -> None:
    mechanism = MECHANISMS[name]
    assert set(mechanism.neutral) <= set(registry.current().parameters)
    if not mechanism.active:
        return  # whether the defaults have it on is for what follows to say
    on = {**BASE, **mechanism.active}
    table = simulate(burned_in(tiny(on, events()), everything(0.5, end=22)), WEEKS).weekly
    assert differing(table, weekly(name)), "active and neutral are the same"


@pytest.mark.parametrize("name", NAMES)
def test_a_mechanism_says_what_it_is(name: str) -> None:
    mechanism = MECHANISMS[name]
    assert name == name.lower() and "_" not in name
    assert len(mechanism.about.split()) >= 4
    for parameter, value in mechanism.active.items():
        assert parameter in registry.current().parameters
        assert value != mechanism.neutral.get(parameter), f"{parameter} is the same on and off"
    tiny({**mechanism.neutral})
    tiny({**mechanism.active})


def test_the_core_is_there() -> None:
    assert set(registry.CORE) <= set(NAMES)
    assert {name for name in NAMES if MECHANISMS[name].core} == set(registry.CORE)
