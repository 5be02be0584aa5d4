"""sBG on a table of retention: published numbers, every way in which such tables are written, and what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sim.calibration.columns import recognize_kind
from sim.calibration.contract_fit import ContractFit, fit_contract
from sim.calibration.options import Period, Unit
from sim.calibration.retention_table import RetentionTable, read_retention
from sim.calibration.text_table import read_table
from sim.evidence.replications import shifted_beta_geometric
from sim.model.scenario import ScenarioError
from sim.model.scenario.messages import Faults

from .logs import retention_path


def table_of(
    path: Path,
    column: str | None = None,
    period: Period | None = None,
    unit: Unit | None = None,
    cohort: int | None = None,
    warnings: Faults | None = None,
) -> RetentionTable:
    """The table in a file."""
    return read_retention(read_table(path), column, period, unit, cohort, Faults() if warnings is None else warnings)


def fitted(path: Path, column: str, years: int | None = None) -> tuple[ContractFit, list[str]]:
    """A fit and its warnings."""
    warnings = Faults()
    return fit_contract(table_of(path, column, warnings=warnings), years, warnings), warnings.messages


@pytest.mark.parametrize(
    ("column", "alpha", "beta", "likelihood", "worst"),
    [
        ("regular", 0.704, 1.182, -1680.3, 0.61),
        ("High_End", 0.668, 3.806, -1611.2, 1.83),
        ("3", 0.668, 3.806, -1611.2, 1.83),
    ],
)
def test_published_cohorts(column: str, alpha: float, beta: float, likelihood: float, worst: float) -> None:
    fit, warnings = fitted(retention_path(), column)
    assert (round(fit.estimate.alpha, 3), round(fit.estimate.beta, 3)) == (alpha, beta)
    assert round(fit.estimate.log_likelihood, 1) == likelihood
    assert fit.fitted_years == 7 and fit.table.years == 12
    assert max(fit.worst_fitted, fit.worst_held_out or 0.0) == pytest.approx(worst, abs=0.005)
    assert warnings == []


def test_four_years_are_warned_about_and_miss_the_twelfth() -> None:
    fit, warnings = fitted(retention_path(), "high_end", 4)
    assert -fit.errors[12] == pytest.approx(8.7, abs=0.05)
    assert len(warnings) == 1 and "rests on 4 years" in warnings[0] and "8.7 percentage points" in warnings[0]


REGULAR = [100, 63.1, 46.8, 38.2, 32.6, 28.9]


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("year,left\n0,100\n1,63.1\n2,46.8\n3,38.2\n4,32.6\n5,28.9\n", "percent"),
        ("0 100\n1 63.1\n2 46.8\n3 38.2\n4 32.6\n5 28.9\n", "percent"),
        ("Jahr;Anteil\n1;63,1 %\n2;46,8 %\n3;38,2 %\n4;32,6 %\n5;28,9 %\n", "percent"),
        ("Year\tShare\nYear 0\t1\nYear 1\t.631\nYear 2\t.468\nYear 3\t.382\nYear 4\t.326\nYear 5\t.289\n", "share"),
        ("year,share\n1,.631\n2,.468\n3,.382\n4,.326\n5,.289\n", "share"),
        ("2010,1000\n2011,631\n2012,468\n2013,382\n2014,326\n2015,289\n", "count"),
        ('year|left\n0|"1,000"\n1|631\n2|468\n3|382\n4|326\n5|289\n', "count"),
        ("year,left\n0,100\n1,63.1\n2,46.8\n3,38.2\n4,32.6\n5,28.9\n6,\n7,\n", "percent"),
    ],
)
def test_ways_of_writing(tmp_path: Path, text: str, unit: str) -> None:
    path = tmp_path / "table.csv"
    path.write_text(text, encoding="utf-8")
    assert recognize_kind(read_table(path)) == "retention"
    table = table_of(path)
    assert table.unit == unit
    np.testing.assert_allclose(100 * table.shares, REGULAR)
    assert table.survivors[0] == 1000


def test_months_are_read_at_the_end_of_each_year(tmp_path: Path) -> None:
    left = 100 * shifted_beta_geometric.survival(0.7, 1.2, np.arange(49) / 12)
    for name, header, period in (("m.csv", "Months", None), ("p.csv", "period", "month")):
        path = tmp_path / name
        path.write_text(
            f"{header},left\n" + "".join(f"{i},{value}\n" for i, value in enumerate(left)), encoding="utf-8"
        )
        table = table_of(path, period=period)  # type: ignore[arg-type]
        assert table.years == 4
        fit = fit_contract(table, None, Faults())
        assert fit.estimate[:2] == pytest.approx((0.7, 1.2), rel=1e-3)


def test_a_cohort_that_the_table_leaves_out(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("year,left\n1,631\n2,468\n3,382\n", encoding="utf-8")
    assert table_of(path, cohort=1000).survivors.tolist() == [1000, 631, 468, 382]
    warnings = Faults()
    assert table_of(path, warnings=warnings).survivors.tolist() == [631, 468, 382]
    assert len(warnings.messages) == 1 and "--cohort" in warnings.messages[0]


def test_equal_customers_and_cohorts_that_do_not_fit_are_warned_about(tmp_path: Path) -> None:
    path = tmp_path / "equal.csv"
    path.write_text("year,left\n" + "".join(f"{i},{100 * 0.8**i}\n" for i in range(10)), encoding="utf-8")
    fit, warnings = fitted(path, "2")
    assert fit.estimate.alpha <= 100 and fit.estimate.mean_churn == pytest.approx(0.2, abs=1e-3)
    assert any("must be in the legal ranges" in message for message in warnings)
    path.write_text("year,left\n0,100\n1,80\n2,60\n3,58\n4,20\n", encoding="utf-8")
    assert any("is off by up to" in message for message in fitted(path, "2")[1])


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        (
            "year,left\n0,100\n1,90\n2,95\n3,80\n4,85\n",
            ["line 4, column 2 (left) must not have more", "line 6, column 2"],
        ),
        ("year,left\n0,100\n1,x\n2,-5\n3,\n4,1\n", ["line 3, column 2 (left)", 'got "-5"', "line 5, column 2 (left)"]),
        ("year,left\n0,100\n2,90\n3,80\n", ["line 3, column 1 (year) must be the number of a period"]),
        ("year,left\n0,100\n1,100\n2,100\n", ["got no loss"]),
        ("year,left\n0,100\n1,80\n", ["must cover at least 2 years, got 1"]),
        ("year,left\n0,0\n1,0\n2,0\n", ["must start with customers, got 0"]),
        ("month,left\n0,100\n1,80\n2,70\n", ["must cover at least 2 years, got 0 (one line a month)"]),
        ("year,a,b\n0,100,100\n1,80,90\n2,70,80\n", ["--column must choose one of several columns"]),
        ("year,left\n", ["must hold a table of retention, got no lines"]),
    ],
)
def test_tables_that_cannot_be(tmp_path: Path, text: str, faults: list[str]) -> None:
    path = tmp_path / "table.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        table_of(path)
    assert len(caught.value.faults) == len(faults)
    for message, words in zip(caught.value.faults, faults, strict=True):
        assert message.startswith(str(path)) and words in message


def test_a_cohort_smaller_than_its_survivors(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("year,left\n1,631\n2,468\n3,382\n", encoding="utf-8")
    with pytest.raises(ScenarioError, match="than the cohort had at the start"):
        table_of(path, cohort=500)


@pytest.mark.parametrize(("years", "words"), [(1, "must be 2 to 12"), (13, "must be 2 to 12")])
def test_years_to_fit_that_cannot_be(years: int, words: str) -> None:
    with pytest.raises(ScenarioError, match=words):
        fit_contract(table_of(retention_path(), "2"), years, Faults())
