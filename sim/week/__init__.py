"""The week as one readable list: what happens, in which order. Model, documentation and tests read this list."""

from __future__ import annotations

from sim.kernel.schedule import Step
from sim.organization import Organization
from sim.week.books import keep_accounts, look_in_the_mirror, record, survey
from sim.week.dues import collect_dues
from sim.week.governance import answer_for_the_score, choose_place, draw_the_line, emulate, take_credit, take_stock
from sim.week.moments import keep_calendars, make_moments
from sim.week.needs import picture_needs
from sim.week.partners import hold_partners_to_standards
from sim.week.people import agree_on_terms, choose, comply, learn, see_colleagues, speak, staff, work_on_the_score
from sim.week.promotion import promote
from sim.week.service import come, experience, serve, stay_or_go, talk
from sim.week.shocks_and_funds import fund, strike, succeed
from sim.week.work import attend, need_service, prepare_delivery, press

WEEK: tuple[Step[Organization], ...] = tuple(
    Step(run.__name__, (run.__doc__ or "").strip(), run)
    for run in (
        strike,
        succeed,
        fund,
        emulate,
        choose_place,
        staff,
        speak,
        take_credit,
        learn,
        keep_calendars,
        make_moments,
        work_on_the_score,
        comply,
        see_colleagues,
        choose,
        agree_on_terms,
        hold_partners_to_standards,
        promote,
        need_service,
        press,
        attend,
        prepare_delivery,
        draw_the_line,
        serve,
        picture_needs,
        experience,
        collect_dues,
        talk,
        stay_or_go,
        come,
        survey,
        answer_for_the_score,
        look_in_the_mirror,
        keep_accounts,
        take_stock,
        record,
    )
)


def live_through(org: Organization) -> None:
    """Run one week, step by step, and move the clock."""
    org.start_week()
    for step in WEEK:
        step.run(org)
    org.week += 1
