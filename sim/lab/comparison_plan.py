"""What is to be compared: everything that decides the result, checked before anything long begins."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from sim.lab.budget import BUDGET, Budget, equal_budget, planned_cost
from sim.lab.grain import GRAIN, describe_effort, with_grain
from sim.lab.parameter_points import (
    MOST_DRAWS,
    ParameterPoint,
    find_unknown_parameters,
    list_parameter_points,
    replicates_at_point,
)
from sim.lab.plausible import ranged_parameters
from sim.lab.posterior_draws import DRAWS, PosteriorDraws, names_set, read_posterior
from sim.lab.switching import Variant, check_assignments, find_mechanisms, list_variants, switch_off, write_assignments
from sim.lab.targets import read_targets
from sim.lab.worker_pool import MOST_WORKERS, available_workers
from sim.model.policies.policy import NONE, Policy
from sim.model.scenario import Scenario, ScenarioError
from sim.model.scenario.finding import find
from sim.model.scenario.loading import read_text
from sim.model.scenario.messages import Faults
from sim.model.scenario.refusals import read
from sim.model.scenario.rules import LONGEST_RUN, SWITCH, TEXTS, Rule, whole_rule

if TYPE_CHECKING:
    from sim.analysis.targets import Target
    from sim.lab.yearly_figures import YearlyFigures

MOST_REPLICATES = 100_000
LARGEST_SEED = 2**63 - 1

WORKERS = whole_rule(1, MOST_WORKERS)
"""Rule for a number of processes."""

WEEKS_OF_YEAR = 52

YEARS = whole_rule(1, LONGEST_RUN // WEEKS_OF_YEAR, "Give a whole number of years, or --weeks instead.")
"""Rule for the length of a run in years."""

PolicyLike = str | Path | Policy
"""A policy: its name, its file, or the policy itself."""


def _option(default: Any, flag: str, factory: Callable[[], Any] | None = None, rule: Rule | None = None) -> Any:
    """A field of a request: what it is called on the command line, and the rule for its value."""
    metadata = {"flag": flag, "rule": rule}
    return field(default_factory=factory, metadata=metadata) if factory else field(default=default, metadata=metadata)


def legal_values(request: Any, faults: Faults) -> dict[str, Any]:
    """Values of a request's fields that have a rule, as the rule has them; for one that is not legal its default, and a fault."""
    values: dict[str, Any] = {}
    for each in fields(request):
        rule, value = each.metadata.get("rule"), getattr(request, each.name)
        if rule is None or value is None:
            continue
        before = len(faults.messages)
        found = read(rule.adapter.validate_python, value, each.metadata.get("flag", f"--{each.name}"), faults)
        values[each.name] = found if len(faults.messages) == before else each.default
    return values


