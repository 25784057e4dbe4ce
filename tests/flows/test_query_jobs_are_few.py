"""A procedure takes as many query jobs for thousands of contacts as for sixty: an account has a hundred a day."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from models.changes import ChangeMailboxOwner
from platforms.unify.http_wire import HttpWire
from tests.flows.on_unify import UnifyHouse, Working, unify, working
from tests.workspaces import ANAS_MAILBOX, BO, BOS_MAILBOX, NOW, PLAY, running, workspace

__all__ = ["unify", "working"]  # fixtures
PEOPLE = [f"p{at:02}@x.test" for at in range(60)]
Jobs = Callable[[], int]


@pytest.fixture
def jobs(monkeypatch: pytest.MonkeyPatch) -> Jobs:
    """How many query jobs were made since it was last asked."""
    made: list[str] = []
    query = HttpWire.query

    def counted(self: HttpWire, path: str, body: Any) -> Iterator[dict[str, Any]]:
        made.append(path)
        yield from query(self, path, body)

    def since() -> int:
        number = len(made)
        made.clear()
        return number

    monkeypatch.setattr(HttpWire, "query", counted)
    return since


def test_of_an_ownership_change(unify: UnifyHouse, working: Working, jobs: Jobs) -> None:
    unify.load(workspace(people=PEOPLE, enrollments=[running(email, play=PLAY) for email in PEOPLE]))
    unify.plan()
    unify.do(ChangeMailboxOwner(mailbox=ANAS_MAILBOX, owner=BO))
    working()
    jobs()
    unify.plan()
    assert 7 == jobs()
    report = unify.run()
    assert (60, 17) == (report.counts["enrolled"], jobs()), "one of them: who answered since the plan"


def test_of_a_queued_backlog_that_is_moved_directly(unify: UnifyHouse, jobs: Jobs) -> None:
    queued = [running(email, steps_done=0, started_at=NOW) for email in PEOPLE]
    unify.load(workspace(people=PEOPLE, enrollments=queued))
    asked = {"from_mailbox": ANAS_MAILBOX, "to_mailboxes": [BOS_MAILBOX]}
    unify.carry_out("queued-backlog", dry_run=True, **asked)
    assert 6 == jobs()
    report = unify.carry_out("queued-backlog", **asked)
    assert (60, 18) == (report.counts["reassigned"], jobs())
