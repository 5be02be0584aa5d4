"""Policies over futures: the expected value of each, its worst case, its regret, and how often it is good enough.

A *case* is a row of a design in one future and one replicate. Policies are compared only in the same case. Where rows were
drawn as a sample, the row is the unit of every interval; where they were chosen, the replicate is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.analysis.choice import Better, max_regret
from sim.analysis.intervals import MISSING, Interval, mean_interval, quantile_interval, share_interval
from sim.analysis.metrics import is_against_twin
from sim.analysis.missing import BoolArray, FloatArray, mean_where_known
from sim.analysis.panel import TWIN
from sim.analysis.sweep_format import format_outcome
from sim.analysis.sweeps import Design, ResultKey, Sweep

POOR = 0.9
"""The *poor case* of a sampled design is this quantile of regret; the maximum would rest on a single row."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Cases in which some policies have a value and some do not, by the first reason that holds.

    Attributes:
        failed: The run of a policy failed.
        stopped: A policy has no run there, because it got fewer replicates than another one or is not finished.
        undefined: A run finished, and its outcome is undefined.
    """

    failed: int = 0
    stopped: int = 0
    undefined: int = 0

    @property
    def total(self) -> int:
        """Number of cases left out."""
        return self.failed + self.stopped + self.undefined


@dataclass(frozen=True)
class PolicyComparison:
    """Policies compared over futures.

    Attributes:
        policies: One row a policy: ``policy``; ``expected, worst, regret, regret_poor, regret_max, satisficing,
            best`` (share of cases), some with ``_low`` and ``_high``; ``worst_future, worst_row``; ``cases``;
            ``satisficing_least, satisficing_most``: the share if none of the policy's failed runs, or every one, had met
            the target; equal to the share where none failed.
        futures: One row a policy and future: ``policy, future, mean, low, high, worst, regret, satisficing, cases``.
        states: [policy, future x row] means over replicates, for pictures; ``regrets`` the same for regret.
        left_out: Cases left out because a policy has no value there. ``absent``: policies that have no value at all.
        sampled: Whether the row is the unit of the intervals, and not the replicate.
        reason: Why there is nothing to compare; empty where there is.
    """

    policies: pd.DataFrame
    futures: pd.DataFrame
    states: FloatArray
    regrets: FloatArray
    left_out: LeftOut = LeftOut()
    absent: tuple[str, ...] = ()
    sampled: bool = False
    reason: str = ""


def compare_policies(
    values: FloatArray,
    policies: Sequence[str],
    futures: Sequence[str],
    better: Better,
    sampled: bool,
    target: float | FloatArray | None = None,
    strict: bool = False,
    failed: BoolArray | None = None,
    finished: BoolArray | None = None,
) -> PolicyComparison:
    """Compare policies over all rows and futures in which all of them have a value.

    Args:
        values: [policy, future, row, replicate]; NaN is missing.
        policies, futures: Names along the first two axes.
        better: Whether more or less of the outcome is better.
        sampled: Whether rows are a random sample of what might be the case.
        target: What is good enough: a number, or values [future, row, replicate] such as the twin's; ``None`` if there
            is no target.
        strict: Whether a value has to be better than the target, and not only equal to it.
        failed: Whether each run failed, in the shape of ``values``. If not given, no run failed.
        finished: Whether each run finished, in the shape of ``values``. If not given, every run that did not fail.
    """
    known = np.isfinite(values)
    failed = np.zeros(values.shape, dtype=np.bool_) if failed is None else failed
    finished = ~failed if finished is None else finished
    able = np.asarray(known.any(axis=(1, 2, 3)))
    absent = tuple(policy for policy, there in zip(policies, able, strict=True) if not there)
    names = [policy for policy, there in zip(policies, able, strict=True) if there]
    nothing = PolicyComparison(pd.DataFrame(), pd.DataFrame(), np.empty((0, 0)), np.empty((0, 0)), absent=absent)
    if not names:
        return _because(nothing, "no policy has a value")
    complete = np.asarray(known[able].all(axis=0))
    left_out = _count_left_out(known[able], failed[able], finished[able])
    if not complete.any():
        return _because(nothing, "there is no case in which all policies have a value")
    cases = np.where(complete, values[able], np.nan)
    gains = cases if better == "higher" else -cases
    regret = np.where(complete, gains.max(axis=0) - gains, np.nan)
    enough = _satisfied(gains, complete, target, better, strict)
    overall = _over_all(cases, gains, regret, enough, sampled, better)
    overall.insert(0, "policy", names)
    hidden = failed[able] & (known | failed)[able].all(axis=0)
    bounds = [_least_and_most(met, unseen) for met, unseen in zip(enough, hidden, strict=True)]
    overall["satisficing_least"], overall["satisficing_most"] = zip(*bounds, strict=True)
    overall["worst_future"] = [futures[int(position)] for position in overall["worst_future"]]
    table = _by_future(cases, gains, regret, enough, sampled, names, futures)
    states = mean_where_known(cases).reshape(len(names), -1)
    regrets = mean_where_known(regret).reshape(len(names), -1)
    return PolicyComparison(overall, table, states, regrets, left_out, absent, sampled)


def _because(compared: PolicyComparison, reason: str) -> PolicyComparison:
    """An empty result with the reason for it."""
    return PolicyComparison(
        compared.policies, compared.futures, compared.states, compared.regrets, absent=compared.absent, reason=reason
    )


def _satisfied(
    gains: FloatArray, complete: BoolArray, target: float | FloatArray | None, better: Better, strict: bool
) -> FloatArray:
    """[policy, future, row, replicate] 1 where a policy meets the target, 0 where not, NaN where it is missing."""
    if target is None:
        return np.full(gains.shape, np.nan)
    goal = np.broadcast_to(np.asarray(target, dtype=np.float64), gains.shape[1:])
    known = complete & np.isfinite(goal)
    line = goal if better == "higher" else -goal
    met = gains > line if strict else gains >= line
    return np.where(known, met.astype(np.float64), np.nan)


def _count_left_out(known: BoolArray, failed: BoolArray, finished: BoolArray) -> LeftOut:
    """Cases that only some of [policy, future, row, replicate] have a value in, each counted once."""
    partly = known.any(axis=0) & ~known.all(axis=0)
    broken = partly & failed.any(axis=0)
    stopped = partly & ~broken & ~finished.all(axis=0)
    return LeftOut(int(broken.sum()), int(stopped.sum()), int((partly & ~broken & ~stopped).sum()))


def _least_and_most(met: FloatArray, hidden: BoolArray) -> tuple[float, float]:
    """Share of cases that meet the target if no failed run would have met it, and if every one would have (Manski 1990).

    Cases are weighed as in the share itself, so that it lies between the two, and equals both where nothing is hidden.

    Args:
        met: [future, row, replicate] 1 where a policy meets it, 0 where not, NaN where it is missing.
        hidden: The same shape: whether the policy's run failed in a case in which no other policy lacks a run.
    """
    if not np.isfinite(met).any():
        return float("nan"), float("nan")
    least, most = (_mean_over_states(np.where(hidden, value, met)) for value in (0.0, 1.0))
    return least, most


def _mean_over_states(values: FloatArray) -> float:
    """Mean over [future, row, replicate]: replicates first, so that rows weigh the same however many they have."""
    return float(mean_where_known(mean_where_known(values).ravel()))


def _units(values: FloatArray, sampled: bool) -> FloatArray:
    """[unit] mean of each unit of [future, row, replicate]: rows of a sample, otherwise replicates.

    A replicate counts only if it has a value in every row and future in which any replicate has one. Otherwise a
    replicate without a difficult row would look good.
    """
    if sampled:
        return mean_where_known(np.moveaxis(values, 1, 0).reshape(values.shape[1], -1))
    known = np.isfinite(values)
    whole = (known | ~known.any(axis=2, keepdims=True)).all(axis=(0, 1))
    return np.where(whole, mean_where_known(values.reshape(-1, values.shape[2]), axis=0), np.nan)


def _interval(values: FloatArray, sampled: bool) -> Interval:
    """Mean over [future, row, replicate], rows weighted equally, with limits over units."""
    center = _mean_over_states(values)
    limits = mean_interval(_units(values, sampled))
    if not limits.limited:
        return Interval(center, np.nan, np.nan)
    return Interval(center, center - (limits.mean - limits.low), center + (limits.high - limits.mean))


def _share(met: FloatArray, sampled: bool) -> Interval:
    """Share of the cases in which something holds, with Wilson's limits over units."""
    number = int(np.isfinite(_units(met, sampled)).sum())
    return share_interval(_mean_over_states(met), number) if number else MISSING


