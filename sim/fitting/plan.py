"""What a history of this length and these respondents can tell, before anything is fitted, and what would add to it.

Histories of the reference table are fitted as if they were observed. How much their posteriors shrink, which parameters stay tied
to each other, and how much more a further column or further rows would shrink them, needs no run of its own. Plans read
histories without networks, which adds little and takes long; a fit may tell a little more than its plan.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from sim.analysis.wording import join_words
from sim.fitting.checks import NOTICEABLE, contractions, correlations
from sim.fitting.posterior import EVIDENCE, adjust, leave_out, spread_rows
from sim.fitting.summaries import in_one_thread, learn_summaries
from sim.fitting.table import Observed, ReferenceTable, observe
from sim.model.kernel.array_types import BoolArray, FloatArray

TIED = 0.8
"""A correlation in the posterior from which on two parameters cannot be told apart."""

_WORTH_SAYING = 0.03
"""Contraction that more data must add to some parameter for that to be called more."""

_FITTED = 150
_NOISE = 20_260_601


@dataclass(frozen=True)
class More:
    """What more data would do.

    Attributes:
        what: The column, or the number of rows.
        contraction: Parameter -> median contraction with it.
    """

    what: str
    contraction: Mapping[str, float]

    @property
    def average(self) -> float:
        """Mean contraction over parameters."""
        return float(np.mean(list(self.contraction.values()))) if self.contraction else 0.0


@dataclass(frozen=True)
class Plan:
    """What could be learned.

    Attributes:
        names: Parameters that would be fitted.
        contraction: Parameter -> by what share its standard deviation would shrink, in the median history.
        tied: Pairs of parameters that cannot be told apart, with the correlation of their draws.
        columns: What each further column would do, the most useful first.
        rows: What further rows would do; ``None`` if the table has none.
    """

    names: tuple[str, ...]
    contraction: Mapping[str, float]
    tied: tuple[tuple[str, str, float], ...] = ()
    columns: tuple[More, ...] = ()
    rows: More | None = None
    history: str = field(default="A history like yours")

    @property
    def lines(self) -> tuple[str, ...]:
        """The plan in words."""
        learned = sorted(
            (name for name in self.names if self.contraction[name] >= NOTICEABLE),
            key=lambda name: -self.contraction[name],
        )
        silent = [name for name in self.names if name not in learned]
        lines = []
        if learned:
            lines.append(f"{self.history} would tell (by how much less each would be unknown):")
            lines += [f"  {name}: {_percent(self.contraction[name])}" for name in learned]
        if silent:
            start = "It cannot tell" if learned else f"{self.history} cannot tell"
            lines.append(f"{start} anything about {join_words(silent, 'or')}.")
        lines += [
            f"{first} and {second} cannot be told apart: only their {'balance' if value > 0 else 'sum'} shows "
            f"(correlation {value:.2f})."
            for first, second, value in self.tied
        ]
        return (*lines, *self.next_steps)

    @property
    def next_steps(self) -> tuple[str, ...]:
        """What more data would add, in words: columns first, the most useful before the others."""
        now = More("", self.contraction)
        useless = [more.what.replace("_", " ") for more in self.columns if _most(more, now)[1] < _WORTH_SAYING]
        lines = [
            _describe_more(f"With {more.what.replace('_', ' ')} as one more column", more, now)
            for more in self.columns
            if more.what.replace("_", " ") not in useless
        ]
        if self.rows is not None:
            lines.append(_describe_more(f"With {self.rows.what} more rows", self.rows, now))
        if useless:
            lines.append(f"With {join_words(useless, 'or')} as one more column nothing more would be learned.")
        return tuple(lines)

    def as_json(self) -> dict[str, Any]:
        """All of it as JSON."""
        return {
            "contraction": dict(self.contraction),
            "cannot_be_told_apart": [
                {"parameters": [first, second], "correlation": value} for first, second, value in self.tied
            ],
            "one_more_column": {more.what: dict(more.contraction) for more in self.columns},
            "more_rows": None if self.rows is None else {"rows": int(self.rows.what), **dict(self.rows.contraction)},
        }


def _percent(share: float) -> str:
    return f"{100.0 * max(share, 0.0):.0f} %"


def _most(more: More, now: More) -> tuple[str, float]:
    """The parameter of which most is added, and how much."""
    gains = {name: more.contraction[name] - now.contraction[name] for name in now.contraction}
    largest = max(gains, key=lambda name: gains[name])
    return largest, gains[largest]


def _describe_more(start: str, more: More, now: More) -> str:
    """What more data add, in a sentence."""
    largest, gain = _most(more, now)
    if gain < _WORTH_SAYING:
        return f"{start} nothing more would be learned."
    return (
        f"{start} the unknown would shrink by {_percent(more.average)} on average instead of {_percent(now.average)}; most for "
        f"{largest} ({_percent(more.contraction[largest])} instead of {_percent(now.contraction[largest])})."
    )


@in_one_thread
def plan_fit(table: ReferenceTable, observed: Observed, seed: int) -> Plan:
    """Plan a fit.

    Args:
        table: The reference table, perhaps with more columns and rows than the history.
        observed: The history in the form of the table: columns and last rows that it does not have are missing throughout.
        seed: Of sampling errors.

    Raises:
        ScenarioError: If scikit-learn is not installed.
    """
    has = np.isfinite(observed.values)
    if not has.any():  # no history yet: everything that the table has
        has = np.isfinite(table.expected).mean(axis=0) > 0.5
    columns, rows = has.any(axis=0), has.any(axis=1)
    now, ties = _expect(table, observed, has, seed)
    more = []
    for column in np.flatnonzero(~columns):
        wider = has.copy()
        wider[rows, column] = True
        more.append(More(table.columns[column], _expect(table, observed, wider, seed)[0]))
    last = int(np.flatnonzero(rows)[-1])
    later = len(observed.rows) - last - 1
    longer = None
    if later:
        wider = has.copy()
        wider[last + 1 :, columns] = True
        longer = More(str(later), _expect(table, observed, wider, seed)[0])
    more.sort(key=lambda each: -each.average)
    asked = observed.respondents[has]
    people = f" answered by {np.median(asked[np.isfinite(asked)]):.0f} people" if np.isfinite(asked).any() else ""
    history = f"A history of {int(rows.sum())} rows and {int(columns.sum())} columns{people}"
    return Plan(table.priors.names, now, ties, tuple(more), longer, history)


def _expect(
    table: ReferenceTable, observed: Observed, cells: BoolArray, seed: int
) -> tuple[dict[str, float], tuple[tuple[str, str, float], ...]]:
    """Median contractions, and pairs that stay tied, for histories with these cells."""
    layout = replace(observed, values=np.where(cells, 0.5, np.nan))
    simulated = observe(table.expected, layout, np.random.default_rng([seed, _NOISE]))
    summaries = learn_summaries(table, simulated, layout, seed, networks=False)
    readable = summaries.evidence > EVIDENCE
    names = table.priors.names
    shrunk, together = [], []
    for row in spread_rows(len(table.unit), _FITTED):
        draws, weights, _ = adjust(*leave_out(table.unit, summaries, int(row)), readable)
        shrunk.append(contractions(draws, weights))
        together.append(correlations(draws, weights))
    middle: FloatArray = np.median(together, axis=0)
    tied = tuple(
        (names[first], names[second], float(middle[first, second]))
        for first in range(len(names))
        for second in range(first + 1, len(names))
        if abs(middle[first, second]) >= TIED
    )
    found = np.median(shrunk, axis=0) * readable
    return dict(zip(names, map(float, found), strict=True)), tied
