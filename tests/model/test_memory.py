"""Memory: what nobody holds is gone, on every version of Mesa that is supported."""

from __future__ import annotations

import gc
import weakref

import pytest

from sim.model.agents.views import AgentView, Customer, Employee

from .models import lively, make


@pytest.mark.parametrize("looked_at", [False, True])
def test_a_model_that_nobody_holds_is_gone(looked_at: bool) -> None:
    model = lively(weeks=4)
    if looked_at:
        assert len(model.agents) > 0 and len(model.agents_by_type[Customer]) > 0
    model.run_for(4)
    model.outcomes()
    there = weakref.ref(model)
    columns = weakref.ref(model.organization.employees)
    del model
    gc.collect()
    assert there() is None
    assert columns() is None


def test_an_agent_who_left_and_whom_nobody_holds_is_gone() -> None:
    model = lively(weeks=60)
    known = [weakref.ref(agent) for agent in model.agents_by_type[Employee]]
    model.run_for(60)
    gc.collect()
    alive = [reference() for reference in known if reference() is not None]
    assert len(alive) < len(known)
    assert all(agent is not None and agent.present for agent in alive)


def test_models_made_in_a_row_do_not_pile_up() -> None:
    references = []
    for seed in range(5):
        model = make(weeks=1, rng=seed)
        assert len(model.agents) > 40
        references.append(weakref.ref(model))
    del model
    gc.collect()
    assert [reference() for reference in references] == [None] * 5


def test_nobody_pays_for_agents_that_nobody_asked_for() -> None:
    gc.collect()
    model = make(weeks=5)
    model.run_for(5)
    # The type, since asking a proxy whose object is gone for its class raises.
    held = [thing for thing in gc.get_objects() if issubclass(type(thing), AgentView) and thing.model is model]
    assert held == []
