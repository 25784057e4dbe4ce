"""Giving back what nobody will give back any more: loans whose holders are gone, silent or too late."""

from typing import Any

from journal import loans, operations
from journal.database import Journal
from models.settings import Settings
from models.tables.journal import LoanRow
from tasks.borrowing import finish_return, return_everything, return_loan
from tasks.operation import Operation, workspace_at_hand
from tasks.reporting import conclude


def cancel_operation(operation_id: str) -> dict[str, str]:
    """Give back what an operation borrowed and end it; give each loan's state."""
    operation = Operation.at_hand(operation_id)
    return_everything(operation)
    operations.update(operation.journal, operation.id, next=[])
    conclude.fn(operation_id, "cancelled")
    return {loan.setting: loan.state for loan in loans.of_operation(operation.journal, operation_id)}


def sweep() -> dict[str, Any]:
    """Give back every loan that is overdue, or whose holders have ended or broken their promise of a sign of life."""
    journal = Journal(Settings().journal_url)
    found = []
    for loan in loans.open_loans(journal):
        _sweep(journal, loan)
        if any(left.id == loan.id for left in loans.unclaimed(journal)):
            finish_return(journal, workspace_at_hand(loan.workspace), loan)
        state = next((row.state for row in loans.every(journal, [loan.id or 0])), loan.state)
        found.append({"setting": loan.setting, "workspace": loan.workspace, "state": state})
    return {"loans": found}


def _sweep(journal: Journal, loan: LoanRow) -> None:
    for holder in loans.holders(journal, loan.id or 0):
        operation = Operation.at_hand(holder.operation_id)
        now = operation.now()
        silent, overdue = holder.alive_until < now, loan.deadline < now
        if operation.row.ended_at is not None or silent or overdue:
            return_loan(operation, loan)
            if operation.row.ended_at is None:
                operations.update(
                    journal, operation.id, status="needs_attention",
                    next=[f"{loan.setting} was given back because the run was silent or late: look at its contacts,"
                          f" then `handoff resume {operation.id}` or `handoff cancel {operation.id}`"],
                )  # fmt: skip
