"""Scored facts for people (a plain table) and for programs (JSON without NaN)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from math import isfinite
from typing import Any

from sim.evidence.cases import count_line, render_cases, summarize_cases
from sim.evidence.claims import load_claims
from sim.evidence.fact import Kind
from sim.evidence.scoring import Row, Verdict
from sim.lab.evidence_settings import evidence_settings
from sim.model.kernel.parameters import Tier

_HEADINGS = ("id", "tier", "kind", "target", "measured", "95 % interval", "verdict", "holds over", "text and claim")
_LEGEND = (
    "tier: 1 replication, 2 experiment, 3 observation, 4 survey, 5 conjecture (not validated by holding); "
    "c: its source set a parameter, so it validates nothing\n"
    "kind: emergent, an outcome of an organization that could have come out otherwise; instrument, a check of a formula, or of a "
    "sign that was put in; replication, a model that others published or fitted\n"
    "holds over: share of points of the plausible ranges of all parameters at which "
    "a conjecture came out with a minimal number of runs, "
    "with its 95 % interval"
)


def render_table(rows: Sequence[Row]) -> str:
    """Plain text: one line a fact, then errors, then the counts."""
    cells = [_HEADINGS, *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(_HEADINGS))]
    lines = ["  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip() for line in cells]
    lines.insert(1, "  ".join("-" * width for width in widths))
    lines += [f"{row.fact.id}: the measure broke down: {row.error}" for row in rows if row.error]
    counts = count_verdicts(rows)
    lines += ["", ", ".join(f"{number} {verdict}" for verdict, number in counts.items()), describe_kinds(rows), _LEGEND]
    cases = summarize_cases(rows)
    lines += [count_line(cases)] if cases else []
    return "\n".join(lines)


def count_verdicts(rows: Sequence[Row]) -> dict[str, int]:
    """Number of facts that hold, fail and stay inconclusive."""
    found = Counter(row.verdict for row in rows)
    return {verdict.value: found[verdict] for verdict in Verdict}


def count_kinds(rows: Sequence[Row]) -> dict[str, int]:
    """Number of facts of each kind."""
    found = Counter(row.fact.kind for row in rows)
    return {kind.value: found[kind] for kind in Kind}


def select_validating(rows: Sequence[Row]) -> list[Row]:
    """Rows that can validate: what emerges, from an experiment or observation that set no parameter."""
    return [
        row
        for row in rows
        if row.fact.kind is Kind.EMERGENT
        and row.fact.tier in (Tier.EXPERIMENT, Tier.OBSERVATION)
        and not row.fact.calibrated
    ]


def describe_kinds(rows: Sequence[Row]) -> str:
    """How many facts are of each kind, and what became of those that can validate."""
    kinds = ", ".join(f"{number} {kind}" for kind, number in count_kinds(rows).items())
    validating = select_validating(rows)
    verdicts = ", ".join(f"{number} {verdict}" for verdict, number in count_verdicts(validating).items())
    return f"{kinds}; {len(validating)} uncalibrated of tier 2 or 3 and emergent: {verdicts}"


def to_records(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """One flat dictionary a fact; missing and infinite numbers are None."""
    return [_record(row) for row in rows]


def render_json(rows: Sequence[Row], quick: bool = False) -> str:
    """All rows as JSON, with the counts."""
    payload = {
        "quick": quick,
        "seconds": round(sum(row.seconds for row in rows), 3),
        "counts": count_verdicts(rows),
        "kinds": count_kinds(rows),
        "validating": {"number": len(select_validating(rows)), **count_verdicts(select_validating(rows))},
        "facts": to_records(rows),
    }
    return json.dumps(payload, indent=2, allow_nan=False, ensure_ascii=False) + "\n"


def _cells(row: Row) -> tuple[str, ...]:
    found = row.measurement
    measured = "" if found is None else _number(found.value)
    interval = "" if found is None or not found.runs else f"{_number(found.low)} to {_number(found.high)}"
    tier = f"{int(row.fact.tier)}{' c' if row.fact.calibrated else ''}"
    claim = ": ".join(part for part in (row.fact.seed.split(":")[0], row.fact.claim) if part)
    return (
        row.fact.id,
        tier,
        row.fact.kind.value,
        row.fact.band,
        measured,
        interval,
        row.verdict.value,
        _region(row),
        claim,
    )


def _region(row: Row) -> str:
    """Where a conjecture holds, in words."""
    if row.region is None:
        return ""
    return f"{row.region.value:.0%} ({row.region.low:.0%} to {row.region.high:.0%})"


def render_markdown(rows: Sequence[Row], quick: bool = False) -> str:
    """The results as Markdown: tables by text, and notes on facts that do not hold."""
    counts = ", ".join(f"{number} {verdict}" for verdict, number in count_verdicts(rows).items())
    lines = [
        "# Evidence",
        "",
        f"Written by `centricity evidence{' --quick' if quick else ''}`: {counts}.",
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
        lines += ["", f"## {f'Text {seed}' if seed else 'Replications and evidence beside the texts'}", ""]
        lines += [f"| {' | '.join(('fact', 'claim', 'setting', *_HEADINGS[1:-1]))} |", f"|{'---|' * 10}"]
        for row in rows:
            if row.fact.seed.split(":")[0] == seed:
                name, *cells, _ = _cells(row)
                fields = [f"`{name}`", _plain(row.fact.claim), row.fact.setting, *map(_plain, cells)]
                lines.append(f"| {' | '.join(fields)} |")
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
        "region": None
        if row.region is None
        else {"share": row.region.value, "low": row.region.low, "high": row.region.high, "points": row.region.runs},
        "source": fact.source,
        "seed": fact.seed or None,
        "note": fact.note or None,
        "seconds": round(row.seconds, 3),
        "error": row.error or None,
    }


def _finite(value: float) -> float | None:
    return value if isfinite(value) else None
