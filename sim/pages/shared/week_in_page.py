"""The real week in a page: everything that a page needs to run the model itself, as one object for JSON.

Python founds an organization and runs its burn-in. The page gets the compiled week that comes with the package
(:mod:`sim.model.compiled.kept_week`) and the organization's tables as they stand in memory, and runs weeks from there. The
program beside this file (``week_in_page.js``) moves bytes and calls the week. It holds no rule, name or place of the model:
all of them are in the object. How a page uses it: ``docs/week-in-a-page.md``.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.model.compiled.addresses import NUMBER_SLOTS, RESULT_SLOTS, arrays_in
from sim.model.compiled.kept_week import kept_week
from sim.model.compiled.portable_code import Places, places_of
from sim.model.engine import BEGIN, begin_week, tables_of_the_week, week_function_of
from sim.model.organization import Organization
from sim.model.policies.policy import Phase, Policy
from sim.model.policies.schedule import Schedule
from sim.model.scenario import Event, Scenario
from sim.model.simulation import burn_in

WEEKS_AT_ONCE = 13
"""Weeks that one call runs at most: a few milliseconds, so that nothing on the page has to wait."""

NEVER = 2**53
"""Week of an event that does not happen; the largest whole number that a page can count to."""

_SET_BY_PAGES = (
    *(f"phases.{name}" for name in ("start", "end", "amounts")),
    *(f"events.{name}" for name in ("week", "kind", "fields", "reached")),
    "parameters",
)


class NoPortableWeekError(RuntimeError):
    """There is no portable week of this model: its source has changed since it was made, or it has extensions."""


def describe_week(
    scenario: Scenario,
    seeds: Sequence[int],
    phases: int,
    events: int = 0,
    tables: Sequence[str] = (),
) -> dict[str, Any]:
    """All that a page needs to run organizations of a scenario, from week 0 on.

    Args:
        scenario: The organization, with the events that happen to it in any case.
        seeds: Seeds; each gives an organization of its own, after its burn-in.
        phases: Most phases that a policy will have.
        events: Most events that the page will add to those of the scenario.
        tables: Further tables that the page may read, for example ``executives.identity``.

    Returns:
        An object for JSON.

    Raises:
        NoPortableWeekError: If the portable week is not up to date, or the scenario has extensions.
    """
    kept = kept_week()
    if kept is None or scenario.extensions:
        raise NoPortableWeekError(
            "a page runs the model as it comes with the package. "
            + (
                "Leave out the extensions of the scenario."
                if scenario.extensions
                else "Its source has changed: python -m sim.model.make_compiled makes the portable week again."
            )
        )
    organizations = [make_room(burn_in(scenario, seed), phases, events) for seed in seeds]
    arrays = tables_of_a_run(organizations[0])
    places = places_of(list(arrays.values()), 0)
    registry = scenario.registry
    wanted = (*_SET_BY_PAGES, "outcomes", *tables)
    return {
        "code": packed(kept.portable),
        "images": [packed(image_of(organization)) for organization in organizations],
        "seeds": list(seeds),
        "bytes": places.end,
        "slots": {
            "at": places.slots,
            "addresses": _slots_of_addresses(places),
            "weeks": RESULT_SLOTS + NUMBER_SLOTS - 1,  # the last of the numbers
        },
        "weeksAtOnce": WEEKS_AT_ONCE,
        "tables": {name: _describe_table(name, arrays, places) for name in wanted},
        "outcomes": list(registry.outcomes),
        "resources": list(registry.resources),
        "kinds": [
            {"name": name, "fields": [{"name": each, "default": field.default} for each, field in kind.fields.items()]}
            for name, kind in registry.event_kinds.items()
        ],
        "departments": [department.name for department in scenario.departments],
        "parameters": {name: index for index, name in enumerate(registry.parameters)},
        "events": [event.to_dict() for event in scenario.events],
        "never": NEVER,
    }


def program() -> str:
    """The program that runs weeks in a page, as JavaScript."""
    return (resources.files("sim.pages.shared") / "week_in_page.js").read_text(encoding="utf-8")


def make_room(organization: Organization, phases: int, events: int) -> Organization:
    """A copy with room for a policy and for further events, which does what the organization does.

    Empty phases ask for nothing, and rows of events that have not happened hold zeros and do nothing.
    """
    scenario = organization.scenario
    roomy = organization.copy()
    kind = next(iter(scenario.registry.event_kinds.values()))
    nothing = Event(kind.name, NEVER, {name: field.default for name, field in kind.fields.items()})
    roomy.scenario = replace(scenario, events=(*scenario.events, *(nothing,) * events))
    roomy.schedule = Schedule(Policy("room", (Phase(0, 1),) * phases), scenario)
    return roomy


def tables_of_a_run(organization: Organization) -> dict[str, NDArray[Any]]:
    """Tables that the compiled week takes, by name in order: those of an organization, and room for results."""
    begin_week(organization)  # as the week itself does again; it binds the tables
    registry = organization.registry
    outcomes = np.zeros(WEEKS_AT_ONCE, dtype=[(name, np.float64) for name in registry.outcomes])
    choices = np.zeros((WEEKS_AT_ONCE, organization.employees.choice.size), dtype=np.int8)
    names = [table["name"] for table in tables_of_the_week(registry)]
    return dict(zip(names, arrays_in((*(organization.bound_records or ()), outcomes, choices)), strict=True))


def image_of(organization: Organization) -> bytes:
    """All tables of an organization as they stand in the memory of portable code, from address 0 on."""
    places = places_of(list(tables_of_a_run(organization).values()), 0)
    image = np.zeros(places.end, dtype=np.uint8)
    for place, array in places.contents(BEGIN, week_function_of(organization.registry).end, WEEKS_AT_ONCE):
        content = np.frombuffer(array.view(np.ndarray).tobytes("A"), dtype=np.uint8)
        image[place : place + content.size] = content
    return image.tobytes().rstrip(b"\0")


def packed(content: bytes) -> str:
    """Bytes as base64, deflated."""
    return base64.b64encode(zlib.compress(content, 9)).decode("ascii")


def size_of(described: Mapping[str, Any]) -> int:
    """Characters that the object takes in a page."""
    return len(json.dumps(described, separators=(",", ":")))


def _slots_of_addresses(places: Places) -> list[int]:
    """Which of the slots hold addresses: those that move when the tables do."""
    moved = places_of(places.arrays, 64)
    first, second = (next(iter(each.contents(0, 0, 0)))[1] for each in (places, moved))
    return [int(slot) for slot in np.flatnonzero(first != second)]


def _describe_table(name: str, arrays: Mapping[str, NDArray[Any]], places: Places) -> dict[str, Any]:
    """Where a table stands, and how it is read; a record counts as a row of numbers."""
    array, address = arrays[name], places.addresses[list(arrays).index(name)]
    kind = array.dtype
    shape = list(array.shape)
    if kind.names is not None:
        (kind,) = {kind[field] for field in kind.names}
        shape.append(array.dtype.itemsize // kind.itemsize)
    return {"at": address, "type": str(kind), "shape": shape}
