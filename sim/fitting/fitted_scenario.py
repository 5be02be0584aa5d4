"""The scenario that a fit comes to: what the data say at its median, and how much is still open as a plausible range."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping
from typing import Any

from sim.fitting.request import FitSetup
from sim.lab.toml_text import write_toml
from sim.model.scenario import Scenario
from sim.model.scenario.rules import legal_name

_WIDTH = 110


def scenario_text(setup: FitSetup, summary: Mapping[str, Any]) -> str:
    """Text of a scenario file: the one that was fitted, with every change commented.

    What the data say nothing about stays as it was. What they say something about is set to its median, and its 95 % interval
    goes into ``[plausible]``, so that ``compare --unknown`` goes on drawing it.
    """
    identified = {name: each for name, each in summary["parameters"].items() if each["identified"]}
    silent = [name for name in summary["parameters"] if name not in identified]
    table = _short(setup.scenario, keep=set(identified))
    table["name"] = legal_name(f"{setup.scenario.name}-fitted", "fitted")
    plausible = dict(table.pop("plausible", {}))
    comments: dict[str, str] = {}
    for name, each in identified.items():
        section, _, key = name.partition(".")
        after, before = each["posterior"], each["prior"]
        integer = setup.scenario.registry.parameters[name].type == "integer"
        median, low, high = (
            round(after[end]) if integer else _short_number(after[end]) for end in ("median", "low", "high")
        )
        table.setdefault(section, {})[key] = median
        if low < high:
            plausible[name] = [min(low, median), max(high, median)]
        was = setup.scenario.parameters[name]
        comments[name] = f"fitted: was {was:g}; plausible before {before['low']:.3g} to {before['high']:.3g}"
    if plausible:
        table["plausible"] = plausible
    text = _commented(write_toml(table), comments)
    head = [
        f"{setup.scenario.name}, fitted to {setup.history.label} under the policy {setup.policy.name}.",
        "Medians of what the data say; 95 % intervals are under [plausible]. compare --posterior draws from all of it at once.",
    ]
    if silent:
        head.append(f"The data cannot tell, so these are as they were: {', '.join(silent)}.")
    head += [f"Conflict: {each['what']}" for each in summary["conflicts"]]
    return "\n".join(_comment(each) for each in head) + "\n\n" + text


def _short(scenario: Scenario, keep: set[str]) -> dict[str, Any]:
    """The scenario as a table, without parameters that are at their defaults."""
    table = scenario.to_dict()
    for name, parameter in scenario.registry.parameters.items():
        section, _, key = name.partition(".")
        if name not in keep and scenario.parameters[name] == parameter.default:
            table[section].pop(key)
    return {key: value for key, value in table.items() if value != {}}


def _short_number(value: float) -> float:
    return float(f"{value:.4g}")


def _commented(text: str, comments: Mapping[str, str]) -> str:
    """The text of a file with a comment behind the lines that set these parameters."""
    section, lines = "", []
    for line in text.splitlines():
        if match := re.fullmatch(r"\[([\w.-]+)\]", line):
            section = match[1]
        key = line.partition(" = ")[0]
        comment = comments.get(f"{section}.{key}")
        lines.append(line if comment is None else f"{line}  # {comment}")
    return "\n".join(lines) + "\n"


def _comment(text: str) -> str:
    plain = " ".join(text.split())
    return textwrap.fill(plain, _WIDTH, initial_indent="# ", subsequent_indent="# ", break_long_words=False)
