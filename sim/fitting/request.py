"""What a fit is asked for: everything that decides it, checked before anything long begins."""

from __future__ import annotations

import hashlib
import json
import shlex
from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Self, cast, get_args

from sim.calibration.options import Decimal, Period
from sim.fitting.history import LEAST_ROWS, History, HistoryOptions, check_people, read_history
from sim.fitting.periods import WEEKS_A_YEAR
from sim.lab.comparison_plan import LARGEST_SEED, WORKERS, PolicyLike, legal_values, load_scenario
from sim.lab.extras import require
from sim.lab.fingerprint import fingerprint
from sim.lab.parameter_points import find_unknown_parameters
from sim.lab.plausible import unknown_parameters
from sim.lab.worker_pool import available_workers
from sim.model.kernel.parameters import Parameter
from sim.model.policies.policy import NO_POLICY, Policy
from sim.model.scenario import Scenario, ScenarioError
from sim.model.scenario.finding import check_path
from sim.model.scenario.messages import Faults, show
from sim.model.scenario.rules import SWITCH, TEXTS, Rule, text, whole_rule

DRAWS = whole_rule(64, 65_536)
"""Rule for the number of draws of the reference table."""

_TEXT = text("text", longest=10_000)


def _option(default: Any, flag: str, rule: Rule | None = None) -> Any:
    """A field of a request: what it is called on the command line, and the rule for its value."""
    return field(default=default, metadata={"flag": flag, "rule": rule})


_SETTLING = WEEKS_A_YEAR
"""Weeks of burn-in before the first week that a history looks at."""


@dataclass(frozen=True)
class FitRequest:
    """The options of ``centricity fit``.

    Attributes:
        scenario: Name of one that ships, a TOML file, or the scenario itself.
        history: File with the history.
        policy: What was done; nothing if ``None``.
        vary: Parameters or sections to fit; those that matter of kind ``unknown`` if none is named.
        draws: Draws of the reference table.
        hold_out: Last periods by which the fit is judged; found out if ``None``.
        seed: Seed of the whole fit.
        workers: Number of processes; as many as there are processors if ``None``.
        plan: Whether only to say what such a history could tell.
        assignments: ``NAME=VALUE``, as the command line has them.
        columns, scales, respondents, changes, period, start, decimal, date_format: See
            :class:`~sim.fitting.history.HistoryOptions`.
    """

    scenario: str | Path | Scenario
    history: str | Path
    policy: PolicyLike | None = None
    vary: Sequence[str] = _option((), "--vary", TEXTS)
    draws: int = _option(4096, "--draws", DRAWS)
    hold_out: int | None = _option(None, "--hold-out", whole_rule(0, 1000))
    seed: int = _option(1, "--seed", whole_rule(0, LARGEST_SEED))
    workers: int | None = field(default=None, metadata={"rule": WORKERS})
    plan: bool = _option(False, "--plan", SWITCH)
    assignments: Sequence[str] = _option((), "--set", TEXTS)
    columns: Sequence[str] = _option((), "--column", TEXTS)
    scales: Sequence[str] = _option((), "--scale", TEXTS)
    respondents: Sequence[str] = _option((), "--respondents", TEXTS)
    changes: Sequence[str] = _option((), "--changes", TEXTS)
    period: str | None = _option(None, "--period")
    start: str | None = _option(None, "--start", _TEXT)
    decimal: str | None = _option(None, "--decimal")
    date_format: str | None = _option(None, "--date-format", _TEXT)

    @classmethod
    def of(cls, given: dict[str, Any]) -> Self:
        """A request with these arguments; those of another name, and those that are ``None``, are left out."""
        names = {each.name for each in fields(cls)}
        return cls(**{name: value for name, value in given.items() if name in names and value is not None})

    @property
    def command(self) -> str:
        """The command that does the same again; empty if something in it exists in Python only."""
        if isinstance(self.scenario, Scenario) or isinstance(self.policy, Policy):
            return ""
        words = ["centricity", "fit", str(self.scenario), str(self.history)]
        words += [] if self.policy is None else ["--policy", str(self.policy)]
        for each in fields(self):
            flag, value = each.metadata.get("flag"), getattr(self, each.name)
            if flag is None or value is None or value is False:
                continue
            if value is True:
                words.append(flag)
            else:
                several = value if isinstance(value, list | tuple) else [value]
                words += [word for one in several for word in (flag, str(one))]
        return shlex.join(words)

    def checked(self, faults: Faults) -> Self:
        """The same request, each value as its rule has it; one that is not legal leaves a fault, and its default here."""
        return replace(self, **legal_values(self, faults))


