"""What the port promises, held against every platform: the sandbox on either database, Unify through the emulator."""

from datetime import timedelta

import pandas as pd
import pytest

from models.changes import (
    ChangeMailboxOwner,
    EditSequence,
    Enroll,
    OptOut,
    PauseEnrollment,
    ReassignTask,
    ResumeEnrollment,
    Unenroll,
)
from models.errors import InvalidInput, Refused
from models.names import NONE, Names
from models.records import Company, Interval, Mailbox, RepTask, Ruleset, Sequence, SequenceStep
from models.setting_keys import SettingKey
from platforms.port import Platform
from tests.platforms.compared import told
from tests.platforms.conftest import EVERYWHERE, Open
from tests.platforms.in_process import needs_tasks
from tests.workspaces import (
    ANA,
    ANAS_MAILBOX,
    BO,
    BOS_MAILBOX,
    NOW,
    NURTURE,
    OUTBOUND,
    PIA,
    PLAY,
    QUIN,
    RAJ,
    STEPS,
    SUE,
    days_ago,
    ended,
    excluding,
    person,
    ruleset,
    running,
    workspace,
)

everywhere = pytest.mark.parametrize("opened", EVERYWHERE, indirect=True)
FOUR = [PIA, QUIN, RAJ, SUE]
MANY = [f"p{number}@x.test" for number in range(30)]
AT_ONCE = ruleset(allow_same=True, days=0)


def contacts(*emails: str, sequence: str = OUTBOUND, **own: object) -> pd.DataFrame:
    return pd.DataFrame({"email": list(emails), "sequence": sequence, **own}).astype(object)


def enroll(platform: Platform, *emails: str, sequence: str = OUTBOUND, mailbox: str = ANAS_MAILBOX) -> pd.DataFrame:
    return platform.enroll(contacts(*emails, sequence=sequence, mailbox=mailbox))


# The parts of the port, and the port itself for `workspace`.
PARTS = [part for part in Platform.__mro__ if part.__module__.startswith("platforms.port")]


def test_every_name_of_the_port_is_there(opened: Open) -> None:
    platform = opened(workspace()).platform
    described = {name for part in PARTS for name in vars(part)}
    promised = {name for name in described if not name.startswith("_")} | {"workspace"}
    assert set() == {name for name in promised if not hasattr(platform, name)}


def test_the_time_is_the_workspaces(opened: Open) -> None:
    platform = opened(workspace()).platform
    assert abs(platform.now() - NOW) < timedelta(seconds=2)
    assert abs(platform.glance_at_clock() - NOW) < timedelta(seconds=2)


@everywhere
def test_users_and_the_mailboxes_in_use_are_listed(opened: Open) -> None:
    mailboxes = [Mailbox(email=ANAS_MAILBOX, owner=ANA, paused=True), Mailbox(email=BOS_MAILBOX, owner=None)]
    enrollments = [running(PIA), ended(QUIN, mailbox=BOS_MAILBOX)]
    platform = opened(workspace(people=FOUR, mailboxes=mailboxes, enrollments=enrollments)).platform
    assert [(ANA, "Ana"), (BO, "Bo")] == told(platform.users(), "user", "name")
    assert [(ANAS_MAILBOX, ANA, True), (BOS_MAILBOX, None, False)] == told(
        platform.mailboxes(), "mailbox", "owner", "paused"
    )


def test_sequences_steps_and_rulesets_are_listed(opened: Open) -> None:
    strict = Ruleset(name="Strict", block_reenrollment=None)
    sequences = [
        Sequence(name=OUTBOUND, steps=STEPS, send_days=("MON", "SUN"), paused=True),
        Sequence(name=NURTURE, ruleset="Strict"),
    ]
    platform = opened(workspace(rulesets=[AT_ONCE, strict], sequences=sequences)).platform
    assert [
        (NURTURE, "Strict", False, 1, 1, ("MON", "TUE", "WED", "THU", "FRI")),
        (OUTBOUND, "Default", True, 4, 1, ("MON", "SUN")),
    ] == told(platform.sequences(), "sequence", "ruleset", "paused", "steps", "version", "send_days")
    assert [(1, "AUTOMATIC_EMAIL", 0), (2, "PHONE_CALL", 2), (3, "AUTOMATIC_EMAIL", 3), (4, "AUTOMATIC_EMAIL", 4)] == (
        told(platform.steps(OUTBOUND), "number", "type", "wait_days")
    )
    assert [("Default", True, Interval(value=0)), ("Strict", False, None)] == [
        tuple(row) for row in platform.rulesets()[["ruleset", "allow_same", "block"]].itertuples(index=False)
    ]


