"""Facts as data: what runs must show. Loading reports every fault of the files at once."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import StrEnum
from importlib.resources import files
from math import inf, isclose
from pathlib import Path
from typing import Any

from sim.lab.evidence_settings import DEFAULT, evidence_settings
from sim.model.kernel.parameters import Tier

_ROWS = re.compile(r"\(rows? ([\d, ]+)\)$")

_TEXTS = ("claim", "measure", "source", "seed", "note", "unit")
_NUMBERS = ("target", "tolerance", "at_least", "at_most")
_FIELDS = ("id", *_TEXTS, *_NUMBERS, "arguments", "tier", "calibrated", "kind", "region", "quick", "settings", "cases")
_CASE_FIELDS = (
    "id", "claim", "note", "seed", *_NUMBERS, "arguments", "calibrated", "kind", "region", "quick", "settings",
)  # fmt: skip


class Kind(StrEnum):
    """What a fact can be evidence of."""

    EMERGENT = "emergent"
    """An outcome of an organization that lives, which could have come out otherwise."""
    INSTRUMENT = "instrument"
    """A check of a formula or of the instrument: no organization lives, or its sign was put in."""
    REPLICATION = "replication"
    """A number or a direction of a model that others published or fitted."""


class FactError(ValueError):
    """Raised for facts that cannot be used; ``faults`` holds one message each."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that runs must show.

    Attributes:
        id: Name, ``group`` or ``group/case``.
        claim: What is claimed, in a sentence.
        measure: Name of the measure that works out the value.
        arguments: Arguments of the measure.
        low, high: Band in which the measured value must lie; infinite where one side is open.
        target: Published or claimed value, if there is one.
        source: Where the claim or number comes from.
        tier: Quality of that source (1 best; 5 is conjecture and is never called validated).
        seed: Text that claims it, if any, with the numbers of the claims in :file:`claims.toml`.
        note: What a reader must know about it.
        calibrated: Whether its source was used to set a parameter. Then the fact checks the code and validates nothing.
        kind: What it can be evidence of. Only what emerges can be validated.
        quick: Whether a quick run scores it too; the slowest facts are left for the full run.
        region: Whether to find the share of the plausible ranges over which it holds, where that makes sense.
        setting: Setting in which it is scored (:mod:`sim.lab.evidence_settings`).
    """

    id: str
    claim: str
    measure: str
    arguments: Mapping[str, Any]
    low: float
    high: float
    source: str
    tier: Tier
    target: float | None = None
    seed: str = ""
    note: str = ""
    calibrated: bool = field(default=False)
    kind: Kind = Kind.EMERGENT
    region: bool = True
    quick: bool = True
    setting: str = DEFAULT

    @property
    def rows(self) -> tuple[int, ...]:
        """Numbers of the claims that it tests, as its ``seed`` names them."""
        named = _ROWS.search(self.seed)
        return tuple(int(number) for number in named.group(1).split(",")) if named else ()

    @property
    def band(self) -> str:
        """The band in words."""
        if self.target is not None and self.low > -inf and self.high < inf:
            if isclose(self.target, (self.low + self.high) / 2, abs_tol=1e-12):
                return f"{self.target:g} ± {(self.high - self.low) / 2:g}"
            return f"{self.target:g} ({self.low:g} to {self.high:g})"
        if self.high == inf:
            return f"at least {self.low:g}"
        return f"at most {self.high:g}" if self.low == -inf else f"{self.low:g} to {self.high:g}"


def load_facts(*paths: Path) -> list[Fact]:
    """Facts of the given files, or of all files of the package, in the order of the files.

    Raises:
        FactError: With every fault of every file.
    """
    sources = [(path.name, path.read_text(encoding="utf-8")) for path in paths] or list(_shipped())
    facts: list[Fact] = []
    faults: list[str] = []
    for name, text in sources:
        try:
            table = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            faults.append(f"{name}: is not TOML: {error}. Correct it there.")
            continue
        for number, entry in enumerate(table.get("facts", []), start=1):
            place = f"{name}: facts[{entry.get('id', number)}]"
            faults += _unknown_fields(entry, place)
            of_the_file = {"settings": table.get("settings", [DEFAULT]), "kind": table.get("kind", Kind.EMERGENT)}
            for case in _expand({**of_the_file, **entry}):
                found = list(_faults(case, place))
                faults += [fault for fault in found if fault not in faults]
                if not found:
                    facts.append(_build(case))
    seen: set[str] = set()
    for fact in facts:
        if fact.id in seen:
            faults.append(f"{fact.id}: two facts have this id. Rename one of them.")
        seen.add(fact.id)
    if faults:
        raise FactError(faults)
    return facts


def _shipped() -> Iterator[tuple[str, str]]:
    folder = files("sim.evidence") / "facts"
    for entry in sorted(folder.iterdir(), key=lambda item: item.name):
        if entry.name.endswith(".toml"):
            yield entry.name, entry.read_text(encoding="utf-8")


def _expand(entry: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The fact itself, or each of its cases with the shared fields filled in, once for each of its settings."""
    shared = {key: value for key, value in entry.items() if key != "cases"}
    cases = [shared]
    if "cases" in entry:
        cases = [
            {
                **shared,
                **case,
                "id": f"{shared.get('id', '')}/{case.get('id', '')}",
                "arguments": {**shared.get("arguments", {}), **case.get("arguments", {})},
            }
            for case in entry["cases"]
        ]
    for case in cases:
        for number, setting in enumerate(case["settings"]):
            again = {"id": f"{case.get('id', '')}/{setting}"} if number else {}
            yield {**case, **again, "setting": setting}


