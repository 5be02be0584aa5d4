"""The report of a comparison: pictures, and one page that opens without a network."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from sim.lab.comparison import Comparison

if TYPE_CHECKING:
    from sim.lab.worker_pool import WorkerPool


def save_report(
    comparison: Comparison,
    folder: str | Path,
    pool: WorkerPool | None = None,
    also: Sequence[Callable[[Comparison, Path], None]] = (),
) -> Path:
    """Write a comparison with its report and pictures into a folder, whole or not at all.

    Args:
        comparison: The comparison.
        folder: Folder to write into.
        pool: Workers to draw the pictures; without it they are drawn in this process.
        also: Functions that write more files into the folder they are given.

    Example:
        >>> from sim import compare
        >>> save_report(compare("retail-bank"), "results/bank")  # doctest: +SKIP
    """
    from sim.pages.report.html import write_page
    from sim.pages.report.pictures import draw_pictures, write_pictures

    drawn = draw_pictures(comparison, pool)

    def write(found: Comparison, place: Path) -> None:
        write_pictures(drawn, place)
        write_page(found, place, drawn)

    return comparison.save(folder, also=(write, *also))
