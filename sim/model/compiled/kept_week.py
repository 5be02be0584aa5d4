"""The week that comes with the package: as WebAssembly for pages and first runs, and as LLVM's own form for machine code.

Both are made from the source by :mod:`sim.model.make_compiled`. They are used only while the source is the one that they were
made from, and only without extensions.
"""

from __future__ import annotations

import hashlib
import json
import lzma
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from sim.model.kernel.source_hash import source_hash

FOLDER = Path(__file__).parent
DESCRIPTION, PORTABLE, INTERMEDIATE = FOLDER / "week.json", FOLDER / "week.wasm", FOLDER / "week.bc.xz"

INGREDIENTS = (
    "model/kernel/",
    "model/agents/",
    "model/mechanisms/",
    "model/policies/",
    "model/outcomes/",
    "model/events.py",
    "model/week.py",
    "model/registry.py",
    "model/engine.py",
)
"""Parts of the package whose text decides what compiled loops do."""


class KeptWeek(NamedTuple):
    """The week that comes with the package.

    Attributes:
        portable: WebAssembly.
        digest: SHA-256 of it.
        intermediate: LLVM's form (bitcode), optimized as far as no processor is known.
    """

    portable: bytes
    digest: str
    intermediate: bytes


@cache
def sources() -> str:
    """Hash of everything that the compiled week is made from."""
    return source_hash(INGREDIENTS)


@cache
def kept_week() -> KeptWeek | None:
    """The week that comes with the package; ``None`` if the source has changed since, or a file is damaged or absent."""
    try:
        described = json.loads(DESCRIPTION.read_bytes())
        if described["sources"] != sources():
            return None
        portable, intermediate = PORTABLE.read_bytes(), INTERMEDIATE.read_bytes()
        if [digest(portable), digest(intermediate)] != [described["portable"], described["intermediate"]]:
            return None
        return KeptWeek(portable, described["portable"], lzma.decompress(intermediate))
    except (OSError, ValueError, KeyError, TypeError, lzma.LZMAError):
        return None


def describe(portable: bytes, intermediate: bytes, more: dict[str, Any]) -> str:
    """Content of the file that describes the two others."""
    content = {"sources": sources(), "portable": digest(portable), "intermediate": digest(intermediate), **more}
    return "{\n" + ",\n".join(f"{json.dumps(name)}: {_lines(value)}" for name, value in content.items()) + "\n}\n"


def _lines(value: Any) -> str:
    """JSON, a line for each entry of a list."""
    if isinstance(value, list):
        return "[\n" + ",\n".join(f" {json.dumps(each)}" for each in value) + "\n]"
    return json.dumps(value)


def digest(content: bytes) -> str:
    """SHA-256 in hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()
