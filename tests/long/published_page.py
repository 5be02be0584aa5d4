"""``python tests/long/published_page.py``: write what published organizations say into the documentation, from the kept study.

``docs/published-organizations.md`` is written whole, and the README between two marks; a test holds that both are current.
"""

from __future__ import annotations

import re
import sys
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]

from long.study import TOP
from sim.model.registry import current

PAGE = TOP / "docs" / "published-organizations.md"
README = TOP / "README.md"
BEGIN, END = "<!-- published -->\n", "<!-- end of published -->"

_POLICIES = {
    "symbolic": "speeches and posters",
    "procedural": "procedures, monitored",
    "value-driven": "training, coaching, example, hiring",
}
_PARTS = {
    "jones-2013/adopted": "team training in hospitals: share of people who took it up after a year",
    "bloom-8y/adopted": "plants in India: practices taken up in the first year",
    "bloom-8y/kept": "plants in India: what of that is left after 8.5 years",
    "ament-2015/kept": "guidelines, 2.6 years on: share of organizations that kept them",
    "ament-2015/lost": "guidelines, 2.6 years on: share of organizations that lost them",
    "keystone/eighteen-months": "infections after 18 months, as a share of before",
    "keystone/three-years": "infections after three years, as a share of before",
}
_MOST = 0.5
_SURPRISING = 0.05


def number(value: float | None) -> str:
    """A number with two digits that count, without the zero before the point."""
    if value is None:
        return "none"
    if abs(value) < 0.0005:
        return "0"
    text = f"{value:.3f}" if abs(value) < 0.1 else f"{value:.2f}"
    return re.sub(r"^(-?)0\.", r"\1.", text)


def percent(value: float) -> str:
    """A share in percent."""
    return f"{100.0 * value:.0f} %"


def split_headlines(
    result: Mapping[str, Any],
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]]]:
    """Headlines that hold at surely more than half of the points of the posterior, at surely fewer, and the others."""
    each = sorted(result["headlines"], key=lambda one: one["after"]["share"])
    more = [one for one in each if one["after"]["low"] > _MOST]
    fewer = [one for one in each if one["after"]["high"] < _MOST]
    return more, fewer, [one for one in each if one not in more and one not in fewer]


def count_cases(cases: Sequence[Mapping[str, Any]]) -> str:
    """How many cases fail, are undecided and hold."""
    counts = [sum(each["verdict"] == verdict for each in cases) for verdict in ("fails", "inconclusive", "holds")]
    words = ("fails", "cannot be decided", "holds"), ("fail", "cannot be decided", "hold")
    failing, open_, holding = (f"{count} {words[count != 1][at]}" for at, count in enumerate(counts))
    return f"{failing}, {open_} and {holding}"


def failing_still(result: Mapping[str, Any]) -> list[str]:
    """Cases that fail over the posterior although the norm was calibrated to them."""
    own = {each.split("/")[0] for each in result["targets"]}
    rows = result["cases"]["rows"]
    return [
        case
        for case in sorted(own)
        if any(name.split("/")[0] == case and row["after"]["verdict"] == "fails" for name, row in rows.items())
    ]


def describe_reach(result: Mapping[str, Any]) -> str:
    """Whether the model reaches the published numbers, in words."""
    targets, points = result["targets"], result["points"]
    name, rarest = min(targets.items(), key=lambda item: item[1]["inside"])
    said = (
        f"Of {points:,} points of its plausible ranges none shows all {len(targets)} numbers, and the best shows "
        f"{result['most_shown']}; `{name}` comes out at {rarest['inside']}."
        if result["most_shown"] < len(targets)
        else f"Some of {points:,} points of its plausible ranges show all {len(targets)} numbers."
    )
    rare = f"{100.0 * result['surprise']:.2g} %"
    return f"{said} Together they are as unusual as {rare} of what the model makes itself."


def render_short(result: Mapping[str, Any]) -> str:
    """What the first page of the documentation says."""
    more, fewer, open_ = split_headlines(result)
    still = failing_still(result)
    kept = next(one for one in result["headlines"] if one["id"] == "value-driven-holds/no-succession")
    cases = count_cases(result["cases"]["held_out"])
    lines = [
        "**Published organizations.** What if the norm is calibrated to four of twelve published cases? "
        + describe_reach(result),
        f"Calibrated all the same, {_listed(still)} still {'fails' if len(still) == 1 else 'fail'}."
        if still
        else "Calibrated to them, none of the four fails.",
        f"Of the eight others, {cases}. Of {len(result['headlines'])} statements behind the table of headlines, {len(more)} "
        f"come out at most points of what is left and {len(open_)} at about half; {len(fewer)} "
        f"{'does' if len(fewer) == 1 else 'do'} not{':' if fewer else '.'}",
    ]
    lines = [" ".join(lines), ""]
    lines += [
        f"- {_statement(one)}: at {percent(one['after']['share'])}, before at {percent(one['before']['share'])}."
        for one in fewer
    ]
    lines += [""] if fewer else []
    lines += [
        f"That value-driven change holds two years on comes out at {percent(kept['after']['share'])} of the points, "
        f"before at {percent(kept['before']['share'])}. {describe_foretelling(result)} No default is changed by this. "
        "[Published organizations](docs/published-organizations.md) has all of it, fails first.",
        "",
    ]
    return wrap(lines)


