"""The dossier: both standards in full, what is known filled in, what only an author can say marked as such."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

from sim.documentation import Study
from sim.documentation.dossier import render_dossier
from sim.evidence.fact import load_facts
from sim.evidence.kept import FILE, kept_verdicts
from sim.evidence.tables import can_validate
from sim.model.scenario import Scenario, shipped

HOSPITAL = Path(__file__).with_name("hospital.toml")

TRACE = (
    "Problem formulation", "Model description", "Data evaluation", "Conceptual model evaluation", "Implementation verification",
    "Model output verification", "Model analysis", "Model output corroboration",
)  # fmt: skip
"""The eight elements of Grimm et al. (2014), in their order."""


@cache
def study() -> Study:
    return Study.of(Scenario.load(HOSPITAL))


@cache
def text() -> str:
    return render_dossier(study())


def test_both_standards_are_there_in_order() -> None:
    trace, _, rat = text().partition("\n# RAT-RS\n")
    assert tuple(re.findall(r"^## \d\. (.+)$", trace, flags=re.MULTILINE)) == TRACE
    for use in ("specification", "calibration", "validation"):
        assert f"## Data for {use}" in rat


def test_what_only_an_author_can_say_is_marked() -> None:
    for part in re.split(r"^## ", text(), flags=re.MULTILINE)[1:-1]:
        known_in_full = part.startswith(("2. Model description", "5. Implementation verification"))
        assert ("**To be said by the author:**" in part) != known_in_full, part[:40]


def test_numbers_are_those_of_the_study_and_of_the_kept_evidence() -> None:
    assert f"{len(study().parameters)} parameters act in it" in text()
    rows = re.findall(r"^\| (\d) \| .+ \| (\d+) \|$", text(), flags=re.MULTILINE)
    assert sum(int(number) for _, number in rows) == len(study().parameters)
    assert f"{len(load_facts())} facts:" in text()
    if (shipped.top() / FILE).is_file():
        kept = json.loads((shipped.top() / FILE).read_text(encoding="utf-8"))
        assert kept["regions"].removeprefix("over the plausible ranges: ") in text().replace("\\", "")
        verdicts = kept_verdicts() or {}
        shown = re.findall(
            r"^\| `([\w./-]+)` \| .* \| (holds|fails|inconclusive|not yet run) \|$", text(), flags=re.MULTILINE
        )
        assert {name for name, _ in shown} == {fact.id for fact in load_facts() if can_validate(fact)}
        assert all(verdicts.get(name, "not yet run") == verdict for name, verdict in shown)


def test_values_of_the_scenario_ask_for_their_source() -> None:
    part = text().partition("## 3. Data evaluation")[2].partition("## 4.")[0]
    assert "`employees.turnover` = 0.03" in part and "where each of these values comes from" in part
