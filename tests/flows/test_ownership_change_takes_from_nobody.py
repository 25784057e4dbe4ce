"""Who is at work in another sequence stays there, whatever settings are lifted meanwhile (R20, R22)."""

from typing import Any

import pytest

from journal import operations
from models.changes import Change, DuplicatePlay, Enroll, RunPlay, UploadAudience
from models.records import Behaviour
from models.report import Report
from platforms.sandbox.sandbox import Sandbox
from tests.flows.house import House, check_report, outcomes
from tests.workspaces import (
    ANAS_MAILBOX,
    BOS_MAILBOX,
    NURTURE,
    OUTBOUND,
    PIA,
    PLAY,
    QUIN,
    RAJ,
    days_ago,
    ended,
    ruleset,
    running,
    workspace,
)

TEAM = [PIA, QUIN, RAJ]


class PlatformBroke(Exception):
    """What nobody foresaw."""


@pytest.mark.rule("R20", "R22", "R28")
@pytest.mark.parametrize("days", [0, 3, 75])
def test_who_runs_elsewhere_is_told_as_enrolled_and_not_taken_from_there(house: House, days: int) -> None:
    """Quin fell out, and runs elsewhere since; the ruleset there would let her leave at once, or once it is lifted."""
    elsewhere = running(QUIN, sequence=NURTURE, mailbox=BOS_MAILBOX, started_at=days_ago(4))
    fell_out = ended(QUIN, days=5, end_reason="mailbox_owner_changed", play=PLAY)
    house.load_and_change_owner(
        workspace(
            people=TEAM,
            enrollments=[running(PIA, play=PLAY, steps_done=2), elsewhere, fell_out],
            rulesets=ruleset(allow_same=days == 0, days=days),
            behaviour=Behaviour(C10="settings"),
        )
    )
    report = house.run(contacts="\n".join(TEAM), sequence=OUTBOUND)
    check_report(report)
    assert ("blocked", "already_enrolled") == tuple(outcomes(report).loc[QUIN, ["outcome", "reasons"]])
    assert "enrolled" == outcomes(report).loc[PIA, "outcome"]
    assert house.place(QUIN, NURTURE) is not None


def fallen_out(house: House, play: str | None = PLAY) -> None:
    """Pia and Raj fell out past step 2 and need settings lifted; Quin was queued, so that anybody may enroll her."""
    enrollments = [running(email, play=play, steps_done=2) for email in (PIA, RAJ)]
    enrollments.append(running(QUIN, play=PLAY, steps_done=0))
    by_settings = Behaviour(C10="settings")
    house.load_and_change_owner(workspace(people=TEAM, enrollments=enrollments, behaviour=by_settings))


def run_while_quin_begins_elsewhere(house: House) -> Report:
    """Somebody enrolls Quin in another sequence as soon as the plan is made, and long before the copy runs."""

    def enroll_quin_elsewhere(question: str) -> bool:
        house.do(Enroll(person=QUIN, sequence=NURTURE, mailbox=(BOS_MAILBOX,)))
        return True

    return house.carry_out("ownership-change", mailbox=ANAS_MAILBOX, answer=enroll_quin_elsewhere, probe=False)


def check_quin_was_left(house: House, report: Report) -> None:
    check_report(report)
    assert ("completed", 2, 1) == (report.status, report.counts["enrolled"], report.counts["blocked"])
    assert ("blocked", "already_enrolled") == tuple(outcomes(report).loc[QUIN, ["outcome", "reasons"]])
    assert [(PIA, OUTBOUND), (QUIN, NURTURE), (RAJ, OUTBOUND)] == [
        (email, sequence) for email in TEAM for sequence in (OUTBOUND, NURTURE) if house.place(email, sequence)
    ]


@pytest.mark.rule("R20", "R22")
def test_who_begins_elsewhere_while_we_wait_is_not_taken_from_there(house: House) -> None:
    """What is lifted for the others would let Quin leave as well, and she is in the audience uploaded before."""
    fallen_out(house)
    check_quin_was_left(house, run_while_quin_begins_elsewhere(house))
    plays = house.sandbox.workspace_record().plays
    assert [0, 0, 1] == [len(play.runs) for play in plays]


@pytest.mark.rule("R20", "R22")
def test_where_nobody_is_left_for_a_copy_it_does_not_run(house: House) -> None:
    """Pia and Raj were enrolled by hand and go back directly; Quin alone is meant for the copy."""
    fallen_out(house, play=None)
    check_quin_was_left(house, run_while_quin_begins_elsewhere(house))
    assert [0, 0] == [len(play.runs) for play in house.sandbox.workspace_record().plays]


@pytest.mark.rule("R20", "R22")
@pytest.mark.parametrize("kind", [UploadAudience, DuplicatePlay, RunPlay])
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_run_that_broke_there_and_is_taken_up_takes_from_nobody_either(
    house: House, monkeypatch: pytest.MonkeyPatch, kind: type[Change], after: bool
) -> None:
    fallen_out(house)
    broken = break_second(monkeypatch, kind, after=after)
    with pytest.raises(PlatformBroke):
        run_while_quin_begins_elsewhere(house)
    assert broken
    (row,) = operations.past(house.journal)
    check_quin_was_left(house, house.run(operation=row.id, probe=False))


def break_second(monkeypatch: pytest.MonkeyPatch, kind: type[Change], *, after: bool) -> list[Change]:
    """Let the second change of this kind raise, before or after it is made; of runs the first."""
    seen, broken, whole = list[Change](), list[Change](), Sandbox.apply

    def apply(self: Sandbox, change: Change, *, briefly: bool = False) -> dict[str, Any]:
        if isinstance(change, kind):
            seen.append(change)
        now = isinstance(change, kind) and not broken and len(seen) == (1 if kind is RunPlay else 2)
        if now:
            broken.append(change)
        if now and not after:
            raise PlatformBroke("the answer never came")
        result = whole(self, change, briefly=briefly)
        if now:
            raise PlatformBroke("the answer never came")
        return result

    monkeypatch.setattr(Sandbox, "apply", apply)
    return broken
