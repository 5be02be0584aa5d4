"""The observation model: what each column of a history would have shown of a run of the model.

A column stands for a weekly outcome, seen over the weeks of its row: a survey or a level as their mean, what happens to people
or customers as the share of them to which it happened, amounts as their sum.

| column | of the model | seen as |
|---|---|---|
| practice | ``practicing`` | mean share; survey of employees |
| satisfaction | ``satisfaction`` | mean index; survey of customers who all answer truthfully |
| net_promoter | ``satisfaction``, by :mod:`sim.analysis.net_promoter` | score of -100 to 100; survey of customers |
| engagement | ``employee_satisfaction`` | mean index; survey of employees |
| retention, churn | ``retention`` | share kept, or lost, over the weeks of the row |
| complaints | ``failures`` | number in the row; in proportion to the first row, since nobody knows what share complains |
| turnover | ``left`` and ``dismissed`` over ``employees`` | share of people who went over the weeks of the row |
| reported | ``reported`` | mean of the score that the organization shows itself, with every bias that the model gives it |
| cost | ``service_cost`` | sum over the weeks of the row, in currency |

Engagement is taken for the satisfaction of employees: questionnaires of engagement measure mostly that (Harter, Schmidt &
Hayes 2002), and energy is nowhere asked for by itself. Bias in who answers, and how, is in ``reported`` alone; a column of
satisfaction is taken for an honest sample.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.analysis.missing import FloatArray, mean_where_known
from sim.analysis.net_promoter import net_promoter_score
from sim.fitting.table import ANSWERS, COUNT, MEAN, MONEY, NET_PROMOTER, SHARE

EMPLOYEES, CUSTOMERS = "employees", "customers"


@dataclass(frozen=True)
class Measure:
    """A column that a history may have.

    Attributes:
        name: What options and files call it.
        kind: What its sampling error is made of.
        meaning: What it is, for people.
        asked: Who answers the survey; empty if it is none.
        per_period: Whether it grows with the length of a period, so that a year's is no quarter's.
        proportional: Whether only its course counts, since nobody knows its level.
        deviation: Standard deviation of one answer; 0 for all but means.
        words: Groups of words, small and without accents: a name of a column that has all of a group is this measure.
    """

    name: str
    kind: str
    meaning: str
    asked: str = ""
    per_period: bool = False
    proportional: bool = False
    deviation: float = 0.0
    words: tuple[frozenset[str], ...] = ()


def _words(*groups: str) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(group.split()) for group in groups)


_STAFF = ("employee", "employees", "staff", "mitarbeiter", "mitarbeitende", "personal", "team", "workforce")
_SATISFIED = ("satisfaction", "zufriedenheit", "sat")

MEASURES: dict[str, Measure] = {
    each.name: each
    for each in (
        Measure(
            "practice", SHARE, "share of employees who practice it", EMPLOYEES,
            words=_words("practice", "practicing", "practices", "adoption", "adopted", "adopters",
                         "praxis", "anwendung", "umsetzung", "verhalten", "behavior", "behaviour"),
        ),
        Measure(
            "engagement", MEAN, "satisfaction of employees", EMPLOYEES, deviation=ANSWERS,
            words=_words("engagement", "esat", "mitarbeiterzufriedenheit", "mitarbeiterengagement", "mood", "stimmung",
                         *(f"{staff} {satisfied}" for staff in _STAFF for satisfied in _SATISFIED)),
        ),
        Measure(
            "satisfaction", MEAN, "satisfaction of customers", CUSTOMERS, deviation=ANSWERS,
            words=_words("satisfaction", "csat", "zufriedenheit", "kundenzufriedenheit", "satisfaccion", "soddisfazione"),
        ),
        Measure(
            "net_promoter", NET_PROMOTER, "net promoter score", CUSTOMERS,
            words=_words("nps", "promoter", "promoters", "weiterempfehlung"),
        ),
        Measure(
            "turnover", SHARE, "share of employees who leave or are dismissed", per_period=True,
            words=_words("turnover", "fluktuation", "fluktuationsrate", "fluktuationsquote", "quits", "leavers",
                         "personalfluktuation", *(f"{staff} attrition" for staff in _STAFF)),
        ),
        Measure(
            "retention", SHARE, "share of customers who stay", per_period=True,
            words=_words("retention", "retained", "kundenbindung", "bindung", "bindungsrate", "verbleib", "haltequote",
                         "renewal"),
        ),
        Measure(
            "churn", SHARE, "share of customers who leave", per_period=True,
            words=_words("churn", "attrition", "abwanderung", "abwanderungsrate", "kundigungsrate", "kundigungen", "resiliation"),
        ),
        Measure(
            "complaints", COUNT, "complaints", per_period=True, proportional=True,
            words=_words("complaints", "complaint", "beschwerden", "beschwerde", "reklamationen", "reklamation", "plaintes"),
        ),
        Measure(
            "reported", MEAN, "score that the organization shows itself", CUSTOMERS, deviation=ANSWERS,
            words=_words("reported", "score", "scorecard", "kennzahl", "gemeldet", "berichtet"),
        ),
        Measure(
            "cost", MONEY, "cost of service", per_period=True,
            words=_words("cost", "costs", "kosten", "servicekosten", "aufwand", "couts"),
        ),
    )
}  # fmt: skip
"""Columns that a history may have, in the order in which their names are tried."""


OUTCOMES = (
    "practicing", "employee_satisfaction", "satisfaction", "left", "dismissed", "employees", "retention", "failures",
    "reported", "service_cost",
)  # fmt: skip
"""Weekly outcomes that columns are made of."""


def see_rows(
    weekly: FloatArray, outcomes: Sequence[str], first: int, windows: Sequence[tuple[int, int]], represented: float
) -> FloatArray:
    """What everybody's answers and the books would have shown: (rows, measures), in the order of :data:`MEASURES`.

    Args:
        weekly: (weeks, outcomes) of one run.
        outcomes: Names of its columns.
        first: Week of its first row; the policy begins in week 0.
        windows: First week of each row of the history, and the week after its last.
        represented: Real customers for each simulated one.

    Returns:
        NaN where the model has no value.
    """
    place = {name: position for position, name in enumerate(outcomes)}
    seen = np.full((len(windows), len(MEASURES)), np.nan)
    for row, (begin, end) in enumerate(windows):
        part = weekly[max(begin - first, 0) : end - first]
        if not len(part):
            continue
        values = {name: part[:, place[name]] for name in OUTCOMES}
        mean = {name: float(mean_where_known(values[name])) for name in OUTCOMES}
        people = mean["employees"]
        gone = float(values["left"].sum() + values["dismissed"].sum())
        kept = values["retention"][np.isfinite(values["retention"])]
        stay = float(np.prod(kept)) if kept.size else np.nan
        found = {
            "practice": mean["practicing"],
            "engagement": mean["employee_satisfaction"],
            "satisfaction": mean["satisfaction"],
            "net_promoter": float(net_promoter_score(mean["satisfaction"])),
            "turnover": min(gone / people, 1.0) if people > 0 else np.nan,
            "retention": stay,
            "churn": 1.0 - stay,
            "complaints": represented * float(values["failures"].sum()),
            "reported": mean["reported"],
            "cost": float(values["service_cost"].sum()),
        }
        seen[row] = [found[name] for name in MEASURES]
    return seen


def in_proportion(expected: FloatArray, values: FloatArray) -> FloatArray:
    """Counts of which only the course is known: (draws, rows) scaled to the history's first known value.

    A draw whose first value is 0 has none in proportion: its values are missing. Without a known value the first row of all
    draws is taken to their median.
    """
    known = np.flatnonzero(np.isfinite(values))
    first = int(known[0]) if known.size else 0
    base = expected[:, first : first + 1]
    level = float(values[first]) if known.size else float(np.nanmedian(base))
    with np.errstate(divide="ignore", invalid="ignore"):
        scaled: FloatArray = np.where(base > 0.0, expected / base * level, np.nan)
    return scaled
