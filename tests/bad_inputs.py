"""A generator of bad inputs: files of every kind, options of every command, and arguments of calls.

Each case is illegal by its construction, so that exit code 0 is a fault: values come from outside the ranges that the registry
declares, of types that a place cannot have, with names that nothing has, or from text that no parser reads. What might be
legal is left out here and not by what the program says about it.

A new command or option needs an entry in :data:`OPTIONS`, and a new kind of file one in :data:`FILES`;
``tests/contract/test_bad_inputs.py`` says so.
"""

from __future__ import annotations

import json
import math
import random
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from sim.lab.fingerprint import own_source
from sim.lab.manifest import describe_machine, versions
from sim.model.registry import current
from sim.model.scenario.shipped import files as shipped_files
from sim.pages.lesson import load_lesson
from sim.pages.lesson.words import to_translate

Files = Mapping[str, bytes | None]
"""Content by name; ``None`` is a folder with a file of somebody's own in it."""


@dataclass(frozen=True)
class Case:
    """A command that must be refused.

    Attributes:
        words: What is typed.
        files: What is there.
        about: What is wrong with it.
    """

    words: tuple[str, ...]
    files: Files = field(default_factory=dict)
    about: str = ""


# --- good files, of which bad ones are made --------------------------------------------------------------------------------


def toml(value: Any) -> str:
    """A value as TOML, on one line."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            written_out = (
                each if " " <= each <= "~" and each not in '"\\' else f"\\U{ord(each):08x}" for each in value
            )
            return f'"{"".join(written_out)}"'
        case int() | date():
            return str(value)
        case float():
            return "nan" if math.isnan(value) else repr(value)
        case Mapping():
            return "{" + ", ".join(f"{toml(key)} = {toml(part)}" for key, part in value.items()) + "}"
        case _:
            return "[" + ", ".join(map(toml, value)) + "]"


def written(table: Mapping[str, Any]) -> bytes:
    """A file in TOML."""
    return "".join(f"{toml(key)} = {toml(value)}\n" for key, value in table.items()).encode()


SCENARIO: dict[str, Any] = {
    "about": "A shop.", "currency": "EUR", "weeks": 20, "objective": "customer_value", "default_policies": ["none", "mine"],
    "employees": {"number": 12, "turnover": 0.02}, "customers": {"initial": 30, "market": 40}, "norm": {"rule": "majority"},
    "departments": [
        {"name": "front", "share": 0.5, "facing": 0.9, "power": 0.5},
        {"name": "back", "share": 0.5, "facing": 0.1, "power": 0.5, "turnover": 0.01},
    ],
    "policies": {
        "mine": {"phases": [{"from": 0, "until": 10, "departments": ["front"], "training": 1.0, "speeches": 0.5}]},
        "other": {"coaching": 0.5, "stop_when": {"outcome": "practicing", "above": 0.5}},
    },
    "events": [{"kind": "merger", "week": 3}],
    "futures": {"bad": {"employees.turnover": 0.1}},
    "plausible": {"employees.turnover": [0.01, 0.03]},
}  # fmt: skip

POLICY: dict[str, Any] = {
    "about": "Hours.",
    "phases": [
        {"from": 0, "until": 10, "training": 1.0},
        {"from": 10, "posters": 0.5, "stop_when": {"outcome": "practicing", "above": 0.5}},
    ],
}

EXPERIMENT: dict[str, Any] = {
    "name": "trial", "claim": "It holds.", "scenario": "online-store", "weeks": 12, "seed": 3, "replicates": 2,
    "policies": ["none", "value-driven"], "keep": ["lift_later", "enacted_change"], "objective": "lift_later",
    "set": {"customers.initial": 30, "customers.market": 40, "employees.number": 12},
    "targets": {"lift_later": 0.1},
    "uncertainties": [{"parameter": "employees.turnover", "low": 0.01, "high": 0.03}, {"parameter": "norm.sharpness"}],
    "levers": [{"change": "amounts", "policies": ["value-driven"], "low": 0.5, "high": 1.0}],
    "designs": [{"name": "sample", "kind": "latin-hypercube", "number": 3}],
}  # fmt: skip

EXTENSION = '''"""An extension."""
from sim.model.extensions import outcome
from sim.model.kernel.parameters import declare

PARAMETERS = declare("""
own.size = 0.5 share; 0 to 1, plausible 0.2 to 0.8; unknown; tier 5
    Size.
    Source: Conjecture
