"""Kept runs are the model's own numbers, to the rounding stated, and are computed once."""

from __future__ import annotations

import base64
import zlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from lesson.small import thin
from sim.lab.lock import Lock
from sim.model.kernel.array_types import FloatArray
from sim.model.mesa_model import CentricityModel
from sim.pages.lesson.page import pack_frames, pack_steps, round_ticks
from sim.pages.lesson.precomputed import (
    MISSING,
    OrganizationTask,
    Recorded,
    key,
    precompute,
    question,
    run_organization,
    whole_steps,
)
from sim.pages.lesson.recording import drawn_customers, frame, pack
from sim.pages.shared.states import LEVELS


def test_runs_are_those_of_the_model(tmp_path: Path) -> None:
    lesson = thin("checklists", weeks=95, replicates=2)
    runs = precompute(lesson, 1, cache=tmp_path)
    world, policy, seed = 0, len(lesson.policies) - 1, 2
    model = CentricityModel(
        lesson.scenario(world),
        policy=lesson.policies[policy],
        rng=seed,
        weeks=lesson.weeks,
    )
    model.run_for(lesson.weeks)
    table = model.outcomes()
    for index, curve in enumerate(lesson.curves):
        steps = runs.steps[world, policy, index, seed - 1]
        truth = table[curve.outcome].to_numpy()
        assert np.array_equal(steps == MISSING, np.isnan(truth))
        there = steps != MISSING
        assert np.abs(steps[there] * curve.step - truth[there]).max() <= curve.step / 2 + 1e-12


def test_the_picture_shows_the_model(tmp_path: Path) -> None:
    lesson = thin("checklists")
    runs = precompute(lesson, 1, cache=tmp_path)
    model = CentricityModel(lesson.scenario(0), policy=lesson.policies[1], rng=1, weeks=20)
    for week in range(20):
        model.step()
        assert np.array_equal(frame(model.organization, lesson.people), runs.frames[0, 1, week])
    organization = model.organization
    seats = len(organization.employees)
    halves = np.stack([runs.frames[0, 1, 19] & 15, runs.frames[0, 1, 19] >> 4], axis=1).reshape(-1)
    states = halves[:seats].astype(int)
    employees = organization.employees
    assert np.array_equal(states == 0, ~employees.employed)
    assert np.array_equal(states > 5, employees.employed & (employees.choice == 1))
    level = (states[states > 0] - 1) % 5
    assert np.array_equal(level, np.digitize(employees.delivery, LEVELS)[states > 0])


def test_people_may_show_what_they_feel(tmp_path: Path) -> None:
    lesson = thin("speech")
    assert lesson.people == "salience"
    runs = precompute(lesson, 1, cache=tmp_path)
    model = CentricityModel(lesson.scenario(0), policy=lesson.policies[1], rng=1, weeks=20)
    model.run_for(20)
    assert np.array_equal(frame(model.organization, "salience"), runs.frames[0, 1, 19])
    assert not np.array_equal(frame(model.organization, "delivery"), runs.frames[0, 1, 19])


def test_the_question_is_asked_of_more_organizations_than_are_drawn(tmp_path: Path) -> None:
    lesson = replace(thin("speech", replicates=2), questioned=4, world="isolated")
    runs = precompute(lesson, 1, cache=tmp_path)
    assert runs.steps.shape[:2] == (2, 3) and runs.asked.shape == (2, 2, 4, lesson.weeks)
    for world in (0, 1):
        assert np.array_equal(runs.asked[world, :, :2], runs.steps[world, question(lesson), 0])
    assert not np.array_equal(runs.asked[0], runs.asked[1]), "as it ships is another world"


def watched(monkeypatch: pytest.MonkeyPatch, interrupted_at: int | None = None) -> list[int]:
    """Seeds of the organizations that are computed from now on; every one is written at once."""
    computed: list[int] = []

    def run(task: OrganizationTask) -> Recorded:
        if task.seed == interrupted_at:
            raise KeyboardInterrupt
        computed.append(task.seed)
        return run_organization(task)

    run.__module__, run.__qualname__ = run_organization.__module__, run_organization.__qualname__
    monkeypatch.setattr("sim.pages.lesson.precomputed.run_organization", run)
    monkeypatch.setattr("sim.lab.kept_results.SAVED_EVERY", 0.0)
    return computed


