"""Which tasks would go to whom, and which sequences to settle before the change."""

from typing import Any

import pandas as pd
import pytest

from models.handover import CriticalSequence, NewTasks, Way
from models.rules.handover.assigning import Takeover, critical, holders, naming, new_tasks, open_tasks, takers
from tests.models.rules.handover.frames import EMAILS_ONLY, STEPS, alike, running, runs, tallied
from tests.workspaces import ANA, ANAS_MAILBOX, BO, BOS_MAILBOX, NURTURE, OUTBOUND, PIA, PLAY, QUIN, RAJ

CARL = "carl@acme.test"
OWNER, SENDER, USER = "ASSIGN_TO_MAILBOX_OWNER", "ASSIGN_TO_SENDER", "ASSIGN_TO_USER"
ENROLLER, RECORD_OWNER = "ASSIGN_TO_ENROLLER", "ASSIGN_TO_RECORD_OWNER"
WHOEVER = "whoever enrolled each"


def assigned(
    sequence: str = OUTBOUND,
    *,
    own: str | None = None,
    own_user: str | None = None,
    automatic: str = OWNER,
    manual: str = ENROLLER,
    user: str | None = None,
) -> dict[str, Any]:
    return {
        "sequence": sequence,
        "ruleset": "Default",
        "own_mode": own,
        "own_user": own_user,
        "automatic_mode": automatic,
        "manual_mode": manual,
        "ruleset_user": user,
    }


def assignment(*rows: dict[str, Any]) -> pd.DataFrame:
    return pd.DataFrame(list(rows))


def plays(*rows: tuple[str, str, bool, tuple[str, ...]]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=["play", "sequence", "published", "mailboxes"])


MAILBOXES = pd.DataFrame({"mailbox": [ANAS_MAILBOX, BOS_MAILBOX], "owner": [ANA, CARL]})
TAKEOVER = Takeover((ANAS_MAILBOX,), BO, "dora@acme.test")


def gets(
    setting: dict[str, Any],
    *rows: dict[str, Any],
    pool: tuple[str, ...] = (ANAS_MAILBOX,),
    people: tuple[tuple[str, str | None, str | None], ...] = (),
) -> list[tuple[str | None, str | None]]:
    """Who gets each contact's tasks, today and after: Ana's mailbox goes to Bo, and Dora puts contacts back."""
    whom = people or tuple((row["email"], None, None) for row in rows)
    found = takers(
        running(*rows),
        assignment(setting),
        MAILBOXES,
        plays((PLAY, OUTBOUND, True, pool)),
        pd.DataFrame(list(whom), columns=["email", "owner", "company_owner"]),
        TAKEOVER,
    )
    return list(found.astype(object).where(found.notna(), None).itertuples(index=False, name=None))


def tasks(*rows: tuple[str, str | None, str | None]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=["type", "sequence", "assignee"])


def test_open_tasks_are_counted_by_sequence_and_type_those_without_a_sequence_last() -> None:
    found = open_tasks(tasks(("EMAIL", None, ANA), ("PHONE_CALL", OUTBOUND, ANA), ("PHONE_CALL", OUTBOUND, ANA)))
    assert [(OUTBOUND, "PHONE_CALL", 2), (None, "EMAIL", 1)] == [(g.sequence, g.type, g.tasks) for g in found]
    assert () == open_tasks(tasks())


def test_whoever_has_most_of_a_sequences_tasks_is_told_first() -> None:
    rows = [("EMAIL", OUTBOUND, ANA), ("EMAIL", OUTBOUND, BO), ("EMAIL", OUTBOUND, BO), ("EMAIL", OUTBOUND, None)]
    assert {OUTBOUND: ((BO, 2), (ANA, 1))} == holders(tasks(*rows))


@pytest.mark.rule("R84")
def test_tasks_that_follow_the_mailboxes_owner_go_over_to_the_new_one() -> None:
    assert [(ANA, BO)] == gets(assigned(), runs(PIA))


@pytest.mark.rule("R84", "R85")
def test_a_pools_tasks_follow_the_owner_of_its_first_mailbox_until_contacts_are_put_back_from_their_own() -> None:
    assert [(CARL, BO)] == gets(assigned(), runs(PIA), pool=(BOS_MAILBOX, ANAS_MAILBOX))


@pytest.mark.rule("R86")
def test_tasks_that_follow_the_sender_go_over_with_the_mailbox_whatever_the_pool() -> None:
    assert [(ANA, BO)] == gets(assigned(own=SENDER), runs(PIA), pool=(BOS_MAILBOX, ANAS_MAILBOX))


@pytest.mark.rule("R87", "R93")
def test_tasks_that_follow_the_enroller_go_to_whoever_puts_contacts_back() -> None:
    assert [(WHOEVER, "dora@acme.test")] == gets(assigned(), runs(PIA, play=None))


@pytest.mark.rule("R93")
def test_whom_a_play_enrolled_nobody_did_by_hand_and_the_owner_gets_the_task() -> None:
    assert [(ANA, BO)] == gets(assigned(own=ENROLLER), runs(PIA))


@pytest.mark.rule("R83")
def test_tasks_of_a_user_by_name_stay_with_the_user_and_the_sequences_own_choice_goes_before() -> None:
    assert [(CARL, CARL)] == gets(assigned(automatic=USER, user=CARL), runs(PIA))
    own = assigned(own=USER, own_user=ANA, automatic=USER, manual=USER, user=CARL)
    assert [(ANA, ANA), (ANA, ANA)] == gets(own, runs(PIA), runs(QUIN, play=None))


