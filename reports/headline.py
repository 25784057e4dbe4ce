"""An operation in one sentence."""

from models.operation_end import has_ended, is_left_to_a_person
from models.outcomes import DONE
from models.report import Report
from models.rules.since import MOVED_ON
from reports.own_words import OWN
from reports.phrases import clean, counted, series

_LABELS = {
    "enrolled": "enrolled",
    "unenrolled": "unenrolled",
    "reassigned": "reassigned",
    "upgraded": "upgraded",
    "blocked": "may not be enrolled",
    "rejected": "rows refused",
    "manual": "left to do by hand",
    "failed": "failed",
    "unchanged": "needed nothing",
}
# One contact, several, and in a dry run.
_VERBS = {
    "enrolled": ("is enrolled", "are enrolled", "can be enrolled"),
    "unenrolled": ("is unenrolled", "are unenrolled", "would be unenrolled"),
    "reassigned": ("is reassigned", "are reassigned", "would be reassigned"),
    "upgraded": ("is upgraded", "are upgraded", "would be upgraded"),
}
_BACK = ("is back in its sequence", "are back in their sequences", "can go back to their sequences")
_OVER = ("starts over at step 1", "start over at step 1", "can start over at step 1")

ABOUT_NO_CONTACTS = ("restore-settings", "task-assignment-audit")


def label(outcome: str, report: Report) -> str:
    """What an outcome is called beside its number."""
    if report.procedure in OWN:
        return OWN[report.procedure].labels.get(outcome, _LABELS.get(outcome, clean(outcome)))
    if outcome == "enrolled" and report.procedure == "ownership-change":
        return "can go back" if report.mode == "dry_run" else "back in sequence"
    if outcome == "blocked" and "enrolled" not in report.counts:
        return "may not be changed"
    return _LABELS.get(outcome, clean(outcome))


def main_outcome(report: Report) -> str:
    """The outcome that the procedure is for: the first of DONE that counts."""
    if report.procedure in OWN:
        return OWN[report.procedure].main
    can_have = [name for name in DONE if name in report.counts] or ["enrolled"]
    return next((name for name in can_have if report.counts.get(name)), can_have[0])


def headline(report: Report) -> str:
    """`431 of 500 contacts are back in their sequences; 64 may not be enrolled, 5 rows were refused.`"""
    considered = report.counts.get("considered", 0)
    begun = {"failed": "Failed. ", "cancelled": "Cancelled. "}.get(report.status, "")
    if not has_ended(report):
        return _so_far(report, considered)
    about_none = (*ABOUT_NO_CONTACTS, *(["nightly-remediation"] if not considered else []))  # it does not wait for any
    if report.procedure in about_none and report.found:
        return begun + report.found[:1].upper() + report.found[1:] + "."
    if report.procedure in OWN and not begun:
        return OWN[report.procedure].headline(report)
    if not considered:
        return begun + ("No contact has an outcome." if begun else "No contacts were found: there was nothing to do.")
    return begun + _sentence(report, considered)


def _so_far(report: Report, considered: int) -> str:
    waiting = [clean(wait.waits_for) for wait in report.waits if wait.ended is None]
    if is_left_to_a_person(report):
        begun = "Cut short. "
    else:
        begun = f"Waiting for the {series(waiting)}. " if waiting else "Still running. "
    return begun + (f"So far: {_sentence(report, considered)}" if considered else "No contact has an outcome yet.")


def _sentence(report: Report, considered: int) -> str:
    if report.procedure in OWN:
        return OWN[report.procedure].headline(report)
    name = main_outcome(report)
    number = report.counts.get(name, 0)
    one, many, dry = _verbs(name, report)
    verb = dry if report.mode == "dry_run" else one if number == 1 else many
    if report.mode == "dry_run" and number == 1:
        verb = verb.replace("their sequences", "its sequence")
    whole = counted(considered, "task" if report.procedure == "task-reassignment" else "contact")
    share = f"All {whole}" if number == considered > 1 else f"{number:,} of {whole}"
    rest = [part for other, count in report.counts.items() if count and (part := _other(other, count, name, report))]
    return f"{share} {verb}" + (f"; {', '.join(rest)}" if rest else "") + "."


def _verbs(name: str, report: Report) -> tuple[str, str, str]:
    if name == "enrolled" and report.procedure == "ownership-change":
        return _OVER if report.parameters.get("restart") is True else _BACK
    return _VERBS[name]


def _other(outcome: str, number: int, main: str, report: Report) -> str:
    """Another outcome's part of the sentence; nothing for the one that it began with."""
    if outcome in ("considered", main):
        return ""
    be, was, need = ("is", "was", "needs") if number == 1 else ("are", "were", "need")
    phrases = {
        "rejected": f"{counted(number, 'row')} {was} refused",
        "blocked": f"{number:,} {label(outcome, report)}",
        "failed": f"{number:,} failed",
        "manual": _by_hand(number, report.reasons.get(MOVED_ON, 0)),
        "unchanged": f"{number:,} {need} nothing",
    }
    return phrases.get(outcome, f"{number:,} {be} {label(outcome, report)}")


def _by_hand(number: int, moved_on: int) -> str:
    """Who is left to a person; whoever has moved on leaves nothing to do."""
    left = number - moved_on
    parts = [f"{left:,} {'is' if left == 1 else 'are'} left to do by hand"] if left else []
    return ", ".join([*parts, *([f"{moved_on:,} {'has' if moved_on == 1 else 'have'} moved on"] if moved_on else [])])


def verdicts_in_words(report: Report) -> str:
    """How far the forecasts were verdicts."""
    known, unknown = report.verdicts["known"], report.verdicts["unknown"]
    came = f", of which {report.verdicts['true']:,} came true" if report.mode == "live" and known else ""
    of = f"{counted(known, 'forecast was', 'forecasts were')} a verdict{came}"
    return f"{of}; {counted(unknown, 'other rests', 'others rest')} on what the platform does not tell (exclusions)"