def _entries(name: str, interval: Interval) -> dict[str, float]:
    return {name: interval.mean, f"{name}_low": interval.low, f"{name}_high": interval.high}


def _over_all(
    cases: FloatArray, gains: FloatArray, regret: FloatArray, enough: FloatArray, sampled: bool, better: Better
) -> pd.DataFrame:
    """The columns of all futures together."""
    number, futures, rows, replicates = cases.shape
    leading = (gains == gains.max(axis=0)).astype(np.float64)  # nowhere where a case is incomplete
    credit = np.where(np.isfinite(gains), leading / np.maximum(leading.sum(axis=0), 1.0), np.nan)
    by_unit = cases.reshape(number, futures * rows, replicates)
    largest = [MISSING] * number if sampled else max_regret(np.moveaxis(by_unit, 0, 1), better)
    found = []
    for policy in range(number):
        state = mean_where_known(gains[policy])
        position = np.unravel_index(int(np.where(np.isfinite(state), state, np.inf).argmin()), state.shape)
        costs = mean_where_known(regret[policy]).ravel()
        costs = costs[np.isfinite(costs)]
        limit = Interval(float(costs.max()), largest[policy].low, largest[policy].high)
        found.append(
            {
                **_entries("expected", _interval(cases[policy], sampled)),
                "worst": float(mean_where_known(cases[policy])[position]),
                "worst_future": position[0],
                "worst_row": int(position[1]),
                **_entries("regret", _interval(regret[policy], sampled)),
                **_entries("regret_poor", quantile_interval(costs, POOR) if sampled else MISSING),
                **_entries("regret_max", limit),
                **_entries("satisficing", _share(enough[policy], sampled)),
                **_entries("best", _share(credit[policy], sampled)),
                "cases": int(np.isfinite(cases[policy]).sum()),
            }
        )
    return pd.DataFrame(found)


