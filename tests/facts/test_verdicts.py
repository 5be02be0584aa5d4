"""What the kept run of the evidence says of each fact, fewer runs must not contradict; and what fails says why.

The kept run is the one list of what this version shows. A change that makes a claim come out otherwise is seen here, and
then the evidence is run anew: ``centricity evidence --out results/reference/evidence.json --out results/reference/evidence.md``.
"""

from __future__ import annotations

import pytest

from facts.scored_facts import scored
from sim.evidence.fact import Kind, load_facts
from sim.evidence.kept import kept_verdicts
from sim.evidence.scoring import Verdict

KEPT = kept_verdicts()

pytestmark = [pytest.mark.skipif(KEPT is None, reason="needs the checkout"), pytest.mark.recipe("fact")]

GROUPS = sorted({fact.id.split("/")[0] for fact in load_facts() if fact.kind is not Kind.REPLICATION and fact.quick})


@pytest.mark.slow
@pytest.mark.parametrize("group", GROUPS)
def test_a_few_runs_do_not_contradict_what_is_kept(group: str) -> None:
    assert KEPT is not None
    opposite = {Verdict.HOLDS.value: Verdict.FAILS, Verdict.FAILS.value: Verdict.HOLDS}
    for row in scored(group, quick=True):
        assert row.error == "", row.fact.id
        kept = KEPT.get(row.fact.id, "")
        assert row.verdict is not opposite.get(kept), (row.fact.id, kept, row.fact.band, row.measurement)


def test_what_does_not_come_out_says_why() -> None:
    assert KEPT is not None
    silent = [fact.id for fact in load_facts() if KEPT.get(fact.id) == Verdict.FAILS and not fact.note]
    assert silent == [], "a fact that fails has a note"
