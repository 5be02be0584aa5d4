"""A draw belongs to its seed, stream, week, round and position, and to nothing else."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.model.kernel import scalar_draws
from sim.model.kernel.random import Streams

# Raw draws, as integers out of 2**53. They may change only when every result of the model is meant to change: such a
# change is a decision of its own, written in CHANGELOG.md with its reason, and all golden runs are pinned anew with it.
GOLDEN = {
    (0, "choice", 0, 0): [5350219269300566, 3076106706208291, 1237610208316177],
    (7, "choice", 3, 0): [8634252052427127, 861639992116748, 1303855556558578],
    (7, "leave", -104, 0): [4337570846721717, 6915208081259223, 4676705241806255],
    (12345678901234567890, "stops buying", 259, 2): [410847291067639, 3088288813719056, 4486966772717951],
}

SEEDS = st.integers(0, 2**64 - 1)
NAMES = st.sampled_from(["choice", "leave", "encounter", "a stream of any name"])
WEEKS = st.integers(-2600, 5200)
KINDS = ("uniform", "normal", "exponential")


@pytest.mark.parametrize(("key", "drawn"), GOLDEN.items())
def test_raw_draws_are_pinned(key: tuple[int, str, int, int], drawn: list[int]) -> None:
    seed, stream, week, round_ = key
    assert [int(value * 2**53) for value in Streams(seed).uniform(stream, week, 3, round_)] == drawn


def test_normal_and_exponential_draws_are_pinned() -> None:
    streams = Streams(7)
    normal = [0.86625599, -0.18707811, 1.71554603, 0.57084983]
    exponential = [0.85232729, 0.78695407, 1.72084526, 0.45863047]
    np.testing.assert_allclose(streams.normal("stakes", 5, 4), normal, atol=1e-8)
    np.testing.assert_allclose(streams.exponential("next purchase", 5, 4, 1), exponential, atol=1e-8)


@settings(max_examples=40)
@given(seed=SEEDS, stream=NAMES, week=WEEKS, small=st.integers(0, 40), more=st.integers(0, 200))
def test_a_larger_population_draws_the_same_and_more(seed: int, stream: str, week: int, small: int, more: int) -> None:
    for kind in KINDS:
        short = getattr(Streams(seed), kind)(stream, week, small)
        long = getattr(Streams(seed), kind)(stream, week, small + more)
        np.testing.assert_array_equal(long[:small], short)


@given(seed=SEEDS, week=WEEKS, rows=st.integers(1, 20), more=st.integers(0, 50))
def test_rows_of_several_draws_a_position_stay_too(seed: int, week: int, rows: int, more: int) -> None:
    few = Streams(seed).uniform("choice", week, (rows, 3))
    many = Streams(seed).uniform("choice", week, (rows + more, 3))
    np.testing.assert_array_equal(many[:rows], few)


Key = tuple[str, str, int, int]


@given(
    seed=SEEDS,
    calls=st.lists(
        st.tuples(st.sampled_from(KINDS), NAMES, st.integers(-3, 3), st.integers(0, 2)), unique=True, max_size=12
    ),
    data=st.data(),
)
def test_the_order_of_calls_does_not_matter(seed: int, calls: list[Key], data: st.DataObject) -> None:
    one, other = Streams(seed), Streams(seed)
    first = {call: getattr(one, call[0])(call[1], call[2], 5, call[3]) for call in calls}
    shuffled = data.draw(st.permutations(calls))
    second = {call: getattr(other, call[0])(call[1], call[2], 5, call[3]) for call in shuffled}
    for call in calls:
        np.testing.assert_array_equal(first[call], second[call])


def test_asking_twice_gives_the_same_draws() -> None:
    streams = Streams(3)
    first = streams.uniform("choice", 1, 100)
    streams.normal("choice", 1, 7)  # an odd number of draws leaves nothing behind
    streams.exponential("leave", 2, 3)
    np.testing.assert_array_equal(streams.uniform("choice", 1, 100), first)


def test_seeds_streams_weeks_and_rounds_share_no_draw() -> None:
    blocks = [
        Streams(seed).uniform(stream, week, 500, round_)
        for seed in (0, 1)
        for stream in ("choice", "choice ", "leave")
        for week in (-1, 0, 1)
        for round_ in (0, 1, 2)
    ]
    together = np.concatenate(blocks)
    assert np.unique(together).size == together.size


def test_neighboring_blocks_are_independent() -> None:
    size = 4000
    base = Streams(1).uniform("choice", 0, size)
    neighbors = {
        "the next week": Streams(1).uniform("choice", 1, size),
        "the next round": Streams(1).uniform("choice", 0, size, 1),
        "another stream": Streams(1).uniform("leave", 0, size),
        "the next seed": Streams(2).uniform("choice", 0, size),
        "the next position": np.roll(base, 1),
    }
    for name, other in neighbors.items():
        assert abs(np.corrcoef(base, other)[0, 1]) < 4.0 / np.sqrt(size), name


def test_a_position_is_uniform_over_the_weeks() -> None:
    streams = Streams(5)
    draws = np.array([streams.uniform("leave", week, 3)[2] for week in range(2000)])
    counts = np.bincount((draws * 10).astype(np.int64), minlength=10)
    assert counts.sum() == 2000
    assert float(((counts - 200.0) ** 2 / 200.0).sum()) < 27.9  # chi square, 9 degrees of freedom, 1 in 1,000


def test_draws_have_their_distributions() -> None:
    streams, size = Streams(11), 20_000
    uniform = streams.uniform("u", 0, size)
    normal = streams.normal("n", 0, size)
    exponential = streams.exponential("e", 0, size)
    assert uniform.min() >= 0.0 and uniform.max() < 1.0
    assert abs(uniform.mean() - 0.5) < 4 * np.sqrt(1 / 12 / size)
    assert abs(normal.mean()) < 4 / np.sqrt(size) and abs(normal.std() - 1.0) < 0.03
    assert exponential.min() >= 0.0 and abs(exponential.mean() - 1.0) < 4 / np.sqrt(size)


def test_copies_and_pickles_draw_the_same() -> None:
    streams = Streams(9)
    streams.uniform("choice", 4, 11)
    expected = streams.uniform("choice", 5, 8)
    for twin in (copy.copy(streams), copy.deepcopy(streams), pickle.loads(pickle.dumps(streams))):
        assert twin.seed == 9
        np.testing.assert_array_equal(twin.uniform("choice", 5, 8), expected)


def test_a_copy_does_not_disturb_the_original() -> None:
    streams = Streams(9)
    twin = copy.deepcopy(streams)
    expected = Streams(9).uniform("choice", 5, 8)
    twin.normal("choice", 5, 3)
    np.testing.assert_array_equal(streams.uniform("choice", 5, 8), expected)


def test_global_randomness_plays_no_part() -> None:
    legacy = np.random
    legacy.seed(0)
    first = Streams(4).uniform("choice", 0, 5)
    legacy.seed(1)
    np.testing.assert_array_equal(Streams(4).uniform("choice", 0, 5), first)


@pytest.mark.parametrize("seed", [-1, 2**64])
def test_a_seed_out_of_range_is_refused(seed: int) -> None:
    with pytest.raises(ValueError, match=rf"seed must be from 0 to 2\^64 - 1, got {seed}"):
        Streams(seed)


def test_no_draws_for_nobody() -> None:
    assert Streams(0).uniform("choice", 0, 0).shape == (0,)
    assert Streams(0).uniform("choice", 0, (0, 3)).shape == (0, 3)


def test_single_draws_of_steps_are_those_of_the_blocks() -> None:
    streams = Streams(2**63 + 5)
    key = np.uint64(streams.key("stakes"))
    for week, round_ in ((-104, 0), (0, 0), (259, 3)):
        with np.errstate(over="ignore"):  # draws are made of whole numbers that wrap around
            start = np.uint64(scalar_draws.block(key, week, round_))
        for kind, draw, tolerance in (
            ("uniform", scalar_draws.uniform, 0.0),
            ("normal", scalar_draws.normal, 1e-12),
            ("exponential", scalar_draws.exponential, 1e-12),
        ):
            block = getattr(streams, kind)("stakes", week, 7, round_)
            with np.errstate(over="ignore"):
                one_by_one = [draw(start, position) for position in range(7)]
            np.testing.assert_allclose(one_by_one, block, rtol=tolerance, atol=tolerance)


def test_draws_are_uniform_and_do_not_know_of_one_another() -> None:
    """Neighbors, weeks, rounds, streams and seeds: correlations as small as chance makes them, over 400,000 draws."""
    one = np.stack([Streams(5).uniform("contact", week, 500) for week in range(800)])
    others = {
        "stream": np.stack([Streams(5).uniform("leave", week, 500) for week in range(800)]),
        "round": np.stack([Streams(5).uniform("contact", week, 500, 1) for week in range(800)]),
        "seed": np.stack([Streams(6).uniform("contact", week, 500) for week in range(800)]),
        "neighbor": np.roll(one, 1, axis=1),
        "week": np.roll(one, 1, axis=0),
    }
    for name, other in others.items():
        standardized = np.corrcoef(one.ravel(), other.ravel())[0, 1] * np.sqrt(one.size)
        assert abs(standardized) < 4.0, name
    counts = np.histogram(one, bins=64, range=(0.0, 1.0))[0]
    assert ((counts - one.size / 64) ** 2 / (one.size / 64)).sum() < 120.0  # chi-square, 63 degrees of freedom
