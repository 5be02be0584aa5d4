"""Sentences of the report's first page: the answer, how sure it is, what it costs, what would change it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.analysis.advice_text import name_policy
from sim.analysis.metrics import METRICS, format_measure_name
from sim.analysis.money_text import describe_payback
from sim.analysis.panel import TWIN
from sim.analysis.ranking import TopTwo, order_by_result
from sim.analysis.wording import (
    FROM_CHANCE,
    Entry,
    absolute_entry,
    format_amount,
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

_WIDEST = 0.4
"""Width of the interval of a share above which the share itself is not given."""

_MOST_LINES = 4
"""Policies with a sentence of their own about money; more are put together."""

_SHOWN = 3
_MOST_TIMES = 10.0  # no larger increase of revenue is suggested as a way to break even


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
        unit = METRICS[objective].unit
        size = format_amount(top.gap.mean, unit, currency)
        entry: Entry = top.gap.to_entry()
        ends = format_interval(entry, lambda value: format_amount(value, unit, currency))
        first = _at_start(name_policy(top.first))
        sentences.append(
            f"{first} comes first by {format_measure_name(objective)} on average, {size} ahead of "
            f"{name_policy(top.second)}{ends}."
        )
    else:
        sentences.append(
            f"{_at_start(name_policy(top.first))} is all that was run, so there is nothing to compare it with."
        )
    sentences += _what_lasts(policies)
    favorite = _best_by(summary["policies"], "customer_value")
    if favorite and len(summary["policies"]) > 1:
        also = "also " if favorite == top.first else ""
        sentences.append(f"{_at_start(name_policy(favorite))} {also}has the highest value for customers.")
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
            sentences.append(f"{_at_start(name_policy(top.first))} was best in {often}.")
        if top.gap.limited:
            verdict = "cannot be distinguished from chance" if top.close else "is more than chance"
            sentences.append(
                f"Its lead over {name_policy(top.second)} {verdict}, with {summary['replicates']} replicates."
            )
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
        return [
            "All intervals here hold the chance of the simulation alone, not parameter uncertainty "
            f"(--unknown {_FEW_DRAWS} adds that)."
        ]
    policies = uncertainty["policies"]
    chances = {policy: each["best"] for policy, each in policies.items() if each["best"]["mean"] is not None}
    sentences = []
    if chances and len(chances) > 1:
        best = max(chances, key=lambda policy: float(chances[policy]["mean"] or 0.0))
        often = f"{format_percent(chances[best]['mean'])} of the draws{format_interval(chances[best], format_percent)}"
        varied = _number(len(uncertainty["varied"]), "parameter")
        source = "what your history left open" if uncertainty.get("from_history") else "the plausible ranges"
        sentences.append(
            f"With {varied} drawn from {source} ({uncertainty['draws']} draws), "
            f"{name_policy(best)} is best most often, in {often}."
        )
    subject = top.first if top.first != TWIN else next(iter(_others(summary)), "")
    return sentences + _shares_of_uncertainty(policies.get(subject, {}), subject, summary["objective"])


def _shares_of_uncertainty(spread: Mapping[str, Any], subject: str, objective: str) -> list[str]:
    """How much of the spread of the objective is parameter uncertainty, and of the measure for which it matters most.

    A share is given only where its own interval is narrow enough (:data:`_WIDEST`); else the interval alone.
    """
    shares = {
        name: entry
        for name, entry in spread.items()
        if isinstance(entry, Mapping) and entry.get("epistemic_share") is not None
    }
    if not shares:
        return []
    sure = {name: entry for name, entry in shares.items() if _is_narrow(entry)}
    most = max(sure or shares, key=lambda name: float(shares[name]["epistemic_share"]))
    named = objective if objective in shares else most
    about = f"of the spread of {subject}'s {format_measure_name(named)} over these draws"
    if named in sure:
        text = (
            f"{_at_start(about)} {format_percent(sure[named]['epistemic_share'])}{_ends_of_share(sure[named])} is parameter "
            "uncertainty; the rest is chance of the simulation."
        )
    else:
        between = _ends_of_share(shares[named]) or " (too few draws for an interval)"
        text = f"How much {about} is parameter uncertainty cannot be told from so few draws{between}."
    if most in sure and (
        named not in sure or sure[most]["epistemic_share"] > sure[named]["epistemic_share"] + _CLEARLY_MORE
    ):
        if most != named:
            part = f"{format_percent(sure[most]['epistemic_share'])}{_ends_of_share(sure[most])}"
            text += f" It matters most for {format_measure_name(most)}: {part}."
    elif named != objective:
        text += f" Nothing of the kind is known of the objective, {format_measure_name(objective)}."
    return [text]


def _is_narrow(share: Mapping[str, Any]) -> bool:
    """Whether the interval of a share is narrow enough for the share to be said."""
    low, high = share.get("epistemic_share_low"), share.get("epistemic_share_high")
    return low is not None and high is not None and high - low <= _WIDEST


def _ends_of_share(share: Mapping[str, Any]) -> str:
    ends: Entry = {end: share.get(f"epistemic_share_{end}") for end in ("low", "high")}
    return format_interval(ends, format_percent)


def _costs(summary: Mapping[str, Any], currency: str) -> list[str]:
    """What each policy costs, whether it pays that back and when; and which were stopped. All sums are discounted."""
    spending = {
        policy: each for policy, each in _others(summary).items() if each["discounted_cost"]["mean"] is not None
    }
    if not spending:
        return ["Not known." if _others(summary) else "Nothing: no policy spends anything."]
    ranked = order_by_result(spending, "net_present_value")
    if len(ranked) <= _MOST_LINES:
        sentences = [_cost_of_one(summary, policy, currency) for policy in ranked]
    else:
        sentences = _costs_of_many(summary, ranked, currency)
    stopped = [
        f"{policy} in {format_percent(share)} of the runs"
        for policy in ranked
        if (share := (summary["stopped"].get(policy) or {}).get("mean"))
    ]
    if stopped:
        listed = join_words([*stopped[:_SHOWN], f"{len(stopped) - _SHOWN} more"] if len(stopped) > _SHOWN else stopped)
        sentences.append(f"Stopped before the planned end: {listed}. Such runs never count as paid back.")
    return sentences


def _cost_of_one(summary: Mapping[str, Any], policy: str, currency: str) -> str:
    """Cost, net gain and payback of a policy in a sentence."""

    def money(value: float | None) -> str:
        return format_money(value, currency)

    each = summary["policies"][policy]
    gain, share = each["net_present_value"], each["break_even_share"]
    text = f"{policy}: {money(each['discounted_cost']['mean'])}, discounted"
    if gain["mean"] is not None:
        if may_be_zero(gain):
            text += f"; net, no gain or loss {FROM_CHANCE}{format_interval(gain, money)}"
        else:
            way = "gains" if gain["mean"] > 0.0 else "loses"
            text += f"; net, the organization {way} {money(abs(gain['mean']))}{format_interval(absolute_entry(gain), money)}"
    payback = describe_payback(summary, policy, currency)
    text += f"; {payback}" if payback else ""
    if share["mean"] is not None:
        which = " that were not stopped" if (summary["stopped"].get(policy) or {}).get("mean") else ""
        text += f"; paid back in {format_percent(share['mean'])} of the runs{which}"
    return f"{text}."


def _costs_of_many(summary: Mapping[str, Any], ranked: list[str], currency: str) -> list[str]:
    """The same for more policies than there is room for a sentence each: which gain, which lose, and of which it is not known."""
    gains = {policy: summary["policies"][policy]["net_present_value"] for policy in ranked}
    known = {policy: gain for policy, gain in gains.items() if gain["mean"] is not None}
    groups = {
        "Surely gain, net": [name for name, gain in known.items() if not may_be_zero(gain) and gain["mean"] > 0.0],
        f"No gain or loss {FROM_CHANCE}": [name for name, gain in known.items() if may_be_zero(gain)],
        "Surely lose, net": [name for name, gain in known.items() if not may_be_zero(gain) and gain["mean"] < 0.0],
        "Not known": [name for name in ranked if name not in known],
    }
    sentences = []
    for title, names in groups.items():
        if names and title.startswith("Surely"):
            parts = [f"{name} {format_money(abs(gains[name]['mean'] or 0.0), currency)}" for name in names]
            sentences.append(f"{title} and discounted: {join_words(parts)}.")
        elif names:
            sentences.append(f"{title}: {join_words(names)}.")
    sentences.append("What each costs, and how sure that is, stands in the table.")
    return sentences


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
        sentences.append(
            f"Judged by value for customers, {name_policy(favorite)} comes first, not {name_policy(top.first)}."
        )
    sentences += _futures(summary, top)
    sentences += _drivers(summary, top, currency)
    if not summary["in_futures"]:
        sentences.append("Other futures, such as twice the turnover, were not run (--futures).")
    return sentences


def _drivers(summary: Mapping[str, Any], top: TopTwo, currency: str) -> list[str]:
    """The unknown parameter that moves a policy's money most by itself, of those that surely move it."""
    tornado = {
        policy: rows
        for policy, rows in ((summary.get("parameter_uncertainty") or {}).get("tornado") or {}).items()
        if rows
    }
    if not tornado:
        return []
    policy = top.first if top.first in tornado else next(iter(tornado))
    sure = [row for row in tornado[policy] if row["sure"]]
    if not sure:
        return [
            f"Unknown parameters: no change of {policy}'s net present value by one of them alone {FROM_CHANCE}, in "
            f"{_number(int(tornado[policy][0]['replicates']), 'replicate')}."
        ]

    def money(value: float | None) -> str:
        return format_money(value, currency)

    before = summary["policies"][policy]["net_present_value"]["mean"]
    turning = [row for row in sure if before is not None and before * (before + row["effect"]) < 0.0]
    row = max(turning or sure, key=lambda each: abs(each["effect"]))
    text = (
        f"Unknown parameters: {row['parameter']} at {row['value']:g} alone changes {policy}'s net present value by "
        f"{money(row['effect'])}{format_interval(row, money)}"
    )
    return [
        f"{text}, which turns {'a loss into a gain' if before < 0.0 else 'a gain into a loss'}."
        if turning
        else f"{text}."
    ]


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
            turned.append(f"{name_policy(best)} in the future {future}")
        else:
            same += 1
    if turned:
        return [f"Futures: on average {join_words(turned)} would come first."]
    return [f"None of the {same} futures: {name_policy(top.first)} comes first in each on average."] if same else []


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


def _at_start(text: str) -> str:
    """Words of the program at the start of a sentence; names of policies stay as they are."""
    return f"{text[0].upper()}{text[1:]}" if text.startswith(("doing nothing", "of the spread")) else text


def _number(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"


def _worth(entry: Entry, currency: str) -> str:
    """An amount of money with its interval."""
    return (
        f"{format_money(entry['mean'], currency)}{format_interval(entry, lambda value: format_money(value, currency))}"
    )
