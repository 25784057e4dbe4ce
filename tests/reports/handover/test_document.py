"""The document of a handover: every part is there, in words that somebody can act on."""

from pathlib import Path
from typing import Any

import pytest

from models.document import Block, Bullets, Commands, Grid, Paragraph, Steps
from models.handover import Handover, NewTasks
from reports.handover.document import document_of
from tests.reports.handover.handovers import a_handover, nothing_runs, of_a_leaver, saving
from tests.workspaces import ANA, ANAS_MAILBOX, BO, BOS_MAILBOX, OUTBOUND

FILES = {"contacts": Path("/ops/contacts.csv"), "tasks": Path("/ops/tasks.csv")}
TITLES = [
    "In short",
    "Does the owner have to change?",
    "In which order to act",
    "What to mind",
    "Who would fall out",
    "What can be saved first",
    "Who could be put back",
    "Which tasks would go to whom",
    "Which sequences need an assignment before the change",
    "How long it takes",
]


def part(title: str, it: Handover) -> tuple[Block, ...]:
    [section] = [section for section in document_of(it, FILES).sections if section.title == title]
    return section.blocks


def words(title: str, it: Handover) -> str:
    """What a part says, tables left out."""
    told = [
        block.text if isinstance(block, Paragraph) else "\n".join(block.items)
        for block in part(title, it)
        if isinstance(block, Paragraph | Bullets)
    ]
    return "\n".join(told)


def rows(title: str, caption: str, it: Handover) -> list[tuple[Any, ...]]:
    [grid] = [block for block in part(title, it) if isinstance(block, Grid) and caption in block.caption]
    return list(grid.rows)


def test_the_document_has_all_its_parts_and_says_of_which_workspace_and_when() -> None:
    document = document_of(a_handover(), FILES)
    assert f"Handover of {ANAS_MAILBOX} to {BO}" == document.title
    assert "Workspace sandbox, as of 2026-11-02 09:00 UTC. Nothing was changed for this plan." == document.under
    assert TITLES == [section.title for section in document.sections]


@pytest.mark.rule("R1", "R98")
def test_in_short_it_says_how_many_fall_out_can_be_moved_and_can_go_back() -> None:
    told = words("In short", a_handover())
    assert f"{ANA} hands over 1 mailbox and 2 open tasks to {BO}." in told
    assert "10 contacts would fall out of sequences: 7 active, 3 queued" in told
    assert "3 of them are queued and can be moved first" in told
    assert "8 could be put back afterwards by ownership-change, 2 could not." in told
    assert "0 of them are queued and can be moved" in words("In short", a_handover(saving=saving(to=())))
    assert "nobody would fall out" in words("In short", nothing_runs())
    assert "nobody hands over 1 mailbox" in words("In short", a_handover(present_owner=None))


def test_not_changing_the_owner_and_renaming_the_sender_are_weighed() -> None:
    told = words("Does the owner have to change?", of_a_leaver())
    assert f"To cover for {ANA} it is often enough to add {BO} as secondary forwarding user" in told
    assert "about a week" in told and "(C15)" in told


def test_the_steps_stand_as_they_were_made_and_warnings_carry_their_rules() -> None:
    *in_one_run, steps = part("In which order to act", a_handover())
    assert isinstance(in_one_run[1], Commands)
    assert "carry_out=true" in in_one_run[1].lines[0]
    assert isinstance(steps, Steps)
    assert ("Do this", ("handoff status",)) == (steps.steps[0].title, steps.steps[0].commands)
    assert "mind this (R66)" == words("What to mind", a_handover())
    assert "Nothing out of the ordinary." == words("What to mind", nothing_runs())


@pytest.mark.rule("R1", "R2")
def test_who_would_fall_out_is_a_table_and_what_is_lost_silently_is_counted() -> None:
    [row] = rows("Who would fall out", "By mailbox", a_handover())
    assert (ANAS_MAILBOX, OUTBOUND, 7, 3, "3 at step 1, 7 at step 2", 60, 10) == row
    told = words("Who would fall out", a_handover())
    assert "lost silently: 60 emails and 10 tasks to come would not happen" in told
    assert "sends no notification" in told and "contacts.csv" in told
    paused = a_handover(falling=(a_handover().falling[0].model_copy(update={"sequence_paused": True}),))
    assert f"{OUTBOUND} (paused)" == rows("Who would fall out", "By mailbox", paused)[0][1]


