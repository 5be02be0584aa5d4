"""Erosion, capability trap, burnout, diffusion, consensus, camps, culture, fads, norms: published and other numbers."""

from __future__ import annotations

from math import exp, inf, log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.evidence.replications import (
    bass1969,
    deffuant2000,
    degroot1974,
    granovetter1978,
    harrison_carroll1991,
    homer1985,
    lyneis_sterman2016,
    norm_persistence,
    oliva_sterman2001,
    repenning2002,
    strang_macy2001,
)
from sim.evidence.replications.bounded_confidence import camps_by_run, opinions_at_the_end
from sim.evidence.replications.collective_behavior import (
    critical_deviation,
    noise_as_deviation,
    share_acting,
    share_practicing,
)
from sim.evidence.replications.consensus import influence
from sim.evidence.replications.diffusion import adopt_by_agents, peak_year
from sim.evidence.replications.innovation_implementation import weeks_before_it_holds


def pulse(weeks: int = 209) -> np.ndarray:
    demand = np.full(weeks, 100.0)
    demand[1:27] *= 1.1
    return demand


def relative(path: np.ndarray, *weeks: int) -> list[float]:
    return [round(float(path[week] / path[0]), 4) for week in weeks]


def test_pulse_of_load_is_never_forgiven() -> None:
    path = oliva_sterman2001(pulse(), 108.0)
    assert relative(path, 13, 26, 52, 104, 208) == [0.9694, 0.9479, 0.9466, 0.9466, 0.9466]


def test_lasting_load_and_symmetric_recovery() -> None:
    demand = np.full(209, 110.0)
    demand[0] = 100.0
    assert relative(oliva_sterman2001(demand, 108.0), 13, 26, 52, 104, 208) == [0.9694, 0.9479, 0.9252, 0.9119, 0.9092]
    assert relative(oliva_sterman2001(pulse(), 108.0, tau_up=18.83), 52, 208) == [0.9768, 0.9999]


def test_noise_alone_erodes() -> None:
    rng = np.random.default_rng(1)
    for deviation, left in ((0.05, 0.964), (0.1, 0.932), (0.2, 0.877)):
        path = oliva_sterman2001(100 * np.maximum(rng.normal(1, deviation, (400, 104)), 0), 108.0)
        assert (path[:, -1] / path[:, 0]).mean() == pytest.approx(left, abs=0.003)


def test_erosion_equals_a_plain_loop_at_other_parameters() -> None:
    rng = np.random.default_rng(3)
    demand, capacity = rng.uniform(50, 150, 60), rng.uniform(90, 130, 60)
    held = 1.3
    expected = [held]
    for orders, hours in zip(demand, capacity, strict=True):
        wanted = max((orders * held / hours) ** -0.4 * held, 0.1)
        held += (wanted - held) * (1 - exp(-1 / (50.0 if wanted > held else 12.0)))
        expected.append(held)
    path = oliva_sterman2001(demand, capacity, alpha=-0.4, tau_down=12.0, tau_up=50.0, standard=1.3)
    np.testing.assert_allclose(path, expected, rtol=1e-12)
    with pytest.raises(ValueError, match="one value a week"):
        oliva_sterman2001(100.0, 108.0)
    with pytest.raises(ValueError, match="capacity must be positive"):
        oliva_sterman2001([100.0], [0.0])


@given(st.lists(st.floats(0.0, 1000.0), min_size=1, max_size=40))
def test_without_recovery_the_standard_never_rises(demand: list[float]) -> None:
    path = oliva_sterman2001(demand, 108.0, tau_up=inf)
    assert np.all(np.diff(path) <= 1e-12) and path.min() > 0


def test_capability_trap() -> None:
    harder, smarter = lyneis_sterman2016(4), lyneis_sterman2016(-4)
    assert harder.output[1] == pytest.approx(112.1, abs=0.05) and smarter.output[1] == pytest.approx(87.8, abs=0.05)
    assert harder.crossing() == pytest.approx(0.44, abs=0.016) and smarter.crossing() == pytest.approx(0.59, abs=0.016)
    assert [round(harder.output_at(t), 1) for t in (1, 5)] == [86.3, 59.5]
    assert [round(smarter.output_at(t), 1) for t in (2, 5)] == [118.9, 125.0]


def test_capability_trap_starts_in_equilibrium_everywhere() -> None:
    for changes in ({}, {"work_share": 0.6}, {"loss_rate": 0.2, "largest_capability": 3.0}):
        path = lyneis_sterman2016(0.0, **changes)
        np.testing.assert_allclose(path.output, 100.0, rtol=1e-9)
        assert np.isnan(path.crossing())
    finer = lyneis_sterman2016(4, step=1 / 512)
    assert finer.output_at(5) == pytest.approx(59.5, abs=0.5)


