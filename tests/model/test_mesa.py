"""The model as a Mesa model: Mesa's own tools work, on every version of Mesa that is supported."""

from __future__ import annotations

from typing import Any

import mesa
import numpy as np
import pandas as pd
import pytest
from support import TINY, differing, event, everything, tiny

from sim import CentricityModel as PublicModel
from sim.model.agents.views import AgentView, Customer, Department, Employee, Executive
from sim.model.mesa_model import CentricityModel
from sim.model.outcomes.weekly import OUTCOME_NAMES
from sim.model.scenario import Scenario, ScenarioError

from .models import lively, make

VERSION = tuple(int(part) for part in mesa.__version__.split(".")[:2])
KINDS: list[type[AgentView]] = [Customer, Employee, Department, Executive]
KEYWORDS: dict[str, Any] = {name.replace(".", "__"): value for name, value in TINY.items()}


# --- the model -------------------------------------------------------------------------------------------------------


def test_it_is_a_mesa_model() -> None:
    model = make()
    assert isinstance(model, mesa.Model)
    assert PublicModel is CentricityModel


def test_a_step_is_a_week_and_collects_once() -> None:
    model = make()
    for week in range(3):
        assert len(model.outcomes()) == week
        model.step()
    assert model.organization.week == 3
    table = model.outcomes()
    assert table["week"].tolist() == [0, 1, 2] and table["week"].dtype == np.int64
    assert list(table.columns) == ["week", *OUTCOME_NAMES]
    assert list(table.index) == [0, 1, 2]


def test_running_ends_with_the_last_week() -> None:
    model = make(weeks=3)
    states = []
    for _ in range(3):
        model.step()
        states.append(model.running)
    assert states == [True, True, False]
    with pytest.raises(RuntimeError, match="over after 3 weeks; make a model with more weeks"):
        model.step()
    assert len(model.outcomes()) == 3


def test_run_for_stops_at_the_end() -> None:
    model = make(weeks=5)
    model.run_for(2)
    assert (model.organization.week, model.running) == (2, True)
    model.run_for(100)
    assert (model.organization.week, model.running) == (5, False)
    model.run_for(1)
    assert len(model.outcomes()) == 5


def test_a_run_of_no_weeks_is_over_before_it_begins() -> None:
    model = make(weeks=0)
    assert not model.running
    assert model.outcomes().empty and model.choices().shape == (0, 12)


def test_the_length_is_the_scenarios_unless_told_otherwise() -> None:
    assert CentricityModel(tiny()).weeks == tiny().weeks == 260
    assert CentricityModel(tiny().override({"weeks": 7})).weeks == 7


def test_a_model_takes_names_paths_and_objects(tmp_path: Any) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('[[departments]]\nname = "all"\nshare = 1.0\nfacing = 0.5\npower = 1.0\n')
    by_path = CentricityModel(path, policy="symbolic", weeks=1, **KEYWORDS)
    assert by_path.scenario.departments[0].name == "all" and by_path.policy.name == "symbolic"
    by_name = CentricityModel("online-store", weeks=1, **KEYWORDS)
    assert by_name.scenario.name == "online-store" and by_name.policy.name == "none"
    assert CentricityModel(tiny(), policy=everything()).policy == everything()


def test_keywords_are_parameters_with_two_underscores_for_the_dot() -> None:
    model = CentricityModel("retail-bank", weeks=1, **KEYWORDS, employees__turnover=0.05, norm__rule="majority")
    assert model.scenario.parameters["employees.turnover"] == 0.05
    assert model.scenario.parameters["norm.rule"] == "majority"
    assert len(model.organization.employees) == 12
    assert Scenario.load("retail-bank").parameters["employees.turnover"] == 0.02