@pytest.mark.rule("R13", "R14")
def test_never_again_and_at_once_are_opposites(opened: Open) -> None:
    strict = Ruleset(name="Strict", block_reenrollment=None)
    sequences = [Sequence(name=OUTBOUND), Sequence(name=NURTURE, ruleset="Strict")]
    platform = opened(workspace(rulesets=[AT_ONCE, strict], sequences=sequences)).platform
    assert {"value": 0, "unit": "DAY"} == platform.setting(SettingKey("ruleset", "Default", "block_reenrollment"))
    assert platform.setting(SettingKey("ruleset", "Strict", "block_reenrollment")) is None
    assert True is platform.setting(SettingKey("ruleset", "Default", "allow_same_sequence_reenrollment"))
    with pytest.raises(InvalidInput):
        platform.setting(SettingKey("ruleset", "Lenient", "block_reenrollment"))


@everywhere
@pytest.mark.rule("R1", "R2")
def test_who_falls_out_when_a_mailbox_changes_hands_is_found(opened: Open) -> None:
    enrollments = [
        running(PIA, play=PLAY),
        running(QUIN, steps_done=0),
        running(RAJ, mailbox=BOS_MAILBOX),
        ended(SUE, days=5, end_reason="replied"),
    ]
    it = opened(workspace(people=FOUR, enrollments=enrollments))
    it.sandbox.apply(ChangeMailboxOwner(mailbox=ANAS_MAILBOX, owner=BO))
    assert [(NOW, 2)] == told(it.platform.ends(ANAS_MAILBOX), "ended_at", "enrollments")
    for chunk in (1, 100):
        found = pd.concat(list(it.platform.cancelled(ANAS_MAILBOX, chunk)))
        assert [(PIA, OUTBOUND, PLAY, 1, NOW), (QUIN, OUTBOUND, None, 0, NOW)] == told(
            found, "email", "sequence", "play", "steps_done", "ended_at"
        )


@pytest.mark.rule("R1", "R2")
def test_only_who_ended_without_a_reason_that_shows_fell_out(opened: Open) -> None:
    reasons = ("unenrolled", "mailbox_owner_changed", "excluded", "opted_out", "replied", "bounced")
    people = [f"{reason}@x.test" for reason in (*reasons, "completed")]
    enrollments = [
        *(ended(f"{reason}@x.test", end_reason=reason) for reason in reasons),
        ended("completed@x.test", state="finished", steps_done=4),
    ]
    platform = opened(workspace(people=people, enrollments=enrollments)).platform
    found = pd.concat(list(platform.cancelled(ANAS_MAILBOX, 100)))
    assert [("mailbox_owner_changed@x.test",), ("unenrolled@x.test",)] == told(found, "email")
    assert [(days_ago(10), 2)] == told(platform.ends(ANAS_MAILBOX), "ended_at", "enrollments")
    assert [] == list(platform.cancelled(BOS_MAILBOX, 100))


@pytest.mark.rule("R52", "R53")
def test_whoever_an_upgrade_carried_over_did_not_fall_out(opened: Open) -> None:
    it = opened(workspace(people=FOUR, enrollments=[running(PIA), running(QUIN, steps_done=0)]))
    it.sandbox.apply(EditSequence(sequence=OUTBOUND, steps=(*STEPS, SequenceStep(wait_days=1)), upgrade=True))
    assert [] == list(it.platform.cancelled(ANAS_MAILBOX, 100))
    assert 0 == len(it.platform.ends(ANAS_MAILBOX))
    [found] = list(it.platform.running(100))
    assert [(PIA, "active", 1, 2), (QUIN, "queued", 0, 2)] == told(found, "email", "state", "steps_done", "version")
    facts = it.platform.facts(contacts(PIA))
    assert [(OUTBOUND, None, 1)] == told(facts, "running_in", "last_ended", "resumes_after")


