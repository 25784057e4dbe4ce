"""Telling what a calibration saw, what it could not find out, and what is otherwise than it was seen before."""

from prefect.cache_policies import NO_CACHE

from journal import facts
from models.open_questions import OPEN_QUESTIONS
from models.report import ReportedFact
from models.wording import in_utc
from tasks.calibrate.cleaning import left_behind
from tasks.operation import Operation
from tasks.step import task


@task(task_run_name="tell what was seen", cache_policy=NO_CACHE)
def tell_what_was_seen(operation_id: str) -> list[str]:
    """Put what was seen into the report, a line each, and what may be removed now."""
    operation = Operation.at_hand(operation_id)
    found = facts.reported(operation.journal, operation.row)
    lines = [*(in_a_line(one, operation_id) for one in found), *left_behind(operation)]
    operation.update(told=(operation.row.told or {}) | {"lines": lines})
    return lines


def in_a_line(fact: ReportedFact, operation_id: str) -> str:
    """What is known of a question, as seen from an operation."""
    why = f" (not found out: {fact.why or 'not reached'})"
    if fact.how == "assumed" or fact.seen_at is None:
        return f"{fact.question}, assumed: {fact.says}{why}"
    if fact.operation_id != operation_id:
        return f"{fact.question}, seen earlier, at {in_utc(fact.seen_at)}: {fact.says}{why}"
    quoted = f'; the answer: "{fact.words}"' if fact.words else ""
    other = OPEN_QUESTIONS[fact.question].in_words(fact.before) if fact.before else ""
    return f"{fact.question}, seen: {fact.says}{quoted}{f'; otherwise than before: {other}' if other else ''}"
