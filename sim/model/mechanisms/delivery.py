"""Delivery: what an employee would give a customer this week, as a share of what the customer needs.

Delivery = choice x attention x energy x standard, plus what salience and compliance add to routine service. Channels add
up as independent probabilities of serving a need, so that delivery stays below 1.
"""

from __future__ import annotations

from sim.model.kernel.columns import contact_column, employee_column
from sim.model.kernel.parameters import declare
from sim.model.kernel.records import Contacts, Customers, Employees, Parameters, Scratch, Week
from sim.model.mechanisms.attention import attention_factor

PARAMETERS = declare("""
delivery.routine = 0.85 share; 0 to 1, plausible 0.5 to 1; unknown; tier 5
    Share of needs that full attention serves as a matter of course, without the norm.
    Source: Conjecture; the level cancels in differences from the twin
delivery.practice = 0.75 share; 0 to 1, plausible 0.5 to 0.9; unknown; tier 5
    Share of the remaining needs that full practice of the norm serves.
    Source: Conjecture
delivery.salience = 0.15 share; 0 to 1, plausible 0.05 to 0.3; unknown; tier 5
    Share of the remaining needs that full salience serves.
    Source: Conjecture: attention without means helps a little
delivery.compliance = 0.4 share; 0 to 1, plausible 0.2 to 0.6; unknown; tier 5
    Share of the remaining needs that full compliance serves.
    Source: Conjecture: procedures cover what could be foreseen
delivery.support = 0.3 share; 0 to 1, plausible 0.1 to 0.5; unknown; tier 5
    How much of what a customer gets depends on departments behind the scenes.
    Source: Conjecture
""")


COLUMNS = (
    employee_column(
        "delivery",
        "Share of a customer's need that this person would serve this week.",
        newcomer=None,
        initial="delivery.routine",
    ),
    contact_column("service", "Share of the customer's need that arrives.", bounds=(0.0, None)),
)


def deliver(
    choice: float,
    attention: float,
    energy: float,
    quality: float,
    salience: float,
    compliance: float,
    discretion: float,
    routine: float,
    practice: float,
    salience_effect: float,
    compliance_effect: float,
) -> float:
    """Share of a customer's need that an employee would serve this week.

    D = R q a g + (1 - R q a g) [1 - (1 - p c a e q g)(1 - s_w s a e g)(1 - h_w h)], with routine share R, choice c, attention
    a, energy e, quality of execution q (standard under this week's pressure, at most 1), discretionary effort g,
    salience s and compliance h (habit included, load already taken off).
    """
    execution = min(quality, 1.0)
    effort = attention * energy * discretion
    by_course = routine * execution * attention * discretion
    missed = (1.0 - practice * choice * effort * execution) * (1.0 - salience_effect * salience * effort)
    missed = missed * (1.0 - compliance_effect * compliance)
    return by_course + (1.0 - by_course) * (1.0 - missed)


def raised_delivery(delivery: float, stock: float, effect: float) -> float:
    """Service raised by a stock of 0 to 1 (insight, empathy, capability): D + (1 - D) effect x stock."""
    return delivery + (1.0 - delivery) * effect * stock


def delivery_with_support(front: float, behind: float, internal: float, share: float) -> float:
    """What reaches the customer: ``share`` of it depends on the departments behind (``behind``), and all of it on internal work.

    ((1 - share) front + share behind) x internal; ``internal`` is 1 while internal work is done.
    """
    return ((1.0 - share) * front + share * behind) * internal


def update_delivery(employees: Employees, parameters: Parameters) -> None:
    """What each employee would give a customer this week: choice x attention x energy x standard, and what channels add."""
    shift, reserve = parameters.attention_practice_shift, parameters.attention_reserve
    routine, practice = parameters.delivery_routine, parameters.delivery_practice
    by_salience, by_compliance = parameters.delivery_salience, parameters.delivery_compliance
    for seat in range(employees.value.size):
        employees.delivery[seat] = deliver(
            employees.choice[seat],
            attention_factor(employees.attention_customers[seat], employees.role_share[seat], shift, reserve),
            employees.energy[seat],
            employees.quality[seat],
            employees.salience[seat],
            employees.followed[seat],
            employees.discretion[seat],
            routine,
            practice,
            by_salience,
            by_compliance,
        )


def deliver_to_contacts(
    employees: Employees, customers: Customers, contacts: Contacts, scratch: Scratch, parameters: Parameters, week: Week
) -> None:
    """What employees deliver reaches customers, with the part of the departments behind, as far as internal work is done."""
    total, count = 0.0, 0
    for seat in range(employees.delivery.size):
        if employees.employed[seat] and not employees.facing[seat]:
            total += employees.delivery[seat]
            count += 1
    share = parameters.delivery_support if count > 0 else 0.0
    behind = total / count if count > 0 else 0.0
    for seat in range(employees.value.size):
        scratch.seat_value[seat] = delivery_with_support(
            employees.delivery[seat], behind, week.internal_work_factor, share
        )
    for contact in range(week.contacts):
        contacts.service[contact] = scratch.seat_value[max(customers.met[contacts.customer[contact]], 0)]
