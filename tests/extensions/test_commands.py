"""Commands with an extension: a comparison and a sweep run with it in worker processes, and their tables have its outcome."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from sim.commands.cli import app

EXAMPLE = Path(__file__).parents[2] / "experiments" / "remote_work.py"

ORGANIZATION = """
extensions = ["remote_work.py"]
[remote]
share = 0.4
[employees]
number = 20
[customers]
initial = 20
market = 30
[run]
burn_in = 2
[[departments]]
name = "all"
share = 1.0
facing = 1.0
power = 1.0
[policies.office]
office_days = 1.0
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copy(EXAMPLE, tmp_path)
    (tmp_path / "own.toml").write_text(ORGANIZATION)
    return tmp_path


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """A command, its weeks as plain Python, so that nothing waits for a compiler."""
    plain = {**os.environ, "NUMBA_DISABLE_JIT": "1"}
    command = [sys.executable, "-m", "sim", *words]
    return subprocess.run(command, cwd=folder, env=plain, capture_output=True, text=True, check=False)


COMPARE = (
    "compare",
    "own.toml",
    "--policy",
    "none",
    "--policy",
    "office",
    "--weeks",
    "4",
    "--replicates",
    "2",
    "--workers",
    "2",
)


@pytest.mark.slow
def test_a_comparison_needs_consent_and_then_has_the_outcome(folder: Path) -> None:
    refused = run(folder, *COMPARE, "--out", "results")
    assert refused.returncode == 2
    assert "--extension" in refused.stderr
    assert not (folder / "results").exists()
    done = run(folder, *COMPARE, "--trust", "--out", "results")
    assert done.returncode == 0, done.stderr
    weekly = pd.read_parquet(folder / "results" / "weekly.parquet")
    remote = weekly.groupby("policy")["working_from_home"].mean()
    assert remote["office"] < remote["none"]
    manifest = json.loads((folder / "results" / "manifest.json").read_text())
    assert [each["file"] for each in manifest["extension_files"]] == ["remote_work.py"]
    summary = json.loads((folder / "results" / "summary.json").read_text())
    assert summary["policies"]["office"]["cost"]["mean"] > 0.0


def test_a_run_takes_an_extension_by_option(folder: Path) -> None:
    done = run(folder, "run", "own.toml", "--extension", "remote_work.py", "--weeks", "3", "--out", "run.csv")
    assert done.returncode == 0, done.stderr
    assert "Extension: remote_work.py" in done.stderr
    assert pd.read_csv(folder / "run.csv")["working_from_home"].between(0.0, 1.0).all()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes with a name are needed")
def test_nobody_waits_for_a_pipe_into_which_nobody_writes(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.py")
    for words in (
        ["check", str(tmp_path / "pipe.py")],
        ["list", "parameters", "--extension", str(tmp_path / "pipe.py")],
    ):
        result = CliRunner().invoke(app, words)
        assert result.exit_code == 2 and "a device, a pipe or a socket" in result.stderr
