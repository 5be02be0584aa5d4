"""The answer of a sweep in a few sentences: which policy, how surely, on what it hangs, and what was missing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from sim.analysis.convergence import Convergence
from sim.analysis.regret import Benchmark, PolicyComparison, rank_policies
from sim.analysis.sweep_text import Findings, SweepNarrator
from sim.analysis.sweeps import ResultKey
from sim.analysis.wording import format_share

_SURE = 0.5
_SHOWN = 2


def summarize_sweep(narrator: SweepNarrator, findings: Sequence[Findings]) -> list[str]:
    """Three to five sentences about the objective; about the first outcome, if the objective was not analyzed.

    Args:
        narrator: Puts values of the sweep into words.
        findings: Everything that was found, by outcome.
    """
    if not findings:
        return []
    about = next((each for each in findings if each.outcome == narrator.sweep.objective), findings[0])
    compared = _most_telling(about)
    sentences = [_which(narrator, about, compared)]
    best = ""
    if compared is not None:
        best = rank_policies(compared[1], narrator.sweep.better(about.outcome) or "higher")[0]
        sentences.append(_how_surely(compared[1], compared[2], best))
    sentences += [_on_what(narrator, about, best), _what_is_missing(narrator, about, compared, best)]
    return sentences


def _most_telling(about: Findings) -> tuple[ResultKey, PolicyComparison, Benchmark] | None:
    """The comparison of policies over a sample of rows, else over chosen ones, with the most cases."""
    known = [each for each in about.comparisons if not each[1].reason and len(each[1].policies) > 1]
    return max(known, key=lambda each: (each[1].sampled, int(each[1].policies["cases"].iloc[0])), default=None)


def _rows(compared: PolicyComparison) -> dict[str, dict[str, Any]]:
    """Policy -> its row of the table."""
    return {
        str(row["policy"]): {str(name): each for name, each in row.items()}
        for row in compared.policies.to_dict("records")
    }


def _which(
    narrator: SweepNarrator, about: Findings, compared: tuple[ResultKey, PolicyComparison, Benchmark] | None
) -> str:
    """Which policy comes first."""
    outcome = about.outcome
    if compared is None:
        reasons = [result.reason for _, result, _ in about.comparisons if result.reason]
        why = reasons[0] if reasons else "no design has two of them that can be compared by it"
        return f"No policy can be preferred by {outcome}: {why}."
    ranked = rank_policies(compared[1], narrator.sweep.better(outcome) or "higher")
    rows = _rows(compared[1])

    def value(policy: str) -> str:
        row = rows[policy]
        ends = narrator.format_interval(outcome, row["expected_low"], row["expected_high"])
        return f"{narrator.format_outcome(outcome, row['expected'])}{ends}"

    first, second = ranked[:2]
    if rows[first]["expected"] == rows[second]["expected"]:
        return f"By {outcome}, {first} and {second} are equally good on average, {value(first)}."
    where = f" in the rows of {compared[0].design}" if len(narrator.sweep.designs) > 1 else ""
    return f"By {outcome}, {first} comes first on average{where}, with {value(first)}; {second} has {value(second)}."


def _how_surely(compared: PolicyComparison, benchmark: Benchmark, best: str) -> str:
    """How often the first policy is the best, and how often it is good enough."""
    row = _rows(compared)[best]

    def share(name: str) -> str:
        low, high = row[f"{name}_low"], row[f"{name}_high"]
        ends = f" ({100.0 * low:.0f} to {format_share(high)})" if np.isfinite(low) and np.isfinite(high) else ""
        return f"{format_share(row[name])}{ends}"

    verdict = (
        "the best" if row["best_low"] > _SURE else "the best, so that no policy is clearly better than all others,"
    )
    text = f"In {share('best')} of the cases it is {verdict}"
    if not benchmark.words:
        return f"{text.rstrip(',')}."
    enough = f"it is {benchmark.title} ({benchmark.words}) in {share('satisficing')}"
    return f"{text.rstrip(',')}; {enough}."


def _on_what(narrator: SweepNarrator, about: Findings, best: str) -> str:
    """The region in which the claim about the first policy holds, else the factors that move its outcome."""
    regions = [
        (key.policy, discovery.boxes[0])
        for key, _, discovery in about.discoveries
        if discovery.boxes and key.policy.startswith(f"{best} ")
    ]
    if regions:
        judged = [each for each in regions if each[0].startswith(f"{best} has ")]
        claim, box = (judged or regions)[0]
        return f"On what it hangs: {claim} when {narrator.describe_box(box)}."
    factors, method = _strongest(narrator, about, best)
    if not factors:
        return "On what it hangs cannot be told from these runs: no factor stands out from chance."
    return f"On what it hangs: most on {' and '.join(factors)} ({method})."


def _strongest(narrator: SweepNarrator, about: Findings, best: str) -> tuple[list[str], str]:
    """The factors that stand out from chance, by the first method that has any, and the name of the method."""
    silent = narrator.explain_constant_outcomes(about.outcome)
    found: list[tuple[str, ResultKey, pd.DataFrame, str]] = []  # method, what it is about, factors above chance, size
    for key, regression in [each for each in about.regressions if not each[1].reason]:
        clear = _clear_of_zero(regression.table)
        found.append(("by rank regression", key, clear, "coefficient"))
    for key, sobol in [each for each in about.sobol if not each[1].reason]:
        noise = sobol.noise if np.isfinite(sobol.noise) else 0.0
        found.append(("by Sobol' indices", key, sobol.table[sobol.table["total_low"] > max(0.01, noise)], "total"))
    for key, morris in [each for each in about.morris if not each[1].reason]:
        clear = morris.table[morris.table["mu_star_low"] > morris.table["floor"].fillna(0.0)]
        found.append(("by elementary effects", key, clear, "mu_star"))
    for key, swings in [each for each in about.swings if not each[1].reason]:
        found.append(("one at a time", key, _clear_of_zero(swings.table), "effect"))
    for key, pawn in [each for each in about.pawn if not each[1].reason]:
        found.append(("by PAWN indices", key, pawn.table[pawn.table["index"] > pawn.table["chance"]], "index"))
    for method, key, clear, size in found:
        if len(clear) and key.policy not in silent and best in ("", key.policy):
            names = clear.sort_values(size, key=np.abs, ascending=False, kind="stable")["factor"]
            return [str(name) for name in names.drop_duplicates()[:_SHOWN]], method
    return [], ""


def _clear_of_zero(table: pd.DataFrame) -> pd.DataFrame:
    """Rows whose interval does not include zero."""
    return table[(table["low"] > 0.0) | (table["high"] < 0.0)]


def _what_is_missing(
    narrator: SweepNarrator,
    about: Findings,
    compared: tuple[ResultKey, PolicyComparison, Benchmark] | None,
    best: str,
) -> str:
    """Runs that are not there or have no value, cases left out, and rows whose interval is too wide."""
    sweep = narrator.sweep
    missing = [] if sweep.finished else ["runs that are not done yet"]
    if sweep.failed:
        missing.append(f"{sweep.failed:,} of {len(sweep.runs):,} runs, which failed")
    done = sweep.runs.loc[sweep.runs["status"] == "done", about.outcome]
    if undefined := int(done.isna().sum()):
        missing.append(f"{undefined:,} runs, in which {about.outcome} is undefined")
    if compared is not None and compared[1].left_out.total:
        missing.append(f"{compared[1].left_out.total:,} cases, in which not all policies have a value")
    wide = _too_wide(about, compared[0].design if compared else "", best)
    if about.outcome in sweep.stopping and wide is not None and np.isfinite(wide.enough) and wide.enough < 1.0:
        goal = narrator.format_outcome(about.outcome, wide.target)
        missing.append(
            f"replicates for {format_share(1.0 - wide.enough)} of the rows (interval wider than {goal} either way)"
        )
    return (
        f"What was missing: {'; '.join(missing)}." if missing else f"Nothing was missing of {len(sweep.runs):,} runs."
    )


def _too_wide(about: Findings, design: str, best: str) -> Convergence | None:
    """How the intervals of the first policy's rows narrow; of the first result there is without one."""
    for key, result in about.convergence:
        if not result.reason and key.policy == (best or key.policy) and key.design == (design or key.design):
            return result
    return None
