"""In which order to act, each step with the commands that do it and where it is in the platform (C2)."""

from collections.abc import Iterator
from typing import Any

from models.commands import handoff_run, sandbox_do
from models.document import Step
from models.handover import CriticalSequence, Handover, QueuedGroup
from models.menus import BACKLOG, MAILBOXES, either
from models.wording import counted, in_utc

DRY = "Each command as it stands is a dry run; with --live it is carried out."


def steps_of(handover: Handover, tasks_csv: str | None, *, on_sandbox: bool) -> tuple[Step, ...]:
    """What to do, in order; what there is nothing to do of is left out.

    `tasks_csv` is a file of the tasks to hand over (None: all that the leaver has); `on_sandbox` where a command can
    change the owner.
    """
    return (
        *_record(handover),
        *_queued(handover),
        *_assignment(handover),
        *_tasks(handover, tasks_csv),
        *_change(handover, on_sandbox=on_sandbox),
        *_put_back(handover),
        *_verify(handover),
    )


def left_to_a_person(handover: Handover) -> tuple[str, ...]:
    """The titles of the steps that a run which carries the others out leaves to a person."""
    return tuple(step.title for step in (*_assignment(handover), *_tasks(handover, None), *_verify(handover)))


def in_one_run(it: Handover) -> str:
    """The command that carries the steps out."""
    about: dict[str, Any] = {"user": it.leaver} if it.leaver else {"mailbox": it.about}
    return handoff_run("handover-plan", it.workspace, live=True, **about, new_owner=it.new_owner, carry_out="true")


def _record(it: Handover) -> Iterator[Step]:
    if not it.falling:
        return
    done = f"This run has done so, as of {in_utc(it.at)}." if it.recorded else "A dry run does not do so."
    about: dict[str, Any] = {"user": it.leaver} if it.leaver else {"mailbox": it.about}
    yield Step(
        title="Write down who runs",
        said=(
            "A live run of this plan changes nothing in the workspace: it only takes the snapshot by which"
            " ownership-change later knows for certain who fell out. Without it they are candidates, told by the time"
            " at which they were cancelled, and a person has to confirm them.",
            f"{done} A dry run of ownership-change takes the same snapshot. Whoever is enrolled later is not in it: do"
            " it again right before the owner changes.",
        ),
        commands=(handoff_run("handover-plan", it.workspace, live=True, **about, new_owner=it.new_owner),),
    )


def _queued(it: Handover) -> Iterator[Step]:
    if not it.saving.groups:
        return
    first = min((group.first_due for group in it.saving.groups if group.first_due), default=None)
    until = f": the first of them turns active at {in_utc(first)} or soon after" if first else ""
    commands = tuple(move_queued(it.workspace, group) for group in it.saving.groups if group.to)
    yield Step(
        title=f"Move what is queued first: {counted(it.queued, 'contact')}",
        said=(
            f"Whoever is moved before the change does not fall out (R98). The window is short (R77){until}; what is"
            f" past step one, {counted(it.active, 'contact')}, cannot be moved any more (R75, R82).",
            f"In the platform: {either(BACKLOG)}: Reassign Sequence Enrollments > Reassign Enrollments (R73). The Play"
            " Builder's sequence node can do it too, but may lag behind (R79, R89).",
            DRY if commands else "No mailbox can take them: name one as to_mailboxes, or let them fall out.",
        ),
        commands=commands,
    )


def move_queued(workspace: str, group: QueuedGroup) -> str:
    """The command that moves what is queued of one sequence, evenly (R73)."""
    return handoff_run(
        "queued-backlog", workspace, sequence=group.sequence, from_mailbox=group.mailbox, to_mailboxes=group.to
    )


def _assignment(it: Handover) -> Iterator[Step]:
    if not it.critical:
        return
    yield Step(
        title=f"Settle who gets the tasks of {counted(len(it.critical), 'sequence')}",
        said=(
            "By role, not by who owns the mailbox (R94, R95): the new owner stands here until you name somebody else."
            " Pools are best assigned to the sender (R86). It holds for enrollments made afterwards (R92), so do it"
            " before contacts are put back.",
            "In the platform: edit the sequence > Advanced Settings > Manually assign tasks (R83).",
            DRY,
        ),
        commands=tuple(_assign(it, chosen) for chosen in _alike(it.critical)),
    )


