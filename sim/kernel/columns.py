"""State in columns: one array per attribute, one position per seat; an agent object is a live view of its row.

A million agent objects cost ten seconds and most of a gigabyte, so the week works on columns and objects are made only
when someone asks for them (see :mod:`sim.agents.views`).
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field, fields
from typing import Any, Self

import numpy as np

from sim.kernel.arrays import IntArray


@dataclass(frozen=True, slots=True)
class ColumnInfo:
    """What a column means: its unit and the bounds that its values must keep."""

    meaning: str
    unit: str
    low: float | None = None
    high: float | None = None


def column(meaning: str, unit: str, low: float | None = None, high: float | None = None) -> Any:
    """Declare an array attribute of a :class:`Columns` class."""
    return field(metadata={"column": ColumnInfo(meaning, unit, low, high)})


def share(meaning: str) -> Any:
    """Declare an array attribute that stays in [0, 1]."""
    return column(meaning, "index", 0.0, 1.0)


@dataclass
class Columns:
    """Base of the column classes: arrays of equal length, described by :func:`column`."""

    identity: IntArray

    @classmethod
    def described(cls) -> Mapping[str, ColumnInfo]:
        """Every column with its meaning, unit and bounds, in order of declaration."""
        return {item.name: item.metadata["column"] for item in fields(cls) if "column" in item.metadata}

    def __len__(self) -> int:
        """Number of positions, taken or not."""
        return len(self.identity)

    def copy(self) -> Self:
        """Independent copy: changing one leaves the other alone."""
        return deepcopy(self)

    def violations(self) -> list[str]:
        """Columns whose values are not numbers or leave their bounds, in words; empty when all is well."""
        found = []
        for name, info in self.described().items():
            values: np.ndarray = getattr(self, name)
            if values.dtype.kind == "f" and np.isnan(values).any():
                found.append(f"{type(self).__name__}.{name} has values that are not numbers")
            elif info.low is not None and values.size and values.min() < info.low:
                found.append(f"{type(self).__name__}.{name} falls to {values.min():g}, below {info.low:g}")
            elif info.high is not None and values.size and values.max() > info.high:
                found.append(f"{type(self).__name__}.{name} rises to {values.max():g}, above {info.high:g}")
        return found
