"""The core of it once more on a PostgreSQL, since HANDOFF_SANDBOX_URL may name one."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings

from models.changes import (
    Change,
    ChangeMailboxOwner,
    DuplicatePlay,
    DuplicateSequence,
    EditSequence,
    Enroll,
    OptOut,
    ReassignQueued,
    ReassignTask,
    RunPlay,
    SetSetting,
    SetTaskAssignment,
    Unenroll,
    UploadAudience,
)
from models.errors import InvalidInput, NotAllowed, Refused
from models.records import Audience, Interval, Mailbox, Sequence, SequenceStep, TaskAssignment
from models.setting_keys import SettingKey
from platforms.sandbox.sandbox import Sandbox
from platforms.sandbox.workspace_file.yaml_file import read_workspace, write_workspace
from tests.conftest import Sandboxes
from tests.documents_strategy import documents
from tests.postgresql import new_database
from tests.random_choices import MAILBOXES, USERS
from tests.workspaces import (
    ANA,
    ANAS_MAILBOX,
    BO,
    BOS_MAILBOX,
    EVERYBODY,
    NOW,
    NURTURE,
    OUTBOUND,
    PIA,
    PLAY,
    QUIN,
    RAJ,
    STEPS,
    SUE,
    ended,
    excluding,
    person,
    play,
    ruleset,
    running,
    workspace,
)

pytestmark = pytest.mark.slow
TOM, UMA = "tom@x.test", "uma@x.test"
BLOCK, ASSIGNMENT = "ruleset:Default:block_reenrollment", "ruleset:Default:task_assignment"
TO_SENDER = TaskAssignment(automatic="ASSIGN_TO_SENDER", manual="ASSIGN_TO_SENDER")


@pytest.fixture
def url(postgresql: str) -> str:
    """The address of a database of the test's own."""
    return new_database(postgresql, "sandbox")


def crowd() -> Any:
    """Somebody for each reason of refusal, and one to be taken."""
    people = [PIA, person(QUIN, opted_out=True), person(RAJ, do_not_email=True), SUE, TOM, UMA]
    return workspace(
        people=people,
        exclusions=[excluding(SUE), excluding(name="Recent", on=False, last_activity_within_days=30)],
        enrollments=[running(TOM), ended(UMA)],
        plays=[play(published=True), play("Other", sequence=NURTURE)],
        audiences=[Audience(name=EVERYBODY, people=[p if isinstance(p, str) else p.email for p in people])],
    )


def test_a_play_refuses_whom_it_would_refuse_on_sqlite(sandboxes: Sandboxes, url: str) -> None:
    sandbox = sandboxes(crowd(), url=url)
    answer = sandbox.apply(RunPlay(play=PLAY))
    expected = {
        "opted_out": 1,
        "do_not_email": 1,
        "excluded:Customers": 1,
        "already_enrolled": 1,
        "already_sequenced": 1,
    }
    assert expected == answer["not_enrolled"]
    assert {"entered": 6, "enrolled": 1, "not_enrolled": 5} == sandbox.play_metrics(PLAY)
    with pytest.raises(Refused, match="play_cooldown"):
        sandbox.apply(RunPlay(play=PLAY))
    assert "recently_enrolled" in sandbox.apply(RunPlay(play="Other"))["not_enrolled"]
    never = crowd().model_copy(update={"rulesets": (ruleset(allow_same=True, days=None),)})
    assert "never_again" in sandboxes(never, url=url).apply(RunPlay(play=PLAY))["not_enrolled"]
    nowhere = crowd().model_copy(update={"exclusions": (), "plays": (play(mailboxes=()),)})
    assert "mailbox_unavailable" in sandboxes(nowhere, url=url).apply(RunPlay(play=PLAY))["not_enrolled"]


