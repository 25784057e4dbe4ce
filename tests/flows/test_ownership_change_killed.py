"""Killed with SIGKILL around each write, and taken up by `handoff resume` in a process of its own."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from journal import loans, operations
from journal.changes import changes_of
from tests.flows.processes import Finished, handoff, journal_of, killed, sandbox_of
from tests.workspaces import NURTURE, PIA, PLAY, QUIN, RAJ, SUE, ruleset, running, workspace

TOM = "tom@x.test"
BY_PLAY, DIRECTLY = [PIA, QUIN], [RAJ, SUE, TOM]
# The writes of this run. Waiting an hour before the first probe makes one probe of each setting enough; both are of
# contacts that no play put there.
WRITES = (
    "upload the audience",
    "duplicate the play",
    "borrow the first setting",
    "borrow the second",
    "probe the first",
    "probe the second",
    "enroll directly",
    "run the play",
    "give back the first",
    "give back the second",
)
# Not after each: a second upload, probe or setting given back is found as the first is.
POINTS = [("before", 1), *(("after", number) for number in (1, 2, 4, 6, 7, 8, 9))]


@dataclass
class Survivor:
    """What is left of a run that was killed, and of the run that went on."""

    home: Path
    killed: Finished
    resumed: Finished


def killed_and_resumed(home: Path, server: str, point: tuple[str, int]) -> Survivor:
    enrollments = [running(email, play=PLAY, steps_done=2) for email in BY_PLAY]
    enrollments += [running(email, sequence=NURTURE) for email in DIRECTLY]
    when, number = point
    first, operation_id = killed(
        home, server, workspace(people=BY_PLAY + DIRECTLY, enrollments=enrollments), when, number
    )
    return Survivor(home, first, handoff(home, server, "resume", operation_id, "--yes", "--json"))


@pytest.fixture(scope="module")
def survivors(prefect_server: str, tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, int], Survivor]:
    """All runs, two at a time: each is two processes."""
    homes = [tmp_path_factory.mktemp(f"{when}-{number}") for when, number in POINTS]
    with ThreadPoolExecutor(2) as pool:
        found = pool.map(killed_and_resumed, homes, [prefect_server] * len(POINTS), POINTS)
        return dict(zip(POINTS, found, strict=True))


@pytest.mark.slow
@pytest.mark.rule("R5", "R9", "R20", "R27", "R41")
@pytest.mark.parametrize("point", POINTS, ids=[f"{when} '{WRITES[number - 1]}'" for when, number in POINTS])
def test_everybody_is_enrolled_once_and_every_setting_is_back(
    survivors: dict[tuple[str, int], Survivor], point: tuple[str, int]
) -> None:
    survivor = survivors[point]
    assert (-9, 0) == (survivor.killed.returncode, survivor.resumed.returncode), survivor.resumed.stderr
    report = json.loads(survivor.resumed.stdout)
    assert ("completed", 5, 5) == (report["status"], report["counts"]["considered"], report["counts"]["enrolled"])
    assert {"returned"} == {loan["state"] for loan in report["loans"]}
    dump, sandbox = sandbox_of(survivor.home).dump(), sandbox_of(survivor.home)
    assert [ruleset().model_dump(mode="json")] == sandbox.state()["rulesets"]
    enrolled = [row["person"] for row in dump["enrollments"]]
    assert dict.fromkeys(BY_PLAY + DIRECTLY, 2) == {email: enrolled.count(email) for email in set(enrolled)}
    assert 5 == sum(row.get("state", "queued") in ("queued", "active") for row in dump["enrollments"])
    assert (2, 2, 1) == (len(dump["plays"]), len(dump["audiences"]), len(dump["plays"][1]["runs"]))
    journal = journal_of(survivor.home)
    assert [] == [*loans.open_loans(journal), *operations.in_flight(journal)]
    assert {"applied"} == {change.state for change in changes_of(journal, report["operation_id"])}