def test_who_runs_is_told_by_sequence_and_by_mailbox(opened: Open) -> None:
    enrollments = [
        running(PIA, play=PLAY),
        running(QUIN, steps_done=0),
        running(RAJ, mailbox=BOS_MAILBOX, sequence=NURTURE),
        ended(SUE),
    ]
    platform = opened(workspace(people=FOUR, enrollments=enrollments)).platform
    columns = ("email", "sequence", "mailbox", "play", "state", "steps_done", "version", "started_at")
    pia = (PIA, OUTBOUND, ANAS_MAILBOX, PLAY, "active", 1, 1, days_ago(2))
    quin = (QUIN, OUTBOUND, ANAS_MAILBOX, None, "queued", 0, 1, days_ago(2))
    raj = (RAJ, NURTURE, BOS_MAILBOX, None, "active", 1, 1, days_ago(2))
    assert [pia, quin, raj] == told(pd.concat(list(platform.running(2))), *columns)
    assert [pia, quin] == told(pd.concat(list(platform.running(1, sequence=OUTBOUND))), *columns)
    assert [raj] == told(pd.concat(list(platform.running(9, mailbox=BOS_MAILBOX))), *columns)
    assert [] == list(platform.running(9, sequence=NURTURE, mailbox=ANAS_MAILBOX))
    assert [pia, raj] == told(pd.concat(list(platform.running(1, emails=[RAJ, PIA, "nobody@x.test"]))), *columns)
    assert [] == list(platform.running(9, mailbox=ANAS_MAILBOX, emails=[RAJ]))


@pytest.mark.parametrize("people", [FOUR, [*FOUR, *MANY]], ids=["few", "many"])
def test_last_enrollments_and_places_are_those_of_now(opened: Open, people: list[str]) -> None:
    enrollments = [
        running(PIA),
        ended(PIA, days=30, sequence=NURTURE),
        ended(QUIN, days=3),
        ended(QUIN, days=40),
        *(running(email, steps_done=2) for email in people if email in MANY),
    ]
    platform = opened(workspace(people=people, enrollments=enrollments)).platform
    last = platform.last_enrollments([*people, "nobody@x.test"], None).set_index("email")
    assert (OUTBOUND, days_ago(3)) == (last["sequence"][QUIN], last["ended_at"][QUIN])
    assert pd.isna(last["ended_at"][PIA])
    assert {RAJ, SUE} == set(people) - set(last.index)
    assert [(PIA, NURTURE, 2)] == told(platform.last_enrollments(people, NURTURE), "email", "sequence", "steps_done")
    places = platform.places([*people, "nobody@x.test"], OUTBOUND).set_index("email")
    assert (ANAS_MAILBOX, 2) == (places["mailbox"][PIA], places["step"][PIA])
    assert {PIA, *people} - set(FOUR) | {PIA} == set(places.index)
    back = platform.read_back(None, OUTBOUND, [*people, "nobody@x.test"]).set_index("email")
    assert places.loc[back.index, "step"].tolist() == back["step"].tolist()
    assert (len(places), False, 0) == (len(back), back["logged"].any(), back["reason"].notna().sum())


@everywhere
@pytest.mark.parametrize("people", [FOUR, [*FOUR, *MANY]], ids=["few", "many"])
def test_what_has_happened_since_is_told_of_every_sequence(opened: Open, people: list[str]) -> None:
    exclusions, since = excluding(RAJ), days_ago(10)
    enrollments = [
        ended(PIA, days=10, paused=True),
        ended(PIA, days=3, sequence=NURTURE, end_reason="replied"),
        ended(QUIN, days=11),
        running(QUIN, sequence=NURTURE, play=None, steps_done=0, paused=True),
        ended(RAJ, days=4, end_reason="excluded"),
        ended(SUE, days=20, end_reason="bounced"),
        ended(SUE, days=6, steps_done=4, state="finished"),
    ]
    platform = opened(workspace(people=people, exclusions=exclusions, enrollments=enrollments)).platform
    found = platform.history(pd.DataFrame({"email": [*people, "nobody@x.test"], "since": since}))
    assert [
        (PIA, NURTURE, days_ago(3), "replied", False),
        (PIA, OUTBOUND, since, "canceled", True),
        (QUIN, NURTURE, None, None, True),
        (RAJ, OUTBOUND, days_ago(4), "excluded", False),
        (SUE, OUTBOUND, days_ago(6), "completed", False),
    ] == told(found, "email", "sequence", "ended_at", "end", "paused")
    assert {since} == set(found["since"])
    assert found["paused_until"].isna().all()
    ever = platform.history(pd.DataFrame({"email": [SUE], "since": pd.Series([pd.NaT], dtype="datetime64[ns, UTC]")}))
    assert ["bounced", "completed"] == ever["end"].tolist()