def test_what_happens_on_sqlite_happens_on_postgresql(sandboxes: Sandboxes, url: str, tmp_path: Path) -> None:
    csv = tmp_path / "list.csv"
    csv.write_text(f"email\n{UMA}\n{PIA}\n")
    on_sqlite, on_postgresql = sandboxes(crowd(), name="sqlite"), sandboxes(crowd(), url=url)
    story: list[Change] = [
        RunPlay(play=PLAY),
        ChangeMailboxOwner(mailbox=ANAS_MAILBOX, owner=BO),
        SetSetting(setting=BLOCK, value=Interval(value=0)),
        SetSetting(setting="ruleset:Default:allow_same_sequence_reenrollment", value=True),
        SetSetting(setting="exclusion:Customers:exclude_from_sequences", value=False),
        SetSetting(setting="ruleset:Default:exclusion:Recent", value=True),
        SetSetting(setting=f"audience:{EVERYBODY}:exclusion:Recent", value=True),
        UploadAudience(name="List", csv=str(csv)),
        DuplicatePlay(play=PLAY, name="Copy", audience="List"),
        RunPlay(play="Copy"),
        DuplicateSequence(sequence=OUTBOUND, name="Again"),
        Enroll(person=TOM, sequence="Again", mailbox=(BOS_MAILBOX,)),
        OptOut(person=UMA),
        RunPlay(play="Other"),
        Unenroll(person=TOM, sequence="Again"),
        ReassignTask(task=1, assignee=BO),
        EditSequence(sequence=OUTBOUND, steps=(*STEPS, SequenceStep(wait_days=1)), upgrade=False),
        EditSequence(sequence=OUTBOUND, steps=(SequenceStep(), SequenceStep(type="ACTION_ITEM"), *STEPS), upgrade=True),
        SetTaskAssignment(sequence=NURTURE, mode="ASSIGN_TO_RECORD_OWNER"),
        SetSetting(setting=ASSIGNMENT, value=TO_SENDER),
        DuplicatePlay(play="Other", name="Over to the other", audience=EVERYBODY),
        RunPlay(play="Over to the other"),
        ReassignQueued(sequence=NURTURE, from_mailbox=ANAS_MAILBOX, to_mailboxes=(BOS_MAILBOX,)),
        EditSequence(sequence=NURTURE, steps=(SequenceStep(),), upgrade=True),
        SetSetting(setting=BLOCK, value=None),
    ]
    for change in story:
        outcomes = [outcome(sandbox, change) for sandbox in (on_sqlite, on_postgresql)]
        assert outcomes[0] == outcomes[1]
        for sandbox in (on_sqlite, on_postgresql):
            sandbox.advance(sandbox.now() + timedelta(hours=7))
        assert on_sqlite.dump() == on_postgresql.dump()
    for sandbox in (on_sqlite, on_postgresql):
        sandbox.advance(sandbox.now() + timedelta(weeks=4))
    assert on_sqlite.dump() == on_postgresql.dump()
    assert on_sqlite.state() == on_postgresql.state()
    assert 0 < len(on_sqlite.tasks())
    for frames in zip(about_tasks(on_sqlite), about_tasks(on_postgresql), strict=True):
        pd.testing.assert_frame_equal(*frames)
    assert on_sqlite.dump() == on_postgresql.dump()


def about_tasks(sandbox: Sandbox) -> list[pd.DataFrame]:
    """What is told of tasks before and after they are handed over, and what that answers."""
    before = [sandbox.tasks(), sandbox.task_routes(), sandbox.task_routes([2], NURTURE), sandbox.tasks(numbers=[])]
    handed_over = sandbox.reassign_tasks(before[0], BO)
    return [*before, handed_over, sandbox.tasks(assignee=BO, statuses=["COMPLETED", "READY"])]


def outcome(sandbox: Sandbox, change: Change) -> Any:
    try:
        return sandbox.apply(change)
    except Refused as refused:
        return str(refused)


