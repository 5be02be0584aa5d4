"""For how long there had been an organization before the run begins."""

from __future__ import annotations

from sim.model.kernel.parameters import declare

PARAMETERS = declare("""
run.burn_in = 104 weeks; 0 to 2600; definition; tier 5
    Weeks that run before the policy begins, so that the baseline is stable.
    Source: Definition; drift over its last year is checked
customers.history = 10.0 years; 0 to 60, plausible 3 to 40; own; tier 5
    For how long customers had been coming before the outset (0: all are new).
    Source: Conjecture
employees.history = 10.0 years; 0 to 60, plausible 3 to 20; own; tier 5
    For how long employees had been coming before the outset (0: all are new).
    Source: Conjecture
""")
