"""How long a handover takes, and what it comes to in a sentence."""

from typing import Any

import pytest

from models.handover import HandedMailbox, Handover
from reports.handover.durations import found, times
from tests.reports.handover.handovers import a_handover, nothing_runs, of_a_leaver, saving
from tests.workspaces import ANA, ANAS_MAILBOX


def told(handover: Handover) -> str:
    return "\n".join(times(handover.saving, handover.loans, handover.falling, handover.mailboxes))


def box(**own: Any) -> HandedMailbox:
    return HandedMailbox(**({"mailbox": ANAS_MAILBOX, "owner": ANA, "paused": False, "daily_limit": 25} | own))


@pytest.mark.rule("R42", "R51")
def test_settings_and_exclusions_take_their_time_to_act() -> None:
    assert "30 to 60 minutes to act (R42)" in told(a_handover())
    assert "15 to 45 minutes to act (R51)" in told(a_handover())
    assert "R42" not in told(a_handover(loans=()))


def test_the_queue_takes_as_long_as_the_mailboxes_that_take_it() -> None:
    assert "What is queued (3 contacts), moved to 1 mailbox of 25 emails a day, has left after 1 send day" in told(
        a_handover()
    )
    assert "None of them has room within a day." in told(a_handover(saving=saving(full=True, send_days=3)))
    assert "has no mailbox to go to yet" in told(a_handover(saving=saving(to=(), send_days=None)))
    assert "queued" not in told(nothing_runs())


def test_the_emails_still_to_come_take_as_long_as_the_mailbox_may_send() -> None:
    assert f"The 60 emails still to come from {ANAS_MAILBOX} take 3 send days at its 25 a day" in told(a_handover())
    assert "would never leave" in told(a_handover(mailboxes=(box(daily_limit=0),)))


def test_reassigning_a_user_and_renaming_a_sender_are_told_apart() -> None:
    assert "about a week" in told(nothing_runs()).splitlines()[-1]


def test_a_handover_in_a_sentence() -> None:
    assert (
        "ana@send.acme.test would go to bo@acme.test. From it run 10 contacts (7 active, 3 queued), with 60 emails and"
        " 10 tasks still to come; 2 open tasks to hand over."
    ) == found(a_handover())
    assert "ana@acme.test would go to bo@acme.test. From 1 mailbox run 10 contacts" in found(of_a_leaver())
    assert found(nothing_runs()).endswith("From it run 0 contacts (0 active, 0 queued); 0 open tasks to hand over.")
