"""Does the model reach the history at all? Conflicts are told, not fitted away.

A history is compared with those of the reference table (Box 1980, Journal of the Royal Statistical Society A 143:383): each
column by its change from the first rows to the last, by its level, and by its course; and all cells together by how far they
are from what the model makes anywhere, from what it makes where the posterior is, and from the nearest of its histories; and by
how much of a trend, or of a jump, in one column would have to be added to a history of the model to make this one (generalized
least squares: what the other columns let expect of this one is taken off first). The largest of these distances, each in units
of what is usual, is as surprising as it is rare among histories that the model made itself: a p-value that holds whatever the
shape of things (conformal: Vovk, Gammerman & Shafer 2005; of several distances: Westfall & Young 1993). So of histories that the
model did make, at most :data:`FALSE_ALARMS` are called a conflict.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from sim.fitting.posterior import Basis, Posterior, kernel_weights, move
from sim.fitting.summaries import principal_axes
from sim.fitting.table import COUNT, MEAN, MONEY, NET_PROMOTER, SHARE, Observed
from sim.model.kernel.array_types import BoolArray, FloatArray

FALSE_ALARMS = 0.04
"""Share of the model's own histories that are called a conflict."""

_OF_COLUMNS = 0.01
"""The part of it for single columns; the rest is for all cells together, half for what may have been added to a column."""

_TOGETHER = FALSE_ALARMS - _OF_COLUMNS

_NEIGHBORS = 10
"""Nearest histories of the model from which a history is looked at."""

_COMPONENTS = 10
"""Leading principal components of histories in which neighbors are near."""

_FANS = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)
_JUMPS = (0.25, 0.5, 0.75)
"""After which share of a column's rows something may have jumped."""

_DISTANCES = 3
"""Distances of all cells together; those of additions follow them."""

_NEAREST = 0.5
_SHRINKAGE = 1e-3


@dataclass(frozen=True)
class Conflict:
    """What the model cannot reach.

    Attributes:
        column: The column; empty if it is all columns together.
        what: One sentence.
    """

    column: str
    what: str


@dataclass(frozen=True)
class Fans:
    """What the model makes of the cells of a history, sampling error included: quantiles (quantiles, rows, columns).

    Attributes:
        shares: Which quantiles.
        prior, posterior: Before and after the fit; NaN where the model has no value.
    """

    shares: tuple[float, ...]
    prior: FloatArray
    posterior: FloatArray


def posterior_fans(observed: Observed, posterior: Posterior) -> Fans:
    """Quantiles of every cell over all draws, and over the draws of the posterior moved to the observed history."""
    basis, rows = posterior.basis, posterior.predicted_rows
    draws, rows_of_history, columns = basis.simulated.shape
    flat = basis.simulated.reshape(draws, -1)
    shape = (len(_FANS), rows_of_history, columns)
    prior, after = np.full((len(_FANS), flat.shape[1]), np.nan), np.full((len(_FANS), flat.shape[1]), np.nan)
    known = np.flatnonzero(np.isfinite(flat).all(axis=0))
    if known.size:
        prior[:, known] = np.quantile(flat[:, known], _FANS, axis=0)
        cells = flat[np.ix_(rows, known)]
        if basis.readable.any():
            near = basis.summaries.distance(observed.values)[np.ix_(rows, basis.readable)]
            cells = np.clip(move(cells, near, posterior.weights), cells.min(axis=0), cells.max(axis=0))
        after[:, known] = np.quantile(cells, _FANS, axis=0, weights=posterior.weights, method="inverted_cdf")
    return Fans(_FANS, prior.reshape(shape), after.reshape(shape))