@pytest.mark.rule("R52", "R53")
def test_whoever_an_upgrade_carried_over_went_one_way_through_the_sequence(opened: Open) -> None:
    it = opened(workspace(people=FOUR, enrollments=[running(PIA), running(QUIN, steps_done=0)]))
    for steps in (STEPS[:3], STEPS):
        it.sandbox.apply(EditSequence(sequence=OUTBOUND, steps=steps, upgrade=True))
        it.sandbox.advance(it.sandbox.now() + timedelta(hours=1))
    it.platform.unenroll(contacts(QUIN))
    since = pd.DataFrame({"email": [PIA, QUIN], "since": days_ago(1)})
    columns = ("email", "version", "started_at", "steps_done", "end")
    assert [(PIA, 3, days_ago(2), 1, None), (QUIN, 3, days_ago(2), 1, "canceled")] == told(
        it.platform.history(since), *columns
    )


def test_people_are_told_with_their_companies_and_owners(opened: Open) -> None:
    companies = [Company(domain="big.test", owner=ANA, status="customer")]
    who = [
        person(PIA, first_name="Pia", company_domain="big.test", owner=BO, status="qualified"),
        person(QUIN, opted_out=True, do_not_email=True),
        *MANY,
    ]
    platform = opened(workspace(people=who, companies=companies)).platform
    expected = [
        (PIA, "Pia", "qualified", BO, "big.test", "customer", ANA, False, False),
        (QUIN, "", "lead", None, None, None, None, True, True),
    ]
    assert expected == told(platform.people([QUIN, "nobody@x.test", PIA]))
    many = platform.people([*MANY, PIA, QUIN])
    assert [*MANY, PIA, QUIN] == many["email"].tolist()
    assert expected == told(many[many["email"].isin([PIA, QUIN])])


@pytest.mark.rule("R41")
@pytest.mark.parametrize("people", [FOUR, [*FOUR, *MANY]], ids=["few", "many"])
def test_people_are_enrolled_once_however_often_it_is_asked(opened: Open, people: list[str]) -> None:
    it = opened(workspace(people=people, enrollments=[running(QUIN, sequence=NURTURE)]))
    answer = enroll(it.platform, *people, "nobody@x.test")
    assert [*people, "nobody@x.test"] == answer["email"].tolist()
    fresh = [email for email in people if email != QUIN]
    reasons = answer.set_index("email")["reason"]
    assert ("already_enrolled", "unknown_contact") == (reasons[QUIN], reasons["nobody@x.test"])
    assert reasons[fresh].isna().all()
    assert {1} == set(answer.set_index("email")["step"][fresh])
    assert {"already_enrolled"} == set(enroll(it.platform, *fresh)["reason"])
    assert len(fresh) + 1 == it.sandbox.state()["counts"]["enrollments"]["queued"] + 1
    assert [] == told(enroll(it.platform))


@pytest.mark.rule("R9")
def test_whoever_is_enrolled_again_goes_on_at_the_next_step(opened: Open) -> None:
    platform = opened(workspace(rulesets=AT_ONCE, enrollments=[ended(PIA, steps_done=2)])).platform
    assert [(PIA, None, 3)] == told(enroll(platform, PIA), "email", "reason", "step")
    assert [(PIA, ANAS_MAILBOX, 3)] == told(platform.places([PIA], OUTBOUND), "email", "mailbox", "step")
    [found] = list(platform.running(9))
    assert [("queued", 2)] == told(found, "state", "steps_done")


def test_a_step_is_due_when_its_wait_after_the_one_before_is_over(opened: Open) -> None:
    it = opened(workspace(people=FOUR, rulesets=AT_ONCE, enrollments=[ended(PIA, steps_done=2)]))
    enroll(it.platform, PIA, QUIN)
    it.sandbox.advance(NOW + timedelta(hours=2))
    expected = [(PIA, 3, NOW + timedelta(days=3)), (QUIN, 2, NOW.replace(hour=10) + timedelta(days=2))]
    assert expected == told(it.platform.places(FOUR, OUTBOUND), "email", "step", "due_at")
    [found] = list(it.platform.running(9))
    assert expected == told(found.assign(step=found["steps_done"] + 1), "email", "step", "next_step_at")