@pytest.mark.rule("R88")
def test_tasks_of_record_owners_follow_the_contact_else_its_company_else_nobody() -> None:
    whom = ((PIA, CARL, BO), (QUIN, None, BO), (RAJ, None, None))
    found = gets(assigned(own=RECORD_OWNER), runs(PIA), runs(QUIN), runs(RAJ), people=whom)
    assert [(CARL, CARL), (BO, BO), (None, None)] == found


def told(
    setting: dict[str, Any], *rows: dict[str, Any], steps: pd.DataFrame = STEPS, there: pd.DataFrame | None = None
) -> list[NewTasks]:
    there = plays() if there is None else there
    found = new_tasks(tallied(*rows), assignment(setting), MAILBOXES, there, {OUTBOUND: steps}, TAKEOVER)
    return list(found)


def test_contacts_are_counted_by_way_of_enrolling_and_by_who_gets_their_tasks() -> None:
    rows = [alike(5, today=ANA, after=BO), alike(2, done=2, today=ANA, after=CARL), alike(3, play="", today=WHOEVER)]
    automatic, manual = told(assigned(), *rows)
    assert (7, ((ANA, 7),), ((BO, 5), (CARL, 2))) == (automatic.contacts, automatic.today, automatic.after)
    assert (3, ((WHOEVER, 3),), (("", 3),)) == (manual.contacts, manual.today, manual.after)
    assert (OWNER, "the ruleset 'Default'", ENROLLER) == (automatic.mode, automatic.decided_by, manual.mode)
    assert "the sequence itself" == told(assigned(own=SENDER), *rows)[0].decided_by


def test_a_sequence_of_emails_alone_makes_no_tasks() -> None:
    assert [] == told(assigned(), alike(5), steps=EMAILS_ONLY)


@pytest.mark.rule("R85")
def test_whom_a_published_play_will_enroll_is_told_apart_by_its_pools_first_mailbox() -> None:
    there = plays(
        ("First", OUTBOUND, True, (ANAS_MAILBOX, BOS_MAILBOX)),
        ("Second", OUTBOUND, True, (BOS_MAILBOX, ANAS_MAILBOX)),
        ("Draft", OUTBOUND, False, (ANAS_MAILBOX,)),
        ("Other", OUTBOUND, True, (BOS_MAILBOX,)),
    )
    first, second = told(assigned(), there=there)
    assert ("First", ((ANA, 0),), ((BO, 0),)) == (first.play, first.today, first.after)
    assert ("Second", ((CARL, 0),), ((CARL, 0),)) == (second.play, second.today, second.after)
    [by_record, _] = told(assigned(own=RECORD_OWNER), there=there)
    assert ((), ()) == (by_record.today, by_record.after)


def row(mode: str, *, sequence: str = OUTBOUND, way: Way = "automatic") -> NewTasks:
    return NewTasks(
        sequence=sequence,
        way=way,
        play=None,
        decided_by="the ruleset 'Default'",
        mode=mode,
        contacts=1,
        today=(),
        after=(),
    )


def chosen(*rows: NewTasks, pools: tuple[str, ...] = (), leaver: str | None = None, **own: Any) -> list[Any]:
    settings = assignment(assigned(**own))
    return list(critical(rows, settings, pools, BO, leaver, {OUTBOUND: ((CARL, 2),)}))


@pytest.mark.rule("R94", "R95")
def test_a_sequence_whose_tasks_follow_owner_or_enroller_is_to_be_assigned_before_the_change() -> None:
    found: CriticalSequence
    [found] = chosen(row(OWNER), row(ENROLLER, way="manual"))
    assert (USER, BO, False) == (found.mode, found.user, found.pooled)
    assert ((CARL, 2),) == found.holders
    assert "tasks of automatic enrollments follow the mailbox's owner, by the ruleset 'Default'" in found.why
    assert "tasks of manual enrollments follow whoever enrolled the contact" in found.why


@pytest.mark.rule("R94")
@pytest.mark.parametrize("mode", [SENDER, USER, RECORD_OWNER])
def test_a_sequence_whose_tasks_follow_neither_needs_nothing(mode: str) -> None:
    assert [] == chosen(row(mode))


@pytest.mark.rule("R85", "R86")
def test_a_sequence_that_a_pool_feeds_is_best_assigned_to_the_sender() -> None:
    [found] = chosen(row(OWNER), pools=(OUTBOUND,))
    assert (SENDER, None, True) == (found.mode, found.user, found.pooled)


@pytest.mark.rule("R94", "R96")
def test_a_sequence_that_names_who_leaves_is_to_be_assigned_whoever_feeds_it() -> None:
    [found] = chosen(leaver=ANA, own=USER, own_user=ANA)
    assert f"{ANA} is named as assignee by the sequence itself" == found.why
    assert [] == chosen(own=USER, own_user=ANA)
    assert [] == chosen(leaver=ANA, own=SENDER, own_user=ANA)
    by_ruleset = assignment(assigned(automatic=USER, user=ANA), assigned(NURTURE, own=USER, own_user=BO, user=ANA))
    assert [(OUTBOUND, f"{ANA} is named as assignee by the ruleset 'Default'")] == list(naming(by_ruleset, ANA))