@dataclass(frozen=True)
class ComparisonRequest:
    """What a comparison is asked for: the arguments of :func:`sim.lab.compare`, and the options of ``centricity compare``.

    Attributes:
        scenario: Name of one that ships, a TOML file, or the scenario itself.
        policies: What to compare, several or one; the scenario's default policies if ``None``.
        weeks: Length of a run; the scenario's if ``None``.
        replicates: Number of runs of each policy.
        seed: Seed of the whole comparison.
        workers: Number of processes; as many as there are processors if ``None``.
        overrides: Dotted name -> value.
        assignments: The same as ``NAME=VALUE``, as the command line has them.
        without: Mechanisms to switch off.
        equal_budget: Whether to scale policies so that they spend the same.
        futures: Whether to run the scenario's named futures as well.
        ablate: Whether to explain the result by switching off each mechanism in turn.
        budget: The most that each may be planned to cost, in currency; found from the policies if ``None``.
        grain: For how many customers each simulated one stands: a whole number, or ``fine`` for 1; the scenario's if ``None``.
        targets: What would be good enough, such as ``retention_annual>=0.9``.
        unknown: Number of draws of the unknown parameters, or of those to vary.
        tornado: Whether to move each of these alone to both ends of its plausible range.
        vary: Which of them; all that the scenario leaves at their default, if none is named.
        years: Length of a run in years of 52 weeks, in place of ``weeks``.
        second: A scenario to be compared with the first: the same policies in it, with the same seeds.
        posterior: Folder of a fit: draws of unknown parameters come from there, and not from their plausible ranges.
    """

    scenario: str | Path | Scenario = "retail-bank"
    policies: PolicyLike | Sequence[PolicyLike] | None = None
    weeks: int | None = _option(None, "--weeks")
    replicates: int = _option(30, "--replicates", rule=whole_rule(1, MOST_REPLICATES))
    seed: int = _option(1, "--seed", rule=whole_rule(0, LARGEST_SEED))
    workers: int | None = field(default=None, metadata={"rule": WORKERS})
    overrides: Mapping[str, object] = _option(None, "--set", dict)
    assignments: Sequence[str] = _option((), "--set", rule=TEXTS)
    without: Sequence[str] = _option((), "--without", rule=TEXTS)
    equal_budget: bool = _option(False, "--equal-budget", rule=SWITCH)
    futures: bool = _option(False, "--futures", rule=SWITCH)
    ablate: bool = _option(False, "--ablate", rule=SWITCH)
    budget: float | None = _option(None, "--budget", rule=BUDGET)
    grain: str | int | None = _option(None, "--grain", rule=GRAIN)
    targets: Sequence[str] = _option((), "--target", rule=TEXTS)
    unknown: int = _option(0, "--unknown", rule=whole_rule(0, MOST_DRAWS))
    tornado: bool = _option(False, "--tornado", rule=SWITCH)
    vary: Sequence[str] = _option((), "--vary", rule=TEXTS)
    years: int | None = _option(None, "--years", rule=YEARS)
    second: str | Path | Scenario | None = None
    posterior: str | Path | None = _option(None, "--posterior")

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Self:
        """A request with these arguments; those of another name, and those that are ``None``, are left out."""
        names = {each.name for each in fields(cls)}
        return cls(**{name: value for name, value in given.items() if name in names and value is not None})

    def checked(self, faults: Faults) -> Self:
        """The same request, each value as its rule has it; one that is not legal leaves a fault, and its default here."""
        return replace(self, **legal_values(self, faults))

    def names_in(self, scenario: Scenario) -> Sequence[PolicyLike]:
        """The policies that are asked for."""
        if self.policies is None:
            return scenario.default_policies
        return self.policies if isinstance(self.policies, list | tuple) else [self.policies]  # type: ignore[list-item]

    def command(self, scenario: Scenario) -> str:
        """The command that does the same again; empty if something in it exists in Python only."""
        names = self.names_in(scenario)
        scenarios = [each for each in (self.scenario, self.second) if each is not None]
        if any(isinstance(each, Scenario) for each in scenarios) or any(isinstance(each, Policy) for each in names):
            return ""
        words = ["centricity", "compare", *map(str, scenarios)]
        for policy in names:
            words += ["--policy", str(policy)]
        return shlex.join([*words, *self._options()])

    def own_files(self, scenario: Scenario) -> dict[str, str]:
        """Text of every scenario and policy that the command names by a path, by this path as it is typed."""
        scenarios = [each for each in (self.scenario, self.second) if isinstance(each, str | Path)]
        found = {str(each): find(each) for each in scenarios}
        for policy in self.names_in(scenario):
            if not isinstance(policy, Policy) and str(policy) not in scenario.policies:
                found[str(policy)] = find(policy, "policies")
        return {word: read_text(source) for word, source in found.items() if source.path == Path(word)}

    def command_of_single_run(self, scenario: Scenario, assignments: Sequence[str]) -> str:
        """The command that does one of the runs again, without policy and seed; empty if it cannot be typed.

        Args:
            scenario: As it was loaded.
            assignments: What ``without`` comes to, as assignments.
        """
        if isinstance(self.scenario, Scenario) or any(isinstance(policy, Policy) for policy in self.names_in(scenario)):
            return ""
        alone = ComparisonRequest(
            self.scenario,
            weeks=self.weeks,
            years=self.years,
            overrides=self.overrides,
            assignments=[*self.assignments, *assignments],
            grain=self.grain,
        )
        return shlex.join(["centricity", "run", str(self.scenario), *alone._options(("replicates", "seed"))])

    def _options(self, without: Sequence[str] = ()) -> list[str]:
        """All options that have a value, as they are typed."""
        words: list[str] = []
        for each in fields(self):
            flag, value = each.metadata.get("flag"), getattr(self, each.name)
            if flag is None or value is None or each.name in without:
                continue
            if isinstance(value, Mapping):
                given = (str(one).lower() if isinstance(one, bool) else one for one in value.values())
                value = [f"{name}={one}" for name, one in zip(value, given, strict=True)]
            if isinstance(value, bool):
                words += [flag] if value else []
            elif isinstance(value, str | Path):
                words += [flag, str(value)]
            elif isinstance(value, Sequence):
                words += [word for one in dict.fromkeys(value) for word in (flag, str(one))]
            elif value or each.name != "unknown":
                words += [flag, repr(value)]
        return words


