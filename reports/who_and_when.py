"""Who owned the mailbox, who acted and who agreed; how long it took; and when what happened, laid out for a drawing."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import pandas as pd

from models.report import Report, ReportedEvent
from reports.phrases import clean, duration, moment, period
from reports.places import Place, places
from reports.story import started

DRAWN = 60  # events; an operation with more has asked about each of many steps
BEFORE = 12.0  # per cent of the drawing for what came before the operation began: its scale would hide the rest
_PHRASES = {
    "fell_out": "The mailbox changed its owner, and contacts fell out",
    "approved": "Approved",
    "declined": "Declined",
    "borrowed": "Settings were borrowed",
    "waited": "Waited",
    "probed": "A probe proved that they act",
    "given_back": "Settings were given back",
    "upload_audience": "Audiences were uploaded",
    "duplicate_play": "Plays were duplicated",
    "duplicate_sequence": "Sequences were duplicated",
    "run_play": "Copies of plays ran, which enrolls contacts",
    "enroll": "Contacts were enrolled",
    "unenroll": "Contacts were unenrolled",
    "reassign_queued": "Queued enrollments were given to other mailboxes",
    "reassign_task": "Tasks were reassigned",
    "by_hand": "A person acted in the platform",
    "try_enrolling": "The test person was enrolled, or refused",
    "pause_sequence": "Sequences were paused or resumed",
    "probe": "Probes looked whether the settings act",
    "look": "Contacts were looked at",
}


@dataclass(frozen=True)
class EventInWords:
    """Something that happened, and where it lies in a drawing that is 100 wide; `width` is 0 for an instant."""

    kind: str
    label: str
    when: str
    left: float
    width: float


@dataclass(frozen=True)
class Circumstances:
    """Who, when and where, of an operation; `took_note` says in whose time `took` is, `began_really` is our time where
    the workspace's is another."""

    started: str
    ended: str
    took: str
    took_note: str
    began_really: str
    people: tuple[tuple[str, str], ...]
    events: tuple[EventInWords, ...]
    places: tuple[Place, ...]


def circumstances(report: Report, frame: pd.DataFrame) -> Circumstances:
    """All of it, from a report and the tidy frame of its outcomes."""
    length, note = took(report)
    ended = moment(report.ended_at) if report.ended_at else "not yet"
    return Circumstances(
        moment(report.started_at),
        ended,
        length,
        note,
        really_began(report),
        people(report),
        events(report),
        places(frame, report),
    )


def took(report: Report) -> tuple[str, str]:
    """How long it took, and in whose time: a dry run in ours, a live run in the workspace's and, where the two differ
    much, in ours too."""
    if report.ended_at is None:
        return "still going on", ""
    length, real = report.ended_at - report.started_at, _real_length(report)
    if real is not None and report.mode == "dry_run":
        return duration(real), "in real time"
    note = "in the workspace's time"
    if real is not None and max(length, real) > 1.5 * min(length, real) + timedelta(minutes=1):
        note += f", {duration(real)} in real time"
    return duration(length), note


def really_began(report: Report) -> str:
    """When it began in real time, where the workspace's clock shows something else; empty otherwise."""
    apart = report.recorded_at is not None and abs(report.recorded_at - report.started_at) > timedelta(minutes=5)
    return moment(report.recorded_at) if report.recorded_at is not None and apart else ""


def _real_length(report: Report) -> timedelta | None:
    if report.recorded_at is None or report.recorded_end_at is None:
        return None
    return report.recorded_end_at - report.recorded_at


def people(report: Report) -> tuple[tuple[str, str], ...]:
    """Who owns the mailbox and who did before, with whose rights it acted, and who agreed; only what is known."""
    return tuple(_people(report))


def _people(report: Report) -> Iterator[tuple[str, str]]:
    subject = str(report.parameters.get("mailbox", "")) if report.procedure == "ownership-change" else ""
    for one in report.owners:
        if one.mailbox.casefold() == subject.strip().casefold():
            yield f"Owner of {clean(one.mailbox)}", clean(one.owner or "nobody")
            if one.before is not None:
                yield "Owner before", clean(one.before)
    if words := started(report.started_by, report.started_from):
        yield "Started", words
    if report.acting_user:
        yield "Acted in the workspace as", clean(report.acting_user)
    approvers = dict.fromkeys(clean(answer.by) for answer in report.answers if answer.answer != "no")
    if approvers:
        yield "Approved by", ", ".join(approvers)
    decliners = dict.fromkeys(clean(answer.by) for answer in report.answers if answer.answer == "no")
    if decliners:
        yield "Declined by", ", ".join(decliners)


def events(report: Report) -> tuple[EventInWords, ...]:
    """What happened, as words and as places in a drawing; nothing where there is too little to draw."""
    shown = report.timeline[:DRAWN]
    if len(shown) < 2:  # one instant is no line
        return ()
    begun = report.started_at
    end = max(report.ended_at or begun, *(event.until or event.since for event in shown))
    first = BEFORE if any(event.since < begun for event in shown) else 0.0
    span = max((end - begun) / timedelta(seconds=1), 1.0)

    def at(time: datetime) -> float:
        return first / 3 if time < begun else first + (98 - first) * ((time - begun) / timedelta(seconds=1)) / span

    return tuple(_in_words(event, at(event.since), at(event.until or event.since)) for event in shown)


def _in_words(event: ReportedEvent, left: float, right: float) -> EventInWords:
    label = _PHRASES.get(event.what, clean(event.what).replace("_", " ").capitalize())
    if event.what == "waited" and event.about:
        label = f"Waited for {clean(event.about)}"
    elif event.what in ("approved", "declined") and event.about:
        label += f": {clean(event.about)}"
    when = moment(event.since) if event.until is None else period(event.since, event.until)
    if event.until is not None:
        when += f" ({duration(event.until - event.since)})"
    return EventInWords(clean(event.what), label, when, round(left, 2), round(right - left, 2))
