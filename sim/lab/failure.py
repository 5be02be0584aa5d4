"""What is kept of an error: a task, or a run, that could not be done."""

from __future__ import annotations

import traceback
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Failure:
    """The error of a task that could not be done."""

    error: str
    traceback: str = ""

    @classmethod
    def of(cls, error: BaseException) -> Failure:
        """The error in one line, and where it came from."""
        line = " ".join(f"{type(error).__name__}: {error}".split()).removesuffix(":")
        return cls(line, "".join(traceback.format_exception(error)))
