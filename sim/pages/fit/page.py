"""Writes ``fit.html``: the answer first, then the parameters, the data, the checks, and what to collect next."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import resources
from pathlib import Path

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from sim.analysis.wording import format_number, join_words, less_unknown
from sim.lab.writing import write_text
from sim.pages.fit.content import FitContent
from sim.pages.shared import palette

_UNKNOWN_SHARE = 0.05
"""Coverage that differs by more than this from what an interval says is marked."""


def write_page(content: FitContent, folder: Path) -> None:
    """Write ``fit.html`` into a folder."""
    write_text(folder / "fit.html", fit_page(content))


def fit_page(content: FitContent) -> str:
    """The page of a fit as HTML, with everything it needs inside.

    Args:
        content: What it shows.
    """
    from sim.pages.fit.figures import draw_fans, draw_parameters, draw_ranks
    from sim.pages.report.figure_style import to_svg

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["number"] = lambda value: format_number(value).replace("-", "−")
    environment.filters["percent"] = lambda value: f"{100.0 * value:.0f} %"
    environment.filters["less"] = lambda value: less_unknown(value).removesuffix(" less unknown")
    environment.filters["far"] = lambda share, level: abs(share - float(level)) > _UNKNOWN_SHARE
    environment.filters["strength"] = lambda value: f"{round(100.0 * min(abs(value), 1.0))}%"
    pictures = {
        "parameters": to_svg(
            draw_parameters(content), "parameters", "Density of each parameter before and after the fit"
        ),
        "fans": to_svg(
            draw_fans(content), "fans", "The history over what the model makes of it before and after the fit"
        ),
        "ranks": to_svg(
            draw_ranks(content), "ranks", "Rank curves of known histories, with the band that even ranks keep"
        ),
    }
    folder = resources.files("sim.pages.fit")
    template = environment.from_string((folder / "fit.html.jinja").read_text(encoding="utf-8"))
    report = (resources.files("sim.pages.report") / "report.css").read_text(encoding="utf-8")
    css = palette() + report + (folder / "fit.css").read_text(encoding="utf-8")
    page = template.render(
        css=Markup(css),
        headline=headline(content),
        content=content,
        pictures={name: Markup(svg) for name, svg in pictures.items()},
        levels=list(content.parameters[0].coverage) if content.parameters else [],
        silent=join_words([each.name for each in content.silent], "or") if content.silent else "",
    )
    return page + "\n"


def headline(content: FitContent) -> str:
    """The answer in a sentence or two: what the data say, and what they cannot."""
    learned, silent = content.learned, content.silent
    if not learned:
        return "Your data cannot tell anything about the parameters that were asked for: they are as unknown as before."
    most = [f"{each.name} ({less_unknown(each.contraction)})" for each in learned[:3]]
    first = f"Your data say most about {join_words(most)}."
    return first if not silent else f"{first} They cannot tell {_names([each.name for each in silent])}."


def _names(names: Sequence[str]) -> str:
    """Names, or their number if there are many."""
    return join_words(list(names), "or") if len(names) <= 4 else f"{len(names)} others"
