"""What is said of enrollments, mailboxes, tasks and use, from what was seen of them. Pure."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from models.finding import Finding, fine, note, trouble
from models.wording import counted, first_of
from platforms.unify.enrollment_documents import DRAFT, Enrolled

JOBS_A_DAY, FEW_LEFT = 100, 20  # docs/platform.md: an account makes about 100 query jobs in 24 hours
USE_AN_ADMINS = "Use an admin's key: with a rep's key lists may be partial without a word"


@dataclass
class Running:
    """Enrollments that run, drafts among them: how many, from which mailboxes, whose those are, where drafts are."""

    number: int = 0
    unreadable: int = 0
    owners: dict[str, str | None] = field(default_factory=dict)
    drafts: Counter[str] = field(default_factory=Counter)

    def add(self, one: Enrolled) -> None:
        self.number += 1
        if one.mailbox is not None:
            self.owners[one.mailbox] = one.owner
        if one.status == DRAFT:
            self.drafts[one.sequence or one.sequence_id] += 1

    def findings(self) -> Iterator[Finding]:
        """Who runs from where, and who waits for an approval."""
        yield fine("workspace.enrollments", f"{counted(self.number, 'enrollment runs', 'enrollments run')}")
        yield from _mailboxes(self.owners)
        for sequence, number in self.drafts.items():
            yield note(
                "workspace.drafts",
                f"{counted(number, 'enrollment')} in '{sequence}' {'is a draft' if number == 1 else 'are drafts'}: "
                "nothing is sent to them until somebody approves it",
                "Approve them in Unify. Whom a run enrolls there may wait as well; its plan says so",
            )
        if not self.drafts:
            yield fine("workspace.drafts", "no enrollment waits for an approval")


def _mailboxes(owners: dict[str, str | None]) -> Iterator[Finding]:
    if not owners:
        yield note("workspace.mailboxes", "no mailbox shows: the API tells of those alone that enrollments run from")
        return
    whose = [f"{mailbox} ({owner or 'nobody'})" for mailbox, owner in sorted(owners.items())]
    said = f"enrollments run from {counted(len(owners), 'mailbox', 'mailboxes')}: {first_of(whose, most=10)}"
    yield fine("workspace.mailboxes", said)
    if unowned := sorted(mailbox for mailbox, owner in owners.items() if owner is None):
        yield note(
            "workspace.mailboxes",
            f"nobody owns {first_of(unowned)}",
            "Give each an owner in Unify; who runs from there may fall out by that",
        )


def rights(assignees: Counter[str | None], emails: dict[str, str]) -> Finding:
    """What the tasks that show say of the key's rights: a rep sees their own alone (D5)."""
    users = [one for one in assignees if one is not None]
    if len(users) > 1:
        return fine(
            "workspace.rights",
            f"tasks of {counted(len(users), 'user')} show: the key sees more than its user's own (inferred)",
        )
    seen = f"all {assignees[users[0]]:,} are {emails.get(users[0], 'one user')}'s" if users else "there are none"
    return note(
        "workspace.rights",
        f"whether this is an admin's key cannot be told: of the tasks that show {seen}, as a rep's key would show them "
        "(inferred)",
        USE_AN_ADMINS,
    )


def use(made_in_a_day: int, requests: int, jobs: int) -> Finding:
    """How much of the day's query jobs is used. `made_in_a_day` is what the API's own list shows, with `jobs`, which
    this look made."""
    said = (
        f"{made_in_a_day} of about {JOBS_A_DAY} query jobs were made in the last 24 hours, as the API lists them; this "
        f"look made {jobs} of them, and {counted(requests, 'request')}"
    )
    left = JOBS_A_DAY - made_in_a_day
    if left <= 0:
        return trouble("workspace.use", said, "Wait: each is free again 24 hours after it was made")
    if left < FEW_LEFT:
        return note("workspace.use", f"{said}. {left} are left", "Wait with large runs until some are free again")
    return fine("workspace.use", said)
