"""The advice itself: the search with the model in it, and what it comes to in tables and words."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sim.analysis.intervals import difference_interval, mean_interval, share_interval
from sim.analysis.metrics import MEASURES_OF_RUNS, find_objective
from sim.analysis.missing import FloatArray, or_none
from sim.analysis.pareto import pareto_front
from sim.analysis.wording import format_interval, format_money, format_number, format_percent, format_points
from sim.lab.advice.cells import measure_cell, observe_cell
from sim.lab.advice.request import AdvicePlan
from sim.lab.advice.search import Searched, search
from sim.lab.advice.selection import Standard
from sim.lab.advice.space import describe_program, limits_met
from sim.lab.advice.watching import Watch, find_rule
from sim.lab.budget import planned_cost
from sim.lab.failure import Failure
from sim.lab.manifest import describe_machine, fingerprint_files, versions
from sim.lab.task import prepare_worker
from sim.lab.toml_text import write_toml
from sim.lab.worker_pool import Kept, WorkerPool, run_tasks
from sim.lab.writing import MANIFEST, replaced_folder, write_csv, write_json, write_text
from sim.model.policies.policy import NONE, Policy

if TYPE_CHECKING:
    from sim.model.scenario import Scenario

KIND = "advice"
"""What the manifest says a folder with advice is."""

BEST = "advised"
"""Name of the advised program, and of its file without the ending."""

WATCHED = "watched"
"""Name of the advised program with a rule that ends it early."""

_OBSERVED = 4
"""Cells in which the advised program is followed week by week."""

_MEASURES = tuple(MEASURES_OF_RUNS)
_COST = _MEASURES.index("cost") - len(_MEASURES)
_CUSTOMERS, _ORGANIZATION = (_MEASURES.index(name) for name in ("customer_value", "organization_value"))


@dataclass(frozen=True)
class Advice:
    """What is advised, and how it was found.

    Attributes:
        plan: What was asked for.
        found: The search.
        programs: Every program that was tried, with its name.
        summary: Content of ``advice.json``.
        candidates: A row a program that was tried: what it is, what it is planned to cost, its measures in the search and on
            fresh replicates.
        manifest: Versions, machine, seed, the scenario in full, what failed.
        watch: What to watch while the advised program runs; ``None`` where nothing is bought, or no rule could be tried.
    """

    plan: AdvicePlan
    found: Searched
    programs: tuple[Policy, ...]
    summary: dict[str, Any]
    candidates: pd.DataFrame
    manifest: dict[str, Any]
    watch: Watch | None = None

    @property
    def best(self) -> Policy:
        """The advised program; without phases where nothing is better."""
        return self.programs[self.found.finalists[self.found.selection.best]]

    def save(self, folder: Path, also: Sequence[Callable[[Advice, Path], None]] = ()) -> None:
        """Write everything into a folder, whole or not at all.

        Args:
            folder: Where to; made if it does not exist.
            also: Functions that write more files into the folder they are given.

        Raises:
            OSError: If the folder cannot be written.
        """
        with replaced_folder(folder) as new:
            if self.best.phases:
                write_text(new / "best.toml", write_toml(self.best.to_dict()))
            if self.watch is not None and self.watch.sure:
                write_text(new / "watched.toml", write_toml(self.watch.program.to_dict()))
            write_json(new / "advice.json", self.summary)
            write_csv(self.candidates, new / "candidates.csv")
            for write in also:
                write(self, new)
            write_json(new / MANIFEST, {**self.manifest, "files": fingerprint_files(new)})


class _Evaluation:
    """Scores programs by running them; remembers every measure."""

    def __init__(self, plan: AdvicePlan, pool: WorkerPool, kept: Kept | None, advanced: Callable[[int], None]) -> None:
        metric, better = find_objective(plan.scenario.objective)
        self._plan, self._pool, self._kept, self._advanced = plan, pool, kept, advanced
        self._objective = _MEASURES.index(metric.name)
        self._against_twin = metric.against_twin
        self._sign = 1.0 if better == "higher" else -1.0
        self._targets = [(each.target, _MEASURES.index(each.target.metric)) for each in plan.requirements]
        self.failures: list[dict[str, Any]] = []
        self.runs = 0

    def __call__(self, programs: Sequence[Policy], numbers: Sequence[int], fresh: bool) -> FloatArray:
        """Scores [program, replicate, column]: what the objective is better by than in the twin, requirements, every measure."""
        tasks = self._plan.cells.tasks(programs, numbers, fresh)
        before = self.runs
        results = run_tasks(
            measure_cell,
            tasks,
            self._pool.workers,
            lambda done: self._advanced(before + done * len(programs)),
            self._pool,
            self._kept,
        )
        self.runs += len(programs) * len(tasks)
        measured = np.full((1 + len(programs), len(tasks), len(_MEASURES)), np.nan)
        for column, (task, result) in enumerate(zip(tasks, results, strict=True)):
            if isinstance(result, Failure):
                self.failures.append({"seed": task.seed, "error": result.error, "traceback": result.traceback})
            else:
                measured[:, column] = result
        twin, measured = measured[0], measured[1:]
        value = measured[:, :, self._objective]
        gain = self._sign * (value if self._against_twin else value - twin[:, self._objective])
        if self._against_twin:  # doing nothing is the twin, and a policy cannot be against itself
            gain[[not each.phases for each in programs]] = 0.0
        met = [target.met(measured[:, :, position]) for target, position in self._targets]
        scores = np.concatenate([np.stack([gain, *met], axis=-1), measured], axis=-1)
        if fresh:  # a replicate counts for all or for none
            scores = scores[:, np.isfinite(scores[:, :, 0]).all(axis=0)]
        return scores

    def follow(self, program: Policy) -> FloatArray:
        """Weekly outcomes of a program in the first cells of the search, [run, week, outcome], of runs that were done."""
        tasks = self._plan.cells.tasks([program], range(_OBSERVED), False)
        results = run_tasks(observe_cell, tasks, self._pool.workers, None, self._pool, self._kept)
        self.runs += len(tasks)
        return np.stack([np.asarray(each) for each in results if not isinstance(each, Failure)])


def run_advice(
    plan: AdvicePlan,
    pool: WorkerPool,
    progress: Callable[[int, int], None] | None = None,
    kept: Kept | None = None,
) -> Advice:
    """Work out an advice that has been checked.

    Args:
        plan: What was checked.
        pool: Workers.
        progress: Called with the number of runs that are done, and their total.
        kept: Results that are there already, and where new ones are kept.

    Raises:
        WorkerError: If workers cannot be started.
    """
    started, clock = datetime.now(UTC), time.perf_counter()
    if pool.workers > 1:
        pool.wait_until_ready()
    else:
        prepare_worker(nullcontext())
    total = plan.effort.runs

    def advanced(runs: int) -> None:
        if progress is not None:
            progress(min(runs, total), total)

    advanced(0)
    evaluate = _Evaluation(plan, pool, kept, advanced)
    standard = Standard(tuple(each.share for each in plan.requirements))
    found = search(plan.space, plan.given, evaluate, standard, plan.effort, plan.seed)
    programs = _named(found, plan)
    candidates = _table(found, programs, plan)
    watch = _watch(programs[found.finalists[found.selection.best]], plan, evaluate)
    advanced(total)
    summary = {**_summarize(found, programs, plan), "watch": None if watch is None else watch.to_entry()}
    manifest = {
        "kind": KIND,
        "versions": {**versions(), **_optimizer()},
        "machine": describe_machine(),
        "command": plan.command or None,
        "started": started.isoformat(timespec="seconds"),
        "duration_seconds": round(time.perf_counter() - clock, 3),
        "workers": pool.workers,
        "seed": plan.seed,
        "runs": evaluate.runs,
        "budget": plan.space.budget,
        "resources": [each.name for each in plan.space.resources],
        "given": [each.name for each in plan.given],
        "drawn": list(plan.cells.draws.names),
        "futures": list(plan.cells.futures),
        "requirements": [str(each) for each in plan.requirements],
        "failures": evaluate.failures,
        "scenario_hash": plan.scenario.hash,
        **plan.scenario.fingerprints_of_extensions,
        "scenario": plan.scenario.to_dict(),
    }
    return Advice(plan, found, programs, summary, candidates, manifest, watch)


def _watch(best: Policy, plan: AdvicePlan, evaluate: _Evaluation) -> Watch | None:
    """What to watch while the advised program runs."""
    if not best.phases:
        return None
    about = "The advised program, ended early by a rule."
    program = replace(best, name=WATCHED, about=about, notice="How much is saved by ending it early.")
    cells = min(max(plan.effort.runs // 500, 4), 12), min(max(plan.effort.runs // 200, 6), 24)
    requirements = len(plan.requirements)
    return find_rule(program, evaluate.follow(best), evaluate, cells, lambda scores: scores[:, _COST], requirements)


def _optimizer() -> dict[str, str | None]:
    from sim.lab.manifest import installed_version

    return {"pymoo": installed_version("pymoo")}


def _named(found: Searched, plan: AdvicePlan) -> tuple[Policy, ...]:
    """Every program that was tried with a name of its own, the advised one with texts for people."""
    given = {each.phases: each.name for each in plan.given}
    programs = [
        replace(each, name=given.get(each.phases, f"program-{position}")) if each.phases else NONE
        for position, each in enumerate(found.programs)
    ]
    best = found.finalists[found.selection.best]
    if programs[best].phases:
        origin = "" if programs[best].name.startswith("program-") else f" It is {programs[best].name} at this budget."
        programs[best] = replace(
            programs[best],
            name=BEST,
            about=f"The best program that was found for {plan.scenario.name} under a budget of {plan.scenario.currency} "
            f"{plan.space.budget:,.0f}.{origin}",
            notice="How far it is ahead of those that cannot be told apart from it.",
            suggestion="The same with a larger budget, and the limits that it runs into.",
        )
    return tuple(programs)


def _fresh(found: Searched, finalist: int, measure: str) -> FloatArray:
    """A measure of a finalist on fresh replicates, as far as it was run; NaN is missing."""
    values: FloatArray = found.selection.scores[finalist, :, _MEASURES.index(measure) - len(_MEASURES)]
    return values


def _table(found: Searched, programs: Sequence[Policy], plan: AdvicePlan) -> pd.DataFrame:
    """A row a program."""
    metric = plan.scenario.objective
    fresh = {position: row for row, position in enumerate(found.finalists)}
    front = _front(found)
    rows = []
    for position, program in enumerate(programs):
        measured = dict(zip(_MEASURES, found.scores[position, -len(_MEASURES) :], strict=True))
        row = fresh.get(position)
        rows.append(
            {
                "program": program.name,
                "what": describe_program(program, plan.scenario),
                "planned_cost": planned_cost(program, plan.scenario),
                "on_front": bool(front[position]),
                metric: measured[metric],
                "customer_value": measured["customer_value"],
                "organization_value": measured["organization_value"],
                "cost": measured["cost"],
                f"fresh_{metric}": np.nan if row is None else float(np.nanmean(_fresh(found, row, metric))),
                "fresh_replicates": 0 if row is None else int(np.isfinite(_fresh(found, row, metric)).sum()),
            }
        )
    return pd.DataFrame(rows)


def _front(found: Searched) -> Any:
    """Programs that no other beats for customers and organization both, as the search saw them."""
    width = len(_MEASURES)
    return pareto_front(found.scores[:, [_CUSTOMERS - width, _ORGANIZATION - width]])


def _summarize(found: Searched, programs: Sequence[Policy], plan: AdvicePlan) -> dict[str, Any]:
    """Content of ``advice.json``."""
    selection, scenario = found.selection, plan.scenario
    metric, _ = find_objective(scenario.objective)
    best = selection.best
    finalists = [programs[each] for each in found.finalists]
    first = found.finalists.index(found.first)
    again = selection.scores[first, :, 0]
    flattered = difference_interval(found.first_values, again[np.isfinite(again)])
    gaps = {row: selection.gaps[row] for row in range(len(finalists))}
    front = np.flatnonzero(_front(found))
    width = len(_MEASURES)
    ordered = front[np.argsort(found.scores[front, _ORGANIZATION - width])]
    return {
        "scenario": scenario.name,
        "currency": scenario.currency,
        "budget": plan.space.budget,
        "objective": metric.name,
        "weeks": scenario.weeks,
        "seed": plan.seed,
        "best": {
            "program": finalists[best].name,
            "what": describe_program(finalists[best], scenario),
            "policy": finalists[best].to_dict(),
            "planned_cost": planned_cost(finalists[best], scenario),
            **{name: _entry(_fresh(found, best, name)) for name in _MEASURES},
        },
        "gain_over_none": _entry(selection.scores[best, :, 0]),
        "cannot_be_told_apart": [
            {
                "program": finalists[row].name,
                "what": describe_program(finalists[row], scenario),
                "policy": finalists[row].to_dict(),
                "planned_cost": planned_cost(finalists[row], scenario),
                "behind": gaps[row].to_entry(),
                "replicates": int(np.isfinite(selection.scores[row, :, 0]).sum()),
            }
            for row in selection.near
        ],
        "told_apart": [
            {
                "program": finalists[row].name,
                "what": describe_program(finalists[row], scenario),
                "behind": gaps[row].to_entry(),
            }
            for row in selection.order
            if row not in selection.near
        ],
        "binding": limits_met(finalists[best], planned_cost(finalists[best], scenario), plan.space)
        + _requirements_that_bind(found, plan),
        "requirements": _requirements(found, plan),
        "flattered": {"program": finalists[first].name, **flattered.to_entry()},
        "front": [
            {
                "program": programs[each].name,
                "what": describe_program(programs[each], scenario),
                "customer_value": or_none(found.scores[each, _CUSTOMERS - width]),
                "organization_value": or_none(found.scores[each, _ORGANIZATION - width]),
            }
            for each in ordered
        ],
        "runs": found.runs,
        "programs": len(programs),
        "fresh_replicates": int(selection.scores.shape[1]),
    }


def _entry(values: FloatArray) -> dict[str, float | None]:
    return mean_interval(values).to_entry()


def _requirements(found: Searched, plan: AdvicePlan) -> list[dict[str, Any]]:
    """How often the advised program meets each requirement on fresh replicates."""
    listed = []
    for column, each in enumerate(plan.requirements, start=1):
        met = found.selection.scores[found.selection.best, :, column]
        known = met[np.isfinite(met)]
        share = share_interval(float(known.mean()) if known.size else float("nan"), known.size)
        listed.append(
            {"requirement": str(each), "share": each.share, **share.to_entry(), "met": bool(share.mean >= each.share)}
        )
    return listed


def _requirements_that_bind(found: Searched, plan: AdvicePlan) -> list[str]:
    """Requirements without which another finalist would have come first."""
    alone = Standard().order(found.selection.scores[:, :, :1])[0]
    if not plan.requirements or alone == found.selection.best:
        return []
    met = np.nanmean(found.selection.scores[alone, :, 1 : 1 + len(plan.requirements)], axis=0)
    return [
        f"requirement: {each} (a program that is better by its value meets it in {100.0 * share:.0f} %)"
        for each, share in zip(plan.requirements, met.tolist(), strict=True)
        if share < each.share
    ]


def describe_advice(advice: Advice) -> list[str]:
    """The advice in words, the most important first."""
    summary, scenario = advice.summary, advice.plan.scenario
    best, currency = summary["best"], scenario.currency
    words = value_words(scenario)
    gain = summary["gain_over_none"]
    measure = summary["objective"].replace("_", " ")
    years = f"{scenario.weeks / 52.0:.3g} years"
    missed = [each for each in summary["requirements"] if each["high"] is not None and each["high"] < each["share"]]
    if not advice.best.phases:
        lines = [
            f"Buy nothing: no program under {format_money(summary['budget'], currency)} was better within {years}."
        ]
    else:
        unsure = any(each["program"] == NONE.name for each in summary["cannot_be_told_apart"])
        lines = [
            f"No program is surely better than buying nothing. The best on average: {best['what']}."
            if unsure
            else f"Buy {best['what']}.",
            f"Over {years}, {measure} is better than without any program by {words(gain['mean'])}"
            f"{format_interval(gain, words)}. It is planned to cost {format_money(best['planned_cost'], currency)}, and spends "
            f"{format_money(best['cost']['mean'], currency)} on average.",
        ]
    for each in summary["requirements"]:
        lines.append(
            f"{each['requirement']}: {_verdict(each)}, in {format_percent(each['mean'])}"
            f"{format_interval(each, format_percent)} of fresh runs."
        )
    if missed:
        lines.append("No program that was tried meets all requirements; this one comes nearest.")
    alike = summary["cannot_be_told_apart"][1:]
    if alike:
        number = len(alike) + 1
        lines.append(
            f"{number} programs cannot be told apart by {summary['fresh_replicates']} fresh replicates, this one and:"
        )
        lines += [f"  {each['program']}: {each['what']}" for each in alike]
    else:
        lines.append(f"It leads all other finalists on {summary['fresh_replicates']} fresh replicates.")
    if summary["binding"]:
        lines.append(f"Limits that it runs into: {'; '.join(summary['binding'])}.")
    lines += _watch_in_words(advice)
    flattered = summary["flattered"]
    if flattered["mean"] is not None:
        lines.append(
            f"The first of the search ({flattered['program']}) looked better there than on fresh replicates by "
            f"{words(flattered['mean'])}{format_interval(flattered, words)}; values above are fresh ones."
        )
    return lines


def _watch_in_words(advice: Advice) -> list[str]:
    """What to watch, and what that saves; empty where no rule could be tried."""
    watch, scenario = advice.watch, advice.plan.scenario
    if watch is None:
        return []
    words, condition = value_words(scenario), watch.condition
    side, limit = ("above", condition.above) if condition.above is not None else ("below", condition.below)
    rule = f"ending it in the first week in which {condition.outcome.replace('_', ' ')} is {side} {limit:g}"
    saved = f"{words(watch.saved.mean)}{format_interval(watch.saved.to_entry(), words)}"
    spent = format_money(watch.spent.mean, scenario.currency)
    stopped = format_percent(watch.stopped.mean)
    tested = f"on {watch.cells} fresh replicates (stopped in {stopped} of them, cost changed by {spent})"
    if not watch.sure:
        return [
            f"What to watch: none of {watch.tried} rules for ending it early surely saves anything; the best, {rule}, "
            f"changes the value by {saved} {tested}."
        ]
    missed = [
        f"{each} is then met in {format_percent(share)} of them"
        for each, share in zip(advice.plan.requirements, watch.requirements, strict=True)
        if share < each.share
    ]
    return [f"What to watch: {rule} adds {saved} {tested}.{f' But {chr(32).join(missed)}.' if missed else ''}"]


def _verdict(requirement: Mapping[str, Any]) -> str:
    """Whether a requirement is met, as far as fresh runs can tell."""
    low, high = requirement["low"], requirement["high"]
    if low is None or high is None or low < requirement["share"] <= high:
        return "met as far as these runs can tell" if requirement["met"] else "not surely met"
    return "met" if requirement["met"] else "not met"


def value_words(scenario: Scenario) -> Callable[[float | None], str]:
    """How values of the objective are written."""
    metric = MEASURES_OF_RUNS[scenario.objective]
    if metric.unit == "currency":
        return lambda value: format_money(value, scenario.currency)
    if metric.written_in in ("%", "points"):
        return format_points
    return lambda value: "?" if value is None else f"{format_number(value)} {metric.unit}"
