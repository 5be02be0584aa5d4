"""The notebook for a class that codes: its cells run, in order, as they stand (but for the number of people)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

NOTEBOOK = Path(__file__).parents[2] / "experiments" / "classroom.ipynb"
SIZE = "PEOPLE, CUSTOMERS, RUNS = 120, 600, 3"

pytestmark = pytest.mark.skipif(not NOTEBOOK.is_file(), reason="needs the checkout")


def _cells() -> list[dict[str, Any]]:
    content = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    assert content["nbformat"] == 4
    cells: list[dict[str, Any]] = content["cells"]
    return cells


def test_it_is_open_and_holds_no_output() -> None:
    cells = _cells()
    assert "CC BY 4.0" in "".join(cells[0]["source"])
    assert all(not cell.get("outputs") and cell.get("execution_count") is None for cell in cells)
    assert len({cell["id"] for cell in cells}) == len(cells)


def test_every_lesson_predicts_before_it_runs() -> None:
    code = ["".join(cell["source"]) for cell in _cells() if cell["cell_type"] == "code"]
    guesses = [index for index, text in enumerate(code) if text.startswith("guess")]
    assert len(guesses) == 4
    assert all("show(" in code[index + 1] for index in guesses)


@pytest.mark.slow
def test_its_cells_run(tmp_path: Path) -> None:
    code = "\n\n".join("".join(cell["source"]) for cell in _cells() if cell["cell_type"] == "code")
    assert SIZE in code
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code.replace(SIZE, "PEOPLE, CUSTOMERS, RUNS = 20, 60, 1")],
        cwd=tmp_path,
        env={**os.environ, "MPLBACKEND": "agg"},
        capture_output=True,
        text=True,
        check=False,
        timeout=400,
    )
    assert done.returncode == 0, done.stderr
