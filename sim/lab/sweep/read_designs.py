"""Tables of an experiment file about its designs."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any
from zlib import crc32

import numpy as np
from pydantic import Field, Strict, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from sim.lab.sweep.context import MOST_POINTS, NAMES, ExperimentContext, count_rule, not_among, part, read_tables
from sim.lab.sweep.designs import count_rows
from sim.lab.sweep.experiment import AS_DESCRIBED, KINDS, SAMPLED, Design, Factor
from sim.lab.sweep.read_factors import HAPPENS, lever_rule
from sim.model.kernel.parameters import ParameterValue
from sim.model.policies.policy import FrozenMapping
from sim.model.registry import Registry
from sim.model.scenario.messages import show
from sim.model.scenario.refusals import all_of, at, raise_any, refusal, repeated, sort_out
from sim.model.scenario.rules import NAME, Rule, list_of, one_of, parameter_rule, text, whole_number
from sim.model.scenario.suggestions import among
from sim.model.scenario.tables import Table, read_named

LABEL = "label"
"""Key of a row of a list that says what it stands for."""

SWITCH = Rule(
    Annotated[bool, Strict()], "true or false", hint="true or false", remedy="Write true or false, without quotes."
)
"""Rule for a setting that is on or off."""

_KIND = one_of(dict.fromkeys(KINDS, ""), f"one of {', '.join(KINDS)}", hint="kind of design")

_LEVELS = Rule(whole_number(1, 10_000), "a whole number", "1 to 10000 (levels)", "levels, 1 to 10000")

_ANY_VALUE = Rule(ParameterValue, "a value", hint="a value", remedy="Write a number, true, false, or a word in quotes.")

_WHAT_VARIES = list_of(_ANY_VALUE, "a list of what varies", 'Write for example ["employees.turnover"].')

_ROW_LABEL = text("what the row stands for", 200)


class DesignTable(Table):
    """A table ``[[designs]]``: the keys of all kinds."""

    NOUN = "a setting of a design"

    kind: Annotated[str, _KIND]
    name: Annotated[str, NAME] = ""
    over: Annotated[tuple[str, ...], part("list of factors")] = Field((), validate_default=True)
    policies: Annotated[tuple[str, ...] | None, NAMES] = None
    futures: Annotated[tuple[str, ...] | None, part("list of futures")] = None

    @classmethod
    def hints(cls, context: Any) -> dict[str, str]:
        """As long as its kind is not known, a table may have the keys of each kind."""
        hints = super().hints(context)
        for model in DESIGN_TABLES.values() if cls is DesignTable else ():
            hints |= model.hints(context)
        return hints

    @classmethod
    def unknown(cls, key: str, context: Any) -> PydanticCustomError:
        """Say of a key of another kind of design where it belongs."""
        kinds = [kind for kind, model in DESIGN_TABLES.items() if key in model.model_fields]
        if kinds:
            return refusal(f"is not {cls.NOUN}.", f"It belongs to designs of the kind {' and '.join(kinds)}.")
        return super().unknown(key, context)

    @field_validator("over", mode="plain")
    @classmethod
    def _read_over(cls, raw: object, info: ValidationInfo[ExperimentContext]) -> tuple[str, ...]:
        return cls.choose(raw, info.context)

    @classmethod
    def choose(cls, raw: object, context: ExperimentContext) -> tuple[str, ...]:
        """Factors that a design varies, in the order of the file: those it names, else all that have a range."""
        factors = context.factors
        with_range = tuple(name for name, factor in factors.items() if factor.has_range)
        if raw == ():
            return with_range
        chosen = _WHAT_VARIES.adapter.validate_python(raw)
        clear = [name for name in chosen if name not in context.unclear]
        wrong = not_among(clear, factors, "must name what the experiment varies", "Declare it first.")
        rule = "needs low and high, or values, for {}."
        bare = [name for name in chosen if name in factors and name not in with_range]
        raise_any([*wrong, *(at("", rule.format(name), "Add them where it is declared.") for name in bare)])
        return tuple(name for name in factors if name in chosen)

    @field_validator("policies")
    @classmethod
    def _select_policies(cls, chosen: tuple[str, ...], info: ValidationInfo[ExperimentContext]) -> tuple[str, ...]:
        return _select_names(chosen, info.context.policy_names, "policies")

    @field_validator("futures", mode="plain")
    @classmethod
    def _select_futures(cls, raw: object, info: ValidationInfo[ExperimentContext]) -> tuple[str, ...]:
        """Futures of a design; an empty list is the scenario as described alone."""
        if not isinstance(raw, list | tuple) or not all(isinstance(name, str) for name in raw):
            remedy = "Write [] for the scenario as described alone."
            raise refusal(f"must be a list of futures, got {show(raw)}.", remedy)
        futures = info.context.futures
        return (AS_DESCRIBED, *_select_names(tuple(raw), None if futures is None else futures[1:], "futures"))

    @property
    def options(self) -> dict[str, Any]:
        """The settings that only its kind has."""
        own = [name for name in type(self).model_fields if name not in DesignTable.model_fields and name != "points"]
        return {name: getattr(self, name) for name in own}


class GridTable(DesignTable):
    """Every combination of levels."""

    NOUN = "a setting of a grid design"

    levels: Annotated[int | Mapping[str, int], part("whole number of levels")] = 3

    @field_validator("levels", mode="plain")
    @classmethod
    def _read_levels(cls, raw: object, info: ValidationInfo[ExperimentContext]) -> int | Mapping[str, int]:
        """Levels of a grid: one number for all, or a number for each factor."""
        if not isinstance(raw, Mapping):
            level: int = _LEVELS.adapter.validate_python(raw)
            return level
        over = info.data.get("over", raw)
        rules = dict.fromkeys((*over, *info.context.unclear), _LEVELS)
        hints = dict.fromkeys(over, "")
        levels, wrong = read_named(
            raw, rules, lambda name: refusal("is not varied by this grid.", "Remove it.", among(name, hints))
        )
        raise_any(wrong)
        return FrozenMapping(levels)


class ListTable(DesignTable):
    """Rows that are written out."""

    NOUN = "a setting of a list design"

    points: Annotated[tuple[Mapping[str, ParameterValue], ...], part("list of tables, each factor = value")]

    @classmethod
    def choose(cls, raw: object, context: ExperimentContext) -> tuple[str, ...]:
        """Its points say what varies."""
        if raw != ():
            raise refusal("does not belong to a list: its points say what varies.", "Remove it.")
        return ()

    @field_validator("points", mode="plain")
    @classmethod
    def _read_points(
        cls, raw: object, info: ValidationInfo[ExperimentContext]
    ) -> tuple[Mapping[str, ParameterValue], ...]:
        if not isinstance(raw, list | tuple) or not raw:
            example = 'Write for example [{"employees.turnover" = 0.1}].'
            raise refusal(f"must be a list of tables, got {show(raw)}.", example)
        if len(raw) > MOST_POINTS:
            raise refusal(f"must be at most {MOST_POINTS} rows, got {len(raw)}.", "Shorten it.")
        factors, known = info.context.factors, info.context.known
        rules = dict.fromkeys(info.context.unclear, _ANY_VALUE)
        rules |= {name: _value_rule(factor, known) for name, factor in factors.items()}
        rules[LABEL] = _ROW_LABEL
        hints = dict.fromkeys([*factors, LABEL], "")
        rows, wrong = sort_out(enumerate(raw), lambda _, table: _read_row(table, rules, hints))
        raise_any(wrong)
        return tuple(rows.values())


def _read_row(table: object, rules: Mapping[str, Rule], hints: Mapping[str, str]) -> Mapping[str, ParameterValue]:
    """A row of a list: a value for each of some factors."""
    if not isinstance(table, Mapping):
        raise refusal(f"must be a table, got {show(table)}.", 'Write {"employees.turnover" = 0.1}.')
    row, wrong = read_named(
        _flatten(table, rules),
        rules,
        lambda name: refusal("is not varied by the experiment.", "Declare it first.", among(name, hints)),
    )
    raise_any(wrong)
    return FrozenMapping(row)


def _flatten(table: Mapping[str, Any], legal: Mapping[str, Any], location: str = "") -> dict[str, Any]:
    """Values by dotted name; TOML makes tables of names with dots that are not in quotes."""
    flat: dict[str, Any] = {}
    for key, value in table.items():
        name = f"{location}.{key}" if location else str(key)
        if isinstance(value, Mapping) and value and name not in legal and not location:
            flat |= _flatten(value, legal, name)
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


class OneAtATimeTable(DesignTable):
    """One factor after the other at its other values."""

    NOUN = "a setting of a one-at-a-time design"


class LatinHypercubeTable(DesignTable):
    """Rows that are spread evenly over each range."""

    NOUN = "a setting of a latin-hypercube design"

    number: Annotated[int, count_rule(1, MOST_POINTS, "rows")] = 50


class SobolTable(DesignTable):
    """Rows for Sobol indices."""

    NOUN = "a setting of a sobol design"

    number: Annotated[int, count_rule(2, MOST_POINTS, "base rows, a power of 2")] = 64
    second_order: Annotated[bool, SWITCH] = False

    @field_validator("number")
    @classmethod
    def _power_of_two(cls, number: int) -> int:
        if number & (number - 1):
            raise refusal(f"must be a power of 2, got {number}.", "Write 64, 128 or 256.")
        return number


class MorrisTable(DesignTable):
    """Trajectories for elementary effects."""

    NOUN = "a setting of a morris design"

    trajectories: Annotated[int, count_rule(2, MOST_POINTS, "trajectories")] = 10
    levels: Annotated[int, count_rule(4, 100, "levels, an even number")] = 4

    @field_validator("levels")
    @classmethod
    def _even(cls, levels: int) -> int:
        if levels % 2:
            raise refusal(f"must be even, got {levels}.", "Write 4 or 6.")
        return levels


DESIGN_TABLES: Mapping[str, type[DesignTable]] = {
    "grid": GridTable,
    "list": ListTable,
    "one-at-a-time": OneAtATimeTable,
    "latin-hypercube": LatinHypercubeTable,
    "sobol": SobolTable,
    "morris": MorrisTable,
}
"""Table of each kind of design."""


def read_designs(raw: object, seed: int, context: ExperimentContext) -> tuple[Design, ...]:
    """Every block of points, in the order of the file.

    Args:
        raw: List of tables, as in the file.
        seed: Seed of the experiment.
        context: What is known of the experiment.

    Raises:
        ValidationError: With every refusal.
    """
    tables, wrong = read_tables(raw, lambda table: _read_design(table, context))
    designs: list[Design] = []
    for table in tables.values():
        number = sum(design.kind == table.kind for design in designs)
        points = getattr(table, "points", ())
        in_points = {name for point in points for name in point}
        designs.append(
            Design(
                name=table.name or (table.kind if number == 0 else f"{table.kind}-{number + 1}"),
                kind=table.kind,
                over=tuple(name for name in context.factors if name in in_points) if points else table.over,
                policies=(context.policy_names or ()) if table.policies is None else table.policies,
                futures=(context.futures or ()) if table.futures is None else table.futures,
                options=FrozenMapping(table.options),
                points=points,
                seed=_seed(seed, len(designs)) if table.kind in SAMPLED else 0,
            )
        )
    wrong += repeated((design.name for design in designs), "Rename one of them.")
    size = count_points(designs, context)
    if size > MOST_POINTS:
        wrong.append(at("", f"must have at most {MOST_POINTS} points, got {size}.", "Make them smaller."))
    raise_any(wrong)
    return tuple(designs)


def count_points(designs: list[Design] | tuple[Design, ...], context: ExperimentContext) -> int:
    """Number of points of some designs."""
    return sum(count_rows(design, context.factors) * len(design.policies) * len(design.futures) for design in designs)


def _read_design(table: object, context: ExperimentContext) -> DesignTable:
    """The table of one design."""
    kind = table.get("kind") if isinstance(table, Mapping) else None
    model = DESIGN_TABLES.get(kind, DesignTable) if isinstance(kind, str) else DesignTable
    if isinstance(table, Mapping) and model is DesignTable:  # what it may hold beside depends on its kind
        elsewhere = {key for each in DESIGN_TABLES.values() for key in each.model_fields} - model.model_fields.keys()
        table = {key: value for key, value in table.items() if key not in elsewhere}
    check = partial(model.model_validate, table, context=context)
    design: DesignTable = all_of(check, lambda: _something_varies(table, context))[0]
    return design


def _something_varies(table: object, context: ExperimentContext) -> None:
    """Refuse a design that varies all there is, if there is nothing."""
    kind = table.get("kind") if isinstance(table, Mapping) and "over" not in table else None
    has_range = any(factor.has_range for factor in context.factors.values())
    if kind in KINDS and kind != "list" and not has_range and (context.factors or not context.unclear):
        text = "Add [[uncertainties]], [[levers]] or [[shocks]] with low and high."
        raise refusal("has nothing to vary.", text)


def _select_names(chosen: tuple[str, ...], every: tuple[str, ...] | None, noun: str) -> tuple[str, ...]:
    """The names that a design asks for, in the order of the experiment."""
    if every is None:
        return chosen
    raise_any(not_among(chosen, every, f"must be {noun} of the experiment", "Add it to the experiment."))
    return tuple(name for name in every if name in chosen)


def _seed(seed: int, index: int) -> int:
    """Seed of what a design draws: SALib and SciPy take 32 bits."""
    sequence = np.random.SeedSequence(entropy=seed, spawn_key=(crc32(b"design"), index))
    return int(sequence.generate_state(1, np.uint32)[0])
