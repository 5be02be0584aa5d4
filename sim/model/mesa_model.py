"""The model as a :class:`mesa.Model`: each step runs one week."""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from functools import partial
from pathlib import Path
from typing import Any, cast

import mesa
import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from sim.model.agents.views import LiveAgents
from sim.model.engine import ChoiceArray, run_week
from sim.model.policies.policy import Policy
from sim.model.scenario import DURATION, MODEL_WEEKS, SEED, Scenario, check_argument
from sim.model.simulation import burn_in, seat_choices, with_policy

Randomness = int | np.integer[Any] | np.random.Generator | np.random.SeedSequence | None


class CentricityModel(LiveAgents):
    """One organization, its customers and one policy.

    Args:
        scenario: Name of a shipped scenario, path of a TOML file, or a :class:`~sim.model.scenario.Scenario`.
        policy: Name of a policy of the scenario, path of a policy file, or a :class:`~sim.model.policies.policy.Policy`.
        rng: Seed. An integer is taken as it is (``centricity run --seed`` gives the same bits); a generator or seed
            sequence yields one; ``None`` takes a new one from the operating system (see ``seed_used``).
        weeks: Weeks to run; the scenario's unless another is given.
        extensions: Files that add to the model or replace a rule of it (:mod:`sim.model.extensions`); they are run.
        ties: Who sees whom, in place of ties that are drawn at random: pairs of employees, shape (ties, 2), of whom the first
            sees the second; numbered from 0, department by department. Everybody has one at least and ``network.degree`` at
            most (:func:`sim.model.simulation.fill_ties`).
        **parameters: Parameters by dotted name with ``__`` for the dot: ``employees__turnover=0.05``.

    Attributes:
        organization: The state, in columns.
        seed_used: Integer that reproduces this run.

    Example:
        >>> model = CentricityModel("retail-bank", policy="value-driven", rng=7, weeks=2, employees__number=20)
        >>> model.run_for(2)
        >>> list(model.outcomes()["week"])
        [0, 1]
    """

    def __init__(
        self,
        scenario: str | Path | Scenario = "retail-bank",
        policy: str | Path | Policy = "none",
        rng: Randomness = None,
        weeks: int | None = None,
        extensions: Iterable[str | Path] = (),
        ties: ArrayLike | None = None,
        **parameters: Any,
    ) -> None:
        if "seed" in parameters:
            raise TypeError("CentricityModel takes rng=, as Mesa does now, not seed=: CentricityModel(rng=7)")
        self.seed_used = _seed(rng)
        chosen = scenario if isinstance(scenario, Scenario) else Scenario.load(scenario, extensions=extensions)
        if isinstance(scenario, Scenario) and extensions:
            chosen = chosen.with_extensions(extensions)
        if parameters:
            chosen = chosen.override({name.replace("__", "."): value for name, value in parameters.items()})
        loaded_policy = chosen.policy(policy)
        self.policy = loaded_policy
        self.weeks = chosen.weeks if weeks is None else check_argument("weeks", weeks, MODEL_WEEKS)
        super().__init__(with_policy(burn_in(chosen, self.seed_used, ties), loaded_policy), rng=self.seed_used)
        self._outcome_names = tuple(self.organization.registry.outcomes)
        self.datacollector = mesa.DataCollector(
            model_reporters={name: _reporter(name) for name in ("week", *self._outcome_names)}
        )
        self._choices: list[ChoiceArray] = []
        self.running = self.weeks > 0

    @property
    def scenario(self) -> Scenario:
        """The scenario from which the organization was made."""
        scenario: Scenario = self.organization.scenario
        return scenario

    @scenario.setter
    def scenario(self, value: object) -> None:
        """Ignore the scenario object that Mesa 3.5 and later set here."""

    def step(self) -> None:
        """Run one week; ``running`` becomes false after the last."""
        if not self.running:
            raise RuntimeError(f"the run is over after {self.weeks} weeks; make a model with more weeks to go on")
        run_week(self.organization)
        self._choices.append(seat_choices(self.organization))
        if self._views is not None:
            self._refresh_views()
        self.datacollector.collect(self)
        self.running = self.organization.week < self.weeks

    def run_for(self, duration: float) -> None:
        """Run up to ``duration`` weeks, but not beyond the last."""
        for _ in range(int(check_argument("duration", duration, DURATION))):
            if not self.running:
                return
            self.step()

    def with_policy(self, policy: str | Path | Policy) -> CentricityModel:
        """The same organization under another policy: a model of its own that shares this one's past and random numbers.

        The burn-in, which costs about as much as two years, is run once for any number of policies. Runs are those of
        ``CentricityModel(..., policy=policy, rng=seed)``, bit for bit.

        Args:
            policy: Name of a policy of the scenario, path of a policy file, or a policy.

        Raises:
            RuntimeError: If this model has run a week already, since its past would then belong to its own policy.
            ScenarioError: If there is no such policy.

        Example:
            >>> bank = CentricityModel("retail-bank", rng=7, weeks=2, employees__number=20)
            >>> talk = bank.with_policy("symbolic")
            >>> talk.run_for(2)
            >>> talk.policy.name, bank.organization.week
            ('symbolic', 0)
        """
        if self.organization.week:
            raise RuntimeError(
                f"this model is in week {self.organization.week}; call with_policy before the first week is run"
            )
        loaded = self.scenario.policy(policy)
        other = deepcopy(self)
        other.organization = with_policy(other.organization, loaded)
        other.policy = loaded
        return other

    def __copy__(self) -> CentricityModel:
        """A copy of its own that goes on as this one would: two models cannot share a state."""
        return deepcopy(self)

    def outcomes(self) -> pd.DataFrame:
        """Weekly outcomes so far: ``week`` and every column of :data:`sim.model.outcomes.weekly.OUTCOMES`."""
        table = cast(pd.DataFrame, self.datacollector.get_model_vars_dataframe())
        return table[["week", *self._outcome_names]].astype({"week": np.int64}).reset_index(drop=True)

    def choices(self) -> ChoiceArray:
        """Choice of each seat in each week so far, shape (weeks, seats); -1 for a vacant seat."""
        return np.array(self._choices, dtype=np.int8).reshape(len(self._choices), len(self.organization.employees))


def _reporter(name: str) -> Any:
    """Function that reads one outcome of the week that has just run; it can be pickled, and so can the model."""
    return _week if name == "week" else partial(_outcome, name)


def _week(model: CentricityModel) -> int:
    return int(model.organization.week) - 1


def _outcome(name: str, model: CentricityModel) -> float:
    value: float = model.organization.outcomes[name]
    return value


def _seed(rng: Randomness) -> int:
    """Integer seed from anything that Mesa and NumPy take as ``rng``."""
    if rng is None or isinstance(rng, np.random.Generator | np.random.BitGenerator | np.random.SeedSequence):
        return int(np.random.default_rng(rng).integers(2**53))  # exact in JSON and spreadsheets
    seed: int = check_argument("rng", rng, SEED)
    return seed