@pytest.mark.parametrize(
    ("keywords", "words"),
    [
        ({"employees__turnovr": 0.05}, "employees.turnovr .*employees.turnover"),
        ({"employees__turnover": 3.0}, "employees.turnover must be 0 to 0.5 .*got 3"),
        ({"turnover": 0.05}, "turnover"),
        ({"customers__initial": 50, "customers__market": 40}, "customers.initial must be at most customers.market"),
    ],
)
def test_a_wrong_keyword_is_explained(keywords: dict[str, Any], words: str) -> None:
    with pytest.raises(ScenarioError, match=words):
        CentricityModel(tiny(), **keywords)


def test_a_policy_that_does_not_exist_is_explained() -> None:
    with pytest.raises(ScenarioError, match="symbolic"):
        CentricityModel("retail-bank", policy="symbolc", **KEYWORDS)


def test_an_integer_seed_is_taken_as_it_is() -> None:
    for seed in (5, np.int64(5), np.uint8(5)):
        model = CentricityModel(tiny(), rng=seed, weeks=2)
        assert model.seed_used == 5 and model.organization.streams.seed == 5


def test_a_generator_or_sequence_yields_a_seed() -> None:
    def seeds(rng: Any) -> int:
        return CentricityModel(tiny(), rng=rng, weeks=1).seed_used

    assert seeds(np.random.default_rng(3)) == seeds(np.random.default_rng(3)) != seeds(np.random.default_rng(4))
    assert seeds(np.random.SeedSequence(3)) == seeds(np.random.SeedSequence(3))
    generator = np.random.default_rng(3)
    assert seeds(generator) != seeds(generator), "a generator goes on: two models of it differ"


def test_without_a_seed_a_new_one_is_taken_and_told() -> None:
    one, other = CentricityModel(tiny(), weeks=3), CentricityModel(tiny(), weeks=3)
    assert one.seed_used != other.seed_used
    one.run_for(3)
    again = CentricityModel(tiny(), rng=one.seed_used, weeks=3)
    again.run_for(3)
    assert differing(one.outcomes(), again.outcomes()) == []


def test_a_negative_seed_is_refused() -> None:
    with pytest.raises(ValueError, match=r"from 0 to 2\^64 - 1, got -1"):
        CentricityModel(tiny(), rng=-1)


def test_the_scenario_is_the_models_own_and_cannot_be_swept_over() -> None:
    scenario = tiny()
    model = CentricityModel(scenario, weeks=1)
    assert model.scenario is scenario
    with pytest.raises(TypeError):
        iter(scenario)  # type: ignore[call-overload]


def test_choices_are_those_of_the_seats() -> None:
    model = lively()
    model.run_for(4)
    choices = model.choices()
    assert choices.shape == (4, 12) and choices.dtype == np.int8
    employees = model.organization.employees
    np.testing.assert_array_equal(choices[-1], np.where(employees.employed, employees.choice, -1))


# --- agents ----------------------------------------------------------------------------------------------------------


def test_all_four_kinds_are_agents_of_mesa() -> None:
    model = make()
    by_type = model.agents_by_type
    assert set(by_type) == set(KINDS) == set(model.agent_types)
    for kind in KINDS:
        agents = by_type[kind]
        assert "AgentSet" in type(agents).__name__ and type(agents).__module__.startswith("mesa.")
        assert all(isinstance(agent, mesa.Agent) and agent.model is model for agent in agents)
    organization = model.organization
    assert len(by_type[Customer]) == organization.customers.active.sum()
    assert len(by_type[Employee]) == organization.employees.employed.sum()
    assert len(by_type[Department]) == 2 and len(by_type[Executive]) == 5
    assert len(model.agents) == sum(len(agents) for agents in by_type.values())


def test_agents_have_numbers_of_their_own() -> None:
    model = make()
    numbers = [agent.unique_id for agent in model.agents]
    assert len(set(numbers)) == len(numbers)
    identities = [agent.identity for agent in model.agents_by_type[Customer]]
    assert len(set(identities)) == len(identities)


