"""Runs weeks: joins the steps of the week in one function, compiled or plain, and calls it with an organization.

The function is generated from :data:`sim.model.week.WEEK` (:func:`source_of_the_week`), one line per step. Each step gets
what its arguments name. Around the steps, the policy asks for its amounts, outcomes are measured, and conditions end phases.
Compiled (:mod:`sim.model.compiled`), the function runs many weeks in one call. As plain Python (``NUMBA_DISABLE_JIT=1``, or
within :func:`in_form`) it can be followed line by line. All forms give the same bits. A step of an extension whose only
argument is the whole ``organization`` or ``model`` runs as plain Python, between two stretches of the others.
"""

from __future__ import annotations

import inspect
import linecache
import math
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache, cached_property
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from sim.model import events
from sim.model.agents import newcomers
from sim.model.compiled import choice
from sim.model.compiled.addresses import Records, types_of
from sim.model.extensions import ExtensionError
from sim.model.kernel.array_types import FloatArray
from sim.model.kernel.columns import Column, Number
from sim.model.kernel.linking import Linker, PatchedError
from sim.model.kernel.names import name_of
from sim.model.kernel.records import ARGUMENTS, COLUMN_RECORDS, record_class
from sim.model.organization import Organization
from sim.model.policies import schedule
from sim.model.registry import Registry
from sim.model.week import INITIALIZATION

ChoiceArray = NDArray[np.int8]
Step = Callable[..., None]

BEGIN = -1
"""Place before the first step, at which a week begins."""

VACANT = -1
"""Entry of the table of choices for a vacant seat."""


class Form(StrEnum):
    """How the week runs. All forms give the same bits."""

    FASTEST = "fastest"
    """Machine code if it is there, else portable code if that is up to date, else machine code after compiling it."""
    MACHINE = "machine"
    PORTABLE = "portable"
    PLAIN = "plain"


_form: ContextVar[Form] = ContextVar("form", default=Form.FASTEST)


@contextmanager
def in_form(form: Form) -> Iterator[None]:
    """Run weeks in one form within this context. Plain Python is slow, and open to debuggers and coverage."""
    token = _form.set(form)
    try:
        yield
    finally:
        _form.reset(token)


def uncompiled() -> AbstractContextManager[None]:
    """Run weeks as plain Python within this context."""
    return in_form(Form.PLAIN)


def form_now() -> Form:
    """The form in which weeks run now."""
    return Form.PLAIN if os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0") else _form.get()


@cache
def is_python_step(step: Step) -> bool:
    """Whether a step asks for the organization itself. Such a step runs between stretches of the others."""
    return list(inspect.signature(step).parameters) in (["organization"], ["model"])


def run_week(organization: Organization) -> None:
    """Run one week and move the clock."""
    _run_stretch(organization, 1, *_allocate_results(organization, 1))


def run_weeks(organization: Organization, weeks: int) -> tuple[FloatArray, ChoiceArray]:
    """Run many weeks and move the clock.

    Returns:
        Outcomes by week, shape (weeks, outcomes of the registry), and choices by week and seat, :data:`VACANT` for
        vacant seats.
    """
    values, choices = _allocate_results(organization, weeks)
    stretch = 1 if week_function_of(organization.registry).python_steps else max(weeks, 1)
    for done in range(0, weeks, stretch):
        _run_stretch(organization, stretch, values[done : done + stretch], choices[done : done + stretch])
    return values.view(np.float64).reshape(weeks, len(organization.registry.outcomes)), choices


def refuse_patched(registry: Registry) -> None:
    """Refuse a model of which a function was patched from outside.

    Raises:
        PatchedError: If there is one.
    """
    patched = week_function_of(registry).find_patched()
    if patched is not None:
        raise PatchedError(patched)


def run_step(organization: Organization, step: Step | str) -> None:
    """Run one step alone, given by name or as the function. The clock does not move."""
    week_function = week_function_of(organization.registry)
    index = week_function.index(step)
    if is_python_step(week_function.steps[index]):
        _run_python_step(week_function.steps[index], organization)
    else:
        week = organization.week
        _run(organization, index, index + 1)
        organization.week = week  # which the last step would have moved


def begin_week(organization: Organization) -> None:
    """Begin a week: set its numbers to their starting values and ask the policy for its amounts."""
    _run(organization, BEGIN, BEGIN + 1)


def ensure_compiled(lock: AbstractContextManager[Any] | None = None, registry: Registry | None = None) -> None:
    """Have the compiled week ready before the first week is run.

    Args:
        lock: A lock shared by processes that begin together: one compiles, and the others find the result on disk.
        registry: Registry whose loops are compiled; the model's own unless another is given.
    """
    from sim.model.registry import current

    week_function_of(registry or current(), lock)


