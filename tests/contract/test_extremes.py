"""Every parameter at both ends of its legal range: the model holds, and no parameter is dead.

A tiny organization runs for 30 weeks with one parameter at an end of its range. It has customers of both kinds, half of every
resource for a time, and every kind of event. Sizes are tried up to what a test can hold.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache

import numpy as np
import pandas as pd
import pytest
from support import burned_in, differing, event, everything, parameter, same_state, tiny, violations

from sim.model import registry
from sim.model.kernel.parameters import ParameterValue
from sim.model.outcomes.weekly import OUTCOMES
from sim.model.simulation import simulate

pytestmark = pytest.mark.recipe("mechanism")

EVENTS = (
    event("manager_exit", 4),
    event("budget_cut", 8, share=0.5, weeks=4),
    event("executive_succession", 14, share=0.5),
    event("service_crisis", 16),
    event("market_shift", 20),
    event("election", 2, weeks=8),
    event("margin_squeeze", 6, weeks=10),
    event("merger", 12, share=0.3),
    event("next_fad", 16),
)
WEEKS = 30

END = 22  # habits show when monitoring has ended

LARGEST: dict[str, int] = {
    "employees.number": 1500,
    "customers.market": 20_000,
    "customers.initial": 45,
    "run.burn_in": 150,
    "money.horizon": 260,
}
"""Sizes that stand for a legal maximum which a test could not hold, or a run of 260 weeks does not have."""

COMPANY: dict[str, dict[str, object]] = {
    "customers.initial": {"customers.market": 45},
    "customers.market": {"customers.initial": 1},
    "money.replacement": {"money.wage": 700.0},
    "staffing.volume_weeks": {"staffing.follows_volume": 1.0},
    "lifetime.retention_of": {"lifetime.retention_annual": 0.8},
    "recovery.binding": {"recovery.delight": 0.2},
    "relationship.founding_depth": {"relationship.founding": "given"},
    "relationship.founding_weeks": {"relationship.founding": "given"},
    "relationship.recommendation": {"word_of_mouth.strength": 5.0},
    "direction.example": {"executives.succession": 0.9},
    "norm.example_weight": {"example.effect": 1.0, "coaching.effect": 0.0, "executives.succession": 0.9},
    # Standing is a ratio in which they cancel, up to rounding.
    "attention.to_bosses": {"standing.help": 0.0, "standing.protection": 0.0},
    "attention.to_deadlines": {"standing.help": 0.0, "standing.protection": 0.0},
    "norm.averaging_rate": {"norm.rule": "averaging"},
    "employees.history": {"norm.value_anchor": 0.0},  # values that return to a set point do not hang on tenure
    "attention.internal_weight": {"attention.customer_pull": 0.7},
    "employees.dismissal_steepness": {"attention.customer_pull": 0.7},
    "justice.initial": {"justice.energy_effect": 0.5},
    "justice.weeks": {"justice.energy_effect": 0.5},
    "calendar.customer_requests": {"calendar.listening": 1.0},
    "moments.impatience": {
        "moments.first_engagement": 0.0,
        "moments.engagement_weight": 0.0,
        "moments.hours": 400.0,
    },
    "habit.load_decay": {"workload.baseline": 1.5, "compliance.shortcut": 0.0},
    "word_of_mouth.memory_weeks": {"word_of_mouth.strength": 5.0},
    "line.ordinary": {"line.rule": "convenience"},
    "line.convenience": {"line.rule": "convenience"},
    "line.slack_weeks": {"line.rule": "convenience"},
    "line.normal_weeks": {"line.rule": "convenience"},
    "line.negotiation_weeks": {"line.rule": "negotiated"},
    "line.bargaining": {"line.rule": "negotiated", "criteria.setter": "independent"},
    "interest.political": {"line.rule": "convenience"},
    "interest.cycle_weeks": {"line.rule": "convenience", "interest.political": 1.0},
    "interest.first_election": {"line.rule": "convenience", "interest.political": 1.0},
    "interest.campaign_weeks": {"line.rule": "convenience", "interest.political": 1.0},
    "criteria.panel": {"criteria.setter": "customers"},
    "criteria.capture": {"criteria.setter": "customers"},
    "arbitration.rule": {"conflict.rate": 1.0, "service.contacts": 1.0},
    "arbitration.appeals": {"arbitration.rule": "ombudsman", "conflict.rate": 1.0, "service.contacts": 1.0},
    "arbitration.covered": {"arbitration.rule": "contract"},
    "power.skill": {"power.voice": 0.5},
    "power.known_to_all": {"power.voice": 0.5},
    "power.value_share": {"power.voice": 0.5},
    "power.least_capacity": {"power.budget": 1.0},
    "criteria.independent": {"criteria.setter": "independent"},
    "place.power": {"place.decoupling": 1.0},
    "place.horizon_weeks": {"place.decoupling": 1.0},
    "place.payback_weeks": {"place.decoupling": 1.0},
    "place.pressure": {"place.decoupling": 1.0},
    "place.cost": {"place.decoupling": 1.0},
    "place.reckoning": {"place.decoupling": 1.0},
    "place.sharpness": {"place.decoupling": 1.0},
    "place.talk": {"place.decoupling": 1.0},
    "credit.ordinary": {"credit.threat": 1.0},
    "credit.shared": {"credit.threat": 1.0},
    "credit.weeks": {"credit.threat": 1.0},
    "fads.rate": {"fads.novelty": 1.0},
    "fads.displacement": {"fads.rate": 12.0},
    "fads.inertia": {"fads.rate": 12.0},
    "fads.skepticism": {"fads.rate": 12.0, "fads.inertia": 0.0},
    "fads.stories": {"fads.rate": 12.0, "fads.inertia": 0.0},
}
"""Values that a parameter needs beside it: to be legal, or to matter."""

ELSEWHERE = {"money.discount", "money.horizon"}
"""Parameters of the analysis of runs; a run does not depend on them."""

LOOKED_AT = {
    "attention.to_bosses",
    "attention.to_colleagues",
    "attention.to_deadlines",
    "executives.founding_succession",
}
"""Parameters of what agents show and no outcome depends on: how attention that is not for customers divides (colleagues
are given and owed it in the same measure), and how long executives have been in office."""

NAMES = sorted(registry.current().parameters)


def ends(name: str) -> tuple[ParameterValue, ...]:
    """Values to try: both ends of the range, every word of a choice."""
    entry = parameter(name)
    if entry.type == "choice":
        return entry.choices
    if entry.type == "switch":
        return (False, True)
    assert entry.low is not None and entry.high is not None
    high = LARGEST.get(name, entry.high)
    return (int(entry.low), int(high)) if entry.type == "integer" else (entry.low, high)


def company_of(name: str) -> dict[str, object]:
    """Values of other parameters at which this one can show: as listed, else those at which its mechanism is on."""
    if name in COMPANY:
        return COMPANY[name]
    active = (
        each.active for each in registry.current().mechanisms.values() if name in {own.name for own in each.parameters}
    )
    return dict(next(active, {}))


@cache
def weekly(name: str, value: ParameterValue) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Outcomes of a run with one parameter at ``value``, and what is wrong with the columns afterwards."""
    # Other parameters are such that every mechanism has work to do, even in so small an organization.
    base: dict[str, object] = {
        "workload.baseline": 1.1,
        "employees.turnover": 0.2,
        "hiring.delay_weeks": 2.0,
        "hiring.outside_practice": 0.4,
        "conflict.rate": 0.4,
        "service.failure": 0.4,
        "executives.successor_keeps": 0.6,
        "survey.response_rate": 0.5,
        "executives.customer_weight": 0.4,
        "lifetime.purchase_shape": 2.0,
        "customers.acquisition": 0.1,
        "norm.encounters": 12.0,
        "definitions.meetings": 0.8,
        "employees.dismissal": 0.05,
        "needs.weight": 0.5,
        "partners.dependence": 0.5,
        "dues.arrears": 0.05,
        "structure.by_customer": 0.5,
        "motive.means": 0.5,
        "recovery.words": 0.3,
    }
    organization = burned_in(tiny({**base, **company_of(name), name: value}, EVENTS), everything(0.5, end=END))
    table = simulate(organization, WEEKS).weekly
    return table, tuple(violations(organization))


