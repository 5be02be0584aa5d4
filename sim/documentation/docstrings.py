"""What docstrings say, as data: the attributes of a class, and the text of a function without its arguments."""

from __future__ import annotations

import inspect
import re

_ENTRY = re.compile(r"^    (?P<names>\w[\w, ]*): (?P<meaning>.*)$")
_SECTION = re.compile(r"^(Args|Attributes|Returns|Raises|Example):$")


def attributes(documented: type) -> dict[str, str]:
    """Meanings of a class's attributes by name, from the section ``Attributes:`` of its docstring."""
    found: dict[str, str] = {}
    names: list[str] = []
    inside = False
    for line in (inspect.getdoc(documented) or "").splitlines():
        if _SECTION.match(line):
            inside = line == "Attributes:"
            continue
        entry = _ENTRY.match(line)
        if inside and entry:
            names = [name.strip() for name in entry["names"].split(",")]
            found.update(dict.fromkeys(names, entry["meaning"].strip()))
        elif inside and names and line.strip():
            found.update({name: f"{found[name]} {line.strip()}" for name in names})
    return found


def first_sentence(text: str | None) -> str:
    """The first paragraph of a docstring, on one line."""
    return " ".join((text or "").strip().partition("\n\n")[0].split())


def rest(text: str | None) -> str:
    """Everything after the first paragraph, on one line a paragraph."""
    paragraphs = (text or "").strip().split("\n\n")[1:]
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)
