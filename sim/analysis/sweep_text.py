"""The results of a sweep in words: every analysis that its designs allow, each with the number of runs behind it.

A sentence never claims more than the numbers support. What was left out is counted. A result that does not exist has its
reason. What a method cannot show is listed under the caveats.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from sim.analysis.comparison_text import CAVEAT
from sim.analysis.convergence import Convergence, convergence_by_policy
from sim.analysis.density import Pawn, pawn_by_policy
from sim.analysis.design_rows import TableError
from sim.analysis.discovery import FOLDS, Box, Discovery, Limit, discover_regions
from sim.analysis.failures import find_failure_patterns
from sim.analysis.grids import Plane, describe_crossings, tabulate_planes
from sim.analysis.regret import (
    Benchmark,
    LeftOut,
    PolicyComparison,
    Question,
    ask_where,
    compare_policies_by_design,
    rank_policies,
)
from sim.analysis.sensitivity import Morris, Sobol, constant, morris_by_policy, sobol_by_policy
from sim.analysis.sweep_format import (
    format_factor_value,
    format_kept_value,
    format_outcome,
    format_outcome_interval,
)
from sim.analysis.sweeps import POOLED, Design, Factor, ResultKey, Sweep, pool_samples
from sim.analysis.tornado import Regression, Swings, regressions_by_policy, swings_by_policy
from sim.analysis.windows import describe_windows
from sim.analysis.wording import format_share, join_words

_OFTEN = 0.75
_SHOWN = 3
_WIDE = 0.4


@dataclass(frozen=True)
class AnalysisOptions:
    """What is analyzed, and how.

    Attributes:
        outcomes: Which outcomes, in order. If not given, all, the objective first.
        targets: Outcome -> what is good enough. If not given, the experiment's targets.
        half_widths: Outcome -> half width of an interval that is narrow enough.
        pairs: Policies to compare with each other. If not given, the best with every other.
    """

    outcomes: tuple[str, ...] = ()
    targets: Mapping[str, float] = field(default_factory=dict)
    half_widths: Mapping[str, float] = field(default_factory=dict)
    pairs: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Findings:
    """Everything about one outcome; lists are empty where no design allows the analysis.

    ``target`` says in words what is good enough; empty if no target was given.
    """

    outcome: str
    comparisons: list[tuple[ResultKey, PolicyComparison, Benchmark]]
    discoveries: list[tuple[ResultKey, Question, Discovery]]
    sobol: list[tuple[ResultKey, Sobol]]
    morris: list[tuple[ResultKey, Morris]]
    regressions: list[tuple[ResultKey, Regression]]
    swings: list[tuple[ResultKey, Swings]]
    convergence: list[tuple[ResultKey, Convergence]]
    planes: list[tuple[Design, ResultKey, Plane]] = field(default_factory=list)
    pawn: list[tuple[ResultKey, Pawn]] = field(default_factory=list)
    target: str = ""


def analyze_outcome(sweep: Sweep, outcome: str, options: AnalysisOptions | None = None) -> Findings:
    """Everything that the designs of a sweep can say about an outcome.

    Raises:
        TableError: If the sweep has no such outcome.
    """
    if outcome not in sweep.outcomes:
        raise TableError([f"{outcome!r} is not an outcome of the sweep. Kept: {', '.join(sweep.outcomes)}."])
    options = options or AnalysisOptions()
    goal, width = options.targets.get(outcome, sweep.targets.get(outcome)), options.half_widths.get(outcome)
    compared = compare_policies_by_design(sweep, outcome, goal)
    better = sweep.better(outcome) or "higher"
    ranked = {key.design: rank_policies(result, better) for key, result, _ in compared}
    pairs = {
        name: options.pairs or tuple((best[0], other) for other in best[1:]) for name, best in ranked.items() if best
    }
    first = next(iter(pairs.values()), ())
    sample = pool_samples(sweep)
    found = []
    for design in sample.designs:
        parts = [pairs[name] for name in (design.name, *design.name.split(POOLED)) if name in pairs]
        for question in ask_where(sample, design, outcome, max(parts, key=len, default=()), goal):
            often = question.interest.size > 0 and question.interest.mean() > _OFTEN
            where = ~question.interest if often else question.interest
            key = ResultKey(design.name, outcome, question.opposite if often else question.words)
            found.append((key, question, discover_regions(question.factor_values, where)))
    differences = {design.name: pairs.get(design.name, first) for design in sweep.designs}
    return Findings(
        outcome, compared, found, sobol_by_policy(sweep, outcome),
        morris_by_policy(sweep, outcome), regressions_by_policy(sample, outcome),
        swings_by_policy(sweep, outcome), convergence_by_policy(sweep, outcome, differences, width),
        list(tabulate_planes(sweep, outcome, goal)), pawn_by_policy(sample, outcome),
        "" if goal is None else f"at {'most' if better == 'lower' else 'least'} {format_outcome(sweep, outcome, goal)}",
    )  # fmt: skip


@dataclass(frozen=True)
class SweepNarrator:
    """Puts findings into words."""

    sweep: Sweep

    def format_outcome(self, outcome: str, value: float) -> str:
        """A value of an outcome with its unit."""
        return format_outcome(self.sweep, outcome, value)

    def format_interval(self, outcome: str, low: float, high: float) -> str:
        """An interval in brackets; nothing where there is none."""
        return format_outcome_interval(self.sweep, outcome, low, high)

    def _name_design(self, key: ResultKey) -> str:
        """Names the design that a result comes from, if there are several."""
        return f"[{key.design}] " if len(self.sweep.designs) > 1 else ""

    def describe_completeness(self, outcomes: Sequence[str]) -> list[str]:
        """Which runs there are, and which are missing."""
        sweep, number = self.sweep, len(self.sweep.runs)
        sentences = []
        if not sweep.finished:
            of = f" of {sweep.planned:,}" if sweep.planned else ""
            sentences.append(
                f"The sweep is not finished: {number:,}{of} runs are there. Everything here is about these; analyze it "
                "again when it is."
            )
        else:
            sentences.append(f"{number:,} runs, {sum(design.rows for design in sweep.designs):,} rows of designs.")
        if sweep.failed:
            by_policy = sweep.runs.loc[sweep.runs["status"] != "done", "policy"].value_counts().sort_index()
            parts = ", ".join(f"{policy} {count:,}" for policy, count in by_policy.items() if policy)
            sentences.append(f"{sweep.failed:,} runs failed and have no outcome{f' ({parts})' if parts else ''}.")
            sentences += [
                (f"[{each.design}] " if len(sweep.designs) > 1 else "") + each.describe()
                for each in find_failure_patterns(sweep)
            ]
        for outcome in outcomes:
            done = sweep.runs.loc[sweep.runs["status"] == "done", outcome]
            if undefined := int(done.isna().sum()):
                sentences.append(
                    f"{outcome} is undefined in {undefined:,} runs that were done; they are left out of it."
                )
        sentences += describe_windows(sweep, outcomes)
        if sweep.stopping:
            sentences.append(
                "Replicates were added until intervals were narrow; such intervals are a little too narrow."
            )
        return sentences

    def explain_constant_outcomes(self, outcome: str) -> dict[str, str]:
        """Policies without a result, with the reason."""
        found = {}
        for policy, values in self.sweep.runs.groupby("policy")[outcome]:
            if values.isna().all():
                found[str(policy)] = f"has no value of {outcome} in any run"
            elif constant(values.to_numpy()):
                level = self.format_outcome(outcome, float(values.dropna().iloc[0]))
                found[str(policy)] = (
                    f"has the same {outcome} in every run, {level}: nothing varies, so nothing explains it"
                )
        return found

    def describe_policies(self, findings: Findings) -> list[str]:
        """Which policy to prefer, by each way of choosing."""
        sentences = [
            f"{policy or 'The table'} {why}."
            for policy, why in self.explain_constant_outcomes(findings.outcome).items()
        ]
        for key, compared, benchmark in findings.comparisons:
            if compared.reason:
                sentences.append(f"{self._name_design(key)}No policies are compared: {compared.reason}.")
            elif len(compared.policies) > 1:
                sentences.append(self._name_design(key) + self._describe_comparison(key, compared, benchmark))
        return sentences

    def _describe_comparison(self, key: ResultKey, compared: PolicyComparison, benchmark: Benchmark) -> str:
        """The best policy by each way of choosing; among equals, the one with the better expected value."""
        outcome, better = key.outcome, self.sweep.better(key.outcome) or "higher"
        ranked = rank_policies(compared, better)
        table = compared.policies.set_index("policy").loc[ranked]
        best: dict[Any, Any] = table.iloc[0].to_dict()
        text = (
            f"{ranked[0]} has the best expected {outcome}, {self.format_outcome(outcome, best['expected'])}"
            f"{self.format_interval(outcome, best['expected_low'], best['expected_high'])}, and is best in "
            f"{format_share(best['best'])} of the cases"
        )
        worst = str(table["worst"].idxmax() if better == "higher" else table["worst"].idxmin())
        text += f"; {_begin_clause(worst, ranked[0])} the best worst case, {self.format_outcome(outcome, table['worst'][worst])}"
        column = "regret_poor" if compared.sampled else "regret_max"
        what = "regret exceeded in 1 of 10 rows" if compared.sampled else "worst regret"
        calm = str(table[column].idxmin())
        text += f"; {_begin_clause(calm, ranked[0])} the smallest {what}, {self.format_outcome(outcome, table[column][calm])}."
        if benchmark.words:
            shares = ", ".join(f"{policy} {format_share(share)}" for policy, share in table["satisficing"].items())
            if benchmark.chosen:
                text += f" Good enough ({benchmark.words}), in this share of cases: {shares}."
            else:
                text += f" {benchmark.words.capitalize()}, in this share of cases: {shares}."
                text += f" No target was given: set one with --target {outcome}=VALUE."
            if self.sweep.failed:
                least, most = table["satisficing_least"], table["satisficing_most"]
                bounds = ", ".join(
                    f"{policy} {format_share(least[policy])} to {format_share(most[policy])}" for policy in ranked
                )
                text += f" If no failed run, or every one, had been among them: {bounds}."
        return text + self._describe_left_out(compared.left_out)

    def _describe_left_out(self, left_out: LeftOut) -> str:
        """Cases in which not all policies could be compared, with the reasons."""
        adaptive = "a policy got fewer replicates, because its interval was narrow enough"
        reasons = {
            "a run failed": left_out.failed,
            adaptive if self.sweep.stopping else "a policy has no run yet": left_out.stopped,
            "the outcome of a policy is undefined": left_out.undefined,
        }
        parts = [f"in {number:,} {reason}" for reason, number in reasons.items() if number]
        if not parts:
            return ""
        return (
            f" {left_out.total:,} cases are left out because policies are compared only where all of them have a value: "
            f"{join_words(parts)}."
        )

    def describe_discoveries(self, findings: Findings) -> list[str]:
        """In which regions a statement is true."""
        constant_policies = self.explain_constant_outcomes(findings.outcome)
        sentences = [
            self._name_design(key) + _format_subject(key) + describe_crossings(self.sweep, plane, findings.target)
            for _, key, plane in findings.planes
            if plane.shares is not None and key.policy not in constant_policies
        ]
        few: dict[str, list[str]] = {}  # results with the same reason share a sentence
        for key, question, discovery in findings.discoveries:
            lost = f" {question.lost:,} rows have no value." if question.lost else ""
            if discovery.reason:
                share = format_share(float(question.interest.mean())) if question.interest.size else "an unknown share"
                rest = f"{self._name_design(key)}{{}} of {question.interest.size:,} rows; {discovery.reason}.{lost}"
                few.setdefault(rest, []).append(f"{question.words} in {share}")
                continue
            parts = [self.describe_box(box) for box in discovery.boxes]
            everywhere = f"of all {discovery.rows:,} rows, {_two(discovery.base_rate)}"
            more = "".join(f" Or else when {part}." for part in parts[1:])
            sentences.append(f"{self._name_design(key)}{key.policy} when {parts[0]} ({everywhere}).{more}{lost}")
        return sentences + [rest.format(", ".join(parts)) for rest, parts in few.items()]

    def describe_box(self, box: Box) -> str:
        """A box in words."""
        held = f"{_two(box.held_out_coverage)} and {_two(box.held_out_density)}"
        return (
            f"{join_words([self._describe_limit(limit) for limit in box.limits])}: coverage "
            f"{_two(box.coverage)}, density {_two(box.density)}; "
            f"on rows held out {held}"
        )

    def _describe_limit(self, limit: Limit) -> str:
        """A restriction in words."""
        factor = self.sweep.factors.get(limit.factor, Factor(limit.factor, "choice"))
        name = "the future" if limit.factor == "future" else limit.factor
        if limit.words is not None:
            if factor.kind == "switch":
                return f"{name} is {'on' if limit.words == ('True',) else 'off'}"
            return f"{name} is {join_words(limit.words, 'or')}"
        low, high = limit.low, limit.high
        if factor.kind == "integer":
            low, high = float(np.ceil(low)), float(np.floor(high))
        words = ("at least", "at most") if factor.kind == "integer" else ("over", "under")
        if np.isfinite(low) and np.isfinite(high):
            return f"{name} is between {format_factor_value(factor, low, unit=False)} and {format_factor_value(factor, high)}"
        return (
            f"{name} is {words[1]} {format_factor_value(factor, high)}"
            if np.isfinite(high)
            else f"{name} is {words[0]} {format_factor_value(factor, low)}"
        )

    def describe_factors(self, findings: Findings) -> list[str]:
        """Which factors matter, by every method that the designs allow."""
        constant_policies = self.explain_constant_outcomes(findings.outcome)
        described: list[tuple[ResultKey, str]] = [(key, self._describe_sobol(sobol)) for key, sobol in findings.sobol]
        described += [(key, self._describe_morris(key.outcome, morris)) for key, morris in findings.morris]
        described += [
            (key, pawn.describe(partial(self.format_outcome, key.outcome), _SHOWN)) for key, pawn in findings.pawn
        ]
        described += [(key, regression.describe(_SHOWN)) for key, regression in findings.regressions]
        described += [(key, self._describe_swings(key.outcome, swings)) for key, swings in findings.swings]
        together: dict[tuple[str, str], list[str]] = {}  # results with the same text share a sentence
        for key, text in described:
            if key.policy not in constant_policies:
                together.setdefault((self._name_design(key), text), []).append(_format_subject(key).removesuffix(": "))
        return [f"{where}{', '.join(who)}{': ' if any(who) else ''}{text}" for (where, text), who in together.items()]

    def _describe_sobol(self, sobol: Sobol) -> str:
        """Indices in words."""
        rest = f" {sobol.dropped:,} blocks were dropped whole because a row has no value." if sobol.dropped else ""
        rest += f" {sobol.empty:,} blocks have no value at all." if sobol.empty else ""
        rest += (
            f" In {sobol.partial:,} blocks, replicates that not all rows have were left out." if sobol.partial else ""
        )
        if sobol.reason:
            return f"no Sobol' indices: {sobol.reason}.{rest}"
        ranked = sobol.table.sort_values("total", ascending=False, kind="stable")
        lead = []
        for row in _records(ranked.head(_SHOWN)):
            total, low, high = (_two(row[name]) for name in ("total", "total_low", "total_high"))
            lead.append(f"{row['factor']} {total} ({low} to {high}), by itself {_two(row['first'])}")
        text = f"share of the variance that is due to a factor with all its interactions: {'; '.join(lead)}."
        idle = ranked[ranked["total_high"] < 0.01]["factor"].tolist()
        text += f" Under 1 %: {', '.join(idle)}." if idle else ""
        if np.isfinite(sobol.noise) and sobol.noise >= 0.05:
            text += f" {format_share(sobol.noise)} of the variance among rows is chance, and total indices contain it."
        if (ranked["total_high"] - ranked["total_low"]).max() > _WIDE:
            rest = f" Intervals this wide ask for more of them.{rest}"
        return f"{text} From {sobol.blocks:,} base blocks.{rest}"

    def _describe_morris(self, outcome: str, morris: Morris) -> str:
        """Elementary effects in words."""
        rest = f" {morris.dropped:,} effects are missing because a row has no value." if morris.dropped else ""
        if morris.reason:
            return f"no elementary effects: {morris.reason}.{rest}"
        ranked = morris.table.sort_values("mu_star", ascending=False, kind="stable")
        lead = []
        for row in _records(ranked.head(_SHOWN)):
            size = self.format_outcome(outcome, row["mu_star"]) + self.format_interval(
                outcome, row["mu_star_low"], row["mu_star_high"]
            )
            lead.append(f"{row['factor']} {size}")
        text = f"mean size of the effect over the whole range (mu*): {'; '.join(lead)}."
        bent = ranked[(ranked["sigma"] > ranked["mu_star"]) & (ranked["mu_star"] > 0.0)]["factor"].tolist()
        text += (
            f" Of {join_words(bent[:_SHOWN])} the effect depends on the values of other factors (sigma above mu*)."
            if bent
            else ""
        )
        quiet = ranked[(ranked["mu_star"] <= 2.0 * ranked["floor"]) & (ranked["mu_star"] > 0.0)]["factor"].tolist()
        text += f" Hardly above chance: {', '.join(quiet)}." if quiet else ""
        return f"{text} From {morris.trajectories:,} trajectories.{rest}"

    def _describe_swings(self, outcome: str, swings: Swings) -> str:
        """A tornado in words."""
        if swings.reason:
            return f"no tornado: {swings.reason}."
        size = swings.table["effect"].abs().groupby(swings.table["factor"]).idxmax()
        ranked = swings.table.loc[size].sort_values("effect", key=np.abs, ascending=False, kind="stable")
        lead = []
        for row in _records(ranked.head(_SHOWN)):
            where = format_kept_value(self.sweep.factors[str(row["factor"])], row["value"])
            change = self.format_outcome(outcome, row["effect"]) + self.format_interval(
                outcome, row["low"], row["high"]
            )
            lead.append(f"{row['factor']} at {where} {change}")
        lost = f" {swings.missing:,} rows have no replicate in common with the base." if swings.missing else ""
        return f"one factor at a time, from {self.format_outcome(outcome, swings.level)} at the base: {'; '.join(lead)}.{lost}"

    def describe_replicates(self, findings: Findings) -> list[str]:
        """How many replicates were enough."""
        constant_policies = self.explain_constant_outcomes(findings.outcome)
        found = [(key, result) for key, result in findings.convergence if key.policy not in constant_policies]
        if found and all(result.reason for _, result in found):
            return [f"This is not known: {found[0][1].reason}."]
        return [
            self._name_design(key) + _format_subject(key) + result.describe(partial(self.format_outcome, key.outcome))
            for key, result in found
        ]


_CAVEATS = {
    "comparisons": "Regret is measured against the best policy of each case in hindsight. The worst case is the lowest mean of "
    "any row or future that was run, and no bound.",
    "discoveries": f"Boxes were searched for, so their quasi p-values flatter; coverage and density on rows held out ({FOLDS} "
    "times a fifth) do not. A row counts by the mean of its replicates; where that is near the border, chance decides.",
    "sobol": "Sobol' indices divide the variance over the ranges that were chosen for the factors: other ranges give other "
    "indices. Their intervals resample base blocks as if drawn at random, which is cautious for a Sobol' sequence; blocks that "
    "were dropped leave holes in it, and runs seldom fail at random.",
    "morris": "Elementary effects screen: they rank factors, and do not measure shares of variance.",
    "pawn": "PAWN indices compare distributions by rank: they see a shift from one level to another, and as well a small "
    "movement within a level. They do not add up to 1.",
    "regressions": "Rank regression sees what rises or falls throughout; a small explained share means that it misses most, such "
    "as an optimum in the middle or an interaction.",
    "swings": "A tornado holds all other factors at the base; elsewhere effects may differ.",
}
_TWO_GROUPS = (
    "Where the runs of a row fall into two groups, its mean is mostly the share of runs in the upper group and describes no "
    "single run; a share near one half that is to be known to 10 points takes about 96 replicates."
)


_SHARED_SEEDS = (
    "All rows share the seeds of their {number} replicates. So intervals over rows leave out the chance that all rows have in "
    'common; an experiment with seeds = "by-row" has it in its intervals.'
)


def caveats(sweep: Sweep, findings: Iterable[Findings]) -> list[str]:
    """Limits of the methods that were used, each written once."""
    found = list(findings)
    sentences = [text for name, text in _CAVEATS.items() if any(getattr(each, name) for each in found)]
    if any(result.bistable for each in found for _, result in each.convergence):
        sentences.append(_TWO_GROUPS)
    if sweep.seeds == "shared" and any(design.independent.any() for design in sweep.designs):
        sentences.append(_SHARED_SEEDS.format(number=sweep.runs["replicate"].nunique()))
    sentences.append("Intervals hold 95 %. No correction is made for the number of results looked at.")
    return [*sentences, CAVEAT] if sweep.currency else sentences


def _format_subject(key: ResultKey) -> str:
    """The policy and the future that a result is about."""
    future = f" in {key.future}" if key.future else ""
    return f"{key.policy}{future}: " if key.policy or future else ""


def _begin_clause(policy: str, best: str) -> str:
    return "it also has" if policy == best else f"{policy} has"


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]


def _two(value: float) -> str:
    """A share or index with two decimals, without the zero before the point."""
    return f"{value:.2f}".replace("0.", ".", 1).replace("-.00", ".00") if abs(value) < 1.0 else f"{value:.2f}"
