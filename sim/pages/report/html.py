"""The report: one page that opens without a network. It gives the answer first, then pictures, then explanations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from sim.analysis.metrics import METRICS
from sim.analysis.value_of_information import describe_value_of_information
from sim.analysis.wording import format_exact_percent, format_money, format_percent
from sim.lab.comparison import Comparison
from sim.lab.display import KEY_MEASURES, format_cell, unit_of
from sim.lab.grain import FINE
from sim.lab.scenario_difference import SHOWN
from sim.lab.spending import LINES
from sim.lab.writing import write_text
from sim.model.kernel.parameters import Tier
from sim.model.policies.policy import NONE, Phase, Policy
from sim.model.registry import current
from sim.pages.report import ablation
from sim.pages.report.colors import colors
from sim.pages.report.decision_page import describe_decision, tiers_in_words
from sim.pages.report.pictures import Drawn, draw_pictures
from sim.pages.shared import palette

_GAIN = "net_present_value"

_KEY_GROUPS: Mapping[str, Sequence[str]] = {
    "People": (
        "reach", "lift_at_end", "lift_later", "residual", "half_life_weeks", "practicing_lift_at_end",
        "practicing_lift_later",
    ),
    "Customers": (
        "enacted_change", "satisfaction_change", "attitudinal_loyalty_change", "retention_annual", "retention_change",
    ),
    "Money": (
        "revenue_change", "service_cost_change", "staff_cost_change", "discounted_cost", "net_present_value", "break_even_share",
        "break_even_week", "break_even_loyalty", "organization_value", "customer_value",
    ),
    "Choice": ("probability_best", "max_regret"),
}  # fmt: skip

_ALL_GROUPS: Mapping[str, Sequence[str]] = {
    "Spread": ("reach", "reach_peak", "weeks_to_half_reach"),
    "Service delivered (enacted)": (
        "lift_peak", "lift_at_end", "lift_later", "residual", "half_life_weeks", "half_life_from_peak",
    ),
    "Practice": (
        "practicing_lift_peak", "practicing_lift_at_end", "practicing_lift_later", "practicing_residual",
        "practicing_half_life_weeks", "practicing_half_life_from_peak",
    ),
}  # fmt: skip

_HEADINGS = {measure.name: measure.heading for measure in KEY_MEASURES} | {
    "lift_at_end": "service lift at end (L0)",
    "lift_later": "service lift two years later (L104)",
    "residual": "part of the lift left",
    "half_life_weeks": "half-life after sponsorship",
    "practicing_lift_at_end": "practicing lift at end",
    "practicing_lift_later": "practicing lift two years later",
    "enacted_change": "service lift, last year",
    "satisfaction_change": "satisfaction change, last year",
    "attitudinal_loyalty_change": "stated loyalty change, last year",
    "retention_annual": "retention a year",
    "retention_change": "retention change",
    "probability_best": "best of the policies",
    "max_regret": "largest mean regret",
    "revenue_change": "more revenue",
    "service_cost_change": "less: more cost of service",
    "staff_cost_change": "less: more wages and replacements",
    "discounted_cost": "less: cost of the policy",
    "net_present_value": "= net present value",
    "organization_value": "value for the organization",
    "customer_value": "value for customers",
    "enacted_per_customer_change": "service per customer change, last year",
    "reported_change": "reported score change, last year",
    "practicing_change": "practicing change, last year",
    "internalization_change": "values held change, last year",
    "espoused_enacted_gap": "gap between said and done, last year",
    "net_promoter_score": "net promoter score, last year",
    "net_promoter_change": "net promoter score change, last year",
    "trust_change": "trust change, last year",
    "cynicism_change": "cynicism change, last year",
    "self_assessment_change": "executives' self-assessment change, last year",
    "revealed": "conflicts decided for the customer",
    "break_even_week": "payback: week, where reached",
    "break_even_share": "runs that pay back",
    "break_even_loyalty": "break-even value of loyalty",
    "loyalty_gained": "stated loyalty gained",
    "lift_peak": "peak of the lift",
    "practicing_lift_peak": "peak of the practicing lift",
    "practicing_residual": "part of the practicing lift left",
    "half_life_from_peak": "half-life from the peak",
    "practicing_half_life_weeks": "half-life after sponsorship",
    "practicing_half_life_from_peak": "half-life from the peak",
}


def write_page(comparison: Comparison, folder: Path, drawn: Sequence[Drawn]) -> None:
    """Write ``report.html`` into a folder."""
    write_text(folder / "report.html", render_report(comparison, drawn))


def render_report(comparison: Comparison, drawn: Sequence[Drawn] | None = None) -> str:
    """The report as HTML, with everything it needs inside.

    Args:
        comparison: The comparison.
        drawn: Its pictures, if they have been drawn already.
    """
    folder = resources.files("sim.pages.report")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string((folder / "report.html.jinja").read_text(encoding="utf-8"))
    css = palette() + (folder / "report.css").read_text(encoding="utf-8")
    return template.render(css=Markup(css), **describe_report(comparison, drawn)) + "\n"


def describe_report(comparison: Comparison, drawn: Sequence[Drawn] | None = None) -> dict[str, Any]:
    """The content of the page, without its form."""
    pictures = {
        one.picture.name: {"name": one.picture.name, "title": one.picture.title, "svg": Markup(one.svg)}
        for one in (draw_pictures(comparison, sheets=False) if drawn is None else drawn)
        if not one.picture.sheet
    }
    why = pictures.pop(ablation.NAME, {"svg": ""})
    plan = comparison.plan
    headline, *texts, closing = comparison.answer()
    return {
        "scenario": plan.scenario,
        "policies": comparison.ranked,
        "palette": colors(comparison.policies),
        "facts": _facts(comparison),
        "organization": [
            _unbroken(line) for line in (*plan.figures.sentences(), comparison.grain_in_words(False)) if line
        ],
        "warnings": [*plan.warnings, *comparison.drift],
        "spending": _spending(comparison),
        "headline": _unbroken(headline),
        "headings": {name: heading(name) for name in METRICS},
        "heading_of_objective": heading(plan.scenario.objective),
        "texts": _by_policy([_unbroken(text) for text in texts], comparison.ranked),
        "closing": closing,
        "multiple": any(policy != NONE.name for policy in comparison.policies),
        "failures": comparison.failures,
        "runs": plan.runs,
        "cells": comparison.cells,
        "notes": {policy: _notes(entries) for policy, entries in comparison.summary["policies"].items()},
        "key_groups": _groups(comparison, _KEY_GROUPS),
        "all_groups": _groups(comparison, _all_groups()),
        "reasons": _reasons(comparison),
        "drawn": {name: pictures.pop(name)["svg"] for name in ("uncertainty", "tornado") if name in pictures},
        "pictures": list(pictures.values()),
        **describe_decision(comparison),
        "knowing": _knowing(comparison),
        "tiers": tiers_in_words(),
        "why": ablation.section(comparison, why["svg"]),
        "budget": _budget(comparison),
        "futures": _futures(comparison),
        "second": _second(comparison),
        "bundles": [_policy(policy, comparison) for policy in plan.loaded_policies],
        "method": _method(comparison),
        "caveats": _caveats(comparison),
        "glossary": [_glossary_entry(name, comparison) for name in METRICS],
        "command": plan.command,
        "single": plan.single_run,
        "hash": plan.scenario.hash[:16],
        "versions": ", ".join(
            f"{name} {version}" for name, version in comparison.manifest["versions"].items() if version
        ),
    }


def _knowing(comparison: Comparison) -> list[str]:
    """What knowing parameters is worth, in sentences; empty where it was not asked for, or draws are too few."""
    entry = (comparison.summary.get("parameter_uncertainty") or {}).get("value_of_information")
    return describe_value_of_information(entry, comparison.plan.scenario.currency) if entry else []


def _unbroken(text: str) -> str:
    """Text in which no line breaks before a per cent sign."""
    return text.replace(" %", "\u00a0%")


def _facts(comparison: Comparison) -> str:
    """The size of the comparison in one line."""
    plan = comparison.plan
    parts = [
        f"{len(plan.policies)} {'policy' if len(plan.policies) == 1 else 'policies'}",
        f"{plan.replicates} {'replicate' if plan.replicates == 1 else 'replicates'}",
        f"{plan.scenario.weeks} weeks",
        f"seed {plan.seed}",
        f"judged by {heading(plan.scenario.objective)}",
    ]
    if plan.futures:
        parts.append(f"in {1 + len(plan.futures)} futures: as described, {', '.join(plan.futures)}")
    return " · ".join([*parts, str(comparison.manifest["started"])[:10]])


def _by_policy(lines: Sequence[str], policies: Sequence[str]) -> dict[str, str]:
    """The sentences about each policy, without its name."""
    starts = {policy: f"{policy}: " for policy in policies}
    return {
        policy: line.removeprefix(start) for policy, start in starts.items() for line in lines if line.startswith(start)
    }


def heading(name: str) -> str:
    """Plain name of a measure."""
    return _HEADINGS.get(name, name.replace("_", " "))


def _all_groups() -> dict[str, list[str]]:
    """All measures in groups; those that are in no named group come under the last two."""
    groups = {name: list(names) for name, names in _ALL_GROUPS.items()}
    named = {name for names in groups.values() for name in names}
    rest = [name for name in METRICS if name not in named]
    money = rest.index("customer_lifetime_value")
    return {**groups, "People and customers": rest[:money], "Money and choice": rest[money:]}


def _groups(comparison: Comparison, groups: Mapping[str, Sequence[str]]) -> list[dict[str, Any]]:
    """Rows of a table of measures."""
    return [
        {"name": name, "measures": [_glossary_entry(measure, comparison) for measure in names]}
        for name, names in groups.items()
    ]


def _glossary_entry(name: str, comparison: Comparison) -> dict[str, str]:
    """A measure: heading, unit and meaning."""
    metric = METRICS[name]
    unit = unit_of(name, comparison.summary["objective"], comparison.plan.scenario.currency)
    if name == "break_even_loyalty":
        unit += " per point, customer and year"
    better = {"higher": "More is better.", "lower": "Less is better.", None: "Neither way is better by itself."}
    return {
        "name": name,
        "heading": heading(name),
        "unit": unit,
        "meaning": metric.meaning,
        "detail": " ".join(part for part in (f"In {unit}." if unit else "", better[metric.better]) if part),
    }


def _notes(entries: Mapping[str, Mapping[str, float | None]]) -> dict[str, str]:
    """For half-lives: the share of runs in which the lift did not halve, and the share without a lift."""
    notes = {}
    for name, entry in entries.items():
        words = {"censored": "not in {} of runs", "undefined": "no lift in {}"}
        shares = [text.format(format_percent(share)) for key, text in words.items() if (share := entry.get(key))]
        notes[name] = "" if entry.get("undefined") == 1.0 else ", ".join(shares)
    return notes


def _reasons(comparison: Comparison) -> list[dict[str, str]]:
    """Why measures of the first table have no value, each reason once."""
    measures: dict[str, list[str]] = {}
    policies: dict[str, list[str]] = {}
    for name in (name for names in _KEY_GROUPS.values() for name in names):
        for policy in comparison.ranked:
            cell = comparison.cells[policy][name]
            if cell.missing:
                measures.setdefault(cell.reason, []).append(heading(name))
                policies.setdefault(cell.reason, []).append(policy)
    return [
        {
            "text": reason,
            "policies": ", ".join(dict.fromkeys(policies[reason])),
            "measures": ", ".join(dict.fromkeys(names)),
        }
        for reason, names in measures.items()
    ]


def _budget(comparison: Comparison) -> str:
    """Whether policies spend as written or all have the same budget."""
    if comparison.plan.budget is None:
        return "Policies differ in size: a large one can win by size alone (--equal-budget gives all the same)."
    return " ".join(comparison.budget_in_words())


def _policy(policy: Policy, comparison: Comparison) -> dict[str, Any]:
    """The resources of a policy as it ran."""
    plan = comparison.plan
    cost = f"{plan.scenario.currency} {plan.planned[policy.name]:,.0f}"
    if plan.budget and policy.name in plan.budget.factors:
        cost += f" ({plan.budget.describe(policy.name)})"
    return {"name": policy.name, "about": policy.about, "cost": cost, "phases": [_phase(one) for one in policy.phases]}


def _spending(comparison: Comparison) -> dict[str, Any]:
    """From planned to spent, line by line: names of the lines, and the amounts of each policy."""
    currency = comparison.plan.scenario.currency
    rows = {
        policy: [format_money(lines[name], "") for name in LINES]
        for policy, lines in comparison.summary["spending"].items()
        if lines is not None and lines["planned"] > 0.0
    }
    return {"lines": list(LINES.values()), "rows": rows, "currency": currency}


def _futures(comparison: Comparison) -> dict[str, Any] | None:
    """Regret of every policy in every future."""
    if not comparison.plan.futures:
        return None
    title, rows = comparison.futures_table()
    objective, currency = comparison.summary["objective"], comparison.plan.scenario.currency
    objectives = {
        future: [
            format_cell(
                objective,
                entries[policy]["objective"],
                comparison.sponsorship[policy],
                objective,
                currency,
                [entry["objective"] for entry in entries.values()],
            )
            for policy in comparison.ranked
        ]
        for future, entries in comparison.summary["in_futures"].items()
    }
    gains = {
        future: [
            format_cell(
                _GAIN,
                entries[policy][_GAIN],
                comparison.sponsorship[policy],
                objective,
                currency,
                [entry[_GAIN] for entry in entries.values()],
            )
            for policy in comparison.ranked
        ]
        for future, entries in comparison.summary["in_futures"].items()
    }
    return {"title": title, "rows": rows, "objectives": objectives, "gains": gains if objective != _GAIN else {}}


def _second(comparison: Comparison) -> dict[str, Any] | None:
    """The second scenario less the first: what differs, and the most important measures of every policy."""
    difference = comparison.difference
    if difference is None:
        return None
    objective, currency = comparison.summary["objective"], comparison.plan.scenario.currency
    entries = difference.to_entry()["policies"]
    rows = [
        {
            "name": heading(measure),
            "unit": unit_of(measure, objective, currency),
            "cells": [
                format_cell(
                    measure,
                    entries[policy][measure],
                    comparison.sponsorship[policy],
                    objective,
                    currency,
                    [each[measure] for each in entries.values()],
                )
                for policy in comparison.ranked
            ],
        }
        for measure in dict.fromkeys((objective, *SHOWN))
    ]
    changed = [
        {"name": name, "first": str(first), "second": str(other)} for name, (first, other) in difference.changed.items()
    ]
    return {
        "scenario": difference.scenario,
        "rows": rows,
        "changed": changed,
        "failures": len(difference.failures),
    }


def _phase(phase: Phase) -> dict[str, Any]:
    """A phase in words."""
    weeks = f"{phase.start} on" if phase.end is None else f"{phase.start} to {phase.end - 1}"
    if phase.stop_when is not None:
        condition = phase.stop_when
        side, line = ("above", condition.above) if condition.above is not None else ("below", condition.below)
        weeks += f", or until {condition.outcome.replace('_', ' ')} is {side} {line:g}"
    return {
        "weeks": weeks,
        "where": "everywhere" if phase.departments is None else ", ".join(phase.departments),
        "amounts": [
            {
                "text": f"{name.replace('_', ' ')}: {amount:.4g} {current().resources[name].unit}",
                "meaning": current().resources[name].meaning,
            }
            for name, amount in phase.amounts.items()
            if amount
        ],
    }


def _method(comparison: Comparison) -> list[str]:
    """How the numbers were computed, in paragraphs."""
    plan = comparison.plan
    parameters = plan.scenario.parameters
    burn_in = int(parameters["run.burn_in"])
    paragraphs = [
        f"Each of the {plan.replicates} replicates is one organization with its market, drawn from a seed of its own "
        f"(derived from seed {plan.seed}). It runs {burn_in} weeks without any policy, so that it is stable before "
        "anything is measured. From there every policy starts on its own copy of the same organization.",
        "Each policy is paired with its twin: the same organization with the same events and the same random numbers, "
        "and no resources. Every draw belongs to a purpose, a week and a position, so the two differ only by what the "
        "policy changed; a policy that does nothing has a lift of exactly zero. Lifts, changes and reach are "
        "differences within pairs, and intervals are over replicates.",
        f"Money is discounted at {format_exact_percent(float(parameters['money.discount']))} a year over the first "
        f"{int(parameters['money.horizon'])} weeks.",
    ]
    if plan.without:
        paragraphs.append(f"Switched off in every run, twins included: {', '.join(plan.without)}.")
    if plan.scenario.events:
        events = Counter(f"{event.kind.replace('_', ' ')} in week {event.week}" for event in plan.scenario.events)
        paragraphs.append(f"Events that strike every run, with or without policy: {', '.join(events)}.")
    early = {
        policy: sponsorship.begun - sponsorship.usual
        for policy, sponsorship in comparison.sponsorship.items()
        if sponsorship.usual_end is not None and sponsorship.usual < sponsorship.begun
    }
    if early:
        chance = format_exact_percent(float(parameters["executives.succession"]))
        keeps = format_exact_percent(float(parameters["executives.successor_keeps"]))
        listed = ", ".join(f"{policy} in {number}" for policy, number in early.items())
        paragraphs.append(
            f"Some programs end in another week than usual ({listed} of the {plan.replicates} runs): each executive is "
            f"succeeded with a chance of {chance} a year, a sponsor's successor keeps the program with a chance of "
            f"{keeps}, and phases may stop on a condition. Measures at the end of sponsorship are taken in each run "
            "when its own sponsorship ends."
        )
    return paragraphs


def _caveats(comparison: Comparison) -> list[str]:
    """Limits of these numbers."""
    plan = comparison.plan
    tiers = Counter(parameter.tier for parameter in current().parameters.values())
    conjectured = tiers[Tier.CONJECTURE]
    caveats = [
        "Evidence tier 5 of 5: the comparison of these policies is this model's conjecture. No study compares such "
        "policies side by side, so nothing here is validated, whatever the evidence for single mechanisms.",
        f"Of the model's {tiers.total()} parameters {conjectured} are conjectures or stand for the user's own "
        f"organization; {tiers[Tier.EXPERIMENT] + tiers[Tier.REPLICATION]} rest on experiments or exact replications, "
        f"{tiers[Tier.OBSERVATION]} on large observational data, {tiers[Tier.SURVEY]} on surveys.",
        "Intervals hold the chance of the simulation: between runs of this model with these parameters. They do not hold "
        "uncertainty about the parameters or about the model; vary those (--unknown 40, --tornado, --set NAME=VALUE, or a sweep) "
        "before leaning on a number.",
        f"Policies are judged by {heading(plan.scenario.objective)} alone; value for customers and value for the "
        "organization are both in the table, and they need not agree.",
    ]
    caveats.append(
        "Prices, margins and the market are the user's own: --unknown and --tornado leave them as they are, unless --vary names "
        "them (--vary money --vary cost)."
    )
    represented = float(plan.scenario.parameters.get("customers.represented", 1.0))
    if represented > 1.0:
        caveats.append(
            f"Each simulated customer stands for {represented:g}, which makes money and retention vary more from run "
            f"to run than they would with all of them (--grain {FINE} simulates every one)."
        )
    if plan.replicates < 10:
        caveats.append(f"With {plan.replicates} replicates intervals are wide, and rare turns may not have come up.")
    return caveats
