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
    from sim.report.ablation import write_why
    from sim.report.figures import write_figures
    from sim.report.html import write_page

    return comparison.save(folder, also=(write_figures, write_why, write_page))
