"""Plans of how much is measured: in full, quickly, or as a test."""

from __future__ import annotations

from dataclasses import dataclass

from benchmark.subjects import Size


@dataclass(frozen=True, slots=True)
class Extent:
    """Sizes, weeks and rounds.

    Attributes:
        sizes: At which the programs are compared; weeks that the reference can live through in reasonable time.
        rounds: How often each thing is timed; ``long_rounds`` where once takes minutes.
        weeks: Lengths of runs, to see how time grows with them; ``weeks_of_growth`` where agents grow.
        replicates: Numbers of replicates, likewise.
        batch: Replicates whose runs are counted per second; ``batch_weeks`` is their length, ``None`` the scenario's.
        replicates_of_sweeps, weeks_of_sweeps: Size of the sweeps whose own cost is measured.
        largest: The organization that has to fit into memory with everything on.
        weeks_for_memory: After so many weeks memory grows no more.
        from_nothing: Whether the very first start is measured, at which everything is compiled.
        run_options, compare_options: What the commands get beside their defaults.
    """

    sizes: tuple[Size, ...]
    rounds: int
    long_rounds: int
    weeks: tuple[int, ...]
    weeks_of_growth: int
    replicates: tuple[int, ...]
    batch: int
    batch_weeks: int | None
    largest: Size
    weeks_for_memory: int
    replicates_of_sweeps: int = 5
    weeks_of_sweeps: int = 200
    from_nothing: bool = True
    run_options: tuple[str, ...] = ("--policy", "value-driven")
    compare_options: tuple[str, ...] = ()


FULL = Extent(
    sizes=(Size(1, 260), Size(10, 52), Size(100, 26)),
    rounds=7,
    long_rounds=3,
    weeks=(65, 130, 260, 520, 1040),
    weeks_of_growth=104,
    replicates=(1, 2, 4, 8),
    batch=24,
    batch_weeks=None,
    largest=Size(500, 260, seats=100),  # 1,000,000 customers, 50,000 employees
    weeks_for_memory=8,
)

QUICK = Extent(
    sizes=(Size(1, 104), Size(10, 8), Size(100, 2)),
    rounds=3,
    long_rounds=1,
    weeks=(65, 260),
    weeks_of_growth=26,
    replicates=(1, 4),
    batch=4,
    batch_weeks=104,
    largest=Size(50, 26),
    weeks_for_memory=2,
)

TINY = Extent(
    sizes=(Size(0.04, 3), Size(0.08, 2)),
    rounds=2,
    long_rounds=1,
    weeks=(2, 4),
    weeks_of_growth=3,
    replicates=(1, 2),
    batch=2,
    batch_weeks=3,
    largest=Size(0.04, 3),
    weeks_for_memory=2,
    replicates_of_sweeps=2,
    weeks_of_sweeps=5,
    from_nothing=False,
    run_options=("--weeks", "3", "--set", "employees.number=20", "--set", "run.burn_in=2"),
    compare_options=(
        "--weeks", "3", "--set", "employees.number=20", "--set", "run.burn_in=2", "--replicates", "2",
        "--policy", "symbolic", "--workers", "1",
    ),
)  # fmt: skip
"""For the test of the suite itself."""
