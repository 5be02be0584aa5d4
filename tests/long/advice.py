"""How much worse is the advised program than the best bundle that ships, in futures that the search did not see?"""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.analysis.intervals import mean_limits
from sim.analysis.metrics import MEASURES_OF_RUNS
from sim.lab.advice.advising import run_advice
from sim.lab.advice.cells import measure_cell
from sim.lab.advice.request import AdviceRequest, plan_advice
from sim.lab.failure import Failure
from sim.lab.latin_hypercube import latin_hypercube
from sim.lab.plausible import ranged_parameters, value_at
from sim.lab.task import prepare_worker
from sim.lab.worker_pool import WorkerPool, available_workers, run_tasks
from sim.model.policies.policy import NONE
from sim.model.scenario import Scenario, ScenarioError

ORGANIZATIONS, RUNS, HELD_OUT, YEARS, SEED = 20, 1_000, 40, 5, 20_261_201
BUDGETS = 200.0, 2000.0
"""Least and largest budget for each employee; log-uniform between."""

SMALL = {"employees.number": 120, "customers.initial": 500, "customers.market": 700, "customers.represented": 60.0}
OBJECTIVE = "net_present_value"
_UNSEEN = 500_000
"""Number of the first replicate that no search looks at."""


def settings() -> str:
    """Everything that this study sets."""
    return repr((ORGANIZATIONS, RUNS, HELD_OUT, YEARS, SEED, BUDGETS, SMALL, OBJECTIVE))


def drawn_organizations() -> list[tuple[Scenario, float]]:
    """Organizations as the plausible ranges of what an organization knows of itself have them, each with a budget.

    A draw that is no legal organization is left out, and the next one takes its place.
    """
    bank = Scenario.load("retail-bank").override(SMALL)
    own = [
        each
        for each in ranged_parameters(bank, bank.registry).values()
        if each.kind == "own" and each.name not in SMALL
    ]
    found: list[tuple[Scenario, float]] = []
    for shares in latin_hypercube(np.random.default_rng(SEED), 4 * ORGANIZATIONS, 1 + len(own)):
        values = {each.name: value_at(each, float(share)) for each, share in zip(own, shares[1:], strict=True)}
        try:
            organization = bank.override(values)
        except ScenarioError:
            continue
        low, high = np.log(BUDGETS)
        budget = float(np.exp(low + shares[0] * (high - low))) * SMALL["employees.number"]
        found.append((organization, float(round(budget, -2))))
    return found[:ORGANIZATIONS]


def study_advice() -> dict[str, Any]:
    """Regret by organization: value of the best bundle that ships, or of none, less that of the advised program.

    All meet in the same replicates, with draws of what nobody knows, that no search has seen. Which bundle is best is decided
    there, so that it has the better of its chance, and the advised program has not.
    """
    rows: list[dict[str, Any]] = []
    with WorkerPool(available_workers(), prepare_worker) as pool:
        for organization, budget in drawn_organizations():
            request = AdviceRequest(
                scenario=organization, budget=budget, objective=OBJECTIVE, years=YEARS, runs=RUNS, seed=SEED
            )
            plan = plan_advice(request)
            advised = run_advice(plan, pool).best
            programs = [NONE, *plan.given, advised]
            tasks = plan.cells.tasks(programs, range(_UNSEEN, _UNSEEN + HELD_OUT), True)
            cells = [
                each
                for each in run_tasks(measure_cell, tasks, pool.workers, pool=pool)
                if not isinstance(each, Failure)
            ]
            values = np.stack(cells)[:, 1:, list(MEASURES_OF_RUNS).index(OBJECTIVE)]
            values[:, [not each.phases for each in programs]] = 0.0
            best = int(np.argmax(values[:, :-1].mean(axis=0)))
            mean, low, high = mean_limits(values[:, best] - values[:, -1])
            rows.append({
                "budget": budget,
                "best_that_ships": programs[best].name,
                "its_value": round(float(values[:, best].mean())),
                "advised": "; ".join(sorted({name for phase in advised.phases for name in phase.amounts})) or NONE.name,
                "value": round(float(values[:, -1].mean())),
                "regret": [round(float(each)) for each in (mean, low, high)],
                "replicates": len(cells),
            })  # fmt: skip
    shares = np.array([row["regret"][0] / row["budget"] for row in rows])
    return {
        "mean_regret_as_a_share_of_the_budget": dict(
            zip(("mean", "low", "high"), (round(float(each), 4) for each in mean_limits(shares)), strict=True)
        ),
        "surely_worse": sum(row["regret"][1] > 0.0 for row in rows),
        "surely_better": sum(row["regret"][2] < 0.0 for row in rows),
        "organizations": rows,
    }
