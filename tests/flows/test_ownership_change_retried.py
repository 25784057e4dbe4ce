"""A run that failed and is taken up again: nothing is done twice, and what was given back is borrowed again."""

from collections import Counter
from typing import Any

import pandas as pd
import pytest

from journal import loans, operations
from journal.changes import changes_of
from models.changes import Change, DuplicatePlay, RunPlay, UploadAudience
from platforms.sandbox.sandbox import Sandbox
from tests.flows.house import House, check_report
from tests.workspaces import OUTBOUND, PIA, PLAY, QUIN, RAJ, running, workspace

TEAM = [PIA, QUIN, RAJ]


class PlatformBroke(Exception):
    """What nobody foresaw."""


def break_once(monkeypatch: pytest.MonkeyPatch, kind: type[Change], *, after: bool) -> Counter[str]:
    """Let the first change of this kind raise, before or after it is made; give how often each kind is made."""
    made: Counter[str] = Counter()
    whole = Sandbox.apply

    def apply(self: Sandbox, change: Change, *, briefly: bool = False) -> dict[str, Any]:
        first = isinstance(change, kind) and not made["broken"]
        if first:
            made["broken"] += 1
            if not after:
                raise PlatformBroke("the answer never came")
        result = whole(self, change, briefly=briefly)
        made[change.action] += 1
        if first:
            raise PlatformBroke("the answer never came")
        return result

    monkeypatch.setattr(Sandbox, "apply", apply)
    return made


@pytest.mark.rule("R5", "R17", "R27")
@pytest.mark.parametrize("kind", [UploadAudience, DuplicatePlay, RunPlay])
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_failed_run_gives_back_and_goes_on_when_it_is_taken_up(
    house: House, monkeypatch: pytest.MonkeyPatch, kind: type[Change], after: bool
) -> None:
    enrollments = [
        running(PIA, play=PLAY, steps_done=2),
        running(QUIN, play=PLAY, steps_done=2),
        running(RAJ, steps_done=1),
    ]
    house.load_and_change_owner(workspace(people=TEAM, enrollments=enrollments))
    before = house.settings()
    made = break_once(monkeypatch, kind, after=after)
    with pytest.raises(PlatformBroke):
        house.run(probe=False)
    (row,) = operations.past(house.journal)
    assert ("failed", []) == (row.status, loans.open_loans(house.journal))
    assert before == house.settings()

    report = house.run(probe=False, operation=row.id)
    check_report(report)
    assert (row.id, "completed", 3) == (report.operation_id, report.status, report.counts["enrolled"])
    assert before == house.settings()
    assert {"upload_audience": 1, "duplicate_play": 1, "run_play": 1} == {
        kind: made[kind] for kind in ("upload_audience", "duplicate_play", "run_play")
    }
    assert [2, 2, 2] == [len(house.enrollments(email)) for email in TEAM]
    assert {"applied"} == {change.state for change in changes_of(house.journal, row.id)}
    assert [] == loans.open_loans(house.journal)


@pytest.mark.rule("R41")
def test_a_direct_enrollment_whose_answer_was_lost_is_found_made(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.load_and_change_owner(workspace(people=TEAM, enrollments=[running(email, steps_done=2) for email in TEAM]))
    whole, lost = Sandbox.enroll, Counter[str]()

    def enroll(self: Sandbox, contacts: pd.DataFrame) -> pd.DataFrame:
        answer = whole(self, contacts)
        if answer["reason"].isna().any() and not lost["answers"]:
            lost["answers"] += 1
            raise PlatformBroke("the answer never came")
        return answer

    monkeypatch.setattr(Sandbox, "enroll", enroll)
    with pytest.raises(PlatformBroke):
        house.run(via="direct", probe=False)
    (row,) = operations.past(house.journal)
    report = house.run(via="direct", probe=False, operation=row.id)
    check_report(report)
    assert ("completed", 3) == (report.status, report.counts["enrolled"])
    assert [2, 2, 2] == [len(house.enrollments(email)) for email in TEAM]
    assert 3 == len(house.sandbox.places(TEAM, OUTBOUND))
