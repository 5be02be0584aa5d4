"""Targets that a user sets, such as ``retention_annual>=0.85``: what would be good enough."""

from __future__ import annotations

import re
from collections.abc import Iterable
from math import isfinite
from typing import TYPE_CHECKING

from sim.model.scenario.messages import Faults, quoted
from sim.model.scenario.suggestions import Wanted, suggest_number

if TYPE_CHECKING:
    from sim.analysis.targets import Target

_FORM = re.compile(r"\s*([a-z_]+)\s*(>=|<=)\s*([-+0-9._e]+)\s*(%?)\s*", re.IGNORECASE)

OTHER_NAMES = {"nps": "net_promoter_score"}
"""Measures by what people call them."""


def read_targets(texts: Iterable[str], faults: Faults, location: str = "--target") -> tuple[Target, ...]:
    """Targets as typed, each once; faults are noted, under the name of the option, for those that make no sense."""
    texts = list(texts)
    if not texts:
        return ()
    from sim.analysis.metrics import MEASURES_OF_RUNS, WHERE_LISTED
    from sim.analysis.targets import Target

    found: dict[str, Target] = {}
    for text in texts:
        match = _FORM.fullmatch(text)
        number = None if match is None else _number(match[3], match[4])
        measure = "" if match is None else OTHER_NAMES.get(match[1].casefold(), match[1])
        if match is None or number is None:
            faults.add(
                location,
                f"must be MEASURE>=NUMBER or MEASURE<=NUMBER, got {quoted(text)}. "
                f'Write for example {location} "retention_annual>=0.9".',
            )
        elif measure not in MEASURES_OF_RUNS:
            hints = {name: metric.meaning for name, metric in MEASURES_OF_RUNS.items()}
            faults.unknown(f"{location} {match[1]}", match[1], "a measure that single runs have", hints, WHERE_LISTED)
        else:
            metric = MEASURES_OF_RUNS[measure]
            wanted = Wanted("share", 0.0 if metric.kind == "share" else -1.0, 1.0)
            if metric.unit == "share" and not wanted.takes(number):
                rule = f"must be {wanted.low:g} to 1 (share), got {match[3]}{match[4]}."
                faults.add(
                    f"{location} {match[1]}", f"{rule} {suggest_number(number, wanted) or 'Write 0.93 for 93 %.'}"
                )
            found[text] = Target(measure, match[2] == ">=", number)
    return tuple(dict.fromkeys(found.values()))


def _number(text: str, percent: str) -> float | None:
    try:
        number = float(text) / (100.0 if percent else 1.0)
    except ValueError:
        return None
    return number if isfinite(number) else None
