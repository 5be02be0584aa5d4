"""Price: a premium over the market brings more a customer, and fewer stay or come; satisfied customers bear more of it.

Price tolerance rises with changes in satisfaction, though not with its level across firms (Anderson 1996, Swedish barometer);
willingness to pay rises with satisfaction in an inverse S (Homburg, Koschate & Hoyer 2005). Here whatever ties a customer to the
organization (satisfaction, trust and depth against what is usual) also makes the customer bear a price.
"""

from __future__ import annotations

from collections.abc import Mapping

from sim.model.kernel.elementary_functions import exp
from sim.model.kernel.parameters import ParameterValue, declare
from sim.model.kernel.sums import clip

PARAMETERS = declare("""
price.premium = 0.0 ratio; -0.5 to 1, plausible -0.1 to 0.2; lever; tier 5
    How far the price lies above the market's, against it (below 0: under it).
    Source: Decided by the user; 0 is the neutral setting
price.margin_share = 0.5 share; 0.01 to 1, plausible 0.2 to 0.9; own; tier 5
    Margin before service as a share of the market's price: a premium is margin alone.
    Source: The user's own organization
price.sensitivity = 1.3 log odds per share; 0 to 20, plausible 0.5 to 2.5; unknown; tier 5
    How far a premium of the whole price raises the log-odds of leaving, and lowers the log of how many come.
    Source: Bijmolt, van Heerde & Pieters 2005: mean price elasticity -2.6, of goods; half of it for leaving, half for coming,
    since the customer base is inflow over the rate of leaving; for contracts that is a conjecture
price.tolerance = 0.5 per log odds; 0 to 5, plausible 0 to 1; unknown; tier 5
    How far what ties a customer (by one in the log-odds of staying) lowers the log of that customer's response to a premium.
    Source: Anderson 1996 for changes in satisfaction; size is a conjecture
""")

NEUTRAL: Mapping[str, ParameterValue] = {"price.premium": 0.0}
"""The price is the market's."""

ACTIVE: Mapping[str, ParameterValue] = {"price.premium": 0.05}
"""A price five percent above the market's."""


def response_to_premium(premium: float, tie: float, sensitivity: float, tolerance: float) -> float:
    """Log-odds of leaving that a premium adds: sensitivity x premium x exp(-tolerance x tie).

    Args:
        premium: Share above the market's price.
        tie: What already lowers this customer's log-odds of leaving.
        sensitivity, tolerance: As the parameters say.
    """
    return sensitivity * premium * exp(clip(-tolerance * tie, -50.0, 50.0))


def margin_with_premium(premium: float, margin_share: float) -> float:
    """Factor on a customer's margin: 1 + premium / margin share."""
    return 1.0 + premium / margin_share


def coming_at_premium(premium: float, sensitivity: float) -> float:
    """Factor on the chance that a prospect comes: exp(-sensitivity x premium)."""
    return exp(-sensitivity * premium)
