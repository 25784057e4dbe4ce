"""A report as people read it, computed once: the page, the terminal and the artifact only lay it out."""

import json
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from models.operation_end import came_to_its_end, has_ended
from models.outcomes import DONE
from models.report import Report, ReportedAnswer, ReportedWait
from models.run_name import subject_of
from reports.differing import DifferenceGroup, alike
from reports.headline import headline, label, main_outcome, verdicts_in_words
from reports.outcome_groups import (
    ReasonGroup,
    SequenceGroup,
    TableOfContacts,
    by_reason,
    by_sequence,
    table_of,
    tidy,
)
from reports.own_words import OTHERWISE, own, which
from reports.phrases import clean, duration, moment, period
from reports.rehearsed import RehearsalShown, rehearsal_shown
from reports.setting_words import LoanInWords, loan_in_words
from reports.who_and_when import Circumstances, circumstances

DRY_RUN = "Dry run"
Tone = Literal["good", "attention", "bad", "neutral"]
STATUS: dict[str, tuple[str, Tone]] = {
    "planned": ("planned", "neutral"),
    "completed": ("completed", "good"),
    "needs_attention": ("needs a person's attention", "attention"),
    "failed": ("failed", "bad"),
    "cancelled": ("cancelled", "attention"),
    "running": ("running", "neutral"),
    "waiting": ("waiting", "neutral"),
}
_LONGEST_VALUE = 200  # characters of a parameter: somebody may have pasted a file


@dataclass(frozen=True)
class Figure:
    """A count: its key in the report, what people call it, the number, and its percentage of all."""

    name: str
    label: str
    number: int
    share: float


@dataclass(frozen=True)
class WaitInWords:
    waits_for: str
    when: str
    length: str
    ended: str
    done: bool


@dataclass(frozen=True)
class Digest:
    """Everything that a report says about an operation, as texts and numbers, in the report's order."""

    operation_id: str
    procedure: str
    subject: str
    workspace: str
    mode: str
    mode_note: str
    status: str
    tone: Tone
    headline: str
    considered: int
    noun: str
    figures: tuple[Figure, ...]
    next: tuple[str, ...]
    nothing_next: str
    back_title: str
    sequences: tuple[SequenceGroup, ...]
    reasons_title: str
    reasons: tuple[ReasonGroup, ...]
    rejected: int
    loans: tuple[LoanInWords, ...]
    waits: tuple[WaitInWords, ...]
    answers: tuple[str, ...]
    found: str
    plan_title: str
    plan: tuple[str, ...]
    shows_plan: bool
    rehearsal: RehearsalShown | None
    differing: int
    differences: tuple[DifferenceGroup, ...]
    parameters: tuple[tuple[str, str], ...]
    circumstances: Circumstances
    files: tuple[tuple[str, str], ...]
    contacts: TableOfContacts

    @property
    def dry_run(self) -> bool:
        """Whether it only says what would be done."""
        return self.mode == DRY_RUN

    @property
    def started(self) -> str:
        """When it began, in the workspace's time."""
        return self.circumstances.started

    @property
    def ended(self) -> str:
        """When it ended, likewise."""
        return self.circumstances.ended

    @property
    def took(self) -> str:
        """How long it took."""
        return self.circumstances.took

    @property
    def missing_loans(self) -> tuple[LoanInWords, ...]:
        """What was borrowed and is not known to be back."""
        return tuple(loan for loan in self.loans if not loan.returned)


def digest(report: Report, outcomes: pd.DataFrame | None = None) -> Digest:
    """The report in words. Without `outcomes` nothing is known of steps and examples."""
    frame = tidy(outcomes if outcomes is not None else pd.DataFrame())
    (status, tone), (mode, mode_note) = STATUS[report.status], _mode(report)
    words = own(report)
    return Digest(
        operation_id=clean(report.operation_id),
        procedure=clean(report.procedure).replace("-", " ").capitalize(),
        subject=_subject(report),
        workspace=clean(report.workspace),
        mode=mode,
        mode_note=mode_note,
        status=status,
        tone=tone,
        headline=headline(report),
        considered=report.counts.get("considered", 0),
        noun=words.noun,
        figures=_figures(report),
        next=tuple(map(clean, report.next)),
        nothing_next=_nothing_next(report),
        back_title=which(words.main_title, report),
        sequences=by_sequence(frame, main_outcome(report)),
        reasons_title=which(words.reasons_title, report),
        reasons=by_reason(frame, report.reasons),
        rejected=report.counts.get("rejected", 0),
        loans=tuple(map(loan_in_words, report.loans)),
        waits=tuple(map(_wait, report.waits)),
        answers=tuple(map(_answer, report.answers)),
        found=_found(report),
        plan_title=_plan_title(report),
        plan=tuple(map(clean, report.plan)),
        shows_plan=report.mode == "dry_run" or not words.changes or bool(report.facts),
        rehearsal=rehearsal_shown(report.rehearsal),
        differing=len(report.differences),
        differences=alike(report.differences),
        parameters=tuple((clean(name), _value(value)) for name, value in report.parameters.items()),
        circumstances=circumstances(report, frame),
        files=tuple(report.files.items()),
        contacts=table_of(frame),
    )


