"""What docs/fitting.md says of how well fits work is what the kept studies found."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

TOP = Path(__file__).parents[2]
PAGE = TOP / "docs" / "fitting.md"
STUDY = TOP / "results" / "reference" / "long" / "fits.json"
SECOND = TOP / "results" / "reference" / "second-library.json"

pytestmark = pytest.mark.skipif(not PAGE.is_file(), reason="needs the checkout")


def share(value: float) -> str:
    return f"{100.0 * value:.0f} %"


def hundredths(value: float) -> str:
    return f"{value:.2f}".replace("0.", ".", 1)


def rows_of(result: dict[str, Any]) -> list[str]:
    """The table of parameters."""
    found = []
    for name, each in result["parameters"].items():
        what = f"{name} (.01 to .10 a month)" if name == "employees.turnover" else name
        cover = " | ".join(map(share, each["coverage"].values()))
        gain = each["log_score"]
        score = f"{hundredths(gain['mean'])} ± {hundredths(gain['standard_error'])}"
        found.append(
            f"| {what} | {cover} | {share(each['contraction'])} | {share(each['contraction_of_the_best'])} | {score} |"
        )
    return found


def trends_of(result: dict[str, Any]) -> list[str]:
    """The power curve: what was planted, in points and in sampling errors, and how often it was flagged."""
    conflicts, found = result["conflicts"], []
    for name, flagged in conflicts["planted"].items():
        kind, _, size, _, _, column = name.split()
        if kind == "trend":
            errors = float(size) / 100.0 / conflicts["error_of_satisfaction"]
            found.append(f"| {size} points, {errors:.1f} sampling errors | {flagged} |")
        else:
            found.append(f"| {kind} of {size} points in {column} | {flagged} |")
    return found


def crude_of(result: dict[str, Any]) -> str:
    """What came of the crude trial, for the two parameters that it seemed to tell more about."""
    crude, own = result["crude_trial"], result["parameters"]
    first, second = "norm.encounters", "norm.memory"
    held = [crude[name]["coverage"]["0.5"] for name in crude]
    return (
        f"{share(crude[first]['contraction'])} of {first} and {share(crude[second]['contraction'])} of {second} instead of "
        f"{share(own[first]['contraction'])} and {share(own[second]['contraction'])}, with 50 % intervals that hold in "
        f"{share(min(held)).removesuffix(' %')} to {share(max(held))}"
    )


def share_predicted_of(result: dict[str, Any], name: str) -> str:
    """Share of the variance of a parameter that is predicted, by trees and by the summaries."""
    predicted_share = result["parameters"][name]["variance_predicted"]
    return f"{share(predicted_share['boosted_trees'])} of the variance of {name} instead of {share(predicted_share['summaries'])}"


def said(page: str, sentence: str) -> bool:
    return " ".join(sentence.split()) in " ".join(page.split())


def test_numbers_of_the_page_are_those_of_the_kept_study() -> None:
    page, result = PAGE.read_text(encoding="utf-8"), json.loads(STUDY.read_text(encoding="utf-8"))["result"]
    conflicts, holdout = result["conflicts"], result["holdout"]
    alarms, first = conflicts["false_alarms"], conflicts["false_alarms_in_the_first"]
    averaging, majority = (conflicts["other_rules"][rule] for rule in ("averaging", "majority"))
    for sentence in (
        *rows_of(result),
        *trends_of(result),
        crude_of(result),
        share_predicted_of(result, "coaching.effect"),
        share_predicted_of(result, "training.effect"),
        f"Of {alarms['histories']:,} histories of the model itself, {alarms['flagged']} were called a conflict",
        f"{first['flagged']} of the first {first['histories']}",
        f"averaging: {averaging['flagged']} of 50 flagged; a classifier tells them apart with an area under its curve of "
        f"{hundredths(averaging['area_under_curve'])}",
        f"majority: {majority['flagged']} of 50 flagged, {hundredths(majority['area_under_curve'])}",
        f"of {holdout['histories']} histories of the model were foretold with {share(1.0 - holdout['median_ratio'])} less error",
        f"in {share(holdout['share_better'])} of them better",
    ):
        assert said(page, sentence), sentence
    assert said(page, "All rank curves lie inside their simultaneous band")


def test_what_is_claimed_holds_of_the_kept_study() -> None:
    result = json.loads(STUDY.read_text(encoding="utf-8"))["result"]
    for name, each in result["parameters"].items():
        for level, held in each["coverage"].items():
            assert -0.03 <= held - float(level) <= 0.05, (name, level)
        assert each["log_score"]["mean"] > 3.0 * each["log_score"]["standard_error"], name
    assert result["rank_curves_outside_band"] == []
    conflicts = result["conflicts"]
    assert conflicts["false_alarms_in_the_first"]["flagged"] <= 5
    assert conflicts["planted"]["trend of 4 points in satisfaction"] >= 45
    assert conflicts["other_rules"]["averaging"]["flagged"] >= 45


def test_what_the_second_library_says_is_what_was_kept() -> None:
    page, kept = PAGE.read_text(encoding="utf-8"), json.loads(SECOND.read_text(encoding="utf-8"))
    for sentence in second_of(kept):
        assert said(page, sentence), sentence


def second_of(kept: dict[str, Any]) -> list[str]:
    """How far the other library's answers are from these, and from each other."""
    each = kept["parameters"].values()

    def span(values: list[float]) -> str:
        return f"{hundredths(min(values))} to {hundredths(max(values))}"

    return [
        f"{kept['trainings']} trainings of the other library differ in their posterior means by "
        f"{span([one['trainings_apart'] for one in each])} posterior standard deviations, and from the fit's by "
        f"{span([one['apart'] for one in each])}",
        f"Its 80 % intervals hold in {share(min(one['coverage_of_80']['other'] for one in each))} to "
        f"{share(max(one['coverage_of_80']['other'] for one in each))}, the fit's in "
        f"{share(min(one['coverage_of_80']['fit'] for one in each))} to "
        f"{share(max(one['coverage_of_80']['fit'] for one in each))}",
        f"the fit's log score is higher by {hundredths(sum(one['fit_better_by'][0] for one in each))}, summed over parameters",
    ]
