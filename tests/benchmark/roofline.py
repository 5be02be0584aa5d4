"""The least time that a week could take: the number of its operations times the cost of each on this machine.

Counted, on two small organizations that run for some weeks as plain Python:

- random draws: every mixing of a word into a draw; a normal draw takes two, an exponential one takes one;
- exponentials and logarithms: every e^x, e^x - 1 and log x of :mod:`sim.model.kernel.elementary_functions`; a power is one of
  each, and a normal draw's logarithm counts as well;
- gathers: every read of an array at an index that is neither the one of the loop nor the next one (customers in contact, the
  employee met, a department's amount, the oldest memory);
- bytes: of every entry that a step or an outcome reads, once a step, and of every entry that it writes, likewise, since what
  a step leaves behind does not stay in a processor's registers.

A count is a fixed number plus a number for each agent, since the bank has as many customers and contacts for each
employee at any size; two sizes give both. The cost of an operation is the best of some repetitions of a compiled loop
that does nothing else, over as many rows or bytes as the organization has. The bytes that this loop moves itself are
subtracted, because they are counted already.

All other arithmetic (additions, products, quotients, comparisons, roots and cosines), branches, the cost of loops
themselves, and powers written ``**``, a handful a week, are not counted. Costs are of loops that run at full width, and
of customers in order; real meetings are less orderly.

The larger of memory (gathers, bytes) and arithmetic (draws, exponentials) assumes that one is hidden behind the other:
no week is expected to be faster. The sum assumes that one follows the other, as they do between a step and the next. It
measures the week's own work, and is no bound.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from benchmark.plan import Extent
from benchmark.subjects import POLICY, SEED, SHORT_BURN_IN, Size, bank, burned_in, prepare_model, ready
from benchmark.timing import seconds
from sim.model.engine import begin_week, run_step, run_week, uncompiled
from sim.model.kernel import elementary_functions, scalar_draws
from sim.model.kernel.elementary_functions import exp
from sim.model.kernel.elementwise import with_rules
from sim.model.kernel.scalar_draws import uniform
from sim.model.organization import Organization
from sim.model.simulation import burn_in, with_policy

_SMALL = (Size(0.1, 1), Size(0.3, 1))
_WEEKS_BEFORE, _WEEKS_COUNTED = 2, 3
_REPETITIONS = 7
_LEAST_ROWS = 20_000  # of a loop that is timed, so that no clock is too coarse
_DRAWS, _EXPONENTIALS = 0, 1

Floats = np.ndarray[tuple[int], np.dtype[np.float64]]


@dataclass(frozen=True)
class Work:
    """What a week does, or what one of each costs in seconds."""

    draws: float
    exponentials: float
    gathers: float
    bytes: float

    def apart(self, other: Work) -> Work:
        """This less the other."""
        return self.plus(other, -1.0)

    def plus(self, other: Work, times: float) -> Work:
        """This and the other so many times."""
        return Work(*(one + times * more for one, more in zip(self.parts(), other.parts(), strict=True)))

    def parts(self) -> tuple[float, float, float, float]:
        """Draws, exponentials, gathers and bytes."""
        return self.draws, self.exponentials, self.gathers, self.bytes


called = np.zeros(2)
"""Draws and exponentials so far; an array, which a copy of a function's names leads to as well."""


def _drawn(word: Any) -> float:
    called[_DRAWS] += 1
    return scalar_draws.uniform_from(word)


def _exp(x: float) -> float:
    called[_EXPONENTIALS] += 1
    return elementary_functions.exp(x)


def _expm1(x: float) -> float:
    called[_EXPONENTIALS] += 1
    return elementary_functions.expm1(x)


def _log(x: float) -> float:
    called[_EXPONENTIALS] += 1
    return elementary_functions.log(x)


def _normal(block: Any, position: int) -> float:
    called[_EXPONENTIALS] += 1
    called[_DRAWS] += 2
    return scalar_draws.normal(block, position)


def _exponential(block: Any, position: int) -> float:
    called[_EXPONENTIALS] += 1
    called[_DRAWS] += 1
    return scalar_draws.exponential(block, position)


