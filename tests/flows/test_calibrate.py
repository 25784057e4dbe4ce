"""A calibration finds out how a workspace behaves where the sources leave it open, and leaves nothing behind."""

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest

from cli import procedures
from journal import facts, operations
from models.changes import SetSetting
from models.errors import InvalidInput, NeedsPerson
from models.open_questions import OPEN_QUESTIONS
from models.records import Behaviour, Interval, Sequence, SequenceStep
from models.report import Report
from models.workspace import Workspace
from reports.digest import digest
from tasks import approving
from tasks.approving import always_yes
from tasks.cancelling import cancel_operation
from tasks.forms import Question
from tasks.narration import narrate_with
from tasks.step import without_server
from tests.examples import THOROUGH
from tests.flows.house import House, check_report
from tests.flows.on_unify import UnifyHouse, Working, unify, working
from tests.workspaces import (
    ANA,
    ANAS_MAILBOX,
    BO,
    BOS_MAILBOX,
    OUTBOUND,
    PIA,
    QUIN,
    ended,
    play,
    running,
    workspace,
)

__all__ = ["unify", "working"]  # fixtures
A, B = "Test A", "Test B"
BLOCK = "ruleset:Default:block_reenrollment"
CALIBRATE = {
    "person": PIA,
    "sequence": A,
    "other_sequence": B,
    "mailbox": ANAS_MAILBOX,
    "other_mailbox": BOS_MAILBOX,
}
STEPS = (SequenceStep(), SequenceStep(wait_days=3))
CHOICES = {
    "C6": ("keeps_id", "cancels"),
    "C10": ("settings", "unenroll_first"),
    "C11": ("enrolls_later", "no_retry"),
    "C18": ("removes", "keeps"),
}
EVERY = list(product(*CHOICES.values()))
COMBINATIONS = EVERY if THOROUGH else [EVERY[at] for at in (0, 7, 11, 13, 14)]
"""All sixteen with `THOROUGH=1`; else five in which every two values of two conflicts meet."""


def team(behaviour: dict[str, Any] | None = None, **how: Any) -> Workspace:
    made = [Sequence(name=name, steps=STEPS) for name in (A, B, OUTBOUND)] + how.pop("more", [])
    plays = how.pop("plays", [])
    return workspace(people=(PIA, QUIN), sequences=made, plays=plays, behaviour=Behaviour(**(behaviour or {})), **how)


def seen(house: House, name: str = "unify") -> dict[str, str]:
    return {code: row.answer for code, row in facts.of_workspace(house.journal, name).items()}


def calibrated(house: House, *, agree: Callable[[Question], bool] = always_yes, **parameters: Any) -> Report:
    """Carry it out live as a plain function: what Prefect adds to its many small steps is tried elsewhere."""
    approving.ask_with(agree)
    approving.ask_about_emails_with(lambda question: True)
    narrate_with(house.listener)
    with without_server():
        state = procedures.load("calibrate").fn(**(CALIBRATE | {"dry_run": False} | parameters))
    report = Report.model_validate(state.data)
    check_report(report)
    return report


def one_email(house: House) -> bool:
    """Whether the first step of the first sequence was carried out once, and nothing else."""
    with house.sandbox.work() as work:
        sent = work.rows(
            "SELECT s.name, x.number FROM enrollment_step x JOIN enrollment e ON e.id = x.enrollment_id"
            " JOIN sequence s ON s.id = e.sequence_id WHERE x.status = 'FINISHED'"
        )
    return sent == [{"name": A, "number": 1}]


@pytest.mark.parametrize("answers", COMBINATIONS, ids="-".join)
def test_it_finds_out_each_conflict_in_every_combination(
    unify: UnifyHouse, working: Working, answers: tuple[str, ...]
) -> None:
    behaviour = dict(zip(CHOICES, answers, strict=True))
    unify.load(team(behaviour))
    before = unify.settings()[0]
    working()
    report = calibrated(unify, workspace="unify")
    assert behaviour == {code: answer for code, answer in seen(unify).items() if code in behaviour}, report.plan
    assert before == unify.settings()[0]
    assert [None, None] == [unify.place(PIA, sequence) for sequence in (A, B)]