CASES = [(name, value) for name in NAMES for value in ends(name)]


@pytest.mark.parametrize(("name", "value"), CASES)
def test_the_model_holds_at_the_ends_of_a_range(name: str, value: ParameterValue) -> None:
    table, wrong = weekly(name, value)
    assert wrong == ()
    assert len(table) == WEEKS
    for column, outcome in OUTCOMES.items():
        values = table[column].to_numpy()
        assert not np.isinf(values).any(), f"{column} is infinite"
        there = values[~np.isnan(values)]
        if outcome.unit in ("share", "index"):
            assert np.all((there >= 0.0) & (there <= 1.0)), f"{column} is no share"
        if outcome.unit in ("currency", "count"):
            assert there.size == WEEKS, f"{column} is never missing"
    assert table["espoused"].notna().all() and table["executive_self_assessment"].notna().all()


def alike(name: str) -> Iterator[tuple[ParameterValue, ParameterValue]]:
    """Pairs of ends whose runs do not differ in a single bit."""
    values = ends(name)
    for index, one in enumerate(values):
        for other in values[index + 1 :]:
            if not differing(weekly(name, one)[0], weekly(name, other)[0]):
                yield one, other


@pytest.mark.parametrize("name", [name for name in NAMES if name not in ELSEWHERE | LOOKED_AT])
def test_no_parameter_is_dead(name: str) -> None:
    assert list(alike(name)) == [], f"{name} changes nothing from one end of its range to the other"


@pytest.mark.parametrize("name", sorted(LOOKED_AT))
def test_what_agents_show_changes_with_a_parameter_that_no_outcome_depends_on(name: str) -> None:
    low, high = (burned_in(tiny({name: value})) for value in ends(name))
    assert set(same_state(low, high)) & {
        "employees.attention_colleagues",
        "employees.attention_bosses",
        "employees.attention_deadlines",
        "executives.tenure",
    }
    assert len(list(alike(name))) == 1


@pytest.mark.parametrize("name", sorted(ELSEWHERE))
def test_a_parameter_of_the_analysis_changes_no_run(name: str) -> None:
    assert len(list(alike(name))) == 1
    assert math.isfinite(float(parameter(name).default))
