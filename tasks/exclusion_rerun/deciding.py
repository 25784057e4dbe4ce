"""Deciding on each match by itself (R39): by a file, at the terminal, or on a form. `--yes` never decides these."""

import getpass
import json
from collections.abc import Callable
from functools import partial
from typing import Any, Literal

import pandas as pd
from prefect.artifacts import create_table_artifact
from prefect.input import RunInput
from pydantic import Field

from journal import decisions
from models.errors import InvalidInput
from models.nearest import known
from models.rerun_plan import RerunPlan
from models.wording import counted
from tasks.approving import Answer, about_plan, ask_until_it_holds
from tasks.exclusion_rerun.declined import APPROVE
from tasks.exclusion_rerun.judging import read_matches
from tasks.exclusion_rerun.request import ExclusionRerun, answers
from tasks.forms import Question, ask_with_form
from tasks.operation import Operation
from tasks.suspending import is_deployed

MATCHES = "exclusion-rerun-matches"
Decider = Callable[[pd.DataFrame, Question], pd.DataFrame]
"""Asks a person about matches (as matches.csv), given the question with the plan; gives `email, decision, why`."""
Decided = str | pd.DataFrame


class MatchesDecided(RunInput):
    """Who may be written to although the exclusion matches them?"""

    decision: Literal["none", "some", "all"] = Field(
        default="none",
        title="Approve",
        description="none: nothing is changed, and the run ends. some: those whom you name. all: everybody listed.",
    )
    approved: str = Field(
        default="",
        title="Whom, where you approve some",
        json_schema_extra={"format": "textarea"},
        description="The addresses, or matches.csv pasted with its columns email, decision, why filled in.",
    )
    approved_by: str = Field(title="Your name", description="Kept with the operation.", min_length=1)


def nobody_to_ask(matches: pd.DataFrame, question: Question | str) -> pd.DataFrame:
    """Where nobody can be asked, nothing is approved: the remedy is a file."""
    raise InvalidInput(
        "approve",
        f"{counted(len(matches), 'match has', 'matches have')} to be decided one by one, and nobody can be asked here",
        "Fill in matches.csv of the dry run and say --set approve=FILE.csv, or approve=all, or approve=none",
    )


_decider: Decider = nobody_to_ask


def decide_with(decider: Decider) -> None:
    """Let the shell ask about matches in this process."""
    global _decider
    _decider = decider


def decide_matches(
    operation: Operation, request: ExclusionRerun, plan: RerunPlan, again: Callable[[], RerunPlan]
) -> tuple[RerunPlan, set[str]]:
    """Whom somebody approved, and the plan that was shown then. The answer is kept, bound to that plan.

    `again` judges anew: matches and settings that changed while somebody thought are asked about again.
    """
    if decisions.find(operation.journal, operation.id, APPROVE, plan.fingerprint()) is not None:
        return plan, approved_before(operation, plan.fingerprint())
    plan, answer = ask_until_it_holds(operation, plan, again, partial(_ask, operation, request))
    approved, why = chosen(read_matches(operation), answer.said)
    told = json.dumps({"approved": sorted(approved), "why": why})
    decisions.record(
        operation.journal,
        operation.id,
        APPROVE,
        plan.fingerprint(),
        told,
        answer.by,
        operation.now(),
        answer.shown.as_kept() if answer.shown else None,
    )
    return plan, approved


def approved_before(operation: Operation, fingerprint: str) -> set[str]:
    """Whom somebody approved of the plan that has this fingerprint."""
    given = decisions.find(operation.journal, operation.id, APPROVE, fingerprint)
    return set(json.loads(given.answer)["approved"]) if given else set()


def _ask(operation: Operation, request: ExclusionRerun, plan: RerunPlan) -> Answer[Decided]:
    if request.answers is not None:
        return Answer(request.answers, getpass.getuser())
    matches = read_matches(operation)
    if is_deployed():
        return _ask_on_form(operation, plan, matches)
    shown = about_plan(operation, plan, APPROVE)
    return Answer(_decider(matches, shown), getpass.getuser(), took_time=True, shown=shown)


def chosen(matches: pd.DataFrame, decided: Decided) -> tuple[set[str], dict[str, str]]:
    """Whom an answer approves, and why, by address. Whoever it does not name is not approved."""
    everybody = set(matches["email"])
    if isinstance(decided, str):
        return (everybody if decided == "all" else set()), {}
    named = decided[decided["email"].isin(everybody)]
    approved = set(named.loc[named["decision"], "email"])
    return approved, {email: why for email, why in named[["email", "why"]].itertuples(index=False) if why}


def _ask_on_form(operation: Operation, plan: RerunPlan, matches: pd.DataFrame) -> Answer[Decided]:
    table: list[dict[str, Any]] = [
        {str(name): cell for name, cell in row.items()} for row in matches.to_dict("records")
    ]
    create_table_artifact(key=MATCHES, table=table, description=f"operation {operation.id}")
    more = f"\n\nThe artifact '{MATCHES}' lists each match with what speaks for and against it."
    problem_of = partial(_problem_of, operation, matches["email"].tolist())
    shown = about_plan(operation, plan, APPROVE, more)
    answer = ask_with_form(operation, shown, MatchesDecided, problem_of)
    return Answer(_of_form(operation, answer), answer.approved_by, took_time=True, shown=shown)


def _problem_of(operation: Operation, emails: list[str], answer: MatchesDecided) -> str | None:
    """Why an answer cannot be taken: what was pasted is no CSV, or names somebody who is no match; None: it can."""
    try:
        decided = _of_form(operation, answer)
        for email in [] if isinstance(decided, str) else decided["email"]:
            known("approved", email, emails, "match")
    except InvalidInput as error:
        return str(error)
    return None if isinstance(decided, str) or len(decided) else "approved: is empty. Name whom you approve"


def _of_form(operation: Operation, answer: MatchesDecided) -> Decided:
    if answer.decision != "some":
        return answer.decision
    if "decision" in answer.approved.partition("\n")[0].lower():
        found = answers(operation.platform, answer.approved)
        return found if found is not None else "none"
    emails = [word.lower() for word in answer.approved.replace(",", " ").replace(";", " ").split()]
    return pd.DataFrame({"email": emails, "decision": True, "why": ""})
