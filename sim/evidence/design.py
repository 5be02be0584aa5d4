"""The design of the regions: the same points for all facts of a setting, kept as a sweep that can be read again.

At every point of a setting (:mod:`sim.evidence.region`) all its facts are measured together, so that those about the same
policies share their runs. A folder keeps it: a file ``SETTING.csv`` with one row a point, its parameters and the value of every
fact, and :data:`MANIFEST`, which says what each column was made from. Values are kept, not only whether they lie in a
band: so a band may change without new runs, and it can be asked which parameters move a value.

A column is *stale* when the model, its measure or the ranges have changed since; it is then shown as such. A column of another
measure, or of other arguments, is not shown at all.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import nan
from pathlib import Path
from typing import Any

import numpy as np

from sim.analysis.stepwise import stepwise_rank_regression
from sim.analysis.tornado import Regression
from sim.evidence.fact import Fact, FactError
from sim.evidence.measurement import Measurement
from sim.evidence.region import (
    Point,
    bank,
    can_have_region,
    draw_parameters,
    holds,
    measure_at_point,
    parameters_drawn,
)
from sim.evidence.registry import load_measures
from sim.lab.evidence_settings import evidence_settings, parameters_in
from sim.lab.failure import Failure
from sim.lab.manifest import installed_version
from sim.lab.task import prepare_worker
from sim.lab.worker_pool import WorkerPool, run_tasks
from sim.model.kernel.parameters import Tier
from sim.model.kernel.source_hash import source_hash
from sim.model.registry import current
from sim.model.scenario import shipped

POINTS = 400
"""Points of a whole design: a share is then known to within five hundredths."""

DEAR: Mapping[str, int] = {
    "model.attention_gain": 4,
    "model.revealed_rank": 4,
    "people.executive_time": 4,
    "people.moment_ratio": 4,
    "people.unit_correlation": 4,
    "people.upkeep": 4,
    "power.sacrifice_passed": 4,
    "power.voice_rank": 4,
}
"""Measures that take as long as many others together: they are taken at every so many points only."""

HEADLINES = ("symbolic", "speech-fades", "procedural", "value-driven", "value-driven-holds", "posters")
"""Groups of facts that answer the texts' main claim."""

STRONG = 0.1
"""Size of a coefficient from which a parameter counts as moving a headline."""

MANIFEST = "made_from.json"

_SAVED_EVERY = 40  # points after which what there is is written
_DIGITS, _DRAWN_DIGITS = 6, 4  # of values, and of parameters, whose whole draws follow from the number of the point

Progress = Callable[[int, int, str], None]


def shipped_folder() -> Path:
    """Folder in which a checkout keeps the design; below the present folder where there is no checkout."""
    within = Path("results", "reference", "regions")
    return shipped.top() / within if (shipped.top() / "results").is_dir() else within


@dataclass(frozen=True)
class Region:
    """Over what part of the plausible ranges a fact holds.

    Attributes:
        share: Share of the points, with Wilson's interval; its ``runs`` are the points.
        stale: What has changed since the points were measured; empty if nothing has.
    """

    share: Measurement
    stale: tuple[str, ...] = ()


@dataclass
class Design:
    """Points of one setting.

    Attributes:
        setting: Its name.
        draws: Digest of what is drawn over which ranges.
        parameters: Point -> drawn parameters by name.
        values: Id of a fact -> point -> value: NaN where there is none, ``None`` where the measure broke down.
        made_from: Id of a fact -> digests of what its values were made from.
    """

    setting: str
    draws: str
    parameters: dict[int, dict[str, float]] = field(default_factory=dict)
    values: dict[str, dict[int, float | None]] = field(default_factory=dict)
    made_from: dict[str, dict[str, str]] = field(default_factory=dict)

    def region(self, fact: Fact) -> Region | None:
        """Over what part of the points a fact holds; ``None`` if it was not measured."""
        if self.made_from.get(fact.id, {}).get("fact") != _digest_fact(fact):
            return None
        results = (holds(fact, value) for value in self.values[fact.id].values())
        known = [result for result in results if result is not None]
        return Region(Measurement.of_share(sum(known), len(known)), self.stale(fact)) if known else None

    def stale(self, fact: Fact) -> tuple[str, ...]:
        """What the values of a fact were made from and is different now."""
        then, now = self.made_from[fact.id], _made_from(fact)
        parts = [part for part in now if then.get(part) != now[part]]
        return (*parts, *(["ranges"] if self.draws != _digest_draws(self.setting) else []))

    def regression(self, fact: Fact) -> Regression:
        """Which drawn parameters move the value of a fact: standardized rank regression coefficients."""
        column = {number: value for number, value in self.values[fact.id].items() if value is not None}
        names = sorted(next(iter(self.parameters.values()), {}))
        drawn = np.array([[self.parameters[number][name] for name in names] for number in column])
        values = np.array(list(column.values()), dtype=np.float64)
        return stepwise_rank_regression(drawn.reshape(len(column), len(names)), values, names)


