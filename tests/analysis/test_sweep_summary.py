"""The answer of a sweep in a few sentences."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import sim.analysis
from analysis.test_sweeps import Tables, other_program
from sim.analysis.sweep_summary import summarize_sweep
from sim.analysis.sweep_text import AnalysisOptions, SweepNarrator, analyze_outcome
from sim.analysis.sweeps import Sweep


def said_of(sweep: Sweep, outcome: str = "lift_later", target: float | None = None) -> list[str]:
    options = AnalysisOptions(targets={} if target is None else {outcome: target})
    others = [analyze_outcome(sweep, name) for name in sweep.outcomes if name != outcome]
    return summarize_sweep(SweepNarrator(sweep), [*others, analyze_outcome(sweep, outcome, options)])


def test_which_how_surely_on_what_and_what_was_missing() -> None:
    sweep = Tables({"latin-hypercube": 120}, replicates=3, fail=0.02).sweep()
    which, sure, on_what, missing = said_of(sweep, target=0.2)  # of the objective, whatever comes first
    assert which.startswith("By lift_later, value-driven comes first on average, with ")
    assert "; procedural has 5" in which and "points (" in which
    assert sure.startswith("In ") and "of the cases it is the best" in sure
    assert "; it is good enough (at least 20 points) in " in sure and "clearly better" in sure
    assert on_what.startswith("On what it hangs: value-driven has lift_later of at least 20 points when ")
    assert "employees.turnover is under" in on_what and "coverage ." in on_what
    assert f"{sweep.failed:,} of {len(sweep.runs):,} runs, which failed" in missing
    assert "cases, in which not all policies have a value" in missing


def test_rows_that_an_adaptive_sweep_left_too_wide_are_missing_replicates() -> None:
    tables = Tables({"latin-hypercube": 60}, replicates=8)
    tables.stop_points(first=2, half_width=0.1)
    *_, missing = said_of(tables.sweep())
    assert " of the rows (interval wider than 10 points either way)." in missing


def test_a_policy_that_is_clearly_best_is_called_so_and_nothing_missing_is_said_to_be() -> None:
    sweep = Tables({"latin-hypercube": 60}, replicates=3, policies=("symbolic", "procedural")).sweep()
    _, sure, on_what, missing = said_of(sweep)
    assert sure.startswith("In 100 % (94 to 100 %) of the cases it is the best; it is better than nothing")
    assert on_what == "On what it hangs cannot be told from these runs: no factor stands out from chance."
    assert missing == f"Nothing was missing of {len(sweep.runs):,} runs."


@pytest.mark.parametrize("kind", ["sobol", "morris", "one-at-a-time", "latin-hypercube"])
def test_without_a_region_the_strongest_factors_are_named_with_the_method(kind: str) -> None:
    sweep = Tables({kind: 64 if kind == "sobol" else 20}, replicates=8, policies=("value-driven",)).sweep()
    which, on_what, _ = said_of(sweep)
    assert which.startswith("No policy can be preferred by lift_later: no design has two of them")
    assert on_what.startswith("On what it hangs: ") and "norm.memory" not in on_what
    assert on_what.endswith(".") and any(name in on_what for name in ("norm.rule", "duration", "employees.turnover"))


def test_a_name_that_begins_like_another_is_not_taken_for_it() -> None:
    table = other_program(120).replace({"rule": {"old": "new-and-dear"}})
    sweep = Sweep.from_table(table, ["speed", "load"], ["waiting"], policy="rule", replicate="seed", lower=["waiting"])
    which, _, on_what, _ = said_of(sweep, "waiting", target=10.0)
    assert "new comes first" in which and "new-and-dear has waiting" not in on_what


def test_a_case_is_never_called_a_world() -> None:
    """A world is a set of points that share burn-in and twin; what policies are compared in is a case."""
    room = Path(sim.analysis.__file__).parent
    assert not [path.name for path in room.glob("*.py") if re.search(r"\bworlds?\b", path.read_text(encoding="utf-8"))]


def test_an_unfinished_sweep_without_values_has_its_reasons() -> None:
    tables = Tables({"latin-hypercube": 10}, replicates=2)
    tables.runs["lift_later"] = None
    (which, on_what, missing) = said_of(tables.sweep(finished=False))
    assert which == "No policy can be preferred by lift_later: no policy has a value."
    assert "cannot be told" in on_what
    assert "runs that are not done yet" in missing and "60 runs, in which lift_later is undefined" in missing
    assert summarize_sweep(SweepNarrator(tables.sweep()), []) == []
