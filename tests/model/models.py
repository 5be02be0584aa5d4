"""Small Mesa models for tests."""

from __future__ import annotations

from typing import Any

from support import amounts, tiny

from sim.model.mesa_model import CentricityModel


def make(weeks: int = 10, rng: int = 1, **values: Any) -> CentricityModel:
    scenario = tiny({name.replace("__", "."): value for name, value in values.items()})
    return CentricityModel(scenario, policy=amounts(training=1.0), rng=rng, weeks=weeks)


def lively(weeks: int = 10) -> CentricityModel:
    """A model in which people come and go."""
    return make(weeks, employees__turnover=0.2, hiring__delay_weeks=2.0, customers__acquisition=0.2)
