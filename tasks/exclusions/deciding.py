"""Deciding on each match by itself (R39): by a file, at the terminal, or on a form. `--yes` never decides these."""

import getpass
import json
from collections.abc import Callable
from typing import Any, Literal

import pandas as pd
from prefect.artifacts import create_table_artifact
from prefect.flow_runs import suspend_flow_run
from prefect.input import RunInput
from pydantic import Field

from journal import decisions
from models.errors import InvalidInput
from models.rerun_plan import RerunPlan
from tasks.approving import WITHIN
from tasks.exclusions.asked import AskedRerun, answers
from tasks.operation import Operation
from tasks.pausing import is_deployed

QUESTION = "approve matches"
Decider = Callable[[pd.DataFrame, str], pd.DataFrame]
"""Asks a person about matches (as matches.csv), given the question; gives `email, decision, why`."""


class MatchesDecided(RunInput):
    """Who may be written to although the exclusion matches them?"""

    decision: Literal["none", "some", "all"] = Field(default="none", title="Approve", description="none, some, or all.")
    approved: str = Field(
        default="", title="Whom, where you approve some", json_schema_extra={"format": "textarea"},
        description="The addresses, or matches.csv pasted with its columns email, decision, why filled in.",
    )  # fmt: skip
    approved_by: str = Field(title="Your name", description="Kept with the operation.", min_length=1)


def nobody_to_ask(matches: pd.DataFrame, question: str) -> pd.DataFrame:
    """Where nobody can be asked, nothing is approved: the remedy is a file."""
    raise InvalidInput(
        "approve", f"{len(matches)} matches have to be decided one by one, and nobody can be asked here",
        "Fill in matches.csv of the dry run and say --set approve=FILE.csv, or approve=all, or approve=none",
    )  # fmt: skip


_decider: Decider = nobody_to_ask


def decide_with(decider: Decider) -> None:
    """Let the shell ask about matches in this process."""
    global _decider
    _decider = decider


def decide_matches(operation: Operation, asked: AskedRerun, plan: RerunPlan, matches: pd.DataFrame) -> set[str]:
    """Whom somebody approved, of these matches. The answer is kept, bound to the plan that was shown."""
    shown = plan.fingerprint()
    given = decisions.find(operation.journal, operation.id, QUESTION, shown)
    if given is not None:
        return set(json.loads(given.answer)["approved"])
    if asked.approve is not None:
        decided, by = asked.approve, getpass.getuser()
    elif is_deployed():
        decided, by = _ask_on_form(operation, plan, matches, shown)
    else:
        decided, by = _decider(matches, f"Workspace {operation.row.workspace}: {plan.question()}?"), getpass.getuser()
    approved, why = chosen(matches, decided)
    answer = json.dumps({"approved": sorted(approved), "why": why})
    decisions.record(operation.journal, operation.id, QUESTION, shown, answer, by, operation.now())
    return approved


def chosen(matches: pd.DataFrame, decided: str | pd.DataFrame) -> tuple[set[str], dict[str, str]]:
    """Whom an answer approves, and why, by address. Whoever it does not name is not approved."""
    everybody = set(matches["email"])
    if isinstance(decided, str):
        return (everybody if decided == "all" else set()), {}
    named = decided[decided["email"].isin(everybody)]
    approved = set(named.loc[named["decision"], "email"])
    return approved, {email: why for email, why in named[["email", "why"]].itertuples(index=False) if why}


def _ask_on_form(
    operation: Operation, plan: RerunPlan, matches: pd.DataFrame, shown: str
) -> tuple[str | pd.DataFrame, str]:
    table: list[dict[str, Any]] = [
        {str(name): cell for name, cell in row.items()} for row in matches.to_dict("records")
    ]
    create_table_artifact(key="exclusion-rerun-matches", table=table, description=f"operation {operation.id}")
    lines = "\n".join(f"- {line}" for line in plan.lines())
    form = MatchesDecided.with_initial_data(
        description=f"Workspace {operation.row.workspace}: {plan.question()}?\n\n{plan.found}\n\n{lines}\n\n"
        "The artifact 'exclusion-rerun-matches' lists each match with what speaks for and against it."
    )
    answer = suspend_flow_run(
        wait_for_input=form, timeout=WITHIN, key=f"approve-{shown}-{operation.row.attempt}"
    )  # fmt: skip
    return _of_form(operation, answer), answer.approved_by


def _of_form(operation: Operation, answer: MatchesDecided) -> str | pd.DataFrame:
    if answer.decision != "some":
        return answer.decision
    if "decision" in answer.approved.partition("\n")[0].lower():
        found = answers(operation.platform, answer.approved)
        return found if found is not None else "none"
    emails = [word.lower() for word in answer.approved.replace(",", " ").replace(";", " ").split()]
    return pd.DataFrame({"email": emails, "decision": True, "why": ""})
