"""Killed with SIGKILL after each write and taken up by `handoff resume`: the end is that of a run nobody killed."""

import json
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from journal import loans, operations
from models.records import Audience, Behaviour, Sequence, SequenceStep
from models.workspace import Workspace
from tests.flows.processes import carried_out, handoff, journal_of, sandbox_of, the_one_under_way
from tests.workspaces import (
    ANAS_MAILBOX,
    BOS_MAILBOX,
    EVERYBODY,
    NURTURE,
    OUTBOUND,
    PIA,
    PLAY,
    QUIN,
    RAJ,
    SUE,
    excluding,
    play,
    ruleset,
    running,
    workspace,
)

TEAM = [PIA, QUIN, RAJ, SUE]
TWO_STEPS = (SequenceStep(), SequenceStep(wait_days=1))


def excluded() -> Workspace:
    """Three match an exclusion, one of them is declined; a published play would take them all in."""
    return workspace(
        people=TEAM,
        exclusions=(excluding(PIA, QUIN, RAJ),),
        rulesets=(ruleset(exclusions={"Customers": True}),),
        sequences=(Sequence(name=OUTBOUND, steps=TWO_STEPS), Sequence(name=NURTURE, steps=TWO_STEPS)),
        audiences=(Audience(name=EVERYBODY, people=tuple(TEAM)),),
        plays=(play(published=True),),
    )


def under_way(**behaviour: str) -> Workspace:
    """Two came through a play, two by hand, of whom one is queued."""
    enrollments = [running(PIA, play=PLAY), running(QUIN, play=PLAY), running(RAJ), running(SUE, steps_done=0)]
    return workspace(people=TEAM, enrollments=enrollments, behaviour=Behaviour(**behaviour))


MOVE = {"from_sequence": OUTBOUND, "to_sequence": NURTURE}
QUEUED = {"from_mailbox": ANAS_MAILBOX, "to_mailboxes": [BOS_MAILBOX]}
APPROVE = f"email,decision\n{PIA},yes\n{QUIN},yes\n{RAJ},no\n"
DISPOSITIONS = f"email,disposition\n{PIA},no\n{SUE},No\n"
# Each with the writes after which the run is killed, each time one: where people were taken out or put in, and where
# what was borrowed went out or back. Making audiences and copies ready is tried in test_ownership_change_killed.py.
SCENARIOS: dict[str, tuple[str, Workspace, dict[str, Any], tuple[int, ...]]] = {
    "exclusion-rerun": (
        "exclusion-rerun",
        excluded(),
        {"exclusion": "Customers", "play": PLAY, "approve": APPROVE, "exclusion_wait_min": 46},
        (3, 5, 6, 7, 8),
    ),
    "sequence-move by the settings": ("sequence-move", under_way(), MOVE, (5, 6, 7, 10)),
    "sequence-move unenrolling first": ("sequence-move", under_way(C10="unenroll_first"), MOVE, (5, 6)),
    "queued-backlog where it cancels": ("queued-backlog", under_way(C6="cancels"), QUEUED, (1, 2)),
    "queued-backlog": ("queued-backlog", under_way(), QUEUED, (1,)),
    "call-outcomes": ("call-outcomes", under_way(), {"policy": {"No": "unenroll"}, "outcomes": DISPOSITIONS}, (1,)),
}
POINTS = [(name, number) for name, (_, _, _, writes) in SCENARIOS.items() for number in writes]
Ended = dict[str, Any]


def end_of(home: Path) -> dict[str, Any]:
    """What counts at the end: who runs or ran where and how often, and what is set."""
    sandbox = sandbox_of(home)
    record, state = sandbox.workspace_record(), sandbox.state()
    sandbox.close()
    enrollments = sorted((e.person, e.sequence, e.mailbox, e.state) for e in record.enrollments)
    journal = journal_of(home)
    assert [] == [*loans.open_loans(journal), *operations.in_flight(journal)]
    return {
        "enrollments": enrollments,
        "settings": [state["rulesets"], state["exclusions"]],
        "audiences": [(a.people, a.exclusions) for a in record.audiences],
        "plays": [(p.sequence, len(p.runs)) for p in record.plays],
    }


def run_to_its_end(home: Path, server: str, name: str, number: int) -> Ended:
    """The end of a scenario, killed after a write (0: not at all) and resumed."""
    procedure, made, parameters, _ = SCENARIOS[name]
    sandbox = sandbox_of(home)
    sandbox.load(made)
    sandbox.close()
    done = carried_out(home, server, procedure, parameters, "after", number)
    if number == 0:
        assert 0 == done.returncode, done.stderr
        return end_of(home)
    assert -9 == done.returncode, done.stderr
    resumed = handoff(home, server, "resume", the_one_under_way(home, done), "--yes", "--json")
    assert resumed.returncode in (0, 1), resumed.stderr
    report = json.loads(resumed.stdout)
    assert {"returned"} >= {loan["state"] for loan in report["loans"]}
    assert 0 == report["counts"].get("failed", 0)
    return end_of(home)


@pytest.fixture(scope="module")
def ends(
    prefect_server: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[tuple[str, int], "Future[Ended]"]]:
    """All runs, two at a time: each is two processes."""
    with ThreadPoolExecutor(2) as pool:
        yield {
            point: pool.submit(run_to_its_end, tmp_path_factory.mktemp("killed"), prefect_server, *point)
            for point in [*((name, 0) for name in SCENARIOS), *POINTS]
        }
        pool.shutdown(cancel_futures=True)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "number"), POINTS, ids=[f"{name} after write {number}" for name, number in POINTS])
def test_killed_after_a_write_and_resumed_the_end_is_that_of_a_whole_run(
    ends: dict[tuple[str, int], "Future[Ended]"], name: str, number: int
) -> None:
    assert ends[name, 0].result() == ends[name, number].result()
