"""Scored facts for people (a plain table) and for programs (JSON without NaN)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from math import isfinite
from statistics import median
from typing import Any

from sim.evidence.cases import count_line, render_cases, summarize_cases
from sim.evidence.claims import load_claims, load_texts
from sim.evidence.design import STRONG, Movers
from sim.evidence.fact import Fact, Kind
from sim.evidence.measurement import Measurement
from sim.evidence.scoring import LEVEL_OF_A_LOOK, LOOKS, NOT_MEASURED, PATIENCE, Row, Verdict
from sim.lab.evidence_settings import evidence_settings
from sim.model.kernel.parameters import Tier

_MOST, _HALF = 0.9, 0.5
_NAMED = 5  # parameters named for each headline

_HEADINGS = ("id", "tier", "kind", "target", "measured", "95 % interval", "verdict", "holds over", "text and claim")
_MOVER_HEADINGS = ("headline", "setting", "points", "explained", "moved by", f"tier 5, {STRONG:g} or more")
_LEGEND = (
    "tier: 1 replication, 2 experiment, 3 observation, 4 survey, 5 conjecture (not validated by holding); "
    "c: its source set a parameter, so it validates nothing\n"
    "kind: emergent, an outcome of an organization that could have come out otherwise; instrument, a check of a formula, or of a "
    "sign that was put in; replication, a model that others published or fitted\n"
    f"95 % interval: for all looks together; a full run looks at most {LOOKS} times, each time with twice the runs and an "
    f"interval of {LEVEL_OF_A_LOOK:.1%}, and stops when it can decide, or when a fact would take more than {PATIENCE:g} seconds "
    "(unless --patience says otherwise). So inconclusive means: near the edge of the band\n"
    "holds over: share of points of the plausible ranges of all unknown parameters at which a fact came out with a minimal "
    "number of runs, with its 95 % interval; a measure that takes long is taken at every fourth point; "
    "stale: something has changed since the points were measured"
)


_MOVED = """
Standardized rank regression of a fact's value on the unknown parameters drawn at the points of its setting: by how many standard
deviations the rank of the value moves when that of the parameter moves by one. A parameter enters where it can be told from
chance (1 %); the strongest are named. The last column counts conjectures among them.
"""


def render_table(rows: Sequence[Row], movers: Sequence[Movers] = ()) -> str:
    """Plain text: one line a fact, then errors, what moves headlines, and the counts."""
    lines = _align([_HEADINGS, *(_cells(row) for row in rows)])
    lines += [f"{row.fact.id}: the measure broke down: {row.error}" for row in rows if row.error]
    if movers:
        lines += ["", *_align([_MOVER_HEADINGS, *map(_mover_cells, movers)])]
    lines += ["", summarize(rows), describe_kinds(rows), _LEGEND]
    cases = summarize_cases(rows)
    lines += [count_line(cases)] if cases else []
    return "\n".join(lines)


def render_regions(rows: Sequence[Row], movers: Sequence[Movers] = ()) -> str:
    """Plain text without verdicts: over what part of the plausible ranges facts hold, and what moves headlines."""
    chosen = [_HEADINGS.index(name) for name in ("id", "tier", "target", "holds over", "text and claim")]
    lines = _align([[line[column] for column in chosen] for line in (_HEADINGS, *(_cells(row) for row in rows))])
    if movers:
        lines += ["", *_align([_MOVER_HEADINGS, *map(_mover_cells, movers)])]
    return "\n".join([*lines, "", summarize_regions(rows), _LEGEND.rpartition("\n")[2]])


def _align(cells: Sequence[Sequence[str]]) -> list[str]:
    """Lines of a table whose first row is its head."""
    widths = [max(len(line[column]) for line in cells) for column in range(len(cells[0]))]
    lines = ["  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip() for line in cells]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return lines


def summarize(rows: Sequence[Row]) -> str:
    """Counts of the verdicts, and over what part of the plausible ranges facts hold, in a line."""
    counts = ", ".join(f"{number} {verdict}" for verdict, number in count_verdicts(rows).items())
    return f"{counts}; {summarize_regions(rows)}"


def summarize_regions(rows: Sequence[Row]) -> str:
    """Over what part of the plausible ranges facts hold, in words."""
    regions = [row.region for row in rows if row.region is not None]
    if not regions:
        waiting = any(row.no_region == NOT_MEASURED for row in rows)
        return "over the plausible ranges: " + (NOT_MEASURED if waiting else "nothing to measure")
    if len(regions) == 1:
        text = f"over the plausible ranges: at {_share(regions[0])}"
    else:
        shares = [region.value for region in regions]
        numbers = Counter(region.runs for region in regions).most_common()
        points = ", ".join(f"{number} at {points} points" for points, number in numbers)
        text = (
            f"over the plausible ranges: half of the facts hold at {median(shares):.0%} of the points or more, "
            f"{sum(share >= _MOST for share in shares)} at {_MOST:.0%} or more, "
            f"{sum(share < _HALF for share in shares)} at less than half ({points})"
        )
    stale = sorted({part for row in rows for part in row.stale})
    return text + (f"; stale: the {' and the '.join(stale)} changed since" if stale else "")


def count_verdicts(rows: Sequence[Row]) -> dict[str, int]:
    """Number of facts that hold, fail and stay inconclusive."""
    found = Counter(row.verdict for row in rows)
    return {verdict.value: found[verdict] for verdict in Verdict}


def count_kinds(rows: Sequence[Row]) -> dict[str, int]:
    """Number of facts of each kind."""
    found = Counter(row.fact.kind for row in rows)
    return {kind.value: found[kind] for kind in Kind}


def select_validating(rows: Sequence[Row]) -> list[Row]:
    """Rows whose facts can validate."""
    return [row for row in rows if can_validate(row.fact)]


def can_validate(fact: Fact) -> bool:
    """Whether a fact can validate: what emerges, from an experiment or observation that set no parameter."""
    return fact.kind is Kind.EMERGENT and fact.tier in (Tier.EXPERIMENT, Tier.OBSERVATION) and not fact.calibrated


def describe_kinds(rows: Sequence[Row]) -> str:
    """How many facts are of each kind, and what became of those that can validate."""
    kinds = ", ".join(f"{number} {kind}" for kind, number in count_kinds(rows).items())
    validating = select_validating(rows)
    verdicts = ", ".join(f"{number} {verdict}" for verdict, number in count_verdicts(validating).items())
    return f"{kinds}; {len(validating)} uncalibrated of tier 2 or 3 and emergent: {verdicts}"


def to_records(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """One flat dictionary a fact; missing and infinite numbers are None."""
    return [_record(row) for row in rows]


def render_json(rows: Sequence[Row], quick: bool = False, movers: Sequence[Movers] = ()) -> str:
    """All rows as JSON, with the counts, and what moves headlines."""
    payload = {
        "quick": quick,
        "seconds": round(sum(row.seconds for row in rows), 3),
        "counts": count_verdicts(rows),
        "kinds": count_kinds(rows),
        "validating": {"number": len(select_validating(rows)), **count_verdicts(select_validating(rows))},
        "regions": summarize_regions(rows),
        "headlines": [_mover_record(found) for found in movers],
        "facts": to_records(rows),
    }
    return json.dumps(payload, indent=2, allow_nan=False, ensure_ascii=False) + "\n"


def _cells(row: Row) -> tuple[str, ...]:
    found = row.measurement
    measured = "" if found is None else _number(found.value)
    interval = "" if found is None or not found.runs else f"{_number(found.low)} to {_number(found.high)}"
    tier = f"{int(row.fact.tier)}{' c' if row.fact.calibrated else ''}"
    claim = ": ".join(part for part in (row.fact.seed.split(":")[0], row.fact.claim) if part)
    looks = [f"{row.looks} looks"] if row.looks > 1 else []
    looks += ["out of time"] if row.out_of_time else []
    verdict = f"{row.verdict.value} ({', '.join(looks)})" if looks else row.verdict.value
    return row.fact.id, tier, row.fact.kind.value, row.fact.band, measured, interval, verdict, _region(row), claim


def _region(row: Row) -> str:
    """Where a fact holds, in words; a dash with the reason where there is no region."""
    if row.region is None:
        return f"– ({row.no_region})" if row.no_region else "–"
    return _share(row.region) + (", stale" if row.stale else "")


def _share(region: Measurement) -> str:
    return f"{region.value:.0%} ({region.low:.0%} to {region.high:.0%}) of {region.runs} points"


def _mover_cells(found: Movers) -> tuple[str, ...]:
    """Which parameters move a headline, in words."""
    named = ", ".join(f"{mover.name} {mover.coefficient:+.2f}" for mover in found.found[:_NAMED])
    explained = "" if found.reason else f"{found.explained:.0%}"
    count = "" if found.reason else str(found.conjectures)
    return found.fact.id, found.fact.setting, str(found.points), explained, found.reason or named, count


def _mover_record(found: Movers) -> dict[str, Any]:
    moved = [
        {"parameter": mover.name, "coefficient": round(mover.coefficient, 4), "tier": int(mover.tier)}
        for mover in found.found
    ]
    return {
        "id": found.fact.id,
        "points": found.points,
        "explained": _finite(found.explained),
        "moved_by": moved,
        "conjectures": found.conjectures,
        "reason": found.reason or None,
    }


def render_markdown(rows: Sequence[Row], quick: bool = False, movers: Sequence[Movers] = ()) -> str:
    """The results as Markdown: tables by text, what moves headlines, and notes on facts that do not hold."""
    lines = [
        "# Evidence",
        "",
        f"Written by `centricity evidence{' --quick' if quick else ''}`: {summarize(rows)}.",
        "",
        f"Kinds of facts: {describe_kinds(rows)}.",
        "",
        *(f"{line[0].upper()}{line[1:]}." for line in _LEGEND.split("\n")),
        "",
        *(f"Setting *{name}*: {_plain(about)}" for name, about in evidence_settings().items()),
        *render_cases(rows),
        *_by_claim(rows),
    ]
    for seed in sorted({row.fact.seed.split(":")[0] for row in rows}):
        heading = f"Text {seed}: {load_texts()[seed]}" if seed else "Replications and evidence beside the texts"
        lines += ["", f"## {heading}", ""]
        lines += [f"| {' | '.join(('fact', 'claim', 'setting', *_HEADINGS[1:-1]))} |", f"|{'---|' * 10}"]
        for row in rows:
            if row.fact.seed.split(":")[0] == seed:
                name, *cells, _ = _cells(row)
                fields = [f"`{name}`", _plain(row.fact.claim), row.fact.setting, *map(_plain, cells)]
                lines.append(f"| {' | '.join(fields)} |")
    if movers:
        lines += [
            "",
            "## What moves the headlines",
            "",
            _plain(_MOVED),
            "",
            f"| {' | '.join(_MOVER_HEADINGS)} |",
            f"|{'---|' * 6}",
        ]
        lines += [f"| `{name}` | {' | '.join(map(_plain, cells))} |" for name, *cells in map(_mover_cells, movers)]
    noted = [row for row in rows if row.verdict is not Verdict.HOLDS and (row.fact.note or row.error)]
    if noted:
        lines += ["", "## Notes on what does not hold", ""]
        lines += [f"- `{row.fact.id}` ({row.verdict}): {_plain(row.error or row.fact.note)}" for row in noted]
    return "\n".join(lines) + "\n"


def _by_claim(rows: Sequence[Row]) -> list[str]:
    """One line for each claim of the texts: what represents it in the model, and the verdicts on its facts."""
    lines = ["", "## Claim by claim", "", "| row | text | claim | in the model | holds | fails | inconclusive |"]
    lines.append(f"|{'---|' * 7}")
    for claim in load_claims():
        found = count_verdicts([row for row in rows if claim.row in row.fact.rows])
        served = ", ".join(f"`{name}`" for name in claim.served_by)
        lines.append(
            f"| {claim.row} | {claim.text} | {claim.claim} | {served} | {' | '.join(map(str, found.values()))} |"
        )
    return lines


def _plain(text: str) -> str:
    """Text made safe for a cell of a table."""
    return " ".join(text.split()).replace("|", "\\|") or "–"


def _number(value: float) -> str:
    return f"{value:.4g}" if abs(value) < 1000 or not isfinite(value) else f"{value:.1f}"


def _record(row: Row) -> dict[str, Any]:
    fact, found = row.fact, row.measurement
    return {
        "id": fact.id,
        "claim": fact.claim,
        "rows": list(fact.rows),
        "setting": fact.setting,
        "tier": int(fact.tier),
        "calibrated": fact.calibrated,
        "kind": fact.kind.value,
        "target": fact.target,
        "band_low": _finite(fact.low),
        "band_high": _finite(fact.high),
        "measure": fact.measure,
        "arguments": dict(fact.arguments),
        "measured": None if found is None else _finite(found.value),
        "low": None if found is None else _finite(found.low),
        "high": None if found is None else _finite(found.high),
        "runs": None if found is None else found.runs,
        "verdict": row.verdict.value,
        "looks": row.looks,
        "out_of_time": row.out_of_time,
        "region": None
        if row.region is None
        else {
            "share": row.region.value,
            "low": row.region.low,
            "high": row.region.high,
            "points": row.region.runs,
            "stale": list(row.stale),
        },
        "no_region": row.no_region or None,
        "source": fact.source,
        "seed": fact.seed or None,
        "note": fact.note or None,
        "seconds": round(row.seconds, 3),
        "error": row.error or None,
    }


def _finite(value: float) -> float | None:
    return value if isfinite(value) else None
