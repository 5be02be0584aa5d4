"""Tables of runs by other programs: separators, decimal commas, lines above the names, BehaviorSpace, doubts that are refused."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from sim.calibration.run_table import read_run_table
from sim.commands.cli import app
from sim.model.scenario import ScenarioError

EXPECTED = pd.DataFrame(
    {"speed": [0.5, 1.25, 10.0], "rule": ["none", "new", "none"], "waiting": [1.5, float("nan"), 0.123]}
)
ROWS = [["speed", "rule", "waiting"], ["0.5", "none", "1.5"], ["1.25", "new", ""], ["10", "none", "0.123"]]


def read(folder: Path, content: str | bytes, *columns: str) -> tuple[pd.DataFrame, list[str]]:
    """A table, and what was said about it; results are all columns but the first two."""
    path = folder / "theirs.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    said: list[str] = []
    names = columns or ("speed", "rule", "waiting")
    return read_run_table(path, names, names[2:], said.append), said


def text(separator: str, comma: bool = False) -> str:
    rows = [[cell.replace(".", ",") if comma else cell for cell in row] for row in ROWS]
    return "\n".join(separator.join(row) for row in rows) + "\n"


@pytest.mark.parametrize(
    "content",
    [
        text(","), text(";"), text("\t"), text("|"), text(";", comma=True), text("\t", comma=True),
        text('","', comma=True).replace("\n", '"\n"').removesuffix('"').replace("speed", '"speed', 1),
        b"\xef\xbb\xbf" + text(";", comma=True).encode(), text(";").replace("\n", "\r\n"), "sep=;\n" + text(";"),
        "Model of a queue; version 3\n\nBy somebody\n" + text(";", comma=True), "a title, with a comma\n" + text(","),
    ],
)  # fmt: skip
def test_ways_to_write_the_same_table(tmp_path: Path, content: str | bytes) -> None:
    table, said = read(tmp_path, content)
    pd.testing.assert_frame_equal(table, EXPECTED)
    assert said == []


BEHAVIOR_SPACE = """"BehaviorSpace results (NetLogo 6.4.0), Table version 2.0"
"Fire.nlogo"
"experiment"
"09/15/2023 10:00:00:000 -0400"
"min-pxcor","max-pxcor","min-pycor","max-pycor"
"-125","125","-125","125"
"[run number]","density","[step]","burned"
"""


def test_tables_of_behavior_space(tmp_path: Path) -> None:
    rows = '"2","60","0","5"\n"1","50","0","1"\n"1","50","10","2.5"\n"2","60","9","7"\n"2","60","10","8"\n'
    table, said = read(tmp_path, BEHAVIOR_SPACE + rows, "density", "[run number]", "burned")
    assert table[["density", "burned"]].to_numpy().tolist() == [[50, 2.5], [60, 8]]
    assert said == [f"{tmp_path / 'theirs.csv'}: 5 rows of 2 runs; the last step of each counts"]
    table, said = read(tmp_path, BEHAVIOR_SPACE + rows, "density", "[step]", "burned")
    assert len(table) == 5 and said == []
    table, said = read(
        tmp_path, BEHAVIOR_SPACE + '"1","true","0","1"\n"2","false","0","2"\n', "density", "[run number]", "burned"
    )
    assert table["density"].tolist() == [True, False] and said == []


def test_spreadsheets_of_behavior_space_are_refused_with_a_remedy(tmp_path: Path) -> None:
    top = BEHAVIOR_SPACE.rpartition('"[run')[0].replace("Table", "Spreadsheet")
    rows = '"[run number]","1","2"\n"density","50","60"\n"[reporter]","burned","burned"\n"[final]","1","2"\n'
    with pytest.raises(ScenarioError, match=r"what BehaviorSpace calls a table.*Run it again with Table output"):
        read(tmp_path, top + rows, "density", "[run number]", "burned")


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["1,234.5", "2", "3"], [1234.5, 2, 3]),
        (["1,234,567", "2", "3"], [1234567, 2, 3]),
        (["1'234", "2", "3.5"], [1234, 2, 3.5]),
        (["1 234", "12 345 678", "3"], [1234, 12345678, 3]),
    ],
)
def test_separators_of_thousands_that_are_clear_are_read_and_reported(
    tmp_path: Path, cells: list[str], values: list[float]
) -> None:
    table, said = read(tmp_path, "speed;rule;waiting\n" + "".join(f"1;x;{cell}\n" for cell in cells))
    assert table["waiting"].tolist() == values
    assert len(said) == 1 and "column waiting: " in said[0] and "separators of thousands" in said[0]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (["1;x;1,234", "2;x;5"], r'line 2 must leave no doubt about the comma in "1,234"'),
        (["1;x;1,234.5", "2;x;0,5"], "is not the same in all cells"),
        (["0,5;x;1,234.5", "2;x;5"], "is not the same in all cells"),
        (["0,5;x;1.234", "1,5;x;2.000"], r'line 2 must leave no doubt about the point in "1.234" \(waiting\)'),
        (["1;x;12%", "2;x;5"], r'line 2 must hold a number in the column "waiting".*got "12%"'),
        (["1;x;1.2.3", "2;x;5"], r'got "1.2.3"'),
        (["1;x;5", "two;x;5", "3;x;5"], r'line 3 must hold a number in the column "speed".*got "two"'),
        (["1;x;5", "2;x;5;6"], "line 3 must have 3 cells like the first line, got 4"),
    ],
)
def test_what_could_be_two_numbers_or_none_is_refused_by_line(tmp_path: Path, rows: list[str], words: str) -> None:
    with pytest.raises(ScenarioError, match=words):
        read(tmp_path, "speed;rule;waiting\n" + "\n".join(rows) + "\n")


def test_lines_are_counted_with_those_above_the_names(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="line 6 must hold a number"):
        read(tmp_path, "Title\n\n\n" + "speed;rule;waiting\n1;x;1\n2;x;none of it\n")


def test_names_that_are_there_twice_or_missing(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match='the column "speed" must be there once'):
        read(tmp_path, "speed,rule,waiting,speed\n1,x,2,3\n")
    with pytest.raises(ScenarioError, match="the first line must name the columns"):
        read(tmp_path, "1,x,2\n1,x,2\n")
    assert "sped" in read(tmp_path, "sped,rule,waiting\n1,x,2\n3,y,4\n")[0]


def test_the_command_reads_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.pages.report.sweep_figures.pictures", lambda *_: iter(()))
    monkeypatch.chdir(tmp_path)
    rows = "".join(f"{x / 10:.1f};{(x * 7 % 5) / 4:.2f};{x / 3:.3f}\n".replace(".", ",") for x in range(40))
    Path("theirs.txt").write_text("A model\n\nspeed;load;waiting\n" + rows, encoding="utf-8")
    options = ["--factor", "speed", "--factor", "load", "--outcome", "waiting"]
    result = CliRunner().invoke(app, ["analyze", "theirs.txt", *options])
    assert result.exit_code == 0, result.output
    table = pd.read_csv(tmp_path / "theirs-analysis" / "tables" / "ranks.csv")
    assert set(table["rows"]) == {40}
    for other in (["--factor", "spead"], ["--factor", "speed", "--policy-column", "x"]):
        result = CliRunner().invoke(app, ["analyze", "theirs.txt", *other, "--outcome", "waiting"])
        assert result.exit_code == 2 and "is not a column" in result.stderr
