"""The site of the sample, served on the loopback address, and the browser for it."""

from __future__ import annotations

import functools
import http.server
import json
import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from scripts.paths import ROOT
from tests.support.browser import Browser, opened
from tests.support.planted_secrets import PLANTED

TARGET = ROOT / "target" / "test_site"
SCREENSHOTS = ROOT / "target" / "site_screenshots"
# dbt writes variables with the prefix of the last one to the catalog.
SECRETS = PLANTED | {"DBT_ENV_CUSTOM_ENV_WS_TOKEN": "planted-custom-5d20"}


class Made(NamedTuple):
    """The folder of the site, and the manifest from which it was built."""

    folder: Path
    manifest: dict[str, Any]


@pytest.fixture(scope="session")
def made() -> Made:
    """Build the site like `make docs`, after building the sample in a separate warehouse."""
    shutil.rmtree(TARGET, ignore_errors=True)
    TARGET.mkdir(parents=True)
    shutil.copy(ROOT / "profiles.yml.example", TARGET / "profiles.yml")
    environment = {
        "DBT_TARGET": "local",
        "DBT_PROFILES_DIR": str(TARGET),
        "DBT_TARGET_PATH": str(TARGET),
        "WS_DUCKDB_PATH": str(TARGET / "ws_shop.duckdb"),
    }
    # The script reads these variables when it is imported.
    os.environ.update(environment | SECRETS)
    from scripts import make_docs_site

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
    """The address of the site."""
    handler = functools.partial(Quiet, directory=str(made.folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with opened(SCREENSHOTS) as browser:
        yield browser
