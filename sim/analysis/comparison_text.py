"""The results of a comparison in sentences, for a reader who has to decide and will not read a table.

A sentence never claims more than the numbers support. Where an interval includes zero, it says that nothing could be
distinguished from chance. Where a value is missing, it gives the reason if the summary holds one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from sim.analysis.advice_text import name_policy, write_advice
from sim.analysis.metrics import format_measure_name
from sim.analysis.money_text import describe_after_the_run, describe_by_horizon, describe_horizon, describe_payback
from sim.analysis.panel import TWIN
from sim.analysis.pareto import pareto_front
from sim.analysis.ranking import order_by_result
from sim.analysis.wording import (
    FROM_CHANCE,
    Entry,
    absolute_entry,
    format_interval,
    format_money,
    format_percent,
    format_points,
    format_weeks,
    may_be_zero,
)

CAVEAT = (
    "These are results of a model, not of organizations: no study compares such policies side by side, so the "
    "comparison is a conjecture that can be tested, not a finding."
)

_Measures = Mapping[str, Entry]

_MOST_UNDEFINED = 0.5


def describe_policies(summary: Mapping[str, Any], currency: str = "") -> dict[str, str]:
    """A few sentences about each policy. Brackets hold 95 % intervals over replicates.

    Args:
        summary: As :func:`sim.analysis.summary.summarize` gives it or ``summary.json`` holds it.
        currency: Word to put before amounts of money, such as ``EUR``.

    Returns:
        A text per policy, the best result first.
    """
    objective = str(summary.get("objective", ""))
    number = len(summary["policies"])
    texts = {}
    for policy in order_by_result(summary["policies"], objective):
        measures = summary["policies"][policy]
        parts = [_describe_customers(measures), *_describe_money(summary, policy, currency)]
        if policy == TWIN:
            parts = [_describe_twin(measures)]
        else:
            parts.insert(0, f"{_describe_spread(measures)} {_describe_durability(measures)}")
        if number > 1:
            parts.append(_describe_chance(measures, objective))
        texts[policy] = " ".join(part for part in parts if part)
    return texts


def describe_comparison(summary: Mapping[str, Any], currency: str = "") -> list[str]:
    """The whole answer: which policy to prefer and how sure that is, a few sentences about each policy, and the caveat."""
    lines = [write_advice(summary, currency)]
    lines += [f"{policy}: {text}" for policy, text in describe_policies(summary, currency).items()]
    lines += _both_values(summary)
    failed = {policy: number for policy, number in summary.get("failed", {}).items() if number}
    if failed:
        counts = ", ".join(f"{policy} {number}" for policy, number in failed.items())
        lines.append(f"Left out because a run or its twin failed: {counts}.")
    lines.append(describe_horizon(summary))
    return [*lines, f"Brackets hold 95 % intervals over replicates. {CAVEAT}"]


def _both_values(summary: Mapping[str, Any]) -> list[str]:
    """Which policies no other beats for both customers and organization; empty with fewer than two policies."""
    policies = summary["policies"]
    names = [name for name, measures in policies.items() if {"customer_value", "organization_value"} <= measures.keys()]
    means = [[policies[name][value]["mean"] for value in ("customer_value", "organization_value")] for name in names]
    if len(names) < 2:
        return []
    front = pareto_front(np.array(means, dtype=np.float64).reshape(-1, 2))  # a missing mean (None) becomes NaN
    best = [name_policy(name) for name, chosen in zip(names, front, strict=True) if chosen]
    if not best:
        return []
    if len(best) == 1:
        return [f"On average {best[0]} has the highest value both for customers and for the organization."]
    listed = f"{', '.join(best[:-1])} and {best[-1]}"
    return [
        "Value for customers and value for the organization disagree: on average "
        f"no other policy is better than {listed} in both."
    ]


def _describe_twin(measures: _Measures) -> str:
    """What happens without any policy."""
    retention = measures["retention_annual"]
    if retention["mean"] is None:
        return "Nothing is done; all else is compared with this."
    kept = f"{format_percent(retention['mean'])} of the customers (or of what they are expected to buy)"
    return f"Nothing is done; all else is compared with this. It keeps {kept} a year{format_interval(retention, format_percent)}."


def _describe_spread(measures: _Measures) -> str:
    """How far the policy spread among the staff."""
    reach, peak = measures["reach"], measures["reach_peak"]
    if reach["mean"] is not None:
        if may_be_zero(reach):
            return (
                f"It {_chance_words(reach, format_percent)} how the staff chose when "
                f"sponsorship ended{format_interval(reach, format_percent)}."
            )
        way = "toward" if reach["mean"] > 0.0 else "away from"
        text = (
            f"When sponsorship ended {format_percent(abs(reach['mean']))} of the positions had moved {way} the customer"
        )
        text += format_interval(absolute_entry(reach), format_percent)
        practice = measures["practicing_lift_at_end"]
        if practice["mean"] is None or may_be_zero(practice):
            return f"{text}."
        side = "higher" if practice["mean"] > 0.0 else "lower"
        share = f"the share of staff who practice stood {format_points(abs(practice['mean']))} {side} than without it"
        return f"{text}; {share}{format_interval(absolute_entry(practice), format_points)}."
    if peak["mean"] is not None:
        return (
            f"At most {format_percent(peak['mean'])} of the positions had moved toward "
            f"the customer{format_interval(peak, format_percent)}."
        )
    return "How far it spread among the staff is not known."


def _describe_durability(measures: _Measures) -> str:
    """What is left two years after sponsorship ended, or why that is not known."""
    at_end, later, left = measures["lift_at_end"], measures["lift_later"], measures["residual"]
    if at_end["mean"] is None:
        undefined = "Its sponsorship did not end within the run, so what would be left of it is undefined"
        return f"{undefined}{_last_year_words(measures['enacted_change'])}."
    if left["mean"] is not None:
        if may_be_zero(left):
            text = f"Two years after sponsorship ended nothing of its lift in service was left that {FROM_CHANCE}"
            text += format_interval(left, format_percent)
        else:
            part = f"{format_percent(left['mean'])} of its lift in service was left"
            text = f"Two years after sponsorship ended {part}{format_interval(left, format_percent)}"
        if left["mean"] > 1.0:
            return f"{_describe_rise(left, at_end, later)}."
        return f"{text}{_half_life_words(measures['half_life_weeks'])}."
    if later["mean"] is None:
        return "The run is too short to see what is left two years after sponsorship ended."
    if at_end["low"] is None:
        return "One replicate is not enough to say what part of its lift was left two years after sponsorship ended."
    rule = "was not surely above zero when sponsorship ended, so that no part of it can be said to last"
    return f"Its lift in service {rule}: {_then_and_now(at_end, later)}."


def _then_and_now(at_end: Entry, later: Entry) -> str:
    """The lift in service when sponsorship ended and two years later, in points."""
    then = f"{format_points(at_end['mean'])}{format_interval(at_end, format_points)} when sponsorship ended"
    return f"{then}, {format_points(later['mean'])}{format_interval(later, format_points)} two years later"


def _describe_rise(left: Entry, at_end: Entry, later: Entry) -> str:
    """A lift that did not fall in two years: in points, since a part above 100 % misleads, and without a half-life."""
    if left["low"] is None or left["low"] <= 1.0:
        return (
            "Two years after sponsorship ended its lift in service was as large as at its end, as far as that could be "
            f"distinguished from chance: {_then_and_now(at_end, later)}"
        )
    return (
        f"Its lift in service was larger two years after sponsorship than at its end: {_then_and_now(at_end, later)}. "
        "What a policy takes of working time lowers service while it lasts, and practice may go on spreading afterward"
    )


def _last_year_words(entry: Entry) -> str:
    """The level of service while a policy is still in force, as a clause."""
    if entry["mean"] is None:
        return ""
    if may_be_zero(entry):
        return f"; in the last year, service: {_no_change_words(entry, format_points)}{format_interval(entry, format_points)}"
    side = "above" if entry["mean"] > 0.0 else "below"
    there = f"{format_points(abs(entry['mean']))} {side} what it is without the policy"
    return f"; in the last year service stood {there}{format_interval(absolute_entry(entry), format_points)}"


def _half_life_words(entry: Entry) -> str:
    """Half-life as a clause, if enough runs have one."""
    undefined, censored, median = entry["undefined"], entry["censored"], entry["median"]
    if undefined is None or censored is None or undefined > _MOST_UNDEFINED:
        return ""
    if median is None:
        return f"; in {format_percent(censored)} of the runs it had not halved when the run ended"
    return f"; half of it was gone after {median:.0f} weeks{format_interval(entry, format_weeks)}"


def _describe_customers(measures: _Measures) -> str:
    """Changes in what customers do and in what they say."""
    sentences = []
    for name, subject in (("retention_change", "Annual retention"), ("attitudinal_loyalty_change", "stated loyalty")):
        entry = measures[name]
        if entry["mean"] is None:
            sentences.append(f"{subject} is not known")
        elif may_be_zero(entry):
            sentences.append(
                f"{subject}: {_no_change_words(entry, format_points)}{format_interval(entry, format_points)}"
            )
        else:
            verb = "rose" if entry["mean"] > 0.0 else "fell"
            sentences.append(
                f"{subject} {verb} by {format_points(abs(entry['mean']))}{format_interval(absolute_entry(entry), format_points)}"
            )
    return f"{'; '.join(sentences)}."


def _describe_money(summary: Mapping[str, Any], policy: str, currency: str) -> list[str]:
    """What the policy costs, whether it pays that back and when, and what may come later. All of it is discounted."""

    def money(value: float | None) -> str:
        return format_money(value, currency)

    measures = summary["policies"][policy]
    if policy == TWIN:
        return []
    paid, gain = measures["discounted_cost"], measures["net_present_value"]
    text = "What it costs is not known" if paid["mean"] is None else f"It costs {money(paid['mean'])}, discounted"
    if gain["mean"] is None:
        return [f"{text}; what that brings in is not known."]
    if may_be_zero(gain):
        text = f"{text}; the organization's profit: {_no_change_words(gain, money)}{format_interval(gain, money)}"
    else:
        text = f"{text}; {_bridge(measures, money)}"
    payback = describe_payback(summary, policy, currency)
    return [
        f"{text}; {payback}." if payback else f"{text}.",
        describe_by_horizon(summary, policy, currency),
        describe_after_the_run(summary, policy, currency),
    ]


def _bridge(measures: _Measures, money: Callable[[float | None], str]) -> str:
    """From revenue to what is gained or lost, as a clause."""
    gain = measures["net_present_value"]
    verb = "gains" if (gain["mean"] or 0.0) > 0.0 else "loses"
    size = f"{money(abs(gain['mean'] or 0.0))}{format_interval(absolute_entry(gain), money)}"
    after = f"after all costs the organization {verb} {size}"
    revenue, service = measures["revenue_change"]["mean"], measures["service_cost_change"]["mean"]
    if revenue is None or service is None:
        return after
    bridge = f"revenue is {money(abs(revenue))} {'more' if revenue >= 0.0 else 'less'}"
    bridge = f"{bridge}, serving customers costs {money(abs(service))} {'more' if service >= 0.0 else 'less'}"
    staff = measures["staff_cost_change"]["mean"]
    if staff:
        bridge = f"{bridge}, wages and replacements cost {money(abs(staff))} {'more' if staff > 0.0 else 'less'}"
    return f"{bridge}, and {after}"


def _describe_chance(measures: _Measures, objective: str) -> str:
    """How often the policy was the best choice."""
    entry = measures["probability_best"]
    if entry["mean"] is None:
        return ""
    by = f" by {format_measure_name(objective)}" if objective else ""
    return (
        f"It was the best of the policies{by} in {format_percent(entry['mean'])} of "
        f"the runs{format_interval(entry, format_percent)}."
    )


def _no_change_words(entry: Entry, words: Callable[[float | None], str]) -> str:
    """Why no change is claimed."""
    if entry["mean"] == 0.0 and entry["low"] in (None, 0.0) and entry["high"] in (None, 0.0):
        return "exactly as without it"
    if entry["low"] is None:
        return f"one replicate ({words(entry['mean'])}) cannot be distinguished from chance"
    return f"no change {FROM_CHANCE}"


def _chance_words(entry: Entry, words: Callable[[float | None], str]) -> str:
    """Why no change is claimed, as a verb."""
    if entry["mean"] == 0.0 and entry["low"] in (None, 0.0) and entry["high"] in (None, 0.0):
        return "did not change"
    if entry["low"] is None:
        return f"made a difference of {words(entry['mean'])}, in one replicate that cannot be distinguished from chance, to"
    return f"made no difference that {FROM_CHANCE} to"
