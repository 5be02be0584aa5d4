"""Identification: attention rises with speeches, less with each, and fades; untrue talk makes people cynical."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from model.steps import until
from rules import on_arrays
from support import (
    SHARES,
    Floats,
    amounts,
    burned_in,
    differing,
    in_unit_interval,
    legal,
    rising,
    run,
    same_bits,
    tiny,
    vectors,
)  # fmt: skip

from sim.model.engine import run_step
from sim.model.mechanisms import salience as mechanism
from sim.model.mechanisms.training import value_after_training

rules = on_arrays(mechanism)

DEFAULTS = {"gain": 0.5, "forgetting_weeks": 4.0, "habituation": 0.5, "habituation_weeks": 52.0}


def hear(salience: float, exposure: float, speeches: float, reception: float = 1.0) -> tuple[float, float]:
    risen, heard = rules.update_salience(
        np.array([salience]), np.array([exposure]), np.array([speeches]), np.array([reception]), **DEFAULTS
    )
    return float(risen[0]), float(heard[0])


def test_the_first_speech_lifts_attention_by_its_gain() -> None:
    risen, heard = hear(0.0, 0.0, 1.0)
    assert risen == pytest.approx(1.0 - math.exp(-0.5), rel=1e-15)
    assert heard == 1.0


def test_what_was_there_fades_before_the_next_is_heard() -> None:
    kept = 0.4 * math.exp(-0.25)
    dose = 0.5 * 2.0 * 0.8 / (1.0 + 0.5 * 3.0)
    risen, heard = hear(0.4, 3.0, 2.0, 0.8)
    assert risen == pytest.approx(kept + (1.0 - kept) * (1.0 - math.exp(-dose)), rel=1e-14)
    assert heard == pytest.approx(3.0 * math.exp(-1.0 / 52.0) + 2.0, rel=1e-14)


def test_without_speeches_attention_only_fades() -> None:
    salience = np.array([0.0, 0.3, 1.0])
    exposure = np.array([0.0, 5.0, 80.0])
    faded, worn = rules.update_salience(salience, exposure, np.zeros(3), np.ones(3), **DEFAULTS)
    assert same_bits(faded, salience * math.exp(-0.25))
    assert same_bits(worn, exposure * math.exp(-1.0 / 52.0))


def test_who_never_heard_anything_stays_at_zero() -> None:
    salience, exposure = rules.update_salience(np.zeros(2), np.zeros(2), np.zeros(2), np.ones(2), **DEFAULTS)
    assert salience.tolist() == [0.0, 0.0] and exposure.tolist() == [0.0, 0.0]


def test_the_first_speech_works_better_than_the_tenth() -> None:
    salience, exposure, lifts = 0.0, 0.0, []
    for _ in range(10):
        before = salience * math.exp(-0.25)
        salience, exposure = hear(salience, exposure, 1.0)
        lifts.append((salience - before) / (1.0 - before))  # of what was left to lift
    assert all(later < earlier for earlier, later in itertools.pairwise(lifts))
    assert lifts[9] < 0.3 * lifts[0]


def test_after_half_a_year_of_silence_a_speech_is_forgotten() -> None:
    salience, exposure = hear(0.0, 0.0, 5.0)
    for _ in range(26):
        salience, exposure = hear(salience, exposure, 0.0)
    assert salience < 0.005


@given(
    salience=vectors(),
    exposure=SHARES,
    reception=SHARES,
    speeches=SHARES,
    gain=legal("salience.gain"),
    forgetting=legal("salience.forgetting_weeks"),
    habituation=legal("salience.habituation"),
    wearing=legal("salience.habituation_weeks"),
)
def test_salience_stays_a_share(
    salience: Floats,
    exposure: float,
    reception: float,
    speeches: float,
    gain: float,
    forgetting: float,
    habituation: float,
    wearing: float,
) -> None:
    size = salience.size
    risen, heard = rules.update_salience(
        salience,
        np.full(size, 100.0 * exposure),
        np.full(size, 5.0 * speeches),
        np.full(size, reception),
        gain=gain,
        forgetting_weeks=forgetting,
        habituation=habituation,
        habituation_weeks=wearing,
    )
    assert in_unit_interval(risen)
    assert np.all(heard >= 0.0)


def test_more_speeches_lift_more_and_habituation_less() -> None:
    speeches = np.linspace(0.0, 5.0, 11)
    lifted, _ = rules.update_salience(np.full(11, 0.2), np.ones(11), speeches, np.ones(11), **DEFAULTS)
    assert rising(lifted) and lifted[-1] > lifted[0]
    worn, _ = rules.update_salience(np.full(11, 0.2), speeches, np.ones(11), np.ones(11), **DEFAULTS)
    assert rising(-worn) and worn[-1] < worn[0]


@given(vectors(), legal("cynicism.blunting"))
def test_receptiveness_is_a_share_that_falls_with_cynicism(cynicism: Floats, blunting: float) -> None:
    reception = rules.receptiveness(np.sort(cynicism), blunting)
    assert in_unit_interval(reception)
    assert rising(-reception)


def test_receptiveness_by_hand() -> None:
    assert rules.receptiveness(np.array([0.0, 0.5, 1.0]), 0.7).tolist() == [1.0, 0.65, pytest.approx(0.3)]
    assert same_bits(rules.receptiveness(np.array([0.3, 0.9]), 0.0), np.ones(2))


FADING = {"gain": 0.05, "tolerance": 0.2, "fading_weeks": 104.0}


def test_an_untrue_message_raises_cynicism() -> None:
    kept = 0.1 * math.exp(-1.0 / 104.0)
    grown = rules.update_cynicism(np.array([0.1]), np.array([2.0]), 0.9, np.array([0.3]), **FADING)
    assert grown[0] == pytest.approx(kept + (1.0 - kept) * (1.0 - math.exp(-0.05 * 2.0 * 0.4)), rel=1e-13)


@pytest.mark.parametrize(("messages", "espoused", "witnessed"), [(0.0, 1.0, 0.0), (5.0, 0.5, 0.3), (5.0, 0.2, 0.9)])
def test_silence_and_true_talk_let_cynicism_fade(messages: float, espoused: float, witnessed: float) -> None:
    before = np.array([0.0, 0.4, 1.0])
    after = rules.update_cynicism(before, np.full(3, messages), espoused, np.full(3, witnessed), **FADING)
    assert same_bits(after, before * math.exp(-1.0 / 104.0))


@given(
    vectors(),
    SHARES,
    SHARES,
    SHARES,
    legal("cynicism.gain"),
    legal("cynicism.tolerance"),
    legal("cynicism.fading_weeks"),
)
def test_cynicism_stays_a_share(
    cynicism: Floats, messages: float, espoused: float, seen: float, gain: float, tolerance: float, fading: float
) -> None:
    grown = rules.update_cynicism(
        cynicism,
        np.full(cynicism.size, 6.0 * messages),
        espoused,
        np.full(cynicism.size, seen),
        gain=gain,
        tolerance=tolerance,
        fading_weeks=fading,
    )
    assert in_unit_interval(grown)


def test_cynicism_rises_with_the_gap_of_espoused_and_enacted() -> None:
    seen = np.linspace(1.0, 0.0, 11)
    grown = rules.update_cynicism(np.full(11, 0.1), np.ones(11), 0.8, seen, **FADING)
    assert rising(grown) and grown[-1] > grown[0]


def test_talk_that_meets_no_gap_changes_attention_and_nobodys_choice() -> None:
    """Where talk moves no value, speeches convert nobody: no rule of practice reads attention."""
    scenario = tiny({"salience.value_effect": 0.0})
    talk, none = (run(scenario, policy, weeks=8).weekly for policy in (amounts(speeches=5.0), amounts()))
    different = differing(talk, none)
    assert "salience" in different
    assert not {"practicing", "internalization"} & set(different)


# --- talk that moves values -----------------------------------------------------------------------------------------


def test_what_is_salient_moves_values_by_hand() -> None:
    moved = rules.value_after_salience(np.array([0.4, 1.0]), 0.5, 0.8, 0.002)
    assert moved.tolist() == [pytest.approx(0.4 + 0.6 * (1.0 - math.exp(-0.0008)), rel=1e-14), 1.0]


@given(vectors(), vectors(), SHARES, legal("salience.value_effect"))
def test_talk_never_lowers_a_value_or_lifts_it_above_one(
    value: Floats, salience: Floats, receptiveness: float, effect: float
) -> None:
    moved = rules.value_after_salience(value, np.sort(salience), receptiveness, effect)
    assert in_unit_interval(moved) and np.all(moved >= value)
    assert rising(rules.value_after_salience(np.full(value.size, 0.3), np.sort(salience), receptiveness, effect))
    assert same_bits(rules.value_after_salience(value, salience, receptiveness, 0.0), value)
    assert same_bits(rules.value_after_salience(value, np.zeros(value.size), receptiveness, effect), value)


@given(SHARES, st.floats(0.0, 1.0), st.floats(0.0, 3.0), legal("training.effect"))
def test_an_hour_of_training_and_a_week_of_full_attention_of_one_size_teach_alike(
    value: float, dose: float, receptiveness: float, effect: float
) -> None:
    taught = value_after_training(value, dose, receptiveness, effect)
    assert rules.value_after_salience(value, dose, receptiveness, effect) == taught


def test_what_talk_moved_counts_as_learned() -> None:
    organization = burned_in(tiny({"salience.value_effect": 0.05}), amounts(speeches=2.0))
    employees = until(organization, "hire_employees").employees
    value, learned = employees.value.copy(), employees.learned.copy()
    run_step(organization, "update_salience_and_cynicism")
    expected = rules.value_after_salience(value, employees.salience, employees.receptiveness, 0.05)
    np.testing.assert_allclose(employees.value, expected, rtol=1e-14)
    assert (employees.value > value).all()
    np.testing.assert_allclose(employees.learned - learned, employees.value - value, atol=1e-15)


def test_without_an_effect_talk_moves_no_value() -> None:
    organization = burned_in(tiny({"salience.value_effect": 0.0}), amounts(speeches=5.0))
    before = until(organization, "hire_employees").employees.value.copy()
    run_step(organization, "update_salience_and_cynicism")
    assert same_bits(organization.employees.value, before) and organization.employees.salience.all()
