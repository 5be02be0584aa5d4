"""Money over time in words: when a policy has paid back, or what it still gains; for how long money is counted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sim.analysis.change import YEAR
from sim.analysis.horizons import FADING, list_shown
from sim.analysis.wording import (
    FROM_CHANCE,
    Entry,
    absolute_entry,
    format_interval,
    format_money,
    join_words,
    may_be_zero,
)

MOST_SPELLED = 4
"""More names than this are counted instead of listed."""


def format_span(weeks: float) -> str:
    """A length of time in years, or in weeks where it is below a year: ``5 years``, ``5.3 years``, ``40 weeks``."""
    if weeks < YEAR:
        return f"{weeks:.0f} {'week' if round(weeks) == 1 else 'weeks'}"
    years = f"{weeks / YEAR:.1f}".removesuffix(".0")
    return f"{years} {'year' if years == '1' else 'years'}"


def list_policies(policies: list[str], all_of: int = 0) -> str:
    """Names in a sentence, or how many they are where they are many.

    Args:
        policies: Their names.
        all_of: How many there are in all, so that it can be said that it is all of them.
    """
    if len(policies) > MOST_SPELLED:
        return f"all {len(policies)}" if len(policies) == all_of else f"{len(policies)} of them"
    return join_words(policies)


def run_length(summary: Mapping[str, Any]) -> int:
    """Weeks of the run; 0 where nothing was measured."""
    ends = summary["money_over_time"]["net_present_value"]
    return int(ends[-1]["weeks"]) if ends else 0


def describe_horizon(summary: Mapping[str, Any]) -> str:
    """For how long money is counted, and that this is not the whole run where it is not."""
    weeks, horizon = run_length(summary), int(summary["horizon"])
    if horizon < weeks:
        return (
            f"Money is discounted and counted over the first {format_span(horizon)} of a run of {format_span(weeks)} "
            f"(money.horizon = {horizon}); all else is measured over the whole run."
        )
    return f"Money is discounted and counted over the whole run of {format_span(horizon)}."


def describe_payback(summary: Mapping[str, Any], policy: str, currency: str) -> str:
    """When a policy has paid back what it costs, or what it still gains, as a clause without a full stop; empty if not known."""
    payback = summary["money_over_time"]["payback"][policy]
    last, weeks = payback["last_year"], run_length(summary)
    if last["mean"] is None:
        return ""
    if payback["week"] is not None:
        text = f"on average it has paid back after {format_span(payback['week'])}"
        if payback["sure_after"] is None:
            return f"{text}, which cannot be distinguished from chance"
        return f"{text}; its interval is above zero from {format_span(payback['sure_after'])} on"
    return f"not paid back within {format_span(weeks)}, {describe_last_year(last, weeks, currency)}"


def describe_last_year(last: Entry, weeks: int, currency: str) -> str:
    """Whether it still gains when the run ends."""

    def money(value: float | None) -> str:
        return format_money(value, currency)

    when = "in the last year" if weeks > YEAR else "in these weeks"
    if may_be_zero(last):
        return f"and {when} no gain or loss {FROM_CHANCE}{format_interval(last, money)}"
    verb = "still gaining" if (last["mean"] or 0.0) > 0.0 else "still losing"
    size = f"{money(abs(last['mean'] or 0.0))}{format_interval(absolute_entry(last), money)}"
    return f"{verb} {size} {when}"


def describe_by_horizon(summary: Mapping[str, Any], policy: str, currency: str) -> str:
    """The net present value after 5, 10, 15 and 20 years as far as the run goes; empty where there is only one of them."""
    parts = [
        f"{format_money(entry['mean'], currency)}{_interval(entry, currency)} within {format_span(weeks)}"
        for weeks, entry in shown_horizons(summary, policy)
        if entry["mean"] is not None
    ]
    return f"Net present value: {join_words(parts)}." if len(parts) > 1 else ""


def shown_horizons(summary: Mapping[str, Any], policy: str) -> list[tuple[int, Entry]]:
    """Weeks and entries of the net present value of a policy at the horizons that are shown."""
    shown = list_shown(run_length(summary))
    ends = summary["money_over_time"]["net_present_value"]
    return [(int(each["weeks"]), each["policies"][policy]) for each in ends if each["weeks"] in shown]


def describe_after_the_run(summary: Mapping[str, Any], policy: str, currency: str) -> str:
    """What might come after the run by both rules, apart from all else; empty where it may be nothing."""
    over_time = summary["money_over_time"]
    if may_be_zero(over_time["payback"][policy]["last_year"]) or not over_time["after_the_run"]:
        return ""
    parts = [
        f"{format_money(entries[policy]['mean'], currency)}{_interval(entries[policy], currency)} if {FADING[name].meaning}"
        for name, entries in over_time["after_the_run"].items()
    ]
    return f"What comes after the run is in none of these numbers; it would be worth {', '.join(parts)}."


def _interval(entry: Entry, currency: str) -> str:
    def words(value: float | None) -> str:
        return format_money(value, currency)

    return format_interval(entry, words)
