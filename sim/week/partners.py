"""Partners' week: they follow the standards that they are held to."""

from __future__ import annotations

from sim.mechanisms import partners
from sim.organization import Organization


def hold_partners_to_standards(org: Organization) -> None:
    """Partners come up to the standards that they are held to, and fall back when nobody holds them to any."""
    if org.number("partners.dependence") == 0.0:
        return
    around = org.surroundings
    around.partners = partners.raise_quality(
        around.partners,
        around.partners_alone,
        org.amount_overall("partner_standards"),
        improvement=org.number("partners.improvement"),
        weeks=org.number("partners.weeks"),
    )