@dataclass(frozen=True)
class Reach:
    """What the model reaches: how far its own histories are from what it makes elsewhere.

    Attributes:
        basis: What the posterior was made from.
        standard: (draws, features) the table's histories, standardized.
        inverse: Inverse of their covariance.
        leading: (draws, components) their leading principal components, each with a standard deviation of 1.
        axes: (features, components) make components of standardized histories.
        additions: What might have been added to a history of the model.
        known: (known histories,) the largest distance of each, ordered.
        usual: (distances,) what 98.5 % of each distance are within: of all cells from all histories, of all cells from what near
            histories make of them, from the nearest histories, and the size of each addition.
        usual_of_kinds: (2,) the same of the largest of the first three, and of the largest of the others.
    """

    basis: Basis
    standard: FloatArray
    inverse: FloatArray
    leading: FloatArray
    axes: FloatArray
    additions: tuple[_Addition, ...]
    known: FloatArray
    usual: FloatArray
    usual_of_kinds: FloatArray

    @classmethod
    def of(cls, basis: Basis) -> Reach:
        """Work out the distances of the known histories, each among the draws of its own fold."""
        summaries = basis.summaries
        standard = summaries.features(basis.simulated)
        nothing = np.zeros((0, 0))
        if not standard.shape[1]:
            return cls(basis, standard, nothing, nothing, nothing, (), np.zeros(0), np.ones(3), np.ones(2))
        inverse = _inverse(standard, np.full(len(standard), 1.0 / len(standard)))
        features = summaries.features
        additions = _additions(features.used.reshape(basis.simulated.shape[1:]), features.scale, inverse)
        axes = principal_axes(standard, _COMPONENTS)
        ones = np.ones(_DISTANCES + len(additions))
        made = cls(basis, standard, inverse, standard @ axes, axes, additions, np.zeros(0), ones, np.ones(2))
        found = np.empty((len(basis.known.rows), len(ones)))
        for place, row in enumerate(basis.known.rows):
            others = summaries.folds == summaries.folds[row]
            others[row] = False
            away = summaries.simulated[others] - summaries.simulated[row]
            found[place] = made._distances(standard[row], others, away)
        share = 1.0 - _TOGETHER / 2.0
        made = replace(made, usual=np.maximum(np.quantile(found, share, axis=0), 1e-12))
        kinds = made._kinds(found)
        made = replace(made, usual_of_kinds=np.maximum(np.quantile(kinds, share, axis=0), 1e-12))
        return replace(made, known=np.sort((kinds / made.usual_of_kinds).max(axis=1)))

    def _distances(self, own: FloatArray, among: BoolArray, away: FloatArray) -> FloatArray:
        """All distances of a history from draws of the table whose summaries differ from its own by ``away``."""
        nearby = _away_from_near(self.standard[among], away[:, self.basis.readable], own)
        squared = ((self.leading[among] - own @ self.axes) ** 2).sum(axis=1)
        number = min(_NEIGHBORS, len(squared))
        apart = float(np.sqrt(np.partition(squared, number - 1)[:number].mean()))
        added = [abs(each.size(own)) / each.error for each in self.additions]
        return np.array([_length(own[None], self.inverse)[0], nearby, apart, *added])

    def _kinds(self, distances: FloatArray) -> FloatArray:
        """The largest distance of each kind (..., 2), each in units of what is usual: of all cells, and of additions."""
        units = distances / self.usual
        whole = units[..., :_DISTANCES].max(axis=-1)
        return np.stack([whole, units[..., _DISTANCES:].max(axis=-1, initial=0.0)], axis=-1)

    def judge(self, history: FloatArray) -> tuple[float, _Addition | None, float]:
        """How surprising a history (rows, columns) is, all cells together.

        Returns:
            P-value among the known histories; what must have been added if that is what is unusual; and its size.
        """
        if not self.standard.shape[1]:
            return 1.0, None, 0.0
        summaries = self.basis.summaries
        own = summaries.features(history[None])[0]
        fold = summaries.folds == 0  # one fold, as for the known histories
        distances = self._distances(own, fold, summaries.distance(history)[fold])
        whole, adding = self._kinds(distances) / self.usual_of_kinds
        rarer = len(self.known) - int(np.searchsorted(self.known, max(whole, adding), side="left"))
        added = None
        if adding > 1.0:
            added = self.additions[int((distances / self.usual)[_DISTANCES:].argmax())]
        return (1 + rarer) / (1 + len(self.known)), added, 0.0 if added is None else added.size(own)

    def surprise(self, history: FloatArray) -> float:
        """P-value of a history (rows, columns), all cells together, among the known histories."""
        return self.judge(history)[0]


@dataclass(frozen=True)
class _Addition:
    """Something that might have been added to one column of a history.

    Attributes:
        column: Which column.
        begins: The row in which a jump begins; ``None`` for a trend from the first row to the last.
        weights: (features,) make the size of it, in the unit of the column, of a standardized history.
        error: Standard deviation of that size over histories to which nothing was added.
    """

    column: int
    begins: int | None
    weights: FloatArray
    error: float

    def size(self, own: FloatArray) -> float:
        """The size that generalized least squares find in a standardized history (features,)."""
        return float(own @ self.weights)


