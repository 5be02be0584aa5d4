"""Published cases that set no parameter: how they are told, how they are measured, and how they are summed up.

No test demands that a case holds: they are scored by the command, and what fails stays.
"""

from __future__ import annotations

from math import inf, isnan, nan

import numpy as np
import pytest

from sim.evidence.cases import PATTERN_ORIENTED, count_line, is_case, miss, render_cases, summarize_cases
from sim.evidence.fact import Fact, load_facts
from sim.evidence.measurement import Measurement, RunBudget
from sim.evidence.measures import cases
from sim.evidence.region import draw_from, draw_organization, organizations_key
from sim.evidence.registry import load_measures
from sim.evidence.scoring import Row, Verdict, judge_measurement
from sim.evidence.tables import render_markdown, render_table
from sim.model.kernel.parameters import Tier
from sim.model.registry import current
from sim.model.scenario import Scenario

pytestmark = pytest.mark.recipe("fact")

FACTS = [fact for fact in load_facts() if fact.measure.startswith("cases.")]
PUBLISHED = [fact for fact in FACTS if not fact.id.startswith(PATTERN_ORIENTED)]
TINY = {"employees.number": 12, "customers.initial": 20, "customers.market": 30, "run.burn_in": 2}


def row(name: str, low: float, high: float, value: float, half: float = 0.01, measure: str = "cases.toy") -> Row:
    fact = Fact(name, "A claim", measure, {}, low, high, "nowhere", Tier.OBSERVATION)
    found = Measurement(value, value - half, value + half, 9)
    return Row(fact, found, judge_measurement(low, high, found), 0.0)


def test_there_are_twelve_cases_of_at_most_three_rows_and_all_say_how_far_they_are_verified() -> None:
    groups = {fact.id.split("/")[0] for fact in PUBLISHED}
    assert len(groups) == 12 and groups == {*cases.CASES, "schneider-1998"}
    for group in groups:
        assert 1 <= sum(fact.id.startswith(f"{group}/") for fact in PUBLISHED) <= 3
    for fact in PUBLISHED:
        assert fact.note.startswith(("Verified", "As reported by a secondary source; not verified")), fact.id
        assert fact.tier in (Tier.EXPERIMENT, Tier.OBSERVATION) and not fact.region and fact.source, fact.id


def test_only_what_set_a_parameter_is_marked_so() -> None:
    assert [fact.id for fact in FACTS if fact.calibrated] == ["staats-2017/below"]
    assert "Staats" in current().parameters["crowding.strength"].source


def test_every_row_reads_a_value_that_its_case_has() -> None:
    for fact in PUBLISHED:
        group = fact.id.split("/")[0]
        assert fact.measure == f"cases.{group.replace('-', '_')}"
        if group in cases.CASES:
            assert fact.arguments["part"] in cases.CASES[group].values, fact.id
    rows = {(fact.id.split("/")[0], fact.arguments["part"]) for fact in PUBLISHED}
    assert {(name, part) for name, case in cases.CASES.items() for part in case.values} <= rows


def test_organizations_differ_in_what_nobody_knows_and_in_nothing_else() -> None:
    bank = Scenario.load("retail-bank")
    drawn = draw_organization(bank, 2)
    assert drawn == draw_organization(bank, 2) != draw_organization(bank, 3)
    assert "norm.memory" in drawn and "norm.memory" not in draw_organization(bank, 2, ["norm.memory"])
    assert {current().parameters[name].kind for name in drawn if name not in bank.plausible} == {"unknown"}
    bank.override(drawn)


def test_organizations_can_be_drawn_from_a_posterior_and_have_caches_of_their_own() -> None:
    bank = Scenario.load("retail-bank")
    before, key = draw_organization(bank, 3), organizations_key()
    with draw_from([{"norm.memory": 7}, {"norm.memory": 9}]):
        assert draw_organization(bank, 3) == before | {"norm.memory": 9}
        assert draw_organization(bank, 4)["norm.memory"] == 7
        assert "norm.memory" not in draw_organization(bank, 4, ["norm.memory"])
        assert organizations_key() != key
    assert draw_organization(bank, 3) == before and organizations_key() == key


def test_what_is_left_of_a_lift_is_kept_partly_kept_or_lost() -> None:
    assert cases.share_sustained(0.2, 0.19) == "kept"
    assert cases.share_sustained(0.2, 0.12) == "partly"
    assert cases.share_sustained(0.2, -0.05) == "lost"
    assert cases.share_sustained(0.01, 0.2) == ""


def test_means_and_ratios_over_draws_leave_out_what_has_no_value() -> None:
    found = cases.mean_of_draws([0.1, nan, 0.3])
    assert found.value == pytest.approx(0.2) and found.runs == 2
    assert isnan(cases.mean_of_draws([nan, nan]).value)
    ratio = cases.ratio_of_draws(np.array([0.1, 0.2, nan]), np.array([0.2, 0.4, 0.3]), 0.02)
    assert (ratio.value, ratio.low, ratio.high, ratio.runs) == (0.5, 0.5, 0.5, 2)
    assert isnan(cases.ratio_of_draws(np.array([0.1, 0.2]), np.array([0.01, -0.01]), 0.02).value)


def test_an_effect_over_time_holds_the_earlier_level_fixed() -> None:
    rng = np.random.default_rng(1)
    cause, before, noise, apart = rng.normal(size=(4, 100_000))
    after = 0.6 * cause + 0.5 * before + noise
    one, other = np.column_stack([cause, apart]), np.column_stack([before, after])
    assert cases.lagged_effect(one, other) == pytest.approx(0.6 / after.std(), abs=0.01)
    assert cases.lagged_effect(other, one) == pytest.approx(0.0, abs=0.01)


