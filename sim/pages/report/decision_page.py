"""The parts of the page for a decision: first page, targets, conditions, evidence, and the origin of numbers."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from markupsafe import Markup, escape

from sim.analysis.decision_text import break_even_conditions, write_decision
from sim.analysis.horizons import FADING, list_shown
from sim.analysis.money_text import describe_horizon, format_span, run_length
from sim.analysis.panel import TWIN
from sim.analysis.ranking import TopTwo
from sim.analysis.wording import percent_figures
from sim.lab.comparison import Comparison
from sim.lab.display import Cell, format_cell, unit_of
from sim.model.kernel.mechanism import Mechanism
from sim.model.kernel.parameters import Tier
from sim.model.registry import current

SCORES = {
    "probability_best": "best of the policies",
    "lift_at_end": "service lift at end (L0)",
    "lift_later": "service lift later (L104)",
    "retention_change": "retention change",
    "attitudinal_loyalty_change": "stated loyalty change",
    "cost": "cost, not discounted",
    "net_present_value": "net present value",
    "break_even_share": "runs that pay back",
}
"""Columns of the table on the first page, with their headings."""

SCALE = (
    "Only differences between policies are meant, not the level of service: the share of needs that are met is on a scale "
    "of the model's own, which no survey fixes."
)
"""What a reader of the first page must know about levels."""

LEGEND = (
    "none is the same organizations with the same events and random numbers and no policy (the twin); every policy is measured "
    "against it.",
    "Service lift: more of customers' needs met than under none, in points (hundredths of all needs); L0 in the last 13 weeks of "
    "sponsorship, L104 two years later.",
    "Sponsorship: the weeks in which a policy spends. A sponsor's successor may stop a program before its planned end.",
    "Run or replicate: one organization, drawn from a seed of its own. In brackets: 95 % intervals of the mean over replicates, "
    "which hold chance alone.",
    "Net present value: profit less that under none, all costs taken off, worth in week 0. Stated loyalty: what customers say "
    "about staying. Tier: how good the evidence is, from 1 (replicated) to 5 (conjecture).",
)
"""What a reader of the first page must know of its words, in five lines."""

_TIERS = {
    Tier.REPLICATION: "exact replication or arithmetic",
    Tier.EXPERIMENT: "experiments or meta-analyses",
    Tier.OBSERVATION: "large observational studies",
    Tier.SURVEY: "surveys",
    Tier.CONJECTURE: "conjecture, or the user's own organization",
}
_MOST_SOURCES = 3


def describe_decision(comparison: Comparison) -> dict[str, Any]:
    """The content of these parts, without their form."""
    summary, currency = comparison.summary, comparison.plan.scenario.currency
    top = TopTwo.from_entry(summary["lead"])
    boxes = {
        title: [_unbroken(line) for line in lines] for title, lines in write_decision(summary, currency, top).items()
    }
    uncertainty = summary.get("parameter_uncertainty")
    return {
        "boxes": boxes,
        "scores": [(name, title, unit_of(name, summary["objective"], currency)) for name, title in SCORES.items()],
        "targets": _target_rows(comparison),
        "uncertainty": uncertainty,
        "uncertain": _uncertainty_rows(comparison) if uncertainty and uncertainty["draws"] else [],
        "conditions": [_unbroken(line) for line in break_even_conditions(summary, currency)],
        "regions": [_unbroken(line) for line in uncertainty["conditions"]] if uncertainty else [],
        "claims": _mechanism_rows(comparison),
        "example": _example(comparison),
        "scale": SCALE,
        "legend": [_unbroken(line) for line in LEGEND],
        "horizon": _unbroken(describe_horizon(summary)),
        "over_time": _money_rows(comparison),
        "fading": [
            _unbroken(f"{name} fading: {rule.meaning}. Source: {rule.source}.") for name, rule in FADING.items()
        ],
    }


_OPTION = re.compile(r"--[a-z-]+( \d+)?")


def _unbroken(text: str) -> Markup:
    """Text in which no line breaks before a per cent sign or within an option."""
    return Markup(_OPTION.sub(r"<code>\g<0></code>", str(escape(text.replace(" %", "\u00a0%")))))


def _chance(entry: dict[str, Any]) -> Cell:
    """A probability with its interval."""
    if entry["mean"] is None:
        return Cell("–", reason="no run has a value", word="not known")
    low, high = entry["low"], entry["high"]
    interval = "" if low is None else f"{percent_figures(low)} to {percent_figures(high)}"
    return Cell(percent_figures(entry["mean"]), interval)


def _target_rows(comparison: Comparison) -> list[dict[str, Any]]:
    """One row a target: how often each policy meets it with chance alone and, if asked for, with parameter uncertainty."""
    uncertainty = comparison.summary.get("parameter_uncertainty") or {"targets": []}
    uncertain = {each["target"]: each["policies"] for each in uncertainty["targets"]}
    found = []
    for each in comparison.summary["targets"]:
        name = "all of them at once" if each["target"] == "all" else each["target"]
        kinds = [("chance alone", each["policies"])]
        if each["target"] in uncertain:
            kinds.append(("with parameter uncertainty", uncertain[each["target"]]))
        found += [
            {"name": name, "kind": kind, "cells": [_chance(entries[policy]) for policy in comparison.ranked]}
            for kind, entries in kinds
        ]
    return found


def _money_rows(comparison: Comparison) -> list[dict[str, Any]]:
    """Rows on money over time: the net present value by horizon, payback, the last year, and what may come after the run."""
    summary, currency = comparison.summary, comparison.plan.scenario.currency
    over_time = summary["money_over_time"]
    ends = {each["weeks"]: each["policies"] for each in over_time["net_present_value"]}
    last = {policy: each["last_year"] for policy, each in over_time["payback"].items()}
    after = {f"after the run, {name} fading": entries for name, entries in over_time["after_the_run"].items()}
    amounts = {
        **{f"net present value within {format_span(weeks)}": ends[weeks] for weeks in list_shown(run_length(summary))},
        "gain in the last year of the run": last,
        **after,
    }
    rows = [
        {
            "name": name,
            "unit": f"{currency}, in no other number" if name in after else currency,
            "cells": [
                format_cell(
                    "net_present_value",
                    entries[policy],
                    comparison.sponsorship[policy],
                    summary["objective"],
                    currency,
                    [entry for each in amounts.values() for entry in each.values()],
                )
                for policy in comparison.ranked
            ],
        }
        for name, entries in amounts.items()
    ]
    paid = [_payback_cell(over_time["payback"][policy], policy, run_length(summary)) for policy in comparison.ranked]
    payback = {"name": "paid back on average after", "unit": "", "cells": paid}
    return [*rows[: -len(after) - 1], payback, *rows[-len(after) - 1 :]]


def _payback_cell(payback: dict[str, Any], policy: str, weeks: int) -> Cell:
    """When a policy has paid back on average, and from when on that is more than chance."""
    if payback["week"] is None:
        word = "nothing to pay back" if policy == TWIN else f"not within {format_span(weeks)}"
        return Cell("–", reason="the mean gain so far is not above zero when the run ends", word=word)
    sure = payback["sure_after"]
    return Cell(format_span(payback["week"]), f"surely after {format_span(sure)}" if sure else "may be chance")


def _uncertainty_rows(comparison: Comparison) -> list[dict[str, Any]]:
    """Rows on the parameter draws: how often each policy is best, its net present value, and the sources of its spread."""
    policies = comparison.summary["parameter_uncertainty"]["policies"]
    currency = comparison.plan.scenario.currency

    def row(name: str, unit: str, cells: list[Cell]) -> dict[str, Any]:
        return {"name": name, "unit": unit, "cells": cells}

    def ends(policy: str, metric: str) -> Cell:
        spread = policies[policy][metric]
        entry = {"mean": spread["median"], "low": spread["low"], "high": spread["high"]}
        return format_cell(metric, entry, comparison.sponsorship[policy], comparison.summary["objective"], currency)

    def share(policy: str, metric: str) -> Cell:
        found = policies[policy][metric]
        value, low, high = (found[f"epistemic_share{end}"] for end in ("", "_low", "_high"))
        if value is None:
            return Cell("–", reason="nothing differs", word="nothing differs")
        return Cell(percent_figures(value), "" if low is None else f"{percent_figures(low)} to {percent_figures(high)}")

    names = comparison.ranked
    return [
        row(
            "best of the policies", "% of draws, with 95 % limits", [_chance(policies[name]["best"]) for name in names]
        ),
        *(
            each
            for metric, name, unit in (
                ("net_present_value", "net present value", currency),
                ("enacted_change", "service lift, last year", "points"),
            )
            for each in (
                row(name, f"{unit}, median and nine tenths of the draws", [ends(policy, metric) for policy in names]),
                row(
                    "of its variance, parameter uncertainty",
                    "%; the rest is chance of the simulation",
                    [share(policy, metric) for policy in names],
                ),
            )
        ),
    ]


def _mechanism_rows(comparison: Comparison) -> list[dict[str, Any]]:
    """Every mechanism that acts in this comparison, with the evidence behind its numbers."""
    values = comparison.plan.scenario.parameters
    acting = [each for each in current().mechanisms.values() if not _is_off(each, values)]
    return [
        {
            "name": each.name,
            "about": each.about,
            "tiers": ", ".join(f"{number} at tier {tier}" for tier, number in _count_tiers(each)) or "none of its own",
            "best": min((int(tier) for tier, _ in _count_tiers(each)), default=int(Tier.CONJECTURE)),
            "sources": "; ".join(_sources(each)) or "its own reasoning (centricity list parameters tells it)",
        }
        for each in sorted(acting, key=lambda each: min((p.tier for p in each.parameters), default=Tier.CONJECTURE))
    ]


def _is_off(mechanism: Mechanism, values: Any) -> bool:
    """Whether the scenario switches a mechanism off."""
    return bool(mechanism.neutral) and all(values[name] == value for name, value in mechanism.neutral.items())


def _count_tiers(mechanism: Mechanism) -> list[tuple[int, int]]:
    """Tiers of its parameters, with the number of parameters at each."""
    return sorted((int(tier), number) for tier, number in Counter(each.tier for each in mechanism.parameters).items())


def _sources(mechanism: Mechanism) -> list[str]:
    """Sources of its parameters with better evidence, the best first."""
    ranked = sorted((each for each in mechanism.parameters if each.tier < Tier.CONJECTURE), key=lambda each: each.tier)
    return list(dict.fromkeys(each.source.rstrip(".") for each in ranked))[:_MOST_SOURCES]


def tiers_in_words() -> str:
    """Meaning of the tiers in one line."""
    return "; ".join(f"{int(tier)}: {text}" for tier, text in _TIERS.items())


def _example(comparison: Comparison) -> str:
    """Command for one run of this comparison; empty if no command can repeat it."""
    done = comparison.runs[(comparison.runs["status"] == "done") & comparison.runs["policy"].isin(comparison.policies)]
    if not comparison.plan.single_run or done.empty:
        return ""
    last = done[done["replicate"] == done["replicate"].min()].iloc[-1]
    return f"{comparison.plan.single_run} --policy {last['policy']} --seed {last['seed']} --out run.csv"
