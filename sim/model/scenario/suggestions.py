"""What was probably meant by a value or a name that is refused: every message that suggests something asks here.

A value is judged by the unit and the range that its parameter declares. The commonest slips come first: a percentage for a
share, a point or comma between thousands, a number of a year where one of a week belongs, quotes around a number.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher, get_close_matches

LONGEST_NAME = 60
"""Longest piece of a name that is compared with others, in characters."""

WEEKS_A_YEAR, MONTHS_A_YEAR, DAYS_A_WEEK = 52, 12, 7

_CLEARLY = 0.8  # likeness from which on a name is taken for a misspelling, whatever else it may be
_SIGNS = r"[€$£¥]|\b[A-Z]{3}\b|(?<=\d)[\s'_\u00a0\u202f](?=\d{3}(?:\D|$))"
_BY_POINT = re.compile(r"[-+]?(?:[1-9]\d{0,2}(?:,\d{3})+|\d+)?(?:\.\d*)?(?:[eE][-+]?\d+)?")
_BY_COMMA = re.compile(r"[-+]?(?:[1-9]\d{0,2}(?:\.\d{3})+|\d+)?(?:,\d*)?(?:[eE][-+]?\d+)?")
_SWITCHES = {
    **dict.fromkeys(("true", "yes", "on", "1", "ja", "oui", "si"), "true"),
    **dict.fromkeys(("false", "no", "off", "0", "nein", "non"), "false"),
}


@dataclass(frozen=True)
class Wanted:
    """What a number must be.

    Attributes:
        unit: Unit in words: ``share``, ``per week``, ``1`` for a pure number.
        low, high: Range, both ends included.
        whole: Whether it must be a whole number.
    """

    unit: str = "1"
    low: float = -math.inf
    high: float = math.inf
    whole: bool = False

    def takes(self, value: float) -> bool:
        """Whether a number is legal."""
        return math.isfinite(value) and self.low <= value <= self.high and not (self.whole and value != int(value))

    @property
    def is_share(self) -> bool:
        """Whether 1 is all of it, so that percentages make sense."""
        return not self.whole and (self.unit.startswith(("share", "index")) or (self.low >= -1.0 and self.high <= 1.0))

    @property
    def periods_a_year(self) -> int | None:
        """How many of its periods a year has, if it is a rate."""
        if re.search(r"\bper\b.*\bweek\b|, week\b", self.unit):
            return WEEKS_A_YEAR
        return MONTHS_A_YEAR if re.search(r"\bper\b.*\bmonth\b", self.unit) else None


def suggest_number(value: object, wanted: Wanted) -> str:
    """What to write instead of a refused number, as a sentence; empty if no slip explains it."""
    if isinstance(value, str):
        return _number_in_text(value, wanted)
    if isinstance(value, list | tuple) and len(value) == 1 and _is_number(value[0]) and wanted.takes(float(value[0])):
        return f"Write {write(float(value[0]))}, without brackets."
    if not _is_number(value):
        return ""
    number = float(value)  # type: ignore[arg-type]
    return "" if wanted.takes(number) else _ways_out(number, wanted)


def _ways_out(number: float, wanted: Wanted) -> str:
    """The sentence for a finite number that is not legal."""
    found = write(number)
    ways: list[tuple[float, str]] = []
    if wanted.whole and number != int(number):
        ways += [(math.floor(number), ""), (math.ceil(number), "")]
        ways.append((round(number * 1000, 6), " if the point separates thousands"))
    if wanted.is_share and 1.0 < number <= 100.0:
        ways.append((number / 100.0, f" for {found} % (1 is all of it)"))
    if wanted.periods_a_year and number > wanted.high:
        ways.append((number / wanted.periods_a_year, f" if {found} is for a year"))
    if wanted.unit == "weeks" and number > 0:
        days, years = number / DAYS_A_WEEK, number * WEEKS_A_YEAR
        ways.append((float(round(days)) if wanted.whole else days, f" if {found} are days"))
        ways.append((float(round(years)) if wanted.whole else years, f" if {found} are years"))
    legal = {write(way): why for way, why in ways if wanted.takes(float(write(way)))}
    if legal:
        first, *others = (f"{way}{why}" for way, why in legal.items())
        return f"Write {', or '.join([first, *others])}."
    if wanted.is_share and 1.0 < number <= 100.0:
        return f"1 is all of it: {found} % would be {write(number / 100.0)}, more than {write(wanted.high)}."
    return ""


def _number_in_text(text: str, wanted: Wanted) -> str:
    """The sentence for a number written as text: in quotes, with a comma, a percent sign, a currency."""
    values, percent = read_number(text)
    if percent and not wanted.is_share and wanted.unit != "1" and wanted.periods_a_year is None:
        return ""
    legal = [value for value in values if wanted.takes(value)]
    if not legal:
        return next((said for value in values if (said := suggest_number(value, wanted))), "")
    first, *others = map(write, legal)
    mark = "point" if "." in text else "comma"
    more = f", or {others[0]} if the {mark} separates thousands" if others else ""
    return f"Write {first}{more}, without quotes."


def read_number(text: str) -> tuple[list[float], bool]:
    """The numbers that a text may stand for, the one without thousands first, and whether it has a percent sign."""
    plain = text[:LONGEST_NAME].strip()
    percent = plain.endswith("%")
    plain = re.sub(_SIGNS, "", plain.removesuffix("%")).strip()
    found = []
    if any(letter.isdigit() for letter in plain) and plain.isascii():
        if _BY_POINT.fullmatch(plain):
            found.append(float(plain.replace(",", "")))
        if _BY_COMMA.fullmatch(plain):
            found.append(float(plain.replace(".", "").replace(",", ".")))
    numbers = sorted({number / 100.0 if percent else number for number in found if math.isfinite(number)}, key=abs)
    return numbers, percent


def suggest_switch(value: object) -> str:
    """What to write instead of a refused switch."""
    if isinstance(value, str):
        meant = _SWITCHES.get(value.strip().casefold())
        return f"Write {meant}, without quotes." if meant else ""
    meant = _SWITCHES.get(write(value)) if _is_number(value) else None
    return f"Write {meant}." if meant else ""


def suggest_text(value: object) -> str:
    """What to write instead of a number or a switch where text belongs."""
    if isinstance(value, bool):
        return f'Write "{str(value).lower()}", in quotes.'
    return f'Write "{write(value)}", in quotes.' if _is_number(value) else ""


def suggest_list(value: object) -> str:
    """What to write instead of words that are no list."""
    words = [word.strip() for word in value.split(",")] if isinstance(value, str) else []
    if not words or not all(re.fullmatch(r"[\w&. -]{1,60}", word) for word in words):
        return ""
    return f"Write [{', '.join(f'{chr(34)}{word}{chr(34)}' for word in words)}]."


def suggest_toml(line: str) -> str:
    """What to write instead of a line that is no TOML, as a sentence; empty if no slip explains it."""
    if re.search(r"[\u2018\u2019\u201c\u201d\u201e\u00ab\u00bb]", line):
        return 'Use straight quotes: "text".'
    yaml = re.fullmatch(r"\s*([\w.-]+)\s*:\s*(\S.*?)\s*", line)
    if yaml:
        return f"Write {yaml[1]} = {_written(yaml[2])}."
    pair = re.fullmatch(r"\s*([\w.\"-]+)\s*=\s*([^#]*?)\s*(?:#.*)?", line)
    if not pair:
        return ""
    key, value = pair.groups()
    return f"Write {key} = {_written(value)}." if value and _written(value) != value else ""


def _written(value: str) -> str:
    """A value as TOML writes it."""
    numbers, _ = read_number(value)
    if numbers:
        return " or ".join(map(write, numbers))
    if value.casefold() in _SWITCHES:
        return _SWITCHES[value.casefold()]
    if re.fullmatch(r'"[^"]*"(?:\s*,\s*"[^"]*")+', value):
        return f"[{value}]"
    return f'"{value}"' if re.fullmatch(r"[^\W\d][\w &.-]{0,60}", value) else value


def closest(word: str, names: Iterable[str]) -> str | None:
    """Name nearest to ``word`` by spelling, whatever the case, hyphens and underscores; None if none is near."""
    plain = {_plain(name): name for name in names}
    matches = get_close_matches(_plain(word), list(plain), n=1)
    return plain[matches[0]] if matches else None


def _plain(word: str) -> str:
    return re.sub(r"[\s_-]+", "-", word[:LONGEST_NAME].strip().casefold())


def _words(name: str) -> set[str]:
    """Words of a name, without the s of a plural."""
    return {part.removesuffix("s") for part in _plain(name).split("-")}


def among(word: str, hints: Mapping[str, str]) -> Callable[[], str]:
    """A function that looks up which legal name a word was meant to be."""
    return lambda: did_you_mean(closest(word, hints), hints)


def did_you_mean(match: str | None, hints: Mapping[str, str]) -> str:
    """The suggestion as a sentence; empty when there is none."""
    if match is None:
        return ""
    hint = hints[match]
    return f"Did you mean {match}? ({hint})" if hint else f"Did you mean {match}?"


def meant_in_section(name: str, names: Sequence[str]) -> list[str]:
    """Dotted names that were probably meant by one that does not exist, best first; empty if none comes close.

    In this order: a misspelling in the same section; names of that section that hold the same words; the same word in
    another section; whatever is alike in the section; in a section that does not exist, whatever is alike.
    """
    dotted = name.replace("__", ".")
    section, _, word = dotted.partition(".")
    siblings = {key.partition(".")[2]: key for key in names if key.partition(".")[0] == section}
    near = closest(word, siblings)
    wanted = _words(word)
    holding = [key for sibling, key in siblings.items() if word and wanted <= _words(sibling)]
    clear = near is not None and SequenceMatcher(None, _plain(word), _plain(near)).ratio() >= _CLEARLY
    if holding and not (clear and siblings[near or ""] not in holding):
        return holding
    if near and clear:
        return [siblings[near]]
    other = namesake(dotted, names)
    if other is None and near:
        other = siblings[near]
    if other is None and not word:  # without a section
        last = {key.partition(".")[2]: key for key in names}
        other = last.get(closest(dotted, last) or "")
    if other is None and not siblings:
        other = closest(dotted, names)
    return [other] if other else []


def namesake(name: str, names: Iterable[str]) -> str | None:
    """Name with the same last part in another section, for one whose section is missing or wrong."""
    last = name.rpartition(".")[2]
    namesakes = [key for key in names if key.partition(".")[2] == last]
    return closest(name, namesakes) or namesakes[0] if namesakes else None


def write(value: object) -> str:
    """A number as a person writes it: four digits are enough for a suggestion, whole numbers are written out."""
    number = float(value)  # type: ignore[arg-type]
    return str(int(number)) if number == int(number) and abs(number) < 1e15 else f"{number:.4g}"


def _is_number(value: object) -> bool:
    """Whether this is a finite number; true and false are none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    try:
        return math.isfinite(float(value))
    except OverflowError:
        return False
