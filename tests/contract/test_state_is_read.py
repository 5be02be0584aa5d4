"""Every column and number is read by something that reaches an outcome, or says here that it is a measure.

The graph is read from the source: a step or outcome touches what it, and the functions that it calls, read and write as
``customers.trust``. From what an outcome reads one goes back, through steps, to all that can move it.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest

from sim.model import registry
from sim.model.events import apply_events
from sim.model.kernel.records import TABLES

pytestmark = pytest.mark.recipe("mechanism", "outcome")

KNOWN = registry.current()
HOLDERS = (*(table for table in TABLES if table != "scratch"), "week", "organization")
"""Records whose attributes are state, or numbers of the week."""

MEASURES = {
    **dict.fromkeys(
        (
            "departments.identity",
            "executives.identity",
            "customers.lost_identity",
            "employees.left",
            "employees.dismissed",
        ),
        "who it is, for agents and for those who look at one",
    ),
    "customers.contacts": "how often a customer was in contact, for those who look at one",
    "employees.attention_bosses": "how the week was divided; what reaches customers and colleagues acts",
    "employees.attention_deadlines": "how the week was divided; what reaches customers and colleagues acts",
    "departments.work_pressure": "mean of people's own pressure, which acts",
    "organization.customers_ever_lost": "count",
    "week.hired": "count",
    "week.moments_held": "counted for the facts about moments",
    "week.moments_wait": "counted for the facts about moments",
    "week.moments_payoff": "counted for the facts about moments",
}
"""State that nothing acts on, and what it is for."""

AT_STAKE = ("profit", "customer_value", "retention", "enacted")
"""Outcomes for which it matters: what the organization and its customers get. Others may display a state that does nothing."""

Name = str


def declared() -> set[Name]:
    """All columns and numbers by holder."""
    columns = {f"{column.table}.{column.name}" for column in KNOWN.columns if column.table != "scratch"}
    return columns | {f"{'week' if each.weekly else 'organization'}.{each.name}" for each in KNOWN.numbers}


def called(function: Callable[..., Any], tree: ast.AST) -> Iterator[tuple[Callable[..., Any], ast.Call]]:
    """Functions of the model that a function calls."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            other = function.__globals__.get(node.func.id)
            if inspect.isfunction(other) and other.__module__.startswith("sim.model") and other is not function:
                yield other, node


def named(node: ast.expr, names: dict[str, str]) -> Name | None:
    """What an expression is a part of, such as ``customers.trust`` for ``customers.trust[position]``."""
    while isinstance(node, ast.Subscript):
        node = node.value
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        holder = names.get(node.value.id)
        return f"{holder}.{node.attr}" if holder in HOLDERS else None
    return names.get(node.id) if isinstance(node, ast.Name) and "." in names.get(node.id, "") else None


@cache
def parsed(function: Callable[..., Any]) -> ast.FunctionDef:
    """The source of a function."""
    (tree,) = ast.parse(textwrap.dedent(inspect.getsource(function))).body
    assert isinstance(tree, ast.FunctionDef)
    return tree


def touched(function: Callable[..., Any], given: dict[str, str] | None = None) -> tuple[set[Name], set[Name]]:
    """What a step, with the functions that it calls, reads and writes.

    Args:
        function: The step.
        given: What its arguments stand for, where it is called by another; else they bear the names of records.
    """
    tree = parsed(function)
    arguments = [argument.arg for argument in tree.args.args]
    names = {name: name for name in arguments if name in HOLDERS} if given is None else dict(given)
    for node in ast.walk(
        tree
    ):  # a name for a whole column, as in ``needs, code = environment.needs, environment.code``
        if isinstance(node, ast.Assign):
            for target in node.targets:
                pairs = (
                    zip(target.elts, node.value.elts, strict=True)
                    if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple)
                    else [(target, node.value)]
                )
                for name, value in pairs:
                    found = named(value, names) if isinstance(value, ast.Attribute) else None
                    if isinstance(name, ast.Name) and found is not None:
                        names[name.id] = found
    reads: set[Name] = set()
    writes: set[Name] = set()
    for node in ast.walk(tree):
        targets: list[ast.expr] = node.targets if isinstance(node, ast.Assign) else []
        targets = [node.target] if isinstance(node, ast.AugAssign) else targets
        for target in targets:
            for each in target.elts if isinstance(target, ast.Tuple) else [target]:
                if not isinstance(each, ast.Name) and (found := named(each, names)):
                    writes.add(found)
        if isinstance(node, ast.Attribute | ast.Name) and isinstance(node.ctx, ast.Load):
            reads |= {found for found in [named(node, names)] if found is not None}
    reads -= {name for name in writes if name not in read_beside_updates(tree, names)}
    for other, call in called(function, tree):
        parameters = [argument.arg for argument in parsed(other).args.args]
        passed = zip(parameters, call.args, strict=False)
        stands = {name: stands_for(value, names) for name, value in passed}
        more_reads, more_writes = touched(other, {name: value for name, value in stands.items() if value})
        reads |= more_reads
        writes |= more_writes
    return reads, writes


