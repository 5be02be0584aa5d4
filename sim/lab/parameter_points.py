"""Points at which a comparison is run again: drawn from the plausible ranges, or one parameter at an end of its range."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sim.lab.latin_hypercube import latin_hypercube
from sim.lab.plausible import ranged_parameters, unknown_parameters, value_at
from sim.lab.posterior_draws import PosteriorDraws
from sim.model.kernel.parameters import Parameter, ParameterValue
from sim.model.registry import current
from sim.model.scenario import Scenario
from sim.model.scenario.messages import Faults

UNKNOWN, TORNADO = "unknown", "tornado"
"""Designs: everything drawn at once, and one at a time."""

MOST_DRAWS = 10_000
REPLICATES_AT_POINT = {UNKNOWN: 2, TORNADO: 4}
"""Replicates at every point. For draws two are enough: on average over draws they separate chance from parameter
uncertainty. A tornado takes more, since each of its bars has an interval of its own."""


@dataclass(frozen=True, slots=True)
class ParameterPoint:
    """A point of the parameter space: parameters that differ from the scenario's.

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
        """``unknown 3`` or ``tornado 7``: the name of runs at this point."""
        return f"{self.design} {self.row}"


def replicates_at_point(design: str, replicates: int) -> int:
    """Number of replicates at every point of a design, in a comparison with this many replicates."""
    return min(replicates, REPLICATES_AT_POINT[design])


def find_unknown_parameters(scenario: Scenario, vary: Sequence[str], faults: Faults) -> list[Parameter]:
    """Find unknown parameters (:func:`sim.lab.plausible.unknown_parameters`), or those that the user names.

    Args:
        scenario: As it will run. What it sets otherwise counts as known.
        vary: Names or sections of parameters to vary instead, of any kind, even if the scenario sets them.
        faults: Takes a message for what is no parameter, or has no plausible range.
    """
    if not vary:
        return unknown_parameters(scenario, current())
    plausible = list(ranged_parameters(scenario, current()).values())
    for word in vary:
        if any(word in (each.name, each.section) for each in plausible):
            continue
        if word in current().parameters:
            can = current().parameters[word].low is not None
            remedy = "Give it one in [plausible] of the scenario." if can else "It is no number: leave it out."
            faults.add("--vary", f"must name parameters with a plausible range, and {word} has none. {remedy}")
            continue
        hints = {each.name: each.meaning for each in plausible} | {each.section: "" for each in plausible}
        faults.unknown(
            f"--vary {word}",
            word,
            "a parameter or a section of them",
            hints,
            "`centricity list parameters` shows them.",
        )
    return [each for each in plausible if each.name in vary or each.section in vary]


def list_parameter_points(
    scenario: Scenario,
    unknowns: Sequence[Parameter],
    draws: int,
    tornado: bool,
    seed: int,
    posterior: PosteriorDraws | None = None,
) -> tuple[ParameterPoint, ...]:
    """List every point of both designs.

    Args:
        scenario: As it is.
        unknowns: What to vary.
        draws: Rows of a Latin hypercube over all plausible ranges, or draws of the posterior.
        tornado: Whether to move each parameter alone to both ends of its range.
        seed: Seed of the comparison.
        posterior: What a fit left, to draw from in place of the plausible ranges.
    """
    found = _list_draws(unknowns, draws, seed)
    if posterior is not None:
        found = [ParameterPoint(UNKNOWN, row, "", each) for row, each in enumerate(posterior.resample(draws, seed))]
    ends = [(each, value_at(each, end)) for each in unknowns for end in (0.0, 1.0)] if tornado else []
    moved = [(each, value) for each, value in ends if value != scenario.parameters[each.name]]
    for row, (each, value) in enumerate(moved, start=1):
        found.append(ParameterPoint(TORNADO, row, f"{each.name} = {value:g}", {each.name: value}))
    return tuple(found)


def _list_draws(unknowns: Sequence[Parameter], draws: int, seed: int) -> list[ParameterPoint]:
    """Rows of a Latin hypercube over all plausible ranges."""
    found = []
    generator = np.random.default_rng([seed, 20_151_231])
    parts = [latin_hypercube(generator, draws)[:, 0] for _ in unknowns]
    for row in range(draws):
        values = {each.name: value_at(each, float(part[row])) for each, part in zip(unknowns, parts, strict=True)}
        found.append(ParameterPoint(UNKNOWN, row, "", values))
    return found
