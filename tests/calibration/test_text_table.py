"""From exported files to customers, days and money; faults are reported with line, value and remedy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.calibration.amounts import read_amounts
from sim.calibration.columns import recognize_kind
from sim.calibration.purchase_log import PurchaseLog, day_in_words
from sim.calibration.text_table import TextTable, read_table
from sim.model.scenario import ScenarioError
from sim.model.scenario.messages import Faults

from .logs import cdnow_path, log_of, retention_path, simulated, written

FRAME = simulated(80, seed=2)


def same(one: PurchaseLog, other: PurchaseLog) -> bool:
    """Whether two logs hold the same purchases, whatever customers are called."""
    return all(
        np.array_equal(getattr(one, name), getattr(other, name), equal_nan=name == "money")
        for name in ("customer", "day", "money")
    )


@pytest.fixture(name="plain")
def plain_log(tmp_path: Path) -> PurchaseLog:
    """The log written in the plainest way."""
    return log_of(written(tmp_path / "plain.csv", FRAME))


def with_dates(style: str) -> pd.DataFrame:
    """The log with its dates written otherwise."""
    return FRAME.assign(date=pd.to_datetime(FRAME["date"]).dt.strftime(style))


@pytest.mark.parametrize("separator", [",", ";", "\t", "|", " "])
@pytest.mark.parametrize("header", [True, False])
def test_separators(tmp_path: Path, plain: PurchaseLog, separator: str, header: bool) -> None:
    assert same(log_of(written(tmp_path / "log.txt", FRAME, separator, header)), plain)


@pytest.mark.parametrize(
    "style",
    [
        "%Y%m%d",
        "%Y-%m-%d",
        "%Y/%m/%d",
        "%d.%m.%Y",
        "%m/%d/%Y",
        "%d-%b-%Y",
        "%B %d, %Y",
        "%d.%m.%y",
        "%Y-%m-%dT%H:%M:%SZ",
    ],
)
def test_dates_are_understood(tmp_path: Path, plain: PurchaseLog, style: str) -> None:
    path = written(tmp_path / "log.csv", with_dates(style))
    assert same(log_of(path), plain)
    if "T" not in style:
        assert same(log_of(path, date_format=style), plain)


def test_dates_that_leave_open_which_is_the_day(tmp_path: Path) -> None:
    path = written(tmp_path / "log.csv", with_dates("%m/%d/%Y")[pd.to_datetime(FRAME["date"]).dt.day <= 12])
    with pytest.raises(ScenarioError, match=r"must say which number is the day.*--date-format %d/%m/%Y"):
        log_of(path)
    assert log_of(path, date_format="%m/%d/%Y").last_day > log_of(path, date_format="%d/%m/%Y").first_day


@pytest.mark.parametrize(
    ("texts", "amounts"),
    [
        (["1.5", "-2", "", "NA", "1e3"], [1.5, -2, np.nan, np.nan, 1000]),
        (["$1,234.50", "$2.00", "$10"], [1234.5, 2, 10]),
        (["1.234,50", "2,00", "10"], [1234.5, 2, 10]),
        (["12,5 EUR", "7 EUR"], [12.5, 7]),
        (["1 234,5 €", "2"], [1234.5, 2]),
    ],
)
def test_amounts_are_understood(texts: list[str], amounts: list[float]) -> None:
    found, bad = read_amounts(pd.Series(texts, dtype=str))
    np.testing.assert_array_equal(found, amounts)
    assert not bad.any()


def test_a_comma_after_a_leading_zero_is_decimal() -> None:
    amounts, odd = read_amounts(pd.Series(["0,125", "0,250"]))
    assert amounts.tolist() == [0.125, 0.25] and not odd.any()


def test_amounts_that_are_none() -> None:
    found, bad = read_amounts(pd.Series(["1", "abc", "inf", "", "1,2,3"], dtype=str))
    assert bad.tolist() == [False, True, True, False, True]
    assert np.isnan(found[1:]).all()


def test_cdnow_is_recognized_and_can_be_described() -> None:
    table = read_table(cdnow_path())
    assert (table.header, table.width, len(table.cells), recognize_kind(table)) == (None, 5, 6919, "transactions")
    log = log_of(cdnow_path())
    assert (log.customers, log.rows, log.merged) == (2357, 6919, 223)
    assert (day_in_words(log.first_day), day_in_words(log.last_day)) == ("1997-01-01", "1998-06-30")
    assert log.columns == "customer column 1, date column 3, money column 5"
    assert same(log_of(cdnow_path(), customer="2", date="3", money="5"), log)
    assert same(log_of(cdnow_path(), customer="2", date="3", money="5", quantity="4", date_format="%Y%m%d"), log)


def test_the_full_cdnow_form_is_recognized(tmp_path: Path) -> None:
    lines = [line.split() for line in cdnow_path().read_text(encoding="utf-8").splitlines()[:2000]]
    path = tmp_path / "master.txt"
    path.write_text("".join(f" {a} {c} {d:>2} {e:>7}\n" for a, _, c, d, e in lines), encoding="utf-8")
    assert log_of(path).columns == "customer column 1, date column 2, money column 4"


def test_kinds_are_recognized(tmp_path: Path) -> None:
    assert recognize_kind(read_table(retention_path())) == "retention"
    assert recognize_kind(read_table(written(tmp_path / "log.csv", FRAME))) == "transactions"
    numbered = pd.DataFrame({"who": range(1, 41), "when": ["20240101"] * 40})
    assert recognize_kind(read_table(written(tmp_path / "numbered.csv", numbered, header=False))) == "transactions"


@pytest.mark.parametrize(
    "names",
    [
        ("Customer ID", "Order Date", "Total"),
        ("user_id", "timestamp", "revenue"),
        ("CustomerNo", "InvoiceDate", "Amount"),
    ],
)
def test_usual_names_are_recognized_wherever_they_stand(
    tmp_path: Path, plain: PurchaseLog, names: tuple[str, ...]
) -> None:
    frame = FRAME.set_axis(list(names), axis=1)[[names[2], names[0], names[1]]].assign(note="a note; of 3 words")
    log = log_of(written(tmp_path / "log.csv", frame))
    assert same(log, plain)
    assert log.columns == f"customer column 2 ({names[0]}), date column 3 ({names[1]}), money column 1 ({names[2]})"


def test_unit_prices_are_multiplied_and_returns_left_out(tmp_path: Path, plain: PurchaseLog) -> None:
    frame = FRAME.assign(quantity=2).rename(columns={"amount": "unit_price"})
    back = frame.head(3).assign(quantity=-2)
    warnings = Faults()
    log = log_of(written(tmp_path / "log.csv", pd.concat([frame, back])), warnings)
    np.testing.assert_allclose(log.money, 2 * plain.money)
    assert (
        len(warnings.messages) == 1 and "in 3 lines, this the first. They are taken for returns" in warnings.messages[0]
    )
    assert log.columns.endswith("money times quantity")


def test_order_and_blank_lines_do_not_matter(tmp_path: Path, plain: PurchaseLog) -> None:
    path = tmp_path / "log.csv"
    lines = FRAME.sort_index().to_csv(index=False).splitlines()
    path.write_bytes(b"\xef\xbb\xbf" + "\r\n\r\n".join(lines).encode())
    log = log_of(path)
    assert np.array_equal(np.sort(log.day), np.sort(plain.day)) and log.customers == plain.customers


def test_lines_are_counted_as_in_an_editor(tmp_path: Path) -> None:
    lines = FRAME.to_csv(index=False).splitlines()
    lines[6] = "7,soon,1.00"
    path = tmp_path / "log.csv"
    path.write_text("\n".join([*lines[:3], "", "", *lines[3:]]), encoding="utf-8")
    with pytest.raises(
        ScenarioError, match=r'line 9, column 2 \(date\) must be a date written %Y-%m-%d, got "soon" in 1 line'
    ):
        log_of(path)


def test_letters_of_old_encodings_do_not_matter(tmp_path: Path, plain: PurchaseLog) -> None:
    path = tmp_path / "log.csv"
    frame = FRAME.assign(customer="Müller " + FRAME["customer"].astype(str))
    path.write_bytes(frame.to_csv(index=False).encode("latin-1"))
    assert same(log_of(path), plain)


def test_names_without_digits_need_no_digits_in_the_data_to_be_names(tmp_path: Path) -> None:
    frame = FRAME.assign(customer="c" + FRAME["customer"].astype(str))
    assert read_table(written(tmp_path / "a.csv", frame)).header == ("customer", "date", "amount")
    assert read_table(written(tmp_path / "b.csv", frame, header=False)).header is None


def table(path: Path, text: str | bytes) -> TextTable:
    """What a file with this content holds."""
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_table(path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "got an empty file"),
        (b" \n\n \n", "got an empty file"),
        (b"\x89PNG\r\n\x1a\n\0\0", "must be plain text, got the byte 0x1a at position 6"),
        (b"PK\x03\x04 and so on", "got a spreadsheet or zip archive. Save the sheet as CSV"),
        (b"\x1f\x8b\x08", "got a gzip archive. Unpack it"),
        ("a,b\n1,2\n".encode("utf-16"), "got UTF-16 text. Save it as UTF-8"),
        ("a\nb\nc\n", 'must have at least two columns, got one: "a"'),
        ("a,b\n1,2\n1,2,3\n", "line 3 must have 2 cells like the first line, got 3"),
        ('a,b\n1,2\n"1,2\n3,4\n', "line 3 must close its double quotes"),
    ],
)
def test_files_that_are_no_tables(tmp_path: Path, content: str | bytes, words: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        table(tmp_path / "data.csv", content)
    assert len(caught.value.faults) == 1
    assert words in caught.value.faults[0] and caught.value.faults[0].startswith(str(tmp_path / "data.csv"))
