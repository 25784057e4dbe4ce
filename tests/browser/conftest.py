"""`exclusion-rerun` deployed on a Prefect server with its pages, a worker, and a real Chromium to look at them."""

import os
import shutil
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from tests.end_to_end.conftest import Site
from tests.end_to_end.deployed import Api
from tests.processes import PrefectServer

CLOCK = "x3600"  # an hour of the sandbox in a second of ours
SWITCHES = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class Album:
    """Pictures of what a page shows, numbered, in a folder."""

    def __init__(self, page: Page, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._page, self._folder, self._numbers = page, folder, count(1)

    def keep(self, name: str) -> None:
        self._page.screenshot(path=self._folder / f"{next(self._numbers)}-{name}.png")


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of Chromium. Without one the test is skipped, except where everything has to be tested."""
    found = shutil.which("chromium")
    if found is None and os.environ.get("CI"):
        pytest.fail("there is no chromium on the PATH, and CI is set: apt-get install chromium")
    if found is None:
        pytest.skip("there is no chromium on the PATH; on Debian: apt-get install chromium")
    return found


@pytest.fixture
def page(chromium: str) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=SWITCHES)
        page = browser.new_page(viewport={"width": 1100, "height": 1700})
        page.set_default_timeout(30_000)
        yield page
        browser.close()


@pytest.fixture
def album(page: Page, tmp_path: Path) -> Album:
    """Pictures go where HANDOFF_SCREENSHOTS says, else into the test's folder."""
    return Album(page, Path(os.environ.get("HANDOFF_SCREENSHOTS") or tmp_path / "pictures"))


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A worker starts runs; the server has pages."""
    server = PrefectServer(tmp_path / "prefect", ui=True)
    home = tmp_path / "home"
    home.mkdir()
    site = Site(home, server, {"HANDOFF_HOME": str(home), "HANDOFF_SANDBOX_CLOCK": CLOCK})
    try:
        server.start()
        Api(server).create_pool(site.pool)
        site.deploy({"exclusion-rerun": "flows.exclusion_rerun:exclusion_rerun"})
        site.start_worker()
        yield site
    finally:
        for worker in site.workers:
            worker.kill()
        server.kill()
