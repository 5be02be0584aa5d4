"""Published cases that set no parameter: how many the model shows, the misses first, and by how much they miss.

A case is a group of facts (``facts/cases.toml``). It holds if all of its rows hold, and fails if one of them fails.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, isfinite, isnan, nan

from sim.evidence.scoring import Row, Verdict

PATTERN_ORIENTED = "pattern-oriented"
"""Group of the rows that are no case: what the cases leave of the prior."""

_WORST_FIRST = (Verdict.FAILS, Verdict.INCONCLUSIVE, Verdict.HOLDS)


@dataclass(frozen=True, slots=True)
class CaseResult:
    """A case with its rows.

    Attributes:
        name: Group of its facts.
        verdict: Fails if one row fails; holds if all hold; else inconclusive.
        rows: Its rows, the farthest off first.
    """

    name: str
    verdict: Verdict
    rows: tuple[Row, ...]


def is_case(row: Row) -> bool:
    """Whether a row belongs to a published case."""
    return row.fact.measure.startswith("cases.") and _group(row) != PATTERN_ORIENTED


def miss(row: Row) -> float:
    """How far the measured value lies outside its band, in units of the tolerance; 0 inside, missing without a value.

    The tolerance is half of the band. Where the source gives only one side, it is half of the measured 95 % interval.
    """
    found, fact = row.measurement, row.fact
    if found is None or not isfinite(found.value):
        return nan
    outside = max(fact.low - found.value, found.value - fact.high, 0.0)
    half = (fact.high - fact.low) / 2.0
    unit = half if isfinite(half) else (found.high - found.low) / 2.0
    return 0.0 if outside == 0.0 else outside / unit if unit > 0.0 else inf


def summarize_cases(rows: Sequence[Row]) -> list[CaseResult]:
    """The cases among these rows: those that fail first, then by how far they miss."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        if is_case(row):
            groups.setdefault(_group(row), []).append(row)
    results = []
    for name, group in groups.items():
        verdicts = {row.verdict for row in group}
        verdict = next(each for each in _WORST_FIRST if each in verdicts)
        results.append(CaseResult(name, verdict, tuple(sorted(group, key=_off))))
    return sorted(results, key=lambda each: (_WORST_FIRST.index(each.verdict), _off(each.rows[0])))


def count_line(results: Sequence[CaseResult]) -> str:
    """How many cases hold, in a sentence."""
    counts = {verdict: sum(each.verdict is verdict for each in results) for verdict in _WORST_FIRST}
    return (
        f"Cases that set no parameter: {counts[Verdict.HOLDS]} of {len(results)} hold, {counts[Verdict.FAILS]} fail, "
        f"{counts[Verdict.INCONCLUSIVE]} inconclusive"
    )


def render_cases(rows: Sequence[Row]) -> list[str]:
    """The cases as lines of Markdown; nothing without cases."""
    results = summarize_cases(rows)
    if not results:
        return []
    lines = ["", "## Cases that set no parameter", "", f"{count_line(results)}.", ""]
    lines += [
        "Published studies, mirrored on organizations drawn from the priors, one a draw. *Off by* is the distance to the band in "
        "units of the tolerance (of half the measured interval, where the source gives one side only). Rows marked c helped "
        "to set a parameter. Only differences are compared, and most cases are hospitals.",
        "",
        "| case | verdict | row | published | measured | 95 % interval | off by |",
        f"|{'---|' * 7}",
    ]
    lines += [_line(result, row) for result in results for row in result.rows]
    lines += _pattern_oriented(rows)
    return lines


def _line(result: CaseResult, row: Row) -> str:
    found = row.measurement
    measured = "" if found is None else f"{found.value:.3g}"
    interval = "" if found is None else f"{found.low:.3g} to {found.high:.3g}"
    calibrated = " c" if row.fact.calibrated else ""
    cells = (
        f"`{result.name}`",
        f"{result.verdict}",
        f"{row.fact.claim}{calibrated} ({row.verdict})",
        row.fact.band,
        measured,
        interval,
        "" if found is None else f"{miss(row):.1f}",
    )
    return f"| {' | '.join(cells)} |"


def _pattern_oriented(rows: Sequence[Row]) -> list[str]:
    """What the cases leave of the prior, in a sentence; nothing if it was not scored."""
    shares = {
        row.fact.id.split("/")[1]: row.measurement
        for row in rows
        if _group(row) == PATTERN_ORIENTED and row.measurement is not None
    }
    if set(shares) != {"prior", "posterior", "passed"}:
        return []
    prior, left = shares["prior"], shares["posterior"]
    return [
        "",
        f"Value-driven change holds two years on in {prior.value:.0%} of {prior.runs} organizations drawn from the priors "
        f"({prior.low:.0%} to {prior.high:.0%}), and in {left.value:.0%} of the {left.runs} that pass most of the cases "
        f"({left.low:.0%} to {left.high:.0%}). These pass {shares['passed'].value:.1f} cases on average.",
    ]


def _group(row: Row) -> str:
    return row.fact.id.split("/")[0]


def _off(row: Row) -> float:
    """Sorts the farthest miss first; a row without a value comes first of all."""
    distance = miss(row)
    return -inf if isnan(distance) else -distance
