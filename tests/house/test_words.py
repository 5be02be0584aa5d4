"""The glossary decides: words that it retires stand in no name and in no text."""

from __future__ import annotations

import ast
import re
import tokenize
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
GLOSSARY = TOP / "docs" / "glossary.md"

pytestmark = pytest.mark.skipif(not GLOSSARY.is_file(), reason="needs the checkout")

ODDS = {
    "sim/evidence/replications/beta_geometric_nbd.py", "sim/model/mechanisms/lifetime.py", "sim/model/mechanisms/line.py",
    "sim/model/mechanisms/survey.py", "tests/house/test_words.py", "tests/mechanisms/test_leadership.py",
    "tests/mechanisms/test_lifetime.py", "tests/mechanisms/test_line.py", "tests/reference/customer.py",
    "tests/reference/numbers.py",
}  # fmt: skip
"""Files in which odds are odds: p / (1 - p)."""

PROSE = (
    "README.md",
    "CONTRIBUTING.md",
    "docs/*.md",
    "scenarios/*.toml",
    "experiments/*",
    "lessons/*.toml",
    "sim/*.toml",
    "sim/*.jinja",
    "sim/*.js",
)


def retired(where: str) -> frozenset[str]:
    """Words that the glossary retires from names or from texts."""
    section = GLOSSARY.read_text(encoding="utf-8").partition("## Retired words")[2]
    listed = re.search(rf"Not in {where}: (.*?)\.\n", section, flags=re.DOTALL)
    assert listed is not None
    return frozenset(re.findall(r"`(\w+)`", listed[1]))


def sources() -> list[Path]:
    """Python files of the package and of the tests."""
    return [path for part in ("sim", "tests") for path in sorted((TOP / part).rglob("*.py"))]


def label(path: Path) -> str:
    return path.relative_to(TOP).as_posix()


def names(path: Path) -> Iterator[tuple[str, int]]:
    """Names that a file defines, and the line of each: functions, classes, arguments, variables, attributes, itself."""
    yield path.stem, 0
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            if not node.name.startswith("test_"):  # which is a sentence
                yield node.name, node.lineno
        elif isinstance(node, ast.arg):
            yield node.arg, node.lineno
        elif isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield getattr(node, "id", None) or getattr(node, "attr", ""), node.lineno


def words(name: str) -> list[str]:
    """Words of a name, however it joins them."""
    return re.findall(r"[a-z]+", re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower().replace("by_hand", ""))


def texts(path: Path) -> Iterator[tuple[str, int]]:
    """Comments, strings and docstrings of a Python file; every line of another."""
    if path.suffix != ".py":
        yield from ((line, number) for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1))
        return
    with path.open("rb") as file:
        for token in tokenize.tokenize(file.readline):
            if token.type in (tokenize.STRING, tokenize.COMMENT) or tokenize.tok_name[token.type] == "FSTRING_MIDDLE":
                yield token.string, token.start[0]


def test_words_of_a_name_are_found_however_it_joins_them() -> None:
    assert words("WorkerPool") == ["worker", "pool"] and words("_last_words2") == ["last", "words"]


def test_the_glossary_retires_words() -> None:
    assert "crew" in retired("names") and "luck" in retired("texts")


def test_no_name_is_made_of_a_retired_word() -> None:
    gone = retired("names")
    found = [
        f"{label(path)}:{line}: {name}"
        for path in sources()
        for name, line in names(path)
        for word in gone.intersection(words(name))
        if word != "odds" or label(path) not in ODDS
    ]
    assert not found, "\n".join(found)


def test_no_text_uses_a_retired_word() -> None:
    gone = re.compile(rf"\b({'|'.join(sorted(retired('texts')))})\b", flags=re.IGNORECASE)
    own = {"tests/house/test_words.py", "docs/glossary.md"}
    others = [path for path in TOP.rglob("*") if path.is_file() and any(fnmatch(label(path), glob) for glob in PROSE)]
    found = [
        f"{label(path)}:{line}: {text.strip()[:100]}"
        for path in [*sources(), *others]
        if label(path) not in own and not set(path.parts) & {"node_modules", ".venv"}
        if not label(path).startswith("docs/reference/")  # made from the code, which is read above
        for text, line in texts(path)
        if gone.search(re.sub(r'\bid = "[^"]*"', "", text))  # ids of facts stay: seeds come from them
    ]
    assert not found, "\n".join(found)
