"""What advice is asked for: everything that decides it, checked before anything long begins."""

from __future__ import annotations

import re
import shlex
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Self

from sim.lab.advice.cells import Cells, Draws
from sim.lab.advice.search import Effort
from sim.lab.advice.space import ProgramSpace
from sim.lab.budget import planned_cost, scale_amounts
from sim.lab.comparison_plan import LARGEST_SEED, WORKERS, PolicyLike, find_policies, load_scenario
from sim.lab.extras import require
from sim.lab.plausible import unknown_parameters
from sim.lab.posterior_draws import names_set, read_posterior
from sim.lab.targets import read_targets
from sim.lab.worker_pool import available_workers
from sim.model.policies.policy import NONE, Policy
from sim.model.scenario import Scenario, ScenarioError
from sim.model.scenario.messages import Faults, quoted
from sim.model.scenario.refusals import read
from sim.model.scenario.rules import Rule, number, whole_rule

if TYPE_CHECKING:
    from pathlib import Path

    from sim.analysis.targets import Target

CEILING = Rule(number(gt=0), "", "an amount above 0", remedy="Give the most that the program may cost.")
"""Rule for the budget of an advice."""

YEARS = whole_rule(1, 100, "Leave it out for the length of the scenario.")
RUNS = whole_rule(100, 1_000_000)
_WEEKS_A_YEAR = 52
_SHARE = re.compile(r"(?P<target>.*?)(?:\s+in\s+(?P<share>[-+0-9.e]+)\s*%)?\s*", re.DOTALL)
_USUAL_SHARE = 0.95

_WRITING = 'Write for example --require "retention_annual>=0.9 in 95 %".'


@dataclass(frozen=True)
class Requirement:
    """What a program must reach, and in what share of the runs.

    Attributes:
        target: The bound on a measure.
        share: Of runs, 0 to 1.
    """

    target: Target
    share: float

    def __str__(self) -> str:
        return f"{self.target} in {100.0 * self.share:g} %"


@dataclass(frozen=True)
class AdviceRequest:
    """The options of ``centricity advise``.

    Attributes:
        scenario: Name of one that ships, a TOML file, or the scenario itself.
        budget: The most that a program may be planned to cost.
        objective: Measure of single runs to choose by; the scenario's if ``None``.
        years: Length of a run and horizon of money; the scenario's if ``None``.
        require: What must be reached, such as ``retention_annual>=0.9 in 95 %``.
        resources: What may be bought; everything if none is named.
        policies: Programs to try as well; else those that ship and those of the scenario.
        futures: Whether runs take turns in the scenario's named futures.
        known: Whether unknown parameters stay as they are, in place of being drawn for each replicate.
        posterior: Folder of a fit: unknown parameters are drawn from there, and not from their plausible ranges.
        runs: Number of runs, about; twins are not counted.
        seed: Seed of the whole advice.
        workers: Number of processes; as many as there are processors if ``None``.
        assignments: ``NAME=VALUE``, as the command line has them.
        overrides: Dotted name -> value.
    """

    scenario: str | Path | Scenario = "retail-bank"
    budget: float = 0.0
    objective: str | None = None
    years: int | None = None
    require: Sequence[str] = ()
    resources: Sequence[str] = ()
    policies: Sequence[PolicyLike] = ()
    futures: bool = False
    known: bool = False
    posterior: str | Path | None = None
    runs: int = 5000
    seed: int = 1
    workers: int | None = None
    assignments: Sequence[str] = ()
    overrides: Mapping[str, object] | None = None

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Self:
        """A request with these arguments; those of another name, and those that are ``None``, are left out."""
        names = {each.name for each in fields(cls)}
        return cls(**{name: value for name, value in given.items() if name in names and value is not None})

    @property
    def command(self) -> str:
        """The command that does the same again; empty if something in it exists in Python only."""
        typed = [self.scenario, *self.policies]
        if self.overrides or any(isinstance(each, Scenario | Policy) for each in typed):
            return ""
        words = ["centricity", "advise", str(self.scenario), "--budget", f"{self.budget:.15g}"]
        for flag, value in (("--objective", self.objective), ("--years", self.years), ("--posterior", self.posterior)):
            words += [] if value is None else [flag, str(value)]
        several = (
            ("--require", self.require), ("--resource", self.resources), ("--policy", self.policies), ("--set", self.assignments),
        )  # fmt: skip
        words += [word for flag, values in several for value in values for word in (flag, str(value))]
        words += [flag for flag, given in (("--futures", self.futures), ("--known", self.known)) if given]
        return shlex.join([*words, "--runs", str(self.runs), "--seed", str(self.seed)])


@dataclass(frozen=True)
class AdvicePlan:
    """An advice that is ready to be worked out.

    Attributes:
        space: What may be bought, with the scenario as it will run.
        given: Programs to try as well, scaled down to the budget where they cost more.
        cells: Where programs meet.
        requirements: What must be reached.
        effort: How many runs go where.
        seed, workers, command: As asked for.
    """

    space: ProgramSpace
    given: tuple[Policy, ...]
    cells: Cells
    requirements: tuple[Requirement, ...]
    effort: Effort
    seed: int
    workers: int
    command: str

    @property
    def scenario(self) -> Scenario:
        """The organization, as it will run."""
        return self.space.scenario


