"""Draws of a posterior that ``centricity fit`` wrote: what comparisons and advice draw from in place of plausible ranges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sim.model.kernel.parameters import ParameterValue
from sim.model.registry import current
from sim.model.scenario import Scenario, ScenarioError
from sim.model.scenario.finding import check_path
from sim.model.scenario.messages import Faults, listed

if TYPE_CHECKING:
    import pandas as pd

POSTERIOR = "posterior.parquet"
"""File with the draws: a row a draw, a column a parameter, and their weights."""

WEIGHT = "weight"
"""Column with the weights."""

DRAWS = 40
"""Draws of a comparison that is asked for a posterior, but not for how many."""

_FOLDER = "Name a folder that `centricity fit` wrote."


@dataclass(frozen=True)
class PosteriorDraws:
    """Draws with weights.

    Attributes:
        rows: Dotted name -> value, a row a draw.
        weights: One for each row; they sum to 1.
    """

    rows: tuple[Mapping[str, ParameterValue], ...]
    weights: tuple[float, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the parameters that are drawn."""
        return tuple(self.rows[0])

    def resample(self, number: int, seed: int) -> list[Mapping[str, ParameterValue]]:
        """So many draws of equal weight, in an order that says nothing: systematic resampling (Kitagawa 1996)."""
        generator = np.random.default_rng([seed, 19_960_301])
        positions = (generator.permutation(number) + generator.random()) / number
        limits = np.cumsum(self.weights) / np.sum(self.weights)
        rows = np.minimum(np.searchsorted(limits, positions), len(self.rows) - 1)
        return [self.rows[int(row)] for row in rows]


def read_posterior(folder: str | Path, scenario: Scenario | None, faults: Faults) -> PosteriorDraws | None:
    """The draws in a folder; ``None`` after noting what is wrong with them.

    Args:
        folder: Folder of a fit.
        scenario: The organization that they are for; every value must be legal in it.
        faults: Takes what is wrong.
    """
    import pandas as pd

    before = len(faults.messages)
    try:
        folder = check_path("--posterior", folder)
        path = folder / POSTERIOR
        table = pd.read_parquet(path)
    except FileNotFoundError:
        faults.add("--posterior", f"must be a folder with {POSTERIOR}, got {folder}. {_FOLDER}")
        return None
    except ScenarioError as error:
        faults.take(error.faults)
        return None
    except (OSError, ValueError, ImportError) as error:
        reason = " ".join(str(error).split())[:120]
        faults.add("--posterior", f"must be a folder with draws that can be read, got {folder}: {reason}. {_FOLDER}")
        return None
    known = (current() if scenario is None else scenario.registry).parameters
    foreign = [str(name) for name in table.columns if name != WEIGHT and name not in known]
    numbers = all(pd.api.types.is_numeric_dtype(kind) for kind in table.dtypes)
    if WEIGHT not in table or foreign or not numbers or len(table.columns) < 2 or not len(table):
        got = f"no parameters {', '.join(foreign[:3])}" if foreign else listed(map(str, table.columns), "other columns")
        faults.add(
            "--posterior", f"must have a column of numbers for each parameter, and {WEIGHT}, got {got} {_FOLDER}"
        )
        return None
    weights = table[WEIGHT].to_numpy(dtype=np.float64)
    values = table.drop(columns=WEIGHT)
    if not np.isfinite(weights).all() or (weights < 0.0).any() or weights.sum() <= 0.0:
        faults.add("--posterior", f"must have weights of 0 or more, some above 0, got others in {path}. {_FOLDER}")
    if not np.isfinite(values.to_numpy(dtype=np.float64)).all():
        faults.add("--posterior", f"must have a value everywhere, got missing ones in {path}. {_FOLDER}")
    if len(faults.messages) == before:
        _check_values(values, scenario, faults)
    if len(faults.messages) > before:
        return None
    whole = {name for name, each in known.items() if each.type == "integer"}
    names = [str(name) for name in values]
    rows = tuple(
        {name: int(value) if name in whole else float(value) for name, value in zip(names, row, strict=True)}
        for row in values.itertuples(index=False)
    )
    return PosteriorDraws(rows, tuple((weights / weights.sum()).tolist()))


def _check_values(values: pd.DataFrame, scenario: Scenario | None, faults: Faults) -> None:
    """Note parameters with a value outside of their legal ranges: what is legal at both ends is so between them."""
    if scenario is None:
        return
    whole = {name for name, each in scenario.registry.parameters.items() if each.type == "integer"}
    for ends in (values.min(), values.max()):
        try:
            scenario.override(
                {str(name): int(value) if name in whole else float(value) for name, value in ends.items()}
            )
        except ScenarioError as error:
            faults.take([f"--posterior: {fault}" for fault in error.faults])
            return
