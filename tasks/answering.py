"""Answers to what deployed runs ask, given from a shell: the fields of the form, checked before they are sent."""

import getpass
from typing import Any

import pandas as pd
from prefect.input import RunInput
from pydantic import ValidationError

from models.errors import InvalidInput
from models.nearest import known
from models.tables.journal import QuestionRow
from tasks.approving import GO_ON, Confirmation
from tasks.by_hand import BY_HAND, StepDone
from tasks.exclusion_rerun.deciding import MatchesDecided
from tasks.exclusion_rerun.declined import APPROVE
from tasks.exclusion_rerun.judging import read_matches
from tasks.exclusion_rerun.request import answers
from tasks.operation import Operation

FORMS: dict[str, type[RunInput]] = {GO_ON: Confirmation, APPROVE: MatchesDecided, BY_HAND: StepDone}
"""The forms by what is asked; whether a wave or an experiment begins is a plain yes or no too."""


def matches_of(operation_id: str, question: QuestionRow) -> pd.DataFrame | None:
    """The matches that a question is about (as matches.csv), or None: it is a plain yes or no."""
    return read_matches(Operation.at_hand(operation_id)) if question.question == APPROVE else None


def answer_of(operation_id: str, question: QuestionRow, given: dict[str, Any]) -> dict[str, Any]:
    """What was given, as the question's form takes it. Raises InvalidInput that names the field.

    `approve=all|none|FILE.csv` is understood as `handoff run` understands it. Without a name: the system's user.
    """
    form = FORMS.get(question.question, Confirmation)
    who = "done_by" if form is StepDone else "approved_by"
    given = {who: getpass.getuser()} | (given if form is StepDone else _spelled_out(operation_id, given))
    for name in given:
        known(f"--set {name}", name, list(form.model_fields), "field of the form")
    try:
        said = form.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        raise InvalidInput(f"--set {first['loc'][0]}", first["msg"], "Nothing was answered") from error
    return said.model_dump(mode="json")


def _spelled_out(operation_id: str, given: dict[str, Any]) -> dict[str, Any]:
    """`approve` as the form's own fields."""
    rest = {name: value for name, value in given.items() if name != "approve"}
    decided = answers(Operation.at_hand(operation_id).platform, given.get("approve"))
    if decided is None:
        return rest
    if isinstance(decided, str):
        return rest | {"decision": decided}
    return rest | {"decision": "some", "approved": decided.to_csv(index=False)}
