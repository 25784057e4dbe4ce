"""What became of people who ran at one look and not at the next, by their history and by what operations say."""

from datetime import timedelta
from typing import Any

import pandas as pd
import pytest

from models.names import NONE, Names
from models.rules.departed import GOES_ON, evidence, fates
from tests.workspaces import ANAS_MAILBOX, BOS_MAILBOX, NOW, NURTURE, OUTBOUND, PIA

FELL = NOW - timedelta(hours=8)
HISTORY = ["email", "sequence", "mailbox", "started_at", "ended_at", "steps_done", "end"]
TREATED = ["id", "procedure", "sequence", "outcome", "reasons", "began", "ended"]


def enrollment(end: str | None = "canceled", **own: Any) -> dict[str, Any]:
    """One of Pia's from Ana's mailbox that ended eight hours ago; it runs where `end` is None."""
    return {
        "email": PIA,
        "sequence": OUTBOUND,
        "mailbox": ANAS_MAILBOX,
        "started_at": NOW - timedelta(days=9),
        "ended_at": FELL if end else None,
        "steps_done": 2,
        "end": end,
        **own,
    }


def operation(hours: float = 1, **own: Any) -> dict[str, Any]:
    """One that began so many hours after the end and took an hour."""
    began = FELL + timedelta(hours=hours)
    return {
        "id": 1,
        "procedure": "ownership-change",
        "sequence": OUTBOUND,
        "outcome": "blocked",
        "reasons": Names("recently_enrolled"),
        "began": began,
        "ended": began + timedelta(hours=1),
        **own,
    }


def judged(history: list[dict[str, Any]], treated: list[dict[str, Any]]) -> pd.DataFrame:
    seen = {"id": 1, "email": PIA, "sequence": OUTBOUND, "mailbox": ANAS_MAILBOX, "seen_at": NOW - timedelta(days=1)}
    told = pd.DataFrame(history, columns=HISTORY).astype(
        {"started_at": "datetime64[ns, UTC]", "ended_at": "datetime64[ns, UTC]", "steps_done": "Int64"}
    )
    ours = pd.DataFrame(treated, columns=TREATED).astype(
        {"began": "datetime64[ns, UTC]", "ended": "datetime64[ns, UTC]"}
    )
    return fates(pd.DataFrame([seen]), told, ours)


