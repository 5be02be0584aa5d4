"""Numbers in words: magnitudes, shares, points, intervals and lists, each written in one way."""

from __future__ import annotations

import ast
from pathlib import Path

import numpy as np
import pytest

import sim
from sim.analysis.wording import (
    format_exact_percent,
    format_interval,
    format_money,
    format_number,
    format_percent,
    format_points,
    format_share,
    join_interval,
    join_words,
    less_unknown,
    magnitude,
    money_scale,
    percent_figures,
)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "?"),
        (0.0, "EUR 0"),
        (999.0, "EUR 999"),
        (999.6, "EUR 1 thousand"),
        (-1234.0, "-EUR 1.23 thousand"),
        (999_499.0, "EUR 999 thousand"),
        (999_700.0, "EUR 1 million"),
        (-1.2e6, "-EUR 1.2 million"),
        (3.21e10, "EUR 32.1 billion"),
    ],
)
def test_money_has_three_figures_and_never_an_exponent(value: float | None, expected: str) -> None:
    assert format_money(value, "EUR") == expected
    assert format_money(value, "") == expected.replace("EUR ", "")


def test_an_interval_of_losses_keeps_its_signs() -> None:
    def words(value: float | None) -> str:
        return format_money(value, "EUR")

    assert format_interval({"low": -5e3, "high": -2e3}, words) == " (-EUR 5 thousand to -EUR 2 thousand)"
    assert format_interval({"low": -5e3, "high": 2e3}, words) == " (-EUR 5 thousand to EUR 2 thousand)"
    assert format_interval({"low": 2e3, "high": 5e3}, words) == " (EUR 2 to 5 thousand)"
    assert join_interval("-1.0 points", "-0.5 points") == " (-1.0 to -0.5 points)"


def test_an_axis_and_a_cell_count_money_in_the_size_of_the_largest_amount() -> None:
    assert money_scale(np.array([np.nan, -2e6, 3e3]), "EUR") == (1e-6, "EUR million")
    assert money_scale(np.array([np.nan]), "EUR") == (1.0, "EUR")
    assert [magnitude(amount).letters for amount in (5.0, -5e3, 5e6, 5e9)] == ["", "k", "M", "bn"]


def test_shares_and_points_have_no_sign_at_zero() -> None:
    assert [format_percent(value) for value in (None, 0.934, -0.004, -0.10, 1.0)] == [
        "?",
        "93 %",
        "0 %",
        "-10 %",
        "100 %",
    ]
    assert (format_percent(0.0525, 1), percent_figures(0.0525, 1)) == ("5.2 %", "5.2")
    assert [format_points(value) for value in (None, 0.0312, -0.0001)] == ["?", "3.1 points", "0.0 points"]
    assert (format_share(float("nan")), format_share(0.5)) == ("an unknown share", "50 %")
    assert (format_exact_percent(0.07), format_exact_percent(0.125)) == ("7 %", "12.5 %")


def test_numbers_have_three_figures_and_whole_ones_stay_whole() -> None:
    written = [format_number(value) for value in (0.0, -1e-30, 0.12345, 12.0, 999.4, 999.6, -12345.6)]
    assert written == ["0", "-1e-30", "0.123", "12", "999", "1,000", "-12,346"]


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        ("EUR 1.2 million", "EUR 1.5 million", " (EUR 1.2 to 1.5 million)"),
        ("EUR 900 thousand", "EUR 1.5 million", " (EUR 900 thousand to EUR 1.5 million)"),
        ("EUR 500", "EUR 1.2 thousand", " (EUR 500 to EUR 1.2 thousand)"),
        ("12 %", "14 %", " (12 to 14 %)"),
        ("-0.3 points", "4.0 points", " (-0.3 to 4.0 points)"),
        ("7", "9", " (7 to 9)"),
        ("12 %", "12 %", ""),
    ],
)
def test_an_interval_writes_once_what_both_ends_share(low: str, high: str, expected: str) -> None:
    assert join_interval(low, high) == expected


def test_an_entry_without_limits_has_no_interval() -> None:
    assert format_interval({"mean": 0.5, "low": None, "high": None}, format_percent) == ""
    assert format_interval({"mean": 0.5, "low": 0.4, "high": 0.6}, format_percent) == " (40 to 60 %)"


def test_a_list_in_a_sentence() -> None:
    assert join_words(["a"]) == "a"
    assert join_words(["a", "b"]) == "a and b"
    assert join_words(["a", "b", "c"], "or") == "a, b or c"


def test_magnitudes_of_money_stand_in_one_place() -> None:
    package = Path(sim.__file__).parent
    found = set()
    for path in package.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and node.value in ("billion", "million", "thousand", "bn"):
                found.add(path.relative_to(package).as_posix())
    assert found == {"analysis/wording.py"}


def test_what_is_less_unknown_is_a_share_and_what_only_moved_is_called_that() -> None:
    assert less_unknown(0.36) == "36 % less unknown"
    assert less_unknown(-0.03) == "moved, no narrower"
