"""The reference model: the week written a second time, with one Mesa agent per person and rules in plain Python.

This is the executable specification. Nothing of :mod:`sim.model.week` or :mod:`sim.model.mechanisms` runs in this model. Every
equation is written out again, for one agent at a time, as is usual in a Mesa model. The two models share only what is not
the week: the scenario and its parameters, the initialization (an organization is copied into agents), what a resource is
(price, limit, nature), and the keyed random numbers. So they can be compared number by number.

It covers the whole week: all mechanisms, rules, resources and events of this version, hence every scenario and policy that
ships, exactly as they ship. It does not cover what happens outside of the week: initialization, the twin, what is
measured over weeks (``reach`` is missing in a single run), money over time, calibration. If a later version adds something to
the week, the reference refuses it (:mod:`tests.reference.coverage`) instead of leaving it out in silence.

:mod:`tests.reference.agents` alone reads the model's objects.
"""

# What the ODD protocol (results/reference/odd.md) and the docstrings of rules and steps leave open, and how it is understood
# here. The comparison confirmed it. By steps of the week, as sim/model/week.py names them.
#
# - strike: what an event of the same kind in the same week does to another (succession, merger, fad, manager exit: the last
#   counts; cuts, crises, squeezes, campaigns, shifts add up); that a market stops at 1; until when a crisis or cut lasts.
# - replace_executives: which executives are pushed out (the first rows, rounded up); that a chief before the program began is no
#   successor.
# - fund_policy: how cuts, the successor and protection combine: kept = [1 - (1 - program)(1 - protected)] x product of
#   [1 - share (1 - protected)].
# - follow_fads: none in the burn-in; an arrival of its own has appeal 1 whatever strikes; talk_weeks counts weeks in which
#   speeches, posters or sponsors' attention are paid for; "outcome" is (1 + slack) / 2, of profit and not of executives' view;
#   who gives up does so for good (talk_left = 0); protection holds here, too; one draw each ("fad comes up", "topic given up").
# - decouple_talk_from_work: "poor" is max(-slack, 0); which resources are talk, work or terms (``Resource.nature``; not in the
#   ODD's table); what is turned adds turned x (largest share of the limit among the department's work) to speeches and to
#   posters alike.
# - end_employment, hire: order of leaving, forced exit, merger, dismissal; newcomers of a merger come at once; numbering by seat.
# - allocate_credit: "program" is the largest share of its limit that any amount reaches anywhere; mean facing is over seats;
#   that importance moves where nobody is threatened.
# - allocate_executive_time, hold_moments: draws by executive and half day ("who is met", "appointments" of the week to come);
#   lost patience ends what is agreed on; who is in the team (rank).
# - update_compliance_and_habits, choose: discord takes from the procedures that are followed and from the chance to be prompted,
#   not from being prompted by monitoring.
# - update_workload, update_felt_justice: justice counts last week's attention of colleagues who were there before this week; is
#   only followed where it has an effect; capacity by power multiplies staffing.
# - allocate_attention: brooding takes a part of all four kinds of attention and of the internal work done; yet dismissal judges
#   by 1 - attention for customers alone, brooding or not.
# - update_oversight ... set_decision_weight: order (setter, voice of departments, office, rule, deterrence); that convenience
#   tilts what is wanted and the negotiated line's other side tilts executives' own; the first negotiated line is its goal; that
#   deterrence is not remembered; the reference weight of discretion is this week's weight; early and regular campaigns: the
#   larger counts; the mean over a cycle is that of whole weeks.
# - add_coordination_cost ... respond_to_failures: order of structure, segments, motive, partners, needs, line, refusal, failure;
#   columns of "failure" (goes wrong, made right) and "stakes" (gain, cost); appeals and contract read "arbitration" by position.
# - update_beliefs: draws "needs" (turn round, learn, feedback) and "picture" (meet, fade, socialize, guess); order; a belief is
#   lost at the upper end of its draw; turned = 1 - (1 - drift)(1 - min(1, upheaval x size)); guesses below 1/2 are -1.
# - perceive_service ... update_trust_and_loyalty: apologies fade for all customers each week before they count; order of delight
#   and of talking down; loyalty follows satisfaction with recovery satisfaction, talk and leaving without it; what a customer
#   says is at most 1.
# - collect_arrears: owing is judged before anybody pays; who owed is dunned even when paying; recovery satisfaction is dunned,
#   too.
# - acquire_customers: newcomers expect ``expectation.market`` even after the market has shifted; the sixth draw of "newcomer
#   kind" is consent.
# - survey_customers ... report_score_upward: order of leniency, office, oversight, filter; levels are no whole number.
# - keep_accounts: who is behind pays nothing, who leaves pays this week; a squeeze takes promoted and collected money as well;
#   coordination is not multiplied by the customers represented; people are counted by seats times people per seat, in wages,
#   prices per head, coordination and hiring alike; people of a merger cost as much to take on as others; those in power judge
#   profit before wages.
# - follow_volume: staff follows last week's smoothed contacts, which are smoothed with or without it.
