"""Where queued enrollments go, predicted and then done by the sandbox."""

from collections import Counter

import pandas as pd
import pytest
from hypothesis import given

from models.changes import ReassignQueued
from models.rules.backlog import rotated, spread
from models.workspace import Workspace
from platforms.sandbox.sandbox import Sandbox
from tests.examples import often
from tests.workspaces_strategy import workspaces

COLUMNS = ["email", "sequence", "mailbox", "play", "state", "steps_done", "version", "started_at", "next_step_at"]


def runs_from(sandbox: Sandbox, mailbox: str) -> pd.DataFrame:
    parts = list(sandbox.running(1000, mailbox=mailbox))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=COLUMNS)


def due(running: pd.DataFrame) -> dict[str, pd.Timestamp]:
    """When the next step of each who runs is due: the place in the queue."""
    return dict(zip(running["email"], running["next_step_at"], strict=True))


def test_turns_go_on_where_they_left_off() -> None:
    assert [("a", "b", "c"), ("c", "a", "b"), ("a", "b", "c")] == [rotated("abc", turns) for turns in (0, 2, 3)]


@pytest.mark.slow
@pytest.mark.rule("R73", "R74", "R75", "R82")
def test_the_backlog_moves_as_the_rules_expect_in_random_workspaces(tmp_path) -> None:
    sandbox = Sandbox(f"sqlite:///{tmp_path / 'random.db'}")
    seen: Counter[str] = Counter()

    @often(80, thorough=600)
    @given(workspaces(pending=True, busy=True))
    def check(workspace: Workspace) -> None:
        sandbox.load(workspace)
        mailboxes = sandbox.mailboxes()
        for source in mailboxes["mailbox"]:
            targets = mailboxes.loc[~mailboxes["paused"] & (mailboxes["mailbox"] != source), "mailbox"].tolist()
            if not targets:
                continue
            before = runs_from(sandbox, source)
            expected, moves = spread(before, targets)
            for move in moves:
                sandbox.apply(ReassignQueued(sequence=move.sequence, from_mailbox=source, to_mailboxes=move.mailboxes))
            cancels = sandbox.behaves("C6") == "cancels"
            for contact in expected.to_dict("records"):
                there = sandbox.places([contact["email"]], contact["sequence"])["mailbox"].tolist()
                gone = cancels and contact["forecast"] == "reassigned"
                assert ([] if gone else [contact["mailbox"]]) == there
            if not cancels:
                after = due(pd.concat([before.head(0), *sandbox.running(1000)]))
                assert due(before) == {email: at for email, at in after.items() if email in due(before)}
                seen["kept its place"] += int(expected["forecast"].eq("reassigned").sum())
            seen.update(expected["forecast"])
            seen.update("cancelled" for forecast in expected["forecast"] if cancels and forecast == "reassigned")
            seen["several sequences"] += len(moves) > 1
            if len(targets) > 1 and moves:
                moved = expected.loc[expected["forecast"] == "reassigned", "mailbox"].value_counts()
                assert moved.reindex(targets).fillna(0).max() - moved.reindex(targets).fillna(0).min() <= 1

    check()
    cases = ("reassigned", "manual", "cancelled", "kept its place", "several sequences")
    assert min(seen[what] for what in cases) > 10, dict(seen)
