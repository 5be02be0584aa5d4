"""The report in a real browser, without a network: nothing is asked for, nothing complains, nothing sticks out."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sim.lab import compare
from sim.report import save_report
from sim.scenario import Scenario

pytestmark = pytest.mark.skipif(
    not (shutil.which("chromium") and shutil.which("chromedriver")), reason="needs Chromium and its driver"
)

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
    save_report(compare(scenario, policies=["none", "symbolic"], replicates=2, workers=1, weeks=45), folder)
    return folder / "report.html"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Headless Chromium that cannot reach anything."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = str(shutil.which("chromium"))
    profile = tmp_path_factory.mktemp("profile")
    quiet = (
        "no-first-run",
        "disable-background-networking",
        "disable-component-update",
        "disable-sync",
        "disable-quic",
    )
    for flag in (
        "headless=new",
        "no-sandbox",
        "disable-gpu",
        f"user-data-dir={profile}",
        "proxy-server=127.0.0.1:9",
        *quiet,
    ):
        options.add_argument(f"--{flag}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(str(shutil.which("chromedriver"))))
    yield driver
    driver.quit()


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
    images = "return Array.from(document.images).every(image => image.complete && image.naturalWidth > 0)"
    assert browser.execute_script(images)
