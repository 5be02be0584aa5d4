"""Policies over futures: expectation, worst case, regret, satisficing, and where one beats another."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from analysis.test_sweeps import Tables, at
from sim.analysis.choice import max_regret, probability_best
from sim.analysis.intervals import mean_interval, share_interval
from sim.analysis.regret import (
    ask_where,
    compare_policies,
    compare_policies_by_design,
    find_benchmark,
    rank_policies,
)

Floats = npt.NDArray[np.float64]
NAN = float("nan")
POLICIES, FUTURES = ("safe", "bold"), ("calm", "storm")


def cases(replicates: int = 8, rows: int = 1, seed: int = 1) -> Floats:
    """[policy, future, row, replicate]: bold is better in the calm, worse in the storm; chance is shared."""
    generator = np.random.default_rng(seed)
    replicate_effect = generator.normal(size=(rows, replicates))
    means = np.array([[5.0, 4.0], [8.0, 0.0]])[:, :, np.newaxis, np.newaxis]
    return np.asarray(means + replicate_effect + 0.1 * generator.normal(size=(2, 2, rows, replicates)))


def test_a_table_that_can_be_worked_out_by_hand() -> None:
    values = np.array([[[[1.0, 3.0]], [[4.0, 6.0]]], [[[2.0, 1.0]], [[0.0, 6.0]]]])
    found = compare_policies(values, POLICIES, FUTURES, "higher", sampled=False, target=2.0)
    table = found.policies.set_index("policy")
    assert table["expected"].to_dict() == {"safe": 3.5, "bold": 2.25}
    assert table["worst"].to_dict() == {"safe": 2.0, "bold": 1.5}
    assert set(table["worst_future"]) == {"calm"}
    assert table["regret"].to_dict() == {"safe": 0.25, "bold": 1.5}
    assert table["regret_max"].to_dict() == {"safe": 0.5, "bold": 2.0}
    assert table["satisficing"].to_dict() == {"safe": 0.75, "bold": 0.5}
    assert table["best"].to_dict() == {"safe": 0.625, "bold": 0.375}  # the tie is shared
    futures = found.futures.set_index(["policy", "future"])
    row = [at(futures, ("bold", "storm"), column) for column in ("mean", "regret", "satisficing", "cases")]
    assert row == [3.0, 2.0, 0.5, 2]
    assert found.states.tolist() == [[2.0, 5.0], [1.5, 3.0]]
    assert found.regrets.tolist() == [[0.5, 0.0], [1.0, 2.0]]


def test_regret_and_chances_are_those_of_a_comparison() -> None:
    values = cases()
    table = compare_policies(values, POLICIES, FUTURES, "higher", sampled=False).policies
    arranged = np.moveaxis(values[:, :, 0], 0, 1)
    for place, (regret, chance) in enumerate(zip(max_regret(arranged), probability_best(arranged), strict=True)):
        row = table.iloc[place]
        assert [row["regret_max"], row["regret_max_low"], row["regret_max_high"]] == pytest.approx(
            [regret.mean, regret.low, regret.high]
        )
        assert [row["best"], row["best_low"], row["best_high"]] == [chance.mean, chance.low, chance.high]
    assert table["satisficing"].isna().all()  # no target was given


def test_intervals_are_over_replicates_of_chosen_rows_and_over_rows_of_samples() -> None:
    values = cases(replicates=6, rows=9)
    chosen = compare_policies(values, POLICIES, FUTURES, "higher", sampled=False).policies.iloc[0]
    reference = mean_interval(values[0].mean(axis=(0, 1)))
    assert [chosen["expected"], chosen["expected_low"], chosen["expected_high"]] == pytest.approx(
        [reference.mean, reference.low, reference.high]
    )
    drawn = compare_policies(values, POLICIES, FUTURES, "higher", sampled=True, target=4.0).policies.iloc[0]
    reference = mean_interval(values[0].mean(axis=(0, 2)))
    assert [drawn["expected_low"], drawn["expected_high"]] == pytest.approx([reference.low, reference.high])
    share = share_interval(float((values[0] >= 4.0).mean()), 9)
    assert [drawn["satisficing_low"], drawn["satisficing_high"]] == pytest.approx([share.low, share.high])


def test_the_poor_case_of_a_sample_has_limits_that_assume_nothing() -> None:
    inside = 0
    for seed in range(80):
        generator = np.random.default_rng(seed)
        costs = generator.exponential(size=100)
        values = np.stack([np.zeros(100), costs])[:, np.newaxis, :, np.newaxis]
        row = compare_policies(values, POLICIES, ("",), "higher", sampled=True).policies.iloc[0]
        assert row["regret_max"] == costs.max() and np.isnan(row["regret_max_low"])
        inside += bool(row["regret_poor_low"] <= -np.log(0.1) <= row["regret_poor_high"])
    assert inside >= 72
    few = compare_policies(values[:, :, :9], POLICIES, ("",), "higher", sampled=True).policies.iloc[0]
    assert np.isfinite(few["regret_poor"]) and np.isnan(few["regret_poor_high"])


def test_less_can_be_better() -> None:
    values = cases()
    more = compare_policies(values, POLICIES, FUTURES, "higher", sampled=False, target=4.5)
    less = compare_policies(-values, POLICIES, FUTURES, "lower", sampled=False, target=-4.5)
    np.testing.assert_allclose(-less.policies["expected"], more.policies["expected"])
    np.testing.assert_allclose(-less.policies["worst"], more.policies["worst"])
    for column in ("regret", "regret_max", "satisficing", "best"):
        np.testing.assert_allclose(less.policies[column], more.policies[column])
    assert rank_policies(more, "higher") == rank_policies(less, "lower") == ["safe", "bold"]


def test_cases_that_some_policy_lacks_are_left_out_of_all() -> None:
    values = cases()
    values[0, 0, 0, 3] = NAN
    found = compare_policies(values, POLICIES, FUTURES, "higher", sampled=False)
    assert found.left_out.total == found.left_out.undefined == 1
    assert found.policies["cases"].tolist() == [15, 15]
    assert at(found.policies, 1, "expected") == pytest.approx(
        (values[1, 0, 0, [0, 1, 2, 4, 5, 6, 7]].mean() + values[1, 1].mean()) / 2
    )


def test_policies_without_any_value_do_not_spoil_the_others() -> None:
    values = np.concatenate([cases(), np.full((1, 2, 1, 8), NAN)])
    found = compare_policies(values, (*POLICIES, "broken"), FUTURES, "higher", sampled=False)
    assert found.absent == ("broken",) and found.policies["policy"].tolist() == ["safe", "bold"]
    nothing = compare_policies(np.full((2, 1, 1, 3), NAN), POLICIES, ("",), "higher", sampled=False)
    assert (
        nothing.reason == "no policy has a value" and nothing.policies.empty and rank_policies(nothing, "higher") == []
    )
    apart = np.array([[[[1.0, NAN]]], [[[NAN, 1.0]]]])
    assert "no case in which all" in compare_policies(apart, POLICIES, ("",), "higher", sampled=False).reason


def test_the_twin_in_the_same_case_can_be_the_target() -> None:
    values = cases()
    found = compare_policies(values, POLICIES, FUTURES, "higher", sampled=False, target=values[0])
    assert found.policies["satisficing"].tolist() == [1.0, (values[1] >= values[0]).mean()]


def test_to_equal_nothing_is_not_to_be_better_than_nothing() -> None:
    values = np.zeros((2, 1, 1, 4))
    values[1, 0, 0, :2] = 0.1
    lax = compare_policies(values, POLICIES, ("",), "higher", sampled=False, target=0.0, strict=True).policies
    assert lax["satisficing"].tolist() == [0.0, 0.5]
    chosen = compare_policies(values, POLICIES, ("",), "higher", sampled=False, target=0.0).policies
    assert chosen["satisficing"].tolist() == [1.0, 1.0]


def test_what_failed_runs_could_hide_is_bounded() -> None:
    values = np.array([[[[1.0, 3.0, 3.0, NAN]]], [[[3.0, 3.0, 3.0, 3.0]]]])
    failed = np.isnan(values)
    table = compare_policies(values, POLICIES, ("",), "higher", sampled=False, target=2.0, failed=failed).policies
    assert table["satisficing"].tolist() == pytest.approx([2 / 3, 1.0])
    assert table["satisficing_least"].tolist() == [0.5, 1.0]  # counted over a policy's own runs
    assert table["satisficing_most"].tolist() == [0.75, 1.0]


def test_targets_of_a_sweep() -> None:
    sweep = Tables({"latin-hypercube": 40}, policies=("none", "procedural")).sweep()
    (design,) = sweep.designs
    lax = find_benchmark(sweep, design, "lift_later", None)
    assert lax.value == 0.0 and not lax.chosen and lax.title == "better than nothing"
    given = find_benchmark(sweep, design, "lift_later", 0.02)
    assert given.words == "at least 2 points" and given.chosen and given.title == "good enough"
    twin = find_benchmark(sweep, design, "organization_value", None)
    assert twin.words == "better than none in the same case"
    np.testing.assert_array_equal(twin.value, sweep.values(design, "organization_value")[0])
    without = Tables({"latin-hypercube": 40}).sweep()
    assert find_benchmark(without, without.designs[0], "organization_value", None).value is None


def test_verdicts_of_a_sweep() -> None:
    sweep = Tables({"latin-hypercube": 40, "sobol": 8, "morris": 4, "one-at-a-time": 1}, futures=("", "boom")).sweep()
    found = {key.design: compared for key, compared, _ in compare_policies_by_design(sweep, "lift_later")}
    assert list(found) == ["latin-hypercube", "sobol", "one-at-a-time"]
    table = found["latin-hypercube"].futures.pivot_table(index="policy", columns="future", values="mean")
    np.testing.assert_allclose(table["boom"] - table[""], 0.02, atol=0.02)
    assert found["sobol"].states.shape == (3, 2 * 16)  # independent rows alone
    assert set(found["sobol"].policies["worst_row"] % 6) <= {0, 5}
    assert found["one-at-a-time"].states.shape == (3, 2)  # the base alone
    assert found["latin-hypercube"].sampled and not found["one-at-a-time"].sampled


def test_questions_of_a_sweep() -> None:
    tables = Tables({"latin-hypercube": 60}, futures=("", "boom"))
    point = tables.points[(tables.points["row"] == 3) & (tables.points["policy"] == "procedural")]["point"]
    tables.runs.loc[tables.runs["point"].isin(point), "status"] = "failed"
    sweep = tables.sweep()
    (design,) = sweep.designs
    beats, enough, *_ = ask_where(sweep, design, "lift_later", [("procedural", "symbolic")], 0.2)
    assert beats.words == "procedural beats symbolic" and beats.opposite == "procedural does not beat symbolic"
    assert list(beats.factor_values) == ["employees.turnover", "norm.memory", "norm.rule", "future"]
    assert set(beats.factor_values["future"]) == {"as described", "boom"}
    assert len(beats.interest) == 118 and beats.lost == 2
    assert enough.words == "symbolic has lift_later of at least 20 points" and not enough.interest.any()
    alone = ask_where(sweep, design, "lift_later", [], None)
    assert alone == []
