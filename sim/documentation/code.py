"""What the documentation says of the code: which rules each step follows, and which random draws it takes."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from types import FunctionType, ModuleType
from typing import Any

from sim.model.agents import newcomers
from sim.model.kernel import scalar_draws
from sim.model.registry import current, modules
from sim.model.week import INITIALIZATION

_MECHANISMS = "sim.model.mechanisms."
_DRAWS: Mapping[Any, str] = {
    scalar_draws.uniform: "uniform",
    scalar_draws.uniform_from: "uniform",
    scalar_draws.normal: "normal",
    scalar_draws.exponential: "exponential",
}
"""Functions that give a draw of a block, and its distribution."""

_NUMBERS = frozenset({"float", "int", "bool", "FloatArray", "IntArray", "SmallIntArray", "BoolArray"})
_NOTHING: frozenset[str] = frozenset()
Blocks = Mapping[str, frozenset[str]]
"""Streams whose blocks (or words of a block) a name may hold."""


_COLUMNS_OF: Mapping[Any, str] = {newcomers.welcome_employee: "employees", newcomers.welcome_customer: "customers"}
"""Functions that stand for what the columns of a table hold for newcomers."""


def public_functions(module: ModuleType) -> list[FunctionType]:
    """Functions that a module defines for others, in the order of the file."""
    found = [
        item
        for name, item in vars(module).items()
        if isinstance(item, FunctionType) and item.__module__ == module.__name__ and not name.startswith("_")
    ]
    return sorted(found, key=lambda function: function.__code__.co_firstlineno)


def is_rule(function: Callable[..., object]) -> bool:
    """Whether a function is a rule of the model. Rules take numbers, not records of agents."""
    kinds = [parameter.annotation for parameter in inspect.signature(function).parameters.values()]
    return all(kind in _NUMBERS for kind in kinds)


def made_of(function: FunctionType) -> list[FunctionType]:
    """The function itself, or the functions of columns for which it stands."""
    if function not in _COLUMNS_OF:
        return [function]
    columns = current().table(_COLUMNS_OF[function])
    return [column.newcomer for column in columns if isinstance(column.newcomer, FunctionType)]


@cache
def used_by(step: Callable[..., object]) -> tuple[str, ...]:
    """Rules that a step calls, directly or through other functions: ``norm.remember``."""
    found: dict[str, None] = {}
    if isinstance(step, FunctionType):
        _follow(step, found, set())
    return tuple(found)


def _follow(function: FunctionType, found: dict[str, None], seen: set[FunctionType]) -> None:
    if function in seen:
        return
    seen.add(function)
    for target in _mentioned(_tree(function), function.__globals__):
        if not isinstance(target, FunctionType):
            continue
        if target in _COLUMNS_OF:
            for each in made_of(target):
                _follow(each, found, seen)
        elif not target.__module__.startswith(_MECHANISMS):
            continue
        elif is_rule(target):
            found[f"{target.__module__.removeprefix(_MECHANISMS)}.{target.__name__}"] = None
        else:
            _follow(target, found, seen)


def _mentioned(tree: ast.AST, scope: Mapping[str, Any]) -> Iterator[Any]:
    """What the names in a piece of code stand for, in the order in which they are written."""
    for node in _in_order(tree):
        if isinstance(node, ast.Name):
            yield scope.get(node.id)


def _in_order(tree: ast.AST) -> Iterator[ast.AST]:
    yield tree
    for child in ast.iter_child_nodes(tree):
        yield from _in_order(child)


@cache
def _tree(function: FunctionType) -> ast.FunctionDef:
    tree = ast.parse(inspect.cleandoc("\n" + inspect.getsource(function))).body[0]
    assert isinstance(tree, ast.FunctionDef)
    return tree


def streams() -> dict[str, tuple[str, list[str]]]:
    """Every stream of random numbers by name: distribution, and the modules that draw from it."""
    found: dict[str, tuple[set[str], set[str]]] = {}
    for module in modules():
        for name, kind in _initial_draws(module):
            _put_down(found, name, kind, module.__name__)
    seen: set[Any] = set()
    for step in _steps():
        _Draws(found, step, {}, seen).visit(_tree(step))
    return {name: (", ".join(sorted(kinds)), sorted(places)) for name, (kinds, places) in sorted(found.items())}


def _steps() -> Iterator[FunctionType]:
    """Steps of the week, and those of the initialization."""
    known = current()
    for step in (*known.steps, *INITIALIZATION):
        if isinstance(step, FunctionType):
            yield step


def _put_down(found: dict[str, tuple[set[str], set[str]]], name: str, kind: str, place: str) -> None:
    kinds, places = found.setdefault(name, (set(), set()))
    kinds.add(kind)
    places.add(place)


def _initial_draws(module: ModuleType) -> Iterator[tuple[str, str]]:
    """Streams and distributions of the draws that a module takes in blocks: ``initial.uniform("founding tie", ...)``."""
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or not node.args:
            continue
        first = node.args[0]
        if node.func.attr in _DRAWS.values() and isinstance(first, ast.Constant) and isinstance(first.value, str):
            yield first.value, node.func.attr


class _Draws(ast.NodeVisitor):
    """Finds the draws of a function: follows blocks of streams through it and the functions that it calls.

    Args:
        found: Takes distributions and modules by stream.
        function: The function that is read.
        blocks: What its arguments hold.
        seen: Functions that have been followed, with what they were given.
    """

    def __init__(
        self, found: dict[str, tuple[set[str], set[str]]], function: FunctionType, blocks: Blocks, seen: set[Any]
    ) -> None:
        self.found, self.function, self.blocks, self.seen = found, function, dict(blocks), seen

    def visit_Assign(self, node: ast.Assign) -> None:
        """Names hold what they are given."""
        self.generic_visit(node)
        for target in node.targets:
            if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                for name, value in zip(target.elts, node.value.elts, strict=True):
                    self._hold(name, value)
            else:
                self._hold(target, node.value)

    def visit_Call(self, node: ast.Call) -> None:
        """Note a draw; follow arguments into the function that is called."""
        self.generic_visit(node)
        target = self.function.__globals__.get(node.func.id) if isinstance(node.func, ast.Name) else None
        if target in _DRAWS:
            for stream in self._streams_of(node.args[0]):
                _put_down(self.found, stream, _DRAWS[target], self.function.__module__)
        elif isinstance(target, FunctionType) and target.__module__.startswith("sim."):
            names = inspect.signature(target).parameters
            given = {name: self._streams_of(value) for name, value in zip(names, node.args, strict=False)}
            for function in made_of(target):
                self._enter(function, {name: held for name, held in given.items() if held})

    def _enter(self, function: FunctionType, given: Blocks) -> None:
        key = (function, tuple(sorted((name, tuple(sorted(held))) for name, held in given.items())))
        if key not in self.seen and function.__module__ != scalar_draws.__name__:
            self.seen.add(key)
            _Draws(self.found, function, given, self.seen).visit(_tree(function))

    def _hold(self, target: ast.expr, value: ast.expr) -> None:
        held = self._streams_of(value)
        if isinstance(target, ast.Name) and held:
            self.blocks[target.id] = self.blocks.get(target.id, _NOTHING) | held

    def _streams_of(self, value: ast.expr) -> frozenset[str]:
        """Streams from which a value comes, as a block or a word of one."""
        if isinstance(value, ast.Name):
            return self.blocks.get(value.id, _NOTHING)
        if isinstance(value, ast.BinOp):
            return self._streams_of(value.left)
        if isinstance(value, ast.IfExp):
            return self._streams_of(value.body) | self._streams_of(value.orelse)
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
            target, first = self.function.__globals__.get(value.func.id), value.args[0] if value.args else None
            if target is scalar_draws.block and isinstance(first, ast.Attribute):
                return frozenset({first.attr.replace("_", " ")})
            if target is scalar_draws.state_at and first is not None:
                return self._streams_of(first)
        return _NOTHING
