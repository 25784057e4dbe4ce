"""What a person is told to do by hand: where, what exactly, with which right, and what is looked at afterwards."""

import pytest

from models import menus
from models.changes import (
    ACTIONS,
    Bounce,
    Change,
    ChangeMailboxOwner,
    DeleteAudience,
    DeletePlay,
    DeleteSequence,
    DuplicateSequence,
    EditSequence,
    Enroll,
    FinishTask,
    OptOut,
    OutOfOffice,
    PauseEnrollment,
    PauseMailbox,
    ReassignQueued,
    ReassignTask,
    Reply,
    ResumeEnrollment,
    SetSetting,
    SetTaskAssignment,
    Unenroll,
)
from models.records import Interval, SequenceStep
from models.rules.by_hand import step_for
from tests.workspaces import ANAS_MAILBOX, BO, BOS_MAILBOX, OUTBOUND

HIDDEN = frozenset({"exclusions", "audiences", "plays", "sequence_task_assignment"})


def told(change: Change, hidden: frozenset[str] = frozenset()) -> str:
    return str(step_for(change, hidden))


def test_every_change_that_the_api_cannot_make_can_be_told() -> None:
    """Of the rest, contacts answer by themselves, and no procedure makes what only people of the sandbox do."""
    from models.rules.by_hand import _TELLING

    by_the_api = {Enroll, Unenroll, PauseEnrollment, ResumeEnrollment, ReassignTask}
    by_contacts = {OptOut, Reply, Bounce, OutOfOffice}
    by_people = {PauseMailbox, FinishTask}
    assert set(ACTIONS.values()) == set(_TELLING) | by_the_api | by_contacts | by_people


@pytest.mark.rule("R14")
@pytest.mark.parametrize(
    ("value", "words"),
    [
        (Interval(value=0), "set the waiting period to 0 days: at once, not never (R14)"),
        (Interval(value=3), "set the waiting period to 3 days"),
        (None, "nobody may be enrolled again (R13)"),
    ],
)
def test_zero_days_and_never_are_not_mixed_up(value: Interval | None, words: str) -> None:
    assert words in told(SetSetting(setting="ruleset:Default:block_reenrollment", value=value))


@pytest.mark.rule("R34", "R35", "R31")
@pytest.mark.parametrize(
    ("setting", "paths"),
    [
        ("exclusion:Customers:exclude_from_sequences", ("Features > Exclusions", "Organization > Exclusions")),
        (
            "ruleset:Default:exclusion:Customers",
            ("Organization > Sequences > Rulesets", "Features > Sequences > Rulesets"),
        ),
    ],
)
def test_both_menu_paths_are_named_where_a_menu_moved(setting: str, paths: tuple[str, ...]) -> None:
    for path in paths:
        assert f"Settings > {path}" in told(SetSetting(setting=setting, value=False))


def test_a_toggle_that_cannot_be_read_is_asked_what_it_was() -> None:
    change = SetSetting(setting="exclusion:Customers:exclude_from_sequences", value=False)
    assert step_for(change, HIDDEN).asks_was
    assert "your word is taken" in told(change, HIDDEN)
    assert not step_for(change).asks_was
    assert "looked at afterwards: the setting" in told(change)


@pytest.mark.rule("R47")
def test_settings_take_an_admin() -> None:
    assert "an admin (R47)" in told(SetSetting(setting="ruleset:Default:block_reenrollment", value=None))


@pytest.mark.rule("R73", "R83", "R10", "R52")
@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            ReassignQueued(sequence=OUTBOUND, from_mailbox=ANAS_MAILBOX, to_mailboxes=(BOS_MAILBOX,)),
            "Dashboard > Leading > Email Backlog, or Insights > Email backlog",
        ),
        (SetTaskAssignment(sequence=OUTBOUND, mode="ASSIGN_TO_SENDER"), "Advanced Settings > Manually assign tasks"),
        (SetTaskAssignment(sequence=OUTBOUND, mode="ASSIGN_TO_USER", user=BO), f"choose a named user: {BO}"),
        (SetTaskAssignment(sequence=OUTBOUND), "it follows its ruleset again"),
        (DuplicateSequence(sequence=OUTBOUND, name="Copy"), "call the copy exactly 'Copy'"),
        (
            EditSequence(sequence=OUTBOUND, steps=(SequenceStep(),), upgrade=True),
            "upgrade all active and queued enrollments",
        ),
    ],
)
def test_the_articles_words_are_used(change: Change, words: str) -> None:
    assert words in told(change)


@pytest.mark.parametrize(
    ("change", "noun", "name"),
    [
        (DeletePlay(play="Welcome (handoff 1.1)"), "play", "Welcome (handoff 1.1)"),
        (DeleteAudience(audience="Welcome (handoff 1.1)"), "audience", "Welcome (handoff 1.1)"),
        (DeleteSequence(sequence="Copy"), "sequence", "Copy"),
    ],
)
def test_what_is_to_be_deleted_is_named_exactly_and_nothing_else(change: Change, noun: str, name: str) -> None:
    step = step_for(change, frozenset())
    assert f"delete the {noun} '{name}'" in step.title
    assert 1 == sum(f"'{name}'" in line for line in step.do)


@pytest.mark.rule("R1")
def test_a_change_of_owner_names_both_menu_paths_and_what_comes_of_it() -> None:
    words = told(ChangeMailboxOwner(mailbox=ANAS_MAILBOX, owner=BO))
    for part in (*menus.MAILBOXES, f"choose {BO} as its assigned user", "falls out at once (R1)"):
        assert part in words
