"""Forms that were answered: written down as soon as the run that asked comes back."""

from typing import Any

from prefect.input.actions import read_flow_run_input
from prefect.input.run_input import keyset_from_base_key

from journal import questions
from journal.database import Journal
from tasks.suspending import is_deployed


def note_answer(journal: Journal, operation_id: str) -> None:
    """Write down that somebody answered the open question of a run that comes back, and who.

    The step that asked takes the answer up when it is come to; by then it may find that there is nothing left to ask:
    the setting is as it should be, or the next wave may not begin. Repeated: the same.
    """
    question = questions.open_question(journal, operation_id)
    if question is None or not is_deployed():
        return
    # As Prefect names what a form of a suspended run sends (prefect.input.run_input, 3.9.1).
    given = read_flow_run_input(keyset_from_base_key(f"suspended-{question.key}")["response"])
    if isinstance(given, dict):
        questions.note_given(journal, operation_id, name_in(given))


def name_in(answer: dict[str, Any]) -> str | None:
    """Who gave an answer, as they said on the form; None where it asks for no name."""
    return answer.get("approved_by") or answer.get("done_by")
