"""Loans past their deadline, as `handoff up` tells of them: each once, also when it was started anew in between."""

from sqlalchemy.exc import SQLAlchemyError

from cli.keeping.workspace_time import now_in
from journal import loans
from journal.database import Journal
from models.errors import InvalidInput
from models.setting_words import in_words, value_in_words
from models.settings import Settings
from models.tables.journal import LoanRow
from models.watch_file import note, watch_in
from models.wording import in_utc


class OverdueLoans:
    """What was overdue at the last look, and which people were notified of (in `watch.json`)."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._before = frozenset[int]()

    def look(self) -> list[dict[str, str]]:
        """Each loan that is overdue at this look and was at the one before, and nobody was notified of yet; as the
        payload of its event: `workspace`, `setting`, `message`.

        A sweep gives back what has just become overdue: who is overdue at one look is often not at the next.
        """
        try:
            found = self._overdue()
        except (SQLAlchemyError, InvalidInput):  # the journal is away: the command that needs it says so
            return []
        home = self._settings.home_folder
        notified = set(watch_in(home).notified_loans)
        new = [loan for key, loan in found.items() if key in self._before and key not in notified]
        self._before = frozenset(found)
        if (still := (notified & found.keys()) | {loan.id or 0 for loan in new}) != notified:
            note(home, notified_loans=tuple(sorted(still)))
        return [_payload(loan) for loan in new]

    def _overdue(self) -> dict[int, LoanRow]:
        out = loans.open_loans(Journal(self._settings.journal_url))
        times = {workspace: now_in(workspace) for workspace in {loan.workspace for loan in out}}
        return {loan.id or 0: loan for loan in out if loans.loan_state(loan, times[loan.workspace]) == "overdue"}


def _payload(loan: LoanRow) -> dict[str, str]:
    setting = str(loan.setting)
    message = (
        f"on loan past its deadline, {in_utc(loan.deadline)}, on {loan.workspace}: {in_words(setting)}; it was "
        f"{value_in_words(loan.was)}. `handoff status` shows who holds it, `handoff restore` gives it back"
    )
    return {"workspace": loan.workspace, "setting": setting, "message": message}
