"""Which program is this: a change of the model's source or of a package must not go unnoticed in the middle of a sweep."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path

from sim.lab.manifest import versions

PACKAGES = ("python", "centricity", "numpy", "scipy", "pandas", "pyarrow")
"""Whose versions can change the bytes of a store."""

DECISIVE = (
    "agents/", "kernel/", "mechanisms/", "outcomes/", "policies/", "scenario/", "shocks/", "week/", "founding.py",
    "newcomers.py", "organization.py", "registry.py", "simulation.py", "analysis/change.py", "analysis/choice.py",
    "analysis/durability.py", "analysis/intervals.py", "analysis/lift.py", "analysis/metrics.py", "analysis/missing.py",
    "analysis/money.py", "analysis/panel.py", "analysis/spread.py", "analysis/summary.py", "analysis/survival.py",
    "lab/budget.py", "lab/replicate.py", "lab/task.py", "lab/sweep/",
)  # fmt: skip
"""Folders and files, inside of the package, whose source can change a number of a run."""

_ROOT = Path(__file__).resolve().parents[2]


def relevant_versions() -> dict[str, str | None]:
    """Versions of Python and of what can change the bytes of a store."""
    every = versions()
    return {name: every[name] for name in PACKAGES}


@cache
def source_hash() -> str:
    """SHA-256 of the source of everything that can change a number."""
    digest = hashlib.sha256()
    for path in sorted(_ROOT.rglob("*.py")):
        place = path.relative_to(_ROOT).as_posix()
        if place.startswith(DECISIVE):
            digest.update(f"{place}\0".encode() + path.read_bytes().replace(b"\r\n", b"\n") + b"\0")
    return digest.hexdigest()


@cache
def fingerprint() -> str:
    """Source and versions in one: equal where the same work gives the same bytes on the same processor."""
    text = json.dumps([source_hash(), relevant_versions()], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
