"""From a fit to a scenario that loads, runs, keeps its customers, and says where its numbers come from."""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure
from scipy.integrate import quad

from sim.calibration import figures, fit_report
from sim.calibration.calibrate import Calibration, calibrate_files
from sim.calibration.customer_base import acquisition, staying
from sim.calibration.legal_ranges import legal_pair
from sim.calibration.options import Options
from sim.calibration.outputs import Outputs
from sim.calibration.scenario_text import name_of
from sim.model.kernel.elementwise import elementwise
from sim.model.mechanisms import lifetime
from sim.model.scenario import Scenario, ScenarioError
from sim.model.scenario.messages import Faults
from sim.model.simulation import burn_in, simulate

from .logs import cdnow_path, log_of, retention_path, simulated, written

SHOP = {"purchase_shape": 0.243, "purchase_scale": 4.414, "dropout_a": 0.793, "dropout_b": 2.426}


@pytest.fixture(scope="module", name="shop")
def calibrated_shop(tmp_path_factory: pytest.TempPathFactory) -> tuple[Calibration, Path]:
    """A calibration to CDNOW and its scenario."""
    path = tmp_path_factory.mktemp("shop") / "my-shop.toml"
    return calibrate_files(cdnow_path(), path, Options(margin=0.3, customers=500, currency="$")), path


@pytest.fixture(scope="module", name="bank")
def calibrated_bank(tmp_path_factory: pytest.TempPathFactory) -> tuple[Calibration, Path]:
    """A calibration to the High End cohort and its scenario."""
    path = tmp_path_factory.mktemp("bank") / "bank.toml"
    return calibrate_files(retention_path(), path, Options(column="high_end")), path


def test_a_shop_has_the_numbers_of_the_data(shop: tuple[Calibration, Path]) -> None:
    scenario = Scenario.load(shop[1])
    p = scenario.parameters
    for key, value in SHOP.items():
        assert p[f"lifetime.{key}"] == pytest.approx(value, abs=6e-4)
    assert p["customers.contract_share"] == 0.0
    assert p["money.purchase"] == pytest.approx(0.3 * 35.17, abs=0.005)
    assert p["money.margin_spread"] == pytest.approx(0.553, abs=0.001)
    template = Scenario.load("online-store")
    assert (p["customers.initial"], p["customers.market"]) == (500, 1000)
    total = float(template.parameters["customers.initial"]) * float(template.parameters["customers.represented"])
    assert 500 * float(p["customers.represented"]) == pytest.approx(total)
    assert scenario.departments == template.departments and scenario.events == template.events
    assert scenario.currency == "$" and scenario.default_policies == template.default_policies
    assert p["money.contact_cost"] == template.parameters["money.contact_cost"]


def test_a_bank_has_the_numbers_of_the_table(bank: tuple[Calibration, Path]) -> None:
    scenario = Scenario.load(bank[1])
    p = scenario.parameters
    assert p["lifetime.churn_alpha"] == pytest.approx(0.668, abs=5e-4)
    assert p["lifetime.churn_beta"] == pytest.approx(3.806, abs=5e-4)
    assert p["customers.contract_share"] == 1.0
    assert scenario.departments == Scenario.load("retail-bank").departments
    assert not set(scenario.policies) - set(Scenario.load("online-store").policies)


def test_a_scenario_says_where_its_numbers_come_from(shop: tuple[Calibration, Path]) -> None:
    text = shop[1].read_text(encoding="utf-8")
    scenario = Scenario.load(shop[1])
    digest = "6fae10155c0b0ba363c2c386e30f77990d22328220efd862a5edd1443420d94a"
    for part in (scenario.about, " ".join(text.replace("\n# ", " ").split())):
        assert "cdnow_sample.txt" in part and digest in part and "1997-01-01 to 1997-09-30" in part
    assert "12 % too low" in scenario.notice and "Describe your own organization" in scenario.suggestion
    assert "# Written by: centricity calibrate cdnow_sample.txt --out my-shop.toml --customers 500" in text
    assert "template: edit" in text
    assert str(cdnow_path().parent) not in text


