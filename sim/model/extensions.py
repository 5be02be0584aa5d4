"""Extensions: files of the user that add a mechanism to the model or replace one of its rules, without a fork.

An extension is written as the model's own mechanisms are: ``PARAMETERS``, ``COLUMNS``, ``NUMBERS``, ``STREAMS``, ``NEUTRAL``,
rules and steps, and ``RESOURCES`` and ``EVENT_KINDS`` if it has any. Three decorators of this module say the rest: where in the
week a step stands (:func:`step`), which rule or step a function replaces (:func:`replaces`), and which functions are outcomes
(:func:`outcome`).

To run an extension is to run someone else's program. A scenario or experiment names its extensions. They run only if the
user names them as well (``--extension FILE``) or trusts the file (``--trust``).
:func:`describe_extension` reads one without running it.
"""

from __future__ import annotations

import ast
import hashlib
import inspect
import linecache
import stat
import sys
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any, TypeVar

from sim.model.events import EventKind, declare_fields
from sim.model.kernel.names import EXTENSION
from sim.model.kernel.parameters import Parameter, declare
from sim.model.outcomes.weekly import Outcome
from sim.model.policies.resources import Resource

Function = TypeVar("Function", bound=Callable[..., Any])


class ExtensionError(ValueError):
    """An extension has faults: one message per fault, each with file and line."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = list(faults)
        super().__init__("\n".join(self.faults))


@dataclass(frozen=True, slots=True)
class Extension:
    """A file that extends the model.

    Attributes:
        file: Its file, as messages show it.
        text: Its text.
    """

    file: str
    text: str

    @property
    def name(self) -> str:
        """Name of the mechanism: the file's without its ending, with hyphens."""
        return Path(self.file).stem.replace("_", "-")

    @property
    def sha256(self) -> str:
        """SHA-256 of the text, independent of line endings."""
        return hashlib.sha256(self.text.replace("\r\n", "\n").encode()).hexdigest()

    def at(self, line: int | None) -> str:
        """A line of the file, for messages."""
        return self.file if line is None else f"{self.file}: line {line}"


@dataclass(frozen=True, slots=True)
class Mark:
    """What a decorator says of a function: where a step stands, what it replaces, or the unit of an outcome."""

    after: str = ""
    before: str = ""
    replaces: str = ""
    unit: str = ""


MARKS: dict[Callable[..., Any], Mark] = {}
"""Marks that decorators have set, by function."""


def step(*, after: str = "", before: str = "") -> Callable[[Function], Function]:
    """Declare a step of the week, after or before another.

    Its arguments name what it reads and changes (:mod:`sim.model.kernel.records`). A step whose only argument is ``model``
    is plain Python on live Mesa agents: slower, but free of Numba's limits.

    Args:
        after, before: Name of the neighboring step; give exactly one of the two. `sim.model.week` lists the steps.
    """
    if bool(after) == bool(before):
        raise ValueError("a step stands after or before another: write @step(after=...) or @step(before=...)")
    return _marking(Mark(after=after, before=before))


def replaces(name: str) -> Callable[[Function], Function]:
    """Declare a function that replaces one of the model's and takes the same arguments.

    Args:
        name: ``MODULE.FUNCTION``, for example ``norm.practice_probability``. A step may ask for other arguments.
    """
    return _marking(Mark(replaces=name))


def outcome(unit: str) -> Callable[[Function], Function]:
    """Declare a weekly outcome: a function of this name, whose docstring says what it means.

    Args:
        unit: Unit; ``share`` and ``index`` run from 0 to 1.
    """
    return _marking(Mark(unit=unit))


def _marking(mark: Mark) -> Callable[[Function], Function]:
    def put(function: Function) -> Function:
        MARKS[function] = mark
        return function

    return put


