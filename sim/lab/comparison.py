"""Results of a comparison: tables for programs, words for people, and a folder that holds both."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sim.analysis.comparison_text import describe_comparison
from sim.analysis.metrics import MEASURES_OF_RUNS
from sim.analysis.ranking import order_by_result
from sim.analysis.summary import run_values
from sim.analysis.wording import format_interval, format_money, format_number, format_percent, join_parts, join_words
from sim.lab.ablation import Ablation
from sim.lab.budget import Pilot
from sim.lab.comparison_plan import ComparisonPlan
from sim.lab.display import KEY_MEASURES, Cell, format_cell, format_cells, heading_with_unit, unit_of
from sim.lab.grain import FINE, spread_without_grain
from sim.lab.manifest import fingerprint_files
from sim.lab.missing_values import SponsorshipSummary, summarize_sponsorship
from sim.lab.plausibility import drifting
from sim.lab.writing import MANIFEST, check_folder, replaced_folder, write_csv, write_json, write_parquet
from sim.model.policies.policy import NONE
from sim.model.registry import current
from sim.model.scenario.finding import check_path
from sim.model.scenario.messages import Faults

if TYPE_CHECKING:
    from sim.lab.parameter_uncertainty import ParameterUncertainty  # with the statistics of sweeps behind it
    from sim.lab.scenario_difference import ScenarioDifference

_SAME_SPENT = 1.05
"""Ratio of what two policies spent up to which they count as equally dear."""

FEWEST_RUNS = 4
"""Runs of a policy from which on a spread between them is told."""

Tables = tuple[pd.DataFrame, pd.DataFrame]
"""Weekly rows, and one row per run."""


@dataclass(frozen=True, repr=False)
class Comparison:
    """Policies compared with their twins and with each other.

    Attributes:
        plan: What was asked for.
        summary: As in ``summary.json``: every measure of every policy with its interval.
        weekly: One row per policy, replicate and week; the twin ``none`` is always among them.
        runs: One row per policy and replicate: seed, status, sponsorship, cost.
        futures: The same two tables for every named future that was run.
        manifest: Versions, machine, seeds, the scenario in full, what failed.
        ablation: Why the policies differ, where that was asked for.
        parameter_uncertainty: The same at other values of unknown parameters, where that was asked for.
        difference: The same policies in a second scenario less the first, where there is one.
    """

    plan: ComparisonPlan
    summary: dict[str, Any]
    weekly: pd.DataFrame
    runs: pd.DataFrame
    futures: Mapping[str, Tables]
    manifest: dict[str, Any]
    ablation: Ablation | None = None
    parameter_uncertainty: ParameterUncertainty | None = None
    difference: ScenarioDifference | None = None

    def __repr__(self) -> str:
        """What it is and where its results are; the tables themselves are too long to print."""
        what = f"{', '.join(self.policies)}; {self.plan.replicates} replicates of {self.plan.scenario.name}"
        return f"<Comparison of {what}: see .table(), .answer(), .summary, .weekly, .runs, .save(folder)>"

    def _repr_html_(self) -> str:
        """The table and the answer, as notebooks show them."""
        words = "".join(f"<p>{escape(line)}</p>" for line in self.answer())
        return f"<p><b>{escape(self.plan.scenario.name)}</b></p>{self.table().to_html()}{words}"

    @property
    def policies(self) -> tuple[str, ...]:
        """Policies that are reported, in the order asked for."""
        return self.plan.policies

    @cached_property
    def ranked(self) -> tuple[str, ...]:
        """The same, the best result first: the order of every table and picture for people."""
        return tuple(order_by_result(self.summary["policies"], self.summary["objective"]))

    @property
    def failures(self) -> list[dict[str, Any]]:
        """Runs that failed: policy, replicate, seed, future, error, traceback."""
        failures: list[dict[str, Any]] = self.manifest["failures"]
        return failures

    @cached_property
    def sponsorship(self) -> dict[str, SponsorshipSummary]:
        """How the sponsorship of each policy went, the twin's included."""
        weeks = self.plan.scenario.weeks
        return {
            policy: summarize_sponsorship(policy, self.runs, weeks)
            for policy in {NONE.name: 0, **dict.fromkeys(self.policies)}
        }

    @cached_property
    def cells(self) -> dict[str, dict[str, Cell]]:
        """Every measure of every policy in words."""
        return format_cells(self.summary, self.summary["policies"], self.sponsorship)

    def answer(self) -> list[str]:
        """The result in words: which policy to prefer and how surely, each policy in a few sentences, the caveat."""
        return describe_comparison(self.summary, self.plan.scenario.currency)

    @cached_property
    def drift(self) -> list[str]:
        """What drifts in the baseline, as warnings."""
        return drifting(self.weekly, NONE.name)

    def grain_in_words(self, figures_too: bool = True) -> str:
        """What the grain may add to the spread between runs, after how many simulated customers stand for how many.

        Args:
            figures_too: Whether to say the latter; not beside the figures of the organization, which have it.
        """
        figures = self.plan.figures
        if figures.represented <= 1.0:
            return ""
        each = format_number(figures.represented)
        stand = f"{figures.simulated:,} simulated customers stand for {figures.customers:,.0f} ({each} each). "
        stand = stand if figures_too else ""
        gains = self.measures_of_runs().groupby("policy")["net_present_value"].agg(["mean", "std", "count"])
        gains = gains.drop(index=NONE.name, errors="ignore").dropna()
        if gains.empty or int(gains["count"].max()) < FEWEST_RUNS:
            return stand.strip()
        row = int(gains["mean"].argmax())
        ends = spread_without_grain(float(gains["std"].to_numpy()[row]), figures.represented)
        low, high = (format_money(end, figures.currency) for end in ends)
        return (
            f"{stand}Chance of the simulation: the net present value of {gains.index[row]} differs between runs by {high} "
            f"(standard deviation). With every customer simulated (--grain {FINE}) that would be {low} if all of it came from "
            "customers, and as much as now if none did."
        )

    def budget_in_words(self) -> list[str]:
        """The common budget, how each policy was scaled to it, and what each spent; empty where there is none."""
        budget, currency = self.plan.budget, self.plan.scenario.currency
        if budget is None:
            return []
        amount = join_parts(currency, f"{budget.amount:,.0f}")
        limit = f", the most that {budget.limited_by} can spend" if budget.limited_by else ""
        if budget.ceiling is not None and budget.pilot is not None:
            limit += f" of a plan of at most {join_parts(currency, f'{budget.ceiling:,.0f}')}"
        factors = "; ".join(f"{name}: {budget.describe(name)}" for name in budget.factors)
        kind, spent = (" planned", "") if budget.pilot is None else ("", ", spent and not only planned")
        lines = [f"One{kind} budget of {amount}{limit}{spent}. {factors}."]
        if budget.pilot is not None:
            lines += _pilot_in_words(budget.pilot)
        below = [name for name in budget.factors if name in budget.most]
        if below:
            verb = "cannot spend it all and is" if len(below) == 1 else "cannot spend it all and are"
            lines.append(f"{join_words(below)} {verb} compared at the most that the resources allow.")
        known = {
            name: entry["spent"] for name, entry in self.summary["spending"].items() if entry and name in budget.factors
        }
        if known:
            spent = join_words([f"{name} {format_money(amount, currency)}" for name, amount in known.items()])
            apart = max(known.values()) > _SAME_SPENT * min(known.values())
            unequal = (
                " That is not the same: programs are cut, stopped or turned into talk (the report says which), so "
                "compare results with what was spent."
            )
            lines.append(f"Spent on average: {spent}.{unequal if apart else ''}")
        return lines

    def futures_table(self) -> tuple[str, dict[str, list[Cell]]]:
        """Regret of each policy in words: a title, and future -> one cell per policy, the best result first."""
        objective, currency = self.summary["objective"], self.plan.scenario.currency
        unit = unit_of("max_regret", objective, currency)
        title = f"Regret: {objective.replace('_', ' ')} short of the best policy{f', {unit}' if unit else ''}"
        return title, {
            future: [
                format_cell("max_regret", entries[policy]["regret"], self.sponsorship[policy], objective, currency)
                for policy in self.ranked
            ]
            for future, entries in self.summary["in_futures"].items()
        }

    def differences(self) -> list[str]:
        """What changes in the second scenario, in words; empty without one."""
        if self.difference is None:
            return []
        return self.difference.describe(self.summary["objective"], self.plan.scenario.currency, self.sponsorship)

    def chances(self) -> list[str]:
        """How likely each target is, one line per target; empty where none is set."""
        lines = []
        for each in self.summary["targets"]:
            parts = [
                f"{policy} "
                f"{'not known' if entry['mean'] is None else format_percent(entry['mean'])}"
                f"{format_interval(entry, format_percent)}"
                for policy, entry in each["policies"].items()
            ]
            name = "All targets at once" if each["target"] == "all" else f"Chance of {each['target']}"
            lines.append(f"{name}: {', '.join(parts)}.")
        return lines

    def table(self) -> pd.DataFrame:
        """The most important measures, one row per policy, the best first: ``value (low to high)``, the unit in the heading."""
        objective, currency = self.summary["objective"], self.plan.scenario.currency
        columns = {
            heading_with_unit(measure, objective, currency): [
                str(self.cells[policy][measure.name]) for policy in self.ranked
            ]
            for measure in KEY_MEASURES
        }
        if self.plan.budget:
            factors = self.plan.budget.factors
            columns["amounts times"] = [f"{factors[name]:.3g}" if name in factors else "–" for name in self.ranked]
        return pd.DataFrame(columns, index=pd.Index(self.ranked, name="policy"))

    def measures_of_runs(self) -> pd.DataFrame:
        """Measures of single runs, one row per policy and replicate: the intervals are made from these."""
        parameters = self.plan.scenario.parameters
        return run_values(
            self.weekly,
            self.runs,
            float(parameters["money.discount"]),
            int(parameters["money.horizon"]),
            self.policies,
            float(parameters["customers.represented"]),
        )

    def save(self, folder: str | Path, also: Sequence[Callable[[Comparison, Path], None]] = ()) -> Path:
        """Write everything into a folder, whole or not at all; an earlier comparison there is replaced.

        Args:
            folder: Where to; made if it does not exist.
            also: Functions that write more files into the folder they are given, such as those of
                :mod:`sim.pages.report`, which add the report and its pictures.

        Returns:
            The folder.

        Raises:
            ScenarioError: If the folder holds anything else, or cannot be made; nothing was written.
            DiskFullError: If there is no room.
            OSError: If the folder cannot be written.
        """
        target = check_path("folder", folder)
        faults = Faults()
        check_folder(target, faults)
        faults.raise_any()
        with replaced_folder(target) as new:
            write_json(new / "summary.json", self.summary)
            write_parquet(self.weekly, new / "weekly.parquet")
            write_csv(self.runs, new / "runs.csv")
            write_csv(self.measures_of_runs(), new / "replicates.csv")
            write_csv(data_dictionary(), new / "dictionary.csv")
            if self.futures:
                weekly, runs = ({name: tables[index] for name, tables in self.futures.items()} for index in (0, 1))
                write_parquet(_with_future(weekly), new / "weekly-in-futures.parquet")
                write_csv(_with_future(runs), new / "runs-in-futures.csv")
            if self.ablation is not None:
                write_csv(self.ablation.values, new / "ablation.csv")
            if self.difference is not None:
                write_csv(self.difference.table, new / "second-scenario.csv")
            if self.parameter_uncertainty is not None:
                write_csv(self.parameter_uncertainty.sweep.factor_values, new / "parameter-points.csv")
                write_csv(
                    self.parameter_uncertainty.sweep.runs.drop(columns="future"), new / "runs-at-parameter-points.csv"
                )
            for write in also:
                write(self, new)
            write_json(new / MANIFEST, {**self.manifest, "files": fingerprint_files(new)})
        return target


