"""The files of a calibration: the scenario, its figure and its numbers, all of them or none."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from sim.lab.writing import check_file, replaced_file, write_json, write_text
from sim.model.scenario.messages import Faults
from sim.pages.report.figure_style import save_png

_ENDING = ".toml"


@dataclass(frozen=True)
class Outputs:
    """Paths that a calibration writes.

    Attributes:
        scenario: The scenario.
        figure: Its figure, PNG.
        numbers: Fit and diagnostics, JSON.
    """

    scenario: Path
    figure: Path
    numbers: Path

    @classmethod
    def of(cls, scenario: Path) -> Outputs:
        """``shop.toml`` with ``shop.png`` and ``shop.fit.json`` beside it."""
        beside = scenario.parent
        return cls(scenario, beside / f"{scenario.stem}.png", beside / f"{scenario.stem}.fit.json")

    def check(self, data: Path, overwrite: bool, faults: Faults) -> None:
        """Note faults that would prevent writing, before the work begins.

        Args:
            data: File with the data, which must stay as it is.
            overwrite: Whether a scenario that was edited since, or comes from elsewhere, may be replaced.
            faults: Takes what is wrong.
        """
        if self.scenario.suffix.lower() != _ENDING:
            faults.add("--out", f"must end in {_ENDING}, got {self.scenario}. Write for example {self._example()}.")
            return
        check_file(self.scenario, (_ENDING,), faults)
        if faults.messages:
            return
        for path in (self.figure, self.numbers):
            check_file(path, (path.suffix,), faults)
        if faults.messages:
            return
        if data.exists() and any(path.exists() and path.samefile(data) for path in self.all):
            faults.add("--out", f"must not replace the data, got {self.scenario}. Name another file.")
        elif not overwrite and self._was_edited():
            faults.add(
                "--out",
                f"must be a new file, or one that calibrate wrote and no one edited, got {self.scenario}. Name another file, "
                "or add --overwrite to lose what is in it.",
            )

    @property
    def all(self) -> tuple[Path, Path, Path]:
        """All three paths."""
        return self.scenario, self.figure, self.numbers

    def _example(self) -> Path:
        return self.scenario.with_suffix(_ENDING) if self.scenario.name else self.scenario / f"my-shop{_ENDING}"

    def _was_edited(self) -> bool:
        """Whether there is a scenario that differs from the one that was written with the numbers beside it."""
        if not self.scenario.exists() or self.scenario.stat().st_size == 0:
            return False
        try:
            numbers = json.loads(self.numbers.read_text(encoding="utf-8"))
            written = {numbers["scenario_sha256"], numbers.get("replaces_sha256")}
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return True
        return self._digest() not in written

    def _digest(self) -> str:
        return hashlib.sha256(self.scenario.read_bytes()).hexdigest()

    def write(self, text: str, figure: Figure, numbers: dict[str, Any]) -> None:
        """Write all three, each whole or not at all; the scenario last.

        The numbers name an earlier scenario that is replaced: it is still there, and no one's, if the process dies in between.
        """
        digests = {"scenario_sha256": hashlib.sha256(text.encode()).hexdigest()}
        if self.scenario.exists() and not self._was_edited() and self._digest() not in digests.values():
            digests["replaces_sha256"] = self._digest()
        with (
            replaced_file(self.scenario) as scenario,
            replaced_file(self.numbers) as table,
            replaced_file(self.figure) as image,
        ):
            write_text(scenario, text)
            save_png(figure, image)
            write_json(table, {**numbers, "scenario": self.scenario.name, **digests})
