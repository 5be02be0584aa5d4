"""Tables of an experiment file: their keys, with a rule for each value, and what is legal in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sim.model.scenario.messages import Faults, inside, listed, show
from sim.model.scenario.rules import REFUSED, Rule, tables_of


@dataclass(frozen=True)
class Table:
    """The keys that a table of a file may have, with a rule for each value.

    Attributes:
        noun: What an unknown key is not: ``a resource``.
        rules: Key -> rule.
        otherwise: Remedy for an unknown key that resembles no legal one.
        required: Keys without which the table makes no sense.
        elsewhere: Keys that are legal in another place, each with what to do about it.
    """

    noun: str
    rules: Mapping[str, Rule]
    otherwise: str = ""
    required: tuple[str, ...] = ()
    elsewhere: Mapping[str, str] = field(default_factory=dict)

    def read(self, raw: object, place: str, faults: Faults) -> dict[str, Any]:
        """The legal entries of a table; a fault is noted for each of the others."""
        if not isinstance(raw, Mapping):
            faults.add(place, f"must be a table, got {show(raw)}. {self._known()}")
            return {}
        entries: dict[str, Any] = {}
        for key, value in raw.items():
            if key not in self.rules:
                self.refuse(str(key), inside(place, key), faults)
                continue
            entry = self.rules[key].read(value, inside(place, key), faults)
            if entry is not REFUSED:
                entries[key] = entry
        for key in self.required:
            if key not in raw:
                faults.add(inside(place, key), f"is missing. Add {key} = ... ({self.rules[key].hint}).")
        return entries

    def refuse(self, key: str, place: str, faults: Faults) -> None:
        """Note an unknown key."""
        if key in self.elsewhere:
            faults.add(place, f"is not {self.noun}. {self.elsewhere[key]}")
        else:
            hints = {name: rule.hint for name, rule in self.rules.items()}
            faults.unknown(place, key, self.noun, hints, self._known())

    def _known(self) -> str:
        return self.otherwise or listed(self.rules, "")


def tables_in(raw: Mapping[str, Any], key: str, faults: Faults) -> list[tuple[str, Any]]:
    """The tables of a list with the place of each; none if the file has no such list."""
    if key not in raw:
        return []
    tables = tables_of().read(raw[key], key, faults)
    return [] if tables is REFUSED else [(f"{key}[{index}]", table) for index, table in enumerate(tables)]
