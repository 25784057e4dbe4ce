"""How long a handover takes: what is queued, settings on their way, and what is still to be sent afterwards."""

from collections.abc import Iterator, Sequence

from models.handover import FallingOut, HandedMailbox, Handover, Saving
from models.plan import SettingLoan
from models.wording import counted


def times(
    saving: Saving, loans: Sequence[SettingLoan], falling: Sequence[FallingOut], handed: Sequence[HandedMailbox]
) -> tuple[str, ...]:
    """One line for each thing that takes time."""
    return (*_queue(saving), *_settings(loans), *_afterwards(falling, handed), RENAMING)


RENAMING = (
    "Changing who a mailbox is assigned to takes effect at once, and an admin can do it. Having the sender renamed is"
    " another thing: a request to the platform's support, about a week, in which the mailbox is warmed anew (C15)."
)


def _queue(saving: Saving) -> Iterator[str]:
    if not saving.groups:
        return
    queued = sum(group.queued for group in saving.groups)
    if saving.send_days is None:
        yield f"What is queued ({counted(queued, 'contact')}) has no mailbox to go to yet."
        return
    may = sum(room.daily_limit for room in saving.to)
    late = " None of them has room within a day." if saving.full else ""
    yield (
        f"What is queued ({counted(queued, 'contact')}), moved to {counted(len(saving.to), 'mailbox', 'mailboxes')} of"
        f" {may:,} emails a day, has left after {counted(saving.send_days, 'send day')} at the soonest.{late}"
    )


def _settings(loans: Sequence[SettingLoan]) -> Iterator[str]:
    if loans:
        yield (
            "Borrowed re-enrollment settings take 30 to 60 minutes to act (R42): ownership-change waits until one"
            " contact proves it, 90 minutes at most."
        )
    yield "An exclusion that is turned on or off takes 15 to 45 minutes to act (R51)."


def _afterwards(falling: Sequence[FallingOut], handed: Sequence[HandedMailbox]) -> Iterator[str]:
    for box in handed:
        emails = sum(group.emails_left for group in falling if group.mailbox == box.mailbox)
        if not emails:
            continue
        if not box.daily_limit:
            yield f"{box.mailbox} may send nothing: the {counted(emails, 'email')} still to come would never leave."
            continue
        days = -(-emails // box.daily_limit)
        yield (
            f"The {counted(emails, 'email')} still to come from {box.mailbox} take {counted(days, 'send day')} at its"
            f" {box.daily_limit} a day,"
            " whoever owns it; the steps' own waits come on top."
        )


def found(it: Handover) -> str:
    """The handover in a sentence or two, for the report."""
    out = it.active + it.queued
    emails, steps = (sum(getattr(group, name) for group in it.falling) for name in ("emails_left", "tasks_left"))
    to = f"{it.about} would go to {it.new_owner}."
    boxes = f" From {counted(len(it.mailboxes), 'mailbox', 'mailboxes')}" if it.leaver else " From it"
    lost = f", with {counted(emails, 'email')} and {counted(steps, 'task')} still to come" if out else ""
    return (
        f"{to}{boxes} run {counted(out, 'contact')} ({it.active} active, {it.queued} queued){lost};"
        f" {counted(it.tasks, 'open task')} to hand over."
    )
