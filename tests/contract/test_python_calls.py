"""Calls from Python check what commands check, with the same messages, before anything long begins."""

from __future__ import annotations

import copy
import math
import multiprocessing
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from support import TINY, tiny

from sim import CentricityModel, Scenario, compare
from sim.analysis.design_rows import TableError
from sim.analysis.sweep_text import analyze_outcome
from sim.analysis.sweeps import Sweep
from sim.calibration.calibrate import calibrate_files
from sim.calibration.options import Options
from sim.fitting.request import FitRequest, plan_request
from sim.lab.comparison_plan import ComparisonRequest, plan_comparison
from sim.lab.sweep import load_experiment, read_store, sweep
from sim.model.policies.policy import Condition, Phase, Policy
from sim.model.scenario import ScenarioError, load_policy

Wrong = tuple[dict[str, Any], str]

KEYWORDS: dict[str, Any] = {name.replace(".", "__"): value for name, value in TINY.items()}

NO_WHOLE_NUMBERS = (2.5, True, "3", math.nan, math.inf, [3], {}, b"3", np.float64(0.5), 10**30)

COMPARED: list[Wrong] = [
    *(({name: value}, f"--{name} must be ") for name in ("replicates", "seed", "workers", "unknown")
      for value in (*NO_WHOLE_NUMBERS, -1)),
    *(({"weeks": value}, "--weeks must be ") for value in (*NO_WHOLE_NUMBERS, -1, 0)),
    *(({"years": value}, "--years must be ") for value in (*NO_WHOLE_NUMBERS, -1, 0, 101)),
    ({"years": 3, "weeks": 10}, "--years must not be given beside --weeks"),
    *(({name: value}, f"--{name.replace('_', '-')} must be true or false")
      for name in ("equal_budget", "futures", "ablate", "tornado") for value in ("yes", 1, 0.0)),
    *(({"grain": value}, "--grain must be fine or a number of customers") for value in (0, -1, math.nan, "finer", "", True)),
    *(({"budget": value}, "--budget must be an amount above 0") for value in (0, -1, math.nan, math.inf, "9", True)),
    *(({name: value}, f"{flag}{rule}")
      for name, flag in (("without", "--without"), ("targets", "--target"), ("vary", "--vary"))
      for value, rule in ((3, " must be a list of texts, got 3"), ([3], "[0] must be a text, got 3"))),
    ({"replicates": 0}, "--replicates must be a whole number, 1 to 100000, got 0. Give another one."),
    ({"workers": 0}, "--workers must be a whole number, 1 to 1000, got 0."),
    ({"targets": "nonsense>=1"}, "is not a measure that single runs have"),
    ({"without": "nrm"}, "--without nrm is not a mechanism. Did you mean norm?"),
    ({"vary": "norm"}, "--vary needs something to be varied"),
    ({"overrides": 3}, "the values must be a table, got 3"),
    ({"overrides": {"employees.turnover": math.nan}}, "employees.turnover must be a number, 0 to 0.5 (per month), got nan"),
    ({"overrides": {3: 4}}, "3 is not a parameter"),
    ({"policies": 3}, "policy must be a name, a path or a policy, got 3"),
    ({"policies": []}, "--policy must name at least one policy"),
    ({"policies": [None]}, "policy must be a name, a path or a policy, got nothing"),
    ({"policies": {"none": 1}}, "policy must be a name, a path or a policy, got a table"),
    ({"policies": ["symbolic", Policy("symbolic")]}, "got two that are called symbolic"),
    ({"policies": Policy("mine", (Phase(amounts={"speechs": 1.0}),))},
     "policies.mine.phases[0].speechs is not a resource. Did you mean speeches?"),
    ({"policies": Policy("mine", (Phase(amounts={"speeches": math.nan}),))}, "policies.mine.phases[0].speeches must be a number"),
    ({"policies": Policy("mine", (Phase(amounts={"speeches": 99.0}),))}, "policies.mine.phases[0].speeches must be 0 to 5"),
    ({"policies": Policy("mine", (Phase(departments=("moon",), amounts={"speeches": 1.0}),))}, "must be a department"),
    ({"policies": Policy("mine", (Phase(start=2.5, amounts={"speeches": 1.0}),))}, "from must be a whole number"),  # type: ignore[arg-type]
    ({"policies": Policy("mine", (Phase(amounts={"speeches": 1.0}, stop_when=Condition("moon", above=1.0)),))}, "weekly outcome"),
    ({"policies": Policy("=cmd", (Phase(amounts={"speeches": 1.0}),))}, "must be a name"),
    ({"policies": Policy("a\u202eb")}, "must be a name"),
    ({"posterior": 3}, "--posterior must be a path, got 3"),
    ({"posterior": "none"}, "--posterior must be a folder with posterior.parquet, got none"),
    ({"scenario": 3}, "scenario must be a name or a path, got 3"),
    ({"scenario": None, "replicates": 0}, "--replicates must be a whole number"),
    ({"scenario": "retail-bnk"}, "Did you mean retail-bank, which ships?"),
    ({"scenario": "a\0b"}, "is no such file"),
]  # fmt: skip

