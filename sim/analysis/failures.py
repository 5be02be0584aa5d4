"""Failed runs: whether they failed at random, and what they could hide.

All other analyses leave out runs without a value. That is right only if failure does not depend on the result: if a
model breaks where turnover is high, turnover looks harmless in the runs that are left. So this module reports which
factor, policy or future failures go with, and how far shares could lie from what was counted.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import fisher_exact, mannwhitneyu

from sim.analysis.missing import BoolArray
from sim.analysis.sweep_format import format_factor_value
from sim.analysis.sweeps import Design, Factor, Sweep
from sim.analysis.wording import format_share

SIGNIFICANCE = 0.05
"""Significance level: probability of any such pattern, among all that were looked at, if failures are random."""

FEWEST = 5
"""With fewer failed rows than this there is no test."""

_COARSE = 0.5  # share of failed rows at the end of a factor that is reported


@dataclass(frozen=True)
class Pattern:
    """Something that failed runs have in common.

    Attributes:
        name: A factor, ``policy`` or ``future``.
        words: What they have in common.
        p: Probability of as much in common if failures are random, times the number of patterns looked at.
    """

    name: str
    words: str
    p: float


@dataclass(frozen=True)
class Failures:
    """Failed runs of a design.

    Attributes:
        failed, runs: Numbers of runs. ``rows``: rows in which some run failed.
        patterns: What the failed runs have in common beyond chance, the clearest first.
        testable: Whether there were enough failed rows, and enough others, for a test.
    """

    design: str
    failed: int
    runs: int
    rows: int
    patterns: tuple[Pattern, ...]
    testable: bool

    def describe(self) -> str:
        """The result in words."""
        if self.patterns:
            common = "; ".join(pattern.words for pattern in self.patterns[:3])
            return (
                f"Runs did not fail at random: {common}. What is said about all runs holds for those that did not fail, "
                "and may be otherwise where they failed."
            )
        if self.testable:
            return "No factor, policy or future goes with the failures beyond chance, but what was not varied may."
        return (
            f"Runs failed in {self.rows} of the rows: that is too few, or too many, to test whether at random; "
            "everything below assumes so."
        )


def find_failure_patterns(sweep: Sweep) -> list[Failures]:
    """What failed runs have in common, for every design that has some."""
    found = []
    for design in sweep.designs:
        runs = sweep.runs[sweep.runs["design"] == design.name]
        failed = (runs["status"] != "done").to_numpy()
        if failed.any():
            found.append(_examine_design(sweep, design, runs, failed))
    return found


def _examine_design(sweep: Sweep, design: Design, runs: pd.DataFrame, failed: BoolArray) -> Failures:
    """Look at every factor by rows, and at policies and futures by rows in which they failed."""
    factor_values = sweep.factor_values_of(design)
    bad = np.zeros(design.rows, dtype=np.bool_)
    bad[runs["row"].to_numpy()[failed]] = True
    seen = np.zeros(design.rows, dtype=np.bool_)
    seen[runs["row"].to_numpy()] = True
    if design.independent.any():  # the other rows of a Sobol' design repeat values, and would count them again
        bad, seen = bad & design.independent, seen & design.independent
    rows = int(bad.sum())
    testable = rows >= FEWEST and int((seen & ~bad).sum()) >= FEWEST
    looked: list[Pattern] = []
    if testable:
        looked += [_by_factor(sweep.factors[name], factor_values[name], bad, seen) for name in design.over]
    for column, names in (("policy", design.policies), ("future", design.futures)):
        if len(names) > 1 and rows >= FEWEST:
            testable = True
            looked += _by_label(column, runs[column], runs["row"], failed)
    number = max(len(looked), 1)
    clear = [Pattern(each.name, each.words, min(1.0, each.p * number)) for each in looked]
    patterns = sorted((each for each in clear if each.p < SIGNIFICANCE), key=lambda each: (each.p, each.name))
    return Failures(design.name, int(failed.sum()), len(runs), rows, tuple(patterns), testable)


def _by_factor(factor: Factor, column: pd.Series, bad: BoolArray, seen: BoolArray) -> Pattern:
    """Whether rows with failures have higher, lower or other values of a factor than the rest."""
    if not factor.numeric:
        best = Pattern(factor.name, "", 1.0)
        said = column.astype("string").fillna("as written")
        kinds = said[seen].unique()
        for word in kinds:
            here = (said == word).to_numpy() & seen
            p = _fisher_p_value(bad & here, bad & ~here, here, seen & ~here) * len(kinds)
            if p < best.p:
                share = f"{format_share(float(bad[here].mean()))} of the rows in which {factor.name} is {word} have failures"
                best = Pattern(
                    factor.name, f"{share}, {format_share(float(bad[seen & ~here].mean()))} of the others", p
                )
        return best
    values = factor.encode(column)
    known = seen & np.isfinite(values)
    one, other = values[known & bad], values[known & ~bad]
    if not one.size or not other.size or np.ptp(values[known]) == 0.0:
        return Pattern(factor.name, "", 1.0)
    p = float(mannwhitneyu(one, other).pvalue)
    high = float(np.median(one)) > float(np.median(other))
    edge = float(np.quantile(one, 1.0 - _COARSE if high else _COARSE))
    beyond = (values[known] >= edge) if high else (values[known] <= edge)
    share = format_share(float(bad[known][beyond].mean()))
    rest = format_share(float(bad[known][~beyond].mean())) if (~beyond).any() else "none"
    side = "at least" if high else "at most"
    words = (
        f"{share} of the rows in which {factor.name} is {side} "
        f"{format_factor_value(factor, edge)} have failures, {rest} of the others"
    )
    return Pattern(factor.name, words, p)


def _by_label(column: str, labels: pd.Series, rows: pd.Series, failed: BoolArray) -> list[Pattern]:
    """Whether one policy or future fails in more rows than the others together."""
    table = pd.DataFrame({"label": labels.to_numpy(), "row": rows.to_numpy(), "failed": failed})
    each = table.groupby(["label", "row"])["failed"].any().reset_index()
    found = []
    for label, part in each.groupby("label"):
        rest = each.loc[each["label"] != label, "failed"].to_numpy()
        here = part["failed"].to_numpy()
        p = _fisher_p_value(here, rest, np.ones_like(here), np.ones_like(rest))
        name = str(label) or ("as described" if column == "future" else "all")
        words = (
            f"{name} fails in {format_share(float(here.mean()))} of the rows, the "
            f"others in {format_share(float(rest.mean()))}"
        )
        found.append(Pattern(column, words, p))
    return found


def _fisher_p_value(bad: BoolArray, bad_rest: BoolArray, all_here: BoolArray, all_rest: BoolArray) -> float:
    """Fisher's exact test of two shares."""
    first, second = int(bad.sum()), int(bad_rest.sum())
    table = np.array([[first, int(all_here.sum()) - first], [second, int(all_rest.sum()) - second]])
    return float(fisher_exact(table).pvalue)
