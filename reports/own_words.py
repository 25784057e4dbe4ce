"""What each procedure's report says in words of its own: its headline, its headings, and what outcomes are called."""

from collections.abc import Callable
from dataclasses import dataclass, field

from models.report import Report
from models.wording import capitalized
from reports.phrases import counted

Both = tuple[str, str]
"""What a dry run says, and what a live run says."""


@dataclass(frozen=True)
class OwnWords:
    """`main` is the outcome that the procedure is for, and `verb` says it: of one contact, of several, in a dry run of
    one, and of several.

    `may_not` is what is said of blocked ones, `nothing` the headline where nobody was considered, `labels` what other
    outcomes are called beside their numbers. `headline` makes another sentence; with `of_no_contacts` what was found is
    the headline even where no contact was considered. `changes` is false where a live run changes nothing. `live_note`
    and `dry_next` stand for what other reports say of a live run, and at the end of a dry one.
    """

    main: str
    verb: tuple[str, str, str, str]
    may_not: str
    nothing: str
    main_title: Both
    reasons_title: Both = ("Who cannot, and why", "Who is not, and why")
    plan_title: Both = ("What a live run would do", "The plan")
    noun: str = "contact"
    labels: dict[str, str] = field(default_factory=dict)
    headline: Callable[[Report], str] | None = None
    of_no_contacts: bool = False
    changes: bool = True
    live_note: str = ""
    dry_next: str = ""


def _handover(report: Report) -> str:
    counts = report.counts
    queued = counts.get("manual", 0)
    parts = (
        (queued, f"{'is' if queued == 1 else 'are'} queued and can be moved first"),
        (counts.get("unchanged", 0), "can be put back afterwards"),
        (counts.get("blocked", 0), "cannot"),
    )
    listed = ", ".join(f"{number:,} {words}" for number, words in parts if number)
    return f"{counted(counts['considered'], 'contact')} would fall out: {listed}."


def found_sentence(report: Report) -> str:
    """Whatever was found, as a sentence."""
    found = report.found.removesuffix(".")
    refused = report.counts.get("rejected", 0)
    rows = f"; {counted(refused, 'row was', 'rows were')} refused" if refused else ""
    return f"{capitalized(found)}{rows}."


def _due(report: Report) -> str:
    """What was due, of a live run that came to its end in the past tense."""
    found = found_sentence(report)
    if report.mode == "dry_run" or report.ended_at is None:
        return found
    return found.replace(" is due", " was due").replace(" are due", " were due")


def _undone(report: Report) -> str:
    """What can be taken back, of a live run that came to its end in the past tense."""
    found = found_sentence(report)
    if report.mode == "dry_run" or report.ended_at is None:
        return found
    done = sum(report.counts.get(name, 0) for name in ("unenrolled", "enrolled", "reassigned"))
    before, _, after = found.rpartition(", ")
    return f"{before}, {done:,} of {after.partition(' of ')[2]}".replace("can be taken", "were taken")


def _calibrated(report: Report) -> str:
    if report.mode == "dry_run":
        return found_sentence(report)
    found = sum(one.operation_id == report.operation_id for one in report.facts)
    if found == len(report.facts):
        return f"All {counted(found, 'question')} found out."
    return f"{counted(found, 'question')} of {len(report.facts)} found out; the others stay as they were assumed."


_ENROLLED = ("is enrolled", "are enrolled", "can be enrolled", "can be enrolled")
_BACK = (
    "is back in its sequence",
    "are back in their sequences",
    "can go back to its sequence",
    "can go back to their sequences",
)
_BACK_TITLE = ("Who can go back, and at which step", "Who is back, and at which step")

OTHERWISE = OwnWords(
    main="enrolled",
    verb=_ENROLLED,
    may_not="may not be enrolled",
    nothing="No contact was found: there is nothing to do.",
    main_title=("Who can be enrolled, and at which step", "Who is enrolled, and at which step"),
)
"""For a procedure of a later release."""