def stands_for(value: ast.expr, names: dict[str, str]) -> str:
    """Record or column that an argument of a call stands for, if it is one."""
    if isinstance(value, ast.Name):
        return names.get(value.id, "")
    return (named(value, names) or "") if isinstance(value, ast.Attribute) else ""


def read_beside_updates(tree: ast.AST, names: dict[str, str]) -> set[Name]:
    """What is read for more than its own next value: ``x.a[i] = f(x.a[i])`` alone does not let ``a`` move anything."""
    found: set[Name] = set()

    def visit(node: ast.AST, updated: frozenset[Name]) -> None:
        if isinstance(node, ast.Assign | ast.AugAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            own = frozenset(name for each in targets if (name := named(each, names)))
            for target in targets:
                for part in ast.walk(target):
                    if isinstance(part, ast.Subscript):
                        visit(part.slice, updated)
            visit(node.value, updated | own)
            return
        if isinstance(node, ast.Attribute | ast.Name) and isinstance(node.ctx, ast.Load):
            name = named(node, names)
            if name is not None and name not in updated:
                found.add(name)
        for child in ast.iter_child_nodes(node):
            visit(child, updated)

    visit(tree, frozenset())
    return found


@cache
def moves() -> tuple[tuple[str, set[Name], set[Name]], ...]:
    """What each step, and each rule for newcomers, reads and writes, with the module that it stands in."""
    happening = [kind.apply for kind in KNOWN.event_kinds.values()]
    steps = [(last_name(step), *touched(step)) for step in (*KNOWN.steps, *happening) if step is not apply_events]
    starts = [(f"{each.table}.{each.name}", each.newcomer) for each in KNOWN.columns]
    rules = [(last_name(rule), touched(rule)[0], {name}) for name, rule in starts if callable(rule)]
    return (*steps, *rules)


def last_name(function: Callable[..., Any]) -> str:
    """Last name of the module of a function."""
    return function.__module__.rpartition(".")[2]


def reaching(without: tuple[Name, frozenset[str]] | None = None) -> frozenset[Name]:
    """All that can move what is at stake: what those outcomes read, and what is read where such things are written.

    Args:
        without: A column and modules of which the steps are taken not to read it.
    """
    reached: set[Name] = set()
    for name in AT_STAKE:
        reached |= touched(KNOWN.outcomes[name].measure)[0]
    while True:
        more: set[Name] = set()
        for module, reads, writes in moves():
            if writes & reached:
                more |= reads - {without[0]} if without is not None and module in without[1] else reads
        if more <= reached:
            return frozenset(reached)
        reached |= more


def test_every_state_acts_or_is_a_measure() -> None:
    idle = declared() - reaching()
    assert idle - set(MEASURES) == set(), (
        "written and read by nothing that matters: let it act, or say what it measures"
    )


def test_a_measure_does_not_act() -> None:
    assert set(MEASURES) <= declared()
    assert set(MEASURES) & reaching() == set(), "it acts, and need not be named here"


@pytest.mark.parametrize("name", ["customers.trust", "customers.depth", "customers.loyalty"])
def test_a_stock_that_nothing_reads_would_be_noticed(name: str) -> None:
    """Trust, depth and loyalty act through who stays, pays, talks and forgives, and were idle before they did."""
    acting = frozenset({"lifetime", "ledger", "word_of_mouth", "satisfaction"})
    assert name in reaching()
    assert name not in reaching((name, acting))
