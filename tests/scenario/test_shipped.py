"""What ships is found in a checkout as in an installed package."""

from __future__ import annotations

from pathlib import Path

import pytest

import sim
from sim.model.scenario import Scenario, load_policy, shipped

from .small import write

pytestmark = pytest.mark.recipe("scenario", "policy")

PACKAGE = Path(sim.__file__).resolve().parent


@pytest.mark.parametrize("name", shipped.files("scenarios", PACKAGE))
def test_every_scenario_that_ships_is_fine_and_documented(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shipped, "PACKAGE", PACKAGE)
    scenario = Scenario.load(name)
    assert scenario.name == name
    assert scenario.about
    assert scenario.notice
    assert scenario.suggestion
    assert Scenario.from_dict(scenario.to_dict()) == scenario
    for future in scenario.futures:
        assert scenario.in_future(future) != scenario


@pytest.mark.parametrize("name", shipped.files("policies", PACKAGE))
def test_every_policy_that_ships_is_fine_and_documented(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shipped, "PACKAGE", PACKAGE)
    policy = load_policy(name)
    assert policy.name == name
    assert policy.about
    assert policy.notice
    assert policy.suggestion
    assert policy.resources


def test_in_a_checkout_the_folders_that_people_edit_ship(checkout: Path) -> None:
    write(checkout / "scenarios" / "utility.toml", "")
    write(checkout / "scenarios" / "bank.toml", "")
    write(checkout / "scenarios" / "README.md", "")
    write(checkout / "scenarios" / "policies" / "symbolic.toml", "")
    write(checkout / "experiments" / "turnover.toml", "")
    assert list(shipped.files("scenarios")) == ["bank", "utility"]
    assert list(shipped.files("policies")) == ["symbolic"]
    assert list(shipped.files("experiments")) == ["turnover"]
    assert shipped.label(shipped.files("policies")["symbolic"]) == "scenarios/policies/symbolic.toml"


def test_in_an_installed_package_its_data_ship(checkout: Path) -> None:
    write(checkout / "scenarios" / "of-somebody-else.toml", "")
    write(checkout / "sim" / "shipped" / "scenarios" / "bank.toml", "")
    write(checkout / "sim" / "shipped" / "scenarios" / "policies" / "symbolic.toml", "")
    assert list(shipped.files("scenarios")) == ["bank"]
    assert list(shipped.files("policies")) == ["symbolic"]
    assert shipped.label(shipped.files("scenarios")["bank"]) == "scenarios/bank.toml"


def test_nothing_may_ship() -> None:
    assert shipped.files("scenarios") == {}


def test_a_file_elsewhere_is_called_by_its_path(tmp_path: Path) -> None:
    assert shipped.label(tmp_path / "x.toml", Path("/nowhere/sim")) == str(tmp_path / "x.toml")
