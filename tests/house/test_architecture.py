"""The architecture page shows the rooms that there are, on the floors that the import contracts hold them to."""

from __future__ import annotations

import re
import tomllib
from itertools import pairwise
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
PAGE = TOP / "docs" / "architecture.md"

pytestmark = pytest.mark.skipif(not PAGE.is_file(), reason="needs the checkout")


def layers(contract: str) -> list[set[str]]:
    """Layers of a contract, from the top: last names of the modules of each."""
    settings = tomllib.loads((TOP / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    (found,) = [each["layers"] for each in settings["contracts"] if each["name"] == contract]
    return [{name.strip().rpartition(".")[2] for name in layer.split("|")} for layer in found]


def test_the_picture_has_every_room_in_its_order() -> None:
    picture = PAGE.read_text(encoding="utf-8").split("```text\n")[1].split("```")[0]
    rooms = {path.name for path in (TOP / "sim").iterdir() if path.is_dir() and (path / "__init__.py").is_file()}
    floors = layers("Arrows between the rooms point one way")
    assert set.union(*floors) == rooms
    lines = [line[:42] for line in picture.splitlines()]  # beside it stands what each room holds
    heights = {
        room: next(number for number, line in enumerate(lines) if re.search(rf"\b{room}\b", line)) for room in rooms
    }
    for upper, lower in pairwise(floors):
        assert max(heights[room] for room in upper) <= min(heights[room] for room in lower)


def test_the_table_has_every_floor_of_the_model() -> None:
    floors = layers("Arrows inside the model point one way")
    rows = re.findall(r"^\| \d+ \| (.*?) \|", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)[: len(floors)]
    named = [{name.removesuffix(".py").rstrip("/") for name in re.findall(r"`([\w./]+)`", row)} for row in rows]
    assert named == floors


def test_places_that_the_page_names_exist() -> None:
    for path in re.findall(r"`((?:sim|docs|results|tests)/[\w./-]+)`", PAGE.read_text(encoding="utf-8")):
        assert (TOP / path).exists(), path