LATER = {"started_at": FELL + timedelta(hours=1), "ended_at": FELL + timedelta(hours=2)}
ELSEWHERE = enrollment(None, sequence=NURTURE, mailbox=BOS_MAILBOX, started_at=FELL + timedelta(hours=3))
CASES: dict[str, tuple[list[dict[str, Any]], list[dict[str, Any]], str]] = {
    "cancelled, and nothing tells why": ([enrollment()], [], "out"),
    "cancelled, and cancelled elsewhere since": ([enrollment(), enrollment(**LATER, sequence=NURTURE)], [], "out"),
    "running elsewhere": ([enrollment(), ELSEWHERE], [], "elsewhere"),
    "running in that sequence again": ([enrollment(), ELSEWHERE | {"sequence": OUTBOUND}], [], "accounted"),
    "running elsewhere, replied between": ([enrollment(), enrollment("replied", **LATER), ELSEWHERE], [], "accounted"),
    "running elsewhere, put there by an operation": (
        [enrollment(), ELSEWHERE],
        [operation(procedure="enroll-contacts", outcome="enrolled")],
        "accounted",
    ),
    "running elsewhere, and told so": (
        [enrollment(), ELSEWHERE],
        [operation(reasons=Names("already_enrolled"))],
        "accounted",
    ),
    "running elsewhere, and blocked before": ([enrollment(), ELSEWHERE], [operation(-3)], "elsewhere"),
    "running elsewhere, in an operation that goes on": (
        [enrollment(), ELSEWHERE],
        [operation(outcome=None, reasons=NONE, ended=None)],
        "waits",
    ),
    "running elsewhere, moved there by an operation": (
        [enrollment(), ELSEWHERE],
        [operation(-0.5, procedure="sequence-move", outcome="enrolled")],
        "accounted",
    ),
    "fell out while an operation that left them alone was under way": (
        [enrollment()],
        [operation(-0.5, procedure="sequence-move", outcome="unchanged", reasons=NONE)],
        "out",
    ),
    "fell out while their tasks were handed over": (
        [enrollment()],
        [operation(-0.5, procedure="task-reassignment", outcome="reassigned", reasons=NONE)],
        "out",
    ),
    "replied": ([enrollment("replied")], [], "accounted"),
    "bounced elsewhere since": ([enrollment(), enrollment("bounced", **LATER)], [], "accounted"),
    "opted out": ([enrollment("opted_out")], [], "accounted"),
    "excluded": ([enrollment("excluded")], [], "accounted"),
    "completed": ([enrollment("completed")], [], "accounted"),
    "no history: the workspace was loaded anew": ([], [], "accounted"),
    "blocked by an operation since": ([enrollment()], [operation()], "accounted"),
    "blocked since where somebody tried to enroll them in the same sequence": (
        [enrollment()],
        [operation(procedure="enroll-contacts")],
        "accounted",
    ),
    "blocked since where somebody tried to enroll them in another sequence": (
        [enrollment()],
        [operation(procedure="enroll-contacts", sequence=NURTURE)],
        "out",
    ),
    "running elsewhere, and told since that they may not enter a third sequence": (
        [enrollment(), ELSEWHERE],
        [operation(procedure="enroll-contacts", sequence="Webinar")],
        "elsewhere",
    ),
    "to begin anew in a copy, and blocked": (
        [enrollment()],
        [operation(sequence=f"{OUTBOUND} (restart 2026-11-03)")],
        "accounted",
    ),
    "failed in an operation since, to be tried again": ([enrollment()], [operation(outcome="failed")], "out"),
    "blocked before, for running": ([enrollment()], [operation(-3, reasons=Names("already_enrolled"))], "out"),
    "blocked at that instant, for running": ([enrollment()], [operation(0, reasons=Names("already_enrolled"))], "out"),
    "blocked before it ended": ([enrollment()], [operation(-3)], "out"),
    "enrolled by an operation, and out again": ([enrollment()], [operation(-1, outcome="enrolled")], "out"),
    "taken out by an operation": (
        [enrollment()],
        [operation(-0.5, procedure="call-outcomes", outcome="unenrolled")],
        "accounted",
    ),
    "half moved by an operation": (
        [enrollment()],
        [operation(-0.5, procedure="sequence-move", outcome="failed")],
        "accounted",
    ),
    "in an operation that goes on": ([enrollment()], [operation(outcome=None, reasons=NONE, ended=None)], "waits"),
    "running, and in one that goes on": ([enrollment(None)], [operation(outcome=None, ended=None)], "accounted"),
}


@pytest.mark.rule("R1")
@pytest.mark.parametrize("case", CASES)
def test_who_is_accounted_for_who_waits_and_of_whom_nobody_can_tell(case: str) -> None:
    history, treated, fate = CASES[case]
    assert [fate] == judged(history, treated)["fate"].tolist()


@pytest.mark.rule("R1")
def test_the_evidence_says_when_with_how_many_others_and_where_they_were_since() -> None:
    ends = pd.DataFrame({"ended_at": pd.to_datetime([FELL, FELL + timedelta(minutes=3)], utc=True)})
    [together] = evidence(judged([enrollment()], []), ends.assign(enrollments=[2, 1]))
    assert (
        f"ran in 'Outbound' from {ANAS_MAILBOX} when last seen (2026-11-01 09:00 UTC); cancelled"
        " 2026-11-02 01:00 UTC after step 2, together with 2 others" == together
    )
    moved = judged([enrollment(), enrollment(**LATER, sequence=NURTURE, mailbox=BOS_MAILBOX)], [])
    [alone] = evidence(moved, ends.assign(enrollments=0))
    assert f"then in 'Nurture' from {BOS_MAILBOX}; cancelled 2026-11-02 03:00 UTC after step 2, alone" in alone
    there = judged([enrollment(), ELSEWHERE], [])
    [left] = evidence(there, ends.assign(enrollments=0))
    assert left.endswith(f"alone; runs in 'Nurture' from {BOS_MAILBOX} since 2026-11-02 04:00 UTC, {GOES_ON}")
