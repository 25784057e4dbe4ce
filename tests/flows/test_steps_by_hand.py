"""What the platform's API cannot do, a person does: asked for, told when it is not so, and given back all the same."""

from typing import Any

import pytest

from journal import operations
from models.changes import ChangeMailboxOwner, Enroll, OptOut, RunPlay, SetSetting
from models.errors import InvalidInput, NeedsPerson
from models.records import Sequence, SequenceStep
from tasks.restore_settings.restoring import have_given_back, sweep
from tests.flows.house import House, check_report, outcomes
from tests.flows.on_unify import UnifyHouse, Working, unify, working
from tests.workspaces import (
    ANAS_MAILBOX,
    BO,
    OUTBOUND,
    PIA,
    PLAY,
    QUIN,
    RAJ,
    excluding,
    play,
    ruleset,
    running,
    workspace,
)

__all__ = ["unify", "working"]  # fixtures
BLOCK, SAME = "ruleset:Default:block_reenrollment", "ruleset:Default:allow_same_sequence_reenrollment"
TEAM = (PIA, QUIN, RAJ)


def fallen_out(house: House, **how: Any) -> None:
    """Three fell out of a sequence when Ana's mailbox changed its owner; a snapshot names them."""
    house.load(workspace(people=TEAM, enrollments=[running(email, play=PLAY) for email in TEAM], **how))
    house.plan()
    house.do(ChangeMailboxOwner(mailbox=ANAS_MAILBOX, owner=BO))


@pytest.mark.rule("R4", "R5", "R17", "R24")
def test_a_play_is_duplicated_and_run_by_a_person_where_that_is_wanted(unify: UnifyHouse, working: Working) -> None:
    fallen_out(unify)
    before, person = unify.settings(), working(forget=("run the play",))
    report = unify.run(via="play")
    check_report(report)
    assert ("completed", 3) == (report.status, report.counts["enrolled"]), report
    assert before == unify.settings()
    for words in ("upload the audience", "duplicate the play 'Play'", "run the play"):
        assert any(words in title for title in person.asked), (words, person.asked)
    [problem] = person.problems
    assert problem.startswith("none of 1 contact is in the sequence yet by the play 'Play (handoff ")
    assert problem.endswith("if all were refused, say so as a remark")


def test_a_wrong_answer_is_told_and_asked_for_again(unify: UnifyHouse, working: Working) -> None:
    fallen_out(unify)
    person = working(forget=("waiting period",))
    assert "completed" == unify.run().status
    waits = "how long contacts wait before they may be enrolled again, in the ruleset 'Default'"
    assert [f"{waits}: it is 75 days still"] == person.problems


def test_what_cannot_be_done_ends_the_run_and_what_was_borrowed_is_chased(unify: UnifyHouse, working: Working) -> None:
    fallen_out(unify)
    before = unify.settings()
    working(refuse=("waiting period",))
    with pytest.raises(NeedsPerson, match=r"Olga says that this cannot be done: .* no such button"):
        unify.run()
    (row,) = [one for one in operations.past(unify.journal) if one.mode == "live"]
    assert "failed" == row.status
    assert any("into the same sequence" in line and "a person has to give" in line for line in row.next), row.next
    person = working()
    assert [{"setting": SAME, "workspace": "unify", "state": "overdue"}] == still_out(sweep())
    have_given_back()
    assert 1 == len(person.asked)
    assert [] == still_out(sweep())
    assert before == unify.settings()


def test_a_sweep_names_what_a_person_has_to_give_back_and_does_not_fail(unify: UnifyHouse, working: Working) -> None:
    fallen_out(unify)
    working(refuse=("waiting period",))
    with pytest.raises(NeedsPerson):
        unify.run()
    report = unify.carry_out("restore-settings")
    assert "needs_attention" == report.status
    assert any("into the same sequence" in line and "`handoff restore`" in line for line in report.next), report.next


def still_out(found: dict[str, Any]) -> list[dict[str, Any]]:
    return [loan for loan in found["loans"] if loan["state"] == "overdue"]


def test_a_plan_says_where_what_by_whom_and_what_is_looked_at(unify: UnifyHouse) -> None:
    fallen_out(unify)
    told = "\n".join(line for line in unify.plan(via="play").plan if line.startswith("by hand"))
    for words in (
        "Settings > Organization > Sequences > Rulesets, or Settings > Features > Sequences > Rulesets",
        "set the waiting period to 0 days: at once, not never (R14)",
        "an admin (R47)",
        "30 to 60 minutes (R42)",
        "upload the file audience.csv",
        "set its trigger to the audience",
        "looked at afterwards: the setting",
        "nothing: the platform does not show it, so your word is taken",
    ):
        assert words in told, told


def test_nothing_is_begun_where_nobody_can_be_asked(unify: UnifyHouse) -> None:
    fallen_out(unify)
    before = unify.settings()
    with pytest.raises(NeedsPerson, match="nobody can be asked here: run it in a terminal, or with --detach"):
        unify.run()
    assert before == unify.settings()
    assert [None] * 3 == [unify.place(email, OUTBOUND) for email in TEAM]


