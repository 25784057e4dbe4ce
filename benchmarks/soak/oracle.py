"""Whether anything is wrong, read by SQL alone from the sandbox's history, the journal and the diary.

It shares no code with the rules or the tasks, and may know what the tool cannot: why an enrollment ended. Each clause
is one query in `clauses.py`.
"""

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from benchmarks.soak.clauses import CLAUSES, VIEWS

DAYS = "SELECT (now - COALESCE((SELECT MIN(at) FROM diary.run), now)) / 86400 FROM today"


@dataclass(frozen=True, order=True)
class Violation:
    """A clause that does not hold, of whom or what, how it shows, when, and on which day of the month."""

    clause: str
    about: str
    shown: str
    at: str
    day: int = 0

    def __str__(self) -> str:
        return f"{self.at} {self.clause}: {self.about}: {self.shown}"


class Oracle:
    """Judges a home. What was found once is not found again. `patience` is how long, in seconds of the workspace's
    time, an operation may neither end nor wait for anything."""

    def __init__(self, sandbox: Path, journal: Path, diary: Path, patience: int = 2 * 86_400) -> None:
        self._patience = patience
        self._files = {"sandbox": sandbox, "journal": journal, "diary": diary}
        self._known = set[tuple[str, str]]()

    def judge(self, now: datetime, *, keep: bool = True, only: set[tuple[str, str]] | None = None) -> list[Violation]:
        """Every violation that is new, at an instant of the workspace's time; of `only` these clauses and subjects,
        where given. With `keep` off they are new at the next look too."""
        if not self._files["journal"].exists():
            return []
        connection = sqlite3.connect(":memory:", timeout=60)
        try:
            for name, path in self._files.items():
                connection.execute(f"ATTACH ? AS {name}", [f"{path}"])
            connection.execute(
                "CREATE TEMP TABLE today AS SELECT ? AS now, ? AS patience", [int(now.timestamp()), self._patience]
            )
            connection.executescript(VIEWS)
            [days] = connection.execute(DAYS).fetchone()
            found = [
                Violation(clause, str(about), str(shown), f"{now:%Y-%m-%d %H:%M}Z", days)
                for clause, query in CLAUSES.items()
                for about, shown in connection.execute(query)
            ]
            connection.commit()
        finally:
            connection.close()
        new = {(one.clause, one.about): one for one in found if (one.clause, one.about) not in self._known}
        if only is not None:
            new = {key: one for key, one in new.items() if key in only}
        self._known |= new.keys() if keep else set()
        return sorted(new.values())
