"""Reading a bundle: the table of a policy, in a file of its own or inside a scenario."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sim.model.policies.bundle import NO_POLICY, Bundle, Condition, Phase
from sim.model.registry import Registry
from sim.model.scenario.messages import Faults, inside, show
from sim.model.scenario.rules import (
    LONGEST_RUN,
    NAME,
    REFUSED,
    Rule,
    Table,
    departments_rule,
    nested,
    number,
    one_of,
    resource_rule,
    tables_of,
    text,
    week_rule,
)

TEXTS: Mapping[str, Rule] = {
    "about": text("text: what the policy is"),
    "notice": text("text: what to notice"),
    "try": text("text: what to try"),
}
"""Keys of a policy that only people read."""

_ALL = "`centricity list resources` shows all of them."


@dataclass(frozen=True)
class PolicyReader:
    """Reads the tables of policies.

    Attributes:
        known: The registry that says which resources and outcomes there are.
        departments: Names that a phase may use; ``None`` if any will do (a policy read without its scenario).
    """

    known: Registry
    departments: Collection[str] | None = None

    def read(self, name: str, raw: object, place: str, faults: Faults) -> Bundle | None:
        """The bundle in a table, or None after noting its faults.

        Args:
            name: Name of the policy.
            raw: The table.
            place: Dotted place of the table: ``policies.symbolic``, or empty for a file of its own.
            faults: Takes the messages.
        """
        before = len(faults.messages)
        here = place or "the policy"
        if name == NO_POLICY:
            faults.add(here, "cannot be defined: none always means no resources. Choose another name.")
        NAME.read(name, here, faults)
        if not isinstance(raw, Mapping):
            faults.add(here, f"must be a table, got {show(raw)}. Write [{here}] and its resources below it.")
            return None
        if "phases" in raw:
            entries = self._sequence.read(raw, place, faults)
            phases = entries.get("phases", ())
        else:
            entries = self._single.read(raw, place, faults)
            phase = self._phase(raw, entries, place, faults)
            phases = (phase,) if phase else ()
        bundle = Bundle(name, phases, *(entries.get(key, "") for key in TEXTS))
        return bundle if len(faults.messages) == before else None

    @cached_property
    def _phase_rules(self) -> dict[str, Rule]:
        """Rules for the keys of a phase."""
        return {
            "from": week_rule(0, LONGEST_RUN, remedy="Leave it out to begin at once."),
            "until": week_rule(1, LONGEST_RUN, remedy="Leave it out to last to the end of the run."),
            "departments": departments_rule(self.departments),
            "stop_when": nested(self._condition, "table with outcome, and above or below"),
            **{name: resource_rule(resource) for name, resource in self.known.resources.items()},
        }

    @cached_property
    def _single(self) -> Table:
        """Keys of a policy that is one phase."""
        return Table("a resource", {**self._phase_rules, **TEXTS, "phases": self._phases_rule}, _ALL)

    @cached_property
    def _sequence(self) -> Table:
        """Keys of a policy with several phases."""
        rules = {**TEXTS, "phases": self._phases_rule}
        move = "Move it into one of the phases."
        elsewhere = dict.fromkeys(self._phase_rules, move)
        return Table("a setting of a policy with phases", rules, elsewhere=elsewhere)

    @cached_property
    def _phases_rule(self) -> Rule:
        return nested(self._read_phases, "list of tables, each with from, until and resources")

    def _read_phases(self, value: object, place: str, faults: Faults) -> tuple[Phase, ...]:
        table = Table("a resource", self._phase_rules, _ALL)
        phases = []
        for index, raw in enumerate(tables_of(value, place, faults)):
            here = f"{place}[{index}]"
            entries = table.read(raw, here, faults)
            phases.append(self._phase(raw, entries, here, faults))
        return tuple(phase for phase in phases if phase)

    def _phase(self, raw: object, entries: Mapping[str, Any], place: str, faults: Faults) -> Phase | None:
        """The phase that legal entries make up; None if something essential is missing."""
        if not isinstance(raw, Mapping):
            return None
        start, end = entries.get("from", 0), entries.get("until")
        if end is not None and end <= start:
            remedy = "Give a later week, or leave it out to last to the end of the run."
            faults.add(inside(place, "until"), f"must be later than from ({start}), got {end}. {remedy}")
            return None
        amounts = {name: entries[name] for name in self.known.resources if name in entries}
        misspelt = any(key not in self._single.rules for key in raw)
        if not misspelt and not any(name in raw for name in self.known.resources):
            faults.add(place or "the policy", f"names no resource, so it would do nothing. Add one. {_ALL}")
        return Phase(start, end, entries.get("departments"), amounts, entries.get("stop_when"))

    def _condition(self, value: object, place: str, faults: Faults) -> Condition | Any:
        """The condition in a table ``stop_when``, or :data:`REFUSED`."""
        outcomes = {name: outcome.meaning for name, outcome in self.known.outcomes.items()}
        remedy = "`centricity list outcomes` shows all of them."
        example = "Write for example above = 0.45."
        line = Rule(number(), "a number", "in the unit of the outcome", "number, in the unit of the outcome", example)
        rules = {
            "outcome": one_of(outcomes, "a weekly outcome", remedy, "a weekly outcome"),
            "above": line,
            "below": line,
        }
        before = len(faults.messages)
        entries = Table("a part of a condition", rules, required=("outcome",)).read(value, place, faults)
        if isinstance(value, Mapping) and ("above" in value) == ("below" in value):
            got = "both" if "above" in value else "neither"
            faults.add(place, f"must have either above or below, got {got}. {example}")
        return Condition(**entries) if len(faults.messages) == before else REFUSED
