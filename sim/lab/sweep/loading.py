"""From a TOML file to a checked :class:`Experiment`, with every fault of the file at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from sim.lab.sweep.context import ExperimentContext
from sim.lab.sweep.experiment import Experiment
from sim.lab.sweep.schema import ExperimentFile
from sim.model.extensions import consent, named_in
from sim.model.registry import Registry, current
from sim.model.scenario.finding import find
from sim.model.scenario.loading import read_toml
from sim.model.scenario.messages import Faults, faults_of_extensions
from sim.model.scenario.refusals import read
from sim.model.scenario.rules import legal_name


def load_experiment(
    name_or_path: str | Path | Mapping[str, Any],
    changes: Mapping[str, Any] | None = None,
    assignments: Iterable[str] = (),
    known: Registry | None = None,
) -> Experiment:
    """The experiment of this name that ships, the one in a TOML file, or the one in a table as such a file holds it.

    Args:
        name_or_path: ``durability``, ``my/experiment.toml``, or the table itself; its files are looked for in the folder in
            which the program runs.
        changes: Top-level keys that take the place of the file's, such as ``replicates``; ``None`` leaves it alone.
        assignments: ``NAME=VALUE`` for parameters that are the same at every point, after those of the file.
        known: Registry to check against; the model's own unless another is given.

    Raises:
        ScenarioError: With every fault of the file.
    """
    if isinstance(name_or_path, Mapping):
        raw, name, label, folder = dict(name_or_path), "experiment", "experiment", Path()
    else:
        source = find(name_or_path, "experiments")
        raw, label, folder = read_toml(source), source.label, source.path.parent
        name = legal_name(source.name, "experiment")
    faults = Faults(label)
    if not raw:
        faults.add(
            "the file", "is empty. Start from a copy of one that ships; `centricity list experiments` names them."
        )
        faults.raise_any()
    with faults_of_extensions():
        consent.use(named_in(raw.pop("extensions", []), folder, label))
        known = known or current()
    given = {key: value for key, value in (changes or {}).items() if value is not None}
    if "replicates" in given:
        raw.pop("until", None)
    return read_experiment({**raw, **given}, name, folder, known, faults, assignments)


def read_experiment(
    raw: Mapping[str, Any],
    name: str,
    folder: Path,
    known: Registry,
    faults: Faults,
    assignments: Iterable[str] = (),
) -> Experiment:
    """The experiment in a table.

    Args:
        raw: The table, as TOML gives it.
        name: What the experiment is called unless the table says it.
        folder: Folder in which its scenario may lie.
        known: Registry to check against.
        faults: Takes the messages.
        assignments: ``NAME=VALUE`` for parameters, after those of the table.

    Raises:
        ScenarioError: With every fault.
    """
    context = ExperimentContext(known, folder=folder, assignments=tuple(assignments), faults=faults)
    file = read(partial(ExperimentFile.model_validate, context=context), raw, "", faults)
    faults.raise_any()
    assert file is not None  # its faults would have been raised
    assert context.scenario is not None
    outcomes = (*file.keep, *(window.name for window in file.windows))
    objective = context.scenario.objective
    return Experiment(
        name=file.name or name,
        about=file.about,
        notice=file.notice,
        suggestion=file.suggestion,
        claim=file.claim,
        scenario=context.scenario,
        scenario_events=file.scenario_events,
        seed=file.seed,
        objective=file.objective or (objective if objective in outcomes else outcomes[0]),
        targets=file.targets,
        keep=file.keep,
        windows=file.windows,
        weekly=() if file.weekly is None else file.weekly.outcomes,
        every=1 if file.weekly is None else file.weekly.every,
        factors=context.factors,
        planned_events=file.planned_events,
        loaded_policies=context.policies,
        designs=file.designs,
        replicates=file.number_of_replicates,
        time_limit=file.time_limit,
        budget=file.budget,
        seeds=file.seeds,
    )
