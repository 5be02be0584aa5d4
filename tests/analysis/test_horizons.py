"""Money over time, against sums that a reader can do."""

from __future__ import annotations

import numpy as np
import pytest

from sim.analysis.horizons import FADING, list_ends, list_shown, summarize_money_over_time
from sim.analysis.intervals import mean_interval
from sim.analysis.panel import Panel
from sim.analysis.summary import summarize

from .tables import make_tables, plateau

RATE = 0.08


def slow_gain(weeks: np.ndarray, replicate: int) -> np.ndarray:
    """Loses 100 a week for a year, then gains 100 a week, a little more in some runs."""
    return np.where(weeks < 52, -100.0, 100.0 + replicate) / 500.0


def test_horizons_are_full_years_and_the_end_of_the_run() -> None:
    assert list_ends(260) == [52, 104, 156, 208, 260]
    assert list_ends(60) == [52, 60] and list_ends(8) == [8] and list_ends(0) == []
    assert list_shown(260) == [260] and list_shown(276) == [260, 276]
    assert list_shown(1040) == [260, 520, 780, 1040] and list_shown(1300)[-2:] == [1040, 1300]


def test_the_net_present_value_of_every_year_is_that_of_a_run_of_that_horizon() -> None:
    tables = make_tables({"a": slow_gain}, weeks=200)
    entry = summarize(*tables, "organization_value", RATE, 200)["money_over_time"]
    assert [each["weeks"] for each in entry["net_present_value"]] == [52, 104, 156, 200]
    for each in entry["net_present_value"]:
        alone = summarize(*tables, "organization_value", RATE, each["weeks"])["policies"]["a"]["net_present_value"]
        assert each["policies"]["a"] == pytest.approx(alone)


def test_payback_the_last_year_and_what_comes_after_are_sums_that_a_reader_can_do() -> None:
    weekly, runs = make_tables({"a": slow_gain}, weeks=208, sponsorship={"a": (None, None, False)})
    entry = summarize_money_over_time(Panel.from_tables(weekly, runs), RATE, ["a"])
    profit = weekly.pivot(index="week", columns=["policy", "replicate"], values="profit")
    lift = (profit["a"] - profit["none"]).to_numpy()
    discounts = (1.0 + RATE) ** (-np.arange(208) / 52)
    gained = (lift * discounts[:, np.newaxis]).cumsum(axis=0)
    course = gained.mean(axis=1)
    week = entry["payback"]["a"]["week"]
    assert course[week - 1] <= 0.0 < course[week] and (course[week:] > 0.0).all()
    ends = {end: mean_interval(gained[end - 1]).low for end in (52, 104, 156, 208)}
    assert entry["payback"]["a"]["sure_after"] == min(end for end in ends if ends[end] > 0.0) == 208
    last = (lift[-52:] * discounts[-52:, np.newaxis]).sum(axis=0).mean()
    assert entry["payback"]["a"]["last_year"]["mean"] == pytest.approx(last)
    later = np.arange(208, 208 + 10_400)
    for name, part in (
        ("fast", 0.62 ** ((later - 208) / 52)),
        ("slow", np.clip(1.0 - (later - 208) / 520, 0.0, None)),
    ):
        worth = (lift[-52:].mean() * part * (1.0 + RATE) ** (-later / 52)).sum()
        assert entry["after_the_run"][name]["a"]["mean"] == pytest.approx(worth, rel=1e-6)
    assert all("assumption" in rule.source for rule in FADING.values())


def test_what_does_not_pay_back_has_no_time() -> None:
    entry = summarize(*make_tables({"a": plateau(-0.2)}), "organization_value", RATE, 260)["money_over_time"]
    assert entry["payback"]["a"]["week"] is None and entry["payback"]["a"]["sure_after"] is None
    assert entry["payback"]["none"]["week"] is None


def test_runs_that_were_stopped_are_not_counted_as_paid_back() -> None:
    weekly, runs = make_tables({"a": plateau(0.2, 1.0)}, replicates=6)
    runs["planned_end"] = [104 if policy == "a" else None for policy in runs["policy"]]
    first = (runs["policy"] == "a") & (runs["replicate"] == 0)
    plain = summarize(weekly, runs, "organization_value", RATE, 260)
    runs.loc[first, "sponsorship_end"] = 6
    found = summarize(weekly, runs, "organization_value", RATE, 260)
    assert plain["stopped"]["a"]["mean"] == 0.0 and plain["stopped"]["none"]["mean"] is None
    assert found["stopped"]["a"]["mean"] == pytest.approx(1 / 6)
    profit = weekly["profit"].to_numpy().copy()
    losing = ((weekly["policy"] == "a") & (weekly["replicate"] != 0)).to_numpy()
    profit[losing] -= 10_000.0
    found = summarize(weekly.assign(profit=profit), runs, "organization_value", RATE, 260)["policies"]["a"]
    assert found["break_even_share"]["mean"] == 0.0, "the only run that gained is the one that was stopped"
    assert found["break_even_week"]["mean"] is None


def test_no_interval_of_weeks_lies_outside_the_run_and_too_few_runs_have_none() -> None:
    weekly, runs = make_tables({"a": slow_gain, "b": slow_gain}, replicates=12, weeks=150)
    profit = weekly["profit"].to_numpy().copy()
    replicate, policy = weekly["replicate"].to_numpy(), weekly["policy"].to_numpy()
    few = ((policy == "a") & (replicate <= 1)) | ((policy == "b") & (replicate <= 5))
    profit[few] += 40.0 + 10.0 * replicate[few]  # these pay back
    profit[(policy != "none") & ~few] -= 100.0
    found = summarize(weekly.assign(profit=profit), runs, "organization_value", RATE, 150)["policies"]
    two, six = found["a"]["break_even_week"], found["b"]["break_even_week"]
    assert two["mean"] is not None and two["low"] is None and two["high"] is None
    assert six["low"] is not None and 0.0 <= six["low"] <= six["mean"] <= six["high"] <= 150.0
    for measures in found.values():
        assert measures["cost"]["low"] is None or measures["cost"]["low"] >= 0.0