@pytest.mark.parametrize("kind", KINDS)
def test_every_column_is_an_attribute_with_its_meaning(kind: type[AgentView]) -> None:
    model = make()
    agent = next(iter(model.agents_by_type[kind]))
    for name, info in getattr(model.organization, kind.kind).described().items():
        expected = getattr(getattr(model.organization, kind.kind), name)[agent.position]
        np.testing.assert_array_equal(getattr(agent, name), expected)
        assert name in dir(agent)
        assert info.meaning.endswith(".") and info.meaning[0].isupper()
    assert kind.__name__ in repr(agent)


def test_an_agent_is_a_live_view_of_its_row() -> None:
    model = make()
    employee = next(iter(model.agents_by_type[Employee]))
    model.organization.employees.value[employee.position] = 0.125
    assert employee.value == 0.125 and isinstance(employee.value, float)
    employee.value = 0.25
    assert model.organization.employees.value[employee.position] == 0.25
    assert isinstance(employee.employed, bool) and isinstance(employee.choice, int)
    model.step()
    assert employee.tenure == model.organization.employees.tenure[employee.position]


def test_what_is_written_through_agents_changes_the_run() -> None:
    plain, changed = make(), make()
    for employee in changed.agents_by_type[Employee]:
        employee.value = 1.0
    plain.run_for(3)
    changed.run_for(3)
    higher = changed.outcomes()["internalization"] > plain.outcomes()["internalization"]
    assert higher.all()


def leaver(model: CentricityModel, kind: type[AgentView]) -> AgentView:
    """Someone of this kind who leaves within the run."""
    before: list[AgentView] = list(model.agents_by_type[kind])
    for _ in range(model.weeks):
        model.step()
        for agent in before:
            if not agent.present:
                return agent
    raise AssertionError("nobody left")


@pytest.mark.parametrize("kind", [Customer, Employee])
def test_someone_who_left_raises_instead_of_showing_the_successor(kind: type[AgentView]) -> None:
    model = lively(weeks=40)
    gone = leaver(model, kind)
    with pytest.raises(LookupError, match=f"{kind.__name__} {gone.identity} has left"):
        _ = gone.satisfaction
    with pytest.raises(LookupError, match="has left"):
        gone.satisfaction = 1.0
    assert gone not in model.agents_by_type[kind] and gone not in model.agents
    model.run_for(100)
    assert not gone.present, "a later agent at this position is another one"
    same_place = [agent for agent in model.agents_by_type[kind] if agent.position == gone.position]
    assert all(agent.identity != gone.identity for agent in same_place)


def test_an_executive_who_was_succeeded_has_left() -> None:
    model = CentricityModel(tiny({}, (event("executive_succession", 2),)), rng=1, weeks=5)
    before = list(model.agents_by_type[Executive])
    model.run_for(3)
    assert not any(agent.present for agent in before)
    assert len(model.agents_by_type[Executive]) == 5
    assert min(agent.identity for agent in model.agents_by_type[Executive]) == 5


def test_sets_of_agents_are_live() -> None:
    model = lively(weeks=60)
    customers, employees = model.agents_by_type[Customer], model.agents_by_type[Employee]
    known = {agent.identity: agent for agent in customers}
    for _ in range(model.weeks):
        model.step()
        assert len(customers) == model.organization.customers.active.sum()
        assert len(employees) == model.organization.employees.employed.sum()
        assert all(agent.present for agent in model.agents)
    staying = [agent for agent in customers if agent.identity in known]
    assert staying and all(known[agent.identity] is agent for agent in staying), "those who stay are the same objects"
    assert len(staying) < len(known)