""")

NEUTRAL = {"own.size": 0.0}
'''

LOG = "customer,date,amount\n" + "".join(
    f"c{row % 9},2023-{1 + row % 12:02d}-{1 + row % 28:02d},{10 + row % 7}\n" for row in range(120)
)

RETENTION = "year,survivors\n0,1000\n1,800\n2,690\n3,610\n4,560\n"

MANIFEST = json.dumps(
    {
        "kind": "comparison",
        "command": "centricity compare good.toml",
        "files": {},
        "versions": versions(),
        "code": own_source(),
        "machine": describe_machine(),
        "seed": 1,
        "replicates": 1,
        "weeks": 1,
        "scenario": {"name": "good"},
    }
).encode()

HISTORY = "quarter,practice,satisfaction,respondents\n" + "".join(
    f"{row},{0.1 + 0.05 * row:.2f},{0.6 + 0.01 * row:.2f},80\n" for row in range(1, 7)
)

RUNS = "speed,load,policy,waiting\n" + "".join(f"{row % 5},{row % 7},{'ab'[row % 2]},{row % 11}\n" for row in range(60))


@cache
def words_of_lessons() -> dict[str, Any]:
    """The texts of a lesson, as they are written to be translated."""
    return tomllib.loads(to_translate(load_lesson("speech")))


@cache
def table_of_lesson() -> dict[str, Any]:
    """The table of a lesson."""
    return tomllib.loads(shipped_files("lessons")["speech"].read_text(encoding="utf-8"))


# --- what is wrong ---------------------------------------------------------------------------------------------------------

NOBODY = date(1979, 5, 27)
"""A value that no place of any file can have."""

UNSEEN = "\x1b\x7f\u202e\u200b\u2066\x9b\ufeff"

OPEN = {"targets", "above", "below", "half_width"}
"""Keys whose values may be any number."""

REQUIRED = {
    "scenario": [("departments",), *(("departments", 0, key) for key in ("name", "share", "facing", "power")),
                 ("events", 0, "kind"), ("events", 0, "week")],
    "policy": [("phases", 1, "posters")],
    "experiment": [("designs",), ("designs", 0, "kind")],
}  # fmt: skip


def ways(content: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """The way to every value in a table, with the value."""
    if way:
        yield way, content
    parts = content.items() if isinstance(content, dict) else enumerate(content) if isinstance(content, list) else ()
    for key, part in parts:
        yield from ways(part, (*way, key))


def changed(content: Any, way: tuple[Any, ...], value: Any = ..., name: str = "") -> Any:
    """A copy with another value at a place, without it (``...``), or with a new key in the table there."""
    if not way:
        return {**content, name: value} if name else value
    copy = content.copy()
    if len(way) == 1 and value is ...:
        del copy[way[0]]
    else:
        copy[way[0]] = changed(content[way[0]], way[1:], value, name)
    return copy


def wrong_values(value: Any, way: tuple[Any, ...]) -> list[Any]:
    """Values that cannot stand where a good one stands."""
    wrong: list[Any] = [NOBODY, [[NOBODY]], {"zzqx": {"zzqx": 1}}]
    if isinstance(value, bool):
        return [*wrong, 1, "true", 0.0]
    if isinstance(value, int | float):
        return [*wrong, math.nan, math.inf, "x", True, [], *([] if OPEN & set(way) else [-1e300, -7777777, 1e300])]
    if isinstance(value, str):
        return [*wrong, 3, True, value + UNSEEN[len(value) % len(UNSEEN)] + "x", [value]]
    return [*wrong, 3, True, "zzqx", math.nan]


def bad_tables(kind: str, table: dict[str, Any], rng: random.Random) -> tuple[dict[str, Any], str]:
    """A table with one fault, and what it is."""
    places = list(ways(table))
    tables = [(), *(way for way, value in places if isinstance(value, dict))]
    how = rng.randrange(4)
    if how == 0 and kind != "words":
        way = rng.choice(tables)
        return changed(table, way, 1, "zzqx"), f"unknown key in {way}"
    if how == 1 and kind in REQUIRED:
        way = rng.choice(REQUIRED[kind])
        return changed(table, way), f"without {way}"
    way, value = rng.choice(places)
    wrong = rng.choice(wrong_values(value, way))
    return changed(table, way, wrong), f"{way} is {wrong!r}"


def bad_bytes(good: bytes, rng: random.Random) -> tuple[bytes | None, str]:
    """What no parser of text reads, and what it is; ``None`` is a folder."""
    at = rng.randrange(len(good)) if good else 0
    return rng.choice(
        [
            (b"", "empty"), (None, "a folder"), (good[:at] + b"\xff\xfe\xff" + good[at:], f"no UTF-8 at {at}"),
            (b"\x00" * 100, "zeros"), (bytes(rng.randrange(256) for _ in range(300)) + b"\xff", "noise"),
            (b"\x89PNG\r\n\x1a\n" + bytes(200), "a picture"), (b"PK\x03\x04" + bytes(200), "an archive"),
        ]
    )  # fmt: skip


def bad_toml(good: bytes, rng: random.Random) -> tuple[bytes | None, str]:
    """Text that is no TOML."""
    for _ in range(20):
        at = rng.randrange(len(good))
        junk = rng.choice(
            ["=", '"', "]", "{", "[[", "\u202e", "\x00", "\x1b", "'''", "\n[x\n", "#\x7f", " = \n", "\ud83d"]
        )
        text = good[:at] + junk.encode("utf-8", "surrogatepass") + good[at + rng.randrange(3) :]
        try:
            tomllib.loads(text.decode())
        except (ValueError, RecursionError):
            return text, f"{junk!r} at {at}"
    return rng.choice(
        [
            (b"[" * 20_000, "deep"),
            (good + good, "twice"),
            (b"x = " + b"9" * 5000, "long"),
            (good + b" " * 10**6, "large"),
        ]
    )


def of_table(
    kind: str, good: Callable[[], dict[str, Any]], name: str, *command: str
) -> Callable[[random.Random], Case]:
    """Cases of a kind of file in TOML."""

    def make(rng: random.Random) -> Case:
        how = rng.randrange(6)
        content: bytes | None
        if how == 0:
            content, about = bad_bytes(written(good()), rng)
        elif how == 1:
            content, about = bad_toml(written(good()), rng)
        else:
            table, about = bad_tables(kind, good(), rng)
            content = written(table)
        return Case(tuple(name if word == "?" else word for word in command), {name: content}, f"{kind}: {about}")

    return make


def scenario_case(rng: random.Random) -> Case:
    """A scenario with a fault; or one with a parameter outside of its range."""
    command = rng.choice(
        [("check", "?"), ("run", "?", "--out", "o.csv"), ("compare", "?", "--out", "o"), ("live", "?")]
    )
    if rng.random() < 0.6:
        return of_table("scenario", lambda: SCENARIO, "s.toml", *command)(rng)
    parameter = rng.choice(list(current().parameters.values()))
    value: Any = rng.choice([NOBODY, "zzqx", [1], {}])
    if parameter.low is not None and parameter.high is not None and rng.random() < 0.6:
        value = rng.choice([parameter.low - 1, parameter.high + 1, parameter.low - 1e-3, math.nan, math.inf, True])
    table = {**SCENARIO, "futures": {"x": {parameter.name: value}}}
    return Case(
        tuple("s.toml" if word == "?" else word for word in command),
        {"s.toml": written(table)},
        f"{parameter.name} = {value!r}",
    )


def extension_case(rng: random.Random) -> Case:
    """A program that is none, or declares what cannot be."""
    bad = rng.choice([
        ("(", "no Python"), ("x = 'a", "no Python"), ("\x00", "a null"), ("  x = 1\n y = 2", "indentation"), ("(" * 300, "deep"),
        (EXTENSION.replace("0 to 1", "2 to 1"), "low above high"), (EXTENSION.replace("= 0.5", "= x"), "text for a number"),
        (EXTENSION.replace("own.size", "norm.sharpness"), "a name that is taken"), (EXTENSION.replace("    Size.\n", ""),
        "no meaning"),
        (EXTENSION.replace("tier 5", "tier 9"), "no tier"), ("PARAMETERS = 3", "no parameters"), ("import zzqx",
        "no such module"),
        (EXTENSION + "@outcome('share')\ndef reach(employees):\n    'X.'\n    return 1.0\n", "an outcome that is taken"),
        ("raise SystemExit(0)", "leaves"), ("raise ValueError('\x1b[2J')", "fails"), ("1 / 0", "fails"), ("PARAMETERS = (1,)",
        "a number"), ("EVENT_KINDS = (1,)", "an event that is none"),
    ])  # fmt: skip
    content: bytes | None = bad[0].encode()
    if rng.random() < 0.2:
        content, _ = rng.choice([(None, ""), (b"\xff\xfe\xff", "")])
    command = rng.choice(["list", "odd", "compare", "run", "live"])
    words = {"run": ("--out", "o.csv")}.get(command, ())
    return Case((command, "--extension", "e.py", *words), {"e.py": content}, f"extension: {bad[1]}")


def named_extension_case(rng: random.Random) -> Case:
    """A scenario or an experiment that names what is no extension."""
    value = rng.choice(
        [
            3,
            "x.py",
            ["missing.py"],
            [3],
            [["x.py"]],
            ["a\0b"],
            ["\x1b.py"],
            ["."],
            ["x" * 5000],
            {"a": 1},
            True,
            ["e.py"],
        ]
    )
    name, table = rng.choice([("s.toml", SCENARIO), ("x.toml", EXPERIMENT)])
    return Case(
        ("check", name), {name: written({**table, "extensions": value}), "e.py": b"("}, f"extensions = {value!r}"[:80]
    )


def table_of_others(kind: str, good: str, name: str, *command: str) -> Callable[[random.Random], Case]:
    """Cases of a table that is no table of its kind."""

    def make(rng: random.Random) -> Case:
        header, *rows = good.splitlines()
        content: bytes | None
        content, about = rng.choice([
            bad_bytes(b"", rng), (f"{header}\n".encode(), "names alone"), (header[:6].encode(), "half a line"),
            ("\n".join([header, *("x" + ",zzqx" * row.count(",") for row in rows)]).encode(), "words for numbers and dates"),
            ("\n".join(["zzqx"] * 30).encode(), "one column"), (("\n" * 50).encode(), "empty lines"),
        ])  # fmt: skip
        return Case(tuple(name if word == "?" else word for word in command), {name: content}, f"{kind}: {about}")

    return make


def manifest(rng: random.Random) -> tuple[bytes, str]:
    """A manifest that is none."""
    good = {
        "kind": "sweep", "format": 1, "status": "finished", "experiment": {"name": "x", "claim": "c"}, "currency": "EUR",
        "weeks": 3,
        "factors": [{"name": "a", "kind": "number", "role": "uncertainty", "low": 0.0, "high": 1.0}], "outcomes": ["reach"],
        "designs": [{"name": "d", "kind": "grid", "rows": 3, "over": ["a"]}], "weekly": None, "replicates": {"fixed": 2},
        "points": 3,
        "runs": {"done": 6, "failed": 0}, "stopped": None, "files": {"runs.parquet": {"bytes": 3, "sha256": "00"}},
    }  # fmt: skip
    text = json.dumps(good)
    if rng.random() < 0.3:
        return text[: rng.randrange(len(text) - 1)].encode(), "cut short"
    way, value = rng.choice([each for each in ways(good) if "name" not in each[0]])
    wrong = rng.choice([[[]], {"zzqx": [1]}, "\x1b[2J", -1, 1e308])
    if isinstance(value, float):
        wrong = "x"
    return json.dumps(changed(good, way, wrong)).encode(), f"{way} is {wrong!r}"


def store_case(rng: random.Random) -> Case:
    """A folder of a sweep with a manifest that is none, or without its files."""
    content, about = manifest(rng)
    return Case(
        ("analyze", "store"),
        {"store/manifest.json": content, "store/runs.parquet": b"PAR1" + bytes(20)},
        f"store: {about}",
    )


FILES: dict[str, Callable[[random.Random], Case]] = {
    "scenarios": scenario_case,
    "policies": lambda rng: of_table(
        "policy", lambda: POLICY, "policy.toml", *rng.choice([("check", "policies/?"), ("run", "--policy", "?", "--out",
        "o.csv")])
    )(rng),
    "experiments": lambda rng: of_table(
        "experiment", lambda: EXPERIMENT, "x.toml", *rng.choice([("check", "?"), ("sweep", "?", "--out", "o"), ("sweep", "?",
        "--dry-run")])
    )(rng),
    "extensions": extension_case,
    "names of extensions": named_extension_case,
    "lessons": lambda rng: of_table(
        "lesson", table_of_lesson, "lesson.toml", *rng.choice([("check", "lessons/?"), ("lesson", "?", "--out", "o.html")])
    )(rng),
    "words": of_table("words", words_of_lessons, "w.toml", "lesson", "--words", "?", "--out", "o.html"),
    "histories": table_of_others(
        "history", HISTORY, "history.csv", "fit", "good.toml", "?", "--draws", "64", "--out", "o"
    ),
    "logs": table_of_others("log", LOG, "log.csv", "calibrate", "?", "--out", "o.toml"),
    "tables of retention": table_of_others("retention", RETENTION, "table.csv", "calibrate", "?", "--kind", "retention",
    "--out", "o.toml"),
    "tables of runs": table_of_others(
        "runs", RUNS, "runs.csv", "analyze", "?", "--factor", "speed", "--outcome", "waiting", "--out", "o"
    ),
    "stores": store_case,
}  # fmt: skip
"""Every kind of file that is read, and what makes bad ones."""


# --- options ---------------------------------------------------------------------------------------------------------------

OWN: Files = {
    "own": None, "file": b"years of work", "good.toml": written(SCENARIO), "x.toml": written(EXPERIMENT), "log.csv": LOG.encode(),
    "table.csv": RETENTION.encode(), "runs.csv": RUNS.encode(), "plan.toml": written(POLICY),
    "history.csv": HISTORY.encode(), "manifest.json": MANIFEST,
}  # fmt: skip
"""What lies in the folder of somebody who types options."""

NAMES = (
    "zzqx",
    "",
    " ",
    "a\x1b[2Jb",
    "\u202egnp.x",
    "x" * 100_000,
    "nän",
    "../../etc",
    "=cmd",
    "-",
    "%s%n",
    "{0}",
    "$HOME",
    "own",
    ".",
)


def whole(low: int, high: int) -> tuple[str, ...]:
    """Words that are no whole number of this range."""
    return (
        "x",
        "2.5",
        "",
        "nan",
        "inf",
        "1e3",
        "0x10",
        str(low - 1),
        str(high + 1),
        "9" * 5000,
        "1 2",
        "--",
        "\x1b[2J",
        "½",
        "True",
    )


def number(low: float, high: float) -> tuple[str, ...]:
    """Words that are no number between these."""
    over = () if high == math.inf else (str(high + 1),)
    return ("x", "", "nan", "1,5", "1.2.3", "0x1p3", "five", "\u202e1", str(low - 1), "-inf", *over)


FILE = (
    "own",
    "missing/o{}",
    "file/o{}",
    "x" * 300 + "{}",
    "a\x1bb{}",
    "\u202ea{}",
    "/proc/o{}",
    "o.docx",
    "o",
    "/dev/null",
)
"""Files that cannot be written, or have an ending that is none; ``{}`` stands for a good one."""

FOLDER = ("own", "file", "file/o", "x" * 300, "a\x1bb", "\u200b", "/proc/o", ".", "..", "", "/", "/dev/null")
"""Folders that cannot be written, or hold what is somebody's own."""

