"""Tables as compiled code takes them: arrays of the types that it was made for, each with its slots."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest

from sim.model.compiled.addresses import arrays_in, checked, slot_count, slots_of, types_of


class Table(NamedTuple):
    """A record of arrays."""

    whole: np.ndarray
    by_row: np.ndarray
    by_column: np.ndarray


def table(rows: int = 3) -> Table:
    return Table(np.arange(rows), np.zeros((rows, 2)), np.zeros((rows, 2), order="F"))


def test_slots_say_size_place_and_shape() -> None:
    arrays = list(arrays_in((table(), (np.zeros(4, dtype=np.int8),))))
    assert len(arrays) == 4
    slots = slots_of(arrays, [100, 200, 300, 400])
    assert slots.tolist() == [
        *(0, 0, 3, 8, 100, 3, 8),
        *(0, 0, 6, 8, 200, 3, 2, 16, 8),
        *(0, 0, 6, 8, 300, 3, 2, 8, 24),
        *(0, 0, 4, 1, 400, 4, 1),
    ]
    assert slot_count(arrays) == 5 + slots.size


def test_other_sizes_are_the_same_type() -> None:
    types = types_of((table(),))
    for rows in (0, 1, 50):
        assert len(checked((table(rows),), types)) == 3


@pytest.mark.parametrize(
    "wrong",
    [
        table()._replace(whole=np.arange(3, dtype=np.int32)),
        table()._replace(whole=np.arange(6)[::2]),
        table()._replace(whole=np.zeros((3, 1), dtype=np.int64)),
        table()._replace(by_row=np.zeros((3, 2), order="F")),
        table()._replace(by_column=np.zeros((3, 2))),
        table()._replace(by_row=np.broadcast_to(np.zeros(2), (3, 2))),
    ],
    ids=["type", "gaps", "dimensions", "columns", "rows", "read only"],
)
def test_arrays_of_another_type_are_refused(wrong: Table) -> None:
    """Compiled code would read and write other memory."""
    with pytest.raises(TypeError, match="where the compiled model takes"):
        checked((wrong,), types_of((table(),)))


def test_a_missing_array_is_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        checked((table()[:2],), types_of((table(),)))
