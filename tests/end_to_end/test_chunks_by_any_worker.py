"""A large operation on Unify is enrolled by two workers, with a journal on PostgreSQL; one is killed in the middle."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from threading import Event
from uuid import UUID

import pytest
from pydantic import SecretStr
from sqlmodel import col, select
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from journal import loans
from journal.chunks import Chunks
from journal.database import _engine
from journal.outcomes import Outcomes
from models.carrier import Carrier
from models.changes import ChangeMailboxOwner, SetSetting
from models.records import Interval
from models.setting_keys import SettingKey
from models.tables.chunks import ChunkRow
from platforms.emulator.app import make_app
from platforms.emulator.limits import unlimited
from tests.end_to_end.conftest import Site
from tests.end_to_end.test_unify_by_forms import BLOCK, form
from tests.platforms.serving import served
from tests.postgresql import new_database
from tests.processes import wait_until
from tests.workspaces import ANAS_MAILBOX, BO, ruleset, running, workspace

CLOCK = "x1800"  # settings act before the run is there again, and it has nothing to wait for
KEY = "a-key-for-the-workspace-unify"
PEOPLE = [f"p{at:03}@x.test" for at in range(120)]
pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


class Enrolling:
    """The emulator, which keeps its answers to enrollments until it may go on, but for the first, a probe's; it counts
    them by status."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.sent: Counter[str] = Counter()
        self.go_on = Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        enrolls = scope["method"] == "POST" and scope["path"].endswith("/enrollments")

        async def kept(message: Message) -> None:
            if enrolls and message["type"] == "http.response.start":
                self.sent[str(message["status"])] += 1
                while self.sent.total() > 1 and not self.go_on.is_set():
                    await asyncio.sleep(0.05)
            await send(message)

        await self._app(scope, receive, kept)


@pytest.fixture
def emulator(site: Site, postgresql: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Enrolling]:
    """The site's sandbox behind the vendor's API, and a worker that has room for one run; from 100 contacts on two
    workers enroll. Everybody has fallen out, of which there is a record."""
    enrollments = [running(email) for email in PEOPLE]
    site.sandbox.load(workspace(people=PEOPLE, enrollments=enrollments, rulesets=[ruleset(allow_same=True)]))
    app = Enrolling(make_app(site.sandbox, SecretStr(KEY), limits=unlimited()))
    with served(app) as address:
        two = {"HANDOFF_WORKERS": "2", "HANDOFF_WORKERS_FROM": "100"}
        journal = {"HANDOFF_DATABASE_URL": new_database(postgresql, "chunks")}
        site.env |= {"UNIFY_API_KEY": KEY, "UNIFY_BASE_URL": address} | two | journal
        for name, value in site.env.items():
            monkeypatch.setenv(name, value)
        site.take_record(ANAS_MAILBOX, workspace="unify")
        site.sandbox.apply(ChangeMailboxOwner(mailbox=ANAS_MAILBOX, owner=BO))
        site.start_worker(limit=1)
        yield app
    site.journal.engine.dispose()
    _engine.cache_clear()


def test_who_was_enrolled_by_a_worker_that_is_killed_is_enrolled_once(site: Site, emulator: Enrolling) -> None:
    run = site.run(mailbox=ANAS_MAILBOX, workspace="unify", dry_run=False)
    site.start_worker(limit=1)
    done_by_hand(site, run, "set the waiting period to 0 days", 0)
    chunk, process = carried_chunk(site, run)
    [rows] = Outcomes(site.journal, chunk.operation_id).chunks(columns=("id", "email"))
    of_chunk = rows.loc[rows["id"].between(chunk.first_id, chunk.last_id), "email"]
    wait_until(lambda: not back(site).isdisjoint(of_chunk), 120, "nobody of the chunk is enrolled")
    [lost] = [worker for worker in site.workers if process in worker.flow_run_processes()]
    lost.kill()
    assert any(worker.running for worker in site.workers), "the other one goes on"
    emulator.go_on.set()
    done_by_hand(site, run, "set the waiting period to 75 days", 75)
    assert "Completed" == site.ended(run, timeout=300)
    assert set(PEOPLE) == back(site)
    enrolled = Counter(row["person"] for row in site.sandbox.dump().get("enrollments", []))
    assert dict.fromkeys(PEOPLE, 2) == enrolled, "before the mailbox changed hands, and once since"
    assert {"201": 120} == emulator.sent, "nobody was asked for twice"
    operation = site.operation_of(run)
    assert {"enrolled": 120} == Outcomes(site.journal, operation.id).counts("outcome")
    assert [] == Chunks(site.journal, operation.id).open()
    assert [] == loans.open_loans(site.journal)
    assert {"value": 75, "unit": "DAY"} == site.sandbox.setting(SettingKey.parse(BLOCK))


def done_by_hand(site: Site, run: UUID, step: str, days: int) -> None:
    """Do what a form asks for, and say so."""
    form(site, run, step)
    site.sandbox.apply(SetSetting(setting=BLOCK, value=Interval(value=days)))
    site.api.answer_form(run, {"outcome": "done", "done_by": "Olga Ops"})


def carried_chunk(site: Site, run: UUID) -> tuple[ChunkRow, int]:
    """The chunk for which a run was begun, once a process carries it, and that process."""
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
    return found[0], Carrier.parse(found[0].carrier or "").pid


def back(site: Site) -> set[str]:
    """Who runs."""
    return {email for rows in site.sandbox.running(1000) for email in rows["email"]}
