"""What surrounds an organization and is neither customer nor staff: needs of the market, partners, crises."""

from __future__ import annotations

from dataclasses import dataclass, field

from sim.kernel.arrays import FloatArray, SmallIntArray


@dataclass
class Surroundings:
    """State around the organization, and the organization's official picture of it.

    Attributes:
        needs: What customers need, -1 or 1 a dimension.
        official: What the organization officially believes that they need; 0 where it has no opinion.
        partners_alone: Quality of each partner that nobody holds to standards, 0 to 1.
        partners: Quality of each partner now, 0 to 1.
        crises: Service crises in force: chance of failure that each adds, and the week in which it is over.
    """

    needs: SmallIntArray
    official: SmallIntArray
    partners_alone: FloatArray
    partners: FloatArray
    crises: list[tuple[float, int]] = field(default_factory=list)
