"""Live Mesa agents over the columns: an agent reads and writes its row, and knows when someone else sits there.

Agents are made when they are first asked for. A run that never asks for them pays nothing.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any, ClassVar
from weakref import WeakKeyDictionary

import mesa
import numpy as np

from sim.model.kernel.columns import Columns


class _Counters(WeakKeyDictionary[Any, Iterator[int]]):
    """Numbers for agents by model. Mesa 3.3 keeps them in a plain dictionary, which keeps every model alive for ever."""

    def __getitem__(self, model: Any) -> Iterator[int]:
        """Counter of ``model``; it starts at 1."""
        if model not in self:
            self[model] = itertools.count(1)
        return super().__getitem__(model)


class AgentView(mesa.Agent):
    """An agent whose attributes are a row of columns: every column of its kind is an attribute that reads and writes.

    Attributes:
        kind: Attribute of the organization that holds the columns.
    """

    _ids: ClassVar[Any] = _Counters()
    kind: ClassVar[str]

    def __init__(self, model: Any, row: int, identity: int) -> None:
        self._row = row
        self._identity = identity
        super().__init__(model)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name not in self._columns().described():
            raise AttributeError(f"{type(self).__name__} has no attribute {name}")
        return self._read(name)

    def __setattr__(self, name: str, value: Any) -> None:
        own = vars(self)
        ready = not name.startswith("_") and "_row" in own and "model" in own
        if ready and name != "identity" and name in self._columns().described():
            self._write(name, value)
            return
        super().__setattr__(name, value)

    def __dir__(self) -> list[str]:
        """Attributes with the columns among them, for completion in notebooks."""
        return sorted({*super().__dir__(), *self._columns().described()})

    @property
    def identity(self) -> int:
        """Number of this agent among its kind, in order of arrival; never given twice."""
        return self._identity

    @property
    def position(self) -> int:
        """Row in the columns: the seat of an employee, the position of a customer in the market."""
        return self._row

    @property
    def present(self) -> bool:
        """Whether this agent is still there: false once it has left, even if another has taken its position."""
        return bool(self._columns().identity[self._row] == self._identity)

    def _columns(self) -> Columns:
        columns: Columns = getattr(self.model.organization, self.kind)
        return columns

    def _read(self, name: str) -> Any:
        columns = self._columns()
        if columns.identity[self._row] != self._identity:
            raise LookupError(f"{type(self).__name__} {self._identity} has left; ask the model for those who are there")
        value = getattr(columns, name)[self._row]
        return value.item() if isinstance(value, np.generic) else value

    def _write(self, name: str, value: Any) -> None:
        self._read(name)
        getattr(self._columns(), name)[self._row] = value

    def __repr__(self) -> str:
        return f"{type(self).__name__}(identity={self._identity}, position={self._row})"


class Customer(AgentView):
    """Someone who buys or is under contract; has expectations, feelings and a hazard of leaving of their own."""

    kind = "customers"


class Employee(AgentView):
    """Someone at work: in a department, under a manager, among colleagues, with values, habits and limited energy."""

    kind = "employees"


class Department(AgentView):
    """A part of the organization with seats, work and power."""

    kind = "departments"


class Executive(AgentView):
    """Someone who decides: says one thing, weighs another, and judges the organization from the inside."""

    kind = "executives"


KINDS: tuple[type[AgentView], ...] = (Customer, Employee, Department, Executive)


class LiveAgents(mesa.Model):
    """An organization's agents as a Mesa model: made when first asked for, and kept up to date as they come and go.

    Args:
        organization: Whose agents.

    Attributes:
        organization: The state, in columns.
    """

    def __init__(self, organization: Any, rng: int = 0) -> None:
        self._views: dict[type[AgentView], dict[int, AgentView]] | None = None
        super().__init__(rng=rng)
        self.organization = organization

    @property
    def week(self) -> int:
        """Week that runs now, or next."""
        return int(self.organization.week)

    def uniform(self, stream: str, size: int, round_: int = 0) -> Any:
        """Uniform draws of this week, one per position, from a stream of your own. Other draws do not change them."""
        return self.organization.streams.uniform(stream, self.organization.week, size, round_)

    def refreshed(self) -> LiveAgents:
        """The same model, with the agents that are there now."""
        self._refresh_views()
        return self

    @property
    def agents(self) -> Any:
        """Everyone who is there now, as live Mesa agents."""
        self._refresh_views()
        return self._all_agents

    @property
    def agents_by_type(self) -> Any:
        """Live agent sets by class: Customer, Employee, Department, Executive."""
        self._refresh_views()
        return self._agents_by_type

    @property
    def agent_types(self) -> list[type]:
        """Classes of the agents that are there now."""
        return list(self.agents_by_type)

    def _refresh_views(self) -> None:
        """Let agents who have left go and make agents of those who have come."""
        if self._views is None:
            self._views = {kind: {} for kind in KINDS}
        for kind, known in self._views.items():
            identities = getattr(self.organization, kind.kind).identity
            for row, agent in list(known.items()):
                if identities[row] != agent.identity:
                    known.pop(row).remove()
            for row in np.flatnonzero(identities >= 0).tolist():
                if row not in known:
                    known[row] = kind(self, row, int(identities[row]))
