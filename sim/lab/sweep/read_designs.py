"""Reading the designs of an experiment."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, cast
from zlib import crc32

import numpy as np

from sim.lab.sweep.experiment import AS_DESCRIBED, SAMPLED, Design, Factor
from sim.lab.sweep.keys import tables_in
from sim.lab.sweep.read_factors import HAPPENS, lever_rule
from sim.lab.sweep.schema import DESIGN_DEFAULTS, KIND, MOST_POINTS, design_table
from sim.model.kernel.parameters import ParameterValue
from sim.model.policies.policy import FrozenMapping
from sim.model.registry import Registry
from sim.model.scenario.messages import Faults, did_you_mean, inside, listed, show
from sim.model.scenario.rules import REFUSED, Rule, list_of, parameter_rule, text, whole_number

LABEL = "label"
"""Key of a row of a list that says what it stands for."""

_LEVELS = Rule(whole_number(1, 10_000), "a whole number", "1 to 10000 (levels)", "levels, 1 to 10000")

_ANY_VALUE = Rule(ParameterValue, "a value", hint="a value", remedy="Write a number, true, false, or a word in quotes.")


def read_designs(
    raw: Mapping[str, Any],
    factors: Mapping[str, Factor],
    policies: tuple[str, ...],
    futures: tuple[str, ...],
    seed: int,
    known: Registry,
    faults: Faults,
) -> tuple[Design, ...]:
    """Every block of points, in the order of the file.

    Args:
        raw: Table of the file.
        factors: What varies, by name.
        policies: All policies of the experiment.
        futures: All of its futures, :data:`AS_DESCRIBED` among them.
        seed: Seed of the experiment.
        known: The registry of parameters.
        faults: Takes the messages.
    """
    found: list[Design] = []
    for location, table in tables_in(raw, "designs", faults):
        kind = table.get("kind") if isinstance(table, Mapping) else None
        legal = isinstance(kind, str) and KIND.read(kind, location, Faults()) is not REFUSED
        entries = design_table(cast(str, kind) if legal else None).read(table, location, faults)
        if not legal:
            continue
        assert isinstance(kind, str)
        number = sum(design.kind == kind for design in found)
        name = entries.get("name", kind if number == 0 else f"{kind}-{number + 1}")
        over = _read_over(kind, entries, factors, _declared(raw), location, faults)
        options = {key: entries.get(key, value) for key, value in DESIGN_DEFAULTS[kind].items()}
        points: tuple[Mapping[str, ParameterValue], ...] = ()
        if kind == "grid":
            options["levels"] = _read_levels(options["levels"], over, inside(location, "levels"), faults)
        if kind == "list" and "points" in entries:
            points = _read_points(entries["points"], factors, known, inside(location, "points"), faults)
            over = tuple(name for name in factors if any(name in point for point in points))
        _check_options(kind, options, location, faults)
        found.append(
            Design(
                name=name,
                kind=kind,
                over=over,
                policies=_select_names(
                    entries.get("policies"), policies, inside(location, "policies"), "policies", faults
                ),
                futures=_read_futures(entries.get("futures"), futures, inside(location, "futures"), faults),
                options=FrozenMapping(options),
                points=points,
                seed=_seed(seed, len(found)) if kind in SAMPLED else 0,
            )
        )
    for name, times in Counter(design.name for design in found).items():
        if times > 1:
            faults.add("designs", f"must have different names, got {show(name)} more than once. Rename one of them.")
    return tuple(found)


def _seed(seed: int, index: int) -> int:
    """Seed of what a design draws: SALib and SciPy take 32 bits."""
    sequence = np.random.SeedSequence(entropy=seed, spawn_key=(crc32(b"design"), index))
    return int(sequence.generate_state(1, np.uint32)[0])


def _declared(raw: Mapping[str, Any]) -> set[str]:
    """Names that a file tries to vary; one that has a fault of its own needs no second one."""
    tables = [
        table
        for key in ("uncertainties", "levers", "shocks")
        for table in (raw[key] if isinstance(raw.get(key), list | tuple) else ())
        if isinstance(table, Mapping)
    ]
    return {str(table[key]) for table in tables for key in ("parameter", "name", "change", "kind") if key in table}


def _read_over(
    kind: str,
    entries: Mapping[str, Any],
    factors: Mapping[str, Factor],
    declared: set[str],
    location: str,
    faults: Faults,
) -> tuple[str, ...]:
    """Factors that a design varies, in the order of the file: those it names, else all that have a range."""
    with_range = tuple(name for name, factor in factors.items() if factor.has_range)
    if kind == "list":
        if "over" in entries:
            faults.add(inside(location, "over"), "does not belong to a list: its points say what varies. Remove it.")
        return ()
    if "over" not in entries:
        if not with_range and (factors or not declared):
            faults.add(
                location, "has nothing to vary. Add [[uncertainties]], [[levers]] or [[shocks]] with low and high."
            )
        return with_range
    chosen = list_of(_ANY_VALUE, "a list of what varies", 'Write for example ["employees.turnover"].').read(
        entries["over"], inside(location, "over"), faults
    )
    if chosen is REFUSED:
        return ()
    for name in chosen:
        if name not in factors and name in declared:
            continue
        if name not in factors:
            hints = dict.fromkeys(factors, "")
            remedy = did_you_mean(faults.suggestion(str(name), hints), hints) or listed(hints, "Declare it first.")
            faults.add(inside(location, "over"), f"must name what the experiment varies, got {show(name)}. {remedy}")
        elif name not in with_range:
            faults.add(
                inside(location, "over"), f"needs low and high, or values, for {name}. Add them where it is declared."
            )
    return tuple(name for name in factors if name in chosen)


def _read_levels(raw: object, over: tuple[str, ...], location: str, faults: Faults) -> Mapping[str, int] | int:
    """Levels of a grid: one number for all, or a number for each factor."""
    if not isinstance(raw, Mapping):
        level = _LEVELS.read(raw, location, faults)
        return 1 if level is REFUSED else int(level)
    levels = {}
    for name, value in raw.items():
        if name not in over:
            faults.unknown(
                inside(location, name), str(name), "varied by this grid", dict.fromkeys(over, ""), "Remove it."
            )
            continue
        level = _LEVELS.read(value, inside(location, name), faults)
        levels[str(name)] = 1 if level is REFUSED else int(level)
    return FrozenMapping(levels)


def _check_options(kind: str, options: Mapping[str, Any], location: str, faults: Faults) -> None:
    """Note faults for numbers that the methods cannot use."""
    if kind == "sobol" and options["number"] & (options["number"] - 1):
        faults.add(inside(location, "number"), f"must be a power of 2, got {options['number']}. Write 64, 128 or 256.")
    if kind == "morris" and options["levels"] % 2:
        faults.add(inside(location, "levels"), f"must be even, got {options['levels']}. Write 4 or 6.")


def _select_names(
    chosen: tuple[str, ...] | None, every: tuple[str, ...], location: str, noun: str, faults: Faults
) -> tuple[str, ...]:
    """The names that a design asks for, in the order of the experiment; all if it names none."""
    if chosen is None:
        return every
    for name in chosen:
        if name not in every:
            hints = dict.fromkeys(every, "")
            remedy = did_you_mean(faults.suggestion(name, hints), hints) or listed(hints, "Add it to the experiment.")
            faults.add(location, f"must be {noun} of the experiment, got {show(name)}. {remedy}")
    return tuple(name for name in every if name in chosen)


def _read_futures(raw: object, futures: tuple[str, ...], location: str, faults: Faults) -> tuple[str, ...]:
    """Futures of a design; an empty list is the scenario as described alone."""
    if raw is None:
        return futures
    if not isinstance(raw, list | tuple) or not all(isinstance(name, str) for name in raw):
        faults.add(
            location, f"must be a list of futures, got {show(raw)}. Write [] for the scenario as described alone."
        )
        return futures
    return (AS_DESCRIBED, *_select_names(tuple(raw), futures[1:], location, "futures", faults))


def _read_points(
    raw: object, factors: Mapping[str, Factor], known: Registry, location: str, faults: Faults
) -> tuple[Mapping[str, ParameterValue], ...]:
    """Rows of a list."""
    if not isinstance(raw, list | tuple) or not raw:
        faults.add(
            location, f'must be a list of tables, got {show(raw)}. Write for example [{{"employees.turnover" = 0.1}}].'
        )
        return ()
    if len(raw) > MOST_POINTS:
        faults.add(location, f"must be at most {MOST_POINTS} rows, got {len(raw)}. Shorten it.")
        return ()
    label = text("what the row stands for", 200)
    rows = []
    for index, table in enumerate(raw):
        location_of_row = f"{location}[{index}]"
        if not isinstance(table, Mapping):
            faults.add(location_of_row, f'must be a table, got {show(table)}. Write {{"employees.turnover" = 0.1}}.')
            continue
        row: dict[str, ParameterValue] = {}
        for name, value in _flatten(table, factors).items():
            if name not in factors and name != LABEL:
                hints = dict.fromkeys([*factors, LABEL], "")
                faults.unknown(
                    inside(location_of_row, name), name, "varied by the experiment", hints, "Declare it first."
                )
                continue
            rule = label if name == LABEL else _value_rule(factors[name], known)
            entry = rule.read(value, inside(location_of_row, name), faults)
            if entry is not REFUSED:
                row[name] = entry
        rows.append(FrozenMapping(row))
    return tuple(rows)


def _flatten(table: Mapping[str, Any], factors: Mapping[str, Factor], location: str = "") -> dict[str, Any]:
    """Values by dotted name; TOML makes tables of names with dots that are not in quotes."""
    flat: dict[str, Any] = {}
    for key, value in table.items():
        name = f"{location}.{key}" if location else str(key)
        if isinstance(value, Mapping) and value and name not in factors and not location:
            flat |= _flatten(value, factors, name)
        else:
            flat[name] = value
    return flat


def _value_rule(factor: Factor, known: Registry) -> Rule:
    """Rule for a single value of a factor."""
    if factor.role == "uncertainty":
        return parameter_rule(known.parameters[factor.target])
    if factor.role == "lever":
        return lever_rule(factor.target)
    if factor.target == HAPPENS:
        return Rule(bool, "true or false")
    if factor.target == "week":
        return Rule(whole_number(0, 5200), "a whole number", "0 to 5200 (weeks)")
    fields = [
        event_kind.fields[factor.target]
        for event_kind in known.event_kinds.values()
        if factor.target in event_kind.fields
    ]
    return parameter_rule(fields[0])