@dataclass(frozen=True)
class Mover:
    """A drawn parameter that moves the value of a fact.

    Attributes:
        name: Its dotted name.
        coefficient: Standard deviations by which the rank of the value moves when that of the parameter moves by one.
        tier: Quality of the source of its range.
    """

    name: str
    coefficient: float
    tier: Tier


@dataclass(frozen=True)
class Movers:
    """Which parameters move a fact.

    Attributes:
        fact: The fact.
        points: Points with a value.
        explained: Share of the variance of ranks that they explain together.
        found: All that can be told from chance, strongest first.
        reason: Why there are none; empty where there are.
    """

    fact: Fact
    points: int
    explained: float
    found: tuple[Mover, ...]
    reason: str = ""

    @property
    def conjectures(self) -> int:
        """Number of parameters of tier 5 that move it by :data:`STRONG` or more."""
        return sum(each.tier is Tier.CONJECTURE and abs(each.coefficient) >= STRONG for each in self.found)


class Designs:
    """The designs of all settings that a folder keeps.

    Raises:
        FactError: If the folder cannot be read.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = shipped_folder() if folder is None else folder
        self.by_setting: dict[str, Design] = {}
        path = self.folder / MANIFEST
        if not path.is_file():
            return
        try:
            table = json.loads(path.read_text(encoding="utf-8"))["settings"]
            self.by_setting = {name: _read(self.folder, name, entry) for name, entry in table.items()}
        except (OSError, ValueError, KeyError, TypeError) as error:
            text = (
                f"the points that it keeps must be readable, got {type(error).__name__}: {error}. Restore or delete it."
            )
            raise FactError([f"{self.folder}: {text}"]) from error

    def region(self, fact: Fact) -> Region | None:
        """Over what part of the ranges a fact holds in its setting; ``None`` if it was not measured."""
        design = self.by_setting.get(fact.setting)
        return None if design is None else design.region(fact)

    def movers(self, fact: Fact) -> Movers | None:
        """Which drawn parameters move a fact; ``None`` if it was not measured."""
        if self.region(fact) is None:
            return None
        found = self.by_setting[fact.setting].regression(fact)
        if found.reason:
            return Movers(fact, found.rows, nan, (), found.reason)
        known = current().parameters
        each = zip(found.table["factor"], found.table["coefficient"], strict=True)
        moved = [
            Mover(name, float(value), known[name].tier if name in known else Tier.CONJECTURE) for name, value in each
        ]
        moved.sort(key=lambda mover: -abs(mover.coefficient))
        return Movers(fact, found.rows, found.explained, tuple(moved))

    def headlines(self, facts: Iterable[Fact]) -> list[Movers]:
        """Which parameters move each headline among these facts."""
        chosen = [fact for fact in facts if fact.id.split("/", maxsplit=1)[0] in HEADLINES]
        return [found for found in map(self.movers, chosen) if found is not None]

    def extend(
        self,
        facts: Sequence[Fact],
        points: int,
        workers: int = 1,
        progress: Progress | None = None,
        whole: bool = False,
    ) -> None:
        """Measure facts at as many points as they lack, or at all of them where a column is stale, and keep the result.

        The result does not depend on the number of workers, nor on whether it was made in one go. Where ranges have changed, all
        columns of that setting go, also those of facts that are not asked for: they belong to other points.

        Args:
            facts: Facts; those without a region are left out.
            points: Points of each setting.
            workers: Number of processes.
            progress: Called with the points done, their number, and a text.
            whole: Whether these are all facts there are, so that columns of others go.
        """
        measures = load_measures()
        wanted = [fact for fact in facts if can_have_region(fact, measures[fact.measure])]
        tasks: list[Point] = []
        for setting in evidence_settings():
            here = [fact for fact in wanted if fact.setting == setting]
            design = self.by_setting.get(setting)
            if design is None or (here and design.draws != _digest_draws(setting)):
                design = self.by_setting[setting] = Design(setting, _digest_draws(setting))
            for fact in here:
                now = {"fact": _digest_fact(fact), **_made_from(fact)}
                if design.made_from.get(fact.id) != now:
                    design.values[fact.id], design.made_from[fact.id] = {}, now
            if whole:
                keep = {fact.id for fact in here}
                design.values = {name: column for name, column in design.values.items() if name in keep}
                design.made_from = {name: made for name, made in design.made_from.items() if name in keep}
            tasks += _missing(design, here, points)
        self._measure(tasks, workers, progress)

    def _measure(self, tasks: Sequence[Point], workers: int, progress: Progress | None) -> None:
        """Measure at points, and write what there is from time to time."""
        with WorkerPool(min(workers, max(len(tasks), 1)), prepare_worker) as pool:
            for start in range(0, len(tasks), _SAVED_EVERY):
                part = tasks[start : start + _SAVED_EVERY]

                def finished(done: int, start: int = start) -> None:
                    if progress is not None:
                        progress(start + done, len(tasks), "" if start + done == len(tasks) else "points")

                results = run_tasks(measure_at_point, part, workers, finished, pool if workers > 1 else None)
                for task, result in zip(part, results, strict=True):
                    self._take(task, result)
                self.write()
        self.write()

    def _take(self, task: Point, result: Mapping[str, float | None] | Failure) -> None:
        """Values of a point; a point whose process died counts as one at which all measures broke down."""
        design = self.by_setting[task.setting]
        found = dict.fromkeys((fact.id for fact in task.facts), None) if isinstance(result, Failure) else result
        design.parameters[task.number] = _rounded(draw_parameters(task.setting, task.number))
        for name, value in found.items():
            design.values[name][task.number] = None if value is None else _round(value)

    def write(self) -> None:
        """Write every setting, each file whole or not at all."""
        self.folder.mkdir(parents=True, exist_ok=True)
        settings = {}
        for name, design in self.by_setting.items():
            if design.values:
                _replace(self.folder / f"{name}.csv", _to_csv(design))
                settings[name] = _describe(design)
        document = {
            "about": "Facts at points of the plausible ranges: one row a point in each CSV file. Empty: not measured there.",
            "command": "centricity evidence --points N --regions",
            "version": installed_version("centricity"),
            "settings": settings,
        }
        _replace(self.folder / MANIFEST, json.dumps(document, indent=1, ensure_ascii=False) + "\n")

    def points(self, facts: Iterable[Fact]) -> dict[int, int]:
        """Numbers of points at which facts were measured, each with the number of facts."""
        found: dict[int, int] = {}
        for fact in facts:
            region = self.region(fact)
            if region is not None:
                found[region.share.runs] = found.get(region.share.runs, 0) + 1
        return found


def _missing(design: Design, facts: Sequence[Fact], points: int) -> list[Point]:
    """Points that have to be measured, each with the facts that lack it."""
    tasks = []
    for number in range(points):
        lacking = [
            fact for fact in facts if number % DEAR.get(fact.measure, 1) == 0 and number not in design.values[fact.id]
        ]
        if lacking:
            tasks.append(Point(design.setting, number, tuple(lacking)))
    return tasks


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _digest_fact(fact: Fact) -> str:
    """What is measured; the band may change without making it another fact."""
    return _digest(json.dumps([fact.measure, dict(fact.arguments), fact.setting], sort_keys=True))


def _digest_draws(setting: str) -> str:
    """What is drawn in a setting, and over which ranges."""
    drawn = [(each.name, each.plausible, each.type) for each in parameters_drawn(setting)]
    return _digest(json.dumps(sorted(drawn)))


def _made_from(fact: Fact) -> dict[str, str]:
    """What a value depends on beside the fact and the point: the model with its bank and setting, and the measure's file."""
    module = load_measures()[fact.measure].__module__.rpartition(".")[2]
    folder = "evidence/measures/"
    setting = json.dumps(dict(parameters_in(fact.setting)), sort_keys=True)
    return {
        "model": _digest(source_hash(("model/",)) + bank().hash + setting),
        "measures": _digest(source_hash((f"{folder}{module}.py", f"{folder}experiments.py"))),
    }


