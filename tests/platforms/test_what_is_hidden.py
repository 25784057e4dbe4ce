"""What Unify's API does not tell is refused as such, what it cannot do is not done: never silence, never a guess."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from models.changes import (
    ACTIONS,
    DeleteSequence,
    Enroll,
    OptOut,
    PauseEnrollment,
    ReassignTask,
    ResumeEnrollment,
    RunPlay,
    SetSetting,
    Unenroll,
)
from models.errors import Hidden, InvalidInput
from models.records import Ruleset, TaskAssignment
from models.setting_keys import SettingKey
from platforms.port import Platform
from platforms.unify.unify import OWNER_OF_KEY, Unify
from tests.conftest import Sandboxes
from tests.platforms.compared import told
from tests.platforms.in_process import needs_tasks, unify_over
from tests.workspaces import ANA, BO, EVERYBODY, NOW, OUTBOUND, PIA, PLAY, days_ago, excluding, running, workspace

TOPICS = {
    "exclusions",
    "plays",
    "audiences",
    "pending_settings",
    "sequence_task_assignment",
    "daily_limits",
    "idle_mailboxes",
}
Ask = Callable[[Platform], Any]


def both(sandboxes: Sandboxes, **sections: Any) -> tuple[Platform, Unify]:
    sandbox = sandboxes(workspace(**sections))
    return sandbox, unify_over(sandbox)


@pytest.mark.parametrize(
    ("topic", "ask"),
    [
        ("exclusions", lambda it: it.exclusions()),
        ("exclusions", lambda it: it.exclusion_toggles()),
        ("exclusions", lambda it: it.matches("Customers")),
        ("exclusions", lambda it: it.setting(SettingKey("exclusion", "Customers", "exclude_from_sequences"))),
        ("exclusions", lambda it: it.setting(SettingKey("ruleset_exclusion", "Default", "Customers"))),
        ("exclusions", lambda it: it.setting(SettingKey("audience_exclusion", EVERYBODY, "Customers"))),
        ("plays", lambda it: it.plays()),
        ("plays", lambda it: it.play_log(PLAY)),
        ("audiences", lambda it: it.history_of_audience(EVERYBODY, NOW)),
        ("plays", lambda it: it.play_metrics(PLAY)),
        ("audiences", lambda it: it.audience(EVERYBODY)),
        ("audiences", lambda it: it.audience_size(EVERYBODY)),
        ("audiences", lambda it: it.entrants(PLAY)),
    ],
)
def test_what_the_sandbox_tells_and_unify_hides_is_refused_by_its_topic(
    sandboxes: Sandboxes, topic: str, ask: Ask
) -> None:
    sandbox, unify = both(sandboxes, exclusions=excluding(PIA))
    ask(sandbox)
    with pytest.raises(Hidden) as hidden:
        ask(unify)
    assert topic == hidden.value.topic
    assert (frozenset(), TOPICS) == (sandbox.hidden, unify.hidden)


def test_nothing_is_known_of_pending_settings_and_of_how_conflicts_are_settled(sandboxes: Sandboxes) -> None:
    sandbox, unify = both(sandboxes)
    sandbox.apply(SetSetting(setting="ruleset:Default:allow_same_sequence_reenrollment", value=True))
    assert (1, 0) == (len(sandbox.pending()), len(unify.pending()))
    assert True is unify.setting(SettingKey("ruleset", "Default", "allow_same_sequence_reenrollment"))
    answers = [[one.behaves(question) for question in ("C6", "C10", "Q6")] for one in (sandbox, unify)]
    assert [["keeps_id", "settings", "next_step"], [None, None, None]] == answers


def test_roles_limits_and_idle_mailboxes_are_unknown(sandboxes: Sandboxes) -> None:
    sandbox, unify = both(sandboxes, enrollments=[running(PIA)])
    assert [None, None] == unify.users()["role"].tolist()
    assert unify.mailboxes()["daily_limit"].isna().all()
    assert (2, 1) == (len(sandbox.mailboxes()), len(unify.mailboxes()))
    assert [] == list(unify.running(9, mailbox="nobody@send.acme.test"))


@pytest.mark.rule("R83", "R92")
def test_of_task_assignment_the_ruleset_shows_and_the_sequence_does_not(sandboxes: Sandboxes) -> None:
    assignment = TaskAssignment(automatic="ASSIGN_TO_USER", manual="ASSIGN_TO_MAILBOX_OWNER", user=BO)
    rulesets = Ruleset(name="Default", default=True, task_assignment=assignment, task_assignment_set_at=days_ago(3))
    sandbox, unify = both(sandboxes, rulesets=rulesets)
    columns = ("sequence", "ruleset", "automatic_mode", "manual_mode", "ruleset_user")
    assert told(sandbox.assignment(), *columns) == told(unify.assignment(), *columns)
    hidden = unify.assignment()[["own_mode", "own_user", "own_set_at", "ruleset_set_at"]]
    assert hidden.isna().all(axis=None)
    key = SettingKey("ruleset", "Default", "task_assignment")
    assert sandbox.setting(key) == unify.setting(key)


@needs_tasks
def test_a_task_is_linked_to_nothing(sandboxes: Sandboxes) -> None:
    sandbox, unify = both(sandboxes, enrollments=[running(PIA)])
    sandbox.advance(NOW.replace(day=5))
    routes = unify.task_routes()
    columns = ("email", "type", "assignee", "record_owner", "company_owner", "owner_has_mailbox")
    assert told(sandbox.task_routes(), *columns) == told(routes, *columns) != []
    assert set(sandbox.task_routes().columns) == set(routes.columns)
    assert routes[["sequence", "play", "enrolled_at", "mailbox", "pool", "ruleset_mode"]].isna().all(axis=None)
    for ask in (unify.tasks, unify.task_routes):
        with pytest.raises(InvalidInput, match="cannot know which sequence a task is of"):
            ask(sequence=OUTBOUND)


def test_what_the_api_can_do_can_be_made_and_any_other_change_is_refused_as_a_manual_step(sandboxes: Sandboxes) -> None:
    sandbox, unify = both(sandboxes)
    assert {Enroll, Unenroll, PauseEnrollment, ResumeEnrollment, ReassignTask, DeleteSequence} == {
        change for change in ACTIONS.values() if unify.supports(change)
    }
    for change in ACTIONS.values():
        unify.refuse_unless_allowed(change)
    for change in (RunPlay(play=PLAY), OptOut(person=PIA)):
        with pytest.raises(InvalidInput, match="manual step"):
            unify.apply(change)
    assert not sandbox.facts(unify.facts(_contact()))["opted_out"].any()


def _contact() -> pd.DataFrame:
    return pd.DataFrame({"email": [PIA], "sequence": [OUTBOUND]}, dtype=object)


def test_whose_key_it_is_is_said_where_somebody_said_so(sandboxes: Sandboxes) -> None:
    _, unify = both(sandboxes)
    assert OWNER_OF_KEY == unify.acting_user
    assert ANA == Unify(unify._wire, user=ANA).acting_user
