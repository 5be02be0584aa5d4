"""What ships is found in a checkout as in an installed package."""

from __future__ import annotations

from pathlib import Path

from sim.scenario import shipped

from .small import write


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