def plan_advice(request: AdviceRequest) -> AdvicePlan:
    """Check everything that an advice is asked for.

    Raises:
        ScenarioError: With every fault of all of it.
    """
    faults = Faults()
    for flag, rule, value in (
        ("--budget", CEILING, request.budget),
        ("--runs", RUNS, request.runs),
        ("--seed", whole_rule(0, LARGEST_SEED), request.seed),
        ("--workers", WORKERS, request.workers),
        ("--years", YEARS, request.years),
    ):
        if value is not None:
            read(rule.adapter.validate_python, value, flag, faults)
    requirements = _read_requirements(request.require, faults)
    scenario = load_scenario(request.scenario, None, request.overrides or {}, request.assignments, faults)
    if scenario is None:
        faults.raise_any()
        raise AssertionError("a scenario that cannot be loaded leaves a fault")
    scenario = _with_settings(scenario, request, faults)
    bought = _find_resources(scenario, request.resources, faults)
    given = find_policies(scenario, request.policies, faults) if request.policies else _of_scenario(scenario, bought)
    if request.futures and not scenario.futures:
        faults.add("--futures", f"needs named futures, but {scenario.name} has none. Leave it out.")
    draws = _draws(scenario, request, faults)
    try:
        require("pymoo", "centricity advise", "lab")
    except ScenarioError as error:
        faults.take(error.faults)
    faults.raise_any()
    space = ProgramSpace(scenario, bought, float(request.budget))
    return AdvicePlan(
        space=space,
        given=tuple(fitted for each in given if (fitted := _within_budget(each, space)) is not None),
        cells=Cells(scenario, request.seed, draws, tuple(scenario.futures) if request.futures else ()),
        requirements=requirements,
        effort=Effort.of(request.runs),
        seed=request.seed,
        workers=available_workers() if request.workers is None else request.workers,
        command=request.command,
    )


def _draws(scenario: Scenario, request: AdviceRequest, faults: Faults) -> Draws:
    """What each run draws: nothing, what a fit left, or plausible ranges."""
    if request.posterior is not None:
        if request.known:
            faults.add("--known", "must not be given beside --posterior, which is drawn. Leave one of them out.")
        known = names_set(request.overrides, request.assignments)
        found = read_posterior(request.posterior, scenario, faults, known)
        return Draws() if found is None else Draws(table=found.rows, weights=found.weights)
    return Draws(() if request.known else tuple(unknown_parameters(scenario, scenario.registry)))


def _with_settings(scenario: Scenario, request: AdviceRequest, faults: Faults) -> Scenario:
    """The scenario with its objective and its length; money is counted for as long as the run."""
    changes: dict[str, object] = {}
    if request.objective is not None:
        changes["objective"] = request.objective
    if request.years is not None and not faults.messages:
        weeks = _WEEKS_A_YEAR * request.years
        changes |= {"weeks": weeks, "money.horizon": weeks}
    try:
        return scenario.override(changes) if changes else scenario
    except ScenarioError as error:
        faults.take([f"--{fault}" for fault in error.faults])
        return scenario


def _read_requirements(texts: Sequence[str], faults: Faults) -> tuple[Requirement, ...]:
    """Requirements as typed; faults are noted for those that make no sense."""
    found = []
    for text in dict.fromkeys(texts):
        match = _SHARE.fullmatch(text)
        assert match is not None  # it takes any text
        share = _USUAL_SHARE
        if match["share"] is not None:
            try:
                share = float(match["share"]) / 100.0
            except ValueError:
                share = 0.0
            if not 0.0 < share <= 1.0:
                faults.add(
                    "--require", f"must be in a share of the runs, above 0 to 100 %, got {quoted(text)}. {_WRITING}"
                )
        found += [Requirement(target, share) for target in read_targets([match["target"]], faults, "--require")]
    return tuple(found)


def _find_resources(scenario: Scenario, names: Sequence[str], faults: Faults) -> tuple[Any, ...]:
    """What may be bought, in the order in which resources are declared."""
    known = scenario.registry.resources
    for name in dict.fromkeys(names):
        if name not in known:
            hints = {each.name: each.meaning for each in known.values()}
            faults.unknown(f"--resource {name}", name, "a resource", hints, "`centricity list resources` shows them.")
    return tuple(each for each in known.values() if not names or each.name in names)


def _of_scenario(scenario: Scenario, bought: Collection[Any]) -> list[Policy]:
    """The scenario's policies, those that ship among them, that spend nothing but what may be bought."""
    names = {each.name for each in bought}
    return [each for each in scenario.policies.values() if each.phases and set(each.resources) <= names]


def _within_budget(policy: Policy, space: ProgramSpace) -> Policy | None:
    """A policy with its amounts scaled down until the budget pays for it; ``None`` if no smaller one is cheap enough."""
    if policy.name == NONE.name or planned_cost(policy, space.scenario) <= space.budget:
        return policy if policy.phases else None
    low, high = 0.0, 1.0
    if planned_cost(scale_amounts(policy, low), space.scenario) > space.budget:
        return None
    for _ in range(40):
        middle = (low + high) / 2.0
        dear = planned_cost(scale_amounts(policy, middle), space.scenario) > space.budget
        low, high = (low, middle) if dear else (middle, high)
    return replace(scale_amounts(policy, low), name=policy.name)
