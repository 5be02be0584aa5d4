"""What the code does, as far as a reader of the documentation asks: which phase uses which submodel and which draws."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from types import FunctionType, ModuleType
from typing import Any

_DRAWS = ("uniform", "normal", "exponential")
_PLACES = ("sim.founding", "sim.newcomers", "sim.week", "sim.agents")
_MECHANISMS = "sim.mechanisms."


def public_functions(module: ModuleType) -> list[FunctionType]:
    """Functions that a module defines for others, in the order of the file."""
    found = [
        item
        for name, item in vars(module).items()
        if isinstance(item, FunctionType) and item.__module__ == module.__name__ and not name.startswith("_")
    ]
    return sorted(found, key=lambda function: function.__code__.co_firstlineno)


def used_by(phase: Callable[..., object]) -> list[str]:
    """Functions of mechanisms that a phase calls, itself or through helpers of the week: ``norm.remember``."""
    found: dict[str, None] = {}
    if isinstance(phase, FunctionType):
        _follow(phase, found, set())
    return list(found)


def _follow(function: FunctionType, found: dict[str, None], seen: set[FunctionType]) -> None:
    if function in seen:
        return
    seen.add(function)
    scope = vars(inspect.getmodule(function))
    for target in _mentioned(_tree(function), scope):
        if isinstance(target, FunctionType) and target.__module__.startswith(_MECHANISMS):
            found[f"{target.__module__.removeprefix(_MECHANISMS)}.{target.__name__}"] = None
        elif isinstance(target, FunctionType) and target.__module__.startswith(("sim.week", "sim.newcomers")):
            _follow(target, found, seen)


def _mentioned(tree: ast.AST, scope: Mapping[str, Any]) -> Iterator[Any]:
    """What the names in a piece of code stand for, in the order in which they are written."""
    for node in _in_order(tree):
        if isinstance(node, ast.Name):
            yield scope.get(node.id)
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield getattr(scope.get(node.value.id), node.attr, None)


def _in_order(tree: ast.AST) -> Iterator[ast.AST]:
    yield tree
    for child in ast.iter_child_nodes(tree):
        yield from _in_order(child)


@cache
def _tree(function: FunctionType) -> ast.AST:
    return ast.parse(inspect.cleandoc("\n" + inspect.getsource(function)))


def streams() -> dict[str, tuple[str, list[str]]]:
    """Every stream of random numbers by name: distribution, and the modules that draw from it."""
    found: dict[str, tuple[set[str], set[str]]] = {}
    for module in _modules():
        for node in ast.walk(ast.parse(inspect.getsource(module))):
            drawn = _drawn(node)
            if drawn is not None:
                kinds, places = found.setdefault(drawn[0], (set(), set()))
                kinds.add(drawn[1])
                places.add(module.__name__)
    return {name: (", ".join(sorted(kinds)), sorted(places)) for name, (kinds, places) in sorted(found.items())}


def _drawn(node: ast.AST) -> tuple[str, str] | None:
    """Stream and distribution of a draw, if this is one."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or not node.args:
        return None
    first = node.args[0]
    if node.func.attr not in _DRAWS or not isinstance(first, ast.Constant) or not isinstance(first.value, str):
        return None
    return first.value, node.func.attr


def _modules() -> Iterator[ModuleType]:
    for name in _PLACES:
        module = importlib.import_module(name)
        yield module
        if hasattr(module, "__path__"):
            for entry in pkgutil.iter_modules(module.__path__, f"{name}."):
                if not entry.name.endswith(".views"):
                    yield importlib.import_module(entry.name)
