"""The page of an advice: one file that opens without a network."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from sim.analysis.wording import format_interval, format_money
from sim.lab.advice.advising import Advice, describe_advice, value_words
from sim.lab.toml_text import write_toml
from sim.lab.writing import write_text
from sim.pages.shared import palette


def write_page(advice: Advice, folder: Path) -> None:
    """Write ``advice.html`` into a folder."""
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["interval"] = lambda entry: format_interval(entry, value_words(advice.plan.scenario)).strip()
    environment.filters["value"] = value_words(advice.plan.scenario)
    environment.filters["money"] = lambda value: format_money(value, advice.plan.scenario.currency)
    template = environment.from_string(_read("advice.html.jinja"))
    page = template.render(
        css=Markup(palette() + _read("advice.css")),
        scenario=advice.plan.scenario,
        summary=advice.summary,
        lines=describe_advice(advice),
        policy=write_toml(advice.best.to_dict()) if advice.best.phases else "",
        manifest=advice.manifest,
    )
    write_text(folder / "advice.html", page + "\n")


def _read(name: str) -> str:
    return resources.files(__name__).joinpath(name).read_text(encoding="utf-8")
