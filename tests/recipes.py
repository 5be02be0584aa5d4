"""The recipes of ``CONTRIBUTING.md``: how to add each kind of thing, and which files that changes."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

FILE = Path(__file__).parents[1] / "CONTRIBUTING.md"


@cache
def recipes() -> dict[str, str]:
    """Text of each recipe by the kind of thing that it adds; empty without the checkout."""
    if not FILE.is_file():
        return {}
    sections = re.split(r"^### Add an? ", FILE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    return {section.partition("\n")[0].strip(): section.partition("\n")[2].strip() for section in sections}


def files(kind: str) -> list[str]:
    """Files that a recipe says to change or to write, as they stand in it."""
    steps = re.findall(r"^\d+\..*?(?=^\d+\.|^$|\Z)", recipes()[kind], flags=re.MULTILINE | re.DOTALL)
    named = [re.findall(r"`([\w./-]+\.(?:py|toml|md))`", step) for step in steps if "centricity odd" not in step]
    return [path for step in named for path in step if not path.startswith("docs/")]
