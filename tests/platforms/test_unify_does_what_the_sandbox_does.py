"""Enrolling, taking out and handing over through the vendor's API leaves any workspace as the sandbox itself would."""

from collections import Counter
from typing import Any

import pandas as pd
from hypothesis import given

from models.workspace import Workspace
from platforms.port import Platform
from platforms.sandbox.sandbox import Sandbox
from tests.conftest import Sandboxes
from tests.examples import often
from tests.platforms.in_process import SPEAKS_TASKS, unify_over
from tests.platforms.test_unify_tells_what_the_sandbox_tells import NOBODY, with_upgrades_that_show
from tests.workspaces_strategy import workspaces


def contacts(made: Workspace) -> pd.DataFrame:
    """Everybody, and somebody unknown, each meant for one of the sequences, from one of the mailboxes in turn."""
    emails = [*(person.email for person in made.people), NOBODY]
    sequences, mailboxes = [one.name for one in made.sequences], [one.email for one in made.mailboxes]
    rows = [(email, sequences[at % len(sequences)], mailboxes[at % len(mailboxes)]) for at, email in enumerate(emails)]
    return pd.DataFrame(rows, columns=["email", "sequence", "mailbox"]).astype(object)


def done(platform: Platform, asked: pd.DataFrame, assignee: str) -> list[list[Any]]:
    """What a platform answers to everything that can be done through the API."""
    enrolled = platform.enroll(asked)
    steps = enrolled["step"].where(enrolled["reason"].isna(), 0)
    ended = platform.unenroll(asked[::2])
    answers = [enrolled["reason"].tolist(), steps.tolist(), ended["ended"].tolist()]
    if SPEAKS_TASKS:
        handed = platform.reassign_tasks(platform.tasks()[["task"]], assignee)
        answers.append(sorted(map(str, handed["reason"])))  # by number here, by creation there
    return answers


def state(sandbox: Sandbox) -> dict[str, Any]:
    """A workspace as a file, its enrollments in an order of their own: many requests at once have none."""
    dumped = sandbox.dump()
    return dumped | {"enrollments": sorted(dumped.get("enrollments", []), key=repr)}


def test_unify_does_to_any_workspace_what_the_sandbox_does(sandboxes: Sandboxes) -> None:
    plain, behind = sandboxes(), sandboxes(name="behind")
    counted = Counter[str]()

    @often(8, thorough=300)
    @given(workspaces())
    def holds(made: Workspace) -> None:
        made = with_upgrades_that_show(made)
        plain.load(made)
        behind.load(made)
        asked = contacts(made)
        running = {email for part in plain.running(100) for email in part["email"]}
        [reasons, *expected] = done(plain, asked, made.users[0].email)
        # Whoever runs is told so without being asked for, whatever else bars them.
        reasons = [
            "already_enrolled" if email in running else reason
            for email, reason in zip(asked["email"], reasons, strict=True)
        ]
        assert [reasons, *expected] == done(unify_over(behind, few=3), asked, made.users[0].email)
        assert state(plain) == state(behind)
        counted.update(str(reason).split(":")[0] for reason in reasons)

    holds()
    wanted = {"None", "opted_out", "already_enrolled", "already_sequenced", "recently_enrolled", "unknown_contact"}
    assert set() == wanted - counted.keys()