@dataclass(frozen=True)
class Contents:
    """What an extension adds.

    Attributes:
        module: The extension as a module after it ran; empty if it was only read.
        parameters, resources, event_kinds, outcomes: By declaration.
        steps, replacements: Functions with their marks.
    """

    module: ModuleType
    parameters: tuple[Parameter, ...] = ()
    resources: tuple[Resource, ...] = ()
    event_kinds: tuple[EventKind, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    steps: tuple[tuple[Callable[..., Any], Mark], ...] = ()
    replacements: dict[str, Callable[..., Any]] = field(default_factory=dict)


IRREGULAR = "must be a file, got a device, a pipe or a socket. Write what it holds into a file, and name that."
"""Rule and remedy for a path that :func:`is_regular` refuses."""

_OF_THE_SHELL = ("/dev/stdin", "/dev/fd/", "/proc/self/fd/")


def is_regular(path: Path) -> bool:
    """Whether a path leads to a file, or to what the shell hands over: ``/dev/stdin``, ``<(...)``.

    Anything else, such as a device or a pipe with a name, may never come to an end, or wait for ever to be opened.

    Raises:
        OSError: If there is nothing, or it cannot be looked at.
    """
    return stat.S_ISREG(path.stat().st_mode) or str(path).startswith(_OF_THE_SHELL)


def read(path: str | Path) -> Extension:
    """The extension in a file.

    Raises:
        ExtensionError: If it cannot be read.
    """
    try:
        if not Path(path).is_dir() and not is_regular(Path(path)):
            raise ExtensionError([f"{path}: this {IRREGULAR}"])
        return Extension(str(path), Path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise ExtensionError([f"{path}: the extension must be readable, got: {reason}. Check the path."]) from error


@cache
def run(extension: Extension) -> Contents:
    """Run an extension and gather what it declares.

    Raises:
        ExtensionError: With file and line, if it is no Python or fails.
    """
    module = ModuleType(f"{EXTENSION}{Path(extension.file).stem}_{extension.sha256[:8]}")
    module.__file__ = extension.file
    sys.modules[module.__name__] = module  # where inspect, pickle and tracebacks look it up
    lines = extension.text.splitlines(keepends=True)
    linecache.cache[extension.file] = (len(extension.text), None, lines, extension.file)
    try:
        exec(compile(extension.text, extension.file, "exec"), vars(module))
    except SyntaxError as error:
        raise ExtensionError([f"{extension.at(error.lineno)}: must be Python, got: {error.msg}."]) from error
    except Exception as error:
        inside = [
            frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == extension.file
        ]
        place = extension.at(inside[-1] if inside else None)
        raise ExtensionError([f"{place}: {type(error).__name__}: {error}"]) from error
    functions = [each for each in vars(module).values() if isinstance(each, FunctionType) and each in MARKS]
    return Contents(
        module,
        tuple(getattr(module, "PARAMETERS", ())),
        tuple(getattr(module, "RESOURCES", ())),
        tuple(getattr(module, "EVENT_KINDS", ())),
        tuple(_outcome(each, MARKS[each].unit) for each in functions if MARKS[each].unit),
        tuple((each, MARKS[each]) for each in functions if MARKS[each].after or MARKS[each].before),
        {MARKS[each].replaces: each for each in functions if MARKS[each].replaces},
    )


def _outcome(function: Callable[..., float], unit: str) -> Outcome:
    return Outcome(function.__name__, unit, " ".join((function.__doc__ or "").split()), function)


def describe_extension(extension: Extension) -> Contents:
    """What an extension declares, read without running it: parameters, resources, kinds of events and outcomes.

    Raises:
        ExtensionError: With file and line, if it is no Python or a declaration is not written out.
    """
    try:
        tree = ast.parse(extension.text)
    except SyntaxError as error:
        raise ExtensionError([f"{extension.at(error.lineno)}: must be Python, got: {error.msg}."]) from error
    parameters: tuple[Parameter, ...] = ()
    resources: tuple[Resource, ...] = ()
    event_kinds: tuple[EventKind, ...] = ()
    outcomes = []
    for node in tree.body:
        try:
            if _assigns(node, "PARAMETERS"):
                parameters = declare(ast.literal_eval(node.value.args[0]))  # type: ignore[attr-defined]
            elif _assigns(node, "RESOURCES"):
                resources = tuple(_resource(each) for each in node.value.elts)  # type: ignore[attr-defined]
            elif _assigns(node, "EVENT_KINDS"):
                event_kinds = tuple(_event_kind(each) for each in node.value.elts)  # type: ignore[attr-defined]
        except (ValueError, TypeError, AttributeError, LookupError) as error:
            said = f"must be written out, so that it can be read without running the file, got: {error}"
            raise ExtensionError([f"{extension.at(node.lineno)}: the declaration {said}"]) from error
        for unit in _units(node):
            meaning = " ".join((ast.get_docstring(node) or "").split())  # type: ignore[arg-type]
            outcomes.append(Outcome(node.name, unit, meaning, _unread))  # type: ignore[attr-defined]
    return Contents(ModuleType(extension.name), parameters, resources, event_kinds, tuple(outcomes))


def _assigns(node: ast.stmt, name: str) -> bool:
    """Whether a statement assigns to this name."""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return any(isinstance(target, ast.Name) and target.id == name for target in targets)


def _resource(node: ast.expr) -> Resource:
    """A resource as it is written out."""
    if not isinstance(node, ast.Call):
        raise ValueError("a resource is written Resource(...)")
    named = {each.arg: ast.literal_eval(each.value) for each in node.keywords if each.arg}
    return Resource(*(ast.literal_eval(each) for each in node.args), **named)


def _event_kind(node: ast.expr) -> EventKind:
    """A kind of event as it is written out, with its keys named."""
    if not isinstance(node, ast.Call):
        raise ValueError("a kind of event is written EventKind(name=..., ...)")
    named: dict[str, Any] = {each.arg: each.value for each in node.keywords if each.arg}
    fields = declare_fields(ast.literal_eval(named.pop("fields").args[0]))
    written = {name: ast.literal_eval(value) for name, value in named.items() if name != "apply"}
    return EventKind(**written, fields=fields, apply=_unread)


def _units(node: ast.stmt) -> list[str]:
    """Unit of the outcome that a statement declares, if it declares one."""
    if not isinstance(node, ast.FunctionDef):
        return []
    calls = [each for each in node.decorator_list if isinstance(each, ast.Call) and isinstance(each.func, ast.Name)]
    return [str(ast.literal_eval(each.args[0])) for each in calls if each.func.id == "outcome"]  # type: ignore[attr-defined]


def _unread(*arguments: Any) -> Any:
    """Stand-in for a function of an extension that was only read."""
    raise ExtensionError(["this extension was read and not run"])


def arguments_of(function: Callable[..., Any]) -> list[str]:
    """Names of a function's arguments."""
    return list(inspect.signature(function).parameters)


def line_of(function: Callable[..., Any]) -> int:
    """Line in which a function begins."""
    return int(function.__code__.co_firstlineno)


class _Consent:
    """What this process may run: the extensions that the user named, and whether to trust those that files name.

    Attributes:
        given: Extensions that the user named; part of every model in this process.
        trust: Whether extensions that files name run without being named by the user.
        reading: Whether extensions are read only, and nothing runs.
    """

    def __init__(self) -> None:
        self.given: tuple[Extension, ...] = ()
        self.trust = False
        self.reading = False

    def give(self, paths: Iterable[str | Path]) -> None:
        """Make these extensions part of every model in this process."""
        self.use(read(path) for path in paths)

    def use(self, extensions: Iterable[Extension]) -> None:
        """Make these extensions part of every model in this process, each of them once."""
        self.given = tuple(dict.fromkeys((*self.given, *extensions)))


consent = _Consent()
"""What this process may run."""


def named_in(names: object, folder: Path, label: str) -> tuple[Extension, ...]:
    """Extensions that a file names, if they may run or nothing runs.

    Args:
        names: Value of the file's key ``extensions``.
        folder: Folder of the file, to which their paths are relative.
        label: What messages call the file.

    Raises:
        ExtensionError: With every fault; and where the user has not named one of them.
    """
    if not isinstance(names, list | tuple) or not all(isinstance(name, str) for name in names):
        raise ExtensionError([f'{label}: extensions must be a list of files, got {names!r}. Write ["remote_work.py"].'])
    found, faults = [], []
    known = {Path(each.file).resolve(): each for each in consent.given}
    for name in names:
        path = folder / name
        try:
            extension = known.get(path.resolve()) or read(path)
        except ExtensionError as error:
            faults += error.faults
            continue
        found.append(extension)
        if not (consent.reading or consent.trust or path.resolve() in known):
            faults.append(
                f"{label}: extensions names {name}, which is a program of somebody's. Read it, and run it with "
                f"--extension {path} (or --trust for all that this file names)."
            )
    if faults:
        raise ExtensionError(faults)
    consent.use(found)  # tables and messages look things up without a scenario
    return tuple(found)
