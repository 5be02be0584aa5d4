"""Random streams that compiled loops draw from, and their places in the array of keys."""

from __future__ import annotations

from collections import namedtuple
from typing import Any

STREAM_NAMES = (
    "executive leaves", "successor weights", "successor keeps", "leave", "manager exit", "merger", "hire", "candidates",
    "candidate picked", "remembered elsewhere", "newcomer definition", "who is met", "encounter", "choice", "definitions",
    "blocks", "contact", "workload", "assignment", "conflict", "stakes", "arbitration", "failure", "noticed", "apology",
    "needs", "picture", "risk told", "pays dues", "falls behind", "customer leaves", "stops buying", "next purchase",
    "acquisition", "newcomer kind", "newcomer feeling", "survey", "fad comes up", "topic given up",
)  # fmt: skip
"""Names of the streams, as :meth:`sim.kernel.random.Streams.key` takes them."""

_Keys = namedtuple("_Keys", [name.replace(" ", "_") for name in STREAM_NAMES])

KEY: Any = _Keys(*range(len(STREAM_NAMES)))
"""Place of each stream's key: ``keys[KEY.leave]``."""
