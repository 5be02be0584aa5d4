"""What happens in a sweep besides its policies: events, as the manifest lists them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Happening:
    """An event of a sweep.

    Attributes:
        name: What the sweep calls it.
        week: Week in which it happens, unless a factor says so.
        factor: Factor that is its week; empty where the week is fixed.
        switch: Factor that says whether it happens; empty where it always does.
    """

    name: str
    week: int
    factor: str = ""
    switch: str = ""

    def describe(self) -> str:
        """The event with its week."""
        return f"{self.name} ({f'the week is {self.factor}' if self.factor else f'week {self.week}'})"


def list_happenings(manifest: Mapping[str, Any]) -> tuple[Happening, ...]:
    """The events of a sweep: those of its scenario and those of the experiment."""
    experiment = manifest.get("experiment") or {}
    scenario = manifest.get("scenario") or {}
    found = []
    if experiment.get("scenario_events", True):
        found += [Happening(str(event["kind"]), int(event["week"])) for event in scenario.get("events") or ()]
    for event in experiment.get("shocks") or ():
        fixed, varied = event["fixed"], event["varied"]
        if fixed.get("happens", True):
            week = int(fixed.get("week", 0))
            found.append(
                Happening(str(event["name"]), week, str(varied.get("week", "")), str(varied.get("happens", "")))
            )
    return tuple(found)