@pytest.mark.parametrize(
    ("question", "answer"), [("Q2", "counts"), ("Q6", "first_step"), ("Q7", "flags"), ("Q7", "ignores")]
)
def test_it_finds_out_the_open_questions(unify: UnifyHouse, working: Working, question: str, answer: str) -> None:
    unify.load(team({question: answer}))
    working()
    expected = {"Q2": "exempt", "Q6": "next_step", "Q7": "refuses"} | {question: answer}
    report = calibrated(unify, workspace="unify")
    assert expected == {code: one for code, one in seen(unify).items() if code in expected}, report.plan


def test_it_tells_of_each_question_what_was_seen_with_the_words_of_the_answer(
    unify: UnifyHouse, working: Working
) -> None:
    unify.load(team())
    person = working()
    report = calibrated(unify, workspace="unify", new_owner=BO)
    assert ("completed", {"unchanged": 1, "considered": 1}) == (report.status, report.counts)
    assert set(OPEN_QUESTIONS) == set(seen(unify)), report.plan
    by_code = {one.question: one for one in report.facts}
    assert ("refused", "Prospect is already sequenced") == (by_code["R45"].answer, by_code["R45"].words)
    assert ("refused", "Prospect is already sequenced") == (by_code["R26"].answer, by_code["R26"].words)
    assert by_code["Q7"].words == f"Person is excluded by 'Calibrate {report.operation_id}'"
    assert 30 <= int(by_code["R42"].answer) <= 65
    assert 15 <= int(by_code["R51"].answer) <= 50
    assert "ends" == by_code["R1"].answer
    assert not any(PIA in one.words for one in report.facts)
    assert 1 == sum(f"give the mailbox {ANAS_MAILBOX} to {BO}" == title for title in person.asked)
    assert ANA == unify.sandbox.mailboxes().set_index("mailbox")["owner"][ANAS_MAILBOX]


def test_a_step_by_hand_that_shows_is_asked_for_again_until_it_is_so(unify: UnifyHouse, working: Working) -> None:
    unify.load(team())
    owner = f"give the mailbox {ANAS_MAILBOX} to {BO}"
    person = working(forget=(f"pause the sequence '{B}'", owner))
    calibrated(unify, workspace="unify", new_owner=BO)
    assert [f"'{B}' is not paused still", f"{ANAS_MAILBOX} belongs to {ANA} still"] == person.problems
    assert "ends" == seen(unify)["R1"]


def test_what_is_seen_under_a_setting_that_somebody_changed_meanwhile_is_no_fact(
    unify: UnifyHouse, working: Working
) -> None:
    unify.load(team())

    def changed_back(change: Any) -> None:
        unify.sandbox.apply(SetSetting(setting=BLOCK, value=Interval(value=75)))
        unify.sandbox.apply(change)

    working(instead={"run the play": changed_back})
    report = calibrated(unify, workspace="unify")
    [open_still] = [one for one in report.facts if one.question == "C10"]
    assert "assumed" == open_still.how
    assert "somebody changed how long contacts wait" in open_still.why


def test_it_sends_one_email_and_leaves_nothing_to_undo(unify: UnifyHouse, working: Working) -> None:
    unify.load(team({"Q6": "first_step"}))
    working()
    report = calibrated(unify, workspace="unify")
    assert one_email(unify)
    with pytest.raises(InvalidInput, match="gave back itself what it changed"):
        unify.carry_out("undo", undone=report.operation_id)


def test_what_was_seen_counts_in_place_of_what_is_assumed(unify: UnifyHouse, working: Working) -> None:
    """C6 decides whether a backlog that is reassigned needs settings; a plan says which of the two it rests on."""
    unify.load(team(enrollments=[running(QUIN, sequence=OUTBOUND, steps_done=0), ended(QUIN)]))
    moving = {"from_mailbox": ANAS_MAILBOX, "to_mailboxes": [BOS_MAILBOX], "via": "backlog"}

    def told() -> list[str]:
        plan = unify.carry_out("queued-backlog", dry_run=True, **moving).plan
        return [line for line in plan if line.startswith("it rests on this") and "(C6" in line]

    assert told() == ["it rests on this: reassigning the backlog cancels what it moves (C6: assumed, not tried here)"]
    working()
    calibrated(unify, workspace="unify")
    [line] = told()
    assert "reassigning the backlog moves an enrollment, which runs on (C6: seen here at 2026-11-0" in line


