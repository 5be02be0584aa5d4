"""Requests of a page, read and checked. Faults have the same words as those of files and of the command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from sim.lab.comparison_plan import LARGEST_SEED, PolicyLike, check_whole_number, find_policies, load_scenario
from sim.model.registry import current
from sim.model.scenario import Event, Scenario, ScenarioError, parse_assignment
from sim.model.scenario.events import EventTable
from sim.model.scenario.messages import Faults, quoted, show
from sim.model.scenario.refusals import read
from sim.model.scenario.shipped import files
from sim.model.scenario.tables import Context
from sim.pages.live.session import Session, SessionSetup

MOST_WEEKS = 520
"""Largest number of weeks in one request, so that a page does not wait long for an answer."""


def first_setup(
    source: str, policies: Sequence[PolicyLike], weeks: int | None, seed: int, assignments: Sequence[str]
) -> SessionSetup:
    """The session that the command line asks for.

    Raises:
        ScenarioError: With every fault.
    """
    faults = Faults()
    check_whole_number("seed", seed, 0, LARGEST_SEED, faults)
    if len(policies) > 2:
        faults.add("--policy", f"must be given at most twice, got {len(policies)}. Two are shown side by side.")
    ready = load_scenario(source, weeks, {}, assignments, faults)
    loaded_policies = [] if ready is None else find_policies(ready, policies or _usual(ready), faults)
    faults.raise_any()
    assert ready is not None  # else there would have been faults
    ready = ready.with_policies(*(policy for policy in loaded_policies if policy.phases))
    typed = {} if weeks is None else {"weeks": str(weeks)}
    for assignment in assignments:
        name, _, value = assignment.partition("=")
        typed[name.strip()] = value.strip()
    pair = loaded_policies if len(policies) != 1 else [ready.policy("none"), *loaded_policies]
    return SessionSetup(source, ready, typed, (pair[0], pair[-1]), seed)


def _usual(scenario: Scenario) -> list[str]:
    """The default policies: none, and value-driven or else the last policy that the scenario compares by default."""
    names = [name for name in scenario.default_policies if name != "none"]
    preferred = "value-driven" if "value-driven" in names else (names or ["none"])[-1]
    return list(dict.fromkeys(["none", preferred]))


class Offers:
    """Scenarios that a page may choose: those of the package and the one of the command line, but no other path.

    Args:
        first: The session that the command line asked for.
    """

    def __init__(self, first: SessionSetup) -> None:
        self._own = first.source
        self._loaded_policies = tuple(policy for policy in first.loaded_policies if policy.phases)
        self.names = list(dict.fromkeys([first.source, *files("scenarios")]))
        self.describe_setup = {name: _described(self.load(name)) for name in self.names}

    def load(self, name: str) -> Scenario:
        """A scenario by its name; that of the first session comes with its policies."""
        scenario = Scenario.load(name)
        return scenario.with_policies(*self._loaded_policies) if name == self._own else scenario


def _described(scenario: Scenario) -> dict[str, Any]:
    """What a page needs to set up a run of a scenario."""
    return {
        "weeks": scenario.weeks,
        "policies": {name: policy.about for name, policy in scenario.policies.items()},
        "usual": [_usual(scenario)[0], _usual(scenario)[-1]],
        "parameters": dict(scenario.parameters),
    }


def read_setup(body: Mapping[str, Any], offers: Offers) -> SessionSetup:
    """The session that a page asks for.

    Args:
        body: ``scenario``, ``policies`` (two names), ``seed``, and ``set``: dotted name -> text, as ``--set`` takes it.
        offers: Scenarios to choose from.

    Raises:
        ScenarioError: With every fault.
    """
    faults = Faults()
    _refuse_others(body, ("scenario", "policies", "seed", "set"), faults)
    source, seed, changes = body.get("scenario"), _whole(body.get("seed")), body.get("set", {})
    check_whole_number("seed", seed, 0, LARGEST_SEED, faults)
    if source not in offers.names:
        faults.add("scenario", f"must be one of {', '.join(offers.names)}, got {show(source)}. Choose one of them.")
    values: dict[str, object] = {}
    if not isinstance(changes, Mapping):
        faults.add("set", f"must be a table of parameters, got {show(changes)}. Leave it out to change nothing.")
        changes = {}
    for name, text in changes.items():
        try:
            key, values[key] = parse_assignment(f"{name}={text}")
        except ScenarioError as error:
            faults.take(error.faults)
    scenario = None
    if source in offers.names:
        try:
            scenario = offers.load(str(source))
            scenario = scenario.override(values)
        except ScenarioError as error:
            faults.take(error.faults)
    wanted = body.get("policies")
    names: list[Any] = wanted if isinstance(wanted, list) else []
    if len(names) != 2:
        faults.add("policies", f"must be two names, got {show(wanted)}. Name one for each side.")
    elif scenario is not None:
        for name in names:
            if not isinstance(name, str) or name not in scenario.policies:
                known = ", ".join(scenario.policies)
                faults.add("policies", f"must be of the scenario {scenario.name}, got {show(name)}. Known: {known}.")
    faults.raise_any()
    assert scenario is not None  # else there would have been faults
    pair = scenario.policies[names[0]], scenario.policies[names[1]]
    return SessionSetup(
        str(source), scenario, {name: str(text).strip() for name, text in changes.items()}, pair, int(seed)
    )


def read_weeks(body: Mapping[str, Any]) -> int:
    """Number of weeks to step."""
    faults = Faults()
    weeks = _whole(body.get("weeks", 1))
    if isinstance(weeks, bool) or not isinstance(weeks, int) or not 1 <= weeks <= MOST_WEEKS:
        faults.add("weeks", f"must be a whole number, 1 to {MOST_WEEKS}, got {show(weeks)}. Ask again for more.")
    faults.raise_any()
    return int(weeks)


def read_event(body: Mapping[str, Any], session: Session) -> Event:
    """The event to add to the coming week.

    Args:
        body: ``kind``, ``fields`` (name -> text or number) and, where the kind allows it, ``departments``.
        session: The session that gets it.

    Raises:
        ScenarioError: With every fault, or if no week is left.
    """
    faults = Faults()
    _refuse_others(body, ("kind", "fields", "departments", "generation", "seen"), faults)
    if session.over:
        faults.add(
            "week", f"must be before the end, got {session.week} of {session.scenario.weeks}. Reset, or set more weeks."
        )
    fields = body.get("fields", {})
    if not isinstance(fields, Mapping):
        faults.add("fields", f"must be a table, got {show(fields)}. Leave it out for the defaults.")
        fields = {}
    faults.raise_any()
    table: dict[str, Any] = {name: _number(value) for name, value in fields.items() if name not in ("kind", "week")}
    table |= {"kind": body.get("kind"), "week": session.week}
    if body.get("departments") is not None:
        table["departments"] = body["departments"]
    names = [department.name for department in session.scenario.departments]
    context = Context(current(), weeks=session.scenario.weeks, departments=names)
    event = read(partial(EventTable.model_validate, context=context), table, "", faults)
    faults.raise_any()
    assert event is not None  # its faults would have been raised
    return event.event


def _refuse_others(body: Mapping[str, Any], known: Sequence[str], faults: Faults) -> None:
    for key in body:
        if key not in known:
            faults.add(quoted(str(key)), f"is nothing that can be asked for. Known: {', '.join(known)}.")


def _whole(value: object) -> Any:
    """A whole number that came as text; anything else as it came."""
    text = value.strip() if isinstance(value, str) else ""
    return int(text) if text.isdecimal() and len(text) <= 19 else value


def _number(value: object) -> Any:
    """A number that came as text; anything else as it came."""
    if not isinstance(value, str):
        return value
    for kind in (int, float):
        try:
            return kind(value)
        except ValueError:
            continue
    return value
