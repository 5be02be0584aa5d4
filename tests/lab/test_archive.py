"""An archive of a comparison holds all that repeats it, and repeats it."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from lab.small import TEXT
from sim import Scenario
from sim.commands.cli import app
from sim.commands.errors import BAD_INPUT
from sim.lab.archive import check_archive, lock_versions, write_archive
from sim.lab.comparison_plan import ComparisonRequest, plan_comparison
from sim.lab.fingerprint import own_source
from sim.lab.manifest import PACKAGES, describe_machine, fingerprint_files, versions
from sim.lab.task import replicate_seed
from sim.model.scenario.messages import Faults


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """A folder as a comparison of a scenario of one's own leaves it, small."""
    (tmp_path / "small.toml").write_text(TEXT, encoding="utf-8")
    plan = plan_comparison(ComparisonRequest(str(tmp_path / "small.toml"), replicates=2))
    folder = tmp_path / "kept"
    folder.mkdir()
    (folder / "runs.csv").write_text("policy\nnone\n")
    (folder / "report.html").write_text("<html>")
    content = {
        "kind": "comparison", "command": plan.command, "inputs": dict(plan.inputs), "versions": versions(),
        "machine": describe_machine(), "code": own_source(), "seed": 1, "replicates": 2, "weeks": plan.scenario.weeks,
        "scenario": plan.scenario.to_dict(), "scenario_hash": plan.scenario.hash, "files": fingerprint_files(folder),
    }  # fmt: skip
    (folder / "manifest.json").write_text(json.dumps(content))
    return folder


def change(folder: Path, **values: object) -> None:
    """Change the manifest."""
    content = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps({**content, **values}))


def test_the_archive_has_results_scenario_seeds_versions_program_and_papers(results: Path, tmp_path: Path) -> None:
    kept = check_archive(results, Faults())
    assert kept is not None
    number = write_archive(kept, tmp_path / "x.zip")
    with zipfile.ZipFile(tmp_path / "x.zip") as archive:
        names = set(archive.namelist())
        archive.extractall(tmp_path / "there")
    assert len(names) == number and all(name.startswith("x/") for name in names)
    there = tmp_path / "there" / "x"
    assert {
        "x/README.md", "x/LICENSE", "x/CITATION.cff", "x/SHA256SUMS", "x/inputs/0/small.toml", "x/results/manifest.json",
        "x/results/report.html", "x/results/runs.csv", "x/program/sim/lab/archive.py", "x/program/sim/py.typed",
    } <= names  # fmt: skip
    assert not any("__pycache__" in name for name in names)
    assert Scenario.load(there / "scenario.toml").hash == kept.content["scenario_hash"]
    rows = list(csv.reader((there / "seeds.csv").read_text().splitlines()))
    assert rows == [["replicate", "seed"], *([str(number), str(replicate_seed(1, number))] for number in range(2))]
    locked = dict(line.split("==") for line in (there / "requirements.txt").read_text().split())
    assert {name: locked[name] for name in PACKAGES if name != "centricity"} == {
        name: version for name, version in versions().items() if name not in ("python", "centricity")
    }
    readme = (there / "README.md").read_text()
    assert kept.content["command"] in readme and "PLACEHOLDER" in readme and "The same: 1 files" in readme
    assert "{" not in readme


def test_the_lock_has_what_needs_need() -> None:
    locked = lock_versions()
    assert {"typer", "llvmlite", "pyparsing"} <= locked.keys()
    assert "centricity" not in locked and "pytest" not in locked


@pytest.mark.parametrize(("values", "message"), [
    ({"versions": {**versions(), "numpy": "1.0"}}, "got numpy 1.0"),
    ({"code": "0" * 64}, "got another source of it"),
    ({"code": None}, "got another source of it"),
    ({"command": None}, "must be the manifest.json of a comparison, with its command"),
    ({"command": "centricity compare small.toml --posterior fit"}, "names a folder"),
    ({"files": {"runs.csv": {"sha256": "0"}}}, "must have runs.csv as it was written"),
    ({"scenario": None}, "must be as a comparison has written it"),
    ({"files": {"../small.toml": {"sha256": "0"}}}, "must have ../small.toml as it was written"),
])  # fmt: skip
def test_what_would_not_come_out_alike_is_refused(
    values: dict[str, object], message: str, results: Path, tmp_path: Path
) -> None:
    change(results, **values)
    done = CliRunner().invoke(app, ["bundle", str(results), "--out", str(tmp_path / "x.zip")])
    assert done.exit_code == BAD_INPUT
    assert message in done.output
    assert not (tmp_path / "x.zip").exists()


@pytest.mark.slow
def test_an_archive_reproduces_itself(tmp_path: Path) -> None:
    (tmp_path / "small.toml").write_text(TEXT, encoding="utf-8")

    def run(words: str, folder: Path, **more: str) -> str:
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | more
        command = [sys.executable, "-m", "sim", *words.split()]
        return subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True, text=True).stdout

    here = str(Path(__file__).resolve().parents[2])
    run("compare small.toml --replicates 2 --workers 1 --out kept", tmp_path, PYTHONPATH=here)
    run("bundle kept --out x.zip", tmp_path, PYTHONPATH=here)
    (tmp_path / "small.toml").unlink()
    first = (tmp_path / "x.zip").read_bytes()
    run("bundle kept/manifest.json --out x.zip", tmp_path, PYTHONPATH=here)
    assert (tmp_path / "x.zip").read_bytes() == first
    with zipfile.ZipFile(tmp_path / "x.zip") as archive:
        archive.extractall(tmp_path / "there")
    program = tmp_path / "there" / "x" / "program"
    answer = run("reproduce ../results", program)
    assert answer.startswith("The same: ") and answer.endswith("files, byte by byte.\n")  # no other source or version
    assert answer.strip() in (program.parent / "README.md").read_text()