def _allocate_results(organization: Organization, weeks: int) -> tuple[NDArray[np.void], ChoiceArray]:
    """Arrays for the outcomes and choices of a number of weeks."""
    values = np.zeros(weeks, dtype=_record_layout_of(organization.registry).outcomes)
    return values, np.zeros((weeks, organization.employees.choice.size), dtype=np.int8)


def _run(organization: Organization, first: int, last: int) -> None:
    """Run some steps of one week, and throw its results away."""
    week_function = week_function_of(organization.registry)
    week_function.run(first, last, 1, _bound_records(organization), *_allocate_results(organization, 1))


def _run_stretch(organization: Organization, weeks: int, values: NDArray[np.void], choices: ChoiceArray) -> None:
    """Run a number of weeks, which is one where steps are plain Python."""
    week_function = week_function_of(organization.registry)
    done = BEGIN
    for index in week_function.python_steps:
        if index > done:
            week_function.run(done, index, 1, _bound_records(organization), values, choices)
        _run_python_step(week_function.steps[index], organization)
        done = index + 1
    week_function.run(done, week_function.end, weeks, _bound_records(organization), values, choices)
    vars(organization)["outcomes"] = dict(zip(organization.registry.outcomes, values[-1].tolist(), strict=True))


def _run_python_step(step: Step, organization: Organization) -> None:
    """Run a step that asks for the organization, or for its agents as a Mesa model."""
    if "model" in inspect.signature(step).parameters:
        from sim.model.agents.views import LiveAgents  # importing Mesa takes a second: only when it is needed

        if vars(organization).get("agents") is None:
            vars(organization)["agents"] = LiveAgents(organization)
        step(vars(organization)["agents"].refreshed())
    else:
        step(organization)


@dataclass
class WeekFunction:
    """The week of a registry as a function.

    Attributes:
        steps: Steps of the week, and after them those of the initialization.
        end: Number of the steps of the week.
        run: ``run(first, last, weeks, records, outcomes, choices)`` runs the steps from ``first`` (:data:`BEGIN` for the
            beginning of the week) up to ``last``, or several whole weeks.
        find_patched: Gives the name of a function that was patched from outside, if any.
    """

    steps: tuple[Step, ...]
    end: int
    run: Callable[..., None]
    find_patched: Callable[[], str | None]

    @cached_property
    def python_steps(self) -> tuple[int, ...]:
        """Places of the steps that it leaves out."""
        return tuple(index for index, step in enumerate(self.steps) if is_python_step(step))

    def index(self, step: Step | str) -> int:
        """Place of a step, given as the function or by name."""
        for index, known in enumerate(self.steps):
            if step in (known, known.__name__):
                return index
        raise ValueError(f"{step} is no step of the week. Steps are {', '.join(each.__name__ for each in self.steps)}.")


_week_functions: dict[tuple[int, Form], tuple[Registry, WeekFunction]] = {}


def week_function_of(registry: Registry, lock: AbstractContextManager[Any] | None = None) -> WeekFunction:
    """The week of a registry in the form in which it runs now; made once."""
    key = (id(registry), form_now())
    if key not in _week_functions:
        _week_functions[key] = (registry, _make(registry, key[1], lock))
    return _week_functions[key][1]


def source_of_the_week(registry: Registry) -> tuple[str, dict[str, Any]]:
    """The week as the text of a function, one line per step, and what the names in it mean."""
    steps = (*registry.steps, *INITIALIZATION)
    end = len(registry.steps)
    request, end_phases = schedule.request_amounts, schedule.end_phases
    meanings: dict[str, Any] = {_alias(request): request, _alias(end_phases): end_phases}
    made = {"events.apply_events": _event_function(registry)}
    lines = [
        f"def generated_week{_suffix(registry)}(first, last, weeks, " + ", ".join(_GIVEN) + ", values, choices):",
        *(f"    {name} = {name}_record[0]" for name in RECORDS),
        "    for number in range(weeks):",
        "        outcomes = values[number]",
        f"        if first == {BEGIN}:",
        *(f"            week.{each.name} = {_start_literal(each)}" for each in registry.numbers if each.weekly),
        f"            {_alias(request)}({_argument_list(request, ARGUMENTS)})",
    ]
    for index, step in enumerate(steps):
        if not is_python_step(step):
            alias = _alias(step)
            meanings[alias] = made.get(name_of(step), step)
            lines.append(f"        if first <= {index} and {index} < last:")
            lines.append(f"            {alias}({_argument_list(meanings[alias], ARGUMENTS)})")
    lines.append(f"        if last == {end}:")
    for name, outcome in registry.outcomes.items():
        alias = f"outcome_{name}"
        meanings[alias] = outcome.measure
        lines.append(f"            outcomes.{name} = {alias}({_argument_list(outcome.measure, ARGUMENTS)})")
    lines += [
        f"            {_alias(end_phases)}({_argument_list(end_phases, ARGUMENTS)})",
        "            for seat in range(employees.choice.size):",
        f"                choices[number, seat] = employees.choice[seat] if employees.employed[seat] else {VACANT}",
        "            week.number += 1",
    ]
    return "\n".join(lines) + "\n", meanings


