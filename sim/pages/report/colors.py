"""Colors that color-blind readers can tell apart."""

from __future__ import annotations

from collections.abc import Sequence

from sim.model.policies.policy import NONE

OKABE_ITO = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#8A7B00")
"""Colors of Okabe & Ito (2008); their yellow, hardly to be seen on white, is darkened."""

COLORS = (*OKABE_ITO, "#7810E0", "#10C610", "#E010AC", "#C61044", "#2A5EE0")
"""More colors, each as far as possible from those before it, of a lightness that is seen on white and on black paper."""

TWIN_COLOR = "#8C8C8C"
INK = "#1F2933"
PAPER = "#FFFFFF"


def colors(policies: Sequence[str]) -> dict[str, str]:
    """A color for every policy, gray for the twin; after twelve the colors repeat."""
    others = [policy for policy in policies if policy != NONE.name]
    found = {policy: COLORS[index % len(COLORS)] for index, policy in enumerate(others)}
    return {NONE.name: TWIN_COLOR, **found}
