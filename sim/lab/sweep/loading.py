"""From a TOML file to a checked :class:`Experiment`, with every fault of the file at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from sim.lab.sweep.designs import count_rows
from sim.lab.sweep.experiment import AS_DESCRIBED, SHARED, Experiment, Factor, PlannedEvent, Until, Window
from sim.lab.sweep.keys import Table, tables_in
from sim.lab.sweep.read_designs import read_designs
from sim.lab.sweep.read_factors import read_events, read_levers, read_uncertainties
from sim.lab.sweep.schema import AMOUNT, EXPERIMENT, KEPT, MOST_POINTS, TIME_LIMIT, UNTIL, weekly_table, windows_table
from sim.model.extensions import consent, named_in
from sim.model.policies.policy import NONE, Policy
from sim.model.registry import Registry, current
from sim.model.scenario import Scenario, ScenarioError
from sim.model.scenario.finding import find
from sim.model.scenario.loading import read_toml
from sim.model.scenario.messages import Faults, did_you_mean, faults_of_extensions, inside, listed, show
from sim.model.scenario.policies import read_policy
from sim.model.scenario.refusals import read
from sim.model.scenario.rules import LONGEST_RUN, REFUSED
from sim.model.scenario.shipped import files
from sim.model.scenario.tables import Context
from sim.model.scenario.values import flatten

POINT_COLUMNS = ("point", "world", "design", "row", "label", "future", "policy")
"""Columns of the table of points that no factor may be called."""

RUN_COLUMNS = ("replicate", "seed", "status", "error", "sponsorship_start", "sponsorship_end", "permanent", "seconds", "machine",
         "traceback", *POINT_COLUMNS, *KEPT)  # fmt: skip
"""Columns of the table of runs that no window may be called."""


def load_experiment(
    name_or_path: str | Path,
    changes: Mapping[str, Any] | None = None,
    assignments: Iterable[str] = (),
    known: Registry | None = None,
) -> Experiment:
    """The experiment of this name that ships, or the one in a TOML file.

    Args:
        name_or_path: ``durability`` or ``my/experiment.toml``.
        changes: Top-level keys that take the place of the file's, such as ``replicates``; ``None`` leaves it alone.
        assignments: ``NAME=VALUE`` for parameters that are the same at every point, after those of the file.
        known: Registry to check against; the model's own unless another is given.

    Raises:
        ScenarioError: With every fault of the file.
    """
    source = find(name_or_path, "experiments")
    raw = read_toml(source)
    faults = Faults(source.label)
    if not raw:
        faults.add(
            "the file", "is empty. Start from a copy of one that ships; `centricity list experiments` names them."
        )
        faults.raise_any()
    with faults_of_extensions():
        consent.use(named_in(raw.pop("extensions", []), source.path.parent, source.label))
        known = known or current()
    given = {key: value for key, value in (changes or {}).items() if value is not None}
    if "replicates" in given:
        raw.pop("until", None)
    reader = _Reader({**raw, **given}, source.name, source.path.parent, known, faults)
    return reader.read(list(assignments))


@dataclass
class _Reader:
    """Reads one file."""

    raw: Mapping[str, Any]
    name: str
    folder: Path
    known: Registry
    faults: Faults

    def read(self, assignments: list[str]) -> Experiment:
        """The experiment; every fault is raised together."""
        faults, raw = self.faults, self.raw
        entries = Table("a part of an experiment", EXPERIMENT, required=("scenario", "designs")).read(raw, "", faults)
        scenario = self._scenario(entries, assignments)
        loaded_policies = self._loaded_policies(entries, scenario)
        weeks = entries.get("weeks", LONGEST_RUN) if scenario is None else scenario.weeks  # unknown weeks are no fault
        names = None if scenario is None else [department.name for department in scenario.departments]
        events, varied = read_events(raw, weeks, names, self.known, faults)
        factors = self._factors_by_name(
            [
                *read_uncertainties(raw, scenario, self.known, faults),
                *read_levers(raw, loaded_policies, faults),
                *varied,
            ]
        )
        self._check_event_names(events)
        windows, weekly, every = self._read_kept(weeks)
        keep = entries.get("keep", KEPT)
        futures = self._futures(entries, scenario, factors)
        designs = read_designs(
            raw, factors, tuple(loaded_policies), futures, entries.get("seed", 1), self.known, faults
        )
        outcomes = (*keep, *(window.name for window in windows))
        replicates = self._replicates(entries, outcomes)
        objective = self._objective(entries, scenario, outcomes)
        targets = self._targets(outcomes)
        if scenario is None or faults.messages:
            faults.raise_any()
        assert scenario is not None  # else there would have been faults
        assert replicates is not None
        experiment = Experiment(
            name=entries.get("name", self.name),
            about=entries.get("about", ""),
            notice=entries.get("notice", ""),
            suggestion=entries.get("try", ""),
            claim=entries.get("claim", ""),
            scenario=scenario,
            scenario_events=entries.get("scenario_events", True),
            seed=entries.get("seed", 1),
            objective=objective,
            targets=targets,
            keep=tuple(keep),
            windows=tuple(windows),
            weekly=weekly,
            every=every,
            factors=factors,
            planned_events=tuple(events),
            loaded_policies=loaded_policies,
            designs=designs,
            replicates=replicates,
            time_limit=float(entries.get("time_limit", TIME_LIMIT)),
            budget=entries.get("budget"),
            seeds=entries.get("seeds", SHARED),
        )
        self._check_size(experiment)
        faults.raise_any()
        return experiment

    def _scenario(self, entries: Mapping[str, Any], assignments: list[str]) -> Scenario | None:
        """The scenario with all that is fixed; faults of its own file are reported under its name."""
        faults = self.faults
        wanted = entries.get("scenario")
        if wanted is None:
            return None
        beside = self.folder / wanted
        try:
            scenario = Scenario.load(
                beside if wanted not in files("scenarios") and beside.is_file() else wanted, self.known
            )
        except ScenarioError as error:
            faults.take(error.faults)
            return None
        fixed = self.raw.get("set", {})
        values: dict[str, Any] = {}
        if isinstance(fixed, Mapping):
            values |= flatten(fixed, self.known.parameters)
        else:
            faults.add("set", f'must be a table, got {show(fixed)}. Write [set] and "employees.number" = 100 below it.')
        try:
            scenario = scenario.override(values, self.known)
        except ScenarioError as error:
            faults.take(f"{faults.file}: set.{fault}" for fault in error.faults)
        try:
            scenario = scenario.assign(assignments, self.known)
        except ScenarioError as error:
            faults.take(error.faults)
        if "weeks" in entries:
            scenario = scenario.override({"weeks": entries["weeks"]}, self.known)
        return scenario

    def _loaded_policies(self, entries: Mapping[str, Any], scenario: Scenario | None) -> dict[str, Policy]:
        """Policies of the experiment by name, in the order of the file."""
        faults = self.faults
        raw = self.raw.get("bundles", {})
        own: dict[str, Policy] = {}
        if not isinstance(raw, Mapping):
            faults.add("bundles", f"must be tables, got {show(raw)}. Write [bundles.NAME] above the resources of each.")
            raw = {}
        names = None if scenario is None else [department.name for department in scenario.departments]
        context = Context(self.known, departments=names)
        for name, table in raw.items():
            policy = read(partial(read_policy, str(name), context=context), table, inside("bundles", name), faults)
            if policy is not None:
                own[str(name)] = policy
        if scenario is None:
            return {}
        defaults = tuple(dict.fromkeys((*scenario.default_policies, *own)))
        found: dict[str, Policy] = {}
        for name in entries.get("policies", defaults):
            if name in own or name in raw:
                found[name] = own.get(name, NONE)
                continue
            try:
                found[name] = scenario.policy(name, self.known)
            except ScenarioError as error:
                faults.take(f"{faults.file}: policies: {fault}" for fault in error.faults)
        for name in own:
            if name not in found:
                faults.add(inside("bundles", name), "is not used. Add it to policies, or remove it.")
        return found

    def _factors_by_name(self, factors: list[Factor]) -> dict[str, Factor]:
        """Factors by name; each name once, and none that a column has already."""
        faults = self.faults
        for name, times in Counter(factor.name for factor in factors).items():
            if times > 1:
                faults.add(
                    name, "varies more than once. Remove one of them, or give levers and shocks a name = ... each."
                )
            if name in POINT_COLUMNS:
                faults.add(name, f"cannot be the name of what varies: a column is called {name}. Give it another name.")
        return {factor.name: factor for factor in factors}

    def _check_event_names(self, events: list[PlannedEvent]) -> None:
        for name, times in Counter(event.name for event in events).items():
            if times > 1:
                self.faults.add("shocks", f"must have different names, got {show(name)} more than once. Add name = ...")

    def _read_kept(self, weeks: int) -> tuple[list[Window], tuple[str, ...], int]:
        """Windows and weekly outcomes to keep."""
        faults = self.faults
        windows = []
        table = windows_table(self.known, weeks)
        for location, raw in tables_in(self.raw, "windows", faults):
            entries = table.read(raw, location, faults)
            start, end = entries.get("from", 0), entries.get("until", weeks)
            if end <= start:
                faults.add(
                    inside(location, "until"), f"must be later than from ({start}), got {end}. Give a later week."
                )
            elif "name" in entries and "outcome" in entries:
                windows.append(Window(entries["name"], entries["outcome"], start, end))
        for name, times in Counter(window.name for window in windows).items():
            if times > 1 or name in RUN_COLUMNS:
                faults.add("windows", f"must have names that no other column has, got {show(name)}. Rename it.")
        if "weekly" not in self.raw:
            return windows, (), 1
        entries = weekly_table(self.known).read(self.raw["weekly"], "weekly", faults)
        return windows, entries.get("outcomes", ()), entries.get("every", 1)

    def _futures(
        self, entries: Mapping[str, Any], scenario: Scenario | None, factors: Mapping[str, Factor]
    ) -> tuple[str, ...]:
        """The scenario as described, and the futures that the file names."""
        names = entries.get("futures", ())
        for name in names if scenario is not None else ():
            assert scenario is not None
            if name not in scenario.futures:
                hints = dict.fromkeys(scenario.futures, "")
                remedy = did_you_mean(self.faults.suggestion(name, hints), hints) or listed(hints, "It has none.")
                self.faults.add("futures", f"must be futures of {scenario.name}, got {show(name)}. {remedy}")
                continue
            for both in sorted(scenario.futures[name].keys() & factors.keys()):
                self.faults.add(both, f"is uncertain and set by the future {name} as well. Remove one of them.")
        return (AS_DESCRIBED, *names)

    def _replicates(self, entries: Mapping[str, Any], outcomes: tuple[str, ...]) -> int | Until | None:
        """Number of replicates, or the rule for when to stop; ``None`` after noting a fault."""
        faults = self.faults
        if "until" not in self.raw:
            if "replicates" not in self.raw:
                faults.add("replicates", "is missing. Add replicates = 10, or a table [until].")
            number: int | None = entries.get("replicates")
            return number
        if "replicates" in self.raw:
            faults.add("replicates", "must not stand beside the table [until]. Remove one of them.")
        before = len(faults.messages)
        table = UNTIL.read(self.raw["until"], "until", faults)
        metric, most = table.get("metric"), table.get("max")
        if metric is not None and metric not in outcomes:
            remedy = did_you_mean(faults.suggestion(metric, outcomes), dict.fromkeys(outcomes, ""))
            faults.add("until.metric", f"must be an outcome that is kept, got {show(metric)}. {remedy}".rstrip())
        checks = table.get("check_at", tuple(number for number in (8, 16, 32) if most is not None and number < most))
        if list(checks) != sorted(checks):
            faults.add("until.check_at", "must rise, since later looks see more replicates. Sort them.")
        if most is not None and checks and max(checks) > most:
            faults.add("until.check_at", f"must not go beyond max ({most}), got {max(checks)}. Raise max.")
        if metric is None or most is None or len(faults.messages) > before:
            return None
        return Until(metric, table["half_width"], tuple(number for number in checks if number < most), most)

    def _objective(self, entries: Mapping[str, Any], scenario: Scenario | None, outcomes: tuple[str, ...]) -> str:
        """Outcome that policies are chosen by."""
        if "objective" in entries:
            wanted: str = entries["objective"]
            if wanted not in outcomes:
                remedy = did_you_mean(self.faults.suggestion(wanted, outcomes), dict.fromkeys(outcomes, ""))
                self.faults.add("objective", f"must be an outcome that is kept, got {show(wanted)}. {remedy}".rstrip())
            return wanted
        if scenario is not None and scenario.objective in outcomes:
            return scenario.objective
        return outcomes[0] if outcomes else ""

    def _targets(self, outcomes: tuple[str, ...]) -> dict[str, float]:
        """What is good enough, by outcome."""
        faults, raw = self.faults, self.raw.get("targets", {})
        if not isinstance(raw, Mapping):
            faults.add(
                "targets", f"must be a table, got {show(raw)}. Write [targets] and {outcomes[0]} = 0.1 below it."
            )
            return {}
        found = {}
        for name, value in raw.items():
            if name not in outcomes:
                remedy = did_you_mean(faults.suggestion(str(name), outcomes), dict.fromkeys(outcomes, ""))
                faults.add("targets", f"must be of outcomes that are kept, got {show(name)}. {remedy}".rstrip())
            elif (target := AMOUNT.read(value, inside("targets", name), faults)) is not REFUSED:
                found[str(name)] = float(target)
        return found

    def _check_size(self, experiment: Experiment) -> None:
        """Note a fault if there are too many points, or more runs than the budget allows."""
        points = sum(
            count_rows(design, experiment.factors) * len(design.policies) * len(design.futures)
            for design in experiment.designs
        )
        if points > MOST_POINTS:
            self.faults.add("designs", f"must have at most {MOST_POINTS} points, got {points}. Make them smaller.")
        if experiment.budget is None:
            return
        first = experiment.replicates
        number = first if isinstance(first, int) else min((*first.check_at, first.most))
        if points * number > experiment.budget:
            self.faults.add(
                "budget",
                f"must be at least {points * number} runs ({points} points x {number} replicates), got "
                f"{experiment.budget}. Raise it, or make the designs smaller.",
            )
