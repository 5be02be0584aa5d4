"""The fit itself: the reference table, the posterior and its checks, in files and in words."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.analysis.missing import or_none
from sim.analysis.wording import less_unknown
from sim.fitting.checks import Checks, check_fit
from sim.fitting.fitted_scenario import scenario_text
from sim.fitting.plan import Plan, plan_fit
from sim.fitting.posterior import Posterior, fit_posterior
from sim.fitting.reference_table import (
    TABLE,
    RawTable,
    choose_fitted,
    good_draws,
    make_table,
    priors_of,
    reference_table,
    value_of,
    wider_table,
    write_table,
)
from sim.fitting.request import FitSetup
from sim.fitting.table import ReferenceTable, observe
from sim.lab.manifest import describe_machine, fingerprint_files, installed_version, versions
from sim.lab.posterior_draws import POSTERIOR, WEIGHT
from sim.lab.worker_pool import Kept, WorkerPool
from sim.lab.writing import MANIFEST, replaced_folder, write_json, write_parquet, write_text
from sim.model.kernel.array_types import FloatArray
from sim.model.kernel.parameters import Parameter

KIND = "fit"
"""What the manifest says a folder of a fit is."""

_LOW, _HIGH = 0.025, 0.975
_NOISE = 20_260_119


@dataclass(frozen=True)
class Result:
    """What came out of a fit, or of a plan for one.

    Attributes:
        setup: What was asked for.
        raw: The history in every draw.
        table: The same as far as the fit sees it.
        fitted: The parameters that are fitted, in the order of the table.
        summary: Content of ``summary.json``.
        manifest: Versions, machine, seed, the scenario in full, what failed.
        posterior, checks, draws: The posterior, its checks, and its draws as a table; ``None`` for a plan.
        plan: What histories like this one can tell; ``None`` for a fit.
    """

    setup: FitSetup
    raw: RawTable
    table: ReferenceTable
    fitted: tuple[Parameter, ...]
    summary: dict[str, Any]
    manifest: dict[str, Any]
    posterior: Posterior | None = None
    checks: Checks | None = None
    draws: pd.DataFrame | None = None
    plan: Plan | None = None

    def save(self, folder: Path, also: Sequence[Callable[[Result, Path], None]] = ()) -> None:
        """Write everything into a folder, whole or not at all.

        Args:
            folder: Where to; made if it does not exist.
            also: Functions that write more files into the folder they are given.

        Raises:
            OSError: If the folder cannot be written.
        """
        with replaced_folder(folder) as new:
            write_json(new / "summary.json", self.summary)
            if self.draws is not None:
                write_parquet(self.draws, new / POSTERIOR)
                write_text(new / "scenario.toml", scenario_text(self.setup, self.summary))
            if not self.raw.failures:
                write_table(self.raw, self.setup, new / TABLE)
            for write in also:
                write(self, new)
            write_json(new / MANIFEST, {**self.manifest, "files": fingerprint_files(new)})


def run_fit(
    setup: FitSetup,
    pool: WorkerPool,
    progress: Callable[[int, int], None] | None = None,
    kept: Kept | None = None,
    folder: Path | None = None,
) -> Result:
    """Work out a fit, or a plan for one, that has been checked.

    Args:
        setup: What was checked.
        pool: Workers.
        progress: Called with the number of draws that are done, and their total.
        kept: Results that are there already, and where new ones are kept.
        folder: Where an earlier plan or fit may be, whose table serves again.

    Raises:
        ScenarioError: If too many draws failed, or scikit-learn is not installed.
        WorkerError: If workers cannot be started.
    """
    started, clock = datetime.now(UTC), time.perf_counter()
    raw = make_table(setup, pool, progress, kept, folder)
    positions = choose_fitted(setup, raw)
    fitted = tuple(setup.drawn[position] for position in positions)
    manifest = {
        "kind": KIND,
        "versions": {**versions(), "scikit-learn": installed_version("scikit-learn")},
        "machine": describe_machine(),
        "command": setup.command or None,
        "started": started.isoformat(timespec="seconds"),
        "workers": pool.workers,
        "seed": setup.seed,
        "draws": setup.draws,
        "hold_out": setup.hold_out,
        "table_from_before": raw.kept,
        "history": {
            "file": setup.history.label,
            "sha256": setup.history.digest,
            "columns": list(setup.history.sources),
        },
        "policy": setup.policy.to_dict() | {"name": setup.policy.name},
        "fitted": [each.name for each in fitted],
        "integrated_over": [each.name for each in setup.drawn if each not in fitted],
        "failures": list(raw.failures),
        "scenario_hash": setup.scenario.hash,
        **setup.scenario.fingerprints_of_extensions,
        "scenario": setup.scenario.to_dict(),
    }
    build = _plan if setup.plan else _fit
    result = build(setup, raw, positions, fitted, manifest)
    manifest["duration_seconds"] = round(time.perf_counter() - clock, 3)
    return result


def _fit(
    setup: FitSetup, raw: RawTable, positions: tuple[int, ...], fitted: tuple[Parameter, ...], manifest: dict[str, Any]
) -> Result:
    """The posterior, its checks and its draws."""
    observed = setup.history.observed
    table = reference_table(setup, raw, positions)
    simulated = observe(table.expected, observed, np.random.default_rng([setup.seed, _NOISE]))
    posterior = fit_posterior(table, simulated, observed, setup.seed)
    checks = check_fit(table, observed, posterior, setup.seed, setup.hold_out)
    draws = _draws(setup, raw, fitted, posterior)
    summary = {**_described(setup, raw), **_summarize(fitted, draws, checks)}
    return Result(setup, raw, table, fitted, summary, manifest, posterior, checks, draws)


def _plan(
    setup: FitSetup, raw: RawTable, positions: tuple[int, ...], fitted: tuple[Parameter, ...], manifest: dict[str, Any]
) -> Result:
    """What histories of this length and these respondents can tell."""
    table, observed = wider_table(setup, raw, positions)
    plan = plan_fit(table, observed, setup.seed)
    summary = {
        **_described(setup, raw),
        "parameters": {each.name: {"prior": _prior(each)} for each in fitted},
        "plan": plan.as_json(),
    }
    return Result(setup, raw, table, fitted, summary, manifest, plan=plan)


def _described(setup: FitSetup, raw: RawTable) -> dict[str, Any]:
    observed = setup.history.observed
    return {
        "scenario": setup.scenario.name,
        "policy": setup.policy.name,
        "seed": setup.seed,
        "draws": len(good_draws(raw)),
        "drawn": len(setup.drawn),
        "columns": list(observed.columns),
        "rows": list(observed.rows),
        "windows": [list(each) for each in setup.history.rows.windows],
        "observed": [[or_none(value) for value in row] for row in observed.values],
        "respondents": [[or_none(value) for value in row] for row in observed.respondents],
        "changes": [name for name, change in zip(observed.columns, observed.changes, strict=True) if change],
        "warnings": list(setup.warnings),
    }


def _draws(setup: FitSetup, raw: RawTable, fitted: tuple[Parameter, ...], posterior: Posterior) -> pd.DataFrame:
    """A row a draw: its weight, the fitted parameters as they were moved, and all others as they were drawn."""
    rows = good_draws(raw)[posterior.predicted_rows]
    weights = posterior.weights / posterior.weights.sum()
    places = {each.name: column for column, each in enumerate(fitted)}
    columns: dict[str, Any] = {WEIGHT: weights}
    for position, each in enumerate(setup.drawn):
        unit = posterior.unit[:, places[each.name]] if each.name in places else raw.unit[rows, position]
        columns[each.name] = np.array([value_of(each, float(share)) for share in unit])
    return pd.DataFrame(columns)


def _summarize(fitted: tuple[Parameter, ...], draws: pd.DataFrame, checks: Checks) -> dict[str, Any]:
    """What is known of each parameter before and after, conflicts and checks."""
    weights = draws[WEIGHT].to_numpy(dtype=np.float64)
    parameters = {}
    for each in fitted:
        values = draws[each.name].to_numpy(dtype=np.float64)
        low, median, high = weighted_quantiles(values, weights, (_LOW, 0.5, _HIGH))
        parameters[each.name] = {
            "prior": _prior(each),
            "posterior": {"mean": float(weights @ values), "low": low, "high": high, "median": median},
            "contraction": or_none(checks.contraction[each.name]),
            "identified": bool(checks.identified[each.name]),
        }
    content = checks.as_json()
    content.pop("conflicts", None)
    conflicts = [{"column": each.column, "what": each.what} for each in checks.conflicts]
    return {"parameters": parameters, "conflicts": conflicts, "checks": content}


def _prior(parameter: Parameter) -> dict[str, float]:
    """Mean of the prior, and the interval that holds 95 % of it."""
    priors = priors_of((parameter,))
    middle = float(priors.values(np.array([0.5]))[0])
    return {"mean": middle, "low": float(value_of(parameter, _LOW)), "high": float(value_of(parameter, _HIGH))}


def weighted_quantiles(values: FloatArray, weights: FloatArray, shares: Sequence[float]) -> list[float]:
    """Quantiles of weighted draws: the smallest value up to which there is at least such a share of the weight."""
    found = np.quantile(values, shares, weights=weights, method="inverted_cdf")
    return [float(each) for each in found]


def describe_result(result: Result) -> list[str]:
    """What came out, in words."""
    observed = result.setup.history.observed
    integrated = len(result.setup.drawn) - len(result.fitted)
    lines = [
        f"{result.setup.history.label}: {len(observed.rows)} periods ({observed.rows[0]} to {observed.rows[-1]}) of "
        f"{', '.join(observed.columns)}; {result.summary['draws']} histories of the model; "
        f"{len(result.fitted)} parameters fitted, {integrated} more unknown ones integrated over.",
        "",
    ]
    if result.plan is not None:
        return [*lines, *result.plan.lines]
    assert result.checks is not None  # a result is a plan or a fit
    foretold = [] if result.checks.holdout is None else [result.checks.holdout.sentence(), ""]
    return [*lines, *foretold, *_conflicts(result.summary["conflicts"]), *_parameters(result.summary["parameters"])]


def _conflicts(conflicts: Sequence[Mapping[str, str]]) -> list[str]:
    if not conflicts:
        return []
    return ["The model does not reach your data:", *(f"  {each['what']}" for each in conflicts), ""]


def _interval(entry: Mapping[str, float]) -> str:
    return f"{entry['mean']:.3g} ({entry['low']:.3g} to {entry['high']:.3g})"


def _parameters(parameters: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """What the data say about each parameter, and of which they say nothing."""
    identified = {name: each for name, each in parameters.items() if each["identified"]}
    silent = [name for name in parameters if name not in identified]
    lines = []
    if identified:
        width = max(map(len, identified))
        lines.append("What your data say (mean, 95 % interval; before; how much less is unknown):")
        for name, each in identified.items():
            before, after = each["prior"], each["posterior"]
            less = less_unknown(each["contraction"] or 0.0)
            lines.append(f"  {name:<{width}}  {_interval(after)}; before {_interval(before)}; {less}")
    if silent:
        nothing = "Your data cannot tell anything" if not identified else "Your data cannot tell"
        lines.append(f"{nothing} about {', '.join(silent)}: these are as unknown as before.")
    return lines
