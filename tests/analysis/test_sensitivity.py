"""Sobol' indices and elementary effects: known answers, missing values, and cases without an estimate."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from analysis.test_sweeps import Tables, at
from sim.analysis import sensitivity
from sim.analysis.design_rows import TableError, morris_fault, recognize_design, saltelli_fault
from sim.analysis.sensitivity import (
    MissingExtraError,
    Sobol,
    morris_by_policy,
    morris_effects,
    sobol_by_policy,
    sobol_indices,
)

_EXTRA = "SALib comes with the extras test and lab"
salib_morris: Any = pytest.importorskip("SALib.analyze.morris", reason=_EXTRA)
salib_sobol: Any = pytest.importorskip("SALib.analyze.sobol", reason=_EXTRA)
morris_sample: Any = pytest.importorskip("SALib.sample.morris", reason=_EXTRA)
sobol_sample: Any = pytest.importorskip("SALib.sample.sobol", reason=_EXTRA)
Ishigami: Any = pytest.importorskip("SALib.test_functions.Ishigami", reason=_EXTRA)

Floats = npt.NDArray[np.float64]

PROBLEM: dict[str, Any] = {"num_vars": 3, "names": ["x1", "x2", "x3"], "bounds": [[-np.pi, np.pi]] * 3}
FIRST = {"x1": 0.3139, "x2": 0.4424, "x3": 0.0}
TOTAL = {"x1": 0.5576, "x2": 0.4424, "x3": 0.2437}
NAN = float("nan")


def ishigami(number: int, second_order: bool = False) -> tuple[Floats, Floats]:
    """Rows of a Saltelli design and the function of Ishigami & Homma (1990) at them, one replicate."""
    rows = sobol_sample.sample(PROBLEM, number, calc_second_order=second_order, seed=1)
    return rows, Ishigami.evaluate(rows)[:, np.newaxis]


@pytest.mark.parametrize("number", [128, 1024])
@pytest.mark.parametrize("second_order", [False, True])
def test_ishigami_lies_within_its_intervals(number: int, second_order: bool) -> None:
    _, values = ishigami(number, second_order)
    table = sobol_indices(values, PROBLEM["names"], second_order).table.set_index("factor")
    for name in PROBLEM["names"]:
        row = table.loc[name]
        assert row["first_low"] <= FIRST[name] <= row["first_high"]
        assert row["total_low"] <= TOTAL[name] <= row["total_high"]
        assert row["first_low"] <= row["first"] <= row["first_high"]
    assert (table["total_high"] - table["total_low"]).max() < (0.6 if number == 128 else 0.2)


def test_pairs_of_ishigami() -> None:
    _, values = ishigami(1024, second_order=True)
    pairs = sobol_indices(values, PROBLEM["names"], second_order=True).pairs.set_index(["factor", "other"])
    assert at(pairs, ("x1", "x3"), "second_low") < 0.2437 < at(pairs, ("x1", "x3"), "second_high")
    for pair in (("x1", "x2"), ("x2", "x3")):
        assert at(pairs, pair, "second_low") < 0.0 < at(pairs, pair, "second_high")


def test_estimates_are_those_of_salib() -> None:
    _, values = ishigami(64)
    table = sobol_indices(values, PROBLEM["names"]).table
    known = salib_sobol.analyze(PROBLEM, values[:, 0], calc_second_order=False, seed=1)
    np.testing.assert_allclose(table["first"], known["S1"], rtol=1e-12)
    np.testing.assert_allclose(table["total"], known["ST"], rtol=1e-12)


def test_the_same_values_give_the_same_indices_to_the_last_bit() -> None:
    _, values = ishigami(64)
    one, other = (sobol_indices(values, PROBLEM["names"]).table for _ in range(2))
    assert one.equals(other)


def test_a_block_with_a_missing_row_is_dropped_whole_and_counted() -> None:
    _, values = ishigami(64)
    step = 5
    holed = values.copy()
    holed[3 * step + 2] = NAN
    holed[10 * step : 11 * step] = NAN
    result = sobol_indices(holed, PROBLEM["names"])
    assert (result.blocks, result.dropped, result.empty, result.partial) == (62, 1, 1, 0)
    whole = np.delete(values.reshape(-1, step, 1), [3, 10], axis=0).reshape(-1, 1)
    assert result.table.equals(sobol_indices(whole, PROBLEM["names"]).table)


def test_rows_of_a_block_are_compared_over_the_replicates_that_all_have() -> None:
    """Replicate 1 is high everywhere; a block that lacks it in one row must not look different for it."""
    _, values = ishigami(64)
    both = np.concatenate([values, values + 1000.0], axis=1)
    expected = sobol_indices(both, PROBLEM["names"]).table
    both[7, 1] = NAN
    result = sobol_indices(both, PROBLEM["names"])
    assert (result.blocks, result.dropped, result.partial) == (64, 0, 1)
    np.testing.assert_allclose(result.table["total"], expected["total"], atol=0.02)


def test_chance_among_rows_is_measured() -> None:
    _, values = ishigami(64)
    generator = np.random.default_rng(1)
    replicate_effect = 5.0 * generator.normal(size=4)  # the same in all rows: it is no noise between them
    noise = np.sqrt(np.var(values)) * generator.normal(size=(len(values), 4))
    quiet = sobol_indices(values + replicate_effect, PROBLEM["names"])
    noisy = sobol_indices(values + replicate_effect + noise, PROBLEM["names"])
    assert quiet.noise < 1e-12
    assert 0.15 < noisy.noise < 0.25  # a quarter of the signal's variance, of 1.25 times that variance
    assert np.isnan(sobol_indices(values, PROBLEM["names"]).noise)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (np.full((320, 2), 3.0), "3 in every row"),
        (np.tile([1.0, 2.0], (320, 1)), "not at all between rows"),
        (np.full((320, 2), NAN), "too few"),
        (np.arange(20.0)[:, np.newaxis], "too few"),
    ],
)
def test_what_has_no_indices_says_why(values: Floats, words: str) -> None:
    result = sobol_indices(values, PROBLEM["names"])
    assert words in result.reason
    assert result.table.empty and result.pairs.empty


def test_an_idle_factor_has_indices_of_zero() -> None:
    rows, _ = ishigami(32)
    table = sobol_indices(rows[:, :1] ** 2, PROBLEM["names"]).table.set_index("factor")
    assert table.loc[["x2", "x3"], "total"].tolist() == [0.0, 0.0]
    assert np.isfinite(table.to_numpy()).all()


def test_without_salib_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(sensitivity, "import_module", refuse)
    with pytest.raises(MissingExtraError, match=r"SALib, which is not installed.*centricity\[lab\]"):
        sobol_indices(ishigami(16)[1], PROBLEM["names"])


def trajectories(number: int = 40) -> tuple[Floats, Floats, Floats]:
    """A Morris design in its own units and in the unit cube, and Ishigami at it."""
    rows = morris_sample.sample(PROBLEM, number, num_levels=4, seed=1)
    return rows, (rows + np.pi) / (2.0 * np.pi), Ishigami.evaluate(rows)[:, np.newaxis]


def test_effects_are_those_of_salib() -> None:
    rows, positions, values = trajectories()
    table = morris_effects(positions, values, PROBLEM["names"]).table
    known = salib_morris.analyze(PROBLEM, rows, values[:, 0], num_levels=4, seed=1)
    for name in ("mu", "mu_star", "sigma"):
        np.testing.assert_allclose(table[name], np.asarray(known[name], dtype=float), rtol=1e-9, atol=1e-12)


def test_morris_ranks_ishigami_and_its_intervals_hold_the_long_run() -> None:
    """On this grid x1 and x2 lead, x3 comes last but counts; sigma shows that x2 and x3 depend on the place."""
    _, positions, values = trajectories(20)
    table = morris_effects(positions, values, PROBLEM["names"]).table.set_index("factor")
    _, more_places, more_values = trajectories(2000)
    truth = morris_effects(more_places, more_values, PROBLEM["names"]).table.set_index("factor")
    assert table["mu_star"].idxmin() == "x3"
    assert (table.loc[["x2", "x3"], "sigma"] > table.loc[["x2", "x3"], "mu"].abs()).all()
    for name in ("mu", "mu_star", "sigma"):
        slack = 1e-9 + 0.05 * truth[name].abs()  # a grid of four levels leaves sigma few values
        assert (table[f"{name}_low"] <= truth[name] + slack).all()
        assert (truth[name] - slack <= table[f"{name}_high"]).all()


def test_an_effect_is_lost_only_with_one_of_its_own_rows() -> None:
    _, positions, values = trajectories(10)
    holed = values.copy()
    holed[0] = NAN  # the start of a trajectory belongs to one step, a row inside to two
    holed[4 * 3 + 1] = NAN
    result = morris_effects(positions, holed, PROBLEM["names"])
    assert result.dropped == 3
    assert result.table["effects"].sum() == 27
    assert result.trajectories == 10


def test_the_floor_is_what_chance_gives_an_idle_factor() -> None:
    _, positions, _ = trajectories(200)
    noise = np.random.default_rng(1).normal(size=(len(positions), 5))
    table = morris_effects(positions, noise + 7.0 * np.arange(5), PROBLEM["names"]).table
    np.testing.assert_allclose(table["mu_star"], table["floor"], rtol=0.15)
    one = morris_effects(positions, noise[:, :1], PROBLEM["names"]).table
    assert one["floor"].isna().all()


@pytest.mark.parametrize(("value", "words"), [(2.0, "2 in every row"), (NAN, "too few")], ids=["constant", "missing"])
def test_what_has_no_effects_says_why(value: float, words: str) -> None:
    _, positions, values = trajectories(5)
    result = morris_effects(positions, np.full(values.shape, value), PROBLEM["names"])
    assert words in result.reason and result.table.empty
    assert "no step" in morris_effects(positions, np.tile([1.0, 2.0], (len(positions), 1)), PROBLEM["names"]).reason


def test_designs_are_recognized_by_their_rows() -> None:
    for second_order in (False, True):
        rows, _ = ishigami(16, second_order)
        positions, found = recognize_design(rows, "sobol")
        assert found is second_order
        assert positions.min() == 0.0 and positions.max() == 1.0
        assert not saltelli_fault(rows, second_order)
        assert saltelli_fault(rows[::-1], second_order)
    rows, _, _ = trajectories(5)
    assert not morris_fault(rows)
    recognize_design(rows, "morris")
    with pytest.raises(TableError, match="changes more than one factor"):
        recognize_design(np.random.default_rng(1).random((8, 3)), "morris")
    with pytest.raises(TableError, match="no multiple of 5"):
        recognize_design(np.random.default_rng(1).random((11, 3)), "sobol")


def test_a_sweep_has_indices_for_every_policy_and_levers_only_of_their_own() -> None:
    sweep = Tables({"sobol": 16, "morris": 6}, replicates=2).sweep()
    found: dict[str, Sobol] = {key.policy: result for key, result in sobol_by_policy(sweep, "lift_later")}
    assert list(found) == ["symbolic", "procedural", "value-driven"]
    assert "0 in every row" in found["symbolic"].reason
    assert "duration" in set(found["value-driven"].table["factor"])
    assert "duration" not in set(found["procedural"].table["factor"])
    effects = {key.policy: result for key, result in morris_by_policy(sweep, "lift_later")}
    assert at(effects["value-driven"].table.set_index("factor"), "norm.memory", "mu_star") < 0.2
    assert "duration" not in set(effects["procedural"].table["factor"])
