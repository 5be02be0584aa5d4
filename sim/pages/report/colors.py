"""Colors that color-blind readers can tell apart."""

from __future__ import annotations

from collections.abc import Sequence

from sim.model.policies.policy import NONE

OKABE_ITO = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#8A7B00")
"""Colors of Okabe & Ito (2008); their yellow, hardly to be seen on white, is darkened."""

TWIN_COLOR = "#8C8C8C"
INK = "#1F2933"
PAPER = "#FFFFFF"


def colors(policies: Sequence[str]) -> dict[str, str]:
    """A color for every policy, gray for the twin; after seven the colors repeat."""
    others = [policy for policy in policies if policy != NONE.name]
    found = {policy: OKABE_ITO[index % len(OKABE_ITO)] for index, policy in enumerate(others)}
    return {NONE.name: TWIN_COLOR, **found}
