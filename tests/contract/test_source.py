"""House rules that hold for the code of the model core: plain mechanisms, keyed draws, no names of policies."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

import sim
from sim.model import registry
from sim.model.kernel.records import TABLES
from sim.model.policies.resources import RESOURCE_NAMES
from sim.model.scenario import Scenario
from sim.model.scenario.schema import HEADLINE_POLICIES

pytestmark = pytest.mark.recipe("mechanism")

KNOWN = registry.current()
SOURCE = Path(sim.__file__).parent / "model"
CORE = [
    path
    for part in ("kernel", "agents", "mechanisms", "policies", "outcomes")
    for path in sorted((SOURCE / part).rglob("*.py"))
] + [
    SOURCE / f"{name}.py"
    for name in (
        "week",
        "events",
        "engine",
        "organization",
        "initialization",
        "simulation",
        "mesa_model",
        "tracing",
        "registry",
    )
]
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
    return shipped - {"none"} - set(RESOURCE_NAMES)  # a policy of posters alone has the name of its resource


def test_there_are_names_that_the_core_must_not_know(policy_names: set[str]) -> None:
    assert {"symbolic", "procedural", "value-driven"} <= policy_names


@pytest.mark.parametrize("path", CORE, ids=label)
def test_no_code_of_the_core_knows_the_name_of_a_policy(path: Path, policy_names: set[str]) -> None:
    texts = {node.value for node in ast.walk(tree(path)) if isinstance(node, ast.Constant)}
    assert not policy_names & texts


@pytest.mark.parametrize("path", MECHANISMS, ids=label)
def test_a_mechanism_is_plain(path: Path) -> None:
    """No generator made inside, no input or output, no logging, nothing of the model but kernel and other mechanisms."""
    forbidden = {"random", "logging", "os", "sys", "pathlib", "pandas", "mesa", "warnings", "time", "numba"}
    modules = {name.split(".")[0] for name in imported(path)}
    assert not modules & forbidden
    ours = {name for name in imported(path) if name.startswith("sim.")}
    allowed = (
        "sim.model.kernel",
        "sim.model.mechanisms",
        "sim.model.agents.newcomers",
        "sim.model.agents.initial_state",
    )
    assert not {name for name in ours if not name.startswith(allowed)}
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Attribute):
            assert node.attr not in {"default_rng", "RandomState", "shuffle", "permutation"}
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in {"print", "open"}


DRAWING = [path for path in CORE if label(path) not in ("kernel/random.py", "mesa_model.py")]


@pytest.mark.parametrize("path", DRAWING, ids=label)
def test_all_draws_are_keyed(path: Path) -> None:
    """Only streams draw; a generator of one's own would tie draws to the order of calls."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Attribute):
            assert node.attr not in {"default_rng", "Generator", "Philox", "random", "shuffle_do"}, ast.dump(node)


def functions(path: Path) -> Iterator[ast.FunctionDef]:
    """Functions of a file."""
    for node in tree(path).body:
        if isinstance(node, ast.FunctionDef):
            yield node


def drawn_in_weeks() -> dict[str, list[str]]:
    """Streams that steps draw from, by the name under which records hold them, and the functions that do."""
    found: dict[str, list[str]] = {}
    for path in (*MECHANISMS, *sorted((SOURCE / "agents").glob("*.py"))):
        for function in functions(path):
            for node in ast.walk(function):
                if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "streams":
                    found.setdefault(node.attr, []).append(f"{path.stem}.{function.name}")
    return found


SHARED = {
    "candidates": ["norm.draw_set_points", "staffing.newcomer_value"],
    "merger": ["staffing.end_employment", "staffing.hire_employees"],
}
"""Streams that two functions draw from on purpose: people of the outset are drawn as newcomers are, each in its own week but for
the first of the burn-in; who is let go in a merger is replaced in it."""


def test_every_stream_is_declared_once_and_drawn_from_in_one_place() -> None:
    """Streams are told apart by name; one name in two places would give two purposes the same draws."""
    drawn = drawn_in_weeks()
    assert len(drawn) > 20
    declared = Counter(name.replace(" ", "_") for name in KNOWN.streams)
    assert set(drawn) == set(declared), "what is drawn from is declared, and what is declared is drawn from"
    assert [name for name, times in declared.items() if times > 1] == []
    shared = {name: sorted(set(places)) for name, places in drawn.items() if len(set(places)) > 1}
    assert shared == SHARED


