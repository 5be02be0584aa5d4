"""A sweep as its analysis sees it: rows of designs, policies and futures at every row, replicates of every run.

It is made from the tables of a store, or from a table of parameters and outcomes of any program. Everything is put into
one canonical order, so that results do not depend on the order of those tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Any

import numpy as np
import pandas as pd

from sim.analysis.choice import Better
from sim.analysis.design_rows import TableError, recognize_design
from sim.analysis.happenings import Happening, list_happenings
from sim.analysis.metrics import METRICS
from sim.analysis.missing import BoolArray, FloatArray

KINDS = ("sample", "grid", "list", "sobol", "morris")
"""Kinds of designs that a table of another program may have; ``sample`` is any random or Latin hypercube sample."""

POOLED = " + "
"""Stands between the names of designs whose independent rows are taken together."""

_RUN_KEY = ["design", "row", "future", "policy", "replicate"]
_RESERVED = {*_RUN_KEY, "label", "status"}


@dataclass(frozen=True, slots=True)
class Factor:
    """A factor: what a sweep varies.

    Attributes:
        name: Column of the table of factor values.
        kind: ``number``, ``integer``, ``switch`` or ``choice``.
        role: ``uncertainty``, ``lever`` or ``shock``.
        low, high: Range; ``None`` where it takes words or listed values.
        values: The only values it takes, in order; empty where it has a range. ``base``: its value where it is not varied.
        unit: Unit in words.
        policies: Policies that a lever changes; ``None`` means all.
    """

    name: str
    kind: str = "number"
    role: str = "uncertainty"
    low: float | None = None
    high: float | None = None
    values: tuple[Any, ...] = ()
    base: Any = None
    unit: str = ""
    policies: tuple[str, ...] | None = None

    @property
    def ordered(self) -> bool:
        """Whether its values can be ranked: they can for numbers, switches and choices between two words."""
        return self.kind != "choice" or len(self.values) == 2 or self.numeric

    @property
    def numeric(self) -> bool:
        """Whether its values are numbers."""
        if self.values:
            return all(isinstance(value, int | float) and not isinstance(value, bool) for value in self.values)
        return self.kind in ("number", "integer")

    def concerns(self, *policies: str) -> bool:
        """Whether it can change any of these policies: a lever changes only its own."""
        return self.policies is None or bool(set(policies) & set(self.policies))

    def encode(self, column: pd.Series) -> FloatArray:
        """Values as numbers: themselves, 0 and 1 for a switch, the position in the list for words."""
        if self.numeric:
            return pd.to_numeric(column, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
        codes = {value: float(code) for code, value in enumerate(self.values or (False, True))}
        return np.array([codes.get(value, np.nan) for value in column.tolist()], dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Design:
    """One design of a sweep: a block of rows.

    Attributes:
        name: What the sweep calls it.
        kind: One of :data:`KINDS`, ``one-at-a-time`` or ``latin-hypercube``.
        rows: Number of rows that were planned, including those without a run so far.
        over: Factors that it varies.
        policies, futures: What runs at every row; the future ``""`` is the scenario as described.
        second_order: Whether a Sobol' design has the rows for interactions of pairs.
    """

    name: str
    kind: str
    rows: int
    over: tuple[str, ...]
    policies: tuple[str, ...]
    futures: tuple[str, ...]
    second_order: bool = False

    @property
    def step(self) -> int:
        """Rows of one base block of a Sobol' design, or of one trajectory of a Morris design; else 1."""
        number = len(self.over)
        if self.kind == "sobol":
            return 2 * number + 2 if self.second_order else number + 2
        return number + 1 if self.kind == "morris" else 1

    @property
    def independent(self) -> BoolArray:
        """[row] whether a row was drawn independently of all others.

        All rows of a sample are. Of a Sobol' design the first and the last of a base block are (A and B); the others
        repeat their values. No rows of grids, lists and trajectories are.
        """
        if self.kind == "sobol":
            return np.isin(np.arange(self.rows) % self.step, (0, self.step - 1))
        return np.full(self.rows, self.kind in ("sample", "latin-hypercube"))


@dataclass(frozen=True, slots=True)
class ResultKey:
    """The design, policy and future that a result is about."""

    design: str
    outcome: str
    policy: str
    future: str = ""

    @property
    def columns(self) -> dict[str, str]:
        """The first columns of its tidy table."""
        return {"design": self.design, "outcome": self.outcome, "policy": self.policy, "future": self.future}


