"""The page on extensions is true: its pieces are the example that ships, and its commands and texts work."""

from __future__ import annotations

import ast
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "extensions.md").read_text()


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def plain() -> dict[str, str]:
    """Environment in which the week runs as plain Python, so that no command waits for a compiler."""
    return {**os.environ, "NUMBA_DISABLE_JIT": "1"}


def test_the_pieces_are_the_example_that_ships() -> None:
    shipped = (ROOT / "experiments" / "remote_work.py").read_text()
    assert ast.dump(ast.parse("\n".join(blocks("python")))) == ast.dump(ast.parse(shipped))


@pytest.mark.parametrize("command", [line for block in blocks("bash") for line in block.strip().splitlines()])
def test_its_commands_work(command: str, tmp_path: Path) -> None:
    words = shlex.split(command.replace("experiments/", f"{ROOT}/experiments/"))
    small = ["--set", "employees.number=20", "--set", "customers.initial=20", "--set", "customers.market=30"]
    done = subprocess.run(
        [sys.executable, "-m", "sim", *words[1:], *(small if words[1] == "run" else [])],
        cwd=tmp_path, env=plain(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    if words[1] == "run":
        table = pd.read_csv(tmp_path / "remote.csv")
        assert 0.0 < table["working_from_home"].mean() < 1.0


@pytest.mark.slow
@pytest.mark.parametrize("number", range(len(blocks("text"))))
def test_its_other_texts_work(number: int, tmp_path: Path) -> None:
    text = blocks("text")[number]
    if "@" in text:  # an extension
        (tmp_path / "more.py").write_text('"""More."""\n\n' + text)
        text = (
            "from sim import CentricityModel\n"
            "model = CentricityModel('retail-bank', rng=1, weeks=2, extensions=['more.py'], employees__number=20,\n"
            "                        customers__initial=20, customers__market=30, run__burn_in=2)\n"
            "model.run_for(2)\nprint(model.outcomes()['practicing'].mean())"
        )
    else:
        text = text.replace("experiments/", f"{ROOT}/experiments/").replace("104", "3")
        text = text.replace("remote__share=0.3", "remote__share=0.3, employees__number=20, customers__initial=20")
    done = subprocess.run(
        [sys.executable, "-c", text], cwd=tmp_path, env=plain(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert 0.0 <= float(done.stdout) <= 1.0
