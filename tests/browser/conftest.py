"""Handoff deployed on a Prefect server with its pages, a worker, and a real Chromium to look at them."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from platforms.sandbox.sandbox import Sandbox
from tests.processes import PrefectServer, Worker

ROOT = Path(__file__).parents[2]
CLOCK = "x3600"  # an hour of the sandbox in a second of ours
LIKE_AT_A_DESK = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


@dataclass
class Office:
    """A home whose deployments run by a worker, a server with pages, and one of its pages in a browser."""

    home: Path
    server: PrefectServer
    page: Page
    pictures: Path
    _numbers: Iterator[int]

    @property
    def sandbox(self) -> Sandbox:
        """The sandbox as it is now, its clock running as fast as the worker's."""
        return Sandbox(f"sqlite:///{self.home / 'sandbox.db'}", clock=CLOCK)

    def keep_picture(self, name: str) -> None:
        """A picture of what the page shows, under the next number."""
        self.page.screenshot(path=self.pictures / f"{next(self._numbers)}-{name}.png")


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
        browser = playwright.chromium.launch(executable_path=chromium, args=LIKE_AT_A_DESK)
        page = browser.new_page(viewport={"width": 1100, "height": 1300})
        page.set_default_timeout(30_000)
        yield page
        browser.close()


@pytest.fixture
def office(page: Page, tmp_path: Path) -> Iterator[Office]:
    """Only `exclusion-rerun` is deployed."""
    home = tmp_path / "home"
    home.mkdir()
    env = {"HANDOFF_HOME": str(home), "HANDOFF_SANDBOX_CLOCK": CLOCK}
    pictures = Path(os.environ.get("HANDOFF_SCREENSHOTS") or tmp_path / "pictures")
    pictures.mkdir(parents=True, exist_ok=True)
    server = PrefectServer(tmp_path / "prefect", ui=True).start()
    worker = Worker(server, cwd=ROOT, env=env)
    try:
        server.create_pool()
        server.deploy(ROOT, "exclusion-rerun", env)
        worker.start()
        yield Office(home, server, page, pictures, count(1))
    finally:
        worker.kill()
        server.kill()
