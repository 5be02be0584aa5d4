"""A real browser for tests of pages."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

HAS_CHROMIUM = bool(shutil.which("chromium") and shutil.which("chromedriver"))

_FLAGS = (
    "headless=new", "no-sandbox", "disable-gpu", "no-first-run", "disable-background-networking",
    "disable-component-update", "disable-sync", "disable-quic",
)  # fmt: skip


@contextmanager
def headless_chromium(profile: Path, *, network: bool = False, downloads: Path | None = None) -> Iterator[Any]:
    """The driver of a headless Chromium that keeps what it and its pages say in its logs.

    Args:
        profile: Folder of its own.
        network: Whether it reaches anything but files.
        downloads: Where it puts files.
    """
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = str(shutil.which("chromium"))
    for flag in (*_FLAGS, f"user-data-dir={profile}", *([] if network else ["proxy-server=127.0.0.1:9"])):
        options.add_argument(f"--{flag}")
    if downloads is not None:
        options.add_experimental_option("prefs", {"download.default_directory": str(downloads)})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(str(shutil.which("chromedriver"))))
    try:
        yield driver
    finally:
        driver.quit()
