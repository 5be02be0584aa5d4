"""Looking again at a fact that cannot be decided: it stops where it can, and looking does not raise the error rate."""

from __future__ import annotations

from dataclasses import replace
from math import inf, nan
from zlib import crc32

import numpy as np
import pytest

from sim.analysis.intervals import LEVEL, paired_bootstrap
from sim.evidence.fact import Fact
from sim.evidence.measurement import Measurement, RunBudget, at_level, level, normal_quantile
from sim.evidence.registry import MEASURES, load_measures
from sim.evidence.scoring import LEVEL_OF_A_LOOK, LOOKS, Row, Verdict, score
from sim.evidence.tables import render_table, to_records
from sim.model.kernel.parameters import Tier

FACT = Fact("toy/one", "A claim", "toy.mean", {"mean": 1.0}, 0.0, inf, "nowhere", Tier.CONJECTURE)
ASKED: list[int] = []


@pytest.fixture(autouse=True)
def toy_measures(monkeypatch: pytest.MonkeyPatch) -> None:
    load_measures()

    def mean(run_budget: RunBudget, mean: float, spread: float = 1.0) -> Measurement:
        runs = run_budget.runs(12, 4)
        ASKED.append(runs)
        values = np.random.default_rng(run_budget.seed).normal(mean, spread, runs)
        return Measurement.of_runs(values)

    def share(run_budget: RunBudget, of: float) -> Measurement:
        runs = run_budget.runs(20, 4)
        return Measurement.of_share(int((np.random.default_rng(run_budget.seed).random(runs) < of).sum()), runs)

    def careless(run_budget: RunBudget) -> Measurement:
        ASKED.append(0)
        return Measurement(0.0, -1.0, 1.0, 5)

    def missing(run_budget: RunBudget) -> Measurement:
        ASKED.append(run_budget.runs(12, 4))
        return Measurement.exact(nan)

    for name, function in {"mean": mean, "share": share, "careless": careless, "missing": missing}.items():
        monkeypatch.setitem(MEASURES, f"toy.{name}", function)
    ASKED.clear()


def scored(fact: Fact, **more: object) -> Row:
    (row,) = score(facts=[fact], **more)  # type: ignore[arg-type]
    return row


def test_a_budget_gives_more_runs_and_notes_that_it_was_asked() -> None:
    budget = RunBudget.for_fact("a", False, times=4)
    assert budget.asked == [] and budget.runs(12, 4) == 48 and budget.asked == [48]
    assert replace(budget, minimal=True, quick=True).runs(12, 4) == 1
    assert RunBudget.for_fact("a", False).seed == budget.seed == crc32(b"a")


def test_what_is_clear_is_looked_at_once() -> None:
    row = scored(replace(FACT, arguments={"mean": 5.0}))
    assert (row.verdict, row.looks, ASKED) == (Verdict.HOLDS, 1, [12])
    assert not row.out_of_time


def test_what_is_not_clear_is_looked_at_with_twice_the_runs_until_it_is() -> None:
    row = scored(replace(FACT, arguments={"mean": -0.3}))
    assert row.verdict is Verdict.FAILS and 1 < row.looks < LOOKS
    assert [12 * 2**look for look in range(row.looks)] == ASKED
    assert row.measurement is not None and row.measurement.runs == ASKED[-1]
    assert f"fails ({row.looks} looks)" in render_table([row])
    assert to_records([row])[0]["looks"] == row.looks


def test_what_lies_at_the_edge_stays_inconclusive_after_sixty_four_times_the_runs() -> None:
    row = scored(replace(FACT, arguments={"mean": 0.0}))
    assert (row.verdict, row.looks, row.out_of_time) == (Verdict.INCONCLUSIVE, LOOKS, False)
    assert ASKED[-1] == 64 * 12
    assert row.measurement is not None and row.measurement.high < 0.15, "inconclusive means near the edge"


def test_a_quick_run_looks_once_and_at_the_usual_level() -> None:
    row = scored(replace(FACT, arguments={"mean": 0.0}), quick=True)
    assert (row.looks, ASKED) == (1, [4])
    values = np.random.default_rng(crc32(b"toy/one")).normal(0.0, 1.0, 4)
    assert row.measurement == Measurement.of_runs(values)


def test_a_look_has_a_stricter_level_so_that_all_have_the_usual_one() -> None:
    assert pytest.approx(0.05) == LOOKS * (1.0 - LEVEL_OF_A_LOOK)
    plain = Measurement.of_runs([1.0, 2.0, 3.0, 4.0])
    assert level() == LEVEL and normal_quantile() == pytest.approx(1.959964, abs=1e-5)
    with at_level(LEVEL_OF_A_LOOK):
        strict = Measurement.of_runs([1.0, 2.0, 3.0, 4.0])
        assert normal_quantile() == pytest.approx(2.690, abs=1e-3)
        assert paired_bootstrap(np.array([[1.0, 2.0, 4.0]]), lambda means: means[0], level()).high > 3.5
    assert (strict.high - strict.value) / (plain.high - plain.value) == pytest.approx(6.616 / 3.182, rel=0.02)
    assert level() == LEVEL


def test_a_measure_that_asks_for_no_runs_is_not_repeated() -> None:
    row = scored(replace(FACT, measure="toy.careless", arguments={}))
    assert (row.verdict, row.looks, ASKED) == (Verdict.INCONCLUSIVE, 1, [0])


def test_a_measure_without_a_value_is_not_repeated() -> None:
    row = scored(replace(FACT, measure="toy.missing", arguments={}))
    assert (row.verdict, row.looks, ASKED) == (Verdict.INCONCLUSIVE, 1, [12])


def test_no_look_begins_that_would_take_too_long_and_the_row_says_so() -> None:
    row = scored(replace(FACT, arguments={"mean": 0.0}), patience=0.0)
    assert (row.verdict, row.looks, row.out_of_time) == (Verdict.INCONCLUSIVE, 1, True)
    assert "inconclusive (out of time)" in render_table([row])
    assert not scored(replace(FACT, arguments={"mean": 5.0}), patience=0.0).out_of_time


@pytest.mark.parametrize(
    ("measure", "arguments", "at_least"),
    [("toy.mean", {"mean": -0.001}, 0.0), ("toy.mean", {"mean": -0.2}, 0.0), ("toy.share", {"of": 0.299}, 0.3)],
)
def test_looking_again_and_again_does_not_raise_the_error_rate(
    measure: str, arguments: dict[str, float], at_least: float
) -> None:
    """Values just outside the band: without the correction the first would be called held in a tenth of the cases or more."""
    facts = [
        replace(FACT, id=f"toy/{number}", measure=measure, arguments=arguments, low=at_least) for number in range(400)
    ]
    verdicts = [row.verdict for row in score(facts=facts)]
    assert np.mean([verdict is Verdict.HOLDS for verdict in verdicts]) < 0.05
    if arguments.get("mean", 0.0) < -0.1:
        assert np.mean([verdict is Verdict.FAILS for verdict in verdicts]) > 0.9, "and it decides what can be decided"
