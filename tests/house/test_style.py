"""The house rules, run as tests: types, style, and the direction of imports."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]

pytestmark = pytest.mark.skipif(not (TOP / "pyproject.toml").is_file(), reason="needs the checkout")


def _passes(*command: str) -> None:
    done = subprocess.run([sys.executable, *command], cwd=TOP, capture_output=True, text=True, check=False, timeout=500)
    assert done.returncode == 0, done.stdout + done.stderr


def test_types_are_strict() -> None:
    _passes("-m", "mypy")


def test_style_is_clean() -> None:
    _passes("-m", "ruff", "check", "sim", "tests")


def test_code_is_formatted() -> None:
    _passes("-m", "ruff", "format", "--check", "sim", "tests")


def test_imports_point_one_way() -> None:
    _passes("-c", "from importlinter.cli import lint_imports_command; lint_imports_command()", "--no-cache")


def test_the_repository_names_no_machine() -> None:
    """Nobody else has these folders, and nobody should have to wonder about them."""
    listed = subprocess.run(["git", "ls-files"], cwd=TOP, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("needs git")
    for name in listed.stdout.split():
        path = TOP / name
        if path.suffix in (".py", ".md", ".toml", ".txt", ".json", ".jinja", ".css", ".cff") and path.is_file():
            text = path.read_text(encoding="utf-8")
            assert "/work/" + "main" not in text and "/root" + "/" not in text, name
