"""Results that are kept while the work goes on: the same values come back, damage is left out, and files of others stay."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lab.small import make_policy, small
from sim.lab import kept_results
from sim.lab.ablation import measure_replicate
from sim.lab.failure import Failure
from sim.lab.kept_results import KeptResults, _from_plain, _plain, digest, folder_for
from sim.lab.parameter_uncertainty import run_point
from sim.lab.replicate import run_replicate
from sim.lab.task import Attempt, Replicate
from sim.lab.task import run_replicate as by_path
from sim.lab.worker_pool import run_tasks

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | arrays(np.float64, st.integers(0, 4)),
    lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text() | st.tuples(st.text()), inner),
    max_leaves=8,
)


def task(number: int = 0, **changes: Any) -> Replicate:
    """A replicate of the small organization."""
    given = {
        "seed": number + 7,
        "scenario": small().override({"weeks": 3}),
        "loaded_policies": (make_policy("a", coaching=1.0),),
    }
    return Replicate(number, **{**given, **changes})


def same(one: Any, other: Any) -> bool:
    """Whether two values are equal to the last bit, and of the same type."""
    equal = type(one) is type(other)
    if equal and isinstance(one, pd.DataFrame):
        pd.testing.assert_frame_equal(one, other, check_exact=True)
    elif equal and isinstance(one, np.ndarray):
        equal = one.dtype == other.dtype and one.tobytes() == other.tobytes() and one.shape == other.shape
    elif equal and isinstance(one, list | tuple):
        equal = len(one) == len(other) and all(map(same, one, other))
    elif equal and isinstance(one, dict):
        equal = list(one) == list(other) and all(map(same, one.values(), other.values()))
    elif equal and hasattr(one, "__dataclass_fields__"):
        equal = all(same(getattr(one, name), getattr(other, name)) for name in one.__dataclass_fields__)
    elif equal:
        equal = one == other or (isinstance(one, float) and math.isnan(one) and math.isnan(other))
    return equal


@given(VALUES)
def test_values_come_back_as_they_were(value: Any) -> None:
    kept: list[np.ndarray] = []
    plain = _plain(value, kept)
    assert same(_from_plain(plain, {f"array_{number}": array for number, array in enumerate(kept)}), value)


def test_results_come_back_to_the_last_bit(tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    with KeptResults(folder) as kept:
        runs, point = run_replicate(task()), run_point(task(1))
        kept.add(by_path, task(), runs)
        kept.add(run_point, task(1), point)
        kept.add(measure_replicate, task(2), variant := measure_replicate(task(2)))
        kept.save()
    with KeptResults(folder) as again:
        assert again.number == 3
        assert same(again.get(measure_replicate, task(2)), variant)
        assert same(again.get(by_path, task()), runs)
        assert same(again.get(run_point, task(1)), point)
        assert again.get(by_path, task(1)) is None
        again.remove()
    assert not folder.exists()


@pytest.mark.parametrize(
    "change",
    [{"seed": 8}, {"scenario": small()}, {"loaded_policies": (make_policy("a", coaching=0.9),)}, {"future": "other"}],
    ids=lambda change: next(iter(change)),
)
def test_another_task_has_another_digest(change: dict[str, Any]) -> None:
    assert digest(by_path, task()) == digest(by_path, task())
    assert digest(by_path, task()) != digest(by_path, task(**change))
    assert digest(by_path, task()) != digest(run_point, task())


def test_another_program_does_not_take_them(monkeypatch: pytest.MonkeyPatch) -> None:
    before = digest(by_path, task())
    monkeypatch.setattr(kept_results, "fingerprint", lambda: "other")
    assert digest(by_path, task()) != before


def test_failures_are_tried_again(tmp_path: Path) -> None:
    with KeptResults(tmp_path / "kept") as kept:
        kept.add(by_path, task(), Failure("no memory"))
        kept.add(by_path, task(1), (Attempt("a", None, Failure("no memory"), 0.0),))
        assert kept.get(by_path, task()) is None
        assert kept.get(by_path, task(1)) is None


def keep_one(folder: Path) -> Path:
    """A folder with one file of one result; returns the file."""
    with KeptResults(folder) as kept:
        kept.add(by_path, task(), run_replicate(task()))
        kept.save()
    (file,) = folder.glob("results-*.npz")
    return file


@pytest.mark.parametrize("where", [0.0, 0.3, 0.6, 0.9, 1.0])
def test_a_file_cut_short_is_left_out(tmp_path: Path, where: float) -> None:
    file = keep_one(tmp_path / "kept")
    content = file.read_bytes()
    file.write_bytes(content[: int(where * (len(content) - 1))])
    with KeptResults(tmp_path / "kept") as kept:
        assert kept.number == 0


def test_no_flipped_bit_goes_unnoticed(tmp_path: Path) -> None:
    file = keep_one(tmp_path / "kept")
    content, result = file.read_bytes(), run_replicate(task())
    for position in np.random.default_rng(1).integers(0, len(content), 150):
        flipped = bytearray(content)
        flipped[position] ^= 1 << (position % 8)
        file.write_bytes(flipped)
        with KeptResults(tmp_path / "kept") as kept:
            found = kept.get(by_path, task())
            assert found is None or [each.policy for each in found] == [each.policy for each in result]
            if found is not None:
                assert all(same(one.run, other.run) for one, other in zip(found, result, strict=True))


def test_nothing_is_removed_that_is_not_its_own(tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    keep_one(folder)
    (folder / "thesis.txt").write_text("mine")
    other = tmp_path / "other.npz"
    other.write_text("mine, too")
    (folder / "results-00000007-0123456789abcdef.npz").symlink_to(other)
    with KeptResults(folder) as kept:
        assert kept.number == 1
        kept.remove()
    assert (folder / "thesis.txt").read_text() == "mine"
    assert other.read_text() == "mine, too"


def test_only_what_is_missing_is_done(tmp_path: Path) -> None:
    tasks = [task(number) for number in range(4)]
    with KeptResults(tmp_path / "kept") as kept:
        run_tasks(run_replicate, tasks[:2], 1, kept=kept)
        kept.save()
    reported: list[int] = []
    with KeptResults(tmp_path / "kept") as kept:
        results = run_tasks(run_replicate, tasks, 1, reported.append, kept=kept)
    assert reported == [2, 3, 4]
    whole = run_tasks(run_replicate, tasks, 1)
    for one, other in zip(results, whole, strict=True):
        assert isinstance(one, tuple) and isinstance(other, tuple)
        assert all(same(a.run, b.run) for a, b in zip(one, other, strict=True))


def test_the_folder_stands_beside_the_results() -> None:
    assert folder_for(Path("there") / "results") == Path.cwd() / "there" / ".results.unfinished"
