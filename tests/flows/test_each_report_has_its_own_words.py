"""Every procedure, dry and live, with something to do and with nothing: its report speaks of what it does."""

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from cli import procedures
from models.changes import ChangeMailboxOwner
from models.records import Audience, Company, RepTask
from models.report import Report
from reports.digest import digest
from tests.flows.house import House
from tests.flows.test_restore_settings import borrowed
from tests.workspaces import (
    ANA,
    ANAS_MAILBOX,
    BO,
    BOS_MAILBOX,
    EVERYBODY,
    NURTURE,
    OUTBOUND,
    PIA,
    PLAY,
    QUIN,
    RAJ,
    SUE,
    ended,
    excluding,
    person,
    ruleset,
    running,
    workspace,
)

NOBODY = "Nobody"
RUN = (running(PIA, play=PLAY), running(QUIN, play=PLAY, steps_done=2), running(RAJ, play=PLAY, steps_done=0))
TASKS = (
    RepTask(person=PIA, type="PHONE_CALL", status="READY", assignee=ANA, sequence=OUTBOUND, mailbox=ANAS_MAILBOX),
    RepTask(person=PIA, type="EMAIL", status="NOT_READY", assignee=BO, sequence=OUTBOUND, mailbox=ANAS_MAILBOX),
    RepTask(person=QUIN, type="ACTION_ITEM", status="READY", assignee=BO),
)
LIVE, NOTHING = "To carry this out, run it again live", "A live run would change nothing."


def team(house: House, *more: Any) -> None:
    people = (PIA, QUIN, RAJ, person(SUE, opted_out=True))
    house.load(workspace(people=people, enrollments=(*RUN, *more)))


def fell_out(house: House) -> None:
    team(house, running(SUE, play=PLAY))
    house.do(ChangeMailboxOwner(mailbox=ANAS_MAILBOX, owner=BO))


def night(house: House) -> None:
    team(house)
    house.carry_out("nightly-remediation")
    house.do(ChangeMailboxOwner(mailbox=ANAS_MAILBOX, owner=BO))


def kept_out(house: House) -> None:
    people = (PIA, QUIN, person(SUE, opted_out=True))
    rules = ruleset(exclusions={"Customers": True})
    house.load(workspace(people=people, exclusions=(excluding(PIA, QUIN, SUE),), rulesets=(rules,)))


def left(house: House) -> None:
    people = (PIA, QUIN, RAJ, person(SUE, opted_out=True))
    house.load(workspace(people=people, enrollments=(ended(PIA), running(QUIN))))


def tasks(house: House) -> None:
    house.load(workspace(people=(PIA, QUIN), tasks=TASKS))


def overdue(house: House) -> None:
    borrowed(house, ended=True)


def nothing(house: House) -> None:
    everybody, nobody = (Audience(name=name) for name in (EVERYBODY, NOBODY))
    house.load(
        workspace(
            people=(PIA, person(SUE, opted_out=True)),
            audiences=(everybody, nobody),
            companies=(Company(domain="x.test"),),
            exclusions=(excluding(),),
        )
    )


class Case(NamedTuple):
    """A procedure with something to do: its headline, dry and live, and the titles of its parts (`back`, `reasons`,
    `plan`), dry and live; and the headline and the last line of a dry run that finds nothing to do."""

    make: Callable[[House], None]
    parameters: dict[str, Any]
    headlines: tuple[str, str]
    back: tuple[str, str]
    reasons: tuple[str, str]
    plan: tuple[str, str]
    nothing: str
    nothing_next: str = NOTHING
    of_nothing: dict[str, Any] = {}  # noqa: RUF012 - a tuple's default, which nobody changes


def same(title: str) -> tuple[str, str]:
    return title, title


