"""Values of parameters by dotted name: from sections of a file, futures, Python and the command line."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import partial
from itertools import product
from typing import Any

from pydantic_core import PydanticCustomError

from sim.model.kernel.parameters import Parameter, ParameterValue
from sim.model.registry import Registry
from sim.model.scenario.crossing import CROSS_RULES, broken
from sim.model.scenario.messages import Faults, number_in_words, show
from sim.model.scenario.refusals import Refusals, all_of, refusal, sort_out
from sim.model.scenario.rules import default_in_words, parameter_rule, present_in_words
from sim.model.scenario.solving import contradictions
from sim.model.scenario.suggestions import did_you_mean, meant_in_section
from sim.model.scenario.tables import read_named

SCENARIO_KEYS = ("name", "about", "notice", "try", "currency", "weeks", "default_policies", "objective")
"""Keys of a scenario file with a single value, in the order in which people write them."""

STRUCTURE = {
    "departments": "list of tables [[departments]]",
    "policies": "tables [policies.NAME]",
    "events": "list of tables [[events]]",
    "futures": "tables [futures.NAME]",
    "plausible": "table of ranges [LOW, HIGH] by parameter",
}
"""Keys of a scenario file that are tables of their own, each with a hint. All other tables are sections of parameters."""

_DEEPEST, _MOST_MEANT = 4, 4


def sections(known: Registry) -> dict[str, str]:
    """Tables of a file that hold parameters, each with a hint.

    Raises:
        ValueError: If a section is called like another part of a scenario file.
    """
    names = {parameter.section: "table of parameters" for parameter in known.parameters.values()}
    for name in names:
        if name in SCENARIO_KEYS or name in STRUCTURE:
            raise ValueError(f"section {name} of the parameters is a part of scenario files already. Rename it.")
    return names


def flatten(tables: Mapping[str, Any], legal: Collection[str], place: str = "", depth: int = 0) -> dict[str, Any]:
    """Values by dotted name, in the order of the file, from tables, tables in tables, and keys that are dotted already.

    A table stays whole if its name is that of a value, if it is empty, or if it is nested too deeply to mean anything.
    Reading it as a value then gives a fault.
    """
    flat: dict[str, Any] = {}
    for key, value in tables.items():
        name = f"{place}.{key}" if place else str(key)
        nested = isinstance(value, Mapping) and name not in legal and depth < _DEEPEST
        if nested and (value or not place):
            flat.update(flatten(value, legal, name, depth + 1))
        else:
            flat[name] = value
    return flat


def read_values(
    flat: Mapping[str, Any],
    known: Registry,
    beside: Mapping[str, ParameterValue],
    present: Mapping[str, ParameterValue] | None = None,
) -> tuple[dict[str, ParameterValue], Refusals]:
    """The legal values by dotted name, and the refusals of the others.

    Args:
        flat: Dotted name -> value.
        known: The registry of parameters.
        beside: Values of the other parameters, for rules between parameters.
        present: Values that are there without these, for messages; ``beside`` unless given.
    """
    rules = {name: parameter_rule(known.parameters[name]) for name in flat if name in known.parameters}
    values, wrong = read_named(flat, rules, lambda name: _unknown(name, known))
    wrong = _with_present(wrong, known, present or beside)
    legal = {name: value for name, value in {**beside, **values}.items() if name in values or name not in flat}
    found = [*broken(legal, among=values), *contradictions(values, {} if wrong else beside)]
    return values, wrong + [((name,), refusal(rule, remedy)) for name, rule, remedy in found]


def _with_present(wrong: Refusals, known: Registry, present: Mapping[str, ParameterValue]) -> Refusals:
    """The refusals, with what the scenario has in place of the default where these differ."""
    refused: Refusals = []
    for way, because in wrong:
        parameter, said = known.parameters.get(str(way[0])), because.context or {}
        if parameter is not None and said.get("remedy") == default_in_words(parameter):
            value = present.get(parameter.name, parameter.default)
            remedy = said["remedy"] if value == parameter.default else present_in_words(value)
            refused.append((way, refusal(**{**said, "remedy": remedy})))
        else:
            refused.append((way, because))
    return refused


def read_ranges(
    flat: Mapping[str, Any], known: Registry, beside: Mapping[str, ParameterValue]
) -> tuple[dict[str, tuple[float, float]], Refusals]:
    """The plausible ranges by dotted name, and the refusals of the others.

    A range lies inside the legal range, and its low is below its high. The value of the scenario need not lie in it.

    Args:
        flat: Dotted name -> ``[low, high]``.
        known: The registry of parameters.
        beside: Values of all parameters, for rules between parameters: they must hold at all ends of the ranges.
    """

    def read_one(name: str, value: object) -> tuple[float, float]:
        if name not in known.parameters:
            raise _unknown(name, known)
        parameter = known.parameters[name]
        if parameter.low is None:
            raise refusal("is no number, so it has no range.", "Leave it out, or make a table [futures.NAME] of it.")
        if not isinstance(value, list | tuple) or len(value) != 2:
            raise refusal(f"must be [LOW, HIGH], got {show(value)}.", f"Write for example {_example(parameter)}.")
        rule = parameter_rule(parameter).adapter
        low, high = all_of(*(partial(rule.validate_python, end) for end in value))
        if not low < high:
            text = f"must have a low below its high, got {show(low)} and {show(high)}."
            swapped = f"Write [{show(high)}, {show(low)}]." if high < low else ""
            raise refusal(text, swapped or "Widen it, or leave it out and set the parameter itself.")
        return low, high

    ranges, wrong = sort_out(flat.items(), read_one)
    for corner in product(*([(name, end) for end in ranges[name]] for name in ranges if name in _CROSSED)):
        for name, rule, remedy in broken({**beside, **dict(corner)}, among=dict(corner)):
            fault = next(each for each in (name, *dict(corner)) if each in ranges)
            text = f"at one of its ends {name} breaks a rule: it {rule}"
            if all(way != (fault,) for way, _ in wrong):
                wrong.append(((fault,), refusal(text, remedy)))
    return ranges, wrong


_CROSSED = frozenset(name for rule in CROSS_RULES for name in rule.parameters)


def _example(parameter: Parameter) -> str:
    """A range that is legal: the plausible one, or the whole."""
    low, high = parameter.plausible or (parameter.low or 0.0, parameter.high or 0.0)
    return f"[{number_in_words(low)}, {number_in_words(high)}]"


def _unknown(name: str, known: Registry) -> PydanticCustomError:
    """Message about an unknown parameter: it may be misspelled, in the wrong section, or a setting."""
    rule, (section, _, last) = "is not a parameter.", name.partition(".")
    if last in (*SCENARIO_KEYS, *STRUCTURE):
        setting = f"Write {last} at the top of the file, before the first [table]."
        inside = [key for key in known.parameters if key.partition(".")[0] == section]
        meant = [key for key in meant_in_section(name, inside) if last in key.partition(".")[2].split("_")]
        return refusal(rule, f"Did you mean {' or '.join(meant)}?" if meant else setting)
    return refusal(rule, "`centricity list parameters` shows all of them.", lambda: suggest_parameter(name, known))


def suggest_parameter(name: str, known: Registry) -> str:
    """The parameters that were probably meant, as a sentence; empty if no name comes close."""
    meant = meant_in_section(name, list(known.parameters))[:_MOST_MEANT]
    if len(meant) > 1:
        return f"Did you mean {', '.join(meant[:-1])} or {meant[-1]}?"
    return did_you_mean(meant[0], {meant[0]: parameter_rule(known.parameters[meant[0]]).hint}) if meant else ""


def parse_assignment(assignment: str) -> tuple[str, ParameterValue]:
    """Name and value of ``NAME=VALUE`` as it comes from the command line.

    The value becomes true or false, an integer, a number, or else a word. :meth:`sim.model.scenario.Scenario.override`
    checks whether it is legal for the name.

    Raises:
        ScenarioError: If there is no ``=``, no name or no value.

    Example:
        >>> parse_assignment("employees.turnover=0.05")
        ('employees.turnover', 0.05)
    """
    name, equals, text = (part.strip() for part in assignment.partition("="))
    if not (name and equals and text):
        faults = Faults(f"--set {assignment}")
        faults.add("the assignment", "must be NAME=VALUE. Write for example --set employees.turnover=0.05.")
        faults.raise_any()
    return name, _value(text)


def _value(text: str) -> ParameterValue:
    if text in ("true", "false"):
        return text == "true"
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
