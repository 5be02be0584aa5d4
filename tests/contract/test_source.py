"""House rules that hold for the code of the model core: plain mechanisms, keyed draws, no names of policies."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import sim
from sim.policies.resources import RESOURCE_NAMES
from sim.scenario import Scenario
from sim.scenario.schema import HEADLINE_POLICIES

SOURCE = Path(sim.__file__).parent
CORE = [
    path
    for part in ("kernel", "agents", "mechanisms", "policies", "shocks", "week", "outcomes")
    for path in sorted((SOURCE / part).rglob("*.py"))
] + [SOURCE / f"{name}.py" for name in ("organization", "founding", "newcomers", "simulation", "model", "tracing")]
MECHANISMS = sorted((SOURCE / "mechanisms").glob("*.py"))


def label(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imported(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found.update(name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def test_there_is_a_core() -> None:
    assert len(CORE) > 30


@pytest.fixture(scope="module")
def policy_names() -> set[str]:
    shipped = set(Scenario.load("retail-bank").policies) | set(HEADLINE_POLICIES)
    return shipped - {"none"} - set(RESOURCE_NAMES)  # a bundle of posters alone is called like its resource


def test_there_are_names_that_the_core_must_not_know(policy_names: set[str]) -> None:
    assert {"symbolic", "procedural", "value-driven"} <= policy_names


@pytest.mark.parametrize("path", CORE, ids=label)
def test_no_code_of_the_core_knows_the_name_of_a_policy(path: Path, policy_names: set[str]) -> None:
    texts = {node.value for node in ast.walk(tree(path)) if isinstance(node, ast.Constant)}
    assert not policy_names & texts


@pytest.mark.parametrize("path", MECHANISMS, ids=label)
def test_a_mechanism_is_plain(path: Path) -> None:
    """No generator made inside, no input or output, no logging, no state of the organization."""
    forbidden = {"random", "logging", "os", "sys", "pathlib", "pandas", "mesa", "warnings", "time"}
    modules = {name.split(".")[0] for name in imported(path)}
    assert not modules & forbidden
    assert not {name for name in imported(path) if name.startswith("sim.") and not name.startswith("sim.kernel")}
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Attribute):
            assert node.attr not in {"default_rng", "RandomState", "shuffle", "permutation"}
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in {"print", "open"}


DRAWING = [path for path in CORE if label(path) not in ("kernel/random.py", "model.py")]


@pytest.mark.parametrize("path", DRAWING, ids=label)
def test_all_draws_are_keyed(path: Path) -> None:
    """Only streams draw; a generator of one's own would tie draws to the order of calls."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Attribute):
            assert node.attr not in {"default_rng", "Generator", "Philox", "random", "shuffle_do"}, ast.dump(node)


def test_steps_name_the_streams_that_they_draw_from() -> None:
    """Streams are told apart by name; one name in two places would give two purposes the same draws."""
    drawn: dict[str, set[str]] = {}
    for path in CORE:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                first = node.args[0] if node.args else None
                if node.func.attr in {"uniform", "normal", "exponential"} and isinstance(first, ast.Constant):
                    drawn.setdefault(str(first.value), set()).add(f"{label(path)}:{node.lineno}")
    assert len(drawn) > 20
    shared = {name: places for name, places in drawn.items() if len(places) > 1}
    assert not shared
