"""What is foretold of an upgrade is what the sandbox does, for everybody, in random workspaces."""

from collections import Counter
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.changes import EditSequence
from models.records import RUNNING, Enrollment, SequenceStep
from models.rules.upgrading import steps_of, upgrades, version_after
from models.workspace import Workspace
from platforms.sandbox.sandbox import Sandbox
from tests.examples import often
from tests.random_choices import Draws
from tests.workspaces_strategy import steps, workspaces

OFTEN = 12  # how many people at least meet each forecast
KEPT = ("person", "sequence", "mailbox", "play", "state", "steps_done", "enrolled_by", "next_step_at")


def who_runs(sandbox: Sandbox) -> dict[str, Enrollment]:
    return {record.person: record for record in sandbox.workspace_record().enrollments if record.state in RUNNING}


def who_runs_in(sandbox: Sandbox, sequence: str) -> pd.DataFrame:
    return pd.concat([pd.DataFrame(columns=["email", "steps_done", "version"]), *sandbox.running(3, sequence)])


def last_ends(sandbox: Sandbox, emails: list[str], sequence: str) -> dict[str, Any]:
    """From when a waiting period counts, for each of these people; None where nothing counts."""
    facts = sandbox.facts(pd.DataFrame({"email": emails, "sequence": sequence}).astype(object))
    return {email: None if pd.isna(at) else at for email, at in zip(facts["email"], facts["last_ended"], strict=True)}


class Upgrading:
    """One upgrade after another in one workspace, each held against what was foretold."""

    def __init__(self, sandbox: Sandbox, of: Draws, seen: Counter[str]) -> None:
        self.sandbox, self.of, self.seen = sandbox, of, seen

    def upgrade(self, sequence: str, present: int) -> None:
        known = {present: steps_of(self.sandbox.steps(sequence))}
        new = known[present] if self.of.often(0.2) else steps(self.of)
        foretold = upgrades(who_runs_in(self.sandbox, sequence), known, present, new).set_index("email")["forecast"]
        self.seen.update(foretold)
        before = who_runs(self.sandbox)
        ends = last_ends(self.sandbox, list(before), sequence)
        answer = self.sandbox.apply(EditSequence(sequence=sequence, steps=new, upgrade=True))
        counts, target = Counter(foretold), version_after(known, present, new)
        assert (target, counts["upgraded"], counts["unenrolled"]) == tuple(
            answer[name] for name in ("version", "upgraded", "completed")
        )
        after = who_runs(self.sandbox)
        through = set(foretold[foretold == "unenrolled"].index)
        assert set(before) - through == set(after)
        for email in after:
            if foretold.get(email) == "upgraded":
                check_carried_over(before[email], after[email], target, new)
            else:  # in the version already, or in another sequence
                assert before[email] == after[email]
        check_through(self.sandbox, through)
        assert {email: ends[email] for email in after} == last_ends(self.sandbox, list(after), sequence)


def check_carried_over(before: Enrollment, after: Enrollment, version: int, new: tuple[SequenceStep, ...]) -> None:
    """At the same place, due when it was due, and no further than before."""
    assert [getattr(before, name) for name in KEPT] == [getattr(after, name) for name in KEPT]
    assert (version, None, None) == (after.version, after.ended_at, after.end_reason)
    [step] = after.steps
    assert (before.steps_done or 0) + 1 == step.number <= len(new)
    assert step.status in ("SCHEDULED", "PENDING")


def check_through(sandbox: Sandbox, emails: set[str]) -> None:
    """They ended now as finished, and not as canceled."""
    found = sandbox.workspace_record()
    for email in emails:
        ended_now = [e for e in found.enrollments if e.person == email and e.ended_at == found.now]
        assert ("finished", "completed") in {(record.state, record.end_reason) for record in ended_now}


@pytest.mark.slow
@pytest.mark.rule("R52", "R53")
def test_the_sandbox_upgrades_whom_the_rule_expects_and_nobody_falls_out(tmp_path) -> None:
    sandbox = Sandbox(f"sqlite:///{tmp_path / 'random.db'}")
    seen: Counter[str] = Counter()

    @often(36, thorough=300)
    @given(workspaces(busy=True), st.integers(0, 2**32))
    def check(workspace: Workspace, seed: int) -> None:
        sandbox.load(workspace)
        upgrading = Upgrading(sandbox, Draws(seed), seen)
        for _ in range(2):
            for sequence, present in sandbox.sequences()[["sequence", "version"]].itertuples(index=False):
                upgrading.upgrade(sequence, present)

    check()
    assert {"upgraded", "unenrolled", "unchanged"} == {word for word, number in seen.items() if number >= OFTEN}, seen
