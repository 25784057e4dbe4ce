"""Where a workspace has a life, contacts reply, bounce, opt out and are away; the seed draws who does, and when."""

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.changes import ChangeMailboxOwner, EditSequence, Enroll, FinishTask, RunPlay
from models.records import Enrollment, Life, Mailbox, Sequence, SequenceStep
from models.workspace import Workspace
from platforms.sandbox.behaviour.life import Answer, drawn
from platforms.sandbox.sandbox import Sandbox
from platforms.sandbox.workspace_file.yaml_file import read_workspace, write_workspace
from tests.conftest import Sandboxes
from tests.examples import often
from tests.platforms.sandbox.workspace_file.test_round_trip_of_any_workspace import without_spelling
from tests.workspaces import ANA, ANAS_MAILBOX, BO, NOW, OUTBOUND, PIA, PLAY, ruleset, running, workspace

MANY = tuple(f"p{number:03}@x.test" for number in range(400))
ONE_EMAIL = Sequence(name=OUTBOUND, steps=(SequenceStep(), SequenceStep(wait_days=60)))
SENT = NOW + timedelta(hours=1)  # when the first emails leave
ROOMY = Mailbox(email=ANAS_MAILBOX, owner=ANA, daily_limit=1_000)


def crowd(**life: float) -> Workspace:
    """Four hundred people whose first email leaves at once, the second in two months."""
    return workspace(people=MANY, sequences=ONE_EMAIL, mailboxes=ROOMY, life=Life(**life))


def written_to(sandbox: Sandbox) -> Sandbox:
    sandbox.apply(RunPlay(play=PLAY))
    sandbox.advance(SENT)
    return sandbox


def enrollments(sandbox: Sandbox) -> tuple[Enrollment, ...]:
    return sandbox.workspace_record().enrollments


