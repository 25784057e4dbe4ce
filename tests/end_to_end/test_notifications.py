"""The documented automations on a real server: somebody is told of a run that needs a person, and of no other."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import httpx
import pytest

from cli.keeping.prefect_api import emit
from tests.end_to_end.conftest import ROOT, Site
from tests.processes import wait_until
from tests.workspaces import ANAS_MAILBOX, PIA, running, workspace

EXAMPLES = ROOT / "docs" / "examples"
pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


class Listener(ThreadingHTTPServer):
    """What is at the other end of a webhook: it keeps the texts that it is sent."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Keep)
        self.heard: list[str] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/hook/of-ours"


class Keep(BaseHTTPRequestHandler):
    server: Listener

    def do_POST(self) -> None:
        self.server.heard.append(json.loads(self.rfile.read(int(self.headers["Content-Length"])))["text"])
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def listener() -> Iterator[Listener]:
    with Listener() as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def follow_the_page(site: Site, webhook: str, folder: Path) -> str:
    """What docs/notifications.md says to do; gives the block's id."""
    env = site.server.env | {"WEBHOOK": webhook}
    made = subprocess.run(
        [sys.executable, EXAMPLES / "webhook_block.py"], env=env, capture_output=True, text=True, check=True
    )
    block = made.stdout.split()[-1]
    filled_in = folder / "automations.yaml"
    filled_in.write_text((EXAMPLES / "automations.yaml").read_text("utf-8").replace("BLOCK_ID", block), "utf-8")
    site.server.cli("automation", "create", "--from-file", os.fspath(filled_in))
    return block


def test_a_run_that_needs_a_person_or_failed_is_told_and_one_that_is_done_is_not(
    site: Site, listener: Listener, tmp_path: Path
) -> None:
    site.start_worker()
    block = follow_the_page(site, listener.address, tmp_path)
    kept = httpx.get(f"{site.server.api_url}/block_documents/{block}", timeout=30).raise_for_status().text
    assert "of-ours" not in kept

    site.sandbox.load(workspace(enrollments=[running(PIA)]))
    done = site.run(mailbox=ANAS_MAILBOX)
    needs = site.run(mailbox=ANAS_MAILBOX, contacts=f"{PIA}\nno address", dry_run=False)
    failed = site.run(mailbox="nobody@send.acme.test")
    for run, name in ((done, "Planned"), (needs, "NeedsAttention"), (failed, "Failed")):
        assert name == site.ended(run)

    trouble = {"what": "worker", "message": "no worker has looked for work yet", "since": "2026-11-02T09:00:00Z"}
    emit(site.server.api_url, "handoff.up.well", site.home, trouble)
    emit(site.server.api_url, "handoff.up.trouble", site.home, trouble)

    wait_until(lambda: len(listener.heard) >= 3, 30, lambda: f"heard {listener.heard}")
    bad, in_trouble, person = sorted(listener.heard)
    expected = f"handoff up in {site.home}: no worker has looked for work yet, since 2026-11-02T09:00:00Z"
    assert f"Handoff is in trouble: worker\n{expected}" == in_trouble
    assert f"/runs/flow-run/{needs}" in person and f"/runs/flow-run/{failed}" in bad
    assert person.startswith(f"Handoff needs a person: ownership-change {ANAS_MAILBOX} live on sandbox")
    assert "rejected 1" in person
    assert bad.startswith("Handoff Failed: ownership-change nobody@send.acme.test dry run on sandbox")
