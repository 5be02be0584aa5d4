"""Rules between parameters: combinations that make no sense although every value alone is legal.

A new rule is a new entry of :data:`CROSS_RULES`; nothing else needs to change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from sim.model.kernel.parameters import ParameterValue
from sim.model.scenario.messages import show


@dataclass(frozen=True)
class CrossRule:
    """A condition on several parameters.

    Attributes:
        parameters: Dotted names; a message names the first as the place of the fault.
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


def broken(
    values: Mapping[str, ParameterValue],
    among: Iterable[str] | None = None,
    rules: Iterable[CrossRule] | None = None,
) -> Iterator[tuple[str, str, str]]:
    """Every rule that the values break: the first of its parameters, the rule with the values found, and the remedy.

    Args:
        values: Dotted name -> value. Rules about names that are missing here do not apply.
        among: If given, only rules that involve one of these names.
        rules: Rules to check; all of the model's unless another is given.
    """
    names = set(values if among is None else among)
    for rule in CROSS_RULES if rules is None else rules:
        if names.isdisjoint(rule.parameters) or not all(name in values for name in rule.parameters):
            continue
        given = [values[name] for name in rule.parameters]
        if not rule.holds(*given):
            shown = " and ".join(show(value) for value in given)
            yield rule.parameters[0], f"must {rule.rule}, got {shown}.", rule.remedy
