"""Who could be hired this week: drawn when the first seat is filled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scipy.special import gammaincinv

from reference.numbers import HUNDRED

if TYPE_CHECKING:
    from reference.employee import Employee
    from reference.model import ReferenceModel


class Applicants:
    """Applicants of one week, a handful for every seat."""

    def __init__(self, model: ReferenceModel) -> None:
        self.model = model
        self._blocks: dict[str, Any] = {}

    def hire(self, person: Employee) -> tuple[int, float, float, list[int], float]:
        """Identity, quantile of the set point, susceptibility, memory and definition of the applicant hired for this seat."""
        model, seat = self.model, person.seat
        p = model.numbers
        candidates = self._block("candidates", p.hiring_candidates)[seat].tolist()
        picky = self._block("candidate picked")[seat] < person.department.hiring_filter
        seen = self._block("remembered elsewhere", p.norm_memory)[seat].tolist()
        memory = [HUNDRED if draw < p.seen_outside else 0 for draw in seen]
        meaning = float(self._block("newcomer definition")[seat])
        identity = model.employees_ever_hired
        model.employees_ever_hired += 1
        model.hired += 1
        definition = 0.5 + p.definitions_spread * (meaning - 0.5)
        susceptibility, variance = 1.0, p.susceptibility_spread**2
        if variance:
            draw = float(self._block("newcomer susceptibility")[seat])
            susceptibility = float(gammaincinv(1.0 / variance, draw) * variance)
        return identity, max(candidates) if picky else candidates[0], susceptibility, memory, definition

    def _block(self, stream: str, width: int | None = None) -> Any:
        """Draws of a stream for every seat, the same throughout the week."""
        if stream not in self._blocks:
            seats = len(self.model.staff)
            size = seats if width is None else (seats, width)
            self._blocks[stream] = self.model.streams.uniform(stream, self.model.week, size)
        return self._blocks[stream]
