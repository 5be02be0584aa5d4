"""One registry of everything that has a name: mechanisms, parameters, resources, kinds of events, weekly outcomes.

Parameters are declared beside the code that uses them, in tuples called ``PARAMETERS``; here they are found. The
registry feeds the validation of files, ``centricity list``, the documentation and sweeps.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from types import ModuleType

from sim.kernel.mechanism import Mechanism
from sim.kernel.parameters import Parameter
from sim.outcomes.weekly import OUTCOMES, Outcome
from sim.policies.resources import RESOURCES, Resource
from sim.shocks import SHOCKS, Shock

MECHANISMS = "sim.mechanisms"
"""Package in which every module is a mechanism."""

PACKAGES = (MECHANISMS, "sim.agents", "sim.policies", "sim.shocks", "sim.outcomes")
"""Packages in which every module is searched for ``PARAMETERS``."""

WITHOUT = frozenset({"sim.agents.views"})
"""Modules in these packages that declare nothing and import all of Mesa, for which short commands should not wait."""

MODULES: tuple[str, ...] = ()
"""Single modules outside of those packages that declare ``PARAMETERS`` too."""


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
"""Mechanisms of the core: the three channels (identification, compliance, internalization), the standard that load wears
down, what reaches customers and what they make of it, who comes and goes, and the books. The texts' argument needs no
more; whether the headlines need more is what "the core alone" shows."""


@dataclass(frozen=True)
class Registry:
    """All names that a file may use, each with what is known about it.

    Functions that check files take a registry, so that tests can give them a small one.
    """

    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    resources: Mapping[str, Resource] = field(default_factory=dict)
    shocks: Mapping[str, Shock] = field(default_factory=dict)
    outcomes: Mapping[str, Outcome] = field(default_factory=dict)
    mechanisms: Mapping[str, Mechanism] = field(default_factory=dict)


def gather(declared: Iterable[tuple[str, Iterable[Parameter]]]) -> dict[str, Parameter]:
    """Parameters of several modules by name, in alphabetical order.

    Args:
        declared: Pairs of a module's name and its parameters. The very same object may come twice (a package that
            hands on what its module declares); two declarations of one name may not.

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
        for entry in pkgutil.walk_packages(package.__path__, f"{name}.", onerror=_refuse):
            if entry.name not in WITHOUT:
                yield importlib.import_module(entry.name)
    for name in MODULES:
        yield importlib.import_module(name)


def _refuse(name: str) -> None:
    """A package that cannot be imported must not go unnoticed."""
    raise ImportError(f"{name} could not be imported while gathering parameters")


@cache
def current() -> Registry:
    """The registry of the installed model, gathered once."""
    found = tuple(modules())
    return Registry(
        parameters=gather((module.__name__, getattr(module, "PARAMETERS", ())) for module in found),
        resources=RESOURCES,
        shocks=SHOCKS,
        outcomes=OUTCOMES,
        mechanisms=mechanisms(found),
    )


PARAMETERS: Mapping[str, Parameter]
"""Every parameter of the model by its dotted name; gathered when somebody first asks for it."""


def __getattr__(name: str) -> Mapping[str, Parameter]:
    """Gather :data:`PARAMETERS` on first use, so that importing this module imports no mechanism."""
    if name == "PARAMETERS":
        return current().parameters
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