@pytest.mark.parametrize(
    ("kind", "reason", "hours"),
    [("replies", "replied", 48), ("bounces", "bounced", 1), ("opt_outs", "opted_out", 48)],
)
def test_a_share_of_the_emails_ends_what_runs_some_time_later(
    sandboxes: Sandboxes, kind: str, reason: str, hours: int
) -> None:
    sandbox = written_to(sandboxes(crowd(**{kind: 0.2})))
    assert {None} == {one.end_reason for one in enrollments(sandbox)}
    sandbox.advance(SENT + timedelta(hours=49))
    ended = [one for one in enrollments(sandbox) if one.end_reason == reason]
    assert {reason, None} == {one.end_reason for one in enrollments(sandbox)}
    assert 55 <= len(ended) <= 105  # of 400; the standard deviation is 8
    waits = Counter(int((one.ended_at - SENT).total_seconds()) for one in ended if one.ended_at)
    assert all(wait % 3600 == 0 and 1 <= wait // 3600 <= hours for wait in waits)
    assert min(hours, 20) <= len(waits)
    opted_out = {person.email for person in sandbox.workspace_record().people if person.email_opt_out}
    assert ({one.person for one in ended} if kind == "opt_outs" else set()) == opted_out


def test_who_is_away_pauses_until_a_day_and_then_goes_on(sandboxes: Sandboxes) -> None:
    sandbox = written_to(sandboxes(crowd(out_of_office=0.2)))
    sandbox.advance(SENT + timedelta(hours=1))
    away = {one.person: one.paused_until for one in enrollments(sandbox) if one.paused}
    assert 55 <= len(away) <= 105
    for until in away.values():
        assert until
        assert timedelta(days=1) <= until - sandbox.now() <= timedelta(days=14)
    sandbox.advance(SENT + timedelta(days=15))
    assert {("active", False, None)} == {(one.state, one.paused, one.paused_until) for one in enrollments(sandbox)}


def test_a_reply_that_was_drawn_waits_for_an_answer_of_its_mailboxs_owner(sandboxes: Sandboxes) -> None:
    sandbox = written_to(sandboxes(crowd(replies=0.2)))
    sandbox.advance(SENT + timedelta(hours=49))
    replied = {one.person: one.ended_at for one in enrollments(sandbox) if one.end_reason == "replied"}
    tasks = sandbox.workspace_record().tasks
    assert {("REPLY_TO_EMAIL", "READY", ANA)} == {(task.type, task.status, task.assignee) for task in tasks}
    assert replied == {task.person: task.due_at for task in tasks}


def test_nothing_comes_of_emails_unless_the_workspace_says_so(sandboxes: Sandboxes) -> None:
    sandbox = written_to(sandboxes(crowd()))
    sandbox.advance(SENT + timedelta(days=5))
    assert {("active", None, False)} == {(one.state, one.end_reason, one.paused) for one in enrollments(sandbox)}


@pytest.mark.parametrize("kind", ["replies", "bounces", "out_of_office"])
def test_what_comes_to_who_runs_nowhere_shows_nowhere(sandboxes: Sandboxes, kind: str) -> None:
    sandbox = written_to(sandboxes(crowd(**{kind: 1})))
    sandbox.apply(ChangeMailboxOwner(mailbox=ANAS_MAILBOX, owner=BO))
    sandbox.advance(SENT + timedelta(days=3))
    assert {("mailbox_owner_changed", False)} == {(one.end_reason, one.paused) for one in enrollments(sandbox)}
    assert () == sandbox.workspace_record().tasks


def test_an_opt_out_comes_whatever_runs(sandboxes: Sandboxes) -> None:
    sandbox = written_to(sandboxes(crowd(opt_outs=1)))
    sandbox.apply(ChangeMailboxOwner(mailbox=ANAS_MAILBOX, owner=BO))
    sandbox.advance(SENT + timedelta(days=3))
    assert {True} == {person.email_opt_out for person in sandbox.workspace_record().people}
    assert {"mailbox_owner_changed"} == {one.end_reason for one in enrollments(sandbox)}


def test_a_reply_meets_whatever_enrollment_of_its_sequence_runs_by_then(sandboxes: Sandboxes) -> None:
    """One that was upgraded, or put back."""
    at_once = ruleset(allow_same=True, days=0)
    life = Life(replies=1)
    people = [running(PIA, steps_done=0)]
    sandbox = sandboxes(
        workspace(sequences=ONE_EMAIL, mailboxes=ROOMY, rulesets=at_once, enrollments=people, life=life)
    )
    sandbox.advance(SENT)
    sandbox.apply(EditSequence(sequence=OUTBOUND, steps=(SequenceStep(), SequenceStep(wait_days=90)), upgrade=True))
    sandbox.apply(ChangeMailboxOwner(mailbox=ANAS_MAILBOX, owner=BO))
    sandbox.apply(Enroll(person=PIA, sequence=OUTBOUND, mailbox=(ANAS_MAILBOX,)))
    sandbox.advance(SENT + timedelta(days=3))
    assert ["upgraded", "mailbox_owner_changed", "replied"] == [one.end_reason for one in enrollments(sandbox)]


def test_an_email_that_a_person_sends_is_answered_too(sandboxes: Sandboxes) -> None:
    steps = (SequenceStep(type="MANUAL_EMAIL"), SequenceStep(wait_days=60))
    sandbox = sandboxes(
        workspace(
            sequences=Sequence(name=OUTBOUND, steps=steps),
            enrollments=[running(PIA, steps_done=0)],
            life=Life(bounces=1),
        )
    )
    sandbox.advance(SENT + timedelta(minutes=20))
    sandbox.apply(FinishTask(task=1))
    sandbox.advance(SENT + timedelta(hours=3))
    [only] = enrollments(sandbox)
    assert ("bounced", SENT + timedelta(hours=2)) == (only.end_reason, only.ended_at)


@pytest.mark.parametrize("arrived", [True, False], ids=["before", "after"])
def test_of_an_email_that_a_file_tells_of_comes_what_has_not_come_before_its_now(
    sandboxes: Sandboxes, arrived: bool
) -> None:
    life, yesterday = Life(replies=1), NOW - timedelta(days=1)
    drawn_for = {seed: drawn(life, seed, PIA, 1, int(yesterday.timestamp())) for seed in range(100)}
    seed = next(seed for seed, answer in drawn_for.items() if answer and arrived == (answer.at <= int(NOW.timestamp())))
    sent_to = running(PIA, started_at=yesterday)
    sandbox = sandboxes(workspace(sequences=ONE_EMAIL, enrollments=[sent_to], life=life, seed=seed))
    sandbox.advance(NOW + timedelta(days=2))
    assert [None if arrived else "replied"] == [one.end_reason for one in enrollments(sandbox)]


def test_another_seed_draws_otherwise_and_the_same_seed_the_same() -> None:
    life = Life(replies=0.1, bounces=0.1, opt_outs=0.1, out_of_office=0.1)
    draws = [[drawn(life, seed, email, 1, 1_800_000_000) for email in MANY] for seed in (1, 1, 2)]
    assert draws[0] == draws[1] != draws[2]
    kinds = Counter(answer.kind if answer else "nothing" for answer in draws[0])
    assert {"replied", "bounced", "opted_out", "out_of_office", "nothing"} == set(kinds)
    assert 200 <= kinds["nothing"] <= 280


def test_all_of_the_emails_can_be_answered_and_none() -> None:
    every = [drawn(Life(bounces=1), 7, email, 2, 1_800_000_000) for email in MANY]
    assert {Answer("bounced", 1_800_003_600)} == set(every)
    assert {None} == {drawn(Life(), 7, email, 2, 1_800_000_000) for email in MANY}


@often(12, thorough=100)
@given(
    seed=st.integers(0, 2**31),
    shares=st.tuples(*[st.sampled_from((0, 0.1, 0.2))] * 4),
    moves=st.lists(st.integers(1, 36 * 60), min_size=3, max_size=8),
)
def test_it_does_not_matter_in_how_many_moves_the_clock_comes_there_nor_who_loads_it_meanwhile(
    sandboxes: Sandboxes, tmp_path: Path, seed: int, shares: tuple[float, ...], moves: list[int]
) -> None:
    life = Life(**dict(zip(Life.model_fields, shares, strict=True)))
    at_once, in_moves, reloaded = (
        sandboxes(workspace(people=MANY[:60], mailboxes=ROOMY, life=life, seed=seed), name=name)
        for name in ("at once", "in moves", "reloaded")
    )
    for sandbox in (at_once, in_moves, reloaded):
        written_to(sandbox)
    at_once.advance(SENT + timedelta(minutes=sum(moves)))
    for minutes in moves:
        in_moves.advance(in_moves.now() + timedelta(minutes=minutes))
        reloaded.advance(reloaded.now() + timedelta(minutes=minutes))
        write_workspace(reloaded.dump(), tmp_path / "meanwhile.yaml")
        reloaded.load(*read_workspace(tmp_path / "meanwhile.yaml"))
    assert without_spelling(at_once) == without_spelling(in_moves) == without_spelling(reloaded)
