"""What every page on a screen shares: one palette, and one way to say in a digit how a person or a customer is."""

from __future__ import annotations

from importlib import resources


def palette() -> str:
    """The colors of all pages, light and dark, as CSS."""
    return (resources.files("sim.pages.shared") / "palette.css").read_text(encoding="utf-8")
