"""A scenario: an organization, its customers, what happens to it, and the policies it may try."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from os import PathLike
from pathlib import Path
from typing import Any, ClassVar, Self

from sim.model.extensions import Extension, consent, named_in, read
from sim.model.kernel.parameters import ParameterValue
from sim.model.policies.policy import NO_POLICY, FrozenMapping, Policy
from sim.model.registry import Registry, extended
from sim.model.scenario.departments import Department
from sim.model.scenario.events import Event
from sim.model.scenario.finding import find
from sim.model.scenario.loading import read_toml
from sim.model.scenario.messages import Faults, ScenarioError, faults_of_extensions, show
from sim.model.scenario.policies import check_policy, load_policy, missing_policy, shipped_policies
from sim.model.scenario.refusals import read as read_value
from sim.model.scenario.rules import legal_name
from sim.model.scenario.schema import Override, read_scenario
from sim.model.scenario.solving import beyond_run, complete, contradictions, follow_run
from sim.model.scenario.tables import Context
from sim.model.scenario.values import parse_assignment


@dataclass(frozen=True, repr=False)
class Scenario:
    """Everything about a run except its policy and its seed: checked, complete and unchangeable.

    Made by :meth:`load` or :meth:`from_dict`, which check everything. The constructor checks nothing.

    Attributes:
        name: Its name; ``about``: what it is about; ``notice``: what to notice; ``suggestion``: what to try.
        currency: Currency of all money.
        weeks: Length of a run after the burn-in.
        default_policies: Names of the policies that are compared unless the user names others.
        objective: Measure that decides which policy is best.
        parameters: Every parameter of the model by dotted name, defaults included.
        departments: Parts of the organization; their shares of the employees sum to 1.
        policies: Policies by name: those that ship, the scenario's own, and ``none``.
        events: What happens to the organization, in the order of the weeks.
        futures: Futures by name: dotted name -> value, where it differs from ``parameters``.
        plausible: Ranges by dotted name that hold for this organization, in place of those that the registry declares.
        extensions: Files of the user that are part of the model (:mod:`sim.model.extensions`).
    """

    name: str
    about: str
    notice: str
    suggestion: str
    currency: str
    weeks: int
    default_policies: tuple[str, ...]
    objective: str
    parameters: Mapping[str, ParameterValue]
    departments: tuple[Department, ...]
    policies: Mapping[str, Policy]
    events: tuple[Event, ...]
    futures: Mapping[str, Mapping[str, ParameterValue]]
    plausible: Mapping[str, tuple[float, float]] = field(default_factory=FrozenMapping)
    extensions: tuple[Extension, ...] = ()

    __iter__: ClassVar[None] = None
    """Not iterable, since Mesa's ``batch_run`` sweeps over everything that can be iterated."""

    @property
    def registry(self) -> Registry:
        """The registry of the model to which this scenario belongs."""
        return extended(self.extensions)

    @classmethod
    def load(
        cls, name_or_path: str | Path, known: Registry | None = None, extensions: Iterable[str | Path] = ()
    ) -> Self:
        """The shipped scenario of this name, or the one in a TOML file.

        Args:
            name_or_path: ``retail-bank`` or ``my/bank.toml``.
            known: Registry to check against; the model's own unless another is given.
            extensions: Files that become part of the model, beside those that the scenario names. They are run.

        Raises:
            ScenarioError: With every fault of the file.
        """
        source = find(name_or_path)
        raw = read_toml(source)
        with faults_of_extensions():
            named = named_in(raw.pop("extensions", []), source.path.parent, source.label)
            more = (*consent.given, *named, *(read(path) for path in _files(extensions)))
            of_the_model = tuple(dict.fromkeys(more))
            known = known or extended(of_the_model)
        file = read_scenario(raw, source.label, Context(known, shipped_policies(known)))
        return cls(**{**dict(file), "name": file.name or legal_name(source.name, "unnamed")}, extensions=of_the_model)

    @classmethod
    def from_dict(
        cls, table: Mapping[str, Any], known: Registry | None = None, place: str = "", ship: bool = False
    ) -> Self:
        """The scenario in a table, as files hold it and :meth:`to_dict` writes it.

        Args:
            table: The table.
            known: Registry to check against; the model's own unless another is given.
            place: First part of every message.
            ship: Whether to add the shipped policies. A table from ``to_dict`` has them already.

        Raises:
            ScenarioError: With every fault of the table.
        """
        table = dict(table)
        with faults_of_extensions():
            named = named_in(table.pop("extensions", []), Path(), place or "the scenario")
            of_the_model = tuple(dict.fromkeys((*consent.given, *named)))
            known = known or extended(of_the_model)
        file = read_scenario(table, place, Context(known, shipped_policies(known) if ship else {}))
        return cls(**{**dict(file), "name": file.name or "unnamed"}, extensions=of_the_model)

    def with_extensions(self, files: Iterable[str | Path]) -> Self:
        """A new scenario in which these files are part of the model, with their parameters at their defaults. They are run."""
        with faults_of_extensions():
            extensions = tuple(dict.fromkeys((*self.extensions, *(read(file) for file in _files(files)))))
            defaults = {name: parameter.default for name, parameter in extended(extensions).parameters.items()}
        return replace(self, parameters=FrozenMapping({**defaults, **self.parameters}), extensions=extensions)

    def override(self, values: Mapping[str, object], known: Registry | None = None) -> Self:
        """A new scenario with other values for some parameters. What it sets is known: plausible ranges of the file go.

        Args:
            values: Dotted name -> value; ``weeks`` and ``objective`` may be set too. In a shorter run, events after its
                end do not happen. Money is counted over the whole run, unless ``money.horizon`` is something else.
            known: Registry to check against; the model's own unless another is given.

        Raises:
            ScenarioError: With every fault of the values.

        Example:
            >>> Scenario.load("retail-bank").override({"employees.turnover": 0.05})  # doctest: +SKIP
        """
        faults = Faults()
        context = Context(known or self.registry, parameters=self.parameters)
        changes = read_value(partial(Override.model_validate, context=context), values, "", faults, "the values")
        faults.raise_any()
        assert changes is not None  # its faults would have been raised
        return self._with(changes.parameters, changes.settings)

    def assign(self, assignments: Iterable[str], known: Registry | None = None) -> Self:
        """A new scenario with values from the command line, each ``NAME=VALUE`` as ``--set`` takes it.

        Raises:
            ScenarioError: With every fault of all assignments, each after its ``--set NAME=VALUE``.
        """
        known = known or self.registry
        every = Faults()
        parameters: dict[str, ParameterValue] = {}
        settings: dict[str, Any] = {}
        seen: dict[str, str] = {}
        for assignment in assignments:
            faults = Faults(f"--set {assignment}")
            try:
                name, value = parse_assignment(assignment)
            except ScenarioError as error:
                every.take(error.faults)
                continue
            if name in seen:
                faults.add(name, f"must be set only once, got {seen[name]} before. Remove one of them.")
            seen[name] = assignment
            alone = Context(known, present=self.parameters)
            change = read_value(partial(Override.model_validate, context=alone), {name: value}, "", faults)
            if change is not None:
                parameters.update(change.parameters)
                settings.update(change.settings)
            every.take(faults.messages)
        together = Faults("--set")
        refused = seen.keys() - parameters.keys()
        beside = Context(known, parameters={name: self.parameters[name] for name in self.parameters.keys() - refused})
        read_value(partial(Override.model_validate, context=beside), parameters, "", together)
        for name, rule, remedy in beyond_run(parameters, settings.get("weeks", self.weeks)):
            together.refuse(name, rule, remedy)
        every.take(together.messages)
        every.raise_any()
        return self._with(parameters, settings)

    def _with(self, parameters: Mapping[str, ParameterValue], settings: Mapping[str, Any]) -> Self:
        """The same scenario with other values, already checked."""
        weeks, faults = settings.get("weeks", self.weeks), Faults()
        values = {**self.parameters, **follow_run(self.parameters, self.weeks, weeks), **parameters}
        for name, rule, remedy in (*contradictions(parameters, self.parameters), *beyond_run(values, weeks)):
            faults.refuse(name, rule, remedy)
        faults.raise_any()
        return replace(
            self,
            **settings,
            parameters=complete(values),
            plausible=FrozenMapping({name: ends for name, ends in self.plausible.items() if name not in parameters}),
            events=tuple(event for event in self.events if event.week < weeks),
        )

    def in_future(self, name: str) -> Self:
        """The scenario as it is in one of its named futures.

        Raises:
            ScenarioError: If it has no future of this name.
        """
        if name not in self.futures:
            faults = Faults()
            faults.unknown(name, name, f"a future of the scenario {self.name}", dict.fromkeys(self.futures, ""), "")
            faults.raise_any()
        return self._with(self.futures[name], {})

    def policy(self, name_or_path: str | Path | Policy, known: Registry | None = None) -> Policy:
        """The policy of this name, the one in a TOML file of the user's, or one that was made in Python.

        Raises:
            ScenarioError: If there is no such policy, or with every fault of it.
        """
        known = known or self.registry
        names = [department.name for department in self.departments]
        if isinstance(name_or_path, Policy):
            return check_policy(name_or_path, Context(known, departments=names))
        if not isinstance(name_or_path, str | PathLike):
            rule = f"must be a name, a path or a policy, got {show(name_or_path)}."
            raise ScenarioError([f"policy {rule} `centricity list policies` shows those that ship."])
        if str(name_or_path) in self.policies:
            return self.policies[str(name_or_path)]
        if str(name_or_path).endswith(".toml"):
            return load_policy(name_or_path, known, names)
        ships = shipped_policies(known)
        faults = Faults()
        rule = f"must be one of the scenario {self.name}, got {show(str(name_or_path))}."
        faults.refuse("policy", **missing_policy(str(name_or_path), self.policies, ships, rule).context or {})
        raise ScenarioError(faults.messages)

    def with_policies(self, *loaded_policies: Policy) -> Self:
        """A new scenario that also has these policies, under their names."""
        if any(loaded_policy.name == NO_POLICY for loaded_policy in loaded_policies):
            raise ScenarioError(["policies.none cannot be defined: none always means no resources. Rename it."])
        added = {loaded_policy.name: self.policy(loaded_policy) for loaded_policy in loaded_policies}
        return replace(self, policies=FrozenMapping({**self.policies, **added}))

    def to_dict(self) -> dict[str, Any]:
        """Everything in the scenario, as a table that JSON and TOML can hold and :meth:`from_dict` reads."""
        sections: dict[str, dict[str, ParameterValue]] = {}
        for name, value in self.parameters.items():
            section, _, key = name.partition(".")
            sections.setdefault(section, {})[key] = value
        table: dict[str, Any] = {
            "name": self.name,
            "about": self.about,
            "notice": self.notice,
            "try": self.suggestion,
            "currency": self.currency,
            "weeks": self.weeks,
            "default_policies": list(self.default_policies),
            "objective": self.objective,
            **sections,
            "departments": [department.to_dict() for department in self.departments],
            "policies": {
                name: loaded_policy.to_dict() for name, loaded_policy in self.policies.items() if name != NO_POLICY
            },
        }
        if self.events:
            table["events"] = [event.to_dict() for event in self.events]
        if self.extensions:
            table["extensions"] = [extension.file for extension in self.extensions]
        if self.futures:
            table["futures"] = {name: dict(values) for name, values in self.futures.items()}
        if self.plausible:
            table["plausible"] = {name: list(ends) for name, ends in self.plausible.items()}
        return table

    @property
    def fingerprints_of_extensions(self) -> dict[str, Any]:
        """Files and fingerprints of the extensions, if there are any, for manifests and fingerprints of experiments."""
        found = [{"file": each.file, "sha256": each.sha256} for each in self.extensions]
        return {"extension_files": found} if found else {}

    @cached_property
    def hash(self) -> str:
        """Fingerprint of the whole content: equal if and only if the scenarios are (SHA-256, hexadecimal)."""
        text = json.dumps(self.to_dict(), sort_keys=True, separators=(",", ":"), allow_nan=False)
        text += "".join(extension.sha256 for extension in self.extensions)
        return hashlib.sha256(text.encode()).hexdigest()

    def __setstate__(self, state: dict[str, Any]) -> None:
        """In another process, make the same extensions part of the model as where the scenario was made."""
        vars(self).update(state)
        consent.use(self.extensions)

    def __hash__(self) -> int:
        return int(self.hash[:15], 16)

    def __repr__(self) -> str:
        return f"<Scenario {self.name}: {self.weeks} weeks, {self.hash[:8]}>"


def _files(files: str | PathLike[str] | Iterable[str | Path]) -> Iterable[str | Path]:
    """Files; one alone is a list of one."""
    return [Path(files)] if isinstance(files, str | PathLike) else files