def test_a_stream_is_declared_in_the_file_that_draws_from_it() -> None:
    places = {name: {place.partition(".")[0] for place in found} for name, found in drawn_in_weeks().items()}
    for path in MECHANISMS:
        module = __import__(f"sim.model.mechanisms.{path.stem}", fromlist=["STREAMS"])
        for stream in getattr(module, "STREAMS", ()):
            assert path.stem in places[stream.replace(" ", "_")], f"{stream} of {path.stem}"


BOTH = {"remembered elsewhere"}
"""Streams from whose blocks founders and newcomers alike are drawn, each in its own week but for the first of the burn-in."""


def test_draws_of_the_outset_are_told_apart_by_name() -> None:
    drawn: dict[str, set[str]] = {}
    for path in CORE:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                first = node.args[0] if node.args else None
                if node.func.attr in {"uniform", "normal", "exponential"} and isinstance(first, ast.Constant):
                    drawn.setdefault(str(first.value), set()).add(f"{label(path)}:{node.lineno}")
    assert len(drawn) > 10
    assert {name: places for name, places in drawn.items() if len(places) > 1} == {}
    assert set(drawn) & set(KNOWN.streams) == BOTH


def test_steps_name_only_what_is_declared() -> None:
    """A misspelled column, number, parameter or resource fails here and not in the middle of compiling."""
    known = {table: {column.name for column in KNOWN.table(table)} for table in TABLES}
    known["policy"] = known["requested"] = set(KNOWN.resources)
    known["parameters"] = {parameter.record_name for parameter in KNOWN.parameters.values()}
    known["week"] = {"number"} | {number.name for number in KNOWN.numbers if number.weekly}
    known["organization"] = {number.name for number in KNOWN.numbers if not number.weekly}
    for path in (*MECHANISMS, *sorted((SOURCE / "outcomes").glob("*.py"))):
        for function in functions(path):
            arguments = {argument.arg for argument in function.args.args} & set(known)
            for node in ast.walk(function):
                if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in arguments:
                    name = node.value.id
                    assert node.attr in known[name], f"{label(path)}: {function.name} reads {name}.{node.attr}"


ALLOWED = {
    **dict.fromkeys((0.0, 0.5, 1.0, 2.0, 3.0), "halves, wholes and small whole numbers of formulas"),
    **dict.fromkeys((12.0, 52.0), "months and weeks of a year"),
    7.0: "days of a week",
    1e-12: "room for rounding, and what is no longer told from nothing",
    1e-9: "a rate so small that it counts as none, in a formula that divides by it",
    **dict.fromkeys((50.0, 700.0), "where an exponential is as good as 0 or infinity"),
}
"""Numbers that rules and steps may hold; every other one says something about people, and is a parameter."""


@pytest.mark.parametrize("path", MECHANISMS, ids=label)
def test_no_number_of_the_model_stands_outside_the_parameters(path: Path) -> None:
    for function in functions(path):
        for node in ast.walk(function):
            if isinstance(node, ast.Constant) and type(node.value) is float:
                assert node.value in ALLOWED, f"{label(path)}:{node.lineno}: {function.name} holds {node.value}"


CONSTANTS = {
    "fads._WEEKS_A_QUARTER": 13.0,
    "fads._WEEKS_A_YEAR": 52.0,
    "leadership._WEEKS_A_YEAR": 52.0,
    "lifetime.WEEKS_A_YEAR": 52,
    "lifetime._LARGEST_SHIFT": 700.0,  # where an exponential is as good as infinity
    "lifetime._SLOWEST_RATE": 1e-300,  # where a wait would overflow
    "lifetime.INITIALIZATION_TRIES": 200,  # of which no result depends, but for markets that hardly anybody stays in
    "moments.STEPS": 6,  # the procedure of the replicated study
    "moments.EMPATHIC_STEPS": 2,
    "moments.SKILLS": 4,
    "norm.SEEN": 100,  # a percent in memory's whole numbers
    "susceptibility._NOTHING": 1e-12,  # a variance that no person's factor shows
}
"""Plain numbers that mechanisms' files name: the calendar, limits of arithmetic, and the build of a replicated study."""


def test_named_numbers_are_of_the_calendar_of_arithmetic_or_of_a_study() -> None:
    found = {}
    for path in MECHANISMS:
        for node in tree(path).body:
            value = node.value if isinstance(node, ast.Assign) else None
            if isinstance(node, ast.Assign) and isinstance(value, ast.Constant) and type(value.value) in (int, float):
                found[f"{path.stem}.{ast.unparse(node.targets[0])}"] = value.value
    assert found == CONSTANTS