MODELS: list[Wrong] = [
    *(({"rng": value}, "rng must be a whole number from 0 to 2^64 - 1") for value in (*NO_WHOLE_NUMBERS, -1, 2**64)),
    *(({"weeks": value}, "weeks must be a whole number, 0 to 5200") for value in (*NO_WHOLE_NUMBERS, -1)),
    ({"policy": 3}, "policy must be a name, a path or a policy, got 3"),
    ({"policy": "symbolc"}, "symbolic"),
    ({"scenario": 3.5}, "scenario must be a name or a path, got 3.5"),
    ({"employees__turnover": math.nan}, "employees.turnover must be a number"),
    *(({"ties": value}, "ties must be pairs of whole numbers") for value in (3, "network.csv", [(0.5, 1)], [1, 2], {})),
    ({"ties": [(0, 1), (1, 1)]}, "ties[1] must be two different seats from 0 to"),
    ({"ties": [(0, 1)]}, "have no tie, the first of them seat 1"),
    ({"extensions": "missing.py"}, "missing.py: the extension must be readable"),
]

CALLS: list[tuple[Callable[[], object], str]] = [
    (lambda: Scenario.load(3), "scenario must be a name or a path, got 3"),  # type: ignore[arg-type]
    (lambda: load_policy(["none"]), "policy must be a name or a path, got a list of 1"),  # type: ignore[arg-type]
    (lambda: load_experiment(None), "experiment must be a name or a path, got nothing"),  # type: ignore[arg-type]
    (lambda: load_experiment("durability", {"replicates": 2.5}), "replicates must be a whole number"),
    (lambda: load_experiment("durability", {"seed": -1}), "seed must be 0 to"),
    (lambda: load_experiment("durability", {"weeks": True}), "weeks must be a whole number"),
    (lambda: tiny().with_policies(Policy("mine", (Phase(amounts={"speechs": 1.0}),))), "Did you mean speeches?"),
    (lambda: tiny().in_future("moon"), "is not a future"),
    (lambda: tiny().override({"objective": "moon"}), "objective must be a measure to maximize"),
    (lambda: tiny().override({"weeks": 0}), "weeks must be 1 to 5200"),
    (lambda: Scenario.from_dict({"departments": 3}), "departments must be a list of tables"),
    (lambda: sweep("durability", "nowhere", workers=0), "--workers must be a whole number, 1 to 1000, got 0"),
    (lambda: sweep("durability", "nowhere", workers=2.5), "--workers must be a whole number"),  # type: ignore[arg-type]
    (lambda: sweep("durability", "nowhere", cluster=3), "--cluster must be text"),  # type: ignore[arg-type]
    (lambda: sweep("durability", "nowhere", retry_failed="no"), "--retry-failed must be true or false"),  # type: ignore[arg-type]
    (lambda: sweep("durability", 3), "out must be a path, got 3"),  # type: ignore[arg-type]
    (lambda: calibrate_files(3, "o.toml", Options()), "data must be a path, got 3"),  # type: ignore[arg-type]
    (lambda: plan_request(FitRequest("retail-bank", 3)), "history must be a path, got 3"),  # type: ignore[arg-type]
    *(
        (lambda given=given: plan_request(FitRequest("retail-bank", "none.csv", **given)), words)  # type: ignore[misc]
        for given, words in (
            ({"draws": "3"}, "--draws must be a whole number, 64 to 65536"),
            ({"hold_out": 2.5}, "--hold-out must be a whole number"),
            ({"columns": 3}, "--column must be a list of texts, got 3"),
            ({"start": 3}, "--start must be text"),
            ({"period": 3}, "--period must be one of year"),
            ({"plan": "yes"}, "--plan must be true or false"),
            ({"policy": 3}, "policy must be a name, a path or a policy, got 3"),
        )
    ),
    *(
        (lambda given=given: calibrate_files("none.csv", "o.toml", Options(**given)), words)  # type: ignore[misc]
        for given, words in (
            ({"customers": "3"}, "--customers must be a whole number, 1 to 10000000"),
            ({"cohort": 2.5}, "--cohort must be a whole number"),
            ({"holdout_weeks": True}, "--holdout-weeks must be a whole number"),
            ({"margin": math.nan}, "--margin must be more than 0, at most 1"),
            ({"customer": 3}, "--customer must be text"),
            ({"kind": 3}, "--kind must be one of transactions, retention, got 3"),
            ({"currency": 3}, "--currency must be text"),
        )
    ),
    (lambda: read_store("/dev/null/nothing"), "must be a folder that `centricity sweep` has written"),
]


