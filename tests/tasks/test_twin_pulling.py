"""A twin is the live workspace, as far as that shows: pulled at once, in pieces, or bit by bit."""

from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given

from models.changes import ChangeMailboxOwner, EditSequence, Enroll, OptOut, Unenroll
from models.errors import InvalidInput, Unreachable
from models.records import SequenceStep
from models.workspace import Workspace
from platforms.sandbox.copying.copy import Copy
from platforms.sandbox.made_up_team.team import made_up_team
from platforms.sandbox.sandbox import Sandbox
from platforms.unify import copied_documents
from platforms.unify.wire import Unsure
from tests.conftest import Sandboxes
from tests.examples import often
from tests.platforms.in_process import InProcess, emulator, unify_over
from tests.platforms.test_unify_tells_what_the_sandbox_tells import Told, with_upgrades_that_show
from tests.tasks.twins import CutAfter, opened, pulled
from tests.workspaces import ANA, ANAS_MAILBOX, BO, BOS_MAILBOX, NURTURE, OUTBOUND, PIA, running, workspace
from tests.workspaces_strategy import workspaces

TEAM = made_up_team(40, 5)


@pytest.fixture
def live(sandboxes: Sandboxes) -> Sandbox:
    """The workspace behind the emulator: a team with its history."""
    return sandboxes(TEAM, name="live")


def told(platform: Any, made: Workspace) -> dict[str, Any]:
    return Told(made).by(platform)


def test_a_twin_tells_of_any_workspace_what_the_live_one_tells(sandboxes: Sandboxes, tmp_path: Path) -> None:
    live, file = sandboxes(name="live"), tmp_path / "twin.db"

    @often(2, thorough=100)
    @given(workspaces())
    def holds(made: Workspace) -> None:
        made = with_upgrades_that_show(made)
        live.load(made)
        pulled(live, file, whole=True)
        # By query jobs alone: the list, which serves for few people, tells no version, and so of an upgrade before the
        # first step nothing at all.
        assert told(unify_over(live, few=0), made) == told(opened(file), made)

    holds()


def test_a_twin_has_due_times_where_the_live_workspace_tells_them(live: Sandbox, tmp_path: Path) -> None:
    pulled(live, tmp_path / "twin.db")
    emails = [person.email for person in TEAM.people]
    for sequence in (one.name for one in TEAM.sequences[:2]):
        expected = unify_over(live).places(emails, sequence).set_index("email")["due_at"].dropna()
        actual = opened(tmp_path / "twin.db").places(emails, sequence).set_index("email")["due_at"]
        assert expected.to_dict() == actual.loc[expected.index].to_dict()


def test_a_twin_is_a_valid_workspace_in_which_time_can_pass(live: Sandbox, tmp_path: Path) -> None:
    pulled(live, tmp_path / "twin.db")
    twin = opened(tmp_path / "twin.db")
    assert live.now() == twin.now()
    before = twin.state()["counts"]["enrollments"]
    assert live.state()["counts"] == twin.state()["counts"]
    twin.advance(twin.now() + timedelta(days=30))
    after = twin.state()["counts"]["enrollments"]
    assert before["finished"] < after["finished"]


def test_a_pull_that_is_cut_short_again_and_again_gives_the_same_twin(live: Sandbox, tmp_path: Path) -> None:
    whole = pulled(live, tmp_path / "whole.db")
    random, cuts = Random(1), 0
    while True:
        try:
            last = pulled(live, tmp_path / "cut.db", CutAfter(live, random.randrange(12, 22)), chunk=3)
            break
        except (Unreachable, Unsure):
            cuts += 1
    assert cuts > 2
    assert last.resumed
    assert whole.counts == last.counts
    assert told(opened(tmp_path / "whole.db"), TEAM) == told(opened(tmp_path / "cut.db"), TEAM)