@pytest.mark.rule("R75", "R77", "R82", "R98")
def test_what_can_be_saved_is_told_with_where_it_can_go_and_until_when() -> None:
    it = a_handover(saving=saving(unfit=((BOS_MAILBOX, "is paused"),)))
    assert [(ANAS_MAILBOX, OUTBOUND, 3, "2026-11-02 09:00 UTC")] == rows("What can be saved first", "queued", it)
    assert [(BOS_MAILBOX, BO, 25, 4, 21)] == rows("What can be saved first", "Where", it)
    told = words("What can be saved first", it)
    assert f"Not offered: {BOS_MAILBOX} is paused." in told
    assert "The window is short" in told and "keeps its mailbox to the end (R75, R82)" in told
    assert "Nothing is queued" in words("What can be saved first", nothing_runs())


@pytest.mark.rule("R26", "R29")
def test_who_could_be_put_back_is_told_by_ruleset_with_reasons_and_what_is_borrowed() -> None:
    it = a_handover()
    assert [("Default", 3, 5, 2)] == rows("Who could be put back", "By ruleset", it)
    [(ruleset, number, why, lift)] = rows("Who could be put back", "Who cannot", it)
    assert ("Default", 2, "The contact opted out of email.") == (ruleset, number, why)
    assert "never lifted" in lift
    [(setting, was, to, needed)] = rows("Who could be put back", "borrow", it)
    assert ("off", "on", 5) == (was, to, needed)
    assert "in the ruleset 'Default'" in setting


@pytest.mark.rule("R70", "R72", "R92")
def test_open_tasks_stay_and_new_ones_go_where_todays_settings_send_them() -> None:
    told = words("Which tasks would go to whom", a_handover())
    assert f"2 open tasks of {ANA} stay where they are until somebody hands them over (R70)" in told
    assert "4 other open tasks have nothing to do with the mailbox" in told and "tasks.csv" in told
    assert "new enrollments only (R92)" in told
    assert [(OUTBOUND, "PHONE_CALL", 2)] == rows("Which tasks would go to whom", "Open tasks", a_handover())
    [row] = rows("Which tasks would go to whom", "new tasks", a_handover())
    assert (
        OUTBOUND,
        "put back, enrolled by a play",
        "10",
        "the mailbox's owner",
        "the ruleset 'Default'",
        ANA,
        BO,
    ) == row


@pytest.mark.rule("R88")
def test_where_several_get_the_tasks_each_is_told_with_a_number() -> None:
    shared = ((BO, 5), ("", 2))
    several = NewTasks(
        sequence=OUTBOUND,
        way="manual",
        play=None,
        decided_by="the sequence itself",
        mode="ASSIGN_TO_RECORD_OWNER",
        contacts=7,
        today=shared,
        after=shared,
    )
    [row] = rows("Which tasks would go to whom", "new tasks", a_handover(new_tasks=(several,)))
    assert ("put back, enrolled by hand", f"{BO} (5), nobody (2)") == (row[1], row[-1])


def test_whom_a_published_play_will_enroll_is_told_apart_from_who_is_put_back() -> None:
    new = {"play": "Q4 play", "contacts": 0, "today": (), "after": ((BO, 0),)}
    coming = a_handover().new_tasks[0].model_copy(update=new)
    [row] = rows("Which tasks would go to whom", "new tasks", a_handover(new_tasks=(coming,)))
    assert ("whom the play 'Q4 play' will enroll", "", "told contact by contact", BO) == (*row[1:3], *row[-2:])


@pytest.mark.rule("R86", "R94", "R95", "R96", "R97")
def test_sequences_to_settle_are_told_with_why_to_whom_and_who_has_their_tasks_now() -> None:
    title = "Which sequences need an assignment before the change"
    [row] = rows(title, "Before", a_handover())
    assert (OUTBOUND, "it follows the owner", f"{BO}, or whoever has this role", ANA) == row
    pool = {"pooled": True, "mode": "ASSIGN_TO_SENDER", "user": None, "holders": ()}
    [pooled] = rows(title, "Before", a_handover(critical=(a_handover().critical[0].model_copy(update=pool),)))
    assert ("whoever sends, since a pool sends (R86)", "") == pooled[2:]
    for rule in ("(R95)", "(R96)", "(R97)"):
        assert rule in words(title, a_handover())
    assert words(title, nothing_runs()).startswith("None:")