def refused(call: Callable[[], object]) -> str:
    with pytest.raises(ScenarioError) as error:
        call()
    return str(error.value)


@pytest.mark.parametrize(("given", "words"), COMPARED, ids=lambda case: repr(case)[:60])
def test_what_cannot_be_compared_is_refused(given: dict[str, Any], words: str) -> None:
    assert words in refused(lambda: compare(**{"scenario": "online-store", **given}))


@pytest.mark.parametrize(("given", "words"), MODELS, ids=lambda case: repr(case)[:60])
def test_what_no_model_can_be_is_refused(given: dict[str, Any], words: str) -> None:
    assert words in refused(lambda: CentricityModel(**{"scenario": "online-store", **given}))


@pytest.mark.parametrize(("call", "words"), CALLS, ids=range(len(CALLS)))
def test_calls_refuse_what_files_and_options_may_not_hold(
    call: Callable[[], object], words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert words in refused(call)
    assert not list(tmp_path.iterdir())


def test_analyses_refuse_what_the_command_refuses() -> None:
    table = pd.DataFrame({"speed": np.arange(20) % 5, "waiting": np.arange(20) % 11})
    for given, words in (
        (((), "waiting"), "the columns of parameters must be named"),
        (("speed", ()), "the columns of results must be named"),
        (("speed", "waiting", "zzqx"), "the kind must be one of sample, grid"),
        (("speed", "waiting", "sample", ["speed"]), "'speed' of lower must be a result"),
    ):
        options = dict(zip(("factors", "outcomes", "kind", "lower"), given, strict=False))
        with pytest.raises(TableError, match=words):
            Sweep.from_table(table, **options)  # type: ignore[arg-type]
    with pytest.raises(TableError, match="'moon' is not an outcome of the sweep"):
        analyze_outcome(Sweep.from_table(table, "speed", "waiting"), "moon")


def test_all_faults_of_a_call_are_told_together() -> None:
    said = refused(lambda: compare("online-store", replicates=0, seed=-1, budget=math.nan, policies=["symbolc"]))
    assert [line.partition(" must")[0] for line in said.split("\n")] == ["--replicates", "--seed", "--budget", "policy"]


def test_numbers_of_numpy_and_whole_floats_are_whole_numbers() -> None:
    plan = plan_comparison(
        ComparisonRequest(
            tiny(), ("none",), weeks=np.int64(5), replicates=np.int32(2), seed=np.uint8(7), workers=np.int64(1),  # type: ignore[arg-type]
            unknown=0.0, without="norm", equal_budget=np.bool_(False),  # type: ignore[arg-type]
        )
    )  # fmt: skip
    assert (plan.scenario.weeks, plan.replicates, plan.seed, plan.without) == (5, 2, 7, ("norm",))
    assert all(type(value) is int for value in (plan.replicates, plan.seed, plan.scenario.weeks))
    model = CentricityModel(tiny(), rng=np.int64(3), weeks=4.0)  # type: ignore[arg-type]
    assert (model.seed_used, model.weeks) == (3, 4)
    for duration in (math.nan, -1, "2", True):
        assert "duration must be a number of weeks" in refused(lambda given=duration: model.run_for(given))  # type: ignore[misc]


def test_a_folder_with_files_of_ones_own_is_not_replaced(tmp_path: Path) -> None:
    done = compare("online-store", policies=["none"], replicates=1, weeks=2, workers=1, overrides=TINY)
    (tmp_path / "mine").mkdir()
    own = tmp_path / "mine" / "thesis.txt"
    own.write_text("years of work")
    assert "holds an earlier comparison and nothing else" in refused(lambda: done.save(own.parent))
    assert "must be a folder" in refused(lambda: done.save(own))
    assert own.read_text() == "years of work"


def finished(model: CentricityModel) -> CentricityModel:
    """A model that has run to its end, as a worker gives it back."""
    model.run_for(10)
    return model


def test_models_travel_and_go_on_as_they_would_have() -> None:
    model = CentricityModel("online-store", policy="symbolic", rng=3, weeks=6, **KEYWORDS)
    model.run_for(3)
    assert len(model.agents) > 0
    others = [pickle.loads(pickle.dumps(model)), copy.deepcopy(model), copy.copy(model)]
    with multiprocessing.get_context("fork").Pool(1) as pool:
        others += pool.map(finished, [model])
    for other in others:
        assert len(finished(other).outcomes()) == 6
    assert len(model.outcomes()) == 3, "a copy has a state of its own"
    expected = finished(model).outcomes()
    for other in others:
        assert other.outcomes().equals(expected)
        assert {agent.identity for agent in other.agents} == {agent.identity for agent in model.agents}
