"""Who was declined: everybody who was judged and whom nobody approved; who has no answer counts as declined."""

import json

import pandas as pd

from inputs.contacts_csv import ContactsFile
from journal import decisions, loans
from journal.changes import changes_of
from journal.database import Journal
from journal.outcomes import Outcomes
from models.names_in_frames import known_names, with_name
from models.rules.keeping_out import exclusion_of
from models.rules.stated import as_stated
from tasks.known_behaviour import seen_in, with_every_end
from tasks.operation import Operation

APPROVE = "approve matches"  # the question whose answers say whom somebody approved
MARK = "declined:"  # how the keys begin of what was done about enrollments of the declined


def approved_by(journal: Journal, operation_id: str) -> set[str] | None:
    """Whom somebody approved of what an operation judged; None as long as nothing is decided."""
    answers = [row for row in decisions.of_operation(journal, operation_id) if row.question == APPROVE]
    return set(json.loads(answers[-1].answer)["approved"]) if answers else None


def declined_of(journal: Journal, operation_id: str) -> list[str]:
    """Whom an operation judged and nobody approved, in order; nobody as long as nothing is decided."""
    approved = approved_by(journal, operation_id)
    if approved is None:
        return []
    found = list[str]()
    for contacts in Outcomes(journal, operation_id).chunks():
        judged = contacts.loc[contacts["forecast"].ne("unchanged"), "email"]
        found += judged[~judged.isin(approved)].tolist()
    return found


def notes_on_declined(journal: Journal, operation_id: str) -> list[str]:
    """What was said of each of the declined who was enrolled all the same, one line each (`watching`)."""
    found = [row for row in changes_of(journal, operation_id) if row.key.startswith(MARK) and row.state == "applied"]
    return [str((row.result or {}).get("told")) for row in found]


def declined_by_others(operation: Operation, exclusion: str) -> set[str]:
    """Whom other operations that have this exclusion off keep out: what opens more of it opens it for them too."""
    return _declined_meanwhile(operation).get(exclusion, set())


def facts_for_enrolling(
    operation: Operation,
    contacts: pd.DataFrame,
    file: ContactsFile | None = None,
    read: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """`Platform.facts` (those that were `read`, or read now) for a procedure that enrolls: who was declined counts as
    excluded while the exclusion is off, and who opted out, bounced or replied as the user's `file` says counts so.

    It is off for those who were approved. A night, a move or a re-enrollment that comes meanwhile must not take it for
    leave to enroll the others.
    """
    platform = operation.platform
    found = platform.facts(contacts) if read is None else read
    facts = with_every_end(platform, found, seen_in(operation.journal, platform))
    for exclusion, emails in _declined_meanwhile(operation).items():
        by, declined = known_names(facts["excluded_by"]), facts["email"].isin(emails)
        facts["excluded_by"] = by.where(~declined, with_name(by, exclusion))
    return as_stated(facts, file.stated if file else {})


def _declined_meanwhile(operation: Operation) -> dict[str, set[str]]:
    """Whom other operations declined that have an exclusion off now, by exclusion."""
    found: dict[str, set[str]] = {}
    journal = operation.journal
    for loan in loans.open_loans(journal, operation.row.workspace):
        if exclusion := exclusion_of(loan.setting):
            holders = {holder.operation_id for holder in loans.holders(journal, loan.id or 0)} - {operation.id}
            found.setdefault(exclusion, set()).update(*(declined_of(journal, one) for one in sorted(holders)))
    return found
