"""The list of pictures of a report, and how they become files and parts of a page.

Only drawing needs matplotlib, which is slow to import. Where workers draw, the main process does not import it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, cast

from sim.lab.comparison import Comparison
from sim.lab.failure import Failure
from sim.lab.parameter_points import UNKNOWN
from sim.lab.worker_pool import WorkerPool, run_tasks
from sim.pages.report import ablation

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def _always(comparison: Comparison) -> bool:
    del comparison
    return True


def _has_draws(comparison: Comparison) -> bool:
    """Whether parameters were drawn at all."""
    return comparison.parameter_uncertainty is not None and comparison.parameter_uncertainty.design(UNKNOWN) is not None


def _has_swings(comparison: Comparison) -> bool:
    """Whether a tornado has anything to show."""
    entry = comparison.summary.get("parameter_uncertainty")
    return bool(entry and entry["tornado"])


def _has_ablation(comparison: Comparison) -> bool:
    """Whether there is an ablation."""
    return bool(comparison.ablation)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of the report.

    Attributes:
        name: Name of its file, without the ending.
        title: What it shows.
        label: Description for readers who cannot see it.
        home: Module that draws it, with a function ``draw_NAME``.
        requested: Whether a comparison has anything to show in it.
        sheet: Whether it is a sheet of its own, written as PDF too, and no part of the page.
    """

    name: str
    title: str
    label: str
    home: str = "sim.pages.report.figures"
    requested: Callable[[Comparison], bool] = _always
    sheet: bool = False

    def draw(self, comparison: Comparison) -> Figure:
        """Draw it."""
        return cast("Figure", getattr(import_module(self.home), f"draw_{self.name.replace('-', '_')}")(comparison))


PICTURES: tuple[Picture, ...] = (
    Picture(
        "propagation",
        "How far practice spreads",
        "Share of employees who practice and reach, by week and policy, as quantile fans over replicates",
    ),
    Picture(
        "decay",
        "What is left when sponsorship ends",
        "Lift in service and in practicing against the twin, by week and policy, as quantile fans over replicates",
    ),
    Picture(
        "loyalty",
        "What customers do, and what they say",
        "Change of annual retention, attitudinal loyalty and satisfaction, by week and policy",
    ),
    Picture(
        "money",
        "When it pays",
        "Discounted profit gained against the twin so far, by week and policy, as quantile fans over replicates",
    ),
    Picture(
        "uncertainty",
        "Chance and parameter uncertainty",
        "Lift in service and money gained, by week and policy: fans over replicates, and behind them fans over draws of the "
        "parameters",
        "sim.pages.report.parameter_uncertainty",
        _has_draws,
    ),
    Picture(
        "tornado",
        "What each parameter does by itself",
        "Change of each policy's net present value when one parameter alone is at an end of its plausible range",
        "sim.pages.report.parameter_uncertainty",
        _has_swings,
    ),
    Picture(ablation.NAME, ablation.TITLE, ablation.LABEL, "sim.pages.report.ablation", _has_ablation),
    Picture("first-page", "The first page", "The first page as a sheet", "sim.pages.report.first_page", sheet=True),
)
"""Every picture, in the order of the report."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture in all its forms: as a file, and as part of a page or, for a sheet, to be printed."""

    picture: Picture
    png: bytes
    svg: str = ""
    pdf: bytes = b""


def draw_pictures(comparison: Comparison, pool: WorkerPool | None = None, sheets: bool = True) -> list[Drawn]:
    """Draw every picture for which a comparison has data.

    Args:
        comparison: The comparison.
        pool: Workers to share the pictures; without any they are drawn in this process.
        sheets: Whether to draw also what is no part of the page.
    """
    requested = [each for each in PICTURES if each.requested(comparison) and (sheets or not each.sheet)]
    tasks = [(picture, comparison) for picture in requested]
    results = run_tasks(_draw, tasks, 1 if pool is None else pool.workers, pool=pool)
    # this process draws what a worker could not, or reports why not
    return [_draw(task) if isinstance(result, Failure) else result for task, result in zip(tasks, results, strict=True)]


def _draw(task: tuple[Picture, Comparison]) -> Drawn:
    """Draw one picture."""
    from sim.pages.report.figure_style import to_pdf, to_png, to_svg

    picture, comparison = task
    figure = picture.draw(comparison)
    if picture.sheet:
        return Drawn(picture, to_png(figure), pdf=to_pdf(figure))
    return Drawn(picture, to_png(figure), to_svg(figure, picture.name, picture.label))


def write_pictures(drawn: Sequence[Drawn], folder: Path) -> None:
    """Write pictures as ``figures/NAME.png`` into a folder, sheets as ``figures/NAME.pdf`` too."""
    (folder / "figures").mkdir()
    for one in drawn:
        (folder / "figures" / f"{one.picture.name}.png").write_bytes(one.png)
        if one.pdf:
            (folder / "figures" / f"{one.picture.name}.pdf").write_bytes(one.pdf)