COUNTING: dict[str, Callable[..., Any]] = {
    "scalar_draws.uniform_from": _drawn,
    "scalar_draws.normal": _normal,
    "scalar_draws.exponential": _exponential,
    "elementary_functions.exp": _exp,
    "elementary_functions.expm1": _expm1,
    "elementary_functions.log": _log,
}
"""Take the place of the model's own, count, and call them; what is called in turn is the module's own, and uncounted."""


class Counter:
    """What is done from now on.

    Attributes:
        gathers, bytes: So far.
        step: Number of the step that runs; a new one reads and writes anew.
    """

    def __init__(self) -> None:
        self.gathers = self.bytes = 0
        self.step = 1
        self._before = called.copy()

    def count(self, organization: Organization) -> None:
        """Count the operations of an organization after a week, as plain Python, until its next event."""
        own = organization.registry
        organization.registry = dataclasses.replace(own, replacements={**own.replacements, **COUNTING})
        vars(organization)["bound_records"] = tuple(
            type(each)(*(counted(array, self) for array in each)) if isinstance(each, tuple) else each
            for each in organization.bound_records
        )

    def work(self) -> Work:
        """What was done."""
        since = called - self._before
        return Work(float(since[_DRAWS]), float(since[_EXPONENTIALS]), float(self.gathers), float(self.bytes))


class _Counted(np.ndarray[Any, Any]):
    """An array that counts what is read and written; parts of it are plain arrays."""

    counter: Counter
    read: np.ndarray[Any, Any]
    written: np.ndarray[Any, Any]
    front: int

    def __getitem__(self, index: Any) -> Any:
        found = np.ndarray.__getitem__(self, index)
        if isinstance(found, np.ndarray):
            self.counter.bytes += found.nbytes
            return found.view(np.ndarray)
        place = self._place(index)
        if place in (0, self.front, self.front + 1):
            self.front = place
        else:
            self.counter.gathers += 1
        self._touch(self.read, place)
        return found

    def __setitem__(self, index: Any, value: Any) -> None:
        np.ndarray.__setitem__(self, index, value)
        found = np.ndarray.__getitem__(self, index)
        if isinstance(found, np.ndarray):
            self.counter.bytes += found.nbytes
        else:
            self._touch(self.written, self._place(index))

    def _place(self, index: Any) -> int:
        """Number of an entry in memory."""
        if not isinstance(index, tuple):
            return int(index) % self.size
        return sum(int(one) * step for one, step in zip(index, self.strides, strict=True)) // self.itemsize

    def _touch(self, steps: np.ndarray[Any, Any], place: int) -> None:
        """Count an entry's bytes, once a step."""
        if steps[place] != self.counter.step:
            steps[place] = self.counter.step
            self.counter.bytes += self.itemsize


def counted(array: np.ndarray[Any, Any], counter: Counter) -> _Counted:
    """The array, counting."""
    found = array.view(_Counted)
    found.counter, found.front = counter, 0
    found.read, found.written = np.zeros(array.size, dtype=np.int64), np.zeros(array.size, dtype=np.int64)
    return found


def work_of(size: Size) -> Work:
    """What a mean week of the bank of a small size does, counted one by one."""
    with uncompiled():
        burned_in_one = burn_in(bank(size, SHORT_BURN_IN), SEED)
        organization = with_policy(burned_in_one, burned_in_one.scenario.policy(POLICY))
        for _ in range(_WEEKS_BEFORE):
            run_week(organization)
        counter = Counter()
        counter.count(organization)
        for _ in range(_WEEKS_COUNTED):
            live_counted(organization, counter)
    return Work(0.0, 0.0, 0.0, 0.0).plus(counter.work(), 1.0 / _WEEKS_COUNTED)


def live_counted(organization: Organization, counter: Counter) -> None:
    """A week, step by step."""
    begin_week(organization)
    for step in organization.registry.steps:
        counter.step += 1
        run_step(organization, step)
    organization.week += 1