@pytest.mark.rule("R12", "R13", "R26", "R29", "R30", "R45", "R89")
@pytest.mark.parametrize(
    ("sections", "reason"),
    [
        ({"people": [person(PIA, opted_out=True)]}, "opted_out"),
        ({"people": [person(PIA, do_not_email=True)]}, "do_not_email"),
        ({"exclusions": excluding(PIA, name="It's: ours")}, "excluded:It's: ours"),
        ({"enrollments": [ended(PIA)]}, "already_sequenced"),
        ({"enrollments": [ended(PIA)], "rulesets": ruleset(allow_same=True)}, "recently_enrolled"),
        ({"enrollments": [ended(PIA, sequence=NURTURE)]}, "recently_enrolled"),
        ({"enrollments": [ended(PIA, sequence=NURTURE)], "rulesets": ruleset(days=None)}, "never_again"),
        ({"mailboxes": [Mailbox(email=ANAS_MAILBOX, paused=True)], "plays": []}, "mailbox_unavailable"),
    ],
)
def test_who_is_refused_is_told_why(opened: Open, sections: dict[str, object], reason: str) -> None:
    it = opened(workspace(**sections))
    assert [(PIA, reason)] == told(enroll(it.platform, PIA), "email", "reason")
    with pytest.raises(Refused) as refused:
        it.platform.apply(Enroll(person=PIA, sequence=OUTBOUND, mailbox=(ANAS_MAILBOX,)))
    assert reason == refused.value.code


def test_one_person_is_enrolled_and_taken_out_as_a_change(opened: Open) -> None:
    platform = opened(workspace()).platform
    change = Enroll(person=PIA, sequence=OUTBOUND, mailbox=(ANAS_MAILBOX, BOS_MAILBOX))
    assert {"person": PIA, "sequence": OUTBOUND, "resumes_at_step": 1} == platform.apply(change)
    out = Unenroll(person=PIA, sequence=OUTBOUND)
    assert {"person": PIA, "sequence": OUTBOUND, "unenrolled": 1} == platform.apply(out)
    with pytest.raises(Refused, match="not_enrolled"):
        platform.apply(out)


@everywhere
@pytest.mark.parametrize("people", [FOUR, [*FOUR, *MANY]], ids=["few", "many"])
def test_people_are_enrolled_paused_and_nothing_is_sent_to_them(opened: Open, people: list[str]) -> None:
    it = opened(workspace(people=people, enrollments=[running(QUIN), running(RAJ, sequence=NURTURE)]))
    wanted = contacts(*people, mailbox=ANAS_MAILBOX).assign(paused=[email != SUE for email in people])
    answer = it.platform.enroll(wanted).set_index("email")["reason"]
    assert {QUIN, RAJ} == set(answer[answer.notna()].index)
    it.sandbox.advance(NOW + timedelta(days=1))
    places = it.platform.places(people, OUTBOUND).set_index("email")
    paused = [email for email in people if email not in (QUIN, RAJ, SUE)]
    assert paused == [email for email in people if email in places.index[places["paused"]]]
    assert {1} == set(places.loc[paused, "step"])
    assert 2 == places["step"][SUE]


@pytest.mark.parametrize("people", [FOUR, [*FOUR, *MANY]], ids=["few", "many"])
def test_whoever_runs_there_is_paused_and_resumed(opened: Open, people: list[str]) -> None:
    there = [email for email in people if email not in (QUIN, RAJ)]
    it = opened(workspace(people=people, enrollments=[running(QUIN, sequence=NURTURE), *map(running, there)]))
    for _ in range(2):
        answer = it.platform.pause(contacts(*people, "nobody@x.test"))
        assert [*people, "nobody@x.test"] == answer["email"].tolist()
        assert there == answer.loc[answer["paused"], "email"].tolist()
    assert it.platform.places(there, OUTBOUND)["paused"].all()
    change = ResumeEnrollment(person=PIA, sequence=OUTBOUND)
    assert {"person": PIA, "sequence": OUTBOUND, "paused": False} == it.platform.apply(change)
    assert not it.platform.places([PIA], OUTBOUND)["paused"].any()
    for one in (PauseEnrollment, ResumeEnrollment):
        with pytest.raises(Refused, match="not_enrolled"):
            it.platform.apply(one(person=QUIN, sequence=OUTBOUND))


