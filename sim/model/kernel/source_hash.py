"""Which sources made a number: a hash of parts of this package."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[2]


@cache
def source_hash(parts: Iterable[str]) -> str:
    """SHA-256 of all Python files in these parts of the package, independent of line endings.

    Args:
        parts: Folders (with a slash at the end) and files, relative to the package.
    """
    digest = sha256()
    for path in sorted(_PACKAGE.rglob("*.py")):
        location = path.relative_to(_PACKAGE).as_posix()
        if location.startswith(tuple(parts)):
            digest.update(f"{location}\0".encode() + path.read_bytes().replace(b"\r\n", b"\n") + b"\0")
    return digest.hexdigest()
