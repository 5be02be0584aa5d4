"""The page in a real browser: every control works, there are no errors, and nothing lies outside the window."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from browser import HAS_CHROMIUM, headless_chromium
from lab.small import TEXT

from .served import Live, serving

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        os.name != "posix" or not HAS_CHROMIUM,
        reason="needs Chromium and its driver",
    ),
]


@pytest.fixture(scope="module")
def downloads(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the browser puts files."""
    return tmp_path_factory.mktemp("downloads")


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory, downloads: Path) -> Iterator[Any]:
    """Headless Chromium."""
    with headless_chromium(tmp_path_factory.mktemp("profile"), network=True, downloads=downloads) as driver:
        yield driver


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """The command, running."""
    folder = tmp_path_factory.mktemp("live")
    (folder / "small.toml").write_text(TEXT, encoding="utf-8")
    with serving(folder, "small.toml", "--policy", "talk", "--policy", "drill", "--seed", "7") as running:
        yield running


@pytest.fixture
def page(live: Live, browser: Any) -> Iterator[Page]:
    """The page at the beginning of the run that the command line asked for."""
    live.change("/setup", scenario="small.toml", policies=["talk", "drill"], seed="7", set={})
    yield Page(live, browser)
    complaints = [entry["message"] for entry in browser.get_log("browser")]
    refused = "the server responded with a status of 400"  # a wrong value was typed, and the page reports it
    assert [complaint for complaint in complaints if refused not in complaint] == []


class Page:
    """What a person can see and do."""

    def __init__(self, live: Live, browser: Any) -> None:
        self.live, self.browser = live, browser
        self.size(1280, 720)

    def size(self, width: int, height: int, dark: bool = False) -> None:
        """Open the page anew in a window of some size and brightness."""
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
        self.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})
        self.browser.get(self.live.url)
        self.wait(lambda: self.browser.execute_script("return document.body.dataset.week !== undefined"))

    def wait(self, holds: Callable[[], object], seconds: float = 20.0) -> None:
        end = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < end, self.text("trouble") + self.text("faults")
            time.sleep(0.03)

    def text(self, identity: str) -> str:
        return str(self.browser.execute_script("return document.getElementById(arguments[0]).textContent", identity))

    def click(self, identity: str) -> None:
        self.browser.find_element("id", identity).click()

    def write(self, selector: str, text: str) -> None:
        field = self.browser.find_element("css selector", selector)
        field.clear()
        field.send_keys(text)

    def choose(self, identity: str, value: str) -> None:
        from selenium.webdriver.support.ui import Select

        Select(self.browser.find_element("id", identity)).select_by_value(value)

    @property
    def week(self) -> int:
        return int(self.browser.execute_script("return document.body.dataset.week"))

    def until(self, week: int) -> None:
        self.wait(lambda: self.week == week)

    def drawn(self) -> dict[str, str]:
        """Everything that is drawn, by name."""
        script = (
            "const all = {};"
            "for (const svg of document.querySelectorAll('#curves svg')) all[svg.dataset.outcome] = svg.innerHTML;"
            "for (const canvas of document.querySelectorAll('canvas')) all[canvas.id] = canvas.toDataURL();"
            "return all;"
        )
        found: dict[str, str] = self.browser.execute_script(script)
        return found


def test_stepping_draws_every_curve_and_both_organizations(page: Page) -> None:
    before = page.drawn()
    assert set(before) == {
        "practicing", "enacted", "attitudinal_loyalty", "satisfaction", "active_customers", "profit", "stage-a", "stage-b",
    }  # fmt: skip
    page.click("step")
    page.until(1)
    page.click("quarter")
    page.until(14)
    after = page.drawn()
    assert all(after[name] != before[name] for name in before)
    assert page.text("week") == "14 of 40 weeks"
    rows = page.live.look("/state")["rows"]
    names = [outcome["name"] for outcome in page.live.look("/catalog")["outcomes"]]
    shown = page.browser.execute_script(
        "return Array.from(document.querySelectorAll('#curves .now'), (one) => one.textContent)"
    )
    column = names.index("practicing")
    assert shown[:2] == [f"{'AB'[side]} {100 * rows[side][-1][column]:.1f} %" for side in (0, 1)]
    label = page.browser.find_element("id", "stage-a").get_attribute("aria-label")
    assert re.match(r"A, talk, after 14 weeks: 2 departments; of \d+ employees drawn, ", label)


