"""What a report says of when things happened, and of who owns the mailboxes."""

from datetime import timedelta

import pandas as pd

from journal import decisions, loans, operations, snapshots, waits
from journal.changes import Changes
from journal.database import Journal
from journal.owners import owners_shown
from journal.timeline import timeline_of
from models.report import ReportedOwner
from models.setting_keys import SettingKey
from tests.journal.conftest import begun
from tests.journal.journals import ON_BOTH
from tests.workspaces import ANAS_MAILBOX, BOS_MAILBOX, NOW

BLOCK = SettingKey.ruleset("Default", "block_reenrollment")
MINUTE = timedelta(minutes=1)


def look(journal: Journal, owners: dict[str, str | None], minutes: int) -> None:
    """A look at mailboxes, so many minutes after NOW."""
    frame = pd.DataFrame({"mailbox": list(owners), "owner": list(owners.values())})
    numbers = snapshots.begin_look(journal, "sandbox", frame, NOW + minutes * MINUTE)
    snapshots.finish_look(journal, "sandbox", numbers)


@ON_BOTH
def test_what_happened_stands_in_the_order_of_its_beginning_and_each_kind_of_change_once(journal: Journal) -> None:
    begun(journal, "first")
    row = operations.update(journal, "first", plan={"changed_at": (NOW - 90 * MINUTE).isoformat()})
    decisions.record(journal, "first", "go on", "1a2b", "yes", "olga", NOW + MINUTE)
    loan = loans.take(journal, "first", "sandbox", BLOCK, "75 DAY", "0 DAY", NOW + 2 * MINUTE, NOW + 99 * MINUTE)
    waits.begin(journal, "first", "the settings", NOW + 2 * MINUTE, NOW + 32 * MINUTE, NOW + 92 * MINUTE)
    waits.end(journal, "first", "the settings", "done", "probe", NOW + 32 * MINUTE)
    for at in (33, 35):
        changes = Changes(journal, "first", lambda at=at: NOW + at * MINUTE)
        changes.intend(f"enroll:{at}", "enroll", "enroll")
        changes.applied(f"enroll:{at}", {})
    changes.intend("never", "run_play", "it was not made")
    loans.release(journal, loan.id or 0, "first", NOW + 40 * MINUTE)
    found = [
        (event.what, (event.since - NOW) / MINUTE, event.until and (event.until - NOW) / MINUTE, event.about)
        for event in timeline_of(journal, row)
    ]
    assert [
        ("fell_out", -90, None, ""),
        ("approved", 1, None, "go on, by olga"),
        ("borrowed", 2, None, ""),
        ("waited", 2, 32, "the settings"),
        ("probed", 32, None, "the settings"),
        ("enroll", 33, 35, ""),
        ("given_back", 40, None, ""),
    ] == found


def test_an_operation_that_has_done_nothing_yet_has_no_timeline(journal: Journal) -> None:
    assert () == timeline_of(journal, begun(journal, "first"))


@ON_BOTH
def test_the_owner_now_and_the_one_before_are_those_that_looks_show(journal: Journal) -> None:
    row = begun(journal, "first")
    look(journal, {ANAS_MAILBOX: "ana", BOS_MAILBOX: "bo"}, -20)
    look(journal, {ANAS_MAILBOX: "cy", BOS_MAILBOX: "bo"}, 1)
    assert (ReportedOwner(mailbox=ANAS_MAILBOX, owner="cy", before="ana"),) == owners_shown(journal, row)


def test_a_change_of_owners_after_an_operation_has_ended_is_not_in_its_report(journal: Journal) -> None:
    begun(journal, "first")
    look(journal, {ANAS_MAILBOX: "cy"}, 1)
    row = operations.update(journal, "first", status="completed", ended_at=NOW + 60 * MINUTE)
    look(journal, {ANAS_MAILBOX: "cy"}, 90)  # replaces the first one
    look(journal, {ANAS_MAILBOX: "dee"}, 120)
    assert (ReportedOwner(mailbox=ANAS_MAILBOX, owner="cy"),) == owners_shown(journal, row)


def test_a_mailbox_that_was_never_looked_at_has_no_owner_in_a_report(journal: Journal) -> None:
    assert () == owners_shown(journal, begun(journal, "first"))
