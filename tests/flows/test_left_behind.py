"""What a run that was killed leaves behind, seen and settled from the shell: status, cancel, restore."""

import json
from pathlib import Path

import pytest

from tests.flows.processes import handoff, killed, sandbox_of
from tests.workspaces import PIA, PLAY, QUIN, ruleset, running, workspace

SAME = "ruleset:Default:allow_same_sequence_reenrollment"
BLOCK = "ruleset:Default:block_reenrollment"
FIRST_PROBE = 5  # after the audience, the duplicate, and two settings


@pytest.fixture
def left(prefect_server: str, tmp_path: Path) -> str:
    """The id of an operation that was killed at the end of its wait, both settings out; its home is `tmp_path`."""
    enrollments = [running(email, play=PLAY, steps_done=2) for email in (PIA, QUIN)]
    team = workspace(people=[PIA, QUIN], enrollments=enrollments)
    return killed(tmp_path, prefect_server, team, "before", FIRST_PROBE)[1]


def as_it_was(home: Path) -> bool:
    return [ruleset().model_dump(mode="json")] == sandbox_of(home).state()["rulesets"]


@pytest.mark.slow
@pytest.mark.rule("R27")
def test_status_shows_the_loans_and_cancel_gives_them_back_and_ends_the_operation(
    left: str, tmp_path: Path, prefect_server: str
) -> None:
    found = json.loads(handoff(tmp_path, prefect_server, "status", "--json").stdout)
    assert [(left, "waiting", "re-enrollment settings", "2026-11-02T10:00:00Z", "2026-11-02T10:30:00Z")] == [
        (row["operation_id"], row["status"], row["waits_for"], row["until"], row["latest"])
        for row in found["operations"]
    ]
    assert [(SAME, "false", "true", "open", [left]), (BLOCK, "75 DAY", "0 DAY", "open", [left])] == [
        (loan["setting"], loan["was"], loan["set_to"], loan["state"], loan["holders"]) for loan in found["loans"]
    ]
    for_people = handoff(tmp_path, prefect_server, "status").stdout
    assert left in for_people
    assert "how long contacts wait before they may be enrolled again" in " ".join(for_people.split())
    again = handoff(
        tmp_path, prefect_server, "run", "ownership-change", "--set", "mailbox=ana@send.acme.test", "--live", "--yes"
    )
    assert (2, True) == (again.returncode, f"operation {left}" in again.stderr), again.stderr

    cancelled = handoff(tmp_path, prefect_server, "cancel", left, "--json")
    assert 0 == cancelled.returncode, cancelled.stderr
    returned = {SAME: "returned", BLOCK: "returned"}
    assert {"operation_id": left, "status": "cancelled", "loans": returned, "next": []} == json.loads(cancelled.stdout)
    assert as_it_was(tmp_path)
    report = json.loads(handoff(tmp_path, prefect_server, "show", left, "--json").stdout)
    assert ("cancelled", 2, 2) == (report["status"], report["counts"]["considered"], report["counts"]["failed"])
    assert [(left, "cancelled")] == [
        (row["operation_id"], row["status"])
        for row in json.loads(handoff(tmp_path, prefect_server, "history", "--json").stdout)
    ]
    for words in (("resume", left, "--yes"), ("cancel", left)):
        assert 2 == handoff(tmp_path, prefect_server, *words).returncode


@pytest.mark.slow
@pytest.mark.rule("R27", "R40")
def test_restore_gives_back_what_is_overdue_and_the_run_can_still_go_on(
    left: str, tmp_path: Path, prefect_server: str
) -> None:
    early = handoff(tmp_path, prefect_server, "restore", "--json")
    assert {"open"} == {loan["state"] for loan in json.loads(early.stdout)["loans"]}
    assert 0 == handoff(tmp_path, prefect_server, "sandbox", "advance", "5h").returncode
    restored = handoff(tmp_path, prefect_server, "restore", "--json")
    assert 0 == restored.returncode, restored.stderr
    assert {SAME: "returned", BLOCK: "returned"} == {
        loan["setting"]: loan["state"] for loan in json.loads(restored.stdout)["loans"]
    }
    assert as_it_was(tmp_path)
    assert [] == json.loads(handoff(tmp_path, prefect_server, "restore", "--json").stdout)["loans"]
    (waiting,) = json.loads(handoff(tmp_path, prefect_server, "status", "--json").stdout)["operations"]
    assert "needs_attention" == waiting["status"]

    resumed = handoff(tmp_path, prefect_server, "resume", left, "--yes", "--json")
    assert 0 == resumed.returncode, resumed.stderr
    report = json.loads(resumed.stdout)
    assert ("completed", 2, []) == (report["status"], report["counts"]["enrolled"], report["next"])
    assert "done" == report["waits"][-1]["ended"]
    assert {"returned"} == {loan["state"] for loan in report["loans"]}
    assert as_it_was(tmp_path)
