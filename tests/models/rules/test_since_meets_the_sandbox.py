"""What the rules read out of the sandbox's history is what the workspace's own record says, one contact at a time."""

from collections import Counter
from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given

from models.records import Enrollment
from models.rules.forecast import forecast
from models.rules.since import nothing_known, since_they_fell_out, with_what_happened
from models.workspace import Workspace
from platforms.sandbox.sandbox import Sandbox
from tasks.settings_in_force import acting_settings
from tests.examples import often
from tests.workspaces_strategy import workspaces

AT_ONCE = pd.Timedelta(0)
PLAINLY = ("unenrolled", "mailbox_owner_changed", "upgraded")


def began(one: Enrollment) -> datetime:
    assert one.started_at is not None
    return one.started_at


def in_the_record(workspace: Workspace, email: str, sequence: str, fell_at: datetime) -> tuple[bool, bool] | None:
    """Whether somebody answered since, and whether they moved on; None where the record leaves an order open."""
    theirs = [one for one in workspace.enrollments if one.person == email]
    if len({began(one) for one in theirs}) < len(theirs) or any(
        began(one) == other.ended_at for one in theirs for other in theirs
    ):
        return None
    since = [one for one in theirs if one.ended_at is None or one.ended_at >= fell_at]
    answered = any(one.end_reason in ("replied", "bounced") for one in since)
    later = [one for one in since if began(one) >= fell_at or (one.ended_at or began(one)) > fell_at]
    later = [one for one in later if (one.sequence, one.ended_at) != (sequence, fell_at)]
    if not later or any(one.ended_at is None for one in since):
        return answered, False
    last = max(later, key=began)
    return answered, last.sequence != sequence or last.end_reason in PLAINLY


@pytest.mark.slow
@pytest.mark.rule("R1", "R9", "R20")
def test_who_answered_moved_on_or_has_no_step_left_is_never_enrolled_in_random_workspaces(tmp_path: Path) -> None:
    sandbox = Sandbox(f"sqlite:///{tmp_path / 'random.db'}")
    seen: Counter[str] = Counter()

    @often(24, thorough=300)
    @given(workspaces())
    def check(workspace: Workspace) -> None:
        sandbox.load(workspace)
        for mailbox in sandbox.mailboxes()["mailbox"]:
            for cancelled in sandbox.cancelled(mailbox, 100):
                contacts = cancelled.rename(columns={"ended_at": "fell_at"})
                history = sandbox.history(contacts[["email", "fell_at"]].rename(columns={"fell_at": "since"}))
                since = since_they_fell_out(contacts, history, **nothing_known())
                facts = sandbox.facts(contacts[["email", "sequence"]])
                settings, now = acting_settings(sandbox), sandbox.now()
                before = forecast(contacts, facts, settings, AT_ONCE.to_pytimedelta(), now, ["any"])
                told = with_what_happened(before, since, named=False)["forecast"]
                for at, row in enumerate(contacts.itertuples()):
                    expected = in_the_record(workspace, row.email, row.sequence, row.fell_at.to_pydatetime())
                    if expected is None:
                        continue
                    answered, moved_on = expected
                    assert (answered, moved_on) == (bool(since["answered"].iloc[at]), since["moved_on"].iloc[at])
                    assert told.iloc[at] != "enrolled" or not (answered or moved_on or facts["no_step_left"].iloc[at])
                    seen.update({"answered": answered, "moved on": moved_on, "enrolled": told.iloc[at] == "enrolled"})

    check()
    assert 5 <= min(seen[name] for name in ("answered", "moved on", "enrolled")), seen
