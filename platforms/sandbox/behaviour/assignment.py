"""Who gets the tasks of an enrollment: decided when somebody is enrolled, and kept while that runs (R92).

The sequence's own "Manually assign tasks" goes first (R83), else its ruleset's mode for the way of enrolling:
`automatic` by a play, `manual` by hand. Static modes are decided then and there: a mailbox's owner is the owner of the
first mailbox named for the enrollment, whoever sends (R84); the enroller whoever enrolled by hand, where a play did
that same owner (R87). The others are worked out for each task: the sender by the mailbox that sends (R86),
the record owner by the contact, else by its company (R88).
"""

from typing import TypeVar

from models.records import DYNAMIC, AssignmentMode
from platforms.sandbox.behaviour.propagation import acting_ruleset
from platforms.sandbox.store import Work, from_json

T = TypeVar("T")

# The first mailbox named for an enrollment by hand, over l, the log of who was accepted.
FIRST_BY_HAND = "COALESCE((SELECT a.first_mailbox_id FROM entrant a WHERE a.person_id = l.person_id), l.mailbox_id)"


def user_at_start(mode: AssignmentMode, user: T | None, enroller: T | None, owner: T | None) -> T | None:
    """The user whom a mode gives an enrollment when it begins: `user` is the one set with the mode, `owner` that of the
    first mailbox, `enroller` None where a play enrolled. None for modes that decide later."""
    if mode == "ASSIGN_TO_USER":
        return user
    if mode == "ASSIGN_TO_ENROLLER" and enroller is not None:
        return enroller
    return None if mode in DYNAMIC else owner


def assigned(
    work: Work, sequence_id: int, play_id: int | None, enroller_id: int | None, first_mailbox: str
) -> tuple[AssignmentMode, str]:
    """The mode that new enrollments keep, and an SQL expression of the user whom it makes of each.

    `first_mailbox` is an SQL expression for those by hand; a play's is the first of its pool.
    """
    mode, email = _set(work, sequence_id, by_hand=play_id is None)
    user = work.value("SELECT id FROM user_account WHERE email = :email", email=email) if email else None
    if play_id is not None:
        enroller_id = None  # nobody enrolled by hand
        pool = f"SELECT mailbox_id FROM play_mailbox WHERE play_id = {play_id} ORDER BY position LIMIT 1"
        first_mailbox = f"({pool})"
    owner = f"(SELECT o.owner_id FROM mailbox o WHERE o.id = {first_mailbox})"
    return mode, user_at_start(mode, _number(user), _number(enroller_id), owner) or "NULL"


def _number(value: int | None) -> str | None:
    return None if value is None else str(value)


def _set(work: Work, sequence_id: int, *, by_hand: bool) -> tuple[AssignmentMode, str | None]:
    """The mode that is set for a way of enrolling, and the user set with it."""
    own = from_json(work.value("SELECT task_assignment FROM sequence WHERE id = :id", id=sequence_id))
    if own:
        return own["mode"], own["user"]
    ruleset = acting_ruleset(work, sequence_id)
    chosen = from_json(work.value("SELECT task_assignment FROM ruleset WHERE id = :id", id=ruleset["id"]))
    return chosen["manual" if by_hand else "automatic"], chosen["user"]


def assign_tasks(work: Work, after: int) -> None:
    """Give the tasks made after number `after` to the users their enrollments name, in one statement."""
    work.run(
        "UPDATE rep_task SET assignee_id = (SELECT CASE e.assign_mode WHEN 'ASSIGN_TO_SENDER' THEN m.owner_id"
        " WHEN 'ASSIGN_TO_RECORD_OWNER' THEN COALESCE(p.owner_id, c.owner_id) ELSE e.assign_user_id END"
        " FROM enrollment e JOIN mailbox m ON m.id = e.mailbox_id JOIN person p ON p.id = e.person_id"
        " LEFT JOIN company c ON c.id = p.company_id WHERE e.id = rep_task.enrollment_id) WHERE id > :after",
        after=after,
    )


def assign_anew(work: Work) -> None:
    """Let what runs follow the settings of now: R92 keeps that from happening, but in a copy, which shows no others."""
    runs = "state IN ('queued', 'active')"
    for row in work.rows(f"SELECT DISTINCT sequence_id, play_id, enroller_id FROM enrollment WHERE {runs}"):
        mode, user = assigned(work, row["sequence_id"], row["play_id"], row["enroller_id"], "enrollment.mailbox_id")
        which = " AND ".join(f"{name} {'IS NULL' if of is None else f'= {of}'}" for name, of in row.items())
        work.run(
            f"UPDATE enrollment SET assign_mode = :mode, assign_user_id = {user} WHERE {runs} AND {which}", mode=mode
        )
