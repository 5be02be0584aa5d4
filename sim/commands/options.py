"""Options that several commands have: each is declared once, so that it is the same everywhere."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

ScenarioName = Annotated[str, typer.Argument(help="Name of a scenario that ships, or a TOML file.")]
"""The organization; its default is ``retail-bank``."""

Weeks = Annotated[
    int | None,
    typer.Option(metavar="N", help="Length of a run, and of what is counted in money; else the scenario's."),
]
"""Length of a run; its default is ``None``."""

Years = Annotated[
    int | None, typer.Option("--years", metavar="N", help="The same in years of 52 weeks, in place of --weeks.")
]
"""Length of a run in years; its default is ``None``."""

Seed = Annotated[int, typer.Option(metavar="N", help="The same seed gives the same results.")]
"""Seed; its default is 1."""

Workers = Annotated[int | None, typer.Option(metavar="N", help="Processes; else one per processor.")]
"""Number of processes; its default is ``None``."""

Cluster = Annotated[
    str | None,
    typer.Option(
        "--cluster", metavar="ADDRESS", help="Run on a Dask cluster: tcp://HOST:PORT of its scheduler, or local."
    ),
]
"""Cluster that does the work in place of processes of this machine; its default is ``None``."""

Assignments = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="A parameter of `centricity list parameters`; repeatable."),
]
"""Parameters that are set; its default is ``None``."""

Grain = Annotated[
    str | None,
    typer.Option(
        "--grain",
        metavar="N",
        help="One simulated customer for N real ones; fine simulates every one. Else the scenario's.",
    ),
]
"""For how many customers each simulated one stands; its default is ``None``."""

Posterior = Annotated[
    Path | None,
    typer.Option(
        "--posterior",
        metavar="DIR",
        help="Folder of `centricity fit`: draw what nobody knows from what your history left, not from plausible ranges.",
    ),
]
"""Where draws of unknown parameters come from; its default is ``None``."""

RESULTS = Path("centricity-results")
"""Folder for results unless another is named: each scenario, and each experiment, has one of its own in it."""
