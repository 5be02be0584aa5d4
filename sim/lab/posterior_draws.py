"""Draws of a posterior that ``centricity fit`` wrote: what comparisons and advice draw from in place of plausible ranges."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
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


def names_set(overrides: Mapping[str, object] | None, assignments: Sequence[str]) -> set[str]:
    """Parameters that somebody sets on purpose: these count as known, and are not drawn."""
    return {*map(str, overrides or ()), *(text.partition("=")[0].strip() for text in assignments)}


def read_posterior(
    folder: str | Path, scenario: Scenario | None, faults: Faults, known_names: Collection[str] = ()
) -> PosteriorDraws | None:
    """The draws in a folder; ``None`` after noting what is wrong with them.

    Args:
        folder: Folder of a fit.
        scenario: The organization that they are for; every value must be legal in it.
        faults: Takes what is wrong.
        known_names: Parameters that stay as they are (:func:`names_set`).
    """
    before = len(faults.messages)
    table = _read_table(folder, faults)
    if table is None:
        return None
    parameters = (current() if scenario is None else scenario.registry).parameters
    _check_columns(table, set(parameters), faults)
    if len(faults.messages) > before:
        return None
    weights = table[WEIGHT].to_numpy(dtype=np.float64)
    values = table.drop(columns=[WEIGHT, *(name for name in table.columns if name in known_names)])
    if values.shape[1] == 0:
        faults.add("--posterior", "must have a parameter that --set leaves open, got none. Leave one of the two out.")
    elif not np.isfinite(weights).all() or (weights < 0.0).any() or weights.sum() <= 0.0:
        faults.add("--posterior", f"must have weights of 0 or more, some above 0, got others in {folder}. {_FOLDER}")
    elif not np.isfinite(values.to_numpy(dtype=np.float64)).all():
        faults.add("--posterior", f"must have a value everywhere, got missing ones in {folder}. {_FOLDER}")
    else:
        _check_values(values, scenario, faults)
    if len(faults.messages) > before:
        return None
    whole = {name for name, each in parameters.items() if each.type == "integer"}
    names = [str(name) for name in values]
    rows = tuple(
        {name: int(value) if name in whole else float(value) for name, value in zip(names, row, strict=True)}
        for row in values.itertuples(index=False)
    )
    return PosteriorDraws(rows, tuple((weights / weights.sum()).tolist()))


def _read_table(folder: str | Path, faults: Faults) -> pd.DataFrame | None:
    """The table in a folder; ``None`` after noting why it cannot be read."""
    import pandas as pd

    try:
        return pd.read_parquet(check_path("--posterior", folder) / POSTERIOR)
    except ScenarioError as error:
        faults.take(error.faults)
    except FileNotFoundError:
        faults.add("--posterior", f"must be a folder with {POSTERIOR}, got {folder}. {_FOLDER}")
    except (OSError, ValueError, ImportError) as error:
        reason = " ".join(str(error).split())[:120]
        faults.add("--posterior", f"must be a folder with draws that can be read, got {folder}: {reason}. {_FOLDER}")
    return None


def _check_columns(table: pd.DataFrame, parameters: Collection[str], faults: Faults) -> None:
    """Note a table that is not one of weights and numbers for parameters."""
    from pandas.api.types import is_numeric_dtype

    foreign = [str(name) for name in table.columns if name != WEIGHT and name not in parameters]
    numbers = all(is_numeric_dtype(kind) for kind in table.dtypes)
    if WEIGHT not in table or foreign or not numbers or len(table.columns) < 2 or not len(table):
        got = (
            f"no parameters {', '.join(foreign[:3])}." if foreign else listed(map(str, table.columns), "other columns.")
        )
        faults.add(
            "--posterior", f"must have a column of numbers for each parameter, and {WEIGHT}, got {got} {_FOLDER}"
        )


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
