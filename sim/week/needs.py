"""What customers need, and who in the organization knows it."""

from __future__ import annotations

import numpy as np

from sim.mechanisms import learning, needs
from sim.organization import Organization


def picture_needs(org: Organization) -> None:
    """Needs drift; who met customers pictures them better, others forget; the official picture is taught, and learns."""
    if org.number("needs.weight") == 0.0:
        return
    employees, around = org.employees, org.surroundings
    shape = employees.picture.shape
    seats, dimensions = shape
    met = org.now.met[org.now.met >= 0]
    contacts = np.bincount(met, minlength=seats)
    draws = org.uniform("picture", (4, *shape))
    turned = needs.turned(org.now.upheaval, org.number("needs.upheaval"), org.number("needs.drift"))
    place = org.uniform("needs", (3, dimensions))
    around.needs = learning.shift_reality(around.needs, place[0], turned).astype(np.int16)
    seen = needs.empathize(employees.picture, around.needs, contacts, draws[0], org.number("needs.empathy"))
    seen = needs.fade(seen, contacts, draws[1], org.number("needs.forgetting_weeks"))
    taught = learning.socialize(seen, around.official, draws[2], org.number("needs.socialization"))
    actions = learning.act(seen, needs.guesses(draws[3]))
    official = learning.learn_code(
        around.official,
        actions,
        around.needs,
        place[1],
        org.number("needs.learning"),
        present=employees.employed,
    )
    heard = org.amount_overall("feedback") * org.number("needs.sensing")
    around.official = needs.hear_feedback(official.astype(np.int16), around.needs, place[2], heard)
    employees.picture = np.where(employees.employed[:, np.newaxis], taught, 0).astype(np.int16)