def _additions(used: BoolArray, scale: FloatArray, inverse: FloatArray) -> tuple[_Addition, ...]:
    """A trend in each column that has more than one row, and jumps after a quarter, half and three quarters of its rows.

    Args:
        used: (rows, columns) the cells that are features.
        scale: (features,) their standard deviations.
        inverse: (features, features) of the covariance of standardized histories.
    """
    places = np.cumsum(used.ravel()).reshape(used.shape) - 1
    found = []
    for column in range(used.shape[1]):
        rows = np.flatnonzero(used[:, column])
        if len(rows) < 2:
            continue
        starts = sorted({round(len(rows) * share) for share in _JUMPS} - {0, len(rows)}) if len(rows) > 2 else []
        for start in (None, *starts):
            form = (rows - rows[0]) / (rows[-1] - rows[0]) if start is None else (np.arange(len(rows)) >= start) * 1.0
            direction = np.zeros(len(scale))
            direction[places[rows, column]] = form
            direction = direction / scale
            information = float(direction @ inverse @ direction)
            begins = None if start is None else int(rows[start])
            found.append(_Addition(column, begins, inverse @ direction / information, information**-0.5))
    return tuple(found)


def find_conflicts(observed: Observed, reach: Reach) -> tuple[list[Conflict], float]:
    """What the model cannot reach, and how surprising all cells together are: a p-value.

    Args:
        observed: The history.
        reach: What the model reaches.
    """
    found = _column_conflicts(observed, reach.basis)
    surprise, added, size = reach.judge(observed.values)
    if surprise <= _TOGETHER:
        known = len(reach.basis.known.rows)
        share = f"none of {known:,}" if surprise * (known + 1) <= 1.5 else f"only {100.0 * surprise:.1g} % of the"
        rest = (
            f"{share} histories that the model makes are as unusual. "
            "Something happened that the policy file does not say, or a rule of the model does not hold for you."
        )
        if added is None:
            found.append(Conflict("", f"Your columns do not go together as the model's do: {rest}"))
        elif observed.columns[added.column] not in [each.column for each in found]:
            found.append(Conflict(observed.columns[added.column], f"{_added_in_words(observed, added, size)}: {rest}"))
    return found, surprise


def _added_in_words(observed: Observed, added: _Addition, size: float) -> str:
    """What must have been added to a history of the model, in words."""
    name, kind = observed.columns[added.column].replace("_", " "), observed.kinds[added.column]
    much, verb = _change(abs(size), kind), "rises" if size >= 0.0 else "falls"
    when = "from its first row to its last" if added.begins is None else f"from {observed.rows[added.begins]} on"
    return f"Your {name} {verb} by about {much} {when} that the model does not make of your other columns"


def _away_from_near(standard: FloatArray, away: FloatArray, own: FloatArray) -> float:
    """How far a history is from what near draws make of it, by what is left of them after moving them to it."""
    if not away.shape[1]:
        return 1.0
    weights = kernel_weights(away, _NEAREST)
    rows = np.flatnonzero(weights)
    weights = weights[rows] / weights[rows].sum()
    moved = move(standard[rows], away[rows], weights)
    return float(_length((own - weights @ moved)[None], _inverse(moved, weights))[0])


def _inverse(standard: FloatArray, weights: FloatArray) -> FloatArray:
    """Inverse of a weighted covariance of features, shrunk a little so that it has one."""
    away = standard - weights @ standard
    covariance = (away * weights[:, None]).T @ away
    size = np.trace(covariance) / len(covariance)
    return np.asarray(np.linalg.inv(covariance + (_SHRINKAGE * size + 1e-12) * np.eye(len(covariance))))


def _length(away: FloatArray, inverse: FloatArray) -> FloatArray:
    return np.asarray(np.sqrt(np.einsum("hf,fg,hg->h", away, inverse, away)))


@dataclass(frozen=True)
class _Aspect:
    """One thing about a column: of the table's histories, and of the observed one; how far from usual."""

    name: str
    values: FloatArray
    own: float

    def distances(self) -> tuple[FloatArray, float]:
        """Distances from the median, in units of how far 95 % on the same side are."""
        low, middle, high = np.quantile(self.values, (0.025, 0.5, 0.975))
        size = max(1e-9, 1e-6 * abs(float(middle)))

        def of(values: FloatArray) -> FloatArray:
            up = (values - middle) / max(float(high - middle), size)
            down = (middle - values) / max(float(middle - low), size)
            return np.asarray(np.maximum(up, down))

        return of(self.values), float(of(np.array([self.own]))[0])


