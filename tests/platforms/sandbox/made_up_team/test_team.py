"""The made-up team of `handoff sandbox reset`: the same from the same seed, believable, and alive."""

import hashlib
import os
import re
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.changes import ChangeMailboxOwner
from models.names import NONE
from models.records import RUNNING, Enrollment, RepTask
from models.workspace import Workspace, problems
from platforms.sandbox.made_up_team.team import made_up_team
from platforms.sandbox.made_up_team.timeline import progress, sending_time
from platforms.sandbox.sandbox import Sandbox
from platforms.sandbox.workspace_file.yaml_file import read_workspace, write_workspace
from tests.architecture.source_files import ROOT
from tests.conftest import Sandboxes

ADDRESS = re.compile(r"[\w.+-]+@[\w.-]+|[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}(?=\")")
DIGEST = (
    "import hashlib; from platforms.sandbox.made_up_team.team import made_up_team;"
    " print(hashlib.sha256(made_up_team(150, 7).model_dump_json().encode()).hexdigest())"
)
team = cache(made_up_team)


def running(workspace: Workspace) -> list[Enrollment]:
    return [enrollment for enrollment in workspace.enrollments if enrollment.state in RUNNING]


def at_the_busy_mailbox(workspace: Workspace) -> list[Enrollment]:
    return [enrollment for enrollment in running(workspace) if enrollment.mailbox == workspace.mailboxes[0].email]


def open_step_tasks(workspace: Workspace) -> list[RepTask]:
    return [task for task in workspace.tasks if task.status == "READY" and task.type != "REPLY_TO_EMAIL"]


def dumped(sandbox: Sandbox, path: Path) -> str:
    write_workspace(sandbox.dump(), path)
    return path.read_text("utf-8")


def test_the_same_size_and_seed_give_the_same_document(sandboxes: Sandboxes, tmp_path: Path) -> None:
    first = dumped(sandboxes(made_up_team(300, 7)), tmp_path / "first.yaml")
    assert first == dumped(sandboxes(made_up_team(300, 7), name="again"), tmp_path / "again.yaml")