SETS = ("x", "=", "=1", "norm=1", "norm.sharpness", "norm.sharpness=", "norm.sharpness=x", "norm.sharpness=nan",
    "norm.sharpness=-1", "a=b=c",
        "norm.sharpness=1e999", "employees.number=1.5", "employees.number=" + "9" * 5000, "norm.rule=zzqx", "weeks=0",
        "objective=zzqx", "\x1b=1",
        "x" * 100_000, "norm.sharpness=true", "__class__=1", "departments=1", "name=x", "name=a\x1b",
        "norm.sharpnes=3")  # fmt: skip

TARGETS = (
    "",
    "x",
    ">=1",
    "reach",
    "reach>=",
    "reach>=x",
    "reach=1",
    "reach>1",
    "zzqx>=1",
    "reach>=nan",
    "reach>=1e999",
    "reach>=1%%",
    "x" * 10**5,
)

_SEEDS = whole(0, 2**63 - 1)
_WEEKS = whole(1, 5200)
_YEARS = whole(1, 100)
_CLUSTERS = ("", "zzqx", "tcp://", "http://x", "tcp://x:y", "\x1b", "tcp://x:99999999")
_WORKERS = whole(1, 1000)
_EXTENSIONS = ("missing.py", "", "own", "file/x.py", "x" * 300, "a\x1bb.py", "good.toml")


