"""The suite: its sections, and what its command takes."""

from __future__ import annotations

import argparse
import platform
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmark.fresh import memory, start
from benchmark.goals import judge
from benchmark.inside import batch, growth, speed, warm_up
from benchmark.machine import machine
from benchmark.plan import FULL, QUICK, Extent
from benchmark.report import HEADINGS, table, write
from benchmark.roofline import roofline
from benchmark.sweeps import sweeps

OUT = Path("results") / "reference"

Row = dict[str, Any]

SECTIONS: dict[str, Callable[[Extent], Iterable[Row]]] = {
    "speed": speed,
    "roofline": roofline,
    "start": start,
    "memory": memory,
    "growth": growth,
    "batch": batch,
    "sweeps": sweeps,
}
"""Each gives rows of one table."""


def measure(extent: Extent, chosen: Sequence[str] = tuple(SECTIONS), command: str = "") -> dict[str, Any]:
    """Measure the chosen sections, printing each table as soon as it is complete."""
    started = datetime.now(UTC).isoformat(timespec="minutes")
    sections: dict[str, list[Row]] = {"goals": []}
    print("Compiling what is compiled ...", flush=True)
    warm_up()
    for name in chosen:
        print(f"\n{HEADINGS[name]} ...", flush=True)
        sections[name] = list(SECTIONS[name](extent))
        print(table(sections[name]), flush=True)
    sections["goals"] = judge(sections)
    if sections["goals"]:
        print(f"{HEADINGS['goals']}\n{table(sections['goals'])}", flush=True)
    return {"command": command, "started": started, "machine": machine(), "sections": sections}


def main(words: Sequence[str] | None = None) -> int:
    """What ``python tests/benchmark`` does."""
    parser = argparse.ArgumentParser(
        prog="python tests/benchmark",
        description="Measure how fast the model is, against the plain reference and the least time that its work could take. "
        "In earnest it takes half an hour or so, with --quick some minutes; let nothing else run meanwhile.",
    )
    parser.add_argument("--only", action="append", choices=list(SECTIONS), help="measure this section; repeatable")
    parser.add_argument("--quick", action="store_true", help="smaller sizes and fewer rounds")
    parser.add_argument("--out", type=Path, default=OUT, metavar="DIR", help=f"where tables go, default {OUT}")
    chosen = parser.parse_args(words)
    asked = [*(f"--only {name}" for name in chosen.only or ()), *(["--quick"] if chosen.quick else [])]
    if platform.system() == "Windows" and (chosen.only is None or "memory" in chosen.only):
        print("Memory cannot be measured here; choose other sections with --only.", file=sys.stderr)
        return 2
    result = measure(
        QUICK if chosen.quick else FULL, chosen.only or tuple(SECTIONS), " ".join(("python tests/benchmark", *asked))
    )
    for file in write(result, chosen.out):
        print(f"Wrote {file}")
    return 0