@dataclass(frozen=True)
class FitSetup:
    """A fit that is ready to be worked out.

    Attributes:
        scenario: The organization as it is described.
        running: The same as it will run: its burn-in and its length are at least those of the history.
        policy: What was done.
        history: What was observed.
        drawn: Parameters that are drawn: all that nobody knows, and those that the user names.
        named: Names of those that the user wants fitted; empty to choose those that matter.
        draws, hold_out, seed, workers, plan, command: As asked for; the periods held out are found out by now.
        windows: Weeks of each row of the history, and for a plan of the year after it.
        warnings: What is assumed.
    """

    scenario: Scenario
    running: Scenario
    policy: Policy
    history: History
    drawn: tuple[Parameter, ...]
    named: tuple[str, ...]
    draws: int
    hold_out: int
    seed: int
    workers: int
    plan: bool
    windows: tuple[tuple[int, int], ...]
    command: str
    warnings: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Digest of everything that decides the reference table, apart from how many rows it has."""
        rows = [list(each) for each in self.windows[: len(self.history.rows.windows)]]
        ranges = [[each.name, each.plausible] for each in self.drawn]
        decides = [fingerprint(), self.scenario.hash, self.policy.to_dict(), rows, ranges, self.draws, self.seed]
        return hashlib.sha256(json.dumps(decides, sort_keys=True).encode()).hexdigest()


def plan_request(request: FitRequest) -> FitSetup:
    """Check everything that a fit is asked for.

    Raises:
        ScenarioError: With every fault of all of it.
    """
    faults = Faults()
    request = request.checked(faults)
    options = _history_options(request, faults)
    history = None
    try:
        history = read_history(check_path("history", request.history), options)
    except ScenarioError as error:
        faults.take(error.faults)
    scenario = load_scenario(request.scenario, None, {}, request.assignments, faults)
    policy = None
    if scenario is not None:
        try:
            policy = scenario.policy(NO_POLICY if request.policy is None else request.policy)
        except ScenarioError as error:
            faults.take(error.faults)
    hold_out = 0 if history is None else _held_out(history, request.hold_out, faults)
    varied = find_unknown_parameters(scenario, request.vary, faults) if scenario is not None and request.vary else []
    try:
        require("sklearn", "centricity fit", "lab")
    except ScenarioError as error:
        faults.take(error.faults)
    drawn = () if scenario is None else _drawn(scenario, varied)
    if scenario is not None and not drawn and not faults.messages:
        faults.add(
            "the scenario", "must leave something unknown, got a value for everything. Name what is with --vary."
        )
    faults.raise_any()
    assert scenario is not None  # else there would have been faults
    assert policy is not None
    assert history is not None
    windows = history.rows.windows + (history.rows.more(_rows_of_a_year(history)) if request.plan else ())
    warnings = list(history.warnings)
    check_people(history, int(scenario.parameters["employees.number"]), warnings)
    return FitSetup(
        scenario=scenario,
        running=_long_enough(scenario, history, windows),
        policy=policy,
        history=history,
        drawn=drawn,
        named=tuple(each.name for each in varied),
        draws=request.draws,
        hold_out=hold_out,
        seed=request.seed,
        workers=available_workers() if request.workers is None else request.workers,
        plan=request.plan,
        windows=windows,
        command=request.command,
        warnings=tuple(warnings),
    )


def _history_options(request: FitRequest, faults: Faults) -> HistoryOptions:
    """What is said about the history; words that are none are noted."""
    for flag, value, words in (
        ("--period", request.period, get_args(Period)),
        ("--decimal", request.decimal, get_args(Decimal)),
    ):
        if value is not None and value not in words:
            faults.add(
                flag, f"must be one of {', '.join(words)}, got {show(value)}. Leave it out to have it found out."
            )
    period = request.period if request.period in get_args(Period) else None
    decimal = request.decimal if request.decimal in get_args(Decimal) else None
    return HistoryOptions(
        columns=request.columns,
        scales=request.scales,
        respondents=request.respondents,
        changes=request.changes,
        period=cast(Period | None, period),
        start=request.start,
        decimal=cast(Decimal | None, decimal),
        date_format=request.date_format,
    )


def _held_out(history: History, asked: int | None, faults: Faults) -> int:
    """Periods at the end by which the fit is judged: two, or fewer where little would be left."""
    most = max(len(history.observed.rows) - LEAST_ROWS, 0)
    if asked is not None and asked > most:
        faults.add(
            "--hold-out",
            f"must leave {LEAST_ROWS} periods, so at most {most} of {len(history.observed.rows)}, got {asked}.",
        )
    return min(2, most) if asked is None else asked


def _drawn(scenario: Scenario, varied: Sequence[Parameter]) -> tuple[Parameter, ...]:
    """Everything that is drawn, in the order in which parameters are declared."""
    every = {each.name: each for each in (*unknown_parameters(scenario, scenario.registry), *varied)}
    return tuple(every[name] for name in scenario.registry.parameters if name in every)


def _rows_of_a_year(history: History) -> int:
    """How many more rows come to a year."""
    begin, end = history.rows.windows[-1]
    return max(WEEKS_A_YEAR // (end - begin), 1)


def _long_enough(scenario: Scenario, history: History, windows: Sequence[tuple[int, int]]) -> Scenario:
    """The scenario with a burn-in and a length that reach over the whole history."""
    burn_in = max(float(scenario.parameters["run.burn_in"]), history.rows.before + _SETTLING)
    weeks = max(scenario.weeks, *(end for _, end in windows))
    return scenario.override({"run.burn_in": burn_in, "weeks": weeks})
