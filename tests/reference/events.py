"""Events: what happens to the organization in given weeks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.model.scenario import Event

if TYPE_CHECKING:
    from reference.model import ReferenceModel


class Events:
    """Events that the scenario schedules."""

    def __init__(self, model: ReferenceModel, scheduled: Sequence[Event], names: list[str]) -> None:
        self.model, self.scheduled, self._names = model, scheduled, names
        self.pushed = self.merged = 0.0  # share of executives who leave, and of seats that are taken over
        self.successors_weight = 1.0

    def strike(self) -> None:
        """Events that the scenario schedules for this week."""
        self.pushed = self.merged = 0.0
        for event in self.scheduled:
            if event.week == self.model.week:
                sizes = {name: float(value) for name, value in event.fields.items()}
                size = sizes.get("share", 0.0)
                self._strike(event, sizes, size, self.model.week + int(sizes.get("weeks", 0.0)))

    def _strike(self, event: Event, sizes: dict[str, float], size: float, end: int) -> None:
        """One event of a size, in force until a week."""
        model = self.model
        if event.kind == "executive_succession":
            self.pushed, self.successors_weight = size, sizes["customer_weight"]
        elif event.kind == "manager_exit":
            for department, name in zip(model.departments, self._names, strict=True):
                hit = event.departments is None or name in event.departments
                department.forced_exit = size if hit else 0.0
        elif event.kind == "budget_cut":
            model.budget_cuts.append((size, end))
        elif event.kind == "market_shift":
            model.environment.move_market(sizes["size"])
        elif event.kind == "service_crisis":
            model.environment.crises.append((size, end))
        elif event.kind == "merger":
            self.merged = size
        elif event.kind == "election":
            model.board.campaigns.append((end, size))
        elif event.kind == "margin_squeeze":
            model.board.squeezes.append((size, end))
        elif event.kind == "next_fad":
            model.board.fad = size