RECORDS = ("parameters", "streams", "week", "organization")
_GIVEN = tuple(f"{name}_record" if name in RECORDS else name for name in ARGUMENTS if name != "outcomes")
"""Arguments of the function of the week, in order."""


def _alias(step: Step) -> str:
    """A unique name for a step. The file of an extension may be called what no name in Python may be."""
    return re.sub(r"\W", "_", f"{step.__module__.rpartition('.')[2]}_{step.__name__}")


def _argument_list(
    function: Callable[..., Any], known: tuple[str, ...], meanings: Mapping[str, str] | None = None
) -> str:
    """Arguments of a function by name, all of which must be known, or have another meaning."""
    names = list(inspect.signature(function).parameters)
    meanings = {**dict(zip(known, known, strict=True)), **(meanings or {})}
    for name in names:
        if name not in meanings:
            raise ValueError(
                f"{function.__module__}.{function.__name__} asks for {name}, which nobody can give it. "
                f"It may ask for {', '.join(meanings)}."
            )
    return ", ".join(meanings[name] for name in names)


def _start_literal(number: Number) -> str:
    """The starting value of a number of the week, as a Python literal."""
    start = cast(float, number.start)
    if number.dtype.kind == "f":
        return "nan" if math.isnan(start) else repr(float(start))
    return repr(bool(start)) if number.dtype.kind == "b" else repr(int(start))


def _newcomer_function(registry: Registry, stub: Step, table: str, row: str) -> Step:
    """The generated function that sets the columns of a newcomer, in place of its stub."""
    known = tuple(inspect.signature(stub).parameters)
    lines, meanings = [f"def {stub.__name__}({', '.join(known)}):"], {}
    for column in registry.table(table):
        start = column.newcomer
        if start is None or not column.lasting:
            continue
        target = f"{table}.{column.name}[{row}{', :' if column.width else ''}]"
        if callable(start):
            alias = f"newcomers_{column.name}"
            meanings[alias] = start
            lines.append(f"    {target} = {alias}({_argument_list(start, known)})")
        elif isinstance(start, str):
            lines.append(f"    {target} = parameters.{start.replace('.', '_')}")
        else:
            lines.append(f"    {target} = {_as_column_type(column, start)}")
    return _function("\n".join(lines) + "\n", stub.__name__, meanings, newcomers.__name__)


def _event_function(registry: Registry) -> Step:
    """The generated step in which events happen, in place of its stub: one branch for each kind."""
    asked, lines, meanings = {"events": None, "week": None}, [], {}
    for code, kind in enumerate(registry.event_kinds.values()):
        fields = {name: f"events.fields[event, {place}]" for place, name in enumerate(kind.fields)}
        alias = f"happen_{code}"
        meanings[alias] = kind.apply
        given = _argument_list(kind.apply, ARGUMENTS, {"event": "event", **fields})
        lines += [f"            if events.kind[event] == {code}:", f"                {alias}({given})"]
        asked.update({name: None for name in inspect.signature(kind.apply).parameters if name in ARGUMENTS})
    head = [
        f"def {events.apply_events.__name__}({', '.join(asked)}):",
        "    for event in range(events.week.size):",
        "        if events.week[event] == week.number:",
    ]
    return _function(
        "\n".join([*head, *(lines or ["            pass"])]) + "\n",
        events.apply_events.__name__,
        meanings,
        events.__name__,
    )


def _outcome_function(registry: Registry) -> Step:
    """The generated function that gives an outcome by its place, in place of its stub."""
    stub = schedule.outcome_at
    lines = [f"def {stub.__name__}(place, outcomes):"]
    for place, name in enumerate(registry.outcomes):
        lines += [f"    if place == {place}:", f"        return outcomes.{name}"]
    return _function("\n".join([*lines, "    return nan"]) + "\n", stub.__name__, {}, schedule.__name__)