def _unknown_fields(entry: Mapping[str, Any], place: str) -> Iterator[str]:
    """Fields that no fact has, most likely misspelled."""
    groups: list[tuple[str, Mapping[str, Any], tuple[str, ...]]] = [(place, entry, _FIELDS)]
    groups += [(f"{place}.cases[{case.get('id', '?')}]", case, _CASE_FIELDS) for case in entry.get("cases", [])]
    for where, table, legal in groups:
        for key in table:
            if key not in legal:
                near = get_close_matches(key, legal, n=1)
                remedy = f"Did you mean {near[0]}?" if near else f"Legal are {', '.join(legal)}."
                yield f"{where}: {key} is not a field of a fact. {remedy}"


def _faults(case: Mapping[str, Any], place: str) -> Iterator[str]:
    """Messages about what is wrong with a fact; each names place, rule, value and remedy."""
    for key in ("id", "claim", "measure", "source"):
        if not case.get(key):
            yield f"{place}: {key} is missing. Say it in a string."
    for key in _TEXTS:
        if key in case and not isinstance(case[key], str):
            yield f"{place}: {key} must be a string, got {case[key]!r}. Put it in quotes."
    for key in _NUMBERS:
        if key in case and (isinstance(case[key], bool) or not isinstance(case[key], (int, float))):
            yield f"{place}: {key} must be a number, got {case[key]!r}. Leave the quotes out."
    if case.get("tier") not in set(Tier):
        yield f"{place}: tier must be 1 (replication) to 5 (conjecture), got {case.get('tier')!r}. Choose one."
    if case["setting"] not in evidence_settings():
        yield f"{place}: {case['setting']!r} is not a setting of the evidence. Legal are {', '.join(evidence_settings())}."
    if case["kind"] not in set(Kind):
        yield f"{place}: {case['kind']!r} is not a kind of fact. Legal are {', '.join(Kind)}."
    both = "target" in case and "tolerance" in case
    one_sided = "at_least" in case or "at_most" in case
    if both == one_sided:
        yield f"{place}: needs either target and tolerance, or at_least and/or at_most. Say what would hold."
    if isinstance(case.get("tolerance"), (int, float)) and case["tolerance"] < 0:
        yield f"{place}: tolerance must not be negative, got {case['tolerance']}. Drop the sign."


def _build(case: Mapping[str, Any]) -> Fact:
    target, tolerance = case.get("target"), case.get("tolerance")
    if target is not None and tolerance is not None:
        low, high = target - tolerance, target + tolerance
    else:
        low, high = case.get("at_least", -inf), case.get("at_most", inf)
    return Fact(
        id=case["id"],
        claim=case["claim"],
        measure=case["measure"],
        arguments=dict(case.get("arguments", {})),
        low=float(low),
        high=float(high),
        source=case["source"],
        tier=Tier(case["tier"]),
        target=None if target is None else float(target),
        seed=case.get("seed", ""),
        note=case.get("note", ""),
        calibrated=bool(case.get("calibrated", False)),
        kind=Kind(case["kind"]),
        region=bool(case.get("region", True)),
        quick=bool(case.get("quick", True)),
        setting=case["setting"],
    )
