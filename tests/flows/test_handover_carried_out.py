"""`handover-plan` that carries its steps out: what can be saved moves first, then the owner changes, then the rest is
put back."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from journal import loans, operations
from journal.overview import overview
from journal.story import events_of
from models.changes import ChangeMailboxOwner, Enroll
from models.errors import InvalidInput, NeedsPerson
from models.report import Report
from models.settings import Settings
from models.tables.journal import OperationRow
from models.workspace import Workspace
from tasks.cancelling import cancel_operation
from tests.flows.handover_workspaces import (
    BY_HAND,
    CARL,
    CARLS,
    ELSEWHERE,
    GOES_ON,
    LATER,
    NURTURED,
    OF_ANAS_MAILBOX,
    QUEUED,
    QUEUED_BEFORE,
    SECOND,
    SEEN_BEFORE,
    team,
)
from tests.flows.house import House, check_report, outcomes
from tests.flows.on_unify import UnifyHouse, Working, unify, working
from tests.flows.processes import carried_out, handoff, journal_of, sandbox_of
from tests.workspaces import ANA, ANAS_MAILBOX, BO, BOS_MAILBOX, NOW, OUTBOUND, person

__all__ = ["unify", "working"]  # fixtures
BACK, MOVED = {GOES_ON, SEEN_BEFORE, BY_HAND, NURTURED}, {QUEUED, QUEUED_BEFORE}
DONE = {"considered": 8, "enrolled": 4, "reassigned": 2, "blocked": 2, "manual": 0, "failed": 0, "unchanged": 0}
HOW = {"mailbox": ANAS_MAILBOX, "new_owner": BO, "carry_out": True}
LATE = "late@x.test"
OWNER_STEP = f"give the mailbox {ANAS_MAILBOX} to {BO}"


def hand_over(house: House, **parameters: Any) -> Report:
    return house.carry_out("handover-plan", **(HOW | parameters))


def owner(house: House, mailbox: str = ANAS_MAILBOX) -> str:
    return str(house.sandbox.mailboxes().set_index("mailbox")["owner"][mailbox])


def with_outcome(report: Report, outcome: str) -> set[str]:
    told = outcomes(report)
    return set(told.index[told["outcome"] == outcome])


def the_row(house: House) -> OperationRow:
    [row] = [*operations.in_flight(house.journal), *operations.past(house.journal)]
    return row


def senders(house: House) -> dict[str, str]:
    running = [e for e in house.sandbox.workspace_record().enrollments if e.state in ("queued", "active")]
    return {e.person: e.mailbox for e in running}


def waiting_team() -> Workspace:
    """The team; what is queued has been so for an hour, and has days left: longer than settings take to act (R42)."""
    queued = {"started_at": NOW - timedelta(hours=1), "next_step_at": LATER}
    there = team()
    enrollments = (one.model_copy(update=queued) if one.state == "queued" else one for one in there.enrollments)
    return there.model_copy(update={"enrollments": tuple(enrollments)})


@pytest.mark.rule("R1", "R2", "R9", "R73", "R98")
def test_the_queue_moves_then_the_owner_changes_then_who_fell_out_is_back(house: House) -> None:
    house.load(team())
    before = house.settings()
    report = hand_over(house)
    check_report(report)
    assert ("completed", (), ()) == (report.status, report.differences, report.next)
    assert DONE == report.counts
    assert (BO, before) == (owner(house), house.settings())
    assert BACK == with_outcome(report, "enrolled")
    assert MOVED == with_outcome(report, "reassigned")
    assert {BOS_MAILBOX, SECOND} == {senders(house)[email] for email in MOVED}
    assert (ANAS_MAILBOX, 3) == house.place(GOES_ON, OUTBOUND)
    assert ["go on"] == [one.question for one in report.answers], "asked once, for all of it"
    assert 4 == len(report.loans)


def test_it_is_one_operation_in_lists_and_in_its_story(house: House) -> None:
    house.load(team())
    report = hand_over(house)
    row = the_row(house)
    assert report.operation_id == row.id
    happened = {event.what for event in report.timeline}
    assert {"approved", "borrowed", "reassign_queued", "change_mailbox_owner", "run_play", "given_back"} <= happened
    told = [event.what for event in events_of(house.journal, row)]
    assert (1, 1) == (told.count("begun"), told.count("ended")), "it is one story"
    assert {"reassign_queued", "change_mailbox_owner", "run_play"} <= set(told)
    parts = operations.parts_of(house.journal, row.id)
    assert ["queued-backlog", "ownership-change"] == [part.procedure for part in parts]
    with pytest.raises(InvalidInput, match=f"{parts[0].id} is part of {row.id}"):
        cancel_operation(parts[0].id)


def test_a_dry_run_tells_what_would_be_done_and_changes_nothing(house: House) -> None:
    sandbox = house.load(team())
    before = sandbox.dump()
    report = hand_over(house, dry_run=True)
    check_report(report)
    assert ("planned", DONE, before) == (report.status, report.counts, sandbox.dump())
    told = "\n".join(report.plan)
    for words in (
        f"{ANAS_MAILBOX}: move 2 queued contacts to {BOS_MAILBOX}, {SECOND}",
        f"{ANAS_MAILBOX}: change the owner, to {BO}",
        f"{ANAS_MAILBOX}: put back whoever fell out, 4 contacts as of now",
        "left to you: Hand over 1 open task",
    ):
        assert words in told


def test_whoever_says_no_changes_nothing(house: House) -> None:
    sandbox = house.load(team())
    before = sandbox.dump()
    report = hand_over(house, yes=False)
    check_report(report)
    assert ("cancelled", before) == (report.status, sandbox.dump())
    [question] = house.listener.questions
    assert question.endswith(
        f"hand {ANAS_MAILBOX} over to {BO}: move 2 queued contacts, change the owner, put 4 contacts back, borrow 4"
        " settings?"
    )


def test_where_nobody_can_be_asked_nothing_is_begun(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    sandbox = house.load(team())
    before = sandbox.dump()
    from flows.handover_plan import handover_plan

    monkeypatch.setattr("tasks.approving._asker", None)
    with pytest.raises(NeedsPerson, match="Nobody can be asked here"):
        handover_plan(dry_run=False, **HOW)
    assert before == sandbox.dump()


def test_a_leavers_mailboxes_are_handed_over_one_after_the_other(house: House) -> None:
    house.load(team())
    report = hand_over(house, mailbox=None, user=ANA, new_owner=CARL)
    check_report(report)
    assert ("completed", ()) == (report.status, report.differences)
    assert [CARL, CARL] == [owner(house), owner(house, SECOND)]
    assert OF_ANAS_MAILBOX | {ELSEWHERE} == set(outcomes(report).index)
    assert {CARLS} == {senders(house)[email] for email in MOVED}
    assert SECOND == senders(house)[ELSEWHERE]


def test_on_unify_a_person_changes_the_owner_and_it_is_read_back(unify: UnifyHouse, working: Working) -> None:
    unify.load(waiting_team())
    before, person = unify.settings(), working(forget=(OWNER_STEP,))
    report = hand_over(unify)
    check_report(report)
    assert 2 == person.asked.count(OWNER_STEP)
    assert [f"{ANAS_MAILBOX} belongs to {ANA} still"] == person.problems
    assert ("completed", before) == (report.status, unify.settings())
    assert (BACK, MOVED) == (with_outcome(report, "enrolled"), with_outcome(report, "reassigned"))


def test_where_the_owner_cannot_be_changed_who_was_moved_stays_moved_and_it_can_be_gone_on_with(
    unify: UnifyHouse, working: Working
) -> None:
    unify.load(waiting_team())
    before = unify.settings()
    working(refuse=(OWNER_STEP,))
    with pytest.raises(NeedsPerson, match=r"Olga says that this cannot be done: .* no such button"):
        hand_over(unify)
    row = the_row(unify)
    assert ("failed", before, ANA) == (row.status, unify.settings(), owner(unify))
    assert f"the owner of {ANAS_MAILBOX} was not changed; 2 contacts that were moved stay moved" in row.next
    assert any(f"`handoff resume {row.id}`" in line for line in row.next), row.next
    where = senders(unify)
    assert OF_ANAS_MAILBOX | {ELSEWHERE} == set(where)
    assert {ANAS_MAILBOX} == {where[email] for email in OF_ANAS_MAILBOX - MOVED}
    report = json.loads((Path(row.folder) / "report.json").read_text())
    assert (2, 6) == (report["counts"]["reassigned"], report["counts"]["unchanged"])

    working()
    again = hand_over(unify, operation=row.id)
    check_report(again)
    assert ("completed", DONE) == (again.status, again.counts)
    assert {email: where[email] for email in MOVED} == {email: senders(unify)[email] for email in MOVED}


def enrolled_late(unify: UnifyHouse, working: Working) -> None:
    """Somebody is enrolled after the record was taken, right before the owner changes."""
    there = waiting_team()
    unify.load(there.model_copy(update={"people": (*there.people, person(LATE))}))

    def late(change: ChangeMailboxOwner) -> None:
        unify.do(Enroll(person=LATE, sequence=OUTBOUND, mailbox=(ANAS_MAILBOX,)))
        unify.do(change)

    working(instead={OWNER_STEP: late})


def test_who_was_enrolled_after_the_record_is_asked_about_and_counted(unify: UnifyHouse, working: Working) -> None:
    enrolled_late(unify, working)
    report = hand_over(unify)
    check_report(report)
    _, again = unify.listener.questions
    assert "enroll 6 contacts again" in again, "one is excluded, which Unify does not tell before"
    assert BACK | {LATE} == with_outcome(report, "enrolled")
    assert (9, "completed") == (report.counts["considered"], report.status)


def test_a_no_to_a_part_ends_it_there_and_says_what_is_left(unify: UnifyHouse, working: Working) -> None:
    enrolled_late(unify, working)
    report = hand_over(unify, answer=lambda words: "over to" in words)
    check_report(report)
    assert ("needs_attention", BO) == (report.status, owner(unify))
    assert f"ownership-change for {ANAS_MAILBOX} was not approved: decide, and run it yourself" in report.next
    assert (2, 0) == (report.counts["reassigned"], report.counts["enrolled"])
    assert ["yes", "no"] == [one.answer for one in report.answers]


def test_cancelled_between_the_parts_nothing_more_is_done(unify: UnifyHouse, working: Working) -> None:
    unify.load(waiting_team())
    working(refuse=(OWNER_STEP,))
    with pytest.raises(NeedsPerson):
        hand_over(unify)
    row = the_row(unify)
    cancel_operation(row.id)
    row = the_row(unify)
    assert ("cancelled", ANA) == (row.status, owner(unify))
    assert any("stay moved" in line for line in row.next), row.next
    assert [] == operations.in_flight(unify.journal, with_parts=True)


def test_an_undo_names_the_parts_and_each_is_undone_by_itself(house: House) -> None:
    house.load(waiting_team())
    report = hand_over(house)
    moved, back = (part.id for part in operations.parts_of(house.journal, report.operation_id))
    with pytest.raises(
        InvalidInput, match=f"`handoff undo {back}` .*; then `handoff undo {moved}` .*; then change the"
    ):
        house.carry_out("undo", undone=report.operation_id)
    for part in (back, moved):
        check_report(house.carry_out("undo", undone=part))
    assert MOVED | {ELSEWHERE} == set(senders(house))
    assert {ANAS_MAILBOX} == {senders(house)[email] for email in MOVED}


def silence(home: Path) -> None:
    """Minutes go by in which nobody is heard of."""
    journal = journal_of(home)
    for row in operations.in_flight(journal, with_parts=True):
        operations.update(journal, row.id, alive_until=datetime.now(UTC) - timedelta(minutes=1))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("when", "number", "swept"),
    [
        ("after", 2, False),
        ("before", 3, False),
        ("after", 3, False),
        ("after", 9, False),
        ("after", 9, True),
        ("after", 21, False),
    ],
    ids=[
        "queue moved",
        "before the owner",
        "owner changed, not noted",
        "settings out",
        "settings out that a sweep gave back",
        "on the way back",
    ],
)
def test_killed_anywhere_and_resumed_nothing_is_done_twice(
    prefect_server: str, tmp_path: Path, when: str, number: int, *, swept: bool
) -> None:
    sandbox = sandbox_of(tmp_path)
    sandbox.load(team())
    rulesets = sandbox.state()["rulesets"]
    killed = carried_out(tmp_path, prefect_server, "handover-plan", HOW, when, number)
    assert -9 == killed.returncode, killed.stderr
    journal = journal_of(tmp_path)
    [row] = overview(journal, Settings(), lambda name: None)["operations"]
    if swept:
        silence(tmp_path)
        assert 0 == handoff(tmp_path, prefect_server, "restore").returncode
        assert [] == loans.open_loans(journal)
        [row] = overview(journal, Settings(), lambda name: None)["operations"]
        assert "needs_attention" == row["status"]
    resumed = handoff(tmp_path, prefect_server, "resume", row["operation_id"], "--yes", "--json")
    assert 0 == resumed.returncode, resumed.stderr
    report = json.loads(resumed.stdout)
    assert (DONE, [], "completed") == (report["counts"], report["differences"], report["status"])
    assert rulesets == sandbox.state()["rulesets"]
    assert [] == [*loans.open_loans(journal), *operations.in_flight(journal, with_parts=True)]
    runs = [e.person for e in sandbox.workspace_record().enrollments if e.state in ("queued", "active")]
    assert sorted(BACK | MOVED | {ELSEWHERE}) == sorted(runs), "each once"
