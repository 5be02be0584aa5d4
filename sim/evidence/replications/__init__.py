"""Replications: published models rebuilt with this model's own mechanisms and compared with their published numbers.

Each module says what was published, what comes out here, what differs and why. The replications call the model's
mechanisms, so that a change of a mechanism shows in them. They are also right at parameters other than the published
ones.
"""

from __future__ import annotations

from sim.evidence.replications import beta_geometric_nbd, datasets, shifted_beta_geometric
from sim.evidence.replications.adaptive_emulation import strang_macy2001
from sim.evidence.replications.bounded_confidence import deffuant2000
from sim.evidence.replications.burnout import homer1985
from sim.evidence.replications.capability_trap import lyneis_sterman2016
from sim.evidence.replications.collective_behavior import granovetter1978
from sim.evidence.replications.consensus import degroot1974
from sim.evidence.replications.cultural_transmission import harrison_carroll1991
from sim.evidence.replications.diffusion import bass1969
from sim.evidence.replications.innovation_implementation import repenning2002
from sim.evidence.replications.mutual_learning import march1991
from sim.evidence.replications.persistence import norm_persistence
from sim.evidence.replications.quality_erosion import oliva_sterman2001
from sim.evidence.replications.social_convention import centola2018

__all__ = [
    "bass1969",
    "beta_geometric_nbd",
    "centola2018",
    "datasets",
    "deffuant2000",
    "degroot1974",
    "granovetter1978",
    "harrison_carroll1991",
    "homer1985",
    "lyneis_sterman2016",
    "march1991",
    "norm_persistence",
    "oliva_sterman2001",
    "repenning2002",
    "shifted_beta_geometric",
    "strang_macy2001",
]