@pytest.mark.parametrize("which", ["shop", "bank"])
def test_scenarios_run(which: str, request: pytest.FixtureRequest) -> None:
    _, path = request.getfixturevalue(which)
    scenario = Scenario.load(path).override({"run.burn_in": 2, "customers.initial": 300, "customers.market": 600})
    weekly = simulate(burn_in(scenario, 3), 5).weekly
    assert len(weekly) == 5
    assert weekly[["enacted", "active_customers", "profit"]].notna().all().all()
    assert weekly["active_customers"].between(200, 400).all()


def test_the_same_data_give_the_same_files(shop: tuple[Calibration, Path], tmp_path: Path) -> None:
    again = tmp_path / "my-shop.toml"
    calibrate_files(cdnow_path(), again, Options(margin=0.3, customers=500, currency="$"))
    for one, other in zip(Outputs.of(shop[1]).all, Outputs.of(again).all, strict=True):
        assert one.read_bytes() == other.read_bytes(), one.name


def test_customers_stay_as_the_model_has_it() -> None:
    numbers = {f"lifetime.{key}": value for key, value in SHOP.items()}

    def left(dropout: float, weeks: float) -> float:
        return float((4.414 / (4.414 + dropout * weeks)) ** 0.243)

    rng = np.random.default_rng(1)
    kinds = elementwise(lifetime.dropout_probability)(rng.random(200_000), 0.793, 2.426)
    for weeks in (10.0, 200.0):
        direct = np.mean([left(float(p), weeks) for p in kinds])
        assert staying(numbers, np.array([weeks]))[0] == pytest.approx(direct, abs=1e-3)
    assert staying(numbers, np.array([0.0]))[0] == 1.0
    yearly = staying({"lifetime.churn_alpha": 0.668, "lifetime.churn_beta": 3.806}, np.array([52.0]))
    assert yearly[0] == pytest.approx(3.806 / 4.474)


def test_as_many_customers_come_as_leave() -> None:
    churn = {"lifetime.churn_alpha": 100.0, "lifetime.churn_beta": 400.0}  # nearly alike: 20 % a year
    rate = acquisition(churn, 1000, 3000, 3.0, 260)
    weekly = 1.0 - 0.8 ** (1 / 52)
    assert rate * 2000 == pytest.approx(1000 * weekly, rel=0.01)
    churn = {"lifetime.churn_alpha": 0.7, "lifetime.churn_beta": 1.2}
    come = acquisition(churn, 1000, 3000, 2.0, 200) * 2000

    def survivors(start: float, end: float) -> float:
        return float(quad(lambda week: float(staying(churn, np.array([week]))[0]), start, end)[0])

    old = 1000 * survivors(200, 200 + 104) / survivors(0, 104)
    assert old + come * survivors(0, 200) == pytest.approx(1000, rel=1e-4)


def test_the_customer_base_is_as_large_after_a_run(bank: tuple[Calibration, Path]) -> None:
    scenario = Scenario.load(bank[1]).override({"employees.number": 50})
    active = simulate(burn_in(scenario, 1), 260).weekly["active_customers"]
    assert active.iloc[-1] == pytest.approx(2000, rel=0.06)
    assert active.between(1800, 2200).all()


@pytest.mark.parametrize(
    ("values", "expected"), [((1.0, 5.0), (1.0, 5.0)), ((1e6, 4e6), (100.0, 400.0)), ((1e-4, 1e-2), (0.01, 1.0))]
)
def test_pairs_keep_their_proportion(values: tuple[float, float], expected: tuple[float, float]) -> None:
    warnings = Faults()
    assert legal_pair("lifetime.dropout_a", "lifetime.dropout_b", values, warnings) == pytest.approx(expected)
    assert bool(warnings.messages) == (values != expected)


