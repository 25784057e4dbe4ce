"""A home with a sandbox and a journal in a folder of its own, and the flow called in this process on it."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pandas as pd

from journal import operations
from journal.database import Journal
from models.changes import Change, ChangeMailboxOwner
from models.report import Report
from models.settings import Settings
from models.workspace import Workspace
from platforms.sandbox.sandbox import Sandbox
from tasks.forms import Question
from tests.workspaces import ANAS_MAILBOX, BO

OUTCOMES_HEADER = ["email", "outcome", "reasons", "sequence", "mailbox", "step", "detail"]


class Listener:
    """Says nothing, remembers everything, and can act when something is said: a person at work meanwhile."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.questions: list[str] = []
        self.shown: list[Question] = []
        self._waiting_for: dict[str, Callable[[], Any]] = {}

    def once(self, words: str, act: Callable[[], Any]) -> None:
        """Act when a line that contains these words is told."""
        self._waiting_for[words] = act

    def tell(self, message: str) -> None:
        self.heard.append(message)
        for words in [words for words in self._waiting_for if words in message]:
            self._waiting_for.pop(words)()

    def progress(self, what: str, total: int | None) -> Iterator[Callable[[int], None]]:
        yield lambda more: None

    def sleep(self, until: datetime, seconds: float, reason: str) -> None:
        raise AssertionError("a simulated clock is moved, not slept through")


class House:
    """Handoff at home in `home`; `run` carries `ownership-change` out on its sandbox."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.listener = Listener()

    @property
    def sandbox(self) -> Sandbox:
        """The workspace, as its first admin."""
        return Sandbox(Settings().sandbox_database)

    @property
    def journal(self) -> Journal:
        return Journal(Settings().journal_url)

    def load(self, workspace: Workspace) -> Sandbox:
        self.sandbox.load(workspace)
        return self.sandbox

    def load_and_change_owner(self, workspace: Workspace, mailbox: str = ANAS_MAILBOX, owner: str = BO) -> Sandbox:
        sandbox = self.load(workspace)
        self.do(ChangeMailboxOwner(mailbox=mailbox, owner=owner))
        return sandbox

    def do(self, change: Change) -> dict[str, Any]:
        return self.sandbox.apply(change)

    def carry_out(
        self,
        procedure: str,
        *,
        yes: bool = True,
        dry_run: bool = False,
        answer: Callable[[str], bool] | None = None,
        **parameters: Any,
    ) -> Report:
        """Call a procedure's flow as a shell does, live unless told otherwise.

        `yes` is what a person answers when asked; `answer` may do something before it answers.
        """
        from cli.procedures import load
        from tasks.approving import ask_with
        from tasks.narration import narrate_with

        def asked(question: Question) -> bool:
            self.listener.questions.append(question.words)
            self.listener.shown.append(question)
            return answer(question.words) if answer else yes

        narrate_with(self.listener)
        ask_with(asked)
        flow = load(procedure)
        if dry_run and not flow.request.needs_server:
            return flow.plan_without_server(parameters)
        return Report.model_validate(flow(dry_run=dry_run, **parameters))

    def run(self, *, mailbox: str = ANAS_MAILBOX, yes: bool = True, dry_run: bool = False, **parameters: Any) -> Report:
        """Call `ownership-change`."""
        return self.carry_out("ownership-change", mailbox=mailbox, yes=yes, dry_run=dry_run, **parameters)

    def plan(self, **parameters: Any) -> Report:
        return self.run(dry_run=True, **parameters)

    def plan_of(self, report: Report) -> dict[str, Any]:
        """The plan of an operation, as the journal keeps it."""
        row = operations.get(self.journal, report.operation_id)
        assert row is not None
        return row.plan or {}

    def settings(self) -> tuple[Any, Any]:
        """Every setting as it is set now."""
        state = self.sandbox.state()
        return state["rulesets"], state["exclusions"]

    def enrollments(self, email: str) -> list[dict[str, Any]]:
        return [row for row in self.sandbox.dump().get("enrollments", []) if row["person"] == email]

    def place(self, email: str, sequence: str) -> tuple[str, int] | None:
        """From which mailbox and at which step somebody runs in a sequence."""
        found = self.sandbox.places([email], sequence)
        return None if found.empty else (found["mailbox"].iloc[0], int(found["step"].iloc[0]))


def outcomes(report: Report) -> pd.DataFrame:
    """outcomes.csv, by address."""
    return pd.read_csv(report.files["outcomes"], keep_default_na=False, dtype=str).set_index("email")


def check_report(report: Report, *, all_returned: bool = True) -> None:
    """What holds of every report (docs/interface.md, *A report*)."""
    counts = dict(report.counts)
    assert counts.pop("considered") == sum(counts.values())
    table = pd.read_csv(report.files["outcomes"], keep_default_na=False, dtype=str)
    assert OUTCOMES_HEADER == list(table.columns)
    # Of tasks a contact may have several, each with a row of its own.
    assert table["email"].is_unique or "task" in report.procedure or report.procedure == "undo"
    assert len(table) == sum(counts.values()) - counts.get("rejected", 0)
    assert {name: number for name, number in counts.items() if number and name != "rejected"} == dict(
        table["outcome"].value_counts()
    )
    told = table.loc[table["outcome"].isin(["blocked", "failed", "manual"]), "reasons"].str.split(";").explode()
    assert dict(report.reasons) == {unquote(code): number for code, number in told.value_counts().items() if code}
    if all_returned:
        assert {"returned"} >= {loan.state for loan in report.loans}