_POSTERIORS = ("own", "file", "file/x", "missing", "", ".", "x" * 300, "a\x1bb", "\u202e", "/dev/null")


def file_words(ending: str) -> tuple[str, ...]:
    """Files that cannot be written."""
    return tuple(word.format(ending) for word in FILE)


Words = tuple[str, ...]

BASES: dict[str, Words] = {
    "compare": ("good.toml", "--policy", "none", "--out", "o"),
    "fit": ("good.toml", "history.csv", "--draws", "64", "--out", "o"),
    "advise": ("good.toml", "--budget", "1000", "--resource", "training", "--runs", "100", "--known", "--out", "o"),
    "run": ("good.toml", "--out", "o.csv"),
    "sweep": ("x.toml", "--out", "o"),
    "analyze": ("runs.csv", "--factor", "speed", "--outcome", "waiting", "--policy-column", "policy", "--out", "o"),
    "evidence": ("--quick", "--only", "march-1991"),
    "calibrate": ("log.csv", "--out", "o.toml"),
    "lesson": ("speech", "--out", "o.html"),
    "game": ("good.toml", "--out", "o.html"),
    "live": ("good.toml", "--port", "0"),
    "list": (),
    "check": ("good.toml",),
    "reproduce": ("manifest.json",),
    "bundle": ("manifest.json", "--out", "o.zip"),
    "odd": ("good.toml", "--out", "o.md"),
    "dossier": ("good.toml", "--out", "o.md"),
    "compile": (),
}
"""For every command words that are good, and to which one bad word is added."""

