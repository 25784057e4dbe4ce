"""What the sandbox shows through the port: frames and plain values."""

from datetime import timedelta
from typing import Any

import pandas as pd
import pytest

from models.changes import ChangeMailboxOwner, RunPlay, SetSetting
from models.errors import InvalidInput
from models.names import NONE, Names
from models.records import Audience, Company, Interval, PlayRun
from models.setting_keys import SettingKey
from platforms.port import Platform
from platforms.port.people import FACT_COLUMNS
from tests.conftest import Sandboxes
from tests.workspaces import (
    ANA,
    ANAS_MAILBOX,
    BO,
    BOS_MAILBOX,
    EVERYBODY,
    NOW,
    NURTURE,
    OUTBOUND,
    PIA,
    PLAY,
    QUIN,
    RAJ,
    SUE,
    days_ago,
    ended,
    excluding,
    person,
    play,
    ruleset,
    running,
    workspace,
)

BLOCK = "ruleset:Default:block_reenrollment"


def rows(frame: pd.DataFrame, *columns: str) -> list[tuple[Any, ...]]:
    return list(frame[list(columns)].itertuples(index=False, name=None))


def test_the_sandbox_keeps_the_contract_of_the_port(sandboxes: Sandboxes) -> None:
    platform: Platform = sandboxes(workspace())
    promised = {name for name in vars(Platform) if not name.startswith("_")}
    assert set() == {name for name in promised if not hasattr(platform, name)}
    assert "sandbox" == platform.workspace
    assert ANA == platform.acting_user
    assert platform.supports(ChangeMailboxOwner)


