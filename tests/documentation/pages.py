"""Pages of the site as what they are: files, commands and code, with the output that a reader is told to expect.

Blocks of a page are carried out from top to bottom in one empty folder. ``toml``, ``csv`` and ``python`` blocks that begin
with ``# NAME`` are files. Of ``bash`` blocks every ``centricity`` command is run; of ``sh`` blocks, which take minutes or never
end, it is only checked that the options exist. A ``text`` block holds what the block before it prints; ``...`` stands for
what is left out.

``python -m documentation.pages FILE...`` (in the folder ``tests``) writes into empty ``text`` blocks what comes out.
"""

from __future__ import annotations

import contextlib
import doctest
import io
import os
import re
import shlex
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from sim.commands.cli import COMMANDS, app

DOCS = Path(__file__).parents[2] / "docs"
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", flags=re.MULTILINE | re.DOTALL)
FILE = re.compile(r"# ([\w.-]+\.(?:toml|csv|py))\n")
ELLIPSIS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


@dataclass(frozen=True)
class Block:
    """A fenced block of a page.

    Attributes:
        language: Word after the fence.
        text: What is in it.
        line: Line of the page on which it begins.
    """

    language: str
    text: str
    line: int


def blocks_of(page: Path) -> list[Block]:
    """Fenced blocks of a page, from top to bottom."""
    text = page.read_text(encoding="utf-8")
    return [Block(found[1], found[2], text.count("\n", 0, found.start()) + 1) for found in FENCE.finditer(text)]


def commands_of(block: Block) -> list[list[str]]:
    """Commands of a block, each as its words after ``centricity``."""
    lines = block.text.replace("\\\n", " ").splitlines()
    return [shlex.split(line, comments=True)[1:] for line in lines if line.startswith("centricity ")]


@dataclass
class Reader:
    """Someone who does what a page says, in a folder of their own.

    Attributes:
        folder: The folder.
        names: Names that code of the page has defined.
    """

    folder: Path
    names: dict[str, Any] = field(default_factory=dict)

    def follow(self, block: Block) -> str:
        """Carry a block out; what it prints."""
        named = FILE.match(block.text)
        if named:
            rest = block.text[named.end() :] if named[1].endswith(".csv") else block.text
            (self.folder / named[1]).write_text(rest, encoding="utf-8")
            return ""
        if block.language == "bash":
            return "".join(self.run(words) for words in commands_of(block))
        if block.language == "python":
            printed = io.StringIO()
            with contextlib.redirect_stdout(printed):
                exec(compile(block.text, "page", "exec"), self.names)
            return printed.getvalue()
        if block.language == "sh":
            for words in commands_of(block):
                check_options(words)
        return ""

    def run(self, words: list[str]) -> str:
        """Run a command; what it prints for people."""
        done = CliRunner().invoke(app, words)
        assert done.exit_code == 0, f"centricity {shlex.join(words)}: {done.output}{done.exception or ''}"
        return done.stdout


def check_options(words: list[str]) -> None:
    """Check that a command and its options exist."""
    assert words[0] in COMMANDS, f"there is no command {words[0]}"
    shown = CliRunner().invoke(app, [words[0], "--help"], terminal_width=200)
    for word in words[1:]:
        if word.startswith("--"):
            assert word.split("=")[0] in shown.output, f"{words[0]} has no {word}"


def differences(page: Path, folder: Path) -> list[str]:
    """Do what a page says in a folder; every place where it prints something else than the page has."""
    reader, printed, found = Reader(folder), "", []
    checker, here = doctest.OutputChecker(), Path.cwd()
    os.chdir(folder)
    try:
        for block in blocks_of(page):
            if block.language == "text":
                if not checker.check_output(block.text, printed, ELLIPSIS):
                    found.append(f"{page.name}:{block.line} has\n{block.text}\nbut prints\n{printed}")
            else:
                printed = reader.follow(block)
    finally:
        os.chdir(here)
    return found


def fill(page: Path) -> None:
    """Write into empty ``text`` blocks of a page what the block before them prints."""
    text, here = page.read_text(encoding="utf-8"), Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        reader, printed = Reader(Path(folder)), [""]

        def one(found: re.Match[str]) -> str:
            if found[1] != "text":
                printed[0] = reader.follow(Block(found[1], found[2], 0))
                return found[0]
            body = found[2] if found[2].strip() else "\n".join(line.rstrip() for line in printed[0].splitlines()) + "\n"
            return f"```text\n{body}```"

        os.chdir(folder)
        try:
            text = FENCE.sub(one, text)
        finally:
            os.chdir(here)
    page.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    os.environ["COLUMNS"] = "100"
    for path in sys.argv[1:]:
        fill(Path(path).resolve())