FLAG: Words = ("=yes", "=", "=0")
"""What follows a flag that takes nothing."""

_FORMATS = ("zzqx", "", "XLSX", "csv", "\x1b", "pdf,", "pdf;svg", "latex,zzqx")
_WORDS = ("zzqx", "", "Single", "\x1b", "x" * 10_000)
_COLUMN = ("zzqx", "", "99", "0", "-1", "a\x1bb", "x" * 10_000)

OPTIONS: dict[str, dict[str, Words]] = {
    "compare": {
        "scenario": NAMES, "second": NAMES, "tables": _FORMATS, "formats": _FORMATS, "column": _WORDS, "font": _WORDS,
        "policies": NAMES, "replicates": whole(1, 100_000), "weeks": _WEEKS, "years": _YEARS, "seed": _SEEDS,
        "workers": _WORKERS,
        "assignments": SETS, "equal_budget": FLAG, "budget": (*number(0, math.inf), "0", "inf", "1e300"), "futures": FLAG,
        "grain": (*whole(1, 1_000_000), "finer"),
        "without": NAMES,
        "ablate": FLAG, "targets": TARGETS, "unknown": whole(0, 10_000_000), "tornado": FLAG, "vary": NAMES, "out": FOLDER,
        "posterior": _POSTERIORS, "debug": FLAG, "extension": _EXTENSIONS, "trust": FLAG,
    },
    "fit": {
        "scenario": NAMES, "history": (*NAMES, "good.toml", "log.csv"), "policy": NAMES, "plan": FLAG, "vary": NAMES,
        "draws": whole(64, 65_536), "hold_out": whole(0, 3), "seed": _SEEDS, "workers": _WORKERS, "cluster": _CLUSTERS,
        "assignments": SETS,
        "columns": ("zzqx", "", "=", "practice", "practice=", "practice=zzqx", "zzqx=practice", "practice=99", "practice=0",
                    "satisfaction=practice=1", "\x1b=1", "x" * 10_000),
        "scales": ("zzqx", "", "practice", "practice=", "practice=zzqx", "zzqx=1-5", "practice=5-1", "practice=1-1", "cost=0-1",
                   "\x1b=1-5", "practice=nan-1", "x" * 10_000),
        "respondents": ("zzqx", "", "0", "-1", "2.5", "nan", "zzqx=3", "practice=", "practice=x", "9" * 5000, "\x1b=1"),
        "changes": ("zzqx", "", "practice", "cost", "\x1b", "x" * 10_000), "period": ("zzqx", "", "Quarter", "\x1b"),
        "start": ("zzqx", "", "99", "\x1b", "x" * 10_000), "decimal": ("zzqx", "", ",", "\x1b"),
        "date_format": ("zzqx", "%Q", "%", "\x1b", "%Y-%m-%d"), "out": FOLDER, "debug": FLAG, "extension": _EXTENSIONS,
        "trust": FLAG,
    },
    "advise": {
        "budget": (*number(0, math.inf), "0", "inf"), "scenario": NAMES,
        "objective": ("zzqx", "", "policy", "a\x1bb", "x" * 10_000), "years": whole(1, 100),
        "require": (*TARGETS, "retention_annual>=0.9 in 0 %", "retention_annual>=0.9 in 101 %",
        "retention_annual>=0.9 in x %", "retention_annual>=0.9 in 1e999 %", "reach in 95 %"),
        "resources": NAMES, "policies": NAMES, "futures": FLAG, "known": FLAG, "posterior": _POSTERIORS,
        "runs": whole(100, 1_000_000), "seed": _SEEDS, "cluster": _CLUSTERS,
        "workers": _WORKERS, "assignments": SETS, "out": FOLDER, "debug": FLAG, "extension": _EXTENSIONS, "trust": FLAG,
    },
    "run": {
        "scenario": NAMES, "policy": NAMES, "weeks": _WEEKS, "years": _YEARS, "seed": _SEEDS, "assignments": SETS,
        "out": file_words(".csv"),
        "grain": (*whole(1, 1_000_000), "finer"),
        "point": ("", "x", ":::", "x:y:0:0", "own:y:0:0", "good.toml:y:0:0", "x:y:-1:0", "x:y:0:x", "x:y:0:0:",
                  "x" * 10**4 + ":y:0:0",
                  "\x1b:y:0:0", "x:y:0:" + "9" * 5000),
        "trace": ("", "x", ":", "customer", "customer:", "customer:x", "customer:-1", "customer:1.5", "zzqx:1", "department:zzqx",
                  "department:9", "customer:" + "9" * 5000, "\x1b:1", "customer:²", "employee:1:2"),
        "history": file_words(".csv"), "debug": FLAG, "extension": _EXTENSIONS, "trust": FLAG,
    },
    "sweep": {
        "experiment": NAMES, "workers": _WORKERS, "cluster": _CLUSTERS,
        "out": FOLDER, "replicates": whole(1, 100_000), "weeks": _WEEKS, "years": _YEARS, "seed": _SEEDS, "assignments": SETS,
        "retry_failed": FLAG,
        "dry_run": FLAG, "debug": FLAG, "extension": _EXTENSIONS, "trust": FLAG,
    },
    "analyze": {
        "source": NAMES, "outcome": ("zzqx", "", "policy", "a\x1bb", "x" * 10_000), "out": FOLDER,
        "target": ("", "x", "waiting", "waiting=", "waiting=x", "waiting=nan", "waiting=inf", "zzqx=1", "=1", "\x1b=1",
            "x" * 10**5),
        "pair": ("", "x", "a", "a:", ":b", "a:a", "a:zzqx", "a:b:c", "\x1b:b", "x" * 10**5),
        "half_width": ("", "x", "waiting=0", "waiting=-1", "waiting=nan", "waiting=inf", "zzqx=1", "\x1b"),
        "factor": ("zzqx", "", "a\x1bb", "x" * 10_000), "design": ("zzqx", "", "Sample", "a\x1bb", "x" * 10_000),
        "policy_column": _COLUMN, "future_column": _COLUMN, "replicate_column": _COLUMN, "row_column": _COLUMN,
        "lower": ("zzqx", "", "speed", "a\x1bb", "x" * 10_000), "decimal": ("zzqx", "", ",", "\x1b"), "debug": FLAG,
        "formats": _FORMATS, "column": _WORDS, "font": _WORDS, "as_tables": (*_FORMATS, "xlsx"),
    },
    "evidence": {
        "only": ("zzqx", "a\x1bb", "x" * 10**5, "\u202e", "--"), "quick": FLAG, "points": whole(1, 100_000), "regions": FLAG,
        "design": ("file", "file/x", "a\x1bb"), "patience": number(0, math.inf), "workers": _WORKERS,
        "out": ("own", "missing/o.md", "file/o.md", "x" * 300 + ".md", "/proc/o.md", "a\x1bb.md"), "debug": FLAG,
    },
    "calibrate": {
        "data": (*NAMES, "good.toml"), "out": file_words(".toml"), "kind": ("zzqx", "", "Retention", "\x1b"),
        "customers": whole(1, 10_000_000), "currency": ("", " ", "x" * 13, "a\x1bb", "\u202e"), "overwrite": FLAG,
        "customer": _COLUMN,
        "date": _COLUMN, "money": _COLUMN, "quantity": _COLUMN, "date_format": ("zzqx", "%Q", "%", "\x1b", "%Y"),
        "holdout_weeks": whole(0, 10_000_000), "margin": (*number(0, 1), "0"), "column": _COLUMN, "period": ("zzqx", "", "\x1b"),
        "decimal": ("zzqx", "", ",", "\x1b"), "sign": ("zzqx", "", "-", "\x1b"), "values": ("zzqx", "", "Churn", "\x1b"),
        "unit": ("zzqx", "", "\x1b"), "cohort": whole(1, 10_000_000), "fit_years": whole(2, 10_000_000), "debug": FLAG,
    },
    "lesson": {
        "name": NAMES, "out": file_words(".html"),
        "words": ("good.toml", "missing/w.toml", "w.csv", "", "x" * 300 + ".toml"), "students": FLAG,
        "workers": _WORKERS,
        "debug": FLAG,
    },
    "game": {
        "scenario": NAMES, "seed": _SEEDS, "codes": (*NAMES, "good.toml", "log.csv"), "out": file_words(".html"), "debug": FLAG,
    },
    "live": {
        "scenario": NAMES, "port": whole(0, 65535), "policy": NAMES, "weeks": _WEEKS, "years": _YEARS,
        "seed": _SEEDS, "assignments": SETS,
        "save": file_words(".toml"), "open_page": FLAG, "debug": FLAG, "extension": _EXTENSIONS, "trust": FLAG,
    },
    "list": {"catalog": NAMES, "as_json": FLAG, "debug": FLAG, "extension": _EXTENSIONS, "trust": FLAG},
    "check": {"files": NAMES, "baseline": FLAG, "debug": FLAG},
    "odd": {"scenario": NAMES, "policies": NAMES, "assignments": SETS, "summary": FLAG,
            "out": ("own", "missing/o.md", "file/o.md", "/proc/o.md", "x" * 300, "a\x1bb.md"), "debug": FLAG,
            "extension": _EXTENSIONS, "trust": FLAG},
    "reproduce": {"manifest": (*NAMES, "good.toml", "history.csv"), "rtol": number(0, 1), "debug": FLAG},
    "bundle": {"folder": (*NAMES, "good.toml", "history.csv"), "out": file_words(".zip"), "debug": FLAG},
    "dossier": {"scenario": NAMES, "policies": NAMES, "assignments": SETS,
                "out": ("own", "missing/o.md", "file/o.md", "/proc/o.md", "x" * 300, "a\x1bb.md"), "debug": FLAG,
                "extension": _EXTENSIONS, "trust": FLAG},
    "compile": {"debug": FLAG, "extension": _EXTENSIONS, "trust": FLAG},
}  # fmt: skip
"""Every option and argument of every command, with words that it cannot take."""