def test_burnout_cycles() -> None:
    path = homer1985(0.1)
    late = path.weeks > 50
    assert path.period() == pytest.approx(27.7, abs=0.1)
    assert path.energy[late].min() == pytest.approx(0.25, abs=0.005)
    assert path.energy[late].max() == pytest.approx(0.98, abs=0.006)
    assert (round(path.hours[late].min()), round(path.hours[late].max())) == (41, 80)


def test_some_stretch_helps_more_destroys() -> None:
    means = [round(homer1985(bias).mean_accomplishments(), 1) for bias in (0.0, 0.02, 0.05, 0.1, 0.2)]
    np.testing.assert_allclose(means, [39.6, 68.1, 55.0, 45.0, 38.9], atol=0.051)
    assert np.isnan(homer1985(0.0).period())


@settings(max_examples=15, deadline=None)
@given(bias=st.floats(0.0, 0.5))
def test_energy_and_hours_stay_in_bounds(bias: float) -> None:
    path = homer1985(bias, 80)
    assert path.energy.min() >= 0 and path.energy.max() <= 1.0 + 1e-9
    assert path.hours.min() >= 0 and path.hours.max() <= 80.0 + 1e-9


def test_bass() -> None:
    assert peak_year(0.03, 0.38) == pytest.approx(6.19, abs=0.005)
    years = np.linspace(0, 20, 20_001)
    share = bass1969(0.02, 0.5, years)
    assert years[np.argmax(np.gradient(share, years))] == pytest.approx(peak_year(0.02, 0.5), abs=0.01)
    rate = (0.02 + 0.5 * share) * (1 - share)  # the differential equation itself
    np.testing.assert_allclose(np.gradient(share, years)[1:-1], rate[1:-1], rtol=1e-4)
    agents = adopt_by_agents(0.03, 0.38, 20, rng=1)
    assert np.abs(agents - bass1969(0.03, 0.38, np.arange(21))).max() < 0.004
    assert peak_year(0.5, 0.1) == 0.0
    with pytest.raises(ValueError, match="innovation must be positive"):
        bass1969(0.0, 0.3, 1.0)


def test_consensus_is_influence_weighted() -> None:
    rng = np.random.default_rng(4)
    trust, opinions = rng.dirichlet(np.ones(8), 8), rng.random(8)
    expected = influence(trust) @ opinions
    np.testing.assert_allclose(degroot1974(trust, opinions), expected, atol=1e-9)
    np.testing.assert_allclose(degroot1974(trust, opinions, rounds=500), expected, atol=1e-9)
    np.testing.assert_allclose(degroot1974(trust, opinions, rounds=1), trust @ opinions)


def test_consensus_of_camps_and_circles() -> None:
    trust = np.array([[0.5, 0.5, 0.0, 0.0], [0.5, 0.5, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0], [0.0, 0.0, 0.5, 0.5]])
    camps = degroot1974(trust, [0.0, 1.0, 0.2, 0.9])
    np.testing.assert_allclose(camps, [0.5, 0.5, 0.2, 0.2], atol=1e-9)
    with pytest.raises(ValueError, match="go round in a circle"):
        degroot1974([[0.0, 1.0], [1.0, 0.0]], [0.0, 1.0])
    with pytest.raises(ValueError, match="sum to 1"):
        degroot1974([[0.5, 0.4], [0.0, 1.0]], [0.0, 1.0])


@pytest.mark.parametrize(("confidence", "camps"), [(0.5, 1), (0.3, 1), (0.25, 2), (0.2, 2)])
def test_camps(confidence: float, camps: int) -> None:
    assert deffuant2000(confidence, rng=1) == pytest.approx(camps, abs=0.2)


def test_narrow_minds_make_many_camps() -> None:
    assert 4.0 <= deffuant2000(0.1, rng=1) <= 4.8
    final = opinions_at_the_end(0.1, replicates=2, rounds=20, rng=3)
    assert final.shape == (2, 1000) and final.min() >= 0 and final.max() <= 1
    assert camps_by_run(np.array([[0.1] * 50 + [0.9] * 50])).tolist() == [2]


def test_culture_comes_to_rest_and_dilutes() -> None:
    levels = [harrison_carroll1991(r, months=900).mean[-1] for r in (0, 0.006, 0.01, 0.03, 0.06, 0.1, 0.2)]
    assert levels == sorted(levels, reverse=True)
    np.testing.assert_allclose(levels, [0.979, 0.923, 0.896, 0.818, 0.761, 0.716, 0.651], atol=0.012)
    decline, steady, growth = (harrison_carroll1991(0.035, g).mean[-1] for g in (-0.01, 0.0, 0.04))
    assert decline > steady > growth
    after = harrison_carroll1991(0.03, months=900, sponsor_leaves=720).mean
    assert after[719] > 0.8 and after[-1] < 0.52
    assert harrison_carroll1991(0.0).spread[-1] == pytest.approx(0.0, abs=1e-9)
    with pytest.raises(ValueError, match="no one is dismissed"):
        harrison_carroll1991(0.01, -0.05)


