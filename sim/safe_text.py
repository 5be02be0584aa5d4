"""Texts that somebody else has written, made safe for each medium that shows them.

Names and texts are refused where they are read if they hold what nobody can see (:data:`sim.model.scenario.rules.NAME`,
:func:`sim.model.scenario.rules.text`). Paths, data of others and wrong values are shown as well; they are escaped here.
HTML is escaped by Jinja, which has ``autoescape`` on everywhere.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

LONGEST_MESSAGE = 2000
"""Longest message, in characters; what is longer is cut."""

JOINERS = "\u200c\u200d"
"""Characters of no width that spelling needs: in Persian, in scripts of India, in pictographs."""

_UNSEEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}
"""Categories of Unicode that change what is shown and cannot be seen: controls, directions, surrogates, separators."""

_MARKUP = re.compile(r"[\\`*\[\]<>|~]|&(?=#?\w+;)|(?<!\w)_|_(?!\w)|^(?:[-+=#]|\d+(?=[.)]))")

_ENTITIES = {"<": "&lt;", ">": "&gt;", "&": "&amp;"}

_LATEX = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}",
    "`": r"\textasciigrave{}", '"': r"\textquotedbl{}", "'": r"\textquotesingle{}",
    "\N{MINUS SIGN}": "$-$", "≥": r"$\geq$", "≤": r"$\leq$", "×": r"$\times$", "→": r"$\rightarrow$", "▲": r"$\triangle$",
}  # fmt: skip
"""What LaTeX would take for a command, and signs that the letters of its usual fonts lack."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that spreadsheets take for a formula."""


def unseen(text: str, allowed: str = "") -> str:
    """Characters of a text that cannot be seen, each once, in the order in which they stand.

    Args:
        text: The text.
        allowed: Characters that are not meant.
    """
    if text.isascii() and text.isprintable():
        return ""
    return "".join(
        character
        for character in dict.fromkeys(text)
        if unicodedata.category(character) in _UNSEEN and character not in allowed
    )


def escape(text: str, allowed: str = "") -> str:
    r"""A text with escapes in place of what cannot be seen, as JSON writes them: ``\u001b``, ``\u202e``."""
    hidden = unseen(text, allowed)
    return text.translate({ord(character): _escaped(character) for character in hidden}) if hidden else text


def _escaped(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))


def for_terminal(text: str) -> str:
    """A text for a terminal or a log: lines and tabs stay."""
    return escape(text, "\n\t" + JOINERS)


def for_message(text: str) -> str:
    """A message of one line, cut where it is too long: from its middle, since place and remedy are at its ends."""
    text = escape(text, JOINERS)
    if len(text) <= LONGEST_MESSAGE:
        return text
    part = (LONGEST_MESSAGE - 5) // 2
    return f"{text[:part]} ... {text[-part:]}"


def for_markdown(text: str) -> str:
    """A text as it stands within a line of Markdown: no HTML, no markup, no link, no second line."""
    return _MARKUP.sub(_unmarked, escape(" ".join(text.split()), JOINERS))


def _unmarked(match: re.Match[str]) -> str:
    found = match[0]
    if found in _ENTITIES:
        return _ENTITIES[found]
    return f"{found}\\" if found.isdigit() else f"\\{found}"


def for_latex(text: str) -> str:
    """A text as it stands within a paragraph of LaTeX: no command, no comment, no second line."""
    text = escape(" ".join(text.split()), JOINERS)
    return "".join(_LATEX.get(character, character) for character in text)


def unseen_in(content: object, place: str = "") -> tuple[str, str] | None:
    """Place and value of the first text in JSON that holds what cannot be seen, names included; ``None`` if none does."""
    if isinstance(content, str):
        return (place, content) if unseen(content, "\n\t" + JOINERS) else None
    parts: Iterable[tuple[object, object]] = ()
    if isinstance(content, Mapping):
        parts = content.items()
    elif isinstance(content, list | tuple):
        parts = enumerate(content)
    for key, part in parts:
        found = unseen_in(str(key), place) or unseen_in(part, f"{place}.{key}" if place else str(key))
        if found:
            return found
    return None


def for_script(content: object) -> str:
    """JSON within a script element of a page: no text in it can end the element, or begin a comment."""
    text = json.dumps(content, ensure_ascii=False, allow_nan=False)
    return re.sub("[<>&\u2028\u2029]", lambda match: f"\\u{ord(match[0]):04x}", text)


def for_spreadsheet(table: pd.DataFrame) -> pd.DataFrame:
    """A table in which no text, and no name of a column, is a formula for a spreadsheet: an apostrophe goes before it."""
    table = table.rename(columns=_no_formula)
    texts = [
        name for name, kind in table.dtypes.items() if kind.kind == "O" or str(kind) in ("category", "string", "str")
    ]
    return (
        table.assign(**{str(name): table[name].astype(object).map(_no_formula) for name in texts}) if texts else table
    )


def _no_formula(value: Any) -> Any:
    if not isinstance(value, str) or not value.startswith(_FORMULA):
        return value
    try:
        float(value)  # a number is no formula
    except ValueError:
        return f"'{value}"
    return value
