"""The sweep looks after runs of workers that nobody carries any more, as Prefect's server knows them."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pandas as pd
import pytest
from prefect import flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import StateType
from prefect.states import Cancelled, Crashed, Failed, Pending, Running, State, Suspended

from cli import detached
from journal import loans, operations, questions
from journal.outcomes import Outcomes
from models.changes import SetSetting
from models.errors import InvalidInput
from models.rules.care import MOST_WAKES
from models.setting_keys import SettingKey
from models.tables.journal import OperationRow
from tasks.hooks import release_operation_of
from tasks.restore_settings.restoring import workspaces_to_sweep
from tests.flows.house import House
from tests.workspaces import ANAS_MAILBOX, PIA, excluding, running, workspace

GLOBAL = SettingKey.parse("exclusion:Customers:exclude_from_sequences")
SILENT = datetime.now(UTC) - timedelta(minutes=1)


@flow(name="a-run-of-ours")
def a_run_of_ours() -> None:
    """Only its runs are made."""


def run_in(state: State) -> UUID:
    """A run that has been in a state for a minute."""
    state.timestamp = datetime.now(UTC) - timedelta(minutes=1)
    with get_client(sync_client=True) as client:
        run = client.create_flow_run(a_run_of_ours)
        client.set_flow_run_state(run.id, state, force=True)
        return run.id


def state_of(run: UUID) -> StateType:
    with get_client(sync_client=True) as client:
        found = client.read_flow_run(run).state
        assert found is not None
        return found.type


def carried(house: House, run: UUID, name: str = "theirs", **own: object) -> OperationRow:
    """An operation that a worker carries, with the exclusion off for Pia, who runs only because of that."""
    now = house.sandbox.now()
    row = operations.begin(
        house.journal,
        OperationRow(
            **{
                "id": name,
                "procedure": "exclusion-rerun",
                "workspace": "sandbox",
                "subject": name,
                "mode": "live",
                "next": [],
                "folder": str(house.home / name),
                "started_at": now,
                "recorded_at": datetime.now(UTC),
                "deployed": True,
                "flow_run_id": str(run),
                "alive_until": SILENT,
                **own,
            }
        ),
    )
    loans.take(house.journal, name, "sandbox", GLOBAL, True, False, now, now + timedelta(days=9))
    house.do(SetSetting(setting=GLOBAL, value=False))
    return row


def let_pia_run(house: House, name: str = "theirs") -> None:
    Outcomes(house.journal, name).forecast(
        pd.DataFrame(
            {
                "email": [PIA],
                "sequence": ["Outbound"],
                "forecast": ["enrolled"],
                "outcome": ["enrolled"],
            }
        )
    )


@pytest.fixture
def home(house: House) -> House:
    house.load(workspace(exclusions=(excluding(PIA),), enrollments=[running(PIA)]))
    return house


def read(house: House, name: str = "theirs") -> OperationRow:
    row = operations.get(house.journal, name)
    assert row is not None
    return row


def is_off(house: House) -> bool:
    return house.sandbox.setting(SettingKey.parse(GLOBAL)) is False


@pytest.mark.parametrize("state", [Crashed(), Running()], ids=["crashed", "running and silent"])
def test_a_lost_run_is_started_again_and_keeps_what_it_borrowed(home: House, state: State) -> None:
    run = run_in(state)
    carried(home, run)
    report = home.carry_out("restore-settings")
    assert (StateType.SCHEDULED, 1, True) == (state_of(run), read(home).woken, is_off(home))
    assert "start it again" in report.plan[0]
    assert "completed" == report.status, "nobody has to do anything"
    assert "" == home.carry_out("restore-settings").operation_id, "it has promised a sign of life"


@flow(name="ownership-change")
def an_ownership_change() -> None:
    """Only its runs are made."""


@pytest.fixture
def taken(house: House) -> Iterator[Callable[..., UUID]]:
    """Makes a run that a worker took and that has not begun; gone afterwards, for every test has the same server."""
    made = list[UUID]()

    def take(**parameters: str) -> UUID:
        with get_client(sync_client=True) as client:
            run = client.create_flow_run(an_ownership_change, parameters=parameters, tags=["handoff"])
            client.set_flow_run_state(run.id, Pending(name="Submitting"), force=True)
        made.append(run.id)
        return run.id

    house.load(workspace())
    yield take
    with get_client(sync_client=True) as client:
        for run_id in made:
            client.delete_flow_run(run_id)


@pytest.fixture
def time_to_begin_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """Prefect's server says itself since when a run is in its state."""
    monkeypatch.setattr("models.rules.care.BEGINS_WITHIN", timedelta(0))


