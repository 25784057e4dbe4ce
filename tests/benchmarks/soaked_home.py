"""A home as a month leaves it, written without a run: what is in the sandbox, the journal and the diary is made up."""

import sqlite3
import tempfile
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.soak.oracle import Oracle
from benchmarks.soak.workplace import Workplace
from journal import loans, operations, waits
from journal.database import Journal
from journal.outcomes import Outcomes
from models.changes import Change, DuplicatePlay, RunPlay, SetSetting, UploadAudience
from models.names import Names
from models.records import Interval
from models.tables.journal import OperationRow
from models.workspace import Workspace
from tests.workspaces import ANA, ANAS_MAILBOX, NOW, OUTBOUND, PLAY

BLOCK = "ruleset:Default:block_reenrollment"


@cache
def _empty_journal() -> bytes:
    """A journal with its tables, as a file: to migrate one for each test would take most of its time."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "journal.db"
        Journal(f"sqlite:///{path}").engine.dispose()
        return path.read_bytes()


class SoakedHome:
    """A workplace whose operations a test writes by hand."""

    def __init__(self, folder: Path, workspace: Workspace) -> None:
        self.place = Workplace(folder)
        self.place.sandbox().load(workspace)
        self.place.begin()
        self.place.journal_file.write_bytes(_empty_journal())
        self.journal = Journal(f"sqlite:///{self.place.journal_file}")
        self.oracle = Oracle(self.place.sandbox_file, self.place.journal_file, self.place.diary.path)
        self.folder, self._begun = folder, 0
        self.place.diary.note("did", at=int(NOW.timestamp()), who="", kind="the month begins", last_enrollment=0)

    def person_does(self, kind: str, change: Change, user: str = "bea@acme.test") -> None:
        assert self.place.do(kind, change, user)

    def tool_does(self, change: Change) -> None:
        """As the user in whose name Handoff acts, and not in the diary."""
        self.place.sandbox().apply(change)

    def time_passes(self, **by: float) -> None:
        self.place.pass_time(self.place.now() + timedelta(**by))

    def sql(self, statement: str, *values: Any) -> None:
        """A fault put into the workspace, which no action of the platform's would make."""
        with sqlite3.connect(self.place.sandbox_file) as connection:
            connection.execute(statement, values)
        connection.close()

    def operation(self, procedure: str = "ownership-change", *, ended: bool = True, **own: Any) -> str:
        """A live operation that begins now, and ends at once where `ended`."""
        self._begun += 1
        id_ = f"20261129-200000-{self._begun:04x}"
        now = self.place.now()
        operations.begin(
            self.journal,
            OperationRow(
                **{
                    "id": id_,
                    "procedure": procedure,
                    "workspace": "sandbox",
                    "subject": f"{ANAS_MAILBOX}-{self._begun}",
                    "mode": "live",
                    "acting_user": ANA,
                    "folder": str(self.folder),
                    "parameters": {},
                    "next": [],
                    "started_at": now,
                    "recorded_at": datetime.now(UTC),
                    "ended_at": now if ended else None,
                    "status": "completed" if ended else "running",
                }
                | own
            ),
        )
        return id_

    def nights(self, number: int) -> None:
        """So many nights pass, each with its run."""
        for _ in range(number):
            self.time_passes(days=1)
            self.operation("nightly-remediation")

    def puts_back(self, operation: str, *emails: str, copy: str = "") -> None:
        """What an operation does to put people back: a copy of the play, run on them once the settings let them."""
        name = f"{PLAY} (handoff {operation}{copy})"
        csv = self.folder / f"{operation}{copy}.csv"
        csv.write_text("\n".join(["email", *emails]), encoding="utf-8")
        self.tool_does(UploadAudience(name=name, csv=str(csv)))
        self.tool_does(DuplicatePlay(play=PLAY, name=name, audience=name))
        self.tool_does(RunPlay(play=name))

    def names(self, operation: str, email: str, outcome: str, reasons: str = "", detail: str = "") -> None:
        """An operation's report has this of somebody."""
        against = Names(*filter(None, [reasons]))
        Outcomes(self.journal, operation).forecast(
            pd.DataFrame(
                [
                    {
                        "email": email,
                        "sequence": OUTBOUND,
                        "forecast": outcome,
                        "outcome": outcome,
                        "reasons": against,
                        "forecast_reasons": against,
                        "detail": detail,
                    }
                ]
            )
        )

    def borrows(self, operation: str, setting: str = BLOCK, was: Any = None, set_to: Any = None) -> int:
        """A loan is written down, and the setting changed."""
        now = self.place.now()
        row = loans.take(self.journal, operation, "sandbox", setting, was, set_to, now, now + timedelta(hours=3))
        value = Interval.model_validate(set_to) if isinstance(set_to, dict) else set_to
        self.tool_does(SetSetting(setting=setting, value=value))
        return row.id or 0

    def waits(self, operation: str) -> None:
        now = self.place.now()
        waits.begin(self.journal, operation, "settings", now, now, now + timedelta(days=9))

    def broken(self) -> dict[str, str]:
        """The clauses that are broken, each with whom it is about."""
        return {one.clause: one.about for one in self.oracle.judge(self.place.now())}