def _by_future(
    cases: FloatArray,
    gains: FloatArray,
    regret: FloatArray,
    enough: FloatArray,
    sampled: bool,
    policies: Sequence[str],
    futures: Sequence[str],
) -> pd.DataFrame:
    """The table of policies and futures."""
    found = []
    for position, policy in enumerate(policies):
        for future, name in enumerate(futures):
            one = slice(future, future + 1)
            values = cases[position, one]
            if not np.isfinite(values).any():
                continue
            mean = _interval(values, sampled)
            state = mean_where_known(gains[position, one]).ravel()
            worst = int(np.where(np.isfinite(state), state, np.inf).argmin())
            found.append(
                {
                    "policy": policy,
                    "future": name,
                    "mean": mean.mean,
                    "low": mean.low,
                    "high": mean.high,
                    "worst": float(mean_where_known(values).ravel()[worst]),
                    **_entries("regret", _interval(regret[position, one], sampled)),
                    **_entries("satisficing", _share(enough[position, one], sampled)),
                    "cases": int(np.isfinite(values).sum()),
                }
            )
    return pd.DataFrame(found)


@dataclass(frozen=True)
class Benchmark:
    """The bar that policies are judged by.

    Attributes:
        value: A number, [future, row, replicate] values of the twin, or ``None`` if there is none.
        words: The bar in words; empty if there is none.
        chosen: Whether the bar is a target that was given. If none was given, policies have to be better than no policy.
            That is a low bar, so the texts do not call it good enough.
    """

    value: float | FloatArray | None
    words: str
    chosen: bool = True

    @property
    def title(self) -> str:
        """What it means to pass the bar."""
        return "good enough" if self.chosen else "better than nothing"


@dataclass(frozen=True)
class Question:
    """A statement that is true in some rows and false in others.

    Attributes:
        words: The statement.
        opposite: The statement for rows in which it is false.
        factor_values: One row a row of the design: the factors that could matter, and the future if there are several.
        interest: [row] whether the statement is true.
        margin: [row] by how much (in the unit of the outcome; positive where it is true).
        lost: Rows left out because they have no value.
    """

    words: str
    opposite: str
    factor_values: pd.DataFrame
    interest: BoolArray
    margin: FloatArray
    lost: int


def find_benchmark(sweep: Sweep, design: Design, outcome: str, given: float | None) -> Benchmark:
    """The bar for an outcome: the target that was given, or the experiment's target, or else no policy."""
    if given is not None:
        sign = "at least" if sweep.better(outcome) == "higher" else "at most"
        return Benchmark(given, f"{sign} {format_outcome(sweep, outcome, given)}")
    if is_against_twin(outcome):
        return Benchmark(0.0, "better than without a policy", chosen=False)
    if TWIN in design.policies:
        twin = sweep.values(design, outcome)[design.policies.index(TWIN)]
        return Benchmark(twin, f"better than {TWIN} in the same case", chosen=False)
    return Benchmark(None, "")


