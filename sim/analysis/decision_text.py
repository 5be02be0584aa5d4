"""Sentences of the report's first page: the answer, how sure it is, what it costs, what would change it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from sim.analysis.intervals import MISSING, Interval, mean_interval
from sim.analysis.metrics import METRICS, format_measure_name
from sim.analysis.panel import TWIN
from sim.analysis.wording import (
    Entry,
    absolute_entry,
    format_interval,
    format_money,
    format_percent,
    format_points,
    join_words,
    may_be_zero,
)

_FEW_DRAWS = 40
"""With fewer draws than this no region can be looked for."""

_CLEARLY_MORE = 0.1
"""A measure is named besides the objective if parameter uncertainty has a share of its spread that is larger by this."""

_SHOWN = 3
_MOST_TIMES = 10.0  # no larger increase of revenue is suggested as a way to break even


@dataclass(frozen=True, slots=True)
class TopTwo:
    """The two policies that did best on average by the objective.

    Attributes:
        first, second: Names of the policies; empty where there is none.
        gap: How much better the first is, paired by replicate; missing with one policy.
    """

    first: str
    second: str = ""
    gap: Interval = MISSING

    @property
    def close(self) -> bool:
        """Whether the gap cannot be distinguished from chance."""
        return not (self.gap.limited and self.gap.low > 0.0)


def find_top_two(values: pd.DataFrame, objective: str) -> TopTwo:
    """The two best policies by the objective.

    Args:
        values: One row a policy and replicate, a column a measure.
        objective: What policies are judged by.
    """
    table = values.pivot(index="replicate", columns="policy", values=objective)
    table = table.loc[:, table.notna().any()].dropna()
    if table.empty:
        return TopTwo("")
    sign = -1.0 if METRICS[objective].better == "lower" else 1.0
    means = (sign * table.mean()).sort_values(ascending=False, kind="stable")
    if len(means) == 1:
        return TopTwo(str(means.index[0]))
    first, second = str(means.index[0]), str(means.index[1])
    return TopTwo(first, second, mean_interval(sign * (table[first] - table[second]).to_numpy()))


def write_decision(summary: Mapping[str, Any], currency: str, top: TopTwo) -> dict[str, list[str]]:
    """The boxes of the page in order: title -> sentences."""
    return {
        "The answer": _answer(summary, currency, top),
        "How sure": _how_sure(summary, currency, top),
        "What it costs": _costs(summary, currency),
        "What would change it": _changes(summary, currency, top),
    }


def _others(summary: Mapping[str, Any]) -> dict[str, Mapping[str, Entry]]:
    """Measures of all policies but the twin."""
    return {policy: measures for policy, measures in summary["policies"].items() if policy != TWIN}


def _amount(name: str, value: float, currency: str) -> str:
    """A value of a measure with its unit."""
    metric = METRICS[name]
    if metric.unit == "currency":
        return format_money(value, currency)
    return format_points(value) if metric.unit in ("share", "ratio") else f"{value:.3g} {metric.unit}"


def _best_by(policies: Mapping[str, Mapping[str, Entry]], name: str) -> str:
    """Policy with the highest mean of a measure; empty where none has one."""
    means = {policy: measures[name]["mean"] for policy, measures in policies.items()}
    known = {policy: mean for policy, mean in means.items() if mean is not None}
    return max(known, key=lambda policy: known[policy]) if known else ""


def _answer(summary: Mapping[str, Any], currency: str, top: TopTwo) -> list[str]:
    """Which policy leads by the objective, what lasts, and for whom it is best."""
    policies, objective = _others(summary), summary["objective"]
    if not top.first:
        return [f"No policy can be preferred: {format_measure_name(objective)} has no value."]
    sentences = []
    if top.second:
        size = _amount(objective, top.gap.mean, currency)
        entry: Entry = top.gap.to_entry()
        ends = format_interval(entry, lambda value: _amount(objective, value or 0.0, currency))
        sentences.append(
            f"On average {top.first} comes first by {format_measure_name(objective)}, {size} ahead of {top.second}{ends}."
        )
    else:
        sentences.append(f"{top.first} is the only policy, so there is nothing to compare it with.")
    sentences += _what_lasts(policies)
    favorite = _best_by(summary["policies"], "customer_value")
    if favorite and len(summary["policies"]) > 1:
        sentences.append(f"{favorite} {'also ' if favorite == top.first else ''}has the highest value for customers.")
    return sentences


def _what_lasts(policies: Mapping[str, Mapping[str, Entry]]) -> list[str]:
    """Which lifts in service are still there two years after sponsorship."""
    ended = {policy: each["lift_later"] for policy, each in policies.items() if each["lift_later"]["mean"] is not None}
    if not ended:
        return []
    lasting = {policy: entry for policy, entry in ended.items() if (entry["low"] or 0.0) > 0.01}
    if not lasting:
        return [
            "Two years after sponsorship no policy has left a point of service that could be distinguished from chance."
        ]
    ranked = sorted(lasting, key=lambda policy: -float(lasting[policy]["mean"] or 0.0))
    parts = [
        f"{policy} {format_points(lasting[policy]['mean'])}{format_interval(lasting[policy], format_points)}"
        for policy in ranked[:_SHOWN]
    ]
    rest = [policy for policy in ended if policy not in lasting]
    none = f"; of {join_words(rest)} less than a point is sure to be left" if rest else ""
    return [f"Two years after sponsorship more of customers' needs is still served: {join_words(parts)}{none}."]


def _how_sure(summary: Mapping[str, Any], currency: str, top: TopTwo) -> list[str]:
    """Chance, parameter uncertainty, and the kind of evidence."""
    sentences = []
    if top.second:
        chance = summary["policies"].get(top.first, {}).get("probability_best", {"mean": None})
        if chance["mean"] is not None:
            often = f"{format_percent(chance['mean'])} of the runs{format_interval(chance, format_percent)}"
            sentences.append(f"{top.first} was the best of the policies in {often}.")
        if top.gap.limited:
            verdict = "cannot be distinguished from chance" if top.close else "is more than chance"
            sentences.append(f"Its lead over {top.second} {verdict}, with {summary['replicates']} replicates.")
        else:
            sentences.append("One replicate cannot distinguish a lead from chance.")
    sentences += _parameter_uncertainty(summary, top)
    sentences.append(
        "Evidence tier 5 of 5: that these policies differ so is this model's conjecture. No study compares such policies side "
        "by side."
    )
    return sentences


def _parameter_uncertainty(summary: Mapping[str, Any], top: TopTwo) -> list[str]:
    """What the parameter draws show."""
    uncertainty = summary.get("parameter_uncertainty")
    if not uncertainty or not uncertainty["draws"]:
        return [f"All intervals here hold chance alone, not parameter uncertainty (--unknown {_FEW_DRAWS} adds that)."]
    policies = uncertainty["policies"]
    chances = {policy: each["best"] for policy, each in policies.items() if each["best"]["mean"] is not None}
    sentences = []
    if chances and len(chances) > 1:
        best = max(chances, key=lambda policy: float(chances[policy]["mean"] or 0.0))
        often = f"{format_percent(chances[best]['mean'])} of the draws{format_interval(chances[best], format_percent)}"
        varied = _number(len(uncertainty["varied"]), "parameter")
        sentences.append(
            f"With {varied} drawn from the plausible ranges ({uncertainty['draws']} draws), "
            f"{best} is best most often, in {often}."
        )
    subject = top.first if top.first != TWIN else next(iter(_others(summary)), "")
    return sentences + _shares_of_uncertainty(policies.get(subject, {}), subject, summary["objective"])


def _shares_of_uncertainty(spread: Mapping[str, Any], subject: str, objective: str) -> list[str]:
    """How much of the spread of the objective is parameter uncertainty, and of the measure for which it matters most."""
    shares = {
        name: float(entry["epistemic_share"])
        for name, entry in spread.items()
        if isinstance(entry, Mapping) and entry.get("epistemic_share") is not None
    }
    if not shares:
        return []
    most = max(shares, key=lambda name: shares[name])
    named = objective if objective in shares else most
    text = (
        f"Of the spread of {subject}'s {format_measure_name(named)} over these draws "
        f"{format_percent(shares[named])} is parameter uncertainty; the rest is chance."
    )
    if shares[most] > shares[named] + _CLEARLY_MORE:
        text += f" It matters most for {format_measure_name(most)}: {format_percent(shares[most])}."
    elif named != objective:
        text += f" Nothing of the kind is known of the objective, {format_measure_name(objective)}."
    return [text]


def _costs(summary: Mapping[str, Any], currency: str) -> list[str]:
    """What each policy costs, and whether it pays that back."""

    def money(value: float | None) -> str:
        return format_money(value, currency)

    sentences = []
    for policy, each in _others(summary).items():
        cost, gain, share = each["cost"], each["net_present_value"], each["break_even_share"]
        if cost["mean"] is None:
            sentences.append(f"{policy}: not known.")
            continue
        text = f"{policy}: {money(cost['mean'])}"
        if gain["mean"] is not None:
            if may_be_zero(gain):
                text += f"; net, no gain or loss can be distinguished from chance{format_interval(gain, money)}"
            else:
                way = "gains" if gain["mean"] > 0.0 else "loses"
                text += f"; net, the organization {way} {money(abs(gain['mean']))}{format_interval(absolute_entry(gain), money)}"
        if share["mean"] is not None:
            week = each["break_even_week"]["mean"]
            when = f", on average in week {week:.0f}" if week is not None else ""
            text += f"; paid back within the run in {format_percent(share['mean'])} of the runs{when}"
        sentences.append(f"{text}.")
    return sentences or ["Nothing: no policy spends anything."]


def _changes(summary: Mapping[str, Any], currency: str, top: TopTwo) -> list[str]:
    """What would change the answer."""
    sentences = []
    policies = _others(summary)
    costly = {
        policy: each["break_even_loyalty"]
        for policy, each in policies.items()
        if (each["break_even_loyalty"]["mean"] or 0.0) > 0.0 and not may_be_zero(each["net_present_value"])
    }
    if costly:
        nearest = sorted(costly, key=lambda policy: float(costly[policy]["mean"] or 0.0))[:_SHOWN]
        parts = [f"{_worth(costly[policy], currency)} for {policy}" for policy in nearest]
        sentences.append(
            "The value of loyalty beyond the books: to break even, a point of stated loyalty would have to be worth "
            f"{join_words(parts)}, per customer and year."
        )
    favorite = _best_by(summary["policies"], "customer_value")
    if favorite and favorite != top.first and top.first:
        sentences.append(f"Judged by value for customers, {favorite} comes first, not {top.first}.")
    sentences += _futures(summary, top)
    tornado = (summary.get("parameter_uncertainty") or {}).get("tornado") or {}
    for policy, rows in tornado.items():
        if rows and policy == (top.first if top.first in tornado else next(iter(tornado))):
            row = max(rows, key=lambda each: abs(each["effect"] or 0.0))
            sentences.append(
                f"Unknown parameters: {row['parameter']} at {row['value']:g} alone changes {policy}'s net present value by "
                f"{format_money(row['effect'], currency)}."
            )
    if not summary["in_futures"]:
        sentences.append("Other futures, such as twice the turnover, were not run (--futures).")
    return sentences


def _futures(summary: Mapping[str, Any], top: TopTwo) -> list[str]:
    """Futures in which another policy comes first on average."""
    sign = -1.0 if METRICS[summary["objective"]].better == "lower" else 1.0
    turned, same = [], 0
    for future, entries in summary["in_futures"].items():
        means = {policy: each["objective"]["mean"] for policy, each in entries.items()}
        known = {policy: sign * mean for policy, mean in means.items() if mean is not None}
        if not known:
            continue
        best = max(known, key=lambda policy: known[policy])
        if best != top.first:
            turned.append(f"{best} in the future {future}")
        else:
            same += 1
    if turned:
        return [f"Futures: on average {join_words(turned)} would come first."]
    return [f"None of the {same} futures: {top.first} comes first in each on average."] if same else []


def break_even_conditions(summary: Mapping[str, Any], currency: str) -> list[str]:
    """For each policy that loses money: which single change in money would let it break even."""
    sentences = []
    for policy, each in _others(summary).items():
        gain, cost, service, revenue = (
            each[name]["mean"]
            for name in ("net_present_value", "discounted_cost", "service_cost_change", "revenue_change")
        )
        if gain is None or gain >= 0.0 or may_be_zero(each["net_present_value"]):
            continue
        ways = []
        if revenue is not None and revenue > -gain / _MOST_TIMES:
            ways.append(f"the additional revenue would have to be {format_percent(-gain / revenue)} higher")
        if service is not None and service > -gain:
            ways.append(f"the additional cost of service {format_percent(-gain / service)} lower")
        if cost is not None and cost > -gain:
            ways.append(f"the policy itself {format_percent(-gain / cost)} cheaper")
        loyal = each["break_even_loyalty"]
        if loyal["mean"] is not None:
            worth = f"a point of stated loyalty worth {_worth(loyal, currency)} per customer and year"
            ways.append(f"{worth} on top of what the books show")
        if ways:
            sentences.append(f"For {policy} to break even, {', or '.join(ways)}.")
    return sentences


def _number(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"


def _worth(entry: Entry, currency: str) -> str:
    """An amount of money with its interval."""
    return (
        f"{format_money(entry['mean'], currency)}{format_interval(entry, lambda value: format_money(value, currency))}"
    )