@dataclass(frozen=True)
class ComparisonPlan:
    """A comparison that is ready to run.

    Attributes:
        scenario: As it will run: overrides and length included.
        policies: Names to report, in the order asked for; ``none`` among them only if asked for.
        loaded_policies: What will run apart from the twin, amounts scaled where there is one budget.
        replicates: Number of runs of each policy.
        seed: Seed that the seeds of all replicates are derived from.
        workers: Number of processes.
        futures: Named futures to run as well, each a scenario of its own.
        budget: The common budget; ``None`` where each policy spends what it says.
        planned: Planned cost of every policy as it will run, in currency.
        command: Command that repeats the comparison; empty if it cannot be typed.
        single_run: Command for one of its runs, without ``--policy`` and ``--seed``; empty if it cannot be typed.
        without: Mechanisms switched off, in policies and twins alike.
        variants: The scenario with mechanisms switched off or on, to be run as well to see why the policies differ.
        targets: What would be good enough.
        parameter_points: Other values of parameters at which to run a few replicates as well.
        second: The same comparison in the scenario that is to be compared with the first, if there is one.
        warnings: What is hardly meant in what was asked for.
        as_written: The policies before they were scaled, where a pilot is to find amounts with which they spend the same.
        from_history: Whether draws of unknown parameters are those that a fit to a history left.
        inputs: The user's own files that the command names, scenarios and policies: the text of each by its word there.
    """

    scenario: Scenario
    policies: tuple[str, ...]
    loaded_policies: tuple[Policy, ...]
    replicates: int
    seed: int
    workers: int
    futures: Mapping[str, Scenario]
    budget: Budget | None
    planned: Mapping[str, float]
    command: str
    single_run: str
    without: tuple[str, ...] = ()
    variants: tuple[Variant, ...] = ()
    targets: tuple[Target, ...] = ()
    parameter_points: tuple[ParameterPoint, ...] = ()
    second: ComparisonPlan | None = None
    warnings: tuple[str, ...] = ()
    as_written: tuple[Policy, ...] = ()
    from_history: bool = False
    inputs: Mapping[str, str] = field(default_factory=dict)

    @property
    def figures(self) -> YearlyFigures:
        """The organization in the figures of a year, with the planned costs of the policies as they will run."""
        from sim.lab.yearly_figures import yearly_figures

        return yearly_figures(self.scenario, self.planned)

    @property
    def runs(self) -> int:
        """Number of runs, the twins included."""
        return self.tasks * (1 + len(self.loaded_policies))

    @property
    def tasks(self) -> int:
        """Number of replicates in all futures and variants; a variant in which nothing differs is not run again."""
        whole = (
            1 + (self.second is not None) + len(self.futures) + sum(bool(variant.values) for variant in self.variants)
        )
        return self.replicates * whole + sum(
            replicates_at_point(point.design, self.replicates) for point in self.parameter_points
        )


