"""Files that are open to several readings, or of another kind than they seem: told with an option that settles it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.calibration.calibrate import calibrate_files
from sim.calibration.options import Options
from sim.calibration.purchase_log import day_in_words
from sim.calibration.purchases import check_for_contracts
from sim.calibration.retention_table import read_retention
from sim.calibration.run_table import read_run_table
from sim.calibration.text_table import read_table
from sim.model.scenario import ScenarioError
from sim.model.scenario.messages import Faults

from .logs import log_of, simulated, written

FRAME = simulated(80, seed=2)
WHOLE = FRAME.assign(amount=np.where(FRAME["amount"] < 20, 980, np.where(FRAME["amount"] < 40, 1250, 12500)))
DATES = pd.to_datetime(FRAME["date"])


def thousands(mark: str) -> pd.DataFrame:
    """Whole amounts with this mark between thousands."""
    return WHOLE.assign(amount=[f"{amount:,}".replace(",", mark) for amount in WHOLE["amount"].tolist()])


def refusal(path: Path, **options: str) -> str:
    """The only fault of a log."""
    with pytest.raises(ScenarioError) as caught:
        log_of(path, None, **options)
    (fault,) = caught.value.faults
    return fault


@pytest.mark.parametrize(
    ("names", "money"),
    [
        (("customer_id", "date", "dollar_value"), True),
        (("CustomerID", "OrderDate", "OrderTotalEUR"), True),
        (("Kunden-Nr.", "Bestelldatum", "Rechnungsbetrag (EUR)"), True),
        (("N\u00b0 client", "Date d'achat", "Montant TTC"), True),
        (("C\u00f3digo de cliente", "Fecha de compra", "Importe total"), True),
        (("customer", "date", "frobs"), False),
        (("customer", "date", "discount total"), False),
    ],
)
def test_money_is_found_by_name_or_the_log_warns(tmp_path: Path, names: tuple[str, ...], money: bool) -> None:
    warnings = Faults()
    log = log_of(written(tmp_path / "log.csv", FRAME.set_axis(list(names), axis=1)), warnings)
    assert log.has_money == money
    assert any("--money" in warning and names[2] in warning for warning in warnings.messages) != money


def test_no_warning_of_money_without_a_column_for_it(tmp_path: Path) -> None:
    warnings = Faults()
    log_of(written(tmp_path / "log.csv", FRAME.assign(order_number=range(len(FRAME))).drop(columns="amount")), warnings)
    log_of(written(tmp_path / "log.csv", FRAME), warnings, money="none")
    assert warnings.messages == []


@pytest.mark.parametrize("option", [{"margin": 0.3}, {"currency": "EUR"}, {"sign": "negative"}])
def test_options_about_money_are_refused_without_money(tmp_path: Path, option: dict[str, object]) -> None:
    data = written(tmp_path / "log.csv", FRAME.drop(columns="amount"))
    with pytest.raises(
        ScenarioError, match=rf"--{next(iter(option))} is for what customers paid, got a log without money"
    ):
        calibrate_files(data, tmp_path / "s.toml", Options(**option))  # type: ignore[arg-type]


def test_points_for_thousands_are_decided_by_the_file(tmp_path: Path) -> None:
    frame = thousands(".").assign(date=DATES.dt.strftime("%d.%m.%Y"))
    warnings = Faults()
    log = log_of(written(tmp_path / "log.csv", frame, ";"), warnings)
    assert set(np.unique(log.money)) >= {980, 1250, 12500}
    assert (
        " since semicolons separate the columns" in warnings.messages[0] and "--decimal point" in warnings.messages[0]
    )


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_points_for_thousands_are_asked_about_where_nothing_decides(tmp_path: Path, separator: str) -> None:
    path = written(tmp_path / "log.csv", thousands("."), separator)
    fault = refusal(path)
    assert "can be 1.25 or 1250" in fault or "can be 12.5 or 12500" in fault
    assert "--decimal point" in fault and "--decimal comma" in fault
    assert log_of(path, decimal="comma").money.max() >= 12500
    assert log_of(path, decimal="point").money.min() == 1.25


def test_commas_for_thousands(tmp_path: Path) -> None:
    warnings = Faults()
    assert log_of(written(tmp_path / "log.csv", thousands(",")), warnings).money.min() == 980
    assert "since commas separate the columns" in warnings.messages[0]
    path = written(tmp_path / "log.csv", thousands(","), ";")
    assert "--decimal point for 1250" in refusal(path) or "--decimal point for 12500" in refusal(path)
    assert log_of(path, decimal="point").money.min() == 980


def test_other_columns_and_amounts_without_marks_decide(tmp_path: Path) -> None:
    frame = thousands(".").assign(weight="2,5")
    assert log_of(written(tmp_path / "log.csv", frame, ";")).money.min() == 980
    frame = thousands(".").assign(amount=["1250" if text == "980" else text for text in thousands(".")["amount"]])
    assert log_of(written(tmp_path / "log.csv", frame, ";")).money.min() == 1.25


def test_a_mark_for_decimals_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert "--decimal is for amounts with a point or a comma" in refusal(
        written(tmp_path / "a.csv", WHOLE), decimal="point"
    )
    assert "must be a number with a decimal comma" in refusal(written(tmp_path / "b.csv", FRAME), decimal="comma")


def test_amounts_below_zero(tmp_path: Path) -> None:
    frame = FRAME.assign(amount=-FRAME["amount"])
    path = written(tmp_path / "log.csv", frame)
    assert "most of them, this the first. If purchases are written below 0" in refusal(path)
    np.testing.assert_allclose(log_of(path, sign="negative").money, log_of(written(tmp_path / "p.csv", FRAME)).money)


EPOCH = (DATES - pd.Timestamp("1970-01-01")).dt.days * 86_400 + 54_000


@pytest.mark.parametrize(
    ("dates", "style"),
    [
        ((DATES - pd.Timestamp("1899-12-30")).dt.days, "excel"),
        ((DATES - pd.Timestamp("1899-12-30")).dt.days + 0.625, "excel"),
        (EPOCH, "epoch"),
        (EPOCH * 1000, "epoch"),
        (EPOCH * 1_000_000, "epoch"),
    ],
)
def test_dates_that_are_numbers(tmp_path: Path, dates: pd.Series, style: str) -> None:
    path = written(tmp_path / "log.csv", FRAME.assign(date=dates))
    assert f"say --date-format {style} if they are" in refusal(path)
    plain = log_of(written(tmp_path / "plain.csv", FRAME))
    np.testing.assert_array_equal(log_of(path, date_format=style).day, plain.day)
    assert day_in_words(plain.first_day) >= datetime(1997, 1, 1, tzinfo=UTC).date().isoformat()


def test_days_and_months_that_a_spreadsheet_exchanged_are_hinted_at(tmp_path: Path) -> None:
    dates = pd.date_range("2023-02-01", "2023-05-30", periods=len(FRAME)).to_series()
    mangled = [date.strftime("%m/%d/%Y" if date.day <= 12 else "%d/%m/%Y") for date in dates]
    for texts, expected in ((mangled, 1), ([date.strftime("%d/%m/%Y") for date in dates], 0)):
        warnings = Faults()
        log_of(written(tmp_path / "log.csv", FRAME.assign(date=texts)), warnings)
        assert sum("spreadsheets exchange day and month" in warning for warning in warnings.messages) == expected


def test_warnings_are_told_before_the_fault_that_follows(tmp_path: Path) -> None:
    frame = FRAME.assign(amount=FRAME["amount"].where(FRAME.index % 2 == 0)).head(9)
    said: list[str] = []
    with pytest.raises(ScenarioError):
        calibrate_files(written(tmp_path / "log.csv", frame), tmp_path / "s.toml", Options(), report=said.append)
    assert any(text.startswith("warning: ") and "must be an amount, got nothing" in text for text in said)


@pytest.mark.parametrize(
    "line", ["1,2023-01-01,1e300", "1,1997-01-09,1e300", "1,9999-12-31,4", "1,0001-01-01,4", "1,1e300,4", "1e300,x,1"]
)
def test_one_absurd_entry_is_refused_by_its_line(tmp_path: Path, line: str) -> None:
    lines = FRAME.to_csv(index=False).splitlines()
    (tmp_path / "log.csv").write_text("\n".join([*lines[:4], line, *lines[5:]]) + "\n", encoding="utf-8")
    assert "line 5" in refusal(tmp_path / "log.csv")


def test_a_summary_and_a_log_of_contracts_are_told_from_purchases(tmp_path: Path) -> None:
    summary = FRAME.drop_duplicates("customer")
    with pytest.raises(ScenarioError, match="one line a customer, as a summary has"):
        calibrate_files(written(tmp_path / "log.csv", summary), tmp_path / "s.toml", Options())
    renewals = pd.DataFrame(
        [
            (customer, (pd.Timestamp("2020-01-01") + pd.Timedelta(days=customer + 365 * year)).date().isoformat())
            for customer in range(60)
            for year in range(1 + customer % 4)
        ],
        columns=["customer", "date"],
    )
    log, warnings = log_of(written(tmp_path / "log.csv", renewals)), Faults()
    with pytest.raises(
        ScenarioError, match=r"100 % of all intervals .* of 365 days.*table of retention.*--kind transactions"
    ):
        check_for_contracts(log, False, "log.csv", warnings)
    check_for_contracts(log, True, "log.csv", warnings)
    assert len(warnings.messages) == 1
    check_for_contracts(log_of(written(tmp_path / "log.csv", FRAME)), False, "log.csv", Faults())


def table_of(path: Path, text: str, **options: str) -> list[float]:
    """Survivors in a table of retention."""
    path.write_text(text, encoding="utf-8")
    chosen = Options(**options)  # type: ignore[arg-type]
    ways = (chosen.column, chosen.period, chosen.unit, chosen.cohort, Faults(), chosen.values, chosen.decimal)
    return [float(left) for left in read_retention(read_table(path), *ways).survivors]


@pytest.mark.parametrize(
    ("text", "options", "survivors"),
    [
        ("year,churn\n1,13%\n2,12%\n3,9%\n", {"values": "churn"}, [1000, 870, 765.6, 696.696]),
        ("year,churn\n0,0\n1,.1\n2,.5\n", {"values": "churn"}, [1000, 900, 450]),
        ("year,lost\n1,100\n2,50\n", {"values": "churn", "unit": "count", "cohort": 1000}, [1000, 900, 850]),
        ("year,kept\n1,90%\n2,95%\n", {"values": "retention"}, [1000, 900, 855]),
        ("Monat;left\n" + "".join(f"{month};{100 - month}\n" for month in range(25)), {}, [1000, 880, 760]),
        ("year|left\n0|1.000\n1|631\n2|468\n", {}, [1000, 631, 468]),
        ("year,practice\n0,100\n1,50\n2,40\n", {"values": "survivors"}, [1000, 500, 400]),
    ],
)
def test_what_a_table_holds(tmp_path: Path, text: str, options: dict[str, str], survivors: list[float]) -> None:
    np.testing.assert_allclose(table_of(tmp_path / "table.csv", text, **options), survivors)


@pytest.mark.parametrize(
    ("text", "options", "words"),
    [
        ("year,churn\n1,13%\n2,12%\n3,9%\n", {}, "got by its name those who leave. Say --values churn"),
        ("Jahr;K\u00fcndigungen\n1;13%\n2;12%\n3;9%\n", {}, "got by its name those who leave"),
        ("quarter,practice\n1,.5\n2,.4\n3,.3\n", {}, "such as a survey, which this command cannot fit"),
        ("year,rate\n1,88\n2,87.5\n3,88.4\n", {}, "--values retention.*lifetime.retention_annual"),
        ("year,left\n0,1000\n1,800\n2,700\n", {"cohort": 1000}, "--cohort is for tables without their start"),
        ("year,left\n0,100\n1,80\n2,70\n", {"decimal": "comma"}, "--decimal is for amounts with a point or a comma"),
        ("year,lost\n1,100\n2,50\n", {"values": "churn", "unit": "count"}, "--cohort must be given"),
        ("year,lost\n1,120%\n2,50%\n", {"values": "churn"}, "must be 0 to 100 in each period"),
        ("year,left\n0,1e300\n1,800\n2,700\n", {}, r"must be the survivors, at most 1e\+12"),
    ],
)
def test_what_a_table_does_not_hold(tmp_path: Path, text: str, options: dict[str, str], words: str) -> None:
    with pytest.raises(ScenarioError, match=words):
        table_of(tmp_path / "table.csv", text, **options)


@pytest.mark.parametrize(
    ("separator", "cells", "decimal", "values"),
    [
        (";", ["980", "1.250", "12.500"], "comma", [980, 1250, 12500]),
        (";", ["980", "1.250", "12.500"], "point", [980, 1.25, 12.5]),
        (";", ["980", "1,250", "12,500"], "point", [980, 1250, 12500]),
        (";", ["980", "1,250", "12,500"], "comma", [980, 1.25, 12.5]),
        (",", ["980", "1.250", "12.500"], None, [980, 1.25, 12.5]),
    ],
)
def test_tables_of_runs(
    tmp_path: Path, separator: str, cells: list[str], decimal: str | None, values: list[float]
) -> None:
    path = tmp_path / "theirs.csv"
    path.write_text(f"speed{separator}wait\n" + "".join(f"1{separator}{cell}\n" for cell in cells), encoding="utf-8")
    said: list[str] = []
    table = read_run_table(path, ["speed", "wait"], ["wait"], said.append, decimal)  # type: ignore[arg-type]
    assert table["wait"].tolist() == values
    assert bool(said) == (decimal is None)
    if separator == ";":
        with pytest.raises(ScenarioError, match="Say --decimal point or --decimal comma"):
            read_run_table(path, ["speed", "wait"], ["wait"], said.append)
