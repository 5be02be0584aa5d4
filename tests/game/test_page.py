"""The page of the game in a real browser, without a network: it plays the model, and its code repeats what was played."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from game.conftest import SIZES, Browser
from game.test_codes import game, random_codes
from sim.model.simulation import burn_in, simulate, with_policy
from sim.pages.game.codes import decode, encode
from sim.pages.game.debrief import read_teams, run_teams
from sim.pages.game.game import IN_OFFICE, QUARTERS
from sim.pages.game.page import render_debrief, render_game

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Both pages."""
    folder = tmp_path_factory.mktemp("pages")
    teams, refused = read_teams(game(), "\n".join([*random_codes()[:5], "Edited: " + "0" * 30]))
    (folder / "game.html").write_text(render_game(game()), encoding="utf-8")
    page = render_debrief(game(), teams, run_teams(game(), teams), refused)
    (folder / "debrief.html").write_text(page, encoding="utf-8")
    return lambda name: folder / f"{name}.html"


def assert_nothing_wrong(browser: Browser) -> None:
    """No message, and nothing asked of a network."""
    assert browser.driver.get_log("browser") == []
    asked = [json.loads(entry["message"])["message"] for entry in browser.driver.get_log("performance")]
    urls = [each["params"]["request"]["url"] for each in asked if each["method"] == "Network.requestWillBeSent"]
    assert [url for url in urls if not url.startswith(("file:", "about:", "data:"))] == []


def test_sixteen_quarters_give_a_code_that_repeats_them(browser: Browser, pages: Callable[[str], Path]) -> None:
    browser.open(pages("game"))
    assert browser.run("return performance.getEntriesByType('paint')[0].startTime") < 1500  # alone on a machine .2 s
    decisions = decode(game(), random_codes()[0])
    for quarter, option in enumerate(decisions):
        for row, level in enumerate(game().options[option]):
            browser.run(
                "document.querySelectorAll('#form fieldset')[arguments[0]].querySelectorAll('input')[arguments[1]].click()",
                row,
                level,
            )
        browser.run("document.getElementById('go').click()")
        browser.wait(f"return location.hash.split('.').length === {quarter + 1} && location.hash.length > 1")
    browser.wait("return !document.getElementById('done').hidden")
    assert browser.run("return document.getElementById('code').textContent") == encode(game(), decisions)
    assert browser.run("return document.querySelectorAll('#qr path').length") == 1
    run = simulate(with_policy(burn_in(game().scenario, 1), game().policy("x", decisions)), IN_OFFICE)
    profit = round(run.values[-13:, run.outcomes.index("profit")].sum() / 1000)
    shown = browser.run("return document.querySelectorAll('#books tbody tr')[5].lastChild.textContent")
    assert shown.replace("−", "-").replace(",", "") == str(profit)
    assert_nothing_wrong(browser)


def test_more_than_the_budget_cannot_be_run(browser: Browser, pages: Callable[[str], Path]) -> None:
    browser.open(pages("game"))
    browser.run(
        "for (const set of document.querySelectorAll('#form fieldset')) [...set.querySelectorAll('input')].pop().click()"
    )
    assert browser.run("return document.getElementById('go').disabled")
    assert "Over the budget" in browser.run("return document.getElementById('spent-text').textContent")


def test_the_teachers_page_shows_what_the_command_shows(browser: Browser, pages: Callable[[str], Path]) -> None:
    browser.open(pages("game"), "#teacher")
    text = "\n".join([*random_codes()[:5], "Edited: " + "0" * 30])
    browser.run(
        "document.getElementById('codes').value = arguments[0]; document.getElementById('run-codes').click()", text
    )
    browser.wait("return document.getElementById('codes-status').textContent.includes('run again: 5')")
    table = "return document.getElementById('table').textContent"
    in_page = browser.run(table)
    assert "checksum" in browser.run("return document.getElementById('refused').textContent")
    assert_nothing_wrong(browser)
    browser.open(pages("debrief"))
    assert browser.run(table) == in_page
    assert "Edited" in browser.run("return document.getElementById('refused').textContent")
    browser.run("document.querySelector('#table tbody button').click()")
    assert browser.run("return document.querySelectorAll('#decisions tbody tr').length") == QUARTERS
    assert browser.run("return document.querySelectorAll('svg path.chosen').length") == 2
    assert_nothing_wrong(browser)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", SIZES)
def test_axe_finds_nothing_serious(browser: Browser, pages: Callable[[str], Path], width: int, scheme: str) -> None:
    axe = pytest.importorskip("axe_selenium_python")
    done = "#q=" + ".".join(map(str, decode(game(), random_codes()[0])))
    for name, place in (("game", ""), ("game", done), ("game", "#teacher"), ("debrief", "")):
        browser.open(pages(name), place, width, scheme)
        if name == "debrief":
            browser.run("document.getElementById('reveal').click()")
            browser.run("document.querySelector('#table tbody button').click()")
        check = axe.Axe(browser.driver)
        check.inject()
        found = [each["id"] for each in check.run()["violations"] if each["impact"] in ("serious", "critical")]
        assert found == [], (name, place)
        assert browser.run("return document.documentElement.scrollWidth <= innerWidth"), (name, place)


def test_a_browser_without_webassembly_says_so(browser: Browser, pages: Callable[[str], Path]) -> None:
    command = "Page.addScriptToEvaluateOnNewDocument"
    added = browser.driver.execute_cdp_cmd(command, {"source": "delete window.WebAssembly;"})
    try:
        browser.driver.get("about:blank")
        browser.driver.get(pages("game").as_uri())
        browser.wait("return !document.getElementById('trouble').hidden")
        assert "cannot run the model" in browser.run("return document.getElementById('trouble').textContent")
    finally:
        browser.driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", added)