def _as_column_type(column: Column, start: float) -> str:
    """A number as a column of this type takes it."""
    return (
        repr(float(start))
        if column.dtype.kind == "f"
        else repr(bool(start) if column.dtype.kind == "b" else int(start))
    )


def _function(text: str, name: str, meanings: dict[str, Any], module: str) -> Step:
    """The function that a text defines; debuggers find the text."""
    file = os.path.join(os.path.dirname(__file__), f"{name}_as_it_runs.py")
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    names = {**meanings, "nan": math.nan, "__name__": module}
    exec(compile(text, file, "exec"), names)
    function: Step = names[name]
    return function


def _make(registry: Registry, form: Form, lock: AbstractContextManager[Any] | None) -> WeekFunction:
    """Put the week together."""
    steps = (*registry.steps, *INITIALIZATION)
    linker = _linker(registry, compiled=False)
    plain = linker.link(_generated_week(registry))

    def run(first: int, last: int, weeks: int, records: Records, values: Any, choices: Any) -> None:
        with np.errstate(all="ignore"):  # as compiled: what has no value is missing or infinite
            plain(first, last, weeks, *records, values.view(np.recarray), choices)

    if form is not Form.PLAIN:
        run = _compiled(registry, form, lock or nullcontext())
    return WeekFunction(steps, len(registry.steps), run, linker.find_patched)


def _generated_week(registry: Registry) -> Step:
    """The function of the week, in Python; it is not linked with the steps that it calls."""
    text, meanings = source_of_the_week(registry)
    return _function(text, f"generated_week{_suffix(registry)}", meanings, __name__)


def _linker(registry: Registry, compiled: bool) -> Linker:
    """Links the functions of a registry."""
    replacements = {
        **registry.replacements,
        "newcomers.welcome_employee": _newcomer_function(registry, newcomers.welcome_employee, "employees", "seat"),
        "newcomers.welcome_customer": _newcomer_function(registry, newcomers.welcome_customer, "customers", "position"),
        "schedule.outcome_at": _outcome_function(registry),
    }
    return Linker(compiled, replacements)


def _suffix(registry: Registry) -> str:
    """Suffix that keeps the week of a model with extensions apart from the model's own and from earlier versions of them."""
    if not registry.extensions:
        return ""
    return "_" + blake2b(" ".join(each.sha256 for each in registry.extensions).encode(), digest_size=6).hexdigest()


def _compiled(registry: Registry, form: Form, lock: AbstractContextManager[Any]) -> Callable[..., None]:
    """The compiled week. Its types are fixed, so that no call has to infer them."""
    return choice.compiled_week(_source(registry), form.value, lock)


def make_machine_code(registry: Registry | None = None) -> tuple[Path | None, bool]:
    """Make machine code of the week for this processor and keep it, unless it is there.

    Args:
        registry: The model's own unless another is given.

    Returns:
        The file, ``None`` if it cannot be kept anywhere; and whether it was there.
    """
    from sim.model.registry import current

    return choice.make_machine_code(_source(registry or current()))


def _source(registry: Registry) -> choice.Source:
    """What the compiled week of a registry is made from."""
    types = types_of(_arguments_of_two(registry)[3:])
    names = ", ".join(each.file for each in registry.extensions)
    return choice.Source(_suffix(registry), names, types, lambda: module_of_the_week(registry))


def module_of_the_week(registry: Registry) -> Any:
    """The week as a module of LLVM, not yet optimized. Faults that Numba finds in an extension are told with file and line.

    Raises:
        ExtensionError: If Numba cannot compile an extension.
    """
    from numba.core.errors import NumbaError

    from sim.model.compiled.machine_code import add_entry
    from sim.model.kernel.compiling import module_of

    week = _linker(registry, compiled=True).prepared(_generated_week(registry))
    try:
        module, name = module_of(week, _arguments_of_two(registry))
    except NumbaError as error:
        text = str(error)
        for extension in registry.extensions:
            lines_in_file = re.findall(rf'File "{re.escape(extension.file)}", line (\d+)', text)
            if lines_in_file:
                said = " ".join(text.split("\n\n", maxsplit=1)[0].split())
                hint = "Steps and rules are compiled; a step that asks for `model` alone is plain Python."
                raise ExtensionError(
                    [f"{extension.at(int(lines_in_file[-1]))}: Numba cannot compile this: {said} {hint}"]
                ) from error
        raise
    add_entry(module, name)
    return module