@cache
def _line() -> tuple[Work, Work]:
    """Work that every week has, and work for each agent."""
    (small, less), (large, more) = ((size.agents, work_of(size)) for size in _SMALL)
    nothing = Work(0.0, 0.0, 0.0, 0.0)
    each = nothing.plus(more.apart(less), 1.0 / (large - small))
    return less.plus(each, -float(small)), each


def expected_work(agents: int) -> Work:
    """What a mean week of a bank of so many agents does."""
    fixed, each = _line()
    return fixed.plus(each, float(agents))


def _draw_all(out: Any, start: Any) -> None:
    for position in range(out.size):
        out[position] = uniform(start, position)


def _exponentials_of_all(out: Any, values: Any) -> None:
    for position in range(out.size):
        out[position] = exp(values[position])


def _gather_all(out: Any, values: Any, places: Any) -> None:
    for position in range(out.size):
        out[position] = values[places[position]]


def _copy_all(out: Any, values: Any) -> None:
    for position in range(out.size):
        out[position] = values[position]


def costs(organization: Organization) -> Work:
    """Seconds that one of each takes here, over as many rows and bytes as the organization has."""
    rows = len(organization.customers)
    tables = (organization.employees, organization.customers)
    whole = sum(array.nbytes for table in tables for array in table.arrays()) // 16
    random = np.random.default_rng(SEED)
    out, values = np.zeros(rows), random.normal(size=rows)
    places = np.sort(random.integers(rows, size=rows))  # customers in contact come in order, with gaps
    wide_out, wide = np.zeros(whole), random.normal(size=whole)
    byte = _least(_copy_all, wide_out, wide) / (16.0 * whole)
    return Work(
        draws=_beyond(_least(_draw_all, out, np.uint64(SEED)) / rows, 8 * byte),
        exponentials=_beyond(_least(_exponentials_of_all, out, values) / rows, 16 * byte),
        gathers=_beyond(_least(_gather_all, out, values, places) / rows, 24 * byte),
        bytes=byte,
    )


def _beyond(seconds_each: float, moving: float) -> float:
    """What a loop costs beyond the bytes that it moves; a picosecond at the least, where a noisy clock says less."""
    return max(seconds_each - moving, 1e-12)


def _least(loop: Callable[..., None], out: Floats, *given: Any) -> float:
    """Least time that a compiled loop takes, mean of as many calls as a clock can tell apart."""
    run = with_rules(loop)
    run(out, *given)
    calls = max(_LEAST_ROWS // out.size, 1)
    best = np.inf
    for _ in range(_REPETITIONS):
        started = time.perf_counter()
        for _ in range(calls):
            run(out, *given)
        best = min(best, (time.perf_counter() - started) / calls)
    return float(best)


def roofline(extent: Extent) -> Iterator[dict[str, Any]]:
    """The model's week at each size against its roofline; both the best of some rounds."""
    for size in extent.sizes:
        weekly = min(seconds(prepare_model(size)) for _ in range(extent.rounds)) / size.weeks
        work, cost = expected_work(size.agents), costs(ready(size))
        drawing, raising, gathering, moving = (
            number * each for number, each in zip(work.parts(), cost.parts(), strict=True)
        )
        whole = drawing + raising + gathering + moving
        larger = max(drawing + raising, gathering + moving)
        yield {
            "agents": size.agents,
            "draws": round(work.draws),
            "exponentials": round(work.exponentials),
            "gathers": round(work.gathers),
            "bytes": round(work.bytes),
            "nanoseconds_a_draw": cost.draws * 1e9,
            "nanoseconds_an_exponential": cost.exponentials * 1e9,
            "nanoseconds_a_gather": cost.gathers * 1e9,
            "gigabytes_a_second": 1e-9 / cost.bytes,
            "microseconds_at_the_roof": whole * 1e6,
            "microseconds_if_one_hides_the_other": larger * 1e6,
            "microseconds_per_week": weekly * 1e6,
            "share_of_the_roofline": whole / weekly,
            "share_if_one_hides_the_other": larger / weekly,
        }
        burned_in.cache_clear()