def test_a_second_calibration_tells_what_changed(unify: UnifyHouse, working: Working) -> None:
    unify.load(team({"C18": "removes"}))
    working()
    calibrated(unify, workspace="unify")
    with unify.sandbox.work() as work:
        behaviour = Behaviour(C18="keeps").model_dump_json()
        work.run("UPDATE workspace SET behaviour = :behaviour", behaviour=behaviour)
    report = calibrated(unify, workspace="unify")
    by_code = {one.question: one for one in report.facts}
    assert ("keeps", "removes") == (by_code["C18"].answer, by_code["C18"].before)
    assert any("C18, seen: " in line and "otherwise than before" in line for line in report.plan), report.plan
    assert "seen" == by_code["C11"].how
    assert by_code["C11"].operation_id != report.operation_id
    assert "was enrolled before" in by_code["C11"].why


def test_the_sandbox_is_calibrated_by_itself_and_ends_as_it_was(house: House) -> None:
    house.load(team({"C6": "cancels", "C10": "unenroll_first", "Q2": "counts", "Q7": "ignores"}))
    before = house.settings()[0]
    report = calibrated(house)
    expected = {"C6": "cancels", "C10": "unenroll_first", "C11": "enrolls_later", "C18": "removes", "Q2": "counts"}
    expected |= {"Q6": "next_step", "Q7": "ignores"}
    assert expected == {code: one for code, one in seen(house, "sandbox").items() if code in expected}, report.plan
    assert before == house.settings()[0]
    assert "11 questions of 12 found out; the others stay as they were assumed." == digest(report).headline
    assert [False] == [one.paused for one in house.sandbox.workspace_record().sequences if one.name == B]
    assert [False] == [one.published for one in house.sandbox.workspace_record().plays]
    assert [False] == [one.exclude_from_sequences for one in house.sandbox.workspace_record().exclusions]


def test_a_dry_run_says_what_would_be_tried_and_what_it_sends(house: House) -> None:
    house.load(team())
    report = calibrated(house, dry_run=True)
    assert "planned" == report.status
    assert "7 experiments can be tried; one email at most is sent." == digest(report).headline
    assert any(line.startswith("not tried: mailbox handed over (R1)") for line in report.plan), report.plan
    assert {} == seen(house, "sandbox")


def test_where_no_api_does_it_the_plan_says_that_an_admin_is_needed(house: House, unify: UnifyHouse) -> None:
    house.load(team())
    needed = [
        any("an admin is asked for each" in line for line in calibrated(house, dry_run=True, workspace=name).plan)
        for name in ("sandbox", "unify")
    ]
    assert [False, True] == needed


def test_what_nobody_agrees_to_is_not_tried(house: House) -> None:
    house.load(team())
    asked: list[Question] = []

    def agree(question: Question) -> bool:
        asked.append(question)
        return "backlog" not in question.words

    report = calibrated(house, agree=agree)
    assert 8 == len(asked)  # the plan, and each experiment that can be tried
    assert "It sends one email at most to pia@x.test" in asked[4].words
    assert "C6" not in seen(house, "sandbox")
    assert "nobody agreed to it" == next(one.why for one in report.facts if one.question == "C6")