def test_what_is_complete_is_not_asked_for_again(live: Sandbox, tmp_path: Path) -> None:
    with pytest.raises(Unreachable):
        pulled(live, tmp_path / "twin.db", CutAfter(live, 20))
    transport = InProcess(emulator(live))
    pulled(live, tmp_path / "twin.db", transport)
    assert 0 == transport.carried["POST /data/v1/objects/person/query-jobs"]
    assert 1 == transport.carried["POST /tasks/v1/tasks/query-jobs"]


def test_a_later_pull_asks_for_what_was_changed_since_and_is_as_a_whole_one(live: Sandbox, tmp_path: Path) -> None:
    live.advance(live.now() + timedelta(days=1))
    first = pulled(live, tmp_path / "twin.db")
    runs = next(iter(live.running(1_000)))
    free = next(one.email for one in TEAM.people if one.email not in set(runs["email"]) and not one.email_opt_out)
    live.apply(OptOut(person=free))
    live.apply(Unenroll(person=runs["email"][0], sequence=runs["sequence"][0]))
    live.apply(ChangeMailboxOwner(mailbox=runs["mailbox"][1], owner=TEAM.users[-1].email))
    live.advance(live.now() + timedelta(days=3))
    later, whole = pulled(live, tmp_path / "twin.db"), pulled(live, tmp_path / "whole.db")
    assert later.counts == whole.counts
    assert later.read["people"] < 5 < first.read["people"]
    assert later.read["enrollments"] < first.read["enrollments"]
    expected = told(unify_over(live), TEAM)
    assert expected == told(opened(tmp_path / "whole.db"), TEAM)
    assert expected == told(opened(tmp_path / "twin.db"), TEAM)


