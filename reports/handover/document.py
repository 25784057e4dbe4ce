"""A handover in words: the document to keep, before it is laid out as Markdown or as a page."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from models.document import Block, Bullets, Commands, Document, Grid, Paragraph, Section, Steps
from models.handover import Counts, Handover, NewTasks
from models.plan import SettingLoan
from models.reasons import reason_of
from models.setting_words import value_in_words
from reports.handover.steps import in_one_run
from reports.phrases import counted, moment
from reports.setting_words import about

MODES = {
    "ASSIGN_TO_MAILBOX_OWNER": "the mailbox's owner",
    "ASSIGN_TO_SENDER": "whoever sends",
    "ASSIGN_TO_USER": "a user by name",
    "ASSIGN_TO_ENROLLER": "whoever enrolled by hand",
    "ASSIGN_TO_RECORD_OWNER": "the record's owner",
}


def document_of(it: Handover, files: Mapping[str, Path]) -> Document:
    """The document; `files` names those that lie beside it (`contacts`, `tasks`)."""
    sections = (
        ("In short", _in_short(it)),
        ("Does the owner have to change?", _alternatives(it)),
        ("In which order to act", _in_order(it)),
        ("What to mind", _minds(it)),
        ("Who would fall out", _falling(it, files["contacts"])),
        ("What can be saved first", _saving(it)),
        ("Who could be put back", _back(it)),
        ("Which tasks would go to whom", _tasks(it, files["tasks"])),
        ("Which sequences need an assignment before the change", _critical(it)),
        ("How long it takes", (Bullets(items=it.times),)),
    )
    return Document(
        title=f"Handover of {it.about} to {it.new_owner}",
        under=f"Workspace {it.workspace}, as of {moment(it.at)}. Nothing was changed for this plan.",
        sections=tuple(Section(title=title, blocks=tuple(blocks)) for title, blocks in sections),
    )


def _in_short(it: Handover) -> Iterator[Block]:
    can, cannot = sum(row.at_once + row.with_settings for row in it.back), sum(row.cannot for row in it.back)
    saved = it.queued if it.saving.possible else 0
    out = it.active + it.queued
    owner = "nobody" if it.present_owner is None else it.present_owner
    what = counted(len(it.mailboxes), "mailbox", "mailboxes")
    yield Paragraph(text=f"{owner} hands over {what} and {counted(it.tasks, 'open task')} to {it.new_owner}.")
    if not out:
        yield Paragraph(text="Nobody runs from there now: nobody would fall out.")
        return
    yield Bullets(
        items=(
            f"{counted(out, 'contact')} would fall out of sequences: {it.active:,} active, {it.queued:,} queued (R1).",
            f"{saved:,} of them are queued and can be moved first, so that they do not fall out (R98).",
            f"{can:,} could be put back afterwards by ownership-change, {cannot:,} could not.",
        )
    )


def _in_order(it: Handover) -> Iterator[Block]:
    if it.mailboxes:
        yield Paragraph(
            text="One run can move what is queued, have the owner changed and put back whoever fell out, in this order,"
            " once somebody has approved it; the other steps stay with you. Or go step by step."
        )
        yield Commands(lines=(in_one_run(it),))
    yield Steps(steps=it.steps)


def _alternatives(it: Handover) -> Iterator[Block]:
    if not it.mailboxes:
        yield Paragraph(text="No mailbox changes hands.")
        return
    covers = it.leaver or "somebody who leaves or is away"
    yield Bullets(
        items=(
            f"To cover for {covers} it is often enough to add {it.new_owner} as secondary forwarding user of the"
            " mailbox: a copy of every reply goes there, the sender stays, the owner stays, and nobody falls out."
            " Change the owner when the sequences have run out.",
            "To have the mailbox assigned to another user is done by an admin, at once. To have its sender renamed is a"
            " request to the platform's support: about a week, in which enrollments are cancelled and the mailbox is"
            " warmed anew (C15).",
            "Nothing carries a running enrollment over to another owner (R2). What is queued can be moved to another"
            " mailbox (R98).",
        )
    )


def _minds(it: Handover) -> Iterator[Block]:
    yield Bullets(items=tuple(map(str, it.minds))) if it.minds else Paragraph(text="Nothing out of the ordinary.")


def _falling(it: Handover, contacts: Path) -> Iterator[Block]:
    if not it.falling:
        yield Paragraph(text="Nobody runs from these mailboxes.")
        return
    yield Grid(
        caption="By mailbox and sequence",
        columns=("mailbox", "sequence", "active", "queued", "next steps", "emails to come", "tasks to come"),
        rows=tuple(
            (
                row.mailbox,
                row.sequence + (" (paused)" if row.sequence_paused else ""),
                row.active,
                row.queued,
                ", ".join(f"{number:,} at step {step}" for step, number in row.next_steps),
                row.emails_left,
                row.tasks_left,
            )
            for row in it.falling
        ),
    )
    emails, tasks = sum(row.emails_left for row in it.falling), sum(row.tasks_left for row in it.falling)
    yield Paragraph(
        text=(
            f"All of this is lost silently: {counted(emails, 'email')} and {counted(tasks, 'task')} to come would not"
            " happen. The platform sends no notification, neither to the contacts nor to their owners, and shows no"
            " reason on what it cancelled (R1, R2)."
        )
    )
    yield Paragraph(text=f"Each contact, with its next step and what would become of it: {contacts.name}, beside this.")


def _saving(it: Handover) -> Iterator[Block]:
    if not it.saving.groups:
        yield Paragraph(text="Nothing is queued: whoever runs is past step one, and cannot be moved (R75, R82).")
        return
    yield Grid(
        caption="What is queued now",
        columns=("mailbox", "sequence", "queued", "turns active at the soonest"),
        rows=tuple(
            (
                row.mailbox,
                row.sequence,
                row.queued,
                moment(row.first_due) if row.first_due else "not while it is paused",
            )
            for row in it.saving.groups
        ),
    )
    yield Grid(
        caption="Where it can go",
        columns=("mailbox", "owner", "emails a day", "due within a day", "room"),
        rows=tuple((room.mailbox, room.owner or "", room.daily_limit, room.due, room.free) for room in it.saving.to),
    )
    yield from (Paragraph(text=f"Not offered: {name} {why}.") for name, why in it.saving.unfit)
    yield Paragraph(
        text=(
            "The window is short: an enrollment can be moved until its first email has left (R77). Once step one was"
            " sent it is active and keeps its mailbox to the end (R75, R82)."
        )
    )


def _back(it: Handover) -> Iterator[Block]:
    yield Paragraph(text="As if the owner had changed now, and whoever fell out were put back from the same mailbox.")
    yield Grid(
        caption="By ruleset",
        columns=("ruleset", "can go back at once", "once settings are borrowed", "cannot"),
        rows=tuple((row.ruleset, row.at_once, row.with_settings, row.cannot) for row in it.back),
    )
    yield Grid(
        caption="Who cannot, and why; a contact with several reasons counts under each",
        columns=("ruleset", "contacts", "reason", "what lifts it"),
        rows=tuple(
            (row.ruleset, number, reason_of(code).why, reason_of(code).lift)
            for row in it.back
            for code, number in row.reasons
        ),
    )
    yield Grid(
        caption="What ownership-change would borrow, and give back",
        columns=("setting", "is", "would be", "needed by"),
        rows=tuple(
            (about(loan.setting), _value(loan, "was"), _value(loan, "set_to"), loan.contacts) for loan in it.loans
        ),
    )


def _value(loan: SettingLoan, which: str) -> str:
    return value_in_words(getattr(loan, which))


def _new_tasks(it: Handover) -> Grid:
    return Grid(
        caption="Who gets new tasks under today's settings",
        columns=("sequence", "of whom", "contacts", "assigned to", "set in", "today", "after the change"),
        rows=tuple(
            (
                row.sequence,
                _people(row),
                f"{row.contacts:,}" if row.contacts else "",
                MODES[row.mode],
                row.decided_by,
                _who(row.today),
                _who(row.after),
            )
            for row in it.new_tasks
        ),
    )


def _tasks(it: Handover, tasks: Path) -> Iterator[Block]:
    yield Paragraph(
        text=(
            f"{counted(it.tasks, 'open task')} of {it.present_owner or 'nobody'} stay where they are until somebody"
            " hands them over (R70); the emails linked to them keep their mailbox (R72)."
            + (
                f" {counted(it.other_tasks, 'other open task')} have nothing to do with the mailbox."
                if it.other_tasks
                else ""
            )
            + (f" Each of them: {tasks.name}, beside this." if it.tasks else "")
        )
    )
    yield Grid(
        caption=f"Open tasks, for {it.new_owner}",
        columns=("sequence", "type", "tasks"),
        rows=tuple((row.sequence or "(none)", row.type, row.tasks) for row in it.open_tasks),
    )
    yield _new_tasks(it)
    if it.loans:
        proofs = counted(len(it.loans), "contact")
        yield Paragraph(
            text=(
                f"Mind that ownership-change proves by at most {proofs} that its borrowed settings act: it enrolls"
                " them by hand, and their tasks follow the setting for that. With probe=false it trusts the clock"
                " instead."
            )
        )
    yield Paragraph(
        text=("A change of these settings holds for new enrollments only (R92): set them before contacts are put back.")
    )


def _people(row: NewTasks) -> str:
    if row.play:
        return f"whom the play '{row.play}' will enroll"
    return f"put back, enrolled {'by a play' if row.way == 'automatic' else 'by hand'}"


def _who(counts: Counts) -> str:
    """`ana@x.test`; with numbers where there are several."""
    if not counts:
        return "told contact by contact"
    named = [(name or "nobody", number) for name, number in counts]
    if len(named) == 1:
        return named[0][0]
    return ", ".join(f"{name} ({number:,})" for name, number in named)


def _critical(it: Handover) -> Iterator[Block]:
    if not it.critical:
        yield Paragraph(text="None: the tasks to come follow neither the mailbox's owner nor the enroller.")
        return
    yield Grid(
        caption="Before the change (R94)",
        columns=("sequence", "why", "assign to", "open tasks now with"),
        rows=tuple(
            (
                row.sequence,
                row.why,
                f"{MODES[row.mode]}, since a pool sends (R86)"
                if row.pooled
                else f"{row.user}, or whoever has this role",
                _who(row.holders) if row.holders else "",
            )
            for row in it.critical
        ),
    )
    yield Bullets(
        items=(
            "Choose by role, not by who owns the mailbox now (R95).",
            "Look through these again whenever the team changes (R96).",
            "Write down who decided what (R97): task-assignment-audit keeps it, for many sequences from a CSV with the"
            " columns sequence, role, user (roles_csv). Keep this document with it.",
        )
    )