def option_case(command: str, name: str, words: Words, option: str, rng: random.Random) -> Case:
    """A good command with one bad word.

    Args:
        command: Name of the command.
        name: Name of the option or argument.
        words: Words that it cannot take.
        option: How the option is typed; empty for an argument.
        rng: Chooses.
    """
    word, base = rng.choice(words), BASES[command]
    if words is FLAG:
        typed = (*base, f"{option}{word}")
    elif option:
        at = base.index(option) if option in base and name in ("out", "only") else len(base)
        typed = (*base[:at], option, word, *base[at + 2 :])
    else:
        typed = (*(("--",) if word.startswith("-") else ()), word, *base[1:])
        typed = (*base[1:], *typed[: len(typed) - len(base[1:])])
    return Case((command, *typed), OWN, f"{command} {option or name} {word[:40]!r}")


def shipped_names() -> set[str]:
    """Names of everything that ships, which are legal where a file is asked for."""
    return {name for kind in ("scenarios", "policies", "experiments") for name in shipped_files(kind)}  # type: ignore[arg-type]


def write(case: Case, folder: Path) -> None:
    """Put the files of a case into a folder."""
    for name, content in case.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if content is None:
            path.mkdir()
            (path / "thesis.txt").write_text("years of work")
        else:
            path.write_bytes(content)
