"""Mechanisms switched off and on: the same in a policy's runs and in their twins, so that pairs stay pairs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sim.model.kernel.mechanism import Mechanism
from sim.model.kernel.parameters import ParameterValue
from sim.model.registry import current
from sim.model.scenario import Scenario
from sim.model.scenario.messages import Faults

CORE, EVERYTHING = "core alone", "everything on"
"""Variants in which more than one mechanism is switched."""


@dataclass(frozen=True, slots=True)
class Variant:
    """A scenario with mechanisms switched off or on.

    Attributes:
        name: ``norm`` for the scenario without that mechanism, or :data:`CORE` or :data:`EVERYTHING`.
        values: Parameters that differ from the scenario's; empty where nothing does.
    """

    name: str
    values: Mapping[str, ParameterValue]

    @property
    def single(self) -> bool:
        """Whether one mechanism is switched off."""
        return self.name not in (CORE, EVERYTHING)


def list_variants(scenario: Scenario, without: Sequence[str] = ()) -> tuple[Variant, ...]:
    """Variants of the scenario: each mechanism that is on switched off by itself, the core alone, and everything on.

    Everything on: a mechanism that the scenario leaves off is set to its active values, or to its defaults where they have
    it on; one that is on stays as it is.

    Args:
        scenario: As it will run.
        without: Mechanisms that are off by request, and stay off in every variant.
    """
    known = current().mechanisms

    def differing(values: Mapping[str, ParameterValue]) -> dict[str, ParameterValue]:
        return {name: value for name, value in values.items() if scenario.parameters[name] != value}

    single = [Variant(name, differing(each.neutral)) for name, each in known.items() if name not in without]
    bare = neutral_values(mechanism for mechanism in known.values() if not mechanism.core)
    full: dict[str, ParameterValue] = {}
    for name, mechanism in known.items():
        if name not in without and not differing(mechanism.neutral):
            full.update(mechanism.active or default_values(mechanism))
    return (
        *(variant for variant in single if variant.values),
        Variant(CORE, differing(bare)),
        Variant(EVERYTHING, differing(full)),
    )


def find_mechanisms(names: Iterable[str], faults: Faults) -> tuple[Mechanism, ...]:
    """Mechanisms of these names, each once; faults are noted for those that do not exist or cannot be switched off."""
    known = current().mechanisms
    found: dict[str, Mechanism] = {}
    for name in names:
        mechanism = known.get(str(name))
        if mechanism is None:
            hints = {each: entry.about for each, entry in known.items() if entry.neutral}
            faults.unknown(
                f"--without {name}", str(name), "a mechanism", hints, "`centricity list mechanisms` shows them."
            )
        elif not mechanism.neutral:
            faults.add(
                f"--without {name}",
                "names a mechanism that cannot be switched off: without it there is no model. "
                "`centricity list mechanisms` shows those that can.",
            )
        else:
            found[mechanism.name] = mechanism
    return tuple(found.values())


def check_assignments(mechanisms: Iterable[Mechanism], assigned: Iterable[str], faults: Faults) -> None:
    """Note a fault where a parameter is set that switching a mechanism off sets too."""
    given = set(assigned)
    for mechanism in mechanisms:
        for name in sorted(given & set(mechanism.neutral)):
            faults.add("--without", f"{mechanism.name} sets {name}, which --set sets too. Leave one of the two out.")


def neutral_values(mechanisms: Iterable[Mechanism]) -> dict[str, ParameterValue]:
    """Values of parameters at which all of these mechanisms are off."""
    return {name: value for mechanism in mechanisms for name, value in mechanism.neutral.items()}


def default_values(mechanism: Mechanism) -> dict[str, ParameterValue]:
    """Default values of the parameters that switch it off; where these leave it off, a policy or event switches it on."""
    parameters = current().parameters
    return {name: parameters[name].default for name in mechanism.neutral}


def switch_off(scenario: Scenario, mechanisms: Iterable[Mechanism]) -> Scenario:
    """The scenario without these mechanisms; its named futures are left as they are."""
    return with_values(scenario, neutral_values(mechanisms))


def with_values(scenario: Scenario, values: Mapping[str, ParameterValue]) -> Scenario:
    """The scenario with other values where they differ: itself where none does."""
    changed = {name: value for name, value in values.items() if scenario.parameters[name] != value}
    return scenario.override(changed) if changed else scenario


def write_assignments(mechanisms: Iterable[Mechanism]) -> list[str]:
    """Assignments for ``--set`` that switch these mechanisms off, for commands without the option ``--without``."""
    return [
        f"{name}={str(value).lower() if isinstance(value, bool) else value}"
        for name, value in neutral_values(mechanisms).items()
    ]