@pytest.mark.rule("R52")
def test_an_upgrade_that_took_a_second_is_one_in_the_twin_too(
    sandboxes: Sandboxes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = sandboxes(workspace(enrollments=[running(PIA)]), name="live")
    live.apply(EditSequence(sequence=OUTBOUND, steps=tuple(SequenceStep() for _ in range(6)), upgrade=True))
    read = copied_documents.enrollment

    def a_second_later(document: dict[str, Any]) -> dict[str, Any]:
        row = read(document)
        return row | {"started_at": row["started_at"] + timedelta(seconds=row["version"] - 1)}

    monkeypatch.setattr(copied_documents, "enrollment", a_second_later)
    pulled(live, tmp_path / "twin.db")
    twin = opened(tmp_path / "twin.db")
    assert [] == list(twin.cancelled(ANAS_MAILBOX, 10))
    assert ["upgraded", None] == [one.end_reason for one in twin.workspace_record().enrollments]


def test_who_is_enrolled_elsewhere_since_is_there_once(sandboxes: Sandboxes, tmp_path: Path) -> None:
    made = workspace(enrollments=[running(PIA)])
    live = sandboxes(made, name="live")
    pulled(live, tmp_path / "twin.db")
    live.apply(Unenroll(person=PIA, sequence=OUTBOUND))
    live.advance(live.now() + timedelta(days=80))
    live.apply(Enroll(person=PIA, sequence=NURTURE, mailbox=(BOS_MAILBOX,)))
    later = pulled(live, tmp_path / "twin.db")
    assert (0, 2) == (later.overtaken, later.counts["enrollments"])
    assert told(unify_over(live), made) == told(opened(tmp_path / "twin.db"), made)


def test_a_mailbox_without_a_running_enrollment_changes_its_owner_in_the_twin_too(
    sandboxes: Sandboxes, tmp_path: Path
) -> None:
    live = sandboxes(workspace(enrollments=[running(PIA)]), name="live")
    live.apply(Unenroll(person=PIA, sequence=OUTBOUND))
    live.advance(live.now() + timedelta(days=1))
    pulled(live, tmp_path / "twin.db")
    assert ANA == opened(tmp_path / "twin.db").mailboxes()["owner"].item()
    live.apply(ChangeMailboxOwner(mailbox=ANAS_MAILBOX, owner=BO))
    pulled(live, tmp_path / "twin.db")
    assert BO == opened(tmp_path / "twin.db").mailboxes()["owner"].item()


SETTINGS = f"""
now: 2020-01-01T00:00:00Z
users: [{{email: {BO}, role: rep}}]
mailboxes: [{{email: {ANAS_MAILBOX}, daily_limit: 3}}]
rulesets: [{{name: Default, exclusions: {{Customers: true}}}}]
exclusions: [{{name: Customers, match: {{person_email: [{PIA}]}}}}]
sequences: [{{name: {OUTBOUND}, task_assignment: {{mode: ASSIGN_TO_USER, user: {BO}}}}}]
audiences: [{{name: Everybody, people: [{PIA}]}}]
plays: [{{name: Old play, audience: Everybody, sequence: {OUTBOUND}, mailboxes: [{ANAS_MAILBOX}], published: true}}]
people: [{{this: is not read}}]
"""


@pytest.fixture
def small(sandboxes: Sandboxes) -> Sandbox:
    """A small workspace behind the emulator, with one contact who runs."""
    return sandboxes(workspace(enrollments=[running(PIA)]), name="live")


def test_what_the_api_hides_is_added_from_a_workspace_file_and_stays(small: Sandbox, tmp_path: Path) -> None:
    (tmp_path / "settings.yaml").write_text(SETTINGS)
    first = pulled(small, tmp_path / "twin.db")
    added = pulled(small, tmp_path / "twin.db", settings_file=tmp_path / "settings.yaml")
    later = pulled(small, tmp_path / "twin.db")
    assert "exclusions" in first.missing
    assert ("pending_settings", "idle_mailboxes") == added.missing == later.missing
    twin = opened(tmp_path / "twin.db")
    assert [("Customers", PIA)] == [("Customers", one) for one in twin.matches("Customers")["email"]]
    assert [("Customers", True, True)] == list(
        twin.exclusion_toggles()[["exclusion", "everywhere", "here"]].itertuples(index=False, name=None)
    )
    assert {BO: "rep", ANA: "admin"} == twin.users().set_index("user")["role"].to_dict()
    assert 3 == twin.mailboxes()["daily_limit"].item()
    assert [PIA] == twin.audience("Everybody")
    assert ("ASSIGN_TO_USER", BO) == tuple(
        twin.assignment().set_index("sequence").loc[OUTBOUND][["own_mode", "own_user"]]
    )
    assert [("Old play", "Everybody")] == list(twin.plays()[["play", "audience"]].itertuples(index=False, name=None))


@pytest.mark.parametrize(
    ("section", "path"),
    [
        (
            "audiences: [{name: A, people: [nobody@x.test]}]",
            r"audiences\[0\].people\[0\]: 'nobody@x.test' is not among",
        ),
        ("mailboxes: [{email: no@x.test, daily_limit: 3}]", r"mailboxes\[0\].email"),
        ("rulesets: [{name: Default, exclusions: {Gone: true}}]", r"rulesets\[0\].exclusions.Gone"),
        ("users: [{email: bo@acme.test, rule: rep}]", r"users\[0\].rule: this key is not known"),
    ],
)
def test_a_mistake_in_the_settings_is_refused_by_the_path_of_its_key(
    small: Sandbox, tmp_path: Path, section: str, path: str
) -> None:
    (tmp_path / "settings.yaml").write_text(section)
    with pytest.raises(InvalidInput, match=path):
        pulled(small, tmp_path / "twin.db", settings_file=tmp_path / "settings.yaml")


def test_a_twin_is_put_into_no_file_that_holds_something_else(small: Sandbox, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="holds a workspace that is no twin"):
        pulled(small, tmp_path / "live.db")
    pulled(small, tmp_path / "twin.db")
    copy = Copy(tmp_path / "twin.db")
    with pytest.raises(InvalidInput, match="is the twin of 'unify'"):
        copy.begin("emea", small.now(), whole=True)
    copy.close()
