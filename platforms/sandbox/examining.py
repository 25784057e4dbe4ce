"""A look at the sandbox, without waking it: its clock does not move, and no email is sent by it."""

from collections.abc import Iterator
from typing import Any

from models.finding import Finding, fine, looked, note, trouble
from models.tables.workspace.columns import RUNNING_SQL
from models.wording import counted, first_of, in_utc
from platforms.sandbox.keeping import KeptWorkspace
from platforms.sandbox.reading import team


class SandboxExamining:
    """See `platforms.port.examination.Examination`."""

    def __init__(self, sandbox: KeptWorkspace) -> None:
        self._sandbox = sandbox

    def findings(self) -> Iterator[Finding]:
        """See the port."""
        yield from looked("workspace.sandbox", self._findings)

    def _findings(self) -> Iterator[Finding]:
        if self._sandbox.is_empty():
            remedy = "Run `handoff sandbox reset` or `handoff sandbox load FILE.yaml`"
            yield trouble("workspace.sandbox", "the sandbox is empty", remedy)
            return
        now, rate = self._sandbox.glance_at_clock(), self._sandbox.clock.name
        with self._sandbox.glance() as work:
            user = work.one("SELECT email, role FROM user_account WHERE id = :id", id=work.user_id)
            mailboxes, sequences = team.mailboxes(work), team.sequences(work)
            running = int(work.value(f"SELECT COUNT(*) FROM enrollment WHERE {RUNNING_SQL}"))
        yield fine("workspace.clock", f"its clock is {rate}, and says {in_utc(now)}")
        yield _rights(user)
        said = counted(len(sequences), "sequence"), counted(running, "enrollment runs", "enrollments run")
        yield fine("workspace.enrollments", ", ".join(said))
        whose = [
            f"{mailbox} ({owner or 'nobody'})"
            for mailbox, owner in zip(mailboxes["mailbox"], mailboxes["owner"], strict=True)
        ]
        yield fine("workspace.mailboxes", f"{counted(len(whose), 'mailbox', 'mailboxes')}: {first_of(whose, most=10)}")
        if paused := list(mailboxes.loc[mailboxes["paused"], "mailbox"]):
            yield note("workspace.mailboxes", f"paused, so that nothing is sent from it: {first_of(paused)}")
        yield fine("workspace.hidden", "the sandbox hides nothing")


def _rights(user: dict[str, Any] | None) -> Finding:
    if user is None:
        return note("workspace.rights", "nobody acts: there is no admin", "Name a user in HANDOFF_USER")
    said = f"{user['email']} acts, with the role {user['role']}"
    if user["role"] == "admin":
        return fine("workspace.rights", said)
    return note("workspace.rights", f"{said}: settings are changed by an admin", "Name one in HANDOFF_USER")