def test_mesa_tools_read_and_write_agents() -> None:
    model = make()
    employees = model.agents_by_type[Employee]
    columns = model.organization.employees
    np.testing.assert_allclose(sorted(employees.get("value")), sorted(columns.value[columns.employed]))
    pairs = employees.get(["value", "energy"])
    assert len(pairs) == len(employees) and len(pairs[0]) == 2
    assert employees.agg("value", np.mean) == pytest.approx(columns.value[columns.employed].mean())
    employees.set("energy", 0.5)
    assert (columns.energy[columns.employed] == 0.5).all()
    facing = employees.select(lambda agent: agent.facing)
    assert len(facing) == (columns.facing & columns.employed).sum()
    groups = employees.groupby("department")
    assert groups.count() == dict(enumerate(np.bincount(columns.department[columns.employed]).tolist()))
    means = groups.agg("value", np.mean)
    there = columns.employed & (columns.department == 1)
    assert means[1] == pytest.approx(columns.value[there].mean())
    ordered = [agent.value for agent in employees.sort("value", ascending=True)]
    assert ordered == sorted(ordered)
    employees.do(lambda agent: setattr(agent, "cynicism", 0.25))
    assert (columns.cynicism[columns.employed] == 0.25).all()
    employees.shuffle_do(lambda agent: setattr(agent, "cynicism", 0.75))
    assert (columns.cynicism[columns.employed] == 0.75).all()
    assert max(employees.map(lambda agent: agent.value)) == columns.value[columns.employed].max()


def test_a_data_collector_of_ones_own_works() -> None:
    model = lively()
    collector = mesa.DataCollector(
        model_reporters={
            "Week": lambda m: m.organization.week,
            "Trust": lambda m: float(m.outcomes()["trust"].iloc[-1]),
        },
        agenttype_reporters={Employee: {"value": "value", "department": "department"}, Customer: {"trust": "trust"}},
    )
    expected = []
    for _ in range(3):
        model.step()
        collector.collect(model)
        expected.append(len(model.agents_by_type[Employee]))
    of_model = collector.get_model_vars_dataframe()
    assert of_model["Week"].tolist() == [1, 2, 3]
    np.testing.assert_allclose(of_model["Trust"], model.outcomes()["trust"])
    of_staff = collector.get_agenttype_vars_dataframe(Employee)
    assert of_staff.groupby(level=0).size().tolist() == expected
    assert of_staff["value"].between(0.0, 1.0).all()
    assert collector.get_agenttype_vars_dataframe(Customer)["trust"].notna().all()


# --- batch runs ------------------------------------------------------------------------------------------------------


def batch(parameters: dict[str, Any], seeds: list[int], max_steps: int) -> pd.DataFrame:
    """Mesa's own batch run, in the words of the installed version."""
    settings: dict[str, Any] = {"number_processes": 1, "data_collection_period": -1, "display_progress": False}
    if VERSION >= (3, 5):
        settings["rng"] = seeds
    else:
        parameters = {**parameters, "rng": seeds}
        settings["iterations"] = 1
    return pd.DataFrame(mesa.batch_run(CentricityModel, parameters, max_steps=max_steps, **settings))


def test_mesa_batch_run_drives_the_model() -> None:
    sweep: dict[str, Any] = {
        "scenario": tiny(),
        "policy": ["none", everything()],
        "weeks": 6,
        "employees__turnover": [0.01, 0.3],
    }
    rows = batch(sweep, [3, 4], max_steps=50)
    assert len(rows) == 8
    assert set(rows["week"]) == {5}, "the last week of each run"
    assert set(OUTCOME_NAMES) <= set(rows.columns)
    assert set(rows["employees__turnover"]) == {0.01, 0.3}
    plain = CentricityModel(tiny(), policy="none", rng=3, weeks=6, employees__turnover=0.3)
    plain.run_for(6)
    last = plain.outcomes().iloc[-1]
    same = rows[(rows["satisfaction"] == last["satisfaction"]) & (rows["employees__turnover"] == 0.3)]
    assert len(same) == 1, "one of the rows is the run with these settings and this seed, to the last bit"


def test_a_batch_run_may_end_before_the_scenario_does() -> None:
    rows = batch({"scenario": tiny(), "weeks": 50}, [1], max_steps=4)
    assert rows["week"].tolist() == ([3] if VERSION >= (3, 5) else [4])  # 3.3 runs one more
