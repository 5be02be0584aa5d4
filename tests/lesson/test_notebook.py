"""The notebook for a class that codes: its cells run, in order, as they stand (but for the number of people)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
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
    assert len(guesses) == 5
    assert all("show(" in code[index + 1] for index in guesses)


@pytest.mark.slow
def test_its_runs_show_what_its_prose_says() -> None:
    """Texts of the notebook, and its first guesses, against the numbers that its cells draw."""
    shown: dict[str, dict[str, Any]] = {}
    names: dict[str, Any] = {}
    for cell in _cells():
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), names)
            names["show"] = lambda title, lines, *_, **__: shown.setdefault(title, lines)

    def quarter(title: str, line: str, week: int) -> float:
        return float(np.nanmean(shown[title][line][:, week - 13 : week]))

    served, checked = "Needs served", "Needs served, checklists"
    assert abs(quarter(served, "A: nothing", 39) - 0.45) < 0.015, "without speeches it is about 0.45"
    assert quarter(served, "B: speeches", 39) > quarter(served, "A: nothing", 39) + 0.01
    assert abs(quarter(served, "B: speeches", 110) - quarter(served, "A: nothing", 110)) < 0.01
    attention = shown["Attention and cynicism"]
    assert np.nanmean(attention["attention"][:, 20]) > np.nanmean(attention["attention"][:, 38])
    assert np.nanmean(attention["attention"][:, 60]) < 0.02 < np.nanmean(attention["cynicism"][:, 109])
    assert quarter(checked, "without crowding-out", 104) > quarter(checked, "as it is", 104) + 0.01
    practicing = "Practicing"
    assert quarter(practicing, "B: two years", 222) > 0.6 and quarter(practicing, "A: a year", 222) < 0.2
    line = "Conflicts decided for the customer"
    assert abs(quarter(line, "B: training", 104) - quarter(line, "A: nothing", 104)) < 0.02
    assert quarter(line, "others decide", 104) > quarter(line, "A: nothing", 104) + 0.2
    ships = f"{line}, as the bank ships"
    assert quarter(ships, "B: training", 104) < quarter(ships, "A: nothing", 104) - 0.03
    assert quarter(ships, "B: training", 130) > quarter(ships, "A: nothing", 130) + 0.03


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