def plan_comparison(request: ComparisonRequest) -> ComparisonPlan:
    """Check everything that a comparison is asked for.

    Raises:
        ScenarioError: With every fault of all of it.
    """
    faults = Faults()
    request = request.checked(faults)
    targets = read_targets(request.targets, faults)
    off = find_mechanisms(request.without, faults)
    assigned = (text.partition("=")[0].strip() for text in request.assignments)
    overridden = request.overrides if isinstance(request.overrides, Mapping) else ()  # load_scenario says what is wrong
    check_assignments(off, [*map(str, overridden), *assigned], faults)
    weeks = length_of_run(request.weeks, request.years, faults)
    scenario = load_scenario(request.scenario, weeks, request.overrides, request.assignments, faults)
    if scenario is None:
        faults.raise_any()
        raise AssertionError("a scenario that cannot be loaded leaves a fault")
    from sim.lab.plausibility import implausible_budget, warnings_of  # workers, who import this file, need no words

    warnings = warnings_of(scenario, request.scenario, request.assignments)
    grain = None if request.grain is None else float(request.grain)  # checked above
    scenario = with_grain(scenario, grain, faults)
    policies = find_policies(scenario, request.names_in(scenario), faults)
    futures = _load_futures(scenario, faults) if request.futures else {}
    posterior = _read_posterior(request, scenario, faults)
    draws = request.unknown or (0 if posterior is None else DRAWS)
    varied = (draws and posterior is None) or request.tornado
    if request.vary and posterior is not None and not request.tornado:
        faults.add("--vary", "must not be given beside --posterior, whose parameters are drawn. Leave one of them out.")
    elif request.vary and not varied:
        faults.add("--vary", "needs something to be varied. Add --unknown N, --tornado, or both.")
    unknowns = find_unknown_parameters(scenario, request.vary, faults) if varied else []
    faults.raise_any()
    scenario = switch_off(scenario, off)
    futures = {name: switch_off(each, off) for name, each in futures.items()}
    spending = tuple(policy for policy in policies if policy.name != NONE.name)
    written, budget = spending, None
    if request.budget is not None:
        costs = {policy.name: planned_cost(policy, scenario) for policy in spending}
        warnings += implausible_budget(request.budget, costs, scenario.currency)
    if request.equal_budget or request.budget is not None:
        spending, budget = equal_budget(spending, scenario, request.budget)
    count = available_workers() if request.workers is None else request.workers
    names = [mechanism.name for mechanism in off]
    plan = ComparisonPlan(
        scenario=scenario,
        policies=tuple(policy.name for policy in policies),
        loaded_policies=spending,
        replicates=request.replicates,
        seed=request.seed,
        workers=min(count, request.replicates * (1 + len(futures)), MOST_WORKERS),
        futures=futures,
        budget=budget,
        planned={policy.name: planned_cost(policy, scenario) for policy in spending},
        command=request.command(scenario),
        single_run="" if budget is not None else request.command_of_single_run(scenario, write_assignments(off)),
        without=tuple(names),
        variants=list_variants(scenario, names) if request.ablate else (),
        targets=targets,
        parameter_points=list_parameter_points(scenario, unknowns, draws, request.tornado, request.seed, posterior),
        second=_plan_second(request, scenario),
        as_written=written if request.equal_budget else (),
        from_history=posterior is not None,
        inputs=request.own_files(scenario),
    )
    warnings += describe_effort(scenario, plan.workers, plan.tasks, plan.runs)
    return replace(plan, warnings=tuple(warnings))


def _read_posterior(request: ComparisonRequest, scenario: Scenario, faults: Faults) -> PosteriorDraws | None:
    """What a fit left, without what is set on purpose; ``None`` where none is asked for, or a fault was noted."""
    if request.posterior is None:
        return None
    known = names_set(request.overrides, request.assignments)
    found = read_posterior(request.posterior, scenario, faults, known)
    open_names = ranged_parameters(scenario, scenario.registry)
    strange = [name for name in (() if found is None else found.names) if name not in open_names]
    if strange:
        faults.add(
            "--posterior",
            f"must have parameters with a plausible range in {scenario.name}, got {', '.join(strange[:3])}. Add them to "
            "[plausible] of the scenario, as in the one that was fitted.",
        )
        return None
    return found