PLANNED = ("What a live run would do", "The plan")
CASES = {
    "call-outcomes": Case(
        team,
        {"policy": {"Later": "keep", "No": "unenroll"}, "outcomes": f"email,disposition\n{PIA},No\n{QUIN},Later"},
        ("1 of 2 contacts would be unenrolled; 1 needs nothing.", "1 of 2 contacts is unenrolled; 1 needs nothing."),
        ("Who would be unenrolled, and before which step", "Who was unenrolled, and before which step"),
        ("Who cannot be unenrolled, and why", "Who was not unenrolled, and why"),
        PLANNED,
        "0 of 1 contact would be unenrolled; 1 needs nothing.",
        of_nothing={"outcomes": f"email,disposition\n{SUE},Later"},
    ),
    "enroll-contacts": Case(
        left,
        {"emails": [RAJ, SUE, PIA], "sequence": OUTBOUND},
        (
            "1 of 3 contacts can be enrolled; 2 may not be enrolled.",
            "1 of 3 contacts is enrolled; 2 may not be enrolled.",
        ),
        ("Who can be enrolled, and at which step", "Who is enrolled, and at which step"),
        ("Who cannot be enrolled, and why", "Who is not enrolled, and why"),
        PLANNED,
        "0 of 1 contact can be enrolled; 1 may not be enrolled.",
        of_nothing={"emails": [SUE]},
    ),
    "enrollment-diagnosis": Case(
        left,
        {"sequence": OUTBOUND, "audience": EVERYBODY},
        same("1 of 4 contacts may be enrolled."),
        same("Who may be enrolled, and at which step"),
        same("Who may not be enrolled, and why"),
        same("The reasons, and what would free the most"),
        "Nobody was found to ask about.",
        "This is the whole answer: a live run changes nothing either.",
        of_nothing={"audience": NOBODY},
    ),
    "exclusion-rerun": Case(
        kept_out,
        {"exclusion": "Customers", "play": PLAY, "approve": "all", "hold_until": "enrolled"},
        (
            "2 of 3 contacts can be enrolled; 1 may not be enrolled.",
            "2 of 3 contacts are enrolled; 1 may not be enrolled.",
        ),
        (
            "Who can be enrolled while the exclusion is off, and at which step",
            "Who was enrolled while the exclusion was off, and at which step",
        ),
        ("Who cannot, and why", "Who is not, and why"),
        PLANNED,
        "No contact was found whom the exclusion keeps out: there is nothing to do.",
    ),
    "handover-plan": Case(
        team,
        {"mailbox": ANAS_MAILBOX, "new_owner": BO},
        same("3 contacts would fall out: 1 is queued and can be moved first, 2 can be put back afterwards."),
        same("Who would fall out and can be put back, by next step"),
        same("Who can be moved first, and who cannot be put back"),
        same("What to do, in this order"),
        "Nobody would fall out.",
        "Read the document. A live run changes nothing either",
    ),
    "nightly-remediation": Case(
        night,
        {},
        ("All 3 contacts can go back to their sequences.", "All 3 contacts are back in their sequences."),
        ("Who can go back, and at which step", "Who is back, and at which step"),
        ("Who cannot go back, and why", "Who is not back, and why"),
        (
            "What would be started, what is left to a person, and how last night's runs ended",
            "What was started, what is left to a person, and how last night's runs ended",
        ),
        "Nothing to start at any mailbox; nobody looked before: this night takes the record and changes nothing.",
        "A live run starts this, and writes down who owns each mailbox and who runs from it.",
    ),
    "ownership-change": Case(
        fell_out,
        {"mailbox": ANAS_MAILBOX},
        (
            "3 of 4 contacts can go back to their sequences; 1 may not be enrolled.",
            "3 of 4 contacts are back in their sequences; 1 may not be enrolled.",
        ),
        ("Who can go back, and at which step", "Who is back, and at which step"),
        ("Who cannot go back, and why", "Who is not back, and why"),
        PLANNED,
        "No contact was found who fell out: there is nothing to put back.",
    ),
    "queued-backlog": Case(
        team,
        {"from_mailbox": ANAS_MAILBOX, "to_mailboxes": [BOS_MAILBOX]},
        (
            "1 of 1 contact can be moved to another mailbox.",
            "1 of 1 contact is moved to another mailbox.",
        ),
        ("Who can be moved to another mailbox", "Who was moved to another mailbox"),
        same("Who stays with the mailbox, and why"),
        PLANNED,
        "Nobody runs from this mailbox: there is nothing to move.",
    ),
    "restore-settings": Case(
        overdue,
        {},
        ("1 setting is due to be given back.", "1 setting was due to be given back."),
        ("What would be given back", "What was given back"),
        ("Who cannot, and why", "Who is not, and why"),
        ("What a live run would give back", "What was due"),
        "No setting is due, and no run is lost: there is nothing to give back.",
    ),
    "sequence-move": Case(
        team,
        {"from_sequence": OUTBOUND, "to_sequence": NURTURE},
        ("All 3 contacts can be moved.", "All 3 contacts are moved."),
        ("Who can be moved, and where they begin", "Who was moved, and where they begin"),
        ("Who cannot be moved, and why", "Who was not moved, and why"),
        PLANNED,
        "Nobody was found to move: there is nothing to do.",
    ),
    "task-assignment-audit": Case(
        tasks,
        {"critical_sequences": [OUTBOUND], "assign_mode": "ASSIGN_TO_USER", "assign_user": BO},
        same("3 tasks looked at; 0 surprises."),
        same("Tasks looked at, by sequence"),
        same("Tasks that nothing explains"),
        ("What surprises, and what a live run would set", "What surprises, and what was set"),
        "No task was found to look at.",
        of_nothing={"critical_sequences": None, "assign_mode": None, "assign_user": None},
    ),
    "task-reassignment": Case(
        tasks,
        {"from_user": BO, "to_user": ANA},
        ("All 2 tasks would be handed over.", "All 2 tasks are handed over."),
        ("Tasks that would be handed over, by sequence", "Tasks that were handed over, by sequence"),
        same("Tasks that stay with their user, and why"),
        PLANNED,
        "No task was found: there is nothing to hand over.",
    ),
    "version-upgrade": Case(
        team,
        {"sequence": OUTBOUND, "steps": "- {}\n- {type: PHONE_CALL, wait_days: 4}\n"},
        (
            "2 of 3 contacts would be upgraded; 1 would be through: the new version has no step left.",
            "2 of 3 contacts are upgraded; 1 is through: the new version has no step left.",
        ),
        ("Who would go on in the new version, and at which step", "Who goes on, and at which step"),
        ("Who cannot be upgraded, and why", "Who was not upgraded, and why"),
        PLANNED,
        "Nobody runs in this sequence: only its steps change.",
        LIVE,
    ),
}


