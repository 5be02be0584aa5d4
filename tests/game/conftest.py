"""A browser without a network, for the pages of these tests."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browser import HAS_CHROMIUM, headless_chromium

SIZES = {1280: 720, 390: 844}


class Browser:
    """Headless Chromium that cannot reach anything."""

    def __init__(self, driver: Any) -> None:
        self.driver = driver

    def open(self, file: Path, hash_: str = "", width: int = 1280, scheme: str = "light") -> None:
        """Load a page anew, and wait until it is ready."""
        size = {"width": width, "height": SIZES[width], "deviceScaleFactor": 1, "mobile": width < 500}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
        self.driver.get("about:blank")
        for log in ("browser", "performance"):
            self.driver.get_log(log)  # what came before is not this page's
        self.driver.get(file.as_uri() + hash_)
        self.wait("return document.body.dataset.ready === 'yes'")

    def run(self, script: str, *values: Any) -> Any:
        """Run a script in the page."""
        return self.driver.execute_script(script, *values)

    def wait(self, condition: str, seconds: float = 60.0) -> None:
        """Wait until a script says true."""
        until = time.monotonic() + seconds
        while not self.run(condition):
            assert time.monotonic() < until, f"never came true: {condition}"
            time.sleep(0.02)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """The browser of a module."""
    if not HAS_CHROMIUM:
        pytest.skip("needs Chromium and its driver")
    with headless_chromium(tmp_path_factory.mktemp("profile")) as driver:
        yield Browser(driver)
