"""A workspace in which everything that a handover can meet is there once; what is said of it comes true."""

from datetime import timedelta
from typing import Any

from models.records import Company, Mailbox, RepTask, Sequence, SequenceStep, TaskAssignment, User
from models.workspace import Workspace
from tests.workspaces import (
    ANA,
    ANAS_MAILBOX,
    BO,
    BOS_MAILBOX,
    NOW,
    NURTURE,
    OUTBOUND,
    STEPS,
    USERS,
    ended,
    excluding,
    person,
    play,
    ruleset,
    running,
    workspace,
)

CARL = "carl@acme.test"
SECOND, CARLS = "ana@second.acme.test", "carl@send.acme.test"
EMAILS = "Emails only"
STRICT = "Strict"
GOES_ON, SEEN_BEFORE, QUEUED, QUEUED_BEFORE, OPTED_OUT, EXCLUDED, BY_HAND, NURTURED, ELSEWHERE = (
    f"{name}@x.test"
    for name in (
        "goes-on",
        "seen-before",
        "queued",
        "queued-before",
        "opted-out",
        "excluded",
        "by-hand",
        "nurtured",
        "elsewhere",
    )
)
OF_ANAS_MAILBOX = {GOES_ON, SEEN_BEFORE, QUEUED, QUEUED_BEFORE, OPTED_OUT, EXCLUDED, BY_HAND, NURTURED}
LATER = NOW + timedelta(days=3)


def team(**own: Any) -> Workspace:
    """Ana's mailbox, of a pool: active and queued contacts, some of whom cannot go back; Ana's tasks."""
    people = [
        GOES_ON,
        SEEN_BEFORE,
        QUEUED,
        QUEUED_BEFORE,
        person(OPTED_OUT, do_not_email=True),
        EXCLUDED,
        BY_HAND,
        person(NURTURED, owner=CARL),
        person(ELSEWHERE, company_domain="big.test"),
    ]
    sections: dict[str, Any] = {
        "users": (*USERS, User(email=CARL, role="admin")),
        "mailboxes": (
            Mailbox(email=ANAS_MAILBOX, owner=ANA, daily_limit=10),
            Mailbox(email=BOS_MAILBOX, owner=BO, daily_limit=7),
            Mailbox(email=SECOND, owner=ANA),
            Mailbox(email=CARLS, owner=CARL),
        ),
        "companies": (Company(domain="big.test", status="customer"),),
        "rulesets": (
            ruleset(),
            ruleset(
                name=STRICT,
                default=False,
                days=None,
                task_assignment=TaskAssignment(automatic="ASSIGN_TO_RECORD_OWNER", manual="ASSIGN_TO_USER", user=ANA),
            ),
        ),
        "sequences": (
            Sequence(name=OUTBOUND, steps=STEPS),
            Sequence(name=NURTURE, steps=STEPS, ruleset=STRICT),
            Sequence(name=EMAILS, steps=(SequenceStep(), SequenceStep(wait_days=2))),
        ),
        "plays": (
            play(mailboxes=(ANAS_MAILBOX, CARLS), published=True),
            play("Nurturing", sequence=NURTURE),
        ),
        "exclusions": (
            excluding(EXCLUDED, name="List"),
            excluding(name="Customers", on=False, company_status=("customer",)),
            excluding(name="Recent", on=False, last_activity_within_days=14),
        ),
        "enrollments": (
            running(GOES_ON, play="Play", steps_done=2, next_step_at=LATER),
            ended(SEEN_BEFORE, days=200, sequence=NURTURE),
            running(SEEN_BEFORE, play="Play", steps_done=1, next_step_at=LATER),
            running(QUEUED, play="Play", steps_done=0, started_at=NOW),
            ended(QUEUED_BEFORE, days=200, sequence=NURTURE),
            running(QUEUED_BEFORE, sequence=EMAILS, steps_done=0, started_at=NOW),
            running(OPTED_OUT, play="Play", next_step_at=LATER),
            running(EXCLUDED, play="Play", next_step_at=LATER),
            running(BY_HAND, next_step_at=LATER, enrolled_by=ANA),
            running(NURTURED, sequence=NURTURE, play="Nurturing", next_step_at=LATER),
            running(ELSEWHERE, play="Play", mailbox=SECOND, next_step_at=LATER),
        ),
        "tasks": (
            RepTask(person=GOES_ON, type="PHONE_CALL", assignee=ANA, sequence=OUTBOUND, mailbox=ANAS_MAILBOX),
            RepTask(
                person=GOES_ON, type="EMAIL", status="COMPLETED", assignee=ANA, sequence=OUTBOUND, mailbox=ANAS_MAILBOX
            ),
            RepTask(person=BY_HAND, type="PHONE_CALL", assignee=BO, sequence=OUTBOUND, mailbox=ANAS_MAILBOX),
            RepTask(person=ELSEWHERE, type="EMAIL", status="NOT_READY", assignee=ANA),
        ),
    }
    return workspace(people=people, **(sections | own))
