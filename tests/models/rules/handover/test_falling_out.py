"""Who falls out with a mailbox's owner, and who could be put back: told before it happens."""

from datetime import timedelta

import pandas as pd
import pytest

from models.names import NONE, Names, names
from models.rules.handover.falling_out import (
    NOBODY,
    as_if_fallen_out,
    falling_out,
    going_back,
    judge_return,
    tally,
)
from tests.models.rules.facts import fact, facts, settings
from tests.models.rules.handover.frames import EMAILS_ONLY, STEPS, alike, running, runs, tallied
from tests.workspaces import ANAS_MAILBOX, NOW, NURTURE, OUTBOUND, PIA, QUIN, RAJ, SUE

LENGTHS = {OUTBOUND: 4}


def judged(*pairs: tuple[dict[str, object], dict[str, object]], can_send: bool = True) -> pd.DataFrame:
    """What is judged of rows of `running` with the facts beside them."""
    rows = running(*(row for row, _ in pairs))
    whole = as_if_fallen_out(facts(*(known for _, known in pairs)), rows, LENGTHS, NOW)
    return judge_return(rows, whole, settings(), NOW, can_send=can_send).set_index("email")


@pytest.mark.rule("R9", "R12", "R26", "R43")
def test_whoever_completed_a_step_goes_back_at_the_next_one_once_settings_are_borrowed() -> None:
    found = judged((runs(PIA, done=2), fact(PIA, running_in=OUTBOUND))).loc[PIA]
    assert (True, 3, True, True) == (found["back"], found["step"], found["needs_same"], found["needs_block"])
    assert Names("already_sequenced", "recently_enrolled") == found["reasons"]


@pytest.mark.rule("R43")
def test_whoever_is_queued_and_never_completed_a_step_goes_back_without_any_setting() -> None:
    found = judged((runs(PIA, done=0), fact(PIA, running_in=OUTBOUND))).loc[PIA]
    assert (True, NONE, 1) == (found["back"], found["reasons"], found["step"])
    assert not found["needs_same"] and not found["needs_block"]


@pytest.mark.rule("R26")
def test_whoever_is_queued_but_was_in_a_sequence_before_is_barred_from_the_change_on() -> None:
    found = judged((runs(PIA, done=0), fact(PIA, ended=200, been_here=False, running_in=OUTBOUND))).loc[PIA]
    assert Names("already_sequenced", "recently_enrolled") == found["reasons"]


@pytest.mark.rule("R29", "R30")
def test_whom_something_else_keeps_out_cannot_go_back_and_every_reason_is_told() -> None:
    pairs = [
        (runs(PIA), fact(PIA, opted_out=True, do_not_email=True)),
        (runs(QUIN), fact(QUIN, excluded_by=names("Customers", "Recent"))),
    ]
    found = judged(*pairs)
    assert [False, False] == found["back"].tolist()
    assert Names("opted_out", "do_not_email") == found.at[PIA, "reasons"]
    assert Names("excluded:Customers", "excluded:Recent") == found.at[QUIN, "reasons"]
    assert not found["needs_same"].any()


def test_from_a_mailbox_that_cannot_send_nobody_goes_back() -> None:
    found = judged((runs(PIA), fact(PIA)), can_send=False).loc[PIA]
    assert (False, Names("mailbox_unavailable")) == (found["back"], found["reasons"])


@pytest.mark.rule("R9")
def test_whoever_had_done_every_step_of_the_present_version_begins_again() -> None:
    assert 1 == judged((runs(PIA, done=4), fact(PIA))).at[PIA, "step"]


def test_a_tally_of_chunks_is_the_tally_of_the_whole() -> None:
    contacts = judged(*((runs(email, done=done), fact(email)) for email, done in ((PIA, 1), (QUIN, 1), (RAJ, 0))))
    contacts = contacts.reset_index().assign(record_owner=[None, None, "ana@acme.test"], today="x", after=None)
    whole = tally(contacts)
    assert [2, 1] == sorted(whole["contacts"], reverse=True)
    parts = pd.concat([tally(contacts.iloc[:1]), tally(contacts.iloc[1:])], ignore_index=True)
    pd.testing.assert_frame_equal(whole, tally(parts), check_dtype=False)


@pytest.mark.rule("R1")
def test_who_falls_out_is_told_by_mailbox_and_sequence_with_all_that_would_not_happen() -> None:
    tally_of = tallied(
        alike(2, done=0), alike(3, done=2), alike(1, done=2, back=False), alike(1, done=1, sequence=NURTURE)
    )
    nurture, outbound = falling_out(tally_of, {OUTBOUND: STEPS, NURTURE: EMAILS_ONLY}, {NURTURE})
    assert (4, 2, 6) == (outbound.active, outbound.queued, outbound.contacts)
    assert ((1, 2), (3, 4)) == outbound.next_steps
    assert (2 * 3 + 4 * 2, 2) == (outbound.emails_left, outbound.tasks_left)
    assert (3, 0) == (nurture.emails_left, nurture.tasks_left)
    assert (True, False) == (nurture.sequence_paused, outbound.sequence_paused)
    assert {ANAS_MAILBOX} == {nurture.mailbox, outbound.mailbox}


def test_who_can_go_back_is_told_by_ruleset_and_a_contact_counts_under_each_of_its_reasons() -> None:
    tally_of = tallied(
        alike(2, needs_same=False, needs_block=False),
        alike(3),
        alike(4, needs_same=False),
        alike(5, back=False, needs_same=False, needs_block=False, reasons=Names("opted_out", "excluded:Customers")),
        alike(1, back=False, needs_same=False, needs_block=False, reasons=Names("opted_out"), ruleset="Strict"),
    )
    default, strict = going_back(tally_of)
    assert (2, 7, 5) == (default.at_once, default.with_settings, default.cannot)
    assert (("excluded:Customers", 5), ("opted_out", 5)) == default.reasons
    assert ("Strict", 0, 0, 1) == (strict.ruleset, strict.at_once, strict.with_settings, strict.cannot)


def test_where_nobody_runs_nobody_falls_out_and_nobody_goes_back() -> None:
    assert ((), ()) == (falling_out(NOBODY, {}, set()), going_back(NOBODY))


def test_what_was_there_before_the_change_does_not_count_as_being_back() -> None:
    earlier = pd.Timestamp(NOW - timedelta(minutes=1))
    assert judged((runs(SUE), fact(SUE, last_started_here=earlier))).at[SUE, "back"]
