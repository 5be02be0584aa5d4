"""Fingerprint of the program: it shows a change of the source or of a package in the middle of a sweep."""

from __future__ import annotations

import hashlib
import json
from functools import cache

from sim.lab.manifest import versions
from sim.model.kernel.source_hash import source_hash

PACKAGES = ("python", "centricity", "numpy", "numba", "scipy", "pandas", "pyarrow")
"""Packages whose versions can change the bytes of a store."""

DECISIVE = (
    "model/",
    "analysis/change.py", "analysis/choice.py",
    "analysis/durability.py", "analysis/horizons.py", "analysis/intervals.py", "analysis/lift.py", "analysis/metrics.py",
    "analysis/missing.py", "analysis/money.py", "analysis/net_promoter.py", "analysis/panel.py",
    "analysis/ranking.py", "analysis/reach.py", "analysis/summary.py", "analysis/survival.py",
    "fitting/draws.py", "fitting/observation_model.py", "fitting/simulating.py", "lab/", "safe_text.py",
)  # fmt: skip
"""Folders and files, inside of the package, whose source can change a number of a run."""


def relevant_versions() -> dict[str, str | None]:
    """Versions of Python and of what can change the bytes of a store."""
    every = versions()
    return {name: every[name] for name in PACKAGES}


def own_source() -> str:
    """Hash of the source of everything that can change a number."""
    return source_hash(DECISIVE)


@cache
def fingerprint() -> str:
    """Source and versions in one: equal where the same work gives the same bytes on the same processor."""
    text = json.dumps([own_source(), relevant_versions()], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
