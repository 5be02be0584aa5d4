"""``centricity analyze``: stores finished or not, tables of other programs, faults, and the pictures."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from analysis.test_sweeps import OUTCOMES, Tables, other_program
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text
from typer.testing import CliRunner, Result

from sim.analysis import sensitivity
from sim.analysis.sweep_text import AnalysisOptions, analyze_outcome
from sim.commands.cli import app
from sim.pages.report.sweep_figures import Picture, pictures


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def no_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out what takes longest."""
    monkeypatch.setattr("sim.pages.report.sweep_figures.pictures", lambda *_: iter(()))


def run(*arguments: str) -> Result:
    """The command with these arguments."""
    return CliRunner().invoke(app, ["analyze", *arguments])


def save(tables: Tables, folder: Path, finished: bool = True) -> None:
    """Write tables as a store of format 1; an unfinished one has the first two thirds of its runs in two parts."""
    folder.mkdir(parents=True)
    tables.points.to_parquet(folder / "points.parquet", index=False)
    if tables.designs is not None:
        tables.designs.to_parquet(folder / "designs.parquet", index=False)
    columns = {name: {"type": "double", "unit": "share" if name == "hold" else "", "meaning": ""} for name in OUTCOMES}
    dictionary = {"tables": {"runs": {"meaning": "Runs.", "columns": columns}}}
    (folder / "dictionary.json").write_text(json.dumps(dictionary), encoding="utf-8")
    if finished:
        tables.runs.to_parquet(folder / "runs.parquet", index=False)
    files = {
        path.name: {"bytes": path.stat().st_size, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
        for path in folder.iterdir()
    }
    manifest = {**tables.manifest, "status": "finished" if finished else "running", "files": files}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    if finished:
        return
    (folder / "parts").mkdir()
    third = len(tables.runs) // 3
    for number in range(2):
        part = tables.runs.iloc[number * third : (number + 1) * third]
        content = part.assign(seconds=0.1, machine="here", traceback="").to_parquet(index=False)
        assert isinstance(content, bytes)
        name = f"runs-{number:08d}-{hashlib.sha256(content).hexdigest()[:16]}.parquet"
        (folder / "parts" / name).write_bytes(content)


def contents(folder: Path) -> dict[str, bytes]:
    """Every file in a folder."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_it_tells_and_writes_everything(folder: Path) -> None:
    save(Tables({"latin-hypercube": 120, "sobol": 16}, replicates=3, fail=0.01), folder / "sweep")
    before = contents(folder / "sweep")
    result = run("sweep", "--outcome", "lift_later")
    assert result.exit_code == 0, result.output
    assert max(len(line) for line in result.stdout.splitlines()) <= 100
    out = folder / "sweep-analysis"
    files = contents(out)
    assert {"analysis.md", "analysis.json"} <= set(files)
    report = json.loads(files["analysis.json"], parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    assert report["kind"] == "analysis" and report["finished"] and report["left_out"] == ["organization_value", "hold"]
    assert set(report["files"]) == set(files) - {"analysis.json"}
    assert report["runs"]["failed"] > 0
    assert set(report["outcomes"]["lift_later"]) == {"policies", "where", "factors", "replicates"}
    assert any("value-driven beats procedural when" in text for text in report["outcomes"]["lift_later"]["where"])
    text = files["analysis.md"].decode()
    assert text.index("## In short") < text.index("## What there is") and " ".join(report["in_short"]) in text
    assert 3 <= len(report["in_short"]) <= 5 and result.stdout.startswith("In short\nBy lift_later, ")
    assert "> Value-driven change holds where turnover is low." in text
    assert "## Do it again" in text and "elsewhere numbers agree to rounding" in text and "numpy " in report["again"]
    linked = [line.split("](")[1].rstrip(")") for line in text.splitlines() if line.startswith("![")]
    assert sorted(linked) == sorted(name for name in files if name.endswith(".png"))
    for caveat in report["caveats"]:
        assert f"- {caveat}" in text
    for name in (
        "sobol",
        "pawn",
        "ranks",
        "policies",
        "policies-by-future",
        "boxes",
        "peeling",
        "replicates",
        "points",
    ):
        table = pd.read_parquet(out / "tables" / f"{name}.parquet")
        assert list(table.columns[:2]) == ["design", "outcome"] and len(table)
        assert len(pd.read_csv(out / "tables" / f"{name}.csv")) == len(table)
    assert contents(folder / "sweep") == before  # the store is only read


@pytest.mark.usefixtures("no_pictures")
def test_the_same_store_gives_the_same_files_and_replaces_them(folder: Path) -> None:
    save(Tables({"latin-hypercube": 80}, replicates=2, fail=0.02), folder / "sweep")
    assert run("sweep", "--out", "first").exit_code == 0
    first = contents(folder / "first")
    again = run("sweep", "--out", "first")
    assert again.exit_code == 0, again.output
    assert contents(folder / "first") == first
    assert not [path for path in folder.iterdir() if path.name not in ("sweep", "first")]


@pytest.mark.usefixtures("no_pictures")
def test_an_unfinished_store_is_read_and_said_to_be_unfinished(folder: Path) -> None:
    tables = Tables({"sobol": 16}, replicates=3)
    save(tables, folder / "sweep", finished=False)
    number = 2 * (len(tables.runs) // 3)
    result = run("sweep")
    assert result.exit_code == 0, result.output
    assert f"The sweep is not finished: {number} of {len(tables.runs)} runs are there." in " ".join(
        result.stdout.split()
    )
    report = json.loads((folder / "sweep-analysis" / "analysis.json").read_text(encoding="utf-8"))
    assert report["finished"] is False
    assert report["runs"] == {"found": number, "failed": 0, "planned": len(tables.runs)}
    damaged = next((folder / "sweep" / "parts").glob("runs-00000001-*"))
    damaged.write_bytes(damaged.read_bytes()[:-100])
    result = run("sweep")
    assert result.exit_code == 0, result.output
    assert f"{number // 2} of {len(tables.runs)} runs are there" in " ".join(result.stdout.split())
    for path in (folder / "sweep" / "parts").iterdir():
        path.unlink()
    result = run("sweep")
    assert result.exit_code == 2
    assert "sweep: no run is done yet. Wait" in result.stderr


@pytest.mark.usefixtures("no_pictures")
def test_outcomes_that_say_nothing_are_reported_and_give_no_nan(folder: Path) -> None:
    tables = Tables({"sobol": 16, "morris": 5, "latin-hypercube": 50}, replicates=2)
    tables.runs["lift_later"] = 0.25
    tables.runs["hold"] = np.nan
    save(tables, folder / "sweep")
    result = run("sweep", "--outcome", "lift_later", "--outcome", "hold")
    assert result.exit_code == 0, result.output
    said = " ".join(result.stdout.split())
    assert "value-driven has the same lift_later in every run, 25 points: nothing varies" in said
    assert "value-driven has no value of hold in any run" in said
    assert "nan" not in said.lower()
    written = {path.stem for path in (folder / "sweep-analysis" / "tables").iterdir()}
    assert not written & {"sobol", "morris", "pawn", "ranks", "boxes"}


@pytest.mark.usefixtures("no_pictures")
def test_targets_pairs_and_half_widths_can_be_asked_for(folder: Path) -> None:
    save(Tables({"latin-hypercube": 100}, replicates=3), folder / "sweep")
    options = ["--target", "lift_later=0.2", "--pair", "procedural:symbolic", "--half-width", "lift_later=0.001"]
    result = run("sweep", "--outcome", "lift_later", *options)
    assert result.exit_code == 0, result.output
    said = " ".join(result.stdout.split())
    assert "Good enough (at least 20 points)" in said
    assert "value-driven has lift_later of at least 20 points when" in said
    assert "procedural beats symbolic in 100 %" in said
    assert "0.1 points is reached in" in said


@pytest.mark.usefixtures("no_pictures")
@pytest.mark.parametrize("ending", [".csv", ".parquet"])
def test_tables_of_other_programs(folder: Path, ending: str) -> None:
    table = other_program()
    file = folder / f"theirs{ending}"
    table.to_csv(file, index=False) if ending == ".csv" else table.to_parquet(file, index=False)
    columns = ["--policy-column", "rule", "--replicate-column", "seed"]
    factors = ["--factor", "speed", "--factor", "load", "--factor", "shift"]
    result = run(file.name, *factors, "--outcome", "waiting", "--lower", "waiting", *columns)
    assert result.exit_code == 0, result.output
    said = " ".join(result.stdout.split())
    assert "new has the best expected waiting" in said
    assert "of organizations" not in said  # nothing is known about whose results these are
    assert (folder / "theirs-analysis" / "tables" / "ranks.csv").is_file()


def test_all_faults_are_reported_at_once_and_nothing_is_written(folder: Path) -> None:
    save(Tables({"latin-hypercube": 50}, replicates=1), folder / "sweep")
    (folder / "full").mkdir()
    (folder / "full" / "mine.txt").write_text("keep", encoding="utf-8")
    options = [
        "--outcome",
        "lift_latr",
        "--target",
        "lift_later",
        "--half-width",
        "hold=0",
        "--pair",
        "symbolic:nobody",
    ]
    result = run("sweep", *options, "--factor", "x", "--lower", "pain", "--out", "full")
    assert result.exit_code == 2
    said = result.stderr
    assert (
        "--out must be a new folder, an empty one, or one that holds an earlier analysis and nothing else, got full"
        in said
    )
    assert "--factor is for tables of other programs" in said
    assert "--outcome must be an outcome that the sweep kept, got lift_latr. Did you mean lift_later?" in said
    assert "--target must be METRIC=VALUE with a number, got lift_later." in said
    assert "--half-width must be an outcome and a number above 0, got hold=0." in said
    assert "--pair must be two policies of the sweep, got symbolic:nobody." in said
    assert "--lower must be an outcome that the sweep kept, got pain." in said
    assert len(said.splitlines()) == 7
    assert {path.name for path in folder.iterdir()} == {"sweep", "full"}
    assert [path.name for path in (folder / "full").iterdir()] == ["mine.txt"]


@pytest.mark.parametrize(
    ("source", "options", "words"),
    [
        ("nowhere", [], "must be the folder of a sweep, or a table that ends in .csv or"),
        ("empty", [], "this must be a folder that `centricity sweep` has written"),
        ("text.csv", ["--factor", "a", "--outcome", "b"], "a is not a column"),
        ("text.parquet", ["--factor", "a", "--outcome", "b"], "cannot be read as a table"),
        ("text.csv", ["--factor", "a"], "--outcome must name the columns of results"),
        (
            "text.csv",
            ["--factor", "a", "--outcome", "b", "--design", "saltelli"],
            "--design must be one of sample, grid",
        ),
        ("broken", [], "broken/points.parquet: must be as the sweep wrote it, got a file that is gone or damaged"),
    ],
)
def test_what_is_no_sweep(folder: Path, source: str, options: list[str], words: str) -> None:
    (folder / "empty").mkdir()
    (folder / "text.csv").write_text("c,d\n1,2\n", encoding="utf-8")
    (folder / "text.parquet").write_text("c,d\n1,2\n", encoding="utf-8")
    save(Tables({"latin-hypercube": 5}, replicates=1), folder / "broken")
    (folder / "broken" / "points.parquet").write_bytes(b"PAR1")
    result = run(source, *options)
    assert result.exit_code == 2
    assert words in result.stderr
    assert "Traceback" not in result.output
    assert not list(folder.glob("*-analysis"))


def test_without_salib_the_extra_is_named_before_any_work(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(Tables({"sobol": 8}, replicates=1), folder / "sweep")

    def refuse(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(sensitivity, "import_module", refuse)
    result = run("sweep")
    assert result.exit_code == 2
    assert "pip install 'centricity[lab]'" in result.stderr
    assert not (folder / "sweep-analysis").exists()


@pytest.fixture(scope="module")
def drawn() -> list[Picture]:
    """The pictures of a sweep that has all of them: all designs, futures, long names, chance, two groups."""
    tables = Tables(
        {"latin-hypercube": 80, "sobol": 8, "morris": 4, "one-at-a-time": 1, "grid": 4},
        replicates=10, futures=("", "a-future-with-quite-a-long-name"),
        policies=("none", "symbolic-then-value-driven-later-on", "procedural", "value-driven"),
    )  # fmt: skip
    sweep = tables.sweep()
    words = Tables({"grid": 3}, replicates=4, over=("employees.turnover", "norm.rule")).sweep()
    return [
        *pictures(sweep, analyze_outcome(sweep, "lift_later", AnalysisOptions(targets={"lift_later": 0.2}))),
        *pictures(words, analyze_outcome(words, "lift_later")),
    ]


def test_there_is_a_picture_of_every_kind(drawn: list[Picture]) -> None:
    names = {picture.name for picture in drawn}
    assert len(names) == len(drawn)
    kinds = {name.split("-")[0] for name in names}
    assert kinds == {
        "policies", "futures", "region", "map", "share", "curves", "sobol", "morris", "pawn", "ranks", "tornado", "replicates",
    }  # fmt: skip


@pytest.mark.usefixtures("no_pictures")
def test_what_the_experiment_calls_good_enough_counts_until_somebody_asks_otherwise(folder: Path) -> None:
    tables = Tables({"latin-hypercube": 100}, replicates=2)
    save(tables, folder / "sweep")
    file = folder / "sweep" / "manifest.json"
    manifest = json.loads(file.read_text(encoding="utf-8"))
    manifest["experiment"]["targets"] = {"lift_later": 0.3}
    file.write_text(json.dumps(manifest), encoding="utf-8")
    assert "Good enough (at least 30 points)" in " ".join(run("sweep", "--outcome", "lift_later").stdout.split())
    asked = run("sweep", "--outcome", "lift_later", "--target", "lift_later=0.01")
    assert "Good enough (at least 1 points)" in " ".join(asked.stdout.split())


def test_no_text_of_a_picture_lies_outside_and_none_overlaps(drawn: list[Picture]) -> None:
    first_of_a_kind = {picture.name.split("-")[0]: picture for picture in drawn[::-1]}
    for picture in first_of_a_kind.values():
        figure = picture.draw()
        canvas: Any = FigureCanvasAgg(figure)
        canvas.draw()
        renderer = canvas.get_renderer()
        width, height = figure.get_size_inches() * figure.dpi
        boxes = []
        for text in figure.findobj(Text):
            assert isinstance(text, Text)
            if not text.get_text().strip() or not text.get_visible():
                continue
            box = text.get_window_extent(renderer)
            reported = f"{picture.name}: {text.get_text()!r}"
            assert box.x0 >= 0 and box.x1 <= width and box.y0 >= 0 and box.y1 <= height, f"{reported} lies outside"
            boxes.append((reported, box))
        for index, (reported, box) in enumerate(boxes):
            for other, second in boxes[index + 1 :]:
                apart = box.x1 <= second.x0 or second.x1 <= box.x0 or box.y1 <= second.y0 or second.y1 <= box.y0
                assert apart, f"{reported} overlaps {other}"


@pytest.mark.slow
def test_pictures_and_tables_for_a_paper_stand_in_a_folder_of_their_own(folder: Path) -> None:
    save(Tables({"latin-hypercube": 40, "sobol": 8}, replicates=3), folder / "sweep")
    before = run("sweep", "--outcome", "lift_later", "--out", "plain")
    result = run("sweep", "--outcome", "lift_later", "--format", "pdf", "--tables", "latex")
    assert before.exit_code == result.exit_code == 0, result.output
    files = contents(folder / "sweep-analysis")
    names = {name.partition("/")[2] for name in files if name.startswith("publication/")}
    pictures = {Path(name).stem for name in files if name.startswith("figures/")}
    assert {f"{name}.{ending}" for name in pictures for ending in ("pdf", "tex")} <= names
    assert {"policies.tex", "sobol.tex", "captions.md", "methods.md", "references.bib", "document.tex"} <= names
    assert not any(name.startswith("publication") for name in contents(folder / "plain"))
    assert b"[@" not in files["publication/methods.md"] and b"sweep" not in files["publication/document.tex"]
    assert set(json.loads(files["analysis.json"])["files"]) == set(files) - {"analysis.json"}