def test_run_pause_and_speed(page: Page) -> None:
    page.choose("speed", "2")
    page.click("run")
    assert page.text("run") in ("Run", "Pause")
    page.wait(lambda: page.week >= 2)
    page.click("run")
    page.wait(lambda: page.text("run") == "Run")
    page.wait(lambda: page.browser.find_element("css selector", "main").get_attribute("aria-busy") == "false")
    stopped = page.week
    time.sleep(1.2)
    assert page.week == stopped < 40
    page.choose("speed", "0")
    page.click("run")
    page.until(40)
    assert page.text("week") == "40 weeks: the end"
    buttons = ("run", "step", "quarter", "press-budget_cut")
    assert not any(page.browser.find_element("id", name).is_enabled() for name in buttons)


def test_one_loop_runs_however_often_it_is_started(page: Page) -> None:
    page.choose("speed", "2")
    for _ in range(7):
        page.click("run")
    before = page.week
    time.sleep(2.0)
    assert page.week - before <= 5, "2 weeks a second, and one may be under way"
    page.click("run")
    page.wait(lambda: page.text("run") == "Run")


def test_tabs_of_a_session_know_of_each_other(page: Page) -> None:
    first = page.browser.current_window_handle
    address = page.browser.current_url
    page.browser.switch_to.new_window("tab")
    page.browser.get(address)
    page.wait(lambda: page.browser.find_element("css selector", "main").get_attribute("aria-busy") == "false")
    page.click("step")
    page.wait(lambda: page.week == 1)
    page.browser.close()
    page.browser.switch_to.window(first)
    page.wait(lambda: page.week == 1)
    assert "Another tab" in page.text("elsewhere")


def test_reset_gives_the_same_pictures(page: Page) -> None:
    page.click("quarter")
    page.until(13)
    first = page.drawn()
    page.click("reset")
    page.until(0)
    page.click("quarter")
    page.until(13)
    assert page.drawn() == first


def test_events_are_logged_marked_and_happen_again(page: Page) -> None:
    page.click("step")
    page.until(1)
    marks = len(page.browser.find_elements("css selector", "[data-outcome=profit] .event"))
    page.write("#events [aria-label='market shift'] [data-field=size]", "0.4")
    page.click("press-market_shift")
    page.wait(lambda: "market shift" in page.text("log"))
    assert page.text("log").startswith("week 1: market shift (size 0.4), pressed")
    assert len(page.browser.find_elements("css selector", "[data-outcome=profit] .event")) == marks + 1
    page.browser.find_element("css selector", "#events [data-field=departments] option[value='back office']").click()
    page.click("press-manager_exit")
    page.wait(lambda: "manager exit (share 1) in back office, pressed" in page.text("log"))
    for kind in ("executive_succession", "budget_cut"):
        page.click(f"press-{kind}")
        page.wait(lambda kind=kind: f"{kind.replace('_', ' ')} (" in page.text("log"))
    page.write("#events [aria-label='market shift'] [data-field=size]", "1,5")
    page.click("press-market_shift")
    page.wait(lambda: "size must be a number, 0 to 1" in page.text("trouble"))
    page.click("quarter")
    page.until(14)
    assert page.text("trouble") == ""
    shaken = page.drawn()
    page.click("keep")
    page.click("reset")
    page.until(0)
    page.click("quarter")
    page.until(13)
    page.click("step")
    page.until(14)
    assert page.drawn() == shaken


