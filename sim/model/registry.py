"""One registry of everything that has a name: mechanisms, parameters, columns, resources, events, steps, outcomes.

A mechanism declares in its own file what it adds: ``PARAMETERS``, ``COLUMNS``, ``NUMBERS`` and ``STREAMS``. This module finds
them. The registry feeds the engine, the validation of files, ``centricity list``, the documentation and sweeps.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import cache, cached_property
from types import ModuleType
from typing import Any, TypeVar

from sim.model.events import EVENT_KINDS, EventKind
from sim.model.extensions import (
    Contents,
    Extension,
    ExtensionError,
    arguments_of,
    consent,
    describe_extension,
    line_of,
    run,
)
from sim.model.kernel.columns import Column, Number, Start
from sim.model.kernel.mechanism import Mechanism
from sim.model.kernel.names import name_of
from sim.model.kernel.parameters import Parameter
from sim.model.kernel.records import ARGUMENTS, SCRATCH
from sim.model.outcomes.weekly import OUTCOMES, Outcome
from sim.model.policies.resources import RESOURCES, Resource
from sim.model.week import WEEK

MECHANISMS = "sim.model.mechanisms"
"""Package in which every module is a mechanism."""

PACKAGES = (MECHANISMS, "sim.model.agents", "sim.model.policies", "sim.model.events", "sim.model.outcomes")
"""Packages in which every module is searched for ``PARAMETERS``."""

WITHOUT = frozenset({"sim.model.agents.views", "sim.model.agents.newcomers"})
"""Modules in these packages that declare nothing. The first imports all of Mesa, which would slow down short commands."""

Declared = TypeVar("Declared", Column, Number)


CORE = (
    "salience",
    "compliance",
    "standard",
    "norm",
    "training",
    "delivery",
    "satisfaction",
    "lifetime",
    "staffing",
    "leadership",
    "ledger",
)
"""Mechanisms of the core: the three channels (identification, compliance, internalization), the standard that erodes under
load, service and how customers take it, arrivals and exits, and the books. The texts' argument needs no more. Whether
the headlines need more is shown by runs of the core alone."""


@dataclass(frozen=True, eq=False)
class Registry:
    """All names that a file may use, each with its declaration.

    Functions that check files take a registry, so that tests can give them a small one.
    """

    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    resources: Mapping[str, Resource] = field(default_factory=dict)
    event_kinds: Mapping[str, EventKind] = field(default_factory=dict)
    outcomes: Mapping[str, Outcome] = field(default_factory=dict)
    mechanisms: Mapping[str, Mechanism] = field(default_factory=dict)
    columns: tuple[Column, ...] = ()
    numbers: tuple[Number, ...] = ()
    streams: tuple[str, ...] = ()
    steps: tuple[Callable[..., None], ...] = ()
    replacements: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    extensions: tuple[Extension, ...] = ()

    def table(self, name: str) -> tuple[Column, ...]:
        """Columns of one table, its ``identity`` first if it has one."""
        return self._tables.get(name, ())

    @cached_property
    def _tables(self) -> dict[str, tuple[Column, ...]]:
        """Columns by table."""
        found: dict[str, list[Column]] = {}
        for column in sorted(self.columns, key=lambda column: column.name != "identity"):
            found.setdefault(column.table, []).append(column)
        return {name: tuple(columns) for name, columns in found.items()}


def gather(declared: Iterable[tuple[str, Iterable[Parameter]]]) -> dict[str, Parameter]:
    """Parameters of several modules by name, in alphabetical order.

    Args:
        declared: Pairs of a module's name and its parameters. The same object may come twice (a package that exports
            what its module declares). Two declarations of one name may not.

    Raises:
        ValueError: If a name has no section, or two modules declare it.
    """
    found: dict[str, tuple[str, Parameter]] = {}
    for module, parameters in declared:
        for parameter in parameters:
            name = parameter.name
            if not all(name.partition(".")):
                raise ValueError(f"{module}: parameter {name!r} must be named section.name. Put a section before it.")
            earlier, known = found.setdefault(name, (module, parameter))
            if known is not parameter:
                raise ValueError(f"{module}: parameter {name} is declared in {earlier} already. Rename one of them.")
    return {name: found[name][1] for name in sorted(found)}


def mechanisms(found: Iterable[ModuleType]) -> dict[str, Mechanism]:
    """Mechanisms of these modules by name, in alphabetical order: those that declare parameters or can be switched off."""
    known: dict[str, Mechanism] = {}
    for module in found:
        package, _, last = module.__name__.rpartition(".")
        if package != MECHANISMS or not (hasattr(module, "PARAMETERS") or hasattr(module, "NEUTRAL")):
            continue
        name = last.replace("_", "-")
        known[name] = Mechanism(
            name,
            module.__name__,
            " ".join((module.__doc__ or "").strip().partition("\n\n")[0].split()),
            tuple(getattr(module, "PARAMETERS", ())),
            dict(getattr(module, "NEUTRAL", {})),
            dict(getattr(module, "ACTIVE", {})),
            name in CORE,
        )
    return {name: known[name] for name in sorted(known)}


def modules() -> Iterator[ModuleType]:
    """Every module that may declare parameters, imported."""
    for name in PACKAGES:
        package = importlib.import_module(name)
        yield package
        for entry in pkgutil.walk_packages(getattr(package, "__path__", ()), f"{name}.", onerror=_refuse):
            if entry.name not in WITHOUT:
                yield importlib.import_module(entry.name)


def declared(found: Iterable[ModuleType], tuple_name: str, kind: type[Declared]) -> tuple[Declared, ...]:
    """Columns or numbers that these modules declare. Functions named in them are looked up in the module.

    Raises:
        ValueError: If two modules declare the same, or one names a function that it does not have.
    """
    known: dict[Any, Declared] = {}
    homes: dict[Any, str] = {}
    for module in found:
        for entry in getattr(module, tuple_name, ()):
            key = (entry.table, entry.name) if isinstance(entry, Column) else (entry.weekly, entry.name)
            if homes.setdefault(key, module.__name__) != module.__name__ or key in known:
                raise ValueError(
                    f"{module.__name__}: {entry.name} is declared in {homes[key]} already. Rename one of them."
                )
            names = ("newcomer", "initial") if isinstance(entry, Column) else ("start",)
            known[key] = replace(entry, **{name: _resolved(getattr(entry, name), module) for name in names})
    return tuple(known.values())


def _resolved(start: Start, module: ModuleType) -> Start:
    """A declared start, with its function looked up if it names one."""
    if not isinstance(start, str) or "." in start:
        return start
    function = getattr(module, start, None)
    if not callable(function):
        raise ValueError(f"{module.__name__}: {start} must be a function of this module or a parameter's name")
    return function  # type: ignore[no-any-return]


def _refuse(name: str) -> None:
    """Raise for a package that cannot be imported."""
    raise ImportError(f"{name} could not be imported while gathering parameters")


def current() -> Registry:
    """The registry of the installed model, with the extensions that the user named for this process."""
    return extended(consent.given)


def extended(extensions: tuple[Extension, ...]) -> Registry:
    """The registry of the installed model with extensions.

    Raises:
        ExtensionError: With every fault of the first extension that has any.
    """
    return _extended(extensions, consent.reading)


@cache
def _extended(extensions: tuple[Extension, ...], reading: bool) -> Registry:
    """The registry with extensions that are run, or read only."""
    registry = _own()
    for extension in extensions:
        registry = _with(registry, extension, describe_extension(extension) if reading else run(extension))
    return registry


def _with(registry: Registry, extension: Extension, contents: Contents) -> Registry:
    """A registry with what one more extension adds."""
    module = contents.module
    faults = Faulty(extension)
    prices = [resource.cost_parameter for resource in contents.resources]
    columns = faults.of(declared, [module], "COLUMNS", Column)
    numbers = faults.of(declared, [module], "NUMBERS", Number)
    faults.twice("parameter", [each.name for each in (*contents.parameters, *prices)], registry.parameters)
    faults.twice("resource", [each.name for each in contents.resources], registry.resources)
    faults.twice("kind of event", [each.name for each in contents.event_kinds], registry.event_kinds)
    faults.twice("outcome", [each.name for each in contents.outcomes], registry.outcomes)
    faults.twice(
        "column", [(each.table, each.name) for each in columns], [(each.table, each.name) for each in registry.columns]
    )
    faults.twice(
        "number",
        [(each.weekly, each.name) for each in numbers],
        [(each.weekly, each.name) for each in registry.numbers],
    )
    steps = [contents.replacements.get(name_of(step), step) for step in registry.steps]
    for step, mark in contents.steps:
        faults.asks(step)
        names = [each.__name__ for each in steps]
        beside = mark.after or mark.before
        if beside not in names:
            near = get_close_matches(beside, names, 1)
            hint = f"Did you mean {near[0]}?" if near else f"The steps are {', '.join(names)}."
            faults.add(step, f"{step.__name__} must stand next to a step of the week, got {beside}. {hint}")
        else:
            steps.insert(names.index(beside) + bool(mark.after), step)
    if not consent.reading:
        for outcome in contents.outcomes:
            faults.asks(outcome.measure)
        for event_kind in contents.event_kinds:
            faults.asks(event_kind.apply, ("event", *event_kind.fields))
    for name, function in contents.replacements.items():
        faults.fits(name, function, registry)
    faults.raise_any()
    mechanism = Mechanism(
        extension.name,
        module.__name__,
        " ".join((module.__doc__ or "").strip().partition("\n\n")[0].split()),
        contents.parameters,
        dict(getattr(module, "NEUTRAL", {})),
        dict(getattr(module, "ACTIVE", {})),
    )
    return replace(
        registry,
        parameters=gather([("", registry.parameters.values()), (extension.file, (*contents.parameters, *prices))]),
        resources={**registry.resources, **{each.name: each for each in contents.resources}},
        event_kinds={**registry.event_kinds, **{each.name: each for each in contents.event_kinds}},
        outcomes={**registry.outcomes, **{each.name: each for each in contents.outcomes}},
        mechanisms={**registry.mechanisms, mechanism.name: mechanism},
        columns=(*registry.columns, *columns),
        numbers=(*registry.numbers, *numbers),
        streams=tuple(dict.fromkeys((*registry.streams, *getattr(module, "STREAMS", ())))),
        steps=tuple(steps),
        replacements={**registry.replacements, **contents.replacements},
        extensions=(*registry.extensions, extension),
    )


class Faulty:
    """Faults of one extension, collected."""

    def __init__(self, extension: Extension) -> None:
        self._extension = extension
        self._messages: list[str] = []

    def add(self, function: Callable[..., Any] | None, text: str) -> None:
        """Note a fault of a function or of the file."""
        self._messages.append(f"{self._extension.at(None if function is None else line_of(function))}: {text}")

    def of(self, gather_: Callable[..., Any], *arguments: Any) -> Any:
        """The result of a function that gathers declarations; an error of it is noted."""
        try:
            return gather_(*arguments)
        except ValueError as error:
            self.add(None, str(error))
            return ()

    def twice(self, what: str, names: Iterable[Any], known: Iterable[Any]) -> None:
        """Note names that the model already has."""
        for name in set(names) & set(known):
            said = name if isinstance(name, str) else name[-1]
            self.add(None, f"{what} {said} is one of the model's already. Rename it.")

    def asks(self, function: Callable[..., Any], more: tuple[str, ...] = ()) -> None:
        """Note arguments that do not exist, or whose names (``more``) mean two things."""
        names, known = arguments_of(function), (*more, *ARGUMENTS)
        for name in names if more or names not in (["model"], ["organization"]) else []:
            if known.count(name) != 1:
                said = "of which there are two" if name in known else f"it may ask for {', '.join(known)}"
                self.add(function, f"{function.__name__} asks for {name}; {said}.")

    def fits(self, name: str, function: Callable[..., Any], registry: Registry) -> None:
        """Note a replacement that replaces nothing, or whose arguments differ from the original's."""
        module, _, last = name.rpartition(".")
        try:
            own = getattr(importlib.import_module(f"{MECHANISMS}.{module}"), last)
        except (ImportError, AttributeError):
            self.add(
                function,
                f"{function.__name__} must replace a function of the model, got {name}. Write MODULE.FUNCTION.",
            )
            return
        if own in registry.steps:
            self.asks(function)
        elif arguments_of(function) != arguments_of(own):
            self.add(
                function, f"{function.__name__} must have the arguments of {name}: {', '.join(arguments_of(own))}."
            )

    def raise_any(self) -> None:
        """Raise what was noted."""
        if self._messages:
            raise ExtensionError(self._messages)


@cache
def _own() -> Registry:
    """The registry of the installed model without any extension, gathered once."""
    found = tuple(modules())
    return Registry(
        parameters=gather((module.__name__, getattr(module, "PARAMETERS", ())) for module in found),
        resources=RESOURCES,
        event_kinds=EVENT_KINDS,
        outcomes=OUTCOMES,
        mechanisms=mechanisms(found),
        columns=(*declared(found, "COLUMNS", Column), *SCRATCH),
        numbers=declared(found, "NUMBERS", Number),
        streams=tuple(name for module in found for name in getattr(module, "STREAMS", ())),
        steps=WEEK,
    )


PARAMETERS: Mapping[str, Parameter]
"""Every parameter of the model by its dotted name, gathered on first use."""


def __getattr__(name: str) -> Mapping[str, Parameter]:
    """Gather :data:`PARAMETERS` on first use, so that importing this module imports no mechanism."""
    if name == "PARAMETERS":
        return current().parameters
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
