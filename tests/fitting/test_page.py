"""The page of a fit: one file that says what the data say, and first of all what they do not."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from browser import HAS_CHROMIUM, headless_chromium

from fitting.planted import ROWS, history, linear, points, seen, table_of
from sim.fitting.checks import check_fit
from sim.fitting.page_content import Origin, content_of
from sim.fitting.posterior import fit_posterior
from sim.pages.fit.content import FitContent
from sim.pages.fit.page import fit_page, headline, write_page

pytest.importorskip("sklearn")


@cache
def content() -> FitContent:
    unit = points(512, 3)
    table = table_of(unit, linear(unit, 0.02))
    observed = history(table.expected[11])
    posterior = fit_posterior(table, seen(table, observed), observed, 1, networks=False)
    checks = check_fit(table, observed, posterior, 1, 2)
    return content_of(
        table, observed, posterior, checks, Origin("bank <1>", "training", "survey.csv", 1, "centricity fit")
    )


@cache
def page() -> str:
    return fit_page(content())


def test_the_page_stands_alone(tmp_path: Path) -> None:
    write_page(content(), tmp_path)
    text = (tmp_path / "fit.html").read_text(encoding="utf-8")
    assert text == page()
    assert not re.findall(r'(?:src|href)="(?!#)', text) and "url(http" not in text
    assert "bank &lt;1&gt;" in text and "bank <1>" not in text


def test_the_page_has_every_part() -> None:
    for part in ("answer", "parameters", "data", "checks", "silent", "next", "words"):
        assert f'<section id="{part}">' in page()
    assert page().count("<svg") == 3
    assert len(re.findall(r' id="([^"]+)"', page())) == len(set(re.findall(r' id="([^"]+)"', page())))


def test_what_the_data_cannot_tell_is_part_of_the_answer() -> None:
    assert headline(content()).endswith("They cannot tell planted.c.")
    assert page().count("your data cannot tell") >= 1 and "Nothing about planted.c." in page()


def test_nothing_told_is_the_answer_then() -> None:
    silent = replace(content(), parameters=[replace(each, identified=False) for each in content().parameters])
    assert headline(silent).startswith("Your data cannot tell anything")


def test_a_conflict_comes_before_the_answer() -> None:
    text = fit_page(replace(content(), conflicts=["Your satisfaction rises by 6 points; in no draw does the model's."]))
    assert text.index("rises by 6 points") < text.index('class="lead"')
    assert "The model does not reach your data." in text


def test_a_forecast_that_is_worse_is_said_before_the_answer() -> None:
    text = fit_page(replace(content(), holdout="The model foretells them worse.", holdout_better=False))
    assert text.index("foretells them worse") < text.index('class="lead"')


@pytest.mark.slow
def test_a_history_that_breaks_with_its_past_makes_the_page_say_first_that_it_must_not_foretell() -> None:
    """A planted case, from the history to the page: both columns stop far below all histories of the model, and stay there."""
    unit = points(512, 3)
    table = table_of(unit, linear(unit, 0.02))
    values = np.tile([0.1, 0.2], (ROWS, 1)) + 0.002 * np.arange(ROWS)[:, None]
    observed = history(values)
    posterior = fit_posterior(table, seen(table, observed), observed, 1, networks=False)
    checks = check_fit(table, observed, posterior, 1, 2)
    text = fit_page(content_of(table, observed, posterior, checks, Origin("bank", "training", "survey.csv", 1)))
    assert checks.holdout is not None and checks.conflicts and not checks.holdout.better
    first = text[text.index("<h1>") :].index("<p id=")
    said = text[text.index("<h1>") + first :].split("</p>")[0]
    assert said.startswith('<p id="foretold" class="warning"') and "worse" in said and "Do not use it" in said
    assert text.index('id="foretold"') < text.index("The model does not reach your data.") < text.index('class="lead"')


def test_the_figure_of_the_last_rows_comes_first() -> None:
    assert page().index('id="foretold"') < page().index('class="lead"') and "foretells them better" in page()


def test_an_interval_that_does_not_hold_is_marked() -> None:
    off = [replace(each, coverage={"0.5": 0.5, "0.8": 0.62, "0.95": 0.95}) for each in content().parameters]
    assert '<td class="mark">62 %</td>' in fit_page(replace(content(), parameters=off))


def test_missing_values_are_no_obstacle() -> None:
    values = content().observed.copy()
    values[2] = np.nan
    assert "<svg" in fit_page(replace(content(), observed=values))


@pytest.mark.slow
@pytest.mark.skipif(not HAS_CHROMIUM, reason="needs Chromium and its driver")
def test_the_page_fits_narrow_and_wide_windows_without_complaints(tmp_path: Path) -> None:
    write_page(content(), tmp_path)
    with headless_chromium(tmp_path / "profile") as driver:
        for width in (390, 1280):
            size = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 500}
            driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
            driver.get((tmp_path / "fit.html").as_uri())
            assert driver.execute_script("return document.documentElement.scrollWidth") <= width
        assert driver.get_log("browser") == []