def tables_of_the_week(registry: Registry) -> list[dict[str, Any]]:
    """Tables that the compiled week takes, in order, for those who call it from elsewhere.

    Of each there is name, type, number of dimensions, whether it stands column by column, and the fields of a record.
    """
    names: list[str] = []
    given = (*(name for name in ARGUMENTS if name != "outcomes"), "outcomes", "choices")
    arguments = _arguments_of_two(registry)[3:]
    for name, value in zip(given, arguments, strict=True):
        names += [f"{name}.{field}" for field in value._fields] if hasattr(value, "_fields") else [name]
    return [
        {
            "name": name,
            "type": str(kind.dtype) if kind.dtype.names is None else "record",
            "dimensions": kind.dimensions,
            "by_column": kind.by_column,
            **({"fields": _fields(kind.dtype)} if kind.dtype.names else {}),
        }
        for name, kind in zip(names, types_of(arguments), strict=True)
    ]


def _fields(record: np.dtype[Any]) -> dict[str, list[Any]]:
    """Fields of a record: type, and place in bytes."""
    return {name: [str(kind[0]), kind[1]] for name, kind in cast(Any, record.fields).items()}


@cache
def _arguments_of_two(registry: Registry) -> tuple[Any, ...]:
    """Arguments of the function of the week for an organization of two.

    Types are read from them. With one row or column, NumPy could not tell the array's order.
    """
    from sim.model.kernel.random import Streams
    from sim.model.policies.policy import Policy
    from sim.model.scenario import Scenario

    small = {"employees": {"number": 2}, "customers": {"initial": 2, "market": 2}, "run": {"burn_in": 0}}
    whole = {"departments": [{"name": "all", "share": 1.0, "facing": 1.0, "power": 1.0}], **small}
    scenario = replace(Scenario.from_dict(whole, registry), extensions=registry.extensions)
    organization = Organization(scenario, Policy("none"), Streams(0), 0)
    values, choices = _allocate_results(organization, 2)
    return (0, 0, 0, *_records(organization), values.view(np.recarray), choices)


def _bound_records(organization: Organization) -> Records:
    """Records of an organization, made once and kept."""
    if organization.bound_records is None:
        vars(organization)["bound_records"] = _records(organization)
    bound_records: Records = organization.bound_records
    return bound_records


def _records(organization: Organization) -> Records:
    """Records of an organization, in the order of the arguments of the function of the week."""
    registry = organization.registry
    found: dict[str, Any] = {
        name: record_class(name, tuple(getattr(organization, name).declared))(*getattr(organization, name).arrays())
        for name in COLUMN_RECORDS
    }
    found["resources"] = _resources(organization)
    layout = _record_layout_of(registry)
    found["parameters"] = np.zeros(1, dtype=layout.parameters)
    for index, (name, parameter) in enumerate(registry.parameters.items()):
        found["parameters"].view(np.float64)[index] = parameter.encode(organization.parameters[name])
    found["streams"] = np.zeros(1, dtype=[(name.replace(" ", "_"), np.uint64) for name in registry.streams])
    for name in registry.streams:
        found["streams"][name.replace(" ", "_")] = organization.streams.key(name)
    found["week"], found["organization"] = organization.week_numbers, organization.numbers
    return Records(
        found[name].view(np.recarray) if name in RECORDS or name == "resources" else found[name]
        for name in ARGUMENTS
        if name != "outcomes"
    )


def _resources(organization: Organization) -> NDArray[np.void]:
    """What steps know of each resource."""
    kind = [("price", np.float64), ("limit", np.float64)]
    flags = ("by_head", "is_work", "is_talk", "by_attention")
    table = np.zeros(len(organization.registry.resources), dtype=[*kind, *((name, np.bool_) for name in flags)])
    for index, (name, resource) in enumerate(organization.registry.resources.items()):
        nature = (resource.per == "head", resource.nature == "work", resource.nature == "talk", resource.by_attention)
        table[index] = (organization.number(f"cost.{name}"), resource.high, *nature)
    return table


class _RecordLayout(NamedTuple):
    """Layout of records, computed once for a registry.

    Attributes:
        parameters, outcomes: Types of a record of parameters, and of a row of outcomes.
    """

    parameters: np.dtype[Any]
    outcomes: np.dtype[Any]


@cache
def _record_layout_of(registry: Registry) -> _RecordLayout:
    return _RecordLayout(
        np.dtype([(parameter.record_name, np.float64) for parameter in registry.parameters.values()]),
        np.dtype([(name, np.float64) for name in registry.outcomes]),
    )