def _plan_second(request: ComparisonRequest, first: Scenario) -> ComparisonPlan | None:
    """The plan for the second scenario, if there is one: the same policies, budget and seeds, and nothing else.

    Raises:
        ScenarioError: With every fault of it.
    """
    if request.second is None:
        return None
    plain: dict[str, Any] = {
        "futures": False,
        "ablate": False,
        "targets": (),
        "unknown": 0,
        "tornado": False,
        "vary": (),
        "second": None,
        "posterior": None,
    }
    names = request.names_in(first)
    plan = plan_comparison(replace(request, scenario=request.second, policies=list(names), **plain))
    if plan.scenario.weeks != first.weeks:
        rule = f"must run as long as the first scenario, {first.weeks} weeks, got {plan.scenario.weeks} in"
        raise ScenarioError([f"the second scenario {rule} {plan.scenario.name}. Set both with --weeks."])
    return plan


def check_whole_number(name: str, value: object, low: int, high: int, faults: Faults) -> None:
    """Note a fault if an option is not a whole number from ``low`` to ``high``."""
    read(whole_rule(low, high).adapter.validate_python, value, f"--{name}", faults)


def length_of_run(weeks: int | None, years: int | None, faults: Faults) -> int | None:
    """Weeks of a run by ``--weeks`` or ``--years``; ``None`` where neither is given, or a fault was noted."""
    if years is None:
        return weeks
    before = len(faults.messages)
    found: int | None = read(YEARS.adapter.validate_python, years, "--years", faults)
    if weeks is not None and len(faults.messages) == before:
        faults.add("--years", f"must not be given beside --weeks, got {years} and {weeks}. Leave one of them out.")
    return WEEKS_OF_YEAR * found if found is not None and len(faults.messages) == before else None


def load_scenario(
    scenario: str | Path | Scenario,
    weeks: int | None,
    overrides: Mapping[str, object],
    assignments: Sequence[str],
    faults: Faults,
) -> Scenario | None:
    """The scenario with all overrides, its length first; ``None`` after noting the faults of any of them."""
    try:
        ready = scenario if isinstance(scenario, Scenario) else Scenario.load(scenario)
    except ScenarioError as error:
        faults.take(error.faults)
        return None
    before = len(faults.messages)
    changes: list[Callable[[Scenario], Scenario]] = [
        lambda old: old if weeks is None else _with_weeks(old, weeks),
        lambda old: old.override(overrides),
        lambda old: old.assign(assignments),
    ]
    for change in changes:
        try:
            ready = change(ready)
        except ScenarioError as error:
            faults.take(error.faults)
    return ready if len(faults.messages) == before else None


def _with_weeks(scenario: Scenario, weeks: int) -> Scenario:
    """The scenario with another length; faults name the option."""
    try:
        return scenario.override({"weeks": weeks})
    except ScenarioError as error:
        faults = [f"--{fault}" if fault.startswith("weeks ") else fault for fault in error.faults]
        raise ScenarioError(faults) from error


def find_policies(scenario: Scenario, policies: Sequence[PolicyLike], faults: Faults) -> list[Policy]:
    """The policies asked for, each once; faults are noted for those that do not exist."""
    found: dict[str, Policy] = {}
    if not policies:
        faults.add("--policy", "must name at least one policy, got none. `centricity list policies` shows them.")
    for policy in policies:
        try:
            twin = isinstance(policy, Policy) and policy.name == NONE.name  # refused below if it spends anything
            loaded_policy = policy if isinstance(policy, Policy) and twin else scenario.policy(policy)
        except ScenarioError as error:
            faults.take(error.faults)
            continue
        if found.setdefault(loaded_policy.name, loaded_policy) != loaded_policy:
            faults.add(
                "--policy",
                f"must name different policies, got two that are called {loaded_policy.name}. Rename one of them.",
            )
        if loaded_policy.name == NONE.name and loaded_policy.phases:
            faults.add("--policy", "none must have no resources: it is everyone's twin. Rename the policy.")
    return list(found.values())


def _load_futures(scenario: Scenario, faults: Faults) -> dict[str, Scenario]:
    """The scenario in each of its named futures."""
    if not scenario.futures:
        faults.add(
            "--futures", f"needs named futures, but {scenario.name} has none. Add tables [futures.NAME] to its file."
        )
    return {name: scenario.in_future(name) for name in scenario.futures}
