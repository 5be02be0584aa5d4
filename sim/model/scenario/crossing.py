"""Rules between parameters: combinations that make no sense although every value alone is legal.

A new rule is a new entry of :data:`CROSS_RULES`; nothing else needs to change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from sim.model.kernel.parameters import ParameterValue
from sim.model.scenario.messages import Faults, inside, show


@dataclass(frozen=True)
class CrossRule:
    """A condition on several parameters.

    Attributes:
        parameters: Dotted names; the first is the place that a message names.
        holds: Whether their values, in this order, go together.
        rule: What must hold, to follow "must": ``be at most customers.market``.
        remedy: What to do about it.
    """

    parameters: tuple[str, ...]
    holds: Callable[..., bool]
    rule: str
    remedy: str


def at_most(smaller: str, larger: str) -> CrossRule:
    """Rule that one parameter is not above another."""
    return CrossRule(
        (smaller, larger),
        lambda low, high: bool(low <= high),
        f"be at most {larger}",
        f"Lower {smaller} or raise {larger}.",
    )


CROSS_RULES: tuple[CrossRule, ...] = (at_most("customers.initial", "customers.market"),)
"""Every rule between parameters of the model."""


def check_together(
    values: Mapping[str, ParameterValue],
    place: str,
    faults: Faults,
    rules: Iterable[CrossRule] | None = None,
    among: Iterable[str] | None = None,
) -> None:
    """Note every rule that the values break together.

    Args:
        values: Dotted name -> value; rules about names that are missing here do not apply.
        place: What to put before the names: empty, or the future that sets them.
        faults: Takes the messages.
        rules: Rules to check; all of the model's unless told otherwise.
        among: If given, only rules that involve one of these names.
    """
    wanted = None if among is None else set(among)
    for rule in CROSS_RULES if rules is None else rules:
        names = rule.parameters
        if not all(name in values for name in names) or (wanted is not None and wanted.isdisjoint(names)):
            continue
        given = [values[name] for name in names]
        if not rule.holds(*given):
            shown = " and ".join(show(value) for value in given)
            faults.add(inside(place, names[0]), f"must {rule.rule}, got {shown}. {rule.remedy}")