@pytest.mark.parametrize(
    ("stem", "name"),
    [
        ("my-shop", "my-shop"),
        ("Läden & Co", "Läden & Co"),
        ("a.b*c", "a-b-c"),
        ("--x--", "x"),
        ("???", "calibrated"),
        ("x" * 99, "x" * 60),
    ],
)
def test_names(stem: str, name: str) -> None:
    assert name_of(stem) == name
    table = {"name": name, "departments": [{"name": "all", "share": 1, "facing": 1, "power": 1}]}
    assert Scenario.from_dict(table).name == name


def test_awkward_names_of_files_do_no_harm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.calibration.outputs.save_png", lambda figure, path: path.write_bytes(b""))
    data = written(tmp_path / 'say """hi\\n""" \t [x] = #1.csv', simulated(300, seed=5))
    out = tmp_path / "a shop's scenario (1).toml"
    calibrate_files(data, out, Options(margin=1.0))
    scenario = Scenario.load(out)
    assert scenario.name == "a shop-s scenario -1"
    assert "say" in scenario.about
    assert tomllib.loads(out.read_text(encoding="utf-8"))["customers"]["contract_share"] == 0.0


@pytest.mark.parametrize(("hold_out", "money"), [(None, None), (0, None), (0, "none")])
def test_pictures_show_what_there_is(tmp_path: Path, hold_out: int | None, money: str | None) -> None:
    data = written(tmp_path / "log.csv", simulated(400, seed=4))
    result = calibrate_files(data, tmp_path / "shop.toml", Options(money=money, holdout_weeks=hold_out, margin=None))
    figure = figures.draw(result.fit, fit_report.title(result.fit, "shop"), "A note.")
    assert len(figure.axes) == 4 - (hold_out == 0) - (money == "none")
    assert overlapping_titles(figure) == []
    assert result.written[1].read_bytes().startswith(b"\x89PNG")
    assert any("--margin" in warning for warning in result.warnings) == (money is None)
    assert any("money.purchase" in line for line in result.warnings) == (money is None)


def overlapping_titles(figure: Figure) -> list[str]:
    """Titles of panels that run over the right edge of their panel."""
    figure.draw_without_rendering()
    return [
        ax.get_title(loc="left")
        for ax in figure.axes
        if ax.title.get_window_extent().x1 > ax.get_window_extent().x1 + 5
    ]


def test_edited_scenarios_are_not_overwritten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.calibration.outputs.save_png", lambda figure, path: path.write_bytes(b""))
    out = tmp_path / "bank.toml"
    options = Options(column="2")
    calibrate_files(retention_path(), out, options)
    calibrate_files(retention_path(), out, options)
    edited = out.read_text(encoding="utf-8").replace("number = 500", "number = 60")
    out.write_text(edited, encoding="utf-8")
    with pytest.raises(ScenarioError, match="--overwrite"):
        calibrate_files(retention_path(), out, options)
    assert out.read_text(encoding="utf-8") == edited
    calibrate_files(retention_path(), out, options, overwrite=True)
    assert "number = 500" in out.read_text(encoding="utf-8")


def test_sizes_that_a_scenario_cannot_hold_are_reported() -> None:
    faults = Faults()
    Options(customers=0, margin=1.5, currency=" ", holdout_weeks=-1).check(faults)
    assert [message.split()[0] for message in faults.messages] == [
        "--holdout-weeks",
        "--customers",
        "--margin",
        "--currency",
    ]


def test_logs_are_the_same_however_they_are_sorted(tmp_path: Path) -> None:
    frame = simulated(300, seed=6)
    one = log_of(written(tmp_path / "a.csv", frame))
    other = log_of(written(tmp_path / "b.csv", frame.sort_values(["date", "customer"])))
    assert (one.rows, one.merged, one.customers, one.weeks) == (other.rows, other.merged, other.customers, other.weeks)
