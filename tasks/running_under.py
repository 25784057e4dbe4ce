"""Whom giving an exclusion back would take out of their sequences (R62)."""

from journal import loans
from models.tables.journal import LoanRow
from tasks.operation import Operation


def running_under(operation: Operation, loan: LoanRow) -> tuple[str, ...]:
    """Whom the holder of a loan enrolled and who still runs: of an exclusion, those are removed when it goes back."""
    if loan.setting.kind not in ("exclusion", "ruleset_exclusion"):
        return ()
    found: list[str] = []
    for contacts in operation.outcomes.chunks(outcome="enrolled"):
        for sequence, group in contacts.groupby("sequence"):
            found += operation.platform.places(group["email"].tolist(), str(sequence))["email"].tolist()
    return tuple(found)


def keeps_people_running(operation: Operation) -> tuple[str, ...]:
    """Who of an operation's contacts runs only because a loan that it still holds is out."""
    held = loans.held_by(operation.journal, operation.id)
    return tuple(dict.fromkeys(email for loan in held for email in running_under(operation, loan)))
