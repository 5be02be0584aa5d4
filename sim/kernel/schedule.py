"""The week as a list: steps in order, each with a sentence. Model, documentation and tests read the same list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

State = TypeVar("State")


@dataclass(frozen=True, slots=True)
class Step(Generic[State]):
    """One thing that happens every week.

    Attributes:
        name: Verb phrase in the imperative, used by tests and documentation.
        sentence: What happens, for a reader who knows no code.
        run: Changes the state in place.
    """

    name: str
    sentence: str
    run: Callable[[State], None]
