"""How measures are written for people: in per cent, points, weeks and money, each with its interval."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from sim.analysis.metrics import METRICS
from sim.analysis.wording import Entry, magnitude, percent_figures, without_sign_of_zero
from sim.lab.missing_values import SponsorshipSummary, reason_for_missing_interval, reason_for_missing_value

DASH = "–"
"""Shown in place of a missing value."""

_CLOSE = 0.05
"""Width of an interval, as part of the amount, below which an amount deserves a fourth figure."""


_MOST_FIGURES = 10_000.0
"""An amount of money is not written with so many times its size."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A column for people.

    Attributes:
        name: Key in ``summary.json``.
        heading: What people call it.
    """

    name: str
    heading: str


KEY_MEASURES = (
    Measure("reach", "reach at end"),
    Measure("lift_at_end", "lift at end"),
    Measure("lift_later", "lift two years later"),
    Measure("enacted_change", "lift in last year"),
    Measure("retention_change", "retention change"),
    Measure("satisfaction_change", "satisfaction change"),
    Measure("cost", "cost, not discounted"),
    Measure("net_present_value", "net present value"),
    Measure("probability_best", "probability best"),
)
"""Columns of the first table; the rest is in the report."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One measure of one policy in words.

    Attributes:
        value: The value with its unit; a dash where there is none.
        interval: Its 95 % limits; empty where there are none.
        reason: Why the value or the interval is missing; empty where both are there.
        word: What to say in place of a missing value where there is room for it.
    """

    value: str
    interval: str = ""
    reason: str = ""
    word: str = "not defined"

    @property
    def missing(self) -> bool:
        """Whether there is no value."""
        return self.value == DASH

    def __str__(self) -> str:
        return f"{self.value} ({self.interval})" if self.interval else self.value


def unit_of(measure: str, objective: str, currency: str) -> str:
    """Unit that the values of a measure are written in."""
    if measure == "max_regret":
        if objective not in METRICS:
            return ""
        unit = METRICS[objective].written_in
        return currency if unit == "currency" else "points" if unit == "%" else unit
    unit = METRICS[measure].written_in
    return currency if unit == "currency" else unit


def format_cell(
    measure: str,
    entry: Entry,
    sponsorship: SponsorshipSummary,
    objective: str,
    currency: str,
    beside: Sequence[Entry] = (),
) -> Cell:
    """A measure in words.

    Args:
        measure: Key in ``summary.json``.
        entry: What stands there.
        sponsorship: How the policy's sponsorship went, for the reason of a missing value.
        objective: Measure that policies are chosen by.
        currency: The scenario's.
        beside: Entries that stand beside it, of the same measure: all amounts of money are counted in the same size.
    """
    center = entry.get("mean", entry.get("median"))
    low, high = entry["low"], entry["high"]
    if center is None:
        word = "not known" if sponsorship.done == 0 else "not reached" if entry.get("censored") else "not defined"
        return Cell(DASH, reason=reason_for_missing_value(measure, sponsorship, entry), word=word)
    write = _writer(unit_of(measure, objective, currency), measure, _values([entry]), _values([entry, *beside]))
    if center == low == high == 0.0:
        return Cell("0")
    if low is None or high is None:
        half_life = "median" in entry
        return Cell(write(center), reason="" if half_life else reason_for_missing_interval(sponsorship))
    same = write(low) == write(center) == write(high)
    return Cell(write(center), "" if same else f"{write(low)} to {write(high)}")


def _values(entries: Sequence[Entry]) -> list[float]:
    """All numbers of some entries."""
    return [
        value for entry in entries for end in ("mean", "median", "low", "high") if (value := entry.get(end)) is not None
    ]


def _writer(unit: str, measure: str, values: Sequence[float], beside: Sequence[float]) -> Callable[[float], str]:
    """How to write the numbers of one cell, all with the same step and the same number of decimals.

    Args:
        unit: Unit of the measure.
        measure: Its name.
        values: The numbers of the cell.
        beside: Those and the numbers of cells beside it, which money is counted like.
    """
    metric = METRICS[measure]
    if unit == "%":
        return lambda value: percent_figures(value, metric.decimals)
    largest = max(abs(value) for value in values)
    if unit == "points":
        places = _decimals(100.0 * largest)
        sign = "+" if metric.against_twin else ""
        return lambda value: without_sign_of_zero(f"{100.0 * value:{sign}.{places}f}")
    if unit == "point-years":
        return lambda value: without_sign_of_zero(f"{value:,.0f}")
    if unit == "weeks":
        return lambda value: without_sign_of_zero(f"{value:.0f}")
    most = max(abs(value) for value in beside)
    size, _, letters = magnitude(most)
    if len(beside) > len(values):  # in the size of most of them, unless the largest would have too many figures
        usual = magnitude(median([abs(value) for value in beside if value] or [0.0]))
        size, _, letters = usual if most < _MOST_FIGURES * usual.size else magnitude(most)
    places = _decimals(most / size)
    if most >= 100.0 * size and max(values) - min(values) < _CLOSE * largest:
        places += 1  # three figures would show two policies that surely differ as one
    sign = "+" if metric.against_twin else ""
    return lambda value: f"{without_sign_of_zero(f'{value / size:{sign}.{places}f}')}{letters}"


def _decimals(largest: float) -> int:
    """Decimals that leave two to three figures."""
    return 0 if largest >= 100.0 else 1 if largest >= 1.0 else 2


def format_cells(
    summary: Mapping[str, object],
    entries: Mapping[str, Mapping[str, Entry]],
    sponsorship: Mapping[str, SponsorshipSummary],
) -> dict[str, dict[str, Cell]]:
    """Every measure of every policy in words: policy -> measure -> cell."""
    objective, currency = str(summary["objective"]), str(summary.get("currency", ""))
    beside = {name: [measures[name] for measures in entries.values()] for name in METRICS}
    return {
        policy: {
            name: format_cell(name, entry, sponsorship[policy], objective, currency, beside[name])
            for name, entry in measures.items()
        }
        for policy, measures in entries.items()
    }


def heading_with_unit(measure: Measure, objective: str, currency: str) -> str:
    """``lift at end, points``."""
    unit = unit_of(measure.name, objective, currency)
    return f"{measure.heading}, {unit}" if unit else measure.heading
