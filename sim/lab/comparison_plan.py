"""What is to be compared: everything that decides the result, checked before anything long begins."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sim.lab.budget import Budget, equal_budget, planned_cost
from sim.lab.parameter_points import (
    MOST_DRAWS,
    ParameterPoint,
    find_unknown_parameters,
    list_parameter_points,
    replicates_at_point,
)
from sim.lab.switching import Variant, check_assignments, find_mechanisms, list_variants, switch_off, write_assignments
from sim.lab.targets import read_targets
from sim.lab.worker_pool import MOST_WORKERS, available_workers
from sim.model.policies.policy import NONE, Policy
from sim.model.scenario import Scenario, ScenarioError
from sim.model.scenario.messages import Faults, show

if TYPE_CHECKING:
    from sim.analysis.targets import Target

MOST_REPLICATES = 100_000
LARGEST_SEED = 2**63 - 1

PolicyLike = str | Path | Policy
"""A policy: its name, its file, or the policy itself."""


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

    @property
    def runs(self) -> int:
        """Number of runs, the twins included."""
        return self.tasks * (1 + len(self.loaded_policies))

    @property
    def tasks(self) -> int:
        """Number of replicates in all futures and variants; a variant in which nothing differs is not run again."""
        whole = 1 + len(self.futures) + sum(bool(variant.values) for variant in self.variants)
        return self.replicates * whole + sum(
            replicates_at_point(point.design, self.replicates) for point in self.parameter_points
        )


def plan_comparison(
    scenario: str | Path | Scenario,
    policies: PolicyLike | Sequence[PolicyLike] | None,
    replicates: int,
    seed: int,
    workers: int | None,
    weeks: int | None,
    overrides: Mapping[str, object] | None = None,
    assignments: Iterable[str] = (),
    equal: bool = False,
    futures: bool = False,
    amount: float | None = None,
    without: Sequence[str] = (),
    ablate: bool = False,
    targets: Sequence[str] = (),
    unknown: int = 0,
    tornado: bool = False,
    vary: Sequence[str] = (),
) -> ComparisonPlan:
    """Check everything that a comparison is asked for.

    Args:
        scenario: Name, file, or the scenario itself.
        policies: What to compare, several or one; the scenario's default policies if ``None``.
        replicates, seed, workers: See :class:`ComparisonPlan`; ``None`` workers are as many as there are processors.
        weeks: Length of a run; the scenario's if ``None``.
        overrides: Dotted name -> value.
        assignments: The same as ``NAME=VALUE``, as the command line has them.
        equal: Whether to scale policies to one budget.
        futures: Whether to run the scenario's named futures as well.
        amount: The one budget, in currency; found from the policies if ``None``.
        without: Mechanisms to switch off.
        ablate: Whether to explain the result by switching off each mechanism in turn.
        targets: What would be good enough, such as ``retention_annual>=0.9``.
        unknown: Number of draws of the unknown parameters, or of those to vary.
        tornado: Whether to move each of these alone to both ends of its plausible range.
        vary: Which of them; all that the scenario leaves at their default, if none is named.

    Raises:
        ScenarioError: With every fault of all of them.
    """
    faults = Faults()
    check_whole_number("replicates", replicates, 1, MOST_REPLICATES, faults)
    check_whole_number("seed", seed, 0, LARGEST_SEED, faults)
    if workers is not None:
        check_whole_number("workers", workers, 1, MOST_WORKERS, faults)
    check_whole_number("unknown", unknown, 0, MOST_DRAWS, faults)
    found_targets = read_targets(targets, faults)
    assignments = list(assignments)
    off = find_mechanisms(without, faults)
    check_assignments(off, [*(overrides or {}), *(text.partition("=")[0].strip() for text in assignments)], faults)
    ready = load_scenario(scenario, weeks, overrides or {}, assignments, faults)
    if ready is None:
        faults.raise_any()
        raise AssertionError("a scenario that cannot be loaded leaves a fault")
    if isinstance(policies, str | Path | Policy):
        policies = [policies]
    names: Sequence[PolicyLike] = ready.default_policies if policies is None else policies
    loaded_policies = find_policies(ready, names, faults)
    future_scenarios = _load_futures(ready, faults) if futures else {}
    if vary and not (unknown or tornado):
        faults.add("--vary", "needs something to be varied. Add --unknown N, --tornado, or both.")
    unknowns = find_unknown_parameters(ready, vary, faults) if unknown or tornado else []
    faults.raise_any()
    ready = switch_off(ready, off)
    future_scenarios = {name: switch_off(each, off) for name, each in future_scenarios.items()}
    spending = tuple(loaded_policy for loaded_policy in loaded_policies if loaded_policy.name != NONE.name)
    budget = None
    if equal or amount is not None:
        spending, budget = equal_budget(spending, ready, amount)
    count = available_workers() if workers is None else workers
    given = scenario, overrides or {}, assignments, weeks
    flags = [word for mechanism in off for word in ("--without", mechanism.name)]
    switches = (("--equal-budget", equal and amount is None), ("--futures", futures), ("--ablate", ablate))
    flags += [flag for flag, on in switches if on]
    flags += [] if amount is None else ["--budget", repr(amount)]
    flags += [word for target in targets for word in ("--target", target)]
    flags += ["--unknown", str(unknown)] if unknown else []
    flags += ["--tornado"] if tornado else []
    flags += [word for name in vary for word in ("--vary", name)]
    alone = scenario, overrides or {}, [*assignments, *write_assignments(off)], weeks
    typed = [name for name in names if isinstance(name, Policy)]  # policies made in Python cannot be typed
    return ComparisonPlan(
        scenario=ready,
        policies=tuple(loaded_policy.name for loaded_policy in loaded_policies),
        loaded_policies=spending,
        replicates=int(replicates),
        seed=int(seed),
        workers=min(count, replicates * (1 + len(future_scenarios)), MOST_WORKERS),
        futures=future_scenarios,
        budget=budget,
        planned={loaded_policy.name: planned_cost(loaded_policy, ready) for loaded_policy in spending},
        command=write_command("compare", *given, names, {"replicates": replicates, "seed": seed}, flags),
        single_run="" if budget is not None else write_command("run", *alone, typed),
        without=tuple(mechanism.name for mechanism in off),
        variants=list_variants(ready, [mechanism.name for mechanism in off]) if ablate else (),
        targets=found_targets,
        parameter_points=list_parameter_points(ready, unknowns, unknown, tornado, int(seed)),
    )


def check_whole_number(name: str, value: object, low: int, high: int, faults: Faults) -> None:
    """Note a fault if an option is not a whole number from ``low`` to ``high``."""
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        faults.add(f"--{name}", f"must be a whole number, {low} to {high}, got {show(value)}. Give another one.")


def load_scenario(
    scenario: str | Path | Scenario,
    weeks: int | None,
    overrides: Mapping[str, object],
    assignments: Sequence[str],
    faults: Faults,
) -> Scenario | None:
    """The scenario with all overrides; ``None`` after noting the faults of any of them."""
    try:
        ready = scenario if isinstance(scenario, Scenario) else Scenario.load(scenario)
    except ScenarioError as error:
        faults.take(error.faults)
        return None
    before = len(faults.messages)
    changes: list[Callable[[Scenario], Scenario]] = [
        lambda old: old.override(overrides),
        lambda old: old.assign(assignments),
    ]
    if weeks is not None:
        changes.append(lambda old: _with_weeks(old, weeks))
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
        raise ScenarioError([f"--{fault}" for fault in error.faults]) from error


def find_policies(scenario: Scenario, policies: Sequence[PolicyLike], faults: Faults) -> list[Policy]:
    """The policies asked for, each once; faults are noted for those that do not exist."""
    found: dict[str, Policy] = {}
    if not policies:
        faults.add("--policy", "must name at least one policy, got none. `centricity list policies` shows them.")
    for policy in policies:
        try:
            loaded_policy = policy if isinstance(policy, Policy) else scenario.policy(policy)
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


def write_command(
    verb: str,
    scenario: str | Path | Scenario,
    overrides: Mapping[str, object],
    assignments: Sequence[str],
    weeks: int | None,
    policies: Sequence[PolicyLike],
    numbers: Mapping[str, int] | None = None,
    flags: Sequence[str] = (),
) -> str:
    """The command that does the same again; empty if something in it exists in Python only."""
    if isinstance(scenario, Scenario) or any(isinstance(policy, Policy) for policy in policies):
        return ""
    words = ["centricity", verb, str(scenario)]
    for policy in policies:
        words += ["--policy", str(policy)]
    if weeks is not None:
        words += ["--weeks", str(weeks)]
    for name, number in (numbers or {}).items():
        words += [f"--{name}", str(number)]
    for name, value in overrides.items():
        words += ["--set", f"{name}={str(value).lower() if isinstance(value, bool) else value}"]
    for assignment in assignments:
        words += ["--set", assignment]
    return shlex.join([*words, *flags])