def _round(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}")


def _rounded(drawn: Mapping[str, Any]) -> dict[str, float]:
    return {name: float(f"{float(value):.{_DRAWN_DIGITS}g}") for name, value in drawn.items()}


def _to_csv(design: Design) -> str:
    """One row a point: its number, the drawn parameters, and the value of every fact."""
    names = sorted(next(iter(design.parameters.values()), {}))
    lines = [",".join(["point", *names, *sorted(design.values)])]
    for number in sorted(design.parameters):
        cells = [f"{design.parameters[number][name]:.{_DRAWN_DIGITS}g}" for name in names]
        for name in sorted(design.values):
            column = design.values[name]
            value = column.get(number, 0.0)
            cells.append("" if number not in column else "nan" if value is None else f"{value:.{_DIGITS}g}")
        lines.append(",".join([str(number), *cells]))
    return "\n".join(lines) + "\n"


def _describe(design: Design) -> dict[str, Any]:
    """What the columns of a setting were made from."""
    facts = {}
    for name, column in sorted(design.values.items()):
        broken = sorted(number for number, value in column.items() if value is None)
        facts[name] = {"points": len(column), **design.made_from[name], **({"broke_down": broken} if broken else {})}
    return {"points": len(design.parameters), "ranges": design.draws, "facts": facts}


def _read(folder: Path, setting: str, entry: Mapping[str, Any]) -> Design:
    """The design that a file keeps."""
    design = Design(setting, entry["ranges"])
    broken = {name: set(made.pop("broke_down", ())) for name, made in entry["facts"].items()}
    for name, made in entry["facts"].items():
        design.made_from[name] = {part: made[part] for part in ("fact", "model", "measures")}
        design.values[name] = {}
    path = folder / f"{setting}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            number = int(row.pop("point"))
            design.parameters[number] = {name: float(text) for name, text in row.items() if name not in design.values}
            for name, column in design.values.items():
                if row.get(name):
                    column[number] = None if number in broken[name] else float(row[name])
    return design


def _replace(path: Path, text: str) -> None:
    partial = path.with_suffix(".partial")
    partial.write_text(text, encoding="utf-8", newline="\n")
    partial.replace(path)
