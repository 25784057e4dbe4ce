"""An operation in one sentence."""

from models.operation_end import has_ended, is_left_to_a_person
from models.outcomes import DONE
from models.reasons import WAVE_NOT_BEGUN
from models.report import Report
from models.rules.since import MOVED_ON
from reports.own_words import found_sentence, own, which
from reports.phrases import clean, counted, series

_LABELS = {
    "enrolled": "enrolled",
    "unenrolled": "unenrolled",
    "reassigned": "reassigned",
    "upgraded": "upgraded",
    "rejected": "rows refused",
    "manual": "left to do by hand",
    "failed": "failed",
    "unchanged": "needed nothing",
}
_OVER = ("starts over at step 1", "start over at step 1", "can start over at step 1", "can start over at step 1")


def label(outcome: str, report: Report) -> str:
    """What an outcome is called beside its number."""
    words = own(report)
    if outcome == "blocked":
        return words.may_not
    if outcome == "enrolled" and report.procedure == "ownership-change":
        return "can go back" if report.mode == "dry_run" else "back in sequence"
    return words.labels.get(outcome, _LABELS.get(outcome, clean(outcome)))


def main_outcome(report: Report) -> str:
    """The outcome that the procedure is for."""
    return own(report).main


def headline(report: Report) -> str:
    """`431 of 500 contacts are back in their sequences; 64 may not be enrolled, 5 rows were refused.`"""
    considered = report.counts.get("considered", 0)
    begun = {"failed": "Failed. ", "cancelled": "Cancelled. "}.get(report.status, "")
    if not has_ended(report):
        return _so_far(report, considered)
    words = own(report)
    if considered:
        return begun + _sentence(report, considered)
    if words.of_no_contacts and report.found and report.plan:
        return begun + (words.headline or found_sentence)(report)
    return begun + (f"No {words.noun} has an outcome." if begun else words.nothing)


def _so_far(report: Report, considered: int) -> str:
    waiting = [clean(wait.waits_for) for wait in report.waits if wait.ended is None]
    if is_left_to_a_person(report):
        begun = "Cut short. "
    else:
        begun = f"Waiting for the {series(waiting)}. " if waiting else "Still running. "
    if considered:
        return f"{begun}So far: {_sentence(report, considered)}"
    return f"{begun}No {own(report).noun} has an outcome yet."


def _sentence(report: Report, considered: int) -> str:
    words = own(report)
    if words.headline is not None:
        return words.headline(report)
    name = words.main
    number = report.counts.get(name, 0)
    one, many, dry_one, dry_many = _OVER if report.parameters.get("restart") is True else words.verb
    verb = which((dry_one, one) if 1 in (number, considered) else (dry_many, many), report)
    whole = counted(considered, words.noun)
    share = f"All {whole}" if number == considered > 1 else f"{number:,} of {whole}"
    rest = [part for other, count in report.counts.items() if count and (part := _other(other, count, name, report))]
    return f"{share} {verb}" + (f"; {', '.join(rest)}" if rest else "") + "."


def _other(outcome: str, number: int, main: str, report: Report) -> str:
    """Another outcome's part of the sentence; nothing for the one that it began with."""
    if outcome in ("considered", main):
        return ""
    be, was, need = ("is", "was", "needs") if number == 1 else ("are", "were", "need")
    if report.mode == "dry_run" and outcome in DONE:
        be = "would be"
    phrases = {
        "rejected": f"{counted(number, 'row')} {was} refused",
        "blocked": _blocked(number, report),
        "failed": f"{number:,} failed",
        "manual": _by_hand(number, report.reasons.get(MOVED_ON, 0)),
        "unchanged": f"{number:,} {need} nothing",
    }
    return phrases.get(outcome, f"{number:,} {be} {label(outcome, report)}")


def _blocked(number: int, report: Report) -> str:
    """Who may not, and whose wave was not begun."""
    waiting = report.reasons.get(WAVE_NOT_BEGUN, 0)
    left = number - waiting
    parts = [f"{left:,} {label('blocked', report)}"] if left else []
    return ", ".join([*parts, *([f"{waiting:,} {'was' if waiting == 1 else 'were'} not begun"] if waiting else [])])


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
