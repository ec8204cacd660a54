"""The site of the sample, served on the loopback, and a headless Chromium that looks at it.

What is missing skips the tests on a person's machine and fails them where CI is in the environment.
"""

from __future__ import annotations

import functools
import http.server
import json
import os
import shutil
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import install_chromium
import pytest

PROJECT = Path(__file__).resolve().parents[2]
TARGET = PROJECT / "target" / "test_site"
SCREENSHOTS = PROJECT / "target" / "site_screenshots"
DESKTOP = (1400, 900)
PHONE = (390, 844)


class Made(NamedTuple):
    """The site's folder, and the manifest that it was made from."""

    folder: Path
    manifest: dict[str, Any]


@pytest.fixture(scope="session")
def made() -> Made:
    """The site, made as `make docs` makes it, after the sample was built in a warehouse of its
    own."""
    shutil.rmtree(TARGET, ignore_errors=True)
    TARGET.mkdir(parents=True)
    shutil.copy(PROJECT / "profiles.yml.example", TARGET / "profiles.yml")
    environment = {
        "DBT_TARGET": "local",
        "DBT_PROFILES_DIR": str(TARGET),
        "DBT_TARGET_PATH": str(TARGET),
        "WS_DUCKDB_PATH": str(TARGET / "ws_shop.duckdb"),
    }
    # The script reads them as it is imported.
    os.environ.update(environment)
    import make_docs_site

    dbt = make_docs_site.project()
    days = json.dumps({"part_date": "2024-01-14", "part_date_to": "2024-01-16"})
    for command in (("seed",), ("run", "--vars", days)):
        done = dbt(*command)
        assert done.returncode == 0, done.stdout
    assert make_docs_site.main() == 0
    manifest = json.loads((TARGET / "manifest.json").read_text(encoding="utf-8"))
    return Made(make_docs_site.TARGET / "site", manifest)


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="session")
def address(made: Made) -> Iterator[str]:
    """Where the site is served."""
    handler = functools.partial(Quiet, directory=str(made.folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


class Browser:
    """One Chromium, to which each page is new. It knows what the open page said and asked for."""

    def __init__(self, driver: Any) -> None:
        self.driver = driver

    def open(self, url: str, *, size: tuple[int, int] = DESKTOP, dark: bool = False) -> None:
        """A page, as a reader with such a screen and such a system sees it."""
        metrics = {"width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})
        if self.driver.current_url.partition("#")[0] == url.partition("#")[0]:
            # Else an anchor of the open page would not load it again.
            self.driver.get("about:blank")
        self.complaints(allowed="")
        self.driver.get(url)

    def script(self, text: str, *arguments: Any) -> Any:
        return self.driver.execute_script(text, *arguments)

    def wait(self, condition: Callable[[], Any], seconds: float = 15) -> Any:
        from selenium.webdriver.support.ui import WebDriverWait

        return WebDriverWait(self.driver, seconds, poll_frequency=0.05).until(
            lambda _: condition()
        )

    def keep(self, name: str) -> None:
        """A screenshot, once what moves has come to rest."""
        self.script("document.getAnimations().forEach(animation => animation.finish())")
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        assert self.driver.save_screenshot(str(SCREENSHOTS / f"{name}.png"))

    def complaints(self, allowed: str) -> list[str]:
        """Errors and warnings on the console, and requests to what does not begin with `allowed`,
        since the last call."""
        found = [entry["message"] for entry in self.driver.get_log("browser")]
        for entry in self.driver.get_log("performance"):
            event = json.loads(entry["message"])["message"]
            if event["method"] == "Network.requestWillBeSent":
                url = event["params"]["request"]["url"]
                if not url.startswith((allowed, "data:", "blob:", "about:")):
                    found.append(f"asks for {url}")
        return found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    binary, chromedriver = install_chromium.browser(), install_chromium.driver()
    if not (binary and chromedriver):
        _leave_out("There is no Chromium with its driver here. Run: make setup-docs")
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    shutil.rmtree(SCREENSHOTS, ignore_errors=True)
    options = webdriver.ChromeOptions()
    options.binary_location = binary
    for argument in (
        *("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--hide-scrollbars"),
        # What Chromium itself would ask of its maker.
        *("--disable-background-networking", "--disable-component-update", "--no-first-run"),
    ):
        options.add_argument(argument)
    options.add_experimental_option("perfLoggingPrefs", {"enablePage": False})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(chromedriver))
    # A page remembers the colours of the last one there.
    forget = {"source": "try { localStorage.clear() } catch (error) {}"}
    driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", forget)
    yield Browser(driver)
    driver.quit()


def _leave_out(reason: str) -> None:
    if os.environ.get("CI", "").lower() in ("", "0", "false"):
        print(reason, file=sys.stderr)
        pytest.skip(reason)
    pytest.fail(f"CI must look at the documentation site. {reason}", pytrace=False)
