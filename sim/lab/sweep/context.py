"""What is known while an experiment file is read, and rules that several of its tables share."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sim.analysis.metrics import MEASURES_OF_RUNS
from sim.lab.sweep.experiment import Factor
from sim.model.policies.policy import Policy
from sim.model.scenario import Scenario
from sim.model.scenario.messages import Faults, listed, show
from sim.model.scenario.refusals import Refusals, at, joined, sort_out
from sim.model.scenario.rules import NAME, Rule, list_of, tables_of, whole_number
from sim.model.scenario.suggestions import among
from sim.model.scenario.tables import Context

MOST_POINTS = 1_000_000
"""Most points of an experiment."""

KEPT = tuple(MEASURES_OF_RUNS)
"""Measures that every single run has, and an experiment can keep."""

NAMES = list_of(NAME, "a list of names", 'Write for example ["none", "value-driven"].', "list of names")
"""Rule for a list of names."""


@dataclass
class ExperimentContext(Context):
    """What has been read of an experiment so far. What is not known cannot be contradicted, so it gives no fault.

    Attributes:
        folder: Folder of the file.
        assignments: ``NAME=VALUE`` from the command line.
        faults: Takes the faults of other files: of the scenario and of policies.
        scenario: The scenario with all that is fixed; ``None`` if it cannot be had.
        policies: Policies of the experiment that are legal, by name.
        policy_names: All policies of the experiment; ``None`` while they are not known.
        varied: What varies, in the order of the file; a name may stand twice by mistake.
        unclear: Names that tables with a fault may vary. Such a name needs no second fault.
        futures: Futures of the experiment; ``None`` while they are not known.
        outcomes: What is kept of each run.
    """

    folder: Path = Path()
    assignments: tuple[str, ...] = ()
    faults: Faults = field(default_factory=Faults)
    scenario: Scenario | None = None
    policies: Mapping[str, Policy] = field(default_factory=dict)
    policy_names: tuple[str, ...] | None = None
    varied: list[Factor] = field(default_factory=list)
    unclear: set[str] = field(default_factory=set)
    futures: tuple[str, ...] | None = None
    outcomes: tuple[str, ...] = KEPT

    @property
    def factors(self) -> dict[str, Factor]:
        """What varies, by name."""
        return {factor.name: factor for factor in self.varied}


def part(hint: str) -> Rule:
    """A part of a file that a validator of its own reads."""
    return Rule(Any, "a part of its own", hint=hint)


def count_rule(low: int, high: int, what: str) -> Rule:
    """Rule for a whole number of things."""
    return Rule(whole_number(low, high), "a whole number", f"{low} to {high} ({what})", f"{what}, {low} to {high}",
                "Give a whole number.")  # fmt: skip


def read_tables(raw: object, read_one: Callable[[Any], Any]) -> tuple[dict[int, Any], Refusals]:
    """The legal tables of a list by number, and the refusals of the others.

    Raises:
        ValidationError: If it is no list of tables.
    """
    tables = tables_of().adapter.validate_python(raw)
    return sort_out(enumerate(tables), lambda _, table: read_one(table))


def read_factors(raw: object, read_one: Callable[[Any], Any], context: ExperimentContext) -> tuple[Any, ...]:
    """The tables of a list that says what varies.

    Raises:
        ValidationError: With every refusal.
    """
    tables, wrong = read_tables(raw, read_one)
    if wrong:
        assert isinstance(raw, list | tuple)
        refused = (table for index, table in enumerate(raw) if index not in tables)
        for table in (table for table in refused if isinstance(table, Mapping)):
            names = [str(table[key]) for key in ("parameter", "name", "change", "kind") if key in table]
            context.unclear |= {*names, *(f"{name}.{key}" for name in names for key in table)}
        raise joined(wrong)
    return tuple(tables.values())


def not_among(names: Iterable[object], legal: Collection[str], rule: str, otherwise: str) -> Refusals:
    """Refusals of names that are not legal, each with the one that was probably meant, or with all legal names.

    Args:
        names: The names.
        legal: Legal names.
        rule: What must hold: ``must be futures of the experiment``.
        otherwise: Remedy when there is no legal name, or too many.
    """
    hints = dict.fromkeys(legal, "")
    return [
        at("", f"{rule}, got {show(name)}.", listed(legal, otherwise), among(str(name), hints))
        for name in names
        if name not in legal
    ]
