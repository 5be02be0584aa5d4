"""Value of information: zero where nothing hangs on it, and what brute force gives where something does."""

from __future__ import annotations

import numpy as np
import pytest

from sim.analysis.missing import FloatArray
from sim.analysis.value_of_information import describe_value_of_information, value_of_information
from sim.lab.latin_hypercube import latin_hypercube

SLOPE, LEAD, CHANCE, REST = 4.0, 0.5, 0.6, 0.8


def planted(
    seed: int, draws: int = 200, stratified: bool = True
) -> tuple[dict[str, FloatArray], dict[str, FloatArray]]:
    """Policy b gains on policy a where ``matters`` is high; ``rest`` matters less, four others not at all."""
    generator = np.random.default_rng(seed)
    names = ("matters", "rest", "one", "two", "three", "four")
    spread = latin_hypercube(generator, draws, len(names)) if stratified else generator.random((draws, len(names)))
    parameters = dict(zip(names, spread.T, strict=True))
    true = SLOPE * (parameters["matters"] - 0.5) - LEAD + REST * (parameters["rest"] - 0.5)
    shared = generator.normal(0.0, 3.0, (draws, 2))
    values = {
        "a": shared,
        "b": shared + true[:, np.newaxis] + generator.normal(0.0, CHANCE, (draws, 2)),
        "none": shared - 2.0 + generator.normal(0.0, CHANCE, (draws, 2)),
    }
    return values, parameters


def brute_force() -> tuple[float, float]:
    """Value of knowing ``matters``, and of knowing everything."""
    generator = np.random.default_rng(0)
    matters, rest = generator.random((2, 400_000))
    gain = SLOPE * (matters - 0.5) - LEAD
    return float(np.maximum(gain, 0.0).mean()), float(np.maximum(gain + REST * (rest - 0.5), 0.0).mean())


@pytest.mark.slow
@pytest.mark.parametrize("stratified", [True, False])
@pytest.mark.parametrize("draws", [60])
def test_intervals_hold_what_brute_force_gives_as_often_as_they_say(stratified: bool, draws: int) -> None:
    one, _ = brute_force()
    inside, nothing = [], []
    for seed in range(50):
        values, parameters = planted(seed, draws, stratified)
        found = value_of_information(values, {name: parameters[name] for name in ("matters", "one")}, stratified)
        assert found is not None
        inside.append(found.parameters["matters"].low <= one <= found.parameters["matters"].high)
        nothing.append(found.parameters["one"].low == 0.0)
    assert np.mean(inside) >= 0.9
    assert np.mean(nothing) >= 0.95


@pytest.mark.slow
def test_a_parameter_that_matters_is_worth_what_brute_force_gives() -> None:
    one, everything = brute_force()
    inside = []
    for seed in range(20):
        found = value_of_information(*planted(seed))
        assert found is not None
        assert found.policy == "a"
        assert next(iter(found.parameters)) == "matters"
        inside.append(found.parameters["matters"].low <= one <= found.parameters["matters"].high)
        assert found.parameters["matters"].low > 0.0
    assert sum(inside) >= 17
    assert found.perfect.low <= everything <= found.perfect.high


@pytest.mark.slow
def test_parameters_that_do_not_matter_are_worth_nothing_within_their_intervals() -> None:
    lows, estimates = [], []
    for seed in range(20):
        found = value_of_information(*planted(seed))
        assert found is not None
        lows += [found.parameters[name].low for name in ("one", "two", "three", "four")]
        estimates += [found.parameters[name].mean for name in ("one", "two", "three", "four")]
    assert np.mean(np.array(lows) == 0.0) >= 0.95
    assert np.median(estimates) == 0.0


def test_one_set_of_draws_tells_what_matters_from_what_does_not() -> None:
    one, everything = brute_force()
    found = value_of_information(*planted(1))
    assert found is not None
    assert found.policy == "a"
    assert found.parameters["matters"].low <= one <= found.parameters["matters"].high
    assert found.perfect.low <= everything <= found.perfect.high
    assert [found.parameters[name].mean for name in ("one", "two", "three", "four")] == [0.0] * 4


def test_chance_alone_is_not_worth_knowing() -> None:
    """Which policy is better differs from run to run, and in no draw from the others."""
    generator = np.random.default_rng(4)
    values = {name: generator.normal(0.0, 1.0, (80, 2)) for name in "abc"}
    found = value_of_information(values, {"x": generator.random(80)})
    assert found is not None
    assert found.parameters["x"].low == 0.0
    naive = np.stack([each.mean(axis=1) for each in values.values()]).max(axis=0).mean()
    assert found.perfect.low < 0.1
    assert found.perfect.mean < 0.6 * naive


def test_a_policy_that_is_best_everywhere_needs_no_research() -> None:
    values, parameters = planted(1)
    values["a"] = values["a"] + 50.0
    found = value_of_information(values, parameters)
    assert found is not None
    assert found.perfect.mean == found.perfect.high == 0.0
    assert all(each.high == 0.0 for each in found.parameters.values())


@pytest.mark.parametrize("draws", [5, 19])
def test_with_few_draws_or_one_policy_nothing_is_said(draws: int) -> None:
    values, parameters = planted(1, draws)
    assert value_of_information(values, parameters) is None
    values, parameters = planted(1)
    assert value_of_information({"a": values["a"]}, parameters) is None


def test_words_name_what_is_surely_worth_knowing() -> None:
    found = value_of_information(*planted(2))
    assert found is not None
    lines = describe_value_of_information(found.to_entry("net_present_value", 12), "EUR")
    assert [line.split(" is worth ")[0] for line in lines][:2] == ["Knowing all of these parameters", "Knowing matters"]
