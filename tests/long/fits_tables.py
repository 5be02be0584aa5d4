"""Reference tables of the study of fits: a bank of 300 people, trained and coached for two years."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from sim.analysis.missing import FloatArray
from sim.fitting.draws import list_blocks, see_draws, sobol_points
from sim.fitting.observation_model import MEASURES
from sim.fitting.reference_table import priors_of
from sim.fitting.table import Observed, ReferenceTable
from sim.lab.failure import Failure
from sim.lab.fingerprint import fingerprint
from sim.lab.plausible import unknown_parameters
from sim.lab.task import prepare_worker, replicate_seed
from sim.lab.worker_pool import WorkerPool, available_workers, run_tasks
from sim.model.kernel.parameters import Parameter
from sim.model.policies.policy import Phase, Policy
from sim.model.scenario import Scenario

DRAWS, SEED = 4_096, 1
PEOPLE, RESPONDENTS = 300, 240
ROWS, WEEKS_A_ROW = 8, 13
COLUMNS = ("practice", "satisfaction", "engagement", "reported")
POLICY = {"training": 1.0, "coaching": 0.5}

OF_A_RULE, SEED_OF_RULES = 400, 77
"""Histories of each other rule of the norm."""

TURNOVER = (0.01, 0.10)
"""Share of employees who leave in a month: an organization that does not know its own."""

FITTED: Mapping[str, tuple[float, float] | None] = {
    "employees.turnover": TURNOVER, "coaching.effect": None, "training.effect": None, "norm.memory": None,
    "norm.sharpness": None, "norm.value_drift": None, "norm.encounters": None, "hiring.value_mean": None,
}  # fmt: skip
"""Parameters that are fitted; the range where it is not that of the scenario."""


def organization() -> tuple[Scenario, Policy]:
    """The bank, and what it does."""
    scenario = Scenario.load("retail-bank").override({"employees.number": PEOPLE, "weeks": ROWS * WEEKS_A_ROW})
    return scenario, scenario.policy(Policy("trained-and-coached", (Phase(0, ROWS * WEEKS_A_ROW, None, POLICY),)))


def fitted_parameters(scenario: Scenario) -> tuple[Parameter, ...]:
    """The parameters that are fitted, with the ranges they are drawn from."""
    found = []
    for name, plausible in FITTED.items():
        parameter = scenario.registry.parameters[name]
        known = {each.name: each for each in unknown_parameters(scenario, scenario.registry)}
        parameter = known.get(name, parameter)
        found.append(replace(parameter, plausible=plausible) if plausible is not None else parameter)
    return tuple(found)


def windows(rows: int = ROWS) -> list[tuple[int, int]]:
    """Weeks of each quarter."""
    return [(row * WEEKS_A_ROW, (row + 1) * WEEKS_A_ROW) for row in range(rows)]


def run_table(
    scenario: Scenario, drawn: Sequence[Parameter], draws: int, rows: int, seed: int, pool: WorkerPool
) -> tuple[FloatArray, FloatArray]:
    """Positions of draws (draws, parameters), and everything that a history could have of each (draws, rows, measures).

    Raises:
        RuntimeError: If a draw fails.
    """
    _, policy = organization()
    unit = sobol_points(seed, draws, len(drawn))
    seeds = [replicate_seed(seed, number) for number in range(draws)]
    running = scenario.override({"weeks": max(scenario.weeks, rows * WEEKS_A_ROW)})
    blocks = []
    for result in run_tasks(
        see_draws, list_blocks(running, policy, drawn, unit, seeds, windows(rows)), pool.workers, pool=pool
    ):
        if isinstance(result, Failure):
            raise RuntimeError(result.error)
        seen, failures = result
        for failure in failures:
            if failure is not None:
                raise RuntimeError(failure.error)
        blocks.append(seen)
    return unit, np.concatenate(blocks)


def columns_of(seen: FloatArray, columns: Sequence[str] = COLUMNS, rows: int = ROWS) -> FloatArray:
    """Columns of a history (histories, rows, columns) of everything that it could have."""
    return np.ascontiguousarray(seen[:, :rows, [list(MEASURES).index(name) for name in columns]])


def blank_history(columns: Sequence[str] = COLUMNS, rows: int = ROWS) -> Observed:
    """A history of such columns: which cells there are and how many answered; values are to be replaced."""
    measures = [MEASURES[name] for name in columns]
    shape = (rows, len(measures))
    people = np.tile([float(RESPONDENTS) if each.asked else np.nan for each in measures], (rows, 1))
    return Observed(
        tuple(columns), tuple(f"{2021 + row // 4}-Q{row % 4 + 1}" for row in range(rows)), np.zeros(shape), people,
        tuple(each.kind for each in measures), np.array([each.deviation or np.nan for each in measures]),
        (False,) * len(measures),
    )  # fmt: skip


def table_of(drawn: Sequence[Parameter], unit: FloatArray, expected: FloatArray) -> ReferenceTable:
    """A reference table of the fitted parameters, which are the first ones."""
    fitted = tuple(drawn[: len(FITTED)])
    return ReferenceTable(priors_of(fitted), np.ascontiguousarray(unit[:, : len(FITTED)]), COLUMNS, expected)


class Tables:
    """All tables of the study; one that an interrupted study has made already is read again.

    Args:
        set_aside: Histories beyond the draws of each table.
        rules: Rules of the norm of which there are histories, too.

    Attributes:
        plain: The fitted parameters, positions of all draws, and what they show; everything else as in the scenario.
        rules: Rule -> (histories, rows, measures).
    """

    def __init__(self, set_aside: int, rules: Sequence[str]) -> None:
        scenario, policy = organization()
        eight = fitted_parameters(scenario)
        with WorkerPool(available_workers(), prepare_worker) as pool:

            def made(name: str, where: Scenario, drawn: Sequence[Parameter], draws: int, seed: int) -> tuple[Any, ...]:
                decides = [
                    fingerprint(),
                    where.hash,
                    policy.to_dict(),
                    [each.name for each in drawn],
                    draws,
                    seed,
                    ROWS,
                ]
                key = hashlib.sha256(repr((decides, FITTED)).encode()).hexdigest()[:16]
                path = Path(tempfile.gettempdir()) / f"centricity-fits-{name}-{key}.npz"
                if path.is_file():
                    with np.load(path) as content:
                        return drawn, content["unit"], content["seen"]
                unit, seen = run_table(where, drawn, draws, ROWS, seed, pool)
                partial = path.with_suffix(".partial.npz")
                np.savez_compressed(partial, unit=unit, seen=seen)
                partial.replace(path)
                return drawn, unit, seen

            self.plain = made("plain", scenario, eight, DRAWS + set_aside, SEED)
            self.rules = {
                rule: made(rule, scenario.override({"norm.rule": rule}), eight, OF_A_RULE, SEED_OF_RULES)[2]
                for rule in rules
            }
