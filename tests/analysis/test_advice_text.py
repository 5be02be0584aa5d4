"""The headline is advice that follows the paired mean; each cautious sentence appears where its case is planted."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.analysis.advice_text import write_advice
from sim.analysis.comparison_text import describe_comparison
from sim.analysis.money_text import describe_horizon, describe_payback
from sim.analysis.summary import summarize

from .tables import make_tables

YEARS = 10


def summary_of(
    replicates: int = 8,
    years: int = YEARS,
    horizon: int | None = None,
    objective: str = "organization_value",
    **weekly: tuple[float, float, float],
) -> dict[str, Any]:
    """A comparison in which each policy gains so much a week in its first two years and afterward, give or take some chance.

    Args:
        replicates: Number of runs of each.
        years: Length of the run.
        horizon: Weeks for which money is counted, if not all.
        objective: What policies are judged by.
        weekly: Policy -> gain a week in the first two years, gain later, and standard deviation over runs of a yearly gain.
    """
    weeks = 52 * years

    def lift(first: float, later: float, spread: float) -> Any:
        def course(time: np.ndarray, replicate: int) -> np.ndarray:
            chance = spread * np.random.default_rng([7, replicate]).normal()
            return (
                np.where(time < 104, first, later) + chance
            ) / 500.0  # the tables earn 500 a week for each whole point

        return course

    tables = make_tables({name: lift(*gains) for name, gains in weekly.items()}, replicates=replicates, weeks=weeks)
    return {"objective": objective, **summarize(*tables, objective, 0.08, horizon or weeks)}


def advice(**more: Any) -> str:
    return write_advice(summary_of(**more), "EUR")


def test_where_all_lose_nothing_is_to_be_run() -> None:
    text = advice(years=5, a=(-50.0, -1.0, 1.0), b=(-60.0, -1.0, 1.0))
    assert text == "Run none of these if you need the money back within 5 years: a and b lose money in that time."
    assert "none did best" not in text
    alone = advice(years=5, a=(-50.0, -1.0, 1.0))
    assert alone == "Do not run a if you need the money back within 5 years: a loses money in that time."
    many = advice(years=5, **{f"p{number}": (-50.0, -1.0, 1.0) for number in range(6)})
    assert "all 6 lose money in that time" in many


def test_who_can_wait_is_told_for_how_long() -> None:
    """The gain is above zero, more than chance could, from the eighth year on."""
    summary = summary_of(a=(-150.0, 100.0, 0.5), b=(-60.0, -1.0, 1.0))
    assert summary["money_over_time"]["payback"]["a"]["sure_after"] == 8 * 52
    text = write_advice(summary, "EUR")
    assert text.startswith(
        "Run none of these if you need the money back within 7 years; a if you can wait 8 years: it gains"
    )
    assert "within 10 years" in text


def test_what_pays_in_the_first_year_is_run_without_waiting() -> None:
    assert advice(a=(80.0, 80.0, 0.5), b=(-60.0, -1.0, 1.0)).startswith("Run a: within 10 years it gains EUR")


def test_two_that_cannot_be_told_apart_are_both_named() -> None:
    summary = summary_of(a=(80.0, 80.0, 0.5), b=(79.0, 79.0, 0.5))
    assert "cannot be" not in write_advice(summary, "EUR"), "paired, the two differ by the same amount in every run"
    summary["lead"]["gap"] = {"mean": 1.0, "low": -1.0, "high": 3.0}
    assert write_advice(summary, "EUR").endswith("Whether b does better or worse cannot be distinguished from chance.")


def test_a_gain_within_chance_is_not_promised() -> None:
    text = advice(years=5, a=(3.0, 3.0, 30.0), b=(-50.0, -20.0, 1.0))
    assert text == (
        "Run none of these if you must be sure to have the money back within 5 years: b loses money in that time, and whether "
        "a pays cannot be distinguished from chance."
    )


def test_a_policy_that_is_still_gaining_at_the_end_is_named() -> None:
    text = advice(years=5, a=(-150.0, 100.0, 0.5), b=(-60.0, -1.0, 1.0))
    assert "a and b lose money in that time. a is still gaining EUR 3.6" in text
    assert text.endswith("in the last year: a longer run (--years) shows whether that pays it back.")
    assert "still gaining" not in advice(years=5, a=(-150.0, -1.0, 0.5))


def test_one_replicate_gives_no_advice() -> None:
    text = advice(replicates=1, a=(80.0, 80.0, 0.5))
    assert text.startswith("No advice: within 10 years a comes out best") and "one replicate cannot distinguish" in text


def test_a_horizon_shorter_than_the_run_is_said_and_does_not_hide_what_comes_later() -> None:
    gains = {"a": (-150.0, 100.0, 0.5)}
    whole, cut = summary_of(**gains), summary_of(horizon=260, **gains)
    assert describe_horizon(whole) == "Money is discounted and counted over the whole run of 10 years."
    assert "over the first 5 years of a run of 10 years (money.horizon = 260)" in describe_horizon(cut)
    assert describe_horizon(cut) in describe_comparison(cut)
    assert cut["policies"]["a"]["net_present_value"]["mean"] < 0.0 < whole["policies"]["a"]["net_present_value"]["mean"]
    assert "a if you can wait" in write_advice(cut, "EUR")


def test_payback_is_a_time_or_what_is_still_gained() -> None:
    assert describe_payback(summary_of(a=(-150.0, 100.0, 0.5)), "a", "EUR").startswith(
        "on average it has paid back after 7"
    )
    uncertain = describe_payback(summary_of(a=(30.0, 12.0, 30.0)), "a", "EUR")
    assert uncertain.endswith("which cannot be distinguished from chance")
    early = describe_payback(summary_of(years=5, a=(-150.0, 100.0, 0.5)), "a", "EUR")
    assert early.startswith("not paid back within 5 years, still gaining EUR 3.6")
    falling = describe_payback(summary_of(years=5, a=(-150.0, -36.0, 0.5)), "a", "EUR")
    assert falling.startswith("not paid back within 5 years, still losing EUR 1.3")
    flat = describe_payback(summary_of(years=5, a=(-150.0, 0.0, 2.0)), "a", "EUR")
    assert "in the last year no gain or loss could be distinguished from chance" in flat


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_by_another_measure_the_advice_follows_the_paired_mean(sign: float) -> None:
    text = advice(objective="enacted_change", a=(50.0, 50.0 * sign, 1.0), b=(20.0, 5.0, 1.0))
    if sign > 0.0:
        assert text.startswith("Judged by enacted change, run a: a is 9.0 points")
    else:
        assert text.startswith("Judged by enacted change, run b: b is 1.0 points")
    worse = advice(objective="enacted_change", a=(50.0, -50.0, 1.0))
    assert worse.startswith("Judged by enacted change, run none of these: doing nothing is 10.0 points")
    alone = advice(objective="enacted_change", replicates=1, a=(50.0, 50.0, 1.0))
    assert "no advice" in alone and "one replicate" in alone
    summary = summary_of(objective="enacted_change", a=(50.0, 50.0, 1.0))
    summary["lead"]["gap"] = {"mean": 0.1, "low": -0.1, "high": 0.3}
    assert "nothing is clearly best" in write_advice(summary, "EUR")


def test_nothing_known_and_nothing_to_choose() -> None:
    summary = summary_of(a=(1.0, 1.0, 1.0))
    assert "no value" in write_advice({**summary, "lead": {**summary["lead"], "first": ""}}, "EUR")
    alone = {**summary, "policies": {"none": summary["policies"]["none"]}}
    assert write_advice(alone, "EUR") == "Only doing nothing was run, so there is nothing to choose from."
