"""Measures in words: units, signs, and reasons for what is missing."""

from __future__ import annotations

import pytest

from lab.small import compared, make_policy, small
from sim.analysis.metrics import METRICS
from sim.lab import compare
from sim.lab.display import KEY_MEASURES, format_cell, unit_of
from sim.lab.missing_values import SponsorshipSummary

SPONSORSHIP = SponsorshipSummary(
    "talk", done=5, begun=5, ended=5, first_end=26, usual_end=26, usual=5, start=0, weeks=260
)


def words(measure: str, mean: float | None, low: float | None = None, high: float | None = None) -> str:
    return str(format_cell(measure, {"mean": mean, "low": low, "high": high}, SPONSORSHIP, "organization_value", "EUR"))


@pytest.mark.parametrize(
    ("measure", "values", "expected"),
    [
        ("reach", (0.8812, 0.871, 0.889), "88 (87 to 89)"),
        ("lift_at_end", (0.0312, 0.021, 0.0489), "+3.1 (+2.1 to +4.9)"),
        ("lift_later", (-0.0006, -0.0012, 0.0001), "-0.06 (-0.12 to +0.01)"),
        ("lift_later", (-0.00001, -0.00002, 0.00001), "0.00"),
        ("espoused_enacted_gap", (0.2, 0.1, 0.3), "20.0 (10.0 to 30.0)"),
        ("retention_annual", (0.9264, 0.92, 0.93), "92.6 (92.0 to 93.0)"),
        ("cost", (44_200.0, 44_200.0, 44_200.0), "44.2k"),
        ("net_present_value", (-519_000.0, -835_000.0, -202_000.0), "-519k (-835k to -202k)"),
        ("net_present_value", (-0.2e6, -1.6e6, 0.3e6), "-0.2M (-1.6M to +0.3M)"),
        ("weeks_to_half_reach", (7.4, 6.6, 8.2), "7 (7 to 8)"),
        ("max_regret", (1.2e6, 1.1e6, 1.3e6), "1.2M (1.1M to 1.3M)"),
        ("retention_change", (0.0, 0.0, 0.0), "0"),
        ("residual", (None, None, None), "–"),
    ],
)
def test_words(measure: str, values: tuple[float | None, ...], expected: str) -> None:
    assert words(measure, *values) == expected


def test_amounts_beside_each_other_are_counted_in_the_same_size() -> None:
    entries = [{"mean": mean, "low": 1.1 * mean, "high": 0.9 * mean} for mean in (-1.16e6, -876e3, -943e3, -92e3)]
    cells = [
        format_cell("net_present_value", entry, SPONSORSHIP, "organization_value", "EUR", entries) for entry in entries
    ]
    assert [cell.value for cell in cells] == ["-1160k", "-876k", "-943k", "-92k"]
    assert cells[0].interval == "-1276k to -1044k"
    large = [{"mean": mean, "low": mean, "high": mean} for mean in (232.6e6, 5e3, 4e3)]
    assert format_cell("cost", large[0], SPONSORSHIP, "organization_value", "EUR", large).value.endswith("M")


def test_every_measure_has_a_unit_and_words() -> None:
    for name, metric in METRICS.items():
        assert isinstance(unit_of(name, "organization_value", "EUR"), str)
        entry = {"median": 3.0, "low": None, "high": None, "censored": 0.2, "undefined": 0.0}
        entry = entry if metric.shape == "median" else {"mean": 3.0, "low": 2.0, "high": 4.0}
        assert format_cell(name, entry, SPONSORSHIP, "organization_value", "EUR").value
    for objective in ("retention_change", "retention_annual"):
        assert unit_of("max_regret", objective, "EUR") == "points", "what is lost of a share is a difference"
    regret = {"mean": 0.02, "low": 0.01, "high": 0.03}
    cell = format_cell("max_regret", regret, SPONSORSHIP, "retention_change", "EUR")
    assert str(cell) == "2.0 (1.0 to 3.0)", "a loss has no sign, as in money"


def test_every_missing_value_has_a_reason() -> None:
    comparison = compared()
    reasons = {
        (policy, name): entry.reason
        for policy, entries in comparison.cells.items()
        for name, entry in entries.items()
        if entry.missing
    }
    assert all(reasons.values())
    assert reasons["none", "lift_at_end"] == "nothing is sponsored, so nothing ends"
    assert reasons["drill", "lift_at_end"] == "its resources are still in force when the run ends"
    assert reasons["ending", "lift_later"] == (
        "a run of 40 weeks is too short: two years after sponsorship is weeks 118 to 130"
    )


def test_one_run_has_values_but_no_intervals() -> None:
    comparison = compare(small(), ["none", make_policy("ending", coaching=1.0)], replicates=1, workers=1)
    entry = comparison.cells["ending"]["lift_at_end"]
    assert not entry.missing
    assert entry.interval == ""
    assert entry.reason == "one run has no interval"


def test_the_table_for_people() -> None:
    table = compared().table()
    assert list(table.index) == list(compared().ranked) == ["none", "drill", "ending"], "the best result first"
    assert list(table.columns)[:3] == ["reach at end, %", "lift at end, points", "lift two years later, points"]
    assert len(table.columns) == len(KEY_MEASURES)
    assert table.loc["none", "lift at end, points"] == "–"
