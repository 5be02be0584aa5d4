"""Published organizations: their histories can be fitted, their conflicts are told, and the documentation says what was kept."""

from __future__ import annotations

import json
import tomllib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from long import published, published_page
from long.studies import STUDIES
from long.study import TOP

from sim.evidence.measures import cases
from sim.fitting.draws import sobol_points
from sim.fitting.fitting import run_fit
from sim.fitting.request import FitRequest, plan_request
from sim.lab.task import prepare_worker
from sim.lab.worker_pool import WorkerPool

FOLDER = TOP / published.PUBLISHED

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="needs the checkout")


def absolute(request: FitRequest) -> FitRequest:
    given = {name: getattr(request, name) for name in ("scenario", "history", "policy")}
    return replace(request, **{name: TOP / path for name, path in given.items() if path is not None})


@pytest.mark.parametrize("name", published.HISTORIES)
def test_a_published_history_can_be_fitted_as_the_page_says(name: str) -> None:
    setup = plan_request(absolute(published.HISTORIES[name]))
    assert len(setup.history.rows.windows) >= 3 and np.isfinite(setup.history.observed.values).sum() >= 3
    weeks = max((phase.end or 0 for phase in setup.policy.phases), default=0)
    assert setup.running.weeks >= weeks and setup.drawn


def test_every_file_of_the_folder_is_used_and_has_its_source() -> None:
    said = (FOLDER / "README.md").read_text(encoding="utf-8")
    used = {Path(str(path)).name for each in published.HISTORIES.values()
            for path in (each.scenario, each.history, each.policy) if path}  # fmt: skip
    assert {path.name for path in FOLDER.iterdir()} == {*used, "README.md"}
    assert all(f"`{name}`" in said for name in used)


def test_what_happened_at_the_chain_of_stores_is_what_the_case_has() -> None:
    table = tomllib.loads((FOLDER / "home-depot-organization.toml").read_text(encoding="utf-8"))
    assert table["events"] == [dict(cases.HOSTILE_SUCCESSION)]
    assert {name: table[name.split(".")[0]][name.split(".")[1]] for name in cases.HOME_DEPOT.fixed} == dict(
        cases.HOME_DEPOT.fixed
    )


def test_the_norm_is_calibrated_to_what_the_facts_say() -> None:
    wanted = {each.name: each for each in published.targets()}
    assert {name.split("/")[0] for name in wanted} == set(published.CALIBRATED_ON)
    assert wanted["keystone/three-years"].value == 0.34
    assert wanted["keystone/three-years"].error == pytest.approx(np.log(0.48 / 0.24) / 3.92)
    assert wanted["bloom-8y/adopted"].error == pytest.approx(0.26 / 3.92)
    assert wanted["bloom-8y/kept"].value == pytest.approx(0.26 * 0.76)
    assert all(each.name.startswith("norm.") for each in published.calibrated_parameters())


def test_means_leave_out_what_has_no_value() -> None:
    nan = float("nan")
    assert published._means([[1.0, nan, nan], [2.0, 4.0, nan]])[:2] == [1.5, 4.0]
    assert np.isnan(published._means([[nan], [nan]])[0])


@pytest.mark.slow
def test_what_no_point_reaches_is_told_and_left_out_of_the_posterior() -> None:
    parameters = published.calibrated_parameters()
    unit = sobol_points(1, 128, len(parameters))
    wanted = published.targets()
    rng = np.random.default_rng(1)
    seen = np.array([each.value for each in wanted]) + 0.02 * rng.standard_normal((128, len(wanted)))
    seen[:, 1] += 0.4 * (unit[:, 0] - 0.5)  # what the second target says of the first parameter
    seen[:, -1] = 0.9 + 0.01 * unit[:, 1]  # out of reach, and would say something of the second
    found = published.calibrate(unit, seen)
    assert found.conflicts == ["keystone/three-years"] and found.reach["keystone/three-years"]["inside"] == 0
    assert published.calibrate(unit, seen, "bloom-8y").parameters[parameters[0].name]["contraction"] < 0.1
    assert found.parameters[parameters[0].name]["contraction"] > 0.2
    assert not found.parameters[parameters[1].name]["identified"]
    assert len(found.draws) == published.KEPT_DRAWS and set(found.draws[0]) == {each.name for each in parameters}


@pytest.mark.slow
def test_a_published_history_is_fitted_in_a_tiny_organization() -> None:
    tiny = ("employees.number=12", "customers.initial=20", "customers.market=30", "run.burn_in=2")
    request = replace(absolute(published.HISTORIES["keystone"]), draws=64, workers=1, assignments=tiny)
    with WorkerPool(1, prepare_worker) as pool:
        result = run_fit(plan_request(request), pool)
    assert result.checks is not None and result.checks.holdout is not None
    assert result.checks.holdout.rows == ("13",)


def test_the_page_and_the_readme_say_what_was_kept() -> None:
    kept = STUDIES["published"].kept()
    if kept is None:
        pytest.skip("run: python tests/long published")
    again = "write it anew: python tests/long/published_page.py"
    assert published_page.render_page(kept["result"]) == published_page.PAGE.read_text(encoding="utf-8"), again
    assert published_page.render_short(kept["result"]) in published_page.README.read_text(encoding="utf-8"), again
    assert json.dumps(kept, allow_nan=False)


def test_a_headline_holds_only_where_its_interval_says_so() -> None:
    each = [
        {"id": name, "after": {"share": (low + high) / 2.0, "low": low, "high": high}}
        for name, low, high in (("more", 0.6, 0.9), ("fewer", 0.1, 0.4), ("open", 0.4, 0.6))
    ]
    assert [[one["id"] for one in part] for part in published_page.split_headlines({"headlines": each})] == [
        ["more"], ["fewer"], ["open"],
    ]  # fmt: skip


def test_numbers_have_no_zero_before_the_point_and_no_minus_before_nothing() -> None:
    shown = [published_page.number(each) for each in (0.26, -0.0301, 1.2, -0.0001, None)]
    assert shown == [".26", "-.030", "1.20", "0", "none"]
