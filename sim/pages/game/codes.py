"""Codes of teams: the decisions of all quarters and a checksum, in groups of five letters and digits.

The decisions are one large number, a digit for each quarter in a base as large as the number of options. It is written with
the 32 characters of Crockford's alphabet, in which no two look alike. The checksum hangs on the game as well: codes of another
organization, seed or version are refused. The page writes and reads codes by the same few lines (``2-codes.js``).
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence

from sim.pages.game.game import QUARTERS, Decisions, Game

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Characters of a code."""

GROUP = 5
"""Characters of a group."""

LEAST_CHECK = 4
"""Least characters of a checksum, which fills the last group: of a million changed codes one or none passes."""

_LAST_SEPARATOR = re.compile(r"[:;,\t](?=[^:;,\t]*$)")
_BITS = 5  # of a character
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1"})


class CodeError(ValueError):
    """A code that is not one of this game."""


def lengths_of(game: Game) -> tuple[int, int]:
    """Characters of the decisions in a code, and of its checksum: together whole groups."""
    largest = len(game.options) ** QUARTERS - 1
    decisions = -(-largest.bit_length() // _BITS)
    return decisions, GROUP * -(-(decisions + LEAST_CHECK) // GROUP) - decisions


def encode(game: Game, decisions: Decisions) -> str:
    """The code of a team that has decided all quarters."""
    number = 0
    for option in decisions:
        number = number * len(game.options) + option
    length, check = lengths_of(game)
    text = _write(number, length) + _checksum(game, number, check)
    return "-".join(text[at : at + GROUP] for at in range(0, len(text), GROUP))


def decode(game: Game, code: str) -> Decisions:
    """The decisions of a team.

    Args:
        game: The game.
        code: As typed: case, spaces and hyphens do not matter, and O, I and L are read as 0 and 1.

    Raises:
        CodeError: If it is no code of this game.
    """
    text = re.sub(r"[\s-]", "", code.upper()).translate(_READ_AS)
    length, check = lengths_of(game)
    if len(text) != length + check:
        raise CodeError(f"must have {length + check} letters and digits, has {len(text)}")
    wrong = next((character for character in text if character not in ALPHABET), None)
    if wrong is not None:
        raise CodeError(f"has a character that no code has: {wrong}")
    number = 0
    for character in text[:length]:
        number = number * len(ALPHABET) + ALPHABET.index(character)
    if _checksum(game, number, check) != text[length:] or number >= len(game.options) ** QUARTERS:
        raise CodeError("does not fit its checksum: it was mistyped or changed, or it is from another game")
    decisions = []
    for _ in range(QUARTERS):
        number, option = divmod(number, len(game.options))
        decisions.append(option)
    return tuple(reversed(decisions))


def read_codes(text: str) -> list[tuple[int, str, str]]:
    """Lines of a file of codes, each ``NAME: CODE`` or a code alone; empty lines and those after ``#`` are left out.

    Returns:
        Number of the line, name of the team, and code as written. Names are all different.
    """
    found: list[tuple[int, str, str]] = []
    names: set[str] = set()
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        name, _, code = _LAST_SEPARATOR.sub("\n", line).rpartition("\n")
        name = name.strip().strip('"') or f"Team {len(found) + 1}"
        while name in names:
            name += "'"
        names.add(name)
        found.append((number, name, code.strip().strip('"')))
    return found


def _checksum(game: Game, number: int, length: int) -> str:
    """Characters that hang on the game and on all decisions."""
    return _write(zlib.crc32(f"{game.key} {number}".encode()) % len(ALPHABET) ** length, length)


def _write(number: int, length: int) -> str:
    characters: Sequence[str] = [ALPHABET[number // len(ALPHABET) ** place % len(ALPHABET)] for place in range(length)]
    return "".join(reversed(characters))