def test_those_that_pass_most_are_the_best_quarter_with_ties() -> None:
    assert cases.passing_most([5, 1, 4, 2, 3, 0, 1, 5], 0.25).tolist() == [True] + [False] * 6 + [True]
    assert cases.passing_most([2, 2, 2, 1], 0.25).tolist() == [True, True, True, False]


def test_an_organization_passes_a_case_if_it_shows_every_row(monkeypatch: pytest.MonkeyPatch) -> None:
    toy = cases.Case({}, 1, {"one": lambda arms: 1.0, "none": lambda arms: nan})
    monkeypatch.setattr(cases, "CASES", {"toy": toy})
    one = Fact("toy/one", "A", "cases.toy", {"part": "one"}, 0.5, inf, "nowhere", Tier.OBSERVATION)
    none = Fact("toy/none", "A", "cases.toy", {"part": "none"}, 0.5, inf, "nowhere", Tier.OBSERVATION)
    assert cases.passes({"toy": {}}, [one]) == 1
    assert cases.passes({"toy": {}}, [one, none]) == 0


def test_a_miss_is_told_in_units_of_the_tolerance() -> None:
    assert miss(row("a/b", 0.2, 0.4, 0.3)) == 0.0
    assert miss(row("a/b", 0.2, 0.4, 0.6)) == pytest.approx(2.0)
    assert miss(row("a/b", 0.0, inf, -0.03)) == pytest.approx(3.0)
    assert isnan(miss(row("a/b", 0.0, inf, nan)))


def test_cases_are_counted_with_the_farthest_miss_first() -> None:
    rows = [
        row("holding/one", 0.0, 1.0, 0.5),
        row("near/one", 0.0, 1.0, 1.1),
        row("far/one", 0.0, 1.0, 0.5),
        row("far/two", 0.0, 1.0, 3.0),
        row("open/one", 0.0, 1.0, 1.0),
        row("else", 0.0, 1.0, 9.0, measure="model.lift"),
    ]
    found = summarize_cases(rows)
    assert [each.name for each in found] == ["far", "near", "open", "holding"]
    assert [each.verdict for each in found] == [
        Verdict.FAILS,
        Verdict.FAILS,
        Verdict.INCONCLUSIVE,
        Verdict.HOLDS,
    ]
    assert [each.fact.id for each in found[0].rows] == ["far/two", "far/one"]
    assert count_line(found) == "Cases that set no parameter: 1 of 4 hold, 2 fail, 1 inconclusive"
    lines = render_cases(rows)
    assert lines[1] == "## Cases that set no parameter" and "| `far` | fails |" in lines[9]
    assert "| 4.0 |" in lines[9]
    assert render_cases(rows[-1:]) == [] and not is_case(rows[-1])
    assert count_line(found) in render_markdown(rows) and count_line(found) in render_table(rows)


def test_what_the_cases_leave_of_the_prior_is_told_beside_it() -> None:
    shares = (("prior", 0.4), ("posterior", 0.25), ("passed", 2.5))
    rows = [row(f"{PATTERN_ORIENTED}/{name}", 0.5, inf, value) for name, value in shares]
    assert summarize_cases(rows) == []
    text = "\n".join(render_cases([row("holding/one", 0.0, 1.0, 0.5), *rows]))
    assert "in 40% of 9 organizations drawn from the priors" in text
    assert "in 25% of the 9 that pass most" in text and "pass 2.5 cases on average" in text


def test_a_band_that_is_not_even_about_its_target_shows_both_ends() -> None:
    bands = {fact.id: fact.band for fact in PUBLISHED}
    assert bands["keystone/three-years"] == "0.34 (0.24 to 0.48)"
    assert bands["bloom-8y/kept"] == "0.76 ± 0.15"


@pytest.mark.slow
@pytest.mark.parametrize("fact", PUBLISHED, ids=lambda fact: str(fact.id))
def test_a_measure_gives_a_value_of_few_tiny_organizations(fact: Fact, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cases, "SIZE", TINY)
    monkeypatch.setattr(cases, "_BRANCH", TINY)
    for cached in (cases._arms, cases._waves):
        cached.cache_clear()
    few = {"branches": 6} if fact.measure == "cases.schneider_1998" else {}
    found = load_measures()[fact.measure](RunBudget(), **fact.arguments, **few, draws=3)
    assert found.runs <= 3
    assert isnan(found.value) or found.low <= found.value <= found.high
    for cached in (cases._arms, cases._waves):
        cached.cache_clear()


@pytest.mark.slow
def test_the_prior_and_what_is_left_of_it_come_from_the_same_organizations(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cases, "SIZE", TINY)
    cases._scored_draws.cache_clear()
    prior = cases.value_driven_holds(RunBudget(), "prior", draws=4)
    left = cases.value_driven_holds(RunBudget(), "posterior", draws=4)
    passed = cases.value_driven_holds(RunBudget(), "passed", draws=4)
    assert prior.runs == 4 and 1 <= left.runs == passed.runs <= 4
    counts, holds = cases._scored_draws((), 4)
    assert passed.value == pytest.approx(np.mean(sorted(counts)[-left.runs :]))
    assert len(counts) == len(holds) == 4 and all(0 <= count <= len(cases.SCORED_ON_ONE_DRAW) for count in counts)
    cases._scored_draws.cache_clear()