def _listed(cases: Sequence[str]) -> str:
    named = [f"`{case}`" for case in cases]
    return named[0] if len(named) == 1 else f"{', '.join(named[:-1])} and {named[-1]}"


def wrap(lines: Sequence[str]) -> str:
    """Lines of Markdown, prose broken as the other pages have it; tables, headings and commands stay as they are."""
    found, literal = [], False
    for line in lines:
        literal ^= line.startswith("```")
        if literal or not line or (line[0] in "|#`<" and not line.startswith("`fit`")):
            found.append(line)
        else:
            indent = "  " if line.startswith("- ") else ""
            found += textwrap.wrap(line, 128, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
    return "\n".join(found) + ("" if found[-1] == "" else "\n")


def _statement(one: Mapping[str, Any]) -> str:
    """A statement, with the policy in front where it does not name it."""
    policy = next((_POLICIES[each] for each in ("procedural", "value-driven") if one["id"].startswith(each)), "")
    if not policy:
        return f"{one['claim']} (`{one['id']}`)"
    return f"{policy[0].upper()}{policy[1:]}: {one['claim'][0].lower()}{one['claim'][1:]} (`{one['id']}`)"


def describe_foretelling(result: Mapping[str, Any]) -> str:
    """How often the last rows of a history were foretold better than as in the row before, in words."""
    found = [each["holdout"] for each in result["histories"].values() if each["holdout"]]
    better = sum(each["better"] for each in found)
    return (
        f"Of {len(found)} published histories that are long enough, the model foretells the last rows of {better} better than "
        f"“as in the row before”, and of {len(found) - better} worse."
    )


def render_page(result: Mapping[str, Any]) -> str:
    """The whole page."""
    parts = (_opening, _calibration, _parameters, _cases, _headlines, _table, _histories)
    return wrap([*(line for part in parts for line in part(result)), *_limits()])


def _opening(result: Mapping[str, Any]) -> list[str]:
    return [
        "# What published organizations say",
        "",
        "Twelve published cases are mirrored in the evidence (`results/reference/evidence.md`). None of them "
        "set a parameter. Here four "
        "of them do: the parameters of the norm, of which no field study measured any, are calibrated to these "
        "four together. Then it "
        "is asked whether the other eight come out better, and which of the model's headlines are left.",
        "",
        "This page is written from `results/reference/long/published.json`, which is made once a release:",
        "",
        "```text",
        "python tests/long published              # the study, again",
        "python tests/long/published_page.py      # this page and the part of the README that quotes it",
        "```",
        "",
        f"It ran with {result['points']:,} points of the norm and few organizations of 150 people at each "
        f"(eight hospitals, four plants, "
        "eight studies, two groups of units), so that it takes about forty minutes on two cores that others use as well. "
        "More points would sharpen the posterior a little.",
        "",
    ]


def _calibration(result: Mapping[str, Any]) -> list[str]:
    lines = [
        "## Can the model reach the four cases at all?",
        "",
        "*Points*: the middle one, and what 95 % of the points of the plausible ranges show. *Nearest*: the value of the "
        "point that comes nearest. *Inside*: the number of points within the published interval. Those least often "
        "reached first.",
        "",
        "| published number | published | points | nearest | inside |",
        "|---|---|---|---|---|",
    ]
    for name, each in sorted(result["targets"].items(), key=lambda item: item[1]["inside"]):
        inside = f"{each['inside']}" if each["inside"] else "**0: conflict**"
        lines.append(
            f"| {_PARTS[name]} (`{name}`) | {number(each['published'])} ({number(each['low'])} to {number(each['high'])}) "
            f"| {_middle(each['points'])} | {number(each['nearest'])} | {inside} |"
        )
    lines += ["", describe_reach(result)]
    if result["conflict_together"]:
        lines[-1] += " That is a conflict: what follows is a compromise, and no answer."
    elif result["surprise"] <= _SURPRISING:
        lines[-1] += (
            " `fit` calls it a conflict from 2 % on, so this is close to one: read what follows as a compromise."
        )
    if result["conflicts"]:
        lines += ["", "Nothing is fitted to the numbers that no point reaches."]
    without = ", ".join(f"{100.0 * each:.2g} % without `{case}`" for case, each in result["surprise_without"].items())
    lines += ["", f"It is not one case alone. How unusual the rest is, one left out in turn: {without}."]
    return [*lines, ""]


def _middle(values: Sequence[float]) -> str:
    low, middle, high = values
    return f"{number(middle)} ({number(low)} to {number(high)})"


def _parameters(result: Mapping[str, Any]) -> list[str]:
    known = [name for name, each in result["parameters"].items() if each["identified"]]
    silent = [name for name, each in result["parameters"].items() if not each["identified"]]
    lines = ["## What do they say about the norm?", ""]
    if known:
        lines += [
            "| parameter | plausible range | after (95 %) | less unknown | 80 % intervals hold in |",
            "|---|---|---|---|---|",
        ]
    for name in sorted(known, key=lambda one: -result["parameters"][one]["contraction"]):
        each = result["parameters"][name]
        low, high = each["plausible"]
        lines.append(
            f"| `{name}` | {low:g} to {high:g} | {each['median']:.2g} ({each['low']:.2g} to {each['high']:.2g}) "
            f"| {percent(each['contraction'])} | {percent(each['held_in_80'])} |"
        )
    omission = result["parameters"]["norm.omission_weight"]
    if omission["identified"] and omission["median"] < current().parameters["norm.omission_weight"].default:
        lines += [
            "",
            "The cases want practice to last longer than it mostly does here, and there is one parameter that "
            "lets it: how little "
            "it says to people about their values that they do *not* practice. It is an asymmetry in favor of "
            "practice, so what is "
            "learned is that something like it is needed, and not that this is what happens in people.",
        ]
    if silent:
        listed = ", ".join(f"`{each}`" for each in silent)
        lines += [
            "",
            f"The cases cannot tell {'' if known else 'anything '}about {listed}: these are as unknown as before.",
        ]
    return [*lines, ""]


def _cases(result: Mapping[str, Any]) -> list[str]:
    cases = result["cases"]
    lines = [
        "## Do the other eight come out?",
        "",
        f"Of the eight cases that the norm was not calibrated to, {count_cases(cases['held_out'])}. Before it was "
        f"calibrated, on the same organizations, {count_cases(cases['held_out_before'])}. Fails first; a case "
        f"fails if one row fails.",
        "",
        "| case | verdict | row | published | before | after | |",
        "|---|---|---|---|---|---|---|",
    ]
    for case in cases["held_out"]:
        lines += [_row(case["case"], case["verdict"], name, cases["rows"][name]) for name in case["rows"]]
    lines += [
        "",
        "The rows of the four cases themselves. What fails here fails although the norm was calibrated to it: "
        "that is a conflict of the "
        "model with the case, and is told and not fitted away.",
        "",
        "| row | published | before | after | |",
        "|---|---|---|---|---|",
    ]
    own = {each.split("/")[0] for each in result["targets"]}
    lines += [
        f"| `{name}` | {row['band']} | {_interval(row['before'])} | {_interval(row['after'])} | {row['after']['verdict']} |"
        for name, row in cases["rows"].items()
        if name.split("/")[0] in own
    ]
    return [*lines, ""]


def _row(case: str, verdict: str, name: str, row: Mapping[str, Any]) -> str:
    part = name.split("/")[1]
    return (
        f"| `{case}` | {verdict} | {part} | {row['band']} | {_interval(row['before'])} | {_interval(row['after'])} "
        f"| {row['after']['verdict']} |"
    )


def _interval(row: Mapping[str, Any]) -> str:
    if row["value"] is None:
        return "none"
    digits = ".0f" if abs(row["value"]) >= 10.0 else ""
    shown = [format(row[name], digits) if digits else number(row[name]) for name in ("value", "low", "high")]
    return f"{shown[0]} ({shown[1]} to {shown[2]})"


def _headlines(result: Mapping[str, Any]) -> list[str]:
    lines = [
        "## Which headlines are left?",
        "",
        "Share of points at which a statement comes out in the bank as it ships, with everything else that "
        "nobody knows drawn from its "
        "range: with the norm from its ranges (*before*) and from the posterior (*after*), each with its 95 % "
        "interval. Those that come "
        "out least first.",
        "",
        "| statement | before | after | |",
        "|---|---|---|---|",
    ]
    more, fewer, _ = split_headlines(result)
    for one in sorted(result["headlines"], key=lambda one: one["after"]["share"]):
        said = "holds" if one in more else "**does not hold**" if one in fewer else "undecided"
        lines.append(f"| {_statement(one)} | {_share(one['before'])} | {_share(one['after'])} | {said} |")
    return [*lines, "", "*Holds*: at surely more than half of the points; *does not hold*: at surely fewer.", ""]


def _share(found: Mapping[str, float]) -> str:
    return f"{percent(found['share'])} ({100.0 * found['low']:.0f} to {100.0 * found['high']:.0f})"


def _table(result: Mapping[str, Any]) -> list[str]:
    lines = [
        "The first table of the README for the bank as it ships, over all that nobody knows: the median and "
        "what holds four fifths of the "
        "points. Lifts over the twin in points, net present value over 260 weeks in millions, and how often it is above zero.",
        "",
        "| policy | norm | practice: end | two years on | service: end | two years on | net present value | above zero |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for policy, name in _POLICIES.items():
        for part in ("before", "after"):
            row = result["table"][part][policy]
            cells = [
                _spread(row[f"{kind}lift_{when}"], 100.0, 0)
                for kind in ("practicing_", "")
                for when in ("at_end", "later")
            ]
            money = row["net_present_value"]
            lines.append(
                f"| {name} | {part} | {' | '.join(cells)} | {_spread(money, 1e-6, 1)} | {percent(money['above_zero'])} |"
            )
    return [*lines, ""]


def _spread(found: Mapping[str, float], factor: float, digits: int) -> str:
    shown = [f"{round(factor * found[name], digits) + 0.0:.{digits}f}" for name in ("median", "low", "high")]
    return f"{shown[0]} ({shown[1]} to {shown[2]})"


def _histories(result: Mapping[str, Any]) -> list[str]:
    histories = result["histories"]
    foretold = {name: each for name, each in histories.items() if each["holdout"]}
    lines = [
        "## Histories to fit yourself",
        "",
        f"**{describe_foretelling(result)}**",
        "",
        "Four of the cases have three points in time or more. They ship as examples in "
        "`experiments/published`, with their sources, "
        "and are fitted one by one, as you would fit your own, with all parameters open:",
        "",
        "```text",
        *(each["command"] for each in histories.values()),
        "```",
        "",
    ]
    for name, each in histories.items():
        conflicts = f"“{' '.join(each['conflicts'])}”" if each["conflicts"] else "No conflict."
        known = ", ".join(f"`{one}`" for one in each["identified"])
        lines.append(
            f"- **{name}**, {each['rows']} rows: {conflicts} "
            + (f"It says something about {known}." if known else "It cannot tell anything about any parameter.")
        )
    lines += [
        "",
        "No conflict does not mean agreement: some of the 512 draws reach a history, or its few points say too little.",
        "",
        "The last rows, foretold, the worst first:",
        "",
        "| history | rows held out | error as a multiple of “as in the row before” | in histories of the model | |",
        "|---|---|---|---|---|",
    ]
    for name, each in sorted(foretold.items(), key=lambda item: -(item[1]["holdout"]["ratio"] or 0.0)):
        found = each["holdout"]
        lines.append(
            f"| {name} | {', '.join(map(_row_label, found['rows']))} | {number(found['ratio'])} | "
            f"{number(found['usual_ratio'])} "
            f"| {'better' if found['better'] else '**worse**'} |"
        )
    short = [name for name in histories if name not in foretold]
    lines += [
        "",
        f"{' and '.join(short)} {'have' if len(short) > 1 else 'has'} three rows or values, which leaves none "
        f"to hold out. All other "
        "published cases have fewer than three points in time, or signs alone "
        "(`experiments/published/README.md`). So this is not yet "
        "a test of foretelling.",
        "",
    ]
    return lines


def _row_label(label: str) -> str:
    return f"row {label}" if label.isdigit() and len(label) < 4 else label


def _limits() -> list[str]:
    return [
        "## What this does not show",
        "",
        "- Amounts of resources in the cases are judgments. A case that is out of reach may be mirrored wrongly.",
        "- Most cases are hospitals, and units are mapped (`sim/evidence/measures/cases.py`).",
        "- Chance is overstated: fewer organizations are simulated at a point than were studied, so the "
        "posterior is wide rather than "
        "narrow.",
        "- Only the norm is calibrated. Training and coaching have effects of their own, which are drawn and not learned.",
    ]


def write(result: Mapping[str, Any]) -> None:
    """Write the page, and the part of the README between its marks."""
    PAGE.write_text(render_page(result), encoding="utf-8", newline="\n")
    text = README.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    README.write_text(before + BEGIN + render_short(result) + END + after, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    from long.studies import STUDIES

    kept = STUDIES["published"].kept()
    if kept is None:
        sys.exit("There is no kept study. Run python tests/long published first.")
    write(kept["result"])
