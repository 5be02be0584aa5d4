"""Scenario discovery: ranges of factors (a box) in which a claim holds.

The method is the patient rule induction method (Friedman & Fisher 1999) as scenario discovery uses it (Bryant & Lempert
2010). It starts from all rows and peels a little from one side of the box at a time, always from the side where the
share of interesting rows gains most for the rows lost. It chooses one of the boxes on the way, pastes back what costs
nothing, and drops restrictions that chance explains. The quasi p-values of a search are too good, so the whole search is
also done on four fifths of the rows and judged by the last fifth.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import binomtest

from sim.analysis.intervals import share_interval
from sim.analysis.missing import BoolArray, FloatArray

PEEL = 0.05
"""Share of the rows in the box that one peel takes away."""

SLICES = (1, 2, 4, 8)
"""Thicknesses of the slices that are looked at before a peel, as multiples of one peel."""

LEAST_SUPPORT = 0.05
"""Smallest share of all rows that a box may hold."""

LEAST_ROWS, LEAST_INTERESTING = 40, 10
"""With fewer rows than this, or fewer of either kind, no region is looked for."""

SIGNIFICANT, FOLDS, MOST_BOXES = 0.05, 5, 3


@dataclass(frozen=True, slots=True)
class Limit:
    """The restriction of a box on one factor.

    Attributes:
        factor: Name of the factor.
        low, high: Ends of a range; infinite where it is open.
        words: Values inside the box, for a factor whose values are words or switches; else ``None``.
        p_value: Quasi p-value: how likely chance gives as many interesting rows if this limit is of no use.
        folds: In how many of :data:`FOLDS` searches on parts of the rows the factor was restricted too.
    """

    factor: str
    low: float = -np.inf
    high: float = np.inf
    words: tuple[str, ...] | None = None
    p_value: float = np.nan
    folds: int = 0


@dataclass(frozen=True, slots=True)
class Box:
    """A region: a box with its restrictions and its quality.

    Attributes:
        limits: Its restrictions, the strictest first; empty for a box that holds everything.
        coverage: Share of all interesting rows that lie in it.
        density: Share of the rows in it that are interesting.
        rows, interesting: Number of rows in it, and of interesting ones among them.
        held_out_coverage, held_out_density: The same for rows that the search had not seen.
    """

    limits: tuple[Limit, ...]
    coverage: float
    density: float
    rows: int
    interesting: int
    held_out_coverage: float = np.nan
    held_out_density: float = np.nan


@dataclass(frozen=True)
class Discovery:
    """Result of a search for regions.

    Attributes:
        boxes: Regions. Each was found among the rows outside the earlier ones.
        rows, interesting: Number of rows, and of interesting ones.
        peeling: Steps to the first box: ``rows, coverage, density, factor`` (whose side was peeled), ``chosen``.
        inside: [row] whether a row lies in the first box.
        reason: Why there is no box; empty where there is one.
    """

    boxes: tuple[Box, ...]
    rows: int
    interesting: int
    peeling: pd.DataFrame = field(default_factory=pd.DataFrame)
    inside: BoolArray = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))
    reason: str = ""

    @property
    def base_rate(self) -> float:
        """Share of all rows that are interesting: the density of the box that holds everything."""
        return self.interesting / self.rows if self.rows else float("nan")

    @property
    def table(self) -> pd.DataFrame:
        """One row a restriction of a box; open ends are missing."""
        boxes = [asdict(box) for box in self.boxes]
        rows = [
            {"box": number, **limit, "words": ", ".join(limit["words"] or ()), **box, "base_rate": self.base_rate}
            for number, box in enumerate(boxes, start=1)
            for limit in box.pop("limits")
        ]
        return pd.DataFrame(rows).replace([np.inf, -np.inf], np.nan)


@dataclass(frozen=True)
class _EncodedRows:
    """Rows as numbers: words are numbered, and the box of a word factor is a set of numbers."""

    names: tuple[str, ...]
    numbers: FloatArray
    words: tuple[tuple[str, ...] | None, ...]

    def select(self, rows: BoolArray) -> _EncodedRows:
        return replace(self, numbers=self.numbers[rows])


@dataclass(frozen=True)
class _BoxBounds:
    """A box: ends [factor] that rows must lie between, and numbers of words that are cut out."""

    low: FloatArray
    high: FloatArray
    cut: tuple[frozenset[float], ...]

    def contains(self, encoded: _EncodedRows) -> BoolArray:
        inside = np.asarray(((encoded.numbers >= self.low) & (encoded.numbers <= self.high)).all(axis=1))
        for column, cut in enumerate(self.cut):
            if cut:
                inside &= ~np.isin(encoded.numbers[:, column], list(cut))
        return inside

    def restricted_columns(self) -> list[int]:
        return [
            column
            for column, cut in enumerate(self.cut)
            if cut or np.isfinite(self.low[column]) or np.isfinite(self.high[column])
        ]

    def with_change(
        self, column: int, low: float | None = None, high: float | None = None, cut: float | None = None
    ) -> _BoxBounds:
        lows, highs, cuts = self.low.copy(), self.high.copy(), list(self.cut)
        lows[column] = lows[column] if low is None else low
        highs[column] = highs[column] if high is None else high
        cuts[column] = cuts[column] if cut is None else cuts[column] | {cut}
        return _BoxBounds(lows, highs, tuple(cuts))

    def without_limit(self, column: int, low: bool = True, high: bool = True) -> _BoxBounds:
        opened = self.with_change(column, low=-np.inf if low else None, high=np.inf if high else None)
        return replace(opened, cut=tuple(cut if other != column else frozenset() for other, cut in enumerate(self.cut)))

    def wider_boxes(self) -> Iterator[_BoxBounds]:
        for column in self.restricted_columns():
            yield self.without_limit(column)
            if np.isfinite(self.low[column]) and np.isfinite(self.high[column]):
                yield self.without_limit(column, high=False)
                yield self.without_limit(column, low=False)


def discover_regions(factor_values: pd.DataFrame, interest: BoolArray, most: int = MOST_BOXES) -> Discovery:
    """Find the regions in which a claim holds.

    Args:
        factor_values: One row a row of the design, in an order that does not depend on the outcome. Columns of numbers
            are taken as ranges, all others as words.
        interest: [row] whether the claim holds.
        most: Largest number of boxes.
    """
    rows, interesting = len(interest), int(interest.sum())
    few = min(interesting, rows - interesting)
    if rows < LEAST_ROWS or few < LEAST_INTERESTING:
        reason = f"there are too few rows on the smaller side to look for a region: {few}, at least {LEAST_INTERESTING}"
        if rows < LEAST_ROWS:
            reason = f"there are too few rows to look for a region: {rows}, at least {LEAST_ROWS}"
        return Discovery((), rows, interesting, reason=reason)
    encoded = _encode_rows(factor_values)
    left = np.ones(rows, dtype=np.bool_)
    boxes: list[Box] = []
    first: tuple[pd.DataFrame, BoolArray] = pd.DataFrame(), np.zeros(rows, dtype=np.bool_)
    while len(boxes) < most and LEAST_INTERESTING <= interest[left].sum() <= left.sum() - LEAST_INTERESTING:
        found = _find_box(encoded.select(left), interest[left], interesting, interesting / rows)
        if found is None:
            break
        box, bounds, peeling = found
        inside = bounds.contains(encoded)
        first = first if boxes else (peeling, inside)
        boxes.append(box)
        left &= ~inside
    reason = "" if boxes else "no region stands the test on rows that the search has not seen"
    return Discovery(tuple(boxes), rows, interesting, *first, reason=reason)


def _encode_rows(factor_values: pd.DataFrame) -> _EncodedRows:
    """Rows as numbers."""
    columns: list[FloatArray] = []
    words: list[tuple[str, ...] | None] = []
    for name in factor_values:
        column = factor_values[name]
        plain = pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)
        if plain and not column.isna().any():
            columns.append(column.to_numpy(dtype=np.float64))
            words.append(None)
        else:
            codes, values = pd.factorize(column.astype("string").fillna("as written"), sort=True)
            columns.append(codes.astype(np.float64))
            words.append(tuple(str(value) for value in values))
    numbers = np.stack(columns, axis=1) if columns else np.empty((len(factor_values), 0))
    return _EncodedRows(tuple(str(name) for name in factor_values), numbers, tuple(words))


def _find_box(
    encoded: _EncodedRows, interest: BoolArray, interesting: int, rate: float
) -> tuple[Box, _BoxBounds, pd.DataFrame] | None:
    """One box, judged on rows held out; ``None`` if there it is no better than all rows (``rate``) or all remaining ones.

    A factor is restricted only if most of the searches on parts of the rows restrict it too.
    """
    bounds, peeling = _induce_box(encoded, interest)
    if not bounds.restricted_columns():
        return None
    fold = np.arange(len(interest)) % FOLDS
    hits = held = 0
    seen: list[int] = []
    for number in range(FOLDS):
        train, test = fold != number, fold == number
        trial, _ = _induce_box(encoded.select(train), interest[train])
        inside = trial.contains(encoded.select(test))
        hits, held = hits + int(interest[test][inside].sum()), held + int(inside.sum())
        seen += trial.restricted_columns()
    for column in bounds.restricted_columns():
        if seen.count(column) <= FOLDS // 2:
            bounds = bounds.without_limit(column)
    sure = share_interval(hits / held, held).low if held > 1 else float("nan")
    if not bounds.restricted_columns() or not sure > max(rate, interest.mean()):
        return None
    limits = tuple(
        replace(limit, folds=seen.count(encoded.names.index(limit.factor)))
        for limit in _limits(bounds, encoded, interest)
    )
    inside = bounds.contains(encoded)
    rows, inner = int(inside.sum()), int(interest[inside].sum())
    return Box(limits, inner / interesting, inner / rows, rows, inner, hits / interesting, hits / held), bounds, peeling


def _induce_box(encoded: _EncodedRows, interest: BoolArray) -> tuple[_BoxBounds, pd.DataFrame]:
    """Peel, choose, paste, and drop the restrictions that chance explains."""
    least = max(int(np.ceil(LEAST_SUPPORT * len(interest))), 5)
    start = _BoxBounds(
        np.full(len(encoded.names), -np.inf), np.full(len(encoded.names), np.inf), (frozenset(),) * len(encoded.names)
    )
    path, factors = [start], [""]
    while True:
        following = _peel(path[-1], encoded, interest, least)
        if following is None:
            break
        path.append(following[0])
        factors.append(following[1])
    inside = np.stack([box.contains(encoded) for box in path])
    hits, sizes = (inside & interest).sum(axis=1), inside.sum(axis=1)
    coverage, density = hits / max(int(interest.sum()), 1), hits / sizes
    # harmonic mean of coverage and of how far density has come from the base rate to 1: high only if both are
    gain = (density - interest.mean()) / (1.0 - interest.mean())
    chosen = int((coverage * gain / np.maximum(coverage + gain, 1e-12)).argmax())
    bounds = _prune(_paste(path[chosen], encoded, interest), encoded, interest)
    peeling = pd.DataFrame({"rows": sizes, "coverage": coverage, "density": density, "factor": factors})
    peeling["chosen"] = np.arange(len(path)) == chosen
    return bounds, peeling


def _peel(box: _BoxBounds, encoded: _EncodedRows, interest: BoolArray, least: int) -> tuple[_BoxBounds, str] | None:
    """The peel with the most evidence; ``None`` when the box is small or pure.

    The evidence against a side is how far its slice falls short of the box in interesting rows, in standard errors. Of
    several slices the one with the strongest evidence counts, but only the thinnest is taken away. (Looking at thin
    slices alone, as in 1999, lets chance decide when they hold few rows: a dozen rows without a case occur anywhere.)
    """
    inside = np.flatnonzero(box.contains(encoded))
    inner = interest[inside].astype(np.float64)
    density = float(inner.mean())
    if density == 1.0:
        return None
    best, most = None, -np.inf
    for column, name in enumerate(encoded.names):
        values = encoded.numbers[inside, column]
        for candidate, evidence, size in _candidates(box, column, values, inner, encoded.words[column] is not None):
            if least <= size < len(inside) and evidence > most + 1e-12:
                best, most = (candidate, name), evidence
    return best


def _candidates(
    box: _BoxBounds, column: int, values: FloatArray, inner: FloatArray, word: bool
) -> Iterator[tuple[_BoxBounds, float, int]]:
    """Boxes with one slice less of one factor, the evidence for each, and the number of rows it keeps."""
    number, density = len(values), float(inner.mean())

    def evidence(sizes: NDArray[np.int64], hits: FloatArray) -> float:
        return float(((density * sizes - hits) / np.sqrt(sizes * density * (1.0 - density))).max())

    if word:
        for code in np.unique(values):
            gone = values == code
            size = np.array([gone.sum()])
            yield box.with_change(column, cut=float(code)), evidence(size, inner[gone].sum()), number - int(size[0])
        return
    order = np.argsort(values, kind="stable")
    thin = max(1, int(PEEL * number))
    slices = np.array([thin * many for many in SLICES if thin * many < number] or [thin])
    for low_side in (True, False):
        path = order if low_side else order[::-1]
        ordered = values[path]
        if ordered[0] == ordered[-1]:
            return
        # an end of a slice must not separate rows with the same value
        ends = np.array([_end(ordered, int(size)) for size in slices])
        ends = ends[ends < number]
        if not ends.size:
            continue
        found = evidence(ends, np.cumsum(inner[path])[ends - 1])
        keep = float(ordered[ends[0]])
        candidate = box.with_change(column, low=keep) if low_side else box.with_change(column, high=keep)
        yield candidate, found, number - int(ends[0])


def _end(ordered: FloatArray, size: int) -> int:
    """Where a slice of about ``size`` sorted values ends; equal values stay together, and at least one value is removed."""
    same = np.flatnonzero(ordered == ordered[size])
    return int(same[0]) if same[0] > 0 else int(same[-1]) + 1


def _paste(box: _BoxBounds, encoded: _EncodedRows, interest: BoolArray) -> _BoxBounds:
    """Move ends of the box outward, a little at a time, as long as its density does not fall."""
    while True:
        inside = box.contains(encoded)
        density, number = interest[inside].mean(), max(1, int(PEEL * inside.sum()))
        best, most = None, 0
        for column in box.restricted_columns():
            near = box.without_limit(column).contains(encoded) & ~inside
            for wider in _wider(box, column, encoded.numbers[near, column], number):
                holds = wider.contains(encoded)
                if holds.sum() > inside.sum() + most and interest[holds].mean() >= density:
                    best, most = wider, int(holds.sum() - inside.sum())
        if best is None:
            return box
        box = best


def _wider(box: _BoxBounds, column: int, outside: FloatArray, number: int) -> Iterator[_BoxBounds]:
    """Boxes with a little more of one factor, taken from the values just outside."""
    for code in sorted(box.cut[column]):
        yield replace(box, cut=tuple(cut - {code} if other == column else cut for other, cut in enumerate(box.cut)))
    below, above = np.sort(outside[outside < box.low[column]]), np.sort(outside[outside > box.high[column]])
    if below.size:
        yield box.with_change(column, low=float(below[-number]) if below.size > number else -np.inf)
    if above.size:
        yield box.with_change(column, high=float(above[number - 1]) if above.size > number else np.inf)


def _prune(box: _BoxBounds, encoded: _EncodedRows, interest: BoolArray) -> _BoxBounds:
    """Drop restrictions, or one end of them, the least significant first, until all that remain are significant."""
    while True:
        found = [(_p_value(box, wider, encoded, interest), wider) for wider in box.wider_boxes()]
        p_value, wider = max(found, key=lambda each: each[0], default=(0.0, box))
        if p_value <= SIGNIFICANT:
            return box
        box = wider


def _p_value(box: _BoxBounds, wider: _BoxBounds, encoded: _EncodedRows, interest: BoolArray) -> float:
    """Quasi p-value of a box against a wider one (Bryant & Lempert 2010).

    It is the probability that as many rows, drawn from the wider box, contain at least as many interesting ones.
    """
    inside = box.contains(encoded)
    rate = float(interest[wider.contains(encoded)].mean())
    return float(binomtest(int(interest[inside].sum()), int(inside.sum()), rate, alternative="greater").pvalue)


def _limits(box: _BoxBounds, encoded: _EncodedRows, interest: BoolArray) -> list[Limit]:
    """The restrictions of a box, the most significant first; an end lies halfway to the next row outside."""
    found = []
    for column in box.restricted_columns():
        p_value, words = _p_value(box, box.without_limit(column), encoded, interest), encoded.words[column]
        if words is not None:
            kept = tuple(word for code, word in enumerate(words) if float(code) not in box.cut[column])
            found.append(Limit(encoded.names[column], words=kept, p_value=p_value))
            continue
        values: NDArray[np.float64] = encoded.numbers[:, column]
        low, high = float(box.low[column]), float(box.high[column])
        below, above = values[values < low], values[values > high]
        low = (low + float(below.max())) / 2.0 if below.size else -np.inf
        high = (high + float(above.min())) / 2.0 if above.size else np.inf
        found.append(Limit(encoded.names[column], low, high, None, p_value))
    return sorted(found, key=lambda limit: (limit.p_value, limit.factor))
