"""What has happened to contacts since they fell out decides, not who runs now."""

from datetime import timedelta

import pytest

from models.changes import ChangeMailboxOwner, EditSequence, Enroll, Unenroll
from models.records import Sequence, SequenceStep
from models.report import Report
from models.workspace import Workspace
from tests.flows.house import House, check_report, outcomes
from tests.workspaces import (
    ANA,
    ANAS_MAILBOX,
    BOS_MAILBOX,
    NOW,
    NURTURE,
    OUTBOUND,
    PIA,
    QUIN,
    STEPS,
    days_ago,
    ended,
    running,
    workspace,
)

PLAIN, REPLIED, BOUNCED, REMOVED, FINISHED, LASTED = (
    f"{name}@x.test" for name in ("plain", "replied", "bounced", "removed", "finished", "lasted")
)
SIX = [PLAIN, REPLIED, BOUNCED, REMOVED, FINISHED, LASTED]


def six() -> Workspace:
    """Six fell out thirteen days ago; four of them have been in another sequence since, and ended there four ways."""
    fell = [ended(email, days=13, steps_done=1, end_reason="mailbox_owner_changed") for email in SIX[:-1]]
    elsewhere = {REPLIED: ("replied", 1), BOUNCED: ("bounced", 1), REMOVED: ("unenrolled", 1), FINISHED: (None, 4)}
    since = [
        ended(
            email,
            days=7,
            sequence=NURTURE,
            mailbox=BOS_MAILBOX,
            steps_done=done,
            end_reason=reason,
            state="canceled" if reason else "finished",
        ).model_copy(update={"started_at": days_ago(12)})
        for email, (reason, done) in elsewhere.items()
    ]
    lasted = ended(LASTED, days=13, steps_done=4, end_reason="mailbox_owner_changed")
    return workspace(people=SIX, enrollments=[*fell, lasted, *since], plays=[])


def verdicts(report: Report) -> dict[str, tuple[str, str]]:
    table = outcomes(report)
    return {str(email): (row["outcome"], row["reasons"]) for email, row in table.iterrows()}


@pytest.mark.rule("R1", "R9")
def test_who_answered_or_moved_on_or_has_nothing_left_is_not_put_back(house: House) -> None:
    house.load(six())
    planned, report = house.plan(), house.run()
    check_report(report)
    assert {
        PLAIN: ("enrolled", ""),
        REPLIED: ("blocked", "replied"),
        BOUNCED: ("blocked", "bounced"),
        REMOVED: ("manual", "moved_on"),
        FINISHED: ("manual", "moved_on"),
        LASTED: ("blocked", "no_step_left"),
    } == verdicts(report)
    assert (planned.counts, "completed", ()) == (report.counts, report.status, report.next)
    told = outcomes(report)["detail"]
    assert f"ran in '{NURTURE}' from {BOS_MAILBOX} until 2026-10-26 09:00 UTC (canceled)" in told[REMOVED]
    assert "(completed)" in told[FINISHED]
    assert [PLAIN] == house.sandbox.places(SIX, OUTBOUND)["email"].tolist()


def test_who_moved_on_is_put_back_when_named_and_who_answered_is_not(house: House) -> None:
    house.load(six())
    planned, report = house.plan(contacts=" ".join(SIX)), house.run(contacts=" ".join(SIX))
    check_report(report)
    assert {
        PLAIN: "enrolled",
        REMOVED: "enrolled",
        FINISHED: "enrolled",
        REPLIED: "blocked",
        BOUNCED: "blocked",
        LASTED: "blocked",
    } == outcomes(report)["outcome"].to_dict()
    assert {OUTBOUND} == set(outcomes(report)["sequence"])
    (notice,) = [line for line in house.plan_of(planned)["warnings"] if "ran elsewhere since" in line]
    assert REMOVED in notice and FINISHED in notice and PLAIN not in notice


def test_who_was_put_back_and_taken_out_by_hand_has_moved_on(house: House) -> None:
    enrollments = [running(PIA), running(QUIN)]
    house.load_and_change_owner(workspace(people=[PIA, QUIN], enrollments=enrollments, plays=[]))
    house.sandbox.advance(NOW + timedelta(days=80))
    house.do(Enroll(person=PIA, sequence=NURTURE, mailbox=(BOS_MAILBOX,)))
    house.do(Unenroll(person=PIA, sequence=NURTURE))
    assert {PIA: ("manual", "moved_on"), QUIN: ("enrolled", "")} == verdicts(house.run())


def test_what_an_operation_of_ours_made_is_no_moving_on(house: House) -> None:
    house.load_and_change_owner(workspace(people=[PIA, QUIN], enrollments=[running(PIA), running(QUIN)], plays=[]))
    first = house.run(restart=True, send_from=[BOS_MAILBOX])
    assert 2 == first.counts["enrolled"]
    house.sandbox.advance(NOW + timedelta(days=60))
    again = house.run()
    assert {PIA: ("unchanged", ""), QUIN: ("unchanged", "")} == verdicts(again)
    assert "completed" == again.status


def test_who_fell_out_of_another_mailbox_since_by_a_change_that_is_known_has_not_moved_on(house: House) -> None:
    house.load_and_change_owner(workspace(people=[PIA], enrollments=[running(PIA, steps_done=0)], plays=[]))
    house.do(Enroll(person=PIA, sequence=OUTBOUND, mailbox=(BOS_MAILBOX,)))
    house.plan()  # looks who owns the mailboxes
    house.sandbox.advance(NOW + timedelta(minutes=20))
    house.do(ChangeMailboxOwner(mailbox=BOS_MAILBOX, owner=ANA))
    assert {PIA: ("unchanged", "")} == verdicts(house.plan())
    assert {PIA: ("enrolled", "")} == verdicts(house.plan(mailbox=BOS_MAILBOX))


@pytest.mark.rule("R9", "R10")
def test_who_is_past_a_shortened_sequence_has_nothing_left_and_starts_anew_with_restart(house: House) -> None:
    steps = (*STEPS, SequenceStep(type="AUTOMATIC_EMAIL", wait_days=20))
    sequences = Sequence(name=OUTBOUND, steps=steps)
    late = running(PIA, steps_done=4, started_at=days_ago(19))
    house.load(workspace(people=[PIA, QUIN], sequences=sequences, enrollments=[late, running(QUIN)], plays=[]))
    house.do(EditSequence(sequence=OUTBOUND, steps=STEPS[:3], upgrade=False))
    house.do(ChangeMailboxOwner(mailbox=ANAS_MAILBOX, owner="bo@acme.test"))
    report = house.run()
    assert {PIA: ("blocked", "no_step_left"), QUIN: ("enrolled", "")} == verdicts(report)
    assert (ANAS_MAILBOX, 2) == house.place(QUIN, OUTBOUND)
    assert {PIA: "enrolled", QUIN: "unchanged"} == outcomes(house.run(restart=True))["outcome"].to_dict()