@pytest.mark.parametrize("hash_seed", ["0", "4242"])
def test_another_process_makes_the_same_team(hash_seed: str) -> None:
    told = subprocess.run(
        [sys.executable, "-c", DIGEST],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert hashlib.sha256(team(150, 7).model_dump_json().encode()).hexdigest() == told.strip()


def test_another_seed_gives_another_team() -> None:
    assert team(150, 7).people != team(150, 8).people
    assert team(150, 7).users != team(150, 8).users


@pytest.mark.parametrize("contacts", range(21))
def test_a_tiny_team_is_valid_and_loads(sandboxes: Sandboxes, contacts: int) -> None:
    workspace = team(contacts, contacts)
    assert [] == problems(workspace)
    assert contacts == sandboxes(workspace).state()["counts"]["people"]


@settings(deadline=None, max_examples=25)
@given(contacts=st.integers(1, 250), seed=st.integers(0, 2**31 - 1), days=st.integers(-400, 400))
def test_a_team_of_any_size_seed_and_time_is_valid(contacts: int, seed: int, days: int) -> None:
    now = datetime(2026, 11, 2, 9, tzinfo=UTC) + timedelta(days=days, hours=days % 24, microseconds=abs(days))
    workspace = made_up_team(contacts, seed, now)
    assert [] == problems(workspace)
    assert contacts == len(workspace.people)
    assert [1] * len(running(workspace)) == list(Counter(one.person for one in running(workspace)).values())
    told = [at for one in workspace.enrollments for at in (one.started_at, one.ended_at) if at]
    assert all(at <= now for at in told)


def test_every_address_and_every_domain_is_under_test() -> None:
    found = set(ADDRESS.findall(team(2000, 1).model_dump_json()))
    assert 2000 < len(found)
    assert [] == [address for address in found if not address.endswith(".test")]


def test_of_the_people_45_in_100_run_and_35_only_did_before() -> None:
    workspace = team(2000, 1)
    now_in = {enrollment.person for enrollment in running(workspace)}
    ever_in = {enrollment.person for enrollment in workspace.enrollments}
    assert (900, 1600) == (len(now_in), len(ever_in))
    assert 0.02 < sum(person.email_opt_out for person in workspace.people) / 2000 < 0.04
    assert 0.005 < sum(person.do_not_email for person in workspace.people) / 2000 < 0.02
    with_history = [one for one in workspace.enrollments if one.ended_at and one.person in now_in]
    assert 0.25 < len(with_history) / len(now_in) < 0.6


def test_enrollments_ended_in_every_way_that_needs_no_owner_change() -> None:
    ways = {enrollment.end_reason for enrollment in team(2000, 1).enrollments if enrollment.end_reason}
    assert {"completed", "replied", "unenrolled", "opted_out", "excluded", "bounced"} == ways


@pytest.mark.parametrize(("contacts", "users"), [(200, 6), (5000, 12), (1, 4)])
def test_the_staff_grows_with_the_contacts(contacts: int, users: int) -> None:
    staff = team(contacts, 1).users
    assert users == len(staff)
    assert "admin" == staff[0].role
    assert {"admin", "rep"} == {user.role for user in staff}


@pytest.mark.parametrize("seed", range(5))
def test_the_first_mailbox_is_the_busy_one(seed: int) -> None:
    workspace = team(500, seed)
    held, all_running = at_the_busy_mailbox(workspace), running(workspace)
    rulesets = {sequence.name: sequence.ruleset for sequence in workspace.sequences}
    assert 0.2 <= len(held) / len(all_running) <= 0.25
    assert len(held) == Counter(enrollment.mailbox for enrollment in all_running).most_common(1)[0][1]
    assert 3 <= len({enrollment.sequence for enrollment in held})
    assert 2 <= len({rulesets[enrollment.sequence] for enrollment in held})
    by_hand = [enrollment.sequence for enrollment in held if enrollment.play is None]
    assert 2 <= len(by_hand) <= len(held) / 4
    assert 2 <= len(set(by_hand))
    assert 2 <= sum(enrollment.state == "queued" for enrollment in held) <= len(held) / 4
    assert not workspace.mailboxes[0].paused
    unreachable = {person.email for person in workspace.people if person.do_not_email}
    assert 1 <= sum(enrollment.person in unreachable for enrollment in held)


def test_nobody_runs_whom_the_platform_would_have_taken_out(sandboxes: Sandboxes) -> None:
    enrollments = running(team(2000, 3))
    asked = pd.DataFrame({"email": [e.person for e in enrollments], "sequence": [e.sequence for e in enrollments]})
    facts = sandboxes(team(2000, 3)).facts(asked)
    assert {NONE} == set(facts["excluded_by"])
    assert not facts["opted_out"].any()
    assert 1 <= facts["do_not_email"].sum() <= 0.02 * len(facts)


def test_a_later_enrollment_waited_as_long_as_its_ruleset_says() -> None:
    workspace = team(2000, 3)
    blocks = {ruleset.name: ruleset.block_reenrollment for ruleset in workspace.rulesets}
    rulesets = {sequence.name: sequence.ruleset or "" for sequence in workspace.sequences}
    by_person = defaultdict(list)
    for enrollment in workspace.enrollments:
        by_person[enrollment.person].append(enrollment)
    pairs = [(one[0], one[1]) for one in by_person.values() if len(one) > 1]
    assert 300 < len(pairs)
    for earlier, later in pairs:
        block = blocks[rulesets[later.sequence]]
        assert block and earlier.ended_at and later.started_at
        assert later.started_at >= earlier.ended_at + block.length


def test_an_enrollment_of_a_play_is_of_its_sequence_mailboxes_and_audience() -> None:
    workspace = team(2000, 3)
    plays = {play.name: play for play in workspace.plays}
    audiences = {audience.name: set(audience.people) for audience in workspace.audiences}
    for enrollment in workspace.enrollments:
        if enrollment.play:
            play = plays[enrollment.play]
            assert enrollment.sequence == play.sequence
            assert enrollment.mailbox in play.mailboxes
            assert enrollment.person in audiences[play.audience or ""]


def test_every_mailbox_that_may_send_has_somebody_running() -> None:
    workspace = team(20_000, 3)
    used = {enrollment.mailbox for enrollment in running(workspace)}
    assert set() == {mailbox.email for mailbox in workspace.mailboxes} - used
    assert 1 <= sum(mailbox.paused for mailbox in workspace.mailboxes) <= 2


def test_open_tasks_of_steps_are_those_that_running_enrollments_wait_for() -> None:
    workspace = team(2000, 3)
    waiting = {(one.person, one.sequence) for one in running(workspace) if one.steps}
    tasks = open_step_tasks(workspace)
    assert sorted(waiting) == sorted((task.person, task.sequence or "") for task in tasks)
    assert 50 < len(tasks) < sum(task.status == "COMPLETED" for task in workspace.tasks)


@pytest.mark.parametrize("days", [0, 7])
def test_a_dumped_team_loads_and_dumps_the_same(sandboxes: Sandboxes, tmp_path: Path, days: int) -> None:
    sandbox = sandboxes(team(500, 7))
    sandbox.advance(sandbox.now() + timedelta(days=days))
    first = dumped(sandbox, tmp_path / "first.yaml")
    sandbox.load(*read_workspace(tmp_path / "first.yaml"))
    assert first == dumped(sandbox, tmp_path / "second.yaml")


def test_a_week_later_emails_went_out_tasks_were_done_and_some_are_through(sandboxes: Sandboxes) -> None:
    before = team(500, 7)
    sandbox = sandboxes(before)
    sandbox.advance(sandbox.now() + timedelta(days=7))
    counts = sandbox.state()["counts"]["enrollments"]
    assert counts["queued"] < sum(enrollment.state == "queued" for enrollment in before.enrollments)
    assert counts["finished"] > sum(enrollment.state == "finished" for enrollment in before.enrollments)
    assert counts["active"] > 0.6 * len(running(before))
    assert sum(counts.values()) == len(before.enrollments)
    after = Workspace.model_validate(sandbox.dump())
    assert {1} == set(Counter((task.person, task.sequence) for task in open_step_tasks(after)).values())
    were_open = {(task.person, task.due_at) for task in open_step_tasks(before)}
    left = [task for task in open_step_tasks(after) if (task.person, task.due_at) in were_open]
    asleep = {mailbox.email for mailbox in before.mailboxes if mailbox.paused}
    asleep |= {sequence.name for sequence in before.sequences if sequence.paused}
    assert all({task.mailbox, task.sequence} & asleep for task in left)


def test_everybody_at_the_busy_mailbox_falls_out_with_its_owner(sandboxes: Sandboxes) -> None:
    workspace = team(500, 7)
    busy, owner = workspace.mailboxes[0], workspace.users[-1]
    done = sandboxes(workspace).apply(ChangeMailboxOwner(mailbox=busy.email, owner=owner.email))
    assert len(at_the_busy_mailbox(workspace)) == done["unenrolled"]


def test_the_clock_of_a_team_may_stand_anywhere() -> None:
    now = datetime(2027, 2, 27, 23, 59, 59, 999, tzinfo=UTC)
    assert now.replace(microsecond=0) == made_up_team(50, 1, now).now
    assert [] == problems(made_up_team(50, 1, now))


@pytest.mark.parametrize(
    ("at", "sent"),
    [
        ("2026-11-06T16:00", "2026-11-06T16:00"),  # a Friday
        ("2026-11-06T16:01", "2026-11-09T09:00"),
        ("2026-11-07T12:00", "2026-11-09T09:00"),
        ("2026-11-09T03:30", "2026-11-09T09:00"),
        ("2026-11-09T10:30", "2026-11-09T11:00"),
    ],
)
def test_emails_go_out_on_the_hour_in_office_hours(at: str, sent: str) -> None:
    sequence = team(1, 1).sequences[0]
    expected = datetime.fromisoformat(sent).replace(tzinfo=UTC)
    assert expected == sending_time(datetime.fromisoformat(at).replace(tzinfo=UTC), sequence)


def test_a_manual_step_is_begun_when_due_and_done_a_day_later() -> None:
    cold = team(1, 1).sequences[0]  # an email, then a call two days later
    start = datetime(2026, 11, 2, 9, tzinfo=UTC)
    assert (1, None) == (len(progress(cold, start, start).done), progress(cold, start, start).begun)
    called = start + timedelta(days=2)
    assert called == progress(cold, start, called).begun
    assert 2 == len(progress(cold, start, called + timedelta(days=1)).done)