def test_kept_runs_are_not_computed_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lesson = thin("speech", replicates=3)
    computed = watched(monkeypatch)
    text: list[tuple[int, int]] = []
    first = precompute(lesson, 1, lambda done, total: text.append((done, total)), tmp_path)
    assert text[0] == (0, 3) and text[-1] == (3, 3) and computed == [1, 2, 3]
    (folder,) = tmp_path.iterdir()
    damaged = sorted(folder.glob("results-*.npz"))[1]
    content = bytearray(damaged.read_bytes())
    for spoiled in (content[:-7], content[:100] + b"\1" + content[101:], b""):
        damaged.write_bytes(spoiled)
        computed.clear()
        again = precompute(lesson, 1, cache=tmp_path)
        assert computed == [2]
        assert np.array_equal(first.steps, again.steps) and np.array_equal(first.frames, again.frames)
        damaged = sorted(folder.glob("results-*.npz"))[-1]
    computed.clear()
    precompute(lesson, 1, cache=tmp_path)
    assert not computed


def test_an_interrupted_lesson_keeps_what_it_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lesson = thin("speech", replicates=3)
    watched(monkeypatch, interrupted_at=3)
    with pytest.raises(KeyboardInterrupt):
        precompute(lesson, 1, cache=tmp_path)
    monkeypatch.undo()
    computed = watched(monkeypatch)
    precompute(lesson, 1, cache=tmp_path)
    assert computed == [3]


def test_a_lesson_that_another_process_computes_is_computed_all_the_same(tmp_path: Path) -> None:
    lesson = thin("speech")
    first = precompute(lesson, 1, cache=tmp_path)
    (folder,) = tmp_path.iterdir()
    with Lock(folder):
        assert np.array_equal(precompute(lesson, 1, cache=tmp_path).steps, first.steps)


def test_another_lesson_has_another_key() -> None:
    keys = {key(thin("speech")), key(thin("speech", 25)), key(thin("line"))}
    assert len(keys) == 3


@pytest.mark.parametrize("value", [-0.01, 70.0])
def test_a_value_that_does_not_fit_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="must lie between"):
        whole_steps(np.array([0.5, value]), 0.001)


def test_packing_loses_nothing() -> None:
    draw = np.random.default_rng(1)
    steps = draw.integers(0, 65536, (2, 3, 7)).astype(np.uint16)
    frames = draw.integers(0, 256, (2, 5, 4)).astype(np.uint8)

    def opened(text: str) -> npt.NDArray[np.uint8]:
        return np.frombuffer(zlib.decompress(base64.b64decode(text)), dtype=np.uint8)

    halves = opened(pack_steps(steps)).reshape(2, -1).astype(np.uint16)
    change = (halves[0] | (halves[1] << 8)).reshape(steps.shape)
    assert np.array_equal(np.cumsum(change, axis=-1, dtype=np.uint16), steps)
    changes = opened(pack_frames(frames)).reshape(frames.shape)
    assert np.array_equal(np.bitwise_xor.accumulate(changes, axis=1), frames)
    assert list(pack(np.array([1, 2, 15]))) == [0x21, 0x0F]
    assert list(drawn_customers(5)) == [0, 1, 2, 3, 4]
    assert drawn_customers(1250).max() < 1250


@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (0.41, 0.58), (0.0, 3564.0), (0.9613, 0.9614), (0.2, 0.2)])
def test_scales_are_round_and_hold_everything(low: float, high: float) -> None:
    ticks: FloatArray = np.array(round_ticks(low, high))
    assert ticks[0] <= low + 1e-9 and ticks[-1] >= high - 1e-9 and 2 <= ticks.size <= 7
    assert np.allclose(np.diff(ticks), ticks[1] - ticks[0])