@pytest.mark.parametrize(
    ("workspace_has", "parameters", "message"),
    [
        ({}, {"person": "nobody@x.test"}, "person: nobody in the workspace has the address"),
        ({}, {"other_sequence": A}, "other_sequence: is the same sequence"),
        ({"enrollments": [running(QUIN, sequence=A)]}, {}, "sequence: others run in 'Test A': quin@x.test"),
        ({"enrollments": [ended(PIA)]}, {}, "person: has been in other sequences: Outbound"),
        ({"enrollments": [running(PIA, sequence=B)]}, {}, "person: runs in one of the two sequences now"),
        ({"plays": [play(sequence=B, published=True)]}, {}, "other_sequence: published plays enroll into 'Test B'"),
        ({}, {"other_mailbox": ANAS_MAILBOX}, "other_mailbox: is the same mailbox"),
        ({}, {"new_owner": "bob@acme.test"}, "new_owner"),
    ],
)
def test_what_is_not_made_for_it_is_refused(
    house: House, workspace_has: dict[str, Any], parameters: dict[str, Any], message: str
) -> None:
    house.load(team(**workspace_has))
    with pytest.raises(InvalidInput, match=message):
        calibrated(house, **parameters)
    assert {} == seen(house, "sandbox")


def test_a_sequence_whose_second_step_comes_soon_is_refused(house: House) -> None:
    quick = (SequenceStep(), SequenceStep(wait_days=1))
    house.load(team(more=[Sequence(name="Quick", steps=quick)]))
    with pytest.raises(InvalidInput, match="has no second step that waits 2 days or more"):
        calibrated(house, sequence="Quick")


CUT_AT = (
    "waiting for excluded no more: the exclusion to act",
    "a published play enrolls by itself",
    "reassigning the backlog moves",
    "whoever completed no step",
    "waiting for same sequence: the first step",
    "into the same sequence nobody",
    "waiting for same sequence: with the option on",
    "whoever is enrolled again by the API",
    "a play takes over",
    "an exclusion that is turned on takes",
    "the API refuses to enroll",
)


def test_a_run_that_begins_from_the_top_again_and_again_sees_the_same(unify: UnifyHouse, working: Working) -> None:
    """As a deployed run does at each wait, and one that was killed: nothing is done or looked at twice."""
    unify.load(team())
    before = unify.settings()[0]
    person = working()
    for words in CUT_AT:
        unify.listener.once(words, killed)
    cuts, operation = 0, None
    while True:
        try:
            report = calibrated(unify, workspace="unify", operation=operation)
            break
        except KilledHereError:
            cuts += 1
            [operation] = operations.ids(unify.journal)
    assert len(CUT_AT) == cuts
    expected = {"C6": "keeps_id", "C10": "settings", "C11": "enrolls_later", "C18": "removes"}
    expected |= {"Q2": "exempt", "Q6": "next_step", "Q7": "refuses", "R45": "refused", "R26": "refused"}
    assert expected == {code: one for code, one in seen(unify).items() if code in expected}, report.plan
    assert before == unify.settings()[0]
    once = [title for title in person.asked if title.startswith(("make the", "run the", "reassign", "upload"))]
    assert len(once) == len(set(once)) == 5
    assert one_email(unify)


class KilledHereError(Exception):
    """Where a test cuts a run short."""


def killed() -> None:
    raise KilledHereError


def test_what_cannot_be_done_by_hand_ends_the_run_and_leaves_nobody_in_a_sequence(
    unify: UnifyHouse, working: Working
) -> None:
    unify.load(team())
    working(refuse=("reassign what is queued",))
    with pytest.raises(NeedsPerson, match="Olga says that this cannot be done"):
        unify.carry_out("calibrate", **CALIBRATE)
    [row] = operations.past(unify.journal)
    assert "failed" == row.status
    assert [None, None] == [unify.place(PIA, sequence) for sequence in (A, B)]
    assert any(line.startswith("resume the other sequence") for line in row.next), row.next


def test_a_play_that_is_published_while_a_run_is_cancelled_is_taken_back(house: House) -> None:
    house.load(team())
    house.listener.once("waiting for excluded no more: the play to take in", killed)
    with pytest.raises(KilledHereError):
        calibrated(house)
    [operation] = operations.ids(house.journal)
    cancel_operation(operation)
    assert [None, None] == [house.place(PIA, sequence) for sequence in (A, B)]
    workspace_now = house.sandbox.workspace_record()
    assert [False] == [one.published for one in workspace_now.plays]
    assert {False} == {one.paused for one in workspace_now.sequences}
    assert [False] == [one.exclude_from_sequences for one in workspace_now.exclusions]
