"""What is kept of an error: a task, or a run, that could not be done."""

from __future__ import annotations

import traceback
from dataclasses import dataclass


class GivenUpError(RuntimeError):
    """A run that has killed or blocked its worker before is not tried again."""


@dataclass(frozen=True, slots=True)
class Failure:
    """The error of a task that could not be done."""

    error: str
    traceback: str = ""

    @classmethod
    def of(cls, error: BaseException) -> Failure:
        """The error in one line, and where it came from; of a run that was given up before, only the reason."""
        if isinstance(error, GivenUpError):
            return cls(str(error))
        line = " ".join(f"{type(error).__name__}: {error}".split()).removesuffix(":")
        return cls(line, "".join(traceback.format_exception(error)))
