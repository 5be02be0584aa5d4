"""The machine, as far as it explains a number; no names and no folders."""

from __future__ import annotations

import os
import platform
from pathlib import Path
from typing import Any

from sim.lab.manifest import installed_version, versions

PACKAGES = ("numba", "llvmlite")


def machine() -> dict[str, Any]:
    """Processor, cores that may be used, memory, versions."""
    return {
        "processor": processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "memory_gib": memory_gib(),
        "system": platform.system(),
        "versions": {**versions(), **{name: installed_version(name) for name in PACKAGES}},
    }


def processor() -> str:
    """Model of the processor, with its numbers where the name says little."""
    described: dict[str, str] = {}
    source = Path("/proc/cpuinfo")
    if source.is_file():
        for line in source.read_text(encoding="utf-8").splitlines():
            name, _, value = line.partition(":")
            described.setdefault(name.strip(), value.strip())
    name = described.get("model name") or platform.processor() or platform.machine()
    known = (("family", "cpu family"), ("model", "model"))
    numbers = [f"{part} {described[key]}" for part, key in known if key in described]
    return f"{name} ({', '.join(numbers)})" if numbers else name


def memory_gib() -> float | None:
    """Physical memory; ``None`` where the system does not tell."""
    try:
        return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1)
    except (AttributeError, ValueError, OSError):
        return None
