"""The text of docstrings, one line per paragraph."""

from __future__ import annotations


def first_sentence(text: str | None) -> str:
    """The first paragraph of a docstring, on one line."""
    return " ".join((text or "").strip().partition("\n\n")[0].split())


def rest(text: str | None) -> str:
    """Everything after the first paragraph, one line per paragraph."""
    paragraphs = (text or "").strip().split("\n\n")[1:]
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)
