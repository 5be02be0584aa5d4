"""Settings at which a comparison is run again: drawn from the plausible ranges, or one parameter at an end of its range."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sim.model.kernel.parameters import Parameter, ParameterValue
from sim.model.registry import current
from sim.model.scenario import Scenario
from sim.model.scenario.messages import Faults

UNKNOWN, TORNADO = "unknown", "tornado"
"""Designs: everything drawn at once, and one at a time."""

MOST_DRAWS = 10_000
FEW = {UNKNOWN: 2, TORNADO: 4}
"""Organizations at every setting. Two tell luck from not knowing, on average over draws; each bar of a tornado has an
interval of its own, which two would make useless."""


@dataclass(frozen=True, slots=True)
class Setting:
    """Parameters that differ from the scenario's.

    Attributes:
        design: :data:`UNKNOWN` or :data:`TORNADO`.
        row: Number of the row in its design; row 0 of a tornado is the scenario as it is.
        label: What the row stands for; empty for draws.
        values: Dotted name -> value.
    """

    design: str
    row: int
    label: str
    values: Mapping[str, ParameterValue]

    @property
    def name(self) -> str:
        """``unknown 3`` or ``tornado 7``: what runs at the setting go by."""
        return f"{self.design} {self.row}"


def few(design: str, replicates: int) -> int:
    """Organizations at every setting of a design, in a comparison with so many replicates."""
    return min(replicates, FEW[design])


def find_unknowns(scenario: Scenario, vary: Sequence[str], faults: Faults) -> list[Parameter]:
    """Parameters that nobody knows: of kind ``unknown``, with a plausible range, and left at their default.

    What the user's organization knows of itself, what somebody decides and what is a matter of definition have plausible
    ranges too; drawing these would tell of other organizations, not of what is not known of this one.

    Args:
        scenario: As it will run. What it sets otherwise, somebody knows.
        vary: Names or sections of parameters to vary instead, of whatever kind, also where the scenario sets them.
        faults: Takes a message for what is no parameter, or has no plausible range.
    """
    ranged = [
        each for each in current().parameters.values() if each.plausible and each.plausible[0] < each.plausible[1]
    ]
    if not vary:
        nobodys = [each for each in ranged if each.kind == "unknown"]
        return [each for each in nobodys if scenario.parameters[each.name] == each.default]
    for word in vary:
        if any(word in (each.name, each.section) for each in ranged):
            continue
        if word in current().parameters:
            faults.add("--vary", f"must name parameters with a plausible range, and {word} has none. Leave it out.")
            continue
        hints = {each.name: each.meaning for each in ranged} | {each.section: "" for each in ranged}
        faults.unknown(
            f"--vary {word}",
            word,
            "a parameter or a section of them",
            hints,
            "`centricity list parameters` shows them.",
        )
    return [each for each in ranged if each.name in vary or each.section in vary]


def list_settings(
    scenario: Scenario, unknowns: Sequence[Parameter], draws: int, tornado: bool, seed: int
) -> tuple[Setting, ...]:
    """Every setting of both designs.

    Args:
        scenario: As it is.
        unknowns: What to vary.
        draws: Rows of a Latin hypercube over all plausible ranges (McKay et al. 1979).
        tornado: Whether to move each parameter alone to both ends of its range.
        seed: Seed of the comparison.
    """
    found = []
    generator = np.random.default_rng([seed, 20_151_231])
    parts = [(generator.permutation(draws) + generator.random(draws)) / max(draws, 1) for _ in unknowns]
    for row in range(draws):
        values = {each.name: _at(each, float(part[row])) for each, part in zip(unknowns, parts, strict=True)}
        found.append(Setting(UNKNOWN, row, "", values))
    ends = [(each, _at(each, end)) for each in unknowns for end in (0.0, 1.0)] if tornado else []
    moved = [(each, value) for each, value in ends if value != scenario.parameters[each.name]]
    for row, (each, value) in enumerate(moved, start=1):
        found.append(Setting(TORNADO, row, f"{each.name} = {value:g}", {each.name: value}))
    return tuple(found)


def _at(parameter: Parameter, share: float) -> float | int:
    """Value at a share of the plausible range; whole numbers get equal parts of it."""
    assert parameter.plausible is not None
    low, high = parameter.plausible
    if parameter.type == "integer":
        return int(min(low + np.floor(share * (high - low + 1.0)), high))
    return low + share * (high - low)
