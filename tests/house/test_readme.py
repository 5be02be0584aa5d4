"""The README is run: its Python is executed, its commands are called, its pictures exist."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sim.commands.cli import COMMANDS, app
from sim.evidence.headlines import render_headlines
from sim.model.outcomes.weekly import OUTCOMES
from sim.pages.report.decision_page import SCALE

TOP = Path(__file__).parents[2]
README = TOP / "README.md"
RESULTS = TOP / "docs" / "results.md"

pytestmark = pytest.mark.skipif(not README.is_file(), reason="needs the checkout")


def _blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README.read_text(encoding="utf-8"), flags=re.DOTALL)


def _commands() -> list[list[str]]:
    lines = "\n".join(_blocks("bash")).replace("\\\n", " ").splitlines()
    return [shlex.split(line, comments=True)[1:] for line in lines if line.startswith("centricity ")]


def test_readers_are_told_that_only_differences_are_meant() -> None:
    """The level of enacted hangs on a scale that no data fix; README, first page and dictionary of outcomes say so."""
    reading = RESULTS.read_text(encoding="utf-8").partition("## How to read it")[2].partition("\n## ")[0]
    assert "**Only differences are meant**, not the level of *enacted*" in reading
    assert SCALE.startswith("Only differences between policies are meant")
    assert "only differences are meant" in OUTCOMES["enacted"].meaning.lower()


def test_two_commands_set_everything_up() -> None:
    setups = [block.strip() for block in _blocks("bash") if "venv .venv" in block]
    assert len(setups) == 2 and all("\n" not in block for block in setups)
    assert setups[0].endswith("centricity compare")
    assert setups[1].endswith("pytest -n auto")


@pytest.mark.parametrize("words", _commands(), ids=" ".join)
def test_a_command_of_the_readme_exists_with_its_options(words: list[str]) -> None:
    assert words[0] in COMMANDS
    shown = CliRunner().invoke(app, [words[0], "--help"], terminal_width=200)
    assert shown.exit_code == 0
    for word in words[1:]:
        if word.startswith("--"):
            assert word.split("=")[0] in shown.output, f"{words[0]} has no {word}"


@pytest.mark.parametrize(
    "words",
    [
        ["list", "parameters"],
        ["check", "retail-bank"],
        ["run", "retail-bank", "--policy", "value-driven", "--weeks", "3", "--seed", "7", "--out", "run.parquet"],
        ["run", "retail-bank", "--policy", "value-driven", "--seed", "7", "--weeks", "9", "--trace", "customer:17"],
    ],
    ids=lambda words: " ".join(words[:2]),
)
def test_commands_of_the_readme_run(words: list[str], tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "sim", *words], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("code", _blocks("python"))
def test_python_of_the_readme_runs(code: str) -> None:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    assert float(done.stdout.split("'mean': ")[1].split(",")[0]) > 0.0


def test_pictures_and_paths_of_the_readme_exist() -> None:
    text = README.read_text(encoding="utf-8")
    for target in re.findall(r"\]\((?!http)([^)#]+)\)", text):
        assert (TOP / target).is_file(), target


def test_pages_of_the_replications_are_current() -> None:
    from sim.evidence.replications.__main__ import pages

    written = (TOP / "sim" / "evidence" / "replications" / "README.md").read_text(encoding="utf-8")
    assert written == pages(), "run: python -m sim.evidence.replications > sim/evidence/replications/README.md"


def test_the_table_of_headlines_is_that_of_the_kept_runs() -> None:
    kept = json.loads((TOP / "results" / "reference" / "headlines.json").read_text(encoding="utf-8"))
    assert render_headlines(kept) in README.read_text(encoding="utf-8"), (
        "write it anew: python -m sim.evidence.headlines"
    )


def test_numbers_in_the_prose_of_the_results_are_those_of_the_kept_evidence() -> None:
    kept = json.loads((TOP / "results" / "reference" / "evidence.json").read_text(encoding="utf-8"))
    facts = {record["id"]: record for record in kept["facts"]}
    text = " ".join(RESULTS.read_text(encoding="utf-8").split())
    early, later = (round(-100.0 * facts[f"succession/hostile-at-{week}"]["measured"]) for week in (60, 130))
    assert f"cost {early} points of practice if they come in the second year" in text
    assert f"and {later} if they come half a year after it" in text
    region = facts["value-driven-holds/no-succession"]["region"]
    assert f"holds two years on at {region['share']:.0%} of {region['points']} points".replace("%", " %") in text
    bank = json.loads((TOP / "results" / "retail-bank" / "summary.json").read_text(encoding="utf-8"))
    value = bank["policies"]["value-driven"]["net_present_value"]
    said = f"{value['mean'] / 1e6:.1f} million euros ({value['low'] / 1e6:.1f} to {value['high'] / 1e6:.1f}, thirty replicates)"
    assert said in text
    adopted = f"{100.0 * facts['jones-2013/adopted']['measured']:.1f}".lstrip("0")
    assert f"converts {adopted} % here" in text
    assert f"Eight years later {facts['bloom-8y/kept']['measured']:.2f} of what".replace(" 0.", " .") in text
