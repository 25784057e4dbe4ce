"""A large operation on Unify is parted into chunks. Whatever becomes of other workers, everybody is enrolled once."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from journal import chunks, operations
from journal.chunks import Chunks
from journal.outcomes import Outcomes
from models.carrier import Carrier
from models.enrollment_plan import EnrollmentPlan, Group
from models.errors import InvalidInput, Refused
from models.report import Report
from models.tables.chunks import ChunkRow
from tasks import carrying, heartbeat
from tasks.cancelling import cancel_operation
from tasks.chunk_runs import lease
from tasks.chunk_runs.enrolling import carry_chunk, size_of_block
from tasks.chunk_runs.starting import ENROLL_CHUNK
from tasks.enrolling import CHUNK, enroll_block
from tasks.operation import Operation
from tasks.runs import state_of
from tests.end_to_end.deployed import Api
from tests.flows.on_unify import UnifyHouse, unify, working
from tests.processes import PrefectServer
from tests.workspaces import ANAS_MAILBOX, OUTBOUND, workspace

__all__ = ["unify", "working"]  # fixtures
PEOPLE = [f"p{at:02}@x.test" for at in range(30)]
POOL = "without-a-worker"


@pytest.fixture
def large(unify: UnifyHouse, monkeypatch: pytest.MonkeyPatch) -> Iterator[UnifyHouse]:
    """A house whose workers would share thirty contacts, if there were any; a run in it counts as deployed."""
    monkeypatch.setenv("HANDOFF_WORKERS", "3")
    monkeypatch.setenv("HANDOFF_WORKERS_FROM", "30")
    for module in ("enrolling", "starting"):
        monkeypatch.setattr(f"tasks.chunk_runs.{module}.is_deployed", lambda: True)
    unify.load(workspace(people=PEOPLE))
    yield unify
    for left in heartbeat.beating():  # of what a test broke off
        lease.forget(left)
        carrying.put_down(unify.journal, left)


@pytest.fixture
def deployed(shared_server: PrefectServer) -> Api:
    """The deployment of chunk runs, on a pool that no worker looks at."""
    api = Api(shared_server)
    pool = f"{POOL}-{uuid4().hex[:8]}"
    api.create_pool(pool)
    api.deploy({ENROLL_CHUNK: "flows.enroll_chunk:enroll_chunk"}, pool, {})
    return api


def enroll(house: UnifyHouse) -> Report:
    return house.carry_out("enroll-contacts", emails=PEOPLE, sequence=OUTBOUND, mailboxes=[ANAS_MAILBOX])


def enrolled(house: UnifyHouse) -> dict[str, int]:
    """How often each person was enrolled."""
    return dict(Counter(row["person"] for row in house.sandbox.dump().get("enrollments", [])))


def parts(house: UnifyHouse, report: Report) -> list[ChunkRow]:
    return Chunks(house.journal, report.operation_id).of(OUTBOUND, 1)


def test_where_no_worker_takes_the_others_runs_one_process_enrolls_every_chunk(
    large: UnifyHouse, deployed: Api
) -> None:
    report = enroll(large)
    assert dict.fromkeys(PEOPLE, 1) == enrolled(large)
    assert (30, "completed") == (report.counts["enrolled"], report.status)
    assert [0, 1, 1] == [chunk.starts for chunk in parts(large, report)]
    runs = [chunk.flow_run_id for chunk in parts(large, report)]
    assert ["unknown", "cancelled", "cancelled"] == [state_of(run) for run in runs], "nobody is to begin them any more"


def test_a_few_contacts_stay_in_one_process(large: UnifyHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HANDOFF_WORKERS_FROM", "31")
    report = enroll(large)
    assert (30, []) == (report.counts["enrolled"], parts(large, report))


def test_an_operation_that_ends_takes_its_chunks_from_other_workers(large: UnifyHouse, deployed: Api) -> None:
    operation, chunk = broken_off(large)
    assert chunk.flow_run_id is not None and "waiting" == state_of(chunk.flow_run_id)
    taken = lease.take(large.journal, chunk)
    assert taken is not None
    lease.refuse_if_lost()
    cancel_operation(operation.id)
    assert not chunks.is_carried_by(large.journal, chunk.id or 0, carrying.this_process())
    assert "cancelled" == state_of(chunk.flow_run_id)
    assert not enrolled(large).keys() & set(PEOPLE[10:20])


def broken_off(house: UnifyHouse) -> tuple[Operation, ChunkRow]:
    """An operation whose process broke off while it enrolled its first chunk, and the second chunk."""

    def breaks(*_: object) -> None:
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as once, pytest.raises(KeyboardInterrupt):
        once.setattr("tasks.enrolling.enroll", breaks)
        once.setattr("tasks.hooks.release", lambda *_: None)  # as after SIGKILL: no hook runs
        enroll(house)
    [row] = operations.in_flight(house.journal)
    return Operation.at_hand(row.id), Chunks(house.journal, row.id).of(OUTBOUND, 1)[1]


def test_who_lost_a_chunk_sends_nothing_more(large: UnifyHouse) -> None:
    operation, chunk = broken_off(large)
    mine = lease.take(large.journal, chunk)
    assert mine is not None
    other = str(Carrier("elsewhere", 1, "1", "another machine"))
    assert chunks.take(large.journal, mine, other, datetime.now(UTC) + timedelta(minutes=3))
    with pytest.raises(Refused, match=operation.id):
        lease.refuse_if_lost()
    lease.put_down(mine)
    assert chunks.is_carried_by(large.journal, chunk.id or 0, other), "it is the other's still"
    assert lease.take(large.journal, Chunks(large.journal, operation.id).of(OUTBOUND, 1)[1]) is None


def test_a_run_of_a_chunk_does_nothing_where_nobody_carries_the_operation_or_another_has_the_chunk(
    large: UnifyHouse,
) -> None:
    operation, chunk = broken_off(large)
    other = str(Carrier("elsewhere", 1, "1", "another machine"))

    def carry() -> str:
        return carry_chunk(operation.id, chunk.id or 0, enroll_block, CHUNK)

    assert chunks.take(large.journal, chunk, other, datetime.now(UTC) + timedelta(minutes=3))
    assert "by another process" in carry()
    carrying.put_down(operation.journal, operation.id)
    assert "not carried by any process" in carry()
    with pytest.raises(InvalidInput, match="chunk"):
        carry_chunk(operation.id, 999, enroll_block, CHUNK)
    assert {} == enrolled(large)


def test_who_goes_on_with_an_operation_enrolls_what_is_left_of_every_chunk(large: UnifyHouse) -> None:
    operation, chunk = broken_off(large)
    lease.take(large.journal, chunk)
    assert 10 == enroll_block.fn(operation.id, chunk, group_of(operation), CHUNK)
    large.carry_out(
        "enroll-contacts",
        emails=PEOPLE,
        sequence=OUTBOUND,
        mailboxes=[ANAS_MAILBOX],
        operation=operation.id,
    )
    assert dict.fromkeys(PEOPLE, 1) == enrolled(large)
    assert {"enrolled": 30} == Outcomes(large.journal, operation.id).counts("outcome")
    assert [] == Chunks(large.journal, operation.id).open()


def group_of(operation: Operation) -> Group:
    return EnrollmentPlan.model_validate(operation.row.plan).groups[0]


@pytest.mark.parametrize("workers", [1, 2, 3, 4, 7, 10])
def test_however_many_share_a_million_contacts_what_came_of_them_is_looked_up_ten_times_at_most(workers: int) -> None:
    contacts = -(-1_000_000 // workers)
    chunk = ChunkRow(
        operation_id="one", sequence=OUTBOUND, wave=1, number=1, first_id=1, last_id=contacts, contacts=contacts
    )
    assert 10 >= workers * -(-contacts // size_of_block(chunk, workers, CHUNK))
    assert CHUNK == size_of_block(chunk.model_copy(update={"contacts": 50}), workers, CHUNK)
