"""The report in a real browser, without a network: it requests nothing, has no errors, and nothing lies outside the window."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browser import HAS_CHROMIUM, headless_chromium

from sim.lab import compare
from sim.model.policies.policy import Phase, Policy
from sim.model.scenario import Scenario
from sim.pages.report import save_report

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not HAS_CHROMIUM, reason="needs Chromium and its driver"),
]

SIZES = {
    "employees.number": 30,
    "customers.initial": 80,
    "customers.market": 100,
    "run.burn_in": 4,
}


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Report of a small comparison."""
    folder = tmp_path_factory.mktemp("report") / "out"
    scenario = Scenario.load("retail-bank").override(SIZES)
    found = compare(
        scenario, policies=["none", "symbolic", "value-driven"], replicates=2, workers=1, weeks=45, futures=True, unknown=2,
        tornado=True, vary=["norm.sharpness"], targets=["retention_annual>=0.9", "net_present_value>=0"],
    )  # fmt: skip
    save_report(found, folder)
    return folder / "report.html"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Headless Chromium that cannot reach anything."""
    with headless_chromium(tmp_path_factory.mktemp("profile")) as driver:
        yield driver


@pytest.mark.parametrize("width", [390, 1280])
def test_the_report_stands_alone_and_fits(page: Path, browser: Any, width: int) -> None:
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 500},
    )
    browser.get(page.as_uri())
    complaints = browser.get_log("browser")
    assert complaints == []
    asked = [entry["message"] for entry in browser.get_log("performance")]
    outside = [line for line in asked if '"Network.requestWillBeSent"' in line and '"url":"http' in line]
    assert outside == []
    widest = browser.execute_script("return document.documentElement.scrollWidth")
    assert widest <= width, f"the page is {widest} px wide at {width} px"
    heading = browser.execute_script("return document.querySelector('h1').textContent")
    assert "retail-bank" in heading
    for part in (
        "answer",
        "targets",
        "futures",
        "unknown",
        "conditions",
        "uncertainty-figure",
        "tornado-figure",
        "caveats",
    ):
        assert browser.execute_script("return document.getElementById(arguments[0]) !== null", part), part
    images = "return Array.from(document.images).every(image => image.complete && image.naturalWidth > 0)"
    assert browser.execute_script(images)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_serious(page: Path, browser: Any, width: int, scheme: str) -> None:
    axe = pytest.importorskip("axe_selenium_python")
    size = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 500}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
    browser.get(page.as_uri())
    browser.execute_script("document.querySelector('details').open = true")
    browser.set_script_timeout(120)
    check = axe.Axe(browser)
    check.inject()
    bad = {
        one["id"]: [node["html"][:120] for node in one["nodes"][:3]]
        for one in check.run({"exclude": [["svg > g"]]})["violations"]  # strokes of pictures that are named as a whole
        if one["impact"] in ("serious", "critical")
    }
    assert bad == {}


def test_the_answer_fits_the_first_printed_page(page: Path, browser: Any) -> None:
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print", "features": []})
    paper = {"width": 695, "height": 1024, "deviceScaleFactor": 1, "mobile": False}  # A4 less its margins, at 96 dpi
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", paper)
    browser.get(page.as_uri())
    bottom = browser.execute_script("return document.getElementById('answer').getBoundingClientRect().bottom")
    broken = browser.execute_script("return getComputedStyle(document.getElementById('words')).breakBefore")
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "screen", "features": []})
    assert bottom <= 1024
    assert broken == "page"


def test_the_first_page_with_twelve_policies_is_one_printed_sheet(tmp_path: Path, browser: Any) -> None:
    """A4 with the margins of the page's own style, at 96 dots an inch; the next section starts a new sheet."""
    names = [f"policy-with-a-long-name-{number}" for number in range(11)]
    policies = [Policy(name, (Phase(0, 20, None, {"coaching": 0.1 + 0.05 * i}),)) for i, name in enumerate(names)]
    found = compare(
        Scenario.load("retail-bank").override(SIZES), ["none", *policies], replicates=2, workers=1, weeks=45, futures=True,
    )  # fmt: skip
    save_report(found, tmp_path / "out")
    width, height = round((210 - 2 * 13) / 25.4 * 96), round((297 - 2 * 14) / 25.4 * 96)
    size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    browser.get((tmp_path / "out" / "report.html").as_uri())
    end = browser.execute_script("return document.getElementById('answer').getBoundingClientRect().bottom")
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    assert end <= height
