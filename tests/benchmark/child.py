"""One job in a process of its own, so that its time from the start and its memory are its own. Prints JSON.

Run as ``python -m benchmark.child JOB TIMES WEEKS``.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path


def main(job: str, times: float, weeks: int, seats: int) -> dict[str, float]:
    """Do the job; seconds of the run itself (without imports and initialization), of everything, and the peak of memory."""
    began = time.perf_counter()
    from benchmark.subjects import POLICY, PROGRAMS, SEED, Size, bank

    size = Size(times, weeks, seats)
    if job == "everything on":
        from sim.lab.switching import EVERYTHING, list_variants, with_values
        from sim.model.simulation import burn_in, simulate, with_policy

        plain = bank(size, as_shipped=True)
        values = next(world.values for world in list_variants(plain) if world.name == EVERYTHING)
        scenario = with_values(plain, values)
        started = time.perf_counter()
        simulate(with_policy(burn_in(scenario, SEED), scenario.policy(POLICY)), weeks)
    else:
        run = PROGRAMS[job](size)
        started = time.perf_counter()
        run()
    ended = time.perf_counter()
    return {"seconds": ended - started, "seconds_in_all": ended - began, "peak_mib": peak_mib()}


def peak_mib() -> float:
    """Largest resident memory of this process so far."""
    status = Path("/proc/self/status")
    if (
        status.is_file()
    ):  # Linux: what getrusage tells there begins with the memory of the process that started this one
        lines = status.read_text(encoding="utf-8").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 2**10
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], float(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))))
