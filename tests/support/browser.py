"""A headless Chromium that opens pages, for tests/site and tests/report.

If Chromium is missing, the tests are skipped, or fail if CI is set in the environment.

    .venv/bin/python -m tests.support.browser

As a script (`make pictures`), it takes the pictures of README, which lie in docs/pictures. They
show target/report.html and the page of the mart in target/site.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from scripts import install_chromium
from scripts.paths import ROOT
from tests.support.required import leave_out

DESKTOP = (1400, 900)
PHONE = (390, 844)
PICTURE = (1280, 960)


class Browser:
    """One Chromium, with fresh state for each page. It records console messages and requests of the
    page."""

    def __init__(self, driver: Any, screenshots: Path) -> None:
        self.driver = driver
        self.screenshots = screenshots

    def open(self, url: str, *, size: tuple[int, int] = DESKTOP, dark: bool = False) -> None:
        """Open a page with this screen size and these system settings."""
        self._resize(*size)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})
        if self.driver.current_url.partition("#")[0] == url.partition("#")[0]:
            # Otherwise an anchor of the open page would not reload it.
            self.driver.get("about:blank")
        # Earlier messages belong to the previous page.
        self.complaints(allowed="")
        self.driver.get(url)

    def script(self, text: str, *arguments: Any) -> Any:
        return self.driver.execute_script(text, *arguments)

    def wait(self, condition: Callable[[], Any], seconds: float = 15) -> Any:
        from selenium.webdriver.support.ui import WebDriverWait

        return WebDriverWait(self.driver, seconds, poll_frequency=0.05).until(lambda _: condition())

    def keep(self, name: str, *, whole: bool = False, scale: float = 1) -> None:
        """Take a screenshot of the whole page or of the visible part, after animations have
        ended."""
        self.script("document.getAnimations().forEach(animation => animation.finish())")
        if whole:
            self._resize(*self.script("return [innerWidth, document.documentElement.scrollHeight]"))
        if scale != 1:
            self._resize(*self.script("return [innerWidth, innerHeight]"), scale)
        self.screenshots.mkdir(parents=True, exist_ok=True)
        assert self.driver.save_screenshot(str(self.screenshots / f"{name}.png"))

    def complaints(self, allowed: str) -> list[str]:
        """Console errors and warnings, and requests to addresses that do not begin with `allowed`,
        since the last call."""
        found = [entry["message"] for entry in self.driver.get_log("browser")]
        for entry in self.driver.get_log("performance"):
            event = json.loads(entry["message"])["message"]
            if event["method"] == "Network.requestWillBeSent":
                url = event["params"]["request"]["url"]
                if not url.startswith((allowed, "data:", "blob:", "about:")):
                    found.append(f"asks for {url}")
        return found

    def _resize(self, width: int, height: int, scale: float = 1) -> None:
        metrics = {"width": width, "height": height, "deviceScaleFactor": scale, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)


@contextmanager
def opened(screenshots: Path) -> Iterator[Browser]:
    """A browser that writes its screenshots to a folder, which is emptied first."""
    binary, chromedriver = install_chromium.browser(), install_chromium.driver()
    if not (binary and chromedriver):
        leave_out(
            "the page in a browser",
            "There is no Chromium with its driver here. Run: .venv/bin/python"
            " -m scripts.install_chromium",
        )
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    shutil.rmtree(screenshots, ignore_errors=True)
    options = webdriver.ChromeOptions()
    options.binary_location = binary
    for argument in (
        *("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--hide-scrollbars"),
        # Prevents requests that Chromium itself would send to its maker.
        *("--disable-background-networking", "--disable-component-update", "--no-first-run"),
    ):
        options.add_argument(argument)
    options.add_experimental_option("perfLoggingPrefs", {"enablePage": False})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(chromedriver))
    # Otherwise a page would keep the colour scheme of the previous page.
    forget = {"source": "try { localStorage.clear() } catch (error) {}"}
    driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", forget)
    try:
        yield Browser(driver, screenshots)
    finally:
        driver.quit()


def take_pictures(made: Path, pictures: Path) -> None:
    """Show what `make report` and `make docs` made, smaller than on a desktop."""
    pages = {"report": made / "report.html", "table": made / "site/tables/ws_sess_daily.html"}
    for page in pages.values():
        if not page.exists():
            sys.exit(f"{page} is missing. Run: make pictures")
    with opened(pictures) as browser:
        for name, page in pages.items():
            browser.open(page.as_uri(), size=PICTURE)
            browser.keep(name, scale=0.7)


if __name__ == "__main__":
    try:
        take_pictures(ROOT / "target", ROOT / "docs" / "pictures")
    except pytest.skip.Exception as skipped:
        sys.exit(str(skipped))
