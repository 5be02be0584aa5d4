"""Reading parameter values: sections of a file, named futures, overrides from Python and the command line."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sim.model.kernel.parameters import ParameterValue
from sim.model.registry import Registry
from sim.model.scenario.messages import Faults, closest, did_you_mean, inside
from sim.model.scenario.rules import REFUSED, Rule, parameter_rule
from sim.model.scenario.schema import SETTINGS, STRUCTURE

OVERRIDABLE = ("weeks", "objective")
"""Settings, other than parameters, that an override may change."""

_DEEPEST = 4
_ALL = "`centricity list parameters` shows all of them."


def sections(known: Registry) -> dict[str, str]:
    """Tables of a file that hold parameters, each with a hint.

    Raises:
        ValueError: If a section is called like another part of a scenario file.
    """
    names = {parameter.section: "table of parameters" for parameter in known.parameters.values()}
    for name in names:
        if name in SETTINGS or name in STRUCTURE:
            raise ValueError(f"section {name} of the parameters is a part of scenario files already. Rename it.")
    return names


def flatten(tables: Mapping[str, Any], legal: Collection[str], place: str = "", depth: int = 0) -> dict[str, Any]:
    """Values by dotted name, in the order of the file, from tables, tables in tables, and keys that are dotted already.

    A table stays whole where its name is one that takes a value, where it is empty, and where it is nested too deeply
    to mean anything, so that reading it as a value gives a fault.
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


def read_values(flat: Mapping[str, Any], place: str, known: Registry, faults: Faults) -> dict[str, ParameterValue]:
    """The legal values among dotted names; a fault is noted for each of the others."""
    values: dict[str, ParameterValue] = {}
    for name, value in flat.items():
        parameter = known.parameters.get(name)
        if parameter is None:
            _refuse(name, inside(place, name), known, faults)
            continue
        entry = parameter_rule(parameter).read(value, inside(place, name), faults)
        if entry is not REFUSED:
            values[name] = entry
    return values


def _refuse(name: str, place: str, known: Registry, faults: Faults) -> None:
    """Note an unknown parameter: it may be misspelt, in the wrong section, or no parameter but a setting."""
    last = name.rpartition(".")[2]
    if last != name and (last in SETTINGS or last in STRUCTURE):
        faults.add(place, f"is not a parameter. Write {last} at the top of the file, before the first [table].")
        return
    match = meant(name, known, faults)
    hints = {match: parameter_rule(known.parameters[match]).hint} if match else {}
    faults.add(place, f"is not a parameter. {did_you_mean(match, hints) or _ALL}")


def meant(name: str, known: Registry, faults: Faults) -> str | None:
    """Parameter that was probably meant by a name.

    Candidates in this order: similar names in the same section, the same word in another section, any similar name.
    """
    if not faults.patient:
        return None
    dotted = name.replace("__", ".")
    section, _, word = dotted.partition(".")
    siblings = {key.partition(".")[2]: key for key, entry in known.parameters.items() if entry.section == section}
    match = faults.suggestion(word, siblings)
    if match:
        return siblings[match]
    # In a section that exists, a similar name is a sibling; looking further, the section alone would make all similar.
    return namesake(dotted, known) or (None if siblings else faults.suggestion(dotted, known.parameters))


def namesake(name: str, known: Registry) -> str | None:
    """Parameter of the same name in some section, the section being left out or wrong."""
    last = name.rpartition(".")[2]
    namesakes = [key for key in known.parameters if key.partition(".")[2] == last]
    return closest(name, namesakes) or namesakes[0] if namesakes else None


def read_override(
    values: Mapping[str, object], known: Registry, faults: Faults
) -> tuple[dict[str, ParameterValue], dict[str, Any]]:
    """Parameters and settings out of one mapping of dotted names."""
    rules: dict[str, Rule] = {name: SETTINGS[name] for name in OVERRIDABLE}
    settings = {}
    for name in OVERRIDABLE:
        if name in values:
            entry = rules[name].read(values[name], name, faults)
            if entry is not REFUSED:
                settings[name] = entry
    flat = {str(name): value for name, value in values.items() if name not in rules}
    return read_values(flat, "", known, faults), settings


def parse_assignment(assignment: str) -> tuple[str, ParameterValue]:
    """Name and value of ``NAME=VALUE`` as it comes from the command line.

    The value becomes true or false, an integer, a number or else a word; whether the name takes it is for
    :meth:`sim.model.scenario.Scenario.override` to say.

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