@pytest.mark.rule("R49")
@pytest.mark.parametrize("people", [FOUR, [*FOUR, *MANY]], ids=["few", "many"])
def test_people_are_taken_out_once(opened: Open, people: list[str]) -> None:
    there = [email for email in people if email not in (QUIN, RAJ)]
    enrollments = [running(QUIN, sequence=NURTURE), *(running(email) for email in there)]
    it = opened(workspace(people=people, enrollments=enrollments))
    answer = it.platform.unenroll(contacts(*people, "nobody@x.test"))
    assert [*people, "nobody@x.test"] == answer["email"].tolist()
    assert there == answer.loc[answer["ended"], "email"].tolist()
    assert not it.platform.unenroll(contacts(*people))["ended"].any()
    assert [QUIN] == it.sandbox.places(people, NURTURE)["email"].tolist()


TASKS = [
    RepTask(person=PIA, type="PHONE_CALL", assignee=ANA, due_at=days_ago(1)),
    RepTask(person=QUIN, type="EMAIL", status="NOT_READY", assignee=BO),
    RepTask(person=PIA, type="ACTION_ITEM", status="COMPLETED"),
]


@needs_tasks
@everywhere
def test_tasks_are_listed_by_type_status_assignee_and_name(opened: Open) -> None:
    platform = opened(workspace(people=FOUR, tasks=TASKS)).platform
    columns = ("email", "type", "status", "assignee", "due_at")
    call = (PIA, "PHONE_CALL", "READY", ANA, days_ago(1))
    email, item = (QUIN, "EMAIL", "NOT_READY", BO, None), (PIA, "ACTION_ITEM", "COMPLETED", None, None)
    everything = platform.tasks()
    assert sorted([call, email, item], key=repr) == told(everything, *columns)
    assert [call] == told(platform.tasks(types=["PHONE_CALL", "EMAIL"], statuses=["READY"]), *columns)
    assert [email] == told(platform.tasks(assignee=BO), *columns)
    named = everything.loc[everything["status"].ne("READY"), "task"].tolist()
    assert [item, email] == told(platform.tasks(numbers=named), *columns)
    assert [] == told(platform.tasks(numbers=[]))
    with pytest.raises(InvalidInput):
        platform.tasks(assignee="nobody@acme.test")


@needs_tasks
@pytest.mark.rule("R70", "R71")
def test_tasks_are_handed_over_and_closed_ones_are_not(opened: Open) -> None:
    it = opened(workspace(people=FOUR, tasks=TASKS))
    tasks = it.platform.tasks()
    answer = it.platform.reassign_tasks(tasks[["task"]], BO)
    assert tasks["task"].tolist() == answer["task"].tolist()
    by_status = dict(zip(tasks["status"], answer["reason"], strict=True))
    assert {"READY": None, "NOT_READY": None, "COMPLETED": "task_closed"} == by_status
    assert [(BO,), (BO,), (None,)] == told(it.platform.tasks(), "assignee")
    assert answer["reason"].tolist() == it.platform.reassign_tasks(tasks[["task"]], BO)["reason"].tolist()
    closed = tasks.loc[tasks["status"].eq("COMPLETED"), "task"].item()
    with pytest.raises(Refused, match="task_closed"):
        it.platform.apply(ReassignTask(task=closed, assignee=ANA))
    with pytest.raises(InvalidInput):
        it.platform.reassign_tasks(tasks[["task"]], "nobody@acme.test")


@pytest.mark.parametrize("name", ["Outbond", ""])
def test_a_sequence_that_does_not_exist_is_refused_by_its_name(opened: Open, name: str) -> None:
    platform = opened(workspace()).platform
    for asks in (
        lambda: platform.steps(name),
        lambda: list(platform.running(9, sequence=name)),
        lambda: platform.facts(contacts(PIA, sequence=name)),
        lambda: enroll(platform, PIA, sequence=name),
        lambda: platform.unenroll(contacts(PIA, sequence=name)),
    ):
        with pytest.raises(InvalidInput):
            asks()


def test_an_opt_out_and_an_exclusion_show_in_the_facts(opened: Open) -> None:
    it = opened(workspace(people=FOUR, enrollments=[running(PIA)], exclusions=excluding(QUIN)))
    it.sandbox.apply(OptOut(person=PIA))
    facts = it.platform.facts(contacts(*FOUR, "nobody@x.test")).set_index("email")
    assert facts["opted_out"][PIA]
    assert not facts["known"]["nobody@x.test"]
    assert pd.isna(facts["running_in"][PIA])
    assert ([None] * 4 if it.is_unify else [NONE, Names("Customers"), NONE, NONE]) == [
        facts["excluded_by"][email] for email in FOUR
    ]