def _column_conflicts(observed: Observed, basis: Basis) -> list[Conflict]:
    """Columns that the model does not reach, each with the first aspect in which it does not."""
    aspects = [
        (column, aspect) for column in range(len(observed.columns)) for aspect in _aspects(observed, basis, column)
    ]
    if not aspects:
        return []
    pairs = [aspect.distances() for _, aspect in aspects]
    largest = np.max([distances for distances, _ in pairs], axis=0)
    limit = float(np.quantile(largest, 1.0 - _OF_COLUMNS, method="higher"))
    found = []
    for column in range(len(observed.columns)):
        own = [(pair[1], aspect) for (at, aspect), pair in zip(aspects, pairs, strict=True) if at == column]
        if own:
            beyond = [aspect for distance, aspect in own if distance > limit]
            if beyond:  # what is easiest to understand
                found.append(Conflict(observed.columns[column], _in_words(observed, column, beyond[0])))
    return found


def _aspects(observed: Observed, basis: Basis, column: int) -> list[_Aspect]:
    """Change, level and course of a column; what stays the same in all histories is no aspect."""
    values = basis.simulated[:, :, column]
    rows = np.flatnonzero(np.isfinite(observed.values[:, column]) & (np.isfinite(values).mean(axis=0) > 0.5))
    if not rows.size:
        return []
    values = values[:, rows]
    middle = np.nanmean(values, axis=0)
    values = np.where(np.isfinite(values), values, middle)
    own = observed.values[rows, column]
    ends = _ends(len(rows))
    found = []
    if len(rows) > 1:
        rise = values[:, -ends:].mean(axis=1) - values[:, :ends].mean(axis=1)
        found.append(_Aspect("change", rise, float(own[-ends:].mean() - own[:ends].mean())))
    found.append(_Aspect("level", values.mean(axis=1), float(own.mean())))
    if len(rows) > 2:
        spread = np.maximum(values.std(axis=0), 1e-12)
        standard = (values - middle) / spread
        inverse = _inverse(standard, np.full(len(standard), 1.0 / len(standard)))
        course = _length(standard, inverse)
        found.append(_Aspect("course", course, float(_length(((own - middle) / spread)[None], inverse)[0])))
    return [each for each in found if float(np.ptp(each.values)) > 0.0]


def _ends(rows: int) -> int:
    """How many rows count as the first ones, and as the last ones."""
    return max(rows // 3, 1)


def _in_words(observed: Observed, column: int, aspect: _Aspect) -> str:
    name, kind = observed.columns[column].replace("_", " "), observed.kinds[column]
    low, high = (float(each) for each in np.quantile(aspect.values, (0.025, 0.975)))
    least, most = float(aspect.values.min()), float(aspect.values.max())
    in_none = not least <= aspect.own <= most
    if aspect.name == "course":
        return f"Your {name} takes a course from row to row that {'none' if in_none else 'hardly any'} of the model's takes."
    if aspect.name == "level":
        unit = "" if kind in (SHARE, MEAN) else " on average"
        where = f"Your {name} is {_number(aspect.own, kind)}{unit}"
        rest = f"in 95 % of the model's histories it is {_number(low, kind)} to {_number(high, kind)}"
        return f"{where}; {rest}" + (", in none as far out as yours." if in_none else ".")
    ends = _ends(int(np.isfinite(observed.values[:, column]).sum()))
    rows = "the first row to the last" if ends == 1 else f"its first {ends} rows to its last {ends}"
    verb = "rises" if aspect.own >= 0.0 else "falls"
    own = f"Your {name} {verb} by {_change(abs(aspect.own), kind)} from {rows}"
    if in_none:
        reach = most if aspect.own >= 0.0 else -least
        if reach <= 0.0:
            return f"{own}; in no draw does the model's {verb.removesuffix('s')} at all."
        return f"{own}; in no draw does the model's {verb.removesuffix('s')} by more than {_change(reach, kind)}."
    return f"{own}; in 95 % of the model's histories it changes by {_change(low, kind, True)} to {_change(high, kind, True)}."


def _number(value: float, kind: str) -> str:
    if kind in (SHARE, MEAN):
        return f"{value:.2f}" if kind == MEAN else f"{100.0 * value:.0f} %"
    if kind == NET_PROMOTER:
        return f"{value:.0f}"
    return f"{value:,.3g}" if kind in (COUNT, MONEY) and abs(value) < 1000.0 else f"{value:,.0f}"


def _change(value: float, kind: str, signed: bool = False) -> str:
    sign = "+" if signed and value > 0.0 else ""
    if kind in (SHARE, MEAN):
        return f"{sign}{100.0 * value:.1f} points"
    if kind == NET_PROMOTER:
        return f"{sign}{value:.0f} points"
    return sign + _number(value, kind)
