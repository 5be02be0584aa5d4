"""Grids: shares of runs that are good enough, the line on which they are one half, and its description."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analysis.test_sweeps import Tables
from sim.analysis.grids import Plane, choose_axes, describe_crossings, find_crossings, tabulate_planes
from sim.analysis.sweeps import Factor, Sweep

NAN = float("nan")


def plane(*columns: list[float]) -> Plane:
    """Shares at levels 0, 1, 2 of the factor up, a column a value across."""
    shares = np.array(columns).T
    labels = tuple(f"{number} %" for number in range(len(columns)))
    return Plane(("x", "y"), labels, np.arange(len(columns), dtype=float), np.arange(3.0), shares, shares)


def sweep() -> Sweep:
    """A grid over turnover and memory."""
    return Tables({"grid": 5}, replicates=4).sweep()


def test_the_line_lies_between_levels_by_what_is_there() -> None:
    found = find_crossings(plane([0.0, 0.25, 0.75], [1.0, 0.5, 0.0], [0.0, 0.0, 0.0], [1.0, NAN, 0.6], [0.0, 1.0, 0.0]))
    assert [each.value for each in found[:2]] == [1.5, 1.0]
    assert [each.rising for each in found[:2]] == [True, False]
    assert [(each.times, each.above) for each in found[2:]] == [(0, False), (0, True), (2, False)]


def test_shares_are_of_single_runs_and_means_of_all() -> None:
    sweeps = sweep()
    (design,) = sweeps.designs
    found = {key.policy: each for _, key, each in tabulate_planes(sweeps, "lift_later", 0.2)}
    assert set(found) == {"symbolic", "procedural", "value-driven"}
    cube = sweeps.values(design, "lift_later")[design.policies.index("value-driven"), 0]
    mine = found["value-driven"]
    assert mine.shares is not None
    assert mine.means.shape == mine.shares.shape == (5, 5)
    assert sorted(mine.shares.ravel()) == sorted((cube >= 0.2).mean(axis=1))
    assert sorted(mine.means.ravel()) == pytest.approx(sorted(cube.mean(axis=1)))
    assert not found["symbolic"].shares.any()  # type: ignore[union-attr]
    assert len(mine.table) == 25 and mine.table["good_enough"].between(0.0, 1.0).all()
    assert next(tabulate_planes(sweeps, "lift_later", None))[2].shares is None


def test_it_is_described_once_where_it_is_the_same_everywhere() -> None:
    factors = {"x": Factor("x"), "y": Factor("y", high=1.0, unit="share")}
    narrator = replace(sweep(), factors=factors)
    assert describe_crossings(narrator, plane([0.0] * 3, [0.1] * 3), "at least 1").endswith("(at least 1) nowhere.")
    assert describe_crossings(narrator, plane([1.0] * 3, [0.9] * 3), "at least 1").endswith("(at least 1) everywhere.")
    sentences = describe_crossings(narrator, plane([0.0, 0.0, 1.0], [1.0] * 3, [1.0, 0.0, 1.0]), "at least 1")
    assert sentences.endswith("by y: from 150 % at x 0 %, throughout at 1 %, up to 50 % at 2 % (and 1 more changes).")


def test_grids_are_looked_at_over_two_numbers_or_words_and_a_number() -> None:
    sweeps = sweep()
    (design,) = sweeps.designs
    assert choose_axes(sweeps, design) == ("employees.turnover", "norm.memory")
    (mixed,) = Tables({"grid": 3}, over=("employees.turnover", "norm.rule")).sweep().designs
    assert choose_axes(Tables({"grid": 3}, over=("employees.turnover", "norm.rule")).sweep(), mixed) == (
        "norm.rule",
        "employees.turnover",
    )
    (sample,) = Tables({"latin-hypercube": 8}).sweep().designs
    assert choose_axes(sweeps, sample) is None