def test_another_run_is_initialized_with_other_parameters(page: Page) -> None:
    page.click("all")
    page.browser.execute_script("document.getElementById('all').open = true")
    page.write("#find", "turnover month")
    visible = page.browser.execute_script(
        "return Array.from(document.querySelectorAll('.parameter:not([hidden])'), (row) => row.dataset.name)"
    )
    assert visible == ["employees.turnover"]
    assert "per month" in page.browser.find_element("css selector", "[data-name='employees.turnover']").text
    page.write("[data-parameter='employees.turnover']", "7")
    page.write("#seed", "x")
    page.click("found")
    page.wait(lambda: page.text("faults"))
    assert "employees.turnover must be 0 to" in page.text("faults")
    assert '--seed must be a whole number, 0 to 9223372036854775807, got "x"' in page.text("faults")
    page.write("[data-parameter='employees.turnover']", "0.3")
    page.write("#seed", "12")
    page.write("#weeks", "20")
    page.choose("policy-a", "none")
    page.choose("policy-b", "talk")
    page.click("found")
    page.wait(lambda: page.text("name") == "small, seed 12")
    assert page.text("faults") == ""
    assert page.text("week") == "0 of 20 weeks"
    setup = page.live.look("/state")["setup"]
    assert setup["policies"] == ["none", "talk"]
    assert setup["changes"] == {"employees.turnover": "0.3", "weeks": "20"}
    assert "employees.turnover = 0.3" in page.text("changes")
    # found and pressed in one go: the list may be made anew between the two
    forget = "[aria-label='Forget the change of employees.turnover']"
    page.browser.execute_script("document.querySelector(arguments[0]).click()", forget)
    page.click("found")
    page.wait(lambda: page.live.look("/state")["setup"]["changes"] == {"weeks": "20"})
    page.choose("scenario", "online-store")
    assert "value-driven" in page.text("policy-a")
    assert "drill" not in page.text("policy-a")


def test_the_session_is_downloaded_with_its_commands(page: Page, downloads: Path) -> None:
    page.click("step")
    page.until(1)
    page.click("save")
    page.wait(lambda: "centricity run small-live.toml --policy talk --seed 7 --weeks 1" in page.text("commands"))
    page.wait((downloads / "small-live.toml").is_file)
    assert (downloads / "small-live.toml").read_text(encoding="utf-8") == page.live.look("/replay")["text"]


def test_means_are_drawn_when_asked_for(page: Page) -> None:
    page.click("quarter")
    page.until(13)
    before = page.drawn()["profit"]
    page.click("smooth")
    page.wait(lambda: page.drawn()["profit"] != before)
    page.click("smooth")
    page.wait(lambda: page.drawn()["profit"] == before)


def test_everything_can_be_done_from_the_keyboard(page: Page) -> None:
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.keys import Keys

    reached = []
    for _ in range(80):
        ActionChains(page.browser).send_keys(Keys.TAB).perform()
        active = page.browser.switch_to.active_element
        reached.append(active.get_attribute("id") or active.get_attribute("data-field") or active.tag_name)
        if reached[-1] == "step":
            ActionChains(page.browser).send_keys(Keys.SPACE).perform()
        if reached[-1] == "press-budget_cut":
            ActionChains(page.browser).send_keys(Keys.ENTER).perform()
        if reached[-1] == "save":
            break
    wanted = ["run", "step", "quarter", "speed", "reset", "keep", "smooth", "press-executive_succession", "share"]
    wanted += ["press-budget_cut", "scenario", "policy-a", "policy-b", "seed", "weeks", "found", "save"]
    assert [name for name in wanted if name not in reached] == []
    page.wait(lambda: "budget cut" in page.text("log"))
    assert page.week == 1


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize(("width", "height"), [(1280, 720), (390, 844)])
def test_it_fits_asks_nobody_else_and_is_accessible(page: Page, width: int, height: int, dark: bool) -> None:
    page.browser.get_log("performance")
    page.size(width, height, dark)
    page.click("quarter")
    page.until(13)
    page.browser.execute_script("document.getElementById('all').open = true")
    assert page.browser.execute_script("return document.documentElement.scrollWidth") <= width
    asked = [entry["message"] for entry in page.browser.get_log("performance")]
    sent = [line for line in asked if '"Network.requestWillBeSent"' in line]
    addresses = {found[1] for line in sent for found in re.finditer(r'"url":"(\w+:[^"]*)"', line)}
    assert addresses
    assert {address for address in addresses if not address.startswith((page.live.url, "data:"))} == set()
    if find_spec("axe_selenium_python") is None:
        pytest.skip("needs axe-selenium-python for the rest")
    source = Path(str(find_spec("axe_selenium_python").origin)).parent / "node_modules" / "axe-core" / "axe.min.js"  # type: ignore[union-attr]
    page.browser.execute_script(source.read_text(encoding="utf-8"))
    found = page.browser.execute_async_script(
        "const done = arguments[0]; axe.run().then((all) => done(all.violations))"
    )
    grave = [
        (one["id"], one["help"], one["nodes"][0]["html"]) for one in found if one["impact"] in ("serious", "critical")
    ]
    assert grave == []
