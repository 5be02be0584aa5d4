"""Results of the long studies that are kept: whole, and made from what there is now.

A version that is not released yet may be ahead of them. The changelog calls it unreleased; when it no longer does, a stale
result fails here, and ``python tests/long NAME`` makes it anew.
"""

from __future__ import annotations

import importlib.metadata
from pathlib import Path

import pytest
from long.studies import STUDIES

CHANGELOG = Path(__file__).parents[2] / "CHANGELOG.md"

pytestmark = pytest.mark.skipif(not CHANGELOG.is_file(), reason="needs the checkout")


def unreleased() -> bool:
    """Whether the changelog says that this version is still being made."""
    return f"## {importlib.metadata.version('centricity')} (unreleased)" in CHANGELOG.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", STUDIES)
def test_what_is_kept_of_a_long_study_is_not_stale(name: str) -> None:
    stale = STUDIES[name].staleness()
    assert unreleased() or not stale, f"made from another {', '.join(stale)}: run python tests/long {name}"


@pytest.mark.parametrize("name", STUDIES)
def test_what_is_kept_says_what_it_was_made_from(name: str) -> None:
    document = STUDIES[name].kept()
    if document is None:
        assert unreleased(), f"run python tests/long {name}"
        return
    assert document["study"] == name and document["about"] == STUDIES[name].about
    assert set(document["made_from"]) == set(STUDIES[name].made_from())
    assert document["result"]


def test_a_result_made_from_something_else_is_stale(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    from long import study

    monkeypatch.setattr(study, "KEPT", tmp_path)
    first = study.Study("something", "What?", lambda: {"found": 1}, lambda: "as it is")
    assert first.staleness() == ["missing"]
    first.carry_out()
    assert first.staleness() == []
    assert replace(first, inputs=lambda: "otherwise").staleness() == ["inputs"]
    monkeypatch.setattr(study, "_pinned", lambda: "other numbers")
    assert first.staleness() == ["golden_runs"]


def test_what_is_said_about_advice_is_what_is_kept() -> None:
    kept = STUDIES["advice"].kept()
    assert kept is not None
    result, gain = kept["result"], kept["result"]["mean_regret_as_a_share_of_the_budget"]
    said = " ".join((CHANGELOG.parent / "docs" / "how-to" / "same-price.md").read_text(encoding="utf-8").split())
    number = len(result["organizations"])
    assert f"surely worse than the best bundle in {result['surely_worse']} of {number} and surely better" in said
    assert (
        f"surely better in {result['surely_better']}; on average its value was higher by {-gain['mean']:.1f} times the budget"
        in said
    )
    assert f"({-gain['high']:.1f} to {-gain['low']:.1f})" in said
