"""The answer in words claims no more than the numbers support."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.analysis.comparison_text import CAVEAT, describe_comparison, describe_policies
from sim.analysis.summary import summarize

from .tables import make_tables, nothing, plateau


def summary_of(replicates: int = 8, weeks: int = 260, **lifts: Any) -> dict[str, Any]:
    """The summary of policies with known lifts, as ``summary.json`` holds it."""
    sponsorship = {"permanent": (0, None, True)}
    tables = make_tables(lifts, replicates=replicates, weeks=weeks, sponsorship=sponsorship)
    return {"objective": "organization_value", **summarize(*tables, "organization_value", 0.05, 260)}


def test_what_lasts_and_what_does_not_is_said() -> None:
    texts = describe_policies(summary_of(lasting=plateau(0.2, 0.9), fading=plateau(0.1)), "EUR")
    assert "90 % of its lift in service was left" in texts["lasting"]
    assert "it had not halved when the run ended" in texts["lasting"]
    assert "20 % of the positions had moved toward the customer" in texts["lasting"]
    assert "gains EUR" in texts["lasting"]
    assert "half of it was gone after 6 weeks" in texts["fading"]
    assert "stated loyalty: exactly as without it" in texts["fading"]
    assert "Nothing is done" in texts["none"]


def test_a_lift_that_rose_after_sponsorship_is_told_in_points_and_has_no_half_life() -> None:
    def depressed(weeks: np.ndarray, replicate: int) -> np.ndarray:
        size = 0.1 * (1.0 + 0.05 * (replicate % 3 - 1))
        return np.where(weeks < 104, size, np.where(weeks < 230, 1.5 * size, 0.0))  # and is gone in the end

    summary = summary_of(rising=depressed)
    measures = summary["policies"]["rising"]
    assert measures["residual"]["mean"] == pytest.approx(1.5) and measures["half_life_weeks"]["median"] is not None
    text = describe_policies(summary)["rising"]
    assert "larger two years after sponsorship than at its end: 9.9 points (9.6 to 10.3 points)" in text
    assert "14.9 points" in text and "two years later. What a policy takes of working time" in text
    measures["residual"]["low"] = 0.9
    assert "as large as at its end, as far as that could be distinguished" in describe_policies(summary)["rising"]
    assert "was left" not in text and "half of it was gone" not in text and "150 %" not in text


def test_a_small_lift_that_is_sure_has_a_part_that_is_left() -> None:
    texts = describe_policies(summary_of(small=plateau(0.015, 0.9)))
    assert "90 % of its lift in service was left" in texts["small"]


def test_missing_values_are_explained_not_invented() -> None:
    texts = describe_policies(summary_of(permanent=plateau(0.1, 1.0), idle=nothing))
    assert "undefined" in texts["permanent"]
    assert (
        "not surely above zero when sponsorship ended, so that no part of it can be said to last: 0.0" in texts["idle"]
    )
    assert "too short to see" in describe_policies(summary_of(weeks=150, a=plateau(0.2)))["a"]
    alone = summary_of(replicates=1, a=plateau(0.2, 0.5))
    assert "One replicate is not enough" in describe_policies(alone)["a"]
    assert "one replicate cannot distinguish" in describe_comparison(alone)[0]


def test_an_interval_with_zero_in_it_claims_nothing() -> None:
    summary = summary_of(a=plateau(0.2, 0.9))
    measures = summary["policies"]["a"]
    uncertain = {"mean": 0.01, "low": -0.01, "high": 0.03}
    for name in ("retention_change", "attitudinal_loyalty_change", "net_present_value", "reach", "residual"):
        measures[name] = dict(uncertain)
    text = describe_policies(summary)["a"]
    assert text.count("distinguished from chance") == 5
    assert "rose" not in text
    assert "gains" not in text


def test_decreases_are_described_as_decreases() -> None:
    summary = summary_of(a=plateau(0.2, 0.9))
    measures = summary["policies"]["a"]
    measures["retention_change"] = {"mean": -0.02, "low": -0.03, "high": -0.01}
    measures["reach"] = {"mean": -0.1, "low": -0.2, "high": -0.05}
    measures["net_present_value"] = {"mean": -2.5e6, "low": -3e6, "high": -2e6}
    text = describe_policies(summary, "EUR")["a"]
    assert "Annual retention fell by 2.0 points (1.0 to 3.0 points)" in text
    assert "10 % of the positions had moved away from the customer (5 to 20 %)" in text
    assert "loses EUR 2.5 million (EUR 2 to 3 million)" in text


def test_failures_and_the_caveat_are_part_of_the_answer() -> None:
    summary = summary_of(a=plateau(0.2, 0.9))
    assert describe_comparison(summary)[-1].endswith(CAVEAT)
    assert not any("failed" in line for line in describe_comparison(summary))
    summary["failed"]["a"] = 3
    assert any("a 3" in line for line in describe_comparison(summary))


@pytest.mark.parametrize("replicates", [1, 2, 8])
@pytest.mark.parametrize("weeks", [1, 20, 150])
def test_every_summary_can_be_described(replicates: int, weeks: int) -> None:
    summary = summary_of(replicates, weeks, a=plateau(0.2, 0.9), permanent=plateau(-0.1, 1.0))
    summary["policies"]["nothing known"] = {
        name: dict.fromkeys(entry) for name, entry in summary["policies"]["a"].items()
    }
    for text in describe_comparison(summary, "EUR"):
        assert text
        for word in ("None", "nan", "inf ", "?"):
            assert word not in text


def test_both_values_are_described_and_the_policies_that_none_beats_in_both() -> None:
    summary = summary_of(a=plateau(0.2, 0.9), b=plateau(0.1))
    worth = {"none": (1.0, 9.0), "a": (5.0, 5.0), "b": (4.0, 4.0)}
    for name, (customers, organization) in worth.items():
        measures = summary["policies"][name]
        measures["customer_value"] = {"mean": customers, "low": None, "high": None}
        measures["organization_value"] = {"mean": organization, "low": None, "high": None}
    (sentences,) = [line for line in describe_comparison(summary) if line.startswith("Value for customers")]
    assert sentences.endswith("on average no other policy is better than doing nothing and a in both.")
    summary["policies"]["a"]["organization_value"]["mean"] = 10.0
    assert "On average a has the highest value both for customers and for the organization." in describe_comparison(
        summary
    )
    for measures in summary["policies"].values():
        measures["customer_value"]["mean"] = None
    assert not any("alike" in line or line.startswith("Value for customers") for line in describe_comparison(summary))