def test_the_team_and_its_settings_are_listed(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(workspace(plays=play(runs=(PlayRun(at=days_ago(2)), PlayRun(at=days_ago(1))))))
    assert [(ANAS_MAILBOX, ANA, False, 25), (BOS_MAILBOX, BO, False, 25)] == rows(
        sandbox.mailboxes(), "mailbox", "owner", "paused", "daily_limit"
    )
    assert [(OUTBOUND, "Default", False, 4), (NURTURE, "Default", False, 4)] == rows(
        sandbox.sequences(), "sequence", "ruleset", "paused", "steps"
    )
    assert [("Default", False, Interval(value=75))] == rows(sandbox.rulesets(), "ruleset", "allow_same", "block")
    assert [(PLAY, EVERYBODY, OUTBOUND, False, True, days_ago(1), 1)] == rows(
        sandbox.plays(), "play", "audience", "sequence", "published", "allow_reruns", "last_run_at", "cooldown_days"
    )
    assert 1 == sandbox.audience_size(EVERYBODY)
    assert sandbox.audience_size("Nope") is None


def test_who_was_cancelled_is_told_once_with_the_last_enrollment_from_that_mailbox(sandboxes: Sandboxes) -> None:
    enrollments = [
        ended(PIA, days=9, steps_done=1, end_reason="mailbox_owner_changed", play=PLAY),
        ended(PIA, days=30, sequence=NURTURE),
        ended(QUIN, days=3, mailbox=BOS_MAILBOX),
        ended(RAJ, days=3, end_reason="opted_out"),
        ended(SUE, days=5, sequence=NURTURE, steps_done=0),
        running(SUE),
    ]
    sandbox = sandboxes(workspace(people=[PIA, QUIN, RAJ, SUE], enrollments=enrollments))
    for chunk in (1, 2, 100):
        found = pd.concat(list(sandbox.cancelled(ANAS_MAILBOX, chunk)))
        assert [(PIA, OUTBOUND, 1, days_ago(9)), (SUE, NURTURE, 0, days_ago(5))] == rows(
            found, "email", "sequence", "steps_done", "ended_at"
        )
        assert [PLAY] == found["play"].dropna().tolist()
    assert [(days_ago(30), 1), (days_ago(9), 1), (days_ago(5), 1)] == rows(
        sandbox.ends(ANAS_MAILBOX), "ended_at", "enrollments"
    )


def test_who_has_nothing_else_since_they_were_cancelled_is_told_as_alone(sandboxes: Sandboxes) -> None:
    fell = {email: ended(email, days=9, end_reason="mailbox_owner_changed") for email in (PIA, QUIN, RAJ, SUE)}
    others = [
        ended(PIA, days=30, sequence=NURTURE),
        running(QUIN, sequence=NURTURE),
        ended(RAJ, days=9, sequence=NURTURE, end_reason="replied"),
        ended(SUE, days=3, mailbox=BOS_MAILBOX),
    ]
    sandbox = sandboxes(workspace(people=list(fell), enrollments=[*fell.values(), *others]))
    found = pd.concat(list(sandbox.cancelled(ANAS_MAILBOX, 100)))
    assert [(PIA, True), (QUIN, False), (RAJ, False), (SUE, False)] == rows(found, "email", "alone")
    history = sandbox.history(found.rename(columns={"ended_at": "since"}))
    assert {PIA: 1, QUIN: 2, RAJ: 2, SUE: 2} == history["email"].value_counts().to_dict()


def test_the_facts_read_along_with_who_was_cancelled_are_those_of_the_contacts(sandboxes: Sandboxes) -> None:
    fell = [ended(email, days=9, end_reason="mailbox_owner_changed") for email in (PIA, QUIN, RAJ, SUE)]
    others = [
        ended(PIA, days=30, state="finished", steps_done=4),
        running(QUIN, sequence=NURTURE),
        ended(RAJ, days=9, sequence=NURTURE, end_reason="replied"),
        ended(SUE, days=3, mailbox=BOS_MAILBOX, end_reason="bounced"),
    ]
    people = [PIA, QUIN, person(RAJ, opted_out=True), SUE]
    sandbox = sandboxes(workspace(people=people, enrollments=[*fell, *others], exclusions=[excluding(SUE)]))
    for chunk in (1, 100):
        found = pd.concat(list(sandbox.cancelled(ANAS_MAILBOX, chunk, facts=True)), ignore_index=True)
        asked = sandbox.facts(found[["email", "sequence"]])
        pd.testing.assert_frame_equal(asked, found[FACT_COLUMNS], check_dtype=False)
        assert ["", "", "replied", "bounced"] == found["last_end"].tolist()
        assert [None, NURTURE, None, None] == found["running_in"].tolist()
        assert ["", "", "", "Customers"] == found["excluded_by"].map(str).tolist()


def test_the_history_of_an_audience_is_that_of_its_members(sandboxes: Sandboxes) -> None:
    enrollments = [running(PIA), ended(QUIN, days=3, end_reason="replied"), ended(RAJ, days=30), ended(SUE, days=3)]
    members = Audience(name=EVERYBODY, people=(PIA, QUIN, RAJ))
    sandbox = sandboxes(workspace(people=[PIA, QUIN, RAJ, SUE], audiences=members, enrollments=enrollments))
    each = pd.DataFrame({"email": [PIA, QUIN, RAJ], "since": pd.Timestamp(days_ago(9))})
    columns = ("email", "since", "sequence", "mailbox", "started_at", "end")
    expected = rows(sandbox.history(each), *columns)
    assert [PIA, QUIN] == [row[0] for row in expected]
    assert sorted(expected) == sorted(rows(sandbox.history_of_audience(EVERYBODY, days_ago(9)), *columns))


def test_what_came_of_a_run_is_read_back_with_its_log(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(workspace(people=[PIA, QUIN], enrollments=[running(QUIN, sequence=NURTURE)]))
    sandbox.apply(RunPlay(play=PLAY))
    found = sandbox.read_back(PLAY, OUTBOUND, [QUIN, PIA, "no@x.test"]).set_index("email")
    assert {PIA: None, QUIN: "already_enrolled"} == found["reason"].to_dict()
    assert {PIA: True, QUIN: True} == found["logged"].to_dict()
    assert [PIA] == found.index[found["step"].notna()].tolist()
    assert [PIA] == sandbox.read_back(None, OUTBOUND, [QUIN, PIA])["email"].tolist()


def test_the_last_enrollment_of_each_is_the_one_that_runs_or_ended_last(sandboxes: Sandboxes) -> None:
    enrollments = [running(PIA), ended(PIA, days=1), ended(QUIN, days=9), ended(QUIN, days=3, sequence=NURTURE)]
    sandbox = sandboxes(workspace(people=[PIA, QUIN, RAJ], enrollments=enrollments))
    anywhere = sandbox.last_enrollments([PIA, QUIN, RAJ, "no@x.test"], None).set_index("email")
    assert {PIA: OUTBOUND, QUIN: NURTURE} == anywhere["sequence"].to_dict()
    assert pd.isna(anywhere.loc[PIA, "ended_at"])
    here = sandbox.last_enrollments([QUIN, PIA], OUTBOUND).set_index("email")
    assert days_ago(9) == here.loc[QUIN, "ended_at"]


def test_who_runs_is_told_in_chunks(sandboxes: Sandboxes) -> None:
    people = [PIA, QUIN, RAJ]
    enrollments = [running(PIA), running(QUIN, steps_done=0), ended(RAJ)]
    sandbox = sandboxes(workspace(people=people, enrollments=enrollments))
    chunks = list(sandbox.running(1))
    assert [1, 1] == [len(chunk) for chunk in chunks]
    assert [(PIA, "active", 1), (QUIN, "queued", 0)] == rows(pd.concat(chunks), "email", "state", "steps_done")


def test_the_facts_of_a_contact_are_what_the_rules_need(sandboxes: Sandboxes) -> None:
    people = [person(PIA, opted_out=True, company_domain="big.test"), person(QUIN, do_not_email=True), RAJ]
    enrollments = [ended(PIA, days=9, steps_done=2), ended(PIA, days=4, steps_done=0, sequence=NURTURE), running(QUIN)]
    sandbox = sandboxes(
        workspace(
            people=people,
            enrollments=enrollments,
            companies=Company(domain="big.test", status="customer"),
            exclusions=[
                excluding(RAJ, name="Off", on=False),
                excluding(name="Customers", company_status=("customer",)),
                excluding(PIA, name="Ours", on=False),
            ],
            rulesets=ruleset(exclusions={"Ours": True}),
        )
    )
    asked = pd.DataFrame([(email, OUTBOUND) for email in (QUIN, "no@x.test", PIA, RAJ)], columns=["email", "sequence"])
    facts = sandbox.facts(asked)
    assert [(QUIN, True), ("no@x.test", False), (PIA, True), (RAJ, True)] == rows(facts, "email", "known")
    of = facts.set_index("email")
    pia = of.loc[PIA]
    assert (True, False, True, True, 2) == tuple(
        pia[["opted_out", "do_not_email", "completed_a_step", "been_here", "resumes_after"]]
    )
    assert (days_ago(4), days_ago(19), "Default") == tuple(pia[["last_ended", "last_started_here", "ruleset"]])
    assert Names("Customers", "Ours") == pia["excluded_by"]
    assert [OUTBOUND] == of["running_in"].dropna().tolist()
    assert NONE == of.loc[RAJ, "excluded_by"]


def test_the_facts_of_nobody_are_an_empty_frame_with_the_same_columns(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(workspace())
    asked = pd.DataFrame([(PIA, OUTBOUND)], columns=["email", "sequence"])
    assert set(sandbox.facts(asked).columns) == set(sandbox.facts(asked.head(0)).columns)
    untyped = pd.DataFrame({"email": [], "sequence": OUTBOUND})
    assert set(sandbox.facts(asked).columns) == set(sandbox.facts(untyped).columns)


def test_the_setting_shown_is_the_one_that_is_set_and_pending_tells_that_it_does_not_act(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(workspace())
    assert {"value": 75, "unit": "DAY"} == sandbox.setting(SettingKey.parse(BLOCK))
    sandbox.apply(SetSetting(setting=BLOCK, value=Interval(value=0)))
    assert {"value": 0, "unit": "DAY"} == sandbox.setting(SettingKey.parse(BLOCK))
    assert [Interval(value=0)] == sandbox.rulesets()["block"].tolist()
    [shown] = sandbox.state()["pending"]
    assert (BLOCK, {"value": 0, "unit": "DAY"}) == (shown["setting"], shown["value"])
    assert NOW + timedelta(minutes=30) <= sandbox.pending()[0].takes_effect_at
    with pytest.raises(InvalidInput, match="there is no ruleset 'Nope'"):
        sandbox.setting(SettingKey.parse("ruleset:Nope:block_reenrollment"))


def test_the_state_counts_everything(sandboxes: Sandboxes) -> None:
    people = [PIA, QUIN, RAJ]
    enrollments = [running(PIA), running(QUIN, steps_done=0), ended(RAJ), ended(PIA, state="finished", steps_done=4)]
    state = sandboxes(workspace(people=people, enrollments=enrollments, exclusions=excluding(PIA))).state()
    assert "2026-11-02T09:00:00Z" == state["now"]
    assert [{"email": ANA, "role": "admin"}, {"email": BO, "role": "rep"}] == state["users"]
    assert {"email": ANAS_MAILBOX, "owner": ANA, "paused": False, "active_enrollments": 1, "queued_enrollments": 1} == (
        state["mailboxes"][0]
    )
    assert {"people": 3, "enrollments": {"queued": 1, "active": 1, "finished": 1, "canceled": 1}, "tasks": 0} == (
        state["counts"]
    )
    assert [] == state["pending"]
    assert "Customers" == state["exclusions"][0]["name"]


def test_what_runs_is_told_of_one_sequence_or_from_one_mailbox(sandboxes) -> None:
    enrollments = [running(PIA), running(QUIN, sequence=NURTURE, steps_done=0), running(RAJ, mailbox=BOS_MAILBOX)]
    sandbox = sandboxes(workspace(people=[PIA, QUIN, RAJ], enrollments=enrollments))
    [everything] = sandbox.running(10)
    assert [PIA, QUIN, RAJ] == everything["email"].tolist()
    assert ["active", "queued", "active"] == everything["state"].tolist()
    assert [QUIN] == next(sandbox.running(10, sequence=NURTURE))["email"].tolist()
    assert [RAJ] == next(sandbox.running(10, mailbox=BOS_MAILBOX))["email"].tolist()
    assert [] == list(sandbox.running(10, sequence=NURTURE, mailbox=BOS_MAILBOX))


def test_people_are_unenrolled_in_one_go_and_only_from_the_sequence_that_is_meant(sandboxes) -> None:
    sandbox = sandboxes(workspace(people=[PIA, QUIN, RAJ], enrollments=[running(PIA), running(QUIN, sequence=NURTURE)]))
    contacts = pd.DataFrame({"email": [PIA, QUIN, RAJ, "nobody@x.test"], "sequence": OUTBOUND})
    assert [True, False, False, False] == sandbox.unenroll(contacts)["ended"].tolist()
    assert [False] * 4 == sandbox.unenroll(contacts)["ended"].tolist()
    ends = {found.person: found.end_reason for found in sandbox.workspace_record().enrollments}
    assert {PIA: "unenrolled", QUIN: None} == ends