def test_what_is_observed_on_postgresql_is_what_is_observed_on_sqlite(sandboxes: Sandboxes, url: str) -> None:
    asked = pd.DataFrame([(p, OUTBOUND) for p in (UMA, PIA, "no@x.test", TOM, SUE)], columns=["email", "sequence"])
    enrolling = asked.assign(mailbox=ANAS_MAILBOX)

    def observed(sandbox: Sandbox) -> list[pd.DataFrame]:
        answer = sandbox.enroll(enrolling)
        return [
            answer,
            sandbox.facts(asked),
            sandbox.facts(asked.head(0)),
            sandbox.mailboxes(),
            sandbox.sequences(),
            sandbox.plays(),
            sandbox.rulesets(),
            sandbox.ends(ANAS_MAILBOX),
            *sandbox.cancelled(ANAS_MAILBOX, 1),
            sandbox.last_enrollments([PIA, UMA, TOM], None),
            sandbox.last_enrollments([UMA], OUTBOUND),
            *sandbox.running(1),
            *sandbox.running(9, OUTBOUND, ANAS_MAILBOX),
            *sandbox.running(1, emails=[QUIN, PIA]),
            sandbox.steps(OUTBOUND),
            sandbox.unenroll(asked),
            sandbox.places([PIA, TOM], OUTBOUND),
            sandbox.play_log(PLAY),
            sandbox.exclusions(),
            sandbox.exclusion_toggles(),
            sandbox.matches("Customers"),
            sandbox.matches("Recent", [UMA, PIA, TOM]),
            sandbox.people([UMA, "no@x.test", PIA]),
            sandbox.entrants(PLAY),
            sandbox.users(),
            sandbox.tasks(types=["EMAIL", "PHONE_CALL"]),
            sandbox.assignment(),
        ]

    sqlite, postgresql = observed(sandboxes(crowd(), name="sqlite")), observed(sandboxes(crowd(), url=url))
    assert len(sqlite) == len(postgresql)
    for expected, actual in zip(sqlite, postgresql, strict=True):
        pd.testing.assert_frame_equal(expected, actual)


def test_a_rep_is_refused_and_a_failed_load_leaves_all_as_it_was(sandboxes: Sandboxes, url: str) -> None:
    sandbox = sandboxes(crowd(), url=url)
    before = sandbox.dump()
    with pytest.raises(NotAllowed):
        sandboxes(url=url, user=BO).apply(RunPlay(play=PLAY))
    with pytest.raises(KeyError):
        sandbox.load(workspace().model_copy(update={"enrollments": (running("nobody@x.test"),)}))
    assert before == sandbox.dump()


def test_postgresql_knows_how_large_a_workspace_is_that_was_just_loaded(sandboxes: Sandboxes, url: str) -> None:
    with sandboxes(crowd(), url=url).work() as work:
        assert 6 == work.value("SELECT reltuples FROM pg_class WHERE relname = 'person'")


def test_several_processes_at_once_send_no_email_twice(sandboxes: Sandboxes, url: str) -> None:
    people = [f"p{number:02}@x.test" for number in range(30)]
    mailbox = Mailbox(email=ANAS_MAILBOX, owner=ANA, daily_limit=7)
    made = workspace(people=people, mailboxes=mailbox, sequences=Sequence(name=OUTBOUND, steps=STEPS))
    alone = sandboxes(made, name="alone")
    together = [sandboxes(made if first else None, url=url) for first in (True, False, False, False)]
    for sandbox in (alone, together[0]):
        sandbox.apply(RunPlay(play=PLAY))
    with ThreadPoolExecutor(len(together)) as pool:
        for hours in range(0, 100, 20):
            list(pool.map(lambda sandbox, to=NOW + timedelta(hours=hours): sandbox.advance(to), together))
            alone.advance(NOW + timedelta(hours=hours))
    assert alone.dump() == together[0].dump()


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(document=documents())
def test_any_file_loaded_and_dumped_is_the_same_file_and_goes_on_as_on_sqlite(
    sandboxes: Sandboxes, url: str, tmp_path: Path, document: dict[str, Any]
) -> None:
    write_workspace(document, tmp_path / "workspace.yaml")
    both = [sandboxes(name="sqlite"), sandboxes(url=url)]
    for sandbox in both:
        sandbox.load(*read_workspace(tmp_path / "workspace.yaml"))
        assert document == sandbox.dump()
        for name in [entry["name"] for entry in document["plays"]]:
            with suppress(Refused, InvalidInput):
                sandbox.apply(RunPlay(play=name))
        sandbox.apply(ChangeMailboxOwner(mailbox=MAILBOXES[0], owner=USERS[1]))
        for setting, is_on in global_toggles(sandbox).items():
            sandbox.apply(SetSetting(setting=setting, value=not is_on))
        sandbox.advance(sandbox.now() + timedelta(days=6))
    assert both[0].dump() == both[1].dump()


def global_toggles(sandbox: Sandbox) -> dict[str, bool]:
    """Whether each exclusion is on for sequences, by its setting."""
    found = sandbox.exclusions()
    keys = [str(SettingKey("exclusion", name, "exclude_from_sequences")) for name in found["exclusion"]]
    return dict(zip(keys, found["exclude_from_sequences"].tolist(), strict=True))
