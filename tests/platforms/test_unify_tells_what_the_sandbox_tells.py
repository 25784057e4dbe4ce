"""Through the vendor's API as the emulator speaks it, Unify tells of any workspace what the sandbox tells itself.

What the API hides is left out. Where people have several enrollments that ended at one instant neither order is right,
and they are left out of what tells the last one.
"""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pandas as pd
from hypothesis import assume, given
from hypothesis import strategies as st

from models.records import Enrollment
from models.workspace import Workspace
from platforms.port import Platform
from platforms.unify.history import AT_ONCE
from tests.conftest import Sandboxes
from tests.examples import often
from tests.platforms.compared import told
from tests.platforms.in_process import SPEAKS_TASKS, unify_over
from tests.workspaces import NOW
from tests.workspaces_strategy import workspaces

DAY = NOW - timedelta(days=30)
NOBODY = "nobody@x.test"
ENROLLMENT = ("email", "sequence", "mailbox", "play", "steps_done", "started_at", "ended_at")
FACTS = (
    "email",
    "sequence",
    "ruleset",
    "known",
    "opted_out",
    "do_not_email",
    "running_in",
    "running_since",
    "running_ruleset",
    "completed_a_step",
    "been_here",
    "last_ended",
    "resumes_after",
    "no_step_left",
    "last_started_here",
    "sequence_paused",
    "last_end",
)
RUNNING = ("email", "sequence", "mailbox", "play", "state", "steps_done", "version", "started_at", "paused")
HISTORY = (
    "email",
    "since",
    "sequence",
    "mailbox",
    "play",
    "version",
    "started_at",
    "ended_at",
    "steps_done",
    "end",
    "paused",
)
TASK = ("email", "type", "status", "assignee", "due_at")


def with_upgrades_that_show(made: Workspace) -> Workspace:
    """The workspace, where whoever was upgraded goes on in a later version (C20), and nobody else seems to."""
    versions = {one.name: one.version for one in made.sequences}

    def version(one: Enrollment) -> int:
        return one.version or versions[one.sequence]

    def truly(one: Enrollment) -> Enrollment:
        goes_on = any(
            other.person == one.person
            and other.sequence == one.sequence
            and version(other) > version(one)
            and other.started_at == one.ended_at
            for other in made.enrollments
        )
        if one.state == "canceled" and goes_on != (one.end_reason == "upgraded"):
            return one.model_copy(update={"end_reason": "upgraded" if goes_on else "unenrolled"})
        return one

    return made.model_copy(update={"enrollments": tuple(truly(one) for one in made.enrollments)})


def frames(parts: Any) -> pd.DataFrame:
    found = list(parts)
    return pd.concat(found) if found else pd.DataFrame(columns=list({*RUNNING, *ENROLLMENT}))


def _with_versions_that_show(found: pd.DataFrame) -> pd.DataFrame:
    """The history, without the versions of enrollments that have no step to tell theirs where few are looked up."""
    return found.assign(version=found["version"].astype("Int64").where(found["steps_done"] > 0))


def seems_upgraded(made: Workspace) -> bool:
    """Whether somebody began again within the minutes that an upgrade may take on Unify, and not at the instant."""
    return any(
        one.ended_at
        and other.started_at
        and timedelta(0) < abs(one.ended_at - other.started_at) <= AT_ONCE
        and (one.person, one.sequence) == (other.person, other.sequence)
        for one in made.enrollments
        for other in made.enrollments
    )


class Told:
    """What a platform tells of a workspace, by what was asked."""

    def __init__(self, made: Workspace) -> None:
        self.made = made
        ends = Counter((one.person, one.ended_at) for one in made.enrollments if one.ended_at)
        twice = {person for (person, _), number in ends.items() if number > 1}
        self.emails = [person.email for person in made.people]
        self.clear = [email for email in self.emails if email not in twice]
        self.sequences = [one.name for one in made.sequences]
        used = {one.mailbox for one in made.enrollments}
        self.mailboxes = [one.email for one in made.mailboxes if one.email in used]
        self.counted = Counter[str]()

    def by(self, platform: Platform) -> dict[str, Any]:
        """The answers as plain rows; how many there were is counted."""
        asked: dict[str, Callable[[], Any]] = {
            "facts": lambda: told(platform.facts(self._contacts()), *FACTS),
            "history": lambda: told(_with_versions_that_show(platform.history(self._instants())), *HISTORY),
            "running": lambda: told(frames(platform.running(3)), *RUNNING),
            "people": lambda: told(platform.people([*self.emails, NOBODY])),
            "users": lambda: told(platform.users(), "user", "name"),
            "sequences": lambda: told(platform.sequences()),
            "mailboxes": lambda: told(self._in_use(platform.mailboxes()), "mailbox", "owner", "paused"),
            "last": lambda: told(platform.last_enrollments([*self.clear, NOBODY], None), *ENROLLMENT),
        }
        if SPEAKS_TASKS:
            asked["tasks"] = lambda: told(platform.tasks(), *TASK)
        for sequence in self.sequences[:2]:
            asked |= {
                f"places {sequence}": lambda at=sequence: told(
                    platform.places([*self.emails, NOBODY], at), "email", "mailbox", "step", "paused"
                ),
                f"last {sequence}": lambda at=sequence: told(platform.last_enrollments(self.clear, at), *ENROLLMENT),
                f"steps {sequence}": lambda at=sequence: told(platform.steps(at)),
            }
        for mailbox in self.mailboxes:
            asked |= {
                f"ends {mailbox}": lambda of=mailbox: told(platform.ends(of)),
                f"cancelled {mailbox}": lambda of=mailbox: told(
                    self._clear(frames(platform.cancelled(of, 2))), *ENROLLMENT
                ),
            }
        answers = {name: ask() for name, ask in asked.items()}
        self.counted.update({name.split()[0]: len(rows) for name, rows in answers.items()})
        return answers

    def _instants(self) -> pd.DataFrame:
        """Everybody and an instant: when one of theirs ended, another day, or none."""
        ends = {one.person: one.ended_at for one in self.made.enrollments if one.ended_at}
        choices = [
            ends.get(email, DAY) if at % 3 == 0 else DAY if at % 3 == 1 else None
            for at, email in enumerate(self.emails)
        ]
        since = pd.to_datetime(pd.Series([*choices, DAY], dtype=object), utc=True)
        return pd.DataFrame({"email": [*self.emails, NOBODY], "since": since})

    def _contacts(self) -> pd.DataFrame:
        pairs = [(email, sequence) for sequence in self.sequences for email in (*self.emails, NOBODY)]
        return pd.DataFrame(pairs, columns=["email", "sequence"]).astype(object)

    def _in_use(self, mailboxes: pd.DataFrame) -> pd.DataFrame:
        return mailboxes[mailboxes["mailbox"].isin(self.mailboxes)]

    def _clear(self, found: pd.DataFrame) -> pd.DataFrame:
        return found[found["email"].isin(self.clear)]


def test_unify_tells_of_any_workspace_what_the_sandbox_tells(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes()
    counted = Counter[str]()

    @often(4, thorough=200)
    @given(workspaces(), st.sampled_from((0, 20)))
    def holds(made: Workspace, few: int) -> None:
        assume(not seems_upgraded(made))
        made = with_upgrades_that_show(made)
        sandbox.load(made)
        of = Told(made)
        expected = of.by(sandbox)
        counted.update(of.counted)
        assert expected == of.by(unify_over(sandbox, few=few))

    holds()
    assert [] == [name for name, number in counted.items() if not number]