@dataclass(frozen=True)
class Sweep:
    """A sweep, in canonical order.

    Attributes:
        name, claim: What it is called, and what its author claims. ``currency``: word for amounts of money.
        runs: One row a run: ``design, row, future, policy, replicate, status`` and the outcomes (NaN is missing); of a store
            also ``sponsorship_end`` (first week without) and ``permanent`` (whether it still went on in the last week).
        factor_values: One row a row of a design: ``design, row, label`` and the factors.
        factors: Everything that varies, by name.
        designs: The blocks. ``outcomes``: columns of results; ``objective``: the one that policies are chosen by.
        positions: Design -> [row, factor] positions in the unit cube, for Sobol' and Morris designs.
        finished: Whether all runs are there. ``planned``: number of all runs; ``None`` if it is not known yet.
        stopping: ``{metric: half width}`` until which an adaptive sweep went on. ``targets``: what its author calls good
            enough, ``{metric: value}``.
        seeds: ``shared`` if all rows have the same seeds, ``by-row`` if those that were drawn have their own; empty if it
            is not known.
        weeks: Length of a run; 0 if it is not known. ``happenings``: what happens besides the policies.
        units: Outcome -> unit. ``lower``: outcomes of another program of which less is better.
    """

    name: str
    runs: pd.DataFrame
    factor_values: pd.DataFrame
    factors: Mapping[str, Factor]
    designs: tuple[Design, ...]
    outcomes: tuple[str, ...]
    positions: Mapping[str, FloatArray] = field(default_factory=dict)
    objective: str = ""
    claim: str = ""
    finished: bool = True
    planned: int | None = None
    stopping: Mapping[str, float] = field(default_factory=dict)
    targets: Mapping[str, float] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    lower: tuple[str, ...] = ()
    currency: str = ""
    seeds: str = ""
    weeks: int = 0
    happenings: tuple[Happening, ...] = ()

    @classmethod
    def from_store(
        cls,
        manifest: Mapping[str, Any],
        points: pd.DataFrame,
        runs: pd.DataFrame,
        positions: pd.DataFrame | None = None,
        *,
        finished: bool = True,
        units: Mapping[str, str] | None = None,
    ) -> Sweep:
        """Read the tables of a store.

        Args:
            manifest, points, runs, positions: ``manifest.json`` and the tables; a run that occurs twice counts once.
            finished: Whether the store is.
            units: Outcome -> unit, for what :data:`METRICS` does not know.
        """
        factors = {entry["name"]: _factor(entry) for entry in manifest["factors"]}
        points = points.sort_values("point", kind="stable")
        designs = tuple(_design(entry, points) for entry in manifest["designs"])
        outcomes = tuple(name for name in manifest["outcomes"] if name in runs.columns)
        where = points[["point", "design", "row", "future", "policy"]]
        joined = runs.drop_duplicates(["point", "replicate"]).merge(where, on="point", how="inner")
        keep = manifest.get("replicates") or {}
        fixed, until = keep.get("fixed"), keep.get("until")
        texts = manifest.get("experiment") or {}
        return cls(
            name=str(texts.get("name", "")),
            runs=_sort_runs(joined, outcomes),
            factor_values=_factor_values(points, factors),
            factors=factors,
            designs=designs,
            outcomes=outcomes,
            positions={design.name: _positions(design, positions) for design in designs if design.step > 1},
            objective=str(manifest.get("objective") or ""),
            claim=str(texts.get("claim") or ""),
            finished=finished,
            planned=int(fixed) * len(points) if fixed else None,
            stopping={until["metric"]: float(until["half_width"])} if until else {},
            targets={str(name): float(value) for name, value in (texts.get("targets") or {}).items()},
            units=dict(units or {}),
            currency=str(manifest.get("currency") or ""),
            seeds=str(texts.get("seeds") or "shared"),
            weeks=int(manifest.get("weeks") or 0),
            happenings=list_happenings(manifest),
        )

    @classmethod
    def from_table(
        cls,
        table: pd.DataFrame,
        factors: Sequence[str],
        outcomes: Sequence[str],
        *,
        kind: str = "sample",
        policy: str | None = None,
        future: str | None = None,
        replicate: str | None = None,
        row: str | None = None,
        lower: Sequence[str] = (),
        name: str = "table",
    ) -> Sweep:
        """Read a table of another program: one row a run, with columns of parameters and of outcomes.

        Args:
            table: The runs; a run that failed has no outcome.
            factors, outcomes: Columns of parameters and of results. ``lower``: outcomes of which less is better.
            kind: One of :data:`KINDS`. The rows of ``sobol`` and ``morris`` stand in the order of SALib's samples.
            policy, future, replicate: Columns with the policy, future and replicate of a run. Without a column all runs
                have the same policy or future, and rows with equal factor values are replicates.
            row: Column with the number of the row; without it, rows of ``sobol`` and ``morris`` are counted as they
                stand, and those of other designs are recognized by their factor values.

        Raises:
            TableError: If that cannot be done.
        """
        factors, outcomes, lower = _several(factors), _several(outcomes), _several(lower)
        _check_request(table, factors, outcomes, kind, lower)
        given = [column for column in (policy, future, replicate, row) if column is not None]
        _check_columns([*factors, *outcomes], given, table)
        known = {column: _infer_factor(column, table[column]) for column in factors}
        frame = pd.DataFrame({column: table[column].to_numpy() for column in factors})
        for column, source in (("policy", policy), ("future", future)):
            frame[column] = "" if source is None else table[source].astype(str).to_numpy()
        for outcome in outcomes:
            frame[outcome] = pd.to_numeric(table[outcome], errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
        frame["design"], frame["label"] = name, ""
        frame["replicate"] = 0 if replicate is None else pd.factorize(table[replicate], sort=True)[0]
        frame["row"] = _number_rows(frame, list(factors), kind, None if row is None else table[row])
        if replicate is None:
            frame["replicate"] = frame.groupby(["row", "policy", "future"]).cumcount()
        repeated = frame.duplicated(_RUN_KEY)
        if repeated.any():
            same = "the same factor values, policy, future and replicate"
            raise TableError(
                [f"{repeated.sum()} runs have {same} as another one. Number replicates in a column of their own."]
            )
        frame["status"] = np.where(np.isfinite(frame[list(outcomes)]).any(axis=1), "done", "failed")
        policies, futures = (tuple(sorted(frame[column].unique())) for column in ("policy", "future"))
        design = Design(name, kind, int(frame["row"].max()) + 1, tuple(factors), policies, futures)
        factor_values = _factor_values(frame.sort_values(_RUN_KEY[1:], kind="stable"), known)
        positions = {}
        if kind in ("sobol", "morris"):
            columns = [known[column].encode(factor_values[column]) for column in factors]
            positions[name], second = recognize_design(np.stack(columns, axis=1), kind)
            design = replace(design, second_order=second)
        runs, kept = _sort_runs(frame, outcomes), tuple(outcomes)
        return cls(name, runs, factor_values, known, (design,), kept, positions, kept[0], lower=tuple(lower))

    @property
    def failed(self) -> int:
        """Number of runs that failed."""
        return int((self.runs["status"] != "done").sum())

    def unit(self, outcome: str) -> str:
        """Unit of an outcome in words; empty if it is not known."""
        unit = self.units.get(outcome) or (METRICS[outcome].unit if outcome in METRICS else "")
        return (self.currency or "currency") if unit == "currency" else unit

    def better(self, outcome: str) -> Better | None:
        """Which way an outcome is better; ``None`` where opinions differ about that."""
        if outcome in self.lower:
            return "lower"
        return METRICS[outcome].better if outcome in METRICS else "higher"

    def values(self, design: Design, outcome: str) -> FloatArray:
        """An outcome as [policy, future, row, replicate]; NaN is missing."""
        found = np.full(self._shape(design), np.nan)
        part = self.runs[self.runs["design"] == design.name]
        found[self._cells(design, part)] = part[outcome].to_numpy()
        return found

    def failures(self, design: Design) -> BoolArray:
        """Whether runs failed, as [policy, future, row, replicate]."""
        return self._with_status(design, done=False)

    def finished_runs(self, design: Design) -> BoolArray:
        """Whether there is a run and it finished, as [policy, future, row, replicate]."""
        return self._with_status(design, done=True)

    def _with_status(self, design: Design, done: bool) -> BoolArray:
        found = np.zeros(self._shape(design), dtype=np.bool_)
        part = self.runs[self.runs["design"] == design.name]
        found[self._cells(design, part)] = ((part["status"] == "done") == done).to_numpy()
        return found

    def _shape(self, design: Design) -> tuple[int, int, int, int]:
        return len(design.policies), len(design.futures), design.rows, int(self.runs["replicate"].nunique())

    def _cells(self, design: Design, part: pd.DataFrame) -> tuple[np.ndarray, ...]:
        """Where runs of a design stand along the four axes."""
        return (
            pd.Index(design.policies).get_indexer(pd.Index(part["policy"])),
            pd.Index(design.futures).get_indexer(pd.Index(part["future"])),
            part["row"].to_numpy(),
            np.searchsorted(np.unique(self.runs["replicate"]), part["replicate"].to_numpy()),
        )

    def results_by_policy(self, outcome: str, *kinds: str) -> Iterator[tuple[Design, ResultKey, FloatArray]]:
        """[row, replicate] values of an outcome for every policy and future of the designs of these kinds."""
        for design in self.designs:
            if design.kind in kinds:
                cube = self.values(design, outcome)
                for policy, future in np.ndindex(*cube.shape[:2]):
                    key = ResultKey(design.name, outcome, design.policies[policy], design.futures[future])
                    yield design, key, cube[policy, future]

    def factors_concerning(self, design: Design, *policies: str) -> list[str]:
        """Factors of a design that can change any of these policies."""
        return [name for name in design.over if self.factors[name].concerns(*policies)]

    def factor_values_of(self, design: Design) -> pd.DataFrame:
        """Values of the factors that a design varies, a row each, in order."""
        part = self.factor_values[self.factor_values["design"] == design.name].set_index("row")
        return part.reindex(range(design.rows))[[*design.over]]


def pool_samples(sweep: Sweep) -> Sweep:
    """The sweep with nothing but its independent rows, those of all designs over the same factors taken together.

    Such rows are draws from the same ranges, whichever design they belong to. So they are one sample, and a search among
    them finds more than one among each part.
    """
    groups: dict[tuple[Any, ...], list[Design]] = {}
    for design in sweep.designs:
        if design.independent.any():
            groups.setdefault((frozenset(design.over), design.policies, design.futures), []).append(design)
    designs, runs, values = [], [], []
    for group in groups.values():
        if len(group) == 1:
            designs += group
            runs.append(sweep.runs[sweep.runs["design"] == group[0].name])
            values.append(sweep.factor_values[sweep.factor_values["design"] == group[0].name])
            continue
        name, rows = POOLED.join(design.name for design in group), 0
        for design in group:
            number = np.where(design.independent, rows + design.independent.cumsum() - 1, -1)
            for found, table in ((runs, sweep.runs), (values, sweep.factor_values)):
                part = table[table["design"] == design.name]
                part = part.assign(design=name, row=number[part["row"].to_numpy()])
                found.append(part[part["row"] >= 0])
            rows += int(design.independent.sum())
        designs.append(replace(group[0], name=name, kind="sample", rows=rows, second_order=False))
    together = pd.concat([sweep.runs.iloc[:0], *runs], ignore_index=True)
    factor_values = pd.concat([sweep.factor_values.iloc[:0], *values], ignore_index=True)
    return replace(sweep, designs=tuple(designs), runs=together, factor_values=factor_values)


def _factor(entry: Mapping[str, Any]) -> Factor:
    """A factor of a manifest."""
    values = tuple(entry.get("values") or ())
    kind, role = str(entry["kind"]), str(entry["role"])
    return Factor(
        name=str(entry["name"]), kind=kind, role=role,
        low=entry.get("low"), high=entry.get("high"),
        values=values or ((False, True) if kind == "switch" else ()),
        base=entry.get("base"), unit=str(entry.get("unit") or ""),
        policies=tuple(entry.get("policies") or ()) if role == "lever" else None,
    )  # fmt: skip


def _design(entry: Mapping[str, Any], points: pd.DataFrame) -> Design:
    """A design of a manifest, with what runs at its rows."""
    part = points[points["design"] == entry["name"]]
    return Design(
        name=str(entry["name"]), kind=str(entry["kind"]), rows=int(entry["rows"]), over=tuple(entry["over"]),
        policies=tuple(part["policy"].unique()), futures=tuple(part["future"].unique()),
        second_order=bool(entry.get("second_order", False)),
    )  # fmt: skip


def _positions(design: Design, table: pd.DataFrame | None) -> FloatArray:
    """[row, factor] positions in the unit cube."""
    if table is None:
        raise TableError([f"designs.parquet is missing: {design.kind} design {design.name} cannot be read without it."])
    part = table[table["design"] == design.name].sort_values("row", kind="stable")
    return part[list(design.over)].to_numpy(dtype=np.float64)


def _sort_runs(runs: pd.DataFrame, outcomes: Sequence[str]) -> pd.DataFrame:
    """Runs in order, with outcomes as numbers. Values that are not finite are missing, as are all outcomes of failed runs."""
    about = [name for name in ("sponsorship_end", "permanent") if name in runs]
    table = runs[[*_RUN_KEY, "status", *about, *outcomes]].sort_values(_RUN_KEY, kind="stable").reset_index(drop=True)
    if "sponsorship_end" in about:
        table["sponsorship_end"] = table["sponsorship_end"].to_numpy(dtype=np.float64, na_value=np.nan)
    if "permanent" in about:
        table["permanent"] = table["permanent"].to_numpy(dtype=np.bool_, na_value=False)
    done = (table["status"] == "done").to_numpy()
    for outcome in outcomes:
        column = pd.to_numeric(table[outcome], errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
        table[outcome] = np.where(done & np.isfinite(column), column, np.nan)
    return table


def _factor_values(points: pd.DataFrame, factors: Iterable[str]) -> pd.DataFrame:
    """One row a row of a design."""
    return points.drop_duplicates(["design", "row"])[["design", "row", "label", *factors]].reset_index(drop=True)


def _several(names: str | Sequence[str]) -> list[str]:
    """Names; one alone is a list of one."""
    return [names] if isinstance(names, str) else list(names)


def _check_request(
    table: object, factors: Sequence[str], outcomes: Sequence[str], kind: str, lower: Sequence[str]
) -> None:
    """Refuse what does not depend on what the table holds.

    Raises:
        TableError: With every fault.
    """
    faults = []
    if not isinstance(table, pd.DataFrame):
        faults.append(f"the table must be a DataFrame, got {type(table).__name__}. Read it with pandas.")
    for what, names in (("parameters", factors), ("results", outcomes)):
        if not names:
            faults.append(f"the columns of {what} must be named, got none. Name at least one.")
    if kind not in KINDS:
        faults.append(f"the kind must be one of {', '.join(KINDS)}, got {kind!r}. A plain random sample is sample.")
    faults += [
        f"{name!r} of lower must be a result. Results: {', '.join(outcomes)}." for name in lower if name not in outcomes
    ]
    if faults:
        raise TableError(faults)


def _check_columns(plain: Sequence[str], others: Sequence[str], table: pd.DataFrame) -> None:
    """Refuse missing columns, columns named twice, and a table without runs."""
    columns, names = [str(column) for column in table.columns], [*plain, *others]
    faults = []
    for name in dict.fromkeys(names):
        close = get_close_matches(name, columns, n=1)
        if name not in columns:
            hint = f"Did you mean {close[0]}?" if close else f"Columns: {', '.join(columns[:20])}."
            faults.append(f"{name} is not a column. {hint}")
        elif names.count(name) > 1:
            faults.append(f"{name} is named twice, but a column can only be one thing. Name it once.")
    faults += [
        f"{name} has a name that results use themselves. Rename the column." for name in plain if name in _RESERVED
    ]
    if faults or table.empty:
        raise TableError(faults or ["the table has no rows. Give a table with one row a run."])


def _infer_factor(name: str, column: pd.Series) -> Factor:
    """A factor whose kind follows from its values."""
    if column.isna().any():
        raise TableError([f"{name} is missing in {int(column.isna().sum())} rows: a run needs all its parameters."])
    if pd.api.types.is_bool_dtype(column):
        return Factor(name, "switch", values=(False, True))
    if pd.api.types.is_numeric_dtype(column):
        kind = "integer" if pd.api.types.is_integer_dtype(column) else "number"
        return Factor(name, kind, low=float(column.min()), high=float(column.max()))
    return Factor(name, "choice", values=tuple(sorted(column.unique().tolist())))


def _number_rows(frame: pd.DataFrame, factors: list[str], kind: str, given: pd.Series | None) -> np.ndarray:
    """Number of the row of the design that each run belongs to."""
    if given is not None:
        return pd.factorize(given, sort=True)[0]
    if kind in ("sobol", "morris"):
        return frame.groupby(["policy", "future", "replicate"]).cumcount().to_numpy()
    return frame.groupby(factors, sort=True).ngroup().to_numpy()
