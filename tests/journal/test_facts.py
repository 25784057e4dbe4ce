"""What calibrations saw: the newest answer counts, the older ones stay, and a report tells what changed."""

from datetime import timedelta

from journal import facts, operations
from journal.database import Journal
from models.open_questions import OPEN_QUESTIONS
from tests.journal.journals import ON_BOTH, operation
from tests.workspaces import NOW


def calibration(journal: Journal, name: str, **own: str) -> str:
    row = operation(name, procedure="calibrate", subject=name, workspace=own.pop("workspace", "unify"), ended_at=NOW)
    return operations.begin(journal, row).id


@ON_BOTH
def test_the_newest_answer_in_a_workspace_counts(journal: Journal) -> None:
    first, second = calibration(journal, "first"), calibration(journal, "second")
    other = calibration(journal, "other", workspace="elsewhere")
    facts.note(journal, "unify", first, "C6", "keeps_id", "", NOW)
    facts.note(journal, "unify", second, "C6", "cancels", "the enrollment ended", NOW + timedelta(days=1))
    facts.note(journal, "elsewhere", other, "C6", "keeps_id", "", NOW + timedelta(days=2))
    assert {"C6": ("cancels", NOW + timedelta(days=1))} == facts.seen(journal, "unify")
    assert ["keeps_id"] == [row.answer for row in facts.of_operation(journal, first)]


@ON_BOTH
def test_an_operation_that_sees_a_question_again_keeps_its_last_answer(journal: Journal) -> None:
    first = calibration(journal, "first")
    facts.note(journal, "unify", first, "Q6", "next_step", "step 2", NOW)
    facts.note(journal, "unify", first, "Q6", "first_step", "", NOW)
    assert [("first_step", "")] == [(row.answer, row.words) for row in facts.of_operation(journal, first)]


@ON_BOTH
def test_a_report_has_every_question_and_what_was_seen_before(journal: Journal) -> None:
    first, second = calibration(journal, "first"), calibration(journal, "second")
    for name, answer in ((first, "keeps_id"), (second, "cancels")):
        facts.note(journal, "unify", name, "C6", answer, "", NOW)
    facts.note(journal, "unify", first, "C18", "keeps", "", NOW)
    row = operations.get(journal, second)
    assert row is not None
    by_code = {one.question: one for one in facts.reported(journal, row)}
    assert list(OPEN_QUESTIONS) == list(by_code)
    assert ("cancels", "seen", "keeps_id") == (by_code["C6"].answer, by_code["C6"].how, by_code["C6"].before)
    assert ("keeps", "seen", first) == (by_code["C18"].answer, by_code["C18"].how, by_code["C18"].operation_id)
    assert ("refuses", "assumed", None) == (by_code["Q7"].answer, by_code["Q7"].how, by_code["Q7"].seen_at)