def _alike(critical: tuple[CriticalSequence, ...]) -> list[list[CriticalSequence]]:
    """Sequences with the same recommendation together."""
    modes = dict.fromkeys((one.mode, one.user) for one in critical)
    return [[one for one in critical if (one.mode, one.user) == mode] for mode in modes]


def _assign(it: Handover, chosen: list[CriticalSequence]) -> str:
    first = chosen[0]
    return handoff_run(
        "task-assignment-audit",
        it.workspace,
        critical_sequences=[one.sequence for one in chosen],
        assign_mode=first.mode,
        assign_user=first.user,
    )


def _tasks(it: Handover, tasks_csv: str | None) -> Iterator[Step]:
    if not it.open_tasks:
        return
    which: dict[str, Any] = {"tasks_csv": tasks_csv} if tasks_csv else {"from_user": it.leaver}
    yield Step(
        title=f"Hand over {counted(it.tasks, 'open task')}",
        said=(
            "They stay with whoever has them until somebody hands them over (R70, R71). The emails linked to them keep"
            " their mailbox (R72).",
            "In the platform: Tasks > filter > select > Assign Owner.",
            DRY,
        ),
        commands=(handoff_run("task-reassignment", it.workspace, to_user=it.new_owner, **which),),
    )


def _change(it: Handover, *, on_sandbox: bool) -> Iterator[Step]:
    if not it.mailboxes:
        return
    out = sum(group.contacts for group in it.falling)
    yield Step(
        title="Change the owner, in the platform",
        said=(
            f"{either(MAILBOXES)}: open the mailbox, assigned user: {it.new_owner}. It takes an admin who may manage"
            " email integrations.",
            f"Whoever still runs, {counted(out, 'contact')} as of now, falls out at once, and nobody is told (R1, R2).",
        ),
        commands=tuple(
            sandbox_do("change_mailbox_owner", mailbox=box.mailbox, owner=it.new_owner)
            for box in it.mailboxes
            if on_sandbox
        ),
    )


def _put_back(it: Handover) -> Iterator[Step]:
    if not it.falling:
        return
    can = sum(row.at_once + row.with_settings for row in it.back)
    cannot = sum(row.cannot for row in it.back)
    mailboxes = sorted({group.mailbox for group in it.falling})
    dry = tuple(handoff_run("ownership-change", it.workspace, mailbox=mailbox) for mailbox in mailboxes)
    yield Step(
        title="See who fell out: a dry run of ownership-change",
        said=(
            f"If nothing changes until then it finds those of this plan less whom you moved: of {can + cannot},"
            f" {can} can go back and {cannot} cannot.",
        ),
        commands=dry,
    )
    lends = "No setting has to be borrowed"
    if it.loans:
        lends = f"It borrows {counted(len(it.loans), 'setting')} for as long as it takes and waits until they act"
    yield Step(
        title="Put them back",
        said=(f"{lends}; everybody resumes at the next step (R9). It has to be run by an admin (R47).",),
        commands=tuple(
            handoff_run("ownership-change", it.workspace, mailbox=mailbox, live=True) for mailbox in mailboxes
        ),
    )


def _verify(it: Handover) -> Iterator[Step]:
    again = sorted({group.mailbox for group in it.falling})
    audited = sorted({row.sequence for row in it.new_tasks} | {one.sequence for one in it.critical})
    yield Step(
        title="Look whether all is well",
        said=(
            *(
                ["The same dry run again: everybody who is back needs nothing. Nothing may be on loan any more."]
                if again
                else []
            ),
            "Review who gets the tasks now that the team has changed (R96), and keep this document with what you"
            " decided (R97).",
        ),
        commands=(
            *(handoff_run("ownership-change", it.workspace, mailbox=mailbox) for mailbox in again),
            *(["handoff status"] if again else []),
            *(handoff_run("task-assignment-audit", it.workspace, sequence=sequence) for sequence in audited),
        ),
    )
