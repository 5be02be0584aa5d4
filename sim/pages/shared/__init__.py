"""What all pages share: one palette, and one code for the state of a person or a customer in a digit."""

from __future__ import annotations

from importlib import resources


def palette() -> str:
    """The colors of all pages, light and dark, as CSS."""
    return (resources.files("sim.pages.shared") / "palette.css").read_text(encoding="utf-8")


def qr_code() -> str:
    """The program that draws QR codes, in JavaScript; whose it is stands in ``vendored/README.md``."""
    return (resources.files("sim.pages.shared") / "vendored" / "qrcode.js").read_text(encoding="utf-8")
