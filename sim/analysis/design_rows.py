"""Rows of a Sobol' or Morris design that another program made: they are checked and placed in the unit cube."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from sim.analysis.missing import FloatArray


class TableError(ValueError):
    """Raised for a table that cannot be read as a sweep; lists every fault that was found."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = list(faults)
        super().__init__("\n".join(self.faults))


def saltelli_fault(positions: FloatArray, second_order: bool = False) -> str:
    """What is wrong with rows [row, factor] that should be base blocks of A, AB, (BA,) B; empty if nothing is."""
    number = positions.shape[1]
    step = 2 * number + 2 if second_order else number + 2
    if len(positions) % step:
        return f"{len(positions)} rows are no multiple of {step}, the rows of a base block of {number} factors."
    blocks = positions.reshape(-1, step, number)
    first, last = blocks[:, 0], blocks[:, -1]
    for factor in range(number):
        expected = first.copy()
        expected[:, factor] = last[:, factor]
        wrong = (np.abs(blocks[:, 1 + factor] - expected) > 1e-9).any(axis=1)
        if second_order:
            mirrored = last.copy()
            mirrored[:, factor] = first[:, factor]
            wrong |= (np.abs(blocks[:, 1 + number + factor] - mirrored) > 1e-9).any(axis=1)
        if wrong.any():
            return (
                f"row {int(wrong.argmax()) * step + 1 + factor} must differ from the first of its block in one factor."
            )
    return ""


def morris_fault(positions: FloatArray) -> str:
    """What is wrong with rows [row, factor] that should be trajectories; empty if nothing is."""
    step = positions.shape[1] + 1
    if len(positions) % step:
        return f"{len(positions)} rows are no multiple of {step}, the rows of a trajectory of {step - 1} factors."
    changed = np.abs(np.diff(positions.reshape(-1, step, step - 1), axis=1)) > 1e-9
    wrong = (changed.sum(axis=2) > 1).any(axis=1) | (changed.sum(axis=1) > 1).any(axis=1)
    if wrong.any():
        return (
            f"in the trajectory that starts at row {int(wrong.argmax()) * step}, a step changes more than one factor."
        )
    return ""


def recognize_design(factor_values: FloatArray, kind: str) -> tuple[FloatArray, bool]:
    """Positions in the unit cube of a design of which only the values are known, and whether it has second order.

    Args:
        factor_values: [row, factor] in the order of SALib's samples.
        kind: ``sobol`` or ``morris``.

    Raises:
        TableError: If the rows are not those of such a design.
    """
    span = np.ptp(factor_values, axis=0)
    positions = (factor_values - factor_values.min(axis=0)) / np.where(span > 0.0, span, 1.0)
    faults = (
        [morris_fault(positions)] if kind == "morris" else [saltelli_fault(positions), saltelli_fault(positions, True)]
    )
    if all(faults):
        remedy = "Give all rows, failed ones without outcome, in the order of SALib or numbered in a row column."
        raise TableError([f"the rows are not those of a {kind} design: {faults[0]} {remedy}"])
    return positions, faults.index("") == 1
