"""The works that the model, its documents and its methods cite, as BibTeX; which of them a text cites is read from it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources

_ENTRY = re.compile(r"^@(\w+)\{([\w-]+),\n(.*?)^\}\n", re.DOTALL | re.MULTILINE)
_FIELD = re.compile(r"^\s*(\w+)\s*=\s*\{(.*)\},?$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Work:
    """A work that can be cited.

    Attributes:
        key: How LaTeX names it.
        text: Its entry in BibTeX.
        fields: Fields of the entry, as they stand there.
    """

    key: str
    text: str
    fields: dict[str, str]

    @property
    def surnames(self) -> list[str]:
        """Surnames of its authors, in order."""
        names = re.split(r"\s+and\s+", self.fields.get("author", ""))
        return [_plain(name).partition(",")[0].strip() for name in names]

    @property
    def year(self) -> str:
        """Year of publication."""
        return self.fields.get("year", "")

    @property
    def reference(self) -> str:
        """The whole reference in words."""
        fields = {name: _plain(text) for name, text in self.fields.items()}
        authors = re.split(r"\s+and\s+", fields.get("author", ""))
        where = (
            fields.get("journal")
            or fields.get("booktitle")
            or fields.get("publisher")
            or fields.get("howpublished", "")
        )
        number = f"({fields['number']})" if "number" in fields else ""
        volume = f" {fields['volume']}{number}" if "volume" in fields else ""
        pages = f", {fields['pages'].replace('--', '–')}" if "pages" in fields else ""
        return f"{'; '.join(authors)} ({self.year}). {fields.get('title', '')}. {where}{volume}{pages}."

    def cited_in(self, text: str) -> bool:
        """Whether a text names its authors and, right after them, its year; of three or more authors the first will do."""
        first, *others = map(re.escape, self.surnames)
        if len(others) == 1:
            names = rf"{first}(?:,? (?:&|and) {others[0]}| et al\.)"
        else:
            names = rf"{first}(?:, [^;:()]{{1,60}}| et al\.| and others)" if others else rf"(?<!& ){first}(?:'s)?"
        return re.search(rf"\b{names},? \(?{self.year}\b", text) is not None


def _plain(text: str) -> str:
    """A field of BibTeX as text."""
    text = re.sub(r"\{?\\['\"`^~cv]\{?(\w)\}?\}?", lambda match: _accented(match[0], match[1]), text)
    return text.replace("{", "").replace("}", "").replace("\\&", "&")


def _accented(command: str, letter: str) -> str:
    """A letter with the accent that a command of TeX puts on it."""
    import unicodedata

    accents = {"'": "\u0301", '"': "\u0308", "`": "\u0300", "^": "\u0302", "~": "\u0303", "c": "\u0327", "v": "\u030c"}
    kind = next(each for each in command if each in accents)
    return unicodedata.normalize("NFC", letter + accents[kind])


@cache
def works() -> dict[str, Work]:
    """Every work by its key, in alphabetical order."""
    text = (resources.files("sim.pages.publication") / "references.bib").read_text(encoding="utf-8")
    found = [Work(match[2], match[0], dict(_FIELD.findall(match[3]))) for match in _ENTRY.finditer(text)]
    return {work.key: work for work in sorted(found, key=lambda work: work.key)}


def cited(text: str) -> list[Work]:
    """Works that a text cites as *Author 2020*, *Author & Author (2020)* or *Author et al. 2020*."""
    return [work for work in works().values() if work.cited_in(text)]


def write_bibtex(keys: Iterable[str]) -> str:
    """Entries of these works, in alphabetical order."""
    return "\n".join(works()[key].text for key in sorted(set(keys)))
