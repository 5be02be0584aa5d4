"""The week as one compiled function, and weeks after weeks: every step of :data:`sim.week.WEEK` in its order."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.compiled import (
    books,
    experience,
    governance,
    leaders,
    loyalty,
    needs,
    norms,
    people,
    service,
    staffing,
    top,
    work,
)
from sim.compiled.amounts import OF, overall
from sim.kernel.compiling import compiled, inlined
from sim.kernel.one import for_one
from sim.mechanisms import partners
from sim.week import WEEK

STEPS = {step.name: place for place, step in enumerate(WEEK)}
"""Place of each step in the week."""

VACANT = -1
"""Entry of the table of choices where nobody sits."""

_MAKE_MOMENTS = STEPS["make_moments"]
_raise_quality = for_one(partners.raise_quality)


@compiled
def live(
    first: int,
    last: int,
    weeks: int,
    e: Any,
    c: Any,
    d: Any,
    x: Any,
    f: Any,
    m: Any,
    b: Any,
    around: Any,
    amounts: Any,
    wanted: Any,
    prices: Any,
    keys: Any,
    settings: Any,
    state: Any,
    values: Any,
    choices: Any,
) -> None:
    """Live through the steps from ``first`` up to ``last`` of one week, or through several whole weeks.

    Args:
        first, last: Places as in :data:`STEPS`; 0 and their number for whole weeks.
        weeks: Number of weeks; 1 unless they are whole.
        values, choices: A row of outcomes and a row of choices for each week, filled where a week comes to its end.
    """
    p, s = settings[0], state[0]
    for number in range(weeks):
        s.week += number > 0
        if first == 0:
            _begin(s)
            leaders.succeed(x, keys, p, s)
            leaders.fund(amounts, wanted, around.cuts, s)
            top.emulate(e, x, amounts, keys, p, s)
            top.choose_place(x, amounts, p, s)
            staffing.staff(e, d, f, b, around, amounts, keys, p, s)
            people.speak(e, d, x, f, b, amounts, p, s)
            leaders.take_credit(d, amounts, p)
            leaders.hear_less(e, d, f, p)
            people.learn(e, f, b, amounts, p)
            leaders.keep_calendars(x, keys, p, s)
        if last <= _MAKE_MOMENTS:
            return
        people.work_on_the_score(e, amounts, p)
        people.comply(e, d, f, b, amounts, p)
        norms.see_colleagues(e, f, keys, p, s)
        norms.choose(e, f, b, amounts, keys, p, s)
        people.agree_on_terms(e, d, f, amounts, keys, p, s)
        _hold_partners_to_standards(d, around, amounts, p)
        experience.promote(c, d, amounts, keys, p, s)
        work.need_service(c, m, keys, s)
        work.press(e, d, f, b, amounts, keys, p, s)
        work.attend(e, f, b, p, s)
        work.prepare_delivery(e, f, amounts, p)
        governance.draw_the_line(e, d, x, b, amounts, p, s)
        service.serve(e, c, d, x, f, m, around, amounts, keys, p, s)
        needs.picture_needs(e, d, f, m, around, amounts, keys, p, s)
        experience.experience(e, c, d, m, amounts, keys, p, s)
        experience.collect_dues(c, m, b, keys, p, s)
        experience.talk(c, m, b, p, s)
        loyalty.stay_or_go(c, m, keys, p, s)
        loyalty.come(c, d, m, amounts, keys, p, s)
        books.survey(e, c, m, keys, p, s)
        governance.answer_for_the_score(e, c, d, b, amounts, p, s)
        leaders.look_in_the_mirror(c, d, x, b, amounts, p, s)
        books.keep_accounts(e, c, d, m, b, around.squeezes, amounts, prices, p, s)
        governance.take_stock(p, s)
        books.record(e, c, d, x, f, m, b, amounts, p, s, values[number])
        for seat in range(e.choice.size):
            choices[number, seat] = e.choice[seat] if e.employed[seat] else VACANT


@inlined
def _begin(s: Any) -> None:
    """Empty last week's facts, as :meth:`sim.organization.Organization.start_week`."""
    s.promoted = s.collected = s.complexity = s.coordination_cost = s.oversight = 0.0
    s.reported = s.told = s.retention = s.line_now = np.nan
    s.permitted = 1.0


@inlined
def _hold_partners_to_standards(d: Any, around: Any, amounts: Any, p: Any) -> None:
    """As :func:`sim.week.partners.hold_partners_to_standards`."""
    if p.partners_dependence == 0.0:
        return
    standards = overall(amounts, d.seats, OF.partner_standards)
    for partner in range(around.partners.size):
        around.partners[partner] = _raise_quality(
            around.partners[partner],
            around.partners_alone[partner],
            standards,
            improvement=p.partners_improvement,
            weeks=p.partners_weeks,
        )
