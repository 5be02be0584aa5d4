"""Clocks: programs that are compared run in turn, round after round, so that noise of the machine affects all alike."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Mapping, Sequence
from statistics import median

Job = Callable[[], object]


def seconds(job: Job) -> float:
    """Wall-clock time of one run, garbage collected beforehand."""
    gc.collect()
    started = time.perf_counter()
    job()
    return time.perf_counter() - started


def in_turn(prepare: Mapping[str, Callable[[], Job]], rounds: int) -> dict[str, list[float]]:
    """Seconds of each in every round; a different one begins each round.

    Args:
        prepare: Makes what is timed ready; not timed itself.
        rounds: How often each is run.
    """
    names = list(prepare)
    taken: dict[str, list[float]] = {name: [] for name in names}
    for round_ in range(rounds):
        first = round_ % len(names)
        for name in names[first:] + names[:first]:
            taken[name].append(seconds(prepare[name]()))
    return taken


def ratio(slower: Sequence[float], faster: Sequence[float]) -> float:
    """How many times longer one took than the other: median over rounds of the ratio within the round."""
    return median(one / other for one, other in zip(slower, faster, strict=True))
