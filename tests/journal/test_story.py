"""An operation's story: who, when, what was there before and what is there now, in one order."""

from datetime import UTC, datetime
from typing import Any

import pytest

from journal import decisions, loans, operations, questions
from journal import story as stories
from journal.changes import Changes
from journal.database import Journal
from journal.story import events_of
from models.story import HAPPENINGS
from models.tables.journal import OperationRow
from tests.journal.journals import ON_BOTH, operation
from tests.journal.stories import AT_ONCE, BLOCK, SHOWN, WEEKS, after, begun, change, end, everything, with_contacts
from tests.workspaces import ANA, ANAS_MAILBOX, NOW, PIA, QUIN


def documents(journal: Journal, row: OperationRow, *, contacts: bool = False) -> list[dict[str, Any]]:
    return [event.document() for event in events_of(journal, row, contacts=contacts)]


def only(journal: Journal, row: OperationRow, what: str) -> list[dict[str, Any]]:
    return [event for event in documents(journal, row, contacts=True) if event["what"] == what]


@ON_BOTH
def test_a_story_has_everything_in_order(journal: Journal) -> None:
    found = documents(journal, everything(journal), contacts=True)
    assert [
        ("begun", "09:00", "olga@laptop", None),
        ("planned", "09:00", None, None),
        ("approved", "09:01", "olga", None),
        ("borrowed", "09:02", ANA, "taken"),
        ("waited", "09:02", None, "done"),
        ("set_setting", "09:02", ANA, "made"),
        ("probed", "09:32", None, "done"),
        ("enroll", "09:33", ANA, "made"),
        ("enroll", "09:33", ANA, "not known"),
        ("let_go", "09:40", None, None),
        ("given_back", "09:41", None, "returned"),
        ("read_back", "10:00", None, None),
        ("contact", "10:00", None, "enrolled"),
        ("contact", "10:00", None, "blocked"),
        ("ended", "10:00", None, "completed"),
    ] == [(event["what"], event["at"][11:16], event["who"], event["state"]) for event in found]
    assert {"begun", "borrowed", "ended"} == {event["what"] for event in found if event["recorded_at"]}
    assert {event["what"] for event in found} - {*HAPPENINGS} == {"set_setting", "enroll"}


def test_who_answered_is_told_with_the_plan_and_what_they_were_shown(journal: Journal) -> None:
    [approved] = only(journal, everything(journal), "approved")
    assert {"plan": "1a2b", "shown": SHOWN, "answer": "yes"} == approved["after"]
    begun(journal, "second")
    decisions.record(journal, "second", "go on", "3c4d", "no", "bo", after(1))
    [declined] = only(journal, end(journal, "second", status="cancelled"), "declined")
    assert ("bo", {"plan": "3c4d", "shown": None, "answer": "no"}) == (declined["who"], declined["after"])


def test_matches_are_approved_by_name_and_nobody_approved_is_declined(journal: Journal) -> None:
    begun(journal)
    some, nobody = ('{"approved": ["pia@x.test"], "why": {"pia@x.test": "a friend"}}', '{"approved": [], "why": {}}')
    decisions.record(journal, "first", "approve", "1a2b", some, "olga", after(1))
    decisions.record(journal, "first", "approve", "3c4d", nobody, "olga", after(2))
    approved, declined = documents(journal, end(journal))[2:4]
    assert ("approved", [PIA], {PIA: "a friend"}) == (
        approved["what"],
        approved["after"]["approved"],
        approved["after"]["why"],
    )
    assert ("declined", []) == (declined["what"], declined["after"]["approved"])


def test_settings_are_told_with_what_they_were_and_what_they_became(journal: Journal) -> None:
    row = everything(journal)
    [borrowed], [back] = only(journal, row, "borrowed"), only(journal, row, "given_back")
    assert ({str(BLOCK): "75 DAY"}, {str(BLOCK): "0 DAY"}) == (borrowed["before"], borrowed["after"])
    assert (borrowed["after"], borrowed["before"]) == (back["before"], back["after"])


@pytest.mark.parametrize("state", ["superseded", "unknown"])
def test_of_a_setting_that_did_not_go_back_nobody_knows_what_it_is_now(journal: Journal, state: str) -> None:
    begun(journal)
    lent = loans.take(journal, "first", "sandbox", BLOCK, WEEKS, AT_ONCE, after(2), after(99))
    loans.release(journal, lent.id or 0, "first", after(3))
    loans.close(journal, lent.id or 0, lambda loan: state, after(4))
    [back] = only(journal, end(journal), "given_back")
    assert (state, None) == (back["state"], back["after"])


def test_a_loan_that_was_joined_is_told_from_when_the_operation_began(journal: Journal) -> None:
    begun(journal, "other")
    loans.take(journal, "other", "sandbox", BLOCK, WEEKS, AT_ONCE, after(-30), after(99))
    begun(journal)
    loans.take(journal, "first", "sandbox", BLOCK, WEEKS, AT_ONCE, after(5), after(99))
    [borrowed] = only(journal, end(journal), "borrowed")
    assert ("joined", "2026-11-02T09:00:00Z", None) == (borrowed["state"], borrowed["at"], borrowed["recorded_at"])


def test_a_change_says_when_it_was_intended_and_when_it_is_known_to_be_made(journal: Journal) -> None:
    made, perhaps = only(journal, everything(journal), "enroll")
    assert ("2026-11-02T09:33:00Z", "2026-11-02T09:34:00Z", {"person": PIA}) == (
        made["at"],
        made["until"],
        made["after"],
    )
    assert ("2026-11-02T09:33:00Z", None, None) == (perhaps["at"], perhaps["until"], perhaps["after"])


