"""One live operation at a time on a subject; changes written down before they are made."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from journal import decisions, operations, questions, waits
from journal.changes import Changes, changes_of
from journal.database import Journal
from models.errors import Refused
from models.tables.journal import OperationRow
from tests.journal.journals import ON_BOTH, operation
from tests.workspaces import BOS_MAILBOX, NOW, days_ago


@ON_BOTH
def test_a_second_live_operation_on_a_subject_is_refused_and_names_the_first(journal: Journal) -> None:
    operations.begin(journal, operation())
    with pytest.raises(
        Refused, match=r"in_progress: .* already under way for ana@send.acme.test: operation first"
    ) as no:
        operations.begin(journal, operation("second"))
    assert ("in_progress", 2) == (no.value.code, no.value.exit_code)
    assert "handoff resume first" in no.value.remedy
    assert operations.get(journal, "second") is None


@pytest.mark.parametrize(
    "other",
    [{"mode": "dry_run"}, {"subject": BOS_MAILBOX}, {"procedure": "sequence-move"}, {"workspace": "unify"}],
)
def test_a_dry_run_another_subject_procedure_or_workspace_may_go_on_beside(
    journal: Journal, other: dict[str, str]
) -> None:
    operations.begin(journal, operation())
    assert "second" == operations.begin(journal, operation("second", **other)).id
    assert {"first", "second"} == {row.id for row in operations.in_flight(journal)}


def test_when_the_first_has_ended_the_next_may_begin(journal: Journal) -> None:
    operations.begin(journal, operation())
    operations.update(journal, "first", status="completed", ended_at=NOW)
    operations.begin(journal, operation("second"))
    assert (["first"], ["second"]) == (
        [row.id for row in operations.past(journal)],
        [row.id for row in operations.in_flight(journal)],
    )


def test_an_operation_that_ends_has_a_real_time_of_its_end_and_a_further_attempt_has_none_yet(journal: Journal) -> None:
    operations.begin(journal, operation())
    assert operations.update(journal, "first", status="failed").recorded_end_at is None
    before = datetime.now(UTC)
    ended = operations.update(journal, "first", status="failed", ended_at=NOW)
    assert ended.recorded_end_at is not None
    assert before <= ended.recorded_end_at <= datetime.now(UTC)
    assert operations.begin_again(journal, ended).recorded_end_at is None


def test_an_id_that_is_taken_is_no_refusal_but_a_bug(journal: Journal) -> None:
    operations.begin(journal, operation(mode="dry_run"))
    with pytest.raises(Exception, match=r"(?i)unique"):
        operations.begin(journal, operation(mode="dry_run"))


def test_an_operation_is_found_by_its_flow_run_and_keeps_its_times_in_utc(journal: Journal) -> None:
    operations.begin(journal, operation(flow_run_id="run"))
    found = operations.of_flow_run(journal, "run")
    assert isinstance(found, OperationRow)
    assert ("first", NOW) == (found.id, found.started_at)
    assert operations.of_flow_run(journal, "another") is None


def test_a_time_without_a_zone_is_refused(journal: Journal) -> None:
    with pytest.raises(Exception, match="has no zone"):
        operations.begin(journal, operation(started_at=NOW.replace(tzinfo=None)))


def test_ids_are_sortable_and_differ() -> None:
    made = [operations.new_id() for _ in range(50)]
    assert 50 == len(set(made))
    assert all(len(one) == len("20261102-090000-abcdef") for one in made)


@ON_BOTH
def test_a_change_is_new_then_perhaps_made_then_applied(journal: Journal) -> None:
    operations.begin(journal, operation())

    def intend() -> str:
        return Changes(journal, "first", lambda: NOW).intend("run_play:1", "run_play", "run the play").state

    assert ["new", "intended", "intended"] == [intend(), intend(), intend()]
    Changes(journal, "first", lambda: NOW).applied("run_play:1", {"play": "Copy"})
    assert "applied" == intend()
    (row,) = changes_of(journal, "first")
    assert ({"play": "Copy"}, NOW, NOW) == (row.result, row.intended_at, row.applied_at)


def test_what_was_never_intended_cannot_be_applied(journal: Journal) -> None:
    operations.begin(journal, operation())
    with pytest.raises(KeyError):
        Changes(journal, "first", lambda: NOW).applied("nothing", {})


def test_an_answer_is_bound_to_the_plan_that_was_shown_and_the_first_one_stays(journal: Journal) -> None:
    operations.begin(journal, operation())
    decisions.record(journal, "first", "go on", "abc", "yes", "ana", NOW)
    decisions.record(journal, "first", "go on", "abc", "no", "bo", NOW)
    found = decisions.find(journal, "first", "go on", "abc")
    assert found is not None
    assert ("yes", "ana") == (found.answer, found.decided_by)
    assert decisions.find(journal, "first", "go on", "def") is None


def test_a_question_keeps_its_first_times_and_a_new_one_takes_its_place(journal: Journal) -> None:
    operations.begin(journal, operation())
    questions.ask(journal, "first", "go on", "abc", "Go on?", days_ago(3), days_ago(1))
    assert days_ago(1) == questions.ask(journal, "first", "go on", "abc", "Go on?", days_ago(2), NOW).expires_at
    assert ["abc"] == [row.key for row in questions.overdue(journal, NOW)]
    questions.ask(journal, "first", "go on", "def", "Go on now?", days_ago(2), NOW)
    asked = questions.open_question(journal, "first")
    assert asked is not None
    assert "Go on now?" == asked.told
    questions.close(journal, "first", "answered")
    assert questions.open_question(journal, "first") is None
    assert [] == questions.overdue(journal, NOW + (NOW - days_ago(9)))


def test_a_promise_of_life_is_never_shortened(journal: Journal) -> None:
    operations.begin(journal, operation())
    for until in (days_ago(1), NOW, days_ago(3)):
        operations.promise_life(journal, "first", until)
    row = operations.get(journal, "first")
    assert row is not None
    assert NOW == row.alive_until


@ON_BOTH
def test_a_further_attempt_is_refused_where_another_operation_has_the_subject_by_now(journal: Journal) -> None:
    row = operations.begin(journal, operation())
    row = operations.update(journal, "first", status="failed", ended_at=NOW)
    operations.begin(journal, operation("second"))
    with pytest.raises(Refused, match="operation second"):
        operations.begin_again(journal, row)
    operations.update(journal, "second", ended_at=NOW)
    assert (2, "running") == (operations.begin_again(journal, row).attempt, "running")


def test_of_two_sweeps_one_starts_a_run_again(journal: Journal) -> None:
    operations.begin(journal, operation())
    assert [True, False] == [operations.count_wake(journal, "first", seen=0) for _ in range(2)]
    assert operations.count_wake(journal, "first", seen=1)


def test_a_wait_keeps_its_first_times_and_its_first_end(journal: Journal) -> None:
    operations.begin(journal, operation())
    waits.begin(journal, "first", "settings", days_ago(2), days_ago(1), NOW)
    again = waits.begin(journal, "first", "settings", NOW, NOW, NOW)
    assert (days_ago(2), days_ago(1), NOW) == (again.since, again.wakes_at, again.latest)
    waits.sleep_until(journal, "first", "settings", days_ago(0.5))
    waits.end(journal, "first", "settings", "done", "probe", NOW)
    waits.end(journal, "first", "settings", "timed_out", None, NOW)
    (row,) = waits.of_operation(journal, "first")
    assert ("done", "probe", 1, days_ago(0.5)) == (row.ended, row.proved_by, row.probes, row.wakes_at)


@ON_BOTH
def test_of_many_that_take_an_operation_up_at_once_one_succeeds(journal: Journal) -> None:
    seen, until = operations.begin(journal, operation()), datetime.now(UTC) + timedelta(minutes=3)
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda at: operations.take_up(journal, seen, f"process {at}", until), range(8)))
    [first] = [row for row in taken if row is not None]
    found = operations.get(journal, "first")
    assert found is not None
    assert (first.carrier, until) == (found.carrier, found.carrier_until)
    again = operations.take_up(journal, found, str(found.carrier), until + timedelta(minutes=1), woken=2)
    assert again is not None
    assert (found.carried_since, 2) == (again.carried_since, again.woken), "carried since the first time"