def test_without_socialization_culture_dilutes_at_the_rate_of_turnover() -> None:
    path = harrison_carroll1991(0.03, months=732, sponsor_leaves=720, management=0.5, upkeep=0.5, peers=0.0, decay=0.0)
    gap = path.mean - 0.5
    assert gap[731] / gap[719] == pytest.approx(0.97**12, rel=1e-9)
    assert log(gap[731] / gap[719]) / log(0.97) == pytest.approx(12)


def test_fads() -> None:
    users = [
        strang_macy2001(replicates=15, rng=1, **changes).mean_users().mean()
        for changes in ({"emulation": False}, {}, {"skepticism": 0.1})
    ]
    np.testing.assert_allclose(users, [15.1, 21.7, 38.5], atol=2.0)
    changes = [strang_macy2001(merit, replicates=15, rng=2).changes_per_100().mean() for merit in (0.0, 0.1, 0.5)]
    assert changes == sorted(changes, reverse=True) and changes[0] > 25


def test_a_norm_has_a_threshold_and_averaging_has_none() -> None:
    held = norm_persistence(0.03, 4, 1.0, replicates=15, rng=1)
    assert held == pytest.approx(0.96, abs=0.03)
    low, high = (norm_persistence(0.03, 4, share, 24, replicates=15, rng=2) for share in (0.4, 0.75))
    assert low < 0.1 and high > 0.8
    assert norm_persistence(0.05, 1, 1.0, replicates=15, rng=3) < 0.1
    assert norm_persistence(0.2, 4, 1.0, replicates=15, rng=4) < 0.1


def test_one_threshold_decides_what_a_crowd_does() -> None:
    assert granovetter1978(range(100)) == 100
    assert granovetter1978([0, 2, *range(2, 100)]) == 1
    assert granovetter1978([1, 1]) == 0
    assert critical_deviation() == pytest.approx(0.122, abs=0.0005)
    before, after = share_acting(0.122), share_acting(0.123)
    assert before == pytest.approx(0.055, abs=0.001) and after > 0.99
    assert share_acting(1e-9, 0.25) == 0.0


def test_best_response_without_noise_has_thresholds_and_noise_is_a_spread_of_them() -> None:
    assert share_practicing(0.115, 200.0) == pytest.approx(share_acting(0.115), abs=0.01)
    assert noise_as_deviation(7.0) == pytest.approx(0.2591, abs=1e-4)
    assert share_practicing(1e-9, 7.0) > 0.95, "nobody would begin, but for noise"
    assert share_practicing(1e-9, 20.0) < 0.05
    assert share_practicing(1e-9, 7.0, mean=0.5) < 0.05, "two states at a mean of one half where eta > 4"
    assert share_practicing(1e-9, 3.9, mean=0.5) == pytest.approx(0.5, abs=1e-3)


def test_commitment_under_constant_pressure_is_that_of_the_closed_form() -> None:
    """A = P (1 - exp(-t / tau)); log (C / (1 - C)) is the integral of k (A - A*)."""
    tau, weeks, pressed, expected, contagion = 9.0 * 52 / 12 / log(2), 60, 0.9, 0.5, 0.1
    path = repenning2002(weeks, weeks, pressure=pressed, expected=expected, contagion=contagion, steps_a_week=200)
    seen = pressed * (1 - exp(-weeks / tau))
    turned = log(0.1 / 0.9) + contagion * ((pressed - expected) * weeks - pressed * tau * (1 - exp(-weeks / tau)))
    assert path.results[-1] == pytest.approx(seen, abs=1e-4)
    assert path.commitment[-1] == pytest.approx(1 / (1 + exp(-turned)), abs=1e-4)


def test_commitment_reverts_below_its_threshold_and_regenerates_above() -> None:
    ends = [repenning2002(0, 1040, commitment=at, results=at).commitment[-1] for at in (0.49, 0.5, 0.51)]
    assert ends[0] < 0.01 and ends[1] == 0.5 and ends[2] > 0.99
    needed = int(weeks_before_it_holds())
    early, enough = repenning2002(needed - 26, needed + 260), repenning2002(needed, needed + 1040)
    assert early.results[needed - 26] > 0.5 and early.results[-1] < 0.05
    assert enough.results[-1] > 0.95
    assert needed == 119 and [weeks_before_it_holds(half_life_months=m) for m in (1.0, 22.0)] == [52.0, 231.0]
    assert weeks_before_it_holds(pressure=0.5) == inf and weeks_before_it_holds(commitment=0.9, results=0.9) == 0.0
    with pytest.raises(ValueError, match="commitment must lie between 0 and 1"):
        repenning2002(10, commitment=1.0)