@pytest.mark.usefixtures("time_to_begin_is_over")
def test_a_run_whose_worker_was_killed_before_it_began_is_started_again(
    house: House, taken: Callable[..., UUID]
) -> None:
    run = taken(mailbox=ANAS_MAILBOX)
    report = house.carry_out("restore-settings")
    assert StateType.SCHEDULED == state_of(run)
    [step] = report.plan
    assert step.startswith(f"ownership-change {ANAS_MAILBOX} (") and "a worker took it and never began it" in step
    assert "completed" == report.status, "nobody has to do anything"
    assert "" == house.carry_out("restore-settings").operation_id, "a worker may take it now"


def test_a_run_that_a_worker_took_a_moment_ago_has_its_time_to_begin(house: House, taken: Callable[..., UUID]) -> None:
    run = taken()
    assert "" == house.carry_out("restore-settings").operation_id
    assert StateType.PENDING == state_of(run)


@pytest.mark.usefixtures("time_to_begin_is_over")
def test_a_run_of_another_workspace_that_never_began_is_left_to_its_own_sweep(
    house: House, taken: Callable[..., UUID]
) -> None:
    run = taken(workspace="elsewhere")
    assert "" == house.carry_out("restore-settings").operation_id
    assert StateType.PENDING == state_of(run)
    assert "elsewhere" in workspaces_to_sweep()


@pytest.mark.usefixtures("time_to_begin_is_over")
def test_a_run_that_never_begins_is_ended_in_the_end_and_told(house: House, taken: Callable[..., UUID]) -> None:
    run = taken(mailbox=ANAS_MAILBOX)
    for _ in range(MOST_WAKES):
        house.carry_out("restore-settings")
        with get_client(sync_client=True) as client:
            client.set_flow_run_state(run, Pending(name="Submitting"), force=True)
    report = house.carry_out("restore-settings")
    assert (StateType.CANCELLED, "needs_attention") == (state_of(run), report.status)
    [line] = report.next
    assert ANAS_MAILBOX in line and "See that a worker runs, and start it yourself" in line


def test_a_run_that_crashed_a_moment_ago_is_left_to_its_worker_which_runs_the_hooks_first(home: House) -> None:
    run = run_in(Crashed())
    with get_client(sync_client=True) as client:
        client.set_flow_run_state(run, Crashed(), force=True)
    carried(home, run, alive_until=datetime.now(UTC) + timedelta(minutes=1))
    home.carry_out("restore-settings")
    assert (StateType.CRASHED, 0) == (state_of(run), read(home).woken)


def test_a_run_that_was_started_again_too_often_gives_back_and_is_told(home: House) -> None:
    run = run_in(Crashed())
    carried(home, run, woken=MOST_WAKES)
    report = home.carry_out("restore-settings")
    assert ("failed", False) == (read(home).status, is_off(home))
    assert "needs_attention" == report.status
    assert any("lost again after it had been started again 3 times" in line for line in report.next)