OWN = {
    "ownership-change": OwnWords(
        main="enrolled",
        verb=_BACK,
        may_not="may not be enrolled",
        nothing="No contact was found who fell out: there is nothing to put back.",
        main_title=_BACK_TITLE,
        reasons_title=("Who cannot go back, and why", "Who is not back, and why"),
    ),
    "exclusion-rerun": OwnWords(
        main="enrolled",
        verb=_ENROLLED,
        may_not="may not be enrolled",
        nothing="No contact was found whom the exclusion keeps out: there is nothing to do.",
        main_title=(
            "Who can be enrolled while the exclusion is off, and at which step",
            "Who was enrolled while the exclusion was off, and at which step",
        ),
    ),
    "queued-backlog": OwnWords(
        main="reassigned",
        verb=(
            "is moved to another mailbox",
            "are moved to other mailboxes",
            "can be moved to another mailbox",
            "can be moved to other mailboxes",
        ),
        may_not="may not be moved",
        nothing="Nobody runs from this mailbox: there is nothing to move.",
        main_title=("Who can be moved to another mailbox", "Who was moved to another mailbox"),
        reasons_title=("Who stays with the mailbox, and why", "Who stays with the mailbox, and why"),
        labels={"reassigned": "moved to other mailboxes"},
    ),
    "task-reassignment": OwnWords(
        main="reassigned",
        verb=("is handed over", "are handed over", "would be handed over", "would be handed over"),
        may_not="may not be handed over",
        nothing="No task was found: there is nothing to hand over.",
        main_title=("Tasks that would be handed over, by sequence", "Tasks that were handed over, by sequence"),
        reasons_title=("Tasks that stay with their user, and why", "Tasks that stay with their user, and why"),
        noun="task",
        labels={"reassigned": "handed over"},
    ),
    "sequence-move": OwnWords(
        main="enrolled",
        verb=("is moved", "are moved", "can be moved", "can be moved"),
        may_not="may not be moved",
        nothing="Nobody was found to move: there is nothing to do.",
        main_title=("Who can be moved, and where they begin", "Who was moved, and where they begin"),
        reasons_title=("Who cannot be moved, and why", "Who was not moved, and why"),
        labels={"enrolled": "moved", "unenrolled": "taken out and not let in"},
    ),
    "version-upgrade": OwnWords(
        main="upgraded",
        verb=("is upgraded", "are upgraded", "would be upgraded", "would be upgraded"),
        may_not="may not be upgraded",
        nothing="Nobody runs in this sequence: only its steps change.",
        main_title=("Who would go on in the new version, and at which step", "Who goes on, and at which step"),
        reasons_title=("Who cannot be upgraded, and why", "Who was not upgraded, and why"),
        labels={"unenrolled": "through: the new version has no step left"},
    ),
    "call-outcomes": OwnWords(
        main="unenrolled",
        verb=("is unenrolled", "are unenrolled", "would be unenrolled", "would be unenrolled"),
        may_not="may not be unenrolled",
        nothing="No contact has a disposition: there is nothing to do.",
        main_title=(
            "Who would be unenrolled, and before which step",
            "Who was unenrolled, and before which step",
        ),
        reasons_title=("Who cannot be unenrolled, and why", "Who was not unenrolled, and why"),
    ),
    "calibrate": OwnWords(
        main="unchanged",
        verb=("is as before", "are as before", "would be as before", "would be as before"),
        may_not="may not be enrolled",
        nothing="There is nothing to try.",
        main_title=("The test person", "The test person"),
        plan_title=("What would be tried", "What was seen, and what is assumed"),
        labels={"unchanged": "runs nowhere afterwards"},
        headline=_calibrated,
    ),
    "enroll-contacts": OwnWords(
        main="enrolled",
        verb=_ENROLLED,
        may_not="may not be enrolled",
        nothing="No contact was found to enroll: there is nothing to do.",
        main_title=("Who can be enrolled, and at which step", "Who is enrolled, and at which step"),
        reasons_title=("Who cannot be enrolled, and why", "Who is not enrolled, and why"),
    ),
    "nightly-remediation": OwnWords(
        main="enrolled",
        verb=_BACK,
        may_not="may not be enrolled",
        nothing="No mailbox changed its owner: there is nothing to start.",
        main_title=_BACK_TITLE,
        reasons_title=("Who cannot go back, and why", "Who is not back, and why"),
        plan_title=(
            "What would be started, what is left to a person, and how last night's runs ended",
            "What was started, what is left to a person, and how last night's runs ended",
        ),
        of_no_contacts=True,
        dry_next="A live run starts this, and writes down who owns each mailbox and who runs from it.",
    ),
    "restore-settings": OwnWords(
        main="returned",
        verb=("is given back", "are given back", "would be given back", "would be given back"),
        may_not="may not be given back",
        nothing="No setting is due, and no run is lost: there is nothing to give back.",
        main_title=("What would be given back", "What was given back"),
        plan_title=("What a live run would give back", "What was due"),
        noun="setting",
        headline=_due,
        of_no_contacts=True,
    ),
    "enrollment-diagnosis": OwnWords(
        main="unchanged",
        verb=("may be enrolled", "may be enrolled", "may be enrolled", "may be enrolled"),
        may_not="may not be enrolled",
        nothing="Nobody was found to ask about.",
        main_title=("Who may be enrolled, and at which step", "Who may be enrolled, and at which step"),
        reasons_title=("Who may not be enrolled, and why", "Who may not be enrolled, and why"),
        plan_title=("The reasons, and what would free the most", "The reasons, and what would free the most"),
        labels={"unchanged": "nothing known stands against it"},
        headline=found_sentence,
        changes=False,
        live_note="nothing was changed",
        dry_next="This is the whole answer: a live run changes nothing either.",
    ),
    "undo": OwnWords(
        main="unenrolled",
        verb=("is taken out again", "are taken out again", "can be taken out again", "can be taken out again"),
        may_not="may not be taken back",
        nothing="Nothing of it can be taken back.",
        main_title=("What can be taken back", "What was taken back"),
        reasons_title=("What cannot be taken back, and why", "What was not taken back, and why"),
        labels={"unenrolled": "taken out again", "enrolled": "back where they were", "reassigned": "tasks handed back"},
        headline=_undone,
        of_no_contacts=True,
    ),
    "task-assignment-audit": OwnWords(
        main="unchanged",
        verb=("is looked at", "are looked at", "are looked at", "are looked at"),
        may_not="may not be looked at",
        nothing="No task was found to look at.",
        main_title=("Tasks looked at, by sequence", "Tasks looked at, by sequence"),
        reasons_title=("Tasks that nothing explains", "Tasks that nothing explains"),
        plan_title=("What surprises, and what a live run would set", "What surprises, and what was set"),
        noun="task",
        labels={"unchanged": "looked at"},
        headline=found_sentence,
        of_no_contacts=True,
    ),
    "handover-plan": OwnWords(
        main="unchanged",
        verb=("can be put back", "can be put back", "can be put back", "can be put back"),
        may_not="cannot be put back",
        nothing="Nobody would fall out.",
        main_title=(
            "Who would fall out and can be put back, by next step",
            "Who would fall out and can be put back, by next step",
        ),
        reasons_title=(
            "Who can be moved first, and who cannot be put back",
            "Who can be moved first, and who cannot be put back",
        ),
        plan_title=("What to do, in this order", "What to do, in this order"),
        labels={"manual": "can be moved first", "unchanged": "can be put back"},
        headline=_handover,
        changes=False,
        live_note="nothing was changed; who runs was written down",
        dry_next="Read the document. A live run changes nothing either: besides, it writes down who runs, so that"
        " ownership-change knows for certain who fell out.",
    ),
}


CARRIED_OUT = OwnWords(
    main="enrolled",
    verb=_BACK,
    may_not="may not be put back",
    nothing="Nobody ran from there, so that nobody fell out.",
    main_title=_BACK_TITLE,
    reasons_title=("Who cannot go back, and why", "Who is not back, and why"),
    labels={"reassigned": "moved first"},
)
"""Of a `handover-plan` that carries its steps out."""


def own(report: Report) -> OwnWords:
    """The words of a report's procedure."""
    if report.procedure == "handover-plan" and report.parameters.get("carry_out"):
        return CARRIED_OUT
    return OWN.get(report.procedure, OTHERWISE)


def which(both: Both, report: Report) -> str:
    """What is said in the report's mode."""
    return both[0] if report.mode == "dry_run" else both[1]
