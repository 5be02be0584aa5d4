"""A study, what its result was made from, and where that is kept."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

TOP = Path(__file__).parents[2]
KEPT = TOP / "results" / "reference" / "long"
GOLDEN = TOP / "tests" / "model" / "test_golden.py"


@dataclass(frozen=True)
class Study:
    """A study that takes long.

    Attributes:
        name: Its name, and that of the file that keeps its result.
        about: The question, in one sentence.
        run: Carries it out and gives the result as JSON has it.
        inputs: What it depends on beside the behavior of the model, as text.
    """

    name: str
    about: str
    run: Callable[[], dict[str, Any]]
    inputs: Callable[[], str]

    @property
    def file(self) -> Path:
        """Where its result is kept."""
        return KEPT / f"{self.name}.json"

    def made_from(self) -> dict[str, str]:
        """Version, golden runs and inputs as they are now; a result made from others is stale.

        The golden runs stand for the behavior of the model: tidier code leaves them alone, and a decision about a number
        moves them.
        """
        return {"version": version("centricity"), "golden_runs": _digest(_pinned()), "inputs": _digest(self.inputs())}

    def carry_out(self) -> dict[str, Any]:
        """Run it, and keep the result in place of the one before, whole or not at all."""
        document = {"study": self.name, "about": self.about, "made_from": self.made_from(), "result": self.run()}
        self.file.parent.mkdir(parents=True, exist_ok=True)
        partial = self.file.with_suffix(".partial")
        partial.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        partial.replace(self.file)
        return document

    def kept(self) -> dict[str, Any] | None:
        """The result that is kept, if there is one."""
        if not self.file.is_file():
            return None
        document: dict[str, Any] = json.loads(self.file.read_text(encoding="utf-8"))
        return document

    def staleness(self) -> list[str]:
        """What the result that is kept was made from and is different now; ``["missing"]`` without a result."""
        document = self.kept()
        if document is None:
            return ["missing"]
        now: Mapping[str, str] = self.made_from()
        return [part for part in now if document["made_from"].get(part) != now[part]]


def _pinned() -> str:
    """The numbers with which golden runs are compared."""
    found = re.search(r"# BEGIN PINNED\n(.*?)# END PINNED", GOLDEN.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert found is not None
    return found[1]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