def compare_policies_by_design(
    sweep: Sweep, outcome: str, given: float | None = None
) -> list[tuple[ResultKey, PolicyComparison, Benchmark]]:
    """Policies compared over the rows and futures of every design that has two of them.

    Rows of Morris designs are left out: no one expects them to occur. Of one-at-a-time designs only the base row counts.
    """
    better = sweep.better(outcome)
    found: list[tuple[ResultKey, PolicyComparison, Benchmark]] = []
    for design in sweep.designs:
        if better is None or len(design.policies) < 2 or design.kind == "morris":
            continue
        sampled = bool(design.independent.any())
        rows = np.flatnonzero(design.independent) if sampled else np.arange(design.rows)
        if design.kind == "one-at-a-time":
            rows = rows[:1]
        benchmark = find_benchmark(sweep, design, outcome, given)
        goal = benchmark.value[:, rows] if isinstance(benchmark.value, np.ndarray) else benchmark.value
        values = sweep.values(design, outcome)[:, :, rows]
        result = compare_policies(
            values, design.policies, design.futures, better, sampled, goal, strict=not benchmark.chosen,
            failed=sweep.failures(design)[:, :, rows], finished=sweep.finished_runs(design)[:, :, rows],
        )  # fmt: skip
        if not result.reason:
            result.policies["worst_row"] = rows[result.policies["worst_row"]]
        found.append((ResultKey(design.name, outcome, ""), result, benchmark))
    return found


def rank_policies(compared: PolicyComparison, better: Better) -> list[str]:
    """Policies, the one with the best expected outcome first."""
    if compared.reason:
        return []
    ordered = compared.policies.sort_values("expected", ascending=better == "lower", kind="stable")
    return [str(policy) for policy in ordered["policy"]]


def ask_where(
    sweep: Sweep, design: Design, outcome: str, pairs: Sequence[tuple[str, str]], given: float | None
) -> list[Question]:
    """Where one policy beats another, and where a policy meets a target that was given, for the rows of a sampled design."""
    better = sweep.better(outcome)
    if better is None or not design.independent.any():
        return []
    sign = 1.0 if better == "higher" else -1.0
    values = sweep.values(design, outcome)
    found = []
    for one, other in pairs:
        if one in design.policies and other in design.policies:
            margin = sign * (values[design.policies.index(one)] - values[design.policies.index(other)])
            words = (f"{one} beats {other}", f"{one} does not beat {other}")
            found.append(_question(sweep, design, margin, words, (one, other), strict=True))
    if given is not None or (len(design.policies) == 1 and is_against_twin(outcome)):
        goal = 0.0 if given is None else given
        ways = ("of at least", "under") if better == "higher" else ("of at most", "over")
        if given is None:  # equal to no policy is not good enough
            ways = ("over", "of at most") if better == "higher" else ("under", "of at least")
        line = format_outcome(sweep, outcome, goal)
        for policy, each in zip(design.policies, values, strict=True):
            if not np.isfinite(each).any():
                continue
            name = f"{policy} has {outcome}" if policy else outcome
            words = (f"{name} {ways[0]} {line}", f"{name} {ways[1]} {line}")
            found.append(_question(sweep, design, sign * (each - goal), words, (policy,), strict=given is None))
    return found


def _question(
    sweep: Sweep, design: Design, margin: FloatArray, words: tuple[str, str], policies: Sequence[str], strict: bool
) -> Question:
    """A question about [future, row, replicate] margins: rows with a future each, averaged over replicates."""
    rows = np.flatnonzero(design.independent)
    means = mean_where_known(margin[:, rows])
    factor_values = sweep.factor_values_of(design).iloc[rows][sweep.factors_concerning(design, *policies)]
    table = pd.concat(
        [factor_values.assign(future=future or "as described") for future in design.futures], ignore_index=True
    )
    if len(design.futures) == 1:
        table = table.drop(columns="future")
    known = np.isfinite(means.ravel())
    kept = means.ravel()[known]
    so = kept > 0.0 if strict else kept >= 0.0
    return Question(*words, table[known].reset_index(drop=True), so, kept, int((~known).sum()))
