"""The report of a comparison: pictures, and one page that opens without a network."""

from __future__ import annotations

from pathlib import Path

from sim.lab.comparison import Comparison


def save_report(comparison: Comparison, folder: str | Path) -> Path:
    """Write a comparison with its report and pictures into a folder, whole or not at all.

    Example:
        >>> from sim import compare
        >>> save_report(compare("retail-bank"), "results/bank")  # doctest: +SKIP
    """
    from sim.report.figures import draw_figures, write_figures
    from sim.report.html import write_page

    drawn = draw_figures(comparison)

    def write(found: Comparison, place: Path) -> None:
        write_figures(drawn, place)
        write_page(found, place, drawn)

    return comparison.save(folder, also=(write,))
