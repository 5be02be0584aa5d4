"""Shipped files: scenarios, policies, experiments and lessons, found by name.

An installed package has them as data in ``sim/shipped``. In a checkout they are the folders that people edit.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal, get_args

ShippedKind = Literal["scenarios", "policies", "experiments", "lessons"]

KINDS: Final[tuple[ShippedKind, ...]] = get_args(ShippedKind)

PACKAGE = Path(__file__).resolve().parents[2]
"""Folder of the import package."""

_FOLDERS: Mapping[ShippedKind, str] = {
    "scenarios": "scenarios",
    "policies": "scenarios/policies",
    "experiments": "experiments",
    "lessons": "lessons",
}


def top(package: Path | None = None) -> Path:
    """Folder of all shipped files: package data if there is any, else the checkout of the package."""
    package = PACKAGE if package is None else package
    installed = package / "shipped"
    return installed if installed.is_dir() else package.parent


def files(kind: ShippedKind, package: Path | None = None) -> dict[str, Path]:
    """Files of one kind by name, in alphabetical order; empty if there are none."""
    folder = top(package) / _FOLDERS[kind]
    found = {path.stem: path for path in folder.glob("*.toml") if path.is_file()}
    return {name: found[name] for name in sorted(found)}


def label(path: Path, package: Path | None = None) -> str:
    """Path as messages show it, with forward slashes. A shipped file has the same label in a checkout and installed."""
    above = top(package)
    return path.relative_to(above).as_posix() if path.is_relative_to(above) else str(path)
