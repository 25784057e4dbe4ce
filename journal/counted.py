"""How many contacts of an operation came to what: by its outcomes, or by what stays of those that were removed."""

from collections import Counter

from sqlmodel import select

from journal.database import Journal
from journal.outcome_rows import of_operation
from journal.outcomes import Outcomes
from models.outcomes import EVERY
from models.tables.journal import OperationRow, OutcomeRow
from models.tables.removed import RemovedContactsRow


def removed_of(journal: Journal, operation_id: str) -> RemovedContactsRow | None:
    """What stays of an operation's contacts; None where none were removed."""
    with journal.session() as session:
        return session.get(RemovedContactsRow, operation_id)


def counts(journal: Journal, operation_id: str, column: str) -> dict[str, int]:
    """How many contacts have each `forecast` or `outcome`; who has no outcome is not counted."""
    if removed := removed_of(journal, operation_id):
        return removed.outcomes if column == "outcome" else removed.forecasts
    found = Outcomes(journal, operation_id).counts(column)
    return {name: number for name, number in found.items() if name in EVERY}


def reasons(journal: Journal, operation: OperationRow) -> dict[str, int]:
    """How often each reason stands against contacts that were not enrolled; of a dry run, that would not be."""
    if removed := removed_of(journal, operation.id):
        return removed.reasons
    column, status = ("reasons", "outcome") if operation.mode == "live" else ("forecast_reasons", "forecast")
    found: Counter[str] = Counter()
    for names, number in Outcomes(journal, operation.id).reasons(column, status).items():
        for code in names.each:
            found[code] += number
    return dict(sorted(found.items()))


def verdicts(journal: Journal, operation_id: str) -> dict[str, int]:
    """See `Outcomes.verdicts`; empty where the platform hid nothing of what decides."""
    if removed := removed_of(journal, operation_id):
        return removed.verdicts
    found = Outcomes(journal, operation_id).verdicts()
    return found if found["unknown"] else {}


def came_as_forecast(journal: Journal, operation_id: str) -> bool:
    """Whether every contact came to the outcome that was forecast."""
    if removed := removed_of(journal, operation_id):
        return removed.as_forecast
    return not Outcomes(journal, operation_id).differing(limit=1)


def mailboxes(journal: Journal, operation_id: str) -> set[str]:
    """The mailboxes that an operation's contacts are about."""
    if removed := removed_of(journal, operation_id):
        return set(removed.mailboxes)
    with journal.session() as session:
        mine = of_operation(session.connection(), operation_id)
        return {mailbox for mailbox in session.exec(select(OutcomeRow.mailbox).where(mine).distinct()) if mailbox}
