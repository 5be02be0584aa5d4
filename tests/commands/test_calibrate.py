"""``centricity calibrate``: what it prints and writes, and one clear message for each fault of the data."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from sim.commands import calibrate, check

CDNOW = str(files("sim.evidence.replications") / "data" / "cdnow_sample.txt")
RETENTION = str(files("sim.evidence.replications") / "data" / "retention.csv")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def no_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    """Saves the time that a picture takes."""
    monkeypatch.setattr("sim.calibration.outputs.save_png", lambda figure, path: path.write_bytes(b""))


def run(*arguments: str) -> Result:
    """A command with these arguments."""
    app = typer.Typer()
    app.callback()(lambda: None)
    calibrate.register(app)
    check.register(app)
    return CliRunner().invoke(app, list(arguments))


def log(change: Callable[[list[str]], None] = lambda _: None) -> str:
    """A small fine log as text, after a change to its lines; line 1 names the columns."""
    lines = ["customer,date,amount"]
    for customer in range(60):
        for visit in range(1 + (customer % 4) * (customer % 3)):
            day = customer % 28 + visit * (9 + customer % 7)
            lines.append(f"C{customer:03},2023-{1 + day // 28:02}-{1 + day % 28:02},{5 + customer % 9}.{visit}0")
    change(lines)
    return "\n".join(lines) + "\n"


def test_a_log(folder: Path) -> None:
    result = run("calibrate", CDNOW, "--margin", "0.3", "--out", "my-shop.toml")
    assert result.exit_code == 0, result.stderr
    for words in (
        "r 0.2426, alpha 4.414 weeks, a 0.7929, b 2.426, log-likelihood -9582.4",
        "12 % too low",
        "223 merged",
    ):
        assert words in result.stdout
    assert "centricity compare my-shop.toml" in result.stdout
    assert result.stderr.splitlines() == [
        f"warning: {CDNOW}: line 403 must not repeat customer, day and money of a line before, got 21 lines that do, this the "
        "first. They are one purchase, and their money is added up: remove them if they are copies."
    ]
    assert sorted(os.listdir(folder)) == ["my-shop.fit.json", "my-shop.png", "my-shop.toml"]
    assert run("check", "my-shop.toml").exit_code == 0
    numbers = json.loads((folder / "my-shop.fit.json").read_text(encoding="utf-8"))
    assert numbers["data_sha256"] == "6fae10155c0b0ba363c2c386e30f77990d22328220efd862a5edd1443420d94a"
    assert numbers["fit"]["log_likelihood"] == pytest.approx(-9582.43, abs=0.01)
    assert (numbers["hold_out"]["actual"], round(numbers["hold_out"]["predicted"])) == (1882, 1653)
    assert numbers["histogram"]["actual"] == [1411, 439, 214, 100, 62, 38, 29, 64]


def test_columns_by_number_and_a_given_hold_out(no_picture: None) -> None:
    arguments = ("--customer", "2", "--date", "3", "--money", "5", "--quantity", "4", "--date-format", "%Y%m%d")
    result = run("calibrate", CDNOW, *arguments, "--holdout-weeks", "39", "--kind", "transactions", "--out", "s.toml")
    assert result.exit_code == 0 and "log-likelihood -9582.4" in result.stdout
    assert "--margin 0.3" in result.stderr


def test_a_table_of_retention(folder: Path) -> None:
    result = run("calibrate", RETENTION, "--column", "regular", "--out", "bank.toml")
    assert result.exit_code == 0 and result.stderr == ""
    assert "alpha 0.7041, beta 1.182, log-likelihood -1680.3" in result.stdout
    numbers = json.loads((folder / "bank.fit.json").read_text(encoding="utf-8"))
    assert (numbers["kind"], numbers["fitted_years"], len(numbers["survival"]["model"])) == ("retention", 7, 13)
    assert run("check", "bank.toml").exit_code == 0


def test_a_small_log_is_fitted_with_warnings(folder: Path, no_picture: None) -> None:
    (folder / "log.csv").write_text(log(), encoding="utf-8")
    result = run("calibrate", "log.csv", "--margin", "1", "--out", "s.toml")
    assert result.exit_code == 0, result.stderr
    assert all(line.startswith("warning: log.csv: ") for line in result.stderr.splitlines())
    assert "customers who came back: it is rough" in result.stderr


def changed(line: int, text: str) -> Callable[[list[str]], None]:
    """A log with another text in one line, counted from 1."""

    def change(lines: list[str]) -> None:
        lines[line - 1] = text

    return change


def test_what_can_be_mended_is_fitted_with_a_warning_each(folder: Path, no_picture: None) -> None:
    def damage(lines: list[str]) -> None:
        lines[3:6] = ["C002,2023-01-09,-5", "C002,2023-01-10,", ",2023-01-09,3"]
        lines.extend(lines[10:15])

    (folder / "log.csv").write_text(log(damage), encoding="utf-8")
    result = run("calibrate", "log.csv", "--margin", "1", "--out", "s.toml")
    assert result.exit_code == 0, result.stderr
    for words in (
        "line 4 must have money and quantity of 0 or more, got less in 1 line",
        "line 5, column 3 (amount) must be an amount, got nothing in 1 line",
        "line 6, column 1 (customer) must name the customer, got nothing in 1 line",
        "got 5 lines that do, this the first. They are one purchase",
    ):
        assert sum(words in line for line in result.stderr.splitlines()) == 1, words


def once(lines: list[str]) -> None:
    """Only the first purchase of each customer."""
    lines[:] = [lines[0], *dict(zip((line[:4] for line in lines[:0:-1]), lines[:0:-1], strict=True)).values()]


def one(lines: list[str]) -> None:
    """Only one customer."""
    lines[:] = [lines[0], *("C1" + line[4:] for line in lines[1:])]


REFUSED: dict[str, tuple[str | bytes, list[str], list[str]]] = {
    "empty": ("", [], ["the file must hold data, got an empty file."]),
    "only names": ("customer,date,amount\n", [], ["must hold purchases, got only the names of columns."]),
    "binary": (bytes(range(256)), [], ["must be plain text, got the byte 0x00 at position 0. Export the data as CSV."]),
    "missing date": (log(changed(5, "C003,,4")), [], ["line 5, column 2 (date) must be a date, got nothing in 1 line"]),
    "both": (
        log(lambda lines: (changed(5, "C003,,4")(lines), changed(6, "C003,2023-02-30,4")(lines), None)[-1]),
        [],
        [
            "line 5, column 2 (date) must be a date",
            'line 6, column 2 (date) must be a date written %Y-%m-%d, got "2023-02-30"',
        ],
    ),
    "wrong year": (
        log(changed(5, "C003,2203-01-09,4")),
        [],
        ["line 5 has a date, 2203-01-09, that must be of one period"],
    ),
    "money in words": (
        log(changed(5, "C003,2023-01-09,four")),
        [],
        ['line 5, column 3 (amount) must be a number, got "four"'],
    ),
    "one customer": (log(one), [], ["must have at least 10 customers, got 1 with customer column 1 (customer)"]),
    "one purchase each": (log(once), [], ["must have at least 10 customers who came back, got 0 of"]),
    "too short": (
        "customer,date\n" + "A,2023-01-02\nB,2023-01-09\n" * 9,
        [],
        ["at least 10 customers", "at least 4 weeks, got 1.1"],
    ),
    "wrong names": (
        log(changed(1, "a,b,c")),
        [],
        ["a column that says who bought, got the columns a, b, c", "says when"],
    ),
    "no such column": (
        log(),
        ["--date", "dates"],
        ["--date must be the name of a column, or its number from 1 to 3"],
    ),
    "not dates": (log(), ["--date", "3"], ["column 3 (amount) must hold dates such as 20240131"]),
    "twice": (log(), ["--customer", "2", "--date", "2"], ["--date must be a column of its own, got column 2 (date)"]),
    "bad format": (log(), ["--date-format", "%Z%z"], ["--date-format must be made of %Y, %m, %d"]),
    "other format": (log(), ["--date-format", "%d.%m.%Y"], ['must be a date written %d.%m.%Y, got "2023-01-01" in']),
    "long hold-out": (log(), ["--holdout-weeks", "99"], ["--holdout-weeks must leave at least 4 weeks to fit, got 99"]),
    "bad values": (
        log(),
        ["--kind", "log", "--margin", "30"],
        ["--kind must be one of", "--margin must be more than 0"],
    ),
    "other kind": (log(), ["--column", "2"], ["--column is for a table of retention, got a log of transactions"]),
    "no table": (log(), ["--kind", "retention"], ["must be the number of a period", "--column must choose one"]),
    "ragged": (log(changed(5, "C003,2023-01-09,4,5")), [], ["line 5 must have 3 cells like the first line, got 4"]),
    "rising": ("year,left\n0,100\n1,90\n2,95\n", [], ["line 4, column 2 (left) must not have more survivors"]),
}


@pytest.mark.parametrize("case", REFUSED)
def test_bad_data_give_one_message_a_fault_and_no_file(folder: Path, case: str) -> None:
    content, options, words = REFUSED[case]
    (folder / "data.csv").write_bytes(content if isinstance(content, bytes) else content.encode())
    result = run("calibrate", "data.csv", *options, "--out", "s.toml")
    assert result.exit_code == 2, result.stdout
    assert result.stdout == ""
    lines = result.stderr.splitlines()
    assert len(lines) == len(words), lines
    for line, expected in zip(lines, words, strict=True):
        assert expected in line
        assert line.startswith(("data.csv: ", "--")) and line.endswith((".", "?", ")"))
    assert os.listdir(folder) == ["data.csv"]


@pytest.mark.parametrize(
    ("data", "out", "words"),
    [
        ("missing.csv", "s.toml", "missing.csv: there is no such file."),
        ("folder", "s.toml", "folder: this must be a file, got a directory."),
        ("log.csv", "s.txt", "--out must end in .toml, got s.txt. Write for example s.toml."),
        ("log.csv", ".", "--out must end in .toml"),
        ("log.csv", "nowhere/s.toml", "--out must be in a folder that exists, got nowhere/s.toml."),
        ("log.csv", "folder.toml", "--out must be a file, got the folder folder.toml."),
        ("log.toml", "log.toml", "--out must not replace the data, got log.toml."),
        (
            "log.csv",
            "mine.toml",
            "--out must be a new file, or one that calibrate wrote and no one edited, got mine.toml.",
        ),
    ],
)
def test_places_that_cannot_be(folder: Path, data: str, out: str, words: str) -> None:
    for name in ("folder", "folder.toml"):
        (folder / name).mkdir()
    for name in ("log.csv", "log.toml", "mine.toml"):
        (folder / name).write_text(log(), encoding="utf-8")
    before = {path: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    result = run("calibrate", data, "--out", out)
    assert result.exit_code == 2 and result.stderr.startswith(words), result.stderr
    assert {path: path.read_bytes() for path in folder.iterdir() if path.is_file()} == before


def test_files_that_may_not_be_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "log.csv").write_text(log(), encoding="utf-8")

    def refuse(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    result = run("calibrate", "log.csv", "--out", "s.toml")
    assert result.exit_code == 2
    assert result.stderr == "log.csv: the file must be readable, got permission denied. Change its permissions.\n"


def test_an_interrupt_leaves_nothing_half_done(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("sim.calibration.outputs.save_png", interrupt)
    result = run("calibrate", RETENTION, "--column", "2", "--out", "s.toml")
    assert result.exit_code == 130 and "nothing was written. Run the same command again." in result.stderr
    assert os.listdir(folder) == []


def test_a_death_between_numbers_and_scenario_leaves_a_scenario_that_may_be_replaced(
    folder: Path, no_picture: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("calibrate", RETENTION, "--column", "2", "--out", "s.toml")
    assert run(*words).exit_code == 0
    replace = os.replace

    def die(source: Any, target: Any) -> None:
        if str(target).endswith(".toml"):
            raise KeyboardInterrupt
        replace(source, target)

    with monkeypatch.context() as dying:
        dying.setattr(os, "replace", die)
        assert run(*words, "--customers", "70").exit_code == 130
    assert run(*words, "--customers", "70").exit_code == 0
    (folder / "s.toml").write_text("# mine", encoding="utf-8")
    assert run(*words).exit_code == 2


def test_a_full_disk_leaves_nothing_half_done(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("sim.calibration.outputs.write_json", full)
    result = run("calibrate", RETENTION, "--column", "2", "--out", "s.toml")
    assert result.exit_code == 2 and "disk is full" in result.stderr
    assert os.listdir(folder) == []


def test_help_has_an_example() -> None:
    result = run("calibrate", "--help")
    assert result.exit_code == 0 and "Example: centricity calibrate" in result.stdout