def _found(report: Report) -> str:
    """How the contacts were found; empty where the headline says that already."""
    if own(report).of_no_contacts and not report.counts.get("considered"):
        return ""
    found = clean(report.found).removesuffix(".")
    said = f"{found}. {verdicts_in_words(report)}" if report.verdicts else found
    return "" if said and headline(report).casefold() == f"{said}.".casefold() else said


def _mode(report: Report) -> tuple[str, str]:
    if report.mode == "dry_run":
        return DRY_RUN, "nothing was changed"
    if (note := own(report).live_note) and came_to_its_end(report):
        return "Live run", note
    notes = {
        "failed": "it broke off: see below what had been done by then",
        "cancelled": "it was ended early: see below what had been done by then",
    }
    otherwise = "carried out in this workspace" if has_ended(report) else "it is not finished"
    return "Live run", notes.get(report.status, otherwise)


def _subject(report: Report) -> str:
    return clean(subject_of(report.parameters))[:_LONGEST_VALUE]


def _figures(report: Report) -> tuple[Figure, ...]:
    considered = max(report.counts.get("considered", 0), 1)
    counts = [(name, number) for name, number in report.counts.items() if name != "considered"]
    return tuple(Figure(clean(name), label(name, report), number, 100 * number / considered) for name, number in counts)


def _nothing_next(report: Report) -> str:
    if report.mode == "dry_run":
        if not _would_change(report):
            return own(report).dry_next or "A live run would change nothing."
        again = "To carry this out, run it again live: with --live, or with dry_run off in the form."
        return own(report).dry_next or again
    if report.status == "completed":
        return "Nothing is left to do."
    return "" if report.ended_at else "Nothing for now: it goes on by itself."


def _would_change(report: Report) -> bool:
    """Whether the plan of a dry run has anything to do: lines to bear in mind alone are nothing."""
    if not own(report).changes:
        return False
    return any(report.counts.get(name) for name in DONE) or any(not line.startswith("mind:") for line in report.plan)


def _plan_title(report: Report) -> str:
    if own(report).plan_title != OTHERWISE.plan_title:
        return which(own(report).plan_title, report)
    if report.mode == "dry_run":
        return "What a live run would do" if _would_change(report) else "What to know"
    return "The plan" if came_to_its_end(report) else "The plan, not carried out whole"


def _answer(given: ReportedAnswer) -> str:
    """Who agreed to what, and when."""
    statement = f"{clean(given.question)}: {clean(given.answer)}, by {clean(given.by)}"
    return f"{statement} at {moment(given.at)} (plan {given.plan})"


def _wait(wait: ReportedWait) -> WaitInWords:
    match wait.ended, wait.proved_by:
        case "done", "probe":
            ended = "done: a probe proved that they act"
        case "done", _:
            ended = "done by the clock, without a probe"
        case "refused", _:
            ended = "refused by the platform"
        case "timed_out", _:
            ended = "timed out: no probe proved that they act"
        case _:
            ended = "goes on; looks again at the end of that time"
    return WaitInWords(
        clean(wait.waits_for),
        period(wait.since, wait.until),
        duration(wait.until - wait.since),
        ended,
        wait.ended == "done",
    )


def _value(value: object) -> str:
    """A parameter's value as one would give it; cut where it is a pasted file."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    text = {"null": "not set", "true": "yes", "false": "no", "": "empty"}.get(text, text)
    if len(text) > _LONGEST_VALUE:
        return f"{clean(text[:_LONGEST_VALUE])}… ({len(text):,} characters)"
    return clean(text)
