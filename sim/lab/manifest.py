"""The manifest: everything needed to trust a comparison and to repeat it."""

from __future__ import annotations

import hashlib
import os
import platform
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib import import_module, metadata
from pathlib import Path
from typing import Any

from sim import __version__
from sim.lab.comparison_plan import ComparisonPlan
from sim.lab.writing import KIND

PACKAGES = (
    "centricity",
    "mesa",
    "numpy",
    "numba",
    "pandas",
    "scipy",
    "pyarrow",
    "pydantic",
    "networkx",
    "matplotlib",
    "jinja2",
)
"""Distributions whose versions can change a number or a picture."""


def versions() -> dict[str, str | None]:
    """Versions of Python and of what a result depends on; ``None`` for what is not installed."""
    found = {name: installed_version(name) for name in PACKAGES}
    return {"python": platform.python_version(), **found, "centricity": __version__}


def installed_version(distribution: str) -> str | None:
    """Version of an installed distribution, ``None`` if there is none."""
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


def describe_machine() -> dict[str, Any]:
    """The machine, as far as it can change the last bits of a number."""
    return {
        "system": platform.system(),
        "architecture": platform.machine(),
        "cpus": os.cpu_count(),
        "cpu_features": cpu_features(),
    }


def cpu_features() -> list[str] | None:
    """Instructions of the processor that NumPy has found and may use; ``None`` where NumPy does not list them."""
    try:
        found = import_module("numpy._core._multiarray_umath").__cpu_features__
    except (ImportError, AttributeError):
        return None
    return sorted(name for name, there in found.items() if there)


def describe_comparison(
    plan: ComparisonPlan,
    started: datetime,
    seconds: float,
    seconds_by_policy: Mapping[str, float],
    failures: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """Everything about a comparison but its results.

    Args:
        plan: What was asked for.
        started: When it began.
        seconds: How long it took.
        seconds_by_policy: Time of processors per policy, all replicates together.
        failures: Failed runs, one entry each.
    """
    from sim.lab.fingerprint import own_source  # which imports this file

    return {
        "kind": KIND,
        "versions": versions(),
        "code": own_source(),
        "machine": describe_machine(),
        "command": plan.command or None,
        "inputs": dict(plan.inputs),
        "started": started.astimezone(UTC).isoformat(timespec="seconds"),
        "duration_seconds": round(seconds, 3),
        "seconds_by_policy": {name: round(value, 3) for name, value in seconds_by_policy.items()},
        "workers": plan.workers,
        "seed": plan.seed,
        "replicates": plan.replicates,
        "weeks": plan.scenario.weeks,
        "policies": list(plan.policies),
        "bundles": {
            policy.name: {
                "planned_cost": plan.planned[policy.name],
                "factor": plan.budget.factors.get(policy.name) if plan.budget else None,
                **policy.to_dict(),
            }
            for policy in plan.loaded_policies
        },
        "budget": plan.budget.amount if plan.budget else None,
        "pilot": plan.budget.pilot.to_entry() if plan.budget and plan.budget.pilot else None,
        "futures": list(plan.futures),
        "without": list(plan.without),
        "targets": [str(target) for target in plan.targets],
        "parameter_points": len(plan.parameter_points),
        "variants": {variant.name: dict(variant.values) for variant in plan.variants},
        "warnings": list(plan.warnings),
        "failures": list(failures),
        "scenario_hash": plan.scenario.hash,
        **plan.scenario.fingerprints_of_extensions,
        "scenario": plan.scenario.to_dict(),
    }


def fingerprint_files(folder: Path) -> dict[str, dict[str, Any]]:
    """Size and SHA-256 of every file in a folder, by its path from there."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): {
            "bytes": path.stat().st_size,
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        }
        for path in files
    }
