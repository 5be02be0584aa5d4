"""Reads policies: the table of a policy, in a file of its own or inside a scenario."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import partial
from operator import attrgetter
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from sim.model.policies.policy import NO_POLICY, NONE, Condition, Phase, Policy
from sim.model.registry import Registry, current
from sim.model.scenario import shipped
from sim.model.scenario.finding import Source, find
from sim.model.scenario.loading import read_toml
from sim.model.scenario.messages import Faults, ScenarioError, inside, listed, show
from sim.model.scenario.refusals import all_of, check_argument, raise_any, read, refusal
from sim.model.scenario.rules import (
    LONGEST_RUN,
    NAME,
    Chosen,
    Rule,
    departments_rule,
    number,
    one_of,
    resource_rule,
    tables_of,
    text,
    week_rule,
)
from sim.model.scenario.suggestions import Wanted, among, suggest_number
from sim.model.scenario.tables import Context, Table, read_named

_ALL = "`centricity list resources` shows all of them."
_PHASES = "list of tables, each with from, until and resources"
_EXAMPLE = "Write for example above = 0.45."
_NUMBER = partial(suggest_number, wanted=Wanted())

LINE = Rule(number(), "a number", "in the unit of the outcome", "number, in the unit of the outcome", _EXAMPLE, _NUMBER)
"""Rule for the limit that a weekly outcome has to cross."""


def outcome_rule(context: Context) -> Rule:
    """Rule for the name of a weekly outcome."""
    outcomes = {name: outcome.meaning for name, outcome in context.known.outcomes.items()}
    return one_of(outcomes, "a weekly outcome", "`centricity list outcomes` shows all of them.", "a weekly outcome")


class ConditionTable(Table):
    """A table ``stop_when``."""

    NOUN = "a part of a condition"

    outcome: Annotated[str, Chosen(outcome_rule)]
    above: Annotated[float | None, LINE] = None
    below: Annotated[float | None, LINE] = None


def _one_line(table: object) -> None:
    """Refuse a condition with no limit, or with two."""
    if isinstance(table, Mapping) and ("above" in table) == ("below" in table):
        got = "both" if "above" in table else "neither"
        raise refusal(f"must have either above or below, got {got}.", _EXAMPLE)


class PhaseTable(Table):
    """A stretch of weeks, and the amounts of resources in it."""

    NOUN = "a resource"
    OTHERWISE = _ALL
    REST = "amounts"

    start: Annotated[int, week_rule(0, LONGEST_RUN, remedy="Without it the phase begins at once.")] = Field(
        0, alias="from"
    )
    end: Annotated[
        int | None, week_rule(1, LONGEST_RUN, remedy="Without it the phase lasts to the end of the run.")
    ] = Field(None, alias="until")
    departments: Annotated[tuple[str, ...] | None, Chosen(lambda context: departments_rule(context.departments))] = None
    stop_when: Annotated[
        ConditionTable | None, Rule(ConditionTable, "a table", hint="table with outcome, and above or below")
    ] = None
    amounts: dict[str, float]

    @classmethod
    def hints(cls, context: Context) -> dict[str, str]:
        """Resources are legal keys too."""
        resources = {name: resource_rule(resource).hint for name, resource in context.known.resources.items()}
        return {**super().hints(context), **resources}

    @field_validator("end")
    @classmethod
    def _after_the_start(cls, end: int, info: ValidationInfo) -> int:
        start = info.data.get("start", 0)
        if end <= start:
            remedy = "Give a later week; without it the phase lasts to the end of the run."
            raise refusal(f"must be later than from ({start}), got {end}.", remedy)
        return end

    @field_validator("stop_when", mode="wrap")
    @classmethod
    def _read_condition(cls, raw: object, check: Callable[[object], Any]) -> Any:
        return all_of(lambda: check(raw), lambda: _one_line(raw))[0]

    @field_validator("amounts", mode="plain")
    @classmethod
    def _read_amounts(cls, entries: dict[str, Any], info: ValidationInfo[Context]) -> dict[str, float]:
        if not entries:
            raise refusal("names no resource, so it would do nothing.", f"Add one. {_ALL}")
        resources = info.context.known.resources
        rules = {name: resource_rule(resources[name]) for name in entries if name in resources}
        amounts, wrong = read_named(entries, rules, lambda name: cls.unknown(name, info.context))
        raise_any(wrong)
        return amounts

    @property
    def phase(self) -> Phase:
        """The phase that this table describes."""
        condition = None if self.stop_when is None else Condition(**dict(self.stop_when))
        return Phase(self.start, self.end, self.departments, self.amounts, condition)


class Texts(Table):
    """Texts of a policy, for people only."""

    about: Annotated[str, text("text: what the policy is")] = ""
    notice: Annotated[str, text("text: what to notice")] = ""
    suggestion: Annotated[str, text("text: what to try")] = Field("", alias="try")


class Sequence(Texts):
    """A policy with several phases."""

    NOUN = "a setting of a policy with phases"

    phases: Annotated[tuple[Phase, ...], tables_of(PhaseTable, attrgetter("phase"), _PHASES)]

    @classmethod
    def unknown(cls, key: str, context: Context) -> PydanticCustomError:
        """Say of a key of a phase that it belongs into one."""
        if key in PhaseTable.hints(context):
            return refusal(f"is not {cls.NOUN}.", "Move it into one of the phases.")
        return super().unknown(key, context)


class OnePhase(PhaseTable, Texts):
    """A policy that is one phase."""

    @classmethod
    def hints(cls, context: Context) -> dict[str, str]:
        """Phases are legal keys too: with them the policy would be a sequence."""
        return {**super().hints(context), **Sequence.hints(context)}

    @property
    def phases(self) -> tuple[Phase, ...]:
        """The one phase of the policy."""
        return (self.phase,)


def _not_none(name: str) -> str:
    if name == NO_POLICY:
        raise refusal("cannot be defined: none always means no resources.", "Choose another name.")
    return name


POLICY_NAME = Rule(Annotated[Any, NAME, AfterValidator(_not_none)], "a name")
"""Rule for the name of a policy that a file defines."""


def read_policy(name: str, raw: object, context: Context) -> Policy:
    """The policy in a table.

    Raises:
        ValidationError: With every refusal.
    """
    _, table = all_of(lambda: POLICY_NAME.adapter.validate_python(name), lambda: _read_table(raw, context))
    return Policy(name, table.phases, table.about, table.notice, table.suggestion)


def _read_table(raw: object, context: Context) -> OnePhase | Sequence:
    if not isinstance(raw, Mapping):
        raise refusal(f"must be a table, got {show(raw)}.", "Write [{place}] and its resources below it.")
    model = Sequence if "phases" in raw else OnePhase
    return model.model_validate(raw, context=context)


def check_policy(policy: Policy, context: Context) -> Policy:
    """A policy that was made in Python, checked as one in a file is; its numbers become Python's own.

    A policy without phases is legal here: it spends nothing, as ``none`` does.

    Raises:
        ScenarioError: With every fault.
    """
    if policy == NONE or not policy.phases:
        check_argument("the name of a policy", policy.name, NAME)
        return policy
    faults = Faults()
    place = inside("policies", policy.name)
    checked = read(partial(read_policy, policy.name, context=context), policy.to_dict(), place, faults)
    faults.raise_any()
    assert checked is not None  # its faults would have been raised
    return checked


def load_policy(
    name_or_path: str | Path, known: Registry | None = None, departments: Collection[str] | None = None
) -> Policy:
    """The policy in a shipped file or in one of the user's.

    Args:
        name_or_path: ``value-driven`` or ``my/policy.toml``.
        known: Registry to check against; the model's own unless another is given.
        departments: Departments that it may name; any unless they are given.

    Raises:
        ScenarioError: With every fault of the file.
    """
    return _load(find(name_or_path, "policies"), Context(known or current(), departments=departments))


def _load(source: Source, context: Context) -> Policy:
    """Policy in a policy file."""
    faults = Faults(source.label)
    raw = read_toml(source)
    if not raw:
        faults.add("the file", "is empty. Write the amounts of resources; `centricity list resources` names them.")
        faults.raise_any()
    loaded_policy = read(partial(read_policy, source.name, context=context), raw, "", faults, "the policy")
    faults.raise_any()
    assert loaded_policy is not None  # its faults would have been raised
    return loaded_policy


def shipped_policies(known: Registry) -> Mapping[str, Policy]:
    """Every shipped policy, by name.

    Raises:
        ScenarioError: With every fault of all of their files.
    """
    loaded_policies: dict[str, Policy] = {}
    every = Faults()
    for name, path in shipped.files("policies").items():
        try:
            loaded_policies[name] = _load(Source(path, shipped.label(path)), Context(known))
        except ScenarioError as error:
            every.take(error.faults)
    every.raise_any()
    return loaded_policies


def fitting(loaded_policies: Mapping[str, Policy], departments: Collection[str] | None) -> dict[str, Policy]:
    """The policies whose departments all exist in the scenario."""
    if departments is None:
        return dict(loaded_policies)
    return {
        name: loaded_policy
        for name, loaded_policy in loaded_policies.items()
        if loaded_policy.departments <= set(departments)
    }


_ADD_SHIPPED = "It ships, but this scenario was made without what ships. Add it by with_policies, or load a file."


def missing_policy(name: str, policies: Collection[str], ships: Mapping[str, Policy], rule: str) -> PydanticCustomError:
    """Message about a policy that a scenario does not have.

    Args:
        name: Its name.
        policies: Policies of the scenario.
        ships: Shipped policies, whether they fit the scenario or not.
        rule: What must hold, and what was found.
    """
    if name in ships:
        needed = ", ".join(sorted(ships[name].departments))
        return refusal(rule, f"It needs departments called {needed}." if needed else _ADD_SHIPPED)
    own = (
        f"one of your own is a file, such as --policy {name}.toml"
        if name.isidentifier()
        else "one of your own is a file"
    )
    otherwise = listed(sorted(policies), f"`centricity list policies` shows those that ship; {own}.")
    return refusal(rule, otherwise, among(name, dict.fromkeys(policies, "")))
