"""What happened in an operation, as lines for the terminal: in order, many of one kind in one line."""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, islice
from typing import Any

from models.setting_words import RETURNED, printed_in_words
from models.story import HAPPENINGS, MADE, NOT_KNOWN, REFUSED, Event
from models.wording import capitalized, counted
from reports.phrases import clean, moment

FIRST, LAST = 24, 8  # lines that are shown of a long story
NAMED = 2  # changes of one kind, one after another, that get a line each
HIDDEN = ("let_go", "probe")  # who reads it cares when it was given back, and what came of the wait
LENDING = "set_setting"  # by it a setting is borrowed, which has a line of its own
UNNAMED = "somebody whom Prefect does not name"
_STARTED_FROM = {
    "shell": "in a shell",
    "deployment": "from a form, or by Prefect's API",
    "schedule": "by a schedule",
    "automation": "by an automation",
    "night": "by a night",
    "operation": "as a part of it",
}
_ENDS = {"done": "done", "refused": "refused", "timed_out": "timed out", None: "still waiting"}
_STATES = {REFUSED: "REFUSED", NOT_KNOWN: "NOT KNOWN whether it was made"}


@dataclass(frozen=True)
class StoryLine:
    """A line of a story: when, in UTC, "" where that is not known, and what."""

    when: str
    words: str


def started(by: str | None, started_from: str | None) -> str:
    """`by olga@laptop, in a shell`; "" where an earlier release began it."""
    if started_from is None:
        return ""
    who = f"operation {clean(by)}" if by and started_from in ("night", "operation") else clean(by or UNNAMED)
    return f"by {who}, {_STARTED_FROM.get(started_from, clean(started_from))}"


def story_lines(events: Iterable[Event], operation_id: str) -> Iterator[StoryLine]:
    """The first and the last lines of a story, and between them how many more there are, and where."""
    shown, last, left = 0, deque[StoryLine](maxlen=LAST), 0
    for line in _lines(events):
        if shown < FIRST:
            shown += 1
            yield line
            continue
        left += len(last) == LAST
        last.append(line)
    if left:
        yield StoryLine("", f"… and {counted(left, 'more line')}: `handoff show {operation_id} --json` has each event")
    yield from last


def _lines(events: Iterable[Event]) -> Iterator[StoryLine]:
    for (kind, _), found in groupby((one for one in events if _is_shown(one)), key=_kind):
        if kind in HAPPENINGS:
            yield from (StoryLine(_when(event.at), " ".join(_parts(event))) for event in found)
        else:
            yield from _changes(found)


def _is_shown(event: Event) -> bool:
    return event.what not in HIDDEN and (event.what != LENDING or event.state != MADE)


def _kind(event: Event) -> tuple[str, str | None]:
    return event.what, event.state


def _changes(events: Iterator[Event]) -> Iterator[StoryLine]:
    """A line for the first few changes of a kind, and one for all others, however many there are."""
    last, more = None, 0
    for event in islice(events, NAMED):
        yield StoryLine(_when(event.at), _change(event))
    for event in events:
        last, more = event, more + 1
    if last is not None:
        kind, ended = clean(last.what).replace("_", " "), _STATES.get(last.state or "", MADE)
        yield StoryLine(
            "", f"and {counted(more, 'more change')} of this kind ({kind}), {ended}, the last at {_when(last.at)}"
        )


def _change(event: Event) -> str:
    words = capitalized(clean(event.about))
    if was := _before(event):
        words += f"; before: {was}"
    if event.state != MADE:
        why = ((event.after or {}).get("result") or {}).get("why")
        return f"{words}: {_STATES.get(event.state or '', NOT_KNOWN)}" + (f" ({clean(why)})" if why else "")
    if event.until is not None and event.at is not None and _when(event.until) != _when(event.at):
        words += f" (known to be made at {_when(event.until)})"
    return words


def _before(event: Event) -> str:
    """What was there before, where it fits a line: plain values."""
    found = {name: value for name, value in (event.before or {}).items() if not isinstance(value, (dict, list))}
    if set(found) == {"value"}:  # of a setting, which the line names
        return _values(found)
    return ", ".join(f"{clean(name)} {clean('none' if value is None else value)}" for name, value in found.items())


def _parts(event: Event) -> Iterator[str]:
    """An event that is no change, in a sentence."""
    after = event.after or {}
    match event.what:
        case "begun":
            yield from filter(None, ["Begun", started(event.who, after.get("from"))])
        case "planned":
            what = _figures(after["forecast"]) or counted(len(after["lines"]), "line")
            yield f"Planned: {what} (plan {clean(after['plan'])})"
        case "asked":
            yield f"Asked: {clean(after['question'])}"
            if after.get("by"):
                yield f"(answered by {clean(after['by'])})"
            if event.state in ("refused", "expired"):
                yield f"({'closed without an answer' if event.state == 'expired' else clean(after['problem'])})"
        case "approved" | "declined":
            yield _answer(event, after)
        case "borrowed":
            yield f"Borrowed: {clean(event.about)}: {_values(event.before)}, set to {_values(event.after)}"
            if event.state == "joined":
                yield "(another operation had it out)"
        case "given_back":
            was = _values(event.after) or f"{_values(event.before)} now"
            yield capitalized(f"{clean(event.about)}: {RETURNED.get(event.state or '', clean(event.state))} {was}")
        case _:
            yield from _other(event, after)


def _other(event: Event, after: dict[str, Any]) -> Iterator[str]:
    match event.what:
        case "waited":
            until = f" at {moment(event.until)}" if event.until is not None else ""
            yield f"Waited for {clean(event.about)}: {_ENDS.get(event.state, clean(event.state))}{until}"
            if after["probes"]:
                yield f"({counted(after['probes'], 'probe')})"
        case "probed":
            yield f"A probe proved it: {clean(event.about)}"
        case "read_back":
            yield f"Read back: {_figures(after['outcomes'])}"
        case "ended":
            yield f"Ended: {clean(event.state).replace('_', ' ')}"
            if after.get("failure"):
                yield f"({clean(after['failure'])})"


def _answer(event: Event, after: dict[str, Any]) -> str:
    who = clean(event.who or "somebody")
    approved = f" {counted(len(after['approved']), 'contact')}" if "approved" in after else ""
    asked = "" if after["shown"] else ", agreed to beforehand"
    return f"{event.what.capitalize()}{approved} by {who}{asked} ({clean(event.about)}, plan {clean(after['plan'])})"


def _figures(found: dict[str, int]) -> str:
    return ", ".join(f"{number:,} {clean(name)}" for name, number in found.items())


def _values(setting: dict[str, Any] | None) -> str:
    return ", ".join(clean(printed_in_words(str(value))) for value in (setting or {}).values())


def _when(at: datetime | None) -> str:
    return moment(at) if at is not None else ""