def test_a_change_has_what_was_there_before_it(journal: Journal) -> None:
    begun(journal)
    changes = Changes(journal, "first", lambda: after(1))
    changes.intend("a", "set_task_assignment", "set", {"mode": "ASSIGN_TO_SENDER"}, lambda: {"mode": None})
    changes.applied("a", {})
    [found] = only(journal, end(journal), "set_task_assignment")
    assert ({"mode": None}, {"mode": "ASSIGN_TO_SENDER"}) == (found["before"], found["after"])


def test_who_made_a_change_by_hand_is_named_and_a_change_that_was_refused_has_nothing_after_it(
    journal: Journal,
) -> None:
    begun(journal)
    changes = Changes(journal, "first", lambda: after(1))
    for key in ("a", "b", "c"):
        changes.intend(key, "run_play", f"by hand: {key}", {"play": key})
    changes.applied("a", {"by": "Olga Ops"})
    changes.refused("b", {"by": "Olga Ops", "remark": "no such play"})
    changes.applied("c", {"by": "found so"})
    made, refused, found = only(journal, end(journal), "run_play")
    assert ("Olga Ops", "made", "a") == (made["who"], made["state"], made["after"]["play"])
    assert ("refused", {"result": {"by": "Olga Ops", "remark": "no such play"}}) == (refused["state"], refused["after"])
    assert None is found["who"]


def test_each_contact_has_where_it_ran_before_and_what_became_of_it(journal: Journal) -> None:
    pia, quin = only(journal, everything(journal), "contact")
    assert (PIA, {"sequence": "Outbound", "mailbox": ANAS_MAILBOX}, "enrolled") == (
        pia["about"],
        pia["before"],
        pia["state"],
    )
    assert (QUIN, None, ["opted_out", "excluded:A; B"]) == (quin["about"], quin["before"], quin["after"]["reasons"])


@ON_BOTH
def test_at_one_time_the_order_is_that_of_what_leads_to_what(journal: Journal) -> None:
    begun(journal)
    decisions.record(journal, "first", "go on", "1a2b", "yes", "olga", NOW)
    for key in ("c", "a", "b"):
        change(journal, "first", key, made=0)
    with_contacts(journal)
    row = end(journal, at=0)
    told = documents(journal, row, contacts=True)
    kinds = [event["what"] for event in told]
    assert ["begun", "planned", "approved", *["enroll"] * 3, "read_back", "contact", "contact", "ended"] == kinds
    assert ["enroll c", "enroll a", "enroll b"] == [event["about"] for event in told if event["what"] == "enroll"]
    assert told == documents(journal, row, contacts=True)


def test_what_is_read_in_several_pieces_is_told_as_in_one(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    row = everything(journal)
    for key in range(5):
        change(journal, "first", f"more {key}", at=35 + key, made=36 + key)
    whole = documents(journal, row, contacts=True)
    for chunk in (1, 2, 7):
        monkeypatch.setattr(stories, "CHUNK", chunk)
        assert whole == documents(journal, row, contacts=True)


def test_what_a_form_asked_is_told_with_what_it_showed(journal: Journal) -> None:
    begun(journal)
    real = datetime.now(UTC)
    sections = (("Who is meant", (PIA,)),)
    questions.ask(journal, "first", "go on", "key", "Put 1 back?", real, real, sections, after(1))
    questions.close(journal, "first", "refused", "no such match")
    [asked] = only(journal, end(journal), "asked")
    assert ("2026-11-02T09:01:00Z", "refused") == (asked["at"], asked["state"])
    assert datetime.fromisoformat(asked["recorded_at"]) == real
    shown = {"question": "Put 1 back?", "sections": [["Who is meant", [PIA]]], "problem": "no such match", "by": None}
    assert shown == asked["after"]


def test_what_was_answered_is_told_so_also_where_nothing_was_left_to_ask(journal: Journal) -> None:
    begun(journal)
    real = datetime.now(UTC)
    questions.ask(journal, "first", "a step by hand", "key", "Pause it?", real, real, (), after(1))
    questions.note_given(journal, "first", "Olga")
    questions.ask(journal, "first", "a step by hand", "next", "And that?", real, real, (), after(2))
    questions.close(journal, "first", "expired")
    asked = only(journal, end(journal), "asked")
    assert [("answered", "Olga"), ("expired", None)] == [(one["state"], one["after"]["by"]) for one in asked]


def test_one_that_goes_on_has_no_end_and_nothing_read_back(journal: Journal) -> None:
    row = begun(journal)
    with_contacts(journal)
    change(journal, "first", "pia", at=3)
    assert ["begun", "planned", "enroll"] == [one["what"] for one in documents(journal, row, contacts=True)]


def test_of_an_operation_of_an_earlier_release_nobody_knows_who_began_it(journal: Journal) -> None:
    row = operations.begin(journal, operation("first", plan_hash="1a2b", told=None))
    questions.ask(journal, "first", "go on", "key", "Put 1 back?", NOW, NOW)
    first, planned, asked = documents(journal, row)
    assert (None, None) == (first["who"], first["after"]["from"])
    assert (None, None) == (planned["at"], asked["at"])
    assert "2026-11-02T09:00:00Z" == asked["recorded_at"]