def about_tasks(procedure: str, report: Report) -> None:
    """Where the rows are tasks, nothing in the words of the report speaks of contacts."""
    if digest(report).noun == "task":
        assert "contact" not in " ".join((digest(report).headline, digest(report).found, *report.plan, *report.next))


def test_every_procedure_is_in_the_table() -> None:
    """But for `calibrate`, which always has something to try, and `undo`, which needs an operation: theirs have
    their words."""
    assert set(procedures.names()) == set(CASES) | {"calibrate", "undo"}


@pytest.mark.parametrize("dry_run", [True, False], ids=["dry run", "live"])
@pytest.mark.parametrize("procedure", CASES)
def test_a_report_speaks_of_what_its_procedure_does(house: House, procedure: str, dry_run: bool) -> None:
    case, mode = CASES[procedure], 0 if dry_run else 1
    case.make(house)
    report = house.carry_out(procedure, dry_run=dry_run, **case.parameters)
    found = digest(report)
    expected = (case.headlines[mode], case.back[mode], case.reasons[mode], case.plan[mode])
    assert expected == (found.headline, found.back_title, found.reasons_title, found.plan_title)
    keys = ("ruleset:Default", "exclusion:Customers", "audience:Every", "PHONE_CALL", "AUTOMATIC_EMAIL", "wait_days=")
    assert [] == [line for line in (*report.plan, *report.next) if any(key in line for key in keys)]
    about_tasks(procedure, report)


@pytest.mark.parametrize("dry_run", [True, False], ids=["dry run", "live"])
@pytest.mark.parametrize("procedure", CASES)
def test_where_there_is_nothing_to_do_the_report_says_so(house: House, procedure: str, dry_run: bool) -> None:
    case = CASES[procedure]
    nothing(house)
    report = house.carry_out(procedure, dry_run=dry_run, **{**case.parameters, **case.of_nothing})
    found = digest(report)
    headline = case.nothing if dry_run else case.nothing.replace("can be", "is").replace("would be", "is")
    assert headline == found.headline
    assert found.nothing_next.startswith(case.nothing_next if dry_run else "Nothing is left to do."), found.nothing_next
    assert (LIVE in found.nothing_next) == (found.plan_title == PLANNED[0])
    about_tasks(procedure, report)