@pytest.mark.rule("R37", "R62")
def test_a_run_that_fails_while_people_run_under_its_exclusion_leaves_it_off(home: House) -> None:
    run = run_in(Failed())
    carried(home, run, alive_until=datetime.now(UTC) + timedelta(hours=1))
    let_pia_run(home)
    release_operation_of(run, "failed", "the platform was away")
    row = read(home)
    assert ("needs_attention", None, True) == (row.status, row.ended_at, is_off(home))
    assert "1 contact runs under the exclusion" in row.next[0]
    assert "" == home.carry_out("restore-settings").operation_id, "it goes back at its deadline"
    home.sandbox.advance(home.sandbox.now() + timedelta(days=10))
    assert "needs_attention" == home.carry_out("restore-settings").status
    assert not is_off(home)


@pytest.mark.rule("R37", "R62")
def test_a_run_that_somebody_cancels_gives_its_exclusion_back_whoever_runs(home: House) -> None:
    run = run_in(Cancelled())
    carried(home, run)
    let_pia_run(home)
    release_operation_of(run, "cancelled", "somebody pressed Cancel")
    assert ("cancelled", False) == (read(home).status, is_off(home))


def test_a_run_that_failed_without_its_hook_is_ended_and_gives_back(home: House) -> None:
    carried(home, run_in(Failed()))
    assert "needs_attention" == home.carry_out("restore-settings").status
    assert ("failed", False) == (read(home).status, is_off(home))


def test_a_run_that_crashed_is_left_alone_once_somebody_began_anew(home: House) -> None:
    first = run_in(Crashed())
    carried(home, first, subject="the same", status="failed", ended_at=home.sandbox.now())
    carried(home, run_in(Running()), "anew", subject="the same", alive_until=datetime.now(UTC) + timedelta(hours=1))
    home.carry_out("restore-settings")
    assert (StateType.CRASHED, 0) == (state_of(first), read(home).woken)


def test_a_sweep_that_was_lost_keeps_no_other_from_sweeping(home: House) -> None:
    carried(home, run_in(Running()), "a sweep", procedure="restore-settings")
    home.carry_out("restore-settings")
    assert ("failed", False) == (read(home, "a sweep").status, is_off(home))


def test_a_run_that_the_server_does_not_know_is_left_to_its_promise(home: House) -> None:
    carried(home, UUID(int=0), alive_until=datetime.now(UTC) + timedelta(hours=1))
    assert "" == home.carry_out("restore-settings").operation_id
    operations.update(home.journal, "theirs", alive_until=SILENT)
    report = home.carry_out("restore-settings")
    assert ("needs_attention", False) == (report.status, is_off(home))
    assert "promised a sign of life" in report.next[0]


def go_on(house: House, prefect_server: str, monkeypatch: pytest.MonkeyPatch, name: str = "theirs") -> bool:
    """`handoff resume` of an operation that a worker carries; whether a worker does it."""
    monkeypatch.setenv("PREFECT_API_URL", prefect_server)
    return detached.go_on(read(house, name), as_json=True)


def test_resumed_from_the_shell_a_lost_run_is_started_again_by_a_worker(
    home: House, prefect_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = run_in(Crashed())
    carried(home, run)
    assert go_on(home, prefect_server, monkeypatch)
    assert StateType.SCHEDULED == state_of(run)


def test_a_run_that_a_worker_carries_or_that_asks_is_not_resumed(
    home: House, prefect_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    soon = datetime.now(UTC) + timedelta(hours=1)
    carried(home, run_in(Running()), alive_until=soon)
    with pytest.raises(InvalidInput, match="goes on by itself"):
        go_on(home, prefect_server, monkeypatch)
    carried(home, run_in(Suspended(timeout_seconds=600)), "asking", alive_until=soon)
    questions.ask(home.journal, "asking", "go on", "key", "Go on?", datetime.now(UTC), soon)
    with pytest.raises(InvalidInput, match="handoff answer asking"):
        go_on(home, prefect_server, monkeypatch, "asking")


def test_where_the_server_does_not_know_the_run_the_shell_goes_on_itself(
    home: House, prefect_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    carried(home, UUID(int=0))
    assert not go_on(home, prefect_server, monkeypatch)
