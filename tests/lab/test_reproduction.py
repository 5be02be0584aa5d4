"""A kept comparison that comes out otherwise is told by file, column, row and size."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from sim.commands import reproduce as command
from sim.commands.cli import app
from sim.lab.comparison_plan import ComparisonRequest, plan_comparison
from sim.lab.fingerprint import own_source
from sim.lab.manifest import fingerprint_files, versions
from sim.lab.reproduction import find_differences, read_kept
from sim.model.scenario import ScenarioError
from sim.model.scenario.finding import find

TEXT = find("retail-bank").path.read_text(encoding="utf-8")
"""A scenario of the user's."""


def write(folder: Path, cost: float = 2.0, mean: float | None = 1.0) -> Path:
    """A folder as a comparison leaves it, small."""
    folder.mkdir()
    pd.DataFrame({"policy": ["a", "b"], "cost": [1.0, cost]}).to_csv(folder / "runs.csv", index=False)
    pd.DataFrame({"week": [0, 1], "enacted": [0.5, float("nan")]}).to_parquet(folder / "weekly.parquet")
    (folder / "summary.json").write_text(json.dumps({"policies": {"a": {"mean": mean, "runs": [1, 2]}}}))
    (folder / "report.html").write_text(str(folder))
    (folder / "tables.xlsx").write_text(str(folder))
    (folder / "publication").mkdir()
    (folder / "publication" / "methods.md").write_text(str(folder))
    return folder


def keep(folder: Path, command: str = "centricity compare retail-bank --out x --seed 1", **more: object) -> Path:
    """Its manifest."""
    content = {
        "kind": "comparison",
        "command": command,
        "files": fingerprint_files(folder),
        "versions": versions(),
        **more,
    }
    (folder / "manifest.json").write_text(json.dumps(content))
    return folder


def test_what_comes_out_alike_is_the_same_but_for_pages(tmp_path: Path) -> None:
    kept = read_kept(keep(write(tmp_path / "kept")))
    assert kept.words == ("compare", "retail-bank", "--seed", "1")
    assert set(kept.files) == {"runs.csv", "weekly.parquet", "summary.json"}
    assert find_differences(kept, write(tmp_path / "new")) == []


def test_place_and_size_of_a_difference_are_told(tmp_path: Path) -> None:
    kept = read_kept(keep(write(tmp_path / "kept")) / "manifest.json")
    runs, summary = find_differences(kept, write(tmp_path / "new", cost=2.002, mean=None))
    assert (runs.file, runs.place) == ("runs.csv", "column cost, row 1")
    assert runs.relative == pytest.approx(0.002 / 2.002)
    assert "1 value differs" in runs.words and "2.0, here 2.002" in runs.words
    assert (summary.place, summary.relative) == ("policies.a.mean", float("inf"))


def test_what_was_not_kept_or_is_not_written_is_told(tmp_path: Path) -> None:
    folder = keep(write(tmp_path / "kept"))
    (folder / "runs.csv").unlink()
    new = write(tmp_path / "new", cost=3.0)
    (new / "summary.json").unlink()
    runs, summary = find_differences(read_kept(folder), new)
    assert runs.relative != runs.relative and "the kept file is not there" in runs.words
    assert summary.words == "is not written here"


@pytest.mark.parametrize(("cost", "words", "code"), [
    (2.0, [], 0), (2.000002, [], 1), (2.000002, ["--rtol", "1e-5"], 0), (2.1, ["--rtol", "1e-5"], 1),
])  # fmt: skip
def test_the_command_says_so_by_its_exit_code(
    cost: float, words: list[str], code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = keep(write(tmp_path / "kept"), versions={**versions(), "numpy": "1.0"})
    monkeypatch.setattr(command, "run_again", lambda words, out: write(out, cost) and 0)
    done = CliRunner().invoke(app, ["reproduce", str(folder), *words])
    assert done.exit_code == code, done.output
    assert "Other version: numpy 1.0" in done.output
    assert ("Not the same: 1 of 3" in done.output) == (code == 1)


def test_own_files_come_from_the_manifest_whatever_folder_they_were_in(tmp_path: Path) -> None:
    scenario, policy = tmp_path / "mine" / "bank.toml", tmp_path / "other" / "bank.toml"
    for file, text in ((scenario, TEXT), (policy, "speeches = 1.0")):
        file.parent.mkdir()
        file.write_text(text, encoding="utf-8")
    plan = plan_comparison(ComparisonRequest(scenario, ["none", "symbolic", str(policy)], replicates=2))
    assert plan.inputs == {str(scenario): TEXT, str(policy): "speeches = 1.0"}
    kept = read_kept(keep(write(tmp_path / "kept"), plan.command, inputs=dict(plan.inputs)))
    scenario.unlink()
    policy.unlink()
    words = kept.words_in(tmp_path / "again")
    again = plan_comparison(ComparisonRequest(words[1], words[3:8:2], replicates=2))
    assert words[4:6] == ["--policy", "symbolic"] and words[8:] == list(kept.words)[8:]
    assert again.scenario.hash == plan.scenario.hash
    assert again.loaded_policies == plan.loaded_policies


def test_another_source_of_the_program_is_named_and_the_same_one_is_not(tmp_path: Path) -> None:
    folder = keep(write(tmp_path / "kept"), code="0123456789abcdef")
    assert read_kept(folder).changed_source() == f"0123456789ab (here {own_source()[:12]})"
    keep(folder, code=own_source())
    assert not read_kept(folder).changed_source()


@pytest.mark.parametrize(("content", "words"), [
    ('{"kind": "comparison", "command": "centricity compare b", "files": {}, "versions": {}, "inputs": {"b": ""}}',
     "must be the manifest.json of a comparison"),
    ('{"kind": "comparison", "command": "centricity compare b.toml", "files": {}, "versions": {}, "inputs": '
     '{"b.toml": "extensions = []"}}', "without extensions"),
    ("[]", "must be the manifest.json of a comparison"),
    ("{", "must be the manifest.json of a comparison"),
    ('{"kind": "sweep"}', "must be the manifest.json of a comparison"),
    ('{"kind": "comparison", "command": "rm -rf /", "files": {}, "versions": {}}', "must be that of `centricity compare`"),
    ('{"kind": "comparison", "command": "centricity compare b --extension=x.py", "files": {}, "versions": {}}', "extensions"),
])  # fmt: skip
def test_what_is_no_manifest_or_runs_a_strangers_file_is_refused(content: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text(content)
    with pytest.raises(ScenarioError, match=words):
        read_kept(tmp_path)


@pytest.mark.parametrize("name", ["", " "])
@pytest.mark.parametrize("words", [["reproduce"], ["bundle", "--out", "o.zip"]])
def test_an_empty_name_is_no_folder(
    name: str, words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "manifest.json").write_text("{}", encoding="utf-8")  # of the folder that an empty name would mean
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, [*words, name])
    assert done.exit_code == 2 and "must not be empty" in done.stderr
    assert not (tmp_path / "o.zip").exists()