def _pilot_in_words(pilot: Pilot) -> list[str]:
    """How equally policies spend in the pilot, and why one does not."""
    replicates = f"{pilot.replicates} {'replicate' if pilot.replicates == 1 else 'replicates'}"
    if np.isnan(pilot.apart):
        return [f"Nothing was spent in the first {replicates}, so that amounts are those of equal plans."]
    apart = format_percent(pilot.apart, 1)
    text = f"In the first {replicates}, by which amounts were set, policies spend within {apart} of each other."
    return [text, *(f"{name} spends another amount: {reason}." for name, reason in pilot.reasons.items())]


def data_dictionary() -> pd.DataFrame:
    """What every column of the tables means: ``file, column, unit, meaning``."""
    rows = [
        ("weekly.parquet", outcome.name, outcome.unit, outcome.meaning) for outcome in current().outcomes.values()
    ] + [("replicates.csv", metric.name, metric.unit, metric.meaning) for metric in MEASURES_OF_RUNS.values()]
    return pd.DataFrame(rows, columns=["file", "column", "unit", "meaning"])


def _with_future(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Tables of several futures in one, with the name of the future in the first column."""
    parts = []
    for future, table in tables.items():
        part = table.copy()
        part.insert(0, "future", future)
        parts.append(part)
    return pd.concat(parts, ignore_index=True)