def test_forecasts_that_rest_on_exclusions_are_no_verdicts(unify: UnifyHouse, working: Working) -> None:
    """Quin opted out: that is known. Of the others nobody can know whether an exclusion keeps them out."""
    fallen_out(unify, exclusions=[excluding(RAJ)])
    unify.do(OptOut(person=QUIN))
    working()
    report = unify.run()
    assert ({"known": 1, "true": 1, "unknown": 2}, ()) == (report.verdicts, report.differences)
    assert ("blocked", "excluded:Customers") == tuple(outcomes(report).loc[RAJ, ["outcome", "reasons"]])


EXCLUSION, HERE = "exclusion:Customers:exclude_from_sequences", "ruleset:Default:exclusion:Customers"


def excluded_from_everything(house: House, **how: Any) -> None:
    """Pia and Quin are customers: kept out by both toggles, and never written to."""
    house.load(
        workspace(
            people=TEAM,
            exclusions=[excluding(PIA, QUIN)],
            rulesets=[ruleset(exclusions={"Customers": True})],
            plays=[play(published=False)],
            sequences=[Sequence(name=OUTBOUND, steps=(SequenceStep(),))],
            **how,
        )
    )


@pytest.mark.rule("R34", "R35", "R36", "R37", "R38", "R51")
def test_exclusions_that_cannot_be_read_go_back_to_what_a_person_saw(unify: UnifyHouse, working: Working) -> None:
    excluded_from_everything(unify)
    before, person = unify.settings(), working()
    report = unify.carry_out(
        "exclusion-rerun",
        exclusion="Customers",
        contacts=f"{PIA}\n{QUIN}",
        sequence=OUTBOUND,
        approve="all",
        send_from=[ANAS_MAILBOX],
    )
    check_report(report)
    assert ("completed", 2) == (report.status, report.counts["enrolled"]), report
    assert before == unify.settings()
    assert {EXCLUSION: "true", HERE: "true"} == {loan.setting: loan.was for loan in report.loans}
    assert 4 == len(person.asked), person.asked


@pytest.mark.rule("R68")
def test_a_toggle_that_was_off_before_is_not_turned_on_afterwards(unify: UnifyHouse, working: Working) -> None:
    excluded_from_everything(unify)
    unify.do(SetSetting(setting=HERE, value=False))
    before, person = unify.settings(), working()
    report = unify.carry_out(
        "exclusion-rerun",
        exclusion="Customers",
        contacts=PIA,
        sequence=OUTBOUND,
        approve="all",
        send_from=[ANAS_MAILBOX],
    )
    assert "completed" == report.status
    assert before == unify.settings()
    assert 3 == len(person.asked), person.asked


def test_who_else_is_let_in_is_said_to_be_unknown(unify: UnifyHouse) -> None:
    excluded_from_everything(unify)
    report = unify.carry_out(
        "exclusion-rerun",
        dry_run=True,
        exclusion="Customers",
        contacts=PIA,
        sequence=OUTBOUND,
        send_from=[ANAS_MAILBOX],
    )
    assert any("who else becomes reachable is not known" in line for line in report.plan), report.plan


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"play": PLAY}, "play: this platform does not tell of plays"),
        ({"contacts": PIA, "sequence": OUTBOUND, "shield_others": True}, "shield_others: this platform does not tell"),
    ],
)
def test_what_needs_to_see_plays_is_refused(unify: UnifyHouse, parameters: dict[str, Any], words: str) -> None:
    excluded_from_everything(unify)
    with pytest.raises(InvalidInput, match=words):
        unify.carry_out("exclusion-rerun", exclusion="Customers", send_from=[ANAS_MAILBOX], **parameters)


def test_a_mailbox_that_has_no_enrollments_may_send_all_the_same(unify: UnifyHouse) -> None:
    """The platform shows only mailboxes that have some: a new colleague's has none yet."""
    fallen_out(unify)
    plan = unify.plan_of(unify.plan(send_from=["new@send.acme.test"]))
    assert ["new@send.acme.test"] == plan["send_from"]


def test_whom_the_original_play_let_in_does_not_show_that_its_copy_ran(unify: UnifyHouse, working: Working) -> None:
    fallen_out(unify)

    def the_original(change: RunPlay) -> None:
        for email in TEAM:
            if unify.place(email, OUTBOUND) is None:
                unify.do(Enroll(person=email, sequence=OUTBOUND, mailbox=(ANAS_MAILBOX,)))

    def the_copy(change: RunPlay) -> None:
        person.remark = "it ran, and all are in already"
        unify.do(change)

    person = working(instead={"run the play": the_original, "run the": the_copy})
    unify.run(via="play")
    assert any("in the sequence yet by the play 'Play (handoff" in problem for problem in person.problems)
