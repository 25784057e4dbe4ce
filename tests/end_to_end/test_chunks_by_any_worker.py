"""A large operation on Unify is enrolled by two processes, and one is killed in the middle."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from threading import Event
from uuid import UUID

import pytest
from pydantic import SecretStr
from sqlmodel import col, select
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from journal.chunks import Chunks
from journal.outcomes import Outcomes
from models.carrier import Carrier
from models.records import Mailbox
from models.tables.chunks import ChunkRow
from platforms.emulator.app import make_app
from platforms.emulator.limits import unlimited
from tests.end_to_end.conftest import Site
from tests.platforms.serving import served
from tests.processes import wait_until
from tests.workspaces import ANA, ANAS_MAILBOX, OUTBOUND, ruleset, workspace

CLOCK = "real"
KEY = "a-key-for-the-workspace-unify"
PEOPLE = [f"p{at:03}@x.test" for at in range(120)]
SECOND = PEOPLE[60:]
pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


class Enrolling:
    """The emulator, which keeps its answers to enrollments until it may go on; it counts them by status."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.sent: Counter[str] = Counter()
        self.go_on = Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        enrolls = scope["method"] == "POST" and scope["path"].endswith("/enrollments")

        async def kept(message: Message) -> None:
            if enrolls and message["type"] == "http.response.start":
                self.sent[str(message["status"])] += 1
                while not self.go_on.is_set():
                    await asyncio.sleep(0.05)
            await send(message)

        await self._app(scope, receive, kept)


@pytest.fixture
def emulator(site: Site, monkeypatch: pytest.MonkeyPatch) -> Iterator[Enrolling]:
    """The site's sandbox behind the vendor's API, and a worker; from 100 contacts on a second process enrolls."""
    mailbox = Mailbox(email=ANAS_MAILBOX, owner=ANA, daily_limit=1)
    site.sandbox.load(workspace(people=PEOPLE, rulesets=[ruleset(allow_same=True)], mailboxes=mailbox))
    app = Enrolling(make_app(site.sandbox, SecretStr(KEY), limits=unlimited()))
    with served(app) as address:
        two = {"HANDOFF_WORKERS": "2", "HANDOFF_WORKERS_FROM": "100"}
        site.env |= {"UNIFY_API_KEY": KEY, "UNIFY_BASE_URL": address, "HANDOFF_USER": ANA} | two
        for name, value in site.env.items():
            monkeypatch.setenv(name, value)
        site.start_worker()
        yield app


def test_who_was_enrolled_by_a_process_that_is_killed_is_enrolled_once(site: Site, emulator: Enrolling) -> None:
    run = site.run(
        "enroll-contacts", emails=PEOPLE, sequence=OUTBOUND, workspace="unify", mailboxes=[ANAS_MAILBOX], dry_run=False
    )
    killed = run_of_a_chunk(site, run)
    wait_until(lambda: not enrolled(site).keys().isdisjoint(SECOND), 120, "nobody of the second chunk is enrolled")
    site.workers[0].kill_flow_run(killed)
    emulator.go_on.set()
    assert "Completed" == site.ended(run, timeout=300)
    assert dict.fromkeys(PEOPLE, 1) == enrolled(site)
    assert {"201": 120} == emulator.sent, "nobody was asked for twice"
    operation = site.operation_of(run)
    assert {"enrolled": 120} == Outcomes(site.journal, operation.id).counts("outcome")
    assert [] == Chunks(site.journal, operation.id).open()


def run_of_a_chunk(site: Site, run: UUID) -> UUID:
    """The run that was begun for a chunk, once its process carries it."""
    found: list[ChunkRow] = []

    def carries() -> bool:
        with site.journal.session() as session:
            query = select(ChunkRow).where(col(ChunkRow.flow_run_id).is_not(None), col(ChunkRow.carrier).is_not(None))
            found[:] = session.exec(query).all()
        if not found:
            return False
        process = site.server.flow_run(UUID(found[0].flow_run_id or ""))["infrastructure_pid"]
        return str(Carrier.parse(found[0].carrier or "").pid) == process

    wait_until(carries, 120, lambda: f"no run carries a chunk: {site.server.state(run)}, {found}")
    return UUID(found[0].flow_run_id or "")


def enrolled(site: Site) -> dict[str, int]:
    """How often each person was enrolled."""
    return dict(Counter(row["person"] for row in site.sandbox.dump().get("enrollments", [])))
