"""The report of a comparison: pictures, and one page that opens without a network."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sim.lab.comparison import Comparison

if TYPE_CHECKING:
    from sim.lab.worker_pool import WorkerPool


def save_report(comparison: Comparison, folder: str | Path, pool: WorkerPool | None = None) -> Path:
    """Write a comparison with its report and pictures into a folder, whole or not at all.

    Args:
        comparison: What was found.
        folder: Where to.
        pool: Workers that draw the pictures, if there are any.

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

    return comparison.save(folder, also=(write,))
