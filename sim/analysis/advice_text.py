"""The headline: what to do, as far as the numbers go. It follows the mean difference, paired by replicate, never shares."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.analysis.change import YEAR
from sim.analysis.metrics import METRICS, format_measure_name
from sim.analysis.money_text import describe_last_year, format_span, list_policies, run_length
from sim.analysis.panel import TWIN
from sim.analysis.ranking import TopTwo
from sim.analysis.wording import Entry, format_amount, format_interval, format_money

MONEY = ("organization_value", "net_present_value")
"""Objectives that ask whether a policy pays the organization."""

ONE_REPLICATE = "one replicate cannot distinguish that from chance (--replicates 30)"


def name_policy(policy: str) -> str:
    """A policy within a sentence; the twin is no policy of that name."""
    return "doing nothing" if policy == TWIN else policy


def write_advice(summary: Mapping[str, Any], currency: str) -> str:
    """What to do, in one or two sentences.

    Args:
        summary: As :func:`sim.analysis.summary.summarize` gives it or ``summary.json`` holds it.
        currency: Word to put before amounts of money.
    """
    objective = str(summary["objective"])
    lead = TopTwo.from_entry(summary["lead"])
    others = {policy: each for policy, each in summary["policies"].items() if policy != TWIN}
    if not lead.first:
        return f"No policy can be preferred: {format_measure_name(objective)} has no value."
    if not others:
        return "Only doing nothing was run, so there is nothing to choose from."
    if objective in MONEY:
        gains = {policy: each["net_present_value"] for policy, each in others.items()}
        known = {policy: gain for policy, gain in gains.items() if gain["mean"] is not None}
        if known:
            return _advise_on_money(summary, known, lead, currency)
    return _advise_on_measure(objective, lead, others, currency)


def _advise_on_money(summary: Mapping[str, Any], gains: Mapping[str, Entry], lead: TopTwo, currency: str) -> str:
    """Which policies pay, and for whom who can wait how long."""
    horizon = int(summary["horizon"])
    span = format_span(horizon)
    ranked = sorted(gains, key=lambda policy: -float(gains[policy]["mean"] or 0.0))
    best = ranked[0]
    if all(gain["low"] is None for gain in gains.values()):
        gain = format_money(gains[best]["mean"], currency)
        return (
            f"No advice: within {span} {best} comes out best, with a net present value of {gain}, but {ONE_REPLICATE}."
        )
    sure = summary["money_over_time"]["payback"]
    paying = [policy for policy in ranked if sure[policy]["sure_after"] is not None]
    if paying:
        return _advise_to_wait(summary, gains, paying, lead, currency)
    losing = [policy for policy in ranked if (gains[policy]["high"] or 0.0) < 0.0]
    open_ones = [policy for policy in ranked if policy not in losing]
    run = f"Do not run {best}" if len(gains) == 1 else "Run none of these"
    ask = f"{run} if you {'must be sure to have' if open_ones else 'need'} the money back within {span}"
    verb = "loses" if len(losing) == 1 else "lose"
    parts = [f"{list_policies(losing, len(gains))} {verb} money in that time"] if losing else []
    if open_ones:
        pays = "pays" if len(open_ones) == 1 else "pay"
        parts.append(f"whether {list_policies(open_ones, len(gains))} {pays} cannot be distinguished from chance")
    return f"{ask}: {', and '.join(parts)}.{_still_gaining(summary, ranked, currency)}"


def _still_gaining(summary: Mapping[str, Any], policies: list[str], currency: str) -> str:
    """The policy that gains most when the run ends, if that is more than chance."""
    payback, weeks = summary["money_over_time"]["payback"], run_length(summary)
    rising = [policy for policy in policies if (payback[policy]["last_year"]["low"] or 0.0) > 0.0]
    if not rising or weeks <= YEAR:
        return ""
    best = max(rising, key=lambda policy: float(payback[policy]["last_year"]["mean"]))
    gaining = describe_last_year(payback[best]["last_year"], weeks, currency)
    return f" {best} is {gaining}: a longer run (--years) shows whether that pays it back."


def _advise_to_wait(
    summary: Mapping[str, Any], gains: Mapping[str, Entry], paying: list[str], lead: TopTwo, currency: str
) -> str:
    """The advice where at least one policy surely pays back within the run."""
    payback = summary["money_over_time"]["payback"]
    waits = {policy: int(payback[policy]["sure_after"]) for policy in paying}
    best, too_early = paying[0], min(waits.values()) - YEAR
    end = summary["money_over_time"]["net_present_value"][-1]
    gain: Entry = end["policies"][best]
    size = f"{format_money(gain['mean'], currency)}"
    size += format_interval(gain, lambda value: format_money(value, currency))
    within = format_span(end["weeks"])
    if too_early >= YEAR:
        wait = f"{best} if you can wait {format_span(waits[best])}"
        text = f"Run none of these if you need the money back within {format_span(too_early)}; {wait}: "
        text += f"it gains {size} within {within}."
    else:
        text = f"Run {best}: within {within} it gains {size} after all costs."
    rival = lead.second if lead.first == best else lead.first
    if lead.first != best and rival not in paying:
        text += f" On average {rival} gains more, but whether it pays cannot be distinguished from chance."
    elif lead.close and rival in gains:
        text += f" Whether {rival} does better or worse cannot be distinguished from chance."
    return text


def _advise_on_measure(objective: str, lead: TopTwo, others: Mapping[str, Any], currency: str) -> str:
    """The advice by a measure that is not the organization's money."""
    by = f"Judged by {format_measure_name(objective)}"
    metric = METRICS[objective]

    def words(value: float | None) -> str:
        return format_amount(value, metric.unit, currency)

    if not lead.second:
        entry = others.get(lead.first, {}).get(objective, {})
        found = f" ({words(entry['mean'])}{format_interval(entry, words)})" if entry.get("mean") is not None else ""
        return f"{by}, {lead.first}{found} could not be compared with anything else."
    gap = lead.gap.to_entry()
    size = f"{words(gap['mean'])}{format_interval(gap, words)}"
    ahead = f"{name_policy(lead.first)} is {size} ahead of {name_policy(lead.second)}"
    if not lead.gap.limited:
        return f"{by}, no advice: {ahead}, but {ONE_REPLICATE}."
    if lead.close:
        return f"{by}, nothing is clearly best: {ahead} on average, which cannot be distinguished from chance."
    return f"{by}, run {'none of these' if lead.first == TWIN else lead.first}: {ahead}."
